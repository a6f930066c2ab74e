"""What stands around a thing: the facts of what points to it, of what these name, and the words that they rest on.

A page shows its relations from this: a partner with its country, a membership with its role and time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.publish.gathered import COOP, HAS_BODY, HAS_SOURCE, OA, Gathered, Labels
from coopgraph.store import Store, Term
from coopgraph.store.lookup import about, pointing

ORG = "http://www.w3.org/ns/org#"
DCT = "http://purl.org/dc/terms/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_MEMBERSHIP = NamedNode(ORG + "Membership")
_COUNTRY = NamedNode(COOP + "country")
_PARTY = NamedNode(COOP + "hasParty")
_PARTNERSHIP = NamedNode(COOP + "Partnership")
_MEMBER = NamedNode(ORG + "member")
_ROLE = NamedNode(ORG + "role")
_WHOLE = NamedNode(ORG + "organization")
_AS_PARTY = NamedNode("https://w3id.org/coopgraph/id/concept/role/party")
_LANGUAGE = NamedNode(DCT + "language")
_DATE = NamedNode(COOP + "date")
_EXACT = NamedNode(OA + "exact")
_PROPERTY = NamedNode(COOP + "property")
_VALUE = NamedNode(COOP + "value")
_OF_QUOTE = (_EXACT, _PROPERTY, _VALUE, HAS_SOURCE)
_IN_SCHEME = NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
_USES = """
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?concept (COUNT(?one) AS ?number) WHERE {
  ?concept skos:inScheme %s . ?one ?property ?concept
  FILTER(?property NOT IN (skos:hasTopConcept, skos:broader, skos:narrower, skos:member, coop:value))
} GROUP BY ?concept
"""
_LEADS_ON = {
    COOP + "hasParty",
    COOP + "hasSignatory",
    ORG + "member",
    ORG + "organization",
    ORG + "originalOrganization",
    ORG + "resultingOrganization",
    OA + "hasBody",
}
"""Through these a neighbour names what a row about it shows: who, of what, from where."""
_SHOWN = {
    *_LEADS_ON,
    COOP + "country",
    COOP + "status",
    COOP + "property",
    ORG + "classification",
    ORG + "role",
    DCT + "subject",
    DCT + "type",
    TYPE,
}
"""Properties whose values a row names."""
_LANGUAGES = {"SWE": "sv", "ENG": "en", "FIN": "fi", "DAN": "da", "NOR": "no", "DEU": "de", "FRA": "fr"}

Facts = Mapping[str, Sequence[Term]]
"""The values of a thing's properties, by the IRI of the property."""


@dataclass(frozen=True)
class Words:
    """Words of a source that a fact of a neighbour rests on."""

    property: str
    value: Term | None
    quote: str
    source: NamedNode


@dataclass(frozen=True)
class Nearby:
    """Facts by thing, the words that neighbours rest on, and the names of all that is mentioned, in every language.

    `here` are the partnerships of a country's bodies, when that is what the thing is; `uses` tells how many statements name a
    concept, when the thing is their scheme.
    """

    facts: Mapping[str, Facts]
    quotes: Mapping[str, Sequence[Words]]
    names: Mapping[NamedNode, Sequence[Triple]]
    here: Sequence[NamedNode]
    uses: Mapping[str, int]

    def values(self, thing: str, property_: str) -> Sequence[Term]:
        """The values that a property of a thing has; none where nothing is known of it."""
        return self.facts.get(thing, {}).get(property_, ())

    def language(self, source: str) -> str:
        """The language that a source is in, as HTML names it; "" where that is not known."""
        found = (one.value.rpartition("/")[2] for one in self.values(source, DCT + "language"))
        return next((_LANGUAGES[code] for code in found if code in _LANGUAGES), "")

    def labels(self, language: str) -> dict[str, str]:
        """The names in a language, else in another, by IRI."""
        order = {"en": 1, "sv": 2} | {language: 0}
        found = {}
        for thing, names in self.names.items():
            texts = [
                (order.get(one.object.language or "", 3), one.object.value)
                for one in names
                if isinstance(one.object, Literal)
            ]
            if texts:
                found[thing.value] = min(texts)[1]
        return found


def nearby(found: Gathered, store: Store, labels: Labels, *, limit: int) -> Nearby:
    """What stands around a thing; of a country, with at most `limit` partnerships of its bodies."""
    links = found.links[:limit]
    lands = [link.subject for link in links if link.property == _COUNTRY]
    here = _partnerships(lands, store)[:limit]
    roles = [node for node in found.inside if _is_role(found.said[node])]
    first = dict.fromkeys([*(link.subject for link in links), *here, *roles])
    facts = _facts(_read(first, store, labels))
    facts[found.thing.value] = _facts(found.said[found.thing]).get(found.thing.value, {})
    quotes = _quotes([*first, found.thing], store)
    wholes = dict.fromkeys(_values(facts.values(), (_WHOLE.value,)))
    facts |= _facts(_read([one for one in wholes if one.value not in facts], store, labels))
    _add_parties(facts, found.thing, store)
    named = _values(facts.values(), _LEADS_ON)
    second = dict.fromkeys([*named, *(NamedNode(one.value.partition("#")[0]) for one in named)])
    facts |= _facts(_read([one for one in second if one.value not in facts], store, labels))
    sources = dict.fromkeys(one.source for several in quotes.values() for one in several)
    sources |= dict.fromkeys(
        quad.object
        for node in found.evidence
        for quad in found.said[node]
        if quad.predicate == HAS_SOURCE and isinstance(quad.object, NamedNode)
    )
    for source, spoken in _facts(about(store, sources, [_LANGUAGE, _DATE])).items():
        facts[source] = {**spoken, **facts.get(source, {})}
    mentioned = dict.fromkeys([*first, *second, *sources, *_values(facts.values(), _SHOWN)])
    new = [thing for thing in mentioned if thing not in found.labels]
    in_scheme = any(link.property == _IN_SCHEME for link in links)
    return Nearby(facts, quotes, labels.of(new), here, _uses(found.thing, store) if in_scheme else {})


def _read(things: Collection[NamedNode], store: Store, labels: Labels) -> list[Quad]:
    """All that is said of things, their names too."""
    said = about(store, things)
    labels.learn(things, said)
    return said


def _uses(scheme: NamedNode, store: Store) -> dict[str, int]:
    """How many statements name each concept of a scheme, beside those of the scheme itself and of evidence."""
    rows = store.select(_USES % scheme)
    return {
        concept.value: int(number.value)
        for concept, number in rows
        if isinstance(concept, NamedNode) and number is not None
    }


def _partnerships(bodies: Iterable[NamedNode], store: Store) -> list[NamedNode]:
    """The partnerships that some bodies are party to, as such or by a role of their own."""
    bodies = list(bodies)
    found = [quad.subject for quad in pointing(store, bodies, [_PARTY])]
    nodes = dict.fromkeys(quad.subject for quad in pointing(store, bodies, [_MEMBER]))
    found += [
        whole  # type: ignore[misc]
        for said in _facts(about(store, _named(nodes), [_ROLE, _WHOLE])).values()
        if _AS_PARTY in said.get(_ROLE.value, ())
        for whole in said.get(_WHOLE.value, ())
    ]
    return _named(dict.fromkeys(found))


def _add_parties(facts: dict[str, dict[str, list[Term]]], thing: NamedNode, store: Store) -> None:
    """Name among the parties of each partnership those that have a role of their own as a party, too."""
    partnerships = [
        NamedNode(iri)
        for iri, said in facts.items()
        if iri != thing.value and _PARTNERSHIP in said.get(TYPE, ())
    ]
    nodes = _named(dict.fromkeys(quad.subject for quad in pointing(store, partnerships, [_WHOLE])))
    for said in _facts(about(store, nodes, [_ROLE, _WHOLE, _MEMBER])).values():
        if _AS_PARTY in said.get(_ROLE.value, ()):
            for whole in said.get(_WHOLE.value, ()):
                parties = facts[whole.value].setdefault(_PARTY.value, []) if whole.value in facts else []
                parties += [one for one in said.get(_MEMBER.value, ()) if one not in parties]


def _named(nodes: Iterable[object]) -> list[NamedNode]:
    return [one for one in nodes if isinstance(one, NamedNode)]


def _facts(quads: Iterable[Quad]) -> dict[str, dict[str, list[Term]]]:
    found: dict[str, dict[str, list[Term]]] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, Triple):
            values = found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, [])
            if quad.object not in values:
                values.append(quad.object)
    return found


def _values(facts: Iterable[Facts], properties: Collection[str]) -> list[NamedNode]:
    return [
        value
        for known in facts
        for property_, values in known.items()
        if property_ in properties
        for value in values
        if isinstance(value, NamedNode)
    ]


def _is_role(quads: Iterable[Quad]) -> bool:
    return any(quad.object == _MEMBERSHIP for quad in quads)


def _quotes(things: Sequence[NamedNode], store: Store) -> dict[str, list[Words]]:
    pairs = [(quad.object, quad.subject) for quad in pointing(store, things, [HAS_BODY])]
    told = _facts(
        about(store, dict.fromkeys(node for _, node in pairs if isinstance(node, NamedNode)), _OF_QUOTE)
    )
    found: dict[str, list[Words]] = {}
    for thing, node in pairs:
        said = told.get(node.value, {}) if isinstance(node, NamedNode) else {}
        quote, source = said.get(_EXACT.value), said.get(HAS_SOURCE.value)
        about_what, value = said.get(_PROPERTY.value), said.get(_VALUE.value)
        if (
            quote
            and source
            and about_what
            and isinstance(source[0], NamedNode)
            and isinstance(thing, NamedNode)
        ):
            one = Words(about_what[0].value, value[0] if value else None, quote[0].value, source[0])
            found.setdefault(thing.value, []).append(one)
    return found
