"""Whole numbers as their files have them, for stores that keep every kind of them as xsd:integer.

Oxigraph turns `"055"^^xsd:byte` into `55`. Where a shape asks for xsd:byte, what stands in the file decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.store import Term
from coopgraph.validate.conditions import Context
from coopgraph.validate.constraints import Constraint
from coopgraph.validate.graph import XSD
from coopgraph.validate.literals import WHOLE_NUMBERS, ill_formed
from coopgraph.validate.paths import Predicate
from coopgraph.validate.shapes import Shape, Shapes

_INTEGER = XSD + "integer"

Written = Mapping[tuple[Term, NamedNode, Literal], frozenset[Literal]]
"""By subject, predicate and literal as the store has it: the literals as written."""


def needs_written(shapes: Shapes) -> bool:
    """Whether a shape asks for a datatype that the store does not keep, such as xsd:byte."""
    return any(
        one.kind == "datatype" and one.terms[0].value in WHOLE_NUMBERS
        for shape in shapes.by_node.values()
        for one in shape.constraints
    )


def read_written(context: Context, triples: Iterable[Triple]) -> Written:
    """What the triples have for the predicates of which a shape asks a datatype that the store merges.

    The triples are not read where there is no such shape.
    """
    wanted = {
        shape.path.iri
        for shape in context.shapes.by_node.values()
        if isinstance(shape.path, Predicate) and any(is_merged(context, one) for one in shape.constraints)
    }
    found: dict[tuple[Term, NamedNode, Literal], set[Literal]] = {}
    for triple in triples if wanted else ():
        value = triple.object
        if (
            triple.predicate in wanted
            and isinstance(value, Literal)
            and not isinstance(triple.subject, Triple)
        ):
            found.setdefault((triple.subject, triple.predicate, kept(value)), set()).add(value)
    return {key: frozenset(literals) for key, literals in found.items()}


def is_merged(context: Context, constraint: Constraint) -> bool:
    """Whether the constraint asks for a datatype that the store does not keep."""
    return constraint.kind == "datatype" and constraint.terms[0].value in context.merged


def kept(literal: Literal) -> Literal:
    """The literal as such a store keeps it."""
    datatype = literal.datatype.value
    if datatype != _INTEGER and datatype not in WHOLE_NUMBERS:
        return literal
    integer = Literal(literal.value, datatype=NamedNode(_INTEGER))
    if ill_formed(integer) or not -(2**63) <= int(literal.value) < 2**63:
        return literal
    return Literal(str(int(literal.value)), datatype=NamedNode(_INTEGER))


def wrong_as_written(
    written: Written, shape: Shape, constraint: Constraint, node: Term, value: Term | None
) -> list[Term | None]:
    """Of a value that the store has lost the datatype of: those written that violate the constraint."""
    if not isinstance(shape.path, Predicate) or not isinstance(value, Literal):
        return [value]
    originals = written.get((node, shape.path.iri, value), frozenset({value}))
    return [one for one in originals if one.datatype != constraint.terms[0] or ill_formed(one)]
