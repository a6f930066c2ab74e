"""What a check has found, as JSON and back."""

from __future__ import annotations

from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from coopgraph.errors import TurtleError
from coopgraph.project import Project
from coopgraph.store import Term
from coopgraph.validate.findings import Finding, Place
from coopgraph.validate.found import Found
from coopgraph.validate.graph import Node
from coopgraph.validate.paths import Predicate
from coopgraph.validate.results import Result
from coopgraph.validate.shapes import Shapes

Json = Any


class Unfit(Exception):
    """Something that has no name beyond this reading: a blank node of the shapes, say."""


def to_json(found: Found, project: Project, shapes: Shapes) -> Json:
    """What was found. Raises Unfit where it can't be taken up later."""
    return {
        "results": [[_result(one, shapes), _finding(found.told[one], project)] for one in found.results],
        "of_triples": _groups(found.of_triples, project),
        "of_files": _groups(found.of_files, project),
        **{name: [_finding(one, project) for one in getattr(found, name)] for name in _LISTS},
        "errors": [
            [project.shown(path), error.reason, error.reason_sv, error.line, error.column]
            for path, error in found.errors.items()
        ],
        "files": found.files,
        "triples": found.triples,
    }


def from_json(said: Json, project: Project, shapes: Shapes) -> Found:
    """What `to_json` made. Raises ValueError, KeyError or TypeError for anything else."""
    results = [(_result_of(one, shapes), finding) for one, finding in said["results"]]
    return Found(
        results=[result for result, _ in results],
        told={result: _finding_of(finding, project, shapes, result) for result, finding in results},
        of_triples=_groups_of(said["of_triples"], project, shapes),
        of_files=_groups_of(said["of_files"], project, shapes),
        **{name: [_finding_of(one, project, shapes) for one in said[name]] for name in _LISTS},
        errors={
            (path := project.root / name): TurtleError(en, sv, path=path, line=line, column=column)
            for name, en, sv, line, column in said["errors"]
        },
        files=said["files"],
        triples=said["triples"],
    )


_LISTS = ("doubles", "saved", "unused")


def _groups(groups: dict[str, list[Finding]], project: Project) -> Json:
    return {key: [_finding(one, project) for one in group] for key, group in groups.items()}


def _groups_of(said: Json, project: Project, shapes: Shapes) -> dict[str, list[Finding]]:
    return {key: [_finding_of(one, project, shapes) for one in group] for key, group in said.items()}


def _finding(one: Finding, project: Project) -> Json:
    """A finding; that of a shape goes without its result, which stands beside it."""
    result = None if one.result is None or one.result.origin is not None else _result(one.result, None)
    places = [_place(place, project) for place in (one.place, *one.related)]
    return [
        one.rule,
        one.severity,
        dict(one.message),
        one.focus,
        one.path,
        one.value,
        places,
        result,
        one.meant,
    ]


def _finding_of(said: Json, project: Project, shapes: Shapes, of: Result | None = None) -> Finding:
    rule, severity, message, focus, path, value, places, result, meant = said
    place, *related = (_place_of(one, project) for one in places)
    return Finding(
        rule,
        severity,
        message,
        focus=focus,
        path=path,
        value=value,
        place=place,
        result=of or (_result_of(result, shapes) if result else None),
        meant=meant,
        related=tuple(one for one in related if one),
    )


def _place(place: Place | None, project: Project) -> Json:
    return place and [project.shown(place.path), place.line, place.column]


def _place_of(said: Json, project: Project) -> Place | None:
    return Place(project.root / said[0], said[1], said[2]) if said else None


def _result(one: Result, shapes: Shapes | None) -> Json:
    """A result; a constraint that has no name is known by its place among those of its shape."""
    if isinstance(one.shape, BlankNode) or (one.origin is not None and isinstance(one.origin[0], BlankNode)):
        raise Unfit
    path = one.path.iri.value if isinstance(one.path, Predicate) else one.path is not None
    terms = [_term(term) for term in (one.focus, one.value, one.component, one.shape, one.severity)]
    constraint = _sparql(shapes, one.shape).index(one.constraint) if shapes and one.constraint else None
    origin = one.origin and [_term(one.origin[0]), _term(one.origin[1])]
    return [path, terms, constraint, dict(one.messages), origin]


def _sparql(shapes: Shapes, shape: Node) -> list[Node]:
    """The nodes of the shape's constraints in SPARQL."""
    return [one.sparql.node for one in shapes.by_node[shape].constraints if one.sparql is not None]


def _result_of(said: Json, shapes: Shapes) -> Result:
    path, terms, constraint, messages, origin = said
    focus, value, component, shape, severity = map(_term_of, terms)
    assert focus is not None
    assert isinstance(component, NamedNode)
    assert isinstance(shape, NamedNode)
    assert isinstance(severity, NamedNode)
    return Result(
        focus=focus,
        path=Predicate(NamedNode(path))
        if isinstance(path, str)
        else shapes.by_node[shape].path
        if path
        else None,
        value=value,
        component=component,
        shape=shape,
        severity=severity,
        messages=messages,
        constraint=None if constraint is None else _sparql(shapes, shape)[constraint],
        origin=origin and (_node(origin[0]), _node(origin[1])),
    )


def _term(term: Term | None) -> Json:
    match term:
        case NamedNode():
            return term.value
        case BlankNode():
            return [term.value]
        case Literal():
            return [term.value, term.language, term.datatype.value]
    return None


def _term_of(said: Json) -> Term | None:
    match said:
        case str():
            return NamedNode(said)
        case [label]:
            return BlankNode(label)
        case [value, str(language), _]:
            return Literal(value, language=language)
        case [value, _, datatype]:
            return Literal(value, datatype=NamedNode(datatype))
    return None


def _node(said: Json) -> Any:
    return _term_of(said)
