"""Match bodies of anybody's list with known ones: by identifier first, then by name and country.

Only what leaves no doubt is matched: one body has the identifier and none of the others speaks against it, or one
body alone has the very name, and its country and kind don't speak against it. Everything else is told as candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from coopgraph.edit.graph import Graph
from coopgraph.iris import slug

NEAR = 90.0
"""How alike two names must be, of 100, for one to be told as a candidate for the other."""
_MANY = 5
# the first name is the one that a body goes by
_OWN, _ALSO = 100.0, 97.0

Identifier = tuple[str, str]
"""The kind of an identifier and itself: `("scb", "0780")`."""


class Body(NamedTuple):
    """What is known of a body, or wanted of it.

    `id` is whatever the caller tells bodies apart by. The first of `names` is its own. `country` and `kind` are codes of their
    concepts (`SWE`, `municipality`), "" where they aren't known.
    """

    id: str
    names: tuple[str, ...]
    country: str = ""
    kind: str = ""
    identifiers: frozenset[Identifier] = frozenset()


class Candidate(NamedTuple):
    """A known body that may be meant: how likely, up to 100, and whether by "identifier", "name" or "near" (a like name)."""

    body: Body
    score: float
    how: str


class Match(NamedTuple):
    """What a wanted body is: the `certain` one, else candidates, the best first.

    `why` says why none is certain though there are candidates: "tie" (several fit as well), "clash" (identifiers, name and
    country speak for different bodies), "near" (a like name only).
    """

    certain: Body | None
    candidates: tuple[Candidate, ...]
    why: str = ""


class Matcher:
    """Known bodies, to match others with."""

    def __init__(self, known: Iterable[Body] = ()) -> None:
        self._by_identifier: dict[Identifier, list[Body]] = defaultdict(list)
        self._by_key: dict[str, list[tuple[Body, float]]] = defaultdict(list)
        for body in known:
            self.add(body)

    def add(self, body: Body) -> None:
        """Know one more."""
        for one in body.identifiers:
            self._by_identifier[one].append(body)
        ranks: dict[str, float] = {}
        for place, name in enumerate(body.names):
            ranks.setdefault(key(name), _ALSO if place else _OWN)
        for name, score in ranks.items():
            self._by_key[name].append((body, score))

    def remove(self, body: Body) -> None:
        """Know it no longer, if it is known."""
        for one in body.identifiers:
            self._by_identifier[one] = [other for other in self._by_identifier[one] if other.id != body.id]
        for name in {key(one) for one in body.names}:
            left = [other for other in self._by_key.pop(name, ()) if other[0].id != body.id]
            if left:
                self._by_key[name] = left

    def match(self, wanted: Body) -> Match:
        """What the wanted body is among the known ones."""
        by_identifier = self._with_identifiers(wanted)
        if by_identifier:
            return self._decided(wanted, by_identifier)
        exact = self._named(wanted)
        if exact:
            best = [one for one in exact if one.score == exact[0].score]
            certain = best[0].body if len(best) == 1 else None
            if certain is not None and _contradicted(wanted, certain):
                return Match(None, tuple(exact), "clash")
            return Match(certain, tuple(exact), "" if certain else "tie")
        elsewhere = self._elsewhere(wanted)
        if elsewhere:
            return Match(None, tuple(elsewhere), "clash")
        near = self._like(wanted)
        return Match(None, tuple(near), "near" if near else "")

    def _with_identifiers(self, wanted: Body) -> list[Body]:
        """The bodies that have one of the identifiers, those of the kind that is wanted where there are such."""
        found = {body.id: body for one in wanted.identifiers for body in self._by_identifier.get(one, ())}
        fits = [body for body in found.values() if not wanted.kind or body.kind == wanted.kind]
        return fits or list(found.values())

    def _decided(self, wanted: Body, found: Sequence[Body]) -> Match:
        """What the identifiers say. A name that is another body's speaks against them."""
        candidates = tuple(Candidate(body, 100.0, "identifier") for body in found)
        if any(_contradicted(wanted, body) for body in found):
            return Match(None, candidates, "clash")
        if len(found) > 1:
            named = [one.body for one in self._named(wanted) if one.body in found]
            if len(named) != 1:
                return Match(None, candidates, "tie" if _all_share(wanted, found) else "clash")
            found = named
        others = [one for one in self._named(wanted) if one.body.id != found[0].id]
        if others and not _is_called(found[0], wanted):
            return Match(None, (*candidates, *others[:_MANY]), "clash")
        return Match(found[0], candidates)

    def _named(self, wanted: Body) -> list[Candidate]:
        """The bodies of the very name that neither country nor kind speaks against, the best first."""
        found: dict[str, Candidate] = {}
        for name in wanted.names:
            for body, score in self._by_key.get(key(name), ()):
                # Håbo is not Habo
                score -= name.casefold() not in {one.casefold() for one in body.names}
                if _fits(wanted, body) and (body.id not in found or found[body.id].score < score):
                    found[body.id] = Candidate(body, score, "name")
        return sorted(found.values(), key=lambda one: (-one.score, one.body.id))

    def _elsewhere(self, wanted: Body) -> list[Candidate]:
        """The bodies of the very name in another country: other bodies, or a mistake."""
        anywhere = self._named(wanted._replace(country="")) if wanted.country else []
        return [Candidate(one.body, one.score / 2, one.how) for one in anywhere][:_MANY]

    def _like(self, wanted: Body) -> list[Candidate]:
        found: dict[str, Candidate] = {}
        for name in wanted.names:
            for known, score, _ in process.extract(
                key(name), self._by_key.keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=4 * _MANY
            ):
                for body, _ in self._by_key[known]:
                    if _fits(wanted, body) and (body.id not in found or found[body.id].score < score):
                        found[body.id] = Candidate(body, score, "near")
        return sorted(found.values(), key=lambda one: (-one.score, one.body.id))[:_MANY]


def key(name: str) -> str:
    """What two spellings of one name share: case, accents, hyphens and spaces are folded."""
    return slug(name).replace("-", " ") or name.casefold()


def _fits(wanted: Body, body: Body) -> bool:
    """Whether neither the country nor the kind speaks against it."""
    return all(
        not one or not other or one == other
        for one, other in ((wanted.country, body.country), (wanted.kind, body.kind))
    )


def _contradicted(wanted: Body, body: Body) -> bool:
    """Whether the body has another identifier of a kind that is wanted, or lies in another country."""
    own = dict(body.identifiers)
    other = any(kind in own and (kind, code) not in body.identifiers for kind, code in wanted.identifiers)
    return other or bool(wanted.country and body.country and wanted.country != body.country)


def _all_share(wanted: Body, found: Sequence[Body]) -> bool:
    """Whether each of them has all the identifiers that any of them has of those that are wanted."""
    return len({wanted.identifiers & body.identifiers for body in found}) == 1


def _is_called(body: Body, wanted: Body) -> bool:
    return bool({key(one) for one in wanted.names} & {key(one) for one in body.names})


_NAMES = "SELECT ?thing ?name ?own WHERE {{ {{ ?thing skos:prefLabel|dct:title ?name BIND(true AS ?own) }} UNION {{ ?thing skos:altLabel ?name }} }}"
_FACTS = "SELECT ?thing ?value WHERE {{ ?thing {property} ?value }}"
_IDENTIFIERS = (
    "SELECT ?thing ?type ?code WHERE {{ ?thing {path} ?id . ?id dct:type ?type ; skos:notation ?code }}"
)


def bodies(graph: Graph, folder: str = "organisation") -> list[Body]:
    """The bodies of a graph, or its things of another folder; `id` is the prefixed name.

    A body has the codes of its territory too, where these don't make it another's: several bodies may share one.
    """
    names, select = graph.names, graph.assembly.store.select
    space, head = names.prefixes[folder], names.declared()

    def rows(query: str, **parts: str) -> Iterable[tuple[NamedNode, tuple[object, ...]]]:
        for thing, *rest in select(head + query.format(**parts)):
            if isinstance(thing, NamedNode) and thing.value.startswith(space) and "#" not in thing.value:
                yield thing, tuple(rest)

    own: dict[NamedNode, list[str]] = defaultdict(list)
    also: dict[NamedNode, list[str]] = defaultdict(list)
    for thing, (name, is_own) in rows(_NAMES):
        if isinstance(name, Literal):
            # Swedish first
            own[thing].insert(
                0 if name.language == "sv" else len(own[thing]), name.value
            ) if is_own else also[thing].append(name.value)
    gone = {thing for thing, _ in rows(_FACTS, property="owl:deprecated")}
    facts: dict[str, dict[NamedNode, str]] = {}
    for property_ in ("coop:country", "org:classification"):
        facts[property_] = {
            thing: value.value.rpartition("/")[2]
            for thing, (value,) in rows(_FACTS, property=property_)
            if isinstance(value, NamedNode)
        }
    codes: dict[NamedNode, set[Identifier]] = defaultdict(set)
    for path in ("adms:identifier", "dct:spatial/adms:identifier"):
        for thing, (type_, code) in rows(_IDENTIFIERS, path=path):
            if isinstance(type_, NamedNode) and isinstance(code, Literal):
                kind = type_.value.rpartition("/")[2]
                if path == "adms:identifier" or kind in AREA_CODES:
                    codes[thing].add((kind, code.value))
    return [
        Body(
            names.shorten(thing.value),
            tuple(dict.fromkeys((*own[thing], *also[thing]))),
            facts["coop:country"].get(thing, ""),
            facts["org:classification"].get(thing, ""),
            frozenset(codes[thing]),
        )
        for thing in sorted({*own, *also} - gone, key=lambda one: one.value)
    ]


AREA_CODES = frozenset({"scb", "nuts", "lau", "iso3166-2"})
"""The kinds of codes that stand on a territory and not on the body that governs it."""
