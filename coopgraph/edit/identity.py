"""What a thing is: its slug, whether two entries are one body or one entry two, what followed what, what is no more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.edit import atomic, find
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.evidence import Support, in_both, put_evidence
from coopgraph.edit.graph import Graph
from coopgraph.edit.published import was_published
from coopgraph.edit.splice import renamed
from coopgraph.errors import Text, UsageError
from coopgraph.iris import slug as slug_of
from coopgraph.store import Term


def move(graph: Graph, thing: NamedNode, slug: str, *, reason: str = "") -> Change:
    """Give a thing another slug, before it is published; every reference follows.

    Raises UsageError for a thing that has been published, or a slug that is or was in use.
    """
    short = graph.names.shorten(thing.value)
    if was_published(graph.project, graph.path_of(thing)):
        raise UsageError(
            f"{short} has been published, and its IRI never changes. A new name changes the label: coopgraph rename",
            f"{short} är publicerad, och dess IRI ändras aldrig. Ett nytt namn ändrar etiketten: coopgraph rename",
        )
    new = free(graph, thing.value.rpartition("/")[0] + "/" + slug)
    names = {thing.value: new.value}
    return propose(graph, "move", moved(graph, names), about=[thing, new], reason=reason, new_names=names)


def free(graph: Graph, iri: str) -> NamedNode:
    """An IRI for a new thing. Raises UsageError where its slug can't be one, or is or ever was in use."""
    new, short = NamedNode(iri), graph.names.shorten(iri)
    slug = iri.rpartition("/")[2]
    if not re.fullmatch(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*", slug):
        raise UsageError(
            f"'{slug}' can't be a slug. Give one in lower-case ASCII with hyphens, such as vaxjo-kommun.",
            f"'{slug}' kan inte vara en slug. Ange en med gemena ASCII-bokstäver och bindestreck, till exempel vaxjo-kommun.",
        )
    if graph.describes(new) or was_published(graph.project, graph.path_of(new)):
        raise UsageError(
            f"{short} is or was something already, and is never used again. Look at it: coopgraph show {short}. "
            "If this is another, give it a slug of its own: --slug",
            f"{short} är eller var redan något och används aldrig på nytt. Se efter: coopgraph show {short}. "
            "Är detta något annat, ge det en egen slug: --slug",
        )
    return new


def moved(graph: Graph, new_names: Mapping[str, str]) -> dict[Path, str | None]:
    """The files as they are when things have other names: their own under another path, and all that link to them."""
    texts: dict[Path, str | None] = {}
    things = {NamedNode(old): NamedNode(new) for old, new in new_names.items()}
    paths = {path for old in things for path in _files_naming(graph, old)}
    homes = {graph.path_of(old): graph.path_of(new) for old, new in things.items()}
    for path in paths | homes.keys():
        text = atomic.text_of(path)
        if text is None:
            continue
        texts[homes.get(path, path)] = renamed(text, new_names, graph.names, path=path)
        if path in homes:
            texts[path] = None
    return texts


def _files_naming(graph: Graph, thing: NamedNode) -> set[Path]:
    """The files that link to a thing or to one of its parts."""
    own = {
        quad.subject
        for quad in graph.engine.quads_for_pattern(None, None, None, _graph_of(graph, thing))
        if isinstance(quad.subject, NamedNode)
    }
    return {
        graph.assembly.origins[quad.graph_name].path
        for one in own | {thing}
        for quad in graph.references(one)
        if isinstance(quad.graph_name, NamedNode)
    }


def _graph_of(graph: Graph, thing: NamedNode) -> NamedNode:
    return graph.names.graph_of(graph.names.path_of(thing.value) or "")


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
    users = _turn(draft, gone, kept, graph.references(gone))
    _inherit(draft, gone, kept)
    name = Text(graph.label(kept, "en"), graph.label(kept, "sv"))
    why = reason or Text(f"The same as {name.en}.", f"Samma som {name.sv}.")
    _entomb(draft, gone, why, find.today(), kept, users)
    for support in supports:
        put_evidence(draft, gone, support, sources=sources)
    return propose(graph, "merge", draft.texts(), about=[gone, kept], reason=why.sv, notes=draft.notes)


def _must_live(graph: Graph, *things: NamedNode) -> None:
    for one in things:
        if graph.objects(one, "owl:deprecated"):
            short = graph.names.shorten(one.value)
            raise UsageError(f"{short} is retired already.", f"{short} är redan utgången.")


def _turn(draft: Draft, old: NamedNode, new: NamedNode, references: Iterable[Quad]) -> list[NamedNode]:
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
    users_ = _turn(draft, thing, successor, references) if successor else []
    _entomb(draft, thing, reason, when or find.today(), successor, users_)
    for support in supports:
        put_evidence(draft, thing, support, sources=sources)
    return propose(graph, "retire", draft.texts(), about=[thing], reason=reason.sv, notes=draft.notes)


def differ(graph: Graph, one: NamedNode, other: NamedNode, *, reason: str) -> Change:
    """Remember that two things of like names are two."""
    if one == other:
        raise UsageError("Name two things.", "Ange två saker.")
    draft = Draft(graph)
    first, second = sorted((one, other), key=lambda node: node.value)
    if second not in graph.objects(first, "owl:differentFrom"):
        draft.add(first, "owl:differentFrom", second)
    return propose(graph, "differ", draft.texts(), about=[one, other], reason=reason)


def split(
    graph: Graph,
    thing: NamedNode,
    names: Text,
    users: Sequence[NamedNode],
    *,
    slug: str | None = None,
    kind: NamedNode | None = None,
    country: NamedNode | None = None,
    reason: str,
) -> Change:
    """Make two things of an entry that was about two: a new one of the names, to which the references of `users` go.

    The new one has the classes of the old, and its kind and country unless others are given. That the two differ is
    remembered. Raises UsageError where one of `users` does not refer to the thing.
    """
    new = free(graph, thing.value.rpartition("/")[0] + "/" + (slug or slug_of(names.sv)))
    draft = Draft(graph)
    draft.add(new, "rdf:type", *graph.objects(thing, "rdf:type"))
    draft.add(new, "skos:prefLabel", *in_both(names))
    for predicate, given in (("org:classification", kind), ("coop:country", country)):
        draft.add(new, predicate, *([given] if given else graph.objects(thing, predicate)))
    draft.add(new, "owl:differentFrom", thing)
    references = graph.references(thing)
    for user in users:
        mine = [
            quad
            for quad in references
            if isinstance(quad.subject, NamedNode) and quad.subject.value.partition("#")[0] == user.value
        ]
        if not mine:
            short = graph.names.shorten(user.value), graph.names.shorten(thing.value)
            raise UsageError(
                f"{short[0]} does not refer to {short[1]}.", f"{short[0]} hänvisar inte till {short[1]}."
            )
        _turn(draft, thing, new, mine)
    return propose(graph, "split", draft.texts(), about=[thing, new], reason=reason)


def succeed(
    graph: Graph,
    predecessors: Sequence[NamedNode],
    successors: Sequence[NamedNode],
    when: Literal | None,
    names: Text,
    supports: Sequence[Support],
    *,
    slug: str | None = None,
    sources: Path | None = None,
) -> Change:
    """Say that bodies were followed by others, with the event and its date. Each stays a thing of its own: this is no merge."""
    event = free(graph, graph.names.expand(f"event:{slug or slug_of(names.sv)}").value)
    draft = Draft(graph)
    draft.add(event, "rdf:type", graph.names.expand("org:ChangeEvent"))
    draft.add(event, "skos:prefLabel", *in_both(names))
    draft.add(event, "org:originalOrganization", *predecessors)
    draft.add(event, "org:resultingOrganization", *successors)
    if when is not None:
        draft.add(event, "coop:date", when)
    else:
        draft.add(event, "coop:notStated", graph.names.expand("coop:date"))
    for support in supports:
        if when is not None:
            put_evidence(draft, event, support, property_="coop:date", value=when, sources=sources)
        else:
            put_evidence(draft, event, support, property_="org:originalOrganization", sources=sources)
    return propose(graph, "succeed", draft.texts(), about=[event], notes=draft.notes)
