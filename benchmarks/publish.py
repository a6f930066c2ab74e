"""The web site beside its peers: pages, data, SPARQL and saved queries over HTTP, with eight connections; its start, its size, its export.

    python -m benchmarks.publish                    everything: ours, every peer that installs, other sizes, the export
    python -m benchmarks.publish --only ours        the real data alone, or peers, or scale

Each server is a process of its own with one worker; so is the client. Peers are installed under build/web and nowhere else. One JSON line a
figure is added to benchmarks/results/publish.jsonl; the run ends with what it found as a table.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import web_scale
from benchmarks.web import ROOT, WEB, coopgraph, load, port, server, table, told, told_once
from benchmarks.web_peers import BODY, QUERY, SAVED, THING, peers, sparql_url
from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.queries import load_query, run_saved


def dataset() -> Path:
    """A copy of the real data, built."""
    folder = WEB / "data"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "coopgraph.toml", folder)
    shutil.copytree(ROOT / "data", folder / "data")
    build(find(folder))
    return folder


def saved_url(start: str) -> str:
    return f"{start}query/{SAVED}.json?" + urlencode({"organisation": BODY})


def ours(folder: Path) -> None:
    number = port()
    start = f"http://127.0.0.1:{number}/"
    with server(coopgraph(folder, "serve", "--port", str(number), "--quiet"), start + "doc/" + THING) as pid:
        told("ours", "entity HTML", load(f"{start}doc/{THING}", accept="text/html"), pid)
        told("ours", "entity Turtle", load(f"{start}doc/{THING}.ttl"), pid)
        told("ours", "SPARQL", load(sparql_url(start)), pid)
        fresh = QUERY.replace("LIMIT", "#RAND()\nLIMIT").replace("?s ?o WHERE", "?s ?o (RAND() AS ?r) WHERE")
        told("ours", "SPARQL, not kept", load(sparql_url(start, query=fresh)), pid)
        told("ours", "SPARQL, one connection", load(sparql_url(start), connections=1), pid)
        over = told("ours", "SPARQL, not kept, one", load(sparql_url(start, query=fresh), connections=1), pid)
        told("ours", "saved query JSON", load(saved_url(start)), pid)
    project = find(folder)
    snapshot = current(project)
    alone = median(lambda: list(snapshot.store.select(fresh)))
    saved = median(
        lambda: run_saved(
            load_query(project, SAVED),
            {"organisation": BODY},
            snapshot.store,
            namespaces(project),
            language="sv",
        )
    )
    told_once(f"SPARQL over HTTP, beside the query's own {alone:.2f} ms", over.p50 - alone, "ms", asked=0.5)
    print(f"ours: saved query alone: {saved:.2f} ms in the process")
    snapshot.close()


def median(ask: Callable[[], object], times: int = 101) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        found.append(time.perf_counter() - began)
    return sorted(found)[times // 2] * 1000


def main() -> None:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--only", choices=["ours", "peers", "scale"], action="append")
    only = reader.parse_args().only or ["ours", "peers", "scale"]
    folder = dataset()
    if "ours" in only:
        web_scale.start(folder, "doc/" + THING)
        ours(folder)
    if "peers" in only:
        peers(folder)
    if "scale" in only:
        web_scale.links()
        web_scale.sizes(5_000, 1_000_000)
        web_scale.export()
    print("\n" + table())


if __name__ == "__main__":
    main()
