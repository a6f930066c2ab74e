"""What a harvested file says of itself: whom was asked what and when, and how much came."""

from __future__ import annotations

import datetime

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.dates import EDTF
from coopgraph.iris import Namespaces, slug
from coopgraph.queries.harvests import Harvest


def provenance(
    saved: Harvest,
    names: Namespaces,
    *,
    query: str,
    endpoint: str,
    publisher: str,
    day: datetime.date,
    sha256: str,
    count: int,
) -> set[Triple]:
    """The harvest as a source, `source:NAME`, which the evidence in it rests on, and as something done, `source:NAME#harvest`.

    `sha256` and `count` are of the triples that the endpoint gave, sorted, before they were fitted into the dataset.
    """
    source = NamedNode(names.thing_of(f"source/{saved.name}"))
    done = NamedNode(f"{source.value}#harvest")
    body = NamedNode(names.thing_of(f"organisation/{slug(publisher)}"))
    date = Literal(day.isoformat(), datatype=NamedNode(EDTF))
    said: list[tuple[NamedNode, str, NamedNode | Literal]] = [
        (source, "rdf:type", names.expand("coop:Source")),
        *((source, "dct:title", Literal(text, language=lang)) for lang, text in saved.query.title.items()),
        (source, "dct:type", names.expand("doctype:register")),
        (source, "dct:publisher", body),
        (source, "dct:language", names.expand(f"lang:{saved.language}")),
        # a register that changes every day says what it says on the day that it is asked
        (source, "coop:date", date),
        (source, "coop:retrieved", date),
        (source, "coop:archivedAs", Literal(f"{saved.name}.nt.gz")),
        (source, "coop:sha256", Literal(sha256)),
        (source, "void:triples", Literal(count)),
        (source, "prov:wasGeneratedBy", done),
        (done, "rdf:type", names.expand("prov:Activity")),
        (done, "prov:used", NamedNode(endpoint)),
        (done, "prov:value", Literal(query)),
        (body, "rdf:type", names.expand("org:Organization")),
        (body, "skos:prefLabel", Literal(publisher, language="sv")),
        (body, "skos:prefLabel", Literal(publisher, language="en")),
    ]
    return {Triple(subject, names.expand(verb), value) for subject, verb, value in said}
