"""The index of names beside a snapshot: what it holds, how it is renewed, and that its counts are those of SPARQL."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from pyroaring import BitMap

from coopgraph import Dataset
from coopgraph.api import open as open_dataset
from coopgraph.build.make import build
from coopgraph.build.named import ALSO_NAMED, FACETS, NAMED, PREFIXES, key, words
from coopgraph.build.names import FILE
from coopgraph.build.snapshot import current
from coopgraph.project import find
from coopgraph.queries.names_facets import choose
from coopgraph.queries.names_index import Index
from coopgraph.queries.run import labels


@pytest.fixture(scope="module")
def index(real: Dataset) -> Index:
    return Index.of(real._built.store, real.namespaces)


def held(folder: Path) -> dict[str, object]:
    """All that the index of a dataset says, without the numbers in it."""
    snapshot = current(find(folder))
    snapshot.close()
    path = snapshot.folder / FILE
    with closing(sqlite3.connect(path)) as file:
        iris = dict(file.execute("SELECT id, iri FROM thing"))
        labels = set(file.execute("SELECT iri, sv, en FROM thing"))
        names = set(file.execute("SELECT iri, name FROM name JOIN thing ON thing = id"))
        folded = set(file.execute("SELECT iri, key FROM folded JOIN thing ON thing = id"))
        rows = file.execute("SELECT facet, value, things FROM posting")
        postings = {
            (facet, value): {iris[one] for one in BitMap.deserialize(things)} for facet, value, things in rows
        }
        facets = {
            (iri, facet, value)
            for iri, ids in file.execute("SELECT iri, facets FROM thing")
            for one in ids.split()
            for facet, value in file.execute("SELECT facet, value FROM posting WHERE id = ?", (one,))
        }
    return {"labels": labels, "names": names, "folded": folded, "postings": postings, "facets": facets}


CHANGES = [
    ('skos:prefLabel "', 'skos:prefLabel "Nya '),
    ("country:SWE", "country:ITA"),
    ("dct:subject topic:", "dct:subject topic:sport , topic:"),
    ("coop:hasParty organisation:", "org:linkedTo organisation:"),
    ("coop:status status:active", "coop:status status:ended"),
    ('coop:start "', 'coop:start "19'),
    ("skos:notation", "skos:altLabel"),
]


@pytest.mark.parametrize("seed", range(3))
def test_an_index_renewed_after_changes_is_that_of_a_build_of_everything(world_copy: Path, seed: int) -> None:
    chance = Random(seed)
    build(find(world_copy))
    texts = {path: path.read_text(encoding="utf-8") for path in (world_copy / "data").rglob("*.ttl")}
    for _ in range(4):
        for path in chance.sample(sorted(texts), 5):
            if chance.random() < 0.2:
                path.unlink(missing_ok=True)
            else:
                text = texts[path]
                for old, new in chance.sample(CHANGES, 3):
                    text = text.replace(old, new)
                path.write_text(text, encoding="utf-8")
        assert build(find(world_copy)).steps > 0
        whole = world_copy.with_name("whole")
        shutil.copytree(world_copy, whole, ignore=shutil.ignore_patterns(".coopgraph"))
        build(find(whole))
        assert held(world_copy) == held(whole)
        shutil.rmtree(whole)


def test_a_build_without_a_former_index_makes_it_anew(world_copy: Path) -> None:
    build(find(world_copy))
    snapshot = current(find(world_copy))
    (snapshot.folder / FILE).write_bytes(b"no database")
    snapshot.close()
    path = world_copy / "data/organisation/fjallsta-kommun.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with open_dataset(world_copy) as dataset:  # a damaged index is made in memory
        assert dataset.describe("fjällsta   KOMMUN").thing.value.endswith("/fjallsta-kommun")
    build(find(world_copy))
    assert held(world_copy)["names"]


def test_every_label_finds_its_thing(real: Dataset, index: Index) -> None:
    missed = []
    rows = real.sparql(f"{PREFIXES}SELECT ?thing ?name WHERE {{ ?thing {NAMED}|{ALSO_NAMED} ?name }}").terms
    known = {iri: number for number, iri in index.file.execute("SELECT id, iri FROM thing")}
    for thing, name in rows:
        if thing is None or name is None or thing.value not in known:
            continue  # a term of the ontology
        whole = known[thing.value.partition("#")[0]]
        found = [tier for tier in index.tiers(name.value) if whole in tier.things]
        if words(name.value) and (not found or ("#" not in thing.value and found[0].fit < 0.9)):
            missed.append((thing.value, name.value))
    assert missed == []
    assert len(rows) > 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Växjö kommun", "vaxjo-kommun"),
        ("vaxjo kommun", "vaxjo-kommun"),
        ("kommun växjö", "vaxjo-kommun"),
        ("Väksjö kommun", "vaxjo-kommun"),
        ("Vxäjö", "vaxjo-kommun"),
        ("växjö stad", "vaxjo-kommun"),
        ("Jönköping region", "region-jonkopings-lan"),
        ("Jonkoping County", "region-jonkopings-lan"),
        ("Yerevan", "jerevan"),
        ("Jerevvan", "jerevan"),
        ("assembly european regions", "aer"),
        ("Assembly of Europaen Regoins", "aer"),
    ],
)
def test_a_body_is_among_the_first_however_it_is_spelt(index: Index, text: str, expected: str) -> None:
    assert expected in {hit.iri.rpartition("/")[2] for hit in index.search(text, "sv", limit=5)}


def test_the_order_is_exact_prefix_folded_words_inside_misspelt(index: Index) -> None:
    fits = [hit.fit for hit in index.search("region", "sv", limit=500)]
    assert fits == sorted(fits, reverse=True)
    first = index.search("Växjö", "sv", limit=20)
    assert first[0].fit == 1
    assert {hit.fit for hit in first} >= {1.0, 0.9}
    assert all(hit.fit < 0.75 for hit in index.search("Jerevvan", "sv"))
    assert {hit.fit for hit in index.search("köping", "sv", limit=50)} == {0.75}


def test_of_things_that_fit_alike_the_most_linked_comes_first(index: Index, real: Dataset) -> None:
    fitting = [hit.iri for hit in index.search("re", "sv", limit=1000) if hit.fit == 0.9]
    bucket = {iri: place for place, things in enumerate(index.by_links) for iri in iris(index, things)}
    spelt = [iri for iri in fitting if any(name.casefold().startswith("re") for name in names(index, iri))]
    assert [bucket[iri] for iri in spelt] == sorted(bucket[iri] for iri in spelt)
    assert len(spelt) > 5


def test_of_a_body_and_a_place_of_one_name_the_body_comes_first(index: Index) -> None:
    found = [hit.iri.rpartition("/id/")[2] for hit in index.search("Växjö kommun", "sv")][:2]
    assert found == ["organisation/vaxjo-kommun", "place/vaxjo-kommun"]


def test_text_within_words_is_left_out_where_a_name_has_the_word_whole(index: Index) -> None:
    def named(text: str) -> set[str]:
        return {hit.label for hit in choose(index, text, {}, language="sv", limit=500).hits}

    assert "Kina" in named("Kina")
    assert "Burkina Faso" not in named("Kina")
    assert "Burkina Faso" in named("urkina")
    assert choose(index, "Jerevvan", {}, language="sv").alike
    assert not choose(index, "Jerevan", {}, language="sv").alike


def iris(index: Index, things: BitMap) -> list[str]:
    return [iri for number, iri in index.file.execute("SELECT id, iri FROM thing") if number in things]


def names(index: Index, iri: str) -> list[str]:
    query = "SELECT name FROM name JOIN thing ON thing = id WHERE iri = ?"
    return [name for (name,) in index.file.execute(query, (iri,))]


@pytest.mark.parametrize(
    "text", ["", "  ", "–", "<script>alert(1)</script>", "%_'\"", "\x00", "a" * 5000, "天津", "🦊", "(", "*"]
)
def test_odd_texts_are_texts(index: Index, text: str) -> None:
    assert isinstance(index.search(text, "sv"), list)
    assert choose(index, text, {}, language="en").total >= 0


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_a_search(index: Index, text: str) -> None:
    found = index.search(text, "en", limit=3)
    assert len(found) <= 3
    assert all(0 < hit.fit <= 1 for hit in found)
    assert key(text) == key(key(text))


@pytest.mark.parametrize("facet", ["kind", "country", "topic", "network", "status"])
def test_counts_are_those_of_sparql(real: Dataset, index: Index, facet: str) -> None:
    base = real.namespaces.base + "id/"
    asked = real.sparql(
        f"""{PREFIXES}SELECT ?value (COUNT(DISTINCT ?thing) AS ?count) WHERE {{
          ?thing {FACETS[facet]} ?value ; {NAMED}|{ALSO_NAMED} ?name
          FILTER(STRSTARTS(STR(?thing), "{base}") && !STRSTARTS(STR(?thing), "{base}concept/") && !CONTAINS(STR(?thing), "#"))
        }} GROUP BY ?value"""
    )
    expected = {value.value: int(count.value) for value, count in asked.terms if value and count}
    counts = dict(choose(index, "", {}, language="sv").counts[facet])
    folders = {value: count for value, count in counts.items() if ":" not in value}
    if facet == "network":
        expected = {iri: count for iri, count in expected.items() if iri.startswith(base + "network/")}
    assert {value: count for value, count in counts.items() if ":" in value} == expected
    if facet == "kind":
        assert folders["organisation"] == len(list((real.project.data / "organisation").glob("*.ttl")))
    else:
        assert folders == {}


def test_choices_narrow_and_counts_tell_how_far(index: Index, real: Dataset) -> None:
    country = real.namespaces.prefixes["country"]
    chinese = choose(index, "", {"country": [country + "CHN"]}, language="sv")
    left = dict(chinese.counts["country"])[country + "SWE"]
    both = choose(index, "", {"country": [country + "CHN", country + "SWE"]}, language="sv")
    assert both.total == left > 0
    for facet, counts in chinese.counts.items():
        for value, count in counts:
            more = {
                "country": [country + "CHN"],
                facet: [value, *([country + "CHN"] if facet == "country" else [])],
            }
            assert choose(index, "", more, language="sv").total == count
    for decade, count in chinese.decades:
        years = (decade, decade + 9)
        assert choose(index, "", {"country": [country + "CHN"]}, years, language="sv").total == count


def test_pages_follow_on_each_other(index: Index) -> None:
    whole = [hit.iri for hit in choose(index, "kommun", {}, language="sv", limit=1000).hits]
    pages = [
        hit.iri
        for start in range(0, len(whole), 7)
        for hit in choose(index, "kommun", {}, language="sv", start=start, limit=7).hits
    ]
    assert pages == whole
    assert len(set(whole)) == len(whole) > 20


@pytest.mark.parametrize("language", ["sv", "en", "de"])
@pytest.mark.parametrize("which", ["world", "real"])
def test_many_labels_are_those_of_few(request: pytest.FixtureRequest, which: str, language: str) -> None:
    store = request.getfixturevalue(which)._built.store
    things = [
        thing
        for (thing,) in store.select("SELECT DISTINCT ?thing { ?thing ?p ?o }")
        if isinstance(thing, NamedNode)
    ]
    few = [things[start : start + 50] for start in range(0, len(things), 50)]
    one_by_one = {iri: name for some in few for iri, name in labels(some, store, language).items()}
    assert labels(things, store, language) == one_by_one
    assert len(one_by_one) > 500
