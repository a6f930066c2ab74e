"""The steward's commands, as processes: proposals shown, refusals told, questions asked, and how it all ends."""

from __future__ import annotations

import codecs
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from steward import snapshot

from coopgraph.project import Project
from coopgraph.validate.check import check

ENVIRONMENT = {**os.environ, "COOPGRAPH_LANG": "en", "TERM": "dumb"}


def run(project: Project, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "coopgraph", "-d", str(project.root), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def answered(project: Project, answers: list[str], *arguments: str) -> str:
    """What is said on a terminal where somebody gives these answers, one a question."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "coopgraph", "-d", str(project.root), *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    os.close(slave)
    whole = codecs.getincrementaldecoder("utf-8")("replace").decode  # a letter may come in two pieces
    said, left, until = "", list(answers), time.monotonic() + 60
    while time.monotonic() < until:
        if not select.select([master], [], [], 0.2)[0]:
            if left and said.rstrip(" ").endswith(":"):
                os.write(master, f"{left.pop(0)}\n".encode())
                said += "\n"
            continue
        try:
            said += whole(os.read(master, 4096))
        except OSError:
            break
    assert process.wait(timeout=10) == 0, said
    os.close(master)
    return said


def test_a_dry_run_shows_the_diff_and_writes_nothing(steward: Project) -> None:
    before = snapshot(steward)
    told = run(
        steward, "end", "Fjällsta – Saltholt", "--on", "2004", "--source", "Fjällsta kommun i världen",
        "--quote", "Tolv projekt har genomförts", "--dry-run",
    )  # fmt: skip
    assert "Fjällsta – Saltholt: status was active, will be ended." in told
    assert '+    coop:end "2004"^^edtf:EDTF ;' in told
    assert "Nothing is written" in told
    assert snapshot(steward) == before


def test_what_undo_takes_away_is_not_said_to_be_written(steward: Project) -> None:
    added = run(
        steward, "add", "organisation", "--name", "Nyby", "--kind", "city abroad", "--country", "DNK", "--yes"
    )
    assert "Written: data/organisation/nyby.ttl." in added
    undone = run(steward, "undo", "--yes")
    assert "Removed: data/organisation/nyby.ttl." in undone
    assert "Written" not in undone


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        (["end", "Fjällsta – Saltholt"], "when (empty: not stated):"),
        (["rename", "Saltholt", "--name", "Saltön", "--name-en", "Salt Island"], "from:"),
    ],
)
def test_a_date_that_is_none_is_asked_for_again_at_once(
    steward: Project, arguments: list[str], label: str
) -> None:
    words = ["--source", "Fjällsta kommun i världen", "--quote", "Tolv projekt har genomförts", "--dry-run"]
    told = answered(steward, ["when it rained", "2004"], *arguments, *words)
    first, again = told.partition("'when it rained' is no date")[::2]
    assert first.count(label) == 1
    assert again.count(label) == 1
    assert "2004" in again.partition(label)[2]


def test_a_refusal_ends_with_3_and_says_what_is_wrong(steward: Project) -> None:
    before = snapshot(steward)
    told = run(steward, "correct", "Ren vik", "start", "2020", "--reason", "x", code=3)
    assert "coop:end is before coop:start" in told
    assert "[Time-order]" in told
    assert snapshot(steward) == before


def test_a_fact_without_evidence_is_mended_with_the_options_of_the_command(steward: Project) -> None:
    told = run(steward, "rename", "Saltholt", "--name", "Saltön", "--on", "2020", code=3)
    assert "--source SOURCE --quote WORDS" in told
    assert "coop:Evidence" not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["end", "Ren vik"], "Say when"),
        (["end", "Ren vok", "--on", "2004"], "Did you mean Clean Bay"),
        (["correct", "Ren vik", "strat", "2016", "--reason", "x"], "Did you mean coop:start"),
        (["correct", "Ren vik", "start", "2016"], "--reason"),
        (["correct", "Ren vik", "start", "2016", "--old", "1999", "--reason", "x"], "It has: 2017"),
        (["add", "partnership", "--party", "Saltholt"], "--kind"),
        (["add", "organisation", "--name", "Ny", "--kind", "komun", "--country", "SWE"], "municipality (municipality)"),
        (["add", "project", "--name", "Ren vik"], "is or was something already"),
        (["add", "project", "--name", "Nytt", "--quote", "x"], "--source"),
        (["merge", "Saltholt", "Saltholt"], "Two different things"),
        (["retire", "Ren vik"], "--reason-en"),
        (["undo"], "no operation"),
        (["todo", "nosuch"], "The lists are: "),
        (["undo", "nothing"], "no operation"),
        (["diff", "no-such-revision"], "no revision"),
        (["rename", "Saltholt"], "--name"),
        (["evidence", "add", "Saltholt"], "--source SOURCE --quote WORDS"),
        (["succeed", "--from", "Saltholt"], "--to"),
        (["split", "Saltholt"], "--name"),
        (["add", "partnership", "--kind", "twin town", "--party", "Norrby kommun", "--party", "Nånstans"], '--new "Nånstans, KIND, COUNTRY"'),
        (["add", "partnership", "--new", "Saltholt, city abroad, Iceland", "--kind", "twin town"], "leave out --new"),
        (["add", "partnership", "--new", "Saltby", "--party", "Saltby"], "city abroad, Germany"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_without_a_trace(steward: Project, arguments: list[str], told: str) -> None:
    before = snapshot(steward)
    said = run(steward, *arguments, code=2)
    assert told in said
    assert "Traceback" not in said
    assert snapshot(steward) == before


def test_what_is_missing_is_asked_for(steward: Project) -> None:
    said = answered(
        steward,
        [
            "Norrby kommun",
            "Saltholt",
            "",
            "twin town",
            "1993",
            "active",
            "Internationellt arbete i Norrby kommun",
            "vår vänort sedan 1993",
            "d",
            "y",
        ],
        "add",
        "partnership",
    )
    assert "twin town" in said
    assert "+<> a coop:Partnership" in said
    assert (steward.data / "partnership" / "norrby-kommun--saltholt.ttl").exists()
    assert check(steward, sources=steward.root / "sources").conforms


def test_an_answer_that_does_not_fit_is_asked_for_again(steward: Project) -> None:
    said = answered(
        steward,
        [
            "Norrby kommun",
            "Åvik",  # not there: its kind and country
            "local municipality abroad",
            "Islnd",
            "Iceland",
            "",
            "twin tow",
            "twin town",
            "nittiotalet",
            "1993",
            "active",
            "Internationellt arbete i Norrby kommun",
            "vår vänort sedan 1996",
            "Internationellt arbete i Norrby kommun",
            "vår vänort sedan 1993",
            "y",
        ],
        "add",
        "partnership",
    )
    assert "'Islnd' is no country" in said
    assert said.count("'nittiotalet' is no date") == 1
    assert "Nearest: vår vänort sedan 199[6→3]" in said
    assert (steward.data / "organisation" / "avik.ttl").exists()
    assert check(steward, sources=steward.root / "sources").conforms


def test_nothing_is_written_when_somebody_says_no(steward: Project) -> None:
    before = snapshot(steward)
    said = answered(steward, ["n"], "correct", "Ren vik", "start", "2016", "--reason", "x")
    assert "Nothing is written" in said
    assert snapshot(steward) == before


def test_fmt_tidies_and_checks(steward: Project) -> None:
    assert "to tidy" in run(steward, "fmt", "--check", code=1)
    before = {(one.rule, one.focus) for one in check(steward).findings}
    assert "tidied" in run(steward, "fmt")
    assert "0 files to tidy" in run(steward, "fmt", "--check")
    assert {(one.rule, one.focus) for one in check(steward).findings} == before
    assert "does not belong to the dataset" in run(steward, "fmt", str(Path(__file__).parent), code=2)


def test_work_is_told_from_git_and_against_the_build(steward: Project) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=A. Steward", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=steward.root, check=True, capture_output=True)

    (steward.root / ".gitignore").write_text(".coopgraph/\n", encoding="utf-8")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "All of it")
    assert run(steward, "diff") == "They say the same.\n"
    run(steward, "fmt")
    assert run(steward, "diff") == "They say the same.\n"
    git("commit", "-qam", "Tidy")
    run(steward, "correct", "Ren vik", "start", "2016", "--reason", "misread")
    changed = "Clean Bay: start was 2017, will be 2016.\n"
    assert run(steward, "diff").startswith(changed)
    assert run(steward, "diff", "built", "files").startswith(changed)
    assert run(steward, "diff", "HEAD~1", "files").startswith(changed)
    patch = run(steward, "diff", "-f", "patch")
    assert patch.startswith("TX .\nD <https://world.example/id/project/ren-vik")
    assert patch.count("\nA ") == patch.count("\nD ") == 2
    git("add", "-A")
    git("commit", "-qm", "Correct a start")
    run(steward, "move", "Ren vik", "ren-vik-2016")
    git("add", "-A")
    git("commit", "-qm", "Another slug")
    told = run(steward, "log", "Ren vik")
    lines = [line for line in told.splitlines() if not line.startswith("  ")]
    assert [line.split("  ")[1:3] for line in lines] == [
        ["A. Steward", f"{message}  ".strip()]
        for message in ("Another slug", "Correct a start", "Tidy", "All of it")
    ]
    assert "  Clean Bay: start was 2017, will be 2016." in told
    assert "project:ren-vik is called project:ren-vik-2016 from now on" in told


def test_the_history_of_a_thing_is_not_that_of_one_like_it(steward: Project) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=A. Steward", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=steward.root, check=True, capture_output=True)

    git("init", "-q")
    for name in ("Sandvik", "Sandvika"):
        run(
            steward,
            "add",
            "organisation",
            "--name",
            name,
            "--kind",
            "kommun i annat land",
            "--country",
            "Norge",
        )
        git("add", "-A")
        git("commit", "-qm", f"Add {name}")
    told = run(steward, "log", "Sandvika")
    assert "Add Sandvika" in told
    assert "Add Sandvik " not in told
    assert "is called" not in told


def test_what_is_left_to_do_comes_with_the_command_that_mends_it(steward: Project) -> None:
    told = run(steward, "todo", "--all")
    assert "Dormant (1)  [report/dormant]" in told
    assert "coopgraph end partnership:norrby-kommun--moorwinkel\n" in told
    assert "coopgraph add identifier organisation:saltholt\n" in told
    source = steward.root / "sources"
    for path in source.glob("*.txt"):
        path.write_text(path.read_text(encoding="utf-8").replace("Saltholt", "Salthelt"), encoding="utf-8")
    told = run(steward, "todo", "quote-missing")
    assert "coopgraph evidence add" in told
    assert "report/" not in told
