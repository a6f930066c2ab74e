"""Statements looked up by what they are about or what they point to: in microseconds where the store is embedded and a query takes hundreds.

Any other store is asked by SPARQL, for many things at once. Every store gives the same in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pyoxigraph import BlankNode, NamedNode, Quad

from coopgraph.store import Store
from coopgraph.store.local import LocalStore

_BATCH = 500
_SEVERAL = 6
"""More properties than these are picked from all that is said of a thing: a look-up costs as much as ten statements."""
_KNOWN = "SELECT DISTINCT ?s WHERE { VALUES ?s { %s } GRAPH ?g { ?s ?p ?o } }"
_QUERY = "SELECT ?s ?p ?o ?g WHERE { VALUES %s GRAPH ?g { ?s ?p ?o } }"


def about(store: Store, things: Iterable[NamedNode], properties: Sequence[NamedNode] = ()) -> list[Quad]:
    """What is said of things: all, or by some properties alone; thing by thing, then by property and value.

    A statement that stands in several graphs comes once for each.
    """
    local = _embedded(store)
    found: list[Quad] = []
    if local is not None:
        look, wanted = local.engine.quads_for_pattern, properties or (None,)
        if len(properties) > _SEVERAL:
            picked = frozenset(properties)
            for thing in things:
                said = [quad for quad in look(thing, None, None, None) if quad.predicate in picked]
                found += sorted(said, key=_by_value)
            return found
        for thing in things:
            found += sorted([quad for one in wanted for quad in look(thing, one, None, None)], key=_by_value)
        return found
    by_thing: dict[object, list[Quad]] = {thing: [] for thing in things}
    for quad in _asked(store, "?s", list(by_thing), properties):
        by_thing[quad.subject].append(quad)
    return [quad for quads in by_thing.values() for quad in sorted(quads, key=_by_value)]


def pointing(
    store: Store, things: Iterable[NamedNode], properties: Sequence[NamedNode] = (), *, ordered: bool = True
) -> list[Quad]:
    """What points to things: all, or by some properties alone; thing by thing, then by property and subject.

    Who orders very many by something else saves time without `ordered`.
    """
    local = _embedded(store)
    found: list[Quad] = []
    if local is not None:
        look, wanted = local.engine.quads_for_pattern, properties or (None,)
        for thing in things:
            new = [quad for one in wanted for quad in look(None, one, thing, None)]
            found += sorted(new, key=_by_subject) if ordered else new
        return found
    by_thing: dict[object, list[Quad]] = {thing: [] for thing in things}
    for quad in _asked(store, "?o", list(by_thing), properties):
        by_thing[quad.object].append(quad)
    return [quad for quads in by_thing.values() for quad in sorted(quads, key=_by_subject)]


def crowded(store: Store, thing: NamedNode, most: int) -> bool:
    """Whether more than `most` statements point to a thing of an embedded store, which is then asked sooner by SPARQL than looked through."""
    local = _embedded(store)
    if local is None:
        return False
    return sum(1 for _ in islice(local.engine.quads_for_pattern(None, None, thing, None), most + 1)) > most


def known(store: Store, things: Iterable[NamedNode]) -> set[NamedNode]:
    """Those of the things that anything is said of."""
    local, wanted = _embedded(store), list(things)
    if local is not None:
        look = local.engine.quads_for_pattern
        return {thing for thing in wanted if next(look(thing, None, None, None), None) is not None}
    return {
        subject
        for start in range(0, len(wanted), _BATCH)
        for (subject,) in store.select(_KNOWN % " ".join(map(str, wanted[start : start + _BATCH])))
        if isinstance(subject, NamedNode)
    }


def within(store: Store, graph: NamedNode) -> list[Quad]:
    """What stands in a graph, by subject, property and value."""
    local = _embedded(store)
    if local is not None:
        found = list(local.engine.quads_for_pattern(None, None, None, graph))
    else:
        rows = store.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")
        found = list(_quads((*row, graph) for row in rows))
    return sorted(found, key=lambda quad: (str(quad.subject)[:-1], *_by_value(quad)))


def _by_value(quad: Quad) -> tuple[str, str]:
    return quad.predicate.value, str(quad.object)


def _by_subject(quad: Quad) -> tuple[str, str]:
    return quad.predicate.value, str(quad.subject)[
        :-1
    ]  # a thing before its parts: without what closes the IRI


def _embedded(store: Store) -> LocalStore | None:
    return store if isinstance(store, LocalStore) else None


def _asked(
    store: Store, place: str, things: Sequence[object], properties: Sequence[NamedNode]
) -> Iterator[Quad]:
    # pairs in one VALUES are looked up one by one; two VALUES would be joined with the whole graph
    head = f"({place} ?p)" if properties else place
    pairs = [f"({thing} {one})" for thing in things for one in properties]
    keys = pairs if properties else [str(thing) for thing in things]
    for start in range(0, len(keys), _BATCH):
        values = " ".join(keys[start : start + _BATCH])
        yield from _quads(store.select(_QUERY % f"{head} {{ {values} }}"))


def _quads(rows: Iterable[Sequence[object]]) -> Iterator[Quad]:
    for subject, predicate, value, graph in rows:
        if (
            isinstance(subject, NamedNode | BlankNode)
            and isinstance(predicate, NamedNode)
            and value is not None
        ):
            yield Quad(subject, predicate, value, graph)  # type: ignore[arg-type]
