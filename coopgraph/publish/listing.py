"""A list of things as a table that can be filtered and sorted: what each folder of things shows beside the name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from coopgraph.dates import phrase
from coopgraph.publish.index import named
from coopgraph.publish.reading import GOING_ON, going_on
from coopgraph.publish.words import words
from coopgraph.queries.run import labels
from coopgraph.queries.table import Table
from coopgraph.store import Term

if TYPE_CHECKING:
    from coopgraph.publish.site import Site

_PREFIXES = """
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX org: <http://www.w3.org/ns/org#>
"""
_SAID = "SELECT DISTINCT ?thing ?value WHERE {{ ?thing {path} ?value }} ORDER BY ?thing ?value"
_NUMBER = "SELECT ?thing (COUNT(DISTINCT ?one) AS ?value) WHERE {{ {pattern} }} GROUP BY ?thing"
_COLUMNS: dict[str, str] = {
    "body_kind": _SAID.format(path="org:classification"),
    "form": _SAID.format(path="dct:type"),
    "country": _SAID.format(path="coop:country"),
    "countries": _SAID.format(path="coop:hasParty/coop:country"),
    "status": _SAID.format(path="coop:status"),
    "start": _SAID.format(path="coop:start"),
    "date": _SAID.format(path="coop:date"),
    "who": _SAID.format(path="org:member"),
    "in_what": _SAID.format(path="org:organization"),
    "role": _SAID.format(path="org:role"),
    "signed_by": _SAID.format(path="coop:hasSignatory"),
    "policy_of": _SAID.format(path="coop:policyOf"),
    "publisher": _SAID.format(path="dct:publisher"),
    "partnerships": _NUMBER.format(pattern="?one coop:hasParty ?thing"),
    "memberships": _NUMBER.format(pattern="?one org:member ?thing"),
    "members": _NUMBER.format(pattern="?one org:organization ?thing"),
    "quotes_here": _NUMBER.format(pattern="?one oa:hasSource ?thing"),
}
"""The query of each column, by the word that heads it."""
_GOING_ON = """SELECT DISTINCT ?thing ?date WHERE {
  { SELECT DISTINCT ?thing ?source WHERE { ?evidence coop:value <%s> ; oa:hasBody ?thing ; oa:hasSource ?source } }
  OPTIONAL { ?source coop:date ?date }
}"""
_KNOWN_UNTIL = _SAID.format(path="coop:knownUntil")
COUNTS = ("partnerships", "memberships", "members", "quotes_here")
_DATES = ("start", "date")
CHOICES = ("body_kind", "form", "country", "countries", "status", "role")
"""The columns by whose values a list can be narrowed."""
_OF: dict[str, tuple[str, ...]] = {
    "agreement": ("form", "date", "signed_by"),
    "decision": ("status", "date"),
    "event": ("date",),
    "membership": ("who", "in_what", "role", "status", "start"),
    "network": ("country", "members"),
    "organisation": ("body_kind", "country", "partnerships", "memberships"),
    "partnership": ("form", "countries", "status", "start"),
    "place": ("country",),
    "policy": ("form", "policy_of", "status", "date"),
    "programme": ("status", "members"),
    "project": ("status", "start", "members"),
    "source": ("form", "publisher", "date", "quotes_here"),
}


@dataclass(frozen=True)
class Line:
    """A thing of a list: its name, and its values column by column."""

    thing: NamedNode
    name: str
    values: tuple[Sequence[Term], ...]


@dataclass(frozen=True)
class Listing:
    """Every thing of a folder in the order of the names, in a language; `labels` name the values.

    `lasting` tells of each thing that goes on by a source of when.
    """

    columns: tuple[str, ...]
    lines: Sequence[Line]
    labels: Mapping[str, str]
    language: str
    lasting: Mapping[str, str]

    def text(self, column: str, values: Sequence[Term]) -> str:
        """The values of a cell as they are read."""
        if column in _DATES:
            return ", ".join(phrase(one.value, self.language) for one in values)
        return ", ".join(self.labels.get(one.value, one.value) for one in values)

    def choices(self, column: str) -> list[tuple[str, str]]:
        """The values that a column can be narrowed to, as (short name, text), in the order of the texts."""
        place = self.columns.index(column)
        found = {one.value for line in self.lines for one in line.values[place]}
        pairs = [(short(iri), self.labels.get(iri, iri)) for iri in found]
        return sorted(pairs, key=lambda pair: (pair[1].casefold(), pair[0]))

    def narrowed(self, asked: Mapping[str, str]) -> list[Line]:
        """The lines that hold the word `q` in their name and have the values asked for, in the order of `sort`.

        `sort` is `name` or a column, with "-" before it from the last to the first; what is unknown stands last. A name that is no
        column's changes nothing.
        """
        word = asked.get("q", "").strip().casefold()
        found = [line for line in self.lines if not word or word in line.name.casefold()]
        for place, column in enumerate(self.columns):
            wanted = asked.get(column)
            if wanted and column in CHOICES:
                found = [
                    line for line in found if any(short(one.value) == wanted for one in line.values[place])
                ]
        order = asked.get("sort", "")
        column = order.removeprefix("-")
        if column in self.columns:
            place = self.columns.index(column)
            known = [line for line in found if line.values[place]]
            known.sort(key=lambda line: self._key(column, line.values[place]), reverse=order.startswith("-"))
            return [*known, *(line for line in found if not line.values[place])]
        return found[::-1] if order == "-name" else found

    def _key(self, column: str, values: Sequence[Term]) -> tuple[float, str]:
        if column in COUNTS:
            return float(values[0].value), ""
        if column in _DATES:
            return 0.0, values[0].value.strip("./").replace("X", "0")
        return 0.0, self.text(column, values).casefold()

    def table(self, site: Site, lines: Sequence[Line]) -> Table:
        """The lines as a table to take away, with a column for each value of the first kind."""
        heads = words(self.language)
        rows: list[tuple[Term | None, ...]] = [
            (line.thing, *(_joined(values, self.labels) for values in line.values)) for line in lines
        ]
        titles = {"thing": heads["name"]} | {name: heads[name] for name in self.columns}
        names = {line.thing.value: line.name for line in lines}
        return Table(("thing", *self.columns), rows, {**self.labels, **names}, site.namespaces, titles=titles)


def listing(site: Site, folder: str, things: Sequence[NamedNode], language: str) -> Listing:
    """The list of a folder's things in a language; kept for the next page of it."""
    kept = site.memory.listings
    key = (folder, language)
    if key not in kept:
        if len(kept) >= 2 * len(("sv", "en")):
            kept.clear()
        kept[key] = _listing(site, folder, things, language)
    return kept[key]


def _listing(site: Site, folder: str, things: Sequence[NamedNode], language: str) -> Listing:
    columns = _OF.get(folder, ())
    said = [_column(site, column) for column in columns]
    lines = [
        Line(thing, name, tuple(column.get(thing.value, ()) for column in said))
        for thing, name in named(site, things, language)
    ]
    values = {
        one for line in lines for several in line.values for one in several if isinstance(one, NamedNode)
    }
    named_values = labels(sorted(values, key=str), site.store, language)
    place = columns.index("status") if "status" in columns else None
    active = (
        set() if place is None else {line.thing.value for line in lines if GOING_ON in line.values[place]}
    )
    return Listing(columns, lines, named_values, language, _lasting(site, active, language) if active else {})


def _lasting(site: Site, active: Collection[str], language: str) -> dict[str, str]:
    """Of each thing that goes on, by a source of when, in words."""
    dates: dict[str, list[str]] = {}
    for thing, date in site.store.select(_PREFIXES + _GOING_ON % GOING_ON.value):
        if thing is not None:
            dates.setdefault(thing.value, []).append(date.value if date is not None else "")
    known = _values(site, _KNOWN_UNTIL)
    return {
        thing: going_on(
            GOING_ON,
            dates.get(thing, ()),
            max((one.value for one in known.get(thing, ())), default=""),
            language,
        )
        for thing in active
    }


def _column(site: Site, column: str) -> dict[str, list[Term]]:
    return _values(site, _COLUMNS[column])


def _values(site: Site, query: str) -> dict[str, list[Term]]:
    """What a query gives of each thing."""
    found: dict[str, list[Term]] = {}
    for thing, value in site.store.select(_PREFIXES + query):
        if isinstance(thing, NamedNode) and value is not None:
            found.setdefault(thing.value, []).append(value)
    return found


def short(iri: str) -> str:
    """The end of an IRI, by which a value is named in an address."""
    return iri.rpartition("/")[2].rpartition("#")[2]


def _joined(values: Sequence[Term], names: Mapping[str, str]) -> Term | None:
    """One value as it is; several as their names in one text."""
    if len(values) <= 1:
        return values[0] if values else None
    return Literal("; ".join(names.get(one.value, one.value) for one in values))
