"""Workbooks (.xlsx) to be filled in: every cell text, so that a date stays as it is written, and lists to pick from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coopgraph.edit.find import concepts
from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import Field, Kind
from coopgraph.errors import Text
from coopgraph.sheets.authority import authority
from coopgraph.sheets.columns import EVIDENCE, Target, makes_bodies, sheet_name
from coopgraph.sheets.give import Sheet, headings
from coopgraph.sheets.match import bodies

if TYPE_CHECKING:
    import xlsxwriter.worksheet

_LISTS = "lists"
_EMPTY_ROWS = 1000
_DATE = Text(
    "As precise as the source: 1996, 2008-09, 2011-09-06, 194X for the 1940s.",
    "Så noga som källan: 1996, 2008-09, 2011-09-06, 194X för 1940-talet.",
)
_QUOTE = Text(
    "The words of the source, letter for letter, twelve at most.",
    "Källans ord, bokstav för bokstav, högst tolv.",
)


def template(kind: Kind, *, language: str = "sv") -> Sheet:
    """An empty sheet for new things of a kind, with two columns where there may be several bodies, and what is to be known of new ones."""
    columns: list[Target] = []
    for field in kind.fields:
        if field.name.startswith("name") and kind.named_for:
            continue
        if not makes_bodies(field) or not field.must:
            columns.append(Target(field.name))
            continue
        last = 2 if field.many else 1
        columns += [Target(field.name, number) for number in range(1, last)]
        columns += [Target(field.name, last, part) for part in ("", "country", "kind")]
    if kind.silent:
        names = {field.name for field in kind.fields}
        columns += [Target(one) for one in ("quote", "source") if one not in names and one != kind.name]
    name = sheet_name(kind)[language == "sv"]
    return Sheet(kind, name, tuple(columns), headings(kind, tuple(columns), language), ())


def as_workbook(graph: Graph, sheets: Sequence[Sheet], *, language: str = "sv") -> bytes:
    """The sheets as a workbook. A concept is picked from its list; a body too, but a new one may be written."""
    import xlsxwriter

    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, {**plain, "in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        lists = _Lists(graph, language)
        for one in sheets:
            page = book.add_worksheet(one.name)
            page.freeze_panes(1, 0)
            for place, heading in enumerate(one.headings):
                width = max([len(heading), *(len(row[place]) for row in one.rows[:200])])
                page.set_column(place, place, min(max(width, 10), 50) + 2, text)
                page.write_string(0, place, heading, bold)
                _validated(page, place, one, one.columns[place], lists, language)
            for number, row in enumerate(one.rows, 1):
                for place, cell in enumerate(row):
                    if cell:
                        page.write_string(number, place, cell, text)
        page = book.add_worksheet(_LISTS)
        page.hide()
        for place, values in enumerate(lists.columns):
            for number, value in enumerate(values):
                page.write_string(number, place, value)
    return content.getvalue()


class _Lists:
    """The lists to pick from, each once, as columns of a hidden sheet."""

    def __init__(self, graph: Graph, language: str) -> None:
        self._graph, self._language = graph, language
        self._places: dict[tuple[str, ...], int] = {}
        self.columns: list[list[str]] = []

    def source(self, of: tuple[str, ...], values: Sequence[str]) -> str | None:
        """Where a list stands, as a formula; None for an empty one."""
        if of not in self._places:
            self._places[of] = len(self.columns)
            self.columns.append(sorted(dict.fromkeys(values), key=str.casefold))
        from xlsxwriter.utility import xl_col_to_name

        place = self._places[of]
        column, count = xl_col_to_name(place, True), len(self.columns[place])
        return f"={_LISTS}!{column}$1:{column}${count}" if count else None

    def concepts(self, scheme: str) -> str | None:
        return self.source(
            ("concept", scheme),
            [self._graph.label(one, self._language) for one in concepts(self._graph, scheme)],
        )

    def things(self, of: tuple[str, ...]) -> str | None:
        names = [body.names[0] for folder in of for body in bodies(self._graph, folder)]
        if "organisation" in of:
            names += [entry.name for entry in authority().values()]
        return self.source(of, names)


def _validated(
    page: xlsxwriter.worksheet.Worksheet, place: int, one: Sheet, column: Target, lists: _Lists, language: str
) -> None:
    """Let a column be picked from a list, or say how it is written."""
    rule = _rule(one.kind, column, lists, language)
    if rule is not None:
        page.data_validation(1, place, len(one.rows) + _EMPTY_ROWS, place, rule)


def _rule(kind: Kind, column: Target, lists: _Lists, language: str) -> dict[str, Any] | None:
    fields: dict[str, Field] = {field.name: field for field in kind.fields}
    field = fields.get(column.field)
    source, free = None, True
    if column.part in ("country", "kind"):
        source, free = lists.concepts(column.part), False
    elif column.part:
        return None
    elif field is None and column.field == "source":
        source = lists.things(("source",))
    elif field is not None and field.sort == "concept":
        source, free = lists.concepts(field.of[0]), field.many
    elif field is not None and field.sort == "thing":
        source = lists.things(field.of)
    if source is not None:
        return {
            "validate": "list",
            "source": source,
            "ignore_blank": True,
            "error_type": "information" if free else "stop",
        }
    told = _DATE if field is not None and field.sort == "date" else None
    told = _QUOTE if field is None and column.field == "quote" and column.field in EVIDENCE else told
    return None if told is None else {"validate": "any", "input_message": told[language == "sv"]}
