"""Spans of time as bars: where each begins and ends on an axis of years, solid where that is certain and faint where it is possible.

A bar needs no script and no size in pixels: its places are hundredths of the width that it is given.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coopgraph.dates import Bounds, bounds, phrase
from coopgraph.publish.views import Tie, View, name_in

MOST = 200
"""Bars in one picture."""
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_TICKS = 8


@dataclass(frozen=True)
class Span:
    """Something with a time: its name, where it leads, and its start and end in EDTF, empty where they are not known.

    `until` is the last day on which a source says that it was going on. A `moment` is one date, and does not go on.
    """

    name: str
    link: str | None = None
    start: str = ""
    end: str = ""
    until: str = ""
    status: str = ""
    moment: bool = False


class Dates(NamedTuple):
    """The bounds of a span's start and end, and of the last day for which it is told of."""

    start: Bounds
    end: Bounds
    until: Bounds


@dataclass(frozen=True)
class Bar:
    """A span as it is drawn: `parts` are (from, width, certain) in hundredths."""

    name: str
    link: str | None
    when: str
    status: str
    parts: tuple[tuple[float, float, bool], ...]


@dataclass(frozen=True)
class Timeline:
    """Bars in the order of their starts over an axis: `ticks` are (place, year). `more` spans were too many to draw."""

    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, int]]
    more: int = 0


def timeline(
    view: View, language: str, *, link: Callable[[str], str], rests: Callable[[Tie], str | None]
) -> Timeline:
    """The partnerships and roles of a thing; each is named by those on its other side. `link` gives the address of a page.

    `rests` says as the page does on what it rests that a tie goes on, where the page knows it.
    """
    spans = []
    for tie in view.ties:
        if not tie.around:
            others = [
                name_in(view.nodes[place].names, language) for place in tie.nodes if place != view.centre
            ]
            name = (
                name_in(tie.names, language) if view.centre is None or len(others) > 1 else ""
            ) or ", ".join(others)
            address = link(tie.path) if tie.path else None
            spans.append(span_of(tie, view, language, name=name, link=address, rests=rests(tie)))
    return drawn(spans, language)


def span_of(
    tie: Tie, view: View, language: str, *, name: str, link: str | None, rests: str | None = None
) -> Span:
    """A tie as a span; of what goes on, by a source of when: `rests`, or what the last day that it is told for says."""
    status = name_in(view.words.get(tie.status, {}), language)
    if tie.status == "active":
        status = f"{status} {rests or lasting(tie.known_until, language)}"
    return Span(name, link, tie.start, tie.end, tie.known_until, status)


def drawn(spans: Sequence[Span], language: str) -> Timeline:
    """The spans as bars. What has no date at all comes last, without a bar."""
    known = [(span, Dates(_bounds(span.start), _bounds(span.end), _bounds(span.until))) for span in spans]
    days = [
        day for _, dates in known for one in dates for day in (one.earliest, one.latest) if day is not None
    ]
    if not days:
        return Timeline((), ())
    first, last = _axis(min(days), max(days))
    known.sort(
        key=lambda one: (one[1].start.earliest or one[1].end.earliest or datetime.date.max, one[0].name)
    )
    bars = [
        Bar(span.name, span.link, _said(span, language), span.status, _parts(dates, span.moment, first, last))
        for span, dates in known[:MOST]
    ]
    step = next((one for one in _STEPS if (last - first) / one <= _TICKS), _STEPS[-1])
    ticks = [(_place(datetime.date(year, 1, 1), first, last), year) for year in range(first, last + 1, step)]
    return Timeline(bars, ticks, max(0, len(known) - MOST))


def _axis(first: datetime.date, last: datetime.date) -> tuple[int, int]:
    """The years at both ends, with room for what goes on after the last date."""
    span = max(10, last.year - first.year)
    step = next(one for one in _STEPS if span / one <= _TICKS)
    start = first.year - first.year % step
    return max(1, start), min(9999, last.year + max(1, span // 10) + 1)


def _parts(dates: Dates, moment: bool, first: int, last: int) -> tuple[tuple[float, float, bool], ...]:
    def place(day: datetime.date) -> float:
        return _place(day, first, last)

    start, end, until = dates
    begun = start.latest or start.earliest
    if moment:
        return _segments([(place(start.earliest or begun), place(begun), True)]) if begun else ()
    seen = end.earliest or until.earliest or end.latest
    over = place(end.latest) if end.latest else 100.0
    if begun is None:
        if seen is None:
            return ()
        certain = until.earliest is not None
        return _segments(
            [
                (0.0, place(seen), False),
                *[(place(seen), place(seen), True)] * certain,
                (place(seen), over, False),
            ]
        )
    sure = max(begun, seen) if seen else begun
    return _segments(
        [
            (place(start.earliest) if start.earliest else 0.0, place(begun), False),
            (place(begun), place(sure), True),
            (place(sure), over, False),
        ]
    )


def _segments(found: Sequence[tuple[float, float, bool]]) -> tuple[tuple[float, float, bool], ...]:
    return tuple(
        (round(a, 2), round(max(b - a, 0.6 if certain else 0.0), 2), certain)
        for a, b, certain in found
        if b > a or certain
    )


def _place(day: datetime.date, first: int, last: int) -> float:
    """Where a day stands on the axis, from 0 to 100."""
    year = day.year + (day.timetuple().tm_yday - 1) / 366
    return round(min(100.0, max(0.0, 100 * (year - first) / (last - first))), 2)


def said(start: str, end: str, language: str) -> str:
    """A time in words: "1996–2011", "sedan 1996", "ingen uppgift om start"."""
    swedish = language == "sv"
    if start and end:
        return f"{phrase(start, language)}–{phrase(end, language)}"
    if start:
        return f"{'sedan' if swedish else 'since'} {phrase(start, language)}"
    if end:
        return f"{'till' if swedish else 'until'} {phrase(end, language)}"
    return "ingen uppgift om start" if swedish else "start not stated"


def lasting(known_until: str, language: str) -> str:
    """Of what goes on, by a source of when: "enligt källa från tidigast 2014", "enligt odaterad källa"."""
    if not known_until:
        return "enligt odaterad källa" if language == "sv" else "by an undated source"
    return (
        f"{'enligt källa från tidigast' if language == 'sv' else 'by a source not before'} {known_until[:4]}"
    )


def _said(span: Span, language: str) -> str:
    if span.moment:
        return phrase(span.start, language) if span.start else ""
    return said(span.start, span.end, language)


def _bounds(date: str) -> Bounds:
    if not date:
        return Bounds(None, None)
    try:
        return bounds(date)
    except ValueError:
        return Bounds(None, None)
