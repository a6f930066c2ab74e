"""Search by name over a generated dataset: every kind of question, in process, from a cold process, and over HTTP.

    python -m benchmarks.search                100,000 bodies and what they cooperate in
    python -m benchmarks.search 10000

Only the index is made, of the whole model but evidence. Each question is asked once to a fresh index, then five times to a warm one; the caches
of single words stay, those of whole answers there are none. One JSON line a run is added to benchmarks/results/search.jsonl.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pyoxigraph

from benchmarks.dataset import SETTINGS, TRIPLES_A_BODY, Terms, everything, prefixes, quads
from coopgraph.build.assemble import vocabulary
from coopgraph.build.derive import derive
from coopgraph.build.names import FILE, write_names
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.publish.search import Asked, answer
from coopgraph.queries.names_index import Index
from coopgraph.store.local import LocalStore

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/search.jsonl"
TIMES = 5
QUESTIONS = {
    "exact": {"q": "Björkhultsvik kommun"},
    "beginning, one letter": {"q": "k"},
    "beginning": {"q": "björkh"},
    "without diacritics": {"q": "bjorkhultsvik"},
    "inside a word": {"q": "hults"},
    "two words in another order": {"q": "kommun björkhultsvik"},
    "one letter wrong": {"q": "björkhulsvik"},
    "two letters wrong": {"q": "bjrökhultvik komun"},
    "a word that most names have": {"q": "kommun"},
    "nothing like it": {"q": "qqqqqqxyzzy"},
    "everything, all facets": {"q": ""},
    "all facets chosen": {
        "q": "",
        "kind": "partnership",
        "country": "country:SWE",
        "topic": "topic:culture",
        "from": "1990",
    },
    "page 500": {"q": "kommun", "page": "500"},
}


def made(bodies: int) -> Path:
    """The folder of a dataset of so many bodies with its index, made unless it is there."""
    folder = ROOT / f"build/bench/search-{bodies}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coopgraph.toml").write_text(SETTINGS, encoding="utf-8")
    if (folder / FILE).exists():
        return folder
    project = find(folder)
    names = namespaces(project)
    store = LocalStore.memory()
    for graph, origin in vocabulary(project, names).items():
        store.engine.bulk_load(path=str(origin.path), format=pyoxigraph.RdfFormat.TURTLE, to_graph=graph)
    terms = Terms(prefixes())
    lines = (
        line
        for thing in everything(round(bodies * TRIPLES_A_BODY))
        for line in quads(thing._replace(nodes=[one for one in thing.nodes if one[0][:3] != "#e-"]), terms)
    )
    while chunk := [line for _, line in zip(range(200_000), lines, strict=False)]:
        store.engine.bulk_load("".join(chunk).encode(), pyoxigraph.RdfFormat.N_QUADS)
    derive(store, project, names)
    began = time.process_time()
    write_names(folder / "new", store, names)
    print(f"index of {bodies:,} bodies: {time.process_time() - began:.1f} s of computing")
    (folder / "new").rename(folder / FILE)
    return folder


def measure(folder: Path) -> dict[str, object]:
    """Milliseconds of each question: to an index just opened, and the middle of five to a warm one."""
    names = namespaces(find(folder))
    index = Index.open(folder / FILE)
    found: dict[str, object] = {
        "things": len(index.everything),
        "file_mb": round((folder / FILE).stat().st_size / 1e6),
    }
    for name, fields in QUESTIONS.items():
        asked = Asked.of({field: [value] for field, value in fields.items()})
        fresh = Index.open(folder / FILE)
        began = time.perf_counter()
        total = answer(fresh, names, asked, "sv").total
        cold = (time.perf_counter() - began) * 1000
        times = []
        for _ in range(TIMES):
            began = time.perf_counter()
            answer(index, names, asked, "sv")
            times.append((time.perf_counter() - began) * 1000)
        found[name] = {"fresh": round(cold, 1), "warm": round(sorted(times)[TIMES // 2], 1), "things": total}
    # what `getrusage` tells is the most that whoever started this process ever took
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found["memory_mb"] = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bodies", type=int, nargs="?", default=100_000)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure), ensure_ascii=False))
        return
    folder = made(options.bodies)
    # in a process of its own, so that the memory told is that of searching and not of making
    run = [sys.executable, "-m", "benchmarks.search", "--measure", str(folder)]
    found = json.loads(subprocess.run(run, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
    for name, value in found.items():
        print(f"{name:32} {value}")
    with RESULTS.open("a", encoding="utf-8") as file:
        told = {
            "at": datetime.now().astimezone().isoformat(timespec="minutes"),
            "bodies": options.bodies,
            **found,
        }
        file.write(json.dumps(told, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
