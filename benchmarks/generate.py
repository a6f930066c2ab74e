"""A graph of any size shaped like a graph of cooperation: bodies, places, partnerships, agreements, memberships,
networks, sources and much evidence. About one thing in a hundred has a fault, of a kind drawn from its own list.

    python -m benchmarks.generate 1000000 build/bench/1000000.nt
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

BASE = "https://w3id.org/coopgraph/id/"
COOP = "https://w3id.org/coopgraph/ns#"
ORG = "http://www.w3.org/ns/org#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
CV = "http://data.europa.eu/m8g/"
ADMS = "http://www.w3.org/ns/adms#"
GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
COUNTRIES = "http://publications.europa.eu/resource/authority/country/"

CODES = ["SWE", "LTU", "POL", "CHN", "TZA", "FIN", "NOR", "DEU"]
KINDS = ["region", "municipality", "agency", "association"]
TOPICS = ["health-care", "culture", "education", "environment", "transport", "trade"]
TRIPLES_A_ROUND = 71

Facts = dict[str, list[str]]
Fault = Callable[[Facts, random.Random], None]


def iri(kind: str, name: object) -> str:
    return f"<{BASE}{kind}/{name}>"


def text(value: str, language: str = "", datatype: str = "") -> str:
    return f'"{value}"' + (f"@{language}" if language else f"^^<{datatype}>" if datatype else "")


def concept(scheme: str, name: str) -> str:
    return iri(f"concept/{scheme}", name)


def country(code: str) -> str:
    return f"<{COUNTRIES}{code}>"


def _without(predicate: str) -> Fault:
    return lambda facts, chance: facts.update({predicate: facts[predicate][:-1]})


def _instead(predicate: str, value: str) -> Fault:
    return lambda facts, chance: facts.update({predicate: [*facts[predicate][:-1], value]})


def _also(predicate: str, value: str) -> Fault:
    return lambda facts, chance: facts.update({predicate: [*facts.get(predicate, []), value]})


def _years_turned(facts: Facts, chance: random.Random) -> None:
    facts[COOP + "startYear"], facts[COOP + "endYear"] = facts[COOP + "endYear"], facts[COOP + "startYear"]


def _member_of_itself(facts: Facts, chance: random.Random) -> None:
    facts[ORG + "organization"] = facts[ORG + "member"]


def _all_swedish(facts: Facts, chance: random.Random) -> None:
    """Parties 0 and 8 are both in Sweden, whatever the size of the graph."""
    facts[COOP + "hasParty"] = [iri("organisation", 0), iri("organisation", 8)]


FAULTS: dict[str, list[Fault]] = {
    "organisation": [
        _without(SKOS + "prefLabel"),
        _also(SKOS + "prefLabel", text("Ett namn till", "sv")),
        _instead(SKOS + "prefLabel", text("Name without a language")),
        _instead(ORG + "classification", concept("kind", "nonsense")),
        _also(ORG + "classification", concept("kind", "network")),
        _without(COOP + "country"),
        _instead(COOP + "country", text("Sverige", "sv")),
        _instead(DCT + "spatial", iri("organisation", 1)),
    ],
    "place": [
        _instead(GEO + "lat", text("95.5", datatype=XSD + "decimal")),
        _instead(GEO + "long", text("13.5")),
        _without(COOP + "country"),
        _instead(ADMS + "identifier", text("1480")),
    ],
    "identifier": [
        _instead(SKOS + "notation", text("SE 1480")),
        _also(SKOS + "notation", text("SE_1480")),
        _without(DCT + "type"),
    ],
    "partnership": [
        _without(COOP + "hasParty"),
        _instead(COOP + "hasParty", iri("place", 0)),
        _instead(COOP + "status", concept("status", "adopted")),
        _without(DCT + "type"),
        _instead(COOP + "startYear", text("1850", datatype=XSD + "integer")),
        _years_turned,
        _all_swedish,
    ],
    "agreement": [
        _without(COOP + "hasSignatory"),
        _instead(COOP + "founds", iri("organisation", 2)),
        _instead(COOP + "date", text("1996")),
        _also(COOP + "date", text("1997", datatype=EDTF)),
    ],
    "membership": [
        _without(ORG + "member"),
        _also(ORG + "member", iri("organisation", 3)),
        _instead(ORG + "role", concept("role", "nonsense")),
        _also(COOP + "satatus", concept("status", "active")),
        _member_of_itself,
    ],
    "network": [_without(SKOS + "prefLabel"), _also(SKOS + "altLabel", text("x" * 130, "sv"))],
    "source": [
        _instead(COOP + "sha256", text("not a checksum")),
        _without(DCT + "title"),
        _instead(COOP + "retrieved", text("2021-02-31", datatype=XSD + "date")),
        _instead(DCT + "publisher", text("Region Skåne")),
    ],
    "evidence": [
        _without(OA + "hasBody"),
        _instead(OA + "hasSource", iri("place", 1)),
        _also(OA + "hasSource", iri("source", 0)),
        _instead(OA + "exact", text(" with an edge")),
        _also(OA + "exact", text("said twice")),
        _instead(COOP + "basis", concept("basis", "guessed")),
    ],
}


def things(rounds: int, chance: random.Random) -> Iterator[tuple[str, str, Facts]]:
    """(type, IRI, facts) of every thing; links lead to things that are there."""
    networks, sources = max(1, rounds // 20), max(1, rounds // 10)
    for i in range(networks):
        label = [text(f"Nätverk {i}", "sv"), text(f"Network {i}", "en")]
        yield "network", iri("network", i), {RDF + "type": [f"<{COOP}Network>"], SKOS + "prefLabel": label}
    for i in range(sources):
        yield (
            "source",
            iri("source", i),
            {
                RDF + "type": [f"<{COOP}Source>"],
                DCT + "title": [text(f"Källa {i}", "sv")],
                DCT + "publisher": [iri("organisation", chance.randrange(rounds))],
                COOP + "sha256": [text(f"{chance.getrandbits(256):064x}")],
                COOP + "retrieved": [text(f"2024-05-{chance.randrange(1, 29):02d}", datatype=XSD + "date")],
            },
        )
    for i in range(rounds):
        yield from _round(i, rounds, networks, sources, chance)


def _round(
    i: int, rounds: int, networks: int, sources: int, chance: random.Random
) -> Iterator[tuple[str, str, Facts]]:
    code = CODES[i % len(CODES)]
    body, place, partnership = iri("organisation", i), iri("place", i), iri("partnership", i)
    start = chance.randrange(1960, 2015)
    yield (
        "organisation",
        body,
        {
            RDF + "type": [f"<{CV}PublicOrganisation>"],
            SKOS + "prefLabel": [text(f"Body {i}", "en"), text(f"Organisation {i}", "sv")],
            ORG + "classification": [concept("kind", chance.choice(KINDS))],
            COOP + "country": [country(code)],
            DCT + "spatial": [place],
        },
    )
    yield (
        "place",
        place,
        {
            RDF + "type": [f"<{DCT}Location>"],
            SKOS + "prefLabel": [text(f"Plats {i}", "sv")],
            COOP + "country": [country(code)],
            GEO + "lat": [text(f"{chance.uniform(-60, 70):.5f}1", datatype=XSD + "decimal")],
            GEO + "long": [text(f"{chance.uniform(-170, 170):.5f}1", datatype=XSD + "decimal")],
            ADMS + "identifier": [iri("identifier", i)],
        },
    )
    yield (
        "identifier",
        iri("identifier", i),
        {
            RDF + "type": [f"<{ADMS}Identifier>"],
            DCT + "type": [concept("idtype", "lau")],
            SKOS + "notation": [text(f"SE_{i:06d}")],
        },
    )
    # A neighbour in the list is in another country, so that no two parties share one by chance.
    other = iri("organisation", (i + 1 + 8 * chance.randrange(max(1, rounds // 8))) % rounds)
    yield (
        "partnership",
        partnership,
        {
            RDF + "type": [f"<{COOP}Partnership>"],
            SKOS + "prefLabel": [text(f"Samarbete {i}", "sv"), text(f"Partnership {i}", "en")],
            DCT + "type": [concept("collaboration", "twin-town")],
            COOP + "hasParty": [body, other],
            COOP + "status": [concept("status", chance.choice(["active", "ended", "unknown"]))],
            COOP + "startYear": [text(str(start), datatype=XSD + "integer")],
            COOP + "endYear": [text(str(start + chance.randrange(1, 20)), datatype=XSD + "integer")],
            DCT + "subject": [concept("topic", topic) for topic in chance.sample(TOPICS, 2)],
        },
    )
    yield (
        "agreement",
        iri("agreement", i),
        {
            RDF + "type": [f"<{COOP}Agreement>"],
            COOP + "hasSignatory": [body, other],
            COOP + "founds": [partnership],
            COOP + "date": [text(str(start), datatype=EDTF)],
        },
    )
    yield (
        "membership",
        iri("membership", i),
        {
            RDF + "type": [f"<{ORG}Membership>"],
            ORG + "organization": [iri("network", chance.randrange(networks))],
            ORG + "member": [body],
            ORG + "role": [concept("role", chance.choice(["member", "observer", "coordinator"]))],
            COOP + "status": [concept("status", "active")],
        },
    )
    for n in range(5):
        yield (
            "evidence",
            iri("evidence", f"{i}-{n}"),
            {
                RDF + "type": [f"<{COOP}Evidence>"],
                OA + "hasBody": [chance.choice([body, partnership, iri("agreement", i)])],
                COOP + "property": [f"<{COOP}hasParty>"],
                COOP + "value": [body],
                OA + "hasSource": [iri("source", chance.randrange(sources))],
                OA + "exact": [text(f"samarbetet nummer {i} inleddes {start}")],
                COOP + "basis": [concept("basis", chance.choice(["stated", "understood"]))],
            },
        )


SUBCLASSES = [
    (CV + "PublicOrganisation", ORG + "FormalOrganization"),
    (ORG + "FormalOrganization", ORG + "Organization"),
    (COOP + "Network", ORG + "Organization"),
    (COOP + "Partnership", ORG + "OrganizationalCollaboration"),
]


def lines(triples: int, *, seed: int = 1) -> Iterator[str]:
    """N-Triples of a graph of about this size, the same for the same seed."""
    chance = random.Random(seed)
    faulty = random.Random(seed + 1)
    planted: Counter[str] = Counter()
    for sub, above in SUBCLASSES:
        yield f"<{sub}> <{RDFS}subClassOf> <{above}> .\n"
    for kind, thing, facts in things(max(16, triples // TRIPLES_A_ROUND), chance):
        if faulty.random() < 0.01:
            faults = FAULTS[kind]
            faults[planted[kind] % len(faults)](facts, faulty)
            planted[kind] += 1
        for predicate, values in facts.items():
            for value in values:
                yield f"{thing} <{predicate}> {value} .\n"


def generate(triples: int, path: Path, *, seed: int = 1) -> None:
    """Write the graph as N-Triples."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines(triples, seed=seed))


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]))
