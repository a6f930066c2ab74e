"""A mistake against the grammar in plain words, at the place to mend rather than where reading stopped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopgraph.turtle import grammar
from coopgraph.turtle.grammar import Unexpected
from coopgraph.turtle.lexer import Lexeme
from coopgraph.turtle.spot import Mistake, Spot, shortened
from coopgraph.turtle.stray import stray

_TERMS = ("iri", "name", "blank", "string", "number", "keyword")
_PREDICATES = (grammar.PREDICATE, grammar.NEXT_PREDICATE, grammar.MAYBE_PREDICATE)


def mistake(text: str, lexemes: Sequence[Lexeme], unexpected: Unexpected) -> Mistake:
    """Where to mend a text, and what is wrong there."""
    spot = Spot(text, lexemes, unexpected.index, unexpected.wanted, unexpected.brackets)
    kind, start, end = spot.found
    if is_rdf12(kind, text[start:end]):
        return rdf12(start, text[start:end])
    if kind == "stray":
        return stray(spot)
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
        return Mistake(
            spot.before[2],
            "The '.' that ends an @prefix or @base line is missing.",
            "Punkten ('.') som avslutar en rad med @prefix eller @base saknas.",
        )
    wanted, found = spot.asked(), spot.words(spot.found)
    return Mistake(
        start,
        f"Expected {wanted.en}, found {found.en}.",
        f"Här väntas {wanted.sv}, men här kommer {found.sv}.",
    )


def is_rdf12(kind: str, text: str) -> bool:
    """Whether a lexeme belongs to RDF 1.2 only: triple terms, reifiers, base directions."""
    return kind == "rdf12" or (kind == "lang" and "--" in text)


def rdf12(offset: int, sign: str) -> Mistake:
    """What is wrong with a sign of RDF 1.2."""
    return Mistake(
        offset,
        f"'{sign}' is RDF 1.2, which is not supported. Write RDF 1.1.",
        f"'{sign}' är RDF 1.2, som inte stöds. Skriv RDF 1.1.",
    )


def _graph(offset: int) -> Mistake:
    return Mistake(
        offset,
        "A graph ('{ … }') can't stand here. Graphs belong in a .trig file, one after the other.",
        "En graf ('{ … }') kan inte stå här. Grafer hör hemma i en .trig-fil, en efter en.",
    )


def _closes_nothing(offset: int, found: str) -> Mistake:
    return Mistake(offset, f"{found} closes nothing that is open.", f"{found} avslutar inget som är öppnat.")


def _not_closed(spot: Spot, closing: str) -> Mistake:
    bracket, found = spot.bracket(), spot.words(spot.found)
    return Mistake(
        spot.found[1],
        f"The {bracket.en} is not closed: '{closing}' is missing before {found.en}.",
        f"{bracket.sv} är inte avslutad: '{closing}' saknas före {found.sv}.",
    )


def _bare_word(spot: Spot) -> Mistake:
    _, start, end = spot.found
    word = shortened(spot.text[start:end])
    if word == "a" and (dot := _dot_for_semicolon(spot, spot.index)):
        return dot
    if word == "a" and spot.mark(spot.index - 1) == ",":
        return Mistake(
            spot.before[1],
            "After ',' comes one more value. Write ';' before a new property.",
            "Efter ',' ska det stå ett värde till. Skriv ';' före en ny egenskap.",
        )
    if word.lower() in ("true", "false"):
        return Mistake(
            start,
            f"Write '{word.lower()}' in small letters.",
            f"Skriv '{word.lower()}' med små bokstäver.",
        )
    if word.lower() in ("graph", "prefix", "base"):
        wanted = spot.asked()
        return Mistake(
            start,
            f"'{word}' can't stand here: expected {wanted.en}.",
            f"'{word}' kan inte stå här. Här väntas {wanted.sv}.",
        )
    return Mistake(
        start,
        f"'{word}' is neither a name nor a text: a name has a prefix (ex:{word}), a text quotation marks.",
        f"'{word}' är varken ett namn eller en text: ett namn har prefix (ex:{word}), en text citattecken.",
    )


def _no_object(spot: Spot) -> Mistake:
    start, found = spot.found[1], spot.words(spot.found)
    if spot.wanted is grammar.OBJECT and (dot := _dot_for_semicolon(spot, spot.index - 2)):
        return dot
    if spot.mark(spot.index - 1) == ",":
        return Mistake(
            start if spot.mark(spot.index) == "," else spot.before[1],
            f"A ',' too many: after it comes one more value, found {found.en}.",
            f"Ett ',' för mycket: efter det ska det stå ett värde till, men här kommer {found.sv}.",
        )
    if spot.wanted is grammar.ITEM:
        if spot.mark(spot.index) == ",":
            return Mistake(
                start,
                "The values of a list stand side by side, without ','.",
                "Värdena i en lista ska stå intill varandra, utan ','.",
            )
        return _not_closed(spot, ")")
    before = spot.words(spot.before)
    return Mistake(
        start,
        f"A value of {before.en} is missing before {found.en}.",
        f"Ett värde för {before.sv} saknas före {found.sv}.",
    )


def _no_predicate(spot: Spot) -> Mistake:
    kind, start, _ = spot.found
    found, mark = spot.words(spot.found), spot.mark(spot.index)
    if spot.mark(spot.index - 1) == ";" and (kind in _TERMS or mark in ("[", "(")):
        return Mistake(
            spot.before[1],
            f"After ';' comes a new property, and {found.en} can't be one. Write ',' before one more value.",
            f"Efter ';' ska det stå en ny egenskap, och {found.sv} kan inte vara det. Skriv ',' före ett värde till.",
        )
    if spot.wanted is grammar.PREDICATE and (dot := _dot_for_semicolon(spot, spot.index - 1)):
        return dot
    if mark == "{":
        return _graph(start)
    if mark and mark in ".;,)}]" and spot.wanted is not grammar.PREDICATE and spot.brackets:
        return _not_closed(spot, "]")
    if kind == "end" or (mark and mark in ".;,)}]"):
        before = spot.words(spot.before)
        return Mistake(
            start,
            f"After {before.en} comes a property with its value, found {found.en}.",
            f"Efter {before.sv} ska det stå en egenskap med sitt värde, men här kommer {found.sv}.",
        )
    return Mistake(
        start,
        f"A property must be an IRI or a name with a prefix, found {found.en}.",
        f"En egenskap ska vara en IRI eller ett namn med prefix, men här kommer {found.sv}.",
    )


def _no_statement(spot: Spot) -> Mistake:
    kind, start, _ = spot.found
    found, mark = spot.words(spot.found), spot.mark(spot.index)
    if kind == "lang":
        return Mistake(
            start,
            f"{found.en} can't stand here. Write '@prefix' or '@base', in small letters and outside graphs.",
            f"{found.sv} kan inte stå här. Skriv '@prefix' eller '@base', med små bokstäver och utanför grafer.",
        )
    directive = [spot.text[a:b].lower() for _, a, b in spot.lexemes[max(spot.index - 3, 0) : spot.index]]
    if mark == "." and ("prefix" in directive[:1] or "base" in directive[-2:-1]):
        return Mistake(
            start,
            "PREFIX and BASE take no '.' at their end; @prefix and @base do.",
            "PREFIX och BASE avslutas utan '.'; @prefix och @base avslutas med '.'.",
        )
    if mark == "{":
        return _graph(start)
    if mark and mark in ")]}":
        return _closes_nothing(start, found.en)
    if mark:
        return Mistake(
            start,
            f"{found.en} can't start a statement: the one before it has ended.",
            f"{found.sv} kan inte inleda en sats: den föregående är avslutad.",
        )
    hint = hint_sv = ""
    if spot.mark(spot.index - 1) == ".":
        hint, hint_sv = " Is the '.' before it meant as ','?", " Ska punkten före vara ','?"
    return Mistake(
        start,
        f"{found.en} can't be the subject of a statement.{hint}",
        f"{found.sv} kan inte vara subjekt i en sats.{hint_sv}",
    )


def _dot_for_semicolon(spot: Spot, first: int) -> Mistake | None:
    """Words for a '.' that ends a statement too early, told by the indent of the next line's first lexeme."""
    _, dot, end = spot.lexeme(first - 1)
    start = spot.lexeme(first)[1]
    if spot.mark(first - 1) != "." or not re.search(r"[\r\n][ \t]+$", spot.text[end:start]):
        return None
    following = spot.words(spot.lexeme(first))
    return Mistake(
        dot,
        f"This '.' ends the statement, but {following.en} goes on. Write ';'.",
        f"Här avslutar '.' satsen, men den fortsätter med {following.sv}. Skriv ';'.",
    )


def _after_object(spot: Spot) -> Mistake:
    kind, start, end = spot.found
    before, _, gap = spot.before
    found, mark, wanted = spot.words(spot.found), spot.mark(spot.index), spot.asked()
    same_line = start < gap + len(spot.line(gap)) or start == gap
    if mark == "{":
        return _graph(start)
    if before == "string" and same_line and kind in _TERMS and (kind == "keyword" or start == gap):
        quote = spot.text[gap - 1]
        if quote in spot.line(start):
            return Mistake(
                gap - 1,
                f"This {quote} ends the text. Write \\{quote} for a quotation mark inside a text, "
                f"or add the {quote} that is missing at the end of an earlier text.",
                f"Här avslutar {quote} texten. Skriv \\{quote} för ett citattecken inne i en text, "
                f"eller lägg till det {quote} som saknas i slutet av en tidigare text.",
            )
        return Mistake(
            start,
            f"Expected {wanted.en} after the text, found {found.en}. A language tag is written @sv.",
            f"Efter texten väntas {wanted.sv}, men här kommer {found.sv}. En språkkod skrivs @sv.",
        )
    if before == kind == "number" and start == gap:
        return Mistake(
            spot.before[1],
            'This is not a number. A date is written "2020-01-31"^^xsd:date.',
            'Detta är inget tal. Ett datum skrivs "2020-01-31"^^xsd:date.',
        )
    if kind == "keyword" and spot.text[start:end] not in ("a", "true", "false"):
        return _bare_word(spot)
    if kind in _TERMS or (mark and mark in "[("):
        return _missing_separator(spot)
    if spot.brackets and mark != "^^":
        return _not_closed(spot, "]")
    if mark and mark in ")]}":
        return _closes_nothing(start, found.en)
    last = spot.words(spot.before)
    if kind == "end":
        return Mistake(
            gap,
            f"The '.' that ends the statement is missing after {last.en}.",
            f"Punkten ('.') som avslutar satsen saknas efter {last.sv}.",
        )
    return Mistake(
        start,
        f"Expected {wanted.en} after {last.en}, found {found.en}.",
        f"Efter {last.sv} väntas {wanted.sv}, men här kommer {found.sv}.",
    )


def _missing_separator(spot: Spot) -> Mistake:
    """Tells '.', ';' and ',' apart by how many terms come before the next punctuation."""
    terms = 0
    while spot.lexeme(spot.index + terms)[0] in _TERMS:
        terms += 1
    if spot.mark(spot.index + terms) in ("[", "("):
        terms += 1
    _, _, gap = spot.before
    before, found = spot.words(spot.before), spot.words(spot.found)
    _, comma, end = spot.lexeme(spot.index - 2)
    if terms == 1 and spot.mark(spot.index - 2) == "," and re.search(r"[\r\n]", spot.text[end:gap]):
        return Mistake(
            comma,
            f"After ',' comes one more value, but {before.en} has a value of its own. "
            "Write ';' before a new property.",
            f"Efter ',' ska det stå ett värde till, men {before.sv} har ett eget värde. "
            "Skriv ';' före en ny egenskap.",
        )
    separator = {1: "','", 2: "';'"}.get(terms, "';'" if spot.brackets else "'.'")
    return Mistake(
        gap,
        f"A {separator} is missing after {before.en}, before {found.en}.",
        f"{separator} saknas efter {before.sv}, före {found.sv}.",
    )
