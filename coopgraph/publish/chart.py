"""Charts of a table of rows: bars of its numbers, or of how many rows there are of each kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from coopgraph.queries.table import Table
from coopgraph.store import Term

MOST = 30
"""Bars in one chart."""
_CHARTS = 3
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_PERIODS = ("decade", "year")
_PLACES = ("order", *_PERIODS)
"""Columns whose numbers say where a row belongs, and don't measure it."""


class Bar(NamedTuple):
    """One bar: its name, where that leads, the number, and the width in hundredths of the longest."""

    name: str
    link: str | None
    number: int
    width: float


@dataclass(frozen=True)
class Chart:
    """Bars with what they count. `more` were too many to draw."""

    title: str
    bars: Sequence[Bar]
    more: int = 0


def charts(table: Table, language: str, *, link: Callable[[str], str | None]) -> list[Chart]:
    """The charts of a table; none where nothing in it can be counted. `link` tells where an IRI leads."""
    if not table.terms:
        return []
    measures = [n for n, name in enumerate(table.columns) if name not in _PLACES and _numbers(table, n)]
    kinds = [n for n in range(len(table.columns)) if n not in measures and _is_kind(table, n)]
    things = [
        n for n in range(len(table.columns)) if any(isinstance(row[n], NamedNode) for row in table.terms)
    ]
    swedish = language == "sv"
    if not measures:
        word = "Antal rader efter" if swedish else "Rows by"
        subject = next((n for n in things if n not in kinds), None)
        several = (
            subject is not None and _repeats(table, subject) and all(row[subject] for row in table.terms)
        )
        if subject is not None and several:
            word = f"{table.headings()[subject]}: {'antal olika efter' if swedish else 'number of different ones by'}"
        counted = [n for n in kinds if _repeats(table, n)]
        return [
            _chart(
                _once(table, subject, n) if subject is not None and several else table,
                n,
                None,
                f"{word} {_heading(table, n)}",
                language,
                link,
            )
            for n in counted
        ][:_CHARTS]
    measure, word = measures[-1] if len(measures) == 1 else measures[0], "efter" if swedish else "by"
    what = table.headings()[measure]
    found = [n for n in kinds if len({row[n] for row in table.terms}) > 1]
    if len(things) <= 1 and found:
        return [
            _chart(table, n, measure, f"{what} {word} {_heading(table, n)}", language, link) for n in found
        ][:_CHARTS]
    named = [n for n in things if n not in kinds] or things
    return [_rows(table, named, measure, what, link)] if things else []


def _chart(
    table: Table,
    column: int,
    measure: int | None,
    title: str,
    language: str,
    link: Callable[[str], str | None],
) -> Chart:
    """A bar for each value of a column: the sum of the measure, or how many rows."""
    sums: dict[Term | None, int] = {}
    shown = table.shown()
    names: dict[Term | None, str] = {}
    for row, texts in zip(table.terms, shown, strict=True):
        sums[row[column]] = sums.get(row[column], 0) + (1 if measure is None else _number(row[measure]))
        names[row[column]] = texts[column] or ("okänt" if language == "sv" else "unknown")
    period = table.columns[column] in _PERIODS
    order = sorted(sums, key=lambda one: (one is None, names[one]) if period else (-sums[one], names[one]))
    return _drawn(title, [(names[one], _link(one, link), sums[one]) for one in order])


def _once(table: Table, subject: int, column: int) -> Table:
    """A row for each thing and kind, so that a thing that several rows tell of is counted once."""
    rows = {(row[subject], row[column]): row for row in reversed(table.terms)}
    return replace(table, terms=list(rows.values()))


def _rows(
    table: Table, things: Sequence[int], measure: int, title: str, link: Callable[[str], str | None]
) -> Chart:
    """A bar for each row, named by the things in it."""
    bars = []
    for row, texts in zip(table.terms, table.shown(), strict=True):
        if row[measure] is not None:
            name = " – ".join(texts[n] for n in things[:2] if texts[n])
            bars.append(
                (name, _link(row[things[0]], link) if len(things) == 1 else None, _number(row[measure]))
            )
    return _drawn(title, sorted(bars, key=lambda bar: -bar[2]))


def _drawn(title: str, bars: Sequence[tuple[str, str | None, int]]) -> Chart:
    longest = max((number for *_, number in bars), default=0) or 1
    drawn = [Bar(name, to, number, round(100 * number / longest, 1)) for name, to, number in bars[:MOST]]
    return Chart(title, drawn, max(0, len(bars) - MOST))


def _heading(table: Table, column: int) -> str:
    heading = table.headings()[column]
    return heading[:1].lower() + heading[1:]


def _numbers(table: Table, column: int) -> bool:
    """Whether a column holds whole numbers and nothing else."""
    found = [row[column] for row in table.terms if row[column] is not None]
    return bool(found) and all(isinstance(one, Literal) and one.datatype.value == _INTEGER for one in found)


def _is_kind(table: Table, column: int) -> bool:
    """Whether a column tells of what kind a row is: a concept, a code, a decade."""
    name = table.columns[column]
    if name in table.codes or name in _PERIODS:
        return True
    found = [row[column] for row in table.terms if row[column] is not None]
    return bool(found) and all(isinstance(one, NamedNode) and _is_concept(one.value) for one in found)


def _is_concept(iri: str) -> bool:
    return "/concept/" in iri or "/authority/" in iri


def _repeats(table: Table, column: int) -> bool:
    """Whether a column has several values, some of them more than once."""
    return 1 < len({row[column] for row in table.terms}) < len(table.terms)


def _number(term: Term | None) -> int:
    return int(term.value) if isinstance(term, Literal) else 0


def _link(term: Term | None, link: Callable[[str], str | None]) -> str | None:
    return link(term.value) if isinstance(term, NamedNode) else None
