"""Which blank node of one reading of a text is which of another: labels are new at each reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from pyoxigraph import BlankNode, NamedNode

_ROUNDS = 30
"""How far from a blank node it is looked for what tells it from another."""

Facts = list[tuple[object, NamedNode, object]]


def paired(ours: Facts, theirs: Facts, *, key: Callable[[object], Hashable]) -> dict[BlankNode, BlankNode]:
    """Each blank node of `ours` with that of `theirs` of which the same is said.

    Nodes that nothing tells apart are paired in the order in which they come; `key` says when two other terms are the
    same.
    """
    by_colour: dict[int, list[BlankNode]] = defaultdict(list)
    for node, colour in _colours(theirs, key).items():
        by_colour[colour].append(node)
    waiting = {colour: iter(nodes) for colour, nodes in by_colour.items()}
    found = {node: next(waiting.get(colour, iter(())), None) for node, colour in _colours(ours, key).items()}
    return {node: other for node, other in found.items() if other is not None}


def _colours(facts: Facts, key: Callable[[object], Hashable]) -> dict[BlankNode, int]:
    """A number for each blank node, in the order of the facts; the same for nodes of which the same is said."""
    about: dict[BlankNode, list[tuple[str, NamedNode, object]]] = {}
    for subject, predicate, value in facts:
        if isinstance(subject, BlankNode):
            about.setdefault(subject, []).append(("of", predicate, value))
        if isinstance(value, BlankNode):
            about.setdefault(value, []).append(("is", predicate, subject))
    colours = dict.fromkeys(about, 0)
    kinds = 1
    for _ in range(_ROUNDS):
        colours = {node: _mix(said, colours, key, colours[node]) for node, said in about.items()}
        before, kinds = kinds, len(set(colours.values()))
        if kinds == before:
            break
    return colours


def _mix(
    said: Iterable[tuple[str, NamedNode, object]],
    colours: dict[BlankNode, int],
    key: Callable[[object], Hashable],
    own: int,
) -> int:
    parts = sorted(
        hash((way, predicate, colours[term] if isinstance(term, BlankNode) else key(term)))
        for way, predicate, term in said
    )
    return hash((own, *parts))
