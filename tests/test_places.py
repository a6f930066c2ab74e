"""Places are the same whether a text is read whole or by statement, and blank nodes are told apart."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from coopgraph.build.assemble import Origin
from coopgraph.errors import TurtleError
from coopgraph.turtle import locate
from coopgraph.turtle.statements import Statements
from coopgraph.validate import places as places_module
from coopgraph.validate.places import Places

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "conformance"
GRAPH = NamedNode("urn:graph")
FORMATS = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".nq": RdfFormat.N_QUADS}


def spans(text: str, format: RdfFormat, base: str) -> dict[NamedNode, list[tuple[object, ...]]]:
    """The places of the triples of each named subject."""
    found: dict[NamedNode, list[tuple[object, ...]]] = {}
    for row in locate(text, format=format, base=base):
        if isinstance(row.quad.subject, NamedNode):
            found.setdefault(row.quad.subject, []).append(row[1:])
    return found


@pytest.mark.parametrize(
    "text",
    [
        "@prefix : <http://example.org/> . :a :p :b. :c :p 1 .\n:d :p 1.5. # x\n:a :q ( :b [ :p :c ] ) .",
        "@prefix : <http://example.org/> . # a . b\n:x.y :p 1.5 , -0.5 , 5.0e3 , \"a . b\" , '''it's\n. here''' .\n:z :p :y .",
        "PREFIX a.b: <http://example.org/a/>\nBASE <http://example.org/base/>\n<x> a.b:p <../y.z>.\n<x> a.b:q a.b:c\\#d .",
        "@prefix : <http://example.org/> . :a :p :b .\n@prefix : <http://example.net/> . :a :p :b .",
        "@prefix : <http://example.org/> . :a\\.b :p '.' . <http://example.org/a.b> :q \"\\\"\" . :a.b :r 'x'@sv .",
        "@prefix base: <http://example.org/b#> . base:x base:p base:y . base:z a base:x .",
        "[] <urn:p> <urn:o> . ( 1 ) <urn:p> 2 . <urn:s> <urn:p> [ <urn:q> <urn:o> ] . [ <urn:p> 1 ] .",
    ],
)
def test_a_subject_is_found_by_statement_as_in_the_whole(text: str) -> None:
    cut = Statements(text, format=RdfFormat.TURTLE, base="http://example.org/")
    found = spans(text, RdfFormat.TURTLE, "http://example.org/")
    assert found
    for subject, rows in found.items():
        assert [row[1:] for row in cut.of(subject)] == rows


def test_lines_of_one_subject_are_found_wherever_they_stand() -> None:
    text = (
        '<urn:a#1> <urn:p> "x" .\r\n<urn:a#1> <urn:q> <urn:b> . # said\n<urn:a#12> <urn:p> "y" .\n\n'
        '_:b <urn:p> "." .\n  <urn:a#1>\t<urn:r> _:b .\n<urn:a#1><urn:s><urn:a#1>.'
    )
    cut = Statements(text, format=RdfFormat.N_TRIPLES)
    for subject, rows in spans(text, RdfFormat.N_TRIPLES, "urn:x:").items():
        assert [row[1:] for row in cut.of(subject)] == rows


@pytest.mark.skipif(not SHARED.is_dir(), reason="the W3C suites in ../shared/conformance are not here")
def test_the_files_of_the_w3c_are_found_by_statement_as_in_the_whole() -> None:
    files = subjects = 0
    for path in sorted(SHARED.rglob("*")):
        if path.suffix not in FORMATS:
            continue
        try:
            text = path.read_text(encoding="utf-8")
            found = spans(text, FORMATS[path.suffix], "http://example.org/")
        except (TurtleError, UnicodeDecodeError):
            continue
        cut = Statements(text, format=FORMATS[path.suffix], base="http://example.org/")
        for subject, rows in found.items():
            assert [row[1:] for row in cut.of(subject)] == rows, (path.name, subject)
        files, subjects = files + 1, subjects + len(found)
    assert files > 100
    assert subjects > 500


def store(path: Path) -> tuple[Places, ox.Store]:
    engine = ox.Store()
    engine.bulk_load(path=str(path), to_graph=GRAPH)
    return Places(engine, {GRAPH: Origin(path, authored=True)}), engine


def test_blank_nodes_are_told_apart_by_what_is_said_of_them(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(
        "<urn:a> <urn:p> [ <urn:q> 1 ] ,\n [ <urn:q> 2 ] ,\n [ <urn:q> [ <urn:q> 2 ] ] .\n"
        "<urn:b> <urn:p> [ <urn:q> 01 ] .\n_:x <urn:q> 4 .\n[] <urn:list> ( 5\n [ <urn:q> 6 ] ) .",
        encoding="utf-8",
    )
    places, engine = store(path)
    lines = {
        (quad.object.value, place.line)
        for quad in engine.quads_for_pattern(None, NamedNode("urn:q"), None)
        if isinstance(quad.object, Literal) and isinstance(quad.subject, BlankNode)
        if (place := places.of_subject(quad.subject))
    }
    assert lines == {("1", 1), ("1", 4), ("2", 2), ("2", 3), ("4", 5), ("6", 7)}


def test_blank_nodes_that_nothing_tells_apart_have_a_place_each(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    path.write_text("".join(f'_:b{n} <urn:p> "x" .\n' for n in range(5)), encoding="utf-8")
    places, engine = store(path)
    found = [places.of_subject(quad.subject) for quad in engine if isinstance(quad.subject, BlankNode)]
    assert sorted(place.line for place in found if place) == [1, 2, 3, 4, 5]


def test_a_large_file_gives_the_places_that_it_gives_when_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(
        "@prefix : <urn:x:> .\n" + "".join(f":s{n} :p {n} ;\n :q :s{n + 1} .\n" for n in range(50)),
        encoding="utf-8",
    )
    whole, engine = store(path)
    expected = [whole.of_triple(quad.triple, GRAPH) for quad in engine]
    monkeypatch.setattr(places_module, "_LARGE", 0)
    by_statement = Places(engine, {GRAPH: Origin(path, authored=True)})
    assert [by_statement.of_triple(quad.triple, GRAPH) for quad in engine] == expected
    assert None not in expected
