"""Sheets of Excel and LibreOffice (.xlsx), with what may be wrong with a cell told at it.

A date is no more precise than its cell shows: "maj-96" is a month, though the spreadsheet keeps a day.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopgraph.errors import Text, UsageError
from coopgraph.sheets.table import LARGEST, Cell, Table, letters, table_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# what the library lets through of a damaged file
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    SyntaxError,
    EOFError,
    OSError,
)
_UNPACKED = 500_000_000
_WIDEST = 200


def read(path: Path) -> list[Table]:
    """The sheets of a workbook that hold anything."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > _UNPACKED:
                raise UsageError(
                    f"{path} is over 500 MB unpacked. Divide it.",
                    f"{path} är större än 500 MB uppackad. Dela den.",
                )
        with warnings.catch_warnings():  # of what it leaves out, such as drawings
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path)
    except (*_BROKEN, InvalidFileException) as error:
        raise UsageError(
            f"{path} can't be read as an .xlsx file. Open it in your spreadsheet and save it as .xlsx or CSV.",
            f"{path} går inte att läsa som en xlsx-fil. Öppna den i kalkylprogrammet och spara som .xlsx eller CSV.",
        ) from error
    found = []
    for sheet in values.worksheets:
        if sheet.sheet_state == "visible":
            table = _table(path, sheet, formulas[sheet.title])
            found += [table] if table is not None else []
    return found


def _table(path: Path, sheet: Worksheet, formulas: Worksheet) -> Table | None:
    prefix = f"{sheet.title}!"
    if (sheet.max_row or 0) > LARGEST * 2 or (sheet.max_column or 0) > _WIDEST:
        raise UsageError(
            f"{path.name} {sheet.title}: {sheet.max_row} rows and {sheet.max_column} columns are too many. Divide the sheet.",
            f"{path.name} {sheet.title}: {sheet.max_row} rader och {sheet.max_column} kolumner är för många. Dela bladet.",
        )
    merged = {
        (row, column): str(one)
        for one in sheet.merged_cells.ranges
        for row in range(one.min_row, one.max_row + 1)
        for column in range(one.min_col, one.max_col + 1)
    }
    lines = []
    for row in sheet.iter_rows():
        line = []
        for cell in row:
            place = f"{prefix}{letters((cell.column or 1) - 1)}{cell.row}"
            at = int(cell.row or 0), int(cell.column or 0)
            if at in merged:
                line.append(Cell(place, "", _merged(merged[at])))
                continue
            formula = formulas.cell(*at).value
            line.append(_cell(place, cell.value, cell.number_format, formula))
        lines.append(line)
    return table_of(path, sheet.title, lines)


def _merged(extent: str) -> Text:
    return Text(
        f"the cells {extent} are merged. Unmerge them, and write the value in each row that it holds for.",
        f"cellerna {extent} är sammanfogade. Dela upp dem och skriv värdet på varje rad som det gäller.",
    )


def _cell(place: str, value: Any, shown_as: str, formula: Any) -> Cell:
    if value is None and isinstance(formula, str) and formula.startswith("="):
        return Cell(
            place,
            "",
            Text(
                f"the formula {formula} has no value in the file. Open the file in your spreadsheet and save it, or paste the value.",
                f"formeln {formula} har inget värde i filen. Öppna filen i kalkylprogrammet och spara den, eller klistra in värdet.",
            ),
        )
    if isinstance(value, str) and re.fullmatch(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)", value):
        return Cell(
            place,
            "",
            Text(
                f"the cell shows the error {value}. Mend the formula, or write the value.",
                f"cellen visar felet {value}. Rätta formeln, eller skriv värdet.",
            ),
        )
    return Cell(place, _text(value, shown_as))


def _text(value: Any, shown_as: str) -> str:
    """A value as text; a date as precise as the cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and re.fullmatch(r"0{2,}", shown_as):
        return str(value).zfill(len(shown_as))  # a code that is kept as a number
    if isinstance(value, datetime.datetime | datetime.date):
        day = value.strftime("%Y-%m-%d")
        form = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", shown_as).casefold()
        return day if "d" in form or "y" not in form else day[:7] if "m" in form else day[:4]
    return " ".join(str(value).split("\u00a0")).strip()
