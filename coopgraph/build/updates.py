"""SPARQL updates of bounded size: statements packed into requests, triples cut into pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

TRIPLES, BYTES = 2000, 1_000_000
"""The size of a request. Virtuoso 7 refuses updates of 5,000 triples; Oxigraph gains nothing by larger ones."""
_OF_A_STATEMENT = 5
"""How many triples a statement costs beside its own."""


def pieces(triples: Iterable[Triple]) -> Iterator[list[Triple]]:
    """The triples in pieces of bounded size, with those that share a blank node in the same piece, whatever its size."""
    piece: list[Triple] = []
    size = 0
    for group in _together(triples):
        length = sum(len(str(one)) for one in group)
        if piece and (len(piece) + len(group) > TRIPLES or size + length > BYTES):
            yield piece
            piece, size = [], 0
        piece += group
        size += length
    if piece:
        yield piece


def _together(triples: Iterable[Triple]) -> Iterator[list[Triple]]:
    """Each triple by itself, but those that are joined by blank nodes as one group: a label holds for one request."""
    joined: list[Triple] = []
    leader: dict[BlankNode, BlankNode] = {}

    def first(node: BlankNode) -> BlankNode:
        while (above := leader.setdefault(node, node)) != node:
            leader[node] = leader[above]
            node = above
        return node

    for one in triples:
        if nodes := _blanks(one):
            joined.append(one)
            leader[first(nodes[0])] = first(nodes[-1])
        else:
            yield [one]
    groups: dict[BlankNode, list[Triple]] = defaultdict(list)
    for one in joined:
        groups[first(_blanks(one)[0])].append(one)
    yield from groups.values()


def has_blanks(triple: Triple) -> bool:
    """Whether a blank node stands in the triple."""
    return bool(_blanks(triple))


def _blanks(triple: Triple) -> list[BlankNode]:
    return [one for one in (triple.subject, triple.object) if isinstance(one, BlankNode)]


def insert(graph: NamedNode, triples: list[Triple]) -> str:
    """The update that adds the triples to the graph."""
    body = f"{{ GRAPH {graph} {{\n{_lines(triples)}}} }}"
    # Virtuoso 7 takes no blank nodes in INSERT DATA, though the standard has them
    return f"INSERT {body} WHERE {{ }}" if any(map(has_blanks, triples)) else f"INSERT DATA {body}"


def delete(graph: NamedNode, triples: list[Triple]) -> str:
    """The update that takes the triples, none with a blank node, from the graph."""
    return f"DELETE DATA {{ GRAPH {graph} {{\n{_lines(triples)}}} }}"


def _lines(triples: list[Triple]) -> str:
    return "".join(f"{one} .\n" for one in triples)


class Request:
    """Statements that go to the server together, in order, until they fill a request."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self._weight = self._size = 0

    def has_room(self, statements: list[str], triples: int) -> bool:
        """Whether these statements, with so many triples, can go with those that are here."""
        weight = triples + _OF_A_STATEMENT * len(statements)
        size = sum(map(len, statements))
        return not self.statements or (self._weight + weight <= TRIPLES and self._size + size <= BYTES)

    def add(self, statements: list[str], triples: int) -> None:
        self.statements += statements
        self._weight += triples + _OF_A_STATEMENT * len(statements)
        self._size += sum(map(len, statements))
