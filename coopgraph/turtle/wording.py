"""A mistake against the grammar in plain words, at the place to mend rather than where reading stopped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from coopgraph.turtle import grammar
from coopgraph.turtle.grammar import Unexpected
from coopgraph.turtle.lexer import Lexeme, Lines

Mistake = tuple[int, str]
"""The offset to mend, and what is wrong there."""

RDF12 = "'{}' is RDF 1.2, which is not supported. Write RDF 1.1."
_TERMS = ("iri", "name", "blank", "string", "number", "keyword")
_PREDICATES = (grammar.PREDICATE, grammar.NEXT_PREDICATE, grammar.MAYBE_PREDICATE)
_SHOWN = 60
_GRAPH = "A graph ('{ … }') can't stand here. Graphs belong in a .trig file, one after the other."


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

    def words(self, lexeme: Lexeme) -> str:
        """The lexeme as the reader knows it."""
        kind, start, end = lexeme
        if kind == "end":
            return "the end of the file"
        text = shortened(self.text[start:end])
        return text if kind == "string" else f"'{text}'"

    def mark(self, index: int) -> str:
        """The punctuation at an index, "" where something else stands."""
        kind, start, end = self.lexeme(index)
        return self.text[start:end] if kind == "mark" else ""

    def line(self, offset: int) -> str:
        """The rest of the line from an offset on."""
        return re.split(r"[\r\n]", self.text[offset:], maxsplit=1)[0]

    def bracket(self) -> str:
        """The innermost open bracket and its place."""
        line, column = Lines(self.text).place(self.brackets[-1])
        return f"'{self.text[self.brackets[-1]]}' of line {line}, column {column}"


def shortened(text: str) -> str:
    """The start of a long text, for a message of one line."""
    line = re.split(r"[\r\n]", text, maxsplit=1)[0][:_SHOWN]
    return line if line == text else line + "…"


def mistake(text: str, lexemes: Sequence[Lexeme], unexpected: Unexpected) -> Mistake:
    """Where to mend a text, and what is wrong there."""
    spot = Spot(text, lexemes, unexpected.index, unexpected.wanted, unexpected.brackets)
    kind, start, end = spot.found
    if is_rdf12(kind, text[start:end]):
        return start, RDF12.format(text[start:end])
    if kind == "stray":
        return _stray(spot)
    if spot.wanted is grammar.AFTER_OBJECT:
        return _after_object(spot)
    if kind == "keyword" and spot.wanted in (*_PREDICATES, grammar.OBJECT, grammar.ITEM, grammar.STATEMENT):
        return _bare_word(spot)
    if spot.wanted in (grammar.OBJECT, grammar.ITEM):
        return _no_object(spot)
    if spot.wanted in _PREDICATES:
        return _no_predicate(spot)
    if spot.wanted is grammar.STATEMENT:
        return _no_statement(spot)
    if spot.wanted is grammar.DOT:
        return spot.before[2], "The '.' that ends an @prefix or @base line is missing."
    return start, f"Expected {spot.wanted}, found {spot.words(spot.found)}."


def is_rdf12(kind: str, text: str) -> bool:
    """Whether a lexeme belongs to RDF 1.2 only: triple terms, reifiers, base directions."""
    return kind == "rdf12" or (kind == "lang" and "--" in text)


def _bare_word(spot: Spot) -> Mistake:
    _, start, end = spot.found
    word = shortened(spot.text[start:end])
    if word == "a" and (dot := _dot_for_semicolon(spot, spot.index)):
        return dot
    if word == "a" and spot.mark(spot.index - 1) == ",":
        return spot.before[1], "After ',' comes one more value. Write ';' before a new property."
    if word.lower() in ("true", "false"):
        return start, f"Write '{word.lower()}' in small letters."
    if word.lower() in ("graph", "prefix", "base"):
        return start, f"'{word}' can't stand here: expected {spot.wanted}."
    return start, (
        f"'{word}' is neither a name nor a text: a name has a prefix (ex:{word}), a text quotation marks."
    )


def _no_object(spot: Spot) -> Mistake:
    start = spot.found[1]
    if spot.wanted is grammar.OBJECT and (dot := _dot_for_semicolon(spot, spot.index - 2)):
        return dot
    if spot.mark(spot.index - 1) == ",":
        place = start if spot.mark(spot.index) == "," else spot.before[1]
        return place, f"A ',' too many: after it comes one more value, found {spot.words(spot.found)}."
    if spot.wanted is grammar.ITEM:
        if spot.mark(spot.index) == ",":
            return start, "The values of a list stand side by side, without ','."
        return start, f"The {spot.bracket()} is not closed: ')' is missing before {spot.words(spot.found)}."
    return start, f"A value of {spot.words(spot.before)} is missing before {spot.words(spot.found)}."


def _no_predicate(spot: Spot) -> Mistake:
    kind, start, _ = spot.found
    found, mark = spot.words(spot.found), spot.mark(spot.index)
    if spot.mark(spot.index - 1) == ";" and (kind in _TERMS or mark in ("[", "(")):
        return spot.before[1], (
            f"After ';' comes a new property, and {found} can't be one. Write ',' before one more value."
        )
    if spot.wanted is grammar.PREDICATE and (dot := _dot_for_semicolon(spot, spot.index - 1)):
        return dot
    if mark == "{":
        return start, _GRAPH
    if mark and mark in ".;,)}]" and spot.wanted is not grammar.PREDICATE and spot.brackets:
        return start, f"The {spot.bracket()} is not closed: ']' is missing before {found}."
    if kind == "end" or (mark and mark in ".;,)}]"):
        return start, f"After {spot.words(spot.before)} comes a property with its value, found {found}."
    return start, f"A property must be an IRI or a name with a prefix, found {found}."


def _no_statement(spot: Spot) -> Mistake:
    kind, start, _ = spot.found
    found, mark = spot.words(spot.found), spot.mark(spot.index)
    if kind == "lang":
        return (
            start,
            f"{found} can't stand here. Write '@prefix' or '@base', in small letters and outside graphs.",
        )
    directive = [spot.text[a:b].lower() for _, a, b in spot.lexemes[max(spot.index - 3, 0) : spot.index]]
    if mark == "." and ("prefix" in directive[:1] or "base" in directive[-2:-1]):
        return start, "PREFIX and BASE take no '.' at their end; @prefix and @base do."
    if mark == "{":
        return start, _GRAPH
    if mark and mark in ")]}":
        return start, f"{found} closes nothing that is open."
    if mark:
        return start, f"{found} can't start a statement: the one before it has ended."
    hint = " Is the '.' before it meant as ','?" if spot.mark(spot.index - 1) == "." else ""
    return start, f"{found} can't be the subject of a statement.{hint}"


def _dot_for_semicolon(spot: Spot, first: int) -> Mistake | None:
    """Words for a '.' that ends a statement too early, told by the indent of the next line's first lexeme."""
    _, dot, end = spot.lexeme(first - 1)
    start = spot.lexeme(first)[1]
    if spot.mark(first - 1) != "." or not re.search(r"[\r\n][ \t]+$", spot.text[end:start]):
        return None
    return dot, f"This '.' ends the statement, but {spot.words(spot.lexeme(first))} goes on. Write ';'."


def _after_object(spot: Spot) -> Mistake:
    kind, start, end = spot.found
    before, _, gap = spot.before
    found, mark = spot.words(spot.found), spot.mark(spot.index)
    same_line = start < gap + len(spot.line(gap)) or start == gap
    if mark == "{":
        return start, _GRAPH
    if before == "string" and same_line and kind in _TERMS and (kind == "keyword" or start == gap):
        quote = spot.text[gap - 1]
        if quote in spot.line(start):
            return gap - 1, f"This {quote} ends the text. Write \\{quote} for a quotation mark inside a text."
        return start, f"Expected {spot.wanted} after the text, found {found}. A language tag is written @sv."
    if before == kind == "number" and start == gap:
        return spot.before[1], 'This is not a number. A date is written "2020-01-31"^^xsd:date.'
    if kind == "keyword" and spot.text[start:end] not in ("a", "true", "false"):
        return _bare_word(spot)
    if kind in _TERMS or (mark and mark in "[("):
        return _missing_separator(spot)
    if spot.brackets and mark != "^^":
        return start, f"The {spot.bracket()} is not closed: ']' is missing before {found}."
    if mark and mark in ")]}":
        return start, f"{found} closes nothing that is open."
    if kind == "end":
        return gap, f"The '.' that ends the statement is missing after {spot.words(spot.before)}."
    return start, f"Expected {spot.wanted} after {spot.words(spot.before)}, found {found}."


def _missing_separator(spot: Spot) -> Mistake:
    """Tells '.', ';' and ',' apart by how many terms come before the next punctuation."""
    terms = 0
    while spot.lexeme(spot.index + terms)[0] in _TERMS:
        terms += 1
    if spot.mark(spot.index + terms) in ("[", "("):
        terms += 1
    _, _, gap = spot.before
    after = f"after {spot.words(spot.before)}, before {spot.words(spot.found)}"
    _, comma, end = spot.lexeme(spot.index - 2)
    if terms == 1 and spot.mark(spot.index - 2) == "," and re.search(r"[\r\n]", spot.text[end:gap]):
        return comma, (
            f"After ',' comes one more value, but {spot.words(spot.before)} has a value of its own. "
            "Write ';' before a new property."
        )
    separator = {1: "','", 2: "';'"}.get(terms, "';'" if spot.brackets else "'.'")
    return gap, f"A {separator} is missing {after}."


def _stray(spot: Spot) -> Mistake:
    start = spot.found[1]
    char = spot.text[start]
    before, before_start, before_end = spot.before
    joined_to = before if before_end == start else ""
    if char == "<":
        return _iri(start, spot.line(start))
    if joined_to == "lang":
        return before_start, "A language tag has letters, digits and hyphens, such as @sv or @en-GB."
    if joined_to == "name" and spot.text.startswith(("http://", "https://"), before_start):
        return before_start, "An IRI stands in '<' and '>'."
    if joined_to == "name" and char in "/?#&$!*+='~":
        return start, f"Write '\\{char}' for '{char}' in a name, or the whole IRI in '<' and '>'."
    if joined_to == "name" and char == "\\":
        return start, "In a name '\\' may stand only before one of _~.-!$&'()*+,;=/?#@%."
    if joined_to == "name" and char == "%":
        return start, "After '%' in a name come two hexadecimal digits, such as %20."
    if spot.text.startswith(('"""', "'''"), start):
        return start, f"The text that starts here is never closed with {char * 3}."
    if char in "\"'":
        return start, (
            f"The text that starts here is not closed on its line. Add {char}, "
            f"or write {char * 3} around a text of several lines."
        )
    if char == "@":
        return (
            start,
            "After '@' comes a language tag such as @sv, or 'prefix' or 'base' on a line of its own.",
        )
    if char == "^":
        return start, "Write '^^' between a text and its datatype."
    if char in "“”„‟‘’‚«»":
        return start, f'{char} is a typographic quotation mark. Write texts in straight ones: "…".'
    name = unicodedata.name(char, "a control character").lower()
    if not char.isprintable():
        return start, f"A character that can't be seen stands here: {name} (U+{ord(char):04X}). Remove it."
    return start, f"'{char}' ({name}) can't stand here: expected {spot.wanted}."


def _iri(start: int, line: str) -> Mistake:
    """What is wrong with a '<' that starts no IRI."""
    right = re.match(r"<(?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+", line)
    length = right.end() if right else 1
    if ">" not in line[length:] or re.match(r"\s*[.;,<]", line[length:]):
        return start, "The IRI that starts here is not closed: '>' is missing."
    char = line[length]
    shown = "a space" if char == " " else f"'{char}'"
    return start + length, f"An IRI can't hold {shown}. Write %{ord(char):02X} for it."
