"""What the pages for people say: relations with time and words, lists that are narrowed, the documentation of the model."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from conftest import Site

from coopgraph.publish.diagram import diagram


def page(site: Site, path: str) -> str:
    answer = site.ask(path, accept="text/html")
    assert answer.status == 200, path
    return answer.text()


def table(text: str, key: str) -> list[list[str]]:
    """The rows of a section's table, as they read."""
    section = text.split(f'id="h-{key}"')[1].split("</table>")[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", section.split("<tbody>")[1], re.DOTALL)
    return [[read(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def test_a_body_tells_its_partners_with_status_time_and_words(site: Site) -> None:
    rows = table(page(site, "/doc/organisation/ekanger-kommun.sv.html"), "partners")
    found = {row[0]: row[1:] for row in rows}
    assert found["Klitrup"] == [
        "Danmark",
        "vänort",
        "",
        "pågående enligt källa från tidigast 2015",
        "ingen uppgift om start",
        "Ekånger är också vänort till Klitrup Region Mittlands samarbeten i andra länder",
    ]
    # what has ended is not said to go on since
    assert found["Vila Serra Nova"][3:5] == ["avslutat", "från 2001"]


def test_a_date_is_as_precise_as_its_source(site: Site) -> None:
    rows = {row[0]: row for row in table(page(site, "/doc/concept/country/SWE.sv.html"), "partnerships")}
    assert rows["Norrby – Yelkaya"][5] == "september 2008 – 2021-12-31 eller tidigare"
    assert rows["Norrby – Klitrup"][5] == "sedan 1940-talet"


def test_a_fact_has_its_evidence_beside_it(site: Site) -> None:
    text = page(site, "/doc/partnership/norrby-kommun--klitrup.en.html")
    row = next(
        one for one in re.findall(r"<div><dt>.*?</dd></div>", text, re.DOTALL) if "<dt>start</dt>" in one
    )
    assert re.search(r'<li id="e-[\w-]+">', row)
    assert re.search(r'<q lang="sv">[^<]+</q>', row)
    assert "/source/" in row
    assert "stated" in row


def test_every_piece_of_evidence_has_its_place_once(site: Site, served_folder: object) -> None:
    for path in ("partnership/norrby-kommun--klitrup", "policy/norrby-kommun-internationell-strategi"):
        told = site.ask(f"/doc/{path}.nt").text()
        nodes = set(re.findall(rf"<[^>]*{path}#(e-[\w-]+)>", told))
        assert len(nodes) > 3
        places = re.findall(r' id="([^"]+)"', page(site, f"/doc/{path}.sv.html"))
        assert nodes <= set(places)
        assert len(places) == len(set(places))


@pytest.mark.parametrize("path", ["doc/organisation/norrby-kommun", "doc/concept/country/DNK"])
def test_what_a_page_shows_is_taken_away_with_both_parties_and_the_words(site: Site, path: str) -> None:
    text = page(site, f"/{path}.sv.html")
    link = re.search(r'href="[./]*(query/partnership/with-words\.csv\?[^"]+)"', text)
    assert link is not None
    rows = list(csv.DictReader(io.StringIO(site.ask("/" + unescape(link[1])).text())))
    assert ("Norrby kommun", "Klitrup", "Danmark") in {
        (row["partyLabel"], row["partnerLabel"], row["countryLabel"]) for row in rows
    }
    told = {(row["quote"], row["sourceLabel"]) for row in rows}
    assert ("Klitrup i Danmark är vår äldsta vänort", "Internationellt arbete i Norrby kommun") in told


def test_a_country_of_which_nothing_is_known_says_so(site: Site) -> None:
    known, none = (page(site, f"/doc/concept/country/{code}.sv.html") for code in ("DNK", "FJI"))
    assert "Datamängden har inga samarbeten och inga organisationer här." in none
    assert "Datamängden har inga" not in known


def test_a_list_is_narrowed_sorted_and_taken_away(site: Site) -> None:
    whole = csv.DictReader(io.StringIO(site.ask("/doc/organisation.csv?lang=en").text()))
    rows = list(whole)
    narrowed = site.ask("/doc/organisation.csv?country=SWE&sort=-partnerships&lang=en")
    assert narrowed.headers["content-type"] == "text/csv; charset=utf-8"
    found = list(csv.DictReader(io.StringIO(narrowed.text())))
    assert {row["countryLabel"] for row in found} == {"Sweden"}
    assert {row["thing"] for row in found} == {
        row["thing"] for row in rows if row["country"].endswith("/SWE")
    }
    numbers = [int(row["partnerships"] or 0) for row in found]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > 1
    text = page(site, "/doc/organisation?country=SWE&sort=-partnerships")
    assert text.count("<tr>") == len(found) + 1
    assert "built-in" not in text
    assert "Visa alla" in text or "Show all" in text
    assert 'aria-sort="descending"' in text
    assert (
        "csv?country=SWE&amp;sort=-partnerships" in text or "csv?sort=-partnerships&amp;country=SWE" in text
    )
    assert site.ask("/doc/organisation.xlsx").body.startswith(b"PK")


@pytest.mark.parametrize(
    "query", ["sort=nothing", "country=nowhere", "q=%3Cscript%3E", "kind=x&sort=-", "q=" + "x" * 900]
)
def test_a_list_bears_whatever_is_asked(site: Site, query: str) -> None:
    answer = site.ask(f"/doc/organisation?{query}", accept="text/html")
    assert answer.status == 200
    assert "<script>" not in answer.text()


def test_a_list_is_the_same_things_in_every_form(site: Site) -> None:
    told = site.ask("/doc/partnership.nt").text()
    things = set(re.findall(r"<http://xmlns.com/foaf/0.1/topic> <([^>]+)>", told))
    rows = list(csv.DictReader(io.StringIO(site.ask("/doc/partnership.csv").text())))
    assert {row["thing"] for row in rows} == things
    assert page(site, "/doc/partnership").count("<tr>") == len(things) + 1


def test_the_other_language_is_asked_the_same(site: Site) -> None:
    text = page(site, "/doc/organisation?country=SWE&page=1")
    assert re.search(r'class="language"[^>]*href="[^"]*organisation\.en\.html\?country=SWE"', text)


def test_the_ontology_is_documented_with_examples_and_use(site: Site) -> None:
    text = page(site, "/ns.en.html")
    section = text.split('id="Partnership"')[1].split("</section>")[0]
    told = read(section)
    assert "partnership coop:Partnership" in told.replace("Partnership coop", "partnership coop", 1)
    assert "Example" in told
    partnerships = site.sparql("SELECT (COUNT(?p) AS ?n) WHERE { ?p a coop:Partnership }").json()
    assert f"Used {partnerships['results']['bindings'][0]['n']['value']}" in told
    assert text.count("<svg") == 2  # the sign of the site, and the picture of the model


def test_the_shapes_are_documented_with_good_and_bad(site: Site) -> None:
    text = page(site, "/shapes.sv.html")
    section = text.split('id="Agreement-date-known"')[1].split("</section>")[0]
    assert "Rätt" in section
    assert "# ←" in section
    assert "a coop:Agreement" in section


def test_a_scheme_tells_how_often_each_concept_is_named(site: Site) -> None:
    rows = table(page(site, "/doc/concept/status.sv.html"), "concepts")
    used = {row[0]: int(row[-1]) for row in rows}
    assert used["pågående"] > used["planerat"]
    assert list(used.values()) == sorted(used.values(), reverse=True)


def test_the_front_page_tells_how_much_there_is(site: Site) -> None:
    text = read(page(site, "/index.sv.html"))
    number = len(list(csv.DictReader(io.StringIO(site.ask("/doc/partnership.csv").text()))))
    assert f"{number} Samarbeten" in text


def test_the_picture_of_the_model_has_a_name_for_all_that_is_in_it() -> None:
    asked: list[str] = []

    def label(iri: str) -> str:
        asked.append(iri)
        return "en ganska lång benämning < & >"

    svg = diagram(label, "sv")
    assert len(asked) > 20
    assert "&lt; &amp; &gt;" in svg
    assert "http" not in svg


def test_questions_to_start_with_answer(site: Site) -> None:
    links = set(re.findall(r'href="(query/[a-z-]+/[a-z-]+)', page(site, "/index.sv.html")))
    assert links
    for link in links:
        assert "Inga rader" not in page(site, f"/{link}"), link


def test_a_country_is_referred_to_by_the_address_of_its_page(site: Site) -> None:
    text = read(page(site, "/doc/concept/country/DNK.sv.html"))
    cited = text.partition("Så hänvisar du hit")[2].partition("Beständig adress")[0]
    assert cited.rstrip().endswith("doc/concept/country/DNK")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_list_says_of_what_goes_on_what_its_own_page_says(site: Site, language: str) -> None:
    row = re.compile(
        r'<td><a href="[^"]*?partnership/([\w-]+)\.?[^"]*">.*?(<span class="status status-active">[^<]*</span>(?: <small class="note">[^<]*</small>)?)',
        re.DOTALL,
    )
    parts = page(site, f"/doc/partnership.{language}.html").split("<tr>")
    told = {one[1]: one[2] for one in map(row.search, parts) if one is not None}
    for thing, words in told.items():
        assert words in page(site, f"/doc/partnership/{thing}.{language}.html"), thing
    assert any("note" in words for words in told.values())


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_timeline_says_of_what_goes_on_what_the_table_says(site: Site, language: str) -> None:
    dated = {"sv": "pågående enligt källa 2021", "en": "active by a source of 2021"}[language]
    bars = r'<span class="what">.*?<small>[^<]*?, ([^<,]*)</small>'
    assert dated in re.findall(bars, page(site, f"/doc/organisation/norrby-kommun.{language}.html"))
    for body in ("fjallsta-kommun", "region-mittland"):
        text = page(site, f"/doc/organisation/{body}.{language}.html")
        pills = r'<span class="status status-active">([^<]*)</span> <small class="note">([^<]*)</small>'
        told = {f"{status} {note}" for status, note in re.findall(pills, text)}
        assert told & set(re.findall(bars, text)) == told
