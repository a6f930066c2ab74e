"""A shapes graph in memory, looked up by subject and predicate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.errors import ShapesError
from coopgraph.store import Term

Node = NamedNode | BlankNode

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE, FIRST, REST, NIL = (NamedNode(RDF + name) for name in ("type", "first", "rest", "nil"))
SUBCLASS = NamedNode(RDFS + "subClassOf")
OWL_IMPORTS = NamedNode("http://www.w3.org/2002/07/owl#imports")


class Graph:
    """Triples by subject and predicate, and by predicate, as read. A predicate may be given as a string."""

    def __init__(self, triples: Iterable[Triple], *, name: NamedNode | None = None) -> None:
        self.name = name
        self.triples: list[Triple] = []
        self._objects: dict[tuple[Term, str], list[Term]] = {}
        self._pairs: dict[str, list[tuple[Node, Term]]] = {}
        seen: set[Triple] = set()
        for triple in triples:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if triple in seen or isinstance(subject, Triple) or isinstance(value, Triple):
                continue
            seen.add(triple)
            self.triples.append(triple)
            self._objects.setdefault((subject, predicate.value), []).append(value)
            self._pairs.setdefault(predicate.value, []).append((subject, value))

    def objects(self, subject: Term, predicate: NamedNode | str) -> list[Term]:
        return self._objects.get((subject, _text(predicate)), [])

    def pairs(self, predicate: NamedNode | str) -> list[tuple[Node, Term]]:
        """(subject, object) of every triple with this predicate."""
        return self._pairs.get(_text(predicate), [])

    def value(self, subject: Node, predicate: str) -> Term | None:
        """The one object; raises ShapesError where there are several."""
        found = self.objects(subject, predicate)
        if len(found) > 1:
            raise ShapesError(
                f"{_short(predicate)} may be given once, not {len(found)} times.",
                f"{_short(predicate)} får anges en gång, inte {len(found)}.",
                node=subject,
            )
        return found[0] if found else None

    def members(self, head: Term) -> Iterator[Term]:
        """The members of an RDF list; raises ShapesError when it is no well-formed list."""
        seen: set[Term] = set()
        node = head
        while node != NIL:
            first, rest = self.objects(node, FIRST), self.objects(node, REST)
            if node in seen or isinstance(node, Literal) or len(first) != 1 or len(rest) != 1:
                raise ShapesError(
                    "An RDF list is expected here, and this is none.",
                    "Här väntas en RDF-lista, och det här är ingen.",
                    node=head,
                )
            seen.add(node)
            yield first[0]
            node = rest[0]

    def instances(self, cls: str) -> list[Node]:
        """Every node that is an instance of the class or of a subclass of it."""
        wanted = {NamedNode(cls)}
        grown = True
        while grown:
            found = {
                sub for sub, above in self.pairs(SUBCLASS) if above in wanted and isinstance(sub, NamedNode)
            }
            grown = not found <= wanted
            wanted |= found
        return list(dict.fromkeys(node for node, kind in self.pairs(TYPE) if kind in wanted))


def _text(predicate: NamedNode | str) -> str:
    return predicate if isinstance(predicate, str) else predicate.value


def _short(predicate: str) -> str:
    return predicate.replace(SH, "sh:")
