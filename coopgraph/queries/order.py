"""Order the rows of a query here instead of in the engine, so that every store gives them in the same order.

Oxigraph looks each term up anew for every comparison: on a disk that takes longer than to find the rows (8,000 rows by
IRI: 0.65 s of 0.7). Servers order texts by rules of their own. A query with a LIMIT is ordered where it is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode

from coopgraph.queries.collector import uncollected
from coopgraph.queries.lex import Token, lex, significant
from coopgraph.store import Rows, Store, Term

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = frozenset(_XSD + name for name in ("integer", "decimal", "double", "float"))
_LAST_ORDER = re.compile(r"\bORDER\s+BY\b(?!.*\bORDER\s+BY\b)", re.IGNORECASE | re.DOTALL)
# ?x, ASC(?x), DESC(?x), (!BOUND(?x)), ASC(!BOUND(?x)), DESC(!BOUND(?x))
_CONDITION = re.compile(
    r"\?(\w+) ?|(?:(ASC|DESC) )?\( (?:(! BOUND) \( )?\?(\w+) (?(3)\) )\) ?", re.IGNORECASE
)
_Row = tuple[Term | None, ...]


@dataclass(frozen=True)
class Condition:
    """One part of an ORDER BY: by a variable, or by whether it is unbound."""

    variable: str
    descending: bool
    unbound: bool


@dataclass(frozen=True)
class Order:
    """How the rows of a query are ordered, and how many columns, the last ones, are there for that only."""

    conditions: tuple[Condition, ...]
    extra: int


def select_in_order(query: str, store: Store) -> tuple[tuple[str, ...], list[_Row]]:
    """The names of the columns of a SELECT, and its rows in their order."""
    order, plain = taken_out(query)
    return select_ordered(plain, order, store)


@uncollected()
def select_ordered(plain: str, order: Order, store: Store) -> tuple[tuple[str, ...], list[_Row]]:
    """The same of a query whose order was taken out."""
    rows: Rows = store.select(plain)
    names = list(rows.variables)
    found = in_order(rows, names, order.conditions)
    asked = len(names) - order.extra
    return tuple(names[:asked]), [row[:asked] for row in found] if order.extra else found


def taken_out(query: str) -> tuple[Order, str]:
    """The order of a query, and the query without it."""
    conditions, plain = without_order(query)
    return Order(conditions, len(hidden(query, conditions))), plain


def without_order(query: str) -> tuple[tuple[Condition, ...], str]:
    """The order of a query and the query without it, with what it is ordered by among the columns, last.

    No conditions and the query itself, where it has no order or one that can't be taken out.
    """
    found = _LAST_ORDER.search(query)
    conditions = _conditions(query[found.end() :]) if found else None
    if not found or not conditions:
        return (), query
    extra = hidden(query, conditions)
    clause = _clause(query)
    if extra and (not clause or any(token.text.upper() in ("DISTINCT", "REDUCED", "*") for token in clause)):
        return (), query  # another column would make other rows of it
    end = clause[-1].end if clause else 0
    added = "".join(f" ?{name}" for name in extra)
    return conditions, query[:end] + added + query[end : found.start()]


def hidden(query: str, conditions: Iterable[Condition]) -> list[str]:
    """The variables that a query is ordered by and that are none of its columns."""
    columns = _columns(_clause(query))
    wanted = dict.fromkeys(one.variable for one in conditions)
    return [] if "*" in columns else [name for name in wanted if name not in columns]


def in_order(rows: Iterable[_Row], names: Sequence[str], conditions: Sequence[Condition]) -> list[_Row]:
    """The rows in the order of SPARQL 1.1, section 15.1: the unbound, blank nodes, IRIs, literals."""
    found = list(rows)
    known = [one for one in conditions if one.variable in names]
    # what goes the same way is sorted at once: a later key is looked at only where the earlier ones are alike
    for descending, same in groupby(reversed(known), key=lambda one: one.descending):
        keys = [_keys([row[names.index(one.variable)] for row in found], one) for one in same]
        whole = list(zip(*reversed(keys), strict=True))
        order = sorted(range(len(found)), key=whole.__getitem__, reverse=descending)
        found = [found[place] for place in order]
    return found


def _keys(column: Sequence[Term | None], condition: Condition) -> Sequence[object]:
    """What each term of a column is sorted by."""
    if condition.unbound:
        return [term is None for term in column]
    if all(type(term) is NamedNode for term in column):
        return [term.value for term in column]  # type: ignore[union-attr]
    different = set(column)
    numbers = all(_is_number(term) for term in different if isinstance(term, Literal))
    keys = {term: _key(term, numbers) for term in different}
    return [keys[term] for term in column]


def _is_number(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype.value in _NUMBERS


def _key(term: Term | None, numbers: bool) -> tuple[int, float | str, str, str]:
    if term is None:
        return 0, "", "", ""
    if isinstance(term, NamedNode):
        return 2, term.value, "", ""
    if isinstance(term, BlankNode):
        return 1, term.value, "", ""
    if numbers:
        return 3, float(term.value), "", ""
    return 3, term.value, term.datatype.value, term.language or ""


def _conditions(tail: str) -> tuple[Condition, ...] | None:
    """The conditions that a text consists of; None when it holds anything else."""
    text = "".join(f"{token.text} " for token in significant(tail))
    found, end = [], 0
    while end < len(text):
        one = _CONDITION.match(text, end)
        if one is None:
            return None
        descending = (one[2] or "").upper() == "DESC"
        found.append(Condition(one[1] or one[4], descending, one[3] is not None))
        end = one.end()
    return tuple(found)


def _clause(query: str) -> list[Token]:
    """The tokens between SELECT and the WHERE or the brace that ends the clause."""
    found: list[Token] = []
    within = False
    for token in lex(query):
        if token.kind in ("space", "comment"):
            continue
        if within and (token.text == "{" or token.text.upper() in ("WHERE", "FROM")):
            return found
        if within:
            found.append(token)
        within = within or (token.kind == "word" and token.text.upper() == "SELECT")
    return []


def _columns(clause: Sequence[Token]) -> set[str]:
    """The names of the columns of a SELECT clause; "*" for all."""
    found, depth = set(), 0
    for before, token in zip([None, *clause], clause, strict=False):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "variable" and (depth == 0 or (before and before.text.upper() == "AS")):
            found.add(token.text[1:])
        if token.text == "*" and depth == 0:
            found.add("*")
    return found
