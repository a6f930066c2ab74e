"""The answer of a query: rows of terms, plain values with labels, and the formats it can be written in."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode

from coopgraph.errors import UsageError
from coopgraph.iris import Namespaces, plain
from coopgraph.queries.collector import uncollected
from coopgraph.queries.table_forms import Point, as_geojson, as_graphml
from coopgraph.store import Term

if TYPE_CHECKING:
    import pandas
    import polars

FORMATS = (
    "table",
    "csv",
    "tsv",
    "json",
    "jsonl",
    "md",
    "xlsx",
    "parquet",
    "sparql-json",
    "geojson",
    "graphml",
)
BINARY = ("xlsx", "parquet")
_NARROWEST = 12


@dataclass(frozen=True)
class Table:
    """Rows of terms with named columns.

    Iterating gives a dict a row with plain values: a thing as its IRI, its label beside it under `<column>Label`. A
    column of codes has what the code means in the reader's language there. `places` tells where the things are, and `cut`
    whether there are more rows than were asked for.
    """

    columns: tuple[str, ...]
    terms: list[tuple[Term | None, ...]]
    labels: Mapping[str, str]
    namespaces: Namespaces
    titles: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    places: Callable[[], Mapping[str, Point]] = dict
    cut: bool = False

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows())

    def fields(self) -> list[str]:
        """The names of the plain columns, with `<column>Label` after each column that holds things."""
        names = []
        for index, column in enumerate(self.columns):
            names.append(column)
            if column in self.codes or any(isinstance(row[index], NamedNode) for row in self.terms):
                names.append(column + "Label")
        return names

    @uncollected()
    def rows(self) -> list[dict[str, Any]]:
        """A dict a row, all with the same keys; what is unknown is None."""
        fields, columns = self._plain()
        return [dict(zip(fields, row, strict=True)) for row in self._across(columns)]

    @uncollected()
    def shown(self) -> list[list[str]]:
        """The cells as a person reads them: a label instead of an IRI, nothing for the unknown."""
        columns = []
        for index, column in enumerate(self.columns):
            terms = [row[index] for row in self.terms]
            labels = self._labels(column, terms, list(map(plain, terms)))
            columns.append([label or "" for label in labels])
        return list(map(list, self._across(columns)))

    def _plain(self) -> tuple[list[str], list[list[Any]]]:
        """The fields, and for each its values from the first row to the last."""
        fields, columns = self.fields(), []
        for index, column in enumerate(self.columns):
            terms = [row[index] for row in self.terms]
            values = list(map(plain, terms))
            columns.append(values)
            if len(columns) < len(fields) and fields[len(columns)] == column + "Label":
                columns.append(self._labels(column, terms, values))
        return fields, columns

    def _across(self, columns: list[list[Any]]) -> Iterable[tuple[Any, ...]]:
        """Columns as rows, of which there are as many without any column."""
        return zip(*columns, strict=True) if columns else [()] * len(self.terms)

    def _labels(self, column: str, terms: list[Term | None], values: list[Any]) -> list[Any]:
        """What the terms of a column, whose plain values these are, are called; None for the unknown."""
        codes, labels, shorten = self.codes.get(column, {}), self.labels, self.namespaces.shorten
        return [
            labels.get(value) or label_of(value, labels) or shorten(value)
            if isinstance(term, NamedNode)
            else None
            if term is None
            else codes.get(term.value, _text(value))
            for term, value in zip(terms, values, strict=True)
        ]

    def headings(self) -> list[str]:
        return [self.titles.get(column, column) for column in self.columns]

    def to_polars(self) -> polars.DataFrame:
        """The plain rows as a Polars data frame."""
        import polars

        return polars.DataFrame(dict(zip(*self._plain(), strict=True)), strict=False)

    def to_pandas(self) -> pandas.DataFrame:
        """The plain rows as a pandas data frame. Raises UsageError when pandas is not installed."""
        try:
            import pandas
        except ModuleNotFoundError as error:
            raise UsageError(
                "pandas is not installed. Install it: pip install 'coopgraph[pandas]'",
                "pandas är inte installerat. Installera det: pip install 'coopgraph[pandas]'",
            ) from error
        return pandas.DataFrame(self.rows(), columns=self.fields())

    @uncollected()
    def format(self, name: str, *, width: int | None = None) -> bytes:
        """The table in one of FORMATS, text as UTF-8; `table` is cut to `width` signs a line where that is given.

        Raises UsageError for an unknown format.
        """
        match name:
            case "table":
                return self._aligned(width).encode()
            case "md":
                return self._markdown().encode()
            case "csv":
                return self._separated(",").encode()
            case "tsv":
                return self._separated("\t").encode()
            case "json":
                return (json.dumps(self.rows(), ensure_ascii=False, indent=1) + "\n").encode()
            case "jsonl":
                return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows()).encode()
            case "sparql-json":
                return (json.dumps(self._sparql(), ensure_ascii=False) + "\n").encode()
            case "parquet":
                buffer = io.BytesIO()
                self.to_polars().write_parquet(buffer)
                return buffer.getvalue()
            case "xlsx":
                return self._workbook()
            case "geojson":
                return as_geojson(self)
            case "graphml":
                return as_graphml(self)
        raise UsageError(
            f"There is no format '{name}'. The formats are: {', '.join(FORMATS)}.",
            f"Formatet '{name}' finns inte. Formaten är: {', '.join(FORMATS)}.",
        )

    def _aligned(self, limit: int | None) -> str:
        cells = self.shown()
        heads = self.headings()
        widths = [max([len(head), *(len(row[i]) for row in cells)]) for i, head in enumerate(heads)]
        while limit is not None and sum(widths) + 2 * (len(widths) - 1) > limit and max(widths) > _NARROWEST:
            widths[widths.index(max(widths))] -= 1
        lines = [
            "  ".join(
                _cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)
            ).rstrip()
            for row in [heads, *cells]
        ]
        lines.insert(1, "  ".join("─" * width for width in widths))
        return "\n".join(lines) + "\n"

    def _markdown(self) -> str:
        def line(cells: list[str]) -> str:
            return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"

        return line(self.headings()) + line(["---"] * len(self.columns)) + "".join(map(line, self.shown()))

    def _separated(self, separator: str) -> str:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
        fields, columns = self._plain()
        writer.writerow(fields)
        writer.writerows(self._across(columns))
        return buffer.getvalue()

    def _sparql(self) -> dict[str, Any]:
        """SPARQL 1.1 Query Results JSON Format, with every term whole."""
        bindings = [
            {name: _json_term(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.terms
        ]
        return {"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}

    def _workbook(self) -> bytes:
        import xlsxwriter

        buffer = io.BytesIO()
        # a cell that begins with "=" or "http" is text from a source, never a formula or a link
        book = xlsxwriter.Workbook(
            buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        # the same rows give the same bytes, whenever they are written
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        fields, columns = self._plain()
        sheet.write_row(0, 0, fields, bold)
        for number, row in enumerate(self._across(columns), start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
        book.close()
        return buffer.getvalue()


def label_of(iri: str, labels: Mapping[str, str]) -> str | None:
    """The label of a thing; for a part without one, that of the whole with the part's name."""
    if iri in labels:
        return labels[iri]
    whole, _, part = iri.partition("#")
    return f"{labels[whole]} (#{part})" if part and whole in labels else None


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\n", " ")


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else cell[: width - 1] + "…"


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    assert isinstance(term, Literal)
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != "http://www.w3.org/2001/XMLSchema#string":
        found["datatype"] = term.datatype.value
    return found
