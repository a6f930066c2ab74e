"""Statements looked up without a query are those that a query gives, in the same order from every store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from coopgraph import Dataset
from coopgraph.iris import Namespaces
from coopgraph.publish.gathered import pairs_to
from coopgraph.store import Rows
from coopgraph.store.local import LocalStore
from coopgraph.store.lookup import about, crowded, known, pointing, within

EX = "https://ex.example/"
NAME, PARTY = NamedNode(EX + "name"), NamedNode(EX + "party")
A, B, NOBODY = NamedNode(EX + "a"), NamedNode(EX + "b"), NamedNode(EX + "nobody")
ONE, TWO = NamedNode(EX + "graph/1"), NamedNode(EX + "graph/2")
QUADS = [
    Quad(A, NAME, Literal("å", language="sv"), ONE),
    Quad(A, NAME, Literal("a", language="en"), ONE),
    Quad(A, NAME, Literal("a", language="en"), TWO),
    Quad(A, PARTY, B, ONE),
    Quad(B, NAME, Literal("b"), TWO),
    Quad(B, PARTY, A, TWO),
]


class Asked:
    """A store that can only be asked by SPARQL, as one behind a server."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        self.store = LocalStore.memory(quads)

    def select(self, query: str) -> Rows:
        return self.store.select(query)

    def ask(self, query: str) -> bool:
        return self.store.ask(query)

    def construct(self, query: str) -> Iterator[object]:
        return self.store.construct(query)


def test_statements_come_thing_by_thing_then_by_property_and_value() -> None:
    found = about(LocalStore.memory(QUADS), [B, A, NOBODY])
    assert [(quad.subject, quad.predicate, quad.object) for quad in found] == [
        (B, NAME, Literal("b")),
        (B, PARTY, A),
        (A, NAME, Literal("a", language="en")),
        (A, NAME, Literal("a", language="en")),
        (A, NAME, Literal("å", language="sv")),
        (A, PARTY, B),
    ]
    assert {quad.graph_name for quad in found[2:4]} == {ONE, TWO}


def test_properties_narrow_what_is_looked_up() -> None:
    store = LocalStore.memory(QUADS)
    assert [quad.object for quad in about(store, [A], [PARTY])] == [B]
    assert [quad.subject for quad in pointing(store, [A, B], [PARTY])] == [B, A]
    assert about(store, [A], [NamedNode(EX + "other")]) == []


def test_a_store_that_answers_queries_alone_gives_the_same() -> None:
    local, asked = LocalStore.memory(QUADS), Asked(QUADS)
    for things in ([A, B, NOBODY], [NOBODY], []):
        for properties in ([], [NAME], [NAME, PARTY]):
            for look in (about, pointing):
                here, there = look(local, things, properties), look(asked, things, properties)  # type: ignore[arg-type]
                assert set(here) == set(there)
                assert [quad.triple for quad in here] == [quad.triple for quad in there]
    assert within(local, ONE) == within(asked, ONE)  # type: ignore[arg-type]
    assert known(local, [A, NOBODY, B]) == known(asked, [A, NOBODY, B]) == {A, B}  # type: ignore[arg-type]


def test_many_properties_are_picked_as_few_are_looked_up() -> None:
    local, asked = LocalStore.memory(QUADS), Asked(QUADS)
    properties = [NAME, *(NamedNode(f"{EX}other/{number}") for number in range(10))]
    here = about(local, [B, A, NOBODY], properties)
    assert [(quad.subject, quad.object.value) for quad in here] == [(B, "b"), (A, "a"), (A, "a"), (A, "å")]  # type: ignore[union-attr]
    assert [quad.triple for quad in here] == [
        quad.triple for quad in about(asked, [B, A, NOBODY], properties)
    ]  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [3, 1000])
def test_what_points_to_a_thing_is_the_same_however_much_it_is(number: int) -> None:
    names = Namespaces(EX, {})
    derived, succeeds = names.graph_of("derived"), NamedNode("https://w3id.org/coopgraph/ns#succeeds")
    quads = [Quad(NamedNode(f"{EX}{one}"), PARTY, A, ONE) for one in range(number)]
    kept = [Quad(B, NAME, A, TWO), Quad(B, succeeds, A, derived)]
    left_out = [
        Quad(NOBODY, PARTY, A, derived),
        Quad(NamedNode(A.value + "#part"), PARTY, A, ONE),
        Quad(NOBODY, NamedNode("http://www.w3.org/ns/oa#hasBody"), A, ONE),
        Quad(BlankNode(), PARTY, A, ONE),
    ]
    store = LocalStore.memory([*quads, *kept, *left_out])
    found = pairs_to(A, store, names)
    assert crowded(store, A, 300) == (number > 300)
    assert found == sorted((quad.predicate.value, quad.subject.value) for quad in (*quads, *kept))  # type: ignore[union-attr]


def test_the_whole_of_a_world_is_found_from_both_ends(world: Dataset) -> None:
    store = world._built.store
    assert isinstance(store, LocalStore)
    quads = set(store.engine)
    things = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
    values = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
    assert set(about(store, things)) == {quad for quad in quads if quad.subject in things}
    assert set(pointing(store, values)) == {quad for quad in quads if quad.object in values}
