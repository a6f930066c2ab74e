"""The Turtle and TriG grammars: where the parts of each triple stand, and each triple written out plainly.

What the terms are is left to pyoxigraph, which reads the plain form: the same tokens under the same
directives, one triple a line, with labels for the nodes that brackets stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pyoxigraph import RdfFormat

from coopgraph.turtle.lexer import Lexeme, Span

Row = tuple[Span, Span, Span]
"""The spans of a triple's subject, predicate and object."""

Node = tuple[Span, str]
"""Where a term stands, and how it is written in the plain form."""

# What is asked for next, in the words of an error message.
STATEMENT = "a new statement"
PREDICATE = "a property"
NEXT_PREDICATE = "a property, or the end of the statement"
MAYBE_PREDICATE = "a property or '.'"
OBJECT = "a value"
ITEM = "a value or ')'"
AFTER_OBJECT = "';', ',' or '.'"
PREFIX = "a prefix such as 'ex:'"
IRI = "an IRI in '<' and '>'"
VERSION = "a version in quotation marks"
DOT = "'.'"
GRAPH_NAME = "the name of a graph"
GRAPH = "'{'"
DATATYPE = "a datatype"

_DIRECTIVES = {
    "@prefix": (PREFIX, IRI, DOT),
    "@base": (IRI, DOT),
    "@version": (VERSION, DOT),
    "prefix": (PREFIX, IRI),
    "base": (IRI,),
    "version": (VERSION,),
}
_MARKS = {AFTER_OBJECT: ";,.]}", NEXT_PREDICATE: ";.]}", MAYBE_PREDICATE: ".}"}
_FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"
_REST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"
_NONE: Node = ((0, 0), "")


class Unexpected(Exception):
    """Where the grammar asks for `wanted`, the lexeme number `index` is something else, or the text ends.

    `brackets` are the offsets of the brackets open there, the innermost last.
    """

    def __init__(self, wanted: str, index: int, brackets: Sequence[int]) -> None:
        super().__init__(wanted, index)
        self.wanted, self.index, self.brackets = wanted, index, brackets


class Statement(NamedTuple):
    """A directive, or the triples of one subject: its span, the dot included, and the number of its rows."""

    span: Span
    rows: int


class _Frame(NamedTuple):
    """What triples are being told of: the statement's subject (`opener` is "") or an open bracket."""

    opener: str
    subject: Node
    predicate: Node


class Reading(NamedTuple):
    """What a text says: rows in the order in which their objects begin, statements, and the plain form."""

    rows: list[Row]
    statements: list[Statement]
    plain: list[str]


def read_grammar(text: str, lexemes: Sequence[Lexeme], format: RdfFormat) -> Reading:
    """Read a text by the grammar of its format. Raises `Unexpected`.

    A node written `[ … ]` or `( … )` has the span of the whole bracket; so have the cells of a list and
    its unwritten predicates rdf:first and rdf:rest. The plain form is TriG. N-Triples and N-Quads are
    read as Turtle whose objects may be followed by a graph's name, which the plain form leaves out.
    """
    reader = _Reader(text, lexemes, graphs=format == RdfFormat.TRIG, labels=format == RdfFormat.N_QUADS)
    reader.read()
    return Reading(reader.rows, reader.statements, reader.plain)


class _Reader:
    """Reads the lexemes of one text. Nesting costs memory, not stack."""

    def __init__(self, text: str, lexemes: Sequence[Lexeme], *, graphs: bool, labels: bool) -> None:
        self.rows: list[Row] = []
        self.statements: list[Statement] = []
        self.plain: list[str] = []
        self._text, self._graphs, self._labels = text, graphs, labels
        self._count = len(lexemes)
        self._lexemes = [*lexemes, ("end", len(text), len(text))]
        self._next = 0
        self._wanted = STATEMENT
        self._begin = self._told = 0
        self._in_graph, self._graph = False, ""
        self._opener, self._subject, self._predicate = _Frame("", _NONE, _NONE)
        self._around: list[_Frame] = []
        self._closing = self._match_brackets()
        self._label = "_:b"
        while self._label in text:
            self._label += "b"
        self._labelled = 0

    def read(self) -> None:
        """Read to the end of the text. Raises `Unexpected`."""
        steps: dict[str, Callable[[str, int, int], None]] = {
            STATEMENT: self._read_statement,
            OBJECT: self._read_object,
            ITEM: self._read_object,
        }
        lexemes = self._lexemes
        while self._next < self._count:
            kind, start, end = lexemes[self._next]
            self._next += 1
            steps.get(self._wanted, self._read_link)(kind, start, end)
        self._next += 1
        if self._in_graph:
            raise self._unexpected("'}'")
        if self._wanted is not STATEMENT:
            raise self._unexpected(self._wanted)

    def _match_brackets(self) -> dict[int, int]:
        closing: dict[int, int] = {}
        opened: list[int] = []
        for kind, start, end in self._lexemes:
            if kind == "mark":
                char = self._text[start]
                if char in "[(":
                    opened.append(start)
                elif char in "])" and opened:
                    closing[opened.pop()] = end
        return closing

    def _unexpected(self, wanted: str) -> Unexpected:
        opened = [frame.subject[0][0] for frame in self._around if frame.opener]
        if self._opener:
            opened.append(self._subject[0][0])
        return Unexpected(wanted, self._next - 1, opened)

    def _mark(self) -> str:
        """The punctuation that comes next, "" if something else does."""
        kind, start, end = self._lexemes[self._next]
        return self._text[start:end] if kind == "mark" else ""

    def _take(self, wanted: str) -> str:
        """Step over one lexeme of a directive, a graph's head or a literal: it must be what is wanted."""
        kind, start, end = self._lexemes[self._next]
        self._next += 1
        text = self._text[start:end]
        if not {
            PREFIX: kind == "name" and text.endswith(":") and ":" not in text[:-1],
            IRI: kind == "iri",
            VERSION: kind == "string",
            GRAPH_NAME: kind in ("iri", "name", "blank") or text == "[",
            DATATYPE: kind in ("iri", "name"),
        }.get(wanted, f"'{text}'" == wanted):
            raise self._unexpected(wanted)
        return text

    def _new_label(self) -> str:
        self._labelled += 1
        return f"{self._label}{self._labelled}"

    def _add(self, object: Node) -> None:
        subject, predicate = self._subject, self._predicate
        self.rows.append((subject[0], predicate[0], object[0]))
        triple = f"{subject[1]} {predicate[1]} {object[1]}"
        self.plain.append(f"GRAPH {self._graph} {{ {triple} }}" if self._graph else f"{triple} .")

    def _add_object(self, node: Node) -> None:
        if self._opener != "(":
            self._add(node)
            self._wanted = AFTER_OBJECT
            return
        span = self._predicate[0]
        if self._predicate[1] is _REST:
            cell = span, self._new_label()
            self._add(cell)
            self._subject, self._predicate = cell, (span, _FIRST)
        self._add(node)
        self._predicate = span, _REST

    def _bracket(self, start: int, end: int) -> tuple[Node, bool]:
        """The node of a bracket that opens here, and whether it is empty, as `[]` and `()` are."""
        span = start, self._closing.get(start, end)
        empty = self._text[start] + self._mark() in ("[]", "()")
        return (span, "()" if empty and self._text[start] == "(" else self._new_label()), empty

    def _open(self, bracket: Node) -> None:
        self._around.append(_Frame(self._opener, self._subject, self._predicate))
        self._opener, self._subject = self._text[bracket[0][0]], bracket
        if self._opener == "[":
            self._predicate, self._wanted = _NONE, PREDICATE
        else:
            self._predicate, self._wanted = (bracket[0], _FIRST), ITEM

    def _close(self) -> None:
        if self._opener == "(":
            self._add((self._predicate[0], "()"))
        closed = self._opener
        self._opener, self._subject, self._predicate = self._around.pop()
        if self._predicate is _NONE:
            self._wanted = MAYBE_PREDICATE if closed == "[" else PREDICATE
        else:
            self._wanted = ITEM if self._opener == "(" else AFTER_OBJECT

    def _end_statement(self, end: int) -> None:
        self.statements.append(Statement((self._begin, end), len(self.rows) - self._told))
        self._told = len(self.rows)
        self._wanted = STATEMENT

    def _read_statement(self, kind: str, start: int, end: int) -> None:
        text = self._text[start:end]
        if self._in_graph and text == "}":
            self._in_graph, self._graph = False, ""
            return
        self._begin = start
        if kind in ("iri", "name", "blank"):
            self._read_subject(((start, end), text))
        elif text in ("[", "("):
            node, empty = self._bracket(start, end)
            if empty:
                self._next += 1
                self._read_subject(node)
            else:
                self._opener, self._subject, self._predicate = _Frame("", node, _NONE)
                self._open(node)
        elif self._in_graph:
            raise self._unexpected(STATEMENT)
        elif self._graphs and text == "{":
            self._in_graph = True
        elif self._graphs and text.lower() == "graph":
            self._graph = self._take(GRAPH_NAME)
            if self._graph == "[":
                self._take("']'")
                self._graph = self._new_label()
            self._take(GRAPH)
            self._in_graph = True
        elif (directive := text if kind == "lang" else text.lower()) in _DIRECTIVES:
            for wanted in _DIRECTIVES[directive]:
                self._take(wanted)
            self._end_statement(self._lexemes[self._next - 1][2])
            self.plain.append(self._text[slice(*self.statements[-1].span)])
        else:
            raise self._unexpected(STATEMENT)

    def _read_subject(self, node: Node) -> None:
        if self._graphs and not self._in_graph and self._mark() == "{" and node[1] != "()":
            self._next += 1
            self._in_graph, self._graph = True, node[1]
        else:
            self._opener, self._subject, self._predicate = _Frame("", node, _NONE)
            self._wanted = PREDICATE

    def _read_object(self, kind: str, start: int, end: int) -> None:
        if kind == "mark" and (char := self._text[start]) in "[()":
            if char == ")":
                if self._wanted is not ITEM:
                    raise self._unexpected(OBJECT)
                self._close()
                return
            node, empty = self._bracket(start, end)
            self._add_object(node)
            if empty:
                self._next += 1
            else:
                self._open(node)
            return
        if kind == "string":
            end = self._literal_end(end)
        elif kind not in ("name", "iri", "number", "blank") and (
            kind != "keyword" or self._text[start:end] not in ("true", "false")
        ):
            raise self._unexpected(self._wanted)
        self._add_object(((start, end), self._text[start:end]))

    def _literal_end(self, end: int) -> int:
        """Where the literal ends whose text ends here: its language or datatype is stepped over."""
        kind, after, after_end = self._lexemes[self._next]
        if kind == "lang":
            self._next += 1
            if "--" in self._text[after:after_end]:
                raise self._unexpected(AFTER_OBJECT)
        elif self._mark() == "^^":
            self._next += 1
            self._take(DATATYPE)
        else:
            return end
        return self._lexemes[self._next - 1][2]

    def _read_link(self, kind: str, start: int, end: int) -> None:
        """What stands between objects: a property, a separator, the end of a bracket or of a statement."""
        wanted = self._wanted
        if kind == "mark" and (char := self._text[start]) in _MARKS.get(wanted, ""):
            if char == ";":
                self._wanted = NEXT_PREDICATE
            elif char == ",":
                self._wanted = OBJECT
            elif char == "]" and self._opener == "[":
                self._close()
            elif char == "." and not self._opener:
                self._end_statement(end)
            elif char == "}" and not self._opener and self._in_graph:
                self._end_statement(self._lexemes[self._next - 2][2])
                self._in_graph, self._graph = False, ""
            else:
                raise self._unexpected(wanted)
        elif wanted is AFTER_OBJECT:
            if not (self._labels and kind in ("iri", "blank")):
                raise self._unexpected(wanted)
        elif kind in ("name", "iri") or (kind == "keyword" and self._text[start:end] == "a"):
            self._predicate = (start, end), self._text[start:end]
            self._wanted = OBJECT
        else:
            raise self._unexpected(wanted)
