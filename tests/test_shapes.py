"""The shapes, by example: each file under tests/shapes/ says what the shapes find in it, and nothing else is found."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
import yaml
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from coopgraph.build.assemble import Origin
from coopgraph.store.local import LocalStore
from coopgraph.validate.engine import validate
from coopgraph.validate.places import Places
from coopgraph.validate.results import Result
from coopgraph.validate.shapes import Shape, Shapes, load_shapes

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "tests/shapes").glob("*/*.ttl"))
BAD = [path for path in EXAMPLES if path.name.startswith("bad-")]
COOPSH = "https://w3id.org/coopgraph/shapes#"
EXAMPLE = NamedNode("urn:example")

Found = set[tuple[str, str, int]]


def quads(*paths: Path, graph: NamedNode | DefaultGraph) -> list[Quad]:
    return [
        Quad(quad.subject, quad.predicate, quad.object, graph)
        for path in paths
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
    ]


@pytest.fixture(scope="session")
def shapes() -> Shapes:
    graph = quads(*sorted((ROOT / "shapes").glob("*.ttl")), graph=DefaultGraph())
    return load_shapes(quad.triple for quad in graph)


@pytest.fixture(scope="session")
def model() -> LocalStore:
    """The ontology and the bodies that all examples share; an example comes and goes as a graph of its own."""
    files = sorted((ROOT / "ontology").rglob("*.ttl"))
    return LocalStore.memory(quads(*files, ROOT / "tests/shapes/context.ttl", graph=DefaultGraph()))


def prefixes() -> dict[str, str]:
    parser = parse(path=str(ROOT / "ontology/prefixes.ttl"), format=RdfFormat.TURTLE)
    assert not list(parser)
    return parser.prefixes


def expected(path: Path) -> Found:
    """(focus, shape, line) of every result that an example announces in its `#+ expect:` block; the line is 0 where
    the focus is described elsewhere.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    block = yaml.safe_load("\n".join(line[3:] for line in lines if line.startswith("#+ "))) or {}
    base = next((line.partition("<")[2].partition(">")[0] for line in lines if line.startswith("@base")), "")
    known = prefixes()

    def iri(name: str) -> str:
        if name.startswith("<"):
            return urljoin(base, name[1:-1]) if name != "<>" else base
        prefix, _, local = name.partition(":")
        return known[prefix] + local

    return {(iri(one["focus"]), one["shape"], one.get("line", 0)) for one in block.get("expect", ())}


def own_name(shape: Shape) -> str:
    assert isinstance(shape.node, NamedNode)
    return shape.node.value.removeprefix(COOPSH)


def rules(shapes: Shapes) -> list[Shape]:
    """The shapes that speak to a steward: every property shape, and every node shape with a message."""
    return [shape for shape in shapes.by_node.values() if shape.path is not None or shape.messages]


def said(shapes: Shapes, shape: Shape, *predicates: str) -> dict[str, str]:
    """The texts of a shape by language."""
    return {
        triple.object.language or "": triple.object.value
        for triple in shapes.triples
        if triple.subject == shape.node
        and triple.predicate.value.rpartition("#")[2] in predicates
        and isinstance(triple.object, Literal)
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_gives_exactly_what_it_announces(path: Path, shapes: Shapes, model: LocalStore) -> None:
    model.engine.bulk_extend(quads(path, graph=EXAMPLE))
    places = Places(model.engine, {EXAMPLE: Origin(path, authored=True)})
    try:
        found = {
            (result.focus.value, result.shape.value.removeprefix(COOPSH), line(places, result))
            for result in validate(model.select, shapes)
            if isinstance(result.shape, NamedNode)
        }
    finally:
        model.engine.remove_graph(EXAMPLE)
    assert found == expected(path)


def line(places: Places, result: Result) -> int:
    place = places.of_result(result)
    return place.line if place else 0


def test_what_the_examples_share_is_without_fault(shapes: Shapes, model: LocalStore) -> None:
    assert not list(validate(model.select, shapes))


def test_a_bad_example_announces_and_a_good_one_does_not() -> None:
    for path in EXAMPLES:
        assert path.name.startswith(("bad-", "good-")), path
        assert bool(expected(path)) == (path in BAD), path


def test_every_rule_has_a_bad_example(shapes: Shapes) -> None:
    shown = {shape for path in BAD for _, shape, _ in expected(path)}
    assert {own_name(shape) for shape in rules(shapes)} - shown == set()


def test_every_kind_of_thing_has_a_good_example(shapes: Shapes) -> None:
    targeted = {own_name(shape).partition("-")[0] for shape in shapes.targeted()}
    shown = {path.parent.name for path in EXAMPLES if path.name.startswith("good-")}
    assert targeted == shown


def test_every_rule_can_be_run_as_sparql(shapes: Shapes) -> None:
    assert shapes.fallbacks == {}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_shape_says_what_it_is_and_why_in_both_languages(shapes: Shapes, language: str) -> None:
    for shape in (*rules(shapes), *shapes.targeted()):
        assert said(shapes, shape, "name", "label").get(language), shape.node
        assert said(shapes, shape, "comment").get(language), shape.node
    for shape in rules(shapes):
        assert isinstance(shape.node, NamedNode), shape
        assert shape.messages.get(language), shape.node


def test_a_message_says_what_to_do_and_ends_as_a_sentence(shapes: Shapes) -> None:
    for shape in rules(shapes):
        for message in shape.messages.values():
            assert re.search(r"\. .*[\w>…]", message), (
                shape.node,
                "one sentence on what is wrong, one on what to do",
            )
            assert message.endswith("."), shape.node


def test_the_queries_of_shapes_use_the_one_list_of_prefixes(shapes: Shapes) -> None:
    known = prefixes()
    declared: dict[str, dict[str, str]] = {}
    for triple in shapes.triples:
        name = triple.predicate.value.rpartition("#")[2]
        if name in ("prefix", "namespace") and isinstance(triple.object, Literal):
            declared.setdefault(str(triple.subject), {})[name] = triple.object.value
    assert declared
    for one in declared.values():
        assert known[one["prefix"]] == one["namespace"]


def test_a_shape_stands_in_the_file_of_its_name() -> None:
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        if path.stem in ("prefixes", "ontology"):
            continue
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode):
                assert quad.subject.value.removeprefix(COOPSH).partition("-")[0] == path.stem
