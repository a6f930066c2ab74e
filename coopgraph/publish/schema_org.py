"""A thing in the terms of schema.org, for search engines: what it is, its names, where it belongs."""

from __future__ import annotations

from typing import Any

from pyoxigraph import Literal, NamedNode

from coopgraph.publish.describe import COOP, RDF_TYPE
from coopgraph.publish.reading import DCT, ORG, SKOS, Reading

_TYPES = {
    "http://data.europa.eu/m8g/PublicOrganisation": "GovernmentOrganization",
    ORG + "OrganizationalUnit": "Organization",
    ORG + "FormalOrganization": "Organization",
    ORG + "Organization": "Organization",
    COOP + "Network": "Organization",
    DCT + "Location": "Place",
    COOP + "Source": "CreativeWork",
    COOP + "Policy": "CreativeWork",
    COOP + "Agreement": "CreativeWork",
    SKOS + "Concept": "DefinedTerm",
    SKOS + "ConceptScheme": "DefinedTermSet",
    "https://schema.org/Project": "Project",
    "https://schema.org/FundingScheme": "FundingScheme",
}


def schema_org(reading: Reading) -> dict[str, Any]:
    """The thing as one node of JSON-LD with the context of schema.org."""
    it = reading.it
    types = [value.value for value in it.values(RDF_TYPE.value)]
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": next((_TYPES[one] for one in types if one in _TYPES), "Thing"),
        "@id": it.thing.value,
        "name": reading.label(it.thing),
        "description": reading.sentence(),
    }
    names = [value.value for value in it.values(SKOS + "altLabel") if isinstance(value, Literal)]
    if names:
        found["alternateName"] = names
    parents = [value.value for value in it.values(ORG + "unitOf") if isinstance(value, NamedNode)]
    if parents:
        found["parentOrganization"] = {"@id": parents[0]}
    return found
