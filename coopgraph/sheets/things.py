"""What a name in a cell means: a thing of the graph, one that an earlier row has added, or a body that is not there yet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from coopgraph.edit.add import Adding
from coopgraph.edit.graph import Graph
from coopgraph.errors import Text, UsageError
from coopgraph.iris import slug
from coopgraph.sheets.authority import Entry, authority, entry_of, joined, known
from coopgraph.sheets.mapping import NEW
from coopgraph.sheets.match import Body, Candidate, Match, Matcher, bodies


class Unclear(UsageError):
    """A name that no thing is surely meant by: the name, and what it may mean."""

    def __init__(self, name: str, candidates: Sequence[Candidate], why: Text) -> None:
        self.name, self.candidates = name, tuple(candidates)
        shown = "; ".join(shown_candidate(one) for one in candidates)
        super().__init__(
            f"{why.en} {shown}. Write the one that is meant, such as {_id(candidates[0])}, or say it: "
            f"--meant '{name}={_id(candidates[0])}' (or {name}={NEW}, for one that is not there yet).",
            f"{why.sv} {shown}. Skriv den som avses, till exempel {_id(candidates[0])}, eller ange den: "
            f"--meant '{name}={_id(candidates[0])}' (eller {name}={NEW}, för en som inte finns än).",
        )


class Missing(UsageError):
    """A thing that is not there, at least not yet: a later row may add it."""


def _id(candidate: Candidate) -> str:
    return candidate.body.id


def shown_candidate(candidate: Candidate) -> str:
    """A candidate as a person should see it: what it is written as, its name and country."""
    body = candidate.body
    return f"{body.id} {body.names[0]}" + (f" ({body.country})" if body.country else "")


_WHY = {
    "tie": Text("'{}' can mean several things:", "'{}' kan betyda flera saker:"),
    "clash": Text(
        "'{}': the identifiers, the name and the country speak for different bodies:",
        "'{}': identifierare, namn och land talar för olika organisationer:",
    ),
    "near": Text(
        "'{}' is not there, but this is much like it:", "'{}' finns inte, men det här är mycket likt:"
    ),
}


class Things:
    """Finds what names mean. What is added on the way is known from then on, once `settle` has been called."""

    def __init__(self, graph: Graph, adding: Adding, meant: Mapping[str, str]) -> None:
        self._graph, self._adding, self._meant = graph, adding, meant
        self._matchers: dict[tuple[str, ...], Matcher] = {}
        self.entries: dict[str, NamedNode] = {}
        """The municipalities and regions that have been added, by the `id` of their entries."""
        self._added: list[tuple[str, Body]] = []
        self._new: list[tuple[str, Body]] = []

    def find(self, of: Sequence[str], wanted: Body, *, column: str) -> NamedNode:
        """The thing of one of the folders that is meant. A body that is not there, but of which kind and country are known, is added.

        `column` is what the column is called that names it. Raises Unclear where it can be several, Missing where there is none.
        """
        text = wanted.names[0] if wanted.names else next(iter(wanted.identifiers))[1]
        direct = self.named(of, text)
        if direct is not None:
            return direct
        meant = self._meant.get(text)
        if meant is not None and meant != NEW:
            return self._chosen(of, meant)
        match = Match(None, ()) if meant == NEW else self.match(of, wanted)
        if match.certain is not None:
            return self.node(match.certain)
        if match.candidates:
            raise unclear(text, match)
        if of[0] != "organisation":
            folders = Text(" or ".join(of), " eller ".join(of))
            raise Missing(
                f"There is no {folders.en} '{text}'. Add it first: coopgraph add {of[0]}",
                f"Det finns inget '{text}' bland {folders.sv}. Lägg till det först: coopgraph add {of[0]}",
            )
        return self._born(wanted, column)

    def named(self, of: Sequence[str], text: str) -> NamedNode | None:
        """The thing with this IRI, prefixed name or slug. Raises Missing for one that nothing is said of."""
        names, draft = self._graph.names, self._adding.draft
        short = names.shorten(text) if text.startswith(names.base) else text
        prefix, colon, local = short.partition(":")
        things = names.base + "id/"
        if colon and names.prefixes.get(prefix, "").startswith(things) and re.fullmatch(r"[\w.-]+", local):
            if draft.knows(node := names.expand(short)):
                return node
            raise Missing(f"There is no {short}.", f"{short} finns inte.")
        if re.fullmatch(r"[a-z0-9-]+", text):
            found = [node for one in of if draft.knows(node := names.expand(f"{one}:{text}"))]
            return found[0] if len(found) == 1 else None
        return None

    def match(self, of: Sequence[str], wanted: Body) -> Match:
        """What a name means among the things of some folders. A kind only decides between several."""
        matcher = self._matcher(tuple(of))
        found = matcher.match(wanted._replace(kind=""))
        return matcher.match(wanted) if found.why == "tie" and wanted.kind else found

    def matching(self, folder: str, wanted: Body) -> Match:
        """What the thing of a row is among those of its folder; a body of another kind is another body."""
        meant = self._meant.get(wanted.names[0])
        if meant == NEW:
            return Match(None, ())
        if meant is not None:
            return Match(
                Body(self._graph.names.shorten(self._chosen((folder,), meant).value), wanted.names), ()
            )
        return self._matcher((folder,)).match(wanted)

    def node(self, body: Body) -> NamedNode:
        """The IRI of a known body; a municipality or region that is not in the graph yet is added."""
        entry = authority().get(body.id)
        if entry is None:
            return self._graph.names.expand(body.id)
        known = self.of_authority(body)
        if known is None:
            values = values_of(self._graph, self._adding, entry)
            own = unused_slug(self._adding, "organisation", entry.name, entry.scb)
            known = self._adding.thing("organisation", values, slug=own)
            self.entries[body.id] = known
            self.know(known, entry.body)
        return known

    def of_authority(self, body: Body) -> NamedNode | None:
        """The IRI of a municipality or region that an earlier row has added."""
        known = self.entries.get(body.id)
        # one that a row added that was taken out again is no more
        return known if known is not None and self._adding.draft.knows(known) else None

    def know(self, node: NamedNode, body: Body) -> None:
        """Know a thing that has been added."""
        short = self._graph.names.shorten(node.value)
        self._new.append((short.partition(":")[0], body._replace(id=short)))

    def settle(self, *, stays: bool) -> None:
        """Know what has been added since the last time, or forget it."""
        for folder, body in self._new if stays else ():
            self._added.append((folder, body))
            for of, matcher in self._matchers.items():
                if folder in of:
                    _know(matcher, folder, body)
        self._new.clear()

    def _chosen(self, of: Sequence[str], meant: str) -> NamedNode:
        if entry := authority().get(meant):
            match = self.match(of, entry.body)
            return self.node(match.certain or entry.body)
        found = self.named(of, meant)
        if found is None:
            raise Missing(f"There is no {meant}.", f"{meant} finns inte.")
        return found

    def _matcher(self, of: tuple[str, ...]) -> Matcher:
        if of not in self._matchers:
            matcher = matcher_of(self._graph, of)
            for folder, body in self._added:
                if folder in of:
                    _know(matcher, folder, body)
            self._matchers[of] = matcher
        return self._matchers[of]

    def _born(self, wanted: Body, column: str) -> NamedNode:
        """A new body. Raises Missing where its name, kind or country is not known."""
        abroad = wanted.kind.startswith("foreign-")
        # what is given for every row is so of those abroad
        kind = "" if abroad and wanted.country == "SWE" else wanted.kind
        told = {"name": wanted.names, "kind": kind, "country": wanted.country}
        if lacking := [one for one, value in told.items() if not value]:
            shown = (
                wanted.names[0] if wanted.names else ", ".join("=".join(one) for one in wanted.identifiers)
            )
            part = f"{column}.{lacking[0]}" if wanted.names else column
            raise Missing(
                f"There is no organisation '{shown}'. To add it, say its {' and '.join(lacking)}: in a column ({part}), or for "
                f"every row: --given {part}=…",
                f"Det finns ingen organisation '{shown}'. För att lägga till den, ange {' och '.join(_SV[one] for one in lacking)}: i en "
                f"kolumn ({part}), eller för alla rader: --given {part}=…",
            )
        name = wanted.names[0]
        node = self._adding.thing(
            "organisation",
            {
                "name": [name],
                "name-en": list(wanted.names[1:2]),
                "kind": [f"kind:{kind}"],
                "country": [f"country:{wanted.country}"],
                "identifier": [f"idtype:{one}={code}" for one, code in sorted(wanted.identifiers)],
            },
            slug=unused_slug(self._adding, "organisation", name, wanted.country),
        )
        self.know(node, wanted._replace(kind=kind))
        return node


_SV = {"name": "namn", "kind": "slag", "country": "land"}


def _know(matcher: Matcher, folder: str, body: Body) -> None:
    """Let a matcher know what has been added, in the place of the entry that it is, if it is one."""
    entry = entry_of(body) if folder == "organisation" else None
    if entry is not None:
        matcher.remove(entry.body)
        body = joined(body, entry)
    matcher.add(body)


def matcher_of(graph: Graph, of: Sequence[str]) -> Matcher:
    """The things of some folders, to match with; among organisations the Swedish municipalities and regions too."""
    matcher = known(graph) if "organisation" in of else Matcher()
    for folder in of:
        for body in bodies(graph, folder) if folder != "organisation" else ():
            matcher.add(body)
    return matcher


def unused_slug(adding: Adding, folder: str, name: str, mark: str) -> str:
    """The slug of a name, with what tells it from another of the same slug where there is one: Habo is in the way of Håbo."""
    taken = adding.draft.knows(adding.draft.names.expand(f"{folder}:{slug(name)}"))
    return f"{slug(name)}-{mark.lower()}" if taken else slug(name)


def unclear(name: str, match: Match) -> Unclear:
    """Why a name is not matched."""
    why = _WHY[match.why]
    return Unclear(name, match.candidates, Text(why.en.format(name), why.sv.format(name)))


def values_of(graph: Graph, adding: Adding, entry: Entry) -> dict[str, list[str]]:
    """A municipality or region as it is entered. Its territory, which has the codes, is added where it is not there yet."""
    place = _place(graph, entry)
    if place is None:
        county = _place_with(graph, "scb", entry.scb[:2])
        node = adding.thing(
            "place",
            {
                "name": [entry.area],
                "name-en": [entry.area_en],
                "country": ["country:SWE"],
                "part-of": [graph.names.shorten(county.value)] if county is not None else [],
                "identifier": [f"idtype:{kind}={code}" for kind, code in entry.codes],
            },
            slug=unused_slug(adding, "place", entry.area, entry.scb),
        )
        place = node
    return {
        "name": [entry.name],
        "name-en": [entry.name_en],
        "also": [f"{entry.short}@sv"] if entry.body.kind == "municipality" else [],
        "kind": [f"kind:{entry.body.kind}"],
        "country": ["country:SWE"],
        "place": [graph.names.shorten(place.value)],
        "identifier": [f"idtype:{kind}={code}" for kind, code in entry.numbers],
    }


def _place(graph: Graph, entry: Entry) -> NamedNode | None:
    return next(
        (found for kind, code in entry.codes if (found := _place_with(graph, kind, code)) is not None), None
    )


def _place_with(graph: Graph, kind: str, code: str) -> NamedNode | None:
    """The territory that has a code."""
    type_, engine = graph.names.expand(f"idtype:{kind}"), graph.engine
    notation, identifier = graph.names.expand("skos:notation"), graph.names.expand("adms:identifier")
    for quad in engine.quads_for_pattern(None, notation, Literal(code)):
        if isinstance(quad.subject, NamedNode) and type_ in graph.objects(quad.subject, "dct:type"):
            for owner in engine.quads_for_pattern(None, identifier, quad.subject):
                classes = (
                    graph.objects(owner.subject, "rdf:type") if isinstance(owner.subject, NamedNode) else []
                )
                if isinstance(owner.subject, NamedNode) and graph.names.expand("dct:Location") in classes:
                    return owner.subject
    return None
