"""Tidy Turtle: one layout, the same from any order of triples; comments stay with what they stand by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Triple

from coopgraph.edit.layout import Order, Terms, directives, listed, statement
from coopgraph.edit.text import header
from coopgraph.errors import EditRefused
from coopgraph.iris import Namespaces
from coopgraph.turtle import Located, Span, locate, tokens
from coopgraph.turtle.lexer import Token

_BODY, _PROPERTY = "http://www.w3.org/ns/oa#hasBody", "https://w3id.org/coopgraph/ns#property"


@dataclass
class _Noted:
    """Comments: those on lines of their own before something, and those behind it on its line."""

    before: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)


def tidied(text: str, names: Namespaces, *, path: Path | None = None) -> str:
    """The text in the layout of `data/`: tidying it again changes nothing.

    Raises TurtleError, and EditRefused for a text that would say something else afterwards, such as one with blank nodes
    that several statements name.
    """
    rows = locate(text, path=path)
    base, declared = header(text)
    result = _Tidy(text, rows, names, base, declared).text()
    if _said(result, path) != _said(text, path):
        raise EditRefused(
            f"{path or 'The text'}: can't be tidied without changing what it says. It is left as it is.",
            f"{path or 'Texten'}: går inte att snygga till utan att innehållet ändras. Den lämnas som den är.",
        )
    return result


def _said(text: str, path: Path | None) -> set[Triple]:
    dataset = Dataset(row.quad for row in locate(text, path=path))
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {quad.triple for quad in dataset}


class _Tidy:
    def __init__(
        self, text: str, rows: list[Located], names: Namespaces, base: str | None, declared: dict[str, str]
    ) -> None:
        self._text, self._base = text, base
        self._order = Order(names)
        self._declared = declared
        self._terms = Terms(names, base, declared)
        self._tokens = list(tokens(text))
        # what stands in brackets is kept as it is written, in the place of its own triples
        inner = [row.object for row in rows if text[row.object[0]] in "[("]
        self._rows = [row for row in rows if text[row.subject[0]] not in "[("]
        self._statements: dict[Span, _Noted] = {}
        self._objects: dict[Span, _Noted] = {}
        self._head: list[str] = []
        self._tail: list[str] = []
        self._place_comments(inner)

    def text(self) -> str:
        by_subject: dict[NamedNode | BlankNode | Triple, list[Located]] = {}
        for row in self._rows:
            by_subject.setdefault(row.quad.subject, []).append(row)
        written = [self._statement(by_subject[subject]) for subject in self._in_order(by_subject)]
        prefixes = {**self._declared, **self._terms.missing}
        head = "".join(f"{line}\n" for line in self._head)
        start = directives(self._base, prefixes) if self._base else _prefixes(prefixes)
        parts = [head + start, *written]
        if self._tail:
            parts.append("".join(f"{line}\n" for line in self._tail))
        return "\n".join(part for part in parts if part)

    def _place_comments(self, inner: list[Span]) -> None:
        """Give each comment to the statement, or the value, that it stands before or behind."""
        statements = sorted({row.statement for row in self._rows})
        objects = sorted({row.object for row in self._rows})
        first_of = {row.statement: row.subject for row in reversed(self._rows)}
        previous: Token | None = None
        for place, token in enumerate(self._tokens):
            if token.kind not in ("space", "comment"):
                previous = token
            if token.kind != "comment" or any(
                _inside((token.start, token.start + 1), span) for span in inner
            ):
                continue
            alone = not self._text[self._text.rfind("\n", 0, token.start) + 1 : token.start].strip()
            whole = next((one for one in statements if one[0] <= token.start < one[1]), None)
            if whole is None:
                later = next((one for one in statements if one[0] > token.start), None)
                earlier = [one for one in statements if one[1] <= token.start]
                if not alone and earlier:
                    self._note(self._statements, earlier[-1]).behind.append(token.text)
                elif later is None:
                    self._tail.append(token.text)
                elif not earlier and not self._is_before(token, later, place):
                    self._head.append(token.text)
                else:
                    self._note(self._statements, later).before.append(token.text)
                continue
            assert previous is not None
            inside = [one for one in objects if _inside(one, whole)]
            before = [one for one in inside if one[1] <= token.start]
            after = [one for one in inside if one[0] > token.start]
            if alone and after and token.start > first_of[whole][1]:
                self._note(self._objects, after[0]).before.append(token.text)
            else:
                self._note(self._objects, (before or after)[-1 if before else 0]).behind.append(token.text)

    def _is_before(self, token: Token, statement: Span, place: int) -> bool:
        """Whether nothing but white space and comments stands between a comment and the first statement."""
        between = [one for one in self._tokens[place:] if one.start < statement[0]]
        return all(one.kind in ("space", "comment") for one in between)

    @staticmethod
    def _note(notes: dict[Span, _Noted], span: Span) -> _Noted:
        return notes.setdefault(span, _Noted())

    def _in_order(
        self, by_subject: dict[NamedNode | BlankNode | Triple, list[Located]]
    ) -> Iterable[NamedNode | BlankNode | Triple]:
        """The thing itself, its evidence by property, then each part with its evidence."""
        facts: dict[object, object] = {}
        about: dict[object, tuple[object, ...]] = {}
        for subject, rows in by_subject.items():
            said = {row.quad.predicate.value: row.quad.object for row in rows}
            body, property_ = said.get(_BODY), said.get(_PROPERTY)
            if body in by_subject and body != subject:
                facts[subject] = body
            about[subject] = self._order.of(property_) if isinstance(property_, NamedNode) else (-1, "")

        def place(subject: object) -> tuple[object, ...]:
            fact = facts.get(subject, subject)
            whole = isinstance(fact, NamedNode) and fact.value == self._base
            evidence = subject in facts
            return (
                not whole,
                self._order.of_value(fact),
                evidence,
                about[subject] if evidence else (),
                self._order.of_value(subject),
            )

        return sorted(by_subject, key=place)

    def _statement(self, rows: list[Located]) -> str:
        notes = [
            self._statements[one]
            for one in sorted({row.statement for row in rows})
            if one in self._statements
        ]
        before = [line for note in notes for line in note.before]
        behind = [line for note in notes for line in note.behind]
        ordered = sorted(rows, key=lambda row: (self._order.of(row.quad.predicate), self._place_of(row)))
        groups: list[tuple[str, list[tuple[str, _Noted]]]] = []
        for predicate, some in groupby(ordered, key=lambda row: row.quad.predicate):
            values: dict[object, tuple[str, _Noted]] = {}
            for row in some:
                note = self._objects.get(row.object, _Noted())
                if row.quad.object in values:
                    values[row.quad.object][1].before.extend(note.before)
                    values[row.quad.object][1].behind.extend(note.behind)
                else:
                    values[row.quad.object] = (self._object(row), _Noted([*note.before], [*note.behind]))
            groups.append((self._terms.predicate(predicate), list(values.values())))
        subject = self._terms.text(rows[0].quad.subject)
        if not any(note.before or note.behind for _, values_ in groups for _, note in values_):
            text = statement(subject, [(predicate, [one for one, _ in some_]) for predicate, some_ in groups])
        else:
            text = _with_comments(subject, groups)
        text = "".join(f"{line}\n" for line in before) + text
        return (
            text.rstrip("\n")
            + "".join(f" {line}" for line in behind[:1])
            + "\n"
            + "".join(f"{line}\n" for line in behind[1:])
        )

    def _place_of(self, row: Located) -> tuple[object, ...]:
        if isinstance(row.quad.object, BlankNode):
            return 2, 0, "", ((0, 0, self._object(row)),), ""
        return self._order.of_value(row.quad.object)

    def _object(self, row: Located) -> str:
        """A value; what stands in brackets as it is written."""
        start, end = row.object
        if self._text[start] in "[(":
            return self._text[start:end]
        return self._terms.text(row.quad.object)


def _with_comments(subject: str, groups: list[tuple[str, list[tuple[str, _Noted]]]]) -> str:
    """A statement with comments in it: a line for each value that has one."""
    lines: list[str] = []
    for number, (predicate, values) in enumerate(groups):
        last_group = number == len(groups) - 1
        plain = [value for value, note in values if not note.before and not note.behind]
        head = f"{subject} " if number == 0 else "    "
        if len(plain) == len(values):
            lines.append(head + listed(predicate, plain) + (" ." if last_group else " ;"))
            continue
        for place, (value, note) in enumerate(values):
            indent = "    " if place == 0 else "        "
            if note.before and number == 0 and place == 0:
                lines.append(f"{subject}")
                head = "    "
            lines += [indent + line for line in note.before]
            start = f"{head}{predicate} " if place == 0 else indent
            mark = " ," if place < len(values) - 1 else " ." if last_group else " ;"
            lines.append(f"{start}{value}{mark}" + "".join(f" {line}" for line in note.behind[:1]))
            lines += [indent + line for line in note.behind[1:]]
    return "\n".join(lines) + "\n"


def _prefixes(prefixes: dict[str, str]) -> str:
    return "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(prefixes))


def _inside(span: Span, other: Span) -> bool:
    """Whether a span lies within another and is not the same."""
    return other[0] <= span[0] and span[1] <= other[1] and span != other
