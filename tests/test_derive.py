"""What a build derives: the same again after a change as derived anew, and told when two rules get in each other's way."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from coopgraph.build.assemble import assemble
from coopgraph.build.derive import change, derive
from coopgraph.build.rules import rules_of
from coopgraph.errors import ProjectError
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import Project, load
from coopgraph.store.local import LocalStore

WORLD = load(Path(__file__).parent / "world")
NAMES = namespaces(WORLD)
RULES = rules_of(WORLD, NAMES)
ASSEMBLY = assemble(WORLD)
DERIVED = NAMES.graph_of("derived")
AUTHORED = sorted(
    (
        quad
        for graph, origin in ASSEMBLY.origins.items()
        if origin.authored
        for quad in ASSEMBLY.store.engine.quads_for_pattern(None, None, None, graph)
    ),
    key=str,
)


def derived(store: LocalStore) -> set[Quad]:
    return set(store.engine.quads_for_pattern(None, None, None, DERIVED))


def derived_anew(store: LocalStore, project: Project = WORLD, names: Namespaces = NAMES) -> set[Quad]:
    fresh = LocalStore.memory(quad for quad in store.engine if quad.graph_name != DERIVED)
    derive(fresh, project, names)
    return derived(fresh)


def changed(quad: Quad, chance: random.Random) -> Quad:
    """The triple with another subject or object that the data have."""
    other = chance.choice(AUTHORED)
    if chance.random() < 0.5:
        return Quad(other.subject, quad.predicate, quad.object, other.graph_name)
    alike = [one.object for one in AUTHORED if one.predicate == quad.predicate]
    return Quad(quad.subject, quad.predicate, chance.choice(alike), quad.graph_name)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), steps=st.integers(1, 4), size=st.integers(1, 8))
def test_derived_again_where_a_change_touches_it_is_the_same_as_derived_anew(
    seed: int, steps: int, size: int
) -> None:
    chance = random.Random(seed)
    store = LocalStore.memory(ASSEMBLY.store.engine)
    present = list(AUTHORED)
    for _ in range(steps):
        removed = set(chance.sample(present, size))
        added = {changed(chance.choice(AUTHORED), chance) for _ in range(size)} - set(present) - removed
        before = derived(store)
        told = change(store, NAMES, RULES, removed, added)
        present = sorted((set(present) - removed) | added, key=str)
        assert told == before ^ derived(store)
    assert derived(store) == derived_anew(store)


def test_a_whole_thing_comes_and_goes() -> None:
    store = LocalStore.memory(ASSEMBLY.store.engine)
    for graph in {quad.graph_name for quad in AUTHORED}:
        quads = [quad for quad in AUTHORED if quad.graph_name == graph]
        change(store, NAMES, RULES, quads, [])
        assert derived(store) == derived_anew(store), graph
        change(store, NAMES, RULES, [], quads)
    assert derived(store) == derived(ASSEMBLY.store)


def test_every_rule_can_be_run_for_some_things_only() -> None:
    assert [rule.name for rule in RULES if rule.about is None] == []


def test_a_rule_of_the_datasets_own_without_the_open_line_is_run_as_a_whole(world_copy: Path) -> None:
    rule = world_copy / "ontology/rules/90-named.rq"
    rule.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "CONSTRUCT { ?thing <https://world.example/ns#named> true } WHERE { ?thing skos:prefLabel ?name }\n",
        encoding="utf-8",
    )
    project = load(world_copy)
    store = assemble(project).store
    new = Quad(
        NamedNode("https://world.example/id/organisation/new"),
        NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
        Literal("Ny", language="sv"),
        NamedNode("https://world.example/graph/organisation/new"),
    )
    change(store, NAMES, rules_of(project, NAMES), [], [new])
    assert derived(store) == derived_anew(store, project)
    assert any(quad.subject == new.subject for quad in derived(store))


def test_two_rules_that_derive_one_property_are_refused(world_copy: Path) -> None:
    rule = world_copy / "ontology/rules/90-partners.rq"
    rule.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text(
        "PREFIX coop: <https://w3id.org/coopgraph/ns#>\nCONSTRUCT { ?a coop:partnerOf ?b } WHERE { ?a coop:partOf ?b }\n",
        encoding="utf-8",
    )
    with pytest.raises(ProjectError, match=r"derives coop:partnerOf, as 20-partner-of\.rq does"):
        rules_of(load(world_copy), NAMES)
