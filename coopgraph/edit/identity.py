"""What a thing is: its slug, whether one entry is two bodies, that two are not one, what followed what."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopgraph.edit import atomic
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.evidence import Support, in_both, put_evidence
from coopgraph.edit.graph import Graph
from coopgraph.edit.merge import turn
from coopgraph.edit.published import was_published
from coopgraph.edit.text import renamed
from coopgraph.errors import Text, UsageError
from coopgraph.iris import slug as slug_of


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


def free(graph: Graph, iri: str, *, published: Collection[Path] | None = None) -> NamedNode:
    """An IRI for a new thing. Raises UsageError where its slug can't be one, or is or ever was in use.

    `published` are all the files of releases, for those who ask of many.
    """
    new, short = NamedNode(iri), graph.names.shorten(iri)
    slug = iri.rpartition("/")[2]
    if not re.fullmatch(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*", slug):
        raise UsageError(
            f"'{slug}' can't be a slug. Give one in lower-case ASCII with hyphens, such as vaxjo-kommun.",
            f"'{slug}' kan inte vara en slug. Ange en med gemena ASCII-bokstäver och bindestreck, till exempel vaxjo-kommun.",
        )
    path = graph.path_of(new)
    was = was_published(graph.project, path) if published is None else path in published
    if graph.describes(new) or was:
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
        turn(draft, thing, new, mine)
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
