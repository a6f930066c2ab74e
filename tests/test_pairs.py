"""Pairs are counted from edges as a self-join would count them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coopgraph import Dataset
from coopgraph.api import open as open_dataset
from coopgraph.errors import ProjectError, QueryError
from coopgraph.project import load
from coopgraph.queries import load_query
from coopgraph.queries.pairs import Pair, paired
from coopgraph.queries.saved import parse
from tests.site_server import Site

ROOT = Path(__file__).parent.parent
EDGES = [
    (body, network)
    for body, networks in {"a": "xyz", "b": "xy", "c": "xyz", "d": "z"}.items()
    for network in networks
]


def test_the_pairs_that_share_most_come_first() -> None:
    assert paired(EDGES, minimum=2) == [
        Pair("a", "c", ["x", "y", "z"]),
        Pair("a", "b", ["x", "y"]),
        Pair("b", "c", ["x", "y"]),
    ]
    assert paired(EDGES, minimum=2, limit=1) == [Pair("a", "c", ["x", "y", "z"])]
    assert paired(EDGES, limit=0) == []


def test_the_one_that_is_asked_for_stands_first() -> None:
    assert paired(EDGES, only={"c"}, minimum=2) == [
        Pair("c", "a", ["x", "y", "z"]),
        Pair("c", "b", ["x", "y"]),
    ]
    assert paired(EDGES, only={"a", "c"}, minimum=3) == [Pair("a", "c", ["x", "y", "z"])]


@given(
    some.lists(some.tuples(some.sampled_from("abcdef"), some.sampled_from("uvwxyz"))),
    some.sets(some.sampled_from("abcdef")),
    some.integers(-1, 3),
)
def test_as_a_self_join_counts_them(edges: list[tuple[str, str]], only: set[str], minimum: int) -> None:
    joined = Counter(
        (one, other)
        for (one, by), (other, same) in combinations(sorted(set(edges)), 2)
        if by == same and one != other
    )
    wanted = {
        frozenset(pair): count
        for pair, count in joined.items()
        if count >= minimum and (not only or only & set(pair))
    }
    found = paired(edges, only=only, minimum=minimum)
    assert {frozenset((pair.one, pair.other)): len(pair.shared) for pair in found} == wanted
    assert len(found) == len(wanted)
    assert [len(pair.shared) for pair in found] == sorted(wanted.values(), reverse=True)


def test_the_text_of_the_query_gives_the_edges(world: Dataset) -> None:
    query = load_query(load(ROOT), "network/shared-memberships")
    table = world.sparql(query.text)
    assert table.columns == ("organisation", "network")
    assert ("Region Mittland", "Health Network") in [
        (row["organisationLabel"], row["networkLabel"]) for row in table
    ]


@pytest.mark.parametrize(
    "pairs", ["network", "{of: organisation}", "{of: a, by: b, most: c}", "{of: 1, by: 2}"]
)
def test_a_header_that_names_no_two_columns_is_refused(pairs: str) -> None:
    with pytest.raises(ProjectError, match="names two columns"):
        parse("own/x", Path("x.rq"), f"#+ title: x\n#+ pairs: {pairs}\nSELECT * {{}}\n")


def test_columns_that_the_query_lacks_are_named(world_folder: Path, tmp_path: Path) -> None:
    copytree(world_folder, tmp_path / "w")
    query = tmp_path / "w" / "queries" / "own" / "x.rq"
    query.parent.mkdir(parents=True)
    query.write_text(
        "#+ title: x\n#+ pairs: {of: body, by: network}\nSELECT ?body WHERE { ?body a <http://www.w3.org/ns/org#Organization> }\n"
    )
    with open_dataset(tmp_path / "w") as dataset, pytest.raises(QueryError, match="no column 'network'"):
        dataset.query("own/x")


def test_that_there_are_more_is_told(world: Dataset) -> None:
    every = world.query("network/shared-memberships", minimum="1")
    assert not every.cut
    assert not world.query("network/shared-memberships", minimum="1", limit=str(len(every))).cut
    fewer = world.query("network/shared-memberships", minimum="1", limit=str(len(every) - 1))
    assert fewer.cut
    assert fewer.terms == every.terms[:-1]


def test_over_http_in_pages(site: Site) -> None:
    def rows(page: int) -> list[tuple[str, int]]:
        answer = site.query("network/shared-memberships", minimum="1", size="1", page=str(page), lang="en")
        return [(row["otherLabel"], row["shared"]) for row in answer.json()]

    assert [rows(page) for page in (1, 2, 3)] == [[("Ostervik", 1)], [("Region Mittland", 1)], []]
