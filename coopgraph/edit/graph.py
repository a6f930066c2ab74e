"""The whole graph as the files now say it, opened fast: the built snapshot with the files that changed after it.

Where nothing is built, or ontology or settings changed after the build, every file is read instead.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.build.assemble import Assembly, sources
from coopgraph.build.derive import bounds_of, derive, derived_graph
from coopgraph.build.manifest import DATA, look, read_manifest
from coopgraph.build.origins import Origins
from coopgraph.build.renew import renewed
from coopgraph.build.snapshot import current
from coopgraph.errors import ProjectError, StoreError
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import Project
from coopgraph.store import Term
from coopgraph.store.loading import load_file
from coopgraph.store.local import LocalStore

_HOUR = 3600
_FEW = 500
"""So many changed files are always taken in one by one; of more than these, a quarter of all."""


@dataclass(frozen=True)
class Graph:
    """A dataset's graph in a store that may be written to: it is a copy, and nobody else sees it."""

    project: Project
    names: Namespaces
    assembly: Assembly
    folder: Path

    @property
    def engine(self) -> ox.Store:
        return self.assembly.store.engine

    def path_of(self, thing: NamedNode) -> Path:
        """The file that describes a thing or the thing that it is part of, there or not."""
        path = self.names.path_of(thing.value)
        if path is None:
            raise ProjectError(
                f"{thing.value} is no thing of this dataset: its IRI does not begin with {self.names.base}id/.",
                f"{thing.value} är ingen sak i den här datamängden: dess IRI börjar inte med {self.names.base}id/.",
            )
        return self.project.data / f"{path}.ttl"

    def objects(self, subject: NamedNode, predicate: str) -> list[Term]:
        """The values of a property, which is given as a prefixed name; authored ones only."""
        quads = self.engine.quads_for_pattern(subject, self.names.expand(predicate), None)
        return [
            quad.object for quad in quads if self.is_authored(quad) and not isinstance(quad.object, Triple)
        ]

    def about(self, subject: NamedNode) -> list[Triple]:
        """The authored triples of a thing or a part."""
        quads = self.engine.quads_for_pattern(subject, None, None)
        return [quad.triple for quad in quads if self.is_authored(quad)]

    def references(self, thing: NamedNode) -> list[Quad]:
        """The authored triples, in other files too, that have the thing as their object."""
        return [quad for quad in self.engine.quads_for_pattern(None, None, thing) if self.is_authored(quad)]

    def is_authored(self, quad: Quad) -> bool:
        return quad.graph_name != derived_graph(self.names)

    def describes(self, thing: NamedNode) -> bool:
        """Whether any file says anything of the thing."""
        return any(self.is_authored(quad) for quad in self.engine.quads_for_pattern(thing, None, None))

    def label(self, term: Term, language: str) -> str:
        """What a thing, property or concept is called in a language, else in another, else its short name."""
        if isinstance(term, Literal):
            return term.value
        for predicate in ("skos:prefLabel", "dct:title", "rdfs:label"):
            texts = [
                quad.object
                for quad in self.engine.quads_for_pattern(term, self.names.expand(predicate), None)
                if isinstance(quad.object, Literal)
            ]
            if texts:
                best = [one for one in texts if one.language == language]
                return (best or sorted(texts, key=lambda one: one.language or ""))[0].value
        return self.names.shorten(term.value) if isinstance(term, NamedNode) else str(term)


@contextmanager
def open_graph(project: Project) -> Iterator[Graph]:
    """The graph as the files now say it; gone again, with all that was changed in it, at the end."""
    project.state.mkdir(exist_ok=True)
    for left in project.state.glob("graph-*"):  # of a process that was killed
        if time.time() - left.stat().st_mtime > _HOUR:
            shutil.rmtree(left, ignore_errors=True)
    names = namespaces(project)
    with tempfile.TemporaryDirectory(
        dir=project.state,
        prefix="graph-",
        ignore_cleanup_errors=True,  # the engine may still write as it ends; what is left goes next time
    ) as temporary:
        folder = Path(temporary)
        graph = _from_snapshot(project, names, folder) or _from_files(project, names, folder)
        yield graph
        del graph


def _from_files(project: Project, names: Namespaces, folder: Path) -> Graph:
    files = sources(project, names)
    store = LocalStore.memory()
    for graph, origin in files:
        load_file(store.engine, origin.path, graph)
    derive(store, project, names)
    return Graph(project, names, Assembly(project, names, store, dict(files), ()), folder)


def _from_snapshot(project: Project, names: Namespaces, folder: Path) -> Graph | None:
    """A copy of the snapshot that answers, brought up to date; None where it is of no use."""
    try:
        snapshot = current(project)
    except (ProjectError, StoreError):
        return None
    try:
        known = read_manifest(snapshot.folder / "files")
        if known is None:
            return None
        files = look(project, known)
        changed = files.changed_since(known)
        data = {name for name in changed if name.startswith(DATA)}
        others = {name for name in changed - data if not name.startswith(("shapes/", "queries/"))}
        if others or len(data) > max(_FEW, len(files) // 4):
            return None
        snapshot.store.engine.backup(str(folder / "store"))
    finally:
        snapshot.close()
    store = LocalStore.change(folder / "store")
    taken = renewed(project, names, store, data)
    if taken.errors:
        raise taken.errors[0]
    origins = Origins(project, names, files)
    return Graph(project, names, Assembly(project, names, store, origins, ()), folder)


def replace(graph: Graph, name: NamedNode, triples: list[Triple]) -> set[Quad]:
    """Put triples in the place of those of a file, bounds of dates too; gives the quads that came and went."""
    engine, derived = graph.engine, derived_graph(graph.names)
    before = set(engine.quads_for_pattern(None, None, None, name))
    after = {Quad(one.subject, one.predicate, one.object, name) for one in triples}
    subjects = {quad.subject for quad in before ^ after if isinstance(quad.subject, NamedNode)}
    old = {one for subject in subjects for one in bounds_of(subject, graph.assembly.store, derived)}
    for quad in before - after:
        engine.remove(quad)
    engine.extend(after - before)
    new = {one for subject in subjects for one in bounds_of(subject, graph.assembly.store, derived)}
    for quad in old - new:
        engine.remove(quad)
    engine.extend(new - old)
    return (before ^ after) | (old ^ new)
