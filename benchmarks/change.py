"""One change in a graph of many triples: what it takes to know the results again.

python -m benchmarks.change 100000 1000000 10000000       as a library call, of the shapes of the benchmark
python -m benchmarks.change --files 100000 1000000        of a whole dataset in files: `coopgraph check` as a process of its
                                                          own, and `Session.update`, which --watch calls
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from benchmarks.dataset import write
from benchmarks.generate import BASE, COOP, generate
from coopgraph.project import find
from coopgraph.store.loading import load_file
from coopgraph.store.local import LocalStore
from coopgraph.validate.affected import affected, dependencies, renewed
from coopgraph.validate.engine import validate
from coopgraph.validate.session import Session
from coopgraph.validate.shapes import load_shapes

ROOT = Path(__file__).parents[1]


def tell(triples: int, what: str, taken: list[float]) -> None:
    median, worst = statistics.median(taken), max(taken)
    print(
        f"{triples:12,} triples, {what}: median {median:.1f} ms, longest {worst:.1f} ms of {len(taken)}",
        flush=True,
    )


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def of_shapes(triples: int, changes: int = 50) -> None:
    """Change one partnership after another in a graph in memory."""
    data = ROOT / f"build/bench/{triples}.nt"
    if not data.exists():
        generate(triples, data)
    shapes = load_shapes(
        quad.triple for quad in parse(path=str(ROOT / "benchmarks/shapes.ttl"), format=RdfFormat.TURTLE)
    )
    engine, graph = Store(), NamedNode("urn:x-coopgraph:bench")
    load_file(engine, data, graph)
    store = LocalStore(engine)
    known = dependencies(shapes)
    results = list(validate(store.select, shapes))
    taken = []
    for i in range(100, 100 + changes):
        node = NamedNode(f"{BASE}partnership/{i}")
        old = next(engine.quads_for_pattern(node, NamedNode(COOP + "hasParty"), None))
        new = Quad(node, old.predicate, NamedNode(f"{BASE}organisation/{i + 5}"), graph)
        engine.remove(old)
        engine.add(new)
        start = time.perf_counter()
        focus = affected(known, [old, new], store.select)
        results = list(renewed(results, focus, validate(store.select, shapes, focus=focus)))
        taken.append((time.perf_counter() - start) * 1000)
    tell(triples, "a change as a library call", taken)


def of_files(triples: int, changes: int = 7) -> None:
    """Rename a partnership, and name a country that there is not, in one file after another."""
    folder = ROOT / f"build/bench/change-{triples}"
    if not folder.exists():
        write(triples, folder)
    coopgraph = str(Path(sys.executable).with_name("coopgraph"))

    def run(command: str) -> None:
        done = subprocess.run([coopgraph, command], cwd=folder, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr

    tell(triples, "the first build", [timed(lambda: run("build"))])
    tell(triples, "the first check", [timed(lambda: run("check"))])
    files = sorted((folder / "data/partnership").glob("*.ttl"))[100 : 100 + changes]
    kept = {path: path.read_text(encoding="utf-8") for path in files}
    checked, built = [], []
    for path, text in kept.items():
        path.write_text(
            text.replace('prefLabel "', 'prefLabel "Ny ').replace("status:active", "status:gone"),
            encoding="utf-8",
        )
        checked.append(timed(lambda: run("check")))
        path.write_text(text.replace('prefLabel "', 'prefLabel "Ny '), encoding="utf-8")
        checked.append(timed(lambda: run("check")))
        built.append(timed(lambda: run("build")))
    tell(triples, "a check after one changed file, whole process", checked)
    tell(triples, "a build after one changed file, whole process", built)
    session = Session(find(folder))
    taken = []
    for path, text in kept.items():
        path.write_text(text, encoding="utf-8")
        taken.append(timed(lambda path=path: session.update([path])))
    tell(triples, "Session.update of one file", taken)
    shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000])
    parser.add_argument("--files", action="store_true", help="of a whole dataset in files")
    options = parser.parse_args()
    for size in options.sizes:
        (of_files if options.files else of_shapes)(size)


if __name__ == "__main__":
    main()
