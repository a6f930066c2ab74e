"""What the tests of the steward's operations share: proposing, writing, and what the files are."""

from __future__ import annotations

from collections.abc import Callable

from coopgraph.edit.change import Change
from coopgraph.edit.evidence import Support
from coopgraph.edit.graph import Graph, open_graph
from coopgraph.project import Project

Operation = Callable[[Graph], Change]


def propose(project: Project, operation: Operation) -> Change:
    """The proposal, with nothing written."""
    with open_graph(project) as graph:
        return operation(graph)


def do(project: Project, operation: Operation) -> Change:
    """The change, written."""
    change = propose(project, operation)
    change.write()
    return change


def snapshot(project: Project) -> dict[str, bytes]:
    """Every file of the dataset, but for what is built."""
    return {
        path.relative_to(project.root).as_posix(): path.read_bytes()
        for path in sorted(project.root.rglob("*"))
        if path.is_file() and ".coopgraph" not in path.parts and ".git" not in path.parts
    }


def said(graph: Graph, quote: str, source: str = "source:fjallsta-redovisning") -> list[Support]:
    """One quote of a source."""
    return [Support(graph.names.expand(source), quote)]
