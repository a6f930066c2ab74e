"""The rules over authored triples that no shape can hold: terms, links, literals, files, languages, retirement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rapidfuzz import process
from rapidfuzz.distance import OSA

from coopgraph.build.assemble import Assembly, vocabulary
from coopgraph.dates import EDTF, bounds
from coopgraph.validate.findings import Finding, result_of_rule
from coopgraph.validate.literals import ill_formed
from coopgraph.validate.places import Places
from coopgraph.validate.rules import RULES

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
_TYPE = NamedNode(RDF + "type")
_IN_SCHEME = NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
_REPLACED = NamedNode("http://purl.org/dc/terms/isReplacedBy")
RETIRING = frozenset({NamedNode(OWL + "deprecated"), _REPLACED})
"""The properties that say of a thing that it is retired."""
_DEFINITION = NamedNode("http://www.w3.org/2004/02/skos/core#definition")
_TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))
_MONTH = re.compile(r"-?\d{4}-(\d\d)(?!\d)")
_MARK = "Derived by the build"
_FEW = 12
"""Up to how many concepts a list is told whole."""
_ALWAYS = {RDF + "type", RDF + "langString", RDF + "Property"}

Check = Callable[["Facts", Quad], Iterator[Finding]]


class Facts:
    """What the rules need to know of the whole graph: the small parts gathered once, the large ones looked up."""

    def __init__(self, assembly: Assembly, places: Places) -> None:
        self.assembly, self.places, self.names = assembly, places, assembly.namespaces
        self.engine = assembly.store.engine
        self.terms: set[str] = set()
        self.derived: set[str] = set()
        schemes: set[str] = set()
        for graph in vocabulary(assembly.project, assembly.namespaces):
            for quad in self.engine.quads_for_pattern(None, None, None, graph):
                if quad.predicate == _TYPE and isinstance(quad.subject, NamedNode):
                    self.terms.add(quad.subject.value)
                elif quad.predicate == _IN_SCHEME and isinstance(quad.object, NamedNode):
                    schemes.add(quad.object.value + "/")
                elif quad.predicate == _DEFINITION and _MARK in str(quad.object):
                    self.derived.add(str(quad.subject)[1:-1])
        self.closed = tuple(sorted(schemes | {self.names.base + "id/"}))
        self.retired: dict[str, str | None] = {}
        self._described: dict[str, bool] = {}
        self.look_again()

    def look_again(self) -> None:
        """Gather again what a change of the data may have altered."""
        self.retired = {
            quad.subject.value: self._successor(quad.subject)
            for quad in self.engine.quads_for_pattern(None, NamedNode(OWL + "deprecated"), _TRUE)
            if isinstance(quad.subject, NamedNode)
        }
        self._described.clear()

    def _successor(self, node: NamedNode) -> str | None:
        found = self.engine.quads_for_pattern(node, _REPLACED, None)
        return next((quad.object.value for quad in found if isinstance(quad.object, NamedNode)), None)

    def knows(self, term: NamedNode) -> bool:
        """Whether a vocabulary declares the class, property or datatype."""
        return term.value in self.terms or term.value in _ALWAYS or term.value.startswith(XSD)

    def describes(self, iri: str) -> bool:
        """Whether any file says anything of the thing."""
        if iri not in self._described:
            quads = self.engine.quads_for_pattern(NamedNode(iri), None, None)
            self._described[iri] = any(quad.graph_name in self.assembly.origins for quad in quads)
        return self._described[iri]

    def things(self, *, parts: bool) -> set[str]:
        """Every thing and concept that a file describes, or every part (`…#part`), for "did you mean"."""
        derived = self.names.graph_of("derived")
        query = f"SELECT DISTINCT ?s WHERE {{ GRAPH ?g {{ ?s a ?type }} FILTER(?g != {derived}) }}"
        return {
            node.value
            for (node,) in self.assembly.store.select(query)
            if isinstance(node, NamedNode)
            and node.value.startswith(self.closed)
            and ("#" in node.value) == parts
        }

    def concepts_beside(self, iri: str) -> str:
        """The concepts of the scheme that the IRI would belong to; empty where they are many."""
        scheme = iri.rpartition("/")[0] + "/"
        found = sorted(one for one in self.things(parts=False) if one.startswith(scheme))
        return ", ".join(map(self.names.shorten, found)) if len(found) <= _FEW else ""

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
        """The name that was perhaps meant; none where nothing is near. Of several, the one that the data use most."""
        short = self.names.shorten(iri)
        names = {self.names.shorten(one): one for one in sorted(among)}
        near = process.extract(
            short, list(names), scorer=OSA.normalized_similarity, score_cutoff=0.75, limit=20
        )
        used = {name: self._uses(names[name]) for name, score, _ in near if score == near[0][1]}
        return max(used, key=lambda name: used[name], default=None)

    def _uses(self, iri: str) -> int:
        """How often a thing is linked to, up to a hundred times."""
        return sum(1 for _ in islice(self.engine.quads_for_pattern(None, None, NamedNode(iri)), 100))


def _hint(meant: str | None) -> tuple[str, str]:
    """ "Did you mean", in Swedish and English."""
    return (f" Menade du {meant}?", f" Did you mean {meant}?") if meant else ("", "")


def unknown_terms(facts: Facts, quad: Quad) -> Iterator[Finding]:
    """A predicate or class that no known vocabulary declares."""
    used = [("egenskapen", "property", quad.predicate)]
    if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
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
    if quad.predicate == _TYPE or not isinstance(target, NamedNode):
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
            found.update(engine.quads_for_pattern(None, _TYPE, term))
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
