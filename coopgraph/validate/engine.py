"""Check a store against shapes: run the compiled queries and read results off their rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.errors import QueryError, ShapesError, StoreError
from coopgraph.store import Term
from coopgraph.validate.compile import COUNTS, Check, checks, targets_among
from coopgraph.validate.conditions import Context
from coopgraph.validate.constraints import Constraint
from coopgraph.validate.fallback import check_with_pyshacl
from coopgraph.validate.graph import Node
from coopgraph.validate.paths import Predicate
from coopgraph.validate.results import Focus, Result, Select
from coopgraph.validate.shapes import Shape, Shapes
from coopgraph.validate.survey import look
from coopgraph.validate.written import Written, read_written, wrong_as_written


class Unchecked(StoreError):
    """The store stopped answering, or refused a query. `shapes` are those that were not checked, or not wholly."""

    def __init__(self, cause: StoreError | QueryError, shapes: Collection[Node]) -> None:
        self.shapes = tuple(shapes)
        names = ", ".join(map(str, self.shapes))
        super().__init__(f"{cause.en} Not checked: {names}.", f"{cause.sv} Inte prövade: {names}.")


def validate(
    select: Select,
    shapes: Shapes,
    *,
    focus: Collection[NamedNode | Literal] | Focus | None = None,
    written: Iterable[Triple] | None = None,
    threads: int = 2,
) -> Iterator[Result]:
    """Every result of the shapes on the store behind `select`.

    With `focus`, at these nodes alone: the same for all shapes, or by shape as `affected` gives them. `written`
    are the triples as their files have them; they are read only where a shape asks for a datatype, such as
    xsd:byte, that the store does not keep apart from xsd:integer. Queries run on several threads. When the store stops answering, the results that are known come first and
    then `Unchecked` is raised. Raises ShapesError for what is wrong with the shapes and shows only here.
    """
    if focus is not None and not focus:
        return
    context = look(select, shapes)
    originals: Written | None = None
    if written is not None and context.merged:
        originals = read_written(context, written)
        context = replace(context, written=True)
    plan: list[Check] = []
    for shape in shapes.targeted():
        nodes = _nodes(focus, shape.node)
        if shape.node not in shapes.fallbacks and (nodes is None or nodes):
            plan += checks(context, shape, nodes and _targets(select, context, shape, nodes))
    missed: dict[Node, None] = {}
    failed: StoreError | QueryError | None = None
    from concurrent.futures import CancelledError, ThreadPoolExecutor

    pool = ThreadPoolExecutor(threads)
    try:
        # What authors wrote in SPARQL tends to take longest: it starts first, so that the threads end together.
        order = sorted(plan, key=lambda check: all(one.sparql is None for one in check.body.constraints))
        jobs = {id(check): pool.submit(_results, select, check, originals) for check in order}
        for check in plan:
            job = jobs[id(check)]
            try:
                yield from job.result()
            except QueryError as error:
                failed = failed or error
                missed[check.target.node] = None
            except StoreError as error:
                failed = failed or error
                missed[check.target.node] = None
                for later in jobs.values():
                    later.cancel()
            except CancelledError:
                missed[check.target.node] = None
    finally:
        pool.shutdown(cancel_futures=True)
    if failed:
        raise Unchecked(failed, [*missed, *shapes.fallbacks]) from failed
    if any(_nodes(focus, node) != () for node in shapes.fallbacks):
        only = None if isinstance(focus, Mapping) else focus
        try:
            yield from check_with_pyshacl(select, shapes, shapes.fallbacks, focus=only)
        except StoreError as error:
            raise Unchecked(error, shapes.fallbacks) from error


def _targets(
    select: Select, context: Context, shape: Shape, nodes: Collection[NamedNode | Literal]
) -> list[NamedNode | Literal]:
    """Those of the nodes that the shape targets."""
    rows = select(targets_among(context, shape, nodes))
    return [node for (node,) in rows if isinstance(node, NamedNode | Literal)]


def _nodes(
    focus: Collection[NamedNode | Literal] | Focus | None, shape: Node
) -> Collection[NamedNode | Literal] | None:
    return focus.get(shape, ()) if isinstance(focus, Mapping) else focus


def _results(select: Select, check: Check, written: Written | None) -> list[Result]:
    return list(run(select, check, written))


def run(select: Select, check: Check, written: Written | None = None) -> Iterator[Result]:
    """The results of one query."""
    rows = select(check.query)
    column = {f"?{getattr(name, 'value', name)}": i for i, name in enumerate(rows.variables)}
    body = check.body
    focus = column[body.chain[-1]]
    value, path = (column.get(name) if name else None for name in (body.value, body.path))
    flags = [column[flag] for flag in body.flags]
    chain = [column[name] for name in body.chain]
    counted: set[tuple[object, ...]] = set()
    for row in rows:
        node = row[focus]
        assert node is not None
        for i, constraint in enumerate(body.constraints):
            if flags and _is_true(row[flags[i]]):
                continue
            found = row[value] if value is not None else None
            if flags and constraint.kind in COUNTS:
                # Found at every value of the node, and told once.
                found, once = None, (i, *(row[at] for at in chain))
                if once in counted:
                    continue
                counted.add(once)
            origin = (check.target.node, row[chain[0]] or node)
            if constraint.kind == "select":
                bound = {name[1:]: row[at] for name, at in column.items()}
                result = _of_sparql(body.shape, constraint, node, found, bound)
            else:
                own = row[path] if path is not None else None
                result = _result(body.shape, constraint, node, found, own)
            if written is not None and constraint.kind == "datatype":
                for value_written in wrong_as_written(written, body.shape, constraint, node, found):
                    yield replace(result, value=value_written, origin=origin)
            else:
                yield replace(result, origin=origin)


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
        raise ShapesError(
            "The query of the shape reports a failure of its own (?failure).",
            "Formens fråga meddelar själv ett fel (?failure).",
            node=sparql.node,
        )
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
