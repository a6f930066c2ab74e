"""Change facts: a mistaken value, a fact that never was, an end, a new official name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.dates import phrase
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.evidence import Support, in_both, put_evidence, state
from coopgraph.edit.find import refuse_class
from coopgraph.edit.graph import Graph
from coopgraph.edit.published import was_published
from coopgraph.errors import Text, UsageError
from coopgraph.store import Term


def correct(
    graph: Graph,
    fact: NamedNode,
    property_: str,
    old: Term | None,
    new: Term,
    *,
    reason: str,
    supports: Sequence[Support] = (),
    sources: Path | None = None,
) -> Change:
    """Put the right value in the place of a mistaken one. `old` may be left out where the fact has one value only, or none:
    then it gets the value that some evidence has.

    Without new words the source was misread: the evidence of the old value gets the new one too. With words of their
    own, or where other evidence has the new value, the old evidence stays as another source's word. Raises UsageError where the
    fact does not have the old value.
    """
    draft = Draft(graph)
    if old is None and not graph.objects(fact, property_) and carriers(graph, fact, property_, new):
        state(draft, fact, property_, new)
    else:
        value = old if old is not None else the_one(graph, fact, property_)
        put_correction(draft, fact, property_, value, new, supports=supports, sources=sources)
    return propose(graph, "correct", draft.texts(), about=[fact], reason=reason, notes=draft.notes)


def put_correction(
    draft: Draft,
    fact: NamedNode,
    property_: str,
    old: Term,
    new: Term,
    *,
    supports: Sequence[Support] = (),
    sources: Path | None = None,
) -> None:
    """Put the right value in the place of a mistaken one into a draft."""
    graph = draft.graph
    refuse_class(graph, property_)
    _must_have(graph, fact, property_, old)
    _swap(draft, fact, graph.names.expand(property_), old, new)
    for support in supports:
        put_evidence(draft, fact, support, property_=property_, value=new, sources=sources)
    if not supports and not carriers(graph, fact, property_, new):
        for evidence in carriers(graph, fact, property_, old):
            _swap(draft, evidence, graph.names.expand("coop:value"), old, new)


def the_one(graph: Graph, fact: NamedNode, property_: str) -> Term:
    """The only value of a property. Raises UsageError where there is none, or more than one."""
    values = graph.objects(fact, property_)
    if len(values) == 1:
        return values[0]
    short = graph.names.shorten(fact.value)
    if not values:
        raise UsageError(
            f"{short} has no {property_} to correct. Give it one, with its evidence: coopgraph evidence add",
            f"{short} har ingen {property_} att rätta. Lägg till den med sitt belägg: coopgraph evidence add",
        )
    shown = ", ".join(one.value for one in values)
    raise UsageError(
        f"{short} has several values of {property_}: {shown}. Say which: --old",
        f"{short} har flera värden av {property_}: {shown}. Ange vilket: --old",
    )


def _must_have(graph: Graph, fact: NamedNode, property_: str, value: Term) -> None:
    values = graph.objects(fact, property_)
    if value not in values:
        short, shown = graph.names.shorten(fact.value), ", ".join(one.value for one in values) or "–"
        raise UsageError(
            f"{short} does not have the value {value.value} of {property_}. It has: {shown}.",
            f"{short} har inte värdet {value.value} på {property_}. Den har: {shown}.",
        )


def _swap(draft: Draft, subject: NamedNode, predicate: NamedNode, old: Term, new: Term) -> None:
    for quad in draft.graph.engine.quads_for_pattern(subject, predicate, old):
        if draft.graph.is_authored(quad):
            draft.swap(quad, Triple(subject, predicate, new))


def carriers(graph: Graph, fact: NamedNode, property_: str, value: Term) -> list[NamedNode]:
    """The evidence that carries the value of the fact's property."""
    about = graph.names.expand("coop:property"), graph.names.expand(property_)
    return [
        quad.subject
        for quad in _evidence_of(graph, fact)
        if isinstance(quad.subject, NamedNode)
        and any(graph.engine.quads_for_pattern(quad.subject, *about))
        and value in graph.objects(quad.subject, "coop:value")
    ]


def _evidence_of(graph: Graph, fact: NamedNode) -> list[Quad]:
    quads = graph.engine.quads_for_pattern(None, graph.names.expand("oa:hasBody"), fact)
    return [quad for quad in quads if graph.is_authored(quad)]


def remove(
    graph: Graph, fact: NamedNode, property_: str | None, value: Term | None, *, reason: str
) -> Change:
    """Take out what never was: a value with the evidence that carries it, or a whole thing or part with its evidence.

    Raises UsageError for a whole thing that was published (retire it). One that others link to is refused by its findings.
    """
    draft = Draft(graph)
    if property_ is not None:
        refuse_class(graph, property_)
        value = value if value is not None else the_one(graph, fact, property_)
        _must_have(graph, fact, property_, value)
        draft.take_values(fact, property_, value)
        for evidence in carriers(graph, fact, property_, value):
            _take_whole(draft, evidence)
        if isinstance(value, NamedNode) and value.value.startswith(fact.value + "#"):
            _take_part(draft, value)
    elif "#" in fact.value:
        _take_part(draft, fact)
        draft.take([quad for quad in graph.references(fact) if quad.subject != fact])
    else:
        path = graph.path_of(fact)
        if was_published(graph.project, path):
            raise UsageError(
                f"{graph.names.shorten(fact.value)} has been published, and its IRI must go on answering. Retire it: coopgraph retire",
                f"{graph.names.shorten(fact.value)} är publicerad, och dess IRI ska fortsätta att svara. Låt den utgå: coopgraph retire",
            )
        file = graph.names.graph_of(graph.names.path_of(fact.value) or "")
        draft.take(list(graph.engine.quads_for_pattern(None, None, None, file)))
    return propose(graph, "remove", draft.texts(), about=[fact], reason=reason, notes=draft.notes)


def _take_whole(draft: Draft, node: NamedNode) -> None:
    quads = draft.graph.engine.quads_for_pattern(node, None, None)
    draft.take([quad for quad in quads if draft.graph.is_authored(quad)])


def _take_part(draft: Draft, part: NamedNode) -> None:
    _take_whole(draft, part)
    for quad in _evidence_of(draft.graph, part):
        if isinstance(quad.subject, NamedNode):
            _take_whole(draft, quad.subject)


def end(
    graph: Graph,
    fact: NamedNode,
    when: Literal | None,
    supports: Sequence[Support],
    *,
    status: NamedNode | None = None,
    sources: Path | None = None,
) -> Change:
    """Let a partnership, membership, agreement, network, programme or project end: on a date, or on one that no source says.

    The words carry both the end and the status, which is ended unless it is given.
    """
    draft = Draft(graph)
    put_end(draft, fact, when, supports, status=status, sources=sources)
    return propose(graph, "end", draft.texts(), about=[fact], notes=draft.notes)


def put_end(
    draft: Draft,
    fact: NamedNode,
    when: Literal | None,
    supports: Sequence[Support],
    *,
    status: NamedNode | None = None,
    sources: Path | None = None,
) -> None:
    """Put the end of something into a draft, and the words for it."""
    graph = draft.graph
    ended = status or graph.names.expand("status:ended")
    if when is not None:
        state(draft, fact, "coop:end", when)
    elif not graph.objects(fact, "coop:end"):
        silent = graph.names.expand("coop:end")
        if silent not in graph.objects(fact, "coop:notStated"):
            draft.add(fact, "coop:notStated", silent)
    state(draft, fact, "coop:status", ended)
    for support in supports:
        if when is not None:
            put_evidence(draft, fact, support, property_="coop:end", value=when, sources=sources)
        put_evidence(draft, fact, support, property_="coop:status", value=ended, sources=sources)


def rename(
    graph: Graph,
    thing: NamedNode,
    new: Text,
    when: Literal,
    supports: Sequence[Support],
    *,
    sources: Path | None = None,
) -> Change:
    """Give a thing its new official name from a date. The slug stays; the old name stays too, as another name and with its
    time in a remark, which rests on the words.
    """
    draft = Draft(graph)
    old = {
        one.language: one.value for one in graph.objects(thing, "skos:prefLabel") if isinstance(one, Literal)
    }
    also = graph.objects(thing, "skos:altLabel")
    for name in in_both(new):
        _name(draft, thing, name, old.get(name.language), also)
    number = 1
    while draft.knows(remark := NamedNode(f"{thing.value}#remark-name-{number}")):
        number += 1
    was = Text(old.get("en") or old.get("sv") or "", old.get("sv") or old.get("en") or "")
    draft.add(thing, "coop:hasRemark", remark)
    draft.add(remark, "rdf:type", graph.names.expand("coop:Remark"))
    draft.add(remark, "dct:type", graph.names.expand("remark:development"))
    draft.add(remark, "coop:end", when)
    told = Text(
        f"Was called {was.en} until {phrase(when.value, 'en')}.",
        f"Hette {was.sv} till {phrase(when.value, 'sv')}.",
    )
    draft.add(remark, "dct:description", *in_both(told))
    for support in supports:
        put_evidence(draft, remark, support, sources=sources)
    return propose(graph, "rename", draft.texts(), about=[thing], notes=draft.notes)


def _name(draft: Draft, thing: NamedNode, name: Literal, old: str | None, also: Sequence[Term]) -> None:
    """Put a name in the place of the old one of the language, which becomes another name."""
    if old == name.value:
        return
    if old is not None:
        former = Literal(old, language=name.language or "")
        draft.take_values(thing, "skos:prefLabel", former)
        if former not in also:
            draft.add(thing, "skos:altLabel", former)
    if name in also:
        draft.take_values(thing, "skos:altLabel", name)
    draft.add(thing, "skos:prefLabel", name)
