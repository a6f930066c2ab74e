"""Every rule and shape is explained: why it is there, what to do, a good and a bad example."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from coopgraph.project import find
from coopgraph.publish.examples import FAULT, examples
from coopgraph.publish.explain import explain
from coopgraph.validate.checked import shape_triples
from coopgraph.validate.findings import SHAPES
from coopgraph.validate.rules import RULES
from coopgraph.validate.shapes import load_shapes

PROJECT = find(Path(__file__).parent / "world")
SHAPES_HERE = load_shapes(shape_triples(PROJECT)).by_node.values()
PROPERTIES = sorted(
    shape.node.value.removeprefix(SHAPES)
    for shape in SHAPES_HERE
    if shape.path is not None and isinstance(shape.node, NamedNode)
)


def test_every_property_shape_has_a_good_and_a_bad_example() -> None:
    assert len(PROPERTIES) > 50
    lacking = [name for name in PROPERTIES if None in examples(name)]
    assert lacking == []


def test_an_example_marks_the_line_at_fault() -> None:
    good, bad = examples("Identifier-checkDigit")
    assert good is not None
    assert bad is not None
    assert FAULT not in good
    assert [line.strip() for line in bad.splitlines() if line.endswith(FAULT)] == [
        'skos:notation "299999-9995" .' + FAULT
    ]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_shape_is_explained_in_full(language: str) -> None:
    text = explain(PROJECT, "coopsh:Identifier-checkDigit", language=language)
    why, remedy, good, bad = {
        "sv": ("avslöjar de flesta felskrivningar", "Jämför siffrorna med källan", "Rätt:", "Fel:"),
        "en": ("reveals", "Compare the digits", "Good:", "Bad:"),
    }[language]
    assert [part in text for part in (why, remedy, good, bad)] == [True] * 4
    assert "@prefix" not in text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_rule_is_explained(language: str) -> None:
    for name, rule in RULES.items():
        text = explain(PROJECT, name, language=language)
        assert rule.why[language] in text
        assert rule.good in text
        assert rule.bad in text


def test_a_shape_of_the_dataset_without_examples_is_explained_too(world_copy: Path) -> None:
    path = world_copy / "shapes" / "Own.ttl"
    path.parent.mkdir()
    path.write_text(
        "@prefix coopsh: <https://w3id.org/coopgraph/shapes#> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'coopsh:Own sh:targetNode <urn:x> ; sh:nodeKind sh:IRI ; rdfs:comment "Därför."@sv .',
        encoding="utf-8",
    )
    assert explain(find(world_copy), "Own", language="sv") == "Own\n\nDärför."
