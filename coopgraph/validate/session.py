"""A dataset under edit: checked once as a whole, then again only as far as a changed file reaches.

The findings are those of a full check. What a change reaches: the focus nodes that the shapes can come from to a changed
triple; the triples of the file itself; those that link to a thing that came or went; the things that the file describes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from coopgraph.build.assemble import Origin, assemble
from coopgraph.build.derive import BOUNDS, bounds_of, derive
from coopgraph.errors import TurtleError
from coopgraph.iris import file_path
from coopgraph.project import RDF_SUFFIXES, Project
from coopgraph.turtle import read
from coopgraph.validate.affected import affected, dependencies, renewed
from coopgraph.validate.check import Checked, absent, in_order, only_data, size, syntax, unused
from coopgraph.validate.doubles import doubles
from coopgraph.validate.engine import validate
from coopgraph.validate.facts import Facts, per_triple
from coopgraph.validate.files import files, in_two_files, in_wrong_file
from coopgraph.validate.findings import Finding, finding_of
from coopgraph.validate.once import once
from coopgraph.validate.places import Places
from coopgraph.validate.results import Result
from coopgraph.validate.saved import saved_queries
from coopgraph.validate.shape_files import read_shapes, told_at_line
from coopgraph.validate.shapes import load_shapes


class Session:
    """Holds a dataset in memory with its findings. `checked` gives them; `update` takes changed files in."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._load()

    def _load(self) -> None:
        """Read and check everything."""
        assembly = assemble(self.project)
        self._errors = {self._path_of(error): error for error in assembly.errors}
        self._readable = only_data(assembly)
        if not self._readable:
            return
        if assembly.errors:
            derive(assembly.store, self.project, assembly.namespaces)
        self._assembly = replace(assembly, origins=dict(assembly.origins))
        self._engine = assembly.store.engine
        self._derived = assembly.namespaces.graph_of("derived")
        self._places = Places(self._engine, self._assembly.origins)
        self._facts = Facts(self._assembly, self._places)
        triples, where = read_shapes(self.project.files("shapes").values())
        with told_at_line(where):
            self._shapes = load_shapes(triples)
            self._depends = dependencies(self._shapes)
            self._results = list(validate(assembly.store.select, self._shapes))
        self._told: dict[Result, Finding] = {}
        self._of_triples: dict[NamedNode, list[Finding]] = {}
        self._of_files: dict[NamedNode | str, list[Finding]] = {}
        for one in per_triple(self._facts):
            self._of_triples.setdefault(self._graph(_path(one)), []).append(one)
        for one in files(self._facts):
            key = self._graph(_path(one)) if one.rule == "wrong-file" else one.focus or ""
            self._of_files.setdefault(key, []).append(one)
        self._saved = list(saved_queries(self._assembly))
        self._look_at_all()

    def _look_at_all(self) -> None:
        """What can't be told file by file: bodies that are perhaps one, shapes without anything to look at."""
        assembly = self._assembly
        self._whole = [
            *doubles(assembly, self._places),
            *unused(self._shapes, assembly.store, assembly.namespaces.shorten),
        ]

    def _path_of(self, error: TurtleError) -> Path:
        return error.path or self.project.root

    @property
    def checked(self) -> Checked:
        """The findings as they now are."""
        unread = list(syntax(self._errors.values()))
        if not self._readable:
            return Checked(in_order(unread), 0, 0)
        found = [*unread, *self._whole, *self._saved]
        for result in self._results:
            if result not in self._told:
                place = self._places.of_result(result)
                self._told[result] = finding_of(result, place, shorten=self._assembly.namespaces.shorten)
            found.append(self._told[result])
        for group in (*self._of_triples.values(), *self._of_files.values()):
            found += group
        # a file that broke since it was read keeps its former triples, so nothing follows from it
        known = {origin.path for origin in self._assembly.origins.values()}
        missing = tuple(error for path, error in self._errors.items() if path not in known)
        found = once(found, absent=absent(replace(self._assembly, errors=missing), found))
        return Checked(in_order(found), *size(self._assembly))

    def update(self, paths: Collection[Path]) -> Checked:
        """Take in files that have changed, come or gone, and give the findings as they now are.

        A file of ontology, shapes, queries or settings, and a derived fact that some shape reads, mean a new check of
        everything.
        """
        data = [
            path
            for path in paths
            if path.is_relative_to(self.project.data) and path.name.endswith(RDF_SUFFIXES)
        ]
        if len(data) < len(paths) or not self._readable or self._reads_rules():
            self._load()
            return self.checked
        changed: set[Quad] = set()
        for path in data:
            changed |= self._take_in(path)
        if changed:
            self._check_again(changed, [self._graph(path) for path in data])
        return self.checked

    def _graph(self, path: Path | None) -> NamedNode:
        names = self._assembly.namespaces
        return names.graph_of(file_path(self.project, path)) if path else names.graph_of("")

    def _reads_rules(self) -> bool:
        """Whether a shape reads what only the rules of the ontology derive."""
        rules = self._facts.derived - {one.value for one in BOUNDS}
        return any(one is not None and one.value in rules for one in self._depends.by_predicate)

    def _take_in(self, path: Path) -> set[Quad]:
        """Put the file's triples in the place of its former ones; gives those that came and went.

        While the file can't be read its former triples stay, so that one missing dot does not set off everything else.
        """
        graph = self._graph(path)
        self._errors.pop(path, None)
        self._places.forget(path)
        before = set(self._engine.quads_for_pattern(None, None, None, graph))
        try:
            quads = read(path) if path.exists() else []
        except TurtleError as error:
            self._errors[path] = error
            return set()
        self._engine.remove_graph(graph)
        self._engine.extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
        origins = self._assembly.origins
        assert isinstance(origins, dict)
        origins.pop(graph, None)
        if quads:
            origins[graph] = Origin(path, authored=True)
        after = set(self._engine.quads_for_pattern(None, None, None, graph))
        changed = before ^ after
        return changed | self._derive_again(
            {quad.subject for quad in changed if isinstance(quad.subject, NamedNode)}
        )

    def _derive_again(self, subjects: Iterable[NamedNode]) -> set[Quad]:
        """Bring the bounds of these things' dates in line; gives the bounds that came and went."""
        changed: set[Quad] = set()
        for subject in subjects:
            old = {
                quad
                for quad in self._engine.quads_for_pattern(subject, None, None, self._derived)
                if quad.predicate in BOUNDS
            }
            new = set(bounds_of(subject, self._assembly.store, self._derived))
            for quad in old - new:
                self._engine.remove(quad)
            self._engine.extend(new - old)
            changed |= old ^ new
        return changed

    def _check_again(self, changed: set[Quad], graphs: list[NamedNode]) -> None:
        select = self._assembly.store.select
        focus = affected(self._depends, changed, select)
        fresh = list(validate(select, self._shapes, focus=focus)) if focus else []
        self._results = list(renewed(self._results, focus, fresh))
        paths = {origin.path for graph in graphs if (origin := self._assembly.origins.get(graph))}
        self._told = {
            result: one for result, one in self._told.items() if one.place and one.place.path not in paths
        }
        self._facts.look_again()
        subjects = {quad.subject for quad in changed if isinstance(quad.subject, NamedNode)}
        linking = {
            quad.graph_name for one in subjects for quad in self._engine.quads_for_pattern(None, None, one)
        }
        for graph in {*graphs, *linking} & {*self._assembly.origins, *graphs}:
            assert isinstance(graph, NamedNode)
            quads = self._engine.quads_for_pattern(None, None, None, graph)
            origin = self._assembly.origins.get(graph)
            self._of_triples[graph] = (
                list(per_triple(self._facts, quads)) if origin and origin.authored else []
            )
        for graph in graphs:
            inside = {quad.subject for quad in self._engine.quads_for_pattern(None, None, None, graph)}
            named = [one for one in inside if isinstance(one, NamedNode)]
            self._of_files[graph] = list(in_wrong_file(self._facts, graph, named)) if named else []
            subjects.update(named)
        for subject in subjects:
            where = {
                quad.graph_name
                for quad in self._engine.quads_for_pattern(subject, None, None)
                if isinstance(quad.graph_name, NamedNode) and quad.graph_name in self._assembly.origins
            }
            short = self._assembly.namespaces.shorten(subject.value)
            self._of_files[short] = list(in_two_files(self._facts, subject, where)) if len(where) > 1 else []
        self._look_at_all()


def _path(finding: Finding) -> Path | None:
    return finding.place.path if finding.place else None
