"""One mistake is told once: what only follows from it is left out, and what has nothing to do with it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgraph.project import find
from coopgraph.validate.check import check

JB_MARKS = "data/partnership/vaxjo-kommun--jb-marks.ttl"
BODY = "data/organisation/jb-marks.ttl"

Told = tuple[str, str, str | None]


def told(folder: Path) -> set[Told]:
    """Rule, file and value of every violation and warning."""
    return {
        (one.rule, one.place.path.relative_to(folder).as_posix() if one.place else "", one.value)
        for one in check(find(folder)).findings
        if one.severity != "info"
    }


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


ONCE = {
    "a misspelt predicate, not the property that is missing for it": (
        JB_MARKS,
        "coop:hasParty organisation:vaxjo",
        "coop:hasPart organisation:vaxjo",
        ("unknown-term", JB_MARKS, "coop:hasPart"),
    ),
    "a misspelt predicate, not the part that nothing points to for it": (
        JB_MARKS,
        "coop:hasFigure <#figure-projects>",
        "coop:hasFigur <#figure-projects>",
        ("unknown-term", JB_MARKS, "coop:hasFigur"),
    ),
    "a misspelt predicate, not the evidence of what is missing for it": (
        JB_MARKS,
        "dct:type collaboration",
        "dct:typ collaboration",
        ("unknown-term", JB_MARKS, "dct:typ"),
    ),
    "a misspelt class, not what links to the thing": (
        JB_MARKS,
        "<#figure-projects> a coop:Figure",
        "<#figure-projects> a coop:Figur",
        ("unknown-term", JB_MARKS, "coop:Figur"),
    ),
    "a misspelt class, not the parts of the thing": (
        JB_MARKS,
        "<> a coop:Partnership",
        "<> a coop:Partnershp",
        ("unknown-term", JB_MARKS, "coop:Partnershp"),
    ),
    "a misspelt class, not the files that link to the thing": (
        BODY,
        "<> a cv:PublicOrganisation",
        "<> a cv:PublicOrganisaton",
        ("unknown-term", BODY, "cv:PublicOrganisaton"),
    ),
    "a dangling link, not what the shapes miss there": (
        JB_MARKS,
        "organisation:vaxjo-kommun , organisation:jb-marks",
        "organisation:vaxjo-kommun , organisation:jb-mark",
        ("dangling", JB_MARKS, "organisation:jb-mark"),
    ),
    "a dangling link, not the part that it was to point to": (
        JB_MARKS,
        "coop:hasFigure <#figure-projects>",
        "coop:hasFigure <#figur-projects>",
        ("dangling", JB_MARKS, "partnership:vaxjo-kommun--jb-marks#figur-projects"),
    ),
    "an impossible date, not that it has no bounds": (
        JB_MARKS,
        'coop:start "2005"^^edtf:EDTF ;\n    coop:status',
        'coop:start "2O05"^^edtf:EDTF ;\n    coop:status',
        ("date", JB_MARKS, "2O05"),
    ),
    "a file that can't be read, not the links to what it describes": (
        BODY,
        "<> a cv:PublicOrganisation",
        "<> a a cv:PublicOrganisation",
        ("syntax", BODY, None),
    ),
    "a network's file that can't be read, not what its members miss": (
        "data/network/cpmr.ttl",
        "<> a",
        "<> a a",
        ("syntax", "data/network/cpmr.ttl", None),
    ),
    "a source's file that can't be read, not the evidence that rests on it": (
        "data/source/vaxjo-kommunala-partnerskap.ttl",
        "<> a",
        "<> a a",
        ("syntax", "data/source/vaxjo-kommunala-partnerskap.ttl", None),
    ),
    "a file with another IRI in it, not the links to what it should describe": (
        BODY,
        "@base <https://w3id.org/coopgraph/id/organisation/jb-marks>",
        "@base <https://w3id.org/coopgraph/id/organisation/jb-mark>",
        ("wrong-file", BODY, None),
    ),
}


@pytest.mark.parametrize("case", ONCE)
def test_a_mistake_is_told_once(real_copy: Path, case: str) -> None:
    file, old, new, expected = ONCE[case]
    change(real_copy, file, old, new)
    assert told(real_copy) == {expected}


def test_a_blank_node_is_told_and_not_what_it_lacks(world_copy: Path) -> None:
    file = "data/partnership/norrby-kommun--klitrup.ttl"
    change(
        world_copy,
        file,
        "<> a coop:Partnership ;",
        "<> a coop:Partnership ;\n    coop:hasFigure [ a coop:Figure ] ;",
    )
    assert told(world_copy) == {("blank-node", file, "[ … ]")}


def test_the_rest_is_checked_beside_a_file_that_cannot_be_read(real_copy: Path) -> None:
    change(real_copy, BODY, "<> a", "<> a a")
    change(
        real_copy,
        JB_MARKS,
        "coop:status status:active ;\n    dct:subject",
        "coop:status status:activ ;\n    dct:subject",
    )
    change(real_copy, "data/organisation/rehna.ttl", "org:classification", "org:clasification")
    assert told(real_copy) >= {
        ("syntax", BODY, None),
        ("dangling", JB_MARKS, "status:activ"),
        ("unknown-term", "data/organisation/rehna.ttl", "org:clasification"),
    }
    assert "organisation:jb-marks" not in {value for _, _, value in told(real_copy)}


def test_a_shape_without_anything_to_look_at_is_no_news_beside_a_file_that_cannot_be_read(
    world_copy: Path,
) -> None:
    change(world_copy, "data/project/ren-vik.ttl", "<> a", "<> a a")
    assert [one.rule for one in check(find(world_copy)).findings] == ["syntax"]


def test_two_mistakes_of_one_thing_are_both_told(real_copy: Path) -> None:
    change(real_copy, JB_MARKS, "coop:hasParty organisation:vaxjo", "coop:hasPart organisation:vaxjo")
    change(real_copy, JB_MARKS, 'skos:prefLabel "', 'skos:prefLabel "X"@sv , "')
    rules = {rule for rule, _, _ in told(real_copy)}
    assert "unknown-term" in rules
    assert any(rule.endswith("-prefLabel") or rule.startswith("Named-") for rule in rules)


def test_a_wrong_ontology_file_is_told_alone(real_copy: Path) -> None:
    path = real_copy / "ontology" / "own.ttl"
    path.parent.mkdir()
    path.write_text("<urn:x> a ", encoding="utf-8")
    change(real_copy, BODY, "org:classification", "org:clasification")
    assert told(real_copy) == {("syntax", "ontology/own.ttl", None)}
