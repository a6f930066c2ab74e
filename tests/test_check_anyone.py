"""Anyone's RDF against anyone's shapes: the results of SHACL, each at its line, in every format."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import RDF, SH

from coopgraph.errors import ShapesError, TurtleError
from coopgraph.validate.anyones import check_files

SHAPES = """@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:PersonShape a sh:NodeShape ;
    sh:targetClass ex:Person ;
    sh:property ex:Person-age ;
    sh:property [ sh:path ex:knows ; sh:nodeKind sh:BlankNode ; sh:severity sh:Warning ] ,
        [ sh:path [ sh:inversePath ex:knows ] ; sh:maxCount 0 ; sh:severity sh:Info ] .

ex:Person-age
    sh:path ex:age ;
    sh:datatype xsd:integer ;
    sh:minCount 1 ;
    sh:maxCount 1 ;
    sh:message "Ange en ålder."@sv , "Give one age."@en .

ex:Known a sh:NodeShape ;
    sh:targetObjectsOf ex:knows ;
    sh:property [ sh:path ( ex:lives ex:name ) ; sh:minCount 1 ] .
"""
DATA = """@prefix ex: <http://example.org/> .

ex:anna a ex:Person ;
    ex:age "old" .

ex:bo a ex:Person ;
    ex:age 41 ,
        42 ;
    ex:knows ex:anna , [
        a ex:Person
    ] .

[] a ex:Person ;
    ex:age "young"@en .

<#relative> a ex:Person .
"""
LINES = {
    ("http://example.org/anna", "http://example.org/Person-age", "violation"): [4],
    ("http://example.org/anna", "sh:MaxCountConstraintComponent", "info"): [3],
    ("http://example.org/anna", "sh:MinCountConstraintComponent", "violation"): [3],
    ("http://example.org/bo", "http://example.org/Person-age", "violation"): [8],
    ("http://example.org/bo", "sh:NodeKindConstraintComponent", "warning"): [9],
    ("_", "http://example.org/Person-age", "violation"): [9, 14],
    ("_", "sh:MaxCountConstraintComponent", "info"): [9],
    ("_", "sh:MinCountConstraintComponent", "violation"): [9],
    ("#relative", "http://example.org/Person-age", "violation"): [16],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    return tmp_path


def run(*arguments: str, cwd: Path, lang: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coopgraph", "--lang", lang, "check", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def rows(*arguments: str, cwd: Path) -> list[dict[str, object]]:
    done = run(*arguments, "-f", "json", cwd=cwd)
    assert done.stderr == ""
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def named(focus: object) -> str:
    text = str(focus)
    return "_" if text.startswith("_:") else "#relative" if text.endswith("#relative") else text


def lines(found: list[dict[str, object]]) -> dict[tuple[str, object, object], list[object]]:
    by: dict[tuple[str, object, object], list[object]] = {}
    for row in found:
        by.setdefault((named(row["focus"]), row["rule"], row["severity"]), []).append(row["line"])
    return {key: sorted(values, key=str) for key, values in by.items()}


def test_every_result_is_a_finding_at_its_line(folder: Path) -> None:
    found = rows("--data", "data.ttl", "--shapes", "shapes.ttl", cwd=folder)
    assert {row["file"] for row in found} == {"data.ttl"}
    assert lines(found) == {key: sorted(value, key=str) for key, value in LINES.items()}
    assert {row["message"] for row in found if row["rule"] == "http://example.org/Person-age"} == {
        "Give one age."
    }


def test_the_exit_code_tells_of_violations(folder: Path) -> None:
    assert run("--data", "data.ttl", "--shapes", "shapes.ttl", cwd=folder).returncode == 1
    (folder / "fine.ttl").write_text(
        "<urn:a> a <http://example.org/Person> ; <http://example.org/age> 3 ; <http://example.org/knows> <urn:b> .\n"
        '<urn:b> <http://example.org/lives> [ <http://example.org/name> "x" ] .',
        encoding="utf-8",
    )
    done = run("--data", "fine.ttl", "--shapes", "shapes.ttl", cwd=folder)
    assert (done.returncode, "1 warning" in done.stdout) == (0, True)


def results(graph: rdflib.Graph) -> Counter[tuple[str, ...]]:
    """What each result of a report says; blank nodes are all alike, but for paths."""

    def told(node: object) -> str:
        return "_" if isinstance(node, rdflib.BNode) else str(node)

    def path(node: object) -> str:
        if not isinstance(node, rdflib.BNode):
            return str(node)
        return str(sorted(f"{p} {path(o)}" for p, o in graph.predicate_objects(node)))

    names = (SH.focusNode, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)
    return Counter(
        (*(told(graph.value(result, name)) for name in names), path(graph.value(result, SH.resultPath)))
        for result in graph.subjects(RDF.type, SH.ValidationResult)
    )


def test_the_report_is_that_of_pyshacl(folder: Path) -> None:
    done = run("--data", "data.ttl", "--shapes", "shapes.ttl", "-f", "turtle", cwd=folder)
    ours = rdflib.Graph().parse(data=done.stdout, format="turtle")
    base = (folder / "data.ttl").as_uri()
    data = rdflib.Graph().parse(data=DATA, format="turtle", publicID=base)
    _, theirs, _ = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle"))
    assert isinstance(theirs, rdflib.Graph)
    assert results(ours) == results(theirs)
    assert sum(results(ours).values()) == sum(len(value) for value in LINES.values())


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".trig", ".nt.gz", ".nq.gz", ".ttl.gz", ".trig.gz"])
def test_every_format_has_its_lines(folder: Path, suffix: str) -> None:
    base = "http://example.org/data"
    if suffix.startswith(".n"):
        graph = ox.NamedNode("urn:g") if suffix.startswith(".nq") else None
        text = "".join(
            f"# {number}\n{quad.subject} {quad.predicate} {quad.object} {graph or ''} .\n"
            for number, quad in enumerate(ox.parse(DATA.encode(), ox.RdfFormat.TURTLE, base_iri=base))
        )
    elif suffix.startswith(".trig"):
        text = f"@base <{base}> .\n" + DATA.replace("ex:bo a", "<urn:g> {\nex:bo a").replace("] .", "] . }")
    else:
        text = f"@base <{base}> .\n" + DATA
    path = folder / f"other{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if suffix.endswith(".gz") else text.encode())
    found = rows("--data", path.name, "--shapes", "shapes.ttl", cwd=folder)
    assert Counter((named(row["focus"]), row["rule"]) for row in found) == Counter(
        (focus, rule) for (focus, rule, _), where in LINES.items() for _ in where
    )
    written = text.splitlines()
    for row in found:
        assert isinstance(row["line"], int)
        line = written[row["line"] - 1]
        if row["value"] is not None and suffix.startswith(".n"):
            assert str(row["value"]).removeprefix("_:") in line or "_:" in line
        if row["focus"] == "http://example.org/anna":
            assert "anna" in line or '"old"' in line


def test_several_files_are_one_graph_and_options_take_several(folder: Path) -> None:
    (folder / "more.ttl").write_text(
        "@prefix ex: <http://example.org/> .\n\n<data.ttl#relative> ex:age 7 .\nex:anna ex:age 1 .",
        encoding="utf-8",
    )
    (folder / "empty.ttl").write_text("", encoding="utf-8")
    found = rows("--data", "data.ttl", "more.ttl", "--shapes", "shapes.ttl", "empty.ttl", cwd=folder)
    assert "#relative" not in {named(row["focus"]) for row in found}
    assert {
        (row["file"], row["line"])
        for row in found
        if row["rule"] == "http://example.org/Person-age" and row["focus"] == "http://example.org/anna"
    } >= {("data.ttl", 4)}
    again = rows("--data", "data.ttl", "--data", "more.ttl", "--shapes", "shapes.ttl", cwd=folder)
    assert lines(again) == lines(found)


def test_one_file_may_be_both(folder: Path) -> None:
    prefixes, _, body = SHAPES.partition("\n\n")
    (folder / "both.ttl").write_text(f"{prefixes}\n{body}\n{DATA}", encoding="utf-8")
    both = rows("--data", "both.ttl", "--shapes", "both.ttl", cwd=folder)
    assert len(both) == sum(len(value) for value in LINES.values())
    assert lines(rows("--data", "both.ttl", cwd=folder)) == lines(both)


def test_datatypes_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        "@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:datatype xsd:byte ] .",
        encoding="utf-8",
    )
    (tmp_path / "data.ttl").write_text(
        "@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        'ex:a ex:p "05"^^xsd:byte .\nex:b ex:p 5 ,\n "06"^^xsd:int .\n'
        '[] ex:p "07"^^xsd:byte .\n[] ex:p "08"^^xsd:int ,\n 300 .',
        encoding="utf-8",
    )
    checked = check_files([tmp_path / "data.ttl"], [tmp_path / "shapes.ttl"])
    assert [(one.value, one.place and one.place.line) for one in checked.findings] == [
        ("5", 3),
        ("06", 4),
        ("08", 6),
        ("300", 7),
    ]


def test_a_shape_that_takes_long_is_named(folder: Path) -> None:
    with (folder / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write(
            "ex:Slow a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select "
            '"SELECT ?this WHERE { ?this <http://example.org/age> ?age }" ] ; sh:nodeKind sh:IRI .\n'
        )
    done = run("--data", "data.ttl", "--shapes", "shapes.ttl", "-f", "json", cwd=folder)
    assert "http://example.org/Slow" in done.stderr
    assert "pySHACL" in done.stderr
    assert len(json.loads(done.stdout)) > sum(len(value) for value in LINES.values())


WRONG = [
    ("sh:minCount 1 ;", 'sh:minCount "two" ;', "ex:Person-age", "sh:minCount"),
    ("sh:property ex:Person-age ;", "sh:property ex:Nothing ;", "sh:property ex:Nothing", "sh:path"),
    ("sh:path ex:age ;", "sh:path ( ex:age ) ;", "ex:Person-age\n", "two members"),
    ("sh:path ex:age ;", "sh:path ex:age ; sh:node ex:PersonShape ;", "ex:Person-age", "refers to itself"),
    ('sh:message "Ange', 'sh:message 3 , "Ange', "ex:Person-age\n", "sh:message"),
]


@pytest.mark.parametrize(("old", "new", "at", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_shapes_that_are_wrong_are_told_at_their_line(
    folder: Path, old: str, new: str, at: str, said: str
) -> None:
    text = SHAPES.replace(old, new, 1)
    assert text != SHAPES
    (folder / "shapes.ttl").write_text(text, encoding="utf-8")
    done = run("--data", "data.ttl", "--shapes", "shapes.ttl", "-f", "turtle", cwd=folder)
    assert (done.returncode, done.stdout) == (3, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    allowed = [number for number, line in enumerate(text.splitlines(), 1) if at.rstrip("\n") in line]
    assert any(f"shapes.ttl:{number}:" in done.stderr for number in allowed), done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_files_that_cannot_be_read_are_told_at_their_line(folder: Path) -> None:
    for name in ("data.ttl", "shapes.ttl"):
        path = folder / name
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole.replace(" ;", " ; )", 1), encoding="utf-8")
        with pytest.raises(TurtleError, match=rf"{name}:\d+:\d+"):
            check_files([folder / "data.ttl"], [folder / "shapes.ttl"])
        path.write_text(whole, encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["<urn:s> <urn:p> <urn:o> ~ <urn:r> .", "<urn:s> <urn:p> <<( <urn:a> <urn:b> 1 )>> ."]
)
def test_rdf_1_2_is_told_and_not_half_read(folder: Path, text: str) -> None:
    (folder / "data.ttl").write_text(text, encoding="utf-8")
    with pytest.raises(TurtleError, match=r"RDF 1\.2"):
        check_files([folder / "data.ttl"], [folder / "shapes.ttl"])


def test_shapes_without_a_shape_are_told(folder: Path) -> None:
    with pytest.raises(ShapesError, match="no shape in"):
        check_files([folder / "data.ttl"], [folder / "data.ttl"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--shapes", "shapes.ttl"], "--shapes needs data"),
        (["data.ttl", "--data", "data.ttl"], "PATH is about a dataset"),
        (["--staged", "--data", "data.ttl", "--shapes", "shapes.ttl"], "--staged is about a dataset"),
        (["--data"], "--data needs a file"),
        (["--data", "--shapes", "shapes.ttl"], "--data needs a file"),
    ],
)
def test_wrong_use_is_told(folder: Path, arguments: list[str], said: str) -> None:
    done = run(*arguments, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
