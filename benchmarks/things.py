"""What a generated graph of cooperation holds: bodies in many countries, and how they cooperate, each fact with evidence.

Everything is drawn from a seed. Who cooperates is skewed, as it is: a few bodies have many partners, most have one or two.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from benchmarks.names import Name, name_of

Facts = list[tuple[str, str]]
"""Predicates and values as Turtle writes them, with the prefixes of `ontology/prefixes.ttl`."""


class Thing(NamedTuple):
    """What one file says: its folder and slug, and each node (`""` the thing itself, `"#e-start"` a part) with its facts."""

    folder: str
    slug: str
    nodes: list[tuple[str, Facts]]


class Body(NamedTuple):
    slug: str
    name: Name
    kind: str
    country: str
    source: str


# The longer a row, the likelier its first: Sweden is the home of a quarter of the bodies.
COUNTRIES = (
    "DEU FIN NOR DNK POL EST LVA LTU FRA ITA ESP NLD GBR USA CHN RUS UKR BEL AUT CZE HUN ROU BGR GRC PRT ISL IRL HRV SVN SVK "
    "TZA KEN ZAF NAM BWA UGA ZMB RWA ETH VNM IND JPN KOR THA PHL IDN TUR GEO ARM MDA ALB SRB BIH MKD CAN MEX BRA CHL ARG PER AUS NZL"
).split()
SWEDISH = ["municipality"] * 9 + ["region", "association"]
FOREIGN = (
    ["foreign-municipality"] * 6
    + ["foreign-city"] * 4
    + ["foreign-county", "foreign-province", "association"]
)
TOPICS = (
    "culture education youth friendship sport environment climate energy water trade tourism transport health-care public-health "
    "democracy equality research regional-development labour-market business-development social-care infrastructure baltic-sea waste"
).split()
COLLABORATIONS = ["twin-town"] * 6 + ["partner-region", "municipal-partnership", "sister-city", "bilateral"]
STATUSES = ["active"] * 10 + ["ended"] * 4 + ["dormant"] * 2 + ["to-end", "planned"] + ["unknown"] * 3
ROLES = ["member"] * 6 + ["full-member"] * 4 + ["associate-member"] * 2 + ["observer", "coordinator"]
AGREEMENTS = (
    "letter-of-intent cooperation-agreement friendship-agreement twinning-agreement memorandum".split()
)
DOCUMENTS = ["web-page"] * 6 + ["minutes", "report", "press-release"]
SKEW = 1.8


def pick(rows: list[Body], chance: Random) -> Body:
    """A body, the earlier ones much more often."""
    return rows[int(len(rows) * chance.random() ** SKEW)]


def edtf(text: str) -> str:
    return f'"{text}"^^edtf:EDTF'


def both(swedish: str, english: str) -> tuple[str, str]:
    return f'"{swedish}"@sv', f'"{english}"@en'


def labels(swedish: str, english: str) -> Facts:
    return [("skos:prefLabel", text) for text in both(swedish, english)]


def date(year: int, chance: Random) -> str:
    """A date in that year or about it, as precise as sources are: mostly the year."""
    kind, month = chance.random(), chance.randrange(1, 13)
    if kind < 0.55:
        return str(year)
    if kind < 0.67:
        return f"{year}-{month:02d}"
    if kind < 0.82:
        return f"{year}-{month:02d}-{chance.randrange(1, 29):02d}"
    if kind < 0.88:
        return f"{year // 10}X"
    if kind < 0.92:
        return f"{year}?" if month < 7 else f"{year}~"
    return f"{year}/.." if kind < 0.96 else f"{year}/{year + 1}"


def evidence(
    name: str, about: str, body: Body, quote: str, chance: Random, property_: str = "", value: str = ""
) -> tuple[str, Facts]:
    """Evidence for a fact, by the source of a body."""
    facts = [("a", "coop:Evidence"), ("oa:hasBody", f"<{about}>")]
    if property_:
        facts.append(("coop:property", property_))
    if value:
        facts.append(("coop:value", value))
    facts += [("oa:hasSource", body.source), ("oa:exact", f'"{quote}"')]
    luck = chance.random()
    facts.append(
        (
            "coop:basis",
            "basis:inferred" if luck < 0.03 else "basis:understood" if luck < 0.2 else "basis:stated",
        )
    )
    if luck < 0.03:
        facts += [
            ("coop:reason", one)
            for one in both("Det följer av sammanhanget.", "It follows from the context.")
        ]
    return f"#e-{name}", facts


def time(
    begun: int, status: str, body: Body, about: str, chance: Random
) -> tuple[Facts, list[tuple[str, Facts]]]:
    """Start, end and status of something, and their evidence; one in ten has a start that the source does not state."""
    facts: Facts = []
    proofs = []
    if chance.random() < 0.1:
        facts.append(("coop:notStated", "coop:start"))
    else:
        start = edtf(date(begun, chance))
        facts.append(("coop:start", start))
        proofs.append(evidence("start", about, body, f"inleddes {begun}", chance, "coop:start", start))
        if chance.random() < 0.02:  # another source says otherwise
            other = evidence(
                "start-2", about, body, f"började {begun + 1}", chance, "coop:start", edtf(str(begun + 1))
            )
            proofs.append(other)
    if status == "to-end" or (status == "ended" and chance.random() < 0.6):
        year = begun + 2 + int(25 * chance.random())
        end = edtf(f"../{year}-12-31" if status == "to-end" else date(year, chance))
        facts.append(("coop:end", end))
        proofs.append(evidence("end", about, body, f"upphörde {year}", chance, "coop:end", end))
    elif status in ("ended", "dormant"):
        facts.append(("coop:notStated", "coop:end"))
    facts.append(("coop:status", f"status:{status}"))
    proofs.append(
        evidence("status", about, body, f"samarbetet är {status}", chance, "coop:status", f"status:{status}")
    )
    return facts, proofs


def bodies(count: int, sources: int, seed: int) -> list[Body]:
    """The bodies, the best connected first. No two of one country have the same name."""
    chance = Random(f"{seed} bodies")
    seen: dict[str, int] = {}
    found = []
    for i in range(count):
        skewed = int(len(COUNTRIES) * chance.random() ** 2)
        country = "SWE" if i % 4 == 0 else COUNTRIES[skewed]
        kind = chance.choice(SWEDISH if country == "SWE" else FOREIGN)
        nth = seen[country] = seen.get(country, -1) + 1
        name = name_of(nth, kind, country)
        found.append(Body(f"{name.slug}-{country.lower()}", name, kind, country, f"source:s{i % sources}"))
    return found


def organisation(i: int, body: Body, chance: Random) -> Iterator[Thing]:
    """A body, and for every third its territory."""
    union = body.kind in ("association",)
    facts: Facts = [("a", "org:FormalOrganization" if union else "cv:PublicOrganisation")]
    facts += labels(body.name.sv, body.name.en)
    if body.name.short != body.name.sv:
        facts.append(("skos:altLabel", f'"{body.name.short}"@sv'))
    facts += [("org:classification", f"kind:{body.kind}"), ("coop:country", f"country:{body.country}")]
    nodes = [("", facts)]
    if not union and i % 3 == 0:
        facts.append(("dct:spatial", f"place:{body.slug}"))
        yield place(i, body, chance)
    if i % 4 == 0:
        facts.append(("adms:identifier", "<#wikidata>"))
        nodes.append(identifier("wikidata", f"Q{70_000_000 + i}"))
    yield Thing("organisation", body.slug, nodes)


def identifier(kind: str, notation: str) -> tuple[str, Facts]:
    facts = [("a", "adms:Identifier"), ("dct:type", f"idtype:{kind}"), ("skos:notation", f'"{notation}"')]
    return f"#{kind}", facts


def place(i: int, body: Body, chance: Random) -> Thing:
    swedish = body.country == "SWE"
    lat = chance.uniform(55.5, 69) if swedish else chance.uniform(-40, 65)
    long = chance.uniform(11, 24) if swedish else chance.uniform(-120, 140)
    facts = [("a", "dct:Location"), *labels(body.name.short, body.name.short)]
    facts += [
        ("coop:country", f"country:{body.country}"),
        ("geo:lat", f"{lat:.5f}"),
        ("geo:long", f"{long:.5f}"),
    ]
    facts += [("adms:identifier", "<#geonames>"), ("coop:hasFigure", "<#figure-population>")]
    number = str(int(500 * 2 ** (12 * chance.random())))
    figure = [("a", "coop:Figure"), ("coop:measure", "measure:population"), ("coop:number", number)]
    figure += [("coop:qualifier", "qualifier:about"), ("coop:notStated", "coop:date")]
    quote = f"cirka {number} invånare"
    proof = evidence("population", "#figure-population", body, quote, chance, "coop:number", number)
    nodes = [("", facts), identifier("geonames", str(1_000_000 + i)), ("#figure-population", figure), proof]
    return Thing("place", body.slug, nodes)


def source(i: int, publisher: Body, chance: Random) -> Thing:
    """A document. One in five is undated; of those half say when at the earliest they can be from."""
    year, dated = chance.randrange(2004, 2025), chance.random()
    facts = [("a", "coop:Source"), ("dct:title", f'"Internationellt arbete, {publisher.name.sv}, {i}"@sv')]
    facts += [
        ("dct:type", f"doctype:{chance.choice(DOCUMENTS)}"),
        ("dct:publisher", f"organisation:{publisher.slug}"),
    ]
    facts.append(("dct:language", "lang:SWE"))
    if dated < 0.2:
        facts.append(("coop:notStated", "coop:date"))
    else:
        facts.append(
            ("coop:date", edtf(f"{year}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"))
        )
    if dated < 0.1:
        facts.append(("coop:notBefore", edtf(str(year))))
        facts += [
            ("coop:reason", one) for one in both("Sidan nämner det året.", "The page mentions that year.")
        ]
    facts += [("schema:url", f"<https://example.org/{i}>"), ("coop:retrieved", edtf("2025-02-03"))]
    facts += [("coop:archivedAs", f'"s{i}.txt"'), ("coop:sha256", f'"{chance.getrandbits(256):064x}"')]
    return Thing("source", f"s{i}", [("", facts)])
