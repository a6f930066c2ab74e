"""Generated shapes on generated data: the report is pySHACL's, result for result."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyshacl import validate as pyshacl_validate

from coopgraph.store import Term
from coopgraph.store.local import LocalStore
from coopgraph.validate.affected import affected, dependencies, renewed
from coopgraph.validate.engine import validate
from coopgraph.validate.fallback import read_report, to_rdflib
from coopgraph.validate.graph import RDFS, SH, TYPE, XSD, Node
from coopgraph.validate.paths import Alternative, Inverse, Predicate, Repeat, Sequence, to_triples
from coopgraph.validate.results import Result
from coopgraph.validate.shapes import Shapes, load_shapes

BOUNDED = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def ex(name: str) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


IRIS = [ex(name) for name in "abcdef"]
BLANKS = [BlankNode("x"), BlankNode("y")]
CLASSES = [ex(name) for name in "ABC"]
PREDICATES = [ex(name) for name in "pqr"]
NUMBERS = [typed(str(number), "integer") for number in range(4)]
TEXTS = [Literal("ett"), Literal("två ord"), Literal("ett", language="sv"), Literal("one", language="en")]
OTHERS = [
    typed("abc", "integer"),
    typed("2010-02-28", "date"),
    typed("2010", "gYear"),
]
LITERALS = NUMBERS + TEXTS + OTHERS
NODE_KINDS = ["BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
DATATYPES = ["integer", "string", "date", "gYear"]

predicates = st.sampled_from(PREDICATES)


def data(nodes: list[Node], values: list[Term]) -> st.SearchStrategy[set[Triple]]:
    subjects = st.sampled_from(nodes)
    classes = st.sampled_from(CLASSES)
    subclass = st.just(NamedNode(RDFS + "subClassOf"))
    return st.builds(
        lambda facts, types, subclasses: {*facts, *types, *subclasses},
        st.lists(st.builds(Triple, subjects, predicates, st.sampled_from(values)), min_size=12, max_size=30),
        st.lists(st.builds(Triple, subjects, st.just(TYPE), classes), min_size=5, max_size=10),
        st.lists(st.builds(Triple, classes, subclass, classes), max_size=2),
    )


steps = st.builds(Predicate, predicates)
choices = st.builds(lambda a, b: Alternative((a, b)), steps, steps)
repeats = st.builds(Repeat, steps, st.sampled_from("*+?"))
# pySHACL turns a sequence round without changing the order of its steps, so only shorter paths are turned.
paths = st.one_of(
    steps,
    st.recursive(
        st.one_of(steps, st.builds(Inverse, st.one_of(steps, choices, repeats))),
        lambda inner: st.one_of(
            st.builds(lambda a, b: Sequence((a, b)), inner, inner),
            st.builds(lambda a, b: Alternative((a, b)), inner, inner),
            st.builds(Repeat, inner, st.sampled_from("*+?")),
        ),
        max_leaves=3,
    ),
)

PREFIXES = "PREFIX ex: <http://example.org/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "


class Writer:
    """Writes a random shapes graph; every shape has an IRI."""

    def __init__(self, draw: st.DrawFn, value_rules: list[str], path_rules: list[str]) -> None:
        self.draw = draw
        self.value_rules = value_rules
        self.path_rules = path_rules
        self.triples: list[Triple] = []
        self.count = 0

    def add(self, node: Node, name: str, value: Term) -> None:
        self.triples.append(Triple(node, NamedNode(SH + name), value))

    def list_of(self, members: Iterable[Term]) -> Node:
        head: Node = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil")
        for member in reversed(list(members)):
            cell = BlankNode()
            rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            self.triples += [
                Triple(cell, NamedNode(rdf + "first"), member),
                Triple(cell, NamedNode(rdf + "rest"), head),
            ]
            head = cell
        return head

    def shape(self, depth: int, *, on_path: bool) -> NamedNode:
        self.count += 1
        node = ex(f"shape{self.count}")
        kind = "PropertyShape" if on_path else "NodeShape"
        self.triples.append(Triple(node, TYPE, NamedNode(SH + kind)))
        if on_path:
            path, described = to_triples(self.draw(paths))
            self.add(node, "path", path)
            self.triples += described
        if self.draw(st.integers(0, 9)) == 0:
            self.add(node, "severity", NamedNode(SH + "Warning"))
        if self.draw(st.integers(0, 15)) == 0:
            self.add(node, "deactivated", typed("true", "boolean"))
        names = self.value_rules + (self.path_rules if on_path else []) + (SHAPE_RULES if depth else [])
        for name in self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)):
            event(name)
            self.rule(node, name, depth)
        return node

    def any_shape(self, depth: int) -> NamedNode:
        return self.shape(depth - 1, on_path=self.draw(st.booleans()))

    def rule(self, node: NamedNode, name: str, depth: int) -> None:
        draw = self.draw
        match name:
            case "class":
                self.add(node, name, draw(st.sampled_from(CLASSES)))
            case "datatype":
                self.add(node, name, NamedNode(XSD + draw(st.sampled_from(DATATYPES))))
            case "nodeKind":
                self.add(node, name, NamedNode(SH + draw(st.sampled_from(NODE_KINDS))))
            case "minCount" | "maxCount":
                self.add(node, name, typed(str(draw(st.integers(0, 3))), "integer"))
            case "minLength" | "maxLength":
                self.add(node, name, typed(str(draw(st.integers(1, 6))), "integer"))
            case "minInclusive" | "maxInclusive" | "minExclusive" | "maxExclusive":
                self.add(node, name, draw(st.sampled_from(NUMBERS)))
            case "pattern":
                self.add(
                    node, name, Literal(draw(st.sampled_from(["^e", "TT", "[0-9]$", "o r", "example.*/a"])))
                )
                if draw(st.booleans()):
                    self.add(node, "flags", Literal(draw(st.sampled_from(["i", "s", "im"]))))
            case "languageIn":
                self.add(
                    node, name, self.list_of(draw(st.lists(st.sampled_from([Literal("sv"), Literal("en")]))))
                )
            case "uniqueLang":
                self.add(node, name, typed("true", "boolean"))
            case "equals" | "disjoint" | "lessThan" | "lessThanOrEquals":
                self.add(node, name, draw(predicates))
            case "hasValue":
                self.add(node, name, draw(st.sampled_from([*IRIS, *LITERALS])))
            case "in":
                self.add(
                    node, name, self.list_of(draw(st.lists(st.sampled_from([*IRIS, *LITERALS]), max_size=6)))
                )
            case "closed":
                self.add(node, name, typed("true", "boolean"))
                self.add(node, "ignoredProperties", self.list_of(draw(st.lists(predicates, max_size=2))))
            case "sparql":
                constraint = BlankNode()
                steps = [
                    t.object for t in self.triples if (t.subject, t.predicate.value) == (node, SH + "path")
                ]
                has_step = any(isinstance(step, NamedNode) for step in steps)
                text = draw(st.sampled_from(QUERIES if has_step else QUERIES[:-1])).replace(
                    " a ", " rdf:type "
                )
                self.add(node, name, constraint)
                self.add(constraint, "select", Literal(PREFIXES + text))
            case "not":
                self.add(node, name, self.any_shape(depth))
            case "node":
                self.add(node, name, self.shape(depth - 1, on_path=False))
            case "property":
                self.add(node, name, self.shape(depth - 1, on_path=True))
            case "and" | "or" | "xone":
                members = [self.any_shape(depth) for _ in range(draw(st.integers(1, 2)))]
                self.add(node, name, self.list_of(members))
            case "qualified":
                for _ in range(draw(st.integers(1, 2))):
                    inner = self.shape(0, on_path=True)
                    self.add(node, "property", inner)
                    self.add(inner, "qualifiedValueShape", self.any_shape(depth))
                    bound = draw(st.sampled_from(["qualifiedMinCount", "qualifiedMaxCount"]))
                    self.add(inner, bound, typed(str(draw(st.integers(0, 2))), "integer"))
                    if draw(st.booleans()):
                        self.add(inner, "qualifiedValueShapesDisjoint", typed("true", "boolean"))

    def target(self, node: NamedNode) -> None:
        name = self.draw(
            st.sampled_from(["targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"])
        )
        event(name)
        chosen = {"targetClass": CLASSES, "targetNode": [*IRIS, *NUMBERS]}.get(name, PREDICATES)
        self.add(node, name, self.draw(st.sampled_from(chosen)))


# What an author may write; $PATH has a meaning on property shapes only, and pySHACL writes long ones wrongly.
QUERIES = [
    "SELECT $this ?value WHERE { $this ex:p ?value . FILTER NOT EXISTS { ?value ex:q ?x } }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:p ?a . ?a ex:q ?b } }",
    "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { ?value ex:q $this } ?value a ex:A . }",
    "SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
    "SELECT $this ?value WHERE { $this ex:p/ex:q ?value OPTIONAL { ?value ex:r ?z } FILTER(!bound(?z)) }",
    "SELECT $this ?value WHERE { $this ex:p ?o . ?value ex:q ?w . FILTER(sameTerm(?w, ?o)) }",
    "SELECT $this WHERE { BIND($this AS ?x) { FILTER(sameTerm($this, ex:a)) } UNION { FILTER(isBlank($this)) } }",
    "SELECT $this WHERE { { SELECT $this (COUNT(?x) AS ?n) WHERE { $this ex:p ?x } GROUP BY $this } FILTER(?n > 1) }",
    "SELECT $this ?value WHERE { $this $PATH ?value . FILTER(isLiteral(?value)) }",
]

VALUE_RULES = [
    "class",
    "datatype",
    "nodeKind",
    "minLength",
    "maxLength",
    "pattern",
    "languageIn",
    "equals",
    "disjoint",
]
VALUE_RULES += ["hasValue", "in", "closed", "sparql"]
PATH_RULES = ["minCount", "maxCount", "uniqueLang"]
SHAPE_RULES = ["not", "node", "property", "property", "and", "or", "xone", "qualified"]
BOUNDS = ["minInclusive", "maxInclusive", "minExclusive", "maxExclusive"]
PAIRS = ["lessThan", "lessThanOrEquals"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[set[Triple], Shapes]:
    """Data and shapes. Order is asked of whole numbers only: pySHACL also orders IRIs, and dates with numbers."""
    ordered = draw(st.booleans())
    triples = draw(data(IRIS, NUMBERS) if ordered else data([*IRIS, *BLANKS], [*IRIS, *BLANKS, *LITERALS]))
    writer = Writer(draw, VALUE_RULES + BOUNDS * ordered, PATH_RULES + PAIRS * ordered)
    for _ in range(draw(st.integers(1, 2))):
        node = writer.shape(2, on_path=draw(st.booleans()))
        for _ in range(draw(st.integers(1, 2))):
            writer.target(node)
    return triples, load_shapes(writer.triples)


def quads(triples: Iterable[Triple]) -> list[Quad]:
    return [Quad(t.subject, t.predicate, t.object, ex("graph")) for t in triples]


def ours(triples: Iterable[Triple], shapes: Shapes) -> Counter[tuple[object, ...]]:
    return Counter(map(key, validate(LocalStore.memory(quads(triples)).select, shapes)))


def theirs(triples: Iterable[Triple], shapes: Shapes) -> Counter[tuple[object, ...]]:
    import rdflib

    for name in ("pyshacl", "rdflib.term"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    graphs = [rdflib.Graph(), rdflib.Graph()]
    for graph, content in zip(graphs, (triples, shapes.triples), strict=True):
        for t in content:
            graph.add((to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)))
    _, report, _ = pyshacl_validate(graphs[0], shacl_graph=graphs[1], inplace=True)
    return Counter(map(key, read_report(report, shapes)))


def key(result: Result) -> tuple[object, ...]:
    return (result.focus, result.path, result.value, result.component, result.shape, result.severity)


@BOUNDED
@given(cases())
def test_results_are_those_of_pyshacl(case: tuple[set[Triple], Shapes]) -> None:
    triples, shapes = case
    assert ours(triples, shapes) == theirs(triples, shapes)


@BOUNDED
@given(cases(), st.data())
def test_checking_what_a_change_affects_gives_what_checking_all_gives(
    case: tuple[set[Triple], Shapes], draw: st.DataObject
) -> None:
    triples, shapes = case
    known = dependencies(shapes)
    store = LocalStore.memory(quads(triples))
    results = list(validate(store.select, shapes))
    strategy = data([*IRIS, *BLANKS], [*IRIS, *BLANKS, *NUMBERS])
    for _ in range(draw.draw(st.integers(1, 3))):
        some = draw.draw(strategy)
        added = set(list(some)[:2]) - triples
        removed = (
            set(draw.draw(st.lists(st.sampled_from(sorted(triples, key=str)), max_size=3)))
            if triples
            else set()
        )
        triples = (triples | added) - removed
        store.engine.extend(quads(added))
        for quad in quads(removed):
            store.engine.remove(quad)
        focus = affected(known, added | removed, store.select)
        results = list(renewed(results, focus, list(validate(store.select, shapes, focus=focus))))
        assert Counter(map(key, results)) == ours(triples, shapes)
