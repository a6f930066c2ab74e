"""All that the graph says of one thing: facts, parts, what points to it, and the words it rests on.

Knows nothing of HTTP or of formats: the command line, the server and the static export call it alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.iris import Namespaces
from coopgraph.publish.gathered import COOP as COOP
from coopgraph.publish.gathered import (
    HAS_BODY,
    HAS_SOURCE,
    LABELS,
    MAX_INCOMING,
    OA,
    Gathered,
    gather,
    spoken,
)
from coopgraph.publish.gathered import Link as Link
from coopgraph.queries.run import looked_up
from coopgraph.store import Store, Term

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
EVIDENCE = NamedNode(COOP + "Evidence")
_EXACT = NamedNode(OA + "exact")
_PROPERTY = NamedNode(COOP + "property")
_VALUE = NamedNode(COOP + "value")
_BASIS = NamedNode(COOP + "basis")
_REASON = NamedNode(COOP + "reason")


@dataclass(frozen=True)
class Fact:
    """A property and one value."""

    property: NamedNode
    value: Term


@dataclass(frozen=True)
class Quoted:
    """The words that a fact rests on. `about` is the node it is evidence for; `dated` is EDTF, or empty if not stated.

    `reason` says why an inference was made, in the language of the description; empty where there is none.
    """

    node: NamedNode
    about: NamedNode
    property: NamedNode | None
    value: Term | None
    quote: str
    source: NamedNode
    dated: str
    basis: NamedNode | None
    reason: str


@dataclass(frozen=True)
class Description:
    """A thing with its facts in the order of their properties, its parts, and its labels and theirs.

    `inverses` says of a property how it reads from its value, for what points to the thing.
    """

    thing: NamedNode
    facts: tuple[Fact, ...]
    derived: tuple[Fact, ...]
    parts: Mapping[NamedNode, tuple[Fact, ...]]
    incoming: tuple[Link, ...]
    evidence: tuple[Quoted, ...]
    labels: Mapping[str, str]
    inverses: Mapping[str, str]

    def values(self, property_: str) -> list[Term]:
        """The values of a property, by its IRI."""
        return [fact.value for fact in self.facts if fact.property.value == property_]


def describe(
    thing: NamedNode,
    store: Store,
    namespaces: Namespaces,
    *,
    language: str,
    start: int = 0,
    limit: int = MAX_INCOMING,
) -> Description:
    """Describe a thing; a thing that nothing is said of has no facts.

    Of what points to it, `limit` links from `start` on.
    """
    found = gather(thing, store, namespaces, None, start=start, limit=limit)

    def named(things: list[NamedNode]) -> dict[str, str]:
        read = {
            one: [quad.triple for quad in found.said[one] if quad.predicate in LABELS]
            for one in things
            if one in found.said
        }
        return looked_up([one for one in things if one not in read], store, language) | spoken(read, language)

    return _described(found, language, named)


def description(found: Gathered, language: str) -> Description:
    """What was gathered of a thing, as it is said in a language."""
    return _described(
        found,
        language,
        lambda things: spoken({one: found.labels.get(one, ()) for one in things}, language),
    )


def _described(
    found: Gathered, language: str, named: Callable[[list[NamedNode]], dict[str, str]]
) -> Description:
    """What was gathered, in a language, with the labels that `named` gives."""
    authored = {node: _facts(quads, found.derived, derived=False) for node, quads in found.said.items()}
    parts = {
        node: authored[node]
        for node in found.inside
        if authored[node] and Fact(RDF_TYPE, EVIDENCE) not in authored[node]
    }
    facts = authored[found.thing]
    more = _facts(found.said[found.thing], found.derived, derived=True)
    evidence = _evidence(found, {found.thing, *parts}, language)
    incoming = tuple(found.links)
    shown = _things(found.thing, facts, more, parts, incoming, evidence)
    return Description(
        found.thing,
        facts,
        more,
        parts,
        incoming,
        evidence,
        named(shown),
        _inverses(found.inverses, language),
    )


def _facts(quads: Iterable[Quad], graph: NamedNode, *, derived: bool) -> tuple[Fact, ...]:
    """The authored or the derived ones of the statements about a node."""
    return tuple(
        dict.fromkeys(
            Fact(quad.predicate, value)
            for quad in quads
            if (quad.graph_name == graph) is derived and not isinstance(value := quad.object, Triple)
        )
    )


def _evidence(found: Gathered, things: Collection[NamedNode], language: str) -> tuple[Quoted, ...]:
    """The evidence for the things, by what it is for."""
    quoted = []
    for node in found.evidence:
        told: dict[NamedNode, list[Term]] = {}
        for triple in dict.fromkeys(quad.triple for quad in found.said[node]):
            if not isinstance(triple.object, Triple):
                told.setdefault(triple.predicate, []).append(triple.object)
        if EVIDENCE not in told.get(RDF_TYPE, ()):
            continue
        reasons = [
            one.value
            for one in told.get(_REASON, ())
            if isinstance(one, Literal) and one.language == language
        ]
        for about, source, quote, property_, value, basis in product(
            told[HAS_BODY],
            told.get(HAS_SOURCE, ()),
            told.get(_EXACT, ()),
            told.get(_PROPERTY) or (None,),
            told.get(_VALUE) or (None,),
            told.get(_BASIS) or (None,),
        ):
            if about in things and isinstance(about, NamedNode) and isinstance(source, NamedNode):
                quoted.append(
                    Quoted(
                        node,
                        about,
                        property_ if isinstance(property_, NamedNode) else None,
                        value,
                        quote.value,
                        source,
                        next(iter(found.dates.get(source, ())), ""),
                        basis if isinstance(basis, NamedNode) else None,
                        reasons[-1] if reasons else "",
                    )
                )
    return tuple(sorted(quoted, key=lambda one: (one.about.value, one.node.value)))


def _inverses(quads: Iterable[Quad], language: str) -> dict[str, str]:
    return {
        quad.subject.value: quad.object.value
        for quad in quads
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
        and quad.object.language == language
    }


def _things(
    thing: NamedNode,
    facts: Iterable[Fact],
    derived: Iterable[Fact],
    parts: Mapping[NamedNode, Iterable[Fact]],
    incoming: Iterable[Link],
    evidence: Iterable[Quoted],
) -> list[NamedNode]:
    """Every IRI that a reader will see and want a label for."""
    found: dict[NamedNode, None] = {thing: None}
    for fact in [*facts, *derived, *(fact for part in parts.values() for fact in part)]:
        found[fact.property] = None
        if isinstance(fact.value, NamedNode):
            found[fact.value] = None
        elif isinstance(fact.value, Literal):
            found[fact.value.datatype] = None
    for link in incoming:
        found[link.subject], found[link.property] = None, None
        found[NamedNode(link.subject.value.partition("#")[0])] = None
    for one in evidence:
        found[one.source] = None
        for term in (one.property, one.basis, one.value):
            if isinstance(term, NamedNode):
                found[term] = None
    return list(found)
