"""Bodies of anybody's list are matched where nothing is in doubt, and told as candidates where something is."""

from __future__ import annotations

import csv
import random
import time

import pytest
from conftest import SHARED

from coopgraph.edit.graph import open_graph
from coopgraph.project import Project, find
from coopgraph.sheets.authority import authority, known
from coopgraph.sheets.match import Body, Match, Matcher, bodies

KALIX = Body(
    "k", ("Kalix kommun", "Kalix Municipality", "Kalix"), "SWE", "municipality", frozenset({("scb", "2514")})
)
BERG_SE = Body("se", ("Berg",), "SWE", "municipality", frozenset({("wikidata", "Q1")}))
BERG_NO = Body("no", ("Berg",), "NOR", "foreign-municipality", frozenset({("wikidata", "Q2")}))
COUNTY = Body("county", ("Pilvemäe",), "EST", "foreign-county")
TOWN = Body("town", ("Pilvemäe",), "EST", "foreign-municipality")
KNOWN = Matcher([KALIX, BERG_SE, BERG_NO, COUNTY, TOWN])


def wanted(name: str = "", country: str = "", kind: str = "", **codes: str) -> Body:
    return Body("", (name,) if name else (), country, kind, frozenset(codes.items()))


@pytest.mark.parametrize(
    ("body", "certain", "why"),
    [
        (wanted("kalix  KOMMUN"), "k", ""),
        (wanted("Kalix"), "k", ""),
        (wanted("Something else", scb="2514"), "k", ""),
        (wanted(scb="2514"), "k", ""),
        (wanted("Berg"), None, "tie"),
        (wanted("Berg", "NOR"), "no", ""),
        (wanted("Berg", wikidata="Q2"), "no", ""),
        (wanted("Berg", "DNK"), None, "clash"),  # of this name, but elsewhere
        (wanted("Berg", "SWE", wikidata="Q9"), None, "clash"),  # another number of the same kind
        (wanted("Kalix", wikidata="Q1"), None, "clash"),  # the number is another body's than the name
        (wanted("Berg", "SWE", wikidata="Q2"), None, "clash"),  # the number is of another country
        (wanted(scb="2514", wikidata="Q1"), None, "clash"),  # two numbers of two bodies
        (wanted("Pilvemäe", "EST"), None, "tie"),
        (wanted("Pilvemäe", "EST", "foreign-county"), "county", ""),
        (wanted("Kalixx kommun"), None, "near"),
        (wanted("Nowhere"), None, ""),
    ],
)
def test_only_what_leaves_no_doubt_is_matched(body: Body, certain: str | None, why: str) -> None:
    match = KNOWN.match(body)
    assert (match.certain.id if match.certain else None, match.why) == (certain, why)
    assert bool(match.candidates) == bool(certain or why)


def test_a_name_as_it_is_written_comes_before_one_that_is_folded() -> None:
    matcher = Matcher([Body("1", ("Habo",)), Body("2", ("Håbo",))])
    assert [matcher.match(wanted(name)).certain for name in ("Håbo", "Habo")] == [
        Body("2", ("Håbo",)),
        Body("1", ("Habo",)),
    ]


def test_what_is_taken_out_is_known_no_longer() -> None:
    matcher = Matcher([BERG_SE, BERG_NO])
    matcher.remove(BERG_SE)
    assert matcher.match(wanted("Berg")).certain == BERG_NO
    assert matcher.match(wanted(wikidata="Q1")) == Match(None, ())


def test_bodies_of_a_graph_have_the_codes_of_their_territory(real_folder: object) -> None:
    with open_graph(find(real_folder)) as graph:  # type: ignore[arg-type]
        found = {body.id: body for body in bodies(graph)}
        matcher = known(graph)
    assert ("scb", "0780") in found["organisation:vaxjo-kommun"].identifiers
    certain = matcher.match(wanted("x", kind="municipality", scb="0780")).certain
    assert certain is not None
    assert certain.id == "organisation:vaxjo-kommun"  # and not the entry, which is the same body
    # region, county council and county board share the territory
    assert matcher.match(wanted("x", scb="06")).why == "tie"
    assert matcher.match(wanted("Jönköping")).why == "tie"  # the municipality or the region


def test_retired_bodies_are_not_matched(steward: Project) -> None:
    with open_graph(steward) as graph:
        assert "organisation:sun-hai" not in {body.id for body in bodies(graph)}


def test_the_authority_list_is_whole_and_agrees_with_its_sources() -> None:
    entries = authority()
    kinds = [entry.body.kind for entry in entries.values()]
    assert (kinds.count("municipality"), kinds.count("region"), len(kinds)) == (290, 21, 311)
    assert all(
        len(entry.scb) == (4 if entry.body.kind == "municipality" else 2) for entry in entries.values()
    )
    lists = SHARED / "authority"
    if not lists.is_dir():
        pytest.skip("the checked lists are not here")
    with (lists / "se-municipalities.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            entry = entries[f"authority:{row['scb']}"]
            assert (entry.name, entry.short) == (row["name_sv"], row["short"])
            assert ("lau", row["lau"]) in entry.codes
    with (lists / "se-counties.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            codes = dict(entries[f"authority:{row['county']}"].codes)
            assert (codes["nuts"], codes["iso3166-2"], codes["geonames"]) == (
                row["nuts3"],
                row["iso"],
                row["geonames"],
            )


def test_two_thousand_bodies_match_in_seconds() -> None:
    chance = random.Random(2)
    letters = "abdeghiklmnoprstuvåäö "
    many = [
        Body(str(number), ("".join(chance.choices(letters, k=chance.randint(6, 24))).strip() or "x",), "SWE")
        for number in range(10_000)
    ]
    matcher = Matcher(many)
    right, start = 0, time.process_time()
    for number, body in enumerate(chance.sample(many, 2000)):
        name = body.names[0]
        asked = name.upper() if number % 2 else name[:3] + "z" + name[3:]
        match = matcher.match(Body("", (asked,), "SWE"))
        right += body in [one.body for one in match.candidates]
    assert time.process_time() - start < 5
    assert right > 1500  # the others are short names, of which another letter makes another name
