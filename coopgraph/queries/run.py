"""Run a query and give its answer as a table, with labels for the things in it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from pyoxigraph import Literal, NamedNode

from coopgraph.iris import Namespaces
from coopgraph.queries.collector import uncollected
from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.order import select_in_order, select_ordered
from coopgraph.queries.pairs import counted, in_rows
from coopgraph.queries.saved import SavedQuery
from coopgraph.queries.table import Table
from coopgraph.queries.table_forms import coordinates
from coopgraph.queries.timing import step
from coopgraph.queries.values import Given, terms
from coopgraph.store import Store, Term
from coopgraph.store.lookup import about

_SKOS, _DCT, _RDFS = (
    "http://www.w3.org/2004/02/skos/core#",
    "http://purl.org/dc/terms/",
    "http://www.w3.org/2000/01/rdf-schema#",
)
# nearly everything has a name of the first form in the language: what has is looked up for no other
_NAMED = ((NamedNode(_SKOS + "prefLabel"),), (NamedNode(_DCT + "title"), NamedNode(_RDFS + "label")))
_MANY = 100
"""From so many things on, their names are read from the index of names."""


@uncollected()
def run_saved(
    query: SavedQuery,
    given: Mapping[str, Given | Sequence[Given]],
    store: Store,
    namespaces: Namespaces,
    *,
    language: str,
) -> Table:
    """Answer a saved query. Raises QueryError for a wrong value, before anything runs."""
    with step("names"):
        values = terms(query, given, store, namespaces, language=language)
    columns, rows, cut = _answered(query, values, store, language, sys.maxsize)
    table = tabled(columns, rows, store, namespaces, language=language)
    return replace(headed(table, query, language), cut=cut)


def rows_of(
    query: SavedQuery,
    values: Mapping[str, Sequence[Term]],
    store: Store,
    language: str,
    *,
    most: int = sys.maxsize,
) -> tuple[tuple[str, ...], list[tuple[Term | None, ...]]]:
    """The columns and the rows of a saved query with these values.

    Of one that gives edges, the pairs counted from them: no more than `most`, which bounds the memory they take.
    """
    columns, rows, _ = _answered(query, values, store, language, most)
    return columns, rows


def _answered(
    query: SavedQuery, values: Mapping[str, Sequence[Term]], store: Store, language: str, most: int
) -> tuple[tuple[str, ...], list[tuple[Term | None, ...]], bool]:
    """The columns and rows, and whether there are more rows."""
    order, plain = query.unordered
    text = bound_text(plain, values, language)
    refuse_unsafe(text)
    with step("engine"):
        columns, rows = select_ordered(text, order, store)
    if query.pairs is None:
        return columns, rows, False
    found, cut = counted(query, query.pairs, values, columns, rows, most=most)
    shared = dict.fromkeys(by for pair in found for by in pair.shared)
    named = labels([NamedNode(one) for one in shared], store, language)
    return query.pairs.columns, in_rows(found, named), cut


def bound_text(query: SavedQuery, values: Mapping[str, Sequence[Term]], language: str) -> str:
    """The text of a saved query with the values of its parameters, and with the reader's language where it asks for that."""
    lang = {"lang": [Literal(language)]} if query.asks_language else {}
    return query.bind({**values, **lang})


def headed(table: Table, query: SavedQuery, language: str) -> Table:
    """The table with the headings of its saved query, and with what the codes in it mean."""
    titles = {name: column.heading.get(language, name) for name, column in query.columns.items()}
    codes = {
        name: {code: texts.get(language, code) for code, texts in column.codes.items()}
        for name, column in query.columns.items()
        if column.codes
    }
    return replace(table, titles=titles, codes=codes)


@uncollected()
def run_text(query: str, store: Store, namespaces: Namespaces, *, language: str) -> Table:
    """Answer a SELECT query. Raises QueryError when it writes, fetches, or does not parse."""
    refuse_unsafe(query)
    with step("engine"):
        columns, rows = select_in_order(query, store)
    return tabled(columns, rows, store, namespaces, language=language)


@uncollected()
def tabled(
    columns: tuple[str, ...],
    rows: list[tuple[Term | None, ...]],
    store: Store,
    namespaces: Namespaces,
    *,
    language: str,
) -> Table:
    """Rows as a table, with labels for the things in it."""
    things = dict.fromkeys(term for row in rows for term in row if isinstance(term, NamedNode))
    things |= dict.fromkeys(whole(thing) for thing in things if "#" in thing.value)
    with step("labels"):
        named = labels(list(things), store, language)
    return Table(columns, rows, named, namespaces, places=partial(coordinates, list(things), store))


def whole(thing: NamedNode) -> NamedNode:
    """The thing that a part (`…#part`) belongs to; the thing itself when it is no part."""
    return NamedNode(thing.value.partition("#")[0])


def labels(things: Sequence[NamedNode], store: Store, language: str) -> dict[str, str]:
    """A label for each thing that has one: in the language asked for, else in another."""
    best: dict[str, str] = {}
    if len(things) > _MANY:
        from coopgraph.queries.names_file import called  # seldom needed

        best = called([one.value for one in things], store, language)
    # the index has the names of parts too: one that it lacks, though it has the whole, has no name
    left = [
        one
        for one in things
        if one.value not in best and ("#" not in one.value or whole(one).value not in best)
    ]
    return best | looked_up(left, store, language)


def looked_up(things: Sequence[NamedNode], store: Store, language: str) -> dict[str, str]:
    """The labels of things, from the store and no index: the preferred name in the language, else the first of all names in the best language."""
    order = {"en": 1, "sv": 2} | {language: 0}
    best: dict[str, tuple[int, str]] = {}
    for properties in _NAMED:
        left = [thing for thing in things if best.get(thing.value, (1, ""))[0] > 0]
        for thing, _, label, _ in about(store, left, properties):
            if isinstance(thing, NamedNode) and isinstance(label, Literal):
                candidate = (order.get(label.language or "", 3), label.value)
                best[thing.value] = min(best.get(thing.value, candidate), candidate)
    return {iri: label for iri, (_, label) in best.items()}
