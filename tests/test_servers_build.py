"""A build to a server: what changed is sent and nothing else, and what breaks off is mended by the next."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pyoxigraph as ox
import pytest
import servers
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from test_servers import SETTINGS, START

from coopgraph.build import on_server
from coopgraph.build.make import build
from coopgraph.build.marker import CREATOR, MODIFIED, checksums, read_marker, statement
from coopgraph.build.on_server import Sent, send
from coopgraph.build.opened import opened, remote
from coopgraph.build.snapshot import current
from coopgraph.build.updates import BYTES, TRIPLES, pieces
from coopgraph.errors import ProjectError, StoreError
from coopgraph.iris import namespaces
from coopgraph.project import Project, find
from coopgraph.store.local import LocalStore
from coopgraph.store.remote import RemoteStore

pytestmark = pytest.mark.server


@pytest.fixture(params=START)
def project(
    request: pytest.FixtureRequest, world_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """The invented world, to be kept on an empty server of each kind."""
    for name, value in servers.WRITER.items():
        monkeypatch.setenv(name, value)
    with START[request.param](tmp_path) as url:
        yield kept_at(world_copy, SETTINGS[request.param].format(url=url))


def kept_at(folder: Path, setting: str) -> Project:
    """The dataset with a server in its settings."""
    path = folder / "coopgraph.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(setting + "".join(one for one in lines if not one.startswith("store")), encoding="utf-8")
    return find(folder)


def put(project: Project) -> Sent:
    build(project)
    return send(project)


def canonical(quads: Iterable[Quad]) -> set[Quad]:
    found = set(quads)
    if any(isinstance(term, BlankNode) for quad in found for term in quad.triple):
        dataset = ox.Dataset(found)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return set(dataset)
    return found


def there(project: Project) -> set[Quad]:
    """All that the server has of the dataset, but its marker."""
    marker = namespaces(project).graph_of("build")
    query = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
    return canonical(
        Quad(subject, property_, value, graph)  # type: ignore[arg-type]
        for graph, subject, property_, value in remote(project, timeout=60).select(query)
        if isinstance(graph, NamedNode) and graph.value.startswith(project.base) and graph != marker
    )


def here(project: Project) -> set[Quad]:
    """All that was built."""
    snapshot = current(project)
    try:
        return canonical(snapshot.store.engine)
    finally:
        snapshot.close()


def change(project: Project, name: str, old: str, new: str) -> None:
    path = project.data / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_only_what_changed_is_sent(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = put(project)
    assert (first.changed > 100, first.removed) == (True, 0)
    assert there(project) == here(project)
    with monkeypatch.context() as patch:
        patch.delattr(on_server, "checksums")  # of a build that the server has whole nothing is compared
        assert put(project) == Sent(0, 0, 0)

    change(project, "organisation/norrby-kommun.ttl", "Norrby Municipality", "Norrby")
    sent = put(project)
    assert (sent.changed <= 2, sent.removed, sent.requests) == (True, 0, 2)
    assert there(project) == here(project)

    (project.data / "partnership" / "norrby-kommun--moorwinkel.ttl").unlink()
    assert put(project).removed == 1
    assert there(project) == here(project)
    assert opened(project).whole


def test_of_a_large_graph_the_difference_is_sent(project: Project) -> None:
    """And of one with blank nodes all, each node in one piece."""
    folder = project.data / "import"
    folder.mkdir()
    lines = [
        f'<urn:x:{n // 9}> <urn:p:{n % 9}> "{n} å \\"q\\" \\\\ \\n"@sv .\n' for n in range(TRIPLES + 300)
    ]
    (folder / "large.nt").write_text("".join(lines), encoding="utf-8")
    blanks = [f'_:b{n} <urn:p> _:c{n} .\n_:c{n} <urn:q> "{n}" .\n' for n in range(TRIPLES // 2 + 100)]
    (folder / "blank.nt").write_text("".join(blanks), encoding="utf-8")
    put(project)
    assert there(project) == here(project)

    lines[7] = '<urn:x:new> <urn:p:1> "new" .\n'
    (folder / "large.nt").write_text("".join(lines), encoding="utf-8")
    sent = put(project)
    assert (sent.changed, sent.requests <= 5) == (1, True)
    assert there(project) == here(project)

    (folder / "blank.nt").write_text("".join(blanks[:-5]), encoding="utf-8")
    assert put(project).changed == 1
    assert there(project) == here(project)


@dataclass
class Unreliable:
    """A server in between that lets so many updates through, and then breaks off each connection."""

    target: str
    lets: int = 0


@contextmanager
def unreliable(target: str) -> Iterator[tuple[str, Unreliable]]:
    state = Unreliable(target)

    class Between(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Be quiet."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/update"):
                state.lets -= 1
                if state.lets < 0:
                    self.close_connection = True
                    return
            kept = {name: self.headers[name] for name in ("Content-Type", "Accept") if name in self.headers}
            with urlopen(Request(state.target + self.path, body, kept), timeout=60) as answer:
                content, kind = answer.read(), answer.headers.get("Content-Type", "text/plain")
                self.send_response(answer.status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Between) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", state
        finally:
            server.shutdown()
            thread.join()


def test_a_build_that_breaks_off_anywhere_is_gone_on_with_by_the_next(
    world_copy: Path, tmp_path: Path
) -> None:
    with servers.oxigraph_to_write(tmp_path) as url, unreliable(url) as (between, state):
        project = kept_at(world_copy, f'store = "{between}/query"\n')
        build(project)
        broken = 0
        for lets in range(100):
            state.lets = lets
            RemoteStore(f"{url}/query", update=f"{url}/update").update("DROP ALL")
            try:
                send(project)
                break
            except StoreError as error:
                told = error.en
            broken += 1
            assert "broke off" in told
            if lets:
                assert "Build again" in told
                assert not opened(project).whole
            state.lets = 100
            send(project)
            assert opened(project).whole
            assert there(project) == here(project)
            assert put(project) == Sent(0, 0, 0)
        assert broken > 5


def test_until_a_build_is_whole_the_old_graphs_answer(world_copy: Path, tmp_path: Path) -> None:
    with servers.oxigraph_to_write(tmp_path) as url, unreliable(url) as (between, state):
        project = kept_at(world_copy, f'store = "{between}/query"\n')
        state.lets = 100
        put(project)
        for path in project.data_files():
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace('"@en', ' (new)"@en'), encoding="utf-8")
        before = here(project)
        build(project)
        after = here(project)
        state.lets = 2  # the claim, and one request of several
        with pytest.raises(StoreError, match="broke off"):
            send(project)
        graphs = {quad.graph_name for quad in before}

        def of(quads: set[Quad], graph: object) -> set[Quad]:
            return {quad for quad in quads if quad.graph_name == graph}

        now = there(project)
        old = {graph for graph in graphs if of(now, graph) == of(before, graph) != of(after, graph)}
        new = {graph for graph in graphs if of(now, graph) == of(after, graph) != of(before, graph)}
        assert old
        assert new
        assert all(of(now, graph) in (of(before, graph), of(after, graph)) for graph in graphs)
        told = run("query", "partnership/by-kind", cwd=project.root)
        assert (told.returncode, "under way or broke off" in told.stderr) == (0, True)
        state.lets = 100
        send(project)
        assert there(project) == after


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coopgraph", *arguments],
        cwd=cwd,
        env={**os.environ, "COOPGRAPH_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("times", [5, pytest.param(40, marks=pytest.mark.long)])
def test_a_build_that_is_killed_is_mended_by_the_next(times: int, world_copy: Path, tmp_path: Path) -> None:
    random.seed(times)
    with servers.oxigraph_to_write(tmp_path) as url:
        project = kept_at(world_copy, f'store = "{url}/query"\n')
        build(project)
        code = "import pathlib; from coopgraph.build.on_server import send; from coopgraph.project import find; print('on', flush=True); send(find(pathlib.Path('.')))"
        for _ in range(times):
            remote(project, timeout=60).update("DROP ALL")
            process = subprocess.Popen([sys.executable, "-c", code], cwd=world_copy, stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(random.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            send(project)
            assert opened(project).whole
            assert there(project) == here(project)


def test_two_builds_at_once_are_kept_apart(world_copy: Path, tmp_path: Path) -> None:
    with servers.oxigraph_to_write(tmp_path) as url:
        project = kept_at(world_copy, f'store = "{url}/query"\n')
        put(project)
        change(project, "organisation/norrby-kommun.ttl", "Norrby Municipality", "Norrby")
        build(project)
        server, names = remote(project, timeout=60), namespaces(project)
        marker = read_marker(server, names)
        mark = f"DATA {{ GRAPH {marker.graph} {{ %s }} }}"
        server.update(f"INSERT {mark}" % statement(marker.graph, CREATOR, "another"))
        with pytest.raises(ProjectError, match="another build is writing there"):
            send(project)
        # one that has been silent for long has broken off
        assert marker.modified is not None
        server.update(f"DELETE {mark}" % statement(marker.graph, MODIFIED, marker.said[MODIFIED][0]))
        server.update(f"INSERT {mark}" % statement(marker.graph, MODIFIED, "2020-01-01T00:00:00+00:00"))
        send(project)
        assert read_marker(server, names).builders == ()
        assert there(project) == here(project)


def test_a_server_that_hides_its_graphs_or_has_none_is_told(world_copy: Path, tmp_path: Path) -> None:
    with servers.oxigraph_to_write(tmp_path, union=False) as url:
        project = kept_at(world_copy, f'store = "{url}/query"\n')
        with pytest.raises(ProjectError, match="nothing has been built there yet"):
            opened(project)
        put(project)
        with pytest.raises(StoreError, match="does not show its named graphs"):
            opened(project)
        project = kept_at(world_copy, f'store = "{url}/query?union-default-graph"\n')
        assert opened(project).whole
        assert remote(project, timeout=9).update_url == f"{url}/update"


def test_commands_use_the_server_with_no_option(world_copy: Path, tmp_path: Path) -> None:
    asked = (
        ["query", "partnership/by-country", "-p", "country=Denmark", "-f", "csv"],
        ["show", "Region Mittland"],
        ["sparql", "SELECT ?n { ?n a coop:Network } ORDER BY ?n", "-f", "json"],
    )
    run("build", cwd=world_copy)
    expected = [run(*one, cwd=world_copy).stdout for one in asked]
    with servers.oxigraph_to_write(tmp_path) as url:
        project = kept_at(world_copy, f'store = "{url}/query"\n')
        built = run("build", cwd=world_copy)
        assert (built.returncode, f"{url}/update: " in built.stdout) == (0, True)
        shutil.rmtree(project.state)  # as on another machine
        assert [run(*one, cwd=world_copy).stdout for one in asked] == expected
        assert run("check", cwd=world_copy).returncode == 0
        change(project, "organisation/havnsund.ttl", "country:FRO", "country:FRO , country:DNK")
        stale = run("check", cwd=world_copy)
        assert (stale.returncode, "files changed since: 1" in stale.stderr) == (0, True)
        run("build", cwd=world_copy)
        told = run("check", "-f", "github", cwd=world_copy)
        assert told.returncode == 1
        assert told.stdout.startswith(
            "::error file=data/organisation/havnsund.ttl,line=12,col=32,title=Common-country"
        )
        assert run("check", "data", cwd=world_copy).returncode == 1


def test_triples_that_share_a_blank_node_stay_together() -> None:
    name = NamedNode("urn:p")
    chain = [Triple(BlankNode(f"x{n}"), name, BlankNode(f"x{n + 1}")) for n in range(50)]
    others = [Triple(NamedNode(f"urn:{n}"), name, Literal("a" * 100)) for n in range(TRIPLES + 300)]
    mixed = [one for pair in zip(others, chain, strict=False) for one in pair] + others[50:]
    cut = list(pieces(mixed))
    assert {one for piece in cut for one in piece} == set(mixed)
    assert max(map(len, cut)) <= TRIPLES
    assert [len({*chain} & {*piece}) for piece in cut if {*chain} & {*piece}] == [50]


def test_a_piece_is_bounded_in_bytes_too() -> None:
    long = [Triple(NamedNode(f"urn:{n}"), NamedNode("urn:p"), Literal("å" * (BYTES // 3))) for n in range(10)]
    assert max(map(len, pieces(long))) <= 3


def test_a_checksum_says_what_a_graph_holds() -> None:
    name, graph = NamedNode("urn:p"), NamedNode("urn:g")

    def of(*triples: Triple) -> str:
        store = LocalStore.memory(Quad(one.subject, one.predicate, one.object, graph) for one in triples)
        return checksums(store)[graph]

    a, b, x = BlankNode("a"), BlankNode("b"), Literal("x")
    assert of(Triple(a, name, b), Triple(b, name, x)) == of(Triple(a, name, x), Triple(b, name, a))
    assert of(Triple(a, name, b), Triple(b, name, x)) != of(Triple(a, name, b), Triple(a, name, x))
    one, two = (
        Triple(graph, name, Literal("a <b> .\n_:c")),
        Triple(graph, name, Literal("a <b> .", language="sv")),
    )
    assert of(one, two) == of(two, one) != of(one)
