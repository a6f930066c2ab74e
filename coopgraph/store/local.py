"""The embedded store: Oxigraph, in memory or as an immutable snapshot on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, QuerySolutions, QueryTriples, Triple

from coopgraph.errors import QueryError, StoreError
from coopgraph.store import Term
from coopgraph.store.writing import Writing


class LocalRows:
    """Solutions of a SELECT, read as the engine finds them."""

    def __init__(self, solutions: QuerySolutions) -> None:
        self._solutions = solutions
        self.variables: Sequence[str] = [variable.value for variable in solutions.variables]

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        for solution in self._solutions:
            yield tuple(solution)


class LocalStore:
    """An Oxigraph store. Queries see the union of all named graphs. `path` is where it lies, if on a disk."""

    def __init__(self, engine: ox.Store, path: Path | None = None) -> None:
        self.engine, self.path = engine, path

    @classmethod
    def memory(cls, quads: Iterable[Quad] = ()) -> LocalStore:
        """A new store in memory that holds the quads."""
        engine = ox.Store()
        engine.bulk_extend(quads)
        return cls(engine)

    @classmethod
    def open(cls, path: Path) -> LocalStore:
        """A snapshot, to read only. Raises StoreError when there is none or it is damaged."""
        try:
            return cls(ox.Store.read_only(str(path)), path)
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(
                f"{path}: the built graph can't be read ({error}). Build it again: coopgraph build",
                f"{path}: den byggda grafen går inte att läsa ({error}). Bygg om den: coopgraph build",
            ) from error

    @classmethod
    def change(cls, path: Path) -> LocalStore:
        """A store on disk, to be changed; flush it when done. No other process may have it open to change.

        Raises StoreError when it is damaged.
        """
        try:
            return cls(ox.Store(str(path)))
        except (RuntimeError, ValueError) as error:
            raise StoreError(
                f"{path}: the store can't be read ({error}).",
                f"{path}: databasen går inte att läsa ({error}).",
            ) from error

    def in_memory(self) -> LocalStore:
        """A copy in memory: scans take about a tenth of the time, a million triples some 400 MB."""
        engine = ox.Store()
        engine.bulk_extend(self.engine)
        return LocalStore(engine, self.path)

    def write(self, path: Path) -> None:
        """Write the named graphs as a snapshot at `path`, which must not be there yet. Raises StoreError when it can't be done."""
        with Writing(path) as snapshot:
            for graph in self.engine.named_graphs():
                assert isinstance(graph, NamedNode)
                snapshot.graph(self.engine, graph)

    def _query(self, query: str) -> object:
        try:
            return self.engine.query(query, use_default_graph_as_union=True)
        except SyntaxError as error:
            said = error.msg or str(error)
            raise QueryError(
                f"The query doesn't parse: {said}", f"Frågan går inte att tolka: {said}"
            ) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(
                f"The query can't be answered: {error}", f"Frågan går inte att besvara: {error}"
            ) from error

    def select(self, query: str) -> LocalRows:
        answer = self._query(query)
        if not isinstance(answer, QuerySolutions):
            raise QueryError("A SELECT query is wanted here.", "Här behövs en SELECT-fråga.")
        return LocalRows(answer)

    def ask(self, query: str) -> bool:
        return bool(self._query(query))

    def construct(self, query: str) -> Iterator[Triple]:
        answer = self._query(query)
        if not isinstance(answer, QueryTriples):
            raise QueryError(
                "A CONSTRUCT or DESCRIBE query is wanted here.",
                "Här behövs en CONSTRUCT- eller DESCRIBE-fråga.",
            )
        return iter(answer)
