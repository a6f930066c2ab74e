"""Check a dataset: every rule of coopgraph's own and every shape, each finding at its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from coopgraph.build.assemble import Assembly, Progress, assemble, silent
from coopgraph.build.derive import derive
from coopgraph.errors import TurtleError
from coopgraph.iris import file_path
from coopgraph.project import Project
from coopgraph.store import Store
from coopgraph.turtle import read
from coopgraph.validate.doubles import doubles
from coopgraph.validate.engine import validate
from coopgraph.validate.evidence import Tested, evidence
from coopgraph.validate.facts import Facts, per_triple
from coopgraph.validate.files import files
from coopgraph.validate.findings import (
    SEVERITIES,
    SHAPES,
    VIOLATION,
    Finding,
    Place,
    finding_of,
    result_of_rule,
)
from coopgraph.validate.once import once
from coopgraph.validate.places import Places
from coopgraph.validate.rules import RULES
from coopgraph.validate.saved import saved_queries
from coopgraph.validate.shape_files import read_shapes, told_at_line
from coopgraph.validate.shapes import Shapes, load_shapes


@dataclass(frozen=True)
class Checked:
    """The findings of a check, worst first, and how many files and triples of data were looked at.

    `quotes` says how many quotes were held against the sources; it is None where that was not asked for.
    """

    findings: tuple[Finding, ...]
    files: int
    triples: int
    quotes: Tested | None = None

    def count(self, severity: str) -> int:
        return sum(1 for finding in self.findings if finding.severity == severity)

    @property
    def conforms(self) -> bool:
        return not self.count(VIOLATION)

    def within(self, paths: Collection[Path]) -> Checked:
        """Only what is found in these files and folders."""
        kept = [
            one
            for one in self.findings
            if any(
                place.path.is_relative_to(path)
                for place in (one.place, *one.related)
                if place
                for path in paths
            )
        ]
        return replace(self, findings=tuple(kept))


def check(project: Project, *, sources: Path | None = None, progress: Progress = silent) -> Checked:
    """Check the files of a dataset; nothing needs to be built.

    With `sources`, every quote is held against the archived texts in that folder. Raises ShapesError, with file and line,
    where the shapes themselves can't be used.
    """
    assembly = assemble(project, progress=progress)
    unread = list(syntax(assembly.errors))
    if not only_data(assembly):
        return Checked(in_order(unread), 0, 0)
    if assembly.errors:
        derive(assembly.store, project, assembly.namespaces)
    places = Places(assembly.store.engine, assembly.origins)
    facts = Facts(assembly, places)
    found = [*unread, *per_triple(facts), *files(facts), *doubles(assembly, places)]
    found += [*shapes(assembly, places), *saved_queries(assembly)]
    quotes = None
    if sources is not None:
        of_quotes, quotes = evidence(assembly, places, sources)
        found += of_quotes
    return Checked(in_order(once(found, absent=absent(assembly, found))), *size(assembly), quotes)


def size(assembly: Assembly) -> tuple[int, int]:
    """How many files of data were read, and how many triples they hold."""
    others = [graph for graph, origin in assembly.origins.items() if not origin.authored]
    values = " ".join(map(str, [*others, assembly.namespaces.graph_of("derived")]))
    query = f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }}"
    ((count,),) = assembly.store.select(query)
    assert count is not None
    return len(assembly.origins) - len(others), len(assembly.store.engine) - int(count.value)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, worst first, then by file and line."""
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[object, ...]:
    place = finding.place or Place(Path())
    return (
        SEVERITIES.index(finding.severity),
        str(place.path),
        place.line,
        place.column,
        finding.rule,
        finding.focus or "",
    )


def only_data(assembly: Assembly) -> bool:
    """Whether ontology and schemes could be read: without them every term would be unknown."""
    data = assembly.project.data
    return all(error.path and error.path.is_relative_to(data) for error in assembly.errors)


def absent(assembly: Assembly, findings: Iterable[Finding]) -> set[str]:
    """What the files would describe that can't be read, or that describe something else than their path says."""
    wrong = [one.place.path for one in findings if one.rule == "wrong-file" and one.place]
    paths = {error.path for error in assembly.errors if error.path} | set(wrong)
    return {assembly.namespaces.thing_of(file_path(assembly.project, path)) for path in paths}


def syntax(errors: Iterable[TurtleError]) -> Iterator[Finding]:
    """A finding for each file that can't be read."""
    for error in errors:
        place = Place(error.path, error.line, error.column) if error.path else None
        yield Finding("syntax", VIOLATION, {"sv": error.reason_sv, "en": error.reason}, place=place)


def shapes(assembly: Assembly, places: Places) -> Iterator[Finding]:
    """What the shapes find, and a note on each shape that found nothing to look at.

    Raises ShapesError, with file and line, where the shapes can't be used.
    """
    triples, where = read_shapes(assembly.project.files("shapes").values())
    with told_at_line(where):
        loaded = load_shapes(triples)
        results = list(validate(assembly.store.select, loaded))
    for result in results:
        yield finding_of(result, places.of_result(result), shorten=assembly.namespaces.shorten)
    yield from unused(loaded, assembly.store, assembly.namespaces.shorten)


def shape_triples(project: Project) -> list[Triple]:
    """The triples of all shapes of a dataset, its own and the packaged ones."""
    return [quad.triple for path in project.files("shapes").values() for quad in read(path)]


def unused(loaded: Shapes, store: Store, shorten: Callable[[str], str]) -> Iterator[Finding]:
    """A note on each shape that found nothing to look at."""
    for shape in loaded.targeted():
        if not isinstance(shape.node, NamedNode) or any(
            _has_focus(target.kind, target.term, store) for target in shape.targets
        ):
            continue
        name = shape.node.value.removeprefix(SHAPES)
        yield Finding(
            "no-focus",
            RULES["no-focus"].severity,
            {
                "sv": f"Formen {name} gällde inte någon sak: datan har ingen sådan.",
                "en": f"The shape {name} had nothing to look at: the data have no such thing.",
            },
            focus=shorten(shape.node.value),
            result=result_of_rule("no-focus", RULES["no-focus"].severity, shape.node),
        )


_FOCUS = {
    "class": "ASK {{ ?x a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* {term} }}",
    "node": "ASK {{ {term} ?p ?o }}",
    "subjectsOf": "ASK {{ ?x {term} ?o }}",
    "objectsOf": "ASK {{ ?x {term} ?o }}",
}


def _has_focus(kind: str, term: object, store: Store) -> bool:
    return store.ask(_FOCUS[kind].format(term=term))
