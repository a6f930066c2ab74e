"""Where in which file a finding stands. Only files that have something to point at are read for positions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from coopgraph.build.assemble import Origin
from coopgraph.errors import TurtleError
from coopgraph.store import Term
from coopgraph.turtle import Lines, Located, Span, format_of, locate, read_text
from coopgraph.turtle.statements import Statements
from coopgraph.validate.blanks import paired
from coopgraph.validate.findings import Place
from coopgraph.validate.graph import SH, XSD
from coopgraph.validate.paths import Inverse, Predicate
from coopgraph.validate.results import Result
from coopgraph.validate.written import kept

_UNIQUE_LANG = NamedNode(SH + "UniqueLangConstraintComponent")
_TOO_MANY = {NamedNode(f"{SH}{name}ConstraintComponent") for name in ("MaxCount", "QualifiedMaxCount")}
_NUMBERS = tuple(XSD + name for name in ("decimal", "integer", "double", "float"))
_LARGE = 200_000
"""From how many characters a text is not read whole to find one subject."""
_MOST = 2**33
"""How many bytes of text are read for positions; what the store could take is not held back here."""


class Places:
    """Finds the place of triples and of nodes in the files that graphs were read from; each file is read once."""

    def __init__(self, engine: ox.Store, origins: Mapping[NamedNode, Origin]) -> None:
        self._engine, self._origins = engine, origins
        self._files: dict[NamedNode, _File] = {}

    def read_ahead(self, graph: NamedNode) -> None:
        """Read a large file for positions before it is known that any is asked for; a smaller one is soon read."""
        origin = self._origins[graph]
        with suppress(OSError, TurtleError):  # the reading of its triples tells
            if origin.path.stat().st_size > _LARGE:
                file = _File(origin, self._engine, graph)
                file.prepare()
                self._files.setdefault(graph, file)

    def forget(self, path: Path) -> None:
        """Read the file again when it is next pointed into."""
        for graph in [graph for graph, file in self._files.items() if file.path == path]:
            del self._files[graph]

    def of_triple(self, triple: Triple, graph: NamedNode, *, predicate: bool = False) -> Place | None:
        """The place of the triple's object (or predicate) in the file of the graph."""
        file = self._file(graph)
        if file is None or isinstance(triple.subject, Triple):
            return None
        said = file.about(triple.subject)
        row = said.triples.get((triple.predicate, file.key(triple.object))) or said.last.get(triple.predicate)
        return file.place(row and (row.predicate if predicate else row.object))

    def of_subject(self, node: NamedNode | BlankNode, graph: NamedNode | None = None) -> Place | None:
        """The place where the node is first the subject, in the file of the graph or in any."""
        for found in [graph] if graph is not None else self._graphs(node):
            file = self._file(found)
            if file is not None:
                first = file.about(node).first
                return file.place(first and first.subject)
        return None

    def of_statement(
        self, focus: NamedNode | BlankNode, predicate: NamedNode, value: Term | None
    ) -> Place | None:
        """The place of the triple with the value, or of the last triple of the property; else of the subject."""
        for quad in self._engine.quads_for_pattern(focus, predicate, value):
            graph = quad.graph_name
            file = self._file(graph) if isinstance(graph, NamedNode) else None
            if file is not None and isinstance(graph, NamedNode):
                if value is not None:
                    return self.of_triple(quad.triple, graph)
                row = file.about(focus).last.get(predicate)
                return file.place(row and row.object)
        return self.of_node(focus)

    def of_node(self, node: Term) -> Place | None:
        """The place where the node is first the subject; where nothing is said of it, where it is some object."""
        if not isinstance(node, Literal) and any(self._engine.quads_for_pattern(node, None, None)):
            return self.of_subject(node)
        for quad in self._engine.quads_for_pattern(None, None, node):
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name in self._origins:
                return self.of_triple(quad.triple, quad.graph_name)
        return None

    def of_result(self, result: Result) -> Place | None:
        """The place of what a shape complains of: the triple that is wrong or one too many; for what is missing, the
        subject.
        """
        focus, path, value = result.focus, result.path, result.value
        if isinstance(path, Inverse) and isinstance(path.path, Predicate):
            if value is not None and not isinstance(value, Literal):
                return self.of_statement(value, path.path.iri, focus)
        elif isinstance(path, Predicate) and not isinstance(focus, Literal):
            if result.component == _UNIQUE_LANG:
                return self._of_repeated_language(focus, path.iri)
            if value is not None or result.component in _TOO_MANY:
                return self.of_statement(focus, path.iri, value)
        return self.of_node(focus)

    def _of_repeated_language(self, focus: NamedNode | BlankNode, predicate: NamedNode) -> Place | None:
        """The last text in a language that has another."""
        found = [
            (quad.object.language, place)
            for quad in self._engine.quads_for_pattern(focus, predicate, None)
            if isinstance(quad.object, Literal) and isinstance(quad.graph_name, NamedNode)
            if (place := self.of_triple(quad.triple, quad.graph_name))
        ]
        languages = [language for language, _ in found]
        return max((place for language, place in found if languages.count(language) > 1), default=None)

    def _graphs(self, node: NamedNode | BlankNode) -> list[NamedNode]:
        graphs = {quad.graph_name for quad in self._engine.quads_for_pattern(node, None, None)}
        known = [graph for graph in graphs if isinstance(graph, NamedNode) and graph in self._origins]
        return sorted(known, key=lambda graph: graph.value)

    def _file(self, graph: NamedNode) -> _File | None:
        if graph in self._origins and graph not in self._files:
            self._files[graph] = _File(self._origins[graph], self._engine, graph)
        return self._files.get(graph)


class _About:
    """What a file says about one subject, with where it stands."""

    def __init__(self) -> None:
        self.first: Located | None = None
        self.triples: dict[tuple[NamedNode, Hashable], Located] = {}
        self.last: dict[NamedNode, Located] = {}

    def add(self, row: Located) -> None:
        self.first = self.first or row
        self.triples.setdefault((row.quad.predicate, _key(row.quad.object)), row)
        self.last[row.quad.predicate] = row


class _File:
    """A file, read for positions as far as is asked for."""

    def __init__(self, origin: Origin, engine: ox.Store, graph: NamedNode) -> None:
        self.path = origin.path
        self._origin, self._engine, self._graph = origin, engine, graph
        self._text = read_text(origin.path, limit=_MOST)
        self._format = format_of(origin.path)
        self._lines = Lines(self._text)
        self._known: dict[Term, _About] = {}

    def prepare(self) -> None:
        """Cut the text into statements."""
        if self._format != RdfFormat.TRIG:
            _ = self._statements

    def place(self, span: Span | None) -> Place:
        return Place(self.path, *self._lines.place(span[0])) if span else Place(self.path)

    def about(self, subject: NamedNode | BlankNode) -> _About:
        """What stands in the file about a subject, which is named as in the store."""
        if isinstance(subject, NamedNode) and len(self._text) > _LARGE and self._format != RdfFormat.TRIG:
            if subject not in self._known and (rows := self._rows_of(subject)):
                self._known[subject] = _read(rows)[subject]
            if subject in self._known:
                return self._known[subject]
        return self._whole.get(self._as_here(subject)) or _About()

    def key(self, term: object) -> Hashable:
        """What the term is known by in what stands in the file."""
        return _key(self._as_here(term) if isinstance(term, BlankNode) else term)

    def _rows_of(self, subject: NamedNode) -> list[Located]:
        try:
            return self._statements.of(subject)
        except TurtleError:
            return []  # a wrong cut: the whole text will tell

    @cached_property
    def _statements(self) -> Statements:
        return Statements(self._text, format=self._format, base=self._origin.base)

    @cached_property
    def _rows(self) -> list[Located]:
        try:
            return locate(self._text, format=self._format, base=self._origin.base, path=self._origin.path)
        except TurtleError:
            return []  # the file is known to parse; only its positions can't be told

    @cached_property
    def _whole(self) -> dict[object, _About]:
        return _read(self._rows)

    @cached_property
    def _blanks(self) -> dict[BlankNode, BlankNode]:
        """The label in the rows of each blank node in the store."""
        stored = self._engine.quads_for_pattern(None, None, None, self._graph)
        return paired(
            [(quad.subject, quad.predicate, quad.object) for quad in stored],
            [(row.quad.subject, row.quad.predicate, row.quad.object) for row in self._rows],
            key=_key,
        )

    def _as_here(self, term: NamedNode | BlankNode) -> NamedNode | BlankNode:
        return self._blanks.get(term, term) if isinstance(term, BlankNode) else term


def _read(rows: Iterable[Located]) -> dict[object, _About]:
    found: dict[object, _About] = {}
    for row in rows:
        found.setdefault(row.quad.subject, _About()).add(row)
    return found


def _key(term: object) -> Hashable:
    """What makes two terms of one file the same, as far as a store keeps them: it may write numbers in another way."""
    term = kept(term) if isinstance(term, Literal) else term
    if isinstance(term, Literal) and term.datatype.value in _NUMBERS:
        try:
            return (term.datatype, Decimal(term.value))
        except InvalidOperation:
            return term
    return term if isinstance(term, Hashable) else str(term)
