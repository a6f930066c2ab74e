"""Sheets are read from any file that spreadsheets write, and what is wrong is told at its cell."""

from __future__ import annotations

import contextlib
import datetime
import io
import random
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.edit.kinds import KINDS, Kind
from coopgraph.errors import UsageError
from coopgraph.sheets.columns import label, own_headings, target, targets
from coopgraph.sheets.mapping import Meaning, meaning_of, written
from coopgraph.sheets.table import Table, read
from coopgraph.sheets.values import code_of, date_text


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells.values()] for row in table.rows]


LINES = [["Vänort", "Land", "Från"], ["Ågård", "Norge", "1996"], ["Öby; Södra", "Åland", "194X"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separated_text_of_any_separator_and_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    file = tmp_path / "list.csv"
    lines = [separator.join(f'"{one}"' for one in line) for line in LINES]
    file.write_bytes("\r\n".join(lines).encode(encoding))
    (table,) = read(file)
    assert list(table.headings) == LINES[0]
    assert texts(table) == LINES[1:]
    assert table.rows[1].cells["Land"].place == "B3"


def test_the_separator_that_excel_tells_of(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("sep=:\nA:B\n1;2:3\n", encoding="utf-8")
    (table,) = read(file)
    assert texts(table) == [["1;2", "3"]]
    assert table.rows[0].cells["B"].place == "B3"


def test_a_list_in_polish_is_read_as_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    names = ["Łódź", "Świdnica", "Żółkiewka", "Gdańsk", "Częstochowa", "Kraków", "Poznań", "Wąbrzeźno", "Ełk"]
    file.write_bytes(("Miasto;Województwo\n" + "".join(f"{one};śląskie\n" for one in names)).encode("cp1250"))
    (table,) = read(file)
    assert [row[0] for row in texts(table)] == names


def book(path: Path, *lines: list[object]) -> openpyxl.Workbook:
    found = openpyxl.Workbook()
    assert found.active is not None
    for line in lines:
        found.active.append(line)
    found.save(path)
    return found


def test_values_are_read_as_the_sheet_shows_them(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    day = datetime.datetime(1996, 5, 1)
    found = book(
        file,
        ["a", "b", "c", "d", "e", "f"],
        [1996, 1996.5, day, day, day, 80],
        ["x", None, True, " y\u00a0z ", None, None],
    )
    page = found.active
    assert page is not None
    for cell, form in (("C2", "yyyy-mm-dd"), ("D2", "mmm-yy"), ("E2", "yyyy"), ("F2", "0000")):
        page[cell].number_format = form
    found.save(file)
    (table,) = read(file)
    assert texts(table) == [
        ["1996", "1996.5", "1996-05-01", "1996-05", "1996", "0080"],
        ["x", "", "true", "y z", "", ""],
    ]
    assert table.rows[0].cells["c"].place == "Sheet!C2"


def test_empty_rows_and_columns_and_hidden_sheets_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    found = book(file, [], ["a", None, "b"], [], ["1", None, "2"])
    found.create_sheet("hidden").append(["x"])
    found["hidden"].append(["y"])
    found["hidden"].sheet_state = "hidden"
    found.create_sheet("empty")
    found.save(file)
    (table,) = read(file)
    assert table.rows[0].number == 4
    assert texts(table) == [["1", "2"]]


def test_what_is_wrong_with_a_cell_is_told_at_it(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    found = book(file, ["a", "b", "c"], ["one", "=1+1", "#REF!"], ["two", "x", "y"])
    page = found.active
    assert page is not None
    page.merge_cells("A2:A3")
    found.save(file)
    (table,) = read(file)
    faults = {
        cell.place: cell.fault.en
        for row in table.rows
        for cell in row.cells.values()
        if cell.fault is not None
    }
    assert {place: fault.split(".")[0] for place, fault in faults.items()} == {
        "Sheet!A2": "the cells A2:A3 are merged",
        "Sheet!A3": "the cells A2:A3 are merged",
        "Sheet!B2": "the formula =1+1 has no value in the file",
        "Sheet!C2": "the cell shows the error #REF!",
    }


def wrong(tmp_path: Path, name: str, content: bytes) -> str:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        read(file)
    assert raised.value.text("sv") != raised.value.en
    return raised.value.en


def test_what_can_not_be_read_is_told(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as some:
        some.writestr("word/document.xml", "<x/>")
    assert "encrypted" in wrong(tmp_path, "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "can't be read as an .xlsx" in wrong(tmp_path, "a.xlsx", packed.getvalue())
    assert "can't be read as an .xlsx" in wrong(tmp_path, "a.xlsx", b"PK\x03\x04 broken")
    assert "no rows" in wrong(tmp_path, "a.csv", b"")
    assert "no rows" in wrong(tmp_path, "a.csv", b"Heading;Another\n")
    assert "B1: the heading 'a' stands in A1 too" in wrong(tmp_path, "a.csv", b"A;a\n1;2\n")
    assert "B1: the column has no heading" in wrong(tmp_path, "a.csv", b"A;;C\n1;2;3\n")
    assert "C2: there is something here" in wrong(tmp_path, "a.csv", b"A;B\n1;2;3\n")
    assert "separated text" in wrong(tmp_path, "a.csv", b'A;B\n"1;2\n')
    assert "as text" in wrong(tmp_path, "a.csv", bytes(range(256)) * 4)
    with pytest.raises(UsageError, match="no file"):
        read(tmp_path / "nothing.xlsx")
    with pytest.raises(UsageError, match="can't be read"):
        read(tmp_path)


def test_a_damaged_workbook_gives_no_trace(tmp_path: Path) -> None:
    file, chance = tmp_path / "list.xlsx", random.Random(1)
    book(file, ["a", "b"], [1, "x"])
    whole, told = file.read_bytes(), 0
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    for turn in range(120):
        if turn % 2:
            damaged = bytearray(whole)
            for _ in range(chance.randint(1, 20)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            file.write_bytes(damaged)
        else:
            with zipfile.ZipFile(file, "w") as packed:
                for name, content in parts.items():
                    text = bytearray(content)
                    for _ in range(chance.randint(0, 3)):
                        text[chance.randrange(len(text))] = chance.choice(b"<>/a0 ")
                    packed.writestr(name, bytes(text))
        try:
            read(file)
        except UsageError:
            told += 1
    assert told > 60


def test_a_workbook_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    book(file, ["a"], ["1"])
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, bomb + content if name.endswith("sheet1.xml") else content)
    with pytest.raises(UsageError, match=r"can't be read as an \.xlsx"):
        read(file)


def test_a_sheet_is_named(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    found = book(file, ["a"], ["1"])
    found.create_sheet("Two").append(["b"])
    found["Two"].append(["2"])
    found.save(file)
    assert [table.sheet for table in read(file)] == ["Sheet", "Two"]
    assert texts(read(file, sheet="two")[0]) == [["2"]]
    with pytest.raises(UsageError, match="It has: Sheet, Two"):
        read(file, sheet="three")


@given(st.binary(max_size=400))
def test_no_file_gives_a_trace(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "some.csv"
        file.write_bytes(content)
        with contextlib.suppress(UsageError):
            assert all(table.rows for table in read(file))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1996", "1996"),
        (" 2008-09 ", "2008-09"),
        ("1940-talet", "194X"),
        ("the 1940s", "194X"),
        ("1996~", "1996~"),
        ("2005/..", "2005/.."),
    ],
)
def test_dates_are_written_as_people_write_them(text: str, meant: str) -> None:
    assert date_text(text) == meant


@pytest.mark.parametrize(
    "text", ["1996-ca", "ca 1996", "1999-13", "2011-02-30", "35186", "35186.5", "sept 2008", "1996/97"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        date_text(text)


def test_codes_get_back_what_spreadsheets_take_away() -> None:
    assert code_of("scb", "680") == "0680"
    assert code_of("scb", "0680") == "0680"
    assert code_of("scb", "6") == "06"
    assert code_of("organisationsnummer", "2120000662") == "212000-0662"
    assert code_of("organisationsnummer", "162120000662") == "212000-0662"
    assert code_of("wikidata", "https://www.wikidata.org/wiki/Q1754") == "Q1754"


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_no_two_columns_are_called_the_same(kind: Kind) -> None:
    every = list(targets(kind))
    for place in range(2):
        names = [label(kind, one)[place].casefold() for one in every]
        assert len(names) == len(set(names))
    own = own_headings(kind)
    for one in every:
        assert own[str(one)] == one
        assert {own[name.casefold()] for name in label(kind, one)} == {one}
        assert target(kind, str(one)) == one


def test_a_mapping_is_read_as_it_was_written() -> None:
    meaning = Meaning(
        KINDS["partnership"],
        {"Vänort": "party-2", "Land": "party-2.country", "No": "-", "1996": "start"},
        {"kind": "twin-town", "party": "Växjö kommun"},
        {"Jönköping": "authority:0680"},
        ";",
    )
    assert meaning_of("x", yaml.safe_load(written(meaning))) == meaning


@pytest.mark.parametrize(
    ("text", "told"),
    [("[]", "kind: partnership"), ("kind: nothing", "kinds are"), ("kind: place\nx: 1", "unknown 'x'"), ("kind: place\ncolumns: [a]", "pairs"), ("kind: place\ncolumns: {a: party}", "can't be 'party'")],
)  # fmt: skip
def test_what_is_wrong_with_a_mapping_is_told(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        meaning_of("mappings/x.yaml", yaml.safe_load(text))
