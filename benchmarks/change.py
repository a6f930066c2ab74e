"""One change in a graph of many triples: what it takes to know the results again, as a library call.

python -m benchmarks.change 100000 1000000
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from benchmarks.generate import BASE, COOP, generate
from coopgraph.store.local import LocalStore
from coopgraph.validate.affected import affected, dependencies, renewed
from coopgraph.validate.engine import validate
from coopgraph.validate.shapes import load_shapes

ROOT = Path(__file__).parents[1]


def measure(triples: int, changes: int = 50) -> None:
    """Change one partnership after another and print the milliseconds that a change takes."""
    data = ROOT / f"build/bench/{triples}.nt"
    if not data.exists():
        generate(triples, data)
    shapes = load_shapes(
        quad.triple for quad in parse(path=str(ROOT / "benchmarks/shapes.ttl"), format=RdfFormat.TURTLE)
    )
    engine = Store()
    engine.bulk_load(path=str(data), format=RdfFormat.N_TRIPLES)
    store = LocalStore(engine)
    known = dependencies(shapes)
    results = list(validate(store.select, shapes))
    taken = []
    for i in range(100, 100 + changes):
        node = NamedNode(f"{BASE}partnership/{i}")
        old = next(engine.quads_for_pattern(node, NamedNode(COOP + "hasParty"), None))
        new = Quad(node, old.predicate, NamedNode(f"{BASE}organisation/{i + 5}"))
        engine.remove(old)
        engine.add(new)
        start = time.perf_counter()
        focus = affected(known, [old, new], store.select)
        results = list(renewed(results, focus, validate(store.select, shapes, focus=focus)))
        taken.append((time.perf_counter() - start) * 1000)
    median, worst = statistics.median(taken), max(taken)
    print(f"{triples:12,} triples, {changes} changes: median {median:.1f} ms, longest {worst:.1f} ms")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["100000"]):
        measure(size)
