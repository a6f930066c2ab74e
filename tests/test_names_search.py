"""Names: found as they are written, folded, by their beginning, by a word, and misspelt; the best first."""

from __future__ import annotations

import pytest

from coopgraph import Dataset, QueryError, UsageError
from coopgraph.errors import QueryTimeout
from coopgraph.queries import Names
from coopgraph.store import Rows, Store


class Counting:
    """The store of the world, with the queries that went through it."""

    def __init__(self, store: Store) -> None:
        self.store, self.asked = store, list[str]()

    def select(self, query: str) -> Rows:
        self.asked.append(query)
        return self.store.select(query)

    def ask(self, query: str) -> bool:
        return self.store.ask(query)

    def construct(self, query: str):  # type: ignore[no-untyped-def]
        return self.store.construct(query)


@pytest.fixture(scope="module")
def names(world: Dataset) -> Names:
    return Names(world._built.store, world.namespaces, language="sv")


def short(world: Dataset, iris: list[str]) -> list[str]:
    return [world.namespaces.shorten(iri) for iri in iris]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fjällsta kommun", "organisation:fjallsta-kommun"),
        ("fjällsta kommun", "organisation:fjallsta-kommun"),
        ("FJÄLLSTA KOMMUN", "organisation:fjallsta-kommun"),
        ("Fjallsta Kommun", "organisation:fjallsta-kommun"),
        ("fjallsta-kommun", "organisation:fjallsta-kommun"),
        ("organisation/fjallsta-kommun", "organisation:fjallsta-kommun"),
        ("organisation:fjallsta-kommun", "organisation:fjallsta-kommun"),
        ("<https://world.example/id/organisation/fjallsta-kommun>", "organisation:fjallsta-kommun"),
    ],
)
def test_what_is_near_to_how_it_is_written_is_found_without_reading_all_names(
    world: Dataset, text: str, expected: str
) -> None:
    store = Counting(world._built.store)
    names = Names(store, world.namespaces)
    assert world.namespaces.shorten(names.find(text).value) == expected
    assert names.namesakes(text) == []
    assert [query for query in store.asked if "VALUES" not in query] == []


def test_other_spellings_are_found_among_all(world: Dataset, names: Names) -> None:
    assert world.namespaces.shorten(names.find("fjällsta   KOMMUN").value) == "organisation:fjallsta-kommun"


def test_a_country_is_found_by_each_of_its_names_and_codes(names: Names) -> None:
    assert len({names.find(text) for text in ("Kina", "kina", "China", "chn")}) == 1


def test_the_best_fit_comes_first(world: Dataset, names: Names) -> None:
    exact = names.search("Fjällsta kommun", ["organisation"])
    assert short(world, [exact[0].iri]) == ["organisation:fjallsta-kommun"]
    assert exact[0].fit == 1
    begins = names.search("fjäll", ["organisation"])
    assert begins
    assert all(hit.fit == 0.9 and hit.name.casefold().startswith("fjäll") for hit in begins[:1])
    fits = [hit.fit for hit in names.search("fjäll")]
    assert fits == sorted(fits, reverse=True)


def test_a_misspelt_name_and_a_later_word_are_found(world: Dataset, names: Names) -> None:
    misspelt = names.search("Fjälsta komun", ["organisation"])
    assert "organisation:fjallsta-kommun" in short(world, [hit.iri for hit in misspelt])
    by_word = names.search("kommun", ["organisation"], limit=50)
    assert "organisation:fjallsta-kommun" in short(world, [hit.iri for hit in by_word])


def test_a_search_keeps_its_limit_and_its_kinds(names: Names) -> None:
    assert len(names.search("k", limit=3)) == 3
    assert {hit.iri.split("/id/")[1].split("/")[0] for hit in names.search("k", ["network"], 20)} <= {
        "network"
    }
    assert names.search("") == names.search("–") == []
    assert names.search("qqqqqqqqqqqqqqqqqqqqqq") == []


def test_nothing_of_the_name_is_told_with_the_nearest(names: Names) -> None:
    with pytest.raises(UsageError, match=r"Did you mean .*fjallsta-kommun"):
        names.find("Fjälsta komun")


def test_a_library_call_has_a_limit_that_holds(world: Dataset) -> None:
    with pytest.raises(QueryTimeout):
        world.sparql(
            "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }", timeout=0.5
        )
    asked = {"organisation": "Fjällsta kommun"}
    assert list(world.query("organisation/partners", timeout=20, **asked)) == list(
        world.query("organisation/partners", **asked)
    )
    with pytest.raises(QueryError):
        world.query("organisation/partners", timeout=20, organisation="")
