"""Shapes as plain values, read from a shapes graph that is checked for being well-formed on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.errors import ShapesError, Text
from coopgraph.store import Term
from coopgraph.validate.components import Component, read_components
from coopgraph.validate.constraints import Constraint, is_true, read_constraints
from coopgraph.validate.graph import RDFS, SH, TYPE, Graph, Node
from coopgraph.validate.parameters import PARAMETERS, SHAPE_LISTS, SHAPE_VALUES, check_parameter
from coopgraph.validate.paths import Path, read_path

VIOLATION = NamedNode(SH + "Violation")

Messages = Mapping[str, str]


@dataclass(frozen=True)
class Target:
    """Which nodes a shape is about: `kind` is "node", "class", "subjectsOf" or "objectsOf"."""

    kind: str
    term: NamedNode | Literal


@dataclass(frozen=True)
class Shape:
    """A node shape (no path) or a property shape."""

    node: Node
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[Node, ...]
    severity: NamedNode = VIOLATION
    messages: Messages = field(default_factory=dict)
    deactivated: bool = False


@dataclass(frozen=True)
class Shapes:
    """All shapes of a shapes graph, by node. `fallbacks` says why a shape can't be compiled to SPARQL."""

    by_node: Mapping[Node, Shape]
    triples: tuple[Triple, ...]
    fallbacks: Mapping[Node, Text]

    def targeted(self) -> Iterator[Shape]:
        """The shapes that say themselves what they are about, deactivated ones left out."""
        return (shape for shape in self.by_node.values() if shape.targets and not shape.deactivated)

    def references(self, shape: Shape) -> Iterator[Shape]:
        """The shapes that this one refers to, directly."""
        for node in (*shape.properties, *(node for one in shape.constraints for node in one.shapes)):
            yield self.by_node[node]


def load_shapes(triples: Iterable[Triple], *, graph: NamedNode | None = None) -> Shapes:
    """The shapes in a shapes graph.

    `graph` is the name under which the store to be checked holds the shapes graph itself, if it does: SPARQL
    constraints see it as `$shapesGraph`. Raises ShapesError (with the `node` at fault) when the shapes are
    ill-formed: a property shape without a path, a parameter of the wrong kind, a path that can't be read,
    recursion.
    """
    source = Graph(triples, name=graph)
    components = read_components(source)
    nodes = _shape_nodes(source, components)
    by_node = {node: _read_shape(source, node, components) for node in nodes}
    shapes = Shapes(by_node, tuple(source.triples), {})
    for shape in by_node.values():
        for one in shape.constraints:
            if one.kind == "node" and by_node[one.shapes[0]].path is not None:
                raise ShapesError(
                    "sh:node needs a node shape, and this is a property shape.",
                    "sh:node behöver en nodform, och det här är en egenskapsform.",
                    node=shape.node,
                )
    _refuse_recursion(shapes)
    return Shapes(by_node, shapes.triples, _fallbacks(source, shapes))


def _shape_nodes(graph: Graph, components: Iterable[Component]) -> list[Node]:
    """Every node that SHACL counts as a shape, in the order of the graph (SHACL 2.1)."""
    nodes: dict[Node, None] = dict.fromkeys(graph.instances(SH + "NodeShape"))
    nodes.update(dict.fromkeys(graph.instances(SH + "PropertyShape")))
    triggers = [SH + kind for kind in (*PARAMETERS, "property", "sparql", "target", *_TARGETS)]
    triggers += [parameter.value for component in components for parameter in component.required.values()]
    for trigger in triggers:
        nodes.update(dict.fromkeys(node for node, _ in graph.pairs(trigger)))
    parameters = {node for _, node in graph.pairs(SH + "parameter")}
    referred: list[tuple[Node, Term]] = []
    for kind in ("property", *SHAPE_VALUES):
        referred += graph.pairs(SH + kind)
    for kind in SHAPE_LISTS:
        referred += [
            (node, member) for node, head in graph.pairs(SH + kind) for member in graph.members(head)
        ]
    for node, value in referred:
        if isinstance(value, Literal):
            raise ShapesError(
                f"A shape is expected here, not {value}.", f"Här väntas en form, inte {value}.", node=node
            )
        nodes.setdefault(value)
    return [node for node in nodes if node not in parameters]


_TARGETS = {
    "targetNode": "node",
    "targetClass": "class",
    "targetSubjectsOf": "subjectsOf",
    "targetObjectsOf": "objectsOf",
}


def _read_shape(graph: Graph, node: Node, components: Iterable[Component]) -> Shape:
    types = graph.objects(node, TYPE)
    path_node = graph.value(node, SH + "path")
    is_property = NamedNode(SH + "PropertyShape") in types or any(
        value == node for _, value in graph.pairs(SH + "property")
    )
    if is_property and path_node is None:
        raise ShapesError(
            "A property shape needs sh:path; this one has none.",
            "En egenskapsform behöver sh:path; den här har ingen.",
            node=node,
        )
    if path_node is not None and NamedNode(SH + "NodeShape") in types:
        raise ShapesError(
            "A node shape can't have sh:path. Make it a sh:PropertyShape.",
            "En nodform kan inte ha sh:path. Gör den till en sh:PropertyShape.",
            node=node,
        )
    try:
        path = None if path_node is None else read_path(graph, path_node)
    except ShapesError as error:
        raise ShapesError(error.en, error.sv, node=node) from error
    return Shape(
        node=node,
        path=path,
        targets=tuple(_targets(graph, node)),
        constraints=tuple(read_constraints(graph, node, path, components)),
        properties=tuple(
            value for value in graph.objects(node, SH + "property") if not isinstance(value, Literal)
        ),
        severity=_severity(graph, node),
        messages=read_messages(graph, node),
        deactivated=is_true(graph, node, "deactivated"),
    )


def _targets(graph: Graph, node: Node) -> Iterator[Target]:
    for name, kind in _TARGETS.items():
        for term in graph.objects(node, SH + name):
            if isinstance(term, NamedNode) or (kind == "node" and isinstance(term, Literal)):
                yield Target(kind, term)
            elif kind != "node":
                raise ShapesError(
                    f"sh:{name} needs an IRI, not {term}.",
                    f"sh:{name} behöver en IRI, inte {term}.",
                    node=node,
                )
    if isinstance(node, NamedNode) and node in graph.instances(RDFS + "Class"):
        yield Target("class", node)


def _severity(graph: Graph, node: Node) -> NamedNode:
    severity = graph.value(node, SH + "severity")
    if severity is not None and not isinstance(severity, NamedNode):
        raise ShapesError(
            f"sh:severity needs an IRI, not {severity}.",
            f"sh:severity behöver en IRI, inte {severity}.",
            node=node,
        )
    return severity or VIOLATION


def read_messages(graph: Graph, node: Node) -> dict[str, str]:
    """sh:message by language ("" for none); raises ShapesError for one that is no text."""
    messages: dict[str, str] = {}
    for text in graph.objects(node, SH + "message"):
        check_parameter("message", text, node)
        if isinstance(text, Literal):
            known = messages.get(text.language or "")
            messages[text.language or ""] = f"{known} {text.value}" if known else text.value
    return messages


def _refuse_recursion(shapes: Shapes) -> None:
    """Raise ShapesError for a shape that refers to itself, however far round."""
    done: set[Node] = set()
    for start in shapes.by_node.values():
        trail: dict[Node, Iterator[Shape]] = {start.node: shapes.references(start)}
        while trail and start.node not in done:
            node = next(reversed(trail))
            following = next(trail[node], None)
            if following is None:
                done.add(node)
                del trail[node]
            elif following.node in trail:
                raise ShapesError(
                    "The shape refers to itself. SHACL leaves open what that means.",
                    "Formen hänvisar till sig själv. SHACL lämnar öppet vad det betyder.",
                    node=node,
                )
            elif following.node not in done:
                trail[following.node] = shapes.references(following)


_BEYOND = {
    "target": Text(
        "it has a sh:target of SHACL Advanced Features", "den har ett sh:target ur SHACL Advanced Features"
    ),
    "expression": Text(
        "it has a sh:expression of SHACL Advanced Features",
        "den har ett sh:expression ur SHACL Advanced Features",
    ),
    "js": Text("it has a constraint in JavaScript", "den har ett villkor i JavaScript"),
}


def _fallbacks(graph: Graph, shapes: Shapes) -> dict[Node, Text]:
    """Why shapes with a target can't be compiled, by their node."""
    reasons: dict[Node, Text] = {}
    for node, shape in shapes.by_node.items():
        for name, reason in _BEYOND.items():
            if graph.objects(node, SH + name):
                reasons[node] = reason
        for one in shape.constraints:
            if one.sparql is not None and one.sparql.obstacle:
                reasons[node] = one.sparql.obstacle

    def reason_of(shape: Shape) -> Text | None:
        inner_reasons = (reason_of(inner) for inner in shapes.references(shape))
        return reasons.get(shape.node) or next(filter(None, inner_reasons), None)

    found: dict[Node, Text] = {}
    for shape in shapes.by_node.values():
        why = reason_of(shape)
        if why and not shape.deactivated and (shape.targets or graph.objects(shape.node, SH + "target")):
            found[shape.node] = why
    return found
