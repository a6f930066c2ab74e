"""The page of a saved query: what it tells, a form with a field for each parameter, and its answer as a table and as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import NamedNode

from coopgraph.publish.answers import VIEWS, answer_timeline, answer_view
from coopgraph.publish.chart import Chart, charts
from coopgraph.publish.pages import Cell, Frame, known, render
from coopgraph.publish.pictures import Pictures, drawable
from coopgraph.publish.timeline import Timeline
from coopgraph.publish.views import SUFFIX, pictures
from coopgraph.queries.saved import Param, SavedQuery
from coopgraph.queries.table import Table

MAX_CHOICES = 400
"""A list of more than so many is a field to write in."""
ROWS = 200
"""Rows of an answer on a page."""
VIEW_NAMES = {
    "table": ("Tabell", "Table"),
    "map": ("Karta", "Map"),
    "timeline": ("Tidslinje", "Timeline"),
    "network": ("Nätverk", "Network"),
    "chart": ("Diagram", "Chart"),
}
ANSWER_NAMES = {
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "jsonl": "JSON Lines",
    "xlsx": "Excel",
    "parquet": "Parquet",
    "geojson": "GeoJSON",
    "graphml": "GraphML",
    "sparql-json": "SPARQL JSON",
}
_STATUS = "https://w3id.org/coopgraph/id/concept/status/"
_INPUTS = {"date": "date", "integer": "number"}


@dataclass(frozen=True)
class Choice:
    """Something that a field can be set to."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """A field of the form: with `choices` a list to pick from, else something to write in."""

    name: str
    label: str
    optional: bool
    type: str
    value: str
    choices: Sequence[Choice] = ()
    kinds: Sequence[str] = ()


@dataclass(frozen=True)
class Asked:
    """What was asked, and how the answer is to be shown.

    `picks` are the values that a parameter can have, as (value, name); `given` what was filled in, things by their prefixed
    names; `view` one of VIEWS; `data` what the address of the pictures' data ends with.
    """

    picks: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    view: str = "table"
    data: str = ""


@dataclass(frozen=True)
class Shown:
    """An answer as it is shown: the ways there are, the picture, and the rows beneath."""

    views: Sequence[str]
    pictures: Pictures
    charts: Sequence[Chart]
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: int
    all: bool


@dataclass(frozen=True)
class Beside:
    """Addresses beside the page: the answer in other forms, each other view of it, the pages before and after, an embed."""

    downloads: Sequence[tuple[str, str]] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    previous: str = ""
    following: str = ""
    link: str = ""
    embed: str = ""


def queries_page(frame: Frame, queries: Sequence[SavedQuery]) -> str:
    """Every saved query by folder, each with a line on what it tells."""
    groups: dict[str, list[tuple[SavedQuery, str]]] = {}
    for query in sorted(queries, key=lambda query: (query.name.startswith("report/"), query.name)):
        line = query.description.get(frame.language, "").partition(". ")[0].rstrip(".")
        groups.setdefault(query.name.partition("/")[0], []).append((query, line))
    return render(frame, "queries.html", title=_word(frame, "Frågor", "Questions"), groups=groups)


def query_page(
    frame: Frame,
    query: SavedQuery,
    asked: Asked,
    *,
    table: Table | None = None,
    problem: str = "",
    beside: Beside | None = None,
    total: int | None = None,
    embed: bool = False,
) -> str:
    """The page of a saved query; `problem` is what was wrong with what was filled in, `total` how many rows there are in all.

    With `embed`, the answer alone, for a frame on somebody else's page.
    """
    frame = replace(frame, known=known(frame.site, _things(table)))
    answer = None if table is None else _shown(frame, table, asked, total)
    view = asked.view if answer and asked.view in answer.views else "table"
    return render(
        frame,
        "embed.html" if embed else "query.html",
        title=query.title.get(frame.language, query.name),
        q=query,
        fields=[_field(name, param, asked, frame.language) for name, param in query.params.items()],
        answer=answer,
        view=view,
        view_names={name: _word(frame, *VIEW_NAMES[name]) for name in VIEWS},
        answer_names=ANSWER_NAMES,
        problem=problem,
        beside=beside or Beside(),
        pictures=answer is not None and (view != "table" or not frame.live),
    )


def _shown(frame: Frame, table: Table, asked: Asked, total: int | None) -> Shown:
    view = answer_view(frame.site, table)
    there = pictures(view) if drawable() else frozenset()
    timeline: Timeline | None = answer_timeline(frame.site, table, view, frame.language, link=frame.link)
    found = charts(table, frame.language, link=frame.link)
    views = ["table", *(one for one in ("map", "network") if one in there)]
    views += ["timeline"] if timeline else []
    views += ["chart"] if found else []
    data = frame.href(f"{frame.path}.{SUFFIX}") + asked.data
    drawn = Pictures(
        data if "map" in there else "",
        data if "network" in there else "",
        timeline,
        frame.href(""),
        len({tie.status for tie in view.ties}) > 1,
        view.left_out,
    )
    # what is known of no row takes no room
    filled = [n for n in range(len(table.columns)) if any(row[n] is not None for row in table.terms)]
    headings = table.headings()
    rows = _rows(frame, replace(table, terms=table.terms[:ROWS]))
    return Shown(
        sorted(views, key=VIEWS.index),
        drawn,
        found,
        [headings[n] for n in filled],
        [[row[n] for n in filled] for row in rows],
        len(table) if total is None else total,
        len(table) <= ROWS,
    )


def _field(name: str, param: Param, asked: Asked, language: str) -> Field:
    values = asked.given.get(name, ())
    found = asked.picks.get(name, ())
    choices = [Choice(value, text, value in values) for value, text in found]
    if choices and len(choices) <= MAX_CHOICES:
        # what was asked for stays chosen, though nothing in the graph points to it
        choices += [Choice(value, value, True) for value in values if all(value != one for one, _ in found)]
    else:
        choices = []
    return Field(
        name,
        param.label.get(language, name),
        param.optional,
        _INPUTS.get(param.type, "text"),
        next(iter(values), ""),
        choices,
        param.of,
    )


def _things(table: Table | None) -> set[str]:
    rows = table.terms if table else []
    return {term.value for row in rows for term in row if isinstance(term, NamedNode)}


def _rows(frame: Frame, table: Table) -> list[list[Cell]]:
    return [
        [
            Cell(text, frame.link(term.value), mark=_mark(term))
            if isinstance(term, NamedNode)
            else Cell(text)
            for term, text in zip(terms, texts, strict=True)
        ]
        for terms, texts in zip(table.terms, table.shown(), strict=True)
    ]


def _mark(term: NamedNode) -> str:
    """The look of a status."""
    return term.value.removeprefix(_STATUS) if term.value.startswith(_STATUS) else ""


def _word(frame: Frame, sv: str, en: str) -> str:
    return sv if frame.language == "sv" else en
