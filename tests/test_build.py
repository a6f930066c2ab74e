"""Builds: whole or not at all, and the last good one answers whatever happens to the next."""

from __future__ import annotations

import dataclasses
import fcntl
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

import coopgraph
from coopgraph import ProjectError, StoreError
from coopgraph.build.changes import read as read_changes
from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.project import find
from coopgraph.validate.check import check

# the measuring of coverage would want to write large files of its own
UNMEASURED = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
BUILD = [sys.executable, "-m", "coopgraph", "--lang", "en", "build"]


def labels(folder: Path) -> list[str]:
    with coopgraph.open(folder, language="sv") as dataset:
        rows = dataset.sparql(
            "PREFIX cv: <http://data.europa.eu/m8g/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
            "SELECT ?label WHERE { ?x a cv:PublicOrganisation ; skos:prefLabel ?label FILTER(LANG(?label) = 'sv') } ORDER BY ?label"
        )
        return [row["label"] for row in rows]


def rename(folder: Path, old: str, new: str) -> None:
    """Change a body's name, as an edit by hand would."""
    for path in (folder / "data" / "organisation").glob("*.ttl"):
        text = path.read_text(encoding="utf-8")
        if f'prefLabel "{old}"@sv' in text:
            path.write_text(text.replace(f'prefLabel "{old}"@sv', f'prefLabel "{new}"@sv'), encoding="utf-8")
            return
    raise AssertionError(f"no {old}")


def broken(folder: Path) -> Path:
    """A file that doesn't parse."""
    path = folder / "data" / "organisation" / "bruten.ttl"
    path.write_text("<> a ", encoding="utf-8")
    return path


def test_nothing_built_is_told(world_copy: Path) -> None:
    with pytest.raises(ProjectError, match="coopgraph build"):
        current(find(world_copy))


def test_a_second_build_of_the_same_files_makes_nothing_new(world_copy: Path) -> None:
    project = find(world_copy)
    first, second = build(project), build(project)
    assert (first.fresh, second.fresh) == (True, False)
    assert first.snapshot == second.snapshot
    assert len(list((project.state / "snapshots").iterdir())) == 1


def test_an_edit_shows_after_the_next_build(world_copy: Path) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    rename(world_copy, before[0], "Aaby kommun")
    assert labels(world_copy) == before
    build(find(world_copy))
    assert labels(world_copy) == ["Aaby kommun", *before[1:]]


def test_a_syntax_error_stops_the_build_and_the_last_good_one_answers(world_copy: Path) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    broken(world_copy)
    with pytest.raises(ProjectError, match=r"data/organisation/bruten\.ttl:1:"):
        build(find(world_copy))
    assert labels(world_copy) == before


def test_a_reader_keeps_the_snapshot_it_opened(world_copy: Path) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    with coopgraph.open(world_copy) as reader:
        rename(world_copy, before[0], "Aaby kommun")
        build(find(world_copy))
        assert len(list((world_copy / ".coopgraph" / "snapshots").iterdir())) == 2
        assert before[0] in [
            row["l"]
            for row in reader.sparql(
                "SELECT ?l WHERE { ?x <http://www.w3.org/2004/02/skos/core#prefLabel> ?l FILTER(LANG(?l) = 'sv') }"
            )
        ]
    rename(world_copy, "Aaby kommun", before[0])
    build(find(world_copy))
    assert len(list((world_copy / ".coopgraph" / "snapshots").iterdir())) == 1


def test_a_second_build_at_once_is_refused_in_a_sentence(world_copy: Path) -> None:
    build(find(world_copy))
    with (world_copy / ".coopgraph" / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ProjectError, match="another build is running"):
            build(find(world_copy))


@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_costs_nothing(world_copy: Path, seed: int) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    rename(world_copy, before[0], "Aaby kommun")
    process = subprocess.Popen(BUILD, cwd=world_copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.Random(seed).uniform(0.05, 1.2))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert labels(world_copy) in (before, ["Aaby kommun", *before[1:]])
    build(find(world_copy))
    assert labels(world_copy) == ["Aaby kommun", *before[1:]]
    assert [path.name[0] for path in (world_copy / ".coopgraph" / "snapshots").iterdir()].count(".") == 0


def test_a_disk_that_takes_no_more_leaves_the_last_good_build(world_copy: Path) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    rename(world_copy, before[0], "Aaby kommun")

    def small_files_only() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        BUILD,
        cwd=world_copy,
        capture_output=True,
        text=True,
        env=UNMEASURED,
        preexec_fn=small_files_only,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert labels(world_copy) == before
    build(find(world_copy))
    assert labels(world_copy)[0] == "Aaby kommun"


@pytest.mark.parametrize(
    ("part", "left"),
    [
        ("held", None),
        *product(["report.json", "store/CURRENT", "store/MANIFEST-*", "store/*.sst"], [None, 0, 0.5]),
    ],
)
def test_a_damaged_snapshot_is_told_and_the_next_build_mends_it(
    world_copy: Path, part: str, left: float | None
) -> None:
    report = build(find(world_copy))
    before = labels(world_copy)
    path = next((world_copy / ".coopgraph" / "snapshots" / report.snapshot).glob(part))
    if left is None:
        path.unlink()
    else:
        os.truncate(path, int(path.stat().st_size * left))
    with pytest.raises(StoreError, match="coopgraph build"):
        coopgraph.open(world_copy)
    assert build(find(world_copy)).fresh
    assert labels(world_copy) == before


def test_a_snapshot_that_was_half_removed_does_not_come_back(world_copy: Path) -> None:
    """As it is left when a build is killed while it clears away what no longer answers."""
    first = build(find(world_copy))
    before = labels(world_copy)
    half = world_copy / ".coopgraph" / "snapshots" / first.snapshot
    kept = world_copy / "kept"
    shutil.copytree(half, kept)
    rename(world_copy, before[0], "Aaby kommun")
    build(find(world_copy))
    shutil.copytree(kept, half)
    next((half / "store").glob("*.sst")).unlink()
    rename(world_copy, "Aaby kommun", before[0])
    assert build(find(world_copy)).fresh
    assert labels(world_copy) == before


@pytest.mark.parametrize("text", [b"", b"\n", b"no-such-name", b"\xff\xfe", b"a\0b"])
def test_a_pointer_that_leads_nowhere_is_told_and_the_next_build_mends_it(
    world_copy: Path, text: bytes
) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    (world_copy / ".coopgraph" / "current").write_bytes(text)
    with pytest.raises(StoreError, match="coopgraph build"):
        coopgraph.open(world_copy)
    build(find(world_copy))
    assert labels(world_copy) == before


def test_a_pointer_that_can_not_be_read_is_told(world_copy: Path) -> None:
    build(find(world_copy))
    pointer = world_copy / ".coopgraph" / "current"
    pointer.unlink()
    pointer.mkdir()
    with pytest.raises(StoreError, match="current: the built graph can't be read"):
        coopgraph.open(world_copy)


def test_derived_facts_are_the_same_when_derived_again(world_copy: Path) -> None:
    def derived() -> list[str]:
        with coopgraph.open(world_copy) as dataset:
            graph = dataset.namespaces.graph_of("derived")
            rows = dataset.sparql(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")
            return sorted(str(row) for row in rows.terms)

    build(find(world_copy))
    first = derived()
    for folder in (world_copy / ".coopgraph" / "snapshots").iterdir():
        (folder / "report.json").unlink()
    assert build(find(world_copy)).fresh
    assert derived() == first
    assert len(first) > 100


def test_a_place_that_can_not_be_written_is_told(world_copy: Path) -> None:
    (world_copy / ".coopgraph").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="the right to write"):
        build(find(world_copy))


def stored(folder: Path) -> set[str]:
    """Everything in the current snapshot."""
    snapshot = current(find(folder))
    try:
        return set(map(str, snapshot.store.engine))
    finally:
        snapshot.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_build_of_what_changed_holds_what_a_build_of_everything_holds(world_copy: Path, seed: int) -> None:
    chance = random.Random(seed)
    build(find(world_copy))
    texts = {path: path.read_text(encoding="utf-8") for path in (world_copy / "data").rglob("*.ttl")}
    for _ in range(5):
        for path in chance.sample(sorted(texts), 4):
            match chance.randrange(4):
                case 0:
                    path.unlink(missing_ok=True)
                case 1:
                    path.write_text(texts[path], encoding="utf-8")
                case 2:
                    lines = [
                        line
                        for line in texts[path].split("\n")
                        if "Label" not in line or chance.random() < 0.5
                    ]
                    path.write_text("\n".join(lines), encoding="utf-8")
                case _:
                    years = re.sub(
                        r'"(19|20)\d\d', lambda year: f'"{chance.randrange(1900, 2030)}', texts[path]
                    )
                    path.write_text(years, encoding="utf-8")
        try:
            report = build(find(world_copy))
        except ProjectError:
            continue  # a line may have ended a statement
        assert report.steps > 0 or not report.fresh
        kept, whole = stored(world_copy), world_copy.with_name(f"{world_copy.name}-whole")
        shutil.copytree(world_copy, whole, ignore=shutil.ignore_patterns(".coopgraph"))
        anew = build(find(whole))
        assert kept == stored(whole)
        assert dataclasses.replace(report, steps=0, fresh=True) == anew
        shutil.rmtree(whole)


def test_a_file_that_is_written_twice_in_a_moment_is_read_again(world_copy: Path) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    rename(world_copy, before[0], "Aaby kommun")
    build(find(world_copy))
    path = next(
        path
        for path in (world_copy / "data/organisation").glob("*.ttl")
        if "Aaby kommun" in path.read_text(encoding="utf-8")
    )
    times = path.stat()
    rename(world_copy, "Aaby kommun", "Aabo kommun")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    build(find(world_copy))
    assert labels(world_copy) == ["Aabo kommun", *before[1:]]


@pytest.mark.parametrize("name", ['a"b', "a b", "a%20b", "a|b", "<a>", "å ä", os.fsdecode(b"\xe4"), "a#b?c"])
def test_a_file_of_any_name_is_built_checked_and_taken_away(world_copy: Path, name: str) -> None:
    build(find(world_copy))
    before = stored(world_copy)
    path = world_copy / "data" / "organisation" / f"{name}.ttl"
    said = '<https://world.example/id/organisation/bergs-kommun> <http://www.w3.org/2004/02/skos/core#altLabel> "Odd"@sv .'
    path.write_text(said, encoding="utf-8")
    other = path.with_name("a%2520b.ttl")  # what a name is turned into is no other file's
    other.write_text(said.replace("Odd", "Other"), encoding="utf-8")
    build(find(world_copy))
    assert len([one for one in stored(world_copy) - before if '"Odd"' in one and "/derived" not in one]) == 1
    found = [one for one in check(find(world_copy)).findings if one.rule == "wrong-file"]
    assert {one.place.path for one in found if one.place} == {path, other}
    path.unlink()
    other.unlink()
    build(find(world_copy))
    assert stored(world_copy) == before


@pytest.mark.parametrize("name", ["new\nline", "tab\there", "50 %\t"])
def test_a_file_whose_name_is_no_line_is_told(world_copy: Path, name: str) -> None:
    (world_copy / "data" / "organisation" / f"{name}.ttl").write_text("", encoding="utf-8")
    for work in (build, check):
        with pytest.raises(ProjectError, match="a line break or a tab in it") as told:
            work(find(world_copy))
        assert "\n" not in told.value.sv


def test_every_build_is_in_the_log_of_changes(world_copy: Path) -> None:
    build(find(world_copy))
    first = {
        line for line in stored(world_copy) if "/graph/derived" not in line and "/graph/ontology" not in line
    }
    name = labels(world_copy)[0]
    rename(world_copy, name, "Aaby kommun")
    build(find(world_copy))
    rename(world_copy, "Aaby kommun", name)
    build(find(world_copy))
    changes = read_changes(world_copy / ".coopgraph" / "changes")
    assert [(change.added, change.removed) for change in changes] == [(0, 0), (1, 1), (1, 1)]
    assert changes[-1].after == changes[0].after
    assert {
        line for line in stored(world_copy) if "/graph/derived" not in line and "/graph/ontology" not in line
    } == first


def test_who_asks_often_reads_a_small_graph_into_memory_unless_told_otherwise(world_copy: Path) -> None:
    project = find(world_copy)
    for memory, loaded in ((None, True), (False, False), (True, True)):
        report = build(project, memory=memory)
        snapshot = current(project)
        store = snapshot.for_many_questions()
        assert (report.memory, store.engine is not snapshot.store.engine) == (loaded, loaded)
        assert set(map(str, store.engine)) == stored(world_copy)
        snapshot.close()
        with coopgraph.open(world_copy) as dataset:
            assert dataset.query("network/members", network="Kustnätet", timeout=20) is not None


def test_a_snapshot_of_an_older_version_is_told_and_made_anew(world_copy: Path) -> None:
    build(find(world_copy))
    before = labels(world_copy)
    report = (
        world_copy / ".coopgraph/snapshots" / (world_copy / ".coopgraph/current").read_text() / "report.json"
    )
    report.write_text('{"snapshot": "x", "triples": 5, "tables": []}', encoding="utf-8")
    with pytest.raises(StoreError, match="coopgraph build"):
        current(find(world_copy))
    build(find(world_copy))
    assert labels(world_copy) == before
