"""The statements that a page of a thing is made of, in every language: read once, for all its forms.

Knows nothing of HTTP or of formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.iris import Namespaces
from coopgraph.store import Store
from coopgraph.store.lookup import about, crowded, pointing, within

COOP = "https://w3id.org/coopgraph/ns#"
OA = "http://www.w3.org/ns/oa#"
HAS_BODY = NamedNode(OA + "hasBody")
HAS_SOURCE = NamedNode(OA + "hasSource")
DATE = NamedNode(COOP + "date")
INVERSE = NamedNode(COOP + "inverseLabel")
LABELS = (
    NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
    NamedNode("http://purl.org/dc/terms/title"),
    NamedNode("http://www.w3.org/2000/01/rdf-schema#label"),
)
_NAMING = frozenset(LABELS)
MAX_INCOMING = 1000
_SUCCEEDS = NamedNode(COOP + "succeeds")
_OF_EVIDENCE = (HAS_BODY, NamedNode(COOP + "value"))
_MOST = 20_000
_CROWD = 300
_POINTING = "WHERE { GRAPH ?g { ?s ?p %s } FILTER(?g != %s || ?p = %s) }"


@dataclass(frozen=True)
class Link:
    """Something that points to the thing."""

    subject: NamedNode
    property: NamedNode


class Labels:
    """The names of things in every language, each read once from a store that does not change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[NamedNode, tuple[Triple, ...]] = {}

    def learn(self, things: Iterable[NamedNode], said: Iterable[Quad]) -> None:
        """Take the names of things from all that is said of them, which saves looking them up."""
        found: dict[NamedNode, list[Triple]] = {thing: [] for thing in things if thing not in self._known}
        for quad in said:
            if quad.predicate in _NAMING and quad.subject in found:
                found[quad.subject].append(quad.triple)  # type: ignore[index]
        if len(self._known) + len(found) <= _MOST:
            self._known |= {thing: tuple(dict.fromkeys(triples)) for thing, triples in found.items()}

    def of(self, things: Iterable[NamedNode]) -> dict[NamedNode, tuple[Triple, ...]]:
        """The statements that name each of the things; none for what has no name."""
        wanted, known = list(dict.fromkeys(things)), self._known
        new = [thing for thing in wanted if thing not in known]
        if new:
            if len(known) + len(new) > _MOST:
                known, new = {}, wanted
            found: dict[NamedNode, list[Triple]] = {thing: [] for thing in new}
            for quad in about(self._store, new, LABELS):
                found[quad.subject].append(quad.triple)  # type: ignore[index]
            known |= {thing: tuple(dict.fromkeys(triples)) for thing, triples in found.items()}
            self._known = known
        return {thing: known[thing] for thing in wanted}


def spoken(names: Mapping[NamedNode, Iterable[Triple]], language: str) -> dict[str, str]:
    """A label for each thing that has a name: in the language, the preferred name before a title; else in another."""
    order = {"en": 1, "sv": 2} | {language: 0}
    labels = {}
    for thing, triples in names.items():
        found = []
        for _, property_, name in triples:
            if isinstance(name, Literal):
                place = order.get(name.language or "", 3)
                found.append((place > 0 or property_ != LABELS[0], place, name.value))
        if found:
            labels[thing.value] = min(found)[2]
    return labels


@dataclass(frozen=True)
class Gathered:
    """What is said of a thing, of its parts and evidence, and what these mention.

    `inside` are the nodes `<thing>#…` of its own file, `evidence` those that some of it rests on, `said` the statements about each
    of these and of the thing; `links` are some of what points to it; `labels` name all that is mentioned.
    """

    thing: NamedNode
    inside: Sequence[NamedNode]
    evidence: Sequence[NamedNode]
    said: Mapping[NamedNode, Sequence[Quad]]
    links: Sequence[Link]
    labels: Mapping[NamedNode, Sequence[Triple]]
    inverses: Sequence[Quad]
    dates: Mapping[NamedNode, Sequence[str]]
    derived: NamedNode

    def __bool__(self) -> bool:
        """Whether anything is said of the thing."""
        return bool(self.said[self.thing])


def gather(
    thing: NamedNode,
    store: Store,
    namespaces: Namespaces,
    labels: Labels | None,
    *,
    start: int = 0,
    limit: int = MAX_INCOMING,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> Gathered:
    """Read what is said of a thing; of what points to it (`pairs`, where that is known), `limit` links from `start` on.

    Without `labels`, for who asks for names in one language alone, nothing is labelled.
    """
    inside = parts_of(thing, store, namespaces)
    own = [thing, *inside]
    evidence = list(
        dict.fromkeys(
            quad.subject for quad in pointing(store, own, [HAS_BODY]) if isinstance(quad.subject, NamedNode)
        )
    )
    said: dict[NamedNode, list[Quad]] = {node: [] for node in (*own, *evidence)}
    for quad in about(store, list(said)):
        said[quad.subject].append(quad)  # type: ignore[index]
    if labels:
        labels.learn(said, (quad for quads in said.values() for quad in quads))
    pairs = pairs_to(thing, store, namespaces) if pairs is None else pairs
    links = [Link(NamedNode(one), NamedNode(property_)) for property_, one in pairs[start : start + limit]]
    sources = [
        quad.object
        for node in evidence
        for quad in said[node]
        if quad.predicate == HAS_SOURCE and isinstance(quad.object, NamedNode)
    ]
    dates: dict[NamedNode, list[str]] = {}
    for quad in about(store, dict.fromkeys(sources), [DATE]):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            dates.setdefault(quad.subject, []).append(quad.object.value)
    return Gathered(
        thing,
        inside,
        evidence,
        said,
        links,
        labels.of(_mentioned(said, links)) if labels else {},
        about(store, dict.fromkeys(link.property for link in links), [INVERSE]),
        dates,
        namespaces.graph_of("derived"),
    )


def parts_of(thing: NamedNode, store: Store, namespaces: Namespaces) -> list[NamedNode]:
    """The nodes `<thing>#…` of the thing's own file, evidence too."""
    path = namespaces.path_of(thing.value)
    if path is None or "#" in thing.value:
        return []
    start = thing.value + "#"
    found = dict.fromkeys(quad.subject for quad in within(store, namespaces.graph_of(path)))
    return [node for node in found if isinstance(node, NamedNode) and node.value.startswith(start)]


def pairs_to(thing: NamedNode, store: Store, namespaces: Namespaces) -> list[tuple[str, str]]:
    """What points to the thing, as (property, subject), without its own parts and without evidence."""
    derived, part = namespaces.graph_of("derived"), thing.value + "#"
    found: set[tuple[str, str]] = set()
    if crowded(store, thing, _CROWD):
        # the engine reads the text of each term that it gives: of ten thousand links, the subjects alone
        within = _POINTING % (thing, derived, _SUCCEEDS)
        for (property_,) in list(store.select(f"SELECT DISTINCT ?p {within}")):
            if isinstance(property_, NamedNode) and property_ not in _OF_EVIDENCE:
                rows = store.select(f"SELECT ?s {within.replace('?p', str(property_))}")
                found |= {(property_.value, one.value) for (one,) in rows if isinstance(one, NamedNode)}
    else:
        for subject, property_, _, graph in pointing(store, [thing], ordered=False):
            if (
                isinstance(subject, NamedNode)
                and property_ not in _OF_EVIDENCE
                and (graph != derived or property_ == _SUCCEEDS)
            ):
                found.add((property_.value, subject.value))
    return sorted(pair for pair in found if not pair[1].startswith(part))


def _mentioned(said: Mapping[NamedNode, Iterable[Quad]], links: Iterable[Link]) -> list[NamedNode]:
    """Every IRI that a page shows or that its data holds, and the wholes of these."""
    found: dict[NamedNode, None] = dict.fromkeys(said)
    for quads in said.values():
        for quad in quads:
            value = quad.object
            found[quad.predicate] = None
            if isinstance(value, NamedNode):
                found[value] = None
            elif isinstance(value, Literal):
                found[value.datatype] = None
    for link in links:
        found[link.subject] = found[link.property] = None
    parts = [one.value for one in found if "#" in one.value]
    found.update(dict.fromkeys(NamedNode(part.partition("#")[0]) for part in parts))
    return list(found)
