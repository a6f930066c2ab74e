"""Operations are taken back: in reverse order letter for letter, out of order with later edits kept; a kill leaves all or none."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from steward import Operation, do, propose, said, snapshot

from coopgraph.edit import add, evidence, facts, find, identity, merge, record
from coopgraph.edit.atomic import recover
from coopgraph.edit.graph import Graph
from coopgraph.edit.undo import undo
from coopgraph.errors import CoopgraphError, EditRefused, Text, UsageError
from coopgraph.project import Project
from coopgraph.validate.check import check


def correct_start(year: str) -> Operation:
    return lambda graph: facts.correct(
        graph, graph.names.expand("project:ren-vik"), "coop:start", None, find.date(graph, year), reason="x"
    )


def merge_sydhavn(graph: Graph) -> object:
    return merge.merge(
        graph, graph.names.expand("organisation:sydhavn"), graph.names.expand("organisation:norrhavn")
    )


def test_the_last_operation_is_taken_back(steward: Project) -> None:
    before = snapshot(steward)
    do(steward, correct_start("2016"))
    assert len(record.names(steward)) == 1
    assert snapshot(steward) != before
    do(steward, undo)
    assert snapshot(steward) == before
    with pytest.raises(UsageError, match="no operation"):
        propose(steward, undo)


def test_an_earlier_operation_is_taken_back_by_name_and_later_edits_stay(steward: Project) -> None:
    do(steward, correct_start("2016"))
    path = steward.data / "project" / "ren-vik.ttl"
    later = path.read_text(encoding="utf-8").replace("topic:water", "topic:environment")
    path.write_text(later, encoding="utf-8")
    do(steward, lambda graph: undo(graph, "correct-ren-vik"))
    assert path.read_text(encoding="utf-8") == later.replace('"2016"', '"2017"')


def test_an_operation_that_later_ones_stand_on_is_not_taken_back(steward: Project) -> None:
    do(steward, correct_start("2016"))
    do(steward, correct_start("2015"))
    first, second = record.names(steward)
    before = snapshot(steward)
    with pytest.raises(EditRefused, match=second):
        propose(steward, lambda graph: undo(graph, first))
    assert snapshot(steward) == before


def test_what_is_used_since_it_was_added_is_not_taken_back(steward: Project) -> None:
    do(steward, lambda graph: add.add(graph, "project", {"name": ["Nytt"], "start": ["2020"]}))
    name = record.names(steward)[0]
    quote = "Vänskapsavtalet med Yelkaya"
    do(
        steward,
        lambda graph: add.add(
            graph,
            "membership",
            {"member": ["Saltholt"], "in": ["Nytt"], "role": ["deltagare"]},
            supports=[(None, said(graph, quote, "source:norrby-internationellt")[0])],
        ),
    )
    change = propose(steward, lambda graph: undo(graph, name))
    assert "dangling" in {one.rule for one in change.violations}


def test_what_was_published_since_is_not_taken_back(steward: Project) -> None:
    do(steward, lambda graph: add.add(graph, "project", {"name": ["Nytt"], "start": ["2020"]}))
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (["init", "-q"], ["add", "data"], ["commit", "-qm", "first"], ["tag", "v1"]):
        subprocess.run(["git", *who, *arguments], cwd=steward.root, check=True, capture_output=True)
    with pytest.raises(EditRefused, match="Retire it"):
        propose(steward, undo)


def test_after_a_merge_and_later_edits_every_reference_goes_back_and_the_edits_stay(steward: Project) -> None:
    before = snapshot(steward)
    do(steward, merge_sydhavn)
    name = record.names(steward)[0]
    quote = "Nordfoss på Grönland kom med 1982"
    do(  # a new reference to the one that was kept
        steward,
        lambda graph: add.add(
            graph,
            "membership",
            {"member": ["organisation:norrhavn"], "in": ["Kustnätet"], "role": ["observatör"]},
            supports=[(None, said(graph, quote)[0])],
        ),
    )
    do(  # an edit in a file that the merge had changed
        steward,
        lambda graph: facts.correct(
            graph,
            graph.names.expand("event:havnsund-bildas"),
            "coop:date",
            None,
            find.date(graph, "1961"),
            reason="x",
        ),
    )
    agreement = steward.data / "agreement" / "bergs-kommun--norrhavn-1958.ttl"
    agreement.write_text(agreement.read_text(encoding="utf-8") + "\n# later\n", encoding="utf-8")
    do(steward, lambda graph: undo(graph, name))
    after = {path: text.decode() for path, text in snapshot(steward).items()}
    assert "organisation:sydhavn" in after["data/agreement/bergs-kommun--norrhavn-1958.ttl"]
    assert after["data/agreement/bergs-kommun--norrhavn-1958.ttl"].endswith("# later\n")
    event = after["data/event/havnsund-bildas.ttl"]
    assert "org:originalOrganization organisation:norrhavn , organisation:sydhavn ;" in event
    assert '"1961"' in event
    assert after["data/organisation/sydhavn.ttl"].encode() == before["data/organisation/sydhavn.ttl"]
    assert "Sydhavn" not in after["data/organisation/norrhavn.ttl"]
    assert "organisation:norrhavn" in after["data/membership/norrhavn--kustnatet.ttl"]
    assert check(steward).conforms


def test_a_reference_that_was_taken_out_after_a_merge_does_not_come_back(steward: Project) -> None:
    do(steward, merge_sydhavn)
    event = steward.data / "event" / "havnsund-bildas.ttl"
    text = event.read_text(encoding="utf-8")
    part = text[text.index("<#e-sydhavn>") :].split("\n\n")[0]
    event.write_text(text.replace(part, ""), encoding="utf-8")
    do(steward, undo)
    assert "e-sydhavn" not in event.read_text(encoding="utf-8")


def test_a_move_is_taken_back_with_what_came_to_link_to_it(steward: Project) -> None:
    do(steward, lambda graph: identity.move(graph, graph.names.expand("organisation:nordfoss"), "nord"))
    do(
        steward,
        lambda graph: identity.differ(
            graph,
            graph.names.expand("organisation:nord"),
            graph.names.expand("organisation:saltholt"),
            reason="x",
        ),
    )
    do(steward, lambda graph: undo(graph, "move"))
    assert not (steward.data / "organisation" / "nord.ttl").exists()
    text = (steward.data / "organisation" / "nordfoss.ttl").read_text(encoding="utf-8")
    assert "owl:differentFrom organisation:saltholt" in text
    assert check(steward).conforms


def things(graph: Graph, kind: str) -> list[NamedNode]:
    """The things of a kind that are in use."""
    folder = graph.project.data / kind
    found = [graph.names.expand(f"{kind}:{path.stem}") for path in sorted(folder.glob("*.ttl"))]
    return [one for one in found if not graph.objects(one, "owl:deprecated")]


def random_operation(graph: Graph, chance: random.Random) -> object:
    """Some operation, which may well be refused."""
    body, other = chance.sample(things(graph, "organisation"), 2)
    partnership = chance.choice(things(graph, "partnership"))
    year = str(chance.randint(1950, 2020))
    quote = said(graph, "Tolv projekt har genomförts")
    why = Text("So.", "Så.")
    match chance.randrange(12):
        case 0:
            name = f"Nykommun {chance.randint(1, 5)}"
            return add.add(graph, "organisation", {"name": [name], "kind": ["kommun"], "country": ["SWE"]})
        case 1:
            parties = {"party": [body.value, other.value], "kind": ["vänort"], "start": [year]}
            return add.add(graph, "partnership", parties, supports=[(None, quote[0])])
        case 2:
            return facts.end(graph, partnership, find.date(graph, chance.choice([year, "2030"])), quote)
        case 3:
            return facts.correct(graph, partnership, "coop:start", None, find.date(graph, year), reason="x")
        case 4:
            return facts.rename(
                graph, body, Text(f"Name {year}", f"Namn {year}"), find.date(graph, year), quote
            )
        case 5:
            return identity.move(graph, chance.choice([body, partnership]), f"flyttad-{year}")
        case 6:
            return merge.merge(graph, body, other)
        case 7:
            return identity.differ(graph, body, other, reason="x")
        case 8:
            return evidence.add_evidence(graph, partnership, quote, property_="coop:status")
        case 9:
            return facts.remove(graph, partnership, "dct:subject", None, reason="x")
        case 10:
            return merge.retire(graph, partnership, reason=why)
        case _:
            users = [NamedNode(quad.subject.value.partition("#")[0]) for quad in graph.references(body)]  # type: ignore[union-attr]
            return identity.split(graph, body, Text(f"Part {year}", f"Del {year}"), users[:1], reason="x")


def run_sequence(project: Project, seed: int, steps: int) -> None:
    """Operations in a row: each is refused and changes nothing, or leaves a graph without a violation."""
    chance = random.Random(seed)
    states = [snapshot(project)]
    for _ in range(steps):
        try:
            do(project, lambda graph: random_operation(graph, chance))
        except CoopgraphError:
            assert snapshot(project) == states[-1]
            continue
        if (now := snapshot(project)) != states[-1]:
            states.append(now)
    assert check(project).conforms
    assert len(record.names(project)) == len(states) - 1
    for state in reversed(states[:-1]):
        do(project, undo)
        assert snapshot(project) == state


@pytest.mark.parametrize("seed", [1, 2])
def test_operations_leave_a_graph_that_passes_and_are_taken_back_letter_for_letter(
    steward: Project, seed: int
) -> None:
    run_sequence(steward, seed, 10)


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=0))
def test_many_operations_leave_a_graph_that_passes_and_are_taken_back(steward: Project, seed: int) -> None:
    run_sequence(steward, seed, 14)


KILLED = """
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from test_edit_undo import merge_sydhavn
    from coopgraph.edit import atomic
    from coopgraph.edit.graph import open_graph
    from coopgraph.project import find

    project = find(Path(sys.argv[1]))
    left = int(sys.argv[2])
    with open_graph(project) as graph:
        change = merge_sydhavn(graph)

    def step(frame, event, argument):
        global left
        if frame.f_code.co_filename != atomic.__file__:
            return None
        left -= event == "line"
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step

    sys.settrace(step)
    change.write()
    sys.settrace(None)
    print("written")
"""


def killed_at(project: Project, line: int) -> bool:
    """Write a merge in a process that is killed at some line of the writing; whether it got through."""
    code = textwrap.dedent(KILLED).format(tests=str(Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.root), str(line)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == 0


def check_kills(project: Project, lines: range) -> set[str]:
    before = snapshot(project)
    outcomes = set()
    for line in lines:
        through = killed_at(project, line)
        recover(project)
        now = snapshot(project)
        if now == before:
            assert not through
            outcomes.add("none")
        else:
            outcomes.add("all")
            do(project, undo)  # refused unless every file is as the operation left it, or would be put back
            assert snapshot(project) == before
        assert not list((project.state / "edit").glob("[0-9]*"))
        if through:
            break
    return outcomes


def test_a_kill_at_any_moment_leaves_all_files_or_none(steward: Project) -> None:
    assert check_kills(steward, range(20, 400, 37)) == {"none", "all"}


@pytest.mark.long
def test_a_kill_at_every_line_leaves_all_files_or_none(steward: Project) -> None:
    assert check_kills(steward, range(1, 1000)) == {"none", "all"}


def test_the_next_command_finishes_what_a_kill_broke_off(steward: Project) -> None:
    before = snapshot(steward)
    line = 120
    while True:  # a moment after the decision and before the end
        assert not killed_at(steward, line), "no such moment"
        if (steward.state / "edit" / "journal.json").exists():
            break
        recover(steward)
        line += 5
    done = subprocess.run(
        [sys.executable, "-m", "coopgraph", "-d", str(steward.root), "query"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert not (steward.state / "edit" / "journal.json").exists()
    assert "data/organisation/sydhavn.ttl" in {
        path for path, text in snapshot(steward).items() if before.get(path) != text
    }
