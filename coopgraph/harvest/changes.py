"""What a harvest changes: the things that came, went, and are there with other facts than before."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class Change:
    """What became of the things of a class: how many came, went, changed, and stayed as they were."""

    kind: NamedNode
    added: int
    removed: int
    changed: int
    same: int


def changes(former: Set[Triple], new: Set[Triple], *, source: str) -> tuple[Change, ...]:
    """The change of each class from one harvest to the next; what tells of the harvest itself, `source`, apart."""
    before, after = _kinds(former, source), _kinds(new, source)
    touched = {triple.subject for triples in (former - new, new - former) for triple in triples}
    found = []
    for kind in sorted({*before.values(), *after.values()}, key=lambda one: one.value):
        was = {thing for thing, its in before.items() if its == kind}
        now = {thing for thing, its in after.items() if its == kind}
        both = was & now
        changed = len(both & touched)
        found.append(Change(kind, len(now - both), len(was - both), changed, len(both) - changed))
    return tuple(found)


def _kinds(triples: Iterable[Triple], source: str) -> dict[NamedNode, NamedNode]:
    """The class of each thing."""
    found: dict[NamedNode, NamedNode] = {}
    for triple in triples:
        thing, kind = triple.subject, triple.object
        if triple.predicate == _TYPE and isinstance(thing, NamedNode) and isinstance(kind, NamedNode):
            found[thing] = min(kind, found.get(thing, kind), key=lambda one: one.value)
    return {thing: kind for thing, kind in found.items() if thing.value not in (source, f"{source}#harvest")}
