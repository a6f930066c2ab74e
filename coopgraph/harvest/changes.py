"""What a harvest changes: the things that came, went, and are there with other facts than before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

_Facts = tuple[NamedNode, frozenset[str]]


@dataclass(frozen=True)
class Change:
    """What became of the things of a class: how many came, went, changed, and stayed as they were."""

    kind: NamedNode
    added: int
    removed: int
    changed: int
    same: int


def changes(former: Collection[Triple], new: Collection[Triple], *, source: str) -> tuple[Change, ...]:
    """The change of each class from one harvest to the next; what tells of the harvest itself, `source`, apart."""
    before, after = _facts(former, source), _facts(new, source)
    found = []
    for kind in sorted({kind for kind, _ in (*before.values(), *after.values())}, key=lambda one: one.value):
        was = {thing: facts for thing, (its, facts) in before.items() if its == kind}
        now = {thing: facts for thing, (its, facts) in after.items() if its == kind}
        same = sum(1 for thing, facts in now.items() if was.get(thing) == facts)
        both = len(was.keys() & now.keys())
        found.append(Change(kind, len(now) - both, len(was) - both, both - same, same))
    return tuple(found)


def _facts(triples: Collection[Triple], source: str) -> dict[NamedNode, _Facts]:
    """The class of each thing, and all that is said of it."""
    classes: dict[NamedNode, NamedNode] = {}
    said: dict[NamedNode, list[str]] = defaultdict(list)
    for subject, predicate, value in triples:
        if isinstance(subject, NamedNode):
            said[subject].append(f"{predicate} {value}")
            if predicate == _TYPE and isinstance(value, NamedNode):
                classes[subject] = min(value, classes.get(subject, value), key=lambda one: one.value)
    return {
        thing: (kind, frozenset(said[thing]))
        for thing, kind in classes.items()
        if thing.value not in (source, f"{source}#harvest")
    }
