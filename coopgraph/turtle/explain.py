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

from coopgraph.errors import ProjectError, TurtleError
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.turtle.grammar import Unexpected, read_grammar
from coopgraph.turtle.lexer import Lexeme, Lines, lexemes
from coopgraph.turtle.spot import Mistake, shortened
from coopgraph.turtle.wording import is_rdf12, mistake, rdf12

_CONFLICT = re.compile(r"(?m)^(?:<{7}|={7}|>{7})(?=[ \r\n]|$)")
_ESCAPED = re.compile(r"""(?:[^\\]|\\[tbnrf"'\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+""")
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html)\b", re.IGNORECASE)


def explain(text: str, error: SyntaxError, *, format: RdfFormat, path: Path | None) -> TurtleError:
    """The error to raise for a text that pyoxigraph refuses with `error`."""
    lines = Lines(text)
    return _told(_mistake(text, lines, error, format, path), lines, path)


def explain_rdf12(text: str, *, path: Path | None) -> TurtleError:
    """The error to raise for a text with terms of RDF 1.2: at the first sign of its syntax."""
    offset, sign = next(
        (start, text[start:end]) for kind, start, end in lexemes(text) if is_rdf12(kind, text[start:end])
    )
    return _told(rdf12(offset, sign), Lines(text), path)


def _told(found: Mistake, lines: Lines, path: Path | None) -> TurtleError:
    line, column = lines.place(found.offset)
    return TurtleError(found.en, found.sv, path=path, line=line, column=column)


def _mistake(text: str, lines: Lines, error: SyntaxError, format: RdfFormat, path: Path | None) -> Mistake:
    if text.startswith("\ufeff"):
        return Mistake(
            0,
            "The file starts with a byte order mark (BOM). Save it as UTF-8 without BOM.",
            "Filen börjar med en byteordningsmarkering (BOM). Spara den som UTF-8 utan BOM.",
        )
    if _WEB_PAGE.match(text):
        return Mistake(0, "This is a web page (HTML), not RDF.", "Detta är en webbsida (HTML), inte RDF.")
    found = lexemes(text)
    starts = {start for _, start, _ in found}
    if conflict := next((m for m in _CONFLICT.finditer(text) if m.start() in starts), None):
        return Mistake(
            conflict.start(),
            f"'{conflict.group()}' is left from a merge. Choose one version, remove the marks.",
            f"'{conflict.group()}' är kvar från en sammanslagning. Välj en version och ta bort markeringarna.",
        )
    start = lines.offset(error.lineno or 1, error.offset or 1)
    end = lines.offset(error.end_lineno or error.lineno or 1, error.end_offset or error.offset or 1)
    # What pyoxigraph says, without the place: "Parser error at line 3 between columns 1 and 5: …".
    message = re.sub(r"^Parser error .*?\d: ", "", error.msg)
    if format in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        return Mistake(
            start,
            f"{message}. Each line is one statement: whole IRIs, texts in \", a '.' at the end.",
            f"{message}. Varje rad är en sats: hela IRI:er, texter inom \", en '.' sist.",
        )
    ours = _grammar_mistake(text, found, format)
    # For a wrong escape in a name pyoxigraph's place is too early: it counts from the colon.
    if ours and (ours.offset <= end or "in IRIs" in message):
        return ours
    return _beyond_grammar(text, lines, found, start, message, path)


def _grammar_mistake(text: str, found: Sequence[Lexeme], format: RdfFormat) -> Mistake | None:
    try:
        read_grammar(text, found, format)
    except Unexpected as unexpected:
        return mistake(text, found, unexpected)
    return None


def _beyond_grammar(
    text: str, lines: Lines, found: Sequence[Lexeme], start: int, message: str, path: Path | None
) -> Mistake:
    """What only pyoxigraph checks: prefixes, IRIs, language tags, escapes."""
    around = (lexeme for lexeme in found if lexeme[1] <= start < lexeme[2])
    kind, begin, end = next(around, ("", start, start))
    token = shortened(text[begin:end])
    if match := re.match(r"The prefix (.*): has not been declared", message):
        return _undeclared(match[1], begin, text, lines, found, path)
    if "No scheme found in an absolute IRI" in message or "is a relative IRI" in message:
        return Mistake(
            begin,
            f"{token} is relative, and there is no base. Write the whole IRI, or declare @base.",
            f"{token} är relativ, och någon bas finns inte. Skriv hela IRI:n, eller deklarera @base.",
        )
    if kind == "iri" and message.startswith(("Invalid", "The IRI")):
        return Mistake(
            begin, f"{token} is not a valid IRI: {message}.", f"{token} är ingen giltig IRI: {message}."
        )
    if kind == "lang":
        return Mistake(
            begin,
            f"{token} is not a valid language tag: {message}. Write one such as @sv or @en-GB.",
            f"{token} är ingen giltig språkkod: {message}. Skriv till exempel @sv eller @en-GB.",
        )
    if kind == "string" and (right := _ESCAPED.match(text, begin, end)) and right.end() < end:
        bad = right.end()
        return Mistake(
            bad,
            f"'{text[bad : bad + 2]}' starts no escape here. Write '\\\\' for a backslash in a text.",
            f"'{text[bad : bad + 2]}' har ingen betydelse här. Skriv '\\\\' för ett omvänt snedstreck i en text.",
        )
    return Mistake(start, f"{message}.", f"Texten går inte att tolka här: {message}.")


def _undeclared(
    prefix: str, begin: int, text: str, lines: Lines, found: Sequence[Lexeme], path: Path | None
) -> Mistake:
    """A prefix that is declared further down, or was misspelt, or is to be declared: with its line, if it is known."""
    declared = {
        text[a : b - 1]: c
        for (_, c, d), (_, a, b) in pairwise(found)
        if text[c:d].lower() in ("@prefix", "prefix")
    }
    near = get_close_matches(prefix, declared, n=1)
    known = _known(prefix, path)
    line = f"'@prefix {prefix}: <{known or '…'}> .'"
    if prefix in declared:
        row = lines.place(declared[prefix])[0]
        return Mistake(
            begin,
            f"The prefix {prefix}: is declared only on line {row}. Move that line above this one.",
            f"Prefixet {prefix}: deklareras först på rad {row}. Flytta upp den raden hit eller högre.",
        )
    add, add_sv = f"Add {line} at the top.", f"Lägg till {line} överst."
    if near:
        add = f"Did you mean {near[0]}:?" + (f" Else add {line} at the top." if known else "")
        add_sv = f"Menade du {near[0]}:?" + (f" Lägg annars till {line} överst." if known else "")
    return Mistake(
        begin,
        f"The prefix {prefix}: is not declared. {add}",
        f"Prefixet {prefix}: är inte deklarerat. {add_sv}",
    )


def _known(prefix: str, path: Path | None) -> str | None:
    """The namespace that the dataset of the file has for a prefix."""
    if path is None:
        return None
    try:
        return namespaces(find(path)).prefixes.get(prefix)
    except ProjectError:
        return None
