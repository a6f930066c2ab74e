"""Search over HTTP: the page, its JSON, suggestions; escaped, bounded, in both languages."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from conftest import Site
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


class _Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, f"{name}={value}") for name, value in attrs] or [(tag, "")]


BODY = "https://world.example/id/organisation/norrby-kommun"


def asked(site: Site, **fields: str | list[str]) -> dict[str, object]:
    found: dict[str, object] = site.ask("/search.json?" + urlencode(fields, doseq=True)).json()
    return found


def test_the_best_fit_comes_first_with_what_it_is(site: Site) -> None:
    first = asked(site, q="norrby kommun", lang="sv")["results"][0]
    assert first == {
        "iri": BODY,
        "page": "https://world.example/doc/organisation/norrby-kommun",
        "name": "Norrby kommun",
        "also": "",
        "about": "kommun · Sverige",
        "fit": 1.0,
    }
    assert asked(site, q="norrby", lang="en")["results"][0]["about"].endswith("Sweden")


def test_the_page_says_the_same_as_the_json(site: Site) -> None:
    for fields in (
        {"q": "norrby"},
        {"country": ["country:SWE", "country:DNK"]},
        {"from": "1990", "to": "1999"},
    ):
        told = asked(site, **fields, lang="sv")
        page = site.ask("/search.sv.html?" + urlencode(fields, doseq=True)).text()
        listed = page.partition('<ol class="results"')[2].partition("</ol>")[0]
        results = re.findall(r'<li><a href="[^"]+">([^<]+)</a>', listed)
        assert [unescape(one) for one in results] == [one["name"] for one in told["results"]]
        for values in told["facets"].values():
            for one in values:
                assert re.search(
                    rf">{re.escape(one['name'])}<.*?<span class=\"number\">{one['count']}</span>", page
                )


def test_each_link_of_a_facet_leads_to_as_many_things_as_it_says(site: Site) -> None:
    page = site.ask("/search.sv.html?q=norrby").text()
    links = re.findall(
        r'<li[^>]*><a rel="nofollow" href="(\?[^"]+)"[^>]*><span>.*?</span> <span class="number">(\d+)', page
    )
    assert len(links) > 10
    for address, count in links:
        assert site.ask("/search.json" + unescape(address)).json()["total"] == int(count)


def test_a_named_country_leads_to_what_is_of_it(site: Site) -> None:
    page = site.ask("/search.sv.html?q=Sverige").text()
    assert "Allt som rör landet Sverige" in page
    assert asked(site, country="country:SWE")["total"] > 5


def test_a_named_country_lists_its_partnerships(site: Site) -> None:
    page = site.ask("/search.sv.html?q=Danmark").text()
    heading = re.search(r'<a rel="nofollow" href="([^"]+)">Samarbeten med Danmark \((\d+)\)</a>', page)
    assert heading is not None
    whole = site.ask("/search.json" + unescape(heading[1])).json()
    assert whole["total"] == int(heading[2]) > 1
    listed = page.partition("Samarbeten med Danmark")[2].partition("</section>")[0]
    names = [unescape(one) for one in re.findall(r'<li><a href="[^"]+">([^<]+)</a>', listed)]
    assert names == [one["name"] for one in whole["results"]][:5]
    assert ">land</span>" in page
    assert "begrepp</span>" not in page


def test_a_named_network_lists_its_bodies(site: Site) -> None:
    name = asked(site, kind="organisation", lang="sv")["facets"]["network"][0]["name"]
    assert f"Organisationer i {name}" in unescape(
        site.ask("/search.sv.html?" + urlencode({"q": name})).text()
    )


def test_a_misspelt_name_is_told_to_be_one(site: Site) -> None:
    page = site.ask("/search.sv.html?q=norby+komun").text()
    assert "Visar träffar som liknar <em>norby komun</em>" in page
    assert "like <em>norby" in site.ask("/search.en.html?q=norby+komun").text()
    assert "som liknar" not in site.ask("/search.sv.html?q=norrby+kommun").text()


def test_values_of_one_count_are_in_the_order_of_their_names(site: Site) -> None:
    for values in (
        asked(site, kind="partnership", lang="sv")["facets"]["country"],
        asked(site)["facets"]["topic"],
    ):
        order = [(-one["count"], one["name"].casefold()) for one in values]
        assert order == sorted(order)


def test_pages_are_linked_in_both_languages_and_keep_what_was_asked(site: Site) -> None:
    page = site.ask("/search.sv.html?q=o&kind=organisation").text()
    assert 'href="search.en.html?q=o&amp;kind=organisation"' in page
    assert (
        'rel="next nofollow" href="?kind=organisation&amp;page=2"'
        in site.ask("/search.sv.html?kind=organisation").text()
    )
    assert site.ask("/search.en.html?kind=organisation&page=2").status == 200
    assert site.ask("/search", accept_language="en").headers["content-language"] == "en"
    assert site.ask("/search?q=norrby").status == site.ask("/search.sv.html").status == 200


def test_suggestions_are_few_short_and_kept(site: Site) -> None:
    answer = site.ask("/suggest.json?q=norr&lang=sv")
    found = answer.json()
    assert 0 < len(found) <= 8
    assert {"path", "name", "also", "about"} == set(found[0])
    assert site.ask("/" + found[0]["path"]).status == 200
    assert "max-age" in answer.headers["cache-control"]
    assert site.ask("/suggest.json?q=norr&lang=sv", if_none_match=answer.headers["etag"]).status == 304
    assert site.ask("/suggest.json").json() == site.ask("/suggest.json?q=%20").json() == []
    assert len(site.ask("/suggest.json?q=" + "a" * 3000).json()) == 0


@pytest.mark.parametrize(
    "query",
    [
        "q=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "q=%22+onmouseover%3D%22alert(2)",
        "kind=%22%3E%3Cscript%3Ealert(3)%3C%2Fscript%3E",
        "country=javascript:alert(4)",
        "q=fientlig",  # the thing itself means harm
    ],
)
def test_what_means_harm_is_text(site: Site, query: str) -> None:
    answer = site.ask("/search.sv.html?" + query)
    assert answer.status == 200
    elements = _Elements()
    elements.feed(answer.text().partition("<body>")[2])
    assert "script" not in {name for name, _ in elements.found}
    assert not [one for _, one in elements.found if one.startswith(("onmouseover", "href=javascript:"))]


def test_what_is_asked_wrongly_is_said(site: Site) -> None:
    for query in ("from=abc", "to=20000", "page=0", "page=-1", "nothing=1", "q=" + "a" * 201):
        answer = site.ask("/search.json?" + query)
        assert answer.status == 422, query
        assert answer.json()["detail"]
    assert site.ask("/search.json?" + "&".join(["kind=x"] * 60)).status == 400
    assert site.ask("/search.xx.html").status == site.ask("/search.ttl").status == 404
    assert site.ask("/search", "POST", "q=x").status == 405
    assert site.ask("/search.json?page=999999").json()["results"] == []
    assert site.ask("/search.json?kind=nothing&country=country:XXX").json()["total"] == 0


@given(st.text(max_size=80))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_a_search(site: Site, text: str) -> None:
    fields = {"q": text.encode("utf-8", "ignore")}
    assert site.ask("/search.json?" + urlencode(fields)).status == 200
    assert site.ask("/suggest.json?" + urlencode(fields)).status == 200
