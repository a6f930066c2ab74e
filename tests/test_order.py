"""Rows come in the order that their query asks for, the same from every store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from coopgraph.queries.order import Condition, select_in_order, without_order
from coopgraph.store.local import LocalStore

EMPTY = LocalStore.memory()


def ordered(query: str) -> list[tuple[object, ...]]:
    return list(select_in_order(query, EMPTY)[1])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x WHERE { VALUES ?x { 1 10 9 -1 2.5 } } ORDER BY ?x",
        "SELECT ?x WHERE { VALUES ?x { 1 10 9 -1 2.5 } } ORDER BY DESC(?x)",
        'SELECT ?x ?y WHERE { VALUES (?x ?y) { (<b:> 1) (<a:> 2) (UNDEF 3) ("a" 4) (<a:> 1) } } ORDER BY ?x DESC(?y)',
        'SELECT ?x { VALUES ?x { "å" "a" "ö" "Z" "z"@sv "z"@en "" } } ORDER BY ASC(?x)',
        "SELECT ?x WHERE { VALUES (?x ?y) { (1 UNDEF) (2 1) (3 0) } } ORDER BY (!BOUND(?y)) ?y",
        "SELECT ?x WHERE { VALUES (?x ?y) { (1 3) (2 1) (3 2) } } ORDER BY ?y",
        "SELECT (SUM(?x) AS ?n) ?y WHERE { VALUES (?x ?y) { (1 3) (2 1) (3 1) } } GROUP BY ?y ORDER BY DESC(?n)",
        "SELECT * WHERE { VALUES ?x { true false } } ORDER BY ?x # the last word",
        "SELECT DISTINCT ?x WHERE { VALUES ?x { 2 1 1 } } ORDER BY ?x",
        'SELECT ?x WHERE { VALUES ?x { "2001-01-01" "1999" "../2021" "194X" } } order  by ?x',
    ],
)
def test_the_order_is_that_of_the_engine(query: str) -> None:
    conditions, plain = without_order(query)
    assert conditions
    assert "ORDER" not in plain.upper()
    expected = EMPTY.select(query)
    assert select_in_order(query, EMPTY) == (tuple(expected.variables), list(expected))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x WHERE { VALUES ?x { 3 1 2 } } ORDER BY ?x LIMIT 2",
        "SELECT ?x WHERE { VALUES ?x { 3 1 2 } } ORDER BY (?x + 1)",
        "SELECT DISTINCT ?x WHERE { VALUES (?x ?y) { (1 2) (1 1) } } ORDER BY ?y",
        "SELECT ?x WHERE { { SELECT ?x WHERE { VALUES ?x { 3 1 } } ORDER BY ?x } }",
        'SELECT ?x WHERE { BIND("ORDER BY ?x" AS ?x) }',
        "SELECT ?x WHERE { VALUES ?x { 3 1 2 } }",
    ],
)
def test_what_cannot_be_taken_out_is_left_to_the_engine(query: str) -> None:
    assert without_order(query) == ((), query)
    assert ordered(query) == list(EMPTY.select(query))


def test_what_it_is_ordered_by_becomes_a_column_and_goes_again() -> None:
    query = "PREFIX x: <x:>\nSELECT ?a (STR(?b) AS ?c) WHERE { VALUES (?a ?b ?d) { (1 2 3) } } ORDER BY ?c ?d"
    conditions, plain = without_order(query)
    assert conditions == (Condition("c", False, False), Condition("d", False, False))
    assert "(STR(?b) AS ?c) ?d WHERE" in plain
    assert ordered(query) == [(Literal(1), Literal("2"))]


TERMS = st.one_of(
    st.none(),
    st.sampled_from([NamedNode(f"x:{name}") for name in "abcå"]),
    st.text(max_size=3).map(Literal),
    st.sampled_from(["sv", "en"]).map(lambda language: Literal("a", language=language)),
)


@given(st.lists(st.tuples(TERMS, TERMS), max_size=12), st.booleans())
def test_any_rows_come_as_the_engine_orders_them(rows: list[tuple[object, object]], descending: bool) -> None:
    values = " ".join(f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows)
    order = "DESC(?x) ?y" if descending else "?x DESC(?y)"
    query = f"SELECT ?x ?y WHERE {{ VALUES (?x ?y) {{ {values} }} }} ORDER BY {order}"
    assert ordered(query) == list(EMPTY.select(query))
