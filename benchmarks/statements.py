"""Twinnings in the form that Wikidata gives them in RDF, of towns that there are not.

The shape is Wikidata's: items with names in several languages and a country, statements (P190) with a rank and, where they are
known, a start and an end as values with a precision. Some bodies have the most of the twinnings; most twinnings are told from
both sides, each with its own times; a few statements are deprecated, or name "some value".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pyoxigraph

from benchmarks.names import Name, name_of
from benchmarks.things import COUNTRIES

WIKIDATA = "http://www.wikidata.org/"
_RDFS_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_WIKIBASE = "http://wikiba.se/ontology#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_MUNICIPALITY, _TOWN = "Q127448", "Q3957"
_LANGUAGES = "de fr fi pl es it nl da nb lt lv et ru uk zh ja".split()
_MEAN = 1.6
"""How many statements tell of one twinning, in the middle."""

Time = tuple[str, int]
"""A day, and how precise it is: 11 a day, 10 a month, 9 a year, 8 a decade, 7 a century."""


@dataclass(frozen=True)
class Body:
    """A body: its item, country, what it is called, and in which languages it has which name."""

    item: str
    country: str
    name: Name
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """A statement that one item is twinned with another, or with some value."""

    node: str
    subject: str
    value: str
    rank: str
    start: Time | None
    end: Time | None


def bodies(count: int, seed: int) -> list[Body]:
    """The bodies, the best connected first: an eighth of them in Sweden."""
    chance = Random(f"{seed} bodies")
    seen: dict[str, int] = {}
    found = []
    for nth in range(count):
        country = "SWE" if nth % 8 == 0 else COUNTRIES[int(len(COUNTRIES) * chance.random() ** 2)]
        seen[country] = seen.get(country, -1) + 1
        kind = "municipality" if country == "SWE" else "town"
        luck = chance.random()
        if luck < 0.01:
            languages: tuple[str, ...] = ()
        elif luck < 0.1:
            languages = ("mul",)
        else:
            languages = tuple(one for one in ("sv", "en") if chance.random() < 0.8)
            languages += tuple(chance.sample(_LANGUAGES, chance.randrange(1, 10)))
        found.append(Body(f"Q{10_000 + 7 * nth}", country, name_of(seen[country], kind, country), languages))
    return found


def statements(count: int, known: Sequence[Body], seed: int) -> list[Statement]:
    """So many statements on them; no two bodies of one country, but for one twinning in fifty."""
    chance = Random(f"{seed} statements")
    found: list[Statement] = []
    pairs: set[frozenset[str]] = set()
    while len(found) < count:
        one, other = (known[int(len(known) * chance.random() ** 1.7)] for _ in range(2))
        pair = frozenset((one.item, other.item))
        if len(pair) < 2 or pair in pairs or (one.country == other.country and chance.random() < 0.8):
            continue
        pairs.add(pair)
        sides = [(one.item, other.item), (other.item, one.item)]
        for subject, value in sides if chance.random() < _MEAN - 1 else sides[:1]:
            found.append(_statement(subject, value, chance))
    return found[:count]


def changed(former: Sequence[Statement], count: int, known: Sequence[Body], seed: int) -> list[Statement]:
    """The statements after so many changes: two fifths have another start, and as many are gone as are new."""
    chance = Random(f"{seed} changes")
    touched = chance.sample(range(len(former)), count * 7 // 10)
    begun, gone = touched[: count * 4 // 10], set(touched[count * 4 // 10 :])
    after = list(former)
    for at in begun:
        after[at] = replace(after[at], start=(f"{chance.randrange(1930, 1945)}-01-01", 9))
    pairs = {(one.subject, one.value) for one in former}
    new: list[Statement] = []
    while len(new) < count - len(touched):
        one, other = (known[int(len(known) * chance.random() ** 1.7)] for _ in range(2))
        if one.country != other.country and (one.item, other.item) not in pairs:
            pairs.add((one.item, other.item))
            new.append(_statement(one.item, other.item, chance))
    return [one for at, one in enumerate(after) if at not in gone] + new


def _statement(subject: str, value: str, chance: Random) -> Statement:
    node = f"{subject}-{chance.getrandbits(128):032x}"
    luck = chance.random()
    return Statement(
        node,
        subject,
        f"{WIKIDATA}.well-known/genid/{node}" if luck < 0.005 else f"{WIKIDATA}entity/{value}",
        "Deprecated" if luck > 0.99 else "Preferred" if luck > 0.97 else "Normal",
        # no end before any start, from whichever side it is told
        _time(chance, 1930, 1990) if chance.random() < 0.55 else None,
        _time(chance, 1990, 2026) if chance.random() < 0.06 else None,
    )


def _time(chance: Random, first: int, last: int) -> Time:
    year = chance.randrange(first, last)
    precision = chance.choices((11, 10, 9, 8, 7), (16, 4, 77, 2, 1))[0] if first < 1990 else 9
    month, day = (chance.randrange(1, above) if precision > 9 else 1 for above in (13, 29))
    return f"{year}-{month:02}-{day if precision == 11 else 1:02}", precision


def lines(known: Iterable[Body], said: Iterable[Statement]) -> Iterator[str]:
    """All of it as N-Triples."""
    countries: dict[str, str] = {}
    for body in known:
        country = "Q34" if body.country == "SWE" else f"Q{500 + COUNTRIES.index(body.country)}"
        countries[country] = body.country
        item = f"<{WIKIDATA}entity/{body.item}>"
        form = _MUNICIPALITY if body.country == "SWE" else _TOWN
        yield f"{item} <{WIKIDATA}prop/direct/P17> <{WIKIDATA}entity/{country}> .\n"
        yield f"{item} <{WIKIDATA}prop/direct/P31> <{WIKIDATA}entity/{form}> .\n"
        for language in body.languages:
            name = body.name.sv if language == "sv" else body.name.en if language == "en" else body.name.short
            yield f'{item} {_RDFS_LABEL} "{name}"@{language} .\n'
    for country, code in countries.items():
        yield f'<{WIKIDATA}entity/{country}> <{WIKIDATA}prop/direct/P298> "{code}" .\n'
    values: set[Time] = set()
    for one in said:
        node = f"<{WIKIDATA}entity/statement/{one.node}>"
        yield f"<{WIKIDATA}entity/{one.subject}> <{WIKIDATA}prop/P190> {node} .\n"
        yield f"{node} {_TYPE} <{_WIKIBASE}Statement> .\n"
        yield f"{node} <{WIKIDATA}prop/statement/P190> <{one.value}> .\n"
        yield f"{node} <{_WIKIBASE}rank> <{_WIKIBASE}{one.rank}Rank> .\n"
        for name, time in (("P580", one.start), ("P582", one.end)):
            if time is not None:
                values.add(time)
                yield f"{node} <{WIKIDATA}prop/qualifier/value/{name}> {_value(time)} .\n"
    for time in sorted(values):
        yield f'{_value(time)} <{_WIKIBASE}timeValue> "{time[0]}T00:00:00Z"^^<{_XSD}dateTime> .\n'
        yield f'{_value(time)} <{_WIKIBASE}timePrecision> "{time[1]}"^^<{_XSD}integer> .\n'


def _value(time: Time) -> str:
    # one node for all statements with the same time, as there
    return f"<{WIKIDATA}value/{hashlib.md5(repr(time).encode(), usedforsecurity=False).hexdigest()}>"


def store(folder: Path, known: Sequence[Body], said: Sequence[Statement]) -> int:
    """Load all of it into a store on disk; how many triples it has."""
    made = pyoxigraph.Store(str(folder))
    made.bulk_load("".join(lines(known, said)).encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    made.flush()
    return len(made)
