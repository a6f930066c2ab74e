"""What a crawler wants to know of the dataset (VoID, https://www.w3.org/TR/void/): how much there is, of what, and where."""

from __future__ import annotations

from pyoxigraph import Literal, Triple

from coopgraph.project import DEFAULT_BASE
from coopgraph.publish.facts import Value, about, licence_of, moment
from coopgraph.publish.publication import Publication

DATASET = "catalog#data"
_VOCABULARIES = (
    "http://www.w3.org/ns/org#",
    "http://data.europa.eu/m8g/",
    "http://www.w3.org/2004/02/skos/core#",
    "http://purl.org/dc/terms/",
    "http://www.w3.org/ns/oa#",
)


def void(published: Publication) -> list[Triple]:
    """The description of the dataset, for `.well-known/void` and as a part of the catalogue."""
    site, report, address = published.site, published.snapshot.report, published.address
    classes = {kind: f"catalog#class-{number}" for number, kind in enumerate(sorted(report.kinds), start=1)}
    facts: dict[str, Value] = {
        "rdf:type": "void:Dataset",
        "dct:title": published.title,
        "dct:modified": moment(published.modified),
        "void:triples": Literal(report.triples),
        "void:uriSpace": Literal(site.base + "id/"),
        "void:vocabulary": [DEFAULT_BASE + "ns", *_VOCABULARIES],
        "void:dataDump": [
            f"{address}dump/{dump.name}" for dump in published.dumps if dump.form != "text/csv"
        ],
        "void:classPartition": list(classes.values()),
        "foaf:homepage": address,
    }
    if licence_of(site):
        facts["dct:license"] = licence_of(site)
    if published.live:
        facts["void:sparqlEndpoint"] = address + "sparql"
    found = [
        *about(
            site,
            ".well-known/void",
            {"rdf:type": "void:DatasetDescription", "foaf:primaryTopic": DATASET},
        ),
        *about(site, DATASET, facts),
    ]
    for kind, partition in classes.items():
        entities = Literal(report.kinds[kind])
        found += about(site, partition, {"void:class": kind, "void:entities": entities})
    return found
