"""The W3C SHACL test suite: every test, run as its manifest says."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from coopgraph.errors import ShapesError
from coopgraph.store import Term
from coopgraph.validate.engine import validate
from coopgraph.validate.graph import SH, Graph
from coopgraph.validate.paths import read_path
from coopgraph.validate.results import Result
from coopgraph.validate.shapes import load_shapes

SUITE = Path(__file__).parents[2] / "shared/conformance/w3c-shacl-test-suite/tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"
SHAPES_GRAPH = NamedNode("urn:shapes")


def read(path: Path) -> list[Triple]:
    return [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.as_uri())]


def local(iri: Term) -> Path:
    return Path(unquote(urlsplit(iri.value).path))


# Every file with a test, also the one that its manifest leaves out (sparql/component/nodeValidator-001).
TESTS = [path for path in sorted(SUITE.rglob("*.ttl")) if "mf:entries" in path.read_text()]


def described(result: Result) -> tuple[object, ...]:
    """What a result is compared by."""
    terms = (result.focus, result.value, result.shape, result.constraint)
    return (*map(comparable, terms), result.path, result.component, result.severity)


def comparable(term: Term | None) -> object:
    """Blank nodes are as good as each other, and Oxigraph writes the decimal 4.0 as 4."""
    if isinstance(term, BlankNode):
        return BlankNode
    return Decimal(term.value) if isinstance(term, Literal) and term.datatype.value == DECIMAL else term


def expected(graph: Graph, report: Term) -> list[Result]:
    found = []
    for node in graph.objects(report, SH + "result"):
        assert not isinstance(node, (str, bytes))
        one = {name: next(iter(graph.objects(node, SH + name)), None) for name in FIELDS}
        path = one["resultPath"]
        found.append(
            Result(
                focus=one["focusNode"],
                path=None if path is None else read_path(graph, path),
                value=one["value"],
                component=one["sourceConstraintComponent"],
                shape=one["sourceShape"],
                severity=one["resultSeverity"],
                constraint=one["sourceConstraint"],
            )
        )
    return found


FIELDS = (
    "focusNode",
    "resultPath",
    "value",
    "sourceConstraintComponent",
    "sourceShape",
    "resultSeverity",
    "sourceConstraint",
)


@pytest.mark.skipif(not TESTS, reason=f"the W3C suite is not at {SUITE}")
@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(SUITE)))
def test_report_is_the_one_the_suite_expects(path: Path) -> None:
    graph = Graph(read(path))
    ((test, _),) = graph.pairs(MF + "action")
    (action,) = graph.objects(test, MF + "action")
    (wanted,) = graph.objects(test, MF + "result")
    (data,) = (local(term) for term in graph.objects(action, SHT + "dataGraph"))
    (shapes_file,) = (local(term) for term in graph.objects(action, SHT + "shapesGraph"))
    store = Store()
    store.extend(Quad(*triple) for triple in read(data))
    store.extend(Quad(*triple, SHAPES_GRAPH) for triple in read(shapes_file))

    def check() -> list[Result]:
        shapes = load_shapes(read(shapes_file), graph=SHAPES_GRAPH)
        assert not shapes.fallbacks
        select = partial(store.query, use_default_graph_as_union=False)
        return list(validate(select, shapes, written=read(data)))

    if wanted == NamedNode(SHT + "Failure"):
        with pytest.raises(ShapesError):
            check()
        return
    results = check()
    assert Counter(map(described, results)) == Counter(map(described, expected(graph, wanted)))
