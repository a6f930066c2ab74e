"""What a shape reads, seen from its focus nodes: the ground for checking again only what a change can affect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from coopgraph.validate.constraints import Constraint
from coopgraph.validate.graph import SUBCLASS, TYPE
from coopgraph.validate.paths import Path, joined, prefixes_of, reverse
from coopgraph.validate.patterns import Edge, Group, UnreadableError, read_patterns
from coopgraph.validate.shapes import Shape, Shapes


@dataclass(frozen=True)
class Read:
    """A step along `predicate` (`None`: any) from a node that `lead` reaches from the focus node.

    `backwards` steps go from object to subject. `anywhere`: where the step starts is not known.
    """

    lead: Path | None
    predicate: NamedNode | None
    backwards: bool = False
    anywhere: bool = False


def reads_of(shapes: Shapes, shape: Shape) -> frozenset[Read]:
    """Every read on which the results of a shape can depend, its targets and the shapes it refers to included."""
    return frozenset((*_targets(shape), *_reads(shapes, shape, None)))


def _targets(shape: Shape) -> Iterator[Read]:
    for target in shape.targets:
        if target.kind == "class":
            yield Read(None, TYPE)
            yield Read(None, SUBCLASS, anywhere=True)
        elif target.kind != "node" and isinstance(target.term, NamedNode):
            yield Read(None, target.term, backwards=target.kind == "objectsOf")


def _reads(shapes: Shapes, shape: Shape, lead: Path | None) -> Iterator[Read]:
    if shape.deactivated:
        return
    values = lead
    if shape.path is not None:
        values = joined(lead, shape.path)
        yield from _along(lead, shape.path)
    for constraint in shape.constraints:
        yield from _of_constraint(constraint, shape, lead, values)
        for node in constraint.shapes:
            yield from _reads(shapes, shapes.by_node[node], values)
    for node in shape.properties:
        yield from _reads(shapes, shapes.by_node[node], values)


def _of_constraint(
    constraint: Constraint, shape: Shape, lead: Path | None, values: Path | None
) -> Iterator[Read]:
    term = constraint.terms[0] if constraint.terms else None
    if constraint.kind == "class":
        yield Read(values, TYPE)
        yield Read(None, SUBCLASS, anywhere=True)
    elif constraint.kind == "closed":
        yield Read(values, None)
    elif constraint.kind in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
        if isinstance(term, NamedNode):
            yield Read(lead, term)
    elif constraint.sparql is not None:
        sparql = constraint.sparql
        try:
            group = read_patterns(sparql.tokens, path=shape.path, constants=sparql.bound)
        except UnreadableError:
            yield Read(None, None, anywhere=True)
        else:
            yield from _of_group(
                group, {"this": (lead,), "value": (values,)} if sparql.form == "ask" else {"this": (lead,)}
            )


def _along(lead: Path | None, path: Path) -> Iterator[Read]:
    for before, predicate, backwards in prefixes_of(path):
        yield Read(joined(lead, before), predicate, backwards)


Leads = dict[str, tuple[Path | None, ...]]


def _of_group(group: Group, outside: Leads) -> Iterator[Read]:
    yield from _of_known(group, dict(outside))


def _of_known(group: Group, known: Leads) -> Iterator[Read]:
    """The reads of a group, adding to `known` how each of its variables is reached from the focus node."""
    edges, choices = list(group.edges), list(group.choices)
    moved = True
    while moved:
        moved = False
        for edge in list(edges):
            oriented = _oriented(edge, known)
            if oriented is not None:
                edges.remove(edge)
                moved = True
                yield from oriented
        for options in list(choices):
            found: list[Leads] = []
            reads: list[Read] = []
            for option in options:
                inside = dict(known)
                reads += _of_option(option, inside)
                found.append(inside)
            shared = set.intersection(*(set(inside) for inside in found)) - set(known)
            if shared or not edges:
                choices.remove(options)
                moved = True
                for name in shared:
                    known[name] = tuple(dict.fromkeys(lead for inside in found for lead in inside[name]))
                yield from reads
    for edge in edges:
        yield from _unconnected(edge)
    for options in choices:
        for option in options:
            yield from _of_option(option, dict(known))
    for aside in group.aside:
        yield from _of_option(aside, dict(known))


def _of_option(group: Group, known: Leads) -> Iterator[Read]:
    if group.select is None:
        yield from _of_known(group, known)
        return
    inside = {name: leads for name, leads in known.items() if name in group.select}
    yield from _of_known(group, inside)
    known.update({name: leads for name, leads in inside.items() if name in group.select})


def _oriented(edge: Edge, known: Leads) -> list[Read] | None:
    """The reads of a pattern with an end that is reached, from that end; None where neither is."""
    forwards = edge.subject in known
    if not forwards and edge.object not in known:
        return None
    start, far = (edge.subject, edge.object) if forwards else (edge.object, edge.subject)
    assert start is not None
    if edge.path is None:
        return [Read(lead, None, backwards=not forwards) for lead in known[start]]
    path = edge.path if forwards else reverse(edge.path)
    if far is not None and far not in known:
        known[far] = tuple(joined(lead, path) for lead in known[start])
    return [read for lead in known[start] for read in _along(lead, path)]


def _unconnected(edge: Edge) -> Iterator[Read]:
    if edge.path is None:
        yield Read(None, None, anywhere=True)
    else:
        for read in _along(None, edge.path):
            yield Read(None, read.predicate, anywhere=True)
