"""The constraints of a shape as plain values, read from a shapes graph that is checked for being well-formed on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from coopgraph.errors import ShapesError
from coopgraph.store import Term
from coopgraph.validate.components import Component, read_sparql
from coopgraph.validate.graph import SH, Graph, Node
from coopgraph.validate.parameters import PARAMETERS, SHAPE_LISTS, check_parameter
from coopgraph.validate.paths import Path
from coopgraph.validate.sparql import Sparql


@dataclass(frozen=True)
class Constraint:
    """One parameter of a shape, with what it names.

    `kind` is the parameter's local name ("minCount"); "ask" or "select" for a constraint written in SPARQL.
    """

    kind: str
    component: NamedNode
    terms: tuple[Term, ...] = ()
    shapes: tuple[Node, ...] = ()
    number: int = 0
    flags: str = ""
    sparql: Sparql | None = None


def read_constraints(
    graph: Graph, node: Node, path: Path | None, components: Iterable[Component]
) -> Iterator[Constraint]:
    """The constraints of a shape; raises ShapesError for one that is ill-formed."""
    for kind, parameter in PARAMETERS.items():
        values = graph.objects(node, SH + kind)
        if not values:
            continue
        if parameter.on_properties and path is None:
            raise ShapesError(
                f"sh:{kind} makes sense on a property shape only.",
                f"sh:{kind} har en mening bara på en egenskapsform.",
                node=node,
            )
        if parameter.once:
            graph.value(node, SH + kind)
        for value in values:
            check_parameter(kind, value, node)
            made = _constraint(graph, node, kind, value, on_property=path is not None)
            if made is not None:
                yield made
    for term in graph.objects(node, SH + "sparql"):
        yield from _sparql_constraint(graph, node, path, term)
    for component in components:
        for sparql in component.applied(graph, node, path):
            yield Constraint(sparql.form, component.node, sparql=sparql)


def _constraint(graph: Graph, node: Node, kind: str, value: Term, *, on_property: bool) -> Constraint | None:
    component = NamedNode(f"{SH}{kind[0].upper()}{kind[1:]}ConstraintComponent")
    number = int(value.value) if isinstance(value, Literal) and kind.endswith(("Count", "Length")) else 0
    if kind in ("uniqueLang", "closed"):
        if not isinstance(value, Literal) or value.value not in (
            ("true", "1") if kind == "closed" else ("true",)
        ):
            return None
        return Constraint(kind, component, terms=tuple(_allowed(graph, node)) if kind == "closed" else ())
    if kind in ("in", "languageIn"):
        members = tuple(graph.members(value))
        for member in members if kind == "languageIn" else ():
            check_parameter("message", member, node)
        return Constraint(kind, component, terms=members)
    if kind in SHAPE_LISTS:
        members = tuple(graph.members(value))
        return Constraint(kind, component, shapes=tuple(m for m in members if not isinstance(m, Literal)))
    if kind in ("not", "node") and not isinstance(value, Literal):
        return Constraint(kind, component, shapes=(value,))
    if kind == "pattern":
        flags = graph.value(node, SH + "flags")
        if flags is not None:
            check_parameter("flags", flags, node)
        return Constraint(
            kind, component, terms=(value,), flags=flags.value if isinstance(flags, Literal) else ""
        )
    if kind.startswith("qualified"):
        wanted = graph.value(node, SH + "qualifiedValueShape")
        if wanted is None or isinstance(wanted, Literal):
            return None
        if not on_property:
            raise ShapesError(
                "sh:qualifiedValueShape makes sense on a property shape only.",
                "sh:qualifiedValueShape har en mening bara på en egenskapsform.",
                node=node,
            )
        siblings = (
            _siblings(graph, node, wanted) if is_true(graph, node, "qualifiedValueShapesDisjoint") else ()
        )
        return Constraint(kind, component, shapes=(wanted, *siblings), number=number)
    return Constraint(kind, component, terms=(value,), number=number)


def _allowed(graph: Graph, node: Node) -> Iterator[Term]:
    """The properties that a closed shape allows."""
    ignored = graph.value(node, SH + "ignoredProperties")
    for term in graph.members(ignored) if ignored is not None else ():
        if not isinstance(term, NamedNode):
            raise ShapesError(
                f"sh:ignoredProperties lists IRIs; {term} is none.",
                f"sh:ignoredProperties räknar upp IRI:er; {term} är ingen.",
                node=node,
            )
        yield term
    for shape in graph.objects(node, SH + "property"):
        yield from (path for path in graph.objects(shape, SH + "path") if isinstance(path, NamedNode))


def _siblings(graph: Graph, node: Node, wanted: Node) -> tuple[Node, ...]:
    """The other qualified shapes of the shapes that share this property shape (SHACL 4.7.3)."""
    parents = [parent for parent, value in graph.pairs(SH + "property") if value == node]
    found = [
        shape
        for parent in parents
        for sibling in graph.objects(parent, SH + "property")
        for shape in graph.objects(sibling, SH + "qualifiedValueShape")
        if shape != wanted and not isinstance(shape, Literal)
    ]
    return tuple(dict.fromkeys(found))


def _sparql_constraint(graph: Graph, node: Node, path: Path | None, term: Term) -> Iterator[Constraint]:
    if isinstance(term, Literal):
        raise ShapesError(
            "sh:sparql needs a node with sh:select, not a literal.",
            "sh:sparql behöver en nod med sh:select, inte ett värde.",
            node=node,
        )
    if not is_true(graph, term, "deactivated"):
        sparql = read_sparql(graph, term, path=path, shape=node, form="select", bound={})
        yield Constraint("select", NamedNode(SH + "SPARQLConstraintComponent"), sparql=sparql)


def is_true(graph: Graph, node: Node, name: str) -> bool:
    """Whether a property of a node is true; raises ShapesError for one that is no truth value."""
    value = graph.value(node, SH + name)
    if value is not None:
        check_parameter(name, value, node)
    return isinstance(value, Literal) and value.value in ("true", "1")
