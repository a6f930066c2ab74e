"""What stands around a thing: the facts of what points to it, of what these name, and the words that they rest on.

A page shows its relations from this: a partner with its country, a membership with its role and time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from coopgraph.publish.describe import COOP, Description
from coopgraph.queries.run import labels
from coopgraph.store import Store, Term

ORG = "http://www.w3.org/ns/org#"
DCT = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
LEADS_ON = (
    COOP + "hasParty",
    COOP + "hasSignatory",
    ORG + "member",
    ORG + "organization",
    ORG + "originalOrganization",
    ORG + "resultingOrganization",
    OA + "hasBody",
)
"""Through these a neighbour names what a row about it shows: who, of what, from where."""
SHOWN = (
    *LEADS_ON,
    COOP + "country",
    COOP + "status",
    COOP + "property",
    ORG + "classification",
    ORG + "role",
    DCT + "type",
    DCT + "publisher",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
)
"""Properties whose values a row names."""
_FACTS = "SELECT ?s ?p ?o WHERE { VALUES ?s { %s } ?s ?p ?o }"
_QUOTES = """
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?about ?property ?value ?quote ?source WHERE {
  VALUES ?about { %s }
  ?node oa:hasBody ?about ; coop:property ?property ; oa:exact ?quote ; oa:hasSource ?source .
  OPTIONAL { ?node coop:value ?value }
}
ORDER BY ?about ?node
"""
_LANGUAGES = {"SWE": "sv", "ENG": "en", "FIN": "fi", "DAN": "da", "NOR": "no", "DEU": "de", "FRA": "fr"}

Facts = Mapping[str, list[Term]]
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
    """Facts by thing, the words that neighbours rest on, and labels in the reader's language."""

    facts: Mapping[str, Facts]
    quotes: Mapping[str, list[Words]]
    labels: Mapping[str, str]

    def values(self, thing: str, property_: str) -> list[Term]:
        """The values that a property of a thing has; none where nothing is known of it."""
        return self.facts.get(thing, {}).get(property_, [])

    def language(self, source: str) -> str:
        """The language that a source is in, as HTML names it; "" where that is not known."""
        found = (str(value).rstrip(">").rpartition("/")[2] for value in self.values(source, DCT + "language"))
        return next((_LANGUAGES[code] for code in found if code in _LANGUAGES), "")


def nearby(found: Description, store: Store, language: str, more: Iterable[NamedNode] = ()) -> Nearby:
    """What stands around a described thing, and around `more` neighbours that do not point to it."""
    first = {
        **dict.fromkeys(link.subject for link in found.incoming),
        **dict.fromkeys(more),
        **dict.fromkeys(node for node, facts in found.parts.items() if _is_role(facts)),
    }
    facts = facts_of(first, store)
    named = [
        value
        for known in (*facts.values(), _own(found))
        for property_ in LEADS_ON
        for value in known.get(property_, ())
        if isinstance(value, NamedNode) and value != found.thing
    ]
    quotes = _quotes(first, store)
    sources = [one.source for one in found.evidence]
    sources += [one.source for several in quotes.values() for one in several]
    second = dict.fromkeys([*named, *(NamedNode(one.value.partition("#")[0]) for one in named), *sources])
    facts.update(facts_of([one for one in second if one.value not in facts], store))
    shown = [
        value
        for known in facts.values()
        for property_ in SHOWN
        for value in known.get(property_, ())
        if isinstance(value, NamedNode)
    ]
    wanted = dict.fromkeys([*first, *second, *shown])
    unnamed = [thing for thing in wanted if thing.value not in found.labels]
    return Nearby(facts, quotes, {**found.labels, **labels(unnamed, store, language)})


def facts_of(things: Collection[NamedNode], store: Store) -> dict[str, dict[str, list[Term]]]:
    """The facts of things, authored and derived."""
    found: dict[str, dict[str, list[Term]]] = {}
    if things:
        for subject, property_, value in store.select(_FACTS % " ".join(map(str, things))):
            if isinstance(subject, NamedNode) and isinstance(property_, NamedNode) and value is not None:
                values = found.setdefault(subject.value, {}).setdefault(property_.value, [])
                if value not in values:
                    values.append(value)
    return found


def _own(found: Description) -> dict[str, list[Term]]:
    own: dict[str, list[Term]] = {}
    for fact in found.facts:
        own.setdefault(fact.property.value, []).append(fact.value)
    return own


def _is_role(facts: Iterable[object]) -> bool:
    return any(getattr(fact, "value", None) == NamedNode(ORG + "Membership") for fact in facts)


def _quotes(things: Collection[NamedNode], store: Store) -> dict[str, list[Words]]:
    found: dict[str, list[Words]] = {}
    if things:
        for about, property_, value, quote, source in store.select(_QUOTES % " ".join(map(str, things))):
            if isinstance(about, NamedNode) and isinstance(source, NamedNode) and property_ and quote:
                one = Words(property_.value, value, quote.value, source)
                found.setdefault(about.value, []).append(one)
    return found
