"""SPARQL written by the author of a shape, made ready to run for all focus nodes at once.

SHACL binds `$this` (and `$value`, `$PATH` and parameters) before the query runs, once a focus node. Here the
pattern that finds the focus nodes is put into the query instead, into every group that tests `$this` without
binding it, so that one run finds the violations of all. What that can't express is left to the fallback
(`Sparql.obstacle`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pyoxigraph import Literal, NamedNode

from coopgraph.errors import ShapesError, Text
from coopgraph.validate.graph import Node

_TOKEN = re.compile(
    r"""(?P<space>(?:\s+|\#[^\n]*)+)
      | (?P<iri><[^<>"{}|^`\\\s]*>)
      | (?P<text>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
               |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      | (?P<var>[?$]\w+)
      | (?P<blank>_:\w[\w.-]*|\[\s*\])
      | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:(?:[\w:%.-]|\\.)*(?:[\w:%-]|\\.))?)
      | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<sign>\|\||&&|!=|<=|>=|\^\^|.)""",
    re.VERBOSE | re.DOTALL,
)
_SOLUTION_PARTS = {"LIMIT", "OFFSET"}
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    space: str = " "

    @property
    def variable(self) -> str:
        """The variable's name, empty for other tokens."""
        return self.text[1:] if self.kind == "var" else ""

    @property
    def keyword(self) -> str:
        """The word in capitals, empty for other tokens."""
        return self.text.upper() if self.kind == "word" else ""


@dataclass(frozen=True)
class Sparql:
    """A SELECT or ASK of a shape: its tokens (prefixes written out), and what is bound before it runs."""

    node: Node
    form: str
    tokens: tuple[Token, ...]
    bound: Mapping[str, NamedNode | Literal] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    obstacle: Text | None = None


def tokens_of(text: str, prefixes: Mapping[str, str], *, node: Node, path: str | None) -> tuple[Token, ...]:
    """The query's tokens, with prefixed names written out as IRIs and `$PATH` replaced."""
    known = dict(prefixes)
    found: list[Token] = []
    space = ""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "space":
            space = " "
        else:
            found.append(Token(match.lastgroup or "", match.group(), space))
            space = ""
    start = 0
    while found[start : start + 1] and found[start].keyword in ("PREFIX", "BASE"):
        if found[start].keyword == "BASE" or len(found) < start + 3:
            raise ShapesError(
                "The query of a shape can't have a BASE. Write its IRIs out.",
                "Frågan i en form kan inte ha BASE. Skriv ut dess IRI:er.",
                node=node,
            )
        known[found[start + 1].text[:-1]] = found[start + 2].text[1:-1]
        start += 3
    return tuple(_written_out(token, known, node, path) for token in found[start:])


def _written_out(token: Token, prefixes: Mapping[str, str], node: Node, path: str | None) -> Token:
    if token.variable == "PATH":
        if path is None:
            raise ShapesError(
                "$PATH has no meaning on a shape without sh:path.",
                "$PATH har ingen mening på en form utan sh:path.",
                node=node,
            )
        return Token("path", path, token.space)
    if token.kind != "name":
        return token
    prefix, _, local = token.text.partition(":")
    if prefix not in prefixes:
        raise ShapesError(
            f"The prefix '{prefix}:' is used in a query and not declared by sh:declare.",
            f"Prefixet '{prefix}:' används i en fråga men är inte angivet med sh:declare.",
            node=node,
        )
    plain = re.sub(r"\\(.)", r"\1", local) if "\\" in local else local
    return Token("iri", f"<{prefixes[prefix]}{plain}>", token.space)


def check_query(tokens: Sequence[Token], *, form: str, bound: Sequence[str], node: Node) -> Text | None:
    """Why the query can't be run for all focus nodes at once, or "".

    Raises ShapesError where it breaks the rules of pre-binding (SHACL appendix A).
    """
    words = [token.keyword for token in tokens]
    if form.upper() not in words[:1]:
        raise ShapesError(
            f"sh:{form} needs a query that starts with {form.upper()}.",
            f"sh:{form} behöver en fråga som börjar med {form.upper()}.",
            node=node,
        )
    for word in ("MINUS", "VALUES", "SERVICE"):
        if word in words:
            raise ShapesError(
                f"{word} can't be used in the query of a shape.",
                f"{word} går inte att använda i frågan i en form.",
                node=node,
            )
    for word, token in zip(words, tokens[1:], strict=False):
        if word == "AS" and token.variable in bound:
            raise ShapesError(
                f"{token.text} is given; the query can't assign it with AS.",
                f"{token.text} är given; frågan kan inte tilldela den med AS.",
                node=node,
            )
    obstacle = None
    for depth, start, end in _selects(tokens):
        inner = tokens[start:end]
        projected = {token.variable for token in inner[: _body_start(inner)]}
        needed = {"this"} | ({"value"} if form == "ask" else set())
        if depth and not needed <= projected:
            raise ShapesError(
                "A SELECT inside the query must select $this (SHACL appendix A).",
                "En SELECT inuti frågan måste välja $this (SHACL, bilaga A).",
                node=node,
            )
        obstacle = obstacle or _obstacle(inner, this="value" if form == "ask" else "this")
    return obstacle


def _obstacle(select: Sequence[Token], *, this: str) -> Text | None:
    own = list(_own_tokens(select))
    words = [token.keyword for token in own]
    if _SOLUTION_PARTS & set(words):
        return Text(
            "its SPARQL has LIMIT or OFFSET, which count one focus node at a time",
            "dess SPARQL har LIMIT eller OFFSET, som räknar en fokusnod i taget",
        )
    grouped = "GROUP" in words and this in {token.variable for token in own[words.index("GROUP") :]}
    if (_AGGREGATES & set(words) or "GROUP" in words or "HAVING" in words) and not grouped:
        return Text(
            "its SPARQL aggregates without GROUP BY $this",
            "dess SPARQL räknar samman utan GROUP BY $this",
        )
    return None


def _own_tokens(select: Sequence[Token]) -> Iterator[Token]:
    """The tokens of a SELECT outside its WHERE."""
    depth = 0
    for token in select:
        depth += (token.text == "{") - (token.text == "}")
        if not depth:
            yield token


def _body_start(tokens: Sequence[Token]) -> int:
    return next((i for i, token in enumerate(tokens) if token.text == "{"), len(tokens))


def _selects(tokens: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
    """(depth of braces, start, end) of every SELECT."""
    opened: list[tuple[int, int]] = []
    depth = 0
    for i, token in enumerate(tokens):
        if token.keyword == "SELECT":
            opened.append((depth, i))
        depth += (token.text == "{") - (token.text == "}")
        if token.text == "}" and opened and opened[-1][0] > depth:
            level, start = opened.pop()
            yield level, start, i
    for level, start in opened:
        yield level, start, len(tokens)


def aggregates(sparql: Sparql) -> bool:
    """Whether the query counts solutions, so that each focus node must be found once only."""
    return any(token.keyword in _AGGREGATES or token.keyword == "GROUP" for token in sparql.tokens)


def shown(sparql: Sparql) -> list[str]:
    """The names of the variables that a SELECT shows, $this left out."""
    head = sparql.tokens[: _body_start(sparql.tokens)]
    if any(token.text == "*" for token in head):
        head = sparql.tokens
    names: list[str] = []
    depth = 0
    for before, token in pairwise(head):
        depth += (token.text == "(") - (token.text == ")")
        if token.variable and (not depth or before.keyword == "AS" or head is sparql.tokens):
            names.append(token.variable)
    return [name for name in dict.fromkeys(names) if name != "this" and name not in sparql.bound]


def rewrite(sparql: Sparql, tokens: Sequence[Token], *, source: str, renamed: Mapping[str, str]) -> str:
    """The query (its tokens, made ready) with its focus nodes found by `source` and its variables renamed.

    A SELECT comes back whole; of an ASK, only the pattern (what goes between the braces).
    """
    constants = "".join(f"VALUES ?{name} {{ {term} }} " for name, term in sparql.bound.items())
    lead = source + " " + constants
    out: list[str] = []
    first = True
    for i, token in enumerate(tokens):
        name = token.variable
        if token.kind == "lead":
            out[-1] += f" {lead}"
            continue
        out.append(token.space + (f"?{renamed.get(name, name)}" if name else token.text))
        if token.text != "{":
            continue
        group = _direct(tokens, i)
        if any(t.keyword == "SELECT" for t, _ in group[:1]):
            continue
        bare = {t.variable for t, in_brackets in group if t.variable and not in_brackets}
        used = {t.variable for t, _ in group if t.variable}
        inside_select = _starts_select(tokens, i)
        if first or inside_select or any(name in used - bare for name in renamed):
            out[-1] += f" {lead}"
        elif used & set(sparql.bound):
            out[-1] += f" {constants}"
        first = False
    if sparql.form == "ask":
        return "".join(out[_body_start(tokens) :]).strip()[1:-1]
    head = _body_start(tokens)
    projection = [t for t in tokens[:head] if t.text == "*" or t.variable == "this"]
    if not projection:
        out.insert(2 if tokens[1].keyword in ("DISTINCT", "REDUCED") else 1, f" ?{renamed['this']}")
    return "".join(out)


def _direct(tokens: Sequence[Token], start: int) -> list[tuple[Token, bool]]:
    """The tokens directly in the group that opens at `start`, and whether each stands inside brackets."""
    found: list[tuple[Token, bool]] = []
    braces = brackets = 0
    for token in tokens[start:]:
        braces += token.text == "{"
        if braces == 1 and token.text not in "{}":
            brackets += (token.text == "(") - (token.text == ")")
            found.append((token, brackets > 0))
        braces -= token.text == "}"
        if not braces:
            break
    return found


def _starts_select(tokens: Sequence[Token], brace: int) -> bool:
    """Whether this brace opens the WHERE of a SELECT."""
    for token in reversed(tokens[:brace]):
        if token.keyword == "SELECT":
            return True
        if token.text in "{}" or token.keyword in ("UNION", "OPTIONAL", "GRAPH", "EXISTS", "FILTER"):
            return False
    return False
