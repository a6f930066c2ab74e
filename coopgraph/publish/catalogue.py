"""The description of the dataset for catalogues of open data (DCAT-AP 3, DCAT-AP-SE) and for crawlers (VoID).

Sources: DCAT-AP 3.0.1, https://semiceu.github.io/DCAT-AP/releases/3.0.1/; DCAT-AP-SE 3.0.1, https://docs.dataportal.se/dcat/3.0.1/;
VoID, https://www.w3.org/TR/void/. Every IRI made here is `<base>catalog` or `<base>catalog#…`, so that the catalogue answers for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.errors import Text
from coopgraph.project import DEFAULT_BASE
from coopgraph.publish.authority import EU, concepts
from coopgraph.publish.dumps import Dump
from coopgraph.publish.facts import PREFIXES, Value, about, licence_of, moment
from coopgraph.publish.publication import Publication
from coopgraph.publish.site import Site
from coopgraph.publish.versions import version_facts, versions
from coopgraph.publish.void import DATASET, void

PUBLISHER_TYPE = "http://purl.org/adms/publishertype"
_LANGUAGES = {"sv": "SWE", "en": "ENG"}
_IANA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES = {
    "application/n-triples": "RDF_N_TRIPLES",
    "text/turtle": "RDF_TURTLE",
    "application/trig": "RDF_TRIG",
    "application/ld+json": "JSON_LD",
    "text/csv": "CSV",
    "application/atom+xml": "ATOM",
    "application/json": "JSON",
}
_KEYWORDS = Text(
    "international cooperation, twin towns, partner regions, networks, municipalities, regions, agreements",
    "internationellt samarbete, vänorter, partnerregioner, nätverk, kommuner, regioner, avtal",
)
_DESCRIPTION = Text(
    "Partnerships, networks, memberships, agreements and policies of Swedish regions and municipalities abroad, each fact with the words of the public document it rests on.",
    "Svenska regioners och kommuners partnerskap, nätverk, medlemskap, avtal och styrdokument i det internationella samarbetet. Varje uppgift har det ställe i en offentlig handling som den bygger på.",
)
_SERVICES = (
    ("sparql", "SPARQL", "sparql", "sparql", "https://www.w3.org/TR/sparql11-protocol/"),
    ("queries", "REST API", "query", "openapi.json", "https://spec.openapis.org/oas/v3.1.0"),
    (
        "reconciliation",
        "Reconciliation API",
        "reconcile",
        "reconcile",
        "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/",
    ),
)
# the shapes of DCAT-AP 3.0.1 ask for https here, where SPDX's own name has http
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_FEEDS = {
    "feed.atom": ("application/atom+xml", Text("Versions, as an Atom feed", "Versioner, som Atom-flöde")),
    "feed.en.atom": (
        "application/atom+xml",
        Text("Versions, as an Atom feed in English", "Versioner, som Atom-flöde på engelska"),
    ),
    "changes.json": (
        "application/json",
        Text("Changes between versions (RDF Patch)", "Ändringar mellan versioner (RDF Patch)"),
    ),
}


def catalogue(published: Publication) -> list[Triple]:
    """The catalogue of the dataset, its files and its versions, and of the services that a server gives beside them."""
    found = [
        *_catalog(published),
        *void(published),
        *_dataset(published),
        *_agents(published.site),
        *concepts(),
        *about(
            published.site,
            _SHA256,
            {"rdf:type": "spdx:ChecksumAlgorithm", "skos:exactMatch": "spdx:checksumAlgorithm_sha256"},
        ),
        *_feeds(published),
    ]
    for dump in published.dumps:
        found += _distribution(published, dump)
    found += versions(published, {"dct:description": _DESCRIPTION, **_common(published.site)})
    if published.live:
        for service in _SERVICES:
            found += _service(published, *service)
    return list(dict.fromkeys(found))


def _common(site: Site) -> dict[str, Value]:
    """What a catalogue, a dataset and a service say alike: who publishes, and under which licence."""
    facts: dict[str, Value] = {"dct:publisher": "catalog#publisher"}
    if licence_of(site):
        facts["dct:license"] = licence_of(site)
    return facts


def _contact(site: Site) -> dict[str, Value]:
    return {"dcat:contactPoint": "catalog#contact"} if site.project.contact else {}


def _languages(site: Site) -> list[str]:
    return [EU + "language/" + _LANGUAGES[one] for one in site.project.languages if one in _LANGUAGES]


def _catalog(published: Publication) -> Iterator[Triple]:
    site, title, address = published.site, published.title, published.address
    yield from about(
        site,
        "catalog",
        {
            "rdf:type": "dcat:Catalog",
            "dct:title": title,
            "dct:description": Text(
                f"What there is to take of {title.en}: data, versions and services.",
                f"Det som finns att hämta av {title.sv}: data, versioner och tjänster.",
            ),
            "dct:modified": moment(published.modified),
            "dct:language": _languages(site),
            "dct:spatial": EU + "country/SWE",
            "dcat:themeTaxonomy": EU + "data-theme",
            "dcat:dataset": DATASET,
            "dcat:service": [f"catalog#{name}" for name, *_ in _SERVICES] if published.live else [],
            "foaf:homepage": address,
            **({"dct:issued": moment(published.changes[0].when)} if published.changes else {}),
            **_common(site),
        },
    )
    yield from about(site, address, {"rdf:type": "foaf:Document"})


def _dataset(published: Publication) -> Iterator[Triple]:
    site, changes = published.site, published.changes
    facts: dict[str, Value] = {
        "rdf:type": "dcat:Dataset",
        "dct:title": published.title,
        "dct:description": _DESCRIPTION,
        "dct:identifier": Literal(site.base + DATASET),
        "dcat:version": Literal(published.called),
        "dcat:keyword": [Text(*pair) for pair in zip(*(text.split(", ") for text in _KEYWORDS), strict=True)],
        "dcat:theme": [EU + "data-theme/INTR", EU + "data-theme/GOVE", EU + "data-theme/REGI"],
        "dct:accessRights": EU + "access-right/PUBLIC",
        "dct:accrualPeriodicity": EU + "frequency/IRREG",
        "dct:language": _languages(site),
        "dct:spatial": EU + "country/SWE",
        "dct:conformsTo": DEFAULT_BASE + "ns",
        "dcat:landingPage": published.address,
        "dcat:distribution": [
            *(f"catalog#{dump.name}" for dump in published.dumps),
            *(f"catalog#{name}" for name in _FEEDS),
        ],
        **_common(site),
        **_contact(site),
    }
    if changes:
        facts["dct:issued"] = moment(changes[0].when)
    facts |= version_facts(published)
    first = _first_day(site)
    if first is not None:
        facts["dct:temporal"] = "catalog#period"
        yield from about(site, "catalog#period", {"rdf:type": "dct:PeriodOfTime", "dcat:startDate": first})
    yield from about(site, DATASET, facts)
    yield from about(site, DEFAULT_BASE + "ns", {"rdf:type": "dct:Standard"})


def _first_day(site: Site) -> Literal | None:
    """The first day on which something that the graph tells of can have begun."""
    query = f"SELECT (MIN(?day) AS ?first) WHERE {{ ?thing <{DEFAULT_BASE}ns#startEarliest> ?day }}"
    found = next(iter(site.store.select(query)), (None,))[0]
    return found if isinstance(found, Literal) else None


def _distribution(published: Publication, dump: Dump) -> Iterator[Triple]:
    site, address = published.site, published.address
    iri, url = f"catalog#{dump.name}", f"{address}dump/{dump.name}"
    checksum = f"catalog#sha256-{dump.name}"
    hexadecimal = NamedNode(PREFIXES["xsd"] + "hexBinary")
    facts: dict[str, Value] = {
        "dct:title": Text(f"{dump.title.en} ({dump.name})", f"{dump.title.sv} ({dump.name})"),
        "dcat:byteSize": Literal(str(dump.size), datatype=NamedNode(PREFIXES["xsd"] + "nonNegativeInteger")),
        "spdx:checksum": checksum,
        "dcat:downloadURL": url,
    }
    if dump.zipped:
        facts["dcat:compressFormat"] = _IANA + "application/gzip"
        yield from about(site, _IANA + "application/gzip", {"rdf:type": "dct:MediaType"})
    if published.changes:
        facts["dct:modified"] = moment(published.modified)
    yield from _file(site, iri, url, dump.form, facts)
    yield from about(
        site,
        checksum,
        {
            "rdf:type": "spdx:Checksum",
            "spdx:algorithm": _SHA256,
            "spdx:checksumValue": Literal(dump.sha256, datatype=hexadecimal),
        },
    )


def _feeds(published: Publication) -> Iterator[Triple]:
    site, address = published.site, published.address
    for name, (form, title) in _FEEDS.items():
        url = address + name
        yield from _file(site, f"catalog#{name}", url, form, {"dct:title": title, "dcat:downloadURL": url})


def _file(site: Site, iri: str, url: str, form: str, facts: Mapping[str, Value]) -> Iterator[Triple]:
    kind, media = EU + "file-type/" + _FILE_TYPES[form], _IANA + form
    common: dict[str, Value] = {
        "rdf:type": "dcat:Distribution",
        "dct:description": facts["dct:title"],
        "dcat:accessURL": url,
        "dct:format": kind,
        "dcat:mediaType": media,
        "dcatap:availability": EU + "planned-availability/AVAILABLE",
        "dct:language": _languages(site),
    }
    if licence_of(site):
        common["dct:license"] = licence_of(site)
    yield from about(site, iri, {**common, **facts})
    yield from about(site, media, {"rdf:type": "dct:MediaType"})
    yield from about(site, kind, {"rdf:type": "dct:MediaTypeOrExtent", "skos:inScheme": EU + "file-type"})


def _service(
    published: Publication, name: str, title: str, path: str, description: str, standard: str
) -> Iterator[Triple]:
    site, whole, address = published.site, published.title, published.address
    yield from about(
        site,
        f"catalog#{name}",
        {
            "rdf:type": "dcat:DataService",
            "dct:title": Text(f"{whole.en}: {title}", f"{whole.sv}: {title}"),
            "dct:description": _DESCRIPTION,
            "dcat:endpointURL": address + path,
            "dcat:endpointDescription": address + description,
            "dcat:servesDataset": DATASET,
            "dct:conformsTo": standard,
            "dct:accessRights": EU + "access-right/PUBLIC",
            "dcat:theme": EU + "data-theme/INTR",
            "dcat:keyword": Text(title, title),
            "dct:format": EU + "file-type/JSON",
            **_common(site),
            **_contact(site),
        },
    )
    yield from about(site, standard, {"rdf:type": "dct:Standard"})


def _agents(site: Site) -> Iterator[Triple]:
    project = site.project
    names = {language: name for language, name in project.publisher.items() if name}
    facts: dict[str, Value] = {
        "rdf:type": "foaf:Agent",
        "foaf:name": [Literal(name, language=language) for language, name in sorted(names.items())]
        or Literal(site.base),
    }
    if project.publisher_type:
        kind = PUBLISHER_TYPE + "/" + project.publisher_type
        facts["dct:type"] = kind
        label = Literal(project.publisher_type)
        yield from about(
            site,
            kind,
            {"rdf:type": "skos:Concept", "skos:prefLabel": label, "skos:inScheme": PUBLISHER_TYPE + "/1.0"},
        )
    yield from about(site, "catalog#publisher", facts)
    if licence_of(site):
        yield from about(site, licence_of(site), {"rdf:type": "dct:LicenseDocument"})
    if project.contact:
        yield from about(
            site,
            "catalog#contact",
            {
                "rdf:type": ["vcard:Kind", "vcard:Organization"],
                "vcard:fn": facts["foaf:name"],
                "vcard:hasEmail": "mailto:" + project.contact,
            },
        )
