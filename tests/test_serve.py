"""Dereferencing: what an IRI answers, in which form, in which language, and what it says of the others."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse

from tests.site_server import Site

BODY = "organisation/norrby-kommun"
FORMS = {
    "ttl": ("text/turtle", RdfFormat.TURTLE),
    "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    "trig": ("application/trig", RdfFormat.TRIG),
}


def triples(body: bytes, form: str) -> set[str]:
    return {str(quad.triple) for quad in parse(body, format=FORMS[form][1])}


def test_a_thing_leads_to_its_document(site: Site) -> None:
    answer = site.ask(f"/id/{BODY}", accept="text/turtle")
    assert answer.status == 303
    assert answer.headers["location"] == f"../../doc/{BODY}"
    assert site.ask("/id/concept/topic/culture").headers["location"] == "../../../doc/concept/topic/culture"
    assert site.ask("/graph/organisation/norrby-kommun").headers["location"] == f"../../doc/{BODY}"


@pytest.mark.parametrize(
    "path", ["/id/organisation/ingen", "/doc/organisation/ingen", "/doc/ingen", "/id/a b", "/x", "/doc/%00"]
)
def test_what_is_not_there_is_404(site: Site, path: str) -> None:
    for accept in ("text/html", "text/turtle", "*/*"):
        answer = site.ask(path.replace(" ", "%20"), accept=accept)
        assert answer.status == 404
        assert answer.headers["cache-control"] == "no-store"
    page = site.ask(path.replace(" ", "%20"), accept="text/html", accept_language="sv")
    assert 'lang="sv"' in page.text()


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("application/trig", "application/trig"),
        ("text/turtle;q=0.4, application/ld+json;q=0.9, */*;q=0.1", "application/ld+json"),
        ("text/html;q=0.1, application/*;q=0.8", "application/ld+json"),
        ("text/html;q=0, */*", "text/turtle; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/ld+json"),
        ("*/*", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("text/turtle;q=nan, text/html;q=x, application/trig;q=0.2", "application/trig"),
        ("TEXT/TURTLE ; Q=1.0", "text/turtle; charset=utf-8"),
    ],
)
def test_negotiation(site: Site, accept: str, media: str) -> None:
    answer = site.ask(f"/doc/{BODY}", accept=accept)
    assert (answer.status, answer.headers["content-type"]) == (200, media)
    assert {"accept", "accept-language", "accept-encoding"} == {
        one.strip().lower() for one in answer.headers["vary"].split(",")
    }


def test_what_no_form_satisfies_is_406(site: Site) -> None:
    answer = site.ask(f"/doc/{BODY}", accept="image/png, text/*;q=0")
    assert answer.status == 406
    assert "text/turtle" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        f"doc/{BODY}",
        "doc/partnership/norrby-kommun--klitrup",
        "doc/concept/topic/culture",
        "doc/concept/topic",
        "doc/concept/country/SWE",
        "doc/organisation",
        "ns",
        "shapes",
        "query",
        "query/organisation/partners",
    ],
)
def test_every_form_holds_the_same_graph(site: Site, path: str) -> None:
    found = {}
    for form, (media, _) in FORMS.items():
        by_suffix, by_accept = site.ask(f"/{path}.{form}"), site.ask(f"/{path}", accept=media)
        assert by_suffix.status == by_accept.status == 200
        assert by_suffix.body == by_accept.body
        found[form] = triples(by_suffix.body, form)
    assert len(found["nt"]) > 2
    assert all(one == found["nt"] for one in found.values())


def test_a_page_holds_the_graph_too(site: Site) -> None:
    page = site.ask(f"/doc/{BODY}.en.html").text()
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert triples(data[0].encode(), "jsonld") == triples(site.ask(f"/doc/{BODY}.nt").body, "nt")
    assert json.loads(data[1])["@type"] == "GovernmentOrganization"
    assert json.loads(data[1])["name"] == "Norrby Municipality"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_the_keys_of_json_ld_are_names(site: Site) -> None:
    graph = site.ask(f"/doc/{BODY}.jsonld").json()
    (node,) = (one for one in graph["@graph"] if one["@id"] == f"https://world.example/id/{BODY}")
    assert node["prefLabel"] == {"en": "Norrby Municipality", "sv": "Norrby kommun"}
    assert node["@type"] == "cv:PublicOrganisation"
    assert node["classification"] == "https://w3id.org/coopgraph/id/concept/kind/municipality"
    # rdflib reads the context as we mean it
    read = rdflib.Graph().parse(data=json.dumps(graph), format="json-ld")
    same = rdflib.Graph().parse(data=site.ask(f"/doc/{BODY}.nt").text(), format="nt")
    assert set(read) == set(same)


def test_links_tell_of_the_other_forms(site: Site) -> None:
    links = site.ask(f"/doc/{BODY}").links()
    assert links["canonical"] == [f"https://world.example/doc/{BODY}"]
    assert links["license"] == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert links["describedby"] == ["norrby-kommun.ttl"]
    assert set(links["alternate"]) == {f"norrby-kommun.{form}" for form in (*FORMS, "html")}
    for target in links["alternate"]:
        assert site.ask(urlsplit(urljoin(f"{site.url}doc/{BODY}", target)).path).status == 200


def test_the_language_of_a_page(site: Site) -> None:
    for asked, language in (
        ("sv", "sv"),
        ("en", "en"),
        ("de, en;q=0.5, sv;q=0.3", "en"),
        ("en-GB", "en"),
        ("fi", "sv"),
        ("", "sv"),
    ):
        answer = site.ask(f"/doc/{BODY}", accept_language=asked)
        assert answer.headers["content-language"] == language, asked
        assert f'<html lang="{language}">' in answer.text()
    assert site.ask(f"/doc/{BODY}.en.html", accept_language="sv").headers["content-language"] == "en"
    assert site.ask(f"/doc/{BODY}?lang=en", accept_language="sv").headers["content-language"] == "en"


def test_a_merged_thing_leads_to_its_successor(site: Site) -> None:
    assert site.ask("/doc/organisation/sun-hai").status == 308
    assert site.ask("/doc/organisation/sun-hai").headers["location"] == "../../doc/organisation/sunhai"
    assert site.ask("/id/organisation/sun-hai").headers["location"] == "../../id/organisation/sunhai"
    assert site.ask("/id/organisation/sun-hai").status == 308


def test_a_retired_thing_leaves_a_tombstone(site: Site) -> None:
    for path in ("/id/organisation/upplost", "/doc/organisation/upplost"):
        page = site.ask(path, accept="text/html", accept_language="en")
        assert page.status == 410
        assert "It was dissolved." in page.text()
        data = site.ask(path, accept="application/n-triples")
        assert data.status == 410
        assert any("deprecated" in one for one in triples(data.body, "nt"))


def test_entity_tags(site: Site) -> None:
    for path in (
        f"/doc/{BODY}",
        f"/doc/{BODY}.ttl",
        "/ns",
        "/query/partnership/by-kind.json",
        "/style.css",
        "/openapi.json",
        "/catalog",
        "/dump/data.ttl",
    ):
        first = site.ask(path, accept_encoding="identity")
        again = site.ask(path, accept_encoding="identity", if_none_match=f'"x", {first.headers["etag"]}')
        assert (again.status, again.body) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert site.ask(path, if_none_match='"other"').status == 200
    tags = {
        site.ask(f"/doc/{BODY}", accept=accept, accept_encoding=packing, accept_language=language).headers[
            "etag"
        ]
        for accept in ("text/html", "text/turtle")
        for packing in ("br", "gzip", "identity")
        for language in ("sv", "en")
    }
    assert len(tags) == 9  # Turtle is the same in both languages
    assert all(tag.startswith('"') for tag in tags)


def test_packing(site: Site) -> None:
    import gzip

    import brotli

    plain = site.ask(f"/doc/{BODY}", accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(site.ask(f"/doc/{BODY}", accept_encoding="gzip").body) == plain.body
    assert brotli.decompress(site.ask(f"/doc/{BODY}", accept_encoding="gzip, br").body) == plain.body
    assert "content-encoding" not in site.ask(f"/doc/{BODY}", accept_encoding="br;q=0, gzip;q=0").headers


def test_head_has_no_body(site: Site) -> None:
    got, head = site.ask(f"/doc/{BODY}.ttl"), site.ask(f"/doc/{BODY}.ttl", "HEAD")
    assert head.body == b""
    assert head.headers["content-length"] == got.headers["content-length"]


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in ("href", "src", "action") and value}


def test_every_link_leads_somewhere(site: Site) -> None:
    """From the front page on, within the server; the base IRI is on another host."""
    seen: set[str] = set()
    waiting = {"/"}
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = site.ask(path, accept="text/html")
        assert answer.status in (200, 308, 410), path
        if answer.status == 308:
            waiting.add(urlsplit(urljoin(site.url.rstrip("/") + path, answer.headers["location"])).path)
        if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue
        reader = _Addresses()
        reader.feed(answer.text())
        for address in reader.found:
            assert not address.startswith("https://world.example/"), f"{path}: {address}"
            whole = urlsplit(urljoin(site.url.rstrip("/") + path, address))
            target = whole.path + (f"?{whole.query}" if whole.query else "")
            # a page in the other language, and in the other forms, is tried once for its kind only
            if (
                whole.netloc == site.host
                and target not in seen
                and not re.search(r"\.(en|sv)\.html|\.(nt|rdf|trig|jsonld)$|\?", target)
            ):
                waiting.add(target)
    assert len(seen) > 200
    assert "/doc/concept/country/SWE" in seen
    assert "/doc/partnership/norrby-kommun--klitrup" in seen


def test_links_hold_below_a_path(site: Site) -> None:
    """A proxy may put the site anywhere: no address begins at the root of the host."""
    for path in (
        "/",
        f"/doc/{BODY}",
        "/query",
        "/query/organisation/partners",
        "/ns",
        "/sparql",
        "/ingen/sida",
    ):
        reader = _Addresses()
        reader.feed(site.ask(path, accept="text/html").text())
        assert [one for one in reader.found if one.startswith("/")] == []


def test_the_chosen_language_stays_chosen(site: Site) -> None:
    reader = _Addresses()
    reader.feed(site.ask(f"/doc/{BODY}.en.html").text())
    assert "../../doc/concept/kind/municipality.en.html" in reader.found
    assert f"../../doc/{BODY}.sv.html" in reader.found


def test_harvesters_find_their_way(site: Site) -> None:
    assert site.ask("/", accept="text/turtle").headers["location"] == "catalog.ttl"
    assert b"dcat:Catalog" in site.ask("/catalog.ttl").body
    assert b"void:Dataset" in site.ask("/.well-known/void").body
    assert site.ask("/sitemap.xml").headers["content-type"] == "application/xml; charset=utf-8"
    assert "Sitemap: https://world.example/sitemap.xml" in site.ask("/robots.txt").text()
    assert site.ask("/feed.atom").headers["content-type"].startswith("application/atom+xml")
    assert site.ask("/changes.json").json()["dataset"].startswith("https://world.example/")
    assert len(triples(site.ask("/dump/data.ttl").body, "ttl")) > 1000
    assert (
        site.ask("/dump/ingen").status
        == site.ask("/changes/ingen").status
        == site.ask("/catalog.x").status
        == 404
    )


def test_reconciliation(site: Site) -> None:
    manifest = site.ask("/reconcile").json()
    assert "0.2" in manifest["versions"]
    batch = {"q0": {"query": "Norrby kommun", "type": "organisation"}}
    for answer in (
        site.ask("/reconcile?" + urlencode({"queries": json.dumps(batch)})),
        site.ask(
            "/reconcile",
            "POST",
            urlencode({"queries": json.dumps(batch)}),
            content_type="application/x-www-form-urlencoded",
        ),
    ):
        assert answer.json()["q0"]["result"][0]["id"] == BODY
    extend = {
        "ids": [BODY],
        "properties": site.ask("/reconcile/properties?type=organisation").json()["properties"][:2],
    }
    assert BODY in site.ask("/reconcile?" + urlencode({"extend": json.dumps(extend)})).json()["rows"]
    for kind in ("entity", "type", "property"):
        assert "result" in site.ask(f"/reconcile/suggest/{kind}?prefix=no").json()
    preview = site.ask(f"/reconcile/preview?id={BODY}")
    assert "frame-ancestors *" in preview.headers["content-security-policy"]
    assert "x-frame-options" not in preview.headers
    for path in ("/reconcile?queries=x", "/reconcile?queries=[]", "/reconcile?extend=" + "[" * 3000):
        assert site.ask(path).status == 400
    for path in ("/reconcile/suggest/x", "/reconcile/preview?id=x", "/reconcile/flyout/entity?id=x"):
        assert site.ask(path).status == 404
    assert site.ask("/feed.en.atom").headers["content-language"] == "en"
