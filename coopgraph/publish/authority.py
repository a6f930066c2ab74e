"""What the catalogue uses of the authority tables of the EU, with the class and scheme that DCAT-AP expects to find."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.errors import Text
from coopgraph.publish.facts import PREFIXES

EU = "http://publications.europa.eu/resource/authority/"
_LANGUAGE, _PLACE, _RIGHTS = ("dct", "LinguisticSystem"), ("dct", "Location"), ("dct", "RightsStatement")
_CONCEPT, _FREQUENCY = ("skos", "Concept"), ("dct", "Frequency")
_AUTHORITY = (
    ("language/SWE", _LANGUAGE, Text("Swedish", "svenska")),
    ("language/ENG", _LANGUAGE, Text("English", "engelska")),
    ("country/SWE", _PLACE, Text("Sweden", "Sverige")),
    ("access-right/PUBLIC", _RIGHTS, Text("public", "öppen")),
    ("frequency/IRREG", _FREQUENCY, Text("irregular", "oregelbunden")),
    ("data-theme/INTR", _CONCEPT, Text("International issues", "Internationella frågor")),
    (
        "data-theme/GOVE",
        _CONCEPT,
        Text("Government and public sector", "Regeringen och den offentliga sektorn"),
    ),
    ("data-theme/REGI", _CONCEPT, Text("Regions and cities", "Regioner och städer")),
    ("planned-availability/AVAILABLE", _CONCEPT, Text("available", "tillgänglig")),
)


def concepts() -> Iterator[Triple]:
    """The concepts used, each with its name in both languages."""
    type_, scheme = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["skos"] + "inScheme")
    label = NamedNode(PREFIXES["skos"] + "prefLabel")
    for name, (prefix, kind), text in _AUTHORITY:
        concept, table = NamedNode(EU + name), NamedNode(EU + name.partition("/")[0])
        yield Triple(concept, type_, NamedNode(PREFIXES[prefix] + kind))
        yield Triple(concept, scheme, table)
        yield Triple(concept, label, Literal(text.en, language="en"))
        yield Triple(concept, label, Literal(text.sv, language="sv"))
    themes = NamedNode(EU + "data-theme")
    yield Triple(themes, type_, NamedNode(PREFIXES["skos"] + "ConceptScheme"))
    yield Triple(themes, NamedNode(PREFIXES["dct"] + "title"), Literal("Data theme", language="en"))
