"""The triples that a page holds: of a thing, a list of things, the ontology, the shapes, a saved query.

Every form of a page is written from these, so that all say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.publish.gathered import Gathered, gather, pairs_to
from coopgraph.publish.serialise import RDF_TYPE
from coopgraph.publish.site import ONTOLOGY, SHAPES, Site
from coopgraph.queries.saved import SavedQuery

PAGE = 250
"""How many links to a thing, or things of a list, a page holds."""

DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
SH = "http://www.w3.org/ns/shacl#"
_TYPE = NamedNode(RDF_TYPE)


def thing_graph(site: Site, thing: NamedNode, *, page: int = 1) -> list[Triple]:
    """All that is said of a thing and its parts, the evidence, what points to it (PAGE links a page), and the names of what is mentioned.

    Derived facts are there too. A thing that nothing is said of gives an empty graph.
    """
    found = gathered(site, thing, page)
    if not found:
        return []
    facts = [quad.triple for quads in found.said.values() for quad in quads]
    facts += [Triple(link.subject, link.property, thing) for link in found.links[:PAGE]]
    mentioned = {
        term for triple in facts for term in triple if isinstance(term, NamedNode)
    } - found.said.keys()
    mentioned |= {NamedNode(one.value.partition("#")[0]) for one in mentioned if "#" in one.value}
    names = [triple for one in mentioned for triple in found.labels.get(one, ())]
    return [*facts, *names, *_document(site, thing)]


def gathered(site: Site, thing: NamedNode, page: int = 1) -> Gathered:
    """What a page of a thing is made of, with one link more than it shows; kept until another is asked for."""
    return site.memory.once(_gathered, (thing, page), site, thing, (page - 1) * PAGE)


def _gathered(site: Site, thing: NamedNode, start: int) -> Gathered:
    memory, store, names = site.memory, site.store, site.namespaces
    pairs = memory.once(pairs_to, thing, thing, store, names)  # the same on each page of a long list
    return gather(thing, store, names, memory.labels, start=start, limit=PAGE + 1, pairs=pairs)


def list_graph(site: Site, path: str, things: Sequence[NamedNode]) -> list[Triple]:
    """A page of a list of things: each with its name, as a topic of the document at the path."""
    document = NamedNode(site.base + path)
    return [
        Triple(document, _TYPE, NamedNode(FOAF + "Document")),
        *(Triple(document, NamedNode(FOAF + "topic"), thing) for thing in things),
        *_licence(site, document),
        *labels_of(site, things),
    ]


def ontology_graph(site: Site) -> list[Triple]:
    """The terms of the ontology `coop:`, with what the dataset's own files add to it."""
    from coopgraph.turtle import read  # slow to load, and seldom needed

    files = [path for name, path in site.project.files("ontology").items() if "/" not in name]
    triples = [quad.triple for path in files for quad in read(path)]
    return _closure(triples, ONTOLOGY)


def shapes_graph(site: Site) -> list[Triple]:
    """Every shape, with blank nodes named after what they say."""
    from coopgraph.turtle import read

    files = site.project.files("shapes").values()
    dataset = ox.Dataset(Quad(*quad.triple) for path in files for quad in read(path))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    # a dataset gives its quads in an order of its own, another in each process
    return _closure(sorted((quad.triple for quad in dataset), key=str), SHAPES)


def query_graph(site: Site, query: SavedQuery) -> list[Triple]:
    """A saved query as a SHACL SPARQL executable: its names, what it tells, and its text."""
    node = NamedNode(f"{site.base}query/{query.name}")
    return [
        Triple(node, _TYPE, NamedNode(SH + "SPARQLExecutable")),
        Triple(node, _TYPE, NamedNode(SH + "SPARQLSelectExecutable")),
        Triple(node, NamedNode(SH + "select"), Literal(query.text)),
        *(
            Triple(node, NamedNode(DCT + name), Literal(text, language=language))
            for name, texts in (("title", query.title), ("description", query.description))
            for language, text in texts.items()
        ),
        *_licence(site, node),
    ]


def labels_of(site: Site, things: Iterable[NamedNode]) -> list[Triple]:
    """The names of things in every language."""
    return [triple for names in site.memory.labels.of(things).values() for triple in names]


def _closure(triples: list[Triple], start: str) -> list[Triple]:
    """The triples of the subjects that an IRI begins, and of the blank nodes that these lead to."""
    by_subject: dict[object, list[Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)
    wanted: list[object] = [
        one for one in by_subject if isinstance(one, NamedNode) and one.value.startswith(start)
    ]
    seen = set(wanted)
    found = []
    while wanted:
        for triple in by_subject.get(wanted.pop(), ()):
            found.append(triple)
            if isinstance(triple.object, ox.BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                wanted.append(triple.object)
    return found


def _document(site: Site, thing: NamedNode) -> list[Triple]:
    document = NamedNode(site.document_of(thing.value))
    return [
        Triple(document, _TYPE, NamedNode(FOAF + "Document")),
        Triple(document, NamedNode(FOAF + "primaryTopic"), thing),
        *_licence(site, document),
    ]


def _licence(site: Site, document: NamedNode) -> list[Triple]:
    licence = site.project.licence
    return (
        [Triple(document, NamedNode(DCT + "license"), NamedNode(licence))]
        if licence.startswith("http")
        else []
    )
