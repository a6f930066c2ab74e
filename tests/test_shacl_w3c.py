"""The W3C SHACL test suite: every test, run as its manifest says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple, parse

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
SHAPES_GRAPH = NamedNode("urn:shapes")


def read(path: Path) -> list[Triple]:
    return [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.as_uri())]


def entries(manifest: Path) -> list[Path]:
    """The files with tests that a manifest includes."""
    graph = Graph(read(manifest))
    found = [path for _, included in graph.pairs(MF + "include") for path in entries(local(included))]
    return found + ([manifest] if graph.pairs(MF + "entries") else [])


def local(iri: Term) -> Path:
    return Path(unquote(urlsplit(iri.value).path))


TESTS = entries(SUITE / "manifest.ttl") if SUITE.exists() else []


def described(result: Result, kept: Store) -> tuple[object, ...]:
    """What a result is compared by; blank nodes are as good as each other."""
    terms = (result.focus, result.value, result.shape, result.constraint)
    return (*(as_kept(term, kept) for term in terms), result.path, result.component, result.severity)


def as_kept(term: Term | None, kept: Store) -> object:
    """The term as the store writes it (Oxigraph keeps `"055"^^xsd:byte` as an xsd:integer 55)."""
    if term is None or isinstance(term, BlankNode):
        return type(term)
    kept.add(Quad(SHAPES_GRAPH, SHAPES_GRAPH, term))
    (quad,) = kept
    kept.clear()
    return quad.object


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
        return list(validate(lambda query: store.query(query, use_default_graph_as_union=False), shapes))

    if wanted == NamedNode(SHT + "Failure"):
        with pytest.raises(ShapesError):
            check()
        return
    results = check()
    kept = Store()
    assert Counter(described(r, kept) for r in results) == Counter(
        described(r, kept) for r in expected(graph, wanted)
    )
