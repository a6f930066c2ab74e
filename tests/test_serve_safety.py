"""The server under strain: what means harm, slow clients, reloads and its end."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopgraph.build.make import build
from coopgraph.errors import ProjectError
from coopgraph.project import find
from coopgraph.publish.server.limits import limits_of
from tests.site_server import Site, serving, until

CHECKOUT = Path(__file__).parents[1]

RUNAWAY = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fe%20%3Ff.%3Fg%20%3Fh%20%3Fi.%3Fj%20%3Fk%20%3Fl%7D"


def raw(site: Site, text: bytes, seconds: float = 5) -> bytes:
    """What the server answers to these bytes, until it closes or says no more."""
    host, port = site.host.split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        connection.sendall(text)
        found = b""
        try:
            while part := connection.recv(65536):
                found += part
        except TimeoutError:
            pass
        return found


def test_it_listens_on_loopback_alone(site: Site) -> None:
    assert site.host.startswith("127.0.0.1:")


def test_headers_for_safety(site: Site) -> None:
    for path in ("/", "/doc/organisation/norrby-kommun.ttl", "/ingen", "/healthz", "/sparql?query=x"):
        headers = site.ask(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        # scripts are files of ours; none stands in a page, and none comes from elsewhere
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_what_data_holds_is_text(site: Site) -> None:
    for language in ("sv", "en"):
        page = site.ask(f"/doc/organisation/fientlig.{language}.html").text()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert " onmouseover=" not in page.replace("&#34; onmouseover=", "").replace('\\" onmouseover', "")
        assert not re.search(r'(href|src|action)="(javascript|data):', page)
        assert "49" not in page.split("<main", 1)[1].replace("&#34;", "")
        # a script block holds data, and nothing in it can end it; a script is a file
        inside = re.findall(r"<script(?![^>]* src=)[^>]*>", page)
        assert inside == ['<script type="application/ld+json">'] * 2
        assert page.count("<script") == page.count("</script>")
    assert "javascript:alert(3)" in site.ask("/doc/organisation/fientlig.nt").text()


def test_what_is_typed_is_text(site: Site) -> None:
    nasty = "%3Cscript%3Ealert(1)%3C/script%3E%22%27"
    for path in (
        f"/query/organisation/partners?organisation={nasty}",
        f"/{nasty}",
        f"/doc/{nasty}",
        f"/sparql?query={nasty}",
        f"/?lang={nasty}&page={nasty}",
    ):
        answer = site.ask(path, accept="text/html")
        assert answer.status in (200, 400, 404, 422), path
        assert b"<script>alert" not in answer.body, path


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/doc/../../../etc/passwd", "/doc/%2e%2e/%2e%2e/etc/passwd", "/dump/..%2f..%2freport.json", "/changes/..%2f..%2fcurrent",
        "/style.css/../../pages.py", "/query/../../../coopgraph.toml", "/query/..%2f..%2fcoopgraph.rq", "/doc/%252e%252e", "//etc/passwd", "/dump/.", "/dump/%00",
    ],
)  # fmt: skip
def test_no_path_leaves_its_folder(site: Site, path: str) -> None:
    answer = site.ask(path)
    assert answer.status in (400, 404)
    assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nAccept: " + b"a" * 70000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GARBAGE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/sparql-query\r\n\r\nzz\r\n",
        b"GET /doc/organisation/norrby-kommun HTTP/1.1\r\nHost: x\r\nAccept-Language: \xff\xfe;q=\xff\r\nAccept: \xe5\r\nConnection: close\r\n\r\n",
        b"GET /doc/organisation/norrby-kommun HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + b'"' * 500 + b"\r\nConnection: close\r\n\r\n",
        b"GET /query/organisation/partners?%ff=%fe&%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /?" + b"&".join(b"a=%d" % n for n in range(900)) + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /query/organisation/partners?" + b"&".join(b"a=%d" % n for n in range(900)) + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"CONNECT evil:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"PUT /doc/organisation/norrby-kommun HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
    ],
)  # fmt: skip
def test_malformed_requests(site: Site, request_: bytes) -> None:
    said = raw(site, request_, 1.0)
    status = said[9:12]
    assert not status.startswith(b"5"), said[:300]
    assert b"Traceback" not in said
    assert str(CHECKOUT).encode() not in said
    assert b"site-packages" not in said
    assert site.ask("/healthz").status == 200


def test_nothing_is_written(site: Site, served_folder: Path) -> None:
    def stamps() -> dict[Path, int]:
        return {
            path: path.stat().st_mtime_ns
            for path in served_folder.rglob("*")
            if path.is_file() and "dumps" not in path.parts and not path.name.startswith("LOG")
        }

    before = stamps()
    for path in (
        "/",
        "/doc/organisation/norrby-kommun",
        "/sparql?query=ASK%20%7B%7D",
        "/query/organisation/partners.json?organisation=Norrby",
    ):
        site.ask(path)
    assert stamps() == before


def test_no_error_of_ours_in_the_log(site: Site) -> None:
    assert [line for line in site.logged() if line["event"] == "error"] == []


def test_metrics(site: Site, served_folder: Path) -> None:
    site.ask("/doc/organisation/norrby-kommun")
    text = site.ask("/metrics").text()
    (count,) = re.findall(
        r'^coopgraph_requests_total\{route="/doc/\{path:path\}",status="200"\} (\d+)$', text, re.MULTILINE
    )
    assert int(count) > 0
    bounds = [
        int(one) for one in re.findall(r"^coopgraph_request_seconds_bucket\{.*\} (\d+)$", text, re.MULTILINE)
    ]
    assert bounds == sorted(bounds)


@pytest.fixture
def folder(served_folder: Path, tmp_path: Path) -> Path:
    """A copy of the dataset, built, for a test to change."""
    target = tmp_path / "world"
    shutil.copytree(served_folder, target)
    return target


def settings(folder: Path, text: str) -> None:
    with (folder / "coopgraph.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[serve]\n{text}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("secnds = 3", "Did you mean 'seconds'?"),
        ('rows = "many"', "must be a whole number"),
        ("rows = 1.5", "must be a whole number"),
        ("queries = 0", "must be more than 0"),
        ("seconds = -1", "must be a number"),
    ],
)
def test_wrong_limits_are_told(world_copy: Path, text: str, said: str) -> None:
    settings(world_copy, text)
    with pytest.raises(ProjectError, match=re.escape(said)) as told:
        limits_of(find(world_copy))
    assert told.value.sv != told.value.en


def test_slow_clients_are_let_go(folder: Path, tmp_path: Path) -> None:
    settings(folder, "slow = 1.0\nconnections = 12")
    with serving(folder, tmp_path / "log") as site:
        host, port = site.host.split(":")
        held = [socket.create_connection((host, int(port)), timeout=10) for _ in range(8)]
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")  # and never the rest
        assert site.ask("/healthz").status == 200
        began = time.monotonic()
        assert [connection.recv(100) for connection in held] == [b""] * 8
        assert time.monotonic() - began < 5
        for connection in held:
            connection.close()
        said = raw(
            site,
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 50\r\n\r\nASK",
            4,
        )
        assert said.startswith(b"HTTP/1.1 408")


def test_a_new_build_is_taken_into_use_without_a_dropped_request(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "log", "--quiet") as site:
        before = site.ask("/doc/organisation/norrby-kommun.ttl").headers["etag"]
        statuses: list[int] = []
        ended = threading.Event()

        def ask() -> None:
            connection = http.client.HTTPConnection(site.host, timeout=20)
            while not ended.is_set():
                for path in (
                    "/doc/organisation/norrby-kommun",
                    "/query/partnership/by-kind.json",
                    "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D",
                ):
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    answer.read()
                    statuses.append(answer.status)
            connection.close()

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            path = folder / "data" / "organisation" / "norrby-kommun.ttl"
            text = path.read_text(encoding="utf-8")
            for name in ("Nya Norrby", "Norrby igen"):
                path.write_text(text.replace('"Norrby kommun"@sv', f'"{name}"@sv'), encoding="utf-8")
                build(find(folder))
                until(lambda name=name: name in site.ask("/doc/organisation/norrby-kommun.ttl").text(), 20)
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        assert len(statuses) > 20
        assert set(statuses) == {200}
        assert site.ask("/doc/organisation/norrby-kommun.ttl").headers["etag"] != before
        assert [line["event"] for line in site.logged()] == ["reloaded", "reloaded"]
        # the old ones are let go: no process too many, and the next build can remove their snapshots
        until(lambda: len(children(site.process.pid)) == 2)
        build(find(folder))
        assert len(list((folder / ".coopgraph" / "snapshots").iterdir())) == 1


def children(pid: int) -> list[int]:
    return [
        int(one)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for one in (task / "children").read_text().split()
    ]


def test_a_damaged_build_leaves_the_old_one_answering(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "log", "--quiet") as site:
        (folder / ".coopgraph" / "current.new").write_text("nothing", encoding="utf-8")
        (folder / ".coopgraph" / "current.new").replace(folder / ".coopgraph" / "current")
        until(lambda: [line["event"] for line in site.logged()] == ["reload-failed"])
        assert site.ask("/doc/organisation/norrby-kommun").status == 200
        assert site.ask("/readyz").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well(folder: Path, tmp_path: Path, number: int) -> None:
    with serving(folder, tmp_path / "log", "--quiet") as site:
        workers = children(site.process.pid)
        found: list[int] = []

        def ask() -> None:
            try:
                found.append(site.ask("/query/partnership/by-kind.json").status)
            except OSError:
                found.append(0)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        site.process.send_signal(number)
        assert site.process.wait(10) in (0, -number, 128 + number)
        assert found == [200]
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        assert "Traceback" not in site.log.read_text(encoding="utf-8")


def test_it_ends_well_during_a_runaway_query(folder: Path, tmp_path: Path) -> None:
    settings(folder, "seconds = 60")
    with serving(folder, tmp_path / "log", "--quiet") as site:
        workers = children(site.process.pid)
        thread = threading.Thread(
            target=lambda: raw(site, f"GET {RUNAWAY} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 20)
        )
        thread.start()
        time.sleep(1)
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(12) in (0, -signal.SIGTERM)
        thread.join()
        until(lambda: not any(alive(pid) for pid in workers))


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_a_killed_server_leaves_no_worker(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "log") as site:
        workers = children(site.process.pid)
        os.kill(site.process.pid, signal.SIGKILL)
        site.process.wait()
        until(lambda: not any(alive(pid) for pid in workers))


def test_a_taken_port_and_a_dataset_that_is_not_built(
    site: Site, served_folder: Path, world_copy: Path
) -> None:
    import subprocess
    import sys

    for folder, port, said in (
        (served_folder, site.host.split(":")[1], "Can't listen"),
        (world_copy, "0", "nothing has been built yet"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "coopgraph", "-d", str(folder), "--lang", "en", "serve", "--port", port],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 3
        assert said in done.stderr


@pytest.fixture
def wide(folder: Path, tmp_path: Path) -> Iterator[Site]:
    """A dataset where 3,000 memberships point to one network."""
    start = "https://world.example/id/"
    lines = [
        f"<{start}membership/m-{n}> <http://www.w3.org/ns/org#organization> <{start}network/kustnatet> ; a <http://www.w3.org/ns/org#Membership> ."
        for n in range(3000)
    ]
    shutil.rmtree(folder / ".coopgraph")
    (folder / "data" / "import").mkdir()
    (folder / "data" / "import" / "many.ttl").write_text("\n".join(lines), encoding="utf-8")
    build(find(folder))
    with serving(folder, tmp_path / "log", "--quiet") as site:
        yield site


def test_many_links_come_in_pages(wide: Site) -> None:
    found: set[str] = set()
    page = 1
    while True:
        answer = wide.ask(f"/doc/network/kustnatet.nt?page={page}")
        part = set(
            re.findall(
                r"^<(https://world.example/id/membership/m-\d+)> <http://www.w3.org/ns/org#organization>",
                answer.text(),
                re.MULTILINE,
            )
        )
        if not part:
            break
        assert not part & found
        found |= part
        page += 1
    assert len(found) == 3000
    assert page > 6
    first = wide.ask("/doc/network/kustnatet.sv.html").text()
    assert 'rel="next" href="?page=2"' in first
    assert wide.ask("/doc/network/kustnatet?page=x").status == 400
