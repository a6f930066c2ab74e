"""What a check gives to other programs: SARIF by its schema, annotations by GitHub's rules, a report that rdflib reads."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rdflib
from rdflib import RDF, SH, URIRef

from coopgraph.project import find
from coopgraph.validate.check import check
from coopgraph.validate.findings import VIOLATION, Finding, Place
from coopgraph.validate.formats import as_github, as_json, as_sarif, as_turtle

FILE = "data/partnership/norrby-kommun--klitrup.ttl"
COOPSH = "https://w3id.org/coopgraph/shapes#"
NPM_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SCHEMA = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
SCHEMA_SHA256 = "2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8"


@pytest.fixture
def planted(world_copy: Path) -> Path:
    """The invented world with a dangling link, a shape broken, and a saved query that is about no node."""
    path = world_copy / FILE
    text = path.read_text(encoding="utf-8")
    text = text.replace("coop:hasParty organisation:klitrup ;", "coop:hasParty organisation:klitrp ;", 1)
    path.write_text(text.replace('oa:exact "är vår äldsta vänort" ;\n', ""), encoding="utf-8")
    query = world_copy / "queries" / "own,mine" / "wrong.rq"
    query.parent.mkdir(parents=True)
    query.write_text("SELECT ?x WHERE { ?x ?p ?o }", encoding="utf-8")
    return world_copy


def run(*arguments: str, cwd: Path, lang: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coopgraph", "--lang", lang, "check", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The schema of SARIF 2.1.0, from the npm package that carries it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm, which brings the schema of SARIF, is not installed")
    folder = tmp_path_factory.mktemp("sarif")
    done = subprocess.run(
        [npm, "pack", "--silent", NPM_PACKAGE], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"npm can't bring {NPM_PACKAGE}: {done.stderr.strip()[:200]}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        member = archive.extractfile(SCHEMA)
        assert member is not None
        content = member.read()
    assert hashlib.sha256(content).hexdigest() == SCHEMA_SHA256
    return json.loads(content)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_sarif_is_valid_by_its_schema(planted: Path, schema: Any, language: str) -> None:
    done = run("-f", "sarif", "--severity", "info", cwd=planted, lang=language)
    assert done.returncode == 1
    log = json.loads(done.stdout)
    jsonschema.Draft4Validator(schema).validate(log)
    assert not jsonschema.Draft4Validator(schema).is_valid({**log, "version": "2.0.0"})


def test_sarif_has_rules_levels_and_places(planted: Path) -> None:
    (one,) = json.loads(run("-f", "sarif", "--severity", "info", cwd=planted).stdout)["runs"]
    rules = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    found = {
        (rules[result["ruleIndex"]], result["level"], *where(result["locations"][0]))
        for result in one["results"]
    }
    assert ("dangling", "error", FILE, line_of(planted, "coop:hasParty organisation:klitrp"), 19) in found
    assert ("query", "error", "queries/own%2Cmine/wrong.rq", 1, 1) in found
    assert "note" in {level for _, level, *_ in found}
    assert all(result["ruleId"] == rules[result["ruleIndex"]] for result in one["results"])
    dangling = one["tool"]["driver"]["rules"][rules.index("dangling")]
    assert dangling["shortDescription"]["text"] == "A link to something that no file describes leads nowhere."
    assert "coopgraph explain dangling" in dangling["help"]["text"]


def where(location: dict[str, Any]) -> tuple[object, ...]:
    physical = location.get("physicalLocation")
    if physical is None:
        return ()
    return physical["artifactLocation"]["uri"], *physical["region"].values()


def line_of(folder: Path, text: str) -> int:
    return (folder / FILE).read_text(encoding="utf-8").partition(text)[0].count("\n") + 1


def test_a_fingerprint_stays_when_lines_move(planted: Path) -> None:
    def marks() -> list[str]:
        (one,) = json.loads(run("-f", "sarif", cwd=planted).stdout)["runs"]
        return sorted(result["partialFingerprints"]["coopgraph/v1"] for result in one["results"])

    before = marks()
    assert len(set(before)) == len(before) >= 2
    path = planted / FILE
    path.write_text("# A comment.\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert marks() == before


def test_a_shape_says_in_sarif_why_it_is_there(planted: Path) -> None:
    (one,) = json.loads(run("-f", "sarif", cwd=planted, lang="sv").stdout)["runs"]
    texts = {rule["id"]: rule["shortDescription"]["text"] for rule in one["tool"]["driver"]["rules"]}
    shapes = {rule for rule in texts if rule[0].isupper()}
    assert shapes
    assert all(texts[shape] != shape for shape in shapes)


ODD = Finding("a:b,c", VIOLATION, {"en": "50 %\r\nwrong: a, b"}, place=Place(Path("data/a,b:c.ttl"), 3, 7))


def test_annotations_escape_what_github_reads() -> None:
    assert as_github([ODD], Path.as_posix, language="en") == (
        "::error file=data/a%2Cb%3Ac.ttl,line=3,col=7,title=a%3Ab%2Cc::50 %25%0D%0Awrong: a, b"
    )
    assert as_github([Finding("x", "info", {"en": "y"})], Path.as_posix, language="en") == (
        "::notice title=x::y"
    )


def test_annotations_name_files_from_the_folder_of_the_repository(planted: Path) -> None:
    (planted.parent / ".git").mkdir()
    lines = run("-f", "github", "--rule", "dangling", cwd=planted).stdout.splitlines()
    number = line_of(planted, "coop:hasParty organisation:klitrp")
    assert lines[0].startswith(f"::error file={planted.name}/{FILE},line={number},col=19,title=dangling::")


def test_json_has_a_row_a_finding_in_the_language_asked_for() -> None:
    assert json.loads(as_json([ODD], Path.as_posix, language="sv")) == [
        {
            "file": "data/a,b:c.ttl",
            "line": 3,
            "column": 7,
            "rule": "a:b,c",
            "severity": "violation",
            "focus": None,
            "path": None,
            "value": None,
            "message": "50 %\r\nwrong: a, b",
        }
    ]


def test_turtle_is_a_validation_report(planted: Path) -> None:
    done = run("-f", "turtle", "--severity", "info", cwd=planted)
    checked = check(find(planted))
    graph = rdflib.Graph().parse(data=done.stdout, format="turtle")
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == rdflib.Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == len(checked.findings)
    for result in results:
        for predicate in (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity):
            assert len(list(graph.objects(result, predicate))) == 1
        assert {text.language for text in graph.objects(result, SH.resultMessage)} == {"sv", "en"}
    thing = "https://world.example/id/partnership/norrby-kommun--klitrup"
    assert {
        (graph.value(result, SH.focusNode), graph.value(result, SH.value), graph.value(result, SH.resultPath))
        for result in graph.subjects(SH.sourceShape, URIRef(COOPSH + "dangling"))
        if graph.value(result, SH.focusNode) == URIRef(thing)
    } == {
        (
            URIRef(thing),
            URIRef("https://world.example/id/organisation/klitrp"),
            URIRef("https://w3id.org/coopgraph/ns#hasParty"),
        )
    }
    assert {
        str(graph.value(result, SH.focusNode))
        for result in graph.subjects(SH.sourceShape, URIRef(COOPSH + "query"))
    } == {"https://world.example/queries/own%2Cmine/wrong.rq"}
    assert f"# {FILE}:{line_of(planted, 'coop:hasParty organisation:klitrp')}:19\n" in done.stdout


def test_a_report_without_findings_conforms() -> None:
    graph = rdflib.Graph().parse(data=as_turtle([], Path.as_posix, base="urn:x:"), format="turtle")
    assert list(graph.objects(None, SH.conforms)) == [rdflib.Literal(True)]
    assert len(graph) == 2


def test_every_finding_is_in_every_format(planted: Path) -> None:
    findings = check(find(planted)).findings
    assert len(json.loads(as_json(findings, Path.as_posix, language="sv"))) == len(findings)
    (one,) = json.loads(as_sarif(findings, Path.as_posix, {}, language="sv"))["runs"]
    assert len(one["results"]) == len(findings)
    assert len(as_github(findings, Path.as_posix, language="sv").splitlines()) == len(findings)
