"""Things chosen by their names and by what the graph says of them, and how many each further choice would leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pyroaring import BitMap

from coopgraph.queries.names_file import intersection, union
from coopgraph.queries.names_index import Hit, Index, Tier, first

CHOSEN_BY = ("kind", "country", "topic", "network", "status")
ANY_OF = ("kind", "status")
"""The facets of which a thing has one value: several that are chosen widen the choice. Of the others each narrows it: a partnership is
of two countries."""
Years = tuple[int | None, int | None]
"""The first and the last year of a period; None where it is open."""


class Found(NamedTuple):
    """How many things fit, some of them, and how many there are of each value of each facet, most first.

    `counts` are how many a further choice would leave; of a facet that several values of widen, how many there are of each whatever is
    chosen in it. Those of the period are by decade: how many were dated in it, or were going on. `alike` is whether nothing fits the
    text as it is spelt, and the things found have names like it.
    """

    total: int
    hits: list[Hit]
    counts: dict[str, list[tuple[str, int]]]
    decades: list[tuple[int, int]]
    alike: bool


def choose(
    index: Index,
    text: str,
    chosen: Mapping[str, Sequence[str]],
    years: Years = (None, None),
    *,
    language: str,
    start: int = 0,
    limit: int = 20,
) -> Found:
    """The things that fit a text and have one of the values chosen of each facet; of an empty text, all but concepts."""
    if text.strip():
        tiers = index.tiers(text, whole_words=True)
    else:
        tiers = [Tier(1.0, index.everything - index.facet("kind").get("concept", BitMap()))]
    matched = union(tier.things for tier in tiers)
    held: dict[str, BitMap] = {}
    for facet, values in chosen.items():
        if values:
            postings = [index.facet(facet).get(value, BitMap()) for value in values]
            held[facet] = union(postings) if facet in ANY_OF else intersection(postings)
    if years != (None, None):
        held["period"] = index.during(*years)
    counts = {
        facet: _counted(index.facet(facet), _all(matched, held, but=facet if facet in ANY_OF else ""))
        for facet in CHOSEN_BY
    }
    undated = _all(matched, held, but="period")
    kept = _all(matched, held)
    tiers = [tier._replace(things=tier.things & kept) for tier in tiers]
    ordered = index.ordered(tiers, text)
    return Found(
        len(kept),
        index.hits(first(ordered, start, limit), text, language),
        counts,
        [
            (decade, count)
            for decade, things in index.decades.items()
            if (count := undated.intersection_cardinality(things))
        ],
        next((tier.alike for tier in tiers if tier.things), False),
    )


def those_of(
    index: Index, facet: str, value: str, folder: str, *, language: str, limit: int
) -> tuple[int, list[Hit]]:
    """How many things of a folder have a value of a facet, and the most linked of them."""
    things = index.facet(facet)[value] & index.facet("kind").get(folder, BitMap())
    return len(things), index.hits(first(index.ordered([Tier(1.0, things)], ""), 0, limit), "", language)


def _all(matched: BitMap, held: Mapping[str, BitMap], but: str = "") -> BitMap:
    """What is matched and held, in all facets but one."""
    return matched.intersection(*(things for facet, things in held.items() if facet != but))


def _counted(postings: Mapping[str, BitMap], among: BitMap) -> list[tuple[str, int]]:
    counts = [(value, among.intersection_cardinality(things)) for value, things in postings.items()]
    return sorted((one for one in counts if one[1]), key=lambda one: (-one[1], one[0]))
