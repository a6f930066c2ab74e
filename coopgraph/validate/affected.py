"""After a change, which nodes have to be checked again, and by which shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from coopgraph.store import Term
from coopgraph.validate.graph import Node
from coopgraph.validate.paths import Path, may_be_empty, reverse, to_sparql
from coopgraph.validate.reads import Read, reads_of
from coopgraph.validate.results import Focus, Result, Select
from coopgraph.validate.shapes import Shapes

_MOST_NODES = 5000
"""More focus nodes than this are not named one by one: the shape is checked as a whole."""


@dataclass(frozen=True)
class Dependencies:
    """What every shape of a shapes graph reads, by the predicate that is read (`None`: any)."""

    by_predicate: Mapping[NamedNode | None, tuple[tuple[Node, Read], ...]]
    fallbacks: frozenset[Node]


def dependencies(shapes: Shapes) -> Dependencies:
    """What the shapes read; made once, used for every change."""
    found: dict[NamedNode | None, list[tuple[Node, Read]]] = {}
    for shape in shapes.targeted():
        for read in reads_of(shapes, shape):
            found.setdefault(read.predicate, []).append((shape.node, read))
    return Dependencies({key: tuple(reads) for key, reads in found.items()}, frozenset(shapes.fallbacks))


def affected(known: Dependencies, changed: Iterable[Quad | Triple], select: Select) -> Focus:
    """The focus nodes whose results the changed triples (added and removed alike) can alter.

    The store behind `select` is already as it is after the change. Give what comes back to `validate` as `focus`,
    and bring old and new results together with `renewed`.
    """
    triples = list(changed)
    whole: set[Node] = set(known.fallbacks) if triples else set()
    starts: dict[tuple[Path | None, Node], set[Term]] = {}
    for triple in triples:
        for key in (triple.predicate, None):
            for shape, read in known.by_predicate.get(key, ()):
                node = triple.object if read.backwards else triple.subject
                if read.anywhere or isinstance(node, BlankNode | Triple):
                    whole.add(shape)
                elif shape not in whole:
                    starts.setdefault((read.lead, shape), set()).add(node)
    focus: dict[Node, set[NamedNode | Literal]] = {}
    asked: dict[tuple[Path | None, frozenset[Term]], frozenset[Term] | None] = {}
    for (lead, shape), nodes in starts.items():
        if shape in whole:
            continue
        question = (lead, frozenset(nodes))
        if question not in asked:
            asked[question] = _reached(select, *question)
        reached = asked[question]
        named = focus.setdefault(shape, set())
        if reached is not None:
            named.update(node for node in reached if not isinstance(node, BlankNode))
        too_many = reached is None or len(named) > _MOST_NODES
        if too_many or any(isinstance(node, BlankNode) for node in reached or ()):
            whole.add(shape)
    return {
        **{shape: frozenset(nodes) for shape, nodes in focus.items() if shape not in whole},
        **dict.fromkeys(whole),
    }


def _reached(select: Select, lead: Path | None, nodes: frozenset[Term]) -> frozenset[Term] | None:
    """The nodes from which `lead` comes to one of `nodes`; None where they are too many to be named."""
    if lead is None:
        return nodes
    ends = " ".join(sorted(map(str, nodes)))
    back = to_sparql(reverse(lead))
    rows = select(
        f"SELECT DISTINCT ?f WHERE {{ VALUES ?x {{ {ends} }} ?x {back} ?f }} LIMIT {_MOST_NODES + 1}"
    )
    found = {node for (node,) in rows if node is not None}
    if len(found) > _MOST_NODES:
        return None
    return frozenset(found | nodes if may_be_empty(lead) else found)


def renewed(before: Iterable[Result], focus: Focus, fresh: Iterable[Result]) -> Iterator[Result]:
    """The results after a change: those before it that still stand, and those found anew at `focus`."""
    for result in before:
        shape, node = result.origin or (result.shape, result.focus)
        nodes = focus.get(shape, frozenset())
        if nodes is not None and node not in nodes:
            yield result
    yield from fresh
