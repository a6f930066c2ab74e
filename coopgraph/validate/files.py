"""The rules over files: is each thing in the file of its IRI, and in no other?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from coopgraph.iris import file_path
from coopgraph.validate.facts import Facts
from coopgraph.validate.findings import Finding, Place, result_of_rule
from coopgraph.validate.rules import RULES

_SUBJECTS = "SELECT DISTINCT ?s ?g WHERE { GRAPH ?g { ?s ?p ?o } }"


def files(facts: Facts) -> Iterator[Finding]:
    """Files whose place and IRI disagree, and things that two files describe."""
    origins = facts.assembly.origins
    graphs: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    subjects: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for subject, graph in facts.assembly.store.select(_SUBJECTS):
        if (
            isinstance(subject, NamedNode)
            and isinstance(graph, NamedNode)
            and graph in origins
            and origins[graph].authored
        ):
            graphs[subject].append(graph)
            subjects[graph].append(subject)
    for graph in sorted(subjects, key=lambda one: one.value):
        yield from in_wrong_file(facts, graph, subjects[graph])
    for subject in sorted(
        (one for one, where in graphs.items() if len(where) > 1), key=lambda one: one.value
    ):
        yield from in_two_files(facts, subject, graphs[subject])


def in_wrong_file(facts: Facts, graph: NamedNode, subjects: Iterable[NamedNode]) -> Iterator[Finding]:
    """The things that a file describes and that its place does not name; one finding each, parts included."""
    project, names = facts.assembly.project, facts.names
    path = facts.assembly.origins[graph].path
    if path.is_relative_to(project.data / "import"):
        return
    here = names.thing_of(file_path(project, path))
    first: dict[str, NamedNode] = {}
    for subject in sorted(subjects, key=lambda one: one.value):
        first.setdefault(subject.value.partition("#")[0], subject)
    for whole, subject in first.items():
        if whole == here:
            continue
        short, other = names.shorten(whole), names.path_of(whole)
        sv = f"Den hör hemma i data/{other}.ttl." if other else f"Dess IRI börjar inte med {names.base}id/."
        en = f"It belongs in data/{other}.ttl." if other else f"Its IRI does not begin with {names.base}id/."
        yield _file_finding(
            "wrong-file",
            whole,
            f"Filen beskriver {short}. {sv} Flytta filen dit. Är saken ny och filens namn rätt, skriv @base <{here}> .",
            f"The file describes {short}. {en} Move the file there. If the thing is new and the file's name right, write @base <{here}> .",
            facts.places.of_subject(subject, graph),
            facts,
        )


def in_two_files(facts: Facts, subject: NamedNode, graphs: Iterable[NamedNode]) -> Iterator[Finding]:
    """A finding in each file but the first that describes the thing."""
    earliest, *others = sorted(graphs, key=lambda one: one.value)
    project, origins = facts.assembly.project, facts.assembly.origins
    paths = ", ".join(sorted(project.shown(origins[graph].path) for graph in (earliest, *others)))
    short = facts.names.shorten(subject.value)
    for graph in others:
        yield _file_finding(
            "two-files",
            subject.value,
            f"{short} beskrivs i flera filer: {paths}. Behåll en.",
            f"{short} is described in several files: {paths}. Keep one.",
            facts.places.of_subject(subject, graph),
            facts,
            related=facts.places.of_subject(subject, earliest),
        )


def _file_finding(
    rule: str,
    subject: str,
    sv: str,
    en: str,
    place: Place | None,
    facts: Facts,
    *,
    related: Place | None = None,
) -> Finding:
    severity = RULES[rule].severity
    return Finding(
        rule,
        severity,
        {"sv": sv, "en": en},
        focus=facts.names.shorten(subject),
        place=place,
        result=result_of_rule(rule, severity, NamedNode(subject)),
        related=(related,) if related else (),
    )
