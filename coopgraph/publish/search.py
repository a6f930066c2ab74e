"""Search for people and programs: what was asked, what is found, and what the page and the JSON say of it.

Knows nothing of HTTP; the names and what things are chosen by come from the index of names alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from coopgraph.errors import QueryError
from coopgraph.iris import Namespaces
from coopgraph.publish.index import folder_name
from coopgraph.publish.pages import LANGUAGES, Frame, render
from coopgraph.publish.search_results import Result, results_of
from coopgraph.publish.search_words import search_words
from coopgraph.publish.site import Site
from coopgraph.publish.words import words as page_words
from coopgraph.queries.names_facets import CHOSEN_BY, choose, those_of
from coopgraph.queries.names_index import Index

PAGE = 20
SUGGESTIONS = 8
LONGEST = 200
GROUPS = {"country": "partnership", "topic": "partnership", "network": "organisation"}
"""Of what is named among these, the things of which folder are listed under it, and how many."""
LISTED = 5
SHOWN, MOST = 10, 60
"""How many values of a facet are shown at once, and how many when all are wanted."""
FIELDS = ("q", *CHOSEN_BY, "from", "to", "page", "lang")


@dataclass(frozen=True)
class Asked:
    """What was asked: a text, values of facets as prefixed names, years, and which page of the things found."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(CHOSEN_BY, ()))
    since: int | None = None
    until: int | None = None
    page: int = 1
    lang: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Sequence[str]]) -> Asked:
        """What the fields of a form ask; empty ones ask nothing. Raises QueryError for what can't be meant."""
        unknown = sorted(set(fields) - set(FIELDS))
        if unknown:
            raise QueryError(
                f"A search has no '{unknown[0]}'. It has: {', '.join(FIELDS)}.",
                f"En sökning har inget '{unknown[0]}'. Den har: {', '.join(FIELDS)}.",
            )
        text = " ".join(next(iter(fields.get("q", ())), "").split())
        if len(text) > LONGEST:
            raise QueryError(
                f"Search for at most {LONGEST} signs at a time.", f"Sök på högst {LONGEST} tecken åt gången."
            )
        chosen = {
            facet: tuple(dict.fromkeys(value for value in fields.get(facet, ()) if value))
            for facet in CHOSEN_BY
        }
        page = _number(fields, "page", 6)
        lang = next(iter(fields.get("lang", ())), "")
        if lang not in ("", *LANGUAGES):
            raise QueryError(
                f"There is no language '{lang[:20]}' here. There are: {', '.join(LANGUAGES)}.",
                f"Här finns inget språk '{lang[:20]}'. De som finns: {', '.join(LANGUAGES)}.",
            )
        return cls(text, chosen, _number(fields, "from", 4), _number(fields, "to", 4), page or 1, lang)

    def fields(self) -> list[tuple[str, str]]:
        """The fields that ask this, but the page."""
        years = (("from", self.since), ("to", self.until))
        return [
            *([("q", self.text)] if self.text else []),
            *((facet, value) for facet, values in self.chosen.items() for value in values),
            *((name, str(year)) for name, year in years if year is not None),
            *([("lang", self.lang)] if self.lang else []),
        ]

    def address(self, page: int = 1) -> str:
        """The query of the address that asks this, with its "?"."""
        fields = [*self.fields(), *([("page", str(page))] if page > 1 else [])]
        return "?" + urlencode(fields)

    def turned(self, facet: str, value: str) -> Asked:
        """The same with one more value chosen, or one less where it was."""
        known = self.chosen[facet]
        values = tuple(one for one in known if one != value) if value in known else (*known, value)
        return replace(self, chosen={**self.chosen, facet: values}, page=1)


@dataclass(frozen=True)
class Value:
    """A value of a facet: as it is asked for, its name, how many there are, whether it is chosen, the address that turns that.

    A kind of bodies is `below` the folder of bodies.
    """

    value: str
    label: str
    count: int
    chosen: bool
    address: str
    below: bool = False


class Group(NamedTuple):
    """What is of a country, topic or network that was named: its facet, the value to choose, and the first of the things."""

    facet: str
    value: Value
    results: list[Result]


@dataclass(frozen=True)
class Answer:
    """What is found, from the first of the page asked for on; facets by name, the period among them, in order.

    `instead` has for a country, a topic and so on that was named, by facet, the value to choose: what is of it has other names;
    `groups` the first of these. `alike` is whether nothing is called as was asked, and things with names like it are told.
    """

    asked: Asked
    total: int
    results: list[Result]
    facets: dict[str, list[Value]]
    instead: list[tuple[str, Value]]
    groups: list[Group]
    alike: bool


def answer(index: Index, namespaces: Namespaces, asked: Asked, language: str) -> Answer:
    """Answer a search. A value that nothing has finds nothing."""
    chosen = {
        facet: [_iri(namespaces, facet, value) for value in values] for facet, values in asked.chosen.items()
    }
    found = choose(
        index,
        asked.text,
        chosen,
        (asked.since, asked.until),
        language=language,
        start=(asked.page - 1) * PAGE,
        limit=PAGE,
    )
    counted = {facet: _first(counts, chosen[facet]) for facet, counts in found.counts.items()}
    named = [
        (facet, hit.iri)
        for hit in found.hits
        if hit.fit == 1
        for facet in CHOSEN_BY
        if hit.iri in index.facet(facet)
    ]
    iris = {iri for counts in counted.values() for iri, _ in counts} | {iri for _, iri in named}
    called = {iri: label for iri, (label, _) in index.told(iris, language).items()}

    def value(asked: Asked, facet: str, iri: str, count: int) -> Value:
        short = namespaces.shorten(iri)
        label = called.get(iri) or (_folder(iri, language) if facet == "kind" and ":" not in iri else short)
        turned = asked.turned(facet, short).address()
        return Value(short, label, count, short in asked.chosen[facet], turned, iri in index.folder_of)

    facets = {facet: [value(asked, facet, *one) for one in counts] for facet, counts in counted.items()}
    for values in facets.values():
        values.sort(key=lambda one: (not one.chosen, -one.count, one.label.casefold()))
    facets["kind"].sort(key=_by_folder(index, counted["kind"], namespaces))
    facets["period"] = [_decade(asked, decade, count, language) for decade, count in found.decades]
    instead = [
        (facet, value(Asked(lang=asked.lang), facet, iri, len(index.facet(facet)[iri])))
        for facet, iri in named
    ]
    groups = []
    for facet, iri in named:
        folder = GROUPS.get(facet, "")
        count, hits = those_of(index, facet, iri, folder, language=language, limit=LISTED)
        if count:
            of = Asked(lang=asked.lang).turned("kind", folder)
            rows = results_of(index, namespaces, hits, language)
            groups.append(Group(facet, value(of, facet, iri, count), rows))
    results = results_of(index, namespaces, found.hits, language)
    return Answer(asked, found.total, results, facets, instead, groups, found.alike)


def _first(counts: Sequence[tuple[str, int]], chosen: Sequence[str]) -> list[tuple[str, int]]:
    """The values that are chosen, found or not, and then as many others as a page has room for."""
    known = dict(counts)
    rest = [one for one in counts if one[0] not in chosen]
    return [*((value, known.get(value, 0)) for value in chosen), *rest[:MOST]]


def _by_folder(
    index: Index, counts: Sequence[tuple[str, int]], namespaces: Namespaces
) -> Callable[[Value], tuple[Any, ...]]:
    """The order of kinds: folders by how many things, each followed by the kinds of its things."""
    known = {namespaces.shorten(iri): (index.folder_of.get(iri, iri), count) for iri, count in counts}
    largest = {folder: -count for folder, count in counts}

    def order(value: Value) -> tuple[Any, ...]:
        folder, count = known[value.value]
        return largest.get(folder, 0), folder, value.below, -count, value.label

    return order


def suggestions(index: Index, namespaces: Namespaces, text: str, language: str) -> list[Result]:
    """The few things that fit best what is being typed; nothing for an empty text."""
    hits = index.search(text, language, limit=SUGGESTIONS) if text.strip() else []
    return results_of(index, namespaces, hits, language)


def search_page(frame: Frame, found: Answer) -> str:
    """The page of a search."""
    asked = found.asked
    words = search_words(frame.language)
    last = -(-found.total // PAGE)
    return render(
        replace(frame, query=asked.address(asked.page) if asked.fields() else ""),
        "search.html",
        title=asked.text or words["empty"],
        asked=asked,
        found=found,
        s=words,
        shown=SHOWN,
        links={
            one.iri: _link(frame, one.iri)
            for results in (found.results, *(group.results for group in found.groups))
            for one in results
        },
        previous=asked.address(asked.page - 1) if asked.page > 1 else "",
        following=asked.address(asked.page + 1) if asked.page < last else "",
        first=(asked.page - 1) * PAGE + 1,
    )


def empty_page(frame: Frame) -> str:
    """The page of searches on a site without a server: a script fills it, and without one it leads to the lists."""
    words = search_words(frame.language)
    folders = [(f"doc/{folder}", folder_name(folder, frame.language)) for folder in frame.site.folders]
    more = ("previous", "next", "page", "pages")
    said = {**words, **{name: page_words(frame.language)[name] for name in more}}
    return render(
        frame,
        "search.html",
        title=page_words(frame.language)["search"],
        asked=Asked(),
        found=None,
        s=words,
        said=json.dumps(said, ensure_ascii=False),
        lists=[*folders, ("doc/concept", words["concept"])],
    )


def as_json(found: Answer, site: Site, address: str) -> dict[str, Any]:
    """An answer for a program: `address` is where the site is, ending in "/"."""
    return {
        "total": found.total,
        "page": found.asked.page,
        "size": PAGE,
        "results": [
            {
                "iri": one.iri,
                "page": address + (site.path_of(one.iri) or ""),
                "name": one.label,
                "also": one.also,
                "about": one.about,
                "fit": round(one.fit, 3),
            }
            for one in found.results
        ],
        "facets": {
            facet: [{"value": one.value, "name": one.label, "count": one.count} for one in values]
            for facet, values in found.facets.items()
        },
    }


def _decade(asked: Asked, decade: int, count: int, language: str) -> Value:
    chosen = (asked.since, asked.until) == (decade, decade + 9)
    turned = replace(asked, since=None if chosen else decade, until=None if chosen else decade + 9, page=1)
    label = f"{decade}-talet" if language == "sv" else f"{decade}s"
    return Value(str(decade), label, count, chosen, turned.address())


def _iri(namespaces: Namespaces, facet: str, value: str) -> str:
    prefix, colon, local = value.partition(":")
    return namespaces.prefixes[prefix] + local if colon and prefix in namespaces.prefixes else value


def _folder(folder: str, language: str) -> str:
    return search_words(language)["concept"] if folder == "concept" else folder_name(folder, language)


def _link(frame: Frame, iri: str) -> str:
    path = frame.site.path_of(iri)
    return frame.page(path) if path is not None else iri


def _number(fields: Mapping[str, Sequence[str]], name: str, digits: int) -> int | None:
    text = next(iter(fields.get(name, ())), "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= digits and int(text)):
        raise QueryError(
            f"'{name}' must be a whole number of at most {digits} digits.",
            f"'{name}' ska vara ett heltal med högst {digits} siffror.",
        )
    return int(text)
