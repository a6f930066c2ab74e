"""FILTER NOT EXISTS over several patterns, as MINUS.

Oxigraph runs such a group anew for each solution and may look at the whole graph each time: a million triples take
minutes. As MINUS the group is run once, together with the patterns around it:

    P FILTER NOT EXISTS { G }   becomes   P MINUS { P' G }

where P' are the triple patterns of P. The two are the same as long as every variable that G shares with P is bound
by P', which is looked at first; where it is not so, the query stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coopgraph.validate.sparql import Token

LEAD = Token("lead", "")
"""Where the pattern goes that finds the focus nodes."""


@dataclass(frozen=True)
class _Part:
    """Part of a group: "triples", "not exists", or anything else ("other")."""

    kind: str
    tokens: tuple[Token, ...]


def decorrelated(tokens: Sequence[Token], *, given: frozenset[str]) -> tuple[Token, ...]:
    """The query with MINUS for NOT EXISTS where that helps; `given` are the variables that LEAD binds."""
    start = next((i for i, token in enumerate(tokens) if token.text == "{"), None)
    if start is None:
        return tuple(tokens)
    end = _closing(tokens, start)
    labelled = any(token.text.startswith("_:") for token in tokens)  # a label stands in one group only
    if labelled or tokens[start + 1].keyword == "SELECT":
        return tuple(tokens)
    inside = _group(tokens[start + 1 : end], (), given)
    return (*tokens[: start + 1], *inside, *tokens[end:])


def _group(tokens: Sequence[Token], around: tuple[Token, ...], given: frozenset[str]) -> list[Token]:
    """The content of a group, `around` being the triple patterns of the groups that it stands in."""
    parts = _parts(tokens)
    triples = [*around, *(token for part in parts if part.kind == "triples" for token in part.tokens)]
    bound = given | _variables(triples)
    elsewhere = {name for part in parts if part.kind == "other" for name in _variables(part.tokens)}
    plain: list[Token] = []
    minus: list[Token] = []
    for part in parts:
        if part.kind != "not exists":
            plain += part.tokens
            continue
        content = part.tokens[4:-1]
        if _size(content) < 2 or (_variables(content) & elsewhere) - bound:
            plain += part.tokens
            continue
        inner = _group(content, tuple(triples), given)
        minus += [_word("MINUS"), _sign("{"), LEAD, *triples, *inner, _sign("}")]
    return plain + minus


def _parts(tokens: Sequence[Token]) -> list[_Part]:
    found: list[_Part] = []
    place = 0
    while place < len(tokens):
        start, word = place, tokens[place].keyword
        following = [token.keyword for token in tokens[place + 1 : place + 3]]
        if word == "FILTER" and following == ["NOT", "EXISTS"]:
            place = _closing(tokens, place + 3) + 1
            found.append(_Part("not exists", tuple(tokens[start:place])))
        elif word in ("FILTER", "BIND"):
            place += 1
            while tokens[place].text not in "({":
                place += 1
            place = _closing(tokens, place) + 1
            found.append(_Part("other", tuple(tokens[start:place])))
        elif word in ("OPTIONAL", "GRAPH", "UNION") or tokens[place].text == "{":
            while tokens[place].text != "{":
                place += 1
            place = _closing(tokens, place) + 1
            found.append(_Part("other", tuple(tokens[start:place])))
        elif tokens[place].text == ".":
            place += 1
            found.append(_Part("other", (tokens[start],)))
        else:
            while place < len(tokens) and not _ends_triples(tokens[place]):
                place += 1
            found.append(_Part("triples", (*tokens[start:place], _sign("."))))
            place += place < len(tokens) and tokens[place].text == "."
    return found


def _ends_triples(token: Token) -> bool:
    return token.text in (".", "{") or token.keyword in ("FILTER", "BIND", "OPTIONAL", "GRAPH")


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Where the bracket at `opening` is closed."""
    left = tokens[opening].text
    right = {"{": "}", "(": ")"}[left]
    depth = 0
    for i in range(opening, len(tokens)):
        depth += (tokens[i].text == left) - (tokens[i].text == right)
        if not depth:
            return i
    return len(tokens)


def _size(tokens: Sequence[Token]) -> int:
    """About how many triple patterns a group has."""
    return sum(token.text in (";", ",", "{") for token in tokens) + sum(
        part.kind == "triples" for part in _parts(tokens)
    )


def _variables(tokens: Sequence[Token]) -> set[str]:
    return {token.variable for token in tokens if token.variable}


def _word(text: str) -> Token:
    return Token("word", text, " ")


def _sign(text: str) -> Token:
    return Token("sign", text, " ")
