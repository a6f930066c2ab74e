"""Releases: a tag in git that tells in words what has changed, refused where anything is not as it should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from pyoxigraph import Literal, NamedNode
from steward import do, said, snapshot
from test_edit_together import git

from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.edit import add, facts, find, merge
from coopgraph.edit.release import propose
from coopgraph.edit.releases import TAG, releases
from coopgraph.errors import CoopgraphError, EditRefused, Text, UsageError
from coopgraph.project import Project
from coopgraph.publish.catalogue import catalogue
from coopgraph.publish.publication import publication

WHO = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ENVIRONMENT = {**os.environ, **WHO, "COOPGRAPH_LANG": "en"}
DCAT = "http://www.w3.org/ns/dcat#"


@pytest.fixture
def kept(steward: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The invented world in git, all of it committed."""
    for name, value in WHO.items():
        monkeypatch.setenv(name, value)
    (steward.root / ".gitignore").write_text(".coopgraph/\n", encoding="utf-8")
    git(steward, "init", "-q")
    commit(steward)
    return steward


def commit(project: Project) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-qm", "x")


def tags(project: Project) -> list[str]:
    return git(project, "tag", "--list").split()


def release(project: Project, version: str | None = None) -> Text:
    proposed = propose(project, version)
    proposed.write()
    return proposed.notes


def test_the_first_release_tells_what_there_is(kept: Project) -> None:
    notes = release(kept, "1")
    assert notes.sv.startswith("Den första utgåvan.\n\n- ")
    assert "- samarbete: 15" in notes.sv
    assert "- partnership: 15" in notes.en
    (one,) = releases(kept)
    assert (one.version, one.tag, one.notes) == ("1", "data-1", notes)
    assert git(kept, "status", "--porcelain") == ""
    assert git(kept, "rev-parse", f"{one.tag}^{{commit}}") == git(kept, "rev-parse", "HEAD")


def test_a_release_tells_in_words_what_was_done_since(kept: Project) -> None:
    release(kept, "1")
    words = "source:norrby-internationellt"
    saltholt, klitrup = "partnership:fjallsta-kommun--saltholt", "partnership:norrby-kommun--klitrup"
    do(
        kept,
        lambda graph: add.add(
            graph,
            "organisation",
            {"name": ["Musterstadt"], "kind": ["stad i annat land"], "country": ["Tyskland"]},
        ),
    )
    do(
        kept,
        lambda graph: facts.end(
            graph,
            graph.names.expand(klitrup),
            find.date(graph, "2024"),
            said(graph, "vår vänort sedan 1993", words),
        ),
    )
    do(
        kept,
        lambda graph: facts.rename(
            graph,
            graph.names.expand("organisation:saltholt"),
            Text("New Saltholt", "Nya Saltholt"),
            find.date(graph, "2024"),
            said(graph, "Tolv projekt har genomförts"),
        ),
    )
    do(
        kept,
        lambda graph: facts.correct(
            graph,
            graph.names.expand(saltholt),
            "coop:start",
            None,
            find.date(graph, "1999"),
            reason="Läst fel.",
        ),
    )
    commit(kept)
    notes = release(kept, "2")
    assert notes.sv == SINCE_THE_FIRST_SV
    assert notes.en == SINCE_THE_FIRST_EN
    assert [one.version for one in releases(kept)] == ["1", "2"]
    assert git(kept, "tag", "--list", "--format=%(contents)", "data-2").count("Musterstadt") == 2


SINCE_THE_FIRST_SV = """Sedan 1: nytt 1, avslutat 1, nya namn 1, rättat 2, kompletterat 3.

### Nytt

- offentlig organisation: Musterstadt

### Avslutat

- Norrby – Klitrup: upphörde 2024

### Nya namn

- Saltholt heter nu Nya Saltholt

### Rättat

- Fjällsta – Saltholt: belägg rättat
- Fjällsta – Saltholt: början var 1950, är nu 1999

### Kompletterat

- Norrby – Klitrup: 2 nya belägg
- Nya Saltholt: 1 nytt belägg
- Nya Saltholt: har anmärkning: ”Hette Saltholt till 2024.”"""
SINCE_THE_FIRST_EN = """Since 1: new 1, ended 1, renamed 1, corrected 2, more is known 3.

### New

- public organisation: Musterstadt

### Ended

- Norrby – Klitrup: ended 2024

### Renamed

- Saltholt is now called New Saltholt

### Corrected

- Fjällsta – Saltholt: evidence corrected
- Fjällsta – Saltholt: start was 1950, is now 1999

### More is known

- Norrby – Klitrup: 2 new pieces of evidence
- New Saltholt: 1 new piece of evidence
- New Saltholt: has remark: “Was called Saltholt until 2024.”"""


def test_merged_retired_and_removed_are_told_apart(kept: Project) -> None:
    do(
        kept,
        lambda graph: add.add(
            graph,
            "organisation",
            {"name": ["Saltholm"], "kind": ["stad i annat land"], "country": ["Danmark"]},
        ),
    )
    commit(kept)
    release(kept, "1")
    do(
        kept,
        lambda graph: merge.merge(
            graph, graph.names.expand("organisation:saltholm"), graph.names.expand("organisation:saltholt")
        ),
    )
    commit(kept)
    assert "### Sammanslaget eller ersatt\n\n- Saltholm → Saltholt" in release(kept, "2").sv


def refused(project: Project, kind: type[CoopgraphError], *, version: str | None = None) -> str:
    """What is said when nothing is released, and all is as it was."""
    files, known = snapshot(project), tags(project)
    with pytest.raises(kind) as caught:
        release(project, version)
    assert (snapshot(project), tags(project)) == (files, known)
    assert caught.value.sv != caught.value.en
    return caught.value.en


def test_what_is_not_committed_is_not_released(kept: Project) -> None:
    (kept.root / "sources" / "ny.txt").write_text("x", encoding="utf-8")
    assert "sources/ny.txt" in refused(kept, EditRefused)


def test_what_breaks_a_rule_is_not_released(kept: Project) -> None:
    path = kept.data / "organisation" / "saltholt.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace("org:classification", "org:clasification"), encoding="utf-8"
    )
    commit(kept)
    assert "coopgraph check" in refused(kept, EditRefused)


def test_what_was_published_does_not_vanish(kept: Project) -> None:
    do(
        kept,
        lambda graph: add.add(
            graph, "organisation", {"name": ["Glömd"], "kind": ["kommun"], "country": ["Sverige"]}
        ),
    )
    commit(kept)
    release(kept, "1")
    (kept.data / "organisation" / "glomd.ttl").unlink()
    commit(kept)
    assert "organisation:glomd" in refused(kept, EditRefused)


@pytest.mark.parametrize("version", ["", "a b", "../x", "-f", "1..2", "x.lock", "räksmörgås"])
def test_a_version_is_a_plain_name(kept: Project, version: str) -> None:
    assert "can't be a version" in refused(kept, UsageError, version=version)


def test_a_release_never_changes_and_is_never_empty(kept: Project) -> None:
    release(kept, "1")
    assert "already" in refused(kept, UsageError, version="1")
    assert "nothing to release" in refused(kept, UsageError, version="2")


def test_without_git_there_is_no_release(steward: Project) -> None:
    with pytest.raises(UsageError, match="git"):
        propose(steward)
    assert releases(steward) == []


def test_without_a_version_it_is_the_day_and_then_a_number(kept: Project) -> None:
    release(kept)
    add_one(kept, "Ett")
    release(kept)
    one, two = (version.version for version in releases(kept))
    assert two == f"{one}.2"
    assert len(one) == len("2026-11-22")


def add_one(project: Project, name: str) -> None:
    do(
        project,
        lambda graph: add.add(
            graph, "organisation", {"name": [name], "kind": ["kommun"], "country": ["Sverige"]}
        ),
    )
    commit(project)


def test_what_changes_between_proposal_and_tag_is_noticed(kept: Project) -> None:
    proposed = propose(kept, "1")
    add_one(kept, "Emellan")
    with pytest.raises(EditRefused, match="meantime"):
        proposed.write()
    assert tags(kept) == []


def test_the_command_asks_for_nothing_and_a_dry_run_makes_nothing(kept: Project) -> None:
    command = [sys.executable, "-m", "coopgraph", "-d", str(kept.root), "release", "7"]
    tried = subprocess.run(
        [*command, "--dry-run"], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    assert "The first release." in tried.stdout
    assert tags(kept) == []
    done = subprocess.run(
        command, capture_output=True, text=True, env=ENVIRONMENT, check=True, stdin=subprocess.DEVNULL
    )
    assert "git push origin data-7" in done.stdout
    assert tags(kept) == ["data-7"]
    listed = subprocess.run(
        [*command[:-1], "--list"], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    assert listed.stdout.startswith("7  ")


@pytest.mark.parametrize("share", [0.2, 0.6, 0.8, 0.9, 0.95, 1.0])
def test_a_kill_leaves_a_whole_release_or_none(kept: Project, share: float) -> None:
    command = [sys.executable, "-m", "coopgraph", "-d", str(kept.root), "release"]
    began = time.monotonic()
    subprocess.run([*command, "0", "--dry-run"], capture_output=True, env=ENVIRONMENT, check=True)
    whole = time.monotonic() - began
    before = snapshot(kept)
    process = subprocess.Popen(
        [*command, "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    time.sleep(whole * share)
    with suppress(ProcessLookupError):  # it was done
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert snapshot(kept) == before
    assert [one.tag for one in releases(kept)] == tags(kept)
    assert tags(kept) in ([], [f"{TAG}1"])
    if not tags(kept):
        release(kept, "1")
    assert releases(kept)[0].notes.sv.startswith("Den första utgåvan.")


def test_the_catalogue_tells_of_releases(kept: Project) -> None:
    release(kept, "1")
    build(kept)
    assert versions(kept) == ("1", ["catalog#version-1"])
    add_one(kept, "Ett")
    build(kept)
    version, known = versions(kept)
    assert version != "1"
    assert known == ["catalog#version-1", f"catalog#version-{version}"]
    notes = release(kept, "2")
    assert versions(kept) == ("2", ["catalog#version-1", "catalog#version-2"])
    told = set(catalogue(publication(kept, current(kept), live=False)))
    second = NamedNode(f"{kept.base}catalog#version-2")
    said_of_it = {(one.predicate.value, one.object) for one in told if one.subject == second}
    assert ("http://www.w3.org/ns/adms#versionNotes", Literal(notes.sv, language="sv")) in said_of_it
    assert (f"{DCAT}previousVersion", NamedNode(f"{kept.base}catalog#version-1")) in said_of_it
    assert not any(one.subject.value.endswith(f"version-{version}") for one in told)  # type: ignore[union-attr]


def versions(project: Project) -> tuple[str, list[str]]:
    """The version that the catalogue says the dataset is, and all that it says there are."""
    published = publication(project, current(project), live=False)
    dataset = [one for one in catalogue(published) if one.subject == NamedNode(f"{project.base}catalog#data")]
    values = {
        name: [one.object.value for one in dataset if one.predicate.value == DCAT + name]  # type: ignore[union-attr]
        for name in ("version", "hasVersion")
    }
    (version,) = values["version"]
    return version, [iri.removeprefix(project.base) for iri in values["hasVersion"]]
