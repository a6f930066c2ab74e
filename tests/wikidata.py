"""Statements in the form that Wikidata gives them in RDF, of invented bodies, and a server that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import servers

PREFIXES = """
@prefix p: <http://www.wikidata.org/prop/> .
@prefix pqv: <http://www.wikidata.org/prop/qualifier/value/> .
@prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix psv: <http://www.wikidata.org/prop/statement/value/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wds: <http://www.wikidata.org/entity/statement/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix wdv: <http://www.wikidata.org/value/> .
@prefix wikibase: <http://wikiba.se/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
wd:Q34 wdt:P298 "SWE" .
wd:Q35 wdt:P298 "DNK" .
wd:Q33 wdt:P298 "FIN" .
"""


def body(item: str, country: str, *names: str, more: str = "") -> str:
    """An item with its country, names such as `"Norrby"@sv`, and more properties in Turtle."""
    labels = f"rdfs:label {' , '.join(names)} ;" if names else ""
    return f"wd:{item} {labels} wdt:P17 {' , '.join(f'wd:{one}' for one in country.split())} {more} .\n"


def statement(
    subject: str,
    property_: str,
    value: str,
    *,
    number: int = 1,
    start: tuple[str, int] | None = None,
    end: tuple[str, int] | None = None,
    rank: str = "Normal",
) -> str:
    """A statement with its times, each a day and a precision (11 a day, 10 a month, 9 a year, 8 a decade, 7 a century)."""
    node = f"{subject}-{property_}-{value.strip('<>').rpartition('/')[2]}-{number}"
    said = f"wd:{subject} p:{property_} wds:{node} .\n"
    said += f"wds:{node} ps:{property_} {value if value.startswith('<') else 'wd:' + value} ; wikibase:rank wikibase:{rank}Rank .\n"
    for name, time in (("P580", start), ("P582", end)):
        if time is not None:
            said += f"wds:{node} pqv:{name} wdv:{node}-{name} .\n"
            said += f'wdv:{node}-{name} wikibase:timeValue "{time[0]}T00:00:00Z"^^xsd:dateTime ; wikibase:timePrecision {time[1]} .\n'
    return said


MUNICIPALITY = "; wdt:P31 wd:Q127448 ; wdt:P525"
BODIES = (
    body("Q11", "Q34", '"Ekångers kommun"@sv', '"Ekånger Municipality"@en', more=f'{MUNICIPALITY} "9901"')
    + body("Q12", "Q35", '"Klitrup"@mul')
    + body("Q13", "Q34", '"Lundby"@sv')
    + body("Q14", "Q33", '"Saarikoivu"@en', '"Pajulahti"@sv')
    + body("Q15", "Q33")
    + body("Q16", "Q33 Q35", '"Tvillingö"@sv', '"Twin Island"@en')
)
TWINNED = (
    BODIES
    # each tells of the other, and they disagree about the year
    + statement("Q11", "P190", "Q12", start=("1998-01-01", 9))
    + statement("Q12", "P190", "Q11", start=("1996-01-01", 9))
    # over since 2012
    + statement("Q11", "P190", "Q14", start=("2008-09-01", 10), end=("2012-01-01", 9))
    # said from abroad only, of a body without a name
    + statement("Q15", "P190", "Q13", start=("1990-01-01", 8))
    # ended and taken up again, in two countries
    + statement("Q13", "P190", "Q16", start=("2000-01-01", 7), end=("1990-05-17", 11))
    + statement("Q13", "P190", "Q16", number=2)
    # no twinnings: deprecated, an unknown body, one country
    + statement("Q13", "P190", "Q12", rank="Deprecated")
    + statement("Q13", "P190", "<http://www.wikidata.org/.well-known/genid/1>")
    + statement("Q13", "P190", "Q11")
)


def store(turtle: str) -> ox.Store:
    found = ox.Store()
    found.load((PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return found


@contextmanager
def served(turtle: str, folder: Path) -> Iterator[str]:
    """The address of an Oxigraph server that holds these statements."""
    place = folder / "statements"
    on_disk = ox.Store(str(place))
    on_disk.extend(store(turtle))
    on_disk.flush()
    del on_disk
    with servers.oxigraph(place, folder) as url:
        yield url
