"""The triple patterns of a shape's own SPARQL, group by group: what a violation can depend on."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Tokens
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from coopgraph.validate.graph import TYPE
from coopgraph.validate.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from coopgraph.validate.sparql import Token


class UnreadableError(Exception):
    """The query has a form that is not read here; then it may depend on anything."""


@dataclass(frozen=True)
class Edge:
    """A triple pattern. An end is a variable's name, or `None` for a constant; a path of `None` is any predicate."""

    subject: str | None
    path: Path | None
    object: str | None


@dataclass
class Group:
    """A group of patterns: those that every solution matches, choices between groups, and groups on the side.

    On the side are OPTIONAL, EXISTS and NOT EXISTS. A `select` says which of its variables a sub-select shows.
    """

    edges: list[Edge] = field(default_factory=list)
    choices: list[list[Group]] = field(default_factory=list)
    aside: list[Group] = field(default_factory=list)
    select: frozenset[str] | None = None


def read_patterns(tokens: Tokens[Token], *, path: Path | None, constants: Mapping[str, object]) -> Group:
    """The patterns of a SELECT or ASK. Raises UnreadableError for a form that is not read."""
    reader = _Reader([*tokens], path, constants)
    while not reader.at("{"):
        reader.take()
    found = reader.group()
    if any(token.text == "{" for token in reader.tokens[reader.place :]):
        raise UnreadableError
    return found


class _Reader:
    def __init__(self, tokens: list[Token], path: Path | None, constants: Mapping[str, object]) -> None:
        self.tokens, self.path, self.constants = tokens, path, constants
        self.place = self.fresh = 0

    def at(self, *texts: str) -> bool:
        return self.place < len(self.tokens) and (
            self.tokens[self.place].text in texts or self.tokens[self.place].keyword in texts
        )

    def take(self) -> Token:
        if self.place >= len(self.tokens):
            raise UnreadableError
        self.place += 1
        return self.tokens[self.place - 1]

    def group(self) -> Group:
        self.take()
        found = Group()
        if self.at("SELECT"):
            found.select = self.projection()
            inner = self.group()
            found.edges, found.choices, found.aside = inner.edges, inner.choices, inner.aside
            self.skip_until_closed()
        while not self.at("}"):
            self.part(found)
        self.take()
        return found

    def projection(self) -> frozenset[str]:
        start = self.place
        while not self.at("{"):
            self.take()
        return frozenset(token.variable for token in self.tokens[start : self.place] if token.variable)

    def skip_until_closed(self) -> None:
        """Pass over what follows the pattern of a sub-select: GROUP BY, HAVING and the like."""
        while not self.at("}"):
            if self.take().text == "{":
                raise UnreadableError

    def part(self, found: Group) -> None:
        if self.at("{"):
            options = [self.group()]
            while self.at("UNION"):
                self.take()
                options.append(self.group())
            found.choices.append(options)
        elif self.at("OPTIONAL"):
            self.take()
            found.aside.append(self.group())
        elif self.at("GRAPH"):
            self.take(), self.take()
            found.choices.append([self.group()])
        elif self.at("FILTER", "BIND"):
            self.take()
            self.expression(found)
        elif self.at("."):
            self.take()
        else:
            subject = self.end(found)
            if not self.at(".", "}"):
                self.predicates(subject, found)

    def expression(self, found: Group) -> None:
        """Pass over an expression, keeping the groups of EXISTS in it."""
        depth = 0
        while True:
            if self.at("{"):
                found.aside.append(self.group())
                if not depth:
                    return
                continue
            token = self.take()
            depth += (token.text == "(") - (token.text == ")")
            if token.text == ")" and not depth:
                return

    def end(self, found: Group) -> str | None:
        """A subject or object: the name of a variable, or None for a constant."""
        if self.at("["):
            self.take()
            self.fresh += 1
            name = f"[]{self.fresh}"
            if not self.at("]"):
                self.predicates(name, found)
            self.take()
            return name
        if self.at("("):
            raise UnreadableError
        token = self.take()
        if token.kind == "blank":
            self.fresh += token.text.startswith("[")
            return token.text if token.text.startswith("_") else f"[]{self.fresh}"
        while token.kind == "text" and self.place < len(self.tokens):
            if self.at("^^"):
                self.take(), self.take()
            elif self.tokens[self.place].kind == "tag":
                self.take()
            else:
                break
        if token.text in ("+", "-"):
            self.take()
        return token.variable if token.variable and token.variable not in self.constants else None

    def predicates(self, subject: str | None, found: Group) -> None:
        while True:
            path = self.any_path()
            found.edges.append(Edge(subject, path, self.end(found)))
            while self.at(","):
                self.take()
                found.edges.append(Edge(subject, path, self.end(found)))
            while self.at(";"):
                self.take()
            if self.at(".", "}", "]", "FILTER", "OPTIONAL", "BIND", "{", "GRAPH"):
                return
            if not self.tokens[self.place - 1].text == ";":
                raise UnreadableError

    def any_path(self) -> Path | None:
        token = self.tokens[self.place]
        if token.variable:
            self.take()
            constant = self.constants.get(token.variable)
            return Predicate(constant) if isinstance(constant, NamedNode) else None
        if self.at("!"):
            raise UnreadableError
        return self.alternatives()

    def alternatives(self) -> Path:
        options = [self.sequence()]
        while self.at("|"):
            self.take()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Alternative(tuple(options))

    def sequence(self) -> Path:
        steps = [self.step()]
        while self.at("/"):
            self.take()
            steps.append(self.step())
        return steps[0] if len(steps) == 1 else Sequence(tuple(steps))

    def step(self) -> Path:
        if self.at("^"):
            self.take()
            return Inverse(self.step())
        token = self.take()
        found: Path
        if token.text == "(":
            found = self.alternatives()
            self.take()
        elif token.kind == "iri":
            found = Predicate(NamedNode(token.text[1:-1]))
        elif token.text == "a":
            found = Predicate(TYPE)
        elif token.kind == "path" and self.path is not None:
            found = self.path
        else:
            raise UnreadableError
        while self.at("*", "+", "?"):
            found = Repeat(found, self.take().text)
        return found
