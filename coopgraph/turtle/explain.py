"""What is wrong in a text that pyoxigraph refuses: the place to mend and plain words about it.

pyoxigraph is the judge of whether a text is right. Its place is where it stopped, which is often past the
mistake (an unclosed text is noticed at the end of the file), so the grammar is read again to say it better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from pyoxigraph import RdfFormat

from coopgraph.errors import TurtleError
from coopgraph.turtle.grammar import Unexpected, read_grammar
from coopgraph.turtle.lexer import Lexeme, Lines, lexemes
from coopgraph.turtle.wording import Mistake, mistake

_CONFLICT = re.compile(r"(?m)^(?:<{7}|={7}|>{7})(?=[ \r\n]|$)")
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html)\b", re.IGNORECASE)


def explain(text: str, error: SyntaxError | None, *, format: RdfFormat, path: Path | None) -> TurtleError:
    """The error to raise for a text: for pyoxigraph's, or (`None`) for what is refused only here."""
    lines = Lines(text)
    offset, message = _mistake(text, lines, error, format)
    line, column = lines.place(offset)
    return TurtleError(message, path=path, line=line, column=column)


def _mistake(text: str, lines: Lines, error: SyntaxError | None, format: RdfFormat) -> Mistake:
    if text.startswith("\ufeff"):
        return 0, "The file starts with a byte order mark (BOM). Save it as UTF-8 without BOM."
    if _WEB_PAGE.match(text):
        return 0, "This is a web page (HTML), not RDF."
    found = lexemes(text)
    starts = {start for _, start, _ in found}
    if conflict := next((m for m in _CONFLICT.finditer(text) if m.start() in starts), None):
        return (
            conflict.start(),
            f"'{conflict.group()}' is left from a merge. Choose one version, remove the marks.",
        )
    ours = _grammar_mistake(text, found, format)
    if error is None:
        return ours or (0, "The places of the triples can't be told.")
    start = lines.offset(error.lineno or 1, error.offset or 1)
    end = lines.offset(error.end_lineno or error.lineno or 1, error.end_offset or error.offset or 1)
    if ours and ours[0] <= end:
        return ours
    return start, _translated(text, start, error.msg, found)


def _grammar_mistake(text: str, found: Sequence[Lexeme], format: RdfFormat) -> Mistake | None:
    try:
        read_grammar(text, found, format)
    except Unexpected as unexpected:
        return mistake(text, found, unexpected)
    return None


def _translated(text: str, start: int, message: str, found: Sequence[Lexeme]) -> str:
    """pyoxigraph's message without its place, in plain words where its own are not."""
    message = re.sub(r"^Parser error .*?\d: ", "", message)
    token = next((text[a:b] for _, a, b in found if a <= start < b), "")
    if match := re.match(r"The prefix (.*): has not been declared", message):
        declared = [
            text[a : b - 1]
            for (_, c, d), (_, a, b) in pairwise(found)
            if text[c:d].lower() in ("@prefix", "prefix")
        ]
        near = get_close_matches(match[1], declared, n=1)
        hint = (
            f"Did you mean {near[0]}:?"
            if near
            else f"Add '@prefix {match[1]}: <…> .' at the top of the file."
        )
        return f"The prefix {match[1]}: is not declared. {hint}"
    if "No scheme found in an absolute IRI" in message or "is a relative IRI" in message:
        return f"{token} is a relative IRI, and the file has no base. Write the whole IRI, or declare @base."
    if token.startswith("<"):
        return f"{token} is not a valid IRI: {message}."
    if token.startswith("@"):
        return f"{token} is not a valid language tag: {message}. Write one such as @sv or @en-GB."
    if match := re.match(r"Unexpected escape character '(.*)'", message):
        return f"'{match[1]}' is no escape. Write '\\\\' for a backslash in a text."
    return f"{message}."
