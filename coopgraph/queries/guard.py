"""Refuse what a query must never do, by lexing it and not by looking for a word.

A comment, a string, an IRI, a variable or a prefixed name may hold "SERVICE"; a keyword may not.
"""

from __future__ import annotations

import re

from coopgraph.errors import QueryError
from coopgraph.queries.lex import lex

UPDATES = frozenset("ADD CLEAR COPY CREATE DELETE DROP INSERT LOAD MOVE".split())

_ANY_OF_THEM = ("SERVICE", *sorted(UPDATES))
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def unescaped(query: str) -> str:
    """The query with its escapes of code points resolved, as an engine does before anything else (section 19.2)."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code <= 0x10FFFF else found[0]

    return _ESCAPE.sub(character, query)


def refuse_unsafe(query: str) -> None:
    """Raise QueryError for a query that fetches from elsewhere (SERVICE) or writes (any SPARQL update)."""
    plain = unescaped(query)
    capitals = plain.upper()
    if not any(
        word in capitals for word in _ANY_OF_THEM
    ):  # most hold none of the words anywhere, and need no lexing
        return
    for token in lex(plain):
        if token.kind != "word":
            continue
        word = token.text.upper()
        if word == "SERVICE":
            raise QueryError(
                "SERVICE is refused: a query here fetches nothing from elsewhere. "
                "Ask the other endpoint by itself: coopgraph sparql … --endpoint URL",
                "SERVICE tillåts inte: en fråga här hämtar inget från annat håll. "
                "Ställ frågan direkt till den andra tjänsten: coopgraph sparql … --endpoint URL",
            )
        if word in UPDATES:
            raise QueryError(
                f"{word} is refused: a query here only reads. To change the graph, edit the files under data/ and build.",
                f"{word} tillåts inte: en fråga här läser bara. Vill du ändra grafen, ändra filerna i data/ och bygg om.",
            )
