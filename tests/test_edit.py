"""The steward's operations, by example, on a copy of the invented world."""

from __future__ import annotations

import subprocess

import pytest
from pyoxigraph import Literal
from steward import do, propose, said, snapshot

from coopgraph.edit import add, evidence, facts, find, identity, merge
from coopgraph.edit.graph import Graph, open_graph
from coopgraph.errors import EditRefused, ProjectError, Text, UsageError
from coopgraph.project import Project
from coopgraph.validate.check import check

SOURCES = "sources"
PARTY = ["Norrby kommun", "Saltholt"]


def text_of(project: Project, path: str) -> str:
    return (project.data / f"{path}.ttl").read_text(encoding="utf-8")


def rules(findings: object) -> set[str]:
    return {one.rule for one in findings}  # type: ignore[attr-defined]


def new_partnership(graph: Graph, **values: list[str]) -> object:
    given = {"party": PARTY, "kind": ["vänort"], "start": ["1993"], "status": ["pågående"], **values}
    return add.add(
        graph,
        "partnership",
        given,
        supports=[(None, said(graph, "vår vänort sedan 1993", "source:norrby-internationellt")[0])],
        sources=graph.project.root / SOURCES,
    )


def test_a_partnership_is_added_whole(steward: Project) -> None:
    change = do(steward, new_partnership)
    assert change.brought == ()
    assert (
        change.sentences("sv")[0]
        == "Nytt: samarbete Norrby kommun – Saltholt (partnership:norrby-kommun--saltholt)."
    )
    assert text_of(steward, "partnership/norrby-kommun--saltholt").partition("\n\n")[2] == (
        """\
<> a coop:Partnership ;
    skos:prefLabel "Norrby kommun – Saltholt"@sv , "Norrby Municipality – Saltholt"@en ;
    dct:type collaboration:twin-town ;
    coop:hasParty organisation:norrby-kommun , organisation:saltholt ;
    coop:start "1993"^^edtf:EDTF ;
    coop:status status:active .

<#e-start> a coop:Evidence ;
    oa:hasBody <> ;
    coop:property coop:start ;
    coop:value "1993"^^edtf:EDTF ;
    oa:hasSource source:norrby-internationellt ;
    oa:exact "vår vänort sedan 1993" ;
    coop:basis basis:stated .

<#e-status> a coop:Evidence ;
    oa:hasBody <> ;
    coop:property coop:status ;
    coop:value status:active ;
    oa:hasSource source:norrby-internationellt ;
    oa:exact "vår vänort sedan 1993" ;
    coop:basis basis:stated .
"""
    )
    assert check(steward, sources=steward.root / SOURCES).conforms


def test_each_kind_of_thing_can_be_added(steward: Project) -> None:
    (steward.root / SOURCES / "ny.txt").write_text("Åvik är medlem i Kustnätet.", encoding="utf-8")
    quote = "Åvik är medlem"
    entered: list[tuple[str, dict[str, list[str]], str | None]] = [
        ("place", {"name": ["Åvik"], "country": ["Sverige"]}, None),
        (
            "organisation",
            {
                "name": ["Åviks kommun"],
                "name-en": ["Åvik Municipality"],
                "kind": ["kommun"],
                "country": ["SWE"],
            }
            | {
                "place": ["place:avik"],
                "identifier": ["organisationsnummer=212000-0142"],
                "also": ["Åvik@sv"],
            },
            None,
        ),
        (
            "source",
            {"title": ["Ny"], "publisher": ["Åviks kommun"], "kind": ["webbsida"], "file": ["ny.txt"]},
            None,
        ),
        ("network", {"name": ["Åviknätet"], "topic": ["kultur"]}, None),
        ("programme", {"name": ["Åvikprogrammet"], "start": ["2021"]}, None),
        ("project", {"name": ["Åvikprojektet"], "programme": ["Åvikprogrammet"]}, None),
        ("membership", {"member": ["Åviks kommun"], "in": ["Kustnätet"], "role": ["medlem"]}, quote),
        (
            "agreement",
            {"signatory": ["Åviks kommun", "Saltholt"], "kind": ["vänortsavtal"], "date": ["1990-talet"]},
            quote,
        ),
    ]
    for kind, values, words in entered:

        def operation(
            graph: Graph, kind: str = kind, values: dict[str, list[str]] = values, words: str | None = words
        ) -> object:
            supports = [(None, said(graph, words, "source:ny")[0])] if words else []
            return add.add(graph, kind, values, supports=supports, sources=steward.root / SOURCES)

        change = do(steward, operation)
        assert not change.violations, kind
    assert check(steward, sources=steward.root / SOURCES).conforms
    assert 'coop:date "199X"' in text_of(steward, "agreement/aviks-kommun--saltholt-1990")
    assert '"Vänortsavtal mellan Åviks kommun och Saltholt, 199X"@sv' in text_of(
        steward, "agreement/aviks-kommun--saltholt-1990"
    )


def test_a_counterpart_that_is_not_there_yet_is_added_with_the_partnership(steward: Project) -> None:
    def operation(graph: Graph) -> object:
        return add.add(
            graph,
            "partnership",
            {"party": ["Norrby kommun", "Åvik"], "kind": ["vänort"]},
            new=["Åvik / Oak Bay, kommun i annat land, Island"],
            supports=[("party", said(graph, "har varit vår vänort", "source:norrby-internationellt")[0])],
            sources=steward.root / SOURCES,
        )

    do(steward, operation)
    text = text_of(steward, "partnership/norrby-kommun--avik")
    assert '"Norrby kommun – Åvik"@sv , "Norrby Municipality – Oak Bay"@en' in text
    assert "coop:notStated coop:start" in text
    assert "coop:status status:unknown" in text
    assert "<#e-party-avik>" in text
    assert "org:classification kind:foreign-municipality" in text_of(steward, "organisation/avik")


def test_an_identifier_is_added_and_a_wrong_one_refused(steward: Project) -> None:
    saltholt = "organisation:saltholt"
    do(steward, lambda graph: add.add_identifier(graph, graph.names.expand(saltholt), ["wikidata=Q1526"]))
    assert "<#wikidata> a adms:Identifier ;" in text_of(steward, "organisation/saltholt")
    change = propose(
        steward, lambda graph: add.add_identifier(graph, graph.names.expand(saltholt), ["geonames=x"])
    )
    assert rules(change.violations) == {"Identifier-geonames"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("vår vänort sedan 1996", "Nearest: vår vänort sedan 199[6→3]"),
        ("Norrby", "stands in"),
    ],
)
def test_a_quote_that_is_not_in_its_source_once_is_refused(
    steward: Project,
    words: str,
    told: str,
) -> None:
    before = snapshot(steward)

    def operation(graph: Graph) -> object:
        fact = graph.names.expand("partnership:norrby-kommun--klitrup")
        quote = said(graph, words, "source:norrby-internationellt")
        return evidence.add_evidence(graph, fact, quote, sources=steward.root / SOURCES)

    with pytest.raises(EditRefused, match=told.replace("[", r"\[").replace("]", r"\]")):
        propose(steward, operation)
    assert snapshot(steward) == before


def test_an_edit_that_brings_in_a_violation_is_refused_and_changes_nothing(steward: Project) -> None:
    before = snapshot(steward)
    with pytest.raises(UsageError, match="1996-13"):
        propose(steward, lambda graph: new_partnership(graph, start=["1996-13"]))
    change = propose(steward, lambda graph: new_partnership(graph, start=["2010"], end=["2005"]))
    assert change.violations
    with pytest.raises(EditRefused, match="Time-order"):
        change.write()
    long = propose(
        steward,
        lambda graph: evidence.add_evidence(
            graph,
            graph.names.expand("partnership:norrby-kommun--klitrup"),
            said(graph, " ".join("ord" * 1 for _ in range(13))),
        ),
    )
    assert rules(long.violations) == {"Evidence-exact-length"}
    assert snapshot(steward) == before


def test_findings_are_those_of_a_full_check(steward: Project) -> None:
    before = {(one.rule, one.focus, one.value) for one in check(steward).findings}
    change = propose(
        steward,
        lambda graph: facts.remove(graph, graph.names.expand("organisation:klitrup"), None, None, reason="x"),
    )
    for path, text in change.after.items():
        path.write_text(text, encoding="utf-8") if text is not None else path.unlink()
    after = {(one.rule, one.focus, one.value) for one in check(steward).findings}
    assert {(one.rule, one.focus, one.value) for one in change.brought} == after - before
    assert {(one.rule, one.focus, one.value) for one in change.removed} == before - after
    assert "dangling" in rules(change.violations)


def test_evidence_of_a_missing_value_gives_the_fact_that_value(steward: Project) -> None:
    def operation(graph: Graph) -> object:
        fact = graph.names.expand("partnership:ekanger-kommun--klitrup")
        return evidence.add_evidence(
            graph,
            fact,
            said(graph, "Ekånger är också vänort till Klitrup", "source:mittland-samarbeten"),
            property_="coop:start",
            value=find.date(graph, "1950-talet"),
            sources=steward.root / SOURCES,
        )

    do(steward, operation)
    text = text_of(steward, "partnership/ekanger-kommun--klitrup")
    assert 'coop:start "195X"^^edtf:EDTF ;' in text
    assert "coop:notStated coop:start" not in text


def test_a_correction_mends_the_evidence_that_was_misread_too(steward: Project) -> None:
    def operation(graph: Graph) -> object:
        fact = graph.names.expand("project:ren-vik")
        return facts.correct(graph, fact, "coop:start", None, find.date(graph, "2016"), reason="felläst")

    change = do(steward, operation)
    assert change.sentences("en") == [
        "Clean Bay: start was 2017, will be 2016.",
        "project:ren-vik#e-start: value was 2017, will be 2016.",
    ]
    text = text_of(steward, "project/ren-vik")
    assert text.count('"2016"') == 2
    assert '"2017"' not in text


def test_a_correction_with_words_of_its_own_keeps_what_the_other_source_says(steward: Project) -> None:
    def operation(graph: Graph) -> object:
        fact = graph.names.expand("project:ren-vik")
        words = said(graph, "Ren vik pågick 2017", "source:norrby-internationellt")
        return facts.correct(
            graph,
            fact,
            "coop:start",
            None,
            find.date(graph, "2017-05"),
            reason="ny källa",
            supports=words,
            sources=steward.root / SOURCES,
        )

    do(steward, operation)
    text = text_of(steward, "project/ren-vik")
    assert 'coop:value "2017"^^edtf:EDTF' in text
    assert 'coop:value "2017-05"^^edtf:EDTF' in text


def test_what_never_was_goes_with_its_evidence(steward: Project) -> None:
    change = do(
        steward,
        lambda graph: facts.remove(
            graph, graph.names.expand("project:ren-vik"), "dct:subject", None, reason="x"
        ),
    )
    assert len(change.sentences("sv")) == 2
    text = text_of(steward, "project/ren-vik")
    assert "dct:subject" not in text.replace("coop:property dct:subject", "")
    assert "e-subject" not in text


def test_a_partnership_ends_with_its_words(steward: Project) -> None:
    def operation(graph: Graph) -> object:
        fact = graph.names.expand("partnership:fjallsta-kommun--saltholt")
        return facts.end(
            graph,
            fact,
            find.date(graph, "2004"),
            said(graph, "Tolv projekt har genomförts"),
            sources=steward.root / SOURCES,
        )

    change = do(steward, operation)
    assert change.sentences("sv")[1] == "Fjällsta – Saltholt: status var pågående, blir avslutat."
    text = text_of(steward, "partnership/fjallsta-kommun--saltholt")
    assert 'coop:end "2004"^^edtf:EDTF ;' in text
    assert "coop:value status:active" in text  # what the older source says stays
    assert check(steward, sources=steward.root / SOURCES).conforms


def test_a_new_name_keeps_the_old_one_with_its_time(steward: Project) -> None:
    def operation(graph: Graph) -> object:
        return facts.rename(
            graph,
            graph.names.expand("organisation:norrhavn"),
            Text("Havnsund", "Havnsund"),
            find.date(graph, "1960"),
            said(graph, "när Norrhavn bytte namn"),
            sources=steward.root / SOURCES,
        )

    change = do(steward, operation)
    text = text_of(steward, "organisation/norrhavn")
    assert 'skos:prefLabel "Havnsund"@sv , "Havnsund"@en ;' in text
    assert 'skos:altLabel "Norrhavn"@sv' in text
    assert '"Hette Norrhavn till 1960."@sv' in text
    assert not change.violations


def test_a_wrong_slug_is_moved_and_every_reference_follows(steward: Project) -> None:
    before = len(check(steward).findings)
    do(
        steward,
        lambda graph: identity.move(graph, graph.names.expand("organisation:norrby-kommun"), "norrby"),
    )
    assert not (steward.data / "organisation" / "norrby-kommun.ttl").exists()
    assert "organisation:norrby-kommun " not in text_of(steward, "partnership/norrby-kommun--klitrup")
    assert len(check(steward).findings) == before


def test_what_is_published_is_not_moved_nor_its_slug_used_again(steward: Project) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=steward.root, check=True, capture_output=True)

    git("init", "-q")
    git("add", "data")
    git("commit", "-qm", "first")
    git("tag", "v1")
    with pytest.raises(UsageError, match="published"):
        propose(
            steward, lambda graph: identity.move(graph, graph.names.expand("organisation:saltholt"), "salt")
        )
    with pytest.raises(UsageError, match="Retire it"):
        propose(
            steward,
            lambda graph: facts.remove(
                graph, graph.names.expand("organisation:saltholt"), None, None, reason="x"
            ),
        )
    (steward.data / "project" / "ren-vik.ttl").unlink()
    with pytest.raises(UsageError, match="never used again"):
        propose(steward, lambda graph: add.add(graph, "project", {"name": ["Ren vik"]}))


def test_a_merge_turns_every_reference_and_leaves_a_tombstone(steward: Project) -> None:
    do(
        steward,
        lambda graph: merge.merge(
            graph, graph.names.expand("organisation:sydhavn"), graph.names.expand("organisation:norrhavn")
        ),
    )
    tomb = text_of(steward, "organisation/sydhavn")
    assert "owl:deprecated true" in tomb
    assert "dct:isReplacedBy organisation:norrhavn" in tomb
    assert "dct:isReferencedBy agreement:bergs-kommun--norrhavn-1958 , event:havnsund-bildas" in tomb
    assert '"Sydhavn"@sv' in text_of(steward, "organisation/norrhavn")
    assert "organisation:sydhavn" not in text_of(steward, "agreement/bergs-kommun--norrhavn-1958")
    assert check(steward).conforms
    with pytest.raises(UsageError, match="retired already"):
        propose(
            steward,
            lambda graph: merge.merge(
                graph, graph.names.expand("organisation:sydhavn"), graph.names.expand("organisation:nordfoss")
            ),
        )


def test_a_merge_that_would_double_a_partnership_is_refused(steward: Project) -> None:
    change = propose(
        steward,
        lambda graph: merge.merge(
            graph, graph.names.expand("organisation:klitrup"), graph.names.expand("organisation:moorwinkel")
        ),
    )
    assert rules(change.violations) == {"Partnership-double"}


def test_a_retired_thing_leaves_a_tombstone_and_no_link(steward: Project) -> None:
    reason = Text("Never was.", "Fanns aldrig.")
    with pytest.raises(UsageError, match="membership:norrby-kommun--ren-vik"):
        propose(
            steward,
            lambda graph: merge.retire(graph, graph.names.expand("project:ren-vik"), reason=reason),
        )
    do(
        steward,
        lambda graph: merge.retire(graph, graph.names.expand("agreement:fjallvanner-idrott"), reason=reason),
    )
    assert '"Fanns aldrig."@sv' in text_of(steward, "agreement/fjallvanner-idrott")
    assert check(steward).conforms


def test_two_bodies_of_one_name_are_remembered_to_be_two(steward: Project) -> None:
    names = {"name": ["Saltholt"], "kind": ["kommun i annat land"], "country": ["Island"]}
    change = propose(steward, lambda graph: add.add(graph, "organisation", names, slug="saltholt-norra"))
    assert "same-body" in rules(change.brought)
    change.write()
    told = do(
        steward,
        lambda graph: identity.differ(
            graph,
            graph.names.expand("organisation:saltholt"),
            graph.names.expand("organisation:saltholt-norra"),
            reason="x",
        ),
    )
    assert "same-body" in rules(told.removed)
    assert "same-body" not in rules(check(steward).findings)


def test_an_entry_about_two_bodies_becomes_two(steward: Project) -> None:
    change = do(
        steward,
        lambda graph: identity.split(
            graph,
            graph.names.expand("organisation:saltholt"),
            Text("Saltholt Town", "Saltholts stad"),
            [graph.names.expand("agreement:sjovik-kommun--saltholt-1950")],
            reason="x",
        ),
    )
    assert not change.violations
    assert "organisation:saltholts-stad" in text_of(steward, "agreement/sjovik-kommun--saltholt-1950")
    assert "organisation:saltholt " in text_of(steward, "agreement/storsjo-kommun--saltholt-1960")


def test_successors_are_joined_by_an_event(steward: Project) -> None:
    change = do(
        steward,
        lambda graph: identity.succeed(
            graph,
            [graph.names.expand("organisation:saltholt")],
            [graph.names.expand("organisation:nordfoss")],
            None,
            Text("Saltholt becomes Nordfoss", "Saltholt blir Nordfoss"),
            said(graph, "Nordfoss på Grönland kom med 1982"),
            sources=steward.root / SOURCES,
        ),
    )
    assert not change.violations
    assert "org:originalOrganization organisation:saltholt ;" in text_of(
        steward, "event/saltholt-blir-nordfoss"
    )


def test_nobodys_work_is_written_over(steward: Project) -> None:
    change = propose(
        steward,
        lambda graph: facts.correct(
            graph,
            graph.names.expand("project:ren-vik"),
            "coop:start",
            None,
            find.date(graph, "2016"),
            reason="x",
        ),
    )
    path = steward.data / "project" / "ren-vik.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="changed in the meantime"):
        change.write()
    assert path.read_text(encoding="utf-8").endswith("# mine\n")


@pytest.mark.parametrize(
    ("text", "of", "expected"),
    [
        ("organisation:saltholt", (), "organisation:saltholt"),
        ("Norrby kommun", ("organisation",), "organisation:norrby-kommun"),
        ("norrby-kommun", ("organisation",), "organisation:norrby-kommun"),
        ("norrby municipality", ("organisation",), "organisation:norrby-kommun"),
    ],
)
def test_things_are_found_by_any_name(
    steward: Project,
    text: str,
    of: tuple[str, ...],
    expected: str,
) -> None:
    from coopgraph.edit.graph import open_graph

    with open_graph(steward) as graph:
        assert graph.names.shorten(find.thing(graph, text, of).value) == expected
        assert find.property_(graph, "början") == "coop:start"
        assert find.date(graph, "the 1940s") == find.date(graph, "194X")
        with pytest.raises(UsageError, match="twin town"):
            find.concept(graph, "collaboration", "vänor")
        assert isinstance(find.value_like(graph, "2001", "coop:start", None), Literal)


@pytest.mark.parametrize("word", ["type", "typ", "kind", "slag", "Slag"])
def test_the_kind_of_a_thing_is_meant_by_the_word_of_its_class(steward: Project, word: str) -> None:
    def meant(graph: Graph, thing: str) -> str:
        return find.property_(graph, word, graph.names.expand(thing))

    with open_graph(steward) as graph:
        assert meant(graph, "partnership:fjallsta-kommun--saltholt") == "dct:type"
        assert meant(graph, "source:fjallsta-redovisning") == "dct:type"
        assert meant(graph, "organisation:saltholt") == "org:classification"


def test_the_words_of_add_name_the_fields(steward: Project) -> None:
    with open_graph(steward) as graph:
        thing = graph.names.expand("partnership:fjallsta-kommun--saltholt")
        assert [find.property_(graph, one, thing) for one in ("party", "ämne", "status")] == [
            "coop:hasParty",
            "dct:subject",
            "coop:status",
        ]
        with pytest.raises(UsageError) as told:
            find.property_(graph, "partr")
        assert str(told.value).count("coop:hasParty") < 2


@pytest.mark.parametrize("property_", ["rdf:type", "a"])
def test_the_class_of_a_thing_is_never_changed(steward: Project, property_: str) -> None:
    with open_graph(steward) as graph:
        thing = graph.names.expand("partnership:fjallsta-kommun--saltholt")
        old, new = graph.names.expand("coop:Partnership"), graph.names.expand("collaboration:sister-city")
        with pytest.raises(UsageError, match="never changed"):
            find.property_(graph, property_, thing)
        with pytest.raises(UsageError, match="never changed"):
            facts.correct(graph, thing, "rdf:type", old, new, reason="x")
        with pytest.raises(UsageError, match="never changed"):
            facts.remove(graph, thing, "rdf:type", old, reason="x")
        with pytest.raises(UsageError, match="never changed"):
            evidence.add_evidence(graph, thing, [], property_="rdf:type", value=new)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("sedan 1990-talet", "199X"),
        ("since the 1990s", "199X"),
        ("från 1985", "1985"),
        ("1973-09", "1973-09"),
    ],
)
def test_a_date_is_read_as_people_write_it(steward: Project, text: str, date: str) -> None:
    with open_graph(steward) as graph:
        assert find.date(graph, text) == Literal(date, datatype=graph.names.expand("edtf:EDTF"))


@pytest.mark.parametrize("text", ["i våras", "1996-13", ""])
def test_what_is_no_date_is_told_before_anything_is_made(steward: Project, text: str) -> None:
    with open_graph(steward) as graph, pytest.raises(UsageError, match="is no date"):
        find.date(graph, text)


def test_a_kind_of_agreement_is_no_kind_of_partnership(steward: Project) -> None:
    with open_graph(steward) as graph:
        with pytest.raises(UsageError) as told:
            find.concept(graph, "collaboration", "vänskapsavtal")
        assert "coopgraph add agreement --kind 'vänskapsavtal'" in told.value.text("sv")
        every = list(find.concepts(graph, "collaboration"))
        assert len(every) <= 12
        assert all(f"({one.value.rpartition('/')[2]})" in told.value.text("sv") for one in every)
        with pytest.raises(UsageError, match=r"of \d+ in all"):
            find.concept(graph, "country", "Noreg")


def test_words_without_the_year_are_noted(steward: Project) -> None:
    def added(quote: str, basis: str = "stated") -> list[str]:
        def operation(graph: Graph) -> object:
            source = graph.names.expand("source:norrby-internationellt")
            given = {"party": PARTY, "kind": ["vänort"], "start": ["1993"]}
            return add.add(
                graph, "partnership", given, supports=[(None, evidence.Support(source, quote, basis))]
            )

        return propose(steward, operation).sentences("sv")

    assert any("nämner inte 1993" in one for one in added("är vår vänort"))
    assert not any("nämner inte" in one for one in added("vår vänort sedan 1993"))
    assert not any("nämner inte" in one for one in added("är vår vänort", basis="inferred"))
