"""Look-ups: the partners of a body, those that two bodies share, and one thing's page; ours beside the same queries asked raw.

python -m benchmarks.lookups FOLDER BODIES
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Triple

from coopgraph.build.snapshot import current
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.publish.describe import describe
from coopgraph.queries import load_query, run_saved
from coopgraph.queries.saved import SavedQuery
from coopgraph.store import Rows, Store

TIMES = 5


class Recorder:
    """A store that remembers what it was asked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: list[str] = []

    def select(self, query: str) -> Rows:
        self.asked.append(query)
        return self.store.select(query)

    def ask(self, query: str) -> bool:
        self.asked.append(query)
        return self.store.ask(query)

    def construct(self, query: str) -> Iterator[Triple]:
        self.asked.append(query)
        return self.store.construct(query)


def middle(work: Callable[[], object]) -> float:
    """The middle of a few times, in milliseconds; what takes long is done once."""
    times: list[float] = []
    while len(times) < TIMES and sum(times) < 300:
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def measure(folder: str, count: int) -> list[dict[str, Any]]:
    """For each look-up, over bodies from the best connected to the least: ours and raw, in milliseconds, the middle and the longest."""
    project = find(Path(folder))
    names = namespaces(project)
    with closing(current(project)) as snapshot:
        store = Recorder(snapshot.store)

        partners, shared = (
            load_query(project, f"organisation/{name}") for name in ("partners", "shared-partners")
        )

        def asked(query: SavedQuery, **params: str) -> object:
            return run_saved(query, params, store, names, language="sv")

        wanted = "SELECT DISTINCT ?body { ?one <https://w3id.org/coopgraph/ns#hasParty> ?body }"
        bodies = sorted(body.value for (body,) in store.select(wanted) if isinstance(body, NamedNode))
        chosen = bodies[:: max(1, len(bodies) // count)][:count]
        kinds: dict[str, Callable[[str], object]] = {
            "partners": lambda body: asked(partners, organisation=body),
            "shared partners": lambda body: asked(shared, a=body, b=bodies[0]),
            "page": lambda body: describe(NamedNode(body), store, names, language="sv"),
        }
        found = []
        for name, work in kinds.items():
            ours, raw = [], []
            for body in chosen:
                store.asked.clear()
                work(body)
                queries = list(store.asked)
                ours.append(middle(lambda work=work, body=body: work(body)))
                raw.append(middle(lambda queries=queries: [_raw(snapshot.store, one) for one in queries]))
            found.append(
                {
                    "name": name,
                    "ours": statistics.median(ours),
                    "raw": statistics.median(raw),
                    "longest": max(ours),
                    "ratio": sum(ours) / sum(raw),
                }
            )
        return found


def _raw(store: Any, query: str) -> object:
    answer = store.engine.query(query, use_default_graph_as_union=True)
    return [tuple(row) for row in answer] if hasattr(answer, "variables") else answer


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
