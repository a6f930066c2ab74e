"""A store that knows what it has been asked: for work that asks the same of the same graph many times over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import Triple

from coopgraph.store import Store, Term


class _Rows(list[tuple[Term | None, ...]]):
    variables: Sequence[str] = ()


class Remembered:
    """The answers of another store, each kept until it is to `forget`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._rows: dict[str, _Rows] = {}
        self._asked: dict[str, bool] = {}
        self._triples: dict[str, list[Triple]] = {}

    def select(self, query: str) -> _Rows:
        if query not in self._rows:
            found = self.store.select(query)
            rows = _Rows(found)
            rows.variables = found.variables
            self._rows[query] = rows
        return self._rows[query]

    def ask(self, query: str) -> bool:
        if query not in self._asked:
            self._asked[query] = self.store.ask(query)
        return self._asked[query]

    def construct(self, query: str) -> Iterator[Triple]:
        if query not in self._triples:
            self._triples[query] = list(self.store.construct(query))
        return iter(self._triples[query])

    def forget(self) -> None:
        """Ask anew from here on."""
        self._rows.clear()
        self._asked.clear()
        self._triples.clear()
