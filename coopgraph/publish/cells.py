"""What stands in the cells of a page's tables: names that lead on, status, time, country, and the words of a source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from coopgraph.dates import phrase
from coopgraph.publish.describe import COOP, RDF_TYPE
from coopgraph.publish.nearby import DCT, ORG, Nearby, Words
from coopgraph.publish.pages import Cell, Frame
from coopgraph.publish.reading import Reading, going_on
from coopgraph.queries.table import label_of
from coopgraph.store import Term

_OVER = {"ended", "dormant", "planned", "proposed"}
"""Where things stand so, "since" would say that they go on."""


@dataclass(frozen=True)
class Entry:
    """A cell of a table: what stands in it, by what it is sorted, and the words of a source with what they are from.

    The first cell of a row has the `id` of the part of the thing that the row tells of. A figure has the `label` by which it is
    known where the headings are out of sight.
    """

    cells: Sequence[Cell] = ()
    id: str = ""
    label: str = ""
    sort: str = ""
    quote: str = ""
    language: str = ""
    source: Cell | None = None


@dataclass
class Section:
    """A table under a heading; without column headings, a list. `take` leads to the saved query that gives it as data."""

    key: str
    title: str
    headings: Sequence[str] = ()
    rows: list[list[Entry]] = field(default_factory=list)
    take: Sequence[Cell] = ()


class Cells:
    """Reads what stands around a thing into cells. `words` are the page's words in the reader's language."""

    def __init__(self, frame: Frame, reading: Reading, around: Nearby, words: dict[str, str]) -> None:
        self.frame, self.reading, self.around, self.words = frame, reading, around, words
        self.thing = reading.it.thing.value

    def status(self, subject: str) -> list[Cell]:
        """The status, marked so that it can have a colour; of what goes on, by a source of when."""
        return [
            Cell(self.label(one.value), mark=one.value.rpartition("/")[2], note=self._lasting(subject, one))
            for one in self.around.values(subject, COOP + "status")
        ]

    def lasting(self, subject: str) -> str | None:
        """On what it rests that something goes on; None of what nothing is known of here."""
        found = self.around.values(subject, COOP + "status")
        return " ".join(self._lasting(subject, one) for one in found).strip() if found else None

    def _lasting(self, subject: str, status: Term) -> str:
        dates = []
        for one in self.around.quotes.get(subject, ()):
            if one.property == COOP + "status" and one.value == status:
                dates += [day.value for day in self.around.values(one.source.value, COOP + "date")] or [""]
        known = [one.value for one in self.around.values(subject, COOP + "knownUntil")]
        return going_on(status, dates, max(known, default=""), self.reading.language)

    def period(self, subject: str) -> Entry:
        """From when to when, as precise as the source has it."""
        starts = self.around.values(subject, COOP + "start")
        ends = self.around.values(subject, COOP + "end")
        start = phrase(starts[0].value, self.reading.language) if starts else ""
        end = phrase(ends[0].value, self.reading.language) if ends else ""
        if start:
            going = {one.value.rpartition("/")[2] for one in self.around.values(subject, COOP + "status")}
            since = self.words["from" if going & _OVER else "since"]
            text = f"{start} – {end}" if end else f"{since} {start}"
        else:
            nothing = self.words["no_start"] if self.unstated(subject, COOP + "start") else ""
            text = f"{self.words['until']} {end}" if end else nothing
        return Entry([Cell(text, mark="" if start or end else "muted")], _sortable(starts or ends))

    def date(self, dates: Sequence[Term], unstated: bool) -> Entry:
        if not dates:
            return Entry([Cell(self.words["no_date"] if unstated else "", mark="muted")])
        text = ", ".join(phrase(one.value, self.reading.language) for one in dates)
        return Entry([Cell(text)], _sortable(dates))

    def country(self, bodies: Iterable[str]) -> Entry:
        countries = [one for body in bodies for one in self.around.values(body, COOP + "country")]
        return Entry(self.name_all(dict.fromkeys(countries)))

    def quote(self, about: str, properties: Sequence[str], value: Term | None = None) -> Entry:
        """The words that say most of a fact: of the first of the properties that has any."""
        best: tuple[int, Words] | None = None
        for one in self.around.quotes.get(about, ()):
            if one.property in properties and (value is None or one.value == value):
                rank = properties.index(one.property)
                if best is None or rank < best[0]:
                    best = rank, one
        if best is None:
            return Entry()
        words = best[1]
        source = Cell(self.label(words.source.value), self.frame.link(words.source.value))
        return Entry(quote=words.quote, language=self.around.language(words.source.value), source=source)

    def unstated(self, subject: str, property_: str) -> bool:
        return any(one.value == property_ for one in self.around.values(subject, COOP + "notStated"))

    def name_all(self, values: Iterable[Term]) -> list[Cell]:
        return [self.name(one) for one in values if isinstance(one, NamedNode)]

    def name(self, thing: NamedNode) -> Cell:
        return Cell(self.label(thing.value), self.frame.link(thing.value))

    def text(self, node: str) -> str:
        """A thing by its name; a part by that of the whole and by what it says or is."""
        whole, hash_, _ = node.partition("#")
        if not hash_ or node in self.reading.it.labels:
            return self.label(node)
        values = self.around.values
        told = [one for one in values(node, DCT + "description") if self.reading.readable(one)]
        kinds = values(node, DCT + "type") or values(node, ORG + "role") or values(node, RDF_TYPE.value)
        said = told[0].value if told else ", ".join(self.label(one.value) for one in kinds)
        return f"{self.label(whole)}: {said}" if said else self.label(whole)

    def label(self, iri: str) -> str:
        return label_of(iri, self.reading.it.labels) or self.reading.names.shorten(iri)


def _sortable(dates: Sequence[Term]) -> str:
    """A date as text in the order of time; that of a decade comes with its first year."""
    first = dates[0].value if dates and isinstance(dates[0], Literal) else ""
    return first.strip("./").partition("/")[0].replace("X", "0")
