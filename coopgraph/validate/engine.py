"""Check a store against shapes: run the compiled queries and read results off their rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode

from coopgraph.errors import ShapesError
from coopgraph.store import Term
from coopgraph.validate.compile import Check, checks
from coopgraph.validate.conditions import Context
from coopgraph.validate.fallback import check_with_pyshacl
from coopgraph.validate.graph import RDFS, XSD
from coopgraph.validate.literals import WHOLE_NUMBERS
from coopgraph.validate.paths import Predicate
from coopgraph.validate.results import Result, Select
from coopgraph.validate.shapes import Constraint, Shape, Shapes


def validate(
    select: Select, shapes: Shapes, *, focus: Collection[NamedNode] | None = None
) -> Iterator[Result]:
    """Every result of the shapes on the store behind `select` (at the nodes in `focus` alone, if given)."""
    if focus is not None and not focus:
        return
    context = look(select, shapes)
    for shape in shapes.targeted():
        if shape.node not in shapes.fallbacks:
            for check in checks(context, shape, focus):
                yield from run(select, check)
    if shapes.fallbacks:
        yield from check_with_pyshacl(select, shapes, shapes.fallbacks, focus=focus)


def look(select: Select, shapes: Shapes) -> Context:
    """What the queries need to know of the store: the subclasses in use, and how it keeps datatypes."""
    named: dict[NamedNode, set[NamedNode] | None] = {}
    for shape in shapes.by_node.values():
        terms: list[Term] = [target.term for target in shape.targets if target.kind == "class"]
        terms += [one.terms[0] for one in shape.constraints if one.kind == "class"]
        named.update({term: {term} for term in terms if isinstance(term, NamedNode)})
    if named:
        wanted = " ".join(map(str, named))
        for cls, sub in select(
            f"SELECT DISTINCT ?c ?s WHERE {{ VALUES ?c {{ {wanted} }} ?s <{RDFS}subClassOf>+ ?c }}"
        ):
            found = named.get(cls) if isinstance(cls, NamedNode) else None
            if found is not None and isinstance(sub, NamedNode):
                found.add(sub)
            elif isinstance(sub, BlankNode) and isinstance(cls, NamedNode):
                named[cls] = None
    classes = {cls: tuple(sorted(found, key=str)) for cls, found in named.items() if found}
    return Context(shapes, classes, _merged(select, shapes))


def _merged(select: Select, shapes: Shapes) -> frozenset[str]:
    """The datatypes in use that the store keeps as xsd:integer."""
    used = {
        term.value
        for shape in shapes.by_node.values()
        for one in shape.constraints
        for term in one.terms
        if one.kind == "datatype" and isinstance(term, NamedNode) and term.value in WHOLE_NUMBERS
    }
    if not used:
        return frozenset()
    asked = sorted(used)
    columns = " ".join(f'(DATATYPE("1"^^<{iri}>) AS ?d{i})' for i, iri in enumerate(asked))
    (row,) = select(f"SELECT {columns} WHERE {{}}")
    return frozenset(iri for iri, kept in zip(asked, row, strict=True) if kept == NamedNode(XSD + "integer"))


def run(select: Select, check: Check) -> Iterator[Result]:
    """The results of one query."""
    rows = select(check.query)
    column = {f"?{getattr(name, 'value', name)}": i for i, name in enumerate(rows.variables)}
    body = check.body
    focus = column[body.chain[-1]]
    value, path = (column.get(name) if name else None for name in (body.value, body.path))
    flags = [column[flag] for flag in body.flags]
    for row in rows:
        node = row[focus]
        assert node is not None
        for i, constraint in enumerate(body.constraints):
            if flags and _is_true(row[flags[i]]):
                continue
            found = row[value] if value is not None else None
            if constraint.kind == "select":
                bound = {name[1:]: row[at] for name, at in column.items()}
                yield _of_sparql(body.shape, constraint, node, found, bound)
            else:
                yield _result(body.shape, constraint, node, found, row[path] if path is not None else None)


def _is_true(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.value in ("true", "1")


def _result(
    shape: Shape, constraint: Constraint, node: Term, value: Term | None, path: Term | None
) -> Result:
    messages: Mapping[str, str] = shape.messages
    if constraint.sparql is not None:
        bound = {"this": node, "value": value, **constraint.sparql.bound}
        messages = _filled(shape.messages or constraint.sparql.messages, bound)
    return Result(
        focus=node,
        path=Predicate(path) if isinstance(path, NamedNode) else shape.path,
        value=value,
        component=constraint.component,
        shape=shape.node,
        severity=shape.severity,
        messages=messages,
    )


def _of_sparql(
    shape: Shape, constraint: Constraint, node: Term, value: Term | None, bound: Mapping[str, Term | None]
) -> Result:
    sparql = constraint.sparql
    assert sparql is not None
    if _is_true(bound.get("failure")):
        raise ShapesError("The query of the shape reports a failure of its own (?failure).", node=sparql.node)
    said = bound.get("message")
    known = {**bound, **sparql.bound, "this": node}
    if isinstance(said, Literal):
        messages = {said.language or "": said.value}
    else:
        messages = _filled(sparql.messages or shape.messages, known)
    path = bound.get("path")
    component = constraint.component
    return Result(
        focus=node,
        path=Predicate(path) if isinstance(path, NamedNode) else shape.path,
        value=node if value is None and shape.path is None else value,
        component=component,
        shape=shape.node,
        severity=shape.severity,
        messages=messages,
        constraint=sparql.node if component.value.endswith("#SPARQLConstraintComponent") else None,
    )


def _filled(messages: Mapping[str, str], bound: Mapping[str, Term | None]) -> dict[str, str]:
    """The messages with `{$name}` and `{?name}` replaced by what the variables stand for."""

    def term(match: re.Match[str]) -> str:
        found = bound.get(match.group(1))
        return match.group() if found is None else found.value

    return {language: re.sub(r"\{[?$](\w+)\}", term, text) for language, text in messages.items()}
