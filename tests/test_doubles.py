"""Bodies that are perhaps one and the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgraph.project import find
from coopgraph.validate.check import check
from coopgraph.validate.doubles import folded

HEAD = """@base <https://world.example/id/organisation/{slug}> .
@prefix coop: <https://w3id.org/coopgraph/ns#> .
@prefix country: <http://publications.europa.eu/resource/authority/country/> .
@prefix cv: <http://data.europa.eu/m8g/> .
@prefix kind: <https://w3id.org/coopgraph/id/concept/kind/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix organisation: <https://world.example/id/organisation/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

"""


def add(folder: Path, slug: str, text: str) -> None:
    path = folder / "data" / "organisation" / f"{slug}.ttl"
    path.write_text(HEAD.format(slug=slug) + text, encoding="utf-8")


def same(folder: Path) -> list[tuple[str | None, str | None]]:
    return [(one.focus, one.meant) for one in check(find(folder)).findings if one.rule == "same-body"]


def body(name: str, *, kind: str = "municipality", country: str = "SWE") -> str:
    return (
        f"<> a cv:PublicOrganisation ;\n    skos:prefLabel {name} ;\n"
        f"    org:classification kind:{kind} ;\n    coop:country country:{country} ."
    )


@pytest.mark.parametrize(
    ("slug", "text", "found"),
    [
        ("zz", body('"Norrby kommun"@sv , "Zz"@en'), [("organisation:zz", "organisation:norrby-kommun")]),
        ("zz", body('"NORRBY  Kommun."@sv , "Zz"@en'), [("organisation:zz", "organisation:norrby-kommun")]),
        ("aa", body('"Norrby-kommun"@sv , "Aa"@en'), [("organisation:norrby-kommun", "organisation:aa")]),
        ("zz", body('"Norrby kommun"@sv , "Zz"@en', kind="region"), []),
        ("zz", body('"Norrby kommun"@sv , "Zz"@en', country="FIN"), []),
        ("zz", body('"Nörrby kommun"@sv , "Zz"@en'), []),
        (
            "zz",
            body('"Pilvemäe"@sv , "Zz"@en', kind="foreign-county", country="EST"),
            [("organisation:zz", "organisation:pilvemae-maakond")],
        ),
    ],
)
def test_one_name_in_one_country_is_told(
    world_copy: Path, slug: str, text: str, found: list[tuple[str, str]]
) -> None:
    add(world_copy, slug, text)
    assert same(world_copy) == found


def test_a_body_and_its_successor_may_have_one_name(world_copy: Path) -> None:
    add(world_copy, "zz", body('"Norrby kommun"@sv , "Zz"@en'))
    event = world_copy / "data" / "event" / "lillanger-gar-upp-i-norrby.ttl"
    text = event.read_text(encoding="utf-8")
    event.write_text(
        text.replace(
            "organisation:lillanger-kommun ;", "organisation:lillanger-kommun , organisation:zz ;", 1
        ),
        encoding="utf-8",
    )
    rules = {one.rule for one in check(find(world_copy)).findings if one.focus == "organisation:zz"}
    assert not {"same-body", "Organisation-double"} & rules


def test_a_name_is_told_once_and_at_its_line(world_copy: Path) -> None:
    add(world_copy, "zz", body('"Norrby kommun"@sv , "Zz"@en'))
    found = [one for one in check(find(world_copy)).findings if one.severity == "warning"]
    (one,) = [one for one in found if one.rule in ("same-body", "Organisation-double")]
    assert one.place is not None
    assert (one.place.path.name, one.place.line) == ("zz.ttl", 11)
    assert [place.path.name for place in one.related] == ["norrby-kommun.ttl"]
    assert one.value == "Norrby kommun"


def test_the_world_and_its_retired_spellings_have_no_doubles(world_copy: Path) -> None:
    assert same(world_copy) == []


def test_an_identifier_on_two_bodies_is_a_violation(world_copy: Path) -> None:
    code = '\n<> adms:identifier <#scb> .\n<#scb> a adms:Identifier ; dct:type idtype:scb ; skos:notation "9999" .\n'
    for slug in ("zz", "zy"):
        prefixes = (
            "@prefix adms: <http://www.w3.org/ns/adms#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
            "@prefix idtype: <https://w3id.org/coopgraph/id/concept/idtype/> .\n"
        )
        add(world_copy, slug, prefixes + body(f'"{slug}"@sv , "{slug}"@en') + code)
    found = [one for one in check(find(world_copy)).findings if one.rule == "Identifier-double"]
    assert {(one.focus, one.severity) for one in found} == {
        ("organisation:zz#scb", "violation"),
        ("organisation:zy#scb", "violation"),
    }


def test_names_are_folded_but_letters_keep_their_rings() -> None:
    assert folded("Sun-Hai  stad") == folded("Sunhai Stad")
    assert folded("Habo kommun") != folded("Håbo kommun")
