"""A dataset under edit: checked once as a whole, then again only as far as a changed file reaches.

The findings are those of a full check. What a change reaches: the focus nodes that the shapes can come from to a changed
triple; the triples of the file itself; those that link to a thing that came or went; the things that the file describes;
bodies that share a name with one that it names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, MutableMapping
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from coopgraph.build.assemble import Assembly, Origin, Progress, assemble, silent
from coopgraph.build.derive import derive, derived_graph
from coopgraph.build.manifest import DATA
from coopgraph.build.renew import renewed as taken_in
from coopgraph.build.rules import rules_of
from coopgraph.iris import file_path
from coopgraph.project import RDF_SUFFIXES, Project
from coopgraph.turtle import read
from coopgraph.validate.affected import affected, dependencies, renewed
from coopgraph.validate.checked import Checked, absent, in_order, only_data, size, syntax, unused
from coopgraph.validate.doubles import NAMING, doubles, of_one_name
from coopgraph.validate.engine import validate
from coopgraph.validate.evidence import evidence
from coopgraph.validate.facts import RETIRING, Facts
from coopgraph.validate.files import files, in_two_files, in_wrong_file
from coopgraph.validate.findings import Finding, finding_of
from coopgraph.validate.found import Found
from coopgraph.validate.once import once
from coopgraph.validate.places import Places
from coopgraph.validate.saved import saved_harvests, saved_queries
from coopgraph.validate.shape_files import read_shapes, told_at_line
from coopgraph.validate.shapes import Shapes, load_shapes
from coopgraph.validate.triples import per_triple
from coopgraph.validate.written import needs_written


class Session:
    """Holds a dataset with its findings. `checked` gives them; `update` takes changed files in.

    With `known`, an assembly and what was found of it (which may name nodes of the shapes), nothing is read. Raises ShapesError, with file and line, where the
    shapes can't be used.
    """

    def __init__(
        self,
        project: Project,
        known: tuple[Assembly, Callable[[Shapes], Found]] | None = None,
        *,
        progress: Progress = silent,
    ) -> None:
        self.project = project
        if known is None:
            self._load(progress)
        else:
            assembly, found = known
            self._readable = True
            self._hold(assembly)
            self._found = found(self.shapes)

    @property
    def found(self) -> Found:
        """What is known, each result of the shapes placed."""
        for result in self._found.results:
            if result not in self._found.told:
                place = self._places.of_result(result)
                self._found.told[result] = finding_of(result, place, shorten=self.assembly.namespaces.shorten)
        return self._found

    @property
    def can_be_kept(self) -> bool:
        """Whether what is found can be taken up later: not where the files themselves must be looked at each time."""
        return self._readable and not self._needs_files

    def _load(self, progress: Progress = silent) -> None:
        """Read and check everything."""
        assembly = assemble(self.project, progress=progress)
        errors = {error.path or self.project.root: error for error in assembly.errors}
        self._readable = only_data(assembly)
        if not self._readable:
            self.assembly, self._found = assembly, Found(errors=errors)
            return
        if assembly.errors:
            derive(assembly.store, self.project, assembly.namespaces)
        self._hold(replace(assembly, origins=dict(assembly.origins)))
        self._found = Found(errors=errors)
        self._look_at_all()

    def _hold(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self._engine = assembly.store.engine
        self._derived = derived_graph(assembly.namespaces)
        self._rules = rules_of(self.project, assembly.namespaces)
        self._places = Places(self._engine, assembly.origins)
        self._facts = Facts(assembly, self._places)
        triples, where = read_shapes(self.project.files("shapes").values())
        with told_at_line(where):
            self.shapes = load_shapes(triples)
            self._depends = dependencies(self.shapes)
        self._needs_files = needs_written(self.shapes)

    def _look_at_all(self) -> None:
        assembly, found = self.assembly, self._found
        written = None
        if self._needs_files:
            written = [quad.triple for origin in assembly.origins.values() for quad in read(origin.path)]
        _, where = read_shapes(self.project.files("shapes").values())
        with told_at_line(where):
            found.results = list(validate(assembly.store.select, self.shapes, written=written))
        for one in per_triple(self._facts):
            found.of_triples.setdefault(self.graph_of(_path(one)).value, []).append(one)
        for one in files(self._facts):
            key = self.graph_of(_path(one)).value if one.rule == "wrong-file" else one.focus or ""
            found.of_files.setdefault(key, []).append(one)
        found.saved = list(saved_queries(assembly))
        found.doubles = list(doubles(assembly, self._places))
        found.unused = list(unused(self.shapes, assembly.store, assembly.namespaces.shorten))
        found.files, found.triples = size(assembly)

    @property
    def checked(self) -> Checked:
        """The findings as they now are."""
        return self.look(None)

    def look(self, sources: Path | None) -> Checked:
        """The findings as they now are; with `sources`, every quote is held against the archived texts in that folder."""
        found, errors = self._found, self._found.errors
        said = list(syntax(errors.values()))
        if not self._readable:
            return Checked(in_order(said), 0, 0)
        said += [*found.doubles, *found.unused, *found.saved, *saved_harvests(self.project)]
        said += [self.found.told[result] for result in found.results]
        for group in (*found.of_triples.values(), *found.of_files.values()):
            said += group
        quotes = None
        if sources is not None:
            of_quotes, quotes = evidence(self.assembly, self._places, sources)
            said += of_quotes
        # what was found in a file before it broke is of a text that is no longer there
        said = [one for one in said if one.rule == "syntax" or _path(one) not in errors]
        # a file that broke since it was read keeps its former triples, so nothing follows from it
        missing = tuple(
            error for path, error in errors.items() if self.graph_of(path) not in self.assembly.origins
        )
        said = once(said, absent=absent(replace(self.assembly, errors=missing), said))
        return Checked(in_order(said), found.files, found.triples, quotes)

    def update(self, paths: Collection[Path]) -> Checked:
        """Take in files that have changed, come or gone, and give the findings as they now are.

        A file of ontology, shapes, queries or settings means a new check of everything. While a file of data can't be
        read its former triples stay, so that one missing dot does not set off everything else.
        """
        data = [path for path in paths if self._is_data(path)]
        if len(data) < len(paths) or not self.can_be_kept:
            self._load()
        elif data:
            self._take_in(data)
        return self.checked

    def _is_data(self, path: Path) -> bool:
        return path.is_relative_to(self.project.data) and path.name.endswith(RDF_SUFFIXES)

    def graph_of(self, path: Path | None) -> NamedNode:
        """The named graph of a file of data."""
        names = self.assembly.namespaces
        inside = path is not None and self._is_data(path)
        return names.graph_of(file_path(self.project, path) if inside and path else "")

    def _take_in(self, paths: list[Path]) -> None:
        found, origins = self._found, self.assembly.origins
        assert isinstance(origins, MutableMapping)
        for path in paths:
            found.errors.pop(path, None)
            self._places.forget(path)
        named = [DATA + path.relative_to(self.project.data).as_posix() for path in paths]
        change = taken_in(
            self.project, self.assembly.namespaces, self.assembly.store, named, rules=self._rules
        )
        found.errors.update({error.path or self.project.root: error for error in change.errors})
        for path in paths:
            graph = self.graph_of(path)
            if path in found.errors:
                continue
            if any(self._engine.quads_for_pattern(None, None, None, graph)):
                origins[graph] = Origin(path, authored=True)
            else:
                origins.pop(graph, None)
        found.files += change.files
        found.triples += len(change.added) - len(change.removed)
        if change.added or change.removed:
            self._check_again(
                change.added, change.removed, change.follows, {self.graph_of(path) for path in paths}
            )

    def _check_again(
        self,
        added: Collection[Quad],
        removed: Collection[Quad],
        follows: Collection[Quad],
        graphs: set[NamedNode],
    ) -> None:
        found, select = self._found, self.assembly.store.select
        changed = {*added, *removed}
        focus = affected(self._depends, {*changed, *follows}, select)
        fresh = list(validate(select, self.shapes, focus=focus)) if focus else []
        found.results = list(renewed(found.results, focus, fresh))
        paths = {origin.path for graph in graphs if (origin := self.assembly.origins.get(graph))}
        standing = set(found.results)
        found.told = {
            result: one
            for result, one in found.told.items()
            if result in standing and one.place and one.place.path not in paths
        }
        self._facts.look_again()
        self._look_at_triples(changed, graphs | self._linking(added, removed))
        self._look_at_files(changed, graphs)
        self._look_at_names(changed)
        if found.unused or removed:
            found.unused = list(unused(self.shapes, self.assembly.store, self.assembly.namespaces.shorten))

    def _linking(self, added: Collection[Quad], removed: Collection[Quad]) -> set[NamedNode]:
        """The graphs of the files that link to a thing that came or went, or was or is no longer retired, and of those that link to
        nothing: such a thing may be what they meant.
        """
        more = Counter(quad.subject for quad in added)
        more.subtract(quad.subject for quad in removed)
        doubtful = {quad.subject for quad in (*added, *removed) if quad.predicate in RETIRING}
        for subject, grown in more.items():
            if isinstance(subject, NamedNode):
                now = sum(
                    quad.graph_name != self._derived
                    for quad in self._engine.quads_for_pattern(subject, None, None)
                )
                if not now or now == grown:
                    doubtful.add(subject)
        told = self._found.of_triples.items() if doubtful else ()
        in_vain = {NamedNode(graph) for graph, said in told if any(one.rule == "dangling" for one in said)}
        return in_vain | {
            quad.graph_name
            for one in doubtful
            if isinstance(one, NamedNode)
            for quad in self._engine.quads_for_pattern(None, None, one)
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name in self.assembly.origins
        }

    def _look_at_triples(self, changed: set[Quad], graphs: Iterable[NamedNode]) -> None:
        for graph in graphs:
            origin = self.assembly.origins.get(graph)
            quads = self._engine.quads_for_pattern(None, None, None, graph)
            said = list(per_triple(self._facts, quads)) if origin and origin.authored else []
            _put(self._found.of_triples, graph.value, said)

    def _look_at_files(self, changed: set[Quad], graphs: Iterable[NamedNode]) -> None:
        subjects = {quad.subject for quad in changed if isinstance(quad.subject, NamedNode)}
        for graph in graphs:
            inside = {quad.subject for quad in self._engine.quads_for_pattern(None, None, None, graph)}
            named = [one for one in inside if isinstance(one, NamedNode)]
            said = list(in_wrong_file(self._facts, graph, named)) if named else []
            _put(self._found.of_files, graph.value, said)
            subjects.update(named)
        for subject in subjects:
            where = {
                quad.graph_name
                for quad in self._engine.quads_for_pattern(subject, None, None)
                if isinstance(quad.graph_name, NamedNode) and quad.graph_name in self.assembly.origins
            }
            said = list(in_two_files(self._facts, subject, where)) if len(where) > 1 else []
            _put(self._found.of_files, self.assembly.namespaces.shorten(subject.value), said)

    def _look_at_names(self, changed: Collection[Quad]) -> None:
        """Hold the names of the bodies that were renamed, and of those that shared a name with them, against the others."""
        naming = [quad for quad in changed if quad.predicate in NAMING]
        bodies = {
            term for quad in naming for term in (quad.subject, quad.object) if isinstance(term, NamedNode)
        }
        if not bodies:
            return
        names, store = self.assembly.namespaces, self.assembly.store
        short = {names.shorten(one.value) for one in bodies}
        bodies |= {
            one.result.focus
            for one in self._found.doubles
            if one.meant in short and one.result and isinstance(one.result.focus, NamedNode)
        }
        near = of_one_name(store, bodies)
        looked_at = {names.shorten(one.value) for one in near}
        among = of_one_name(store, near)
        fresh = doubles(self.assembly, self._places, among=among)
        self._found.doubles = [
            *(one for one in self._found.doubles if one.focus not in looked_at),
            *(one for one in fresh if one.focus in looked_at),
        ]


def _put(found: dict[str, list[Finding]], key: str, said: list[Finding]) -> None:
    if said:
        found[key] = said
    else:
        found.pop(key, None)


def _path(finding: Finding) -> Path | None:
    return finding.place.path if finding.place else None
