"""Bodies are matched with other registers: services, well and unwell, and lists; what is decided is kept, and can be undone."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import unwell
from site_server import Site
from steward import do, propose, snapshot
from test_edit_cli import answered

from coopgraph.build.make import build
from coopgraph.edit import add
from coopgraph.edit.change import Change
from coopgraph.edit.graph import Graph, open_graph
from coopgraph.edit.undo import undo
from coopgraph.errors import EditRefused, StoreError, UsageError
from coopgraph.harvest.fetch import Manners
from coopgraph.project import Project, find
from coopgraph.reconcile import lists
from coopgraph.reconcile.decide import Choice, Found, certain, decide, decisions, look_up, undecided
from coopgraph.reconcile.register import Hit, Register
from coopgraph.reconcile.service import Service
from coopgraph.template import create
from coopgraph.validate.check import check

QUICK = Manners(pause=0, wait=0.01, tries=3, timeout=5, limit=2**20)
BODIES = ("Norrby kommun", "kommun", "Sverige"), ("Saltholt", "stad i annat land", "Island")
WHO = {"by": "internationell samordnare", "reason": "Samma namn och land."}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of somebody else's, with two bodies that the invented world has too; built."""
    folder = tmp_path_factory.mktemp("reconciled") / "mine"
    create(folder, base="https://mine.example/")
    for name, kind, country in BODIES:
        values = {"name": [name], "kind": [kind], "country": [country]}
        with open_graph(find(folder)) as graph:
            add.add(graph, "organisation", values).write()
    build(find(folder))
    return folder


@pytest.fixture
def mine(made: Path, tmp_path: Path) -> Project:
    """The dataset, for a test to change."""
    shutil.copytree(made, tmp_path / "mine")
    return find(tmp_path / "mine")


def found(project: Project, register: Register) -> dict[str, Found]:
    """What is found of the bodies that are not decided, by name."""
    with open_graph(project) as graph:
        wanted = undecided(graph, register)
        return {one.body.names[0]: one for one in look_up(project, register, wanted)}


def decided(project: Project, register: Register, choices: list[Choice], **said: str) -> Change:
    return do(project, lambda graph: decide(graph, register, choices, **{**WHO, **said}))


def service(url: str, **settings: Any) -> Service:
    return Service(
        url,
        countries={"SWE": "Sweden", "ISL": "Iceland"},
        manners=QUICK,
        waiting=lambda said, seconds: None,
        **settings,
    )


def listed(tmp_path: Path, rows: str, *, kind: str | None = "wikidata") -> lists.Listed:
    path = tmp_path / "list.csv"
    path.write_text("id;namn;annat\n" + rows, encoding="utf-8")
    return lists.from_file(path, id="id", names=["namn", "annat"], kind=kind)


# Services


def test_bodies_are_matched_with_another_coopgraph(mine: Project, site: Site) -> None:
    theirs = service(f"{site.url}reconcile", type="organisation")
    assert theirs.key == "https://world.example/id/"
    looked = found(mine, theirs)
    choices = certain(looked.values())
    assert {(one.body.names[0], one.hit.id) for one in choices} == {
        ("Norrby kommun", "organisation/norrby-kommun"),
        ("Saltholt", "organisation/saltholt"),
    }
    change = decided(mine, theirs, choices)
    text = (mine.data / "organisation" / "saltholt.ttl").read_text(encoding="utf-8")
    assert "skos:exactMatch <https://world.example/id/organisation/saltholt>" in text
    assert "enligt internationell samordnare" in change.sentences("sv")[-1]
    assert check(mine).conforms
    assert {"Norrby kommun", "Saltholt"}.isdisjoint(found(mine, theirs))


def test_one_entry_is_not_two_bodies(mine: Project, site: Site) -> None:
    theirs = service(f"{site.url}reconcile")
    saltholt, norrby = (found(mine, theirs)[name].body for name in ("Saltholt", "Norrby kommun"))
    entry = Hit("organisation/saltholt", "Saltholt", 100.0)
    decided(mine, theirs, [Choice(saltholt, entry, same=True)])
    with pytest.raises(EditRefused, match="organisation:saltholt already"):
        decided(mine, theirs, [Choice(norrby, entry, same=True)])


class Answering(unwell.Handler):
    """A service of Wikidata's identifiers, of which each name has the candidates that the store says."""

    kind = "application/json"

    def answer(self) -> bytes:
        if self.command == "GET":
            return json.dumps(self.server.state.store["manifest"]).encode()
        asked = json.loads(self.form["queries"][0])
        self.server.state.store["asked"].update(asked)
        found = {
            name: {"result": self.server.state.store.get(one["query"], [])} for name, one in asked.items()
        }
        return json.dumps(found).encode()


MANIFEST = {
    "versions": ["0.2"],
    "name": "Items",
    "identifierSpace": "http://www.wikidata.org/entity/",
    "schemaSpace": "http://www.wikidata.org/prop/direct/",
}


def hit(id: str, name: str, score: float = 100.0, *, match: bool = True) -> dict[str, Any]:
    return {"id": id, "name": name, "score": score, "match": match, "type": [{"id": "Q1", "name": "x"}]}


KNOWN = {
    "Saltholt": [hit("Q1", "Saltholt")],
    "Norrby kommun": [hit("Q2", "Norrby"), hit("Q3", "Norrby", 98.0)],
}


@contextmanager
def items(*faults: unwell.Fault, manifest: object = None, **known: Any) -> Iterator[unwell.Server]:
    """A service that goes through faults after its manifest is got, and then answers well."""
    store = {"manifest": MANIFEST if manifest is None else manifest, "asked": {}, **KNOWN, **known}
    with unwell.running(store, *faults, handler=Answering) as server:
        yield server


def test_an_identifier_is_the_decision_in_the_graph(mine: Project) -> None:
    with items() as server:
        theirs = service(server.url)
        looked = found(mine, theirs)
    assert theirs.key == "idtype:wikidata"
    asked = {one["query"]: one for one in server.store["asked"].values()}
    assert asked["Saltholt"] == {
        "query": "Saltholt",
        "limit": 5,
        "properties": [{"pid": "P17", "v": "Iceland"}],
    }
    decided(mine, theirs, certain(looked.values()))
    text = (mine.data / "organisation" / "saltholt.ttl").read_text(encoding="utf-8")
    assert "dct:type idtype:wikidata" in text
    assert 'skos:notation "Q1"' in text
    (kept,) = decisions(mine)
    assert (kept.thing, kept.id, kept.same, kept.by) == ("organisation:saltholt", "Q1", True, WHO["by"])


def test_ties_are_not_decided_by_themselves(mine: Project) -> None:
    with items() as server:
        looked = found(mine, service(server.url))
    assert looked["Norrby kommun"].certain is None
    assert [one.body.names[0] for one in certain(looked.values())] == ["Saltholt"]


def test_what_two_bodies_may_be_is_not_decided_by_itself(mine: Project) -> None:
    with items(**{"Norrby kommun": [hit("Q1", "Saltholt")]}) as server:
        looked = found(mine, service(server.url))
    assert looked["Norrby kommun"].certain is not None
    assert certain(looked.values()) == []


def test_not_the_same_is_remembered_until_it_is_taken_back(mine: Project) -> None:
    before = snapshot(mine)
    with items() as server:
        theirs = service(server.url)
        norrby = found(mine, theirs)["Norrby kommun"]
        decided(mine, theirs, [Choice(norrby.body, norrby.hits[0], same=False)], reason="Ett annat Norrby.")
        assert [one.id for one in found(mine, theirs)["Norrby kommun"].hits] == ["Q3"]
        do(mine, undo)
        assert [one.id for one in found(mine, theirs)["Norrby kommun"].hits] == ["Q2", "Q3"]
    assert snapshot(mine) == before


def test_the_last_word_counts(mine: Project) -> None:
    with items() as server:
        theirs = service(server.url)
        body, (entry, *_) = found(mine, theirs)["Saltholt"]
        decided(mine, theirs, [Choice(body, entry, same=False)])
        assert found(mine, theirs)["Saltholt"].hits == ()
        decided(mine, theirs, [Choice(body, entry, same=True)])
        assert "Saltholt" not in found(mine, theirs)
        do(mine, undo)
        assert found(mine, theirs)["Saltholt"].hits == ()


@pytest.mark.parametrize(
    "fault",
    [
        unwell.status(503),
        unwell.status(429, Retry_After="0"),
        unwell.cut,
        unwell.cut_chunked,
        unwell.cut_packed,
        lambda handler: handler.reply(b'{"q0": {}}'),
        lambda handler: handler.reply(b"[" * 100_000),
        lambda handler: handler.reply(b'{"q0": {"result": [{"name": "no id"}]}}'),
    ],
    ids=lambda one: getattr(one, "__name__", "fault"),
)
def test_what_passes_is_asked_again(mine: Project, fault: unwell.Fault) -> None:
    with items(unwell.well, fault, fault) as server:
        assert found(mine, service(server.url))["Saltholt"].certain is not None


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ([unwell.well, *[unwell.status(500)] * 3], "3 tries"),
        ([unwell.well, unwell.status(404)], "answered 404"),
        ([unwell.well, unwell.html], "Is it the address of the reconciliation service"),
        ([unwell.html], "Is it the address of the reconciliation service"),
        ([unwell.well, unwell.bomb], "more than 1 MB"),
        ([unwell.well, *[lambda handler: handler.reply(b"{")] * 3], "can't be read"),
        ([unwell.well, unwell.status(503, Retry_After="90000")], "left alone"),
    ],
)
def test_what_does_not_pass_is_told_and_nothing_is_changed(
    mine: Project, faults: list[unwell.Fault], told: str
) -> None:
    before = snapshot(mine)
    with items(*faults) as server, pytest.raises(StoreError) as caught:
        found(mine, service(server.url))
    assert told in caught.value.en
    assert caught.value.sv != caught.value.en
    assert snapshot(mine) == before


def test_what_is_no_such_service_is_told(mine: Project) -> None:
    with (
        items(manifest={"name": "x"}) as server,
        pytest.raises(StoreError, match="no reconciliation service"),
    ):
        service(server.url)


def test_odd_candidates_do_no_harm(mine: Project) -> None:
    odd = [
        {"id": "Q1", "score": None},
        {"id": "Q4", "name": 7, "score": "high", "match": "yes", "description": None},
    ]
    with items(Saltholt=odd) as server:
        hits = found(mine, service(server.url))["Saltholt"].hits
    assert [(one.id, one.score, one.certain) for one in hits] == [("Q1", 0.0, False), ("Q4", 0.0, False)]


# Lists


def test_a_list_is_a_register(mine: Project, tmp_path: Path) -> None:
    register = listed(tmp_path, "Q1;Saltholt;\nQ2;Norrby;Norrby kommun\n")
    looked = found(mine, register)
    assert {one.body.names[0]: one.hit.id for one in certain(looked.values())} == {
        "Saltholt": "Q1",
        "Norrby kommun": "Q2",
    }
    decided(mine, register, certain(looked.values()))
    assert check(mine).conforms


def test_a_list_of_addresses_gives_links(mine: Project, tmp_path: Path) -> None:
    rows = "https://x.example/b/1;Saltholt;\nhttps://x.example/b/12;Norrby;Norrby kommun\n"
    register = listed(tmp_path, rows, kind=None)
    assert register.key == "https://x.example/b/"
    decided(mine, register, certain(found(mine, register).values()))
    text = (mine.data / "organisation" / "saltholt.ttl").read_text(encoding="utf-8")
    assert "skos:exactMatch <https://x.example/b/1>" in text


def test_names_that_two_entries_have_are_not_decided(mine: Project, tmp_path: Path) -> None:
    register = listed(tmp_path, "Q1;Saltholt;\nQ9;Saltholt;\n")
    assert [one.certain for one in found(mine, register)["Saltholt"].hits] == [False, False]


@pytest.mark.parametrize(
    ("columns", "kind", "told"),
    [
        ({"id": "kod", "names": ["namn"]}, "wikidata", "It has: id, namn"),
        ({"id": "id", "names": ["namn"]}, None, "--as wikidata"),
    ],
)
def test_a_list_that_can_not_be_read_so_is_told(
    tmp_path: Path, columns: dict[str, Any], kind: str | None, told: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id;namn;annat\nQ1;Saltholt;x\n", encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        lists.from_file(path, kind=kind, **columns)


def test_the_municipalities_of_sweden_come_with_it(mine: Project) -> None:
    add_body(mine, "Växjö kommun")
    register = lists.shipped()
    (choice,) = certain(found(mine, register).values())
    assert (choice.body.names[0], choice.hit.id) == ("Växjö kommun", "0780")
    change = decided(mine, register, [choice])
    # the code is that of a territory, which the body has none of here
    assert "0780" in change.sentences("en")[-1]
    text = (mine.data / "organisation" / "vaxjo-kommun.ttl").read_text(encoding="utf-8")
    assert "0780" not in text
    assert check(mine).conforms


def test_codes_go_to_the_territory(real_copy: Path) -> None:
    project = find(real_copy)
    register = lists.shipped()
    with open_graph(project) as graph:
        wanted = [one for one in lists_bodies(graph) if one.id == "organisation:almhults-kommun"]
        (looked,) = look_up(project, register, wanted)
    decided(project, register, certain([looked]))
    place = (project.data / "place" / "almhults-kommun.ttl").read_text(encoding="utf-8")
    assert 'skos:notation "0765"' in place
    assert check(project).conforms


def lists_bodies(graph: Graph) -> list[Any]:
    from coopgraph.sheets.match import bodies

    return bodies(graph)


def add_body(project: Project, name: str) -> None:
    do(
        project,
        lambda graph: add.add(
            graph, "organisation", {"name": [name], "kind": ["kommun"], "country": ["Sverige"]}
        ),
    )


# Deciding


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"by": ""}, "--by"),
        ({"by": "nn@example.org"}, "not as a person"),
        ({"reason": " "}, "--reason"),
    ],
)
def test_who_and_why_are_said(mine: Project, tmp_path: Path, said: dict[str, str], told: str) -> None:
    register = listed(tmp_path, "Q1;Saltholt;\n")
    choices = certain(found(mine, register).values())
    before = snapshot(mine)
    with pytest.raises(UsageError, match=told):
        decided(mine, register, choices, **said)
    assert snapshot(mine) == before


def test_a_body_is_not_two_entries(mine: Project, tmp_path: Path) -> None:
    register = listed(tmp_path, "Q1;Saltholt;\n")
    body = found(mine, register)["Saltholt"].body
    both = [Choice(body, Hit(one, "", 0.0), same=True) for one in ("Q1", "Q2")]
    with pytest.raises(UsageError, match="two entries"):
        decided(mine, register, both)


def test_an_earlier_decision_is_taken_back_first(mine: Project, tmp_path: Path) -> None:
    register = listed(tmp_path, "Q1;Saltholt;\n")
    body = found(mine, register)["Saltholt"].body
    decided(mine, register, [Choice(body, Hit("Q1", "", 0.0), same=True)])
    before = snapshot(mine)
    with pytest.raises(UsageError, match=r"decided to be Q1.* coopgraph undo \S+-reconcile-saltholt"):
        decided(mine, register, [Choice(body, Hit("Q2", "", 0.0), same=True)])
    assert snapshot(mine) == before
    do(mine, undo)
    assert decided(mine, register, [Choice(body, Hit("Q2", "", 0.0), same=True)]).decided


def test_an_identifier_of_the_wrong_form_is_refused(mine: Project, tmp_path: Path) -> None:
    register = listed(tmp_path, "1234;Saltholt;\n")
    before = snapshot(mine)
    with pytest.raises(EditRefused, match="Identifier-wikidata"):
        decided(mine, register, certain(found(mine, register).values()))
    assert snapshot(mine) == before


# The command


def run(project: Project, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "coopgraph", "-d", str(project.root), "reconcile", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COOPGRAPH_LANG": "en"},
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_tells_and_decides(mine: Project, site: Site, tmp_path: Path) -> None:
    url = f"{site.url}reconcile"
    told = run(mine, url, "--pause", "0")
    assert "organisation/saltholt  Saltholt" in told
    assert "--same organisation:norrby-kommun=organisation/norrby-kommun --by ROLE" in told
    done = run(
        mine, url, "Saltholt", "--pause", "0", "--same", "Saltholt=organisation/saltholt", "--by", "registrator", "--reason", "x"
    )  # fmt: skip
    assert "Written: data/organisation/saltholt.ttl" in done
    assert "organisation/saltholt" not in run(mine, url, "--pause", "0")
    run(mine, url, "--pause", "0", "--certain", "--by", "registrator", "--reason", "x", "--dry-run")
    assert len(decisions(mine)) == 1
    assert "--by" in run(mine, url, "--pause", "0", "--certain", code=2)
    assert "--id" in run(mine, "list.csv", code=2)


def test_on_a_terminal_each_body_is_asked_about(mine: Project, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id;namn\nQ1;Norrby\nQ2;Norrby kommun\nQ3;Saltholt\nQ4;Saltholt\n", encoding="utf-8")
    command = ["reconcile", str(path), "--id", "id", "--name", "namn", "--as", "wikidata"]
    said = answered(mine, ["1", "-2", "registrator", "Känt av oss.", "y"], *command)
    assert "Norrby kommun (" not in said.partition("1. Norrby kommun SWE")[0]
    kept = {(one.name, one.id): (one.same, one.by) for one in decisions(mine)}
    assert kept == {
        ("Norrby kommun", "Q2"): (True, "registrator"),
        ("Saltholt", "Q4"): (False, "registrator"),
    }


def test_names_in_a_file_are_matched_and_remembered(mine: Project, site: Site, tmp_path: Path) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "out.csv"
    names.write_text("Ort\nSaltholt\nNorby komun\nIngenstans\n", encoding="utf-8")
    options = (
        f"{site.url}reconcile",
        "--pause",
        "0",
        "--names",
        str(names),
        "--column",
        "Ort",
        "-o",
        str(out),
    )
    run(
        mine,
        *options,
        "--same",
        "Norby komun=organisation/norrby-kommun",
        "--by",
        "registrator",
        "--reason",
        "Felstavat.",
    )
    run(mine, *options)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"]: row["id"] for row in rows if row["decided"]} == {
        "Norby komun": "organisation/norrby-kommun"
    }
    assert any(row["name"] == "Saltholt" and row["certain"] for row in rows)
    assert propose(mine, undo).takes_back is not None
