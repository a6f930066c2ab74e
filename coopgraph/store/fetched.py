"""Answers of our own over triples that a server gives: for a server that holds a graph well and answers queries wrongly.

Virtuoso 7 lets COALESCE pass errors on, forgets the order of a sub-select in GROUP_CONCAT, doesn't see in an OPTIONAL what was
bound before it, and more (docs/servers.md). The triples that could match a pattern of the query are fetched, each pattern by
itself, and the query is run on them by the embedded engine. What that costs grows with the properties that a query names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import NamedNode, Quad, Triple

from coopgraph.errors import StoreError
from coopgraph.store.local import LocalRows, LocalStore
from coopgraph.store.remote import RemoteStore

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue

_BATCH = 500
_THROUGH = {
    "Project",
    "Distinct",
    "Reduced",
    "OrderBy",
    "Slice",
    "Filter",
    "Extend",
    "Graph",
    "Group",
    "AggregateJoin",
}


class Pattern(NamedTuple):
    """What a triple may be to match: subjects and objects among these, this property; None is any."""

    subjects: frozenset[NamedNode] | None
    property: NamedNode | None
    objects: frozenset[NamedNode] | None


class Fetched:
    """A store that answers from what it fetches of the graphs that `keeps` tells; nothing is fetched twice."""

    def __init__(self, server: RemoteStore, keeps: Callable[[NamedNode], bool]) -> None:
        self._server, self._keeps, self._local = server, keeps, LocalStore.memory()
        self._have: set[Pattern] = set()
        self._ready: set[str] = set()

    def select(self, query: str) -> LocalRows:
        self._fetch(query)
        return self._local.select(query)

    def ask(self, query: str) -> bool:
        self._fetch(query)
        return self._local.ask(query)

    def construct(self, query: str) -> Iterator[Triple]:
        self._fetch(query)
        return self._local.construct(query)

    def _fetch(self, query: str) -> None:
        if query in self._ready:
            return
        wanted = patterns(query)
        if wanted is None:  # the engine says what is wrong with it, better than we can
            return
        anything = Pattern(None, None, None)
        if anything in self._have:
            return
        for pattern in [anything] if anything in wanted else sorted(wanted - self._have, key=str):
            if Pattern(None, pattern.property, None) not in self._have:
                self._get(pattern)
            self._have.add(pattern)
        self._ready.add(query)

    def _get(self, pattern: Pattern) -> None:
        property_ = pattern.property or "?p"
        for values in _values(pattern):
            query = f"SELECT ?g ?s ?p ?o WHERE {{ {values} GRAPH ?g {{ ?s {property_} ?o }} }}"
            self._local.engine.extend(
                _quad(pattern.property, graph, subject, found, value)
                for graph, subject, found, value in self._server.select(query)
                if isinstance(graph, NamedNode) and self._keeps(graph)
            )


def _quad(known: NamedNode | None, graph: NamedNode, subject: Any, found: Any, value: Any) -> Quad:
    try:
        return Quad(subject, known or found, value, graph)
    except TypeError as error:
        raise StoreError(
            "The server answered with something else than triples.",
            "Servern svarade med något annat än tripler.",
        ) from error


def _values(pattern: Pattern) -> Iterator[str]:
    """The VALUES that narrow the pattern: by its subjects if they are known, else by its objects."""
    name, nodes = ("?s", pattern.subjects) if pattern.subjects is not None else ("?o", pattern.objects)
    if nodes is None:
        yield ""
        return
    ordered = sorted(map(str, nodes))
    for start in range(0, len(ordered), _BATCH):
        yield f"VALUES {name} {{ {' '.join(ordered[start : start + _BATCH])} }}"


def patterns(query: str) -> set[Pattern] | None:
    """The patterns whose triples are enough to answer the query; None for a query that doesn't parse."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(query)).algebra
    except Exception:  # noqa: BLE001 (rdflib raises bare exceptions for what is wrong in a query)
        return None
    nodes = list(_nodes(algebra))
    # a name in a sub-select may be another variable than the same name outside
    bound = {} if sum(node.name == "Project" for node in nodes) > 1 else _bound(algebra)
    found = {
        one for node in nodes if node.name == "BGP" for triple in node.triples for one in _of(triple, bound)
    }
    tested = sum(node.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS") for node in nodes)
    if len(re.findall(r"(?i)\bexists\b", query)) > tested:
        found.add(Pattern(None, None, None))  # rdflib loses an EXISTS within another: all is enough for sure
    if algebra.name == "DescribeQuery":
        found |= {_described(one, bound) for one in algebra.PV}
    return found


def _nodes(part: object) -> Iterator[CompValue]:
    """Every node of the algebra, those in expressions too."""
    from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(part, CompValue) and part.name == "GroupGraphPatternSub":
        # the pattern of an EXISTS, which rdflib makes algebra of when it comes to it
        yield from _nodes(translateGroupGraphPattern(part))
    elif isinstance(part, CompValue):
        yield part
        for name, inner in part.items():
            if name != "_vars":
                yield from _nodes(inner)
    elif isinstance(part, list | tuple) and not hasattr(part, "n3"):
        for inner in part:
            yield from _nodes(inner)


def _bound(node: Any) -> dict[str, frozenset[NamedNode]]:
    """By variable, the things that VALUES lets it be in every solution."""
    if node is None:  # DESCRIBE of a thing
        return {}
    if node.name in ("SelectQuery", "AskQuery", "ConstructQuery", "DescribeQuery", *_THROUGH):
        return _bound(node.p)
    if node.name == "Join":
        return {**_bound(node.p1), **_bound(node.p2)}
    if node.name in ("LeftJoin", "Minus"):
        return _bound(node.p1)
    if node.name == "ToMultiSet" and node.p.name == "values":
        rows: Sequence[dict[Any, Any]] = node.p.res
        names = {name for row in rows for name in row}
        things = {name: [_thing(row.get(name)) for row in rows] for name in names}
        return {str(name): frozenset(found) for name, found in things.items() if all(found)}  # type: ignore[arg-type]
    return {}


def _thing(term: Any) -> NamedNode | None:
    from rdflib import URIRef

    return NamedNode(str(term)) if isinstance(term, URIRef) else None


def _among(term: Any, bound: dict[str, frozenset[NamedNode]]) -> frozenset[NamedNode] | None:
    from rdflib import Variable

    thing = _thing(term)
    if thing is not None:
        return frozenset([thing])
    return bound.get(str(term)) if isinstance(term, Variable) else None


def _described(term: Any, bound: dict[str, frozenset[NamedNode]]) -> Pattern:
    return Pattern(_among(term, bound), None, None)


def _of(triple: tuple[Any, Any, Any], bound: dict[str, frozenset[NamedNode]]) -> Iterable[Pattern]:
    """The patterns of one triple pattern: several for a path, of which only the properties are known."""
    from rdflib import URIRef, Variable
    from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath

    subject, predicate, value = triple
    subjects, objects = _among(subject, bound), _among(value, bound)
    if isinstance(predicate, URIRef):
        return [Pattern(subjects, NamedNode(str(predicate)), objects)]
    if isinstance(predicate, Variable):
        named = bound.get(str(predicate))
        return [Pattern(subjects, one, objects) for one in (named or [None])]

    def steps(path: Path | URIRef) -> Iterator[NamedNode | None]:
        if isinstance(path, URIRef):
            yield NamedNode(str(path))
        elif isinstance(path, SequencePath | AlternativePath):
            for one in path.args:
                yield from steps(one)
        elif isinstance(path, InvPath):
            yield from steps(path.arg)
        elif isinstance(path, MulPath):
            yield from steps(path.path)
        else:
            assert isinstance(path, NegatedPath)
            yield None

    if isinstance(predicate, AlternativePath) and all(isinstance(one, URIRef) for one in predicate.args):
        return [Pattern(subjects, one, objects) for one in steps(predicate)]
    return [Pattern(None, one, None) for one in steps(predicate)]
