"""Constraints written in SPARQL: sh:sparql, and constraint components that a shapes graph defines itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode

from coopgraph.errors import QueryError, ShapesError, Text
from coopgraph.store import Term
from coopgraph.store.local import LocalStore
from coopgraph.validate.graph import OWL_IMPORTS, SH, Graph, Node
from coopgraph.validate.parameters import check_parameter
from coopgraph.validate.paths import Path, to_sparql
from coopgraph.validate.sparql import Sparql, check_query, tokens_of

_NAMES_TAKEN = {"this", "shapesGraph", "currentShape", "path", "PATH", "value"}


@dataclass(frozen=True)
class Component:
    """A sh:ConstraintComponent: its parameters by local name, and the validators to choose from."""

    node: NamedNode
    required: Mapping[str, NamedNode]
    optional: Mapping[str, NamedNode]

    def applied(self, graph: Graph, shape: Node, path: Path | None) -> Iterator[Sparql]:
        """Its query for a shape, if the shape has every parameter that it requires."""
        given = {name: graph.objects(shape, iri) for name, iri in {**self.required, **self.optional}.items()}
        if not all(given[name] for name in self.required):
            return
        if any(len(values) > 1 for values in given.values()) and len(given) > 1:
            raise ShapesError(
                f"{self.node} has several parameters; each may be given once.",
                f"{self.node} har flera parametrar; var och en får anges en gång.",
                node=shape,
            )
        validator, form = self._validator(graph, path)
        for choice in _choices(given):
            yield read_sparql(graph, validator, path=path, shape=shape, form=form, bound=choice)

    def _validator(self, graph: Graph, path: Path | None) -> tuple[Node, str]:
        kind = "nodeValidator" if path is None else "propertyValidator"
        for predicate, form in ((kind, "select"), ("validator", "ask")):
            for validator in graph.objects(self.node, SH + predicate):
                if not isinstance(validator, Literal):
                    return validator, form
        raise ShapesError(
            "The constraint component has no validator for this kind of shape.",
            "Villkorstypen har ingen validator för en sådan form.",
            node=self.node,
        )


def _choices(given: Mapping[str, list[Term]]) -> Iterator[dict[str, Term]]:
    single = {name: values[0] for name, values in given.items() if values}
    several = next((name for name, values in given.items() if len(values) > 1), None)
    for value in given[several] if several else [None]:
        yield {**single, several: value} if several and value is not None else single


def read_components(graph: Graph) -> list[Component]:
    """The constraint components that a shapes graph defines."""
    return [
        _read_component(graph, node)
        for node in graph.instances(SH + "ConstraintComponent")
        if isinstance(node, NamedNode) and not node.value.startswith(SH)
    ]


def _read_component(graph: Graph, node: NamedNode) -> Component:
    required: dict[str, NamedNode] = {}
    optional: dict[str, NamedNode] = {}
    for parameter in graph.objects(node, SH + "parameter"):
        path = None if isinstance(parameter, Literal) else graph.value(parameter, SH + "path")
        if not isinstance(path, NamedNode):
            raise ShapesError(
                "A sh:parameter needs a sh:path that is an IRI.",
                "En sh:parameter behöver en sh:path som är en IRI.",
                node=node,
            )
        name = local_name(path)
        if name in _NAMES_TAKEN or not name:
            raise ShapesError(
                f"A parameter can't be called '{name}'.", f"En parameter kan inte heta '{name}'.", node=node
            )
        is_optional = any(
            isinstance(value, Literal) and value.value in ("true", "1")
            for value in graph.objects(parameter, SH + "optional")
        )
        (optional if is_optional else required)[name] = path
    if not required:
        raise ShapesError(
            "A constraint component needs a parameter that is not optional.",
            "En villkorstyp behöver en parameter som inte är valfri.",
            node=node,
        )
    return Component(node, required, optional)


def local_name(iri: NamedNode) -> str:
    """What stands after the last `#` or `/`: the name of a parameter's variable."""
    return iri.value.replace("#", "/").rpartition("/")[2]


def read_sparql(
    graph: Graph, node: Node, *, path: Path | None, shape: Node, form: str, bound: Mapping[str, Term]
) -> Sparql:
    """The query at a constraint or validator; raises ShapesError where it breaks the rules of pre-binding."""
    text = graph.value(node, SH + form)
    if not isinstance(text, Literal):
        raise ShapesError(
            f"sh:{form} with the text of a query is expected here.",
            f"Här väntas sh:{form} med texten till en fråga.",
            node=node,
        )
    tokens = tokens_of(
        text.value, _prefixes(graph, node), node=node, path=None if path is None else to_sparql(path)
    )
    given = ["this", "shapesGraph", "currentShape", *bound] + (["value"] if form == "ask" else [])
    obstacle = check_query(tokens, form=form, bound=given, node=node)
    if not obstacle:
        _parse("".join(token.space + token.text for token in tokens), node)
    terms = {name: term for name, term in bound.items() if isinstance(term, NamedNode | Literal)}
    if len(terms) < len(bound):
        obstacle = Text(
            "a parameter of its constraint component is a blank node",
            "en parameter till dess villkorskomponent är en tom nod",
        )
    used = {token.variable for token in tokens}
    if isinstance(shape, NamedNode) and "currentShape" in used:
        terms["currentShape"] = shape
    if "shapesGraph" in used:
        if graph.name is None:
            raise ShapesError(
                "$shapesGraph needs a store that holds the shapes; here it does not.",
                "$shapesGraph kräver att formerna finns i databasen, och det gör de inte här.",
                node=node,
            )
        terms["shapesGraph"] = graph.name
    messages: dict[str, str] = {}
    for message in graph.objects(node, SH + "message"):
        check_parameter("message", message, node)
        if isinstance(message, Literal):
            messages[message.language or ""] = message.value
    return Sparql(node, form, tokens, terms, messages, obstacle)


@cache
def _nothing() -> LocalStore:
    """A store that holds nothing, to parse queries with: to make one takes longer than to parse."""
    return LocalStore.memory()


def _parse(query: str, node: Node) -> None:
    try:
        _nothing().ask(query)
    except QueryError as error:
        raise ShapesError(
            f"The query of the shape doesn't parse: {error}",
            f"Formens fråga går inte att tolka: {error.text('sv')}",
            node=node,
        ) from error


def _prefixes(graph: Graph, node: Node) -> dict[str, str]:
    """Prefixes by sh:prefixes and sh:declare, those of imported ontologies included (SHACL 5.2.1)."""
    found: dict[str, str] = {}
    todo = list(graph.objects(node, SH + "prefixes"))
    seen: set[Term] = set()
    while todo:
        ontology = todo.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        todo += graph.objects(ontology, OWL_IMPORTS)
        for declaration in graph.objects(ontology, SH + "declare"):
            if isinstance(declaration, Literal):
                raise ShapesError(
                    "sh:declare needs a node, not a literal.",
                    "sh:declare behöver en nod, inte ett värde.",
                    node=node,
                )
            prefix = graph.value(declaration, SH + "prefix")
            namespace = graph.value(declaration, SH + "namespace")
            if not isinstance(prefix, Literal) or not isinstance(namespace, Literal):
                raise ShapesError(
                    "sh:declare needs sh:prefix and sh:namespace as literals.",
                    "sh:declare behöver sh:prefix och sh:namespace som texter.",
                    node=node,
                )
            if found.setdefault(prefix.value, namespace.value) != namespace.value:
                raise ShapesError(
                    f"The prefix '{prefix.value}:' is declared twice, differently.",
                    f"Prefixet '{prefix.value}:' är angivet två gånger, på olika sätt.",
                    node=node,
                )
    return found
