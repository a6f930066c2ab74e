"""What stands around a thing, for its pictures: its partnerships and roles, those on their other sides, where these lie.

It is looked up statement by statement, so that the export can do it for every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.publish.describe import COOP
from coopgraph.publish.gathered import pairs_to
from coopgraph.publish.site import Site
from coopgraph.publish.views import Node, Tie, View, pictures
from coopgraph.store import Store, Term
from coopgraph.store.lookup import about, pointing

MOST = 2000
OF_ONE = 500
"""Links that a picture of all, and one of a single thing, shows at most; of more, the first by their IRIs."""
_AROUND = 150
"""Up to so many neighbours, the links between them are shown too."""
_LANGUAGES = ("sv", "en")

ORG = "http://www.w3.org/ns/org#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_ALL = "SELECT ?link WHERE { ?link a <https://w3id.org/coopgraph/ns#Partnership> } ORDER BY ?link"
_LABELS = (SKOS + "prefLabel", DCT + "title")
_DEPRECATED = "http://www.w3.org/2002/07/owl#deprecated"
_PARTY, _MEMBER, _WHOLE = (
    NamedNode(COOP + "hasParty"),
    NamedNode(ORG + "member"),
    NamedNode(ORG + "organization"),
)
_ROLE, _COUNTRY = NamedNode(ORG + "role"), NamedNode(COOP + "country")
_SUBJECT, _FOUNDS = NamedNode(DCT + "subject"), NamedNode(COOP + "founds")
_AS_PARTY = NamedNode("https://w3id.org/coopgraph/id/concept/role/party")
_OF_LINK = [
    *map(
        NamedNode,
        (*_LABELS, *(COOP + name for name in ("start", "end", "status", "knownUntil")), _DEPRECATED),
    ),
    _PARTY,
    _MEMBER,
    _WHOLE,
]
_OF_THING = [*map(NamedNode, (*_LABELS, GEO + "lat", GEO + "long")), _COUNTRY]
LINKS = ("partnership", "membership")
BODIES = ("organisation", "network", "programme", "project")
"""Folders of what joins, and of what is joined."""
_WHOLES = ("doc/network/", "doc/programme/", "doc/project/")


def view_of(site: Site, thing: NamedNode) -> View:
    """What the pictures on a thing's page show; nothing for a kind of thing that has none."""
    return site.memory.once(_view_of, thing, site, thing)


def _view_of(site: Site, thing: NamedNode) -> View:
    path, store = site.path_of(thing.value) or "", site.store
    if path.startswith("doc/organisation/"):
        return _view(site, _of_bodies(site, [thing]), centre=thing)
    if path.startswith(_WHOLES):
        pairs = site.memory.once(pairs_to, thing, thing, store, site.namespaces)  # the page has asked already
        joining = [one for name, one in pairs if name == _WHOLE.value]  # in the order that they are drawn in
        drawn = [NamedNode(one) for one in joining[:OF_ONE]]
        return _view(site, drawn, centre=thing, beyond=len(joining) - len(drawn))
    if path.startswith("doc/partnership/"):
        return _view(site, [thing], centre=None)
    if path.startswith("doc/agreement/"):
        return _view(site, _values(store, [thing], _FOUNDS), centre=None)
    if path.startswith("doc/concept/country/"):
        return _view(
            site, _of_bodies(site, _subjects(store, [thing], _COUNTRY)[:MOST], roles=False), centre=None
        )
    if path.startswith("doc/concept/topic/"):
        about_it = _subjects(store, [thing], _SUBJECT)
        links = [one for one in about_it if (site.path_of(one.value) or "").startswith("doc/partnership/")]
        return _view(site, [*links, *_values(store, about_it, _FOUNDS)], centre=None)
    return View()


def view_data(site: Site, path: str) -> bytes | None:
    """The data of the pictures on the page at a path; None where it has none."""
    if not path.startswith("doc/"):
        return None
    view = view_of(site, site.thing_at(path.removeprefix("doc/")))
    return view.json() if pictures(view) else None


def view_of_all(site: Site) -> View:
    """Every partnership, as far as MOST goes."""
    found = site.store.select(_ALL)
    return _view(site, [link for (link,) in found if isinstance(link, NamedNode)], centre=None, most=MOST)


def view_of_links(site: Site, links: Iterable[NamedNode]) -> View:
    """Partnerships and roles with those that they join."""
    return _view(site, list(links), centre=None, most=MOST)


def nodes_of(site: Site, iris: Sequence[str]) -> list[Node]:
    """Bodies and networks with their names and places."""
    things = _told(site.store, map(NamedNode, iris), _OF_THING)
    return [_node(site, iri, things.get(iri, {})) for iri in iris]


def _view(
    site: Site, links: Sequence[NamedNode], *, centre: NamedNode | None, most: int = OF_ONE, beyond: int = 0
) -> View:
    """The links with the nodes that they join; round a centre also the links between its neighbours.

    There are `beyond` more links, which come after these.
    """
    links = sorted(set(links), key=lambda link: link.value)
    store = site.store
    told = _told(store, links[:most], _OF_LINK)
    joined = _joined(store, [link for link in links[:most] if _PARTY.value in told.get(link.value, ())])
    ends = {
        link: _ends(site, facts, joined.get(link, ())) for link, facts in told.items() if not _over(facts)
    }
    order: dict[str, int] = {centre.value: 0} if centre is not None else {}
    for found in ends.values():
        for iri in found:
            order.setdefault(iri, len(order))
    around: dict[str, tuple[str, ...]] = {}
    if centre is not None and 2 < len(order) <= _AROUND and len(links) + beyond <= most:
        around = _around(site, [iri for iri in order if iri != centre.value], ends)
        told |= _told(store, map(NamedNode, around), _OF_LINK)
        around = {link: found for link, found in around.items() if not _over(told[link])}
    statuses = {value.value for link in (*ends, *around) for value in told[link].get(COOP + "status", ())}
    things = _told(store, map(NamedNode, (*order, *sorted(statuses))), _OF_THING)
    nodes = [_node(site, iri, things.get(iri, {})) for iri in order]
    ties = [
        _tie(site, link, told[link], tuple(order[iri] for iri in found), around=link in around)
        for link, found in (ends | around).items()
        if len(found) > 1
    ]
    words = {_code(iri): _names(things.get(iri, {})) for iri in sorted(statuses)}
    return View(nodes, ties, 0 if centre is not None else None, words, max(0, len(links) + beyond - most))


def _of_bodies(site: Site, bodies: Sequence[NamedNode], *, roles: bool = True) -> list[NamedNode]:
    """The partnerships of bodies and, with `roles`, their memberships in other things."""
    store = site.store
    memberships = _subjects(store, bodies, _MEMBER)
    parties = set(_subjects_of(store, memberships, _ROLE, _AS_PARTY))
    joined = _values(store, [one for one in memberships if one in parties], _WHOLE)
    others = [one for one in memberships if one not in parties] if roles else []
    return [*_subjects(store, bodies, _PARTY), *joined, *others]


def _around(
    site: Site, bodies: Sequence[str], known: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """The links between bodies that are there, beside those known."""
    there, found = set(bodies), dict[str, set[str]]()
    for quad in pointing(site.store, map(NamedNode, bodies), (_PARTY, _MEMBER)):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            found.setdefault(quad.subject.value, set()).add(quad.object.value)
    new = [link for link in found if link not in known]
    for link, facts in _told(site.store, map(NamedNode, new), (_WHOLE,)).items():
        found[link] |= there & {whole.value for whole in facts[_WHOLE.value]}
    return {link: tuple(sorted(found[link])) for link in sorted(new) if len(found[link]) > 1}


def _subjects(store: Store, things: Iterable[NamedNode], property_: NamedNode) -> list[NamedNode]:
    """What points to things by a property."""
    return [q.subject for q in pointing(store, things, (property_,)) if isinstance(q.subject, NamedNode)]


def _subjects_of(
    store: Store, things: Iterable[NamedNode], property_: NamedNode, value: NamedNode
) -> list[NamedNode]:
    """Those of the things that have this value."""
    return [
        quad.subject
        for quad in about(store, things, (property_,))
        if quad.object == value and isinstance(quad.subject, NamedNode)
    ]


def _values(store: Store, things: Iterable[NamedNode], property_: NamedNode) -> list[NamedNode]:
    """What things point to by a property."""
    return [q.object for q in about(store, things, (property_,)) if isinstance(q.object, NamedNode)]


def _told(
    store: Store, things: Iterable[NamedNode], properties: Sequence[NamedNode]
) -> dict[str, dict[str, list[Term]]]:
    """The values of some properties of things, by thing and property."""
    found: dict[str, dict[str, list[Term]]] = {}
    for quad in about(store, things, properties):
        if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, Triple):
            values = found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, [])
            if quad.object not in values:
                values.append(quad.object)
    return found


def _joined(store: Store, partnerships: Sequence[NamedNode]) -> dict[str, list[str]]:
    """The parties of partnerships that have a time of their own."""
    found: dict[str, list[str]] = {}
    memberships = _told(store, _subjects(store, partnerships, _WHOLE), (_ROLE, _MEMBER, _WHOLE))
    for facts in memberships.values():
        if _AS_PARTY in facts.get(_ROLE.value, ()):
            for whole in facts.get(_WHOLE.value, ()):
                found.setdefault(whole.value, []).extend(one.value for one in facts.get(_MEMBER.value, ()))
    return found


def _ends(site: Site, facts: Mapping[str, Sequence[Term]], joined: Iterable[str]) -> tuple[str, ...]:
    """The bodies and networks that a link joins; a role in a partnership joins none with it."""
    named = (value.value for name in (_PARTY, _MEMBER, _WHOLE) for value in facts.get(name.value, ()))
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
    kind = "partnership" if _PARTY.value in facts else "membership"
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
        link,
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
