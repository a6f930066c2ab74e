"""What a proposed change does to the findings: only what it reaches is checked, as it is and as it would be."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace as changed_copy
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from coopgraph.build.assemble import Origin
from coopgraph.edit.graph import Graph, replace
from coopgraph.edit.text import triples_of
from coopgraph.iris import file_path
from coopgraph.validate.affected import affected, dependencies
from coopgraph.validate.doubles import doubles, of_one_name
from coopgraph.validate.engine import validate
from coopgraph.validate.facts import Facts
from coopgraph.validate.findings import Finding, finding_of
from coopgraph.validate.once import once
from coopgraph.validate.places import Places
from coopgraph.validate.results import Focus
from coopgraph.validate.shape_files import read_shapes, told_at_line
from coopgraph.validate.shapes import Shapes, load_shapes
from coopgraph.validate.triples import per_triple

_NAMING: tuple[str, ...] = (
    "skos:prefLabel",
    "skos:altLabel",
    "coop:country",
    "org:classification",
    "owl:deprecated",
)
_NAMING += ("owl:differentFrom", "org:originalOrganization", "org:resultingOrganization")


class Effect(NamedTuple):
    """The findings that a change brings in, and those that it removes."""

    brought: tuple[Finding, ...]
    removed: tuple[Finding, ...]


def effect(graph: Graph, texts: Mapping[Path, str | None]) -> Effect:
    """What becomes of the findings when the files get these texts (None: are removed). The graph is as before."""
    project, names = graph.project, graph.names
    triples, where = read_shapes(project.files("shapes").values())
    with told_at_line(where):
        shapes = load_shapes(triples)
        depends = dependencies(shapes)
    graphs = {names.graph_of(file_path(project, path)): path for path in texts}
    before = {name: list(graph.engine.quads_for_pattern(None, None, None, name)) for name in graphs}
    origins = ChainMap[NamedNode, Origin]({}, graph.assembly.origins)  # type: ignore[arg-type]
    real: dict[Path, Path] = {}
    for name, path in graphs.items():
        text = texts[path]
        if text is not None:
            proposed = graph.folder / f"{file_path(project, path).replace('/', '--')}.ttl"
            proposed.write_bytes(text.encode())
            origins[name], real[proposed] = Origin(proposed, authored=True), path
    changed: set[Quad] = set()
    for name, path in graphs.items():
        text = texts[path]
        changed |= replace(graph, name, triples_of(text, path=path) if text is not None else [])
    look = _Look(graph, shapes, affected(depends, changed, graph.assembly.store.select), changed, origins)
    after = {key: _moved(one, real) for key, one in look.findings().items()}
    for name, quads in before.items():
        replace(graph, name, [quad.triple for quad in quads])
    now = look.findings()
    return Effect(
        tuple(one for key, one in after.items() if key not in now),
        tuple(one for key, one in now.items() if key not in after),
    )


class _Look:
    """Looks at what a change reaches, in the graph as it stands at the moment."""

    def __init__(
        self,
        graph: Graph,
        shapes: Shapes,
        focus: Focus,
        changed: set[Quad],
        origins: Mapping[NamedNode, Origin],
    ) -> None:
        self._graph, self._shapes, self._focus, self._changed = graph, shapes, focus, changed
        assembly = changed_copy(graph.assembly, origins=origins)
        self._places = Places(graph.engine, origins)
        self._facts = Facts(assembly, self._places)
        self._named = _bodies(graph, changed)
        # whatever has one of their names as it is, or has had: the same before and after
        self._among = of_one_name(graph.assembly.store, self._named, also=changed) if self._named else set()

    def findings(self) -> dict[tuple[object, ...], Finding]:
        """What is to be said, by what makes two findings the same."""
        graph, facts = self._graph, self._facts
        facts.look_again()
        quads = {quad for quad in self._changed if graph.is_authored(quad) and quad in graph.engine}
        for subject in _in_doubt(graph, self._changed):
            quads.update(graph.references(subject))
        found = list(per_triple(facts, sorted(quads, key=str)))
        for result in validate(graph.assembly.store.select, self._shapes, focus=self._focus):
            place = self._places.of_result(result)
            found.append(finding_of(result, place, shorten=graph.names.shorten))
        if self._among:
            found += doubles(facts.assembly, self._places, among=self._among)
        return {(one.rule, one.focus, one.path, one.value, one.text("en")): one for one in once(found)}


def _in_doubt(graph: Graph, changed: set[Quad]) -> set[NamedNode]:
    """The things that a link to leads nowhere, or perhaps to what is retired."""
    deprecated = graph.names.expand("owl:deprecated")
    subjects = {quad.subject for quad in changed if isinstance(quad.subject, NamedNode)}
    flagged = {quad.subject for quad in changed if quad.predicate == deprecated}
    return {one for one in subjects if one in flagged or not graph.describes(one)}


def _bodies(graph: Graph, changed: set[Quad]) -> set[NamedNode]:
    """The bodies whose names are to be held against those of others."""
    naming = {graph.names.expand(name) for name in _NAMING}
    found = {
        term
        for quad in changed
        if quad.predicate in naming
        for term in (quad.subject, quad.object)
        if isinstance(term, NamedNode) and term.value.startswith(graph.names.base + "id/")
    }
    return {one for one in found if "/id/concept/" not in one.value}


def _moved(finding: Finding, real: Mapping[Path, Path]) -> Finding:
    """The finding with the path that the proposed file will have."""
    place = finding.place
    if place and place.path in real:
        return changed_copy(finding, place=changed_copy(place, path=real[place.path]))
    return finding
