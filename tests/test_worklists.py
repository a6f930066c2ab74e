"""What the stewards' reports find in a dataset with faults, which the invented world is free of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import coopgraph
from coopgraph import Dataset
from coopgraph.build.make import build
from coopgraph.project import find

FAULTS = [
    # a goal that no evidence is for
    ("policy/fjallsta-policy.ttl", "oa:hasBody <#goal-1>", "oa:hasBody <>"),
    ("policy/fjallsta-policy.ttl", "    coop:notStated coop:adoptedBy ;\n", ""),
    ("partnership/fjallsta-kommun--havnsund.ttl", "    coop:notStated coop:start ;\n", ""),
    # going on by its status, over by its end
    (
        "partnership/fjallsta-kommun--saltholt.ttl",
        "coop:hasFigure",
        'coop:end "2001"^^edtf:EDTF ; coop:hasFigure',
    ),
    # a start of the node's own that no source has
    ("partnership/norrby-kommun--moorwinkel.ttl", 'coop:start "1961"', 'coop:start "1962"'),
    # sources differ, and nobody has chosen
    (
        "partnership/region-mittland--pilvemae-maakond.ttl",
        '    coop:start "2005"^^edtf:EDTF ;\n    coop:status',
        "    coop:status",
    ),
    # a party that no evidence is for, whatever is said of it
    ("partnership/fjallvanner.ttl", "oa:hasBody <#party-nordfoss>", "oa:hasBody <#contact-point>"),
    ("source/mittland-samarbeten.ttl", "    coop:notStated coop:date ;\n", ""),
]


@pytest.fixture(scope="module")
def faulty(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """The invented world with a fault of each kind that a report looks for."""
    folder = tmp_path_factory.mktemp("faulty") / "world"
    shutil.copytree(world_folder, folder, ignore=shutil.ignore_patterns(".coopgraph"))
    for file, old, new in FAULTS:
        path = folder / "data" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file}: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    build(find(folder))
    with coopgraph.open(folder, language="en") as dataset:
        yield dataset


def answer(dataset: Dataset, query: str, **params: str) -> list[dict[str, Any]]:
    """The rows, things as prefixed names, without labels and what is unknown."""
    table = dataset.query(query, **params)
    rows = [{column: row[column] for column in table.columns if row[column] is not None} for row in table]
    shorten = table.namespaces.shorten
    return [{c: shorten(v) if isinstance(v, str) else v for c, v in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("query", "params", "found"),
    [
        (
            "report/without-evidence",
            {},
            [
                {"kind": "org:Membership", "fact": "partnership:fjallvanner#party-nordfoss"},
                {"kind": "coop:Goal", "fact": "policy:fjallsta-policy#goal-1"},
                {
                    "kind": "coop:Partnership",
                    "fact": "partnership:fjallsta-kommun--saltholt",
                    "property": "coop:end",
                    "value": "2001",
                },
                {
                    "kind": "coop:Partnership",
                    "fact": "partnership:norrby-kommun--moorwinkel",
                    "property": "coop:start",
                    "value": "1962",
                },
            ],
        ),
        (
            "evidence/contradictions",
            {},
            [
                {
                    "fact": "partnership:norrby-kommun--moorwinkel",
                    "property": "coop:start",
                    "standing": "1962",
                    "value": "1961",
                    "source": "source:norrby-internationellt",
                    "evidence": "partnership:norrby-kommun--moorwinkel#e-start",
                },
                {
                    "fact": "partnership:region-mittland--pilvemae-maakond",
                    "property": "coop:start",
                    "value": "2005",
                    "source": "source:mittland-samarbeten",
                    "evidence": "partnership:region-mittland--pilvemae-maakond#e-start",
                },
                {
                    "fact": "partnership:region-mittland--pilvemae-maakond",
                    "property": "coop:start",
                    "value": "2006",
                    "source": "source:norrby-internationellt",
                    "evidence": "partnership:region-mittland--pilvemae-maakond#e-start-norrby",
                },
            ],
        ),
        (
            "report/missing-start",
            {},
            [
                {
                    "kind": "coop:Partnership",
                    "fact": "partnership:fjallsta-kommun--havnsund",
                    "state": "not-recorded",
                },
                {
                    "kind": "coop:Partnership",
                    "fact": "partnership:region-mittland--pilvemae-maakond",
                    "state": "not-recorded",
                },
            ],
        ),
        (
            "report/ended-but-open",
            {},
            [
                {
                    "reason": "past-end",
                    "fact": "partnership:fjallsta-kommun--saltholt",
                    "status": "status:active",
                    "end": "2001",
                    "state": "stated",
                }
            ],
        ),
        (
            "report/stale-sources",
            {"before": "1950-01-01"},
            [
                {
                    "source": "source:mittland-samarbeten",
                    "state": "not-recorded",
                    "notBefore": "2015",
                    "facts": 22,
                }
            ],
        ),
        (
            "policy/decisions",
            {},
            [
                {
                    "policy": "policy:fjallsta-policy",
                    "decision": "decision:fjallsta-kommunstyrelse-utkast",
                    "decidingBody": "organisation:fjallsta-kommunstyrelse",
                    "outcome": "outcome:draft",
                    "proposedTo": "organisation:fjallsta-fullmaktige",
                    "adoption": "not-recorded",
                }
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_report_finds_the_fault(
    faulty: Dataset, world: Dataset, query: str, params: dict[str, str], found: list[dict[str, Any]]
) -> None:
    known = answer(world, query, **params)
    assert [row for row in answer(faulty, query, **params) if row not in known] == found
