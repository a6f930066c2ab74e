"""The page of a saved query: what it tells, a form with a field for each parameter, and the rows of its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pyoxigraph import NamedNode

from coopgraph.publish.pages import Cell, Frame, known, render
from coopgraph.queries.saved import SavedQuery
from coopgraph.queries.table import Table

MAX_CHOICES = 400
"""A list of more than so many is a field with suggestions."""


def queries_page(frame: Frame, queries: Sequence[SavedQuery]) -> str:
    """Every saved query by folder, with what it tells."""
    groups: dict[str, list[SavedQuery]] = {}
    for query in sorted(queries, key=lambda query: query.name):
        groups.setdefault(query.name.partition("/")[0], []).append(query)
    return render(frame, "queries.html", title=_word(frame, "Frågor", "Questions"), groups=groups)


def query_page(
    frame: Frame,
    query: SavedQuery,
    *,
    picks: Mapping[str, Sequence[tuple[str, str]]],
    given: Mapping[str, Sequence[str]],
    table: Table | None = None,
    problem: str = "",
    downloads: Sequence[tuple[str, str]] = (),
    previous: str = "",
    following: str = "",
    total: int | None = None,
) -> str:
    """The page of a saved query.

    `picks` are the values that a parameter can have, as (value, name); `given` what was filled in; `problem` what was
    wrong with that; `downloads` the answer in other forms as (name, address); `previous` and `following` the addresses
    of the pages beside this one.
    """
    frame = replace(frame, known=known(frame.site, _things(table)))
    return render(
        frame,
        "query.html",
        title=query.title.get(frame.language, query.name),
        q=query,
        picks=picks,
        given=given,
        headings=table.headings() if table else [],
        rows=_rows(frame, table) if table else [],
        answered=table is not None,
        problem=problem,
        downloads=downloads,
        previous=previous,
        following=following,
        total=len(table) if table is not None and total is None else total,
        max_choices=MAX_CHOICES,
    )


def _things(table: Table | None) -> set[str]:
    rows = table.terms if table else []
    return {term.value for row in rows for term in row if isinstance(term, NamedNode)}


def _rows(frame: Frame, table: Table) -> list[list[Cell]]:
    shown = table.shown()
    return [
        [
            Cell(text, frame.link(term.value) if isinstance(term, NamedNode) else None)
            for term, text in zip(terms, texts, strict=True)
        ]
        for terms, texts in zip(table.terms, shown, strict=True)
    ]


def _word(frame: Frame, sv: str, en: str) -> str:
    return sv if frame.language == "sv" else en
