"""A sheet as it is read: headings and cells, each with its place, whatever file it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopgraph.errors import Text, UsageError

LARGEST = 100_000
"""How many rows a sheet may have."""
_BOUNDED = 50_000_000
"""How many bytes a file may have."""


@dataclass(frozen=True)
class Cell:
    """A cell: its place as people write it (`B12`, `Blad1!B12`), its text, and what is wrong with it, if anything is.

    What is `given` holds for every row, and stands in none.
    """

    place: str
    text: str
    fault: Text | None = None
    given: bool = False


@dataclass(frozen=True)
class Row:
    """A row by the headings of its columns. `number` counts as the spreadsheet does."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Table:
    """A sheet: the file and the name of the sheet ("" in separated text), its headings in their order, and its rows."""

    file: Path
    sheet: str
    headings: Mapping[str, str]
    """The headings, each with the letters of its column."""
    rows: tuple[Row, ...]


def read(path: Path, *, sheet: str | None = None) -> list[Table]:
    """The sheets of a file that hold anything, or the one of the name. Raises UsageError for what can't be read as a sheet."""
    from coopgraph.sheets import delimited, excel

    try:
        if path.stat().st_size > _BOUNDED:
            raise _no_sheet(
                path,
                Text("the file is over 50 MB. Divide it", "filen är större än 50 MB. Dela den"),
            )
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.", f"Filen {path} finns inte.") from None
    except OSError as error:
        from coopgraph.errors import system_text

        raise _no_sheet(path, system_text(error)) from error
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _no_sheet(
            path,
            Text(
                "it is encrypted, or in the old format .xls. Open it in your spreadsheet, take off the password, and save it as .xlsx",
                "den är krypterad, eller i det gamla formatet .xls. Öppna den i kalkylprogrammet, ta bort lösenordet och spara som .xlsx",
            ),
        )
    tables = excel.read(path) if head.startswith(b"PK") else [delimited.read(path)]
    if sheet is not None:
        named = [one for one in tables if one.sheet.casefold() == sheet.casefold()]
        if not named:
            names = ", ".join(one.sheet for one in tables if one.sheet) or "–"
            raise UsageError(
                f"{path} has no sheet '{sheet}' that holds anything. It has: {names}.",
                f"{path} har inget blad '{sheet}' med något i. Den har: {names}.",
            )
        tables = named
    if not any(one.rows for one in tables):
        raise _no_sheet(
            path,
            Text(
                "it has no rows under its headings. Fill it in first",
                "den har inga rader under sina rubriker. Fyll i den först",
            ),
        )
    return [one for one in tables if one.rows]


def table_of(path: Path, sheet: str, lines: Sequence[Sequence[Cell]], *, first: int = 1) -> Table | None:
    """The table of the lines of a sheet, whose first line with anything in it holds the headings; None for an empty one.

    Raises UsageError for headings that are missing or there twice.
    """
    where = f"{path.name} {sheet}".strip()
    filled = [
        (number, line)
        for number, line in enumerate(lines, first)
        if any(one.text or one.fault for one in line)
    ]
    if not filled:
        return None
    if len(filled) > LARGEST:
        raise UsageError(
            f"{where}: more than {LARGEST} rows. Divide the file.",
            f"{where}: fler än {LARGEST} rader. Dela filen.",
        )
    _, top = filled[0]
    headings: dict[str, str] = {}
    places: dict[str, str] = {}
    used = {place for _, line in filled for place, cell in enumerate(line) if cell.text or cell.fault}
    for place, cell in enumerate(top):
        if place not in used:
            continue
        if cell.fault is not None:
            raise UsageError(f"{cell.place}: {cell.fault.en}", f"{cell.place}: {cell.fault.sv}")
        name = " ".join(cell.text.split())
        if not name:
            raise UsageError(
                f"{cell.place}: the column has no heading. Give it one in the first row.",
                f"{cell.place}: kolumnen saknar rubrik. Skriv en i första raden.",
            )
        if name.casefold() in places:
            raise UsageError(
                f"{cell.place}: the heading '{name}' stands in {places[name.casefold()]} too. Give each column a heading of its own.",
                f"{cell.place}: rubriken '{name}' står också i {places[name.casefold()]}. Ge varje kolumn en egen rubrik.",
            )
        places[name.casefold()] = cell.place
        headings[name] = _letters_of(cell.place)
    columns = [place for place in range(len(top)) if place in used]
    if extra := sorted(used - set(columns)):
        cell = next(line[extra[0]] for _, line in filled if len(line) > extra[0] and line[extra[0]].text)
        raise UsageError(
            f"{cell.place}: there is something here, but no heading above it.",
            f"{cell.place}: här står något, men ingen rubrik ovanför.",
        )
    rows = [
        Row(
            number,
            {name: line[place] for name, place in zip(headings, columns, strict=True) if place < len(line)},
        )
        for number, line in filled[1:]
    ]
    return Table(path, sheet, headings, tuple(rows))


def letters(column: int) -> str:
    """The letters of a column that counts from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _letters_of(place: str) -> str:
    return re.sub(r"\d+$", "", place.rpartition("!")[2])


def _no_sheet(path: Path, why: Text) -> UsageError:
    return UsageError(
        f"{path} can't be read as a sheet: {why.en}.",
        f"{path} går inte att läsa som ett kalkylblad: {why.sv}.",
    )
