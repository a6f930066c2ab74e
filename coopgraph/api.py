"""The public way in from Python: open a dataset, ask it, and take it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from coopgraph.build.opened import Opened, opened
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import Project, find
from coopgraph.publish.describe import Description, describe
from coopgraph.queries import Names, Table, load_query, run_saved, run_text
from coopgraph.queries.values import Given
from coopgraph.queries.workers import Workers
from coopgraph.store import Store
from coopgraph.store.local import LocalStore

if TYPE_CHECKING:
    import networkx
    import rdflib


class Dataset:
    """A built dataset, open to read. Use it in a `with` statement, or close it when done."""

    def __init__(self, project: Project, built: Opened, *, language: str) -> None:
        self.project, self.language = project, language
        self.namespaces: Namespaces = namespaces(project)
        self._built = built
        self._workers: Workers | None = None

    def query(
        self, name: str, /, *, timeout: float | None = None, **params: Given | Sequence[Given]
    ) -> Table:
        """Answer a saved query: `dataset.query("network/members", network="CPMR")`.

        Raises QueryError for an unknown query or parameter, or a value that can't be meant, and QueryTimeout when the
        engine takes longer than `timeout` seconds (without it there is no limit).
        """
        saved = load_query(self.project, name)
        return run_saved(saved, params, self._store(timeout), self.namespaces, language=self.language)

    def sparql(self, text: str, *, timeout: float | None = None) -> Table:
        """Answer a SELECT query of your own. Raises QueryError when it writes, fetches, or does not parse, and QueryTimeout."""
        return run_text(text, self._store(timeout), self.namespaces, language=self.language)

    def _store(self, timeout: float | None) -> Store:
        """The store; with a limit one whose queries run in a process that is ended when they overrun."""
        store = self._built.store
        if timeout is None or not isinstance(store, LocalStore) or store.path is None:
            return store  # a server has a limit of its own
        if self._workers is None:
            self._workers = Workers(store.path)
        return self._workers.within(timeout)

    def describe(self, thing: str) -> Description:
        """All that is said of a thing, given by IRI, prefixed name or any of its names. Raises UsageError."""
        store = self._built.store
        return describe(
            Names(store, self.namespaces).find(thing), store, self.namespaces, language=self.language
        )

    def graph(self) -> rdflib.Graph:
        """Everything, derived facts too, as an rdflib graph in memory."""
        import rdflib

        graph = rdflib.Graph()
        for prefix, namespace in self.namespaces.prefixes.items():
            graph.bind(prefix, namespace)
        lines = (f"{triple} .\n" for triple in self._built.store.construct("CONSTRUCT WHERE { ?s ?p ?o }"))
        graph.parse(data="".join(lines), format="nt")
        return graph

    def network(self) -> networkx.MultiGraph[str]:
        """The bodies and networks, with partnerships and roles as edges (see `coopgraph.network`)."""
        from coopgraph.network import network

        return network(self._built.store, language=self.language)

    def close(self) -> None:
        if self._workers is not None:
            self._workers.close()
        self._built.close()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(path: str | Path = ".", *, language: str = "sv", timeout: float = 30.0) -> Dataset:
    """Open the dataset in a folder. It must have been built. Raises ProjectError where there is none.

    `timeout` is how many seconds the server of a dataset that is kept on one may be silent.
    """
    project = find(Path(path))
    return Dataset(project, opened(project, timeout, often=True), language=language)
