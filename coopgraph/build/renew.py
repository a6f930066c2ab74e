"""Take changed files into a store that holds the others already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from coopgraph.build.derive import change, derived_graph
from coopgraph.build.manifest import path_of
from coopgraph.build.rules import rules_of
from coopgraph.errors import TurtleError
from coopgraph.iris import Namespaces, file_path
from coopgraph.project import RDF_SUFFIXES, Project
from coopgraph.store.local import LocalStore
from coopgraph.turtle import read


@dataclass(frozen=True)
class Renewed:
    """What changed files brought in and took away; `derived` and `files` are by how many these grew.

    With `errors` nothing was changed.
    """

    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()
    derived: int = 0
    files: int = 0
    errors: tuple[TurtleError, ...] = ()


def renewed(project: Project, names: Namespaces, store: LocalStore, changed: Iterable[str]) -> Renewed:
    """Bring the store in line with the named files, which have changed, come or gone."""
    added: set[Quad] = set()
    removed: set[Quad] = set()
    errors: list[TurtleError] = []
    files = 0
    for graph, path in graphs_of(project, names, changed).items():
        former = set(store.engine.quads_for_pattern(None, None, None, graph))
        new: set[Quad] = set()
        present = [one for suffix in RDF_SUFFIXES if (one := path_of(project, path + suffix)).is_file()]
        for one in present:
            try:
                new.update(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read(one))
            except TurtleError as error:
                errors.append(error)
        files += bool(new) - bool(former)
        removed |= former - new
        added |= new - former
    if errors:
        return Renewed(errors=tuple(errors))
    derived = derived_graph(names)
    before = set(added | removed)
    follows = change(store, names, rules_of(project, names), removed, added) if before else set()
    stands = sum(1 for quad in follows if quad in store.engine)
    assert all(quad.graph_name == derived for quad in follows)
    return Renewed(frozenset(added), frozenset(removed), 2 * stands - len(follows), files)


def graphs_of(project: Project, names: Namespaces, files: Iterable[str]) -> dict[NamedNode, str]:
    """The named graph of each file, with the file's name less its ending."""
    found = {}
    for name in files:
        path = file_path(project, path_of(project, name))
        found[names.graph_of(path)] = f"data/{path}"
    return found
