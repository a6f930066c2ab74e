"""Two stewards in git: neighbouring additions merge; what git merges silently and wrongly fails the check, in words."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from steward import Operation, do, said

from coopgraph.edit import add, evidence, facts, find, identity, merge
from coopgraph.edit.graph import Graph
from coopgraph.project import Project
from coopgraph.validate.check import check

PARTNERSHIP = "partnership:norrby-kommun--klitrup"


def git(project: Project, *arguments: str, fails: bool = False) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=project.root, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout


def merged(
    project: Project, mine: Callable[[], object], theirs: Callable[[], object], *, fails: bool = False
) -> None:
    """Two stewards start from the same files, and git brings their work together."""
    (project.root / ".gitignore").write_text(".coopgraph/\n", encoding="utf-8")
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "both")
    git(project, "checkout", "-qb", "theirs")
    theirs()
    git(project, "add", "-A")
    git(project, "commit", "-qm", "theirs")
    git(project, "checkout", "-q", "main")
    mine()
    git(project, "add", "-A")
    git(project, "commit", "-qm", "mine")
    git(project, "merge", "-q", "-m", "together", "theirs", fails=fails)


def partnership(project: Project, party: str, year: str) -> Callable[[], object]:
    def operation(graph: Graph) -> object:
        return add.add(
            graph,
            "partnership",
            {"party": ["Norrby kommun", party], "kind": ["vänort"], "start": [year], "status": ["pågående"]},
            supports=[(None, said(graph, "vår vänort sedan 1993", "source:norrby-internationellt")[0])],
        )

    return lambda: do(project, operation)


def more_evidence(project: Project, property_: str, quote: str) -> Callable[[], object]:
    def operation(graph: Graph) -> object:
        words = said(graph, quote, "source:norrby-internationellt")
        return evidence.add_evidence(graph, graph.names.expand(PARTNERSHIP), words, property_=property_)

    return lambda: do(project, operation)


def ended(year: str) -> Operation:
    return lambda graph: facts.end(
        graph,
        graph.names.expand(PARTNERSHIP),
        find.date(graph, year),
        said(graph, "knöt banden på 1940-talet", "source:norrby-internationellt"),
    )


def test_neighbouring_additions_merge_without_a_conflict(steward: Project) -> None:
    merged(steward, partnership(steward, "Saltholt", "1993"), partnership(steward, "Nordfoss", "1994"))
    assert (steward.data / "partnership" / "norrby-kommun--saltholt.ttl").exists()
    assert (steward.data / "partnership" / "norrby-kommun--nordfoss.ttl").exists()
    assert check(steward).conforms


def test_evidence_for_two_facts_of_one_file_merges_without_a_conflict(steward: Project) -> None:
    merged(
        steward,
        more_evidence(steward, "dct:type", "vår äldsta vänort"),
        more_evidence(steward, "coop:start", "knöt banden på 1940-talet"),
    )
    text = (steward.data / "partnership" / "norrby-kommun--klitrup.ttl").read_text(encoding="utf-8")
    assert text.count("oa:exact") == 2 + git(
        steward, "show", f"HEAD~1^:{'data/partnership/norrby-kommun--klitrup.ttl'}"
    ).count("oa:exact")
    assert check(steward).conforms


def test_an_operation_of_a_colleague_can_be_taken_back_after_the_merge(steward: Project) -> None:
    from coopgraph.edit.undo import undo

    merged(steward, partnership(steward, "Saltholt", "1993"), partnership(steward, "Nordfoss", "1994"))
    do(steward, lambda graph: undo(graph, "norrby-kommun-nordfoss"))
    assert not (steward.data / "partnership" / "norrby-kommun--nordfoss.ttl").exists()
    assert (steward.data / "partnership" / "norrby-kommun--saltholt.ttl").exists()


def test_two_ends_of_one_partnership_fail_the_check(steward: Project) -> None:
    path = steward.data / "partnership" / "norrby-kommun--klitrup.ttl"

    def by_hand(year: str, before: str) -> Callable[[], object]:
        def write() -> object:
            text = path.read_text(encoding="utf-8")
            assert before in text
            return path.write_text(
                text.replace(before, f'    coop:end "{year}"^^edtf:EDTF ;\n{before}', 1), encoding="utf-8"
            )

        return write

    merged(steward, by_hand("2001", "    dct:type"), by_hand("2002", "    coop:status"))
    found = [one for one in check(steward).findings if one.rule == "Time-end"]
    assert [one.focus for one in found] == [PARTNERSHIP]
    assert found[0].text("sv").startswith("coop:end ska vara ett enda datum")


def test_two_ends_by_two_stewards_are_a_conflict_that_git_tells(steward: Project) -> None:
    merged(
        steward,
        lambda: do(steward, ended("2001")),
        lambda: do(steward, ended("2002")),
        fails=True,
    )
    assert git(steward, "diff", "--name-only", "--diff-filter=U").split() == [
        "data/partnership/norrby-kommun--klitrup.ttl"
    ]


@pytest.mark.parametrize(
    ("theirs", "rule", "told"),
    [
        (
            lambda graph: identity.move(graph, graph.names.expand("organisation:nordfoss"), "nord"),
            "dangling",
            "Ingenting beskriver organisation:nordfoss",
        ),
        (
            lambda graph: merge.merge(
                graph,
                graph.names.expand("organisation:nordfoss"),
                graph.names.expand("organisation:saltholt"),
            ),
            "retired-in-use",
            "Använd organisation:saltholt i stället",
        ),
    ],
)
def test_a_new_name_beside_a_new_reference_fails_the_check(
    steward: Project, theirs: Operation, rule: str, told: str
) -> None:
    merged(steward, partnership(steward, "Nordfoss", "1994"), lambda: do(steward, theirs))
    found = [one for one in check(steward).findings if one.rule == rule]
    assert found
    assert told in found[0].text("sv")
