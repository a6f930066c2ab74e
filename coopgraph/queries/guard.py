"""Refuse what a query must never do, by lexing it and not by looking for a word.

A comment, a string, an IRI, a variable or a prefixed name may hold "SERVICE"; a keyword may not.
Tokens: SPARQL 1.1, section 19.8; escapes of code points: section 19.2, resolved before anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopgraph.errors import QueryError

UPDATES = frozenset("ADD CLEAR COPY CREATE DELETE DROP INSERT LOAD MOVE".split())

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>\#[^\r\n]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<long>\"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*''')
  | (?P<short>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>[\w.\-]*:(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def tokens(query: str) -> Iterator[tuple[str, str]]:
    """The query's tokens as (kind, text), after code point escapes are resolved."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code <= 0x10FFFF else found[0]

    for token in _TOKEN.finditer(_ESCAPE.sub(character, query)):
        yield token.lastgroup or "other", token.group()


def refuse_unsafe(query: str) -> None:
    """Raise QueryError for a query that fetches from elsewhere (SERVICE) or writes (any SPARQL update)."""
    for kind, text in tokens(query):
        if kind != "word":
            continue
        word = text.upper()
        if word == "SERVICE":
            raise QueryError(
                "SERVICE is refused: a query here fetches nothing from elsewhere. "
                "Ask the other endpoint by itself: coopgraph sparql … --endpoint URL"
            )
        if word in UPDATES:
            raise QueryError(
                f"{word} is refused: a query here only reads. To change the graph, edit the files under data/ and build."
            )
