"""The page of a list of things: a table to narrow, sort and take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from coopgraph.publish.graph import PAGE
from coopgraph.publish.listing import CHOICES, COUNTS, Line, Listing, listing, short
from coopgraph.publish.pages import Cell, Frame, known, render
from coopgraph.publish.reading import GOING_ON

MOST_CHOICES = 300
"""A column of more values than so many has no list to choose from."""


def list_page(
    frame: Frame,
    title: str,
    folder: str,
    things: Sequence[NamedNode],
    *,
    page: int = 1,
    asked: Mapping[str, str] | None = None,
) -> str | None:
    """A page of a folder's things, PAGE of them; `asked` is what a reader has filled in, by column. None beyond the last page."""
    asked = {name: value for name, value in (asked or {}).items() if value}
    found = listing(frame.site, folder, things, frame.language)
    lines = found.narrowed(asked)
    part = lines[(page - 1) * PAGE : page * PAGE]
    if not part and page > 1:
        return None
    frame = replace(frame, known=known(frame.site, _mentioned(part)))
    order = asked.get("sort", "name")
    columns = [
        (column, _turned(column, order), _direction(column, order), column in COUNTS)
        for column in ("name", *found.columns)
    ]
    carried = urlencode(asked)
    return render(
        frame,
        "list.html",
        title=title,
        columns=[
            (name, "?" + urlencode({**asked, "sort": turned}), way, figure)
            for name, turned, way, figure in columns
        ],
        rows=[
            [
                Cell(line.name, frame.page(frame.site.path_of(line.thing.value) or "")),
                *_cells(frame, found, line),
            ]
            for line in part
        ],
        filters=[
            (column, choices)
            for column in found.columns
            if column in CHOICES and 1 < len(choices := found.choices(column)) <= MOST_CHOICES
        ]
        if frame.live
        else [],
        asked=asked,
        total=len(lines),
        whole=len(found.lines),
        page=page,
        previous=_part(frame, page - 1, carried) if page > 1 else "",
        following=_part(frame, page + 1, carried) if len(lines) > page * PAGE else "",
        downloads=[
            (form, frame.href(f"{frame.path}.{form}") + (f"?{carried}" if carried else ""))
            for form in ("csv", "xlsx")
        ],
        figures=[name in COUNTS for name in ("name", *found.columns)],
    )


def list_file(
    frame: Frame, folder: str, things: Sequence[NamedNode], form: str, asked: Mapping[str, str]
) -> bytes:
    """The whole list, as narrowed, as a table in a form such as `csv`."""
    found = listing(frame.site, folder, things, frame.language)
    return found.table(frame.site, found.narrowed(asked)).format(form)


def _cells(frame: Frame, found: Listing, line: Line) -> list[Cell]:
    cells = []
    for column, values in zip(found.columns, line.values, strict=True):
        one = values[0] if len(values) == 1 else None
        mark = short(one.value) if one is not None and column == "status" else ""
        link = frame.link(one.value) if isinstance(one, NamedNode) and not mark else None
        note = found.lasting.get(line.thing.value, "") if one == GOING_ON else ""
        cells.append(Cell(found.text(column, values), link, mark=mark, note=note))
    return cells


def _mentioned(lines: Sequence[Line]) -> set[str]:
    return {
        one.value for line in lines for values in line.values for one in values if isinstance(one, NamedNode)
    }


def _turned(column: str, order: str) -> str:
    """How the list is sorted when the heading of a column is pressed: figures from the greatest."""
    first = f"-{column}" if column in COUNTS else column
    return first if order != first else (column if first.startswith("-") else f"-{column}")


def _direction(column: str, order: str) -> str:
    return "" if order.removeprefix("-") != column else "descending" if order.startswith("-") else "ascending"


def _part(frame: Frame, number: int, carried: str) -> str:
    address = frame.part(number)
    return f"{address}&{carried}" if frame.live and carried else address
