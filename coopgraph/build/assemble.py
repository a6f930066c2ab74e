"""Read every file of a dataset into one store in memory, each in a named graph of its own, and derive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from coopgraph.build.derive import derive, derived_graph
from coopgraph.errors import TurtleError
from coopgraph.iris import Namespaces, file_path, namespaces
from coopgraph.project import Project
from coopgraph.store.loading import load_file
from coopgraph.store.local import LocalStore

Progress = Callable[[int, int], None]
Put = Callable[[LocalStore, NamedNode], None]
"""What is done with each named graph as soon as the store holds it."""


def silent(done: int, total: int) -> None:
    """A progress report that nobody wants."""


def _left(store: LocalStore, graph: NamedNode) -> None:
    """Nothing is done with it yet."""


@dataclass(frozen=True)
class Origin:
    """The file that a named graph was read from. `authored` tells the dataset's data from ontology and schemes.

    `base` is what relative IRIs of the file are relative to, before it says so itself.
    """

    path: Path
    authored: bool
    base: str | None = None


@dataclass(frozen=True)
class Assembly:
    """All that a dataset says, in memory, with where each graph came from."""

    project: Project
    namespaces: Namespaces
    store: LocalStore
    origins: Mapping[NamedNode, Origin]
    errors: tuple[TurtleError, ...]

    def authored(self, graph: NamedNode) -> list[Triple]:
        """The triples of one file."""
        return [quad.triple for quad in self.store.engine.quads_for_pattern(None, None, None, graph)]


def sources(project: Project, names: Namespaces) -> list[tuple[NamedNode, Origin]]:
    """Every file that goes into the graph, with its named graph: ontology and schemes first, then data."""
    found = list(vocabulary(project, names).items())
    for path in project.data_files():
        found.append((names.graph_of(file_path(project, path)), Origin(path, authored=True)))
    return found


def vocabulary(project: Project, names: Namespaces) -> dict[NamedNode, Origin]:
    """The files of ontology and schemes, with their named graphs."""
    return {
        names.graph_of("ontology/" + name.removesuffix(".ttl")): Origin(path, authored=False)
        for name, path in project.files("ontology").items()
    }


def assemble(project: Project, *, progress: Progress = silent, put: Put = _left) -> Assembly:
    """Read and derive. Files that don't parse are left out and told in `errors`, all of them and not only the first."""
    names = namespaces(project)
    files = sources(project, names)
    origins: dict[NamedNode, Origin] = {}
    errors: list[TurtleError] = []
    store = LocalStore.memory()
    for count, (graph, origin) in enumerate(files):
        progress(count, len(files))
        try:
            load_file(store.engine, origin.path, graph)
        except TurtleError as error:
            errors.append(error)
            continue
        origins[graph] = origin
        put(store, graph)
    progress(len(files), len(files))
    if not errors:
        derive(store, project, names)
        put(store, derived_graph(names))
    return Assembly(project, names, store, origins, tuple(errors))
