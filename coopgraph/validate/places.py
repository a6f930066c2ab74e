"""Where in which file a finding stands. Only files that have something to point at are read for positions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.build.assemble import Origin
from coopgraph.errors import TurtleError
from coopgraph.turtle import Lines, Located, Span, format_of, locate, read_text
from coopgraph.validate.findings import Place
from coopgraph.validate.results import Result

Node = NamedNode | BlankNode | Literal
_UNIQUE_LANG = NamedNode("http://www.w3.org/ns/shacl#UniqueLangConstraintComponent")
_TOO_MANY = {
    NamedNode(f"http://www.w3.org/ns/shacl#{name}ConstraintComponent")
    for name in ("MaxCount", "QualifiedMaxCount")
}
_NUMBERS = tuple(
    f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("decimal", "integer", "double", "float")
)


class Places:
    """Finds the place of triples and of subjects in the files that graphs were read from; each file is read once."""

    def __init__(self, engine: ox.Store, origins: Mapping[NamedNode, Origin]) -> None:
        self._engine, self._origins = engine, origins
        self._files: dict[Path, _File] = {}

    def of_triple(self, triple: Triple, graph: NamedNode, *, predicate: bool = False) -> Place | None:
        """The place of the triple's object (or predicate) in the file of the graph."""
        origin = self._origins.get(graph)
        if origin is None:
            return None
        file = self._file(origin.path)
        subject, property_ = _key(triple.subject), triple.predicate
        row = file.triples.get((subject, property_, _key(triple.object))) or file.last.get(
            (subject, property_)
        )
        return file.place(row and (row.predicate if predicate else row.object))

    def of_subject(self, node: NamedNode, graph: NamedNode | None = None) -> Place | None:
        """The place where the node is first the subject, in the file of the graph or in any."""
        for found in [graph] if graph is not None else self._graphs(node):
            if found in self._origins:
                file = self._file(self._origins[found].path)
                row = file.first.get(_key(node))
                return file.place(row and row.subject)
        return None

    def of_statement(self, focus: NamedNode, predicate: NamedNode, value: Node | None) -> Place | None:
        """The place of the triple with the value, or of the last triple of the property; else of the subject."""
        for quad in self._engine.quads_for_pattern(focus, predicate, value):
            graph = quad.graph_name
            if isinstance(graph, NamedNode) and graph in self._origins:
                if value is not None:
                    return self.of_triple(quad.triple, graph)
                file = self._file(self._origins[graph].path)
                row = file.last.get((_key(focus), predicate))
                return file.place(row and row.object)
        return self.of_subject(focus)

    def of_result(self, result: Result) -> Place | None:
        """The place of what a shape complains of: the triple that is wrong or one too many; for what is missing, the
        subject.
        """
        if not isinstance(result.focus, NamedNode):
            return None
        predicate, value = result.predicate, result.value
        if predicate is not None and result.component == _UNIQUE_LANG:
            return self._of_repeated_language(result.focus, predicate)
        if predicate is not None and (value is not None or result.component in _TOO_MANY):
            return self.of_statement(result.focus, predicate, value)
        return self.of_subject(result.focus)

    def _of_repeated_language(self, focus: NamedNode, predicate: NamedNode) -> Place | None:
        """The last text in a language that has another."""
        found = [
            (quad.object.language, place)
            for quad in self._engine.quads_for_pattern(focus, predicate, None)
            if isinstance(quad.object, Literal) and isinstance(quad.graph_name, NamedNode)
            if (place := self.of_triple(quad.triple, quad.graph_name))
        ]
        languages = [language for language, _ in found]
        return max((place for language, place in found if languages.count(language) > 1), default=None)

    def _graphs(self, node: NamedNode) -> list[NamedNode]:
        graphs = {quad.graph_name for quad in self._engine.quads_for_pattern(node, None, None)}
        known = [graph for graph in graphs if isinstance(graph, NamedNode) and graph in self._origins]
        return sorted(known, key=lambda graph: graph.value)

    def _file(self, path: Path) -> _File:
        if path not in self._files:
            self._files[path] = _File(path)
        return self._files[path]


class _File:
    """A file's triples by their terms, with where they stand."""

    def __init__(self, path: Path) -> None:
        text = read_text(path)
        self._path, self._lines = path, Lines(text)
        try:
            rows = locate(text, format=format_of(path), path=path)
        except TurtleError:
            rows = []  # the file is known to parse; only its positions can't be told
        self.triples: dict[tuple[object, NamedNode, object], Located] = {}
        self.first: dict[object, Located] = {}
        self.last: dict[tuple[object, NamedNode], Located] = {}
        for row in rows:
            subject, predicate = _key(row.quad.subject), row.quad.predicate
            self.first.setdefault(subject, row)
            self.triples.setdefault((subject, predicate, _key(row.quad.object)), row)
            self.last[subject, predicate] = row

    def place(self, span: Span | None) -> Place:
        return Place(self._path, *self._lines.place(span[0])) if span else Place(self._path)


def _key(term: object) -> object:
    """What makes two terms of one file the same, as far as a store keeps them.

    A store may write a number in another way than the file; a blank node's label is new at each reading, so any will do.
    """
    if isinstance(term, BlankNode):
        return BlankNode
    if isinstance(term, Literal) and term.datatype.value in _NUMBERS:
        try:
            return (term.datatype, Decimal(term.value))
        except InvalidOperation:
            return term
    return term
