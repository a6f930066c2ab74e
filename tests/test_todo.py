"""The steward's inbox: every worklist is there, and each command, as it is printed, mends what it stands under."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from steward import do
from test_edit_cli import answered
from test_worklists import FAULTS

from coopgraph.build.make import build
from coopgraph.edit import add
from coopgraph.edit.evidence import archive
from coopgraph.edit.graph import open_graph
from coopgraph.edit.todo import Task, command, todo
from coopgraph.project import Project, find

SOURCE, WORDS = "Fjällsta kommun i världen", "Tolv projekt har genomförts"
EVIDENCE = [SOURCE, WORDS]
ANSWERS = {
    "evidence/contradictions": ["Norrby vet bäst."],
    "quote-missing": [*EVIDENCE, "Citatet är borta."],
    "report/dormant": ["2004", *EVIDENCE],
    "report/ended-but-open": ["2022", *EVIDENCE],
    "report/inferred": EVIDENCE,
    "report/missing-start": ["1998", *EVIDENCE],
    "report/no-identifier": ["wikidata", "Q4115189"],
    "report/without-evidence": EVIDENCE,
    "same-body": [],
    "source-changed": ["Texten är en annan."],
}
"""What the steward answers, list by list; then yes."""


@pytest.fixture(scope="module")
def faulty(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented world with something on every worklist, built."""
    folder = tmp_path_factory.mktemp("todo") / "world"
    shutil.copytree(world_folder, folder, ignore=shutil.ignore_patterns(".coopgraph"))
    for file, old, new in FAULTS:
        path = folder / "data" / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    shutil.copytree(Path(__file__).parent / "world" / "sources", folder / "sources")
    text = folder / "sources" / "norrby.txt"
    text.write_text(text.read_text(encoding="utf-8").replace("Moorwinkel", "Moorwinkle"), encoding="utf-8")
    do(
        find(folder),
        lambda graph: add.add(
            graph,
            "organisation",
            {"name": ["Saltholt"], "kind": ["kommun i annat land"], "country": ["Island"]},
            slug="saltholt-2",
        ),
    )
    build(find(folder))
    return folder


def tasks(project: Project) -> dict[str, list[Task]]:
    """What there is to do, list by list."""
    found: dict[str, list[Task]] = {}
    with open_graph(project) as graph:
        for one in todo(graph, language="en", sources=archive(project, None)):
            found.setdefault(one.list, []).append(one)
    return found


def test_every_worklist_is_there(faulty: Path) -> None:
    assert set(tasks(find(faulty))) == {*ANSWERS, "report/stale-sources"}


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_command_as_printed_mends_it(faulty: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(faulty, tmp_path / "world")
    project = find(tmp_path / "world")
    before = tasks(project)[name]
    answers = list(ANSWERS[name])
    for line in before[0].command.partition("   # ")[0].split(" && "):
        program, *arguments = shlex.split(line)
        assert program == "coopgraph"
        mine, answers = (
            ([*answers[:2]], answers[2:])
            if "evidence add" in line and " && " in before[0].command
            else (answers, [])
        )
        answered(project, [*mine, "y"], *arguments)
    assert before[0] not in tasks(project).get(name, [])
    assert list((project.root / "operations").iterdir())


def test_that_nothing_is_known_needs_no_evidence(faulty: Path, tmp_path: Path) -> None:
    shutil.copytree(faulty, tmp_path / "world")
    project = find(tmp_path / "world")
    path = project.data / "partnership" / "norrby-kommun--klitrup.ttl"
    text = path.read_text(encoding="utf-8")
    assert "coop:status status:" in text
    path.write_text(
        re.sub(r"coop:status status:[\w-]+", "coop:status status:unknown", text), encoding="utf-8"
    )
    commands = [one.command for one in tasks(project)["report/without-evidence"]]
    assert commands
    assert not any("status:unknown" in one for one in commands)


def test_an_option_without_a_value_is_left_out_and_the_shell_reads_what_is_meant() -> None:
    mend = "coopgraph evidence add {fact} --property {property} --value {value}"
    assert command(mend, {"fact": "policy:x#goal-1"}) == "coopgraph evidence add 'policy:x#goal-1'"
    words = shlex.split(command(mend, {"fact": "a", "property": "b", "value": "it's $5; `rm`"}))
    assert words[-1] == "it's $5; `rm`"
