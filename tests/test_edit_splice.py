"""Splicing changes what a text says in the places that say it, and nothing else; tidying has one outcome."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from conftest import ROOT, WORLD
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.edit.layout import document
from coopgraph.edit.splice import spliced
from coopgraph.edit.text import renamed, triples_of
from coopgraph.edit.tidy import tidied
from coopgraph.errors import EditRefused
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import find

PROJECT = find(WORLD)
NAMES = namespaces(PROJECT)
REAL = namespaces(find(ROOT))
FILES = [*PROJECT.data_files(), *find(ROOT).data_files()]
BASE = "https://world.example/id/partnership/a--b"
TEXT = """\
# top
@base <https://world.example/id/partnership/a--b> .
@prefix coop: <https://w3id.org/coopgraph/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

# about it
<>   a coop:Partnership ;  # a partnership
    # the name
    skos:prefLabel "A – B"@sv ,   # in Swedish
        "A – B"@en ;
    coop:hasParty  <https://world.example/id/organisation/a>,<https://world.example/id/organisation/b>  ;
    coop:order 1 .

<#remark-1> a coop:Remark .   # the last one
"""


def names_for(path: Path) -> Namespaces:
    return NAMES if path.is_relative_to(WORLD) else REAL


def triple(subject: str, predicate: str, value: object) -> Triple:
    term = value if isinstance(value, Literal | NamedNode) else Literal(str(value))
    return Triple(NamedNode(BASE + subject), NAMES.expand(predicate), term)


A, B = (NamedNode(f"https://world.example/id/organisation/{name}") for name in "ab")
C = NamedNode("https://world.example/id/organisation/c")


@pytest.mark.parametrize(
    ("removed", "added", "old", "new"),
    [
        ([triple("", "coop:order", Literal(1))], [triple("", "coop:order", Literal(2))], "coop:order 1", "coop:order 2"),
        ([triple("", "coop:hasParty", A)], [], "<https://world.example/id/organisation/a>,", ""),
        ([triple("", "coop:hasParty", B)], [], ",<https://world.example/id/organisation/b>", ""),
        ([triple("", "coop:order", Literal(1))], [], "  ;\n    coop:order 1 .", " ."),
        (
            [],
            [triple("", "coop:hasParty", C)],
            "organisation/b>  ;",
            "organisation/b> ,\n        organisation:c  ;",
        ),
        ([], [triple("", "coop:status", C)], "coop:order 1 .", "coop:order 1 ;\n    coop:status organisation:c ."),
        ([triple("", "skos:prefLabel", Literal("A – B", language="en"))], [], " ,   # in Swedish\n        \"A – B\"@en ;", "   # in Swedish\n     ;"),
    ],
)  # fmt: skip
def test_a_change_touches_its_own_place_alone(
    removed: list[Triple], added: list[Triple], old: str, new: str
) -> None:
    expected = TEXT.replace(old, new)
    if "organisation:" in new:
        expected = expected.replace(
            "@prefix skos:", "@prefix organisation: <https://world.example/id/organisation/> .\n@prefix skos:"
        )
    assert spliced(TEXT, removed, added, NAMES) == expected


def test_new_evidence_stands_beside_the_fact_it_is_for_so_that_two_stewards_do_not_meet() -> None:
    one = [
        triple("#e-start", "rdf:type", NAMES.expand("coop:Evidence")),
        triple("#e-start", "oa:hasBody", NamedNode(BASE)),
    ]
    text = spliced(TEXT, [], one, NAMES)
    assert text.index("<#e-start>") < text.index("<#remark-1>")


def test_what_is_not_there_cannot_be_taken_out() -> None:
    with pytest.raises(EditRefused):
        spliced(TEXT, [triple("", "coop:order", Literal(7))], [], NAMES)


def test_line_ends_stay_as_they_are() -> None:
    windows = TEXT.replace("\n", "\r\n")
    text = spliced(windows, [], [triple("#remark-2", "coop:order", Literal(1))], NAMES)
    assert "\n" not in text.replace("\r\n", "")


def test_a_new_name_goes_everywhere() -> None:
    text = renamed(TEXT, {BASE: BASE + "-c", A.value: C.value}, NAMES)
    assert f"@base <{BASE}-c> ." in text
    assert "organisation/a>" not in text
    assert text.count("\n") == TEXT.count("\n") + 1  # the prefix that is declared now


def random_change(text: str, chance: random.Random) -> tuple[list[Triple], list[Triple]]:
    said = triples_of(text)
    gone = chance.sample(said, chance.randint(0, min(6, len(said))))
    if chance.random() < 0.3:
        subject = chance.choice(said).subject
        gone = [one for one in said if one.subject == subject]
    values = [
        A,
        Literal('så "här"\n', language="sv"),
        Literal(5),
        Literal("199X", datatype=NAMES.expand("edtf:EDTF")),
    ]
    new = []
    for _ in range(chance.randint(0, 4)):
        like = chance.choice(said)
        assert isinstance(like.subject, NamedNode)
        subject = chance.choice([like.subject, NamedNode(like.subject.value + "z")])
        predicate = chance.choice([like.predicate, NAMES.expand("owl:sameAs")])
        new.append(Triple(subject, predicate, chance.choice([*values, like.object])))
    return gone, new


def check_splice(seed: int) -> None:
    """`spliced` proves what the text says; here: that every other line is the same."""
    chance = random.Random(seed)
    text = chance.choice(FILES).read_text(encoding="utf-8")
    gone, new = random_change(text, chance)
    after = spliced(text, gone, new, NAMES)
    subjects = {one.subject for one in (*gone, *new)}
    for whole in re.split(r"\n\n", text):
        about = (
            {one.subject for one in triples_of(f"{text.split('<>')[0]}\n{whole}")}
            if whole[:2] in ("<>", "<#")
            else set()
        )
        if about and not about & subjects:
            assert whole.strip() in after


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0))
def test_random_changes_say_what_was_meant_and_leave_the_rest(seed: int) -> None:
    check_splice(seed)


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(st.integers(min_value=0))
def test_many_random_changes_say_what_was_meant_and_leave_the_rest(seed: int) -> None:
    check_splice(seed)


@pytest.mark.parametrize("path", FILES[::7], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_tidying_is_idempotent_and_keeps_comments(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    once = tidied(text, NAMES)
    assert tidied(once, NAMES) == once
    assert sorted(re.findall(r"(?m)^\s*(#.*)", text)) == sorted(re.findall(r"(?m)^\s*(#.*)", once))


@pytest.mark.parametrize("path", FILES[3::23], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_tidying_gives_the_same_from_any_order_of_triples(path: Path) -> None:
    names = names_for(path)
    text = re.sub(r"(?m)^\s*#.*\n", "", path.read_text(encoding="utf-8"))
    base = re.search(r"@base <([^>]*)>", text)
    assert base
    expected = tidied(text, names)
    triples = triples_of(text)
    for seed in range(3):
        random.Random(seed).shuffle(triples)
        assert tidied(document(base[1], triples, names), names) == expected
        lines = f"@base <{base[1]}> .\n" + "".join(f"{one} .\n" for one in triples)
        prefixes = "".join(re.findall(r"(?m)^@prefix .*\n", expected))
        assert tidied(prefixes + lines, names) == expected


def test_comments_stay_with_what_they_stand_by() -> None:
    once = tidied(TEXT, NAMES)
    assert once.startswith("# top\n@base")
    assert "# about it\n<> a coop:Partnership" in once
    assert '"A – B"@sv , # in Swedish' in once
    assert "    # the name\n    skos:prefLabel" in once
    assert "<#remark-1> a coop:Remark . # the last one" in once
    assert tidied(once, NAMES) == once


def test_brackets_stay_as_they_are_written() -> None:
    text = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n\nsh:b sh:in ( 1   2 ) ; sh:a [ sh:c 1 ] .\nsh:a sh:c 3 .\n"
    once = tidied(text, NAMES)
    assert "( 1   2 )" in once
    assert once.index("sh:a sh:c 3") < once.index("sh:b")
