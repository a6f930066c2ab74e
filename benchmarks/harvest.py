"""A harvest of the size of Wikidata's twinnings, from a local Oxigraph server that holds statements of Wikidata's form.

    python -m benchmarks.harvest                34,000 statements on 20,000 bodies
    python -m benchmarks.harvest 2000 1200      smaller

Each harvest, build and check is a whole process. Between a harvest and the server stands a relay that counts the requests and,
where faults are wanted, fails every tenth of them: 429, 500, an answer cut off. A harvest that is killed half way and run again, and one
by way of faults, must give the same bytes as one without; a harvest after a hundred changed statements the same as one into an
empty dataset. One JSON line a run is added to benchmarks/results/harvest.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks import servers, statements

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/harvest.jsonl"
COOPGRAPH = str(Path(sys.executable).with_name("coopgraph"))
NAME = "wikidata-twinned-bodies"
CHANGES = 100
SETTINGS = 'base = "https://bench.example/"\ntitle = "En hämtad datamängd"\npublisher = "coopgraph"\n'


@dataclass
class Relay:
    """Passes requests on to `goal`; `seconds` is how long each took there. With `faults`, every tenth fails."""

    goal: str = ""
    faults: bool = False
    url: str = ""
    asked: int = 0
    seconds: list[float] = field(default_factory=list)

    def begin(self, goal: str, *, faults: bool = False) -> None:
        self.goal, self.faults, self.asked, self.seconds = goal, faults, 0, []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        relay: Relay = self.server.relay
        body = self.rfile.read(int(self.headers["Content-Length"]))
        relay.asked += 1
        fault = relay.asked // 10 % 3 if relay.faults and relay.asked % 10 == 0 else None
        if fault in (0, 1):
            return self._reply(b"not now", 429 if fault else 500, "text/plain")
        headers = {name: self.headers[name] for name in ("Content-Type", "Accept", "User-Agent")}
        began = time.perf_counter()
        with urllib.request.urlopen(urllib.request.Request(relay.goal, body, headers)) as answer:
            content, kind = answer.read(), answer.headers["Content-Type"]
        relay.seconds.append(time.perf_counter() - began)
        if fault == 2:
            self.close_connection = True
            return self._reply(content[: len(content) // 2], 200, kind, len(content))
        return self._reply(content, 200, kind)

    def _reply(self, content: bytes, status: int, kind: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        if status == 429:
            self.send_header("Retry-After", "1")
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked was killed
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def relaying() -> Iterator[Relay]:
    """A relay at an address of its own, the same for every harvest: it stands in what is harvested."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.relay = relay = Relay(url=f"http://127.0.0.1:{httpd.server_address[1]}/sparql")  # type: ignore[attr-defined]
    Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield relay
    finally:
        httpd.shutdown()
        httpd.server_close()


@dataclass(frozen=True)
class Run:
    """A whole process: what it took, and what it said; `served` is the seconds that the server took for its answers."""

    what: str
    seconds: float
    cpu: float
    megabytes: int
    requests: int
    served: float
    slowest: float
    said: str


def run(what: str, relay: Relay, folder: Path, *command: str, kill_at: int = 0) -> Run:
    """Run a command in a dataset to its end, or kill it at a request. Raises ChildProcessError where it fails by itself."""
    began = time.perf_counter()
    log = folder / "said.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [COOPGRAPH, "--lang", "en", "-d", str(folder), *command], stdout=out, stderr=out
        )
        while kill_at and relay.asked < kill_at:
            time.sleep(0.01)
        if kill_at:
            process.send_signal(signal.SIGKILL)
        _, status, used = os.wait4(process.pid, 0)
    said = log.read_text(encoding="utf-8")
    if os.waitstatus_to_exitcode(status) != (-signal.SIGKILL if kill_at else 0):
        raise ChildProcessError(f"{what}: {said[-500:]}")
    return Run(
        what,
        round(time.perf_counter() - began, 2),
        round(used.ru_utime + used.ru_stime, 2),
        used.ru_maxrss // 1024,
        relay.asked,
        round(sum(relay.seconds), 1),
        round(max(relay.seconds, default=0), 3),
        said,
    )


def harvest(
    what: str, relay: Relay, folder: Path, goal: str, *, faults: bool = False, kill_at: int = 0
) -> Run:
    relay.begin(goal, faults=faults)
    command = ("harvest", NAME, "--endpoint", relay.url, "--pause", "0")
    return run(what, relay, folder, *command, kill_at=kill_at)


def dataset(folder: Path, home: str) -> Path:
    """An empty dataset, with the shipped query for this country, or for the whole world."""
    (folder / "harvests").mkdir(parents=True)
    (folder / "coopgraph.toml").write_text(SETTINGS, encoding="utf-8")
    text = (ROOT / f"harvests/{NAME}.rq").read_text(encoding="utf-8")
    line = "VALUES ?home { wd:Q34 }"
    assert line in text
    (folder / f"harvests/{NAME}.rq").write_text(
        text.replace(line, f"VALUES ?home {{ {home} }}"), encoding="utf-8"
    )
    return folder


def harvested(folder: Path) -> bytes:
    return (folder / f"data/import/{NAME}.nt.gz").read_bytes()


def measure(place: Path) -> list[Run]:
    """Every run, on the statements that were made in a place. Raises AssertionError where two files differ that must not."""
    runs = []
    whole, broken, faulty, fresh = (
        dataset(place / one, "UNDEF") for one in ("whole", "broken", "faulty", "fresh")
    )
    with relaying() as relay:
        with servers.oxigraph(place / "before") as goal:
            runs.append(harvest("Sweden", relay, dataset(place / "sweden", "wd:Q34"), goal))
            runs.append(harvest("the whole world", relay, whole, goal))
            half = relay.asked // 2
            runs.append(harvest("killed half way", relay, broken, goal, kill_at=half))
            runs.append(harvest("resumed", relay, broken, goal))
            runs.append(harvest("by way of faults", relay, faulty, goal, faults=True))
        assert harvested(broken) == harvested(whole) == harvested(faulty)
        for what, command in (("build", ["build"]), ("check", ["check"])):
            relay.begin("")
            runs.append(run(what, relay, whole, *command))
        with servers.oxigraph(place / "after") as goal:
            runs.append(harvest(f"again after {CHANGES} changes", relay, whole, goal))
            runs.append(harvest("the same into an empty dataset", relay, fresh, goal))
        assert harvested(fresh) == harvested(whole)
        relay.begin("")
        runs.append(run("build after it", relay, whole, "build"))
    return runs


def make(count: int, size: int, place: Path, seed: int = 1) -> None:
    """Make two stores, of the statements before and after the changes."""
    known = statements.bodies(size, seed)
    said = statements.statements(count, known, seed)
    triples = statements.store(place / "before", known, said)
    statements.store(place / "after", known, statements.changed(said, CHANGES, known, seed))
    print(f"{count:,} statements on {size:,} bodies: {triples:,} triples")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("statements", type=int, nargs="?", default=34_000)
    parser.add_argument("bodies", type=int, nargs="?", default=20_000)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--results", type=Path, default=RESULTS, help="add the lines to this file")
    options = parser.parse_args()
    if options.make:
        make(options.statements, options.bodies, options.make)
        return
    place = ROOT / f"build/bench/harvest-{options.statements}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    size = [str(options.statements), str(options.bodies)]
    # in a process of its own: a child is told to have taken at least what its parent had
    subprocess.run(
        [sys.executable, "-m", "benchmarks.harvest", *size, "--make", str(place)], check=True, cwd=ROOT
    )
    runs = measure(place)
    print(f"{'':32} {'s':>7} {'cpu s':>7} {'MB':>6} {'requests':>9} {'served':>7} {'slowest':>8}")
    at = datetime.now().astimezone().isoformat(timespec="minutes")
    with options.results.open("a", encoding="utf-8") as file:
        for one in runs:
            print(
                f"{one.what:32} {one.seconds:7.1f} {one.cpu:7.1f} {one.megabytes:6} {one.requests:9} {one.served:7.1f} {one.slowest:8.3f}"
            )
            told = {"at": at, "statements": options.statements, "bodies": options.bodies, **vars(one)}
            del told["said"]
            file.write(json.dumps(told, ensure_ascii=False) + "\n")
    for one in runs:
        print(f"\n{one.what}:\n{one.said[-1500:]}")


if __name__ == "__main__":
    main()
