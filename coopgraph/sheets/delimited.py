"""Separated text (csv), of any separator and encoding."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from coopgraph.errors import UsageError
from coopgraph.sheets.table import Cell, Table, letters, table_of

_SEPARATORS = ";,\t|"
# what spreadsheets write where it is not UTF-8: a list in Swedish is known by its letters, others by what is likely
_NORDIC = ("cp1252", "mac_roman", "cp850")
_OTHERS = ["cp1252", "cp1250", "cp1257", "cp1251", "cp1254", "cp865"]


def read(path: Path) -> Table:
    """The sheet in a file of separated text."""
    text = _decoded(path).lstrip("\ufeff")
    lines = text.splitlines(keepends=True)
    told = lines[0].strip().lower() if lines else ""
    first = 1
    if told.startswith("sep=") and len(told) == 5:  # as Excel writes it
        separator, lines, first = told[4], lines[1:], 2
    else:
        separator = _separator(lines)
    try:
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise UsageError(
            f"{path} can't be read as separated text: {error}. Look for a quotation mark that is not closed.",
            f"{path} går inte att läsa som avgränsad text: {error}. Leta efter ett citattecken som inte stängs.",
        ) from error
    cells = [
        [Cell(f"{letters(column)}{number}", value.strip()) for column, value in enumerate(row)]
        for number, row in enumerate(rows, first)
    ]
    table = table_of(path, "", cells, first=first)
    return table or Table(path, "", {}, ())


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            break
    for encoding in _NORDIC:
        text = data.decode(encoding, errors="replace")
        foreign = [one for one in text if not one.isascii()]
        if "\ufffd" not in foreign and sum(one in "åäöÅÄÖ" for one in foreign) > len(foreign) / 2:
            return text
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_OTHERS).best()
    if best is None or b"\0" in data:
        raise UsageError(
            f"{path} can't be read as text. Save it as CSV in UTF-8, or as .xlsx.",
            f"{path} går inte att läsa som text. Spara som CSV i UTF-8, eller som .xlsx.",
        )
    return str(best)


def _separator(lines: list[str]) -> str:
    """The separator with which most lines have as many columns as the first, the more columns the better."""
    head = [line for line in lines if line.strip()][:50]
    best, found = (0, 0), ","
    for separator in _SEPARATORS:
        widths = [len(row) for row in csv.reader(head, delimiter=separator) if row]
        if widths and widths[0] > 1:
            score = Counter(widths)[widths[0]], widths[0]
            if score > best:
                best, found = score, separator
    return found
