"""Every saved query answers its cases, on the invented world or on the real data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pyoxigraph import Literal, NamedNode

from coopgraph import Dataset, Table
from coopgraph.iris import plain
from coopgraph.project import load
from coopgraph.queries import load_all

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "queries"
QUERIES = load_all(load(ROOT))


def cases() -> list[Path]:
    return sorted(CASES.rglob("*.yaml"))


def rows_of(table: Table) -> list[dict[str, Any]]:
    """The rows as a case writes them: prefixed names, plain values, nothing for the unbound."""
    found = []
    for row in table.terms:
        cells = {}
        for column, term in zip(table.columns, row, strict=True):
            if isinstance(term, NamedNode):
                cells[column] = table.namespaces.shorten(term.value)
            elif isinstance(term, Literal):
                cells[column] = plain(term)
        found.append(cells)
    return found


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.relative_to(CASES).with_suffix("").as_posix())
def test_case(path: Path, request: pytest.FixtureRequest) -> None:
    case = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    dataset: Dataset = request.getfixturevalue(case.get("dataset", "world"))
    name = path.parent.relative_to(CASES).as_posix()
    table = dataset.query(name, **(case.get("params") or {}))
    expected = [{column: str(value) for column, value in row.items()} for row in case.get("rows") or []]
    found = [{column: _text(value) for column, value in row.items()} for row in rows_of(table)]
    assert found == expected
    for column, codes in table.codes.items():
        assert {row[column] for row in found if column in row} <= set(codes), (
            f"codes of {column} without words"
        )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_query_has_a_case() -> None:
    assert sorted({path.parent.relative_to(CASES).as_posix() for path in cases()}) == sorted(QUERIES)


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_speaks_both_languages(name: str) -> None:
    query = QUERIES[name]
    texts = [
        query.title,
        query.description,
        *(column.heading for column in query.columns.values()),
        *(text for column in query.columns.values() for text in column.codes.values()),
        *(param.label for param in query.params.values()),
    ]
    assert [text for text in texts if set(text) != {"sv", "en"} or not all(text.values())] == []
