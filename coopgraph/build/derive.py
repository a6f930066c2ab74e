"""What follows from the authored facts: bounds of dates, and the rules in `ontology/rules`.

It stands in a graph of its own, `<base>graph/derived`, and is never published as authored. It can be derived as a whole,
or again where a change touches it; the outcome is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from coopgraph.build.rules import Rule, rules_of
from coopgraph.dates import EDTF, bounds
from coopgraph.errors import ProjectError, QueryError
from coopgraph.iris import Namespaces
from coopgraph.project import Project
from coopgraph.store.local import LocalStore

COOP = "https://w3id.org/coopgraph/ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_DATED = {NamedNode(COOP + name): name for name in ("start", "end", "date", "notBefore")}
BOUNDS = frozenset(
    NamedNode(COOP + name + end)
    for name in _DATED.values()
    for end in ("Earliest", "Latest", "Year")
    if (name, end) not in (("notBefore", "Latest"), ("notBefore", "Year"))
)
"""The properties that `bounds_of` gives."""
# a start and a date are placed by the first year they can mean, an end by the last
_YEAR = {"start": "earliest", "date": "earliest", "end": "latest"}
_Answer = TypeVar("_Answer")
_MOST = 5000
"""Of how many things a rule is at most asked one by one."""

Touched = Mapping[str, frozenset[NamedNode] | None]
"""By the name of a rule, the things that it is about and that a change touches; None for all."""


def derived_graph(names: Namespaces) -> NamedNode:
    """The named graph of all that is derived."""
    return names.graph_of("derived")


def derive(store: LocalStore, project: Project, names: Namespaces) -> None:
    """Add the derived graph to the store; a former one must have been removed."""
    graph = derived_graph(names)
    store.engine.extend(list(bounds_of(None, store, graph)))
    for rule in rules_of(project, names):
        store.engine.extend(_run(rule, None, store, graph))


def change(
    store: LocalStore,
    names: Namespaces,
    rules: Collection[Rule],
    removed: Collection[Quad],
    added: Collection[Quad],
) -> set[Quad]:
    """Take authored triples out of a store and put others in, and bring what is derived in line.

    Gives the derived triples that came and went.
    """
    graph = derived_graph(names)
    authored = {*removed, *added}
    before = _touched_before(rules, authored, store)
    for quad in removed:
        store.engine.remove(quad)
    store.engine.extend(added)
    dated = {
        quad.subject
        for quad in authored
        if quad.predicate in _DATED and isinstance(quad.subject, NamedNode | BlankNode)
    }
    changed = _replace(
        store,
        [
            quad
            for one in dated
            for quad in store.engine.quads_for_pattern(one, None, None, graph)
            if quad.predicate in BOUNDS
        ],
        [quad for one in dated for quad in bounds_of(one, store, graph)],
    )
    for rule in rules:
        touched = _reached(rule, authored | changed, store)
        also = before[rule.name]
        about = None if touched is None or also is None else touched | also
        if about is not None and not about:
            continue
        former = [
            quad
            for one in ([None] if about is None else about)
            for predicate, value in rule.heads
            for quad in store.engine.quads_for_pattern(one, predicate, value, graph)
        ]
        changed |= _replace(store, former, _run(rule, about, store, graph))
    return changed


def _touched_before(rules: Iterable[Rule], changed: Collection[Quad], store: LocalStore) -> Touched:
    """What the change touches as the store is before it, taking in that what is derived may change too."""
    follows = {
        Quad(quad.subject, one, quad.object) for quad in changed if quad.predicate in _DATED for one in BOUNDS
    }
    found: dict[str, frozenset[NamedNode] | None] = {}
    every: set[NamedNode] = set()
    for rule in rules:
        if every & rule.terms:
            found[rule.name] = None
            continue
        about = found[rule.name] = _reached(rule, {*changed, *follows}, store)
        if about is None:
            every |= {predicate for predicate, _ in rule.heads}
        else:
            follows |= {Quad(one, predicate, one) for one in about for predicate, _ in rule.heads}
    return found


def _reached(rule: Rule, changed: Collection[Quad], store: LocalStore) -> frozenset[NamedNode] | None:
    """The things that the rule is about to which the changed triples lead; None for all."""
    starts = {quad.subject for quad in changed if quad.predicate in rule.terms}
    if not starts:
        return frozenset()
    named = {one for one in starts if isinstance(one, NamedNode)}
    if rule.about is None or len(named) < len(starts) or len(named) > _MOST:
        return None
    if rule.touched is None:
        return frozenset(named)
    values = " ".join(sorted(map(str, named)))
    query = f"{rule.prologue}SELECT DISTINCT ?to WHERE {{ VALUES ?from {{ {values} }} {rule.touched} }} LIMIT {_MOST + 1}"
    found = {to for (to,) in _asked(rule, lambda: list(store.select(query))) if not isinstance(to, Literal)}
    if len(found) > _MOST or any(isinstance(to, BlankNode) for to in found):
        return None
    return frozenset(named | {to for to in found if isinstance(to, NamedNode)})


def _run(rule: Rule, about: Iterable[NamedNode] | None, store: LocalStore, graph: NamedNode) -> list[Quad]:
    query = rule.bound(about)
    triples = _asked(rule, lambda: list(store.construct(query)))
    return [Quad(one.subject, one.predicate, one.object, graph) for one in triples]


def _asked(rule: Rule, ask: Callable[[], _Answer]) -> _Answer:
    try:
        return ask()
    except QueryError as error:
        raise ProjectError(
            f"{rule.shown}: the rule {rule.name} can't be run. {error.en}",
            f"{rule.shown}: regeln {rule.name} går inte att köra. {error.sv}",
        ) from error


def _replace(store: LocalStore, former: Iterable[Quad], new: Iterable[Quad]) -> set[Quad]:
    """Put new derived triples in the place of former ones; gives those that came and went."""
    former, new = set(former), set(new)
    for quad in former - new:
        store.engine.remove(quad)
    store.engine.extend(new - former)
    return former ^ new


def bounds_of(subject: NamedNode | BlankNode | None, store: LocalStore, graph: NamedNode) -> Iterator[Quad]:
    """The first and last days and the years of a thing's dates, or of all dates, as triples of the derived graph."""
    date = NamedNode(XSD + "date")
    for predicate, name in _DATED.items():
        for quad in store.engine.quads_for_pattern(subject, predicate, None):
            value = quad.object
            if not isinstance(value, Literal) or value.datatype.value != EDTF:
                continue
            try:
                found = bounds(value.value)
            except ValueError:
                continue  # an impossible date is told by the check; it bounds nothing
            days = {"earliest": found.earliest, "latest": found.latest}
            for end, day in days.items():
                if day and not (name == "notBefore" and end == "latest"):
                    property_ = NamedNode(COOP + name + end.capitalize())
                    yield Quad(quad.subject, property_, Literal(day.isoformat(), datatype=date), graph)
            year = days[_YEAR[name]] if name in _YEAR else None
            if year:
                yield Quad(quad.subject, NamedNode(f"{COOP}{name}Year"), Literal(year.year), graph)
