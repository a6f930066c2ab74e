"""What is given out as a sheet is taken back as it was, and a template can be filled in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from steward import do
from test_edit_cli import run

from coopgraph.edit.add import add
from coopgraph.edit.graph import Graph, open_graph
from coopgraph.edit.kinds import KINDS
from coopgraph.project import Project, find
from coopgraph.sheets.give import as_csv, sheet
from coopgraph.sheets.meanings import meanings
from coopgraph.sheets.table import Table, read
from coopgraph.sheets.take import Taken, take
from coopgraph.sheets.workbook import as_workbook, template


def taken_back(graph: Graph, tables: list[Table]) -> Taken:
    found = meanings(graph, tables)
    assert all(one.own for one in found)
    return take(graph, list(zip(tables, (one.meaning for one in found), strict=True)))


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("data", ["world_folder", "real_folder"])
def test_everything_that_is_given_out_comes_back_without_a_change(
    request: pytest.FixtureRequest, tmp_path: Path, data: str, language: str
) -> None:
    with open_graph(find(request.getfixturevalue(data))) as graph:
        sheets = [one for kind in KINDS.values() if (one := sheet(graph, kind, language=language)).rows]
        assert len(sheets) >= 7
        (tmp_path / "all.xlsx").write_bytes(as_workbook(graph, sheets, language=language))
        found = taken_back(graph, read(tmp_path / "all.xlsx"))
        assert {(one.place, one.state, one.why) for one in found.outcomes if one.state != "same"} == set()
        assert len(found.outcomes) == sum(len(one.rows) for one in sheets)
        assert found.change.is_empty
        (tmp_path / "some.csv").write_bytes(as_csv(sheets[0]))
        back = read(tmp_path / "some.csv")
        assert list(back[0].headings) == list(sheets[0].headings)
        assert [tuple(cell.text for cell in row.cells.values()) for row in back[0].rows] == list(
            sheets[0].rows
        )


def test_a_name_that_means_several_things_is_given_out_as_what_it_is(steward: Project) -> None:
    def named() -> str:
        with open_graph(steward) as graph:
            rows = {row[0]: row for row in sheet(graph, KINDS["partnership"]).rows}
        return rows["fjallsta-kommun--saltholt"][1]

    assert named() == "Saltholt"
    values = {"name": ["Saltholt"], "kind": ["stad i annat land"], "country": ["Norge"]}
    do(steward, lambda graph: add(graph, "organisation", values, slug="saltholt-nor"))
    assert named() == "organisation:saltholt"


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_empty_and_all_its_columns_are_known(
    world_folder: Path, tmp_path: Path, kind: str
) -> None:
    with open_graph(find(world_folder)) as graph:
        one = template(KINDS[kind])
        (tmp_path / "new.xlsx").write_bytes(as_workbook(graph, [one]))
        book = openpyxl.load_workbook(tmp_path / "new.xlsx")
        page = book[one.name]
        assert [cell.value for cell in page[1]] == list(one.headings)
        assert page.max_row == 1
        for place, cell in enumerate(page[1], 1):
            page.cell(2, place, f"{cell.value}")
        book.save(tmp_path / "new.xlsx")
        (found,) = meanings(graph, read(tmp_path / "new.xlsx"))
    assert found.own
    assert tuple(found.meaning.columns.values()) == tuple(str(column) for column in one.columns)


def test_a_template_lets_bodies_and_concepts_be_picked(world_folder: Path, tmp_path: Path) -> None:
    with open_graph(find(world_folder)) as graph:
        one = template(KINDS["partnership"])
        (tmp_path / "new.xlsx").write_bytes(as_workbook(graph, [one]))
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book[one.name].data_validations.dataValidation}
    columns = {str(column): f"{chr(65 + place)}2" for place, column in enumerate(one.columns)}
    lists = book["lists"]
    assert lists.sheet_state == "hidden"

    def choices(column: str) -> list[str]:
        area = str(rules[columns[column]].formula1).split("!")[1].replace("$", "")
        return [str(cell.value) for (cell,) in lists[area]]

    assert {"Saltholt", "Norrby kommun", "Kiruna kommun", "Region Skåne"} <= set(choices("party"))
    assert "Sverige" in choices("party-2.country")
    assert "vänort" in choices("kind")
    assert rules[columns["kind"]].errorStyle in (None, "stop")
    assert rules[columns["party"]].errorStyle == "information"
    assert "194X" in str(rules[columns["start"]].prompt)


def test_a_filled_in_template_is_taken_in(steward: Project, tmp_path: Path) -> None:
    file = tmp_path / "new.xlsx"
    run(steward, "--lang", "sv", "export", "--template", "partnership", str(file))
    book = openpyxl.load_workbook(file)
    page = book["Samarbeten"]
    filled = {
        "part": "Norrby kommun", "part 2": "Kragsund", "part 2: land": "Norge", "part 2: slag": "stad i annat land",
        "slag av samarbete": "vänort", "början": "1948", "status": "pågående", "citat": "knöt banden på 1940-talet",
        "källa": "Internationellt arbete i Norrby kommun",
    }  # fmt: skip
    for place, cell in enumerate(page[1], 1):
        if cell.value in filled:
            page.cell(2, place, filled.pop(str(cell.value)))
    assert not filled
    book.save(file)
    assert "new: 1, changed: 0" in run(steward, "import", str(file), "--yes")
    assert "same: 1" in run(steward, "import", str(file))
    with open_graph(steward) as graph:
        again = taken_back(graph, read(file))
    assert again.change.is_empty


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Say what and where to"),
        (["partnership"], "Say what and where to"),
        (["nothing", "x.xlsx"], "The kinds are"),
        (["--all", "x.csv"], "must end in .xlsx."),
        (["partnership", "x.txt"], "or .csv"),
        (["--all", "--template", "place", "x.xlsx"], "Say what"),
    ],
)
def test_wrong_use_of_export_is_told(steward: Project, arguments: list[str], words: str) -> None:
    assert words in run(steward, "export", *arguments, code=2)
