"""A server that fails, in every way that one can: a clear sentence, exit code 3, and no trace."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar

import pytest
import servers
from test_servers_build import kept_at

from coopgraph.build.make import build
from coopgraph.build.on_server import send
from coopgraph.errors import CoopgraphError, StoreError
from coopgraph.store import http
from coopgraph.store.credentials import Credentials
from coopgraph.store.remote import RemoteStore

JSON = "application/sparql-results+json"
ROWS = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": []}}).encode()


@dataclass
class State:
    """How a server fails, what it was sent, and the sign that the test is over."""

    fault: Callable[[Handler], None]
    headers: list[dict[str, str]] = field(default_factory=list)
    over: Event = field(default_factory=Event)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: ClassVar[State]

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.state.headers.append(dict(self.headers))
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has had enough
            self.state.fault(self)

    def say(
        self, code: int, body: bytes, kind: str = JSON, *, length: int | None = None, **headers: str
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


@contextmanager
def failing(
    fault: Callable[[Handler], None], context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, State]]:
    state = State(fault)
    handler = type("Failing", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}", state
        finally:
            state.over.set()
            server.shutdown()
            thread.join()


def goes_away(self: Handler) -> None:
    self.close_connection = True


def is_silent(self: Handler) -> None:
    self.state.over.wait(30)


def drips(self: Handler) -> None:
    self.say(200, b"{", length=1000)
    while not self.state.over.wait(0.2):
        self.wfile.write(b" ")


def closes_mid_body(self: Handler) -> None:
    self.say(200, ROWS[:20], length=1000)


def breaks_off_a_chunk(self: Handler) -> None:
    self.send_response(200)
    self.send_header("Content-Type", JSON)
    self.send_header("Transfer-Encoding", "chunked")
    self.end_headers()
    self.wfile.write(b"100\r\n" + ROWS[:20])
    self.close_connection = True


def is_no_http(self: Handler) -> None:
    self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    self.close_connection = True


FAULTS: dict[str, tuple[Callable[[Handler], None], str]] = {
    "goes away": (goes_away, "broke off in the middle of its answer"),
    "is no HTTP": (is_no_http, "broke off in the middle of its answer"),
    "answers HTML": (
        lambda self: self.say(200, b"<!doctype html><title>Hello", "text/html"),
        "did not answer with SPARQL results in JSON, but with text/html: <!doctype html>",
    ),
    "is silent": (is_silent, "took longer than 2 s"),
    "drips": (drips, "took longer than 2 s"),
    "closes mid-body": (closes_mid_body, "broke off in the middle of its answer"),
    "breaks off a chunk": (breaks_off_a_chunk, "broke off in the middle of its answer"),
    "sends half JSON": (lambda self: self.say(200, ROWS[:20]), "answered with JSON that is not whole"),
    "sends deep JSON": (lambda self: self.say(200, b"[" * 100_000), "answered with JSON that is not whole"),
    "sends other rows": (
        lambda self: self.say(200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": 3}]}}'),
        "rows that are not SPARQL results",
    ),
    "wants a password": (
        lambda self: self.say(401, b"", WWW_Authenticate='Basic realm="x"'),
        "wants to know who we are (401). Set COOPGRAPH_STORE_USER and COOPGRAPH_STORE_PASSWORD",
    ),
    "wants a ticket": (
        lambda self: self.say(401, b"", WWW_Authenticate="Negotiate"),
        "wants to know who we are (401)",
    ),
    "is closed to us": (lambda self: self.say(403, b"no"), "wants to know who we are (403)"),
    "is not there": (
        lambda self: self.say(404, b"<html>Not found", "text/html"),
        "answered 404 Not Found. Is the path of the address right? docs/servers.md",
    ),
    "is out of memory": (lambda self: self.say(500, b"out of memory"), "refused the query: out of memory"),
    "is overloaded": (lambda self: self.say(503, b"later"), "answered 503 Service Unavailable: later"),
    "is giant": (lambda self: self.say(200, b" ", length=10**12), "an answer of more than 256 MB"),
    "has moved": (
        lambda self: self.say(302, b"", Location="http://elsewhere.example/"),
        "has moved to http://elsewhere.example/",
    ),
}


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coopgraph", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "COOPGRAPH_LANG": "en", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_to_a_failing_server(fault: str, world_copy: Path) -> None:
    fails, words = FAULTS[fault]
    with failing(fails) as (url, _):
        kept_at(world_copy, f'store = "{url}/query"\n')
        done = run("query", "partnership/by-kind", "--timeout", "2", cwd=world_copy)
    assert (done.returncode, done.stdout) == (3, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_server_that_is_not_there(world_copy: Path) -> None:
    kept_at(world_copy, f'store = "http://127.0.0.1:{servers.free_port()}/query"\n')
    for command in (
        ["query", "partnership/by-kind"],
        ["show", "Norrby"],
        ["sparql", "ASK {}"],
        ["check"],
        ["build"],
    ):
        done = run(*command, cwd=world_copy)
        assert done.returncode == 3, command
        assert "does not answer: Connection refused. Is the address right and the server up?" in done.stderr
        assert "Traceback" not in done.stderr
    swedish = run("--lang", "sv", "query", "partnership/by-kind", cwd=world_copy)
    assert "svarar inte: anslutningen nekades." in swedish.stderr


def test_a_proxy_that_is_not_there_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://me:secret@127.0.0.1:9/")
    with pytest.raises(StoreError, match=r"by way of the proxy 127\.0\.0\.1:9") as told:
        RemoteStore("http://nowhere.example/query").select("SELECT * { ?s ?p ?o }")
    assert "genom proxyservern 127.0.0.1:9" in told.value.sv
    assert "secret" not in told.value.en + told.value.sv


def test_https_to_a_port_that_speaks_http(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        failing(lambda self: self.say(200, ROWS)) as (url, _),
        pytest.raises(StoreError, match=r"does not speak https there.*begin with http://") as told,
    ):
        RemoteStore(url.replace("http:", "https:")).select("SELECT * {}")
    assert "talar inte https där" in told.value.sv
    monkeypatch.setattr(http, "_GREETING", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(StoreError, match="does not speak https there"):
            RemoteStore(f"https://127.0.0.1:{silent.getsockname()[1]}/query").select("SELECT * {}")
        assert time.monotonic() - began < 5


def test_https_with_a_certificate_that_is_trusted_and_one_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, which makes the certificate")
    made = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=here -addext subjectAltName=IP:127.0.0.1 -keyout key -out cert"
    subprocess.run([openssl, *made.split()], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with failing(lambda self: self.say(200, ROWS), context) as (url, _):
        with pytest.raises(StoreError, match="not trusted: self-signed certificate") as told:
            RemoteStore(url).select("SELECT * {}")
        assert "inte är betrott" in told.value.sv
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        assert list(RemoteStore(url).select("SELECT * {}")) == []


NO_MARKER = json.dumps({"head": {"vars": ["s", "p", "o"]}, "results": {"bindings": []}}).encode()


@pytest.mark.parametrize(
    "fault", ["goes away", "answers HTML", "wants a password", "is overloaded", "has moved"]
)
def test_a_build_to_a_server_that_takes_no_updates(fault: str, world_copy: Path) -> None:
    fails, words = FAULTS[fault]

    def fault_of(self: Handler) -> None:
        if self.path == "/update":
            fails(self)
        else:
            self.say(200, NO_MARKER)

    with failing(fault_of) as (url, _):
        kept_at(world_copy, f'store = "{url}/query"\n')
        done = run("build", cwd=world_copy)
    assert done.returncode == 3
    assert ("took an update, but" if fault == "answers HTML" else words) in done.stderr
    assert "Traceback" not in done.stderr


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(self: Handler) -> None:
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not self.state.over.is_set():
            self.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

    monkeypatch.setattr(http, "LARGEST", 5 * 1024 * 1024)
    with failing(endless) as (url, _), pytest.raises(StoreError, match="an answer of more than 5 MB"):
        RemoteStore(url).select("SELECT * {}")


def test_an_answer_that_drips_is_given_up() -> None:
    start = time.monotonic()
    with failing(drips) as (url, _), pytest.raises(StoreError, match="does not answer: timed out"):
        RemoteStore(url, timeout=0.3).select("SELECT * {}")
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("closes mid-body", "broke off in the middle"),
        ("breaks off a chunk", "broke off in the middle"),
        ("answers HTML", "did not answer with triples, but with text/html"),
    ],
)
def test_triples_that_break_off_are_told(fault: str, words: str) -> None:
    with (
        failing(FAULTS[fault][0]) as (url, _),
        pytest.raises(StoreError, match=words),
    ):
        list(RemoteStore(url).construct("CONSTRUCT WHERE { ?s ?p ?o }"))


def test_a_redirect_is_not_followed_and_gets_no_password() -> None:
    with failing(lambda self: self.say(200, ROWS)) as (elsewhere, other):
        for code in (301, 302, 303, 307, 308):

            def moved(self: Handler, code: int = code) -> None:
                self.say(code, b"", Location=f"{elsewhere}/query")

            with failing(moved) as (url, _):
                store = RemoteStore(url, credentials=Credentials("me", "secret"))
                with pytest.raises(StoreError, match="has moved to"):
                    store.select("SELECT * {}")
    assert other.headers == []


def test_basic_credentials_are_sent_when_asked_for_and_then_at_once() -> None:
    word = "Basic " + base64.b64encode("me:sécret".encode()).decode()

    def asks(self: Handler) -> None:
        if self.headers.get("Authorization") == word:
            self.say(200, ROWS)
        else:
            self.say(401, b"", WWW_Authenticate='Basic realm="x", charset="UTF-8"')

    with failing(asks) as (url, state):
        store = RemoteStore(url, credentials=Credentials("me", "sécret"))
        assert list(store.select("SELECT * {}")) == []
        assert list(store.select("SELECT * {}")) == []
        assert [one.get("Authorization") for one in state.headers] == [None, word, word]
        with pytest.raises(StoreError, match=r"does not let me in \(401\)"):
            RemoteStore(url, credentials=Credentials("me", "wrong")).select("SELECT * {}")
        assert len(state.headers) == 5


@pytest.mark.server
def test_digest_credentials_that_are_wrong(tmp_path: Path) -> None:
    with servers.virtuoso_to_write(tmp_path) as url:
        user, password = servers.WRITER.values()
        for given in (Credentials(user, "wrong"), Credentials("wrong", password), Credentials(user, "日本")):
            store = RemoteStore(f"{url}/sparql-auth", update=f"{url}/sparql-auth", credentials=given)
            with pytest.raises(StoreError, match=r"does not let .* in \(401\)"):
                store.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }")
        store = RemoteStore(f"{url}/sparql", update=f"{url}/sparql", credentials=Credentials(user, password))
        with pytest.raises(StoreError, match="Virtuoso"):
            store.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("store = 3", "store must be the address of a SPARQL server"),
        ('store = "ftp://x.example/"', "'ftp://x.example/' is no web address"),
        ('store = "file:///etc/passwd"', "'file:///etc/passwd' is no web address"),
        ('store = "https://me:secret@x.example/query"', "has a user or password in it"),
        ('store = "ftp://me:secret@x.example/"', "has a user or password in it"),
        ('store = "https://[x"', "is no web address"),
        ('store = "https://x.example:port/query"', "is no web address"),
        ('store = {query = "https://x.example/", password = "secret"}', "'password' doesn't belong here"),
        ('store = {query = "https://x.example/", updates = "https://x.example/"}', "store has no 'updates'"),
        ('store = {update = "https://x.example/"}', "store lacks the address of queries"),
        ('store = {query = "https://x.example/", update = "https://y.example/"}', "are of different servers"),
    ],
)
def test_a_setting_that_can_not_be_meant(setting: str, words: str, world_copy: Path) -> None:
    path = world_copy / "coopgraph.toml"
    path.write_text(f"{setting}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    done = run("query", "partnership/by-kind", cwd=world_copy)
    assert done.returncode == 3
    assert words in done.stderr
    assert "secret" not in done.stderr


def test_an_address_with_a_password_is_refused_and_not_repeated(world_copy: Path) -> None:
    for command in (["query", "partnership/by-kind", "--endpoint"], ["check", "--store"]):
        done = run(*command, "https://me:secret@x.example/query", cwd=world_copy)
        assert done.returncode == 2
        assert "An address has no user and password in it" in done.stderr
        assert "secret" not in done.stderr
        done = run(*command, "ftp://me:secret@x.example/query", cwd=world_copy)
        assert (done.returncode, "secret" in done.stderr) == (2, False)


def test_what_a_server_says_does_not_move_the_cursor() -> None:
    with failing(lambda self: self.say(503, b"\x1b[2J\x07late\xc2\x9br", "text/plain")) as (url, _):
        with pytest.raises(StoreError) as told:
            RemoteStore(url).select("SELECT * {}")
        assert str(told.value).isprintable()


def test_credentials_are_sought_outside_the_dataset(world_copy: Path, tmp_path: Path) -> None:
    word = "Basic " + base64.b64encode(b"me:word").decode()

    def asks(self: Handler) -> None:
        if self.headers.get("Authorization") == word:
            self.say(503, b"you are in")
        else:
            self.say(401, b"", WWW_Authenticate='Basic realm="x"')

    def told(**environment: str) -> str:
        done = run("query", "partnership/by-kind", cwd=world_copy, **environment)
        assert (done.returncode, "Traceback" in done.stderr) == (3, False)
        return done.stderr

    with failing(asks) as (url, _):
        kept_at(world_copy, f'store = "{url}/query"\n')
        assert "you are in" in told(COOPGRAPH_STORE_USER="me", COOPGRAPH_STORE_PASSWORD="word")
        assert "does not let me in" in told(COOPGRAPH_STORE_USER="me", COOPGRAPH_STORE_PASSWORD="other")
        assert "must have both" in told(COOPGRAPH_STORE_USER="me")
        netrc = tmp_path / ".netrc"
        netrc.write_text("machine 127.0.0.1 login me password word\n", encoding="utf-8")
        assert "others may read it" in told(HOME=str(tmp_path))
        netrc.chmod(0o600)
        assert "you are in" in told(HOME=str(tmp_path))
        assert "you are in" in told(NETRC=str(netrc))
        netrc.write_text("machine 127.0.0.1 login me password word nonsense\n", encoding="utf-8")
        assert "not a netrc file, line" in told(NETRC=str(netrc))
        assert "No such file" in told(NETRC=str(tmp_path / "none"))
        inside = world_copy / "netrc"
        inside.write_text("machine 127.0.0.1 login me password word\n", encoding="utf-8")
        inside.chmod(0o600)
        assert "don't belong in the dataset" in told(NETRC=str(inside))


def test_a_failing_server_costs_no_local_build(world_copy: Path) -> None:
    with failing(FAULTS["is overloaded"][0]) as (url, _):
        project = kept_at(world_copy, f'store = "{url}/query"\n')
        report = build(project)
        with pytest.raises(CoopgraphError, match="answered 503"):
            send(project)
    assert report.triples > 1000
