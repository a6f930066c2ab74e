"""SPARQL updates of bounded size: statements packed into requests, triples cut into pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import BlankNode, NamedNode, Triple

TRIPLES, BYTES = 1000, 1_000_000
"""The size of a request. Virtuoso 7 refuses statements of 2,000 triples; Oxigraph gains little by larger ones."""
_OF_A_GRAPH = 4
"""How many statements there are of a graph beside its triples."""


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


class Request:
    """An update being filled: what it takes away, what it adds, and last what it says of that in the marker.

    All that it takes away goes before all that it adds.
    """

    def __init__(self, marker: NamedNode) -> None:
        self._marker = marker
        self._forgotten: list[str] = []
        self._removals: list[str] = []
        self._added: list[tuple[NamedNode, list[Triple]]] = []
        self._said: list[str] = []
        self._weight = self._size = 0

    def has_room(self, triples: Sequence[Triple]) -> bool:
        """Whether so much more may go with what is here; an empty request takes anything."""
        size = sum(len(str(one)) for one in triples)
        return not self._weight or (
            self._weight + _OF_A_GRAPH + len(triples) <= TRIPLES and self._size + size <= BYTES
        )

    def forget(self, statement: str) -> None:
        """Take a triple, as text, from the marker."""
        self._forgotten.append(statement)
        self._weigh(())

    def say(self, statement: str) -> None:
        """Add a triple, as text, to the marker."""
        self._said.append(statement)
        self._weigh(())

    def drop(self, graph: NamedNode) -> None:
        self._removals.append(f"DROP SILENT GRAPH {graph}")
        self._weigh(())

    def delete(self, graph: NamedNode, triples: Sequence[Triple]) -> None:
        """Take triples, none with a blank node, from the graph."""
        self._removals.append(f"DELETE DATA {{ {_block(graph, triples)} }}")
        self._weigh(triples)

    def insert(self, graph: NamedNode, triples: list[Triple]) -> None:
        self._added.append((graph, triples))
        self._weigh(triples)

    def _weigh(self, triples: Sequence[Triple]) -> None:
        self._weight += 1 + len(triples)
        self._size += sum(len(str(one)) for one in triples)

    def __bool__(self) -> bool:
        return self._weight > 0

    def text(self) -> str:
        """The update in SPARQL."""
        plain = [one for one in self._added if not any(map(has_blanks, one[1]))]
        # Virtuoso 7 takes no blank nodes in INSERT DATA, though the standard has them
        blank = [one for one in self._added if any(map(has_blanks, one[1]))]
        statements = [
            _marked("DELETE DATA", self._marker, self._forgotten),
            *self._removals,
            "INSERT DATA {\n" + "".join(_block(*one) for one in plain) + "}" if plain else "",
            *(f"INSERT {{ {_block(*one)} }} WHERE {{ }}" for one in blank),
            _marked("INSERT DATA", self._marker, self._said),
        ]
        return " ;\n".join(filter(None, statements))


def _block(graph: NamedNode, triples: Sequence[Triple]) -> str:
    return f"GRAPH {graph} {{\n" + "".join(f"{one} .\n" for one in triples) + "}\n"


def _marked(verb: str, graph: NamedNode, lines: list[str]) -> str:
    return f"{verb} {{ GRAPH {graph} {{\n" + "".join(f"{one} .\n" for one in lines) + "} }" if lines else ""
