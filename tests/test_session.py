"""Checking again only what a change reaches gives what checking everything gives."""

from __future__ import annotations

import fcntl
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coopgraph.project import find
from coopgraph.validate.check import check
from coopgraph.validate.checked import Checked
from coopgraph.validate.session import Session

SWAPS = [
    ("coop:hasParty", "coop:hasPart"),
    ("a coop:", "a cop:X"),
    ("status:active", "status:ended"),
    ("status:active", "status:activ"),
    ('"@sv', '"@zz'),
    ("^^edtf:EDTF", ""),
    ("country:SWE", "country:SWX"),
    ("organisation:", "organisation:x"),
    ("a coop:Evidence", "a coop:Remark"),
    ("oa:hasBody <>", "oa:hasBody <#gone>"),
    ("@base <", "@base <x"),
    (" ;\n", " ; coop:startYear 1996 ;\n"),
    ("199", "1-9"),
    ("coop:start", "coop:end"),
    ("org:classification kind:municipality", "owl:deprecated true"),
]


def told(checked: Checked) -> set[tuple[object, ...]]:
    return {
        (one.rule, one.severity, one.focus, one.path, one.value, one.place, one.text("sv"))
        for one in checked.findings
    }


def edit(folder: Path, chance: random.Random, kept: dict[Path, bytes]) -> Path:
    """Change, remove, copy or put back one file of the data."""
    files = sorted((folder / "data").rglob("*.ttl"))
    path = chance.choice(files)
    kept.setdefault(path, path.read_bytes())
    what = chance.random()
    if what < 0.35:
        lost = [one for one in kept if not one.exists() or one.read_bytes() != kept[one]]
        path = chance.choice(lost or [path])
        path.write_bytes(kept[path])
    elif what < 0.45:
        path.unlink()
    elif what < 0.55:
        target = path.with_name(f"{path.stem}-copy.ttl")
        shutil.copy(path, target)
        return target
    else:
        text = path.read_text(encoding="utf-8")
        old, new = chance.choice([swap for swap in SWAPS if swap[0] in text] or [("\n", "\n\n")])
        places = [i for i in range(len(text)) if text.startswith(old, i)]
        at = chance.choice(places)
        path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", range(3))
def test_random_edits_are_told_as_a_full_check_tells_them(world_copy: Path, seed: int) -> None:
    compare(world_copy, random.Random(seed), steps=8)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_random_edits_are_told_as_a_full_check_tells_them(world_copy: Path, seed: int) -> None:
    compare(world_copy, random.Random(seed), steps=40)


def compare(folder: Path, chance: random.Random, *, steps: int) -> None:
    project = find(folder)
    session = Session(project)
    kept: dict[Path, bytes] = {}
    assert told(session.checked) == told(check(project))
    for step in range(steps):
        changed = {edit(folder, chance, kept) for _ in range(chance.choice((1, 1, 1, 3)))}
        now, whole, again = session.update(changed), check(project), check(project, keep=True)
        if any(one.rule == "syntax" for one in whole.findings):
            unread = {one for one in told(whole) if one[0] == "syntax"}
            assert {one for one in told(now) if one[0] == "syntax"} == unread
            assert {one for one in told(again) if one[0] == "syntax"} == unread
        else:
            assert told(again) == told(whole), f"step {step}: {sorted(path.name for path in changed)}"
            assert (again.files, again.triples) == (whole.files, whole.triples)
            assert told(now) == told(whole), f"step {step}: {sorted(path.name for path in changed)}"


def test_what_a_link_in_vain_may_mean_follows_what_there_is(world_copy: Path) -> None:
    project = find(world_copy)
    near, meant = (world_copy / f"data/programme/{name}.ttl" for name in ("fjallprogram", "fjallprogrammet"))
    session, text = Session(project), near.read_text(encoding="utf-8")
    near.unlink()
    meant.unlink()
    before = session.update([near, meant])
    assert told(before) == told(check(project))
    near.write_text(text, encoding="utf-8")
    now = session.update([near])
    assert told(now) == told(check(project))
    hints = [
        "Did you mean programme:fjallprogram?" in str([one.message["en"] for one in said.findings])
        for said in (before, now)
    ]
    assert hints == [False, True]


def test_a_file_that_breaks_keeps_what_it_said(world_copy: Path) -> None:
    session = Session(find(world_copy))
    before = told(session.checked)
    path = next((world_copy / "data" / "organisation").glob("norrby-kommun.ttl"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(" ;", "", 1), encoding="utf-8")
    broken = told(session.update([path]))
    assert {one[0] for one in broken - before} == {"syntax"}
    assert before <= broken
    path.write_text(text, encoding="utf-8")
    assert told(session.update([path])) == before


def test_what_was_found_in_a_file_before_it_broke_is_not_told(world_copy: Path) -> None:
    project = find(world_copy)
    path = world_copy / "data" / "organisation" / "norrby-kommun.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("country:SWE", "country:SWEE", 1), encoding="utf-8")
    assert "dangling" in {one.rule for one in check(project, keep=True).findings}
    path.write_text(text.replace(" ;", "", 1), encoding="utf-8")
    assert {one.rule for one in check(project, keep=True).findings if one.severity == "violation"} == {
        "syntax"
    }


def test_a_changed_shape_or_query_means_a_new_check_of_everything(world_copy: Path) -> None:
    session = Session(find(world_copy))
    query = world_copy / "queries" / "own" / "wrong.rq"
    query.parent.mkdir(parents=True)
    query.write_text("SELECT", encoding="utf-8")
    assert "query" in {one.rule for one in session.update([query]).findings}
    query.unlink()
    assert "query" not in {one.rule for one in session.update([query]).findings}


def test_a_second_check_reads_only_what_changed(world_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = find(world_copy)
    check(project, keep=True)

    def everything(*_: object) -> None:
        raise AssertionError("everything was read")

    monkeypatch.setattr(Session, "_load", everything)
    path = world_copy / "data/organisation/norrby-kommun.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("country:SWE", "country:SWX"), encoding="utf-8")
    found = check(project, keep=True)
    assert {(one.rule, one.place.path) for one in found.findings if one.place} == {("dangling", path)}
    assert told(check(project, keep=True)) == told(found)
    path.write_text(path.read_text(encoding="utf-8").replace("country:SWX", "country:SWE"), encoding="utf-8")
    assert check(project, keep=True).conforms


def test_what_is_kept_is_left_alone_while_another_check_uses_it(world_copy: Path) -> None:
    project = find(world_copy)
    before = told(check(project, keep=True))
    with (project.state / "checked/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = (project.state / "checked/found.json").read_bytes()
        (world_copy / "data/organisation/norrby-kommun.ttl").unlink()
        assert told(check(project, keep=True)) == told(check(project)) != before
        assert (project.state / "checked/found.json").read_bytes() == kept


@pytest.mark.parametrize("seed", range(5))
def test_a_check_that_is_killed_leaves_the_next_one_right(world_copy: Path, seed: int) -> None:
    project, chance = find(world_copy), random.Random(seed)
    check(project, keep=True)
    kept: dict[Path, bytes] = {}
    for _ in range(3):
        edit(world_copy, chance, kept)
    command = [sys.executable, "-m", "coopgraph", "check"]
    process = subprocess.Popen(command, cwd=world_copy, stdout=subprocess.DEVNULL)
    time.sleep(chance.uniform(0.1, 1.0))
    process.kill()
    process.wait()
    for path, content in kept.items():
        path.write_bytes(content)
    assert told(check(project, keep=True)) == told(check(project))


@pytest.mark.parametrize("harm", ["found.json", "files", "store/CURRENT"])
def test_what_is_kept_and_damaged_is_made_anew(world_copy: Path, harm: str) -> None:
    project = find(world_copy)
    before = told(check(project, keep=True))
    (project.state / "checked" / harm).write_text("{", encoding="utf-8")
    assert told(check(project, keep=True)) == before
    assert told(check(project, keep=True)) == before


def test_another_coopgraph_checks_everything_anew(world_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = find(world_copy)
    check(project, keep=True)
    loads: list[Session] = []
    whole = Session._load

    def load(session: Session, *rest: object) -> None:
        loads.append(session)
        whole(session)

    monkeypatch.setattr(Session, "_load", load)
    check(project, keep=True)
    assert loads == []
    monkeypatch.setattr("coopgraph.build.manifest._coopgraph", lambda: "another")
    check(project, keep=True)
    assert len(loads) == 1
