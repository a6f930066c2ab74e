"""What a check gives: the findings, in order, and how much was looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from coopgraph.build.assemble import Assembly
from coopgraph.errors import TurtleError
from coopgraph.iris import file_path
from coopgraph.project import Project
from coopgraph.store import Store
from coopgraph.turtle import read
from coopgraph.validate.evidence import Tested
from coopgraph.validate.findings import SEVERITIES, SHAPES, VIOLATION, Finding, Place, result_of_rule
from coopgraph.validate.rules import RULES
from coopgraph.validate.shapes import Shapes


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
