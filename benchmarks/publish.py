"""The web site beside its peers: pages, data, SPARQL and saved queries over HTTP, with eight connections.

    python -m benchmarks.publish                    ours and every peer that installs, on the real data
    python -m benchmarks.publish --only ours --large 1000000

Each server is a process of its own with one worker; so is the client. Peers are installed under build/web and nowhere else. One JSON line a
figure is added to benchmarks/results/publish.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import Load
from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.queries import load_query, run_saved

ROOT = Path(__file__).parents[1]
WEB = ROOT / "build/web"
RESULTS = ROOT / "benchmarks/results/publish.jsonl"
THING = "organisation/region-jonkopings-lan"
SAVED = "organisation/partners"
BODY = "Region Jönköpings län"
QUERY = "SELECT ?s ?o WHERE { ?s <https://w3id.org/coopgraph/ns#hasParty> ?o } ORDER BY ?s ?o LIMIT 10"
SECONDS = 4.0
PYTHON_PEERS = ["rdflib-endpoint[web]", "datasette"]
NODE_PEERS = ["trifid", "trifid-handler-fetch"]


@dataclass(frozen=True)
class Figure:
    """One kind of page of one server. Times in milliseconds, memory in megabytes (the whole process tree)."""

    server: str
    page: str
    connections: int
    per_second: float
    p50: float
    p99: float
    failed: int
    memory: int
    date: str
    load: float


def memory(pid: int) -> int:
    """The resident memory of a process and all below it, in megabytes."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{one}/status").read_text())[0])
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return total // 1024


def load(url: str, *, accept: str = "*/*", connections: int = 8, seconds: float = SECONDS) -> Load:
    """What a client in a process of its own measures."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", url, accept, str(connections), str(seconds)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Load(**json.loads(done.stdout))


def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def server(command: list[str], ready: str, folder: Path = ROOT, **environment: str) -> Iterator[int]:
    """A server that runs; its process."""
    with (WEB / "server.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(ready, timeout=5).read()
                    break
                except urllib.error.HTTPError:
                    break
                except OSError:
                    if process.poll() is not None:
                        raise RuntimeError((WEB / "server.log").read_text()[-2000:]) from None
                    time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def dataset() -> Path:
    """A copy of the real data, built."""
    folder = WEB / "data"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "coopgraph.toml", folder)
    shutil.copytree(ROOT / "data", folder / "data")
    build(find(folder))
    return folder


def told(name: str, page: str, found: Load, pid: int) -> Figure:
    figure = Figure(
        name, page, found.connections, round(found.per_second), round(found.p50, 2), round(found.p99, 2), found.failed,
        memory(pid), datetime.now().astimezone().isoformat(timespec="seconds"), round(os.getloadavg()[0], 1),
    )  # fmt: skip
    print(
        f"{name:16} {page:28} {figure.per_second:>7,.0f}/s  p50 {figure.p50:7.2f} ms  p99 {figure.p99:7.2f} ms  {figure.memory:>5} MB  {figure.failed} failed",
        flush=True,
    )
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(figure)) + "\n")
    return figure


def saved_url(start: str) -> str:
    return f"{start}query/{SAVED}.json?" + urlencode({"organisation": BODY})


def sparql_url(start: str, path: str = "sparql", query: str = QUERY) -> str:
    return f"{start}{path}?" + urlencode({"query": query})


def ours(folder: Path) -> None:
    number = port()
    start = f"http://127.0.0.1:{number}/"
    began = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "coopgraph",
        "-d",
        str(folder),
        "serve",
        "--port",
        str(number),
        "--quiet",
    ]
    with server(command, start + "doc/" + THING) as pid:
        print(f"ours: first page after {time.perf_counter() - began:.2f} s, {memory(pid)} MB")
        told("ours", "entity HTML", load(f"{start}doc/{THING}", accept="text/html"), pid)
        told("ours", "entity Turtle", load(f"{start}doc/{THING}.ttl"), pid)
        told("ours", "SPARQL", load(sparql_url(start)), pid)
        fresh = QUERY.replace("LIMIT", "#RAND()\nLIMIT").replace("?s ?o WHERE", "?s ?o (RAND() AS ?r) WHERE")
        told("ours", "SPARQL, not kept", load(sparql_url(start, query=fresh)), pid)
        told("ours", "SPARQL, one connection", load(sparql_url(start), connections=1), pid)
        told("ours", "SPARQL, not kept, one", load(sparql_url(start, query=fresh), connections=1), pid)
        told("ours", "saved query JSON", load(saved_url(start)), pid)
    project = find(folder)
    snapshot = current(project)
    for name, ask in (
        ("SPARQL alone", lambda: list(snapshot.store.select(fresh))),
        (
            "saved query alone",
            lambda: run_saved(
                load_query(project, SAVED),
                {"organisation": BODY},
                snapshot.store,
                namespaces(project),
                language="sv",
            ),
        ),
    ):
        print(f"ours: {name}: {median(ask):.2f} ms in the process")
    snapshot.close()


def median(ask: Callable[[], object], times: int = 101) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        found.append(time.perf_counter() - began)
    return sorted(found)[times // 2] * 1000


def large(triples: int) -> None:
    """A generated dataset: the time of a first, not kept page, and of a thing with many links."""
    from benchmarks.dataset import write

    folder = WEB / f"generated-{triples}"
    if not folder.is_dir():
        write(triples, folder)
        build(find(folder))
    project = find(folder)
    snapshot = current(project)
    rows = snapshot.store.select(
        f'SELECT ?thing WHERE {{ ?thing a ?type FILTER(STRSTARTS(STR(?thing), "{project.base}id/organisation/") && !CONTAINS(STR(?thing), "#")) }} ORDER BY ?thing LIMIT 300'
    )
    paths = [thing.value.removeprefix(project.base + "id/") for (thing,) in rows if thing is not None]
    most = next(
        iter(
            snapshot.store.select(
                'SELECT ?thing (COUNT(*) AS ?n) WHERE { ?s ?p ?thing FILTER(ISIRI(?thing) && STRSTARTS(STR(?thing), "'
                + project.base
                + 'id/")) } GROUP BY ?thing ORDER BY DESC(?n) LIMIT 1'
            )
        )
    )
    snapshot.close()
    number = port()
    start = f"http://127.0.0.1:{number}/"
    command = [
        sys.executable,
        "-m",
        "coopgraph",
        "-d",
        str(folder),
        "serve",
        "--port",
        str(number),
        "--quiet",
    ]
    with server(command, start + "readyz") as pid:
        times = []
        for path in paths:
            began = time.perf_counter()
            urllib.request.urlopen(f"{start}doc/{path}.sv.html").read()
            times.append(time.perf_counter() - began)
        print(
            f"{triples} triples: first time of a page {sorted(times)[len(times) // 2] * 1000:.1f} ms, {memory(pid)} MB"
        )
        if most[0] is not None and most[1] is not None:
            path = most[0].value.removeprefix(project.base + "id/")
            began = time.perf_counter()
            urllib.request.urlopen(f"{start}doc/{path}.sv.html").read()
            print(
                f"{triples} triples: {path} with {most[1].value} links: {(time.perf_counter() - began) * 1000:.0f} ms"
            )


def peers(folder: Path) -> None:
    dump = WEB / "data.nt"
    snapshot = current(find(folder))
    lines = sorted({f"{triple} .\n" for triple in snapshot.store.construct("CONSTRUCT WHERE { ?s ?p ?o }")})
    dump.write_text("".join(lines), encoding="utf-8")
    snapshot.close()
    if not (WEB / "venv").is_dir():
        subprocess.run([sys.executable, "-m", "venv", str(WEB / "venv")], check=True)
        subprocess.run([str(WEB / "venv/bin/pip"), "install", "-q", *PYTHON_PEERS], check=True)
    for peer in (trifid, rdflib_endpoint, datasette):
        try:
            peer(folder, dump)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            print(f"{peer.__name__}: not run: {str(error)[-400:]}")


def rdflib_endpoint(folder: Path, dump: Path) -> None:
    number = port()
    start = f"http://127.0.0.1:{number}/"
    command = [
        str(WEB / "venv/bin/rdflib-endpoint"),
        "serve",
        str(dump),
        "--host",
        "127.0.0.1",
        "--port",
        str(number),
    ]
    with server(command, sparql_url(start, "", "ASK {}")) as pid:
        told(
            "rdflib-endpoint",
            "SPARQL",
            load(sparql_url(start, ""), accept="application/sparql-results+json"),
            pid,
        )


def datasette(folder: Path, dump: Path) -> None:
    """The bodies and the partners as tables, which is what it is for."""
    path = WEB / "web.db"
    path.unlink(missing_ok=True)
    project = find(folder)
    snapshot = current(project)
    table = run_saved(
        load_query(project, SAVED), {"organisation": BODY}, snapshot.store, namespaces(project), language="sv"
    )
    snapshot.close()
    with sqlite3.connect(path) as database:
        columns = ", ".join(f'"{name}"' for name in table.fields())
        database.execute(f"CREATE TABLE partners (id INTEGER PRIMARY KEY, organisation TEXT, {columns})")
        for row in table.rows():
            marks = ", ".join("?" * (len(row) + 1))
            database.execute(
                f"INSERT INTO partners (organisation, {columns}) VALUES ({marks})", [BODY, *row.values()]
            )
    metadata = {
        "databases": {
            "web": {"queries": {"partners": "SELECT * FROM partners WHERE organisation = :organisation"}}
        }
    }
    (WEB / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    number = port()
    start = f"http://127.0.0.1:{number}/"
    command = [
        str(WEB / "venv/bin/datasette"),
        "serve",
        str(path),
        "-m",
        str(WEB / "metadata.json"),
        "--port",
        str(number),
    ]
    with server(command, start) as pid:
        told("Datasette", "entity HTML", load(f"{start}web/partners/1", accept="text/html"), pid)
        told(
            "Datasette",
            "saved query JSON",
            load(f"{start}web/partners.json?" + urlencode({"organisation": BODY, "_shape": "array"})),
            pid,
        )


def trifid(folder: Path, dump: Path) -> None:
    node = WEB / "node"
    if not (node / "node_modules/trifid").is_dir():
        node.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "init", "-y"], cwd=node, check=True, capture_output=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_PEERS], cwd=node, check=True
        )
    number = port()
    start = f"http://127.0.0.1:{number}/"
    (node / "config.yaml").write_text(
        f"""server:
  listener: {{ port: {number}, host: 127.0.0.1 }}
  logLevel: warn
globals:
  datasetBaseUrl: https://w3id.org/coopgraph/
  endpoints: {{ default: {{ url: /query }} }}
plugins:
  handler-fetch:
    module: trifid-handler-fetch
    paths: /query
    config: {{ url: "{dump}", contentType: application/n-triples, baseIRI: "https://w3id.org/coopgraph/", graphName: "https://w3id.org/coopgraph/all", unionDefaultGraph: true }}
  entity-renderer:
    module: "@zazuko/trifid-entity-renderer"
""",
        encoding="utf-8",
    )
    command = ["node", str(node / "node_modules/trifid/server.js"), "-c", str(node / "config.yaml")]
    with server(command, sparql_url(start, "query", "ASK {}"), node) as pid:
        told(
            "Trifid",
            "SPARQL",
            load(sparql_url(start, "query"), accept="application/sparql-results+json"),
            pid,
        )
        told("Trifid", "entity HTML", load(f"{start}id/{THING}", accept="text/html"), pid)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--only", choices=["ours", "peers"])
    reader.add_argument("--large", type=int, action="append", default=[])
    asked = reader.parse_args()
    folder = dataset()
    if asked.only != "peers":
        ours(folder)
    if asked.only != "ours":
        peers(folder)
    for triples in asked.large:
        large(triples)


if __name__ == "__main__":
    main()
