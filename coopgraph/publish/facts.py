"""Triples from names: what the catalogue and VoID say of a thing, written as readable as Turtle."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.errors import Text
from coopgraph.publish.site import Site

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

Value = str | Literal | Text | Iterable["Value"]
"""What a fact says: a name or an IRI, a literal, a text in both languages, or several of these."""


def about(site: Site, subject: str, facts: Mapping[str, Value]) -> Iterator[Triple]:
    """The facts as triples; a subject and a key are names as `iri` reads them."""
    for name, value in facts.items():
        for term in _terms(site, value):
            yield Triple(iri(site, subject), iri(site, name), term)


def iri(site: Site, name: str) -> NamedNode:
    """A name with one of PREFIXES, a whole IRI, or a path after the base IRI."""
    prefix, _, local = name.partition(":")
    if local.startswith("//") or prefix == "mailto":
        return NamedNode(name)
    return NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else site.base + name)


def licence_of(site: Site) -> str:
    """The address of the licence; "" where the settings name none, or one by name alone."""
    try:
        licence = NamedNode(site.project.licence).value
    except ValueError:
        return ""
    return licence if licence.startswith(("https://", "http://")) else ""


def moment(when: datetime.datetime) -> Literal:
    """A point in time as a literal."""
    return Literal(when.isoformat(), datatype=NamedNode(PREFIXES["xsd"] + "dateTime"))


def _terms(site: Site, value: Value) -> Iterator[NamedNode | Literal]:
    if isinstance(value, Literal):
        yield value
    elif isinstance(value, str):
        yield iri(site, value)
    elif isinstance(value, Text):
        yield from (Literal(value.sv, language="sv"), Literal(value.en, language="en"))
    else:
        for one in value:
            yield from _terms(site, one)
