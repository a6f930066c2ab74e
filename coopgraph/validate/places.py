"""Where in which file a finding stands. Only files that have something to point at are read for positions."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.build.assemble import Assembly
from coopgraph.errors import TurtleError
from coopgraph.turtle import Lines, Located, format_of, locate, read_text
from coopgraph.validate.findings import Place

Node = NamedNode | BlankNode | Literal


class Places:
    """Finds the place of triples and of subjects; each file is read once."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._files: dict[Path, tuple[list[Located], Lines]] = {}

    def of_triple(self, triple: Triple, graph: NamedNode, *, predicate: bool = False) -> Place | None:
        """The place of the triple's object (or predicate) in the file of the graph."""
        origin = self._assembly.origins.get(graph)
        if origin is None:
            return None
        located, lines = self._read(origin.path)
        for row in located:
            quad = row.quad
            if (
                quad.predicate == triple.predicate
                and _same(quad.subject, triple.subject)
                and _same(quad.object, triple.object)
            ):
                return Place(origin.path, *lines.place((row.predicate if predicate else row.object)[0]))
        return Place(origin.path)

    def of_subject(self, node: NamedNode, graph: NamedNode | None = None) -> Place | None:
        """The place where the node is first the subject, in the file of the graph or in any."""
        for found in [graph] if graph is not None else self._graphs(node):
            origin = self._assembly.origins.get(found)
            if origin is None:
                continue
            located, lines = self._read(origin.path)
            for row in located:
                if row.quad.subject == node:
                    return Place(origin.path, *lines.place(row.subject[0]))
            return Place(origin.path)
        return None

    def of_statement(self, focus: NamedNode, predicate: NamedNode | None, value: Node | None) -> Place | None:
        """The place of what a shape complains of: the triple with the value, else the subject."""
        engine = self._assembly.store.engine
        if predicate is not None:
            for quad in engine.quads_for_pattern(focus, predicate, value):
                if isinstance(quad.graph_name, NamedNode) and quad.graph_name in self._assembly.origins:
                    if value is not None:
                        return self.of_triple(quad.triple, quad.graph_name)
                    return self.of_subject(focus, quad.graph_name)
        return self.of_subject(focus)

    def _graphs(self, node: NamedNode) -> list[NamedNode]:
        graphs = {quad.graph_name for quad in self._assembly.store.engine.quads_for_pattern(node, None, None)}
        known = [
            graph for graph in graphs if isinstance(graph, NamedNode) and graph in self._assembly.origins
        ]
        return sorted(known, key=lambda graph: graph.value)

    def _read(self, path: Path) -> tuple[list[Located], Lines]:
        if path not in self._files:
            text = read_text(path)
            try:
                located = locate(text, format=format_of(path), path=path)
            except TurtleError:
                located = []  # the file is known to parse; only its positions can't be told
            self._files[path] = (located, Lines(text))
        return self._files[path]


def _same(one: object, other: object) -> bool:
    """Whether two terms are the same in one file; a blank node's label is new at each reading, so any will do."""
    return one == other or (isinstance(one, BlankNode) and isinstance(other, BlankNode))
