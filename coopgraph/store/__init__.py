"""Where a built graph is kept and asked: one protocol, an embedded engine and a server behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | BlankNode | Literal


class Rows(Protocol):
    """The solutions of a SELECT: column names in order, then one tuple a row (`None` where unbound)."""

    @property
    def variables(self) -> Sequence[str]: ...

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]: ...


class Store(Protocol):
    """What is asked of a store. A query sees the union of all named graphs."""

    def select(self, query: str) -> Rows: ...

    def ask(self, query: str) -> bool: ...

    def construct(self, query: str) -> Iterator[Triple]: ...
