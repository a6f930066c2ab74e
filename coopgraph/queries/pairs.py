"""Pairs counted from the edges that a query gives: a self-join in SPARQL would look at every pair that shares anything.

The header of such a query says `pairs: {of: organisation, by: network}`. Each of its rows joins an organisation to a
network, and the answer is pairs of organisations with the networks that they share. A parameter called as what is paired
keeps the pairs of that thing; `minimum` is how many a pair shares at least, `limit` how many pairs are told.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from heapq import nsmallest
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from coopgraph.errors import QueryError
from coopgraph.queries.saved import Pairs, SavedQuery
from coopgraph.store import Term


class Pair(NamedTuple):
    """Two things and what they share, as IRIs."""

    one: str
    other: str
    shared: list[str]


def counted(
    query: SavedQuery,
    pairs: Pairs,
    values: Mapping[str, Sequence[Term]],
    columns: Sequence[str],
    rows: Iterable[Sequence[Term | None]],
    *,
    most: int,
) -> tuple[list[Pair], bool]:
    """The pairs of a saved query, at most so many, from the rows that its text gives, and whether there are more.

    Raises QueryError when the rows lack a column of the header.
    """
    for name in pairs:
        if name not in columns:
            raise QueryError(
                f"{query.name} has no column '{name}', which its header pairs by. It has: {', '.join(columns)}.",
                f"{query.name} har ingen kolumn '{name}', som huvudet bildar par av. Den har: {', '.join(columns)}.",
            )
    of, by = columns.index(pairs.of), columns.index(pairs.by)
    edges = ((row[of], row[by]) for row in rows)
    limit = min(_number(query, values, "limit", most), most)
    found = paired(
        ((one.value, two.value) for one, two in edges if isinstance(one, NamedNode) and two is not None),
        only={term.value for term in values.get(pairs.of, ())},
        minimum=_number(query, values, "minimum", 1),
        limit=limit + 1,
    )
    return found[:limit], len(found) > limit


def _number(query: SavedQuery, values: Mapping[str, Sequence[Term]], name: str, otherwise: int) -> int:
    bound = values.get(name)
    text = bound[0].value if bound else query.default(name)
    return int(text) if text.isdecimal() else otherwise


def paired(
    edges: Iterable[tuple[str, str]],
    *,
    only: Set[str] = frozenset(),
    minimum: int = 1,
    limit: int = sys.maxsize,
) -> list[Pair]:
    """The first `limit` pairs that share at least `minimum`, those that share most first, then in the order of their IRIs.

    With `only`, the pairs with one of these in them; it stands first.
    """
    shared_by: dict[str, set[str]] = defaultdict(set)
    for one, by in edges:
        shared_by[one].add(by)
    # most things share too little with all others to be compared with any
    things = sorted(one for one, by in shared_by.items() if len(by) >= minimum)
    found = nsmallest(limit, _all(things, shared_by, only, max(minimum, 1)))
    return [Pair(one, other, sorted(shared_by[one] & shared_by[other])) for _, one, other in found]


def _all(
    things: Sequence[str], shared_by: Mapping[str, Set[str]], only: Set[str], minimum: int
) -> Iterator[tuple[int, str, str]]:
    """Each pair once, after the number it shares with its sign turned; never more than one thing's pairs in memory."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, thing in enumerate(things):
        for by in shared_by[thing]:
            groups[by].append(index)
    for index, thing in enumerate(things):
        if only and thing not in only:
            continue
        counts: Counter[int] = Counter()
        for by in shared_by[thing]:
            counts.update(groups[by])
        for other, count in counts.items():
            first = index < other or (only and things[other] not in only)
            if count >= minimum and other != index and first:
                yield -count, thing, things[other]


def in_rows(pairs: Iterable[Pair], names: Mapping[str, str]) -> list[tuple[Term | None, ...]]:
    """The pairs as rows of an answer, with the names of what they share."""
    return [
        (
            NamedNode(pair.one),
            NamedNode(pair.other),
            Literal(len(pair.shared)),
            Literal("; ".join(sorted(names.get(by, by) for by in pair.shared))),
        )
        for pair in pairs
    ]
