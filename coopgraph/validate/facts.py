"""The rules over authored triples that no shape can hold: terms, links, literals, files, languages, retirement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rapidfuzz import process

from coopgraph.build.assemble import Assembly
from coopgraph.dates import EDTF, bounds
from coopgraph.iris import file_path
from coopgraph.validate.findings import Finding, Place, result_of_rule
from coopgraph.validate.literals import ill_formed
from coopgraph.validate.places import Places
from coopgraph.validate.rules import RULES

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
_TYPE = NamedNode(RDF + "type")
_IN_SCHEME = NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
_REPLACED = NamedNode("http://purl.org/dc/terms/isReplacedBy")
_ALWAYS = {RDF + "type", RDF + "langString", RDF + "Property"}

Check = Callable[["Facts", Quad], Iterator[Finding]]


class Facts:
    """What the rules need to know of the whole graph, gathered once."""

    def __init__(self, assembly: Assembly, places: Places) -> None:
        self.assembly, self.places, self.names = assembly, places, assembly.namespaces
        engine = assembly.store.engine
        vocabulary = {graph for graph, origin in assembly.origins.items() if not origin.authored}
        self.terms = {
            quad.subject.value
            for quad in engine.quads_for_pattern(None, _TYPE, None)
            if quad.graph_name in vocabulary and isinstance(quad.subject, NamedNode)
        }
        self.described = {
            quad.subject.value
            for quad in engine
            if isinstance(quad.subject, NamedNode) and quad.graph_name in assembly.origins
        }
        schemes = {
            quad.object.value
            for quad in engine.quads_for_pattern(None, _IN_SCHEME, None)
            if isinstance(quad.object, NamedNode)
        }
        self.closed = tuple(sorted({scheme + "/" for scheme in schemes} | {self.names.base + "id/"}))
        self.derived = {
            quad.subject.value
            for quad in engine.quads_for_pattern(
                None, NamedNode("http://www.w3.org/2004/02/skos/core#definition"), None
            )
            if isinstance(quad.object, Literal)
            and quad.object.language == "en"
            and _MARK in quad.object.value
            and isinstance(quad.subject, NamedNode)
        }
        true = Literal("true", datatype=NamedNode(XSD + "boolean"))
        self.retired = {
            quad.subject.value: next(
                (
                    found.object.value
                    for found in engine.quads_for_pattern(quad.subject, _REPLACED, None)
                    if isinstance(found.object, NamedNode)
                ),
                None,
            )
            for quad in engine.quads_for_pattern(None, NamedNode(OWL + "deprecated"), true)
            if isinstance(quad.subject, NamedNode)
        }

    def finding(
        self,
        rule: str,
        quad: Quad,
        sv: str,
        en: str,
        *,
        value: object = None,
        predicate: bool = False,
        meant: str | None = None,
    ) -> Finding:
        """A finding at the place of a triple's object, or of its predicate."""
        graph = quad.graph_name
        assert isinstance(graph, NamedNode)
        assert not isinstance(quad.subject, Triple)
        assert not isinstance(quad.object, Triple)
        return Finding(
            rule=rule,
            severity=RULES[rule].severity,
            message={"sv": sv, "en": en},
            focus=self.short(quad.subject),
            path=self.short(quad.predicate),
            value=self.short(quad.object) if value is None else str(value),
            place=self.places.of_triple(quad.triple, graph, predicate=predicate),
            result=result_of_rule(
                rule, RULES[rule].severity, quad.subject, predicate=quad.predicate, value=quad.object
            ),
            meant=meant,
        )

    def short(self, term: object) -> str:
        """A term as a person should read it."""
        if isinstance(term, NamedNode):
            return self.names.shorten(term.value)
        return term.value if isinstance(term, Literal) else str(term)

    def meant(self, iri: str, among: set[str]) -> str | None:
        """The name that was perhaps meant; none where nothing is near."""
        short = self.names.shorten(iri)
        near = process.extractOne(short, [self.names.shorten(one) for one in sorted(among)], score_cutoff=75)
        return near[0] if near else None


def _hint(meant: str | None) -> tuple[str, str]:
    """ "Did you mean", in Swedish and English."""
    return (f" Menade du {meant}?", f" Did you mean {meant}?") if meant else ("", "")


_MARK = "Derived by the build"


def unknown_terms(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A predicate or class that no known vocabulary declares."""
    used = [("egenskapen", "property", quad.predicate)]
    if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
        used.append(("klassen", "class", quad.object))
    if isinstance(quad.object, Literal) and not quad.object.datatype.value.startswith(XSD):
        used.append(("datatypen", "datatype", quad.object.datatype))
    for sv, en, term in used:
        if term.value in facts.terms or term.value in _ALWAYS:
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
    if quad.predicate == _TYPE or not isinstance(target, NamedNode) or target.value in facts.described:
        return
    if not target.value.startswith(facts.closed):
        return
    short = facts.names.shorten(target.value)
    meant = facts.meant(target.value, {iri for iri in facts.described if iri.startswith(facts.closed)})
    hint_sv, hint_en = _hint(meant)
    path = facts.names.path_of(target.value)
    where = f"data/{path}.ttl" if path else "ontology/schemes/"
    yield facts.finding(
        "dangling",
        quad,
        f"Ingenting beskriver {short}.{hint_sv} Rätta länken, eller beskriv saken i {where}.",
        f"Nothing describes {short}.{hint_en} Mend the link, or describe the thing in {where}.",
        meant=meant,
    )


def literals(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A literal that can't be of its datatype; a date that is not EDTF."""
    literal = quad.object
    if not isinstance(literal, Literal):
        return
    if literal.datatype.value == EDTF:
        try:
            bounds(literal.value)
        except ValueError:
            yield facts.finding(
                "date",
                quad,
                f'"{literal.value}" är inget möjligt datum. Skriv det som EDTF: 1996, 2008-09, 2011-09-06, 194X eller 2005/..',
                f'"{literal.value}" is no possible date. Write it as EDTF: 1996, 2008-09, 2011-09-06, 194X or 2005/..',
            )
    elif ill_formed(literal):
        kind = facts.names.shorten(literal.datatype.value)
        yield facts.finding(
            "literal",
            quad,
            f'"{literal.value}" kan inte vara ett värde av typen {kind}. Rätta värdet eller datatypen.',
            f'"{literal.value}" can\'t be a value of the type {kind}. Mend the value or the datatype.',
        )


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


def registered(tag: str) -> bool:
    """Whether a language tag is valid by BCP 47 and its IANA registry."""
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
    if not isinstance(target, NamedNode) or target.value not in facts.retired or quad.predicate == _REPLACED:
        return
    if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(target.value + "#"):
        return  # the tombstone's own evidence
    short, successor = facts.short(target), facts.retired[target.value]
    sv = f"Använd {facts.names.shorten(successor)} i stället." if successor else "Ta bort länken."
    en = f"Use {facts.names.shorten(successor)} instead." if successor else "Remove the link."
    yield facts.finding("retired-in-use", quad, f"{short} är utgången. {sv}", f"{short} is retired. {en}")


PER_TRIPLE: tuple[Check, ...] = (unknown_terms, dangling, literals, languages, blank_nodes, derived, retired)


def per_triple(facts: Facts) -> Iterator[Finding]:
    """Every rule on every authored triple."""
    for graph, origin in facts.assembly.origins.items():
        if not origin.authored:
            continue
        for quad in facts.assembly.store.engine.quads_for_pattern(None, None, None, graph):
            for check in PER_TRIPLE:
                yield from check(facts, quad)


def files(facts: Facts) -> Iterator[Finding]:
    """Files whose place and IRI disagree, and things that two files describe."""
    project, names, things = facts.assembly.project, facts.names, defaultdict(set)
    for graph, origin in facts.assembly.origins.items():
        if not origin.authored:
            continue
        here = names.thing_of(file_path(project, origin.path))
        imported = origin.path.is_relative_to(project.data / "import")
        for quad in facts.assembly.store.engine.quads_for_pattern(None, None, None, graph):
            if isinstance(quad.subject, NamedNode):
                things[quad.subject.value].add(graph)
        if imported:
            continue
        inside = sorted(subject for subject, graphs in things.items() if graph in graphs)
        for subject in dict.fromkeys(
            whole for whole in (one.partition("#")[0] for one in inside) if whole != here
        ):
            first = next(one for one in inside if one.partition("#")[0] == subject)
            place = facts.places.of_subject(NamedNode(first), graph)
            other = names.path_of(subject)
            sv = (
                f"Den hör hemma i data/{other}.ttl."
                if other
                else f"Dess IRI börjar inte med {names.base}id/."
            )
            en = (
                f"It belongs in data/{other}.ttl."
                if other
                else f"Its IRI does not begin with {names.base}id/."
            )
            yield _file_finding(
                "wrong-file",
                subject,
                f"Filen beskriver {names.shorten(subject)}. {sv} Flytta filen eller rätta @base.",
                f"The file describes {names.shorten(subject)}. {en} Move the file or mend @base.",
                place,
                facts,
            )
    for subject, graphs in sorted(things.items()):
        if len(graphs) > 1:
            paths = sorted(project.shown(facts.assembly.origins[graph].path) for graph in graphs)
            earliest, *others = sorted(graphs, key=lambda one: one.value)
            for graph in others:
                yield _file_finding(
                    "two-files",
                    subject,
                    f"{names.shorten(subject)} beskrivs i flera filer: {', '.join(paths)}. Behåll en.",
                    f"{names.shorten(subject)} is described in several files: {', '.join(paths)}. Keep one.",
                    facts.places.of_subject(NamedNode(subject), graph),
                    facts,
                    related=facts.places.of_subject(NamedNode(subject), earliest),
                )


def _file_finding(
    rule: str,
    subject: str,
    sv: str,
    en: str,
    place: Place | None,
    facts: Facts,
    *,
    related: Place | None = None,
) -> Finding:
    severity = RULES[rule].severity
    return Finding(
        rule,
        severity,
        {"sv": sv, "en": en},
        focus=facts.names.shorten(subject),
        place=place,
        result=result_of_rule(rule, severity, NamedNode(subject)),
        related=(related,) if related else (),
    )
