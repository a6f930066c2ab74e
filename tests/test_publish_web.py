"""The exported site on web servers from Debian: negotiation, redirections, and a harvester that keeps up with the versions."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import ROOT, WORLD
from pyoxigraph import Quad
from servers import free_port, running

from coopgraph.build.changes import replay
from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.project import find
from coopgraph.publish.dumps import authored
from coopgraph.publish.export import export
from coopgraph.publish.publication import publication
from coopgraph.publish.site import open_site

BODY = "organisation/klitrup"
GONE = "organisation/petit-lac"
MERGED = "organisation/moorwinkel"
_NGINX = """
{user}
worker_processes 1;
daemon off;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c;
    uwsgi_temp_path {home}/d; scgi_temp_path {home}/e;
    include {home}/site.conf;
}}
"""
_APACHE = """
ServerRoot {home}
PidFile {home}/apache.pid
ErrorLog {home}/error.log
Listen 127.0.0.1:{port}
Mutex file:{home} default
{modules}
TypesConfig /dev/null
Include {home}/site.conf
"""
_MODULES = "mpm_event authz_core mime dir negotiation rewrite headers alias deflate filter"


@contextmanager
def nginx(site: Path, home: Path, port: int) -> Iterator[None]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip("nginx is not installed (scripts/install-servers.sh)")
    _settings(site / "server" / "nginx.conf", site, home / "site.conf", port)
    user = "user root;" if os.geteuid() == 0 else ""  # else the folders of tests are closed to its worker
    (home / "nginx.conf").write_text(_NGINX.format(home=home, user=user), encoding="utf-8")
    with running([program, "-c", str(home / "nginx.conf"), "-e", str(home / "error.log")], home) as process:
        _wait(port, process)
        yield


@contextmanager
def apache(site: Path, home: Path, port: int) -> Iterator[None]:
    program = shutil.which("apache2", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip("Apache is not installed (scripts/install-servers.sh)")
    _settings(site / "server" / "apache.conf", site, home / "site.conf", port)
    folder = Path("/usr/lib/apache2/modules")
    modules = "\n".join(f"LoadModule {name}_module {folder}/mod_{name}.so" for name in _MODULES.split())
    text = _APACHE.format(home=home, port=port, modules=modules)
    (home / "apache.conf").write_text(text, encoding="utf-8")
    with running([program, "-D", "FOREGROUND", "-f", str(home / "apache.conf")], home) as process:
        _wait(port, process)
        yield


@contextmanager
def caddy(site: Path, home: Path, port: int) -> Iterator[None]:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("Caddy is not installed (scripts/install-servers.sh)")
    _settings(site / "server" / "Caddyfile", site, home / "Caddyfile", port)
    with running([program, "run", "--config", str(home / "Caddyfile")], home) as process:
        _wait(port, process)
        yield


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when something listens; fail when the server has ended or takes over half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"nothing listens on {port}")


def _settings(path: Path, site: Path, target: Path, port: int) -> None:
    """The settings that the export wrote, with its folder and a free port in the places that a reader is told to change."""
    text = path.read_text(encoding="utf-8")
    assert text.count("/srv/coopgraph") >= 1
    assert "127.0.0.1:8080" in text
    target.write_text(
        text.replace("/srv/coopgraph", str(site)).replace("127.0.0.1:8080", f"127.0.0.1:{port}"),
        encoding="utf-8",
    )


SERVERS = {"nginx": nginx, "apache": apache, "caddy": caddy}


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def ask(url: str, accept: str | None = None, language: str = "sv") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer, without following it anywhere."""
    headers = {"Accept-Language": language} | ({"Accept": accept} if accept is not None else {})
    try:
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.build_opener(Stay).open(request, timeout=20) as reply:
            return reply.status, {name.lower(): text for name, text in reply.headers.items()}, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): text for name, text in error.headers.items()}, error.read()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented world with a thing that was retired and one that was merged, for a test to change."""
    folder = tmp_path_factory.mktemp("web") / "world"
    shutil.copytree(WORLD, folder, ignore=shutil.ignore_patterns(".coopgraph"))
    for name, successor in ((GONE, ""), (MERGED, BODY)):
        path = folder / "data" / f"{name}.ttl"
        replaced = f"; <http://purl.org/dc/terms/isReplacedBy> <https://world.example/id/{successor}>"
        tombstone = (
            f"\n<> <http://www.w3.org/2002/07/owl#deprecated> true {replaced if successor else ''} .\n"
        )
        path.write_text(path.read_text(encoding="utf-8") + tombstone, encoding="utf-8")
    return folder


def publish(world: Path, site: Path, address: str) -> None:
    project = find(world)
    build(project)
    export(publication(project, current(project), address=address, live=False), site)


@pytest.fixture(scope="module")
def site(world: Path) -> Path:
    publish(world, world.parent / "www", "https://data.example/")
    return world.parent / "www"


@pytest.fixture(scope="module", params=SERVERS)
def root(
    request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server that shows the site."""
    port = free_port()
    with SERVERS[request.param](site, tmp_path_factory.mktemp(request.param), port):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.server
@pytest.mark.parametrize(
    ("accept", "suffix", "media"),
    [
        (None, "sv.html", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "sv.html", "text/html"),
        ("text/turtle", "ttl", "text/turtle"),
        ("application/ld+json", "jsonld", "application/ld+json"),
        ("application/rdf+xml", "rdf", "application/rdf+xml"),
        ("application/n-triples", "nt", "application/n-triples"),
        ("application/trig", "trig", "application/trig"),
        ("text/turtle, text/html;q=0.5", "ttl", "text/turtle"),
    ],
)
def test_a_page_is_given_in_the_form_asked_for(
    root: str, site: Path, accept: str | None, suffix: str, media: str
) -> None:
    status, headers, body = ask(f"{root}/doc/{BODY}", accept)
    assert (status, headers["content-type"].partition(";")[0]) == (200, media)
    assert body == (site / f"doc/{BODY}.{suffix}").read_bytes()
    assert "accept" in headers["vary"].lower()


@pytest.mark.server
def test_a_page_is_given_in_the_language_asked_for(root: str, site: Path) -> None:
    for path in ("", "doc/organisation", f"doc/{BODY}", "query", "ns"):
        for language in ("sv", "en"):
            status, _, body = ask(f"{root}/{path}", "text/html", language)
            assert (status, body) == (200, (site / f"{path or 'index'}.{language}.html").read_bytes()), path


@pytest.mark.server
def test_a_thing_leads_to_its_document(root: str) -> None:
    status, headers, _ = ask(f"{root}/id/{BODY}")
    assert (status, headers["location"].removeprefix(root)) == (303, f"/doc/{BODY}")
    assert ask(f"{root}/id/organisation/nobody")[0] == 404
    assert ask(f"{root}/doc/organisation/nobody", "text/turtle")[0] == 404
    assert ask(f"{root}/doc/{BODY}", "image/png")[0] == 406


@pytest.mark.server
def test_what_was_retired_says_so(root: str, site: Path) -> None:
    tombstone = (site / f"doc/{GONE}.sv.html").read_bytes()
    assert "utgått".encode() in tombstone
    for start in ("id", "doc"):
        status, _, body = ask(f"{root}/{start}/{GONE}", "text/html")
        assert (status, body) == (410, tombstone)
        status, headers, _ = ask(f"{root}/{start}/{MERGED}", "text/html")
        assert (status, headers["location"].removeprefix(root)) == (308, f"/doc/{BODY}")


@pytest.mark.server
def test_files_have_their_media_types_and_headers(root: str, site: Path) -> None:
    for path, media in {
        "catalog.ttl": "text/turtle",
        ".well-known/void": "text/turtle",
        "feed.atom": "application/atom+xml",
        "changes.json": "application/json",
        "dump/data.nt.gz": "application/gzip",
        "dump/data.trig": "application/trig",
        "dump/coop-Partnership.csv": "text/csv",
        "style.css": "text/css",
        "robots.txt": "text/plain",
    }.items():
        status, headers, body = ask(f"{root}/{path}")
        assert (status, headers["content-type"].partition(";")[0]) == (200, media), path
        assert "content-encoding" not in headers, path
        assert body == (site / path).read_bytes(), path
        assert headers["access-control-allow-origin"] == "*"
        assert headers["x-content-type-options"] == "nosniff"
    assert ask(f"{root}/.coopgraph-site")[0] in (403, 404)


class Harvester:
    """A public body that follows the dataset with the code of docs/harvesting.md, which knows HTTP and nothing of us.

    It keeps the quads and which version they are; `fetched` are the files that it asked for.
    """

    def __init__(self, address: str) -> None:
        self.address, self.fetched = address, list[str]()
        self.quads, self.id = set[Quad](), None
        page = (ROOT / "docs" / "harvesting.md").read_text(encoding="utf-8")
        self.code: dict[str, Any] = {}
        exec(page.split("```python\n")[1].split("```")[0], self.code)
        fetch = self.code["get"]
        self.code["get"] = lambda url: self.fetched.append(url.rpartition("/")[2]) or fetch(url)

    def get(self, name: str) -> bytes:
        content: bytes = self.code["get"](self.address + name)
        return content

    def follow(self) -> None:
        self.quads, self.id = self.code["follow"](self.address, self.quads, self.id)


@pytest.mark.server
def test_a_harvester_that_replays_the_feed_has_each_version_exactly(world: Path, tmp_path: Path) -> None:
    folder, target, port = tmp_path / "world", tmp_path / "www", free_port()
    shutil.copytree(world, folder, ignore=shutil.ignore_patterns(".coopgraph"))
    address = f"http://127.0.0.1:{port}/"

    def now() -> set[Quad]:
        project = find(folder)
        return set(authored(open_site(project, current(project).store)))

    publish(folder, target, address)
    home = tmp_path / "nginx"
    home.mkdir()
    with nginx(target, home, port):
        body = Harvester(address)
        body.follow()
        assert body.quads == now()
        assert body.fetched == ["changes.json", "data.trig"]
        edits: list[Callable[[], object]] = [
            (folder / "data" / "partnership" / "fjallvanner.ttl").unlink,
            lambda: _edit(folder / "data" / f"{BODY}.ttl", '"Klitrup"@sv', '"Klitrups ”kommun”\\n"@sv'),
        ]
        for edit in edits:  # two versions, of which the harvester misses the first
            edit()
            build(find(folder))
        publish(folder, target, address)
        before, body.fetched = set(body.quads), []
        body.follow()
        assert body.quads == now() != before
        assert len(body.fetched) == 3
        assert "data.trig" not in body.fetched
        body.fetched.clear()
        body.follow()
        assert body.fetched == ["changes.json"]
        told = json.loads(body.get("changes.json"))
        # and our own replay agrees with the harvester's
        patches = [body.get(one["patch"].removeprefix(address)) for one in told["changes"][1:]]
        sums = [hashlib.sha256(patch).hexdigest() for patch in patches]
        assert sums == [one["sha256"] for one in told["changes"][1:]]
        assert replay(before, patches) == body.quads
        _follows_atom(body.get("feed.atom"), told)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _follows_atom(feed: bytes, told: dict[str, object]) -> None:
    """The Atom feed tells of the same versions, the latest first."""
    space = {"a": "http://www.w3.org/2005/Atom"}
    entries = ElementTree.fromstring(feed).findall("a:entry", space)
    changes = told["changes"]
    assert isinstance(changes, list)
    assert [one.findtext("a:id", None, space) for one in entries] == [one["id"] for one in changes][::-1]
    links = [one.find("a:link[@rel='enclosure']", space) for one in entries]
    assert [link.get("href") for link in links if link is not None] == [one["patch"] for one in changes][::-1]
    assert "klitrup" in (entries[0].findtext("a:content", "", space) or "")
