"""Turtle, TriG, N-Triples and N-Quads as tokens: nothing is lost, so an edit can be spliced into the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

Span = tuple[int, int]
"""Where something stands in a text: the offsets of its first character and of the one after its last."""

Lexeme = tuple[str, int, int]
"""Kind, start and end of a token that carries meaning: a `Token` without its text, for speed."""


class Token(NamedTuple):
    """One piece of a text. `kind` is a group name of `TOKEN`; `start` counts characters from 0."""

    kind: str
    text: str
    start: int


# The terminals of https://www.w3.org/TR/turtle/#sec-grammar-grammar. Possessive repeats (`*+`) keep
# the time linear in the text, whatever the text is. Each of the large sets of characters takes a while to compile: few are best.
_BASE = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_CHARS = _BASE + r"_0-9\-\u00B7\u0300-\u036F\u203F\u2040"
_WORD = rf"(?:\.*+[{_CHARS}]++)*+"  # a dot stands within, never last
_ESCAPE = r"(?:%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_LOCAL = rf"(?:[{_BASE}_0-9:]|{_ESCAPE})(?:\.*+(?:[{_CHARS}:]++|{_ESCAPE}))*+"
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_EXPONENT = r"[eE][+-]?[0-9]+"


def _short(quote: str) -> str:
    return rf"{quote}(?!{quote}{quote})[^{quote}\\\r\n]*+(?:\\[^\r\n][^{quote}\\\r\n]*+)*+"


def _long(quote: str) -> str:
    return rf"{quote * 3}[^{quote}\\]*+(?:(?:\\[\s\S]|{quote}(?!{quote}{quote}))[^{quote}\\]*+)*+"


TOKEN = re.compile(
    "|".join(
        f"(?P<{kind}>{pattern})"
        for kind, pattern in {
            "name": rf"(?:[{_BASE}]{_WORD})?:(?:{_LOCAL})?",
            "space": r"[ \t\r\n]++",
            "iri": rf"""<[^\x00-\x20<>"{{}}|^`\\]*+(?:(?:{_UCHAR})[^\x00-\x20<>"{{}}|^`\\]*+)*+>""",
            "string": "|".join(f"{_long(quote)}{quote * 3}|{_short(quote)}{quote}" for quote in ('"', "'")),
            "number": rf"[+-]?(?:[0-9]+(?:\.[0-9]*)?{_EXPONENT}|\.[0-9]+{_EXPONENT}|[0-9]*\.[0-9]+|[0-9]+)",
            "rdf12": r"<<\(?|\)?>>|\{\||\|\}|~",
            "mark": r"[.;,\[\](){}]|\^\^",
            "lang": r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?",
            "comment": r"#[^\r\n]*+",
            "blank": rf"_:[{_BASE}_0-9]{_WORD}",
            "keyword": rf"[{_BASE}]{_WORD}",
            # What no grammar has: a string that is never closed, else one character.
            "stray": rf"""{_long('"')}|{_long("'")}|{_short('"')}|{_short("'")}|[\s\S]""",
        }.items()
    )
)


def tokens(text: str) -> Iterator[Token]:
    """Every token of a text in order, white space and comments too: joined they are the text again.

    Holds for any text. What doesn't belong to the syntax comes as tokens of kind `stray`.
    """
    for match in TOKEN.finditer(text):
        yield Token(match.lastgroup or "", match.group(), match.start())


def lexemes(text: str) -> list[Lexeme]:
    """The tokens of a text that carry meaning: no white space, no comments."""
    return [
        (kind, match.start(), match.end())
        for match in TOKEN.finditer(text)
        if (kind := match.lastgroup or "") != "space" and kind != "comment"
    ]


class Lines:
    """Turns offsets of one text into lines and columns. A line ends with LF, CR LF or CR."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = "\r" not in text
        chunks = range(0, len(text) if self._plain else 0, _CHUNK)
        counts = (text.count("\n", at, at + _CHUNK) for at in chunks)
        self._before = list(accumulate(counts, initial=0))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1; the column counts characters, a tab as one."""
        if self._plain:
            chunk = min(offset, len(self._text)) // _CHUNK
            line = self._before[chunk] + self._text.count("\n", chunk * _CHUNK, offset) + 1
            return line, offset - self._text.rfind("\n", 0, offset)
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; what lies outside the text is moved to its nearest end."""
        if not 1 <= line <= len(self._starts):
            return 0 if line < 1 else len(self._text)
        return min(self._starts[line - 1] + max(column, 1) - 1, len(self._text))

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\r\n?|\n", self._text))]


_CHUNK = 2**16
"""Line ends are counted in stretches of so many characters: a text of a million lines is asked about a few."""
