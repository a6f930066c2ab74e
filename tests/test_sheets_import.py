"""Sheets are taken into a dataset: each row told, all of them one operation, and nothing half done."""

from __future__ import annotations

import csv
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import WORLD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from steward import do, snapshot
from test_edit_cli import ENVIRONMENT, answered, run

from coopgraph.edit.add import add
from coopgraph.edit.graph import Graph, open_graph
from coopgraph.edit.kinds import KINDS
from coopgraph.edit.undo import undo
from coopgraph.errors import UsageError
from coopgraph.project import Project, find
from coopgraph.sheets.authority import authority
from coopgraph.sheets.guess import guess
from coopgraph.sheets.mapping import Meaning, load
from coopgraph.sheets.meanings import meanings
from coopgraph.sheets.table import Cell, Row, Table, read
from coopgraph.sheets.take import Taken, take

SOURCE = "Internationellt arbete i Norrby kommun"
QUOTE = "fullvärdig medlem i Kustnätet"


def sheet(folder: Path, *lines: str, name: str = "list.csv") -> Table:
    file = folder / name
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    (table,) = read(file)
    return table


def taken(
    project: Project,
    graph: Graph,
    *lines: str,
    mapping: str | None = None,
    kind: str | None = None,
    given: dict[str, str] | None = None,
) -> Taken:
    """What becomes of a sheet of these lines."""
    table = sheet(project.root.parent, *lines)
    found = meanings(graph, [table], mapping=mapping, kind=KINDS[kind] if kind else None, given=given)
    assert not any(one.unsure for one in found)
    return take(graph, [(table, found[0].meaning)], sources=project.root / "sources", language="sv")


def told(found: Taken) -> list[tuple[str, str]]:
    return [(one.place, one.state) for one in found.outcomes]


def why(found: Taken) -> str:
    for one in found.outcomes:
        assert all(text.en != text.sv for text in one.why)
    return " ".join(text.en for one in found.outcomes for text in one.why)


TWINS = ("Kommun;Vänort;Land;Sedan;Citat;Källa", f"Växjö;Kragsund;Norge;1948;{QUOTE};{SOURCE}")


def test_new_rows_bring_in_the_bodies_that_they_name(steward: Project) -> None:
    before = snapshot(steward)
    change = do(steward, lambda graph: taken(steward, graph, *TWINS, mapping="twin-towns").change)
    after = snapshot(steward)
    added = {name for name in after if name not in before and not name.startswith("operations/")}
    assert added == {
        "data/organisation/kragsund.ttl",
        "data/organisation/vaxjo-kommun.ttl",
        "data/partnership/vaxjo-kommun--kragsund.ttl",
        "data/place/vaxjo-kommun.ttl",
    }
    assert not change.brought
    assert "notation" in after["data/place/vaxjo-kommun.ttl"].decode()
    with open_graph(steward) as graph:
        again = taken(steward, graph, *TWINS, mapping="twin-towns")
        assert told(again) == [("A2", "same")]
        assert again.change.is_empty
    do(steward, undo)
    assert snapshot(steward) == before


def test_every_row_is_told_with_its_cell_and_the_reason(steward: Project) -> None:
    with open_graph(steward) as graph:
        found = taken(
            steward, graph, TWINS[0],
            f"Fjällsta kommun;Saltholt;;;{QUOTE};{SOURCE}",  # a party since a time of its own, so not by this
            "Norrby kommun;Klitrup;;194X;;",
            "Norrby kommun;Klitrup;;1947;;",
            f"Norrby kommun;Moorvinkel;;;{QUOTE};{SOURCE}",
            f"Norrby kommun;Sunhai;Japan;;{QUOTE};{SOURCE}",
            f"Norrby kommun;Nystad;Norge;1996-ca;{QUOTE};{SOURCE}",
            f"Norrby kommun;Nystad;Narnia;;{QUOTE};{SOURCE}",
            f"Norrby kommun;Nystad;Norge;1996;words that are not there;{SOURCE}",
            "Norrby kommun;Nystad;Norge;1996;;",
            f"Norrby kommun;Nystad;Norge;1996;{QUOTE};",
            f"Norrby kommun;Nystad;Norge;1996;{' ord' * 13};{SOURCE}",
            f"Norrby kommun;Nystad;;1996;{QUOTE};{SOURCE}",
            f"Nyrby kommun;Nystad;Norge;1996;{QUOTE};{SOURCE}",
            f"Jönköping;Nystad;Norge;1996;{QUOTE};{SOURCE}",
            mapping="twin-towns",
        )  # fmt: skip
    assert dict(told(found)) == {
        "A2": "refused", "A3": "same", "A4": "refused", "B5": "ambiguous", "B6": "ambiguous", "D7": "refused", "C8": "refused",
        "A9": "refused", "A10": "refused", "E11": "refused", "E12": "refused", "B13": "ambiguous", "A14": "refused", "A15": "ambiguous",
    }  # fmt: skip
    for words in (
        "write fjallsta-kommun--saltholt in a column id",  # it has a third party
        "A3 is about the same thing",
        "much like it: organisation:moorwinkel Moorwinkel (DEU)",
        "speak for different bodies: organisation:sunhai Sunhai (CHN)",
        "'1996-ca' is no date",
        "'Narnia' is no country",
        "is not in source:norrby-internationellt",
        "the row has no evidence",
        "there is a quote but no source",
        "the quote has 13 words",
        "much like it: authority:1286 Ystads kommun (SWE)",
        "To add it, say its kind and country: in a column (party.kind)",
        "authority:06 Region Jönköpings län (SWE); authority:0680 Jönköpings kommun (SWE)",
    ):
        assert words in why(found)


def test_changes_are_an_end_a_correction_more_facts_and_more_evidence(steward: Project) -> None:
    with open_graph(steward) as graph:
        found = taken(
            steward, graph, "id;start;end;status;topic;quote;source",
            f"ekanger-kommun--klitrup;;2020;avslutat;;{QUOTE};{SOURCE}",
            "norrby-kommun--klitrup;1948;;;;;",
            "norrby-kommun--moorwinkel;;;;sport;;",
            f"norrby-kommun--yelkaya;;;;;{QUOTE};{SOURCE}",
            kind="partnership",
        )  # fmt: skip
    assert [state for _, state in told(found)] == ["changed"] * 4
    for words in ("end: 2020", "start: 194X → 1948", "topic: sport", "evidence: ”fullvärdig medlem"):
        assert words in why(found)
    assert not found.change.violations


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_that_names_nothing_is_refused_for_its_kind(steward: Project, kind: str) -> None:
    table = sheet(steward.root.parent, "Qwerty", "x")
    with open_graph(steward) as graph:
        found = guess(graph, table, kind=KINDS[kind])
        assert [one.heading for one in found.unsure] == ["Qwerty"]
        with pytest.raises(UsageError, match="what a row is"):
            guess(graph, table)


@pytest.mark.parametrize(
    ("headings", "kind", "columns"),
    [
        ("Kommun;Vänort;Land;Från", "partnership", ["party", "party-2", "party-2.country", "start"]),
        (
            "Municipality;Twin town;Country;Since",
            "partnership",
            ["party", "party-2", "party-2.country", "start"],
        ),
        ("Medlem;Nätverk;Roll;Sedan;Till", "membership", ["member", "in", "role", "start", "end"]),
        ("Member;Network;Role;Since;Until", "membership", ["member", "in", "role", "start", "end"]),
        (
            "namn på svenska;land;slag;identifierare",
            "organisation",
            ["name", "country", "kind", "identifier"],
        ),
        ("Organisation;Kommunkod;Typ;Land", "organisation", ["name", "identifier.scb", "kind", "country"]),
        ("undertecknare;slag;datum;grundar samarbetet", "agreement", ["signatory", "kind", "date", "founds"]),
    ],
)
def test_columns_are_guessed_in_swedish_and_english(
    steward: Project, headings: str, kind: str, columns: Sequence[str]
) -> None:
    table = sheet(steward.root.parent, headings, ";".join("x" for _ in columns))
    with open_graph(steward) as graph:
        found = guess(graph, table)
    assert found.meaning.kind.name == kind
    assert list(found.meaning.columns.values()) == columns


def test_columns_are_guessed_by_what_stands_in_them(steward: Project) -> None:
    table = sheet(
        steward.root.parent,
        "part 1;part 2;X;Y",
        "Norrby kommun;Nystad;Norge;pågående",
        "Norrby kommun;Ny;Tyskland;vilande",
    )
    with open_graph(steward) as graph:
        found = guess(graph, table, kind=KINDS["partnership"])
    assert list(found.meaning.columns.values()) == ["party", "party-2", "party-2.country", "status"]


def test_a_swedish_body_is_not_added_as_one_abroad(steward: Project) -> None:
    with open_graph(steward) as graph:
        found = taken(
            steward,
            graph,
            TWINS[0],
            f"Norrby kommun;Föreningen Norden;Sverige;;{QUOTE};{SOURCE}",
            mapping="twin-towns",
        )
    assert told(found) == [("B2", "refused")]


def test_the_shipped_mappings_can_be_meant(steward: Project) -> None:
    for name in ("twin-towns", "network-members"):
        assert load(steward, name) is not None
    with open_graph(steward) as graph:
        found = taken(
            steward, graph, "Medlem;Land;Roll;Sedan;Citat;Källa", f"Nordfoss;;observatör;2005;{QUOTE};{SOURCE}",
            f"Västerås stad;Sverige;;;{QUOTE};{SOURCE}", f"Region Dalarna;;;;{QUOTE};{SOURCE}", mapping="network-members",
            given={"in": "Kustnätet"},
        )  # fmt: skip
        assert [state for _, state in told(found)] == ["new"] * 3, why(found)
        assert {path.stem for path in found.change.after} >= {
            "nordfoss--kustnatet",
            "vasteras-kommun",
            "region-dalarna",
        }


def test_the_command_refuses_leaves_out_saves_and_asks(steward: Project) -> None:
    before = snapshot(steward)
    file = str(steward.root.parent / "list.csv")
    sheet(
        steward.root.parent,
        "Kommun;Vänort;Land;Anteckning;Citat",
        f"Växjö;Kragsund;Norge;x;{QUOTE}",
        f"Jönköping;Kragsund;Norge;y;{QUOTE}",
    )
    given = (
        "--given",
        f"source={SOURCE}",
        "--given",
        "kind=vänort",
        "--given",
        "party-2.kind=kommun i annat land",
    )
    assert "Column D 'Anteckning' (x, y) is not understood" in run(steward, "import", file, *given, code=2)
    left = ("--column", "Anteckning=-")
    assert "1 of 2 rows" in run(steward, "import", file, *given, *left, code=3)
    assert "--skip" in run(steward, "import", file, *given, *left, "--dry-run", code=3)
    assert snapshot(steward) == before
    said = run(steward, "import", file, *given, *left, "--skip", "--save", "vanorter")
    assert "new: 1" in said
    assert "mappings/vanorter.yaml" in said
    assert "changed: 0, same: 1, ambiguous: 1" in run(
        steward, "import", file, "--mapping", "vanorter", "--skip"
    )
    chosen = answered(steward, ["2", "y"], "import", file, "--mapping", "vanorter")
    assert "Jönköping: which" in chosen
    meaning = load(steward, "list")
    assert meaning is not None
    assert meaning.meant == {"Jönköping": "authority:0680"}
    assert "same: 2" in run(steward, "import", file)
    run(steward, "undo", "--yes")
    run(steward, "undo", "--yes")
    assert {
        name: text for name, text in snapshot(steward).items() if not name.startswith("mappings/")
    } == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.csv"], "no file"),
        (["{file}", "--mapping", "nothing"], "network-members, twin-towns"),
        (["{file}", "--column", "Nothing=start"], "no column 'Nothing'"),
        (["{file}", "--column", "Från=nothing"], "can't be 'nothing'"),
        (["{file}", "--given", "start"], "has no ="),
        (["{file}", "--column", "Från=party"], "Column A 'Kommun' (a) is not understood"),
        (["{file}", "--column", "Från=party", "--column", "Kommun=party"], "as column C"),
        (["{file}", "--sheet", "Two"], "no sheet 'Two'"),
    ],
)
def test_wrong_use_of_the_command_is_told(steward: Project, arguments: list[str], words: str) -> None:
    sheet(steward.root.parent, "Kommun;Vänort;Från", "a;b;1996")
    file = str(steward.root.parent / "list.csv")
    assert words in run(steward, "import", *(one.format(file=file) for one in arguments), code=2)


def test_what_is_given_for_every_row_changes_nothing_that_is_there(steward: Project) -> None:
    with open_graph(steward) as graph:
        found = taken(
            steward, graph, "part 1;part 2;start", "Norrby kommun;Klitrup;194X", "Norrby kommun;Klitrup;194X", kind="partnership",
            given={"kind": "systerstad", "status": "vilande", "topic": "sport"},
        )  # fmt: skip
    assert [state for _, state in told(found)] == ["same", "same"]


def test_two_rows_about_one_thing_must_agree(steward: Project) -> None:
    line = f"Växjö;Kragsund;Norge;1948;{QUOTE};{SOURCE}"
    with open_graph(steward) as graph:
        found = taken(
            steward, graph, TWINS[0], line, line, line.replace("1948", "1949"), mapping="twin-towns"
        )
    assert [state for _, state in told(found)] == ["new", "same", "refused"]
    assert "as A2" in why(found)
    assert "A2 is about the same thing" in why(found)


def test_a_row_that_brings_in_a_violation_is_refused_and_the_rest_is_taken(steward: Project) -> None:
    head = "Kommun;Vänort;Land;Från;Till;Citat;Källa"
    with open_graph(steward) as graph:
        found = taken(
            steward, graph, head, f"Växjö;Kragsund;Norge;1948;1940;{QUOTE};{SOURCE}", f"Växjö;Nyvik;Norge;1948;1950;{QUOTE};{SOURCE}",
            mapping="twin-towns",
        )  # fmt: skip
    assert [state for _, state in told(found)] == ["refused", "new"]
    assert "[Time-order]" in why(found)
    assert not found.change.violations
    assert "kragsund" not in {path.stem for path in found.change.after}


def list_of(project: Project, rows: int) -> Path:
    """An invented list of so many twin towns, and the source that it rests on."""
    chance = random.Random(3)
    ours = [entry.name for entry in authority().values() if entry.body.kind == "municipality"][:100]
    letters = "bdfgklmnprst", "aeiouy"
    towns = ["".join(chance.choice(letters[place % 2]) for place in range(8)).title() for _ in range(75)]
    pairs = [(ours[one % 100], towns[(one + one // 100) % 75]) for one in range(rows)]
    assert len(set(pairs)) == rows
    years = {pair: 1946 + number % 70 for number, pair in enumerate(pairs)}
    text = "".join(f"{one} och {other} sedan {year}.\n" for (one, other), year in years.items())
    (project.root / "sources" / "lista.txt").write_text(text, encoding="utf-8")
    values = {
        "title": ["Påhittad lista"],
        "publisher": ["Norrby kommun"],
        "kind": ["register"],
        "file": ["lista.txt"],
    }
    do(project, lambda graph: add(graph, "source", values, sources=project.root / "sources"))
    file = project.root.parent / "list.csv"
    with file.open("w", encoding="cp1252", newline="") as open_file:
        writer = csv.writer(open_file, delimiter=";")
        writer.writerow(["Kommun", "Vänort", "Land", "Sedan", "Citat", "Källa"])
        for (one, other), year in years.items():
            writer.writerow([one, other, "Norge", year, f"{one} och {other} sedan {year}", "Påhittad lista"])
    return file


def started(project: Project, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "coopgraph",
            "-d",
            str(project.root),
            "import",
            str(file),
            "--mapping",
            "twin-towns",
            "--yes",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )


def killed(project: Project, file: Path, *, decided: bool) -> None:
    """Import in a process that is killed while it puts its files ready, or once it is `decided` that they will be written."""
    process = started(project, file)
    folder = project.state / "edit"
    while process.poll() is None:
        journal = (folder / "journal.json").exists()
        ready = sum(1 for _ in folder.glob("[0-9]*")) if folder.is_dir() else 0
        if journal if decided else ready > 20 and not journal:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.001)
    assert process.wait() == -9


def test_five_hundred_rows_are_taken_in_survive_kills_and_come_again_without_a_change(
    steward: Project,
) -> None:
    file = list_of(steward, 500)
    before = snapshot(steward)
    killed(steward, file, decided=False)
    assert snapshot(steward) == before
    killed(steward, file, decided=True)
    said = run(steward, "import", str(file), "--mapping", "twin-towns")  # what was decided is finished first
    assert "new: 0, changed: 0, same: 500, ambiguous: 0, refused: 0" in said
    after = snapshot(steward)
    assert (
        sum(name.startswith("data/partnership/") for name in after)
        - sum(name.startswith("data/partnership/") for name in before)
        == 500
    )
    do(steward, undo)
    assert snapshot(steward) == before


@pytest.mark.long
def test_a_kill_at_any_time_leaves_all_rows_or_none(steward: Project) -> None:
    def facts() -> dict[str, bytes]:
        """The files, but for what the columns mean, which is written after them."""
        return {name: text for name, text in snapshot(steward).items() if not name.startswith("mappings/")}

    file = list_of(steward, 100)
    before = facts()
    chance, begin = random.Random(5), time.monotonic()
    assert started(steward, file).wait() == 0
    lasts, whole = time.monotonic() - begin, {name for name in facts() if name.startswith("data/")}
    do(steward, undo)
    for _ in range(20):
        process = started(steward, file)
        time.sleep(chance.uniform(0.3, 1.1) * lasts)
        process.kill()
        process.wait()
        run(steward, "query")  # any command finishes what was decided
        if facts() != before:
            assert {name for name in facts() if name.startswith("data/")} == whole
            do(steward, undo)
        assert facts() == before


WORDS = 'Norrby kommun|Klitrup|Nystad|Norge|vänort|1948|194X|35186|pågående|sport; miljö|Berg|Växjö|<x>|a"b|wikidata=Q1|2514'
SLUGS = "norrby-kommun--klitrup|organisation:saltholt|kustnatet|saltholt"
CELLS = st.sampled_from(["", QUOTE, SOURCE, "x" * 400, *WORDS.split("|"), *SLUGS.split("|")]) | st.text(
    max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=4),
    kind=st.sampled_from(["partnership", "membership", "organisation", "agreement"]),
)
def test_whatever_stands_in_the_cells_is_told_and_what_is_taken_passes_the_check(
    world_folder: Path, tmp_path: Path, rows: list[list[str]], kind: str
) -> None:
    columns = {
        "partnership": "id party party-2 party-2.country party-2.kind start topic quote source",
        "membership": "id member member.scb member.country in role start quote source",
        "organisation": "id name name-en also kind country unit-of identifier identifier.wikidata",
        "agreement": "id signatory signatory-2 kind date founds end quote source",
    }[kind].split()
    lines = [
        {name: Cell(f"A{number}", text.strip()) for name, text in zip(columns, row, strict=True)}
        for number, row in enumerate(rows, 2)
    ]
    table = Table(
        tmp_path / "x.csv",
        "",
        dict.fromkeys(columns, "A"),
        tuple(Row(number, line) for number, line in enumerate(lines, 2)),
    )
    meaning = Meaning(KINDS[kind], {name: name for name in columns})
    with open_graph(find(world_folder)) as graph:
        found = take(graph, [(table, meaning)], sources=WORLD / "sources")
    assert len(found.outcomes) == len(rows)
    assert not found.change.violations
    assert found.change.is_empty == (not found.of("new", "changed"))
    assert all(one.why for one in found.of("ambiguous", "refused", "changed"))
