"""Each mistake that a steward can make is found, in its file and at its line, with the remedy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from coopgraph.errors import CoopgraphError
from coopgraph.project import find
from coopgraph.validate.check import check
from coopgraph.validate.checked import Checked
from coopgraph.validate.findings import Finding
from coopgraph.validate.quotes import Quote, fold, nearest, occurrences

ROOT = Path(__file__).parent.parent
SOURCES = ROOT.parent / "shared" / "sources"
needs_sources = pytest.mark.skipif(
    not SOURCES.is_dir(), reason="the archived texts in ../shared/sources are not here"
)

JB_MARKS = "data/partnership/vaxjo-kommun--jb-marks.ttl"


@dataclass(frozen=True)
class Planted:
    """One mistake: in a file, a text replaced; the rule that must find it, at the line where `at` (or `new`) stands."""

    name: str
    file: str
    old: str
    new: str
    rule: str
    at: str = ""


PLANTED = [
    Planted(
        "misspelt predicate",
        JB_MARKS,
        "coop:hasParty organisation:vaxjo",
        "coop:hasPart organisation:vaxjo",
        "unknown-term",
    ),
    Planted(
        "misspelt class",
        JB_MARKS,
        "<#figure-projects> a coop:Figure",
        "<#figure-projects> a coop:Figur",
        "unknown-term",
    ),
    Planted(
        "misspelt datatype",
        JB_MARKS,
        '"2005"^^edtf:EDTF ;\n    coop:status',
        '"2005"^^edtf:EDTV ;\n    coop:status',
        "unknown-term",
        '"2005"^^edtf:EDTV',
    ),
    Planted(
        "dangling body",
        JB_MARKS,
        "organisation:vaxjo-kommun , organisation:jb-marks",
        "organisation:vaxjo-kommun , organisation:jb-mark",
        "dangling",
    ),
    Planted(
        "dangling concept",
        JB_MARKS,
        "coop:status status:active ;\n    dct:subject",
        "coop:status status:activ ;\n    dct:subject",
        "dangling",
        "status:activ ;",
    ),
    Planted(
        "impossible date",
        JB_MARKS,
        'coop:start "2005"^^edtf:EDTF ;\n    coop:status',
        'coop:start "2O05"^^edtf:EDTF ;\n    coop:status',
        "date",
        '"2O05"',
    ),
    Planted(
        "impossible literal",
        JB_MARKS,
        'coop:start "2005"^^edtf:EDTF ;\n    coop:status',
        'coop:start "2O10"^^<http://www.w3.org/2001/XMLSchema#gYear> ;\n    coop:status',
        "literal",
        '"2O10"',
    ),
    Planted(
        "unregistered language",
        JB_MARKS,
        '"Växjö Municipality – JB Marks"@en',
        '"Växjö Municipality – JB Marks"@en , "x"@zz',
        "language-tag",
    ),
    Planted(
        "start after end",
        JB_MARKS,
        'coop:start "2005"^^edtf:EDTF ;\n    coop:status',
        'coop:start "2005"^^edtf:EDTF ; coop:end "2001"^^edtf:EDTF ;\n    coop:status',
        "Time-order",
        'coop:end "2001"',
    ),
    Planted(
        "wrong check digit",
        "data/organisation/region-ostergotland.ttl",
        'skos:notation "232100-0040" .',
        'skos:notation "232100-0041" .',
        "Identifier-checkDigit",
    ),
    Planted(
        "derived property",
        JB_MARKS,
        "coop:status status:active ;\n    dct:subject",
        "coop:startYear 2005 ; coop:status status:active ;\n    dct:subject",
        "derived-authored",
        "coop:startYear 2005",
    ),
    Planted(
        "blank node",
        JB_MARKS,
        "coop:hasFigure <#figure-projects>",
        "coop:hasFigure [ a coop:Figure ]",
        "blank-node",
    ),
    Planted(
        "wrong file",
        "data/organisation/jb-marks.ttl",
        "@base <https://w3id.org/coopgraph/id/organisation/jb-marks>",
        "@base <https://w3id.org/coopgraph/id/organisation/jb-mark>",
        "wrong-file",
        "<> a cv:PublicOrganisation",
    ),
    Planted(
        "syntax",
        JB_MARKS,
        "coop:hasParty organisation:vaxjo-kommun , organisation:jb-marks ;",
        "coop:hasParty organisation:vaxjo-kommun , ;",
        "syntax",
    ),
]


def plant(folder: Path, mistake: Planted) -> int:
    """Make the mistake; gives the line where it must be told."""
    path = folder / mistake.file
    text = path.read_text(encoding="utf-8")
    assert text.count(mistake.old) >= 1
    changed = text.replace(mistake.old, mistake.new, 1)
    path.write_text(changed, encoding="utf-8")
    return changed[: changed.index(mistake.at or mistake.new)].count("\n") + 1


@pytest.mark.parametrize("mistake", PLANTED, ids=lambda mistake: mistake.name)
def test_planted_mistakes_are_found_at_their_line(real_copy: Path, mistake: Planted) -> None:
    line = plant(real_copy, mistake)
    checked = check(find(real_copy))
    assert not checked.conforms
    found = [
        one
        for one in checked.findings
        if one.rule == mistake.rule and one.place and one.place.path == real_copy / mistake.file
    ]
    assert [one.place.line for one in found if one.place] == [line]
    assert {"sv", "en"} <= set(found[0].message)


@needs_sources
def test_the_real_data_have_no_violation() -> None:
    checked = check(find(ROOT), sources=SOURCES)
    assert [one for one in checked.findings if one.severity != "info"] == []


def test_the_world_has_no_violation() -> None:
    checked = check(find(ROOT / "tests" / "world"), sources=ROOT / "tests" / "world" / "sources")
    assert [one for one in checked.findings if one.severity == "violation"] == []


@needs_sources
def test_a_false_quote_is_told_with_the_nearest_passage(real_copy: Path) -> None:
    line = plant(real_copy, Planted("", JB_MARKS, "startade redan 2005", "startade redan 2006", ""))
    (found,) = violations(check(find(real_copy), sources=SOURCES))
    assert (found.rule, found.place and found.place.line) == ("quote-missing", line)
    assert "startade redan 200[6→5]" in found.text("sv")
    assert "letter for letter" in found.text("en")


@needs_sources
def test_a_quote_found_twice_is_told(real_copy: Path) -> None:
    plant(real_copy, Planted("", JB_MARKS, "Sydafrika, startade redan 2005", "Sydafrika", ""))
    (found,) = violations(check(find(real_copy), sources=SOURCES))
    assert found.rule == "quote-ambiguous"


@needs_sources
def test_a_changed_document_lists_what_to_look_at_again(real_copy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    shutil.copytree(SOURCES, folder)
    changed = next(folder.glob("004_*.txt"))
    changed.chmod(0o644)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    checked = check(find(real_copy), sources=folder)
    (found,) = [one for one in checked.findings if one.severity == "warning"]
    assert found.rule == "source-changed"
    assert "partnership:vaxjo-kommun--jb-marks#e-start" in found.text("en")
    assert checked.conforms


@needs_sources
def test_a_missing_document_is_told(real_copy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    shutil.copytree(SOURCES, folder)
    gone = next(folder.glob("002_*.txt"))
    gone.unlink()
    checked = check(find(real_copy), sources=folder)
    assert [(one.rule, one.value) for one in checked.findings if one.severity == "warning"] == [
        ("source-missing", gone.name)
    ]


def test_two_files_that_describe_one_thing_are_told(real_copy: Path) -> None:
    shutil.copy(real_copy / "data/organisation/rehna.ttl", real_copy / "data/organisation/rena.ttl")
    rules = {one.rule for one in violations(check(find(real_copy)))}
    assert {"two-files", "wrong-file"} <= rules
    (wrong,) = [one for one in check(find(real_copy)).findings if one.rule == "wrong-file"]
    assert "@base <https://w3id.org/coopgraph/id/organisation/rena>" in wrong.text("sv")


def test_a_retired_thing_in_use_is_told(real_copy: Path) -> None:
    path = real_copy / "data/organisation/rehna.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("<> a ", "<> <http://www.w3.org/2002/07/owl#deprecated> true ; a ", 1), encoding="utf-8"
    )
    found = [one for one in violations(check(find(real_copy))) if one.rule == "retired-in-use"]
    assert "data/partnership/svenljunga-kommun--rehna.ttl" in {
        one.place.path.relative_to(real_copy).as_posix() for one in found if one.place
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#+ title: {sv: a, en: a}\n#+ description: {sv: a, en: a}\nSELECT ?x WHERE { ?x ?p }", "can't run"),
        ("#+ title: {sv: a\nSELECT ?x WHERE { ?x ?p ?o }", "not valid YAML"),
        ("SELECT ?x WHERE { ?x ?p ?o }", "no title"),
        (
            "#+ title: {sv: a, en: a}\n#+ description: {sv: a, en: a}\n#+ columns: {x: {sv: a, en: a}}\n#+ params: {y: {type: iri}}\nSELECT ?x WHERE { ?x ?p ?o }",
            "VALUES ?y",
        ),
        (
            "#+ title: {sv: a, en: a}\n#+ description: {sv: a, en: a}\nSELECT ?x WHERE { SERVICE <x:y> { ?x ?p ?o } }",
            "SERVICE is refused",
        ),
        (
            "#+ title: {sv: a, en: a}\n#+ description: {sv: a, en: a}\nSELECT ?x WHERE { ?x ?p ?o }",
            "'x' is not both",
        ),
    ],
)
def test_a_wrong_saved_query_is_told(real_copy: Path, text: str, said: str) -> None:
    path = real_copy / "queries" / "own" / "wrong.rq"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    found = [one for one in violations(check(find(real_copy))) if one.place and one.place.path == path]
    assert [one.rule for one in found] == ["query"]
    assert said in found[0].text("en")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("#+ key: municipality", "#+ key: village", 1),
        ("?municipality", "?municipality ?municipality ?municipality", 31),
        ("#+   en: The municipalities", "#+   de: Die Gemeinden", 1),
    ],
)
def test_a_wrong_harvest_is_told(world_copy: Path, old: str, new: str, line: int) -> None:
    text = (ROOT / "harvests/wikidata-municipalities.rq").read_text(encoding="utf-8")
    path = world_copy / "harvests/own.rq"
    path.parent.mkdir()
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = check(find(world_copy)).findings
    assert [
        (one.rule, one.focus, one.place and one.place.line)
        for one in found
        if one.place and one.place.path == path
    ] == [("query", "harvests/own", line)]


def test_a_shape_without_anything_to_look_at_is_a_note(world_copy: Path) -> None:
    shutil.rmtree(world_copy / "data" / "decision")
    notes = [one for one in check(find(world_copy)).findings if one.rule == "no-focus"]
    assert "coopsh:Decision" in {one.focus for one in notes}
    assert {one.severity for one in notes} == {"info"}


def violations(checked: Checked) -> list[Finding]:
    return [one for one in checked.findings if one.severity == "violation"]


def test_quotes_are_folded_but_never_corrected() -> None:
    text = fold("Vi har\u00a0idag\n två  vänorter, Rehnala\u0308nk")
    assert occurrences(Quote("har idag två"), text) == [3]
    assert occurrences(Quote("Rehnalänk"), text) == [26]
    assert occurrences(Quote("rehnalänk"), text) == []
    assert occurrences(Quote("a", prefix="d"), text) == [9]
    assert occurrences(Quote("a", suffix="r\u00a0idag"), text) == [4]


def test_the_nearest_passage_shows_what_differs() -> None:
    assert nearest(Quote("inleddes 1966"), fold("Samarbetet inleddes 1996, då")) == "inleddes 19[6→9]6"
    assert nearest(Quote("zzzz qqqq"), "abc") == ""
    source = fold("Ett vänskapsavtal undertecknades i september 2008, det byter")
    shown = "Ett vänskapsavtal [skrevs→undertecknades] i [oktober→september] 2008"
    assert nearest(Quote("Ett vänskapsavtal skrevs i oktober 2008"), source) == shown
    assert nearest(Quote("Kommunen har många samarbeten i andra länder"), source) == ""
    source = fold("Kragsund i Norge är vår äldsta vänort, sedan 1948.")
    assert nearest(Quote("vår älsta vänort, sedan 1948"), source) == "vår äl[→d]sta vänort, sedan 1948"
    assert nearest(Quote("vår äldsta vänort sedan 1948"), source) == "vår äldsta vänort[→,] sedan 1948"


@needs_sources
def test_a_value_that_no_evidence_carries_is_told(real_copy: Path) -> None:
    plant(
        real_copy,
        Planted(
            "",
            JB_MARKS,
            'start "2005"^^edtf:EDTF ;\n    coop:status',
            'start "2007"^^edtf:EDTF ;\n    coop:status',
            "",
        ),
    )
    warned = [one for one in check(find(real_copy)).findings if one.severity == "warning"]
    assert {(one.rule, one.value) for one in warned} == {("Evidence-value-carried", "2005")}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("ex:A a sh:NodeShape ;\n    sh:targetClass ex:B ;\n    sh:property ex:C .", 6, "sh:path"),
        ('ex:A sh:path ex:p ;\n    sh:minCount "two" .', 4, "sh:minCount"),
        ("ex:A sh:path ex:p ;\n    sh:minCount .", 5, "value"),
    ],
)
def test_a_wrong_shape_of_the_dataset_is_told_at_its_line(
    world_copy: Path, text: str, line: int, said: str
) -> None:
    path = world_copy / "shapes" / "own.ttl"
    path.parent.mkdir()
    head = "@prefix ex: <https://example.org/> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n\n"
    path.write_text(head + text, encoding="utf-8")
    with pytest.raises(CoopgraphError, match=rf"own\.ttl:{line}:\d+: .*{said}") as raised:
        check(find(world_copy))
    assert raised.value.exit_code == 3


@needs_sources
def test_a_false_path_of_a_text_stays_a_violation_beside_the_missing_text(real_copy: Path) -> None:
    path = real_copy / "data/source/vaxjo-kommunala-partnerskap.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('coop:archivedAs "', 'coop:archivedAs "sources/'), encoding="utf-8")
    expected = {"Source-archivedAs"}
    assert {one.rule for one in violations(check(find(real_copy)))} == expected
    assert {one.rule for one in violations(check(find(real_copy), sources=SOURCES))} == expected


def test_what_was_looked_at_is_counted(world_copy: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    data = list((world_copy / "data").rglob("*.ttl"))
    assert check(find(world_copy)).files == len(data)
    assert check(find(world_copy)).quotes is None
    whole, none = (check(find(world_copy), sources=one).quotes for one in (world_copy / "sources", empty))
    assert whole is not None
    assert none is not None
    assert whole.tested == none.untested == sum(one.read_text("utf-8").count("oa:exact") for one in data)
    assert whole.untested == none.tested == 0


def test_a_rule_that_is_not_there_is_told() -> None:
    command = [sys.executable, "-m", "coopgraph", "--lang", "en", "check", "--rule", "dangli"]
    told = subprocess.run(command, cwd=ROOT / "tests/world", capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "Did you mean dangling?" in told.stderr


def test_a_topic_of_ones_own_is_to_have_a_file_of_its_own_name(world_copy: Path) -> None:
    path = world_copy / "data/partnership/ekanger-kommun--tembore.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("topic:water", "topic:gliding"), encoding="utf-8")
    found = [one for one in check(find(world_copy)).findings if one.rule == "dangling"]
    assert found
    assert all("ontology/schemes/<eget namn>.ttl i din datamängd" in one.text("sv") for one in found)


def test_an_impossible_month_is_told_as_such(world_copy: Path) -> None:
    path = world_copy / "data/partnership/ekanger-kommun--tembore.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('coop:start "1998"', 'coop:start "1998-13"', 1), encoding="utf-8")
    (found,) = [one for one in check(find(world_copy)).findings if one.rule == "date"]
    assert "Månaden 13 finns inte." in found.text("sv")
