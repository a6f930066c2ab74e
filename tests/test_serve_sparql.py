"""The SPARQL protocol: the W3C tests, real clients, and what is refused."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QueryResultsFormat,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from coopgraph.build.make import build
from coopgraph.project import find
from tests.site_server import Answer, Site, serving, until

SHARED = Path(__file__).parent.parent.parent / "shared"
SUITE = SHARED / "conformance" / "w3c-sparql11"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


class Manifest:
    """The W3C manifest, and how to walk it."""

    def __init__(self, path: Path) -> None:
        self.store = Store()
        self.store.load(path=str(path), format=RdfFormat.TURTLE, base_iri="http://suite/")

    def all(self, node: Any, name: str) -> list[Any]:
        return [
            quad.object for quad in self.store.quads_for_pattern(node, NamedNode(name), None, DefaultGraph())
        ]

    def one(self, node: Any, name: str) -> Any:
        return next(iter(self.all(node, name)), None)

    def listed(self, node: Any) -> Iterator[Any]:
        while isinstance(node, BlankNode):
            yield self.one(node, RDF + "first")
            node = self.one(node, RDF + "rest")

    def tests(self) -> list[NamedNode]:
        (whole,) = [
            quad.subject for quad in self.store.quads_for_pattern(None, NamedNode(MF + "entries"), None, None)
        ]
        return list(self.listed(self.one(whole, MF + "entries")))

    def requests(self, test: NamedNode) -> list[dict[str, Any]]:
        found = []
        for request in self.listed(self.one(self.one(test, MF + "action"), HT + "requests")):
            body = self.one(request, HT + "body")
            encoding = self.one(body, CNT + "characterEncoding") if body else None
            text = self.one(body, CNT + "chars").value if body else None
            headers = {
                self.one(one, HT + "fieldName").value.replace("-", "_"): self.one(
                    one, HT + "fieldValue"
                ).value
                for one in self.listed(self.one(request, HT + "headers"))
            }
            response = self.one(request, HT + "resp")
            truth = self.one(response, MF + "expectedBoolean")
            form = self.one(response, MF + "expectedFormat")
            found.append(
                {
                    "path": self.one(request, HT + "absolutePath").value,
                    "method": self.one(request, HT + "methodName").value,
                    "body": text.encode(encoding.value) if text is not None else None,
                    "headers": headers,
                    "status": {
                        one.value.rpartition("StatusCode")[2][0]
                        for one in self.all(response, MF + "expectedStatus")
                    },
                    "boolean": None if truth is None else truth.value == "true",
                    "format": form.value if isinstance(form, Literal) else None,
                }
            )
        return found


@pytest.fixture(scope="module")
def w3c(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose graphs are those of the suite."""
    if not SUITE.is_dir():
        pytest.skip("the W3C suite is not there (../shared/conformance/w3c-sparql11)")
    folder = tmp_path_factory.mktemp("w3c")
    (folder / "coopgraph.toml").write_text('base = "http://kasei.us/2009/09/sparql/"', encoding="utf-8")
    (folder / "data").mkdir()
    build(find(folder))
    # the suite names its graphs itself: put them there as they are called
    store = Store(str(next((folder / ".coopgraph" / "snapshots").iterdir()) / "store"))
    for number in (1, 2, 3):
        graph = NamedNode(f"http://kasei.us/2009/09/sparql/data/data{number}.rdf")
        path = SUITE / "protocol" / f"data{number}.nt"
        store.load(path=str(path), format=RdfFormat.N_TRIPLES, to_graph=graph)
    store.flush()
    del store
    with serving(folder, folder / "log", "--quiet") as found:
        yield found


def test_w3c_protocol(w3c: Site) -> None:
    manifest = Manifest(SUITE / "protocol" / "manifest.ttl")
    tests = manifest.tests()
    assert len(tests) == 34
    for test in tests:
        name = test.value.rpartition("#")[2]
        for request in manifest.requests(test):
            answer = w3c.ask(request["path"], request["method"], request["body"], **request["headers"])
            if "update" not in name:
                assert str(answer.status)[0] in request["status"], f"{name}: {answer}"
                check(answer, request, name)
            elif request["headers"].get("content_type") == "application/sparql-query":
                assert parse_boolean(answer) is False, name  # the update before it changed nothing
            else:
                assert answer.status in (403, 415), f"{name}: {answer}"


def check(answer: Answer, request: dict[str, Any], name: str) -> None:
    media = answer.headers["content-type"].partition(";")[0]
    if request["boolean"] is not None:
        assert parse_boolean(answer) == request["boolean"], name
    if request["format"] == "RDF":
        assert RdfFormat.from_media_type(media) is not None, name
    elif request["format"] in ("boolean", "tabular"):
        assert QueryResultsFormat.from_media_type(media) is not None, name


def parse_boolean(answer: Answer) -> bool:
    return bool(answer.json()["boolean"])


def test_w3c_update_is_refused_in_every_way(site: Site) -> None:
    update = "INSERT DATA { <http://x/s> <http://x/p> 1 }"
    form = "application/x-www-form-urlencoded"
    for answer in (
        site.ask("/sparql", "POST", update, content_type="application/sparql-update"),
        site.ask("/sparql", "POST", urlencode({"update": update}), content_type=form),
        site.ask("/sparql", "POST", urlencode({"query": update}), content_type=form),
        site.ask("/sparql", "POST", update, content_type="application/sparql-query"),
        site.sparql(update),
        site.sparql("# SELECT\nPREFIX x: <http://x/> " + update),
        site.sparql("LOAD <http://127.0.0.1/x>"),
        site.sparql("WITH <http://x/g> DELETE WHERE { ?s ?p ?o }"),
        site.sparql("\\u0049NSERT DATA { <http://x/s> <http://x/p> 1 }"),
        site.sparql("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"),
        site.sparql("SELECT * { service SILENT ?x { ?s ?p ?o } }"),
        site.ask("/sparql?" + urlencode({"update": update})),
    ):
        assert answer.status == 403
    said = "SELECT ?x { VALUES ?x { 'SERVICE' } ?service ?LOAD ?insert } # INSERT"
    assert site.sparql(said).status == 200


def test_service_description(site: Site, served_folder: Path, tmp_path: Path) -> None:
    answer = site.ask("/sparql", accept="text/turtle")
    found = {
        (q.predicate.value.rpartition("#")[2], str(q.object))
        for q in parse(answer.body, format=RdfFormat.TURTLE)
    }
    assert ("endpoint", "<https://world.example/sparql>") in found
    assert ("supportedLanguage", "<http://www.w3.org/ns/sparql-service-description#SPARQL11Query>") in found
    assert ("feature", "<http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph>") in found
    with serving(served_folder, tmp_path / "log", "--address", "http://127.0.0.1:1/x/") as other:
        assert b"<http://127.0.0.1:1/x/sparql>" in other.ask("/sparql", accept="application/n-triples").body


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values, text/csv;q=0.5", "text/tab-separated-values; charset=utf-8"),
        ("text/html,application/xhtml+xml", "application/sparql-results+json"),
    ],
)
def test_rows_in_each_form(site: Site, accept: str, media: str) -> None:
    query = "SELECT ?name { <https://world.example/id/organisation/norrby-kommun> skos:prefLabel ?name } ORDER BY ?name"
    answer = site.sparql(query, accept=accept)
    assert (answer.status, answer.headers["content-type"]) == (200, media)
    form = QueryResultsFormat.from_media_type(media.partition(";")[0])
    assert form is not None
    if form != QueryResultsFormat.CSV:  # which has no languages
        (first, second) = parse_query_results(answer.body, format=form)
        assert [str(first["name"]), str(second["name"])] == ['"Norrby Municipality"@en', '"Norrby kommun"@sv']


def test_graphs_in_each_form(site: Site) -> None:
    query = "CONSTRUCT { ?s a ?type } WHERE { ?s a ?type ; org:classification kind:municipality }"
    sets = []
    for media in (
        "text/turtle",
        "application/ld+json",
        "application/rdf+xml",
        "application/n-triples",
        "application/trig",
    ):
        answer = site.sparql(query, accept=media)
        assert answer.headers["content-type"].startswith(media)
        form = RdfFormat.from_media_type(media)
        assert form is not None
        sets.append({str(quad.triple) for quad in parse(answer.body, format=form)})
    assert len(sets[0]) > 3
    assert all(one == sets[0] for one in sets)
    assert site.sparql(query, accept="text/csv").status == 406
    assert (
        site.sparql(
            "DESCRIBE <https://world.example/id/organisation/norrby-kommun>", accept="text/turtle"
        ).status
        == 200
    )


def test_datasets(site: Site) -> None:
    graph = "https://world.example/graph/organisation/norrby-kommun"
    ask = "ASK { <https://world.example/id/organisation/norrby-kommun> a ?type }"
    for fields, truth in (
        ({"default-graph-uri": graph}, True),
        ({"default-graph-uri": "https://world.example/graph/none"}, False),
        ({"named-graph-uri": graph}, False),
        ({}, True),
    ):
        assert parse_boolean(site.ask("/sparql?" + urlencode({"query": ask, **fields}))) == truth
    assert site.ask("/sparql?" + urlencode({"query": ask, "default-graph-uri": "no iri"})).status == 400


def test_a_wrong_query_is_told_at_its_place(site: Site) -> None:
    answer = site.sparql("SELECT ?x WHERE {\n  ?x coop:start \n}", accept_language="en")
    assert answer.status == 400
    assert "line 3" in answer.json()["detail"]
    assert (
        site.sparql("SELECT", accept_language="sv").json()["detail"].startswith("Frågan går inte att tolka")
    )
    assert site.sparql("").status == 400


def test_cors(site: Site) -> None:
    assert site.sparql("ASK {}", origin="https://other.example").headers["access-control-allow-origin"] == "*"
    preflight = site.ask(
        "/sparql", "OPTIONS", origin="https://other.example", access_control_request_method="POST"
    )
    assert preflight.status == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert site.ask("/sparql", "DELETE").status == 405
    assert site.ask("/doc/organisation/norrby-kommun", "POST", "x").headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.fixture(scope="module")
def narrow(served_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that allows little."""
    folder = tmp_path_factory.mktemp("narrow") / "world"
    shutil.copytree(served_folder, folder)
    with (folder / "coopgraph.toml").open("a", encoding="utf-8") as file:
        file.write(
            "\n[serve]\nseconds = 1.5\nrows = 5\nqueries = 1\nwaiting = 1\nquery_length = 500\nbody = 2000\nmemory = 400\n"
        )
    with serving(folder, folder / "log") as found:
        yield found


def test_the_limit_of_rows_is_told(narrow: Site, site: Site) -> None:
    query = "SELECT * { ?s ?p ?o }"
    cut = narrow.sparql(query)
    assert len(cut.json()["results"]["bindings"]) == 5
    assert (cut.headers["x-sparql-maxrows"], cut.headers["x-sparql-complete"]) == ("5", "false")
    assert site.sparql("SELECT * { ?s ?p ?o } LIMIT 3").headers["x-sparql-complete"] == "true"
    assert len(list(parse(narrow.sparql("CONSTRUCT WHERE { ?s ?p ?o }").body, format=RdfFormat.TURTLE))) == 5


def test_a_runaway_query_stops_and_the_server_goes_on(narrow: Site) -> None:
    began = time.monotonic()
    answer = narrow.sparql(RUNAWAY, accept_language="en")
    assert answer.status == 503
    assert "took longer than 1.5 s" in answer.json()["detail"]
    assert time.monotonic() - began < 4
    assert narrow.sparql("ASK { ?s ?p ?o }").status == 200
    pattern = 'SELECT * { ?s ?p ?o FILTER(REGEX("' + "a" * 40 + '!", "^(a+)+$")) }'
    assert narrow.sparql(pattern).status in (200, 503)
    greedy = (
        "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    )
    assert narrow.sparql(greedy).status == 503
    assert narrow.sparql("SELECT * { ?s ?p ?o } LIMIT 1").status == 200


def test_the_rest_are_told_to_wait(narrow: Site) -> None:
    found: list[Answer] = []

    def ask(number: int) -> None:
        found.append(narrow.sparql(RUNAWAY.replace("?n", f"?n{number}")))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    until(lambda: len(found) >= 3)
    pages = narrow.ask("/doc/organisation/norrby-kommun")  # pages are not held up by queries
    for thread in threads:
        thread.join()
    assert pages.status == 200
    assert sorted(answer.status for answer in found) == [429, 429, 429, 503, 503]
    assert {answer.headers["retry-after"] for answer in found if answer.status == 429} == {"2"}
    assert narrow.sparql("ASK {}").status == 200


def test_too_long_is_told(narrow: Site) -> None:
    long = "ASK {} #" + "x" * 600
    assert narrow.sparql(long).status == 413
    assert narrow.ask("/sparql", "POST", long, content_type="application/sparql-query").status == 413
    assert narrow.ask("/sparql", "POST", "x" * 3000, content_type="application/sparql-query").status == 413
    assert narrow.ask("/sparql?query=" + "x" * 9000).status == 414
    assert narrow.ask("/sparql", "POST", "ASK {}", content_type="text/plain").status == 415
    assert (
        narrow.ask(
            "/sparql", "POST", "query=ASK{}&query=ASK{}", content_type="application/x-www-form-urlencoded"
        ).status
        == 400
    )


def test_the_answer_of_what_changes_is_not_kept(site: Site) -> None:
    query = "SELECT (STRUUID() AS ?x) {}"
    assert site.sparql(query).body != site.sparql(query).body
    kept = "SELECT ?s { ?s a coop:Partnership } ORDER BY ?s"
    assert site.sparql(kept).headers["etag"] == site.sparql(kept).headers["etag"]


def test_sparqlwrapper(site: Site) -> None:
    from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

    client = SPARQLWrapper(site.url + "sparql")
    client.setQuery("SELECT ?s { ?s a coop:Partnership }")
    client.setReturnFormat(JSON)
    rows = client.queryAndConvert()["results"]["bindings"]
    assert len(rows) > 10
    client.setMethod(POST)
    assert client.queryAndConvert()["results"]["bindings"] == rows
    client.setReturnFormat(XML)
    assert client.queryAndConvert().toxml().count("<result>") == len(rows)
    client.setReturnFormat(CSV)
    assert client.queryAndConvert().count(b"\r\n") == len(rows) + 1
    client.setQuery("CONSTRUCT WHERE { ?s a coop:Partnership }")
    client.setReturnFormat(TURTLE)
    assert b"coop:Partnership" in client.queryAndConvert()


def test_rdflib(site: Site) -> None:
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = rdflib.Graph(SPARQLStore(site.url + "sparql"))
    rows = list(graph.query("SELECT ?s { ?s a <https://w3id.org/coopgraph/ns#Partnership> }"))
    assert len(rows) > 10
    # follow your nose: the address of a thing gives its graph
    read = rdflib.Graph().parse(site.url + "id/organisation/norrby-kommun")
    assert (None, rdflib.SKOS.prefLabel, rdflib.Literal("Norrby kommun", lang="sv")) in read


def test_the_log_names_nobody(site: Site) -> None:
    site.ask("/ingen/Anna-Andersson", user_agent="secret-agent", x_forwarded_for="203.0.113.7")
    site.query("organisation/partners", organisation="Anna Andersson")
    until(lambda: any(line.get("status") == 422 for line in site.logged()))
    text = json.dumps(site.logged())
    assert "Anna" not in text
    assert "203.0.113.7" not in text
    assert "127.0.0.1" not in text
    assert "secret-agent" not in text
    line = site.logged()[-1]
    assert set(line) == {"time", "event", "method", "route", "path", "status", "ms", "bytes"}
