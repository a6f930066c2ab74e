"""All that the graph says of one thing: facts, parts, what points to it, and the words it rests on.

Knows nothing of HTTP or of formats: the command line, the server and the static export call it alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from coopgraph.iris import Namespaces
from coopgraph.queries.run import labels
from coopgraph.store import Store, Term

COOP = "https://w3id.org/coopgraph/ns#"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
EVIDENCE = NamedNode(COOP + "Evidence")
MAX_INCOMING = 1000


@dataclass(frozen=True)
class Fact:
    """A property and one value."""

    property: NamedNode
    value: Term


@dataclass(frozen=True)
class Link:
    """Something that points to the thing."""

    subject: NamedNode
    property: NamedNode


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


_FACTS = """
SELECT ?subject ?property ?value ?derived WHERE {{
  GRAPH ?graph {{ {values} ?subject ?property ?value }}
  BIND(?graph = <{derived}> AS ?derived)
}}
ORDER BY ?subject ?property ?value
"""
_INCOMING = """
SELECT DISTINCT ?subject ?property WHERE {{
  GRAPH ?graph {{ ?subject ?property {thing} }}
  FILTER((?graph != <{derived}> || ?property = <https://w3id.org/coopgraph/ns#succeeds>) && ?property NOT IN (<http://www.w3.org/ns/oa#hasBody>, <https://w3id.org/coopgraph/ns#value>))
}}
"""
_EVIDENCE = """
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?node ?about ?property ?value ?quote ?source ?dated ?basis ?reason WHERE {{
  VALUES ?about {{ {things} }}
  ?node oa:hasBody ?about ; a coop:Evidence ; oa:hasSource ?source ; oa:exact ?quote .
  OPTIONAL {{ ?node coop:property ?property }}
  OPTIONAL {{ ?node coop:value ?value }}
  OPTIONAL {{ ?node coop:basis ?basis }}
  OPTIONAL {{ ?node coop:reason ?reason }}
  OPTIONAL {{ ?source coop:date ?dated }}
}}
ORDER BY ?about ?node
"""
_INVERSES = """
SELECT ?property ?label WHERE {{
  VALUES ?property {{ {properties} }}
  ?property <https://w3id.org/coopgraph/ns#inverseLabel> ?label
}}
"""


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
    derived = namespaces.graph_of("derived").value
    inside = parts_of(thing, store, namespaces)
    facts, following = _facts([thing, *inside], store, derived)
    parts = {
        node: facts[node] for node in inside if node in facts and Fact(RDF_TYPE, EVIDENCE) not in facts[node]
    }
    evidence = _evidence([thing, *parts], store, language)
    incoming = tuple(
        link
        for link in links_to(thing, store, namespaces, start=start, limit=limit)
        if link.subject not in parts
    )
    own = facts.get(thing, ())
    more = following.get(thing, ())
    return Description(
        thing,
        own,
        more,
        parts,
        incoming,
        evidence,
        labels(_things(thing, own, more, parts, incoming, evidence), store, language),
        _inverses({link.property for link in incoming}, store, language),
    )


def parts_of(thing: NamedNode, store: Store, namespaces: Namespaces) -> list[NamedNode]:
    """The nodes `<thing>#…` of the thing's own file, evidence too."""
    path = namespaces.path_of(thing.value)
    if path is None or "#" in thing.value:
        return []
    return [
        node
        for (node,) in store.select(
            f"SELECT DISTINCT ?s WHERE {{ GRAPH {namespaces.graph_of(path)} {{ ?s ?p ?o }} }} ORDER BY ?s"
        )
        if isinstance(node, NamedNode) and node.value.startswith(thing.value + "#")
    ]


def links_to(
    thing: NamedNode, store: Store, namespaces: Namespaces, *, start: int = 0, limit: int = MAX_INCOMING
) -> list[Link]:
    """What points to the thing, without its own parts and without evidence; `limit` links from `start` on.

    They are sorted here: the engine reads the text of a term from disk each time that it compares two.
    """
    derived = namespaces.graph_of("derived").value
    found = sorted(
        (property_.value, subject.value)
        for subject, property_ in store.select(_INCOMING.format(thing=thing, derived=derived))
        if isinstance(subject, NamedNode) and isinstance(property_, NamedNode)
    )
    others = [pair for pair in found if not pair[1].startswith(thing.value + "#")]
    return [
        Link(NamedNode(subject), NamedNode(property_)) for property_, subject in others[start : start + limit]
    ]


def _inverses(properties: Iterable[NamedNode], store: Store, language: str) -> dict[str, str]:
    named = " ".join(sorted(map(str, properties)))
    rows = store.select(_INVERSES.format(properties=named)) if named else ()
    return {
        property_.value: label.value
        for property_, label in rows
        if property_ is not None and isinstance(label, Literal) and label.language == language
    }


def _facts(
    things: list[NamedNode], store: Store, derived: str
) -> tuple[dict[NamedNode, tuple[Fact, ...]], dict[NamedNode, tuple[Fact, ...]]]:
    """The authored and the derived facts of things."""
    authored: dict[NamedNode, list[Fact]] = {}
    following: dict[NamedNode, list[Fact]] = {}
    if things:
        values = f"VALUES ?subject {{ {' '.join(map(str, things))} }}"
        for subject, property_, value, is_derived in store.select(
            _FACTS.format(values=values, derived=derived)
        ):
            if isinstance(subject, NamedNode) and isinstance(property_, NamedNode) and value is not None:
                target = following if is_derived is not None and is_derived.value == "true" else authored
                target.setdefault(subject, []).append(Fact(property_, value))
    return (
        {node: tuple(dict.fromkeys(facts)) for node, facts in authored.items()},
        {node: tuple(dict.fromkeys(facts)) for node, facts in following.items()},
    )


def _evidence(things: Iterable[NamedNode], store: Store, language: str) -> tuple[Quoted, ...]:
    # a reason has a row for each language; the question is the same whichever language is wanted
    reasons: dict[Quoted, str] = {}
    for node, about, property_, value, quote, source, dated, basis, reason in store.select(
        _EVIDENCE.format(things=" ".join(map(str, things)))
    ):
        assert isinstance(node, NamedNode)
        assert isinstance(about, NamedNode)
        assert isinstance(source, NamedNode)
        assert quote is not None
        one = Quoted(
            node,
            about,
            property_ if isinstance(property_, NamedNode) else None,
            value,
            quote.value,
            source,
            dated.value if dated else "",
            basis if isinstance(basis, NamedNode) else None,
            "",
        )
        wanted = isinstance(reason, Literal) and reason.language == language
        reasons[one] = reason.value if wanted and reason else reasons.get(one, "")
    return tuple(replace(one, reason=reason) for one, reason in reasons.items())


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
