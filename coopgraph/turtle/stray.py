"""Characters that start nothing the grammar has, in plain words: quotes left open, wrong IRIs, invisible signs."""

from __future__ import annotations

import re
import unicodedata

from coopgraph.turtle.spot import Mistake, Spot

_NAMES_SV = {
    "\u00a0": "hårt mellanslag",
    "\u00ad": "mjukt bindestreck",
    "\u200b": "mellanslag utan bredd",
    "\u2028": "radskiljare",
    "\u202f": "smalt hårt mellanslag",
    "\ufeff": "BOM",
}


def stray(spot: Spot) -> Mistake:
    """What is wrong with a character that starts no lexeme."""
    start = spot.found[1]
    char = spot.text[start]
    before, before_start, before_end = spot.before
    joined_to = before if before_end == start else ""
    if char == "<":
        return _iri(start, spot.line(start))
    if joined_to == "lang":
        return Mistake(
            before_start,
            "A language tag has letters, digits and hyphens, such as @sv or @en-GB.",
            "En språkkod har bokstäver, siffror och bindestreck, till exempel @sv eller @en-GB.",
        )
    if joined_to == "name" and spot.text.startswith(("http://", "https://"), before_start):
        return Mistake(before_start, "An IRI stands in '<' and '>'.", "En IRI ska stå inom '<' och '>'.")
    if joined_to == "name" and char in "/?#&$!*+='~":
        return Mistake(
            start,
            f"Write '\\{char}' for '{char}' in a name, or the whole IRI in '<' and '>'.",
            f"Skriv '\\{char}' för '{char}' i ett namn, eller hela IRI:n inom '<' och '>'.",
        )
    if joined_to == "name" and char == "\\":
        return Mistake(
            start,
            "In a name '\\' may stand only before one of _~.-!$&'()*+,;=/?#@%.",
            "I ett namn får '\\' bara stå före något av _~.-!$&'()*+,;=/?#@%.",
        )
    if joined_to == "name" and char == "%":
        return Mistake(
            start,
            "After '%' in a name come two hexadecimal digits, such as %20.",
            "Efter '%' i ett namn ska det stå två hexadecimala siffror, till exempel %20.",
        )
    if spot.text.startswith(('"""', "'''"), start):
        return Mistake(
            start,
            f"The text that starts here is never closed with {char * 3}.",
            f"Texten som börjar här avslutas aldrig med {char * 3}.",
        )
    if char in "\"'":
        return Mistake(
            start,
            f"The text that starts here is not closed on its line. Add {char}, "
            f"or write {char * 3} around a text of several lines.",
            f"Texten som börjar här avslutas inte på sin rad. Lägg till {char}, "
            f"eller skriv {char * 3} runt en text på flera rader.",
        )
    if char == "@":
        return Mistake(
            start,
            "After '@' comes a language tag such as @sv, or 'prefix' or 'base' on a line of its own.",
            "Efter '@' ska det stå en språkkod som @sv, eller 'prefix' eller 'base' på en egen rad.",
        )
    if char == "^":
        return Mistake(
            start,
            "Write '^^' between a text and its datatype.",
            "Skriv '^^' mellan en text och dess datatyp.",
        )
    if char in "“”„‟‘’‚«»":
        return Mistake(
            start,
            f'{char} is a typographic quotation mark. Write texts in straight ones: "…".',
            f'{char} är ett typografiskt citattecken. Skriv texter inom raka: "…".',
        )
    return _character(start, char, spot)


def _character(start: int, char: str, spot: Spot) -> Mistake:
    name = unicodedata.name(char, "a control character").lower()
    name_sv = _NAMES_SV.get(char, unicodedata.name(char, "ett styrtecken").lower())
    if not char.isprintable():
        return Mistake(
            start,
            f"A character that can't be seen stands here: {name} (U+{ord(char):04X}). Remove it.",
            f"Här står ett tecken som inte syns: {name_sv} (U+{ord(char):04X}). Ta bort det.",
        )
    wanted = spot.asked()
    return Mistake(
        start,
        f"'{char}' ({name}) can't stand here: expected {wanted.en}.",
        f"'{char}' ({name_sv}) kan inte stå här. Här väntas {wanted.sv}.",
    )


def _iri(start: int, line: str) -> Mistake:
    """What is wrong with a '<' that starts no IRI."""
    right = re.match(r"<(?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+", line)
    length = right.end() if right else 1
    if ">" not in line[length:] or re.match(r"\s*[.;,<]", line[length:]):
        return Mistake(
            start,
            "The IRI that starts here is not closed: '>' is missing.",
            "IRI:n som börjar här är inte avslutad: '>' saknas.",
        )
    char = line[length]
    shown, shown_sv = ("a space", "ett mellanslag") if char == " " else (f"'{char}'", f"'{char}'")
    return Mistake(
        start + length,
        f"An IRI can't hold {shown}. Write %{ord(char):02X} for it.",
        f"En IRI kan inte innehålla {shown_sv}. Skriv %{ord(char):02X} i stället.",
    )
