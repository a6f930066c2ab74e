"""The places of one subject's triples in a large text, without reading the grammar of all of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode, RdfFormat

from coopgraph.turtle.lexer import Span
from coopgraph.turtle.locate import Located, locate

# A statement by its punctuation alone: white space and comments, the subject, and all to the dot that ends it. A dot
# inside a name or a number is none; where that can't be told from the next character the statement comes out too long.
_STATEMENT = re.compile(
    r"""(?:\s++|\#[^\r\n]*+)*+
    (?P<statement>
      (?P<subject> <[^>]*+> | [^\s<\[("'#;,]++ | [\[(] )
      (?: [^.<"'\#\\]++
        | <[^>]*+>
        | \"{3}(?:[^"\\]++|\\[\s\S]|"(?!""))*+\"{3} | '{3}(?:[^'\\]++|\\[\s\S]|'(?!''))*+'{3}
        | "(?:[^"\\]++|\\[\s\S])*+" | '(?:[^'\\]++|\\[\s\S])*+'
        | \#[^\r\n]*+
        | \\.
        | (?<![\]>)"'\s])\.(?=[^\s\#<\[("'@;,])
      )*+
      \.
    )""",
    re.VERBOSE,
)


def _lines(end: str) -> re.Pattern[str]:
    """In N-Triples and N-Quads: the lines of one subject that follow upon each other. `end` is what ends a line."""
    rest = f"[^{end}]*+"
    subject = r"(?P<subject><[^>]*+>|_:[^\s<]++)"
    return re.compile(
        rf"(?:\s++|\#{rest})*+(?P<statement>{subject}{rest}(?:[{end}]++[ \t]*+(?P=subject)(?=[ \t<]){rest})*+)"
    )


_LINES, _LINES_OF_ANY_END = _lines(r"\n"), _lines(r"\r\n")  # the first is four times as fast
_DIRECTIVE = re.compile(
    r"(?:\s++|#[^\r\n]*+)*+((?:@prefix|prefix)\s+([^\s:]*+:)\s*<([^>]*+)>(?:\s*\.)?|(?:@base|base)\s*<[^>]*+>(?:\s*\.)?)",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")


class _Piece(NamedTuple):
    """A statement: where it stands, and how many directives stand before it."""

    start: int
    end: int
    directives: int


class Statements:
    """A text of Turtle, N-Triples or N-Quads cut into statements, so that the triples of one subject can be located."""

    def __init__(self, text: str, *, format: RdfFormat, base: str | None = None) -> None:
        self._text, self._format, self._base = text, format, base
        self._directives: list[str] = []
        self._prefixes: set[tuple[str, str]] = set()
        self._by_subject: dict[str, list[_Piece]] = {}
        self._odd: list[_Piece] = []
        if format == RdfFormat.TURTLE:
            self._cut_turtle(text)
        else:
            self._cut_lines(text)

    def _cut_lines(self, text: str) -> None:
        lines = _LINES_OF_ANY_END if "\r" in text else _LINES
        for match in lines.finditer(text):
            subject = match["subject"]
            piece = _Piece(*match.span("statement"), 0)
            self._by_subject.setdefault(subject, []).append(piece)
            if "\\" in subject:
                self._odd.append(piece)

    def _cut_turtle(self, text: str) -> None:
        at = 0
        while match := _STATEMENT.match(text, at):
            subject = match["subject"]
            if subject[0] in "@pPbB" and (directive := _DIRECTIVE.match(text, at)):
                self._directives.append(directive[1])
                if directive[2]:
                    self._prefixes.add((directive[2], directive[3]))
                at = directive.end()
                continue
            start, end = match.span("statement")
            piece = _Piece(start, end, len(self._directives))
            self._by_subject.setdefault(subject, []).append(piece)
            if "\\" in subject or (subject[0] == "<" and not _ABSOLUTE.match(subject)):
                self._odd.append(piece)
            at = match.end()

    def of(self, subject: NamedNode) -> list[Located]:
        """Every triple of the subject, in the order of the text; none where its statements were not recognised.

        Raises TurtleError where the text was cut at a wrong place.
        """
        names = [f"<{subject.value}>"]
        names += [
            prefix + subject.value.removeprefix(ns)
            for prefix, ns in self._prefixes
            if subject.value.startswith(ns)
        ]
        pieces = {piece for name in names for piece in self._by_subject.get(name, ())} | set(self._odd)
        rows: list[Located] = []
        for count in sorted({piece.directives for piece in pieces}):
            some = sorted(piece for piece in pieces if piece.directives == count)
            rows += [row for row in self._located(some, count) if row.quad.subject == subject]
        return rows

    def _located(self, pieces: Sequence[_Piece], directives: int) -> list[Located]:
        """The triples of some statements that stand under the same directives, with their places in the whole text."""
        text = "\n".join(self._directives[:directives]) + "\n"
        starts, moved = [], []
        for piece in pieces:
            starts.append(len(text))
            moved.append(piece.start - len(text))
            text += self._text[piece.start : piece.end] + "\n"

        def back(span: Span) -> Span:
            by = moved[bisect_right(starts, span[0]) - 1]
            return span[0] + by, span[1] + by

        return [
            Located(row.quad, *map(back, row[1:]))
            for row in locate(text, format=self._format, base=self._base)
        ]
