"""The spot where reading a text stopped, in the words of a reader, and the mistake that is told there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coopgraph.errors import Text
from coopgraph.turtle import grammar
from coopgraph.turtle.lexer import Lexeme, Lines

_SHOWN = 60
_WANTED_SV = {
    grammar.STATEMENT: "en ny sats",
    grammar.PREDICATE: "en egenskap",
    grammar.NEXT_PREDICATE: "en egenskap eller slutet på satsen",
    grammar.MAYBE_PREDICATE: "en egenskap eller '.'",
    grammar.OBJECT: "ett värde",
    grammar.ITEM: "ett värde eller ')'",
    grammar.AFTER_OBJECT: "';', ',' eller '.'",
    grammar.PREFIX: "ett prefix som 'ex:'",
    grammar.IRI: "en IRI inom '<' och '>'",
    grammar.VERSION: "en version inom citattecken",
    grammar.GRAPH_NAME: "namnet på en graf",
    grammar.DATATYPE: "en datatyp",
}
"""Swedish for what the grammar asks for; what is missing here is punctuation, the same in both languages."""


class Mistake(NamedTuple):
    """The offset to mend, and what is wrong there, in English and in Swedish."""

    offset: int
    en: str
    sv: str


@dataclass(frozen=True)
class Spot:
    """Where reading stopped: the lexeme found (of kind "end" after the last) and the one before it."""

    text: str
    lexemes: Sequence[Lexeme]
    index: int
    wanted: str
    brackets: Sequence[int]

    @property
    def found(self) -> Lexeme:
        return self.lexeme(self.index)

    @property
    def before(self) -> Lexeme:
        return self.lexeme(self.index - 1)

    def lexeme(self, index: int) -> Lexeme:
        if 0 <= index < len(self.lexemes):
            return self.lexemes[index]
        offset = len(self.text) if index > 0 else 0
        return "end", offset, offset

    def words(self, lexeme: Lexeme) -> Text:
        """The lexeme as the reader knows it."""
        kind, start, end = lexeme
        if kind == "end":
            return Text("the end of the file", "filens slut")
        text = shortened(self.text[start:end])
        return Text(text, text) if kind == "string" else Text(f"'{text}'", f"'{text}'")

    def asked(self) -> Text:
        """What the grammar asks for here."""
        return Text(self.wanted, _WANTED_SV.get(self.wanted, self.wanted))

    def mark(self, index: int) -> str:
        """The punctuation at an index, "" where something else stands."""
        kind, start, end = self.lexeme(index)
        return self.text[start:end] if kind == "mark" else ""

    def line(self, offset: int) -> str:
        """The rest of the line from an offset on."""
        return re.split(r"[\r\n]", self.text[offset:], maxsplit=1)[0]

    def bracket(self) -> Text:
        """The innermost open bracket and its place."""
        line, column = Lines(self.text).place(self.brackets[-1])
        mark = self.text[self.brackets[-1]]
        return Text(f"'{mark}' of line {line}, column {column}", f"'{mark}' på rad {line}, kolumn {column}")


def shortened(text: str) -> str:
    """The start of a long text, for a message of one line."""
    line = re.split(r"[\r\n]", text, maxsplit=1)[0][:_SHOWN]
    return line if line == text else line + "…"
