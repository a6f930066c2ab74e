"""The documentation of the ontology and of the shapes, from their own files: what each term means, what each rule asks for, and examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.publish.diagram import diagram
from coopgraph.publish.examples import examples
from coopgraph.publish.index import named, schemes
from coopgraph.publish.pages import Cell, Frame, render
from coopgraph.publish.site import ONTOLOGY, SHAPES, Site
from coopgraph.publish.words import words
from coopgraph.turtle import read

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SH = "http://www.w3.org/ns/shacl#"
_LABELS = (RDFS + "label", SKOS + "prefLabel", SH + "name")
_INVERSE = "https://w3id.org/coopgraph/ns#inverseLabel"
_CLASSES = "SELECT ?term (COUNT(?one) AS ?number) WHERE { ?one a ?term } GROUP BY ?term"
_PROPERTIES = "SELECT ?term (COUNT(?one) AS ?number) WHERE { ?one ?term ?value } GROUP BY ?term"

Texts = dict[str, list[NamedNode | Literal]]
"""What is said of a term, by property."""


@dataclass(frozen=True)
class Documented:
    """A term or a rule as it is read: `id` is its fragment on the page, `link` where it is defined when that is elsewhere."""

    id: str
    name: str
    label: str
    text: str
    used: int = 0
    link: str = ""
    facts: Sequence[tuple[str, Sequence[Cell]]] = ()
    examples: Sequence[str] = ()
    message: str = ""
    severity: str = ""
    good: str = ""
    bad: str = ""


def ontology_page(frame: Frame) -> str:
    """The page of the ontology: a picture, its own terms, those it takes from others, and the concept schemes."""
    site = frame.site
    terms = _texts(triple for path in _files(site, "ontology") for triple in path)
    used = _counted(site)
    kinds: dict[str, list[Documented]] = {
        "classes": [],
        "properties": [],
        "taken_classes": [],
        "taken_properties": [],
    }
    for iri, texts in sorted(terms.items(), key=lambda pair: site.namespaces.shorten(pair[0]).casefold()):
        place = _kind(texts)
        if not place:
            continue
        own = iri.startswith(ONTOLOGY + "#")
        kinds[place if own else "taken_" + place].append(_term(frame, iri, texts, terms, used))
    ours = terms.get(ONTOLOGY + "#", {})
    return render(
        frame,
        "terms.html",
        title=_in(ours.get("http://purl.org/dc/terms/title"), frame.language) or ONTOLOGY,
        lead=_in(ours.get("http://purl.org/dc/terms/description"), frame.language),
        version=_in(ours.get(OWL + "versionInfo"), frame.language),
        iri=ONTOLOGY + "#",
        picture=diagram(lambda iri: _in(_label(terms.get(iri, {})), frame.language), frame.language),
        groups=[(key, found) for key, found in kinds.items() if found],
        schemes=[
            (
                Cell(name, frame.page(site.path_of(scheme.value) or "")),
                _in(terms.get(scheme.value, {}).get(SKOS + "definition"), frame.language),
            )
            for scheme, name in named(site, schemes(site), frame.language)
        ],
    )


def shapes_page(frame: Frame) -> str:
    """The page of the shapes: of each rule what it finds, why it is there, and a good and a bad example."""
    site = frame.site
    shapes = _texts(triple for path in _files(site, "shapes") for triple in path)
    nodes = {
        iri: texts
        for iri, texts in shapes.items()
        if _is(texts, "NodeShape") and iri.startswith(SHAPES + "#")
    }
    groups, placed = [], set()
    for iri, texts in sorted(nodes.items()):
        rules = sorted(one.value for one in texts.get(SH + "property", ()))
        # a rule stands where it is first named after its shape, else where it is first used
        own = [one for one in rules if one.startswith(iri + "-") or one not in placed]
        placed |= set(own)
        groups.append((_shape(frame, iri, texts), [_shape(frame, one, shapes.get(one, {})) for one in own]))
    return render(
        frame,
        "shapes.html",
        title=words(frame.language)["shapes"],
        groups=groups,
    )


def _term(frame: Frame, iri: str, texts: Texts, terms: dict[str, Texts], used: dict[str, int]) -> Documented:
    site, language = frame.site, frame.language
    own = iri.startswith(ONTOLOGY + "#")

    def cells(property_: str) -> list[Cell]:
        return [
            Cell(
                _in(_label(terms.get(one.value, {})), language) or site.namespaces.shorten(one.value),
                "#" + _anchor(site, one.value) if _kind(terms.get(one.value, {})) else None,
            )
            for one in texts.get(property_, ())
            if isinstance(one, NamedNode)
        ]

    facts = [
        (word, found)
        for word, found in (
            ("kind_of", cells(RDFS + "subClassOf") + cells(RDFS + "subPropertyOf")),
            ("of_what", cells(RDFS + "domain")),
            ("gives_what", cells(RDFS + "range")),
        )
        if found
    ]
    inverse = _in(texts.get(_INVERSE), language)
    if inverse:
        facts.append(("turned", [Cell(inverse)]))
    return Documented(
        _anchor(site, iri),
        site.namespaces.shorten(iri),
        _in(_label(texts), language),
        _in(texts.get(SKOS + "definition") or texts.get(RDFS + "comment"), language),
        used.get(iri, 0),
        "" if own else iri,
        facts,
        [one.value for one in texts.get(SKOS + "example", ())],
    )


def _kind(texts: Texts) -> str:
    """Under which heading a term stands; "" for what is neither a class nor a property."""
    types = {one.value for one in texts.get(RDF + "type", ())}
    if OWL + "Class" in types or RDFS + "Class" in types:
        return "classes"
    return "properties" if any(one.endswith("Property") for one in types) else ""


def _anchor(site: Site, iri: str) -> str:
    """The fragment under which a term stands: its own name, with its prefix where it is of another vocabulary."""
    return (
        iri.partition("#")[2]
        if iri.startswith(ONTOLOGY + "#")
        else site.namespaces.shorten(iri).replace(":", "-")
    )


def _shape(frame: Frame, iri: str, texts: Texts) -> Documented:
    name = iri.partition("#")[2]
    language = frame.language
    severity = next(
        (one.value.removeprefix(SH).lower() for one in texts.get(SH + "severity", ())), "violation"
    )
    is_rule = not _is(texts, "NodeShape")
    good, bad = examples(name) if is_rule else (None, None)
    return Documented(
        name,
        name,
        _in(_label(texts), language),
        _in(texts.get(RDFS + "comment"), language),
        message=_in(texts.get(SH + "message"), language),
        severity=severity if is_rule else "",
        good=good or "",
        bad=bad or "",
        facts=[
            (
                "applies_to",
                [Cell(frame.site.namespaces.shorten(one.value), frame.link(one.value)) for one in targets],
            )
        ]
        if (targets := texts.get(SH + "targetClass", []))
        else [],
    )


def _files(site: Site, folder: str) -> Iterable[Iterable[Triple]]:
    return ([quad.triple for quad in read(path)] for _, path in sorted(site.project.files(folder).items()))


def _texts(triples: Iterable[Triple]) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for subject, predicate, value in triples:
        if isinstance(subject, NamedNode) and isinstance(value, Literal | NamedNode):
            found.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value)
    return found


def _is(texts: Texts, kind: str) -> bool:
    return any(one.value == SH + kind for one in texts.get(RDF + "type", ()))


def _label(texts: Texts) -> list[NamedNode | Literal] | None:
    return next((texts[one] for one in _LABELS if one in texts), None)


def _in(values: Sequence[NamedNode | Literal] | None, language: str) -> str:
    """A text in a language, else in another."""
    texts = {one.language or "": one.value for one in values or () if isinstance(one, Literal)}
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _counted(site: Site) -> dict[str, int]:
    """How many things are of a class, and how many statements use a property."""
    return {
        term.value: int(number.value)
        for query in (_CLASSES, _PROPERTIES)
        for term, number in site.store.select(query)
        if isinstance(term, NamedNode) and number is not None
    }
