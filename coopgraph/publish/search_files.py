"""Search without a server: the index of names as JSON that a script in the browser searches, and the page that it fills.

search-index.json       the parts of the index, and the values that things are chosen by: facet, value, names in Swedish and English,
                        1 for a kind that is a concept
search-index-1.json     things, the most linked first: path of the page, name in Swedish, name in English where it is another,
                        other names (with "|" between), numbers of values
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from coopgraph.publish.files import href_from
from coopgraph.publish.index import folder_name
from coopgraph.publish.pages import LANGUAGES, Frame
from coopgraph.publish.search import empty_page
from coopgraph.publish.search_words import one_of, search_words, sort_of
from coopgraph.publish.site import Site
from coopgraph.queries.names_facets import CHOSEN_BY
from coopgraph.queries.names_index import Index

PART = 10_000
"""How many things there are in a file: so many take less than 300 kB when they are packed."""


def search_files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The index and the page in both languages, by the names of their files."""
    for language in LANGUAGES:
        frame = Frame(site, "search", language, href_from("search", set()), live=False, forms=())
        yield f"search.{language}.html", empty_page(frame).encode()
    index = Index.of(site.store, site.namespaces)
    values = _values(site, index)
    things = list(
        _things(site, index, {(facet, value): number for number, (facet, value, *_) in enumerate(values)})
    )
    parts = [things[start : start + PART] for start in range(0, len(things), PART)]
    names = [f"search-index-{number}.json" for number in range(1, len(parts) + 1)]
    shown = [[facet, site.namespaces.shorten(value), *rest] for facet, value, *rest in values]
    yield "search-index.json", _json({"parts": names, "values": shown})
    for name, part in zip(names, parts, strict=True):
        yield name, _json(part)


def _values(site: Site, index: Index) -> list[list[Any]]:
    """Every value that things are chosen by or told with."""
    found: list[list[Any]] = []
    for facet in CHOSEN_BY:
        told = {language: index.told(index.facet(facet), language) for language in LANGUAGES}
        for value in sorted(index.facet(facet)):
            if facet == "kind" and ":" not in value:
                called = [
                    search_words(language)["concept"] if value == "concept" else folder_name(value, language)
                    for language in LANGUAGES
                ]
            else:
                called = [told[one][value][0] if value in told[one] else "" for one in LANGUAGES]
            found.append([facet, value, *_short(*called), int(":" in value)])
    for facet in ("since", "until"):
        found += [[facet, year, year, "", 0] for year in sorted(index.facet(facet))]
    folders = sorted(value for value in index.facet("kind") if ":" not in value)
    return found + [
        ["one", one, *_short(*(one_of(one, language) for language in LANGUAGES)), 0]
        for one in dict.fromkeys([*folders, "country", "topic"])
    ]


def _things(site: Site, index: Index, values: dict[tuple[str, str], int]) -> Iterator[list[Any]]:
    for things in index.by_links:
        rows = index.rows(things)
        for iri in sorted(rows):
            path = site.path_of(iri)
            if path is None:
                continue
            (sv, en), names, facets = rows[iri]
            of = {(facet, value) for facet, value in facets if (facet, value) in values}
            short = site.namespaces.shorten(iri)
            folders = (value for facet, value in facets if facet == "kind" and ":" not in value)
            of |= {("one", sort_of(short, folder)) for folder in folders}
            also = sorted({name.replace("|", " ") for name in names} - {sv, en})
            yield [path, *_short(sv, en), "|".join(also), sorted(values[one] for one in of)]


def _short(sv: str, en: str) -> Sequence[str]:
    """Both names; the English one only where it is another."""
    return sv, "" if en == sv else en


def _json(found: Any) -> bytes:
    return (json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
