"""The cells of a row as values of a thing's fields. What is wrong is told at its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import NamedNode

from coopgraph.dates import bounds
from coopgraph.edit import find
from coopgraph.edit.add import terms_of
from coopgraph.edit.evidence import Support
from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import Field, Kind
from coopgraph.errors import CoopgraphError, EditRefused, Text, UsageError
from coopgraph.sheets.columns import EVIDENCE, IDTYPES, MANY, NOTHING, Target, makes_bodies, target
from coopgraph.sheets.mapping import Meaning
from coopgraph.sheets.match import Body
from coopgraph.sheets.table import Cell, Row
from coopgraph.sheets.things import Things
from coopgraph.store import Term

MOST_WORDS = 12


class Wrong(CoopgraphError):
    """What is wrong with a row, and the cell."""

    def __init__(self, place: str, error: CoopgraphError) -> None:
        self.place, self.error = place, error
        super().__init__(error.en, error.sv)


@contextmanager
def at(cell: Cell) -> Iterator[None]:
    """Tell what comes up inside at a cell."""
    try:
        yield
    except (UsageError, EditRefused) as error:
        raise Wrong(cell.place, error) from error


@dataclass(frozen=True)
class Value:
    """A value of a field: the text in the form that the commands take, what it means, and its cell."""

    text: str
    term: Term
    cell: Cell


class Reader:
    """Reads the cells of rows by the meaning of their sheet."""

    def __init__(self, graph: Graph, things: Things, meaning: Meaning, language: str) -> None:
        self._graph, self._things, self._meaning, self._language = graph, things, meaning, language
        self._concepts: dict[tuple[str, str], NamedNode] = {}
        self._columns = {
            target(meaning.kind, one): heading for heading, one in meaning.columns.items() if one != NOTHING
        }
        self._given = {target(meaning.kind, one): text for one, text in meaning.given.items()}

    def cells(self, row: Row) -> dict[Target, Cell]:
        """The cells that are filled, and what is given for every row. Raises Wrong for a cell with a fault."""
        first = next(iter(row.cells.values())).place
        found = {one: Cell(first, text, given=True) for one, text in self._given.items()}
        for one, heading in self._columns.items():
            cell = row.cells.get(heading)
            if cell is None:
                continue
            if cell.fault is not None:
                raise Wrong(cell.place, UsageError(cell.fault.en, cell.fault.sv))
            if cell.text:
                found[one] = cell
        return found

    def values(self, field: Field, cells: Mapping[Target, Cell]) -> list[Value]:
        """The values of a field, from all its columns."""
        found: list[Value] = []
        for number in range(1, MANY + 1):
            cell = cells.get(Target(field.name, number))
            if field.sort == "thing":
                found += self._of_things(field, number, cell, cells)
            elif cell is not None:
                with at(cell):
                    for text in self.split(field, cell.text):
                        found += self._value(field, text, cell)
        for kind in IDTYPES if field.sort == "identifier" else ():
            if cell := cells.get(Target(field.name, 1, kind)):
                with at(cell):
                    found += self._value(field, f"{kind}={cell.text}", cell)
        return found

    def split(self, field: Field, text: str) -> list[str]:
        """The values that stand in a cell. Before a separator that is part of a value stands a backslash."""
        if not field.many:
            return [text]
        mark = re.escape(self._meaning.separator)
        parts = re.split(rf"(?<!\\){mark}|\n", text)
        return [
            part.replace("\\" + self._meaning.separator, self._meaning.separator).strip()
            for part in parts
            if part.strip()
        ]

    def _value(self, field: Field, text: str, cell: Cell) -> list[Value]:
        if field.sort == "concept":
            term: Term = self.concept(field.of[0], text)
            return [Value(self._graph.names.shorten(term.value), term, cell)]
        if field.sort == "date":
            text = date_text(text)
        if field.sort == "identifier":
            return [Value(*self._identifier(text), cell)]
        if field.sort == "file":
            return [Value(text, find.today(), cell)]
        return [Value(text, term, cell) for term in terms_of(self._graph, field, text, self._language)]

    def _identifier(self, text: str) -> tuple[str, NamedNode]:
        """An identifier as the commands take it, and its kind."""
        kind, equals, code = text.partition("=")
        if not equals:
            raise UsageError(
                f"'{text}' is no identifier. Write its kind and itself: wikidata=Q1526",
                f"'{text}' är ingen identifierare. Ange slag och värde: wikidata=Q1526",
            )
        type_ = self.concept("idtype", kind)
        return f"{self._graph.names.shorten(type_.value)}={code_of(kind.strip(), code)}", type_

    def concept(self, scheme: str, text: str) -> NamedNode:
        """The concept of a scheme that a text means."""
        if (scheme, text) not in self._concepts:
            self._concepts[scheme, text] = find.concept(self._graph, scheme, text, language=self._language)
        return self._concepts[scheme, text]

    def _of_things(
        self, field: Field, number: int, cell: Cell | None, cells: Mapping[Target, Cell]
    ) -> list[Value]:
        about = self._about(field, number, cells)
        if cell is None:
            coded = [
                cells[one]
                for one in cells
                if one.field == field.name and one.number == number and one.part in IDTYPES
            ]
            if not coded:
                return []
            cell, texts = coded[0], [""]
        else:
            texts = self.split(field, cell.text)
        found = []
        for text in texts:
            with at(cell):
                names = tuple(one for one in (text, *about.names) if one)
                node = self._things.find(
                    field.of, about._replace(names=names), column=str(Target(field.name, number))
                )
                found.append(Value(self._graph.names.shorten(node.value), node, cell))
        return found

    def _about(self, field: Field, number: int, cells: Mapping[Target, Cell]) -> Body:
        """What the row says of a body that a field names, but for its name."""
        told: dict[str, str] = {}
        codes: set[tuple[str, str]] = set()
        for one, cell in cells.items():
            if one.field != field.name or one.number != number or not one.part or not makes_bodies(field):
                continue
            with at(cell):
                if one.part in ("country", "kind"):
                    told[one.part] = self.concept(one.part, cell.text).value.rpartition("/")[2]
                elif one.part == "name-en":
                    told[one.part] = cell.text
                else:
                    codes.add((one.part, code_of(one.part, cell.text)))
        english = (told["name-en"],) if "name-en" in told else ()
        return Body("", english, told.get("country", ""), told.get("kind", ""), frozenset(codes))

    def supports(self, kind: Kind, cells: Mapping[Target, Cell]) -> list[tuple[str | None, Support]]:
        """The words that the row rests on, each with the field that it is for, or None."""
        own = {field.name for field in kind.fields}
        said = {name: cells[Target(name)] for name in EVIDENCE if name not in own and Target(name) in cells}
        basis = said["basis"].text if "basis" in said else "stated"
        if basis.casefold() in _BASES:
            basis = _BASES[basis.casefold()]
        else:
            with at(said["basis"]):
                names = ", ".join(dict.fromkeys(_BASES))
                raise UsageError(
                    f"'{basis}' is no basis. It is one of: {names}.",
                    f"'{basis}' är ingen grund. Den är en av: {names}.",
                )
        because = [said[name].text if name in said else "" for name in ("because-en", "because")]
        reason = Text(because[0] or because[1], because[1] or because[0]) if any(because) else None
        found: list[tuple[str | None, Support]] = []
        for one, cell in cells.items():
            if one.field != "quote":
                continue
            with at(cell):
                if len(cell.text.split()) > MOST_WORDS:
                    raise UsageError(
                        f"the quote has {len(cell.text.split())} words. Keep the fewest that carry the fact, {MOST_WORDS} at most.",
                        f"citatet har {len(cell.text.split())} ord. Behåll de få som bär uppgiften, högst {MOST_WORDS}.",
                    )
                source = self._source(kind, cells, one.part)
            beside = [
                said[name].text if name in said and not one.part else "" for name in ("before", "after")
            ]
            found.append((one.part or None, Support(source, cell.text, basis, reason, *beside)))
        return found

    def _source(self, kind: Kind, cells: Mapping[Target, Cell], part: str) -> NamedNode:
        if kind.name == "source":
            return self._graph.names.expand("coop:Source")  # it speaks of itself
        cell = cells.get(Target("source", 1, part)) or cells.get(Target("source"))
        if cell is None:
            raise UsageError(
                "there is a quote but no source. Give it a column, or say it for all: --given source=…",
                "här finns ett citat men ingen källa. Ge den en kolumn, eller ange den för alla: --given source=…",
            )
        with at(cell):
            return self._things.find(("source",), Body("", (cell.text,)), column="source")


_BASES = {
    "stated": "stated",
    "understood": "understood",
    "inferred": "inferred",
    "uttalat": "stated",
    "underförstått": "understood",
    "slutsats": "inferred",
}


def date_text(text: str) -> str:
    """A date in EDTF. Raises UsageError for what is none, or is a spreadsheet's number of a day."""
    text = text.strip()
    decade = re.fullmatch(r"(?:the )?(\d{3})0(?:-?tal(?:et)?|s)", text, re.IGNORECASE)
    text = f"{decade[1]}X" if decade else text
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        raise UsageError(
            f"{text} is a spreadsheet's number of a day. Format the cell as a date, or write the date as text, as precise as the source: 1996.",
            f"{text} är kalkylprogrammets nummer på en dag. Formatera cellen som datum, eller skriv datumet som text, så noga som källan: 1996.",
        )
    try:
        bounds(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is no date. Write 1996, 2008-09, 2011-09-06, 194X for the 1940s, 1996~ for about 1996, 2005/.. for 2005 or later.",
            f"'{text}' är inget datum. Skriv 1996, 2008-09, 2011-09-06, 194X för 1940-talet, 1996~ för omkring 1996, 2005/.. för 2005 eller senare.",
        ) from None
    return text


def code_of(kind: str, text: str) -> str:
    """An identifier in its usual form: the leading zeros that spreadsheets take away, the hyphen of an organisation number."""
    text = text.strip().rpartition("/")[2] if text.startswith(("http://", "https://")) else text.strip()
    if kind.endswith("organisationsnummer"):
        digits = re.sub(r"\D", "", text)
        digits = digits[2:] if len(digits) == 12 and digits.startswith("16") else digits
        return f"{digits[:6]}-{digits[6:]}" if len(digits) == 10 else text
    if kind.endswith("scb") and re.fullmatch(r"\d{1}|\d{3}", text):
        return "0" + text
    return text


def listed(values: Sequence[Value]) -> list[str]:
    """The texts of values, each once."""
    return list(dict.fromkeys(one.text for one in values))
