"""The benchmarks measure what they say: generated datasets are right, mistakes are planted, answers are compared before times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pyoxigraph
import pytest

from benchmarks.answers import Figure, ratios
from benchmarks.dataset import BASE, everything, prefixes, turtle, write
from benchmarks.faults import FAULTS
from benchmarks.peers.answer_peer import Cell, digest, json_rows
from benchmarks.things import Thing
from coopgraph.project import find
from coopgraph.validate.check import check

ROOT = Path(__file__).parent.parent
SIZE = 3_000


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated dataset, and beside it the same as one file."""
    folder = tmp_path_factory.mktemp("generated") / "world"
    write(SIZE, folder, single=folder.with_suffix(".nq"))
    return folder


def test_a_generated_dataset_passes_the_check(generated: Path) -> None:
    report = check(find(generated))
    assert [
        (one.rule, one.focus) for one in report.findings if one.severity in ("violation", "warning")
    ] == []


def test_the_files_and_the_single_file_hold_the_same_quads(generated: Path) -> None:
    single = set(pyoxigraph.parse(path=str(generated.with_suffix(".nq"))))
    files = set()
    for path in (generated / "data").rglob("*.ttl"):
        graph = pyoxigraph.NamedNode(
            f"{BASE}graph/{path.relative_to(generated / 'data').with_suffix('').as_posix()}"
        )
        files |= {
            pyoxigraph.Quad(q.subject, q.predicate, q.object, graph) for q in pyoxigraph.parse(path=str(path))
        }
    assert single == files
    assert len(files) == pytest.approx(SIZE, rel=0.3)


def test_the_same_seed_gives_the_same_things_and_another_gives_others() -> None:
    assert list(everything(SIZE)) == list(everything(SIZE))
    assert list(everything(SIZE)) != list(everything(SIZE, seed=2))


def test_a_seed_gives_the_same_in_every_process(tmp_path: Path) -> None:
    texts = []
    for nth in range(2):
        single = tmp_path / f"{nth}.nq"
        command = [
            sys.executable,
            "-m",
            "benchmarks.dataset",
            str(SIZE),
            str(tmp_path / str(nth)),
            "--single",
            str(single),
        ]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        texts.append(single.read_bytes())
    assert texts[0] == texts[1]


def test_each_planted_mistake_is_found_in_its_file(tmp_path: Path) -> None:
    write(SIZE, tmp_path)
    known, chance, broken = prefixes(), Random(1), set()
    things = list(everything(SIZE))
    for kind, faults in FAULTS.items():
        having = [thing for thing in things if any(facts[0][1] == kind for _, facts in thing.nodes)]
        for fault, thing in zip(faults, chance.sample(having, len(faults)), strict=True):
            things.remove(thing)  # one mistake a file
            part = next(part for part, facts in thing.nodes if facts[0][1] == kind)
            nodes = [(name, fault(facts) if name == part else facts) for name, facts in thing.nodes]
            path = tmp_path / "data" / thing.folder / f"{thing.slug}.ttl"
            path.write_text(turtle(Thing(thing.folder, thing.slug, nodes), known), encoding="utf-8")
            broken.add(path)
    found = {
        one.place.path for one in check(find(tmp_path)).findings if one.severity == "violation" and one.place
    }
    assert broken <= found


def rows(*values: object) -> list[list[Cell | None]]:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    kinds = {int: "integer", float: "double", bool: "boolean"}
    return [
        [None if one is None else ("literal", str(one).lower(), xsd + kinds.get(type(one), "string"))]
        for one in values
    ]


def test_answers_are_the_same_whatever_their_order_and_the_spelling_of_numbers() -> None:
    assert digest(rows("a", 2, None)) == digest(rows(None, 2.0, "a"))
    assert digest(rows("x; y")) == digest(rows("y; x"))
    assert digest([[("literal", "1", "http://www.w3.org/2001/XMLSchema#boolean")]]) == digest(rows(True))
    assert digest(rows("a", "a")) != digest(rows("a"))
    assert digest(rows("2")) != digest(rows(3))
    assert digest([[("iri", "a", "")]]) != digest(rows("a"))
    answer = {
        "head": {"vars": ["a", "b"]},
        "results": {"bindings": [{"b": {"type": "typed-literal", "value": "x"}}]},
    }
    assert list(json_rows(answer)) == [[None, ("literal", "x", "")]]


def test_a_wrong_answer_is_no_peer() -> None:
    def figure(engine: str, seconds: float | None, *, correct: bool = True) -> Figure:
        return Figure(1, "questions", "x", engine, seconds, correct=correct)

    quick_but_wrong = figure("virtuoso", 0.001, correct=False)
    figures = {"ours": figure("ours", 2.0), "virtuoso": quick_but_wrong, "comunica": figure("comunica", 8.0)}
    assert ratios(figures) == (0.25, None)
    assert ratios(figures | {"virtuoso": figure("virtuoso", 4.0)}) == (0.5, 0.5)
    assert ratios(figures | {"ours": figure("ours", 2.0, correct=False)}) == (None, None)
    assert ratios({"ours": figure("ours", 2.0), "rdflib": figure("rdflib", None, correct=False)}) == (
        None,
        None,
    )


def test_the_whole_of_it_runs(tmp_path: Path) -> None:
    results = tmp_path / "answers.jsonl"
    command = [sys.executable, "-m", "benchmarks.answers", "--quick", "--results", str(results)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert {one["part"] for one in figures} == {"build", "change", "lookups", "questions", "process"}
    assert [one for one in figures if not one["correct"]] == []
    saved = {
        path.relative_to(ROOT / "queries").with_suffix("").as_posix()
        for path in (ROOT / "queries").rglob("*.rq")
    }
    assert {one["name"] for one in figures if one["part"] == "questions" and one["engine"] == "ours"} == saved
