"""Fitting what was harvested into the dataset: one value where there can be one, and each thing described once.

- Statements may disagree on a property that has one value (`owl:FunctionalProperty`). The least value stands on the thing;
  what each statement says stays in its evidence. What one statement says is not "not stated" because another is silent.
- A harvested thing that another file describes already, by its IRI, a `skos:exactMatch` or an identifier in common, is that
  thing: what is said of it there stands, and what is linked to it here is linked to it there. So are a partnership of the
  same parties and kind, and a membership of the same body, network, role and start: the evidence comes to rest on them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Things = Mapping[NamedNode, Mapping[NamedNode, Collection[NamedNode | BlankNode | Literal]]]
"""What is said of each subject, by property."""
Keys = Mapping[NamedNode, set[Hashable]]
"""What each thing can be known by."""

_ENTITY = "http://www.wikidata.org/entity/"
_FOLDER = re.compile(r"/id/([a-z]+)/[^/#]+$")


def _coop(name: str) -> NamedNode:
    return NamedNode("https://w3id.org/coopgraph/ns#" + name)


def _org(name: str) -> NamedNode:
    return NamedNode("http://www.w3.org/ns/org#" + name)


_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_EXACT = NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch")
_NOTATION = NamedNode("http://www.w3.org/2004/02/skos/core#notation")
_IDENTIFIER = NamedNode("http://www.w3.org/ns/adms#identifier")
_KIND = NamedNode("http://purl.org/dc/terms/type")
_WIKIDATA = NamedNode("https://w3id.org/coopgraph/id/concept/idtype/wikidata")
_DIARY = NamedNode(
    "https://w3id.org/coopgraph/id/concept/idtype/diary-number"
)  # of a matter, not of one thing
_PARTY_ROLE = NamedNode("https://w3id.org/coopgraph/id/concept/role/party")
_NOT_STATED = _coop("notStated")
_PARTY, _START = _coop("hasParty"), _coop("start")
_ROLE, _MEMBER, _BODY = _org("role"), _org("member"), _org("organization")
_MARKS = frozenset((_EXACT, _IDENTIFIER, _NOTATION, _KIND))
_BONDS = frozenset((_TYPE, _KIND, _PARTY, _START, _ROLE, _MEMBER, _BODY))


def settled(triples: Collection[Triple], functional: Collection[NamedNode]) -> set[Triple]:
    """The triples with one value for each property that has one, and nothing both stated and not stated."""
    values: dict[tuple[object, NamedNode], list[Triple]] = defaultdict(list)
    for triple in triples:
        if triple.predicate in functional:
            values[triple.subject, triple.predicate].append(triple)
    least = {min(found, key=lambda one: str(one.object)) for found in values.values()}
    return {
        triple
        for triple in triples
        if (triple.predicate not in functional or triple in least)
        and not (
            triple.predicate == _NOT_STATED
            and isinstance(triple.object, NamedNode)
            and (triple.subject, triple.object) in values
        )
    }


def fitted(triples: Collection[Triple], known: Collection[Triple]) -> tuple[set[Triple], int]:
    """The triples without what the dataset describes elsewhere, linked to that; and how many things were found there.

    `known` is what the other files of the dataset say.
    """
    described = {_whole(one.subject) for one in known if isinstance(one.subject, NamedNode)}
    fit = set(triples)
    renamed = 0
    # what a partnership is known by is its parties, which must be known first
    for keys, verbs in ((_marks, _MARKS), (_bonds, _BONDS)):
        same = _same(keys(things_of(fit, verbs)), keys(things_of(known, verbs)), described)
        renamed += len(same)
        touched = [one for one in fit if one.subject in same or one.object in same]
        fit.difference_update(touched)
        fit.update(
            Triple(same.get(one.subject, one.subject), one.predicate, same.get(one.object, one.object))
            for one in touched
        )
    shared = {_whole(one.subject) for one in fit if isinstance(one.subject, NamedNode)} & described
    left = {one for one in fit if not isinstance(one.subject, NamedNode) or _whole(one.subject) not in shared}
    return left, max(renamed, len(shared))


def things_of(triples: Iterable[Triple], verbs: Collection[NamedNode]) -> Things:
    """What some triples say with these properties, by subject and property."""
    found: dict[NamedNode, dict[NamedNode, list[NamedNode | BlankNode | Literal]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for triple in triples:
        subject, predicate, value = triple
        if predicate in verbs and isinstance(subject, NamedNode) and not isinstance(value, Triple):
            found[subject][predicate].append(value)
    return found


def _whole(node: NamedNode) -> NamedNode:
    """The thing that a part belongs to."""
    return NamedNode(node.value.partition("#")[0])


def _marks(things: Things) -> Keys:
    """What a thing is known by wherever it is described: other names of it, and identifiers. Of its own folder only."""
    found: dict[NamedNode, set[Hashable]] = {}
    for thing, said in things.items():
        folder = _FOLDER.search(thing.value)
        if folder is None:
            continue
        marks: set[Hashable] = {(folder[1], _EXACT, other) for other in said.get(_EXACT, ())}
        for part in said.get(_IDENTIFIER, ()):
            about = things.get(part, {}) if isinstance(part, NamedNode) else {}
            for code in about.get(_NOTATION, ()):
                if _WIKIDATA in about.get(_KIND, ()):
                    marks.add((folder[1], _EXACT, NamedNode(_ENTITY + code.value)))
                marks |= {(folder[1], kind, code) for kind in about.get(_KIND, ()) if kind != _DIARY}
        found[thing] = marks
    return found


def _bonds(things: Things) -> Keys:
    """What a partnership or a membership is known by: whom it joins, and as what."""
    parties: dict[object, set[object]] = defaultdict(set)
    found: dict[NamedNode, set[Hashable]] = {}
    for thing, said in things.items():
        parties[thing] |= set(said.get(_PARTY, ()))
        for role in said.get(_ROLE, ()):
            for body in said.get(_BODY, ()):
                for member in said.get(_MEMBER, ()):
                    start = tuple(sorted(map(str, said.get(_START, ()))))
                    found.setdefault(thing, set()).add((member, body, role, start))
                    if role == _PARTY_ROLE:
                        parties[body].add(member)
    for thing, said in things.items():
        if _coop("Partnership") in said.get(_TYPE, ()) and len(parties[thing]) > 1:
            found[thing] = {(frozenset(parties[thing]), kind) for kind in said.get(_KIND, ())}
    return found


def _same(ours: Keys, theirs: Keys, described: Collection[NamedNode]) -> dict[object, NamedNode]:
    """Each of our things with the one of theirs that it shares a key with, where that is a single one."""
    owners: dict[Hashable, set[NamedNode]] = defaultdict(set)
    for thing, keys in theirs.items():
        for key in keys:
            owners[key].add(thing)
    found: dict[object, NamedNode] = {}
    for thing, keys in ours.items():
        if thing in described:
            continue
        others: set[NamedNode] = set().union(*(owners.get(key, set()) for key in keys))
        if len(others) == 1:
            found[thing] = others.pop()
    return found
