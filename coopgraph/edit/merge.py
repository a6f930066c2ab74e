"""Merge two entries for one thing, and retire one that is no more: a tombstone stays, and what used it goes elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.edit import find
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.evidence import Support, in_both, put_evidence
from coopgraph.edit.graph import Graph
from coopgraph.errors import Text, UsageError
from coopgraph.store import Term


def merge(
    graph: Graph,
    gone: NamedNode,
    kept: NamedNode,
    *,
    reason: Text | None = None,
    supports: Sequence[Support] = (),
    sources: Path | None = None,
) -> Change:
    """Make two entries for one thing one: `gone` becomes a tombstone that leads to `kept`.

    Every reference to the one goes to the other. The one that stays gets the names that it lacks, and of the properties
    that it has no value of, those of the other, with their parts and evidence; where both have values, its own stand.
    Raises UsageError for one thing twice, things of different kinds, or one that is retired already.
    """
    folder = gone.value.rpartition("/")[0]
    if gone == kept or folder != kept.value.rpartition("/")[0]:
        raise UsageError(
            "Two different things of one kind can be merged, and no others.",
            "Bara två olika saker av samma slag kan slås ihop.",
        )
    _must_live(graph, gone, kept)
    draft = Draft(graph)
    users = turn(draft, gone, kept, graph.references(gone))
    _inherit(draft, gone, kept)
    name = Text(graph.label(kept, "en"), graph.label(kept, "sv"))
    why = reason or Text(f"The same as {name.en}.", f"Samma som {name.sv}.")
    _entomb(draft, gone, why, find.today(), kept, users)
    for support in supports:
        put_evidence(draft, gone, support, sources=sources)
    return propose(graph, "merge", draft.texts(), about=[gone, kept], reason=why.sv, notes=draft.notes)


def retire(
    graph: Graph,
    thing: NamedNode,
    *,
    reason: Text,
    successor: NamedNode | None = None,
    when: Literal | None = None,
    supports: Sequence[Support] = (),
    sources: Path | None = None,
) -> Change:
    """Let a thing no longer be used: a tombstone stays where it was. With a successor every reference goes to that.

    Raises UsageError where something still refers to it and there is no successor.
    """
    _must_live(graph, thing, *([successor] if successor else []))
    draft = Draft(graph)
    references = graph.references(thing)
    others = [
        quad
        for quad in references
        if isinstance(quad.subject, NamedNode) and not quad.subject.value.startswith(thing.value + "#")
    ]
    if others and successor is None:
        users = ", ".join(sorted({graph.names.shorten(str(quad.subject)[1:-1]) for quad in others}))
        short = graph.names.shorten(thing.value)
        raise UsageError(
            f"{short} is still used by: {users}. Take these links out, or say what replaces it: --replaced-by",
            f"{short} används fortfarande av: {users}. Ta bort de länkarna, eller ange vad som ersätter den: --replaced-by",
        )
    users_ = turn(draft, thing, successor, references) if successor else []
    _entomb(draft, thing, reason, when or find.today(), successor, users_)
    for support in supports:
        put_evidence(draft, thing, support, sources=sources)
    return propose(graph, "retire", draft.texts(), about=[thing], reason=reason.sv, notes=draft.notes)


def turn(draft: Draft, old: NamedNode, new: NamedNode, references: Iterable[Quad]) -> list[NamedNode]:
    """Let references go to another thing; gives the things that they come from."""
    users: dict[NamedNode, None] = {}
    for quad in references:
        if not isinstance(quad.subject, NamedNode) or quad.subject.value.partition("#")[0] == old.value:
            continue
        if quad.predicate == draft.names.expand("dct:isReferencedBy"):
            continue
        draft.swap(quad, Triple(quad.subject, quad.predicate, new))
        users[NamedNode(quad.subject.value.partition("#")[0])] = None
    return sorted(users, key=lambda one: one.value)


def _must_live(graph: Graph, *things: NamedNode) -> None:
    for one in things:
        if graph.objects(one, "owl:deprecated"):
            short = graph.names.shorten(one.value)
            raise UsageError(f"{short} is retired already.", f"{short} är redan utgången.")


def _inherit(draft: Draft, gone: NamedNode, kept: NamedNode) -> None:
    """Give the thing that stays what only the other says."""
    graph, names = draft.graph, draft.names
    own = graph.about(kept)
    has = {triple.predicate for triple in own}
    labels = {triple.object for triple in own if triple.predicate in _naming(graph)}
    for label in (*graph.objects(gone, "skos:prefLabel"), *graph.objects(gone, "skos:altLabel")):
        if label not in labels:
            labels.add(label)
            draft.add(kept, "skos:altLabel", label)
    silence = names.expand("coop:notStated")
    parts: list[NamedNode] = []
    for triple in graph.about(gone):
        value = triple.object
        if triple.predicate in {*_naming(graph), names.expand("rdf:type"), silence}:
            continue
        part = isinstance(value, NamedNode) and value.value.startswith(gone.value + "#")
        if triple.predicate in has and not part:
            continue
        if part:
            assert isinstance(value, NamedNode)
            parts.append(value)
        else:
            draft.put([Triple(kept, triple.predicate, value)])
            if triple.predicate in {one.object for one in own if one.predicate == silence}:
                draft.take_values(kept, "coop:notStated", triple.predicate)
    _bring_parts(draft, gone, kept, parts)


def _naming(graph: Graph) -> tuple[NamedNode, NamedNode]:
    return graph.names.expand("skos:prefLabel"), graph.names.expand("skos:altLabel")


def _bring_parts(draft: Draft, gone: NamedNode, kept: NamedNode, parts: Sequence[NamedNode]) -> None:
    """Copy parts, and the evidence of the thing and of them, under names that the other thing has free."""
    graph = draft.graph
    body = graph.names.expand("oa:hasBody")
    evidence = [
        quad.subject
        for fact in (gone, *parts)
        for quad in graph.engine.quads_for_pattern(None, body, fact)
        if graph.is_authored(quad)
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith(gone.value)
    ]
    copies: dict[Term, NamedNode] = {gone: kept}
    for node in dict.fromkeys((*parts, *evidence)):
        name, number = node.value.partition("#")[2], 1
        copy = NamedNode(f"{kept.value}#{name}")
        while draft.knows(copy) or copy in copies.values():
            number += 1
            copy = NamedNode(f"{kept.value}#{name}-{number}")
        copies[node] = copy
    for node in parts:
        for quad in graph.engine.quads_for_pattern(gone, None, node):
            draft.put([Triple(kept, quad.predicate, copies[node])])
    for node in dict.fromkeys((*parts, *evidence)):
        draft.put(
            [
                Triple(copies[node], one.predicate, copies.get(one.object, one.object))  # type: ignore[arg-type]
                for one in graph.about(node)
            ]
        )


def _entomb(
    draft: Draft,
    thing: NamedNode,
    why: Text,
    when: Literal,
    successor: NamedNode | None,
    users: Sequence[NamedNode],
) -> None:
    """Make a tombstone of a thing: its facts stay, with why and since when it is not to be used, and what used it."""
    names = draft.names
    draft.add(thing, "owl:deprecated", Literal("true", datatype=names.expand("xsd:boolean")))
    if successor is not None:
        draft.add(thing, "dct:isReplacedBy", successor)
    draft.add(thing, "dct:isReferencedBy", *users)
    draft.take_values(thing, "coop:date")
    draft.add(thing, "coop:date", when)
    draft.take_values(thing, "coop:reason")
    draft.add(thing, "coop:reason", *in_both(why))
    if names.expand("coop:date") in draft.graph.objects(thing, "coop:notStated"):
        draft.take_values(thing, "coop:notStated", names.expand("coop:date"))
