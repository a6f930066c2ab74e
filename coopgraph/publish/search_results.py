"""What a search tells of each thing that it finds: its names, and a line on what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from coopgraph.iris import Namespaces
from coopgraph.publish.search_words import one_of, search_words, sort_of
from coopgraph.queries.names_index import Hit, Index


class Result(NamedTuple):
    """A thing found: its name, the other name that it was found by, and a line on what it is."""

    iri: str
    label: str
    also: str
    about: str
    fit: float


def results_of(index: Index, namespaces: Namespaces, hits: Sequence[Hit], language: str) -> list[Result]:
    """The things of these hits, as a page and a program are told of them."""
    told = index.told([hit.iri for hit in hits], language)
    wanted = {
        value
        for _, facets in told.values()
        for name in ("kind", "country", "status")
        for value in facets[name]
    }
    called = {iri: label for iri, (label, _) in index.told(wanted, language).items()}
    found = []
    for hit in hits:
        facets = told[hit.iri][1]
        also = "" if hit.name.casefold() == hit.label.casefold() or hit.name.islower() else hit.name
        sort = sort_of(namespaces.shorten(hit.iri), index.folder(hit.iri))
        about = _about(sort, facets, called, language)
        found.append(Result(hit.iri, hit.label, also, about, hit.fit))
    return found


def _about(sort: str, facets: Mapping[str, Sequence[str]], called: Mapping[str, str], language: str) -> str:
    """A line on a thing: of what kind, where, whether it is going on, since when."""
    kind, country, status = (
        ", ".join(called[value] for value in facets.get(name, ()) if value in called)
        for name in ("kind", "country", "status")
    )
    parts = (kind or one_of(sort, language), country, status)
    begun, ended = min(facets.get("since", ()), default=""), max(facets.get("until", ()), default="")
    if begun and ended:
        years = begun if begun == ended else f"{begun}–{ended}"
    else:
        years = (
            f"{search_words(language)['since' if begun else 'until']} {begun or ended}"
            if begun or ended
            else ""
        )
    return " · ".join(filter(None, (*parts, years)))
