"""The rules over authored triples that no shape can hold: terms, links, literals, languages, retirement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from coopgraph.dates import EDTF, bounds
from coopgraph.validate.facts import RDF, REPLACED, TYPE, XSD, Facts
from coopgraph.validate.findings import Finding
from coopgraph.validate.literals import ill_formed

_MONTH = re.compile(r"-?\d{4}-(\d\d)(?!\d)")
Check = Callable[[Facts, Quad], Iterator[Finding]]


def _hint(meant: str | None) -> tuple[str, str]:
    """ "Did you mean", in Swedish and English."""
    return (f" Menade du {meant}?", f" Did you mean {meant}?") if meant else ("", "")


def unknown_terms(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A predicate or class that no known vocabulary declares."""
    used = [("egenskapen", "property", quad.predicate)]
    if quad.predicate == TYPE and isinstance(quad.object, NamedNode):
        used.append(("klassen", "class", quad.object))
    if isinstance(quad.object, Literal):
        used.append(("datatypen", "datatype", quad.object.datatype))
    for sv, en, term in used:
        if facts.knows(term):
            continue
        meant = facts.meant(term.value, facts.terms)
        hint_sv, hint_en = _hint(meant)
        short = facts.names.shorten(term.value)
        yield facts.finding(
            "unknown-term",
            quad,
            f"Ingen känd vokabulär har {sv} {short}.{hint_sv} Rätta stavningen, eller beskriv termen i ontology/.",
            f"No known vocabulary has the {en} {short}.{hint_en} Mend the spelling, or describe the term in ontology/.",
            value=short,
            predicate=term == quad.predicate,
            meant=meant,
        )


def dangling(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A link to a thing under the base, or to a concept of a scheme, that nothing describes."""
    target = quad.object
    if quad.predicate == TYPE or not isinstance(target, NamedNode):
        return
    if not target.value.startswith(facts.closed) or facts.describes(target.value):
        return
    short = facts.names.shorten(target.value)
    meant = facts.meant(target.value, facts.things(parts="#" in target.value))
    hint_sv, hint_en = _hint(meant)
    path = facts.names.path_of(target.value)
    of_data = path is not None and not path.startswith("concept/")
    if not of_data and meant is None and (listed := facts.concepts_beside(target.value)):
        hint_sv, hint_en = f" Listan har: {listed}.", f" The list has: {listed}."
    where, where_sv = (
        (f"data/{path}.ttl",) * 2
        if of_data
        else (
            "ontology/schemes/<a name of its own>.ttl in your dataset",
            "ontology/schemes/<eget namn>.ttl i din datamängd",
        )
    )
    yield facts.finding(
        "dangling",
        quad,
        f"Ingenting beskriver {short}.{hint_sv} Rätta länken, eller beskriv {'saken' if of_data else 'begreppet'} i {where_sv}.",
        f"Nothing describes {short}.{hint_en} Mend the link, or describe the {'thing' if of_data else 'concept'} in {where}.",
        meant=meant,
    )


def literals(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A literal that can't be of its datatype; a date that is not EDTF."""
    literal = quad.object
    if not isinstance(literal, Literal):
        return
    if not impossible(literal):
        return
    if literal.datatype.value == EDTF:
        month = _MONTH.match(literal.value)
        no_month = month is not None and not 1 <= int(month[1]) <= 12 and not 21 <= int(month[1]) <= 24
        why, why_sv = (
            (f" There is no month {month[1]}.", f" Månaden {month[1]} finns inte.")
            if month and no_month
            else ("", "")
        )
        yield facts.finding(
            "date",
            quad,
            f'"{literal.value}" är inget möjligt datum.{why_sv} Skriv det som EDTF: 1996, 2008-09, 2011-09-06, 198X (1980-talet) eller 2005/..',
            f'"{literal.value}" is no possible date.{why} Write it as EDTF: 1996, 2008-09, 2011-09-06, 198X (the 1980s) or 2005/..',
        )
    else:
        kind = facts.names.shorten(literal.datatype.value)
        yield facts.finding(
            "literal",
            quad,
            f'"{literal.value}" kan inte vara ett värde av typen {kind}. Rätta värdet eller datatypen.',
            f'"{literal.value}" can\'t be a value of the type {kind}. Mend the value or the datatype.',
        )


def impossible(literal: Literal) -> bool:
    """Whether the literal can't be a value of its datatype."""
    if literal.datatype.value != EDTF:
        return ill_formed(literal)
    try:
        bounds(literal.value)
    except ValueError:
        return True
    return False


def languages(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A language tag that the IANA registry does not know."""
    literal = quad.object
    if isinstance(literal, Literal) and literal.language and not registered(literal.language):
        yield facts.finding(
            "language-tag",
            quad,
            f"Språkkoden @{literal.language} är inte registrerad. Använd till exempel @sv, @en, @de eller @lt (BCP 47).",
            f"The language tag @{literal.language} is not registered. Use @sv, @en, @de or @lt, for example (BCP 47).",
            value=f'"{literal.value}"@{literal.language}',
        )


@cache
def registered(tag: str) -> bool:
    """Whether a language tag is valid by BCP 47 and its IANA registry."""
    if tag in ("sv", "en"):  # nearly all are, and the registry takes a while to read
        return True
    from language_tags import tags

    return bool(tags.check(tag))


def blank_nodes(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A blank node as object."""
    if isinstance(quad.object, BlankNode):
        yield facts.finding(
            "blank-node",
            quad,
            "Här står en tom nod. Ge den en egen IRI, till exempel <#scb>, och beskriv den i samma fil.",
            "A blank node stands here. Give it an IRI of its own, such as <#scb>, and describe it in the same file.",
            value="[ … ]",
        )


def derived(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A property that only the build may write."""
    if quad.predicate.value in facts.derived:
        short = facts.names.shorten(quad.predicate.value)
        yield facts.finding(
            "derived-authored",
            quad,
            f"{short} härleds av bygget och skrivs aldrig för hand. Ta bort raden; skriv det som den följer av.",
            f"{short} is derived by the build and never written by hand. Remove the line; write what it follows from.",
            predicate=True,
        )


def retired(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A link to a thing that was retired."""
    target = quad.object
    if not isinstance(target, NamedNode) or target.value not in facts.retired or quad.predicate == REPLACED:
        return
    if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(target.value + "#"):
        return  # the tombstone's own evidence
    short, successor = facts.short(target), facts.retired[target.value]
    sv = f"Använd {facts.names.shorten(successor)} i stället." if successor else "Ta bort länken."
    en = f"Use {facts.names.shorten(successor)} instead." if successor else "Remove the link."
    yield facts.finding("retired-in-use", quad, f"{short} är utgången. {sv}", f"{short} is retired. {en}")


PER_TRIPLE: tuple[Check, ...] = (unknown_terms, dangling, literals, languages, blank_nodes, derived, retired)


def per_triple(facts: Facts, quads: Iterable[Quad] | None = None) -> Iterator[Finding]:
    """Every rule on these authored triples, or on all of them."""
    for quad in suspects(facts) if quads is None else quads:
        for check in PER_TRIPLE:
            yield from check(facts, quad)


def suspects(facts: Facts) -> Iterator[Quad]:
    """The authored triples that some rule may object to.

    The store is asked for the distinct terms in each place, which are few beside the triples; only triples with a term
    that is out of order are looked at one by one.
    """
    select = facts.assembly.store.select
    engine = facts.engine
    found: set[Quad] = set()
    for (term,) in select("SELECT DISTINCT ?p WHERE { ?s ?p ?o }"):
        if isinstance(term, NamedNode) and (not facts.knows(term) or term.value in facts.derived):
            found.update(engine.quads_for_pattern(None, term, None))
    for (term,) in select("SELECT DISTINCT ?c WHERE { ?s a ?c }"):
        if isinstance(term, NamedNode) and not facts.knows(term):
            found.update(engine.quads_for_pattern(None, TYPE, term))
    for (term,) in select(
        _UNTYPED % " || ".join(f"STRSTARTS(STR(?o), {Literal(one)})" for one in facts.closed)
    ):
        found.update(engine.quads_for_pattern(None, None, term))
    for (term,) in select("SELECT DISTINCT ?o WHERE { ?s ?p ?o FILTER(ISBLANK(?o)) }"):
        found.update(engine.quads_for_pattern(None, None, term))
    for (term,) in select(_TYPED_LITERALS):
        if isinstance(term, Literal) and (not facts.knows(term.datatype) or impossible(term)):
            found.update(engine.quads_for_pattern(None, None, term))
    for (tag,) in select('SELECT DISTINCT (LANG(?o) AS ?l) WHERE { ?s ?p ?o FILTER(LANG(?o) != "") }'):
        if tag is not None and not registered(tag.value):
            for (term,) in select(f"SELECT DISTINCT ?o WHERE {{ ?s ?p ?o FILTER(LANG(?o) = {tag}) }}"):
                found.update(engine.quads_for_pattern(None, None, term))
    for iri in facts.retired:
        found.update(engine.quads_for_pattern(None, None, NamedNode(iri)))
    for quad in found:
        origin = (
            facts.assembly.origins.get(quad.graph_name) if isinstance(quad.graph_name, NamedNode) else None
        )
        if origin is not None and origin.authored:
            yield quad


_UNTYPED = "SELECT DISTINCT ?o WHERE { ?s ?p ?o FILTER(%s) OPTIONAL { ?o a ?type } FILTER(!BOUND(?type)) }"
_TYPED_LITERALS = (
    "SELECT DISTINCT ?o WHERE { ?s ?p ?o FILTER(ISLITERAL(?o)) BIND(DATATYPE(?o) AS ?d) "
    f"FILTER(?d != <{XSD}string> && ?d != <{RDF}langString>) }}"
)
