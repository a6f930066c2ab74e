"""Take changed files into a store that holds the others already."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from coopgraph.build.derive import change
from coopgraph.build.manifest import DATA, path_of
from coopgraph.build.rules import Rule, rules_of
from coopgraph.errors import TurtleError
from coopgraph.iris import Namespaces, stem
from coopgraph.project import RDF_SUFFIXES, Project
from coopgraph.store.local import LocalStore
from coopgraph.turtle import read


@dataclass(frozen=True)
class Renewed:
    """What changed files brought in and took away, and the derived triples that came and went (`follows`).

    `derived` and `files` are by how many these grew. A file in `errors` can't be read; its former triples stay.
    """

    added: frozenset[Quad]
    removed: frozenset[Quad]
    follows: frozenset[Quad]
    derived: int
    files: int
    errors: tuple[TurtleError, ...]


def renewed(
    project: Project,
    names: Namespaces,
    store: LocalStore,
    changed: Iterable[str],
    *,
    rules: Collection[Rule] | None = None,
) -> Renewed:
    """Bring the store in line with the named files, which have changed, come or gone."""
    added: set[Quad] = set()
    removed: set[Quad] = set()
    errors: list[TurtleError] = []
    files = 0
    for graph, path in graphs_of(names, changed).items():
        try:
            new = {
                Quad(quad.subject, quad.predicate, quad.object, graph)
                for suffix in RDF_SUFFIXES
                if (file := path_of(project, path + suffix)).is_file()
                for quad in read(file)
            }
        except TurtleError as error:
            errors.append(error)
            continue
        former = set(store.engine.quads_for_pattern(None, None, None, graph))
        files += bool(new) - bool(former)
        removed |= former - new
        added |= new - former
    follows: set[Quad] = set()
    if added or removed:
        follows = change(store, names, rules_of(project, names) if rules is None else rules, removed, added)
    came = sum(1 for quad in follows if quad in store.engine)
    return Renewed(
        frozenset(added),
        frozenset(removed),
        frozenset(follows),
        derived=2 * came - len(follows),
        files=files,
        errors=tuple(errors),
    )


def graphs_of(names: Namespaces, files: Iterable[str]) -> dict[NamedNode, str]:
    """The named graph of each file of data, with the file's name less its ending."""
    return {names.graph_of(stem(name[len(DATA) :])): stem(name) for name in files}
