"""SHACL property paths: read from a shapes graph, written as SPARQL, turned round, written as triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple

from coopgraph.errors import ShapesError
from coopgraph.store import Term
from coopgraph.validate.graph import FIRST, NIL, REST, SH, Graph, Node


@dataclass(frozen=True)
class Predicate:
    iri: NamedNode


@dataclass(frozen=True)
class Inverse:
    path: Path


@dataclass(frozen=True)
class Sequence:
    steps: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    options: tuple[Path, ...]


@dataclass(frozen=True)
class Repeat:
    """`path` again and again: `*` (also no step), `+` (at least one) or `?` (none or one)."""

    path: Path
    sign: str


Path = Predicate | Inverse | Sequence | Alternative | Repeat

_REPEATS = {SH + "zeroOrMorePath": "*", SH + "oneOrMorePath": "+", SH + "zeroOrOnePath": "?"}


def read_path(graph: Graph, node: Term, *, inside: frozenset[Term] = frozenset()) -> Path:
    """The path that `node` describes in a shapes graph (SHACL 2.3.1).

    Raises ShapesError when it is none. Where a node describes several, the list wins, as the W3C suite asks.
    """
    if isinstance(node, NamedNode) and node != NIL:
        return Predicate(node)
    if node in inside or not isinstance(node, BlankNode):
        raise ShapesError(
            f"{node} is not a path that can be followed.",
            f"{node} är ingen väg som går att följa.",
            node=node,
        )
    inside |= {node}
    if graph.objects(node, FIRST):
        return Sequence(_steps(graph, node, inside))
    for inverse in graph.objects(node, SH + "inversePath"):
        return Inverse(read_path(graph, inverse, inside=inside))
    for options in graph.objects(node, SH + "alternativePath"):
        return Alternative(_steps(graph, options, inside))
    for predicate, sign in _REPEATS.items():
        for repeated in graph.objects(node, predicate):
            return Repeat(read_path(graph, repeated, inside=inside), sign)
    raise ShapesError(
        "The path has none of the forms of a SHACL path.",
        "Vägen har ingen av de former som en väg i SHACL kan ha.",
        node=node,
    )


def _steps(graph: Graph, node: Term, inside: frozenset[Term]) -> tuple[Path, ...]:
    steps = tuple(read_path(graph, step, inside=inside) for step in graph.members(node))
    if len(steps) < 2:
        raise ShapesError(
            "A path that is a list needs at least two members.",
            "En väg som är en lista behöver minst två led.",
            node=node,
        )
    return steps


def to_sparql(path: Path) -> str:
    """The path in SPARQL's syntax: `(<p>/^<q>)`."""
    match path:
        case Predicate(iri):
            return str(iri)
        case Inverse(inner):
            return f"^{_bracketed(inner)}"
        case Sequence(steps):
            return "(" + "/".join(to_sparql(step) for step in steps) + ")"
        case Alternative(options):
            return "(" + "|".join(to_sparql(option) for option in options) + ")"
        case Repeat(inner, sign):
            return f"({_bracketed(inner)}{sign})"


def _bracketed(path: Path) -> str:
    return f"({to_sparql(path)})" if isinstance(path, Inverse) else to_sparql(path)


def may_be_empty(path: Path) -> bool:
    """Whether a node is among its own values because the path can have no step at all."""
    match path:
        case Predicate():
            return False
        case Inverse(inner):
            return may_be_empty(inner)
        case Sequence(steps):
            return all(may_be_empty(step) for step in steps)
        case Alternative(options):
            return any(may_be_empty(option) for option in options)
        case Repeat(inner, sign):
            return sign != "+" or may_be_empty(inner)


def reverse(path: Path) -> Path:
    """The path that leads from the values back to the focus nodes."""
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(steps):
            return Sequence(tuple(reverse(step) for step in reversed(steps)))
        case Alternative(options):
            return Alternative(tuple(reverse(option) for option in options))
        case Repeat(inner, sign):
            return Repeat(reverse(inner), sign)


def prefixes_of(path: Path) -> Iterator[tuple[Path | None, NamedNode, bool]]:
    """For every place where the path takes a step along a predicate: the path that leads there from the focus
    node (`None`: the focus node itself), the predicate, and whether it is taken backwards."""
    match path:
        case Predicate(iri):
            yield None, iri, False
        case Inverse(inner):
            yield from _inverse_prefixes(inner)
        case Sequence(steps):
            before: Path | None = None
            for step in steps:
                for lead, iri, backwards in prefixes_of(step):
                    yield joined(before, lead), iri, backwards
                before = joined(before, step)
        case Alternative(options):
            for option in options:
                yield from prefixes_of(option)
        case Repeat(inner, sign):
            start = None if sign == "?" else Repeat(inner, "*")
            for lead, iri, backwards in prefixes_of(inner):
                yield joined(start, lead), iri, backwards


def _inverse_prefixes(inner: Path) -> Iterator[tuple[Path | None, NamedNode, bool]]:
    if isinstance(inner, Predicate):
        yield None, inner.iri, True
    else:
        yield from prefixes_of(reverse(inner))


def joined(first: Path | None, second: Path | None) -> Path | None:
    """One path after the other, where `None` is the empty path."""
    if first is None or second is None:
        return first or second
    return Sequence((first, second))


def to_triples(path: Path) -> tuple[Node, list[Triple]]:
    """A node that stands for the path in a report, and the triples that describe it."""
    match path:
        case Predicate(iri):
            return iri, []
        case Inverse(inner):
            return _described("inversePath", *to_triples(inner))
        case Sequence(steps):
            return _list(steps)
        case Alternative(options):
            return _described("alternativePath", *_list(options))
        case Repeat(inner, sign):
            name = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}[sign]
            return _described(name, *to_triples(inner))


def _described(name: str, inner: Node, triples: list[Triple]) -> tuple[Node, list[Triple]]:
    node = BlankNode()
    return node, [Triple(node, NamedNode(SH + name), inner), *triples]


def _list(paths: Iterable[Path]) -> tuple[Node, list[Triple]]:
    head: Node = NIL
    triples: list[Triple] = []
    for path in reversed(tuple(paths)):
        cell = BlankNode()
        member, described = to_triples(path)
        triples += [Triple(cell, FIRST, member), Triple(cell, REST, head), *described]
        head = cell
    return head, triples
