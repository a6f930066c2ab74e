"""EDTF dates and the first and last day that each can mean.

EDTF: Library of Congress, https://www.loc.gov/standards/datetime/ (ISO 8601-2:2019), levels 0 and 1.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import lru_cache

EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"


@dataclass(frozen=True)
class Bounds:
    """The first and the last day that a date can mean; None where it is open or unknown."""

    earliest: datetime.date | None
    latest: datetime.date | None


@lru_cache(maxsize=4096)
def bounds(text: str) -> Bounds:
    """Bounds of an EDTF date. Raises ValueError when the text is not a possible EDTF date.

    >>> bounds("194X")
    Bounds(earliest=datetime.date(1940, 1, 1), latest=datetime.date(1949, 12, 31))
    >>> bounds("2005/..")
    Bounds(earliest=datetime.date(2005, 1, 1), latest=None)
    """
    if plain := _PLAIN.fullmatch(text):
        try:
            return _plain(*(int(part) if part else None for part in plain.groups()))
        except ValueError as error:
            raise ValueError(f"'{text}' is not an EDTF date") from error
    if decade := _DECADE.fullmatch(text):
        first = int(decade[1]) * 10
        return Bounds(datetime.date(first, 1, 1), datetime.date(first + 9, 12, 31))
    if opened := _OPEN.fullmatch(text):
        known = bounds(opened[1] or opened[2])
        return Bounds(known.earliest, None) if opened[1] else Bounds(None, known.latest)
    # undate takes half a second to import, and most dates are plain
    from lark.exceptions import LarkError
    from undate import Undate, UndateInterval

    if text != text.strip() or not text.isascii():
        raise ValueError(f"'{text}' is not an EDTF date")
    try:
        parsed = Undate.parse(text, "EDTF")
    except (ValueError, LarkError) as error:
        raise ValueError(f"'{text}' is not an EDTF date") from error
    if isinstance(parsed, UndateInterval):
        first, last = parsed.earliest, parsed.latest
        return Bounds(
            None if first is None else _day(first.earliest), None if last is None else _day(last.latest)
        )
    return Bounds(_day(parsed.earliest), _day(parsed.latest))


_PLAIN_TEXT = r"[1-9]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?"
_PLAIN = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?", re.ASCII)
_DECADE = re.compile(r"([1-9]\d\d)X", re.ASCII)
_OPEN = re.compile(rf"({_PLAIN_TEXT})/\.\.|\.\./({_PLAIN_TEXT})", re.ASCII)
"""A year, a month or a day of the calendar, a decade, and what is open to one side; every other form is undate's."""


def _plain(year: int | None, month: int | None, day: int | None) -> Bounds:
    assert year is not None
    if year == 0:
        return Bounds(None, None)
    first = datetime.date(year, month or 1, day or 1)
    last = datetime.date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    return Bounds(first, last)


def _day(value: object) -> datetime.date | None:
    """A day of undate's as a day of Python's; None for a year that no calendar here reaches."""
    year = int(getattr(value, "year"))  # noqa: B009 - undate's Date is untyped
    if not 1 <= year <= 9999:
        return None
    return datetime.date(year, int(getattr(value, "month")), int(getattr(value, "day")))  # noqa: B009


_MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def phrase(text: str, language: str) -> str:
    """An EDTF date in words, as precise as it is and no more.

    >>> phrase("194X", "sv"), phrase("2008-09", "en"), phrase("../2021-12-31", "en")
    ('1940-talet', 'September 2008', '2021-12-31 or earlier')
    """
    swedish = language == "sv"
    if "/" in text:
        first, _, last = text.partition("/")
        if last in ("..", ""):
            return f"{phrase(first, language)} {'eller senare' if swedish else 'or later'}"
        if first in ("..", ""):
            return f"{phrase(last, language)} {'eller tidigare' if swedish else 'or earlier'}"
        return f"{phrase(first, language)}–{phrase(last, language)}"
    if text.endswith(("?", "~", "%")):
        doubt = {
            "?": ("osäkert", "uncertain"),
            "~": ("omkring", "about"),
            "%": ("osäkert, omkring", "uncertain, about"),
        }
        return f"{phrase(text[:-1], language)} ({doubt[text[-1]][0 if swedish else 1]})"
    if len(text) == 4 and text.endswith("X") and text[:3].isdigit():
        return f"{text[:3]}0-talet" if swedish else f"the {text[:3]}0s"
    year, _, month = text.partition("-")
    if len(month) == 2 and month.isdigit() and 1 <= int(month) <= 12:
        return f"{_MONTHS['sv' if swedish else 'en'][int(month) - 1]} {year}"
    return text
