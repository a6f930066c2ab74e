"""What a picture of a thing shows: the thing and those it is linked with, as one small structure for map, timeline and network.

`doc/X.view.json` holds it for the scripts, with names in both languages; a page's timeline is made from the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode

from coopgraph.dates import bounds
from coopgraph.publish.describe import COOP
from coopgraph.publish.site import Site
from coopgraph.store import Store, Term

SUFFIX = "view.json"
MOST = 2000
"""Links that a picture shows at most; of more, the first by their IRIs."""
_AROUND = 150
"""Up to so many neighbours, the links between them are shown too."""
_BATCH = 500
_LANGUAGES = ("sv", "en")

ORG = "http://www.w3.org/ns/org#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_PREFIXES = """
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX role: <https://w3id.org/coopgraph/id/concept/role/>
"""
_PARTY = "{ ?link coop:hasParty ?body } UNION { ?asParty org:member ?body ; org:role role:party ; org:organization ?link }"
_OF_BODY = (
    f"VALUES ?body {{ %s }} {{ {_PARTY} }} UNION {{ ?link org:member ?body ; org:organization ?whole }}"
)
_OF_WHOLE = "?link org:organization %s ; org:member ?member"
_OF_COUNTRY = f"?body coop:country %s . {_PARTY}"
_OF_TOPIC = "{ ?link dct:subject %s } UNION { ?agreement dct:subject %s ; coop:founds ?link }"
_OF_AGREEMENT = "%s coop:founds ?link"
_FOLDERS = {
    "doc/organisation/": _OF_BODY,
    "doc/network/": _OF_WHOLE,
    "doc/programme/": _OF_WHOLE,
    "doc/project/": _OF_WHOLE,
    "doc/agreement/": _OF_AGREEMENT,
    "doc/concept/country/": _OF_COUNTRY,
    "doc/concept/topic/": _OF_TOPIC,
}
_ALL = "SELECT ?link WHERE { ?link a <https://w3id.org/coopgraph/ns#Partnership> } ORDER BY ?link"
_FACTS = "SELECT ?s ?p ?o WHERE { VALUES (?s ?p) { %s } ?s ?p ?o }"
_JOINED = (
    _PREFIXES
    + "SELECT ?link ?body WHERE { VALUES ?link { %s } ?asParty org:organization ?link ; org:role role:party ; org:member ?body }"
)
_LABELS = (SKOS + "prefLabel", DCT + "title")
_DEPRECATED = "http://www.w3.org/2002/07/owl#deprecated"
_OF_LINK = (
    *_LABELS,
    COOP + "start",
    COOP + "end",
    COOP + "status",
    COOP + "hasParty",
    ORG + "member",
    ORG + "organization",
    ORG + "role",
    DCT + "type",
    COOP + "knownUntil",
    _DEPRECATED,
)
_OF_THING = (*_LABELS, GEO + "lat", GEO + "long", COOP + "country")
Names = Mapping[str, str]
"""A name in each language that has one."""


@dataclass(frozen=True)
class Node:
    """A body or a network: its names, where its page is, and where it lies (longitude, latitude; or its country alone)."""

    iri: str
    names: Names
    path: str | None
    at: tuple[float, float] | None = None
    country: str | None = None

    @property
    def kind(self) -> str:
        """The folder of its page."""
        return self.path.split("/")[1] if self.path and self.path.startswith("doc/") else ""


@dataclass(frozen=True)
class Tie:
    """A partnership, or a role in a network, between nodes given by their places in the list. Dates are EDTF."""

    names: Names
    path: str | None
    kind: str
    nodes: tuple[int, ...]
    start: str = ""
    end: str = ""
    status: str = ""
    known_until: str = ""
    around: bool = False


@dataclass(frozen=True)
class View:
    """Nodes and the ties between them; `centre` is the place of the thing itself. `words` are the names of statuses."""

    nodes: Sequence[Node] = ()
    ties: Sequence[Tie] = ()
    centre: int | None = None
    words: Mapping[str, Names] = field(default_factory=dict)
    total: int = 0

    def json(self) -> bytes:
        """For the scripts; a tie that only joins two neighbours has `around`."""
        told: dict[str, Any] = {
            "centre": self.centre,
            "total": self.total,
            "words": self.words,
            "nodes": [
                _known(name=one.names, path=one.path, kind=one.kind, at=one.at, country=one.country)
                for one in self.nodes
            ],
            "ties": [
                _known(
                    name=one.names,
                    path=one.path,
                    kind=one.kind,
                    nodes=one.nodes,
                    when=period(one),
                    status=one.status,
                    around=one.around,
                )
                for one in self.ties
            ],
        }
        return (json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def view_of(site: Site, thing: NamedNode) -> View:
    """What the pictures on a thing's page show; nothing for a kind of thing that has none."""
    path = site.path_of(thing.value) or ""
    if path.startswith("doc/partnership/"):
        return _view(site, [thing], centre=None)
    pattern = next((text for start, text in _FOLDERS.items() if path.startswith(start)), "")
    if not pattern:
        return View()
    where = pattern.replace("%s", str(thing))
    found = site.store.select(f"{_PREFIXES} SELECT DISTINCT ?link WHERE {{ {where} }}")
    links = sorted((link for (link,) in found if isinstance(link, NamedNode)), key=lambda link: link.value)
    body = path.startswith(("doc/organisation/", "doc/network/", "doc/programme/", "doc/project/"))
    return _view(site, links, centre=thing if body else None)


def view_of_all(site: Site) -> View:
    """Every partnership, as far as MOST goes."""
    found = site.store.select(_ALL)
    return _view(site, [link for (link,) in found if isinstance(link, NamedNode)], centre=None)


def pictures(view: View) -> frozenset[str]:
    """Which pictures have something to show: `map`, `timeline`, `network`."""
    shown = set()
    others = [node for place, node in enumerate(view.nodes) if place != view.centre]
    if any(node.at or node.country for node in others):
        shown.add("map")
    if any(tie.start or tie.end for tie in view.ties if not tie.around):
        shown.add("timeline")
    if len(view.nodes) > 3 and len(view.ties) > 2:
        shown.add("network")
    return frozenset(shown)


def period(tie: Tie) -> list[str | None] | None:
    """First and last possible day of the start, then of the end; None for what is open or unknown, and for no dates at all."""
    days = [*_days(tie.start), *_days(tie.end)]
    return days if any(days) else None


def name_in(names: Names, language: str) -> str:
    """The name in a language, or in another where there is none."""
    return names.get(language) or next(iter(names.values()), "")


def _view(site: Site, links: Sequence[NamedNode], *, centre: NamedNode | None) -> View:
    """The links with the nodes that they join; round a centre also the links between its neighbours."""
    store, total = site.store, len(links)
    told = _told(store, links[:MOST], _OF_LINK)
    joined = _joined(store, [link for link in told if COOP + "hasParty" in told[link]])
    ends = {
        link: _ends(site, facts, joined.get(link, ())) for link, facts in told.items() if not _over(facts)
    }
    order: dict[str, int] = {centre.value: 0} if centre is not None else {}
    for found in ends.values():
        for iri in found:
            order.setdefault(iri, len(order))
    around: dict[str, tuple[str, ...]] = {}
    if centre is not None and 2 < len(order) <= _AROUND:
        around = _around(store, [iri for iri in order if iri != centre.value], ends)
        told |= _told(store, [NamedNode(link) for link in around], _OF_LINK)
        around = {link: found for link, found in around.items() if not _over(told[link])}
    statuses = {value.value for link in (*ends, *around) for value in told[link].get(COOP + "status", ())}
    things = _told(store, [NamedNode(iri) for iri in (*order, *sorted(statuses))], _OF_THING)
    nodes = [_node(site, iri, things.get(iri, {})) for iri in order]
    ties = [
        _tie(site, link, told[link], tuple(order[iri] for iri in found), around=link in around)
        for link, found in (ends | around).items()
        if len(found) > 1
    ]
    words = {_code(iri): _names(things.get(iri, {})) for iri in sorted(statuses)}
    return View(nodes, ties, 0 if centre is not None else None, words, total)


def _around(
    store: Store, bodies: Sequence[str], known: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """The links between bodies that are there, beside those known."""
    values = " ".join(f"<{iri}>" for iri in bodies)
    rows = store.select(
        f"{_PREFIXES} SELECT ?link ?body ?whole WHERE {{ VALUES ?body {{ {values} }} "
        "{ ?link coop:hasParty ?body } UNION { ?link org:member ?body ; org:organization ?whole } }"
    )
    there, found = set(bodies), dict[str, set[str]]()
    for link, body, whole in rows:
        if link is not None and body is not None and link.value not in known:
            found.setdefault(link.value, set()).add(body.value)
            if whole is not None and whole.value in there:
                found[link.value].add(whole.value)
    return {link: tuple(sorted(ends)) for link, ends in sorted(found.items()) if len(ends) > 1}


Told = Mapping[str, Mapping[str, Sequence[Term]]]


def _told(
    store: Store, things: Sequence[NamedNode], properties: Sequence[str]
) -> dict[str, dict[str, list[Term]]]:
    """The values of some properties of things, by thing and property."""
    found: dict[str, dict[str, list[Term]]] = {thing.value: {} for thing in things}
    size = max(1, _BATCH // len(properties)) * len(properties)
    pairs = [f"({thing} <{one}>)" for thing in things for one in properties]
    for start in range(0, len(pairs), size):
        for thing, property_, value in store.select(_FACTS % " ".join(pairs[start : start + size])):
            assert thing is not None
            assert property_ is not None
            assert value is not None
            found[thing.value].setdefault(property_.value, []).append(value)
    return found


def _joined(store: Store, links: Sequence[str]) -> dict[str, list[str]]:
    """The parties of partnerships that have a time of their own."""
    found: dict[str, list[str]] = {}
    if links:
        for link, body in store.select(_JOINED % " ".join(f"<{link}>" for link in links)):
            assert link is not None
            assert body is not None
            found.setdefault(link.value, []).append(body.value)
    return found


def _ends(site: Site, facts: Mapping[str, Sequence[Term]], joined: Iterable[str]) -> tuple[str, ...]:
    """The bodies and networks that a link joins; a role in a partnership joins none with it."""
    named = (
        value.value
        for name in (COOP + "hasParty", ORG + "member", ORG + "organization")
        for value in facts.get(name, ())
    )
    partnership = site.base + "id/partnership/"
    return tuple(sorted(iri for iri in {*named, *joined} if not iri.startswith(partnership)))


def _over(facts: Mapping[str, Sequence[Term]]) -> bool:
    return any(value.value in ("true", "1") for value in facts.get(_DEPRECATED, ()))


def _node(site: Site, iri: str, facts: Mapping[str, Sequence[Term]]) -> Node:
    first = {name: values[0].value for name, values in facts.items()}
    at = None
    if GEO + "lat" in first and GEO + "long" in first:
        at = (round(float(first[GEO + "long"]), 4), round(float(first[GEO + "lat"]), 4))
    country = first.get(COOP + "country")
    return Node(
        iri,
        _names(facts) or {"sv": site.namespaces.shorten(iri)},
        site.path_of(iri),
        at,
        _code(country) if country else None,
    )


def _tie(
    site: Site,
    link: str,
    facts: Mapping[str, Sequence[Term]],
    nodes: tuple[int, ...],
    *,
    around: bool,
) -> Tie:
    def one(name: str) -> str:
        return next((value.value for value in facts.get(name, ())), "")

    path = site.path_of(link.partition("#")[0])
    kind = "partnership" if COOP + "hasParty" in facts else "membership"
    return Tie(
        _names(facts),
        path,
        kind,
        nodes,
        one(COOP + "start"),
        one(COOP + "end"),
        _code(one(COOP + "status")),
        one(COOP + "knownUntil"),
        around,
    )


def _names(facts: Mapping[str, Sequence[Term]]) -> dict[str, str]:
    """The names by language; one without a language stands under Swedish."""
    found: dict[str, str] = {}
    for label in reversed(_LABELS):
        for value in facts.get(label, ()):
            if isinstance(value, Literal):
                found[value.language or "sv"] = value.value
    return {language: found[language] for language in _LANGUAGES if language in found} or found


def _code(iri: str) -> str:
    """The last part of a concept's IRI: `active`, `CHN`."""
    return iri.rstrip("/").rpartition("/")[2]


def _days(date: str) -> tuple[str | None, str | None]:
    if not date:
        return None, None
    try:
        found = bounds(date)
    except ValueError:
        return None, None
    return (
        found.earliest.isoformat() if found.earliest else None,
        found.latest.isoformat() if found.latest else None,
    )


def _known(**facts: Any) -> dict[str, Any]:
    """What is known of these, for a shorter file."""
    return {name: value for name, value in facts.items() if value not in (None, "", False, {})}
