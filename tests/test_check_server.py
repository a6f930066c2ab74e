"""A graph on a SPARQL server is checked there: the same findings as embedded, and clear words when the server fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs

import pytest
import servers
from conftest import WORLD
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.project import find
from coopgraph.store import Store
from coopgraph.store.local import LocalStore
from coopgraph.store.remote import RemoteStore
from coopgraph.validate.on_server import check_store

# (file under data, what stands there, what is planted): one mistake for every way in which a shape can find one
MISTAKES = [
    ("organisation/norrby-kommun.ttl", ' , "Norrby Municipality"@en', ""),
    ("organisation/havnsund.ttl", "country:FRO", "country:FRO , country:DNK"),
    ("partnership/ekanger-kommun--klitrup.ttl", "organisation:ekanger-kommun , ", ""),
    ("agreement/region-mittland--sunhai-2009.ttl", 'coop:date "2009"^^edtf:EDTF .', 'coop:date "2009" .'),
    ("organisation/norrby-kommun.ttl", '"299999-9994"', '"299999-999"'),
]


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented world with the mistakes, built."""
    folder = tmp_path_factory.mktemp("server") / "world"
    shutil.copytree(WORLD, folder, ignore=shutil.ignore_patterns(".coopgraph"))
    for name, old, new in MISTAKES:
        path = folder / "data" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    build(find(folder))
    return folder


def findings(store: Store, folder: Path) -> set[tuple[object, ...]]:
    found = check_store(store, tuple(find(folder).files("shapes").values()), note_unused=True)
    assert found.stopped is None
    return {
        (one.rule, one.severity, one.focus, one.path, one.value, tuple(sorted(one.message.items())))
        for one in found.checked.findings
    }


ONE_COUNTRY = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix coop: <https://w3id.org/coopgraph/ns#> .
<#shape> sh:targetSubjectsOf coop:country ; sh:property <#one> .
<#one> sh:path coop:country ; sh:maxCount 1 .
"""


def embedded(folder: Path) -> Store:
    return current(find(folder)).store


def test_the_planted_mistakes_are_what_is_found(flawed: Path) -> None:
    found = {one[0] for one in findings(embedded(flawed), flawed) if one[1] == "violation"}
    assert found == {
        "Named-prefLabel-en",
        "Common-country",
        "Partnership-parties",
        "Time-date",
        "Identifier-organisationsnummer",
    }


@pytest.mark.server
def test_an_oxigraph_server_finds_the_same(flawed: Path, tmp_path: Path) -> None:
    snapshot = next((flawed / ".coopgraph" / "snapshots").iterdir()) / "store"
    with servers.oxigraph(snapshot, tmp_path) as url:
        assert findings(RemoteStore(url), flawed) == findings(embedded(flawed), flawed)
        done = check("--store", url, "-f", "json", cwd=flawed)
        assert done.returncode == 1
        told = json.loads(done.stdout)
        assert len(told) == len(MISTAKES)
        assert all(one["file"] is None and one["line"] is None for one in told)
        (tmp_path / "shapes.ttl").write_text(ONE_COUNTRY, encoding="utf-8")
        done = check("--store", url, "--shapes", "shapes.ttl", "-f", "json", cwd=tmp_path)
        assert [one["focus"] for one in json.loads(done.stdout)] == [
            "https://world.example/id/organisation/havnsund"
        ]


@pytest.mark.server
def test_virtuoso_finds_the_same(flawed: Path, tmp_path: Path) -> None:
    quads = current(find(flawed)).store.engine.dump(format=RdfFormat.N_QUADS)
    assert quads is not None
    with servers.virtuoso(quads, tmp_path) as url:
        assert findings(RemoteStore(url), flawed) == findings(embedded(flawed), flawed)
        assert RemoteStore(url).ask("ASK { ?s a ?o }") is True
        assert RemoteStore(url).ask("ASK { ?s a <urn:nothing> }") is False


TEXTS = ["§ 88", "Växjö", "gÃ¤ller", "2017–2019", "2017-2019", "å", "a\u00a0b", "日本", 'a"b', "a\\b"]
PATTERNS = [
    "^§ [0-9]+$", "Ã[¤¥–]", "^.{1,2}$", "^[0-9]{4}[-–]2", "^(§|V)", "^[^–]*$", "^[^ \u00a0]+$", "[à-ö]", "^\\S+$",
    '"', "\\\\", "^\\D+$",
]  # fmt: skip


@pytest.mark.server
def test_regular_expressions_match_the_same_texts_in_virtuoso(tmp_path: Path) -> None:
    quads = [Quad(NamedNode(f"urn:s{n}"), NamedNode("urn:p"), Literal(text)) for n, text in enumerate(TEXTS)]
    named = [Quad(quad.subject, quad.predicate, quad.object, NamedNode("urn:g")) for quad in quads]
    content = serialize(named, format=RdfFormat.N_QUADS)
    assert content is not None
    with servers.virtuoso(content, tmp_path) as url:
        server, local = RemoteStore(url), LocalStore.memory(named)
        assert set(server.select("SELECT ?o { ?s <urn:p> ?o }")) == {(Literal(text),) for text in TEXTS}
        for pattern in PATTERNS:
            query = f"SELECT ?s WHERE {{ ?s <urn:p> ?o FILTER(REGEX(STR(?o), {Literal(pattern)})) }}"
            assert set(server.select(query)) == set(local.select(query)), pattern


def check(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coopgraph", "check", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "COOPGRAPH_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("breaks off", "broke off in the middle of its answer"),
        ("fails", "refused the query: out of memory"),
        ("is no endpoint", "did not answer with SPARQL results in JSON, but with text/html: <!doctype html>"),
        ("is silent", "does not answer: timed out"),
        ("cuts short", "gave only a part of the answer"),
        ("is garbled", "rows that are not SPARQL results"),
        ("is empty", "shows no triples in its default graph"),
        ("wants a password", "wants to know who we are (401)"),
        ("is overloaded", "answered 503"),
    ],
)
def test_a_server_that_fails_is_told_in_words(fault: str, words: str, world_folder: Path) -> None:
    with faulty(lambda _: fault) as url:
        done = check("--store", url, "--timeout", "1", cwd=world_folder)
    assert (done.returncode, done.stdout) == (3, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <http://e.example/> .
e:First sh:targetSubjectsOf e:p ; sh:property e:first .
e:first sh:path e:q ; sh:minCount 1 .
e:Second sh:targetSubjectsOf e:p ; sh:property e:second .
e:second sh:path e:r ; sh:minCount 1 .
e:Third sh:targetSubjectsOf e:p ; sh:property e:third .
e:third sh:path e:s ; sh:minCount 1 .
"""


@pytest.mark.parametrize("fault", ["breaks off", "fails", "is overloaded", "is silent", "cuts short"])
def test_what_was_checked_is_told_and_what_was_not_is_named(fault: str, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    with faulty(lambda query: fault if "example/r>" in query else "") as url:
        done = check("--store", url, "--shapes", "shapes.ttl", "--timeout", "1", "-f", "json", cwd=tmp_path)
    assert done.returncode == 3
    not_checked = done.stderr.partition("Not checked: ")[2]
    told = {one["rule"] for one in json.loads(done.stdout)}
    assert "<http://e.example/Second>" in not_checked
    assert "http://e.example/first" in told
    # The third was asked for at the same time, or not at all: it is told, or it is named.
    assert ("http://e.example/third" in told) != ("<http://e.example/Third>" in not_checked)
    if fault == "fails":  # a query that the server can't run says nothing of the others
        assert "http://e.example/third" in told


def test_the_store_is_about_no_files(tmp_path: Path) -> None:
    done = check("--store", "http://127.0.0.1:9/", "--staged", cwd=tmp_path)
    assert (done.returncode, "--staged is about files, and --store is not" in done.stderr) == (2, True)


ANSWERS = {
    "head": {"vars": ["_0"]},
    "results": {"bindings": [{"_0": {"type": "uri", "value": "http://e.example/1"}}]},
}
COUNT = {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "7"}}]}}
NOTHING = {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "0"}}]}}


class _Answer(BaseHTTPRequestHandler):
    """Answers every query with one row, or fails in the way that `fault` says."""

    fault: Callable[[str], str]
    done: Event

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        good = COUNT if "COUNT(*)" in query else ANSWERS
        match type(self).fault(query):
            case "":
                self.say(200, json.dumps(good))
            case "breaks off":
                self.say(200, json.dumps(good)[:30], length=1000)
            case "fails":
                self.say(500, "out of memory", kind="text/plain")
            case "is no endpoint":
                self.say(200, "<!doctype html><title>Welcome</title>", kind="text/html; charset=utf-8")
            case "is silent":
                type(self).done.wait(20)
            case "cuts short":
                self.send_response(200)
                self.send_header("X-SPARQL-MaxRows", "1")
                self.finish_with(json.dumps(good).encode(), "application/sparql-results+json", 0)
            case "is garbled":
                self.say(200, json.dumps({"head": {"vars": ["n"]}, "results": {"bindings": [{"n": "7"}]}}))
            case "is empty":
                self.say(200, json.dumps(NOTHING))
            case "wants a password":
                self.say(401, "who are you?", kind="text/plain")
            case "is overloaded":
                self.say(503, "later", kind="text/plain")

    def say(
        self, code: int, text: str, *, kind: str = "application/sparql-results+json", length: int = 0
    ) -> None:
        self.send_response(code)
        self.finish_with(text.encode(), kind, length)

    def finish_with(self, body: bytes, kind: str, length: int) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def faulty(fault: Callable[[str], str]) -> Iterator[str]:
    """The address of a server on loopback that fails at a query as `fault` says, "" for not at all."""
    done = Event()
    answer = type("Answer", (_Answer,), {"fault": staticmethod(fault), "done": done})
    with ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/sparql"
        finally:
            done.set()
            server.shutdown()
            thread.join()
