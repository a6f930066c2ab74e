"""Look-ups: the partners of a body, those that two bodies share, and one thing's page; ours beside the same work done raw.

python -m benchmarks.lookups FOLDER BODIES

Partners and shared partners are a saved query, and the names of what is in its rows. Raw are the text of that query, its values filled in, and the
queries by which names are asked of a store that can only be asked: rows are read, nothing is done with them. Ours also finds the body that is
meant and sees that it is there, fills in the values, orders the rows, and gives each thing its name.

A page is described from statements that the embedded store is asked for without SPARQL (`coopgraph.store.lookup`). Beside it stand, for
the same content of the same page:

- `raw`: SPARQL. The queries are those by which the same `describe` reads a page from a store that can only be asked, some seven of them, each
  for many things at once; the description that comes of them is compared with ours. Only their rows are read: nothing is ordered or put together.
- `bare`: the very look-ups that ours makes, nothing done with what they give. What ours takes beyond that is Python's.

Nothing is remembered from one time to the next, of a page or of a vocabulary. Times are of a thing that was looked up before (`first`: that was not).
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pyoxigraph import NamedNode, Quad, QuerySolutions, Triple

from coopgraph.build.snapshot import current
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.publish.describe import describe
from coopgraph.queries import load_query, run_saved
from coopgraph.queries.saved import SavedQuery
from coopgraph.store import Rows, Store
from coopgraph.store.local import LocalStore

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


class Engine:
    """An embedded engine that remembers what was looked up in it."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.looked: list[tuple[Any, ...]] = []

    def quads_for_pattern(self, *pattern: Any) -> Iterator[Quad]:
        self.looked.append(pattern)
        return iter(self.engine.quads_for_pattern(*pattern))


@dataclass(frozen=True)
class Times:
    """Milliseconds for one thing: ours when it was asked for the first time and afterwards, and what stands beside it."""

    first: float
    ours: float
    raw: float
    bare: float | None = None


def side_by_side(*works: Callable[[], object]) -> list[float]:
    """The middle of a few times of each, in milliseconds, taken in turn; what takes long is done once."""
    times: list[list[float]] = [[] for _ in works]
    while len(times[0]) < TIMES and sum(map(sum, times)) < 300 * len(works):
        for one, work in zip(times, works, strict=True):
            one.append(_taken(work))
    return [statistics.median(one) for one in times]


def measure(folder: str, count: int) -> list[dict[str, Any]]:
    """For each look-up, over bodies from all of the alphabet: the middle of the times, the longest of ours, and ours to what stands beside it."""
    project = find(Path(folder))
    names = namespaces(project)
    with closing(current(project)) as snapshot:
        store = snapshot.store
        assert isinstance(store, LocalStore)
        partners, shared = (
            load_query(project, f"organisation/{name}") for name in ("partners", "shared-partners")
        )

        def asked(query: SavedQuery, **params: str) -> Times:
            first = _taken(lambda: run_saved(query, params, store, names, language="sv"))
            recorder = Recorder(store)
            terms = {
                name: NamedNode(value) for name, value in params.items()
            }  # what is no text is not checked
            run_saved(query, terms, recorder, names, language="sv")
            return Times(
                first,
                *side_by_side(
                    lambda: run_saved(query, params, store, names, language="sv"),
                    lambda: [_raw(store, one) for one in recorder.asked],
                ),
            )

        def page(body: str) -> Times:
            thing, recorder, engine = NamedNode(body), Recorder(store), Engine(store.engine)
            first = _taken(lambda: describe(thing, store, names, language="sv"))
            described = describe(thing, LocalStore(cast(Any, engine)), names, language="sv")
            if describe(thing, recorder, names, language="sv") != described:
                raise AssertionError(f"{body}: the queries give another page than the look-ups")
            return Times(
                first,
                *side_by_side(
                    lambda: describe(thing, store, names, language="sv"),
                    lambda: [_raw(store, one) for one in recorder.asked],
                    lambda: [list(store.engine.quads_for_pattern(*one)) for one in engine.looked],
                ),
            )

        wanted = "SELECT DISTINCT ?body { ?one <https://w3id.org/coopgraph/ns#hasParty> ?body }"
        bodies = sorted(body.value for (body,) in store.select(wanted) if isinstance(body, NamedNode))
        chosen = bodies[:: max(1, len(bodies) // count)][:count]
        kinds: dict[str, Callable[[str], Times]] = {
            "partners": lambda body: asked(partners, organisation=body),
            "shared partners": lambda body: asked(shared, a=body, b=bodies[0]),
            "page": page,
        }
        return [_told(name, [work(body) for body in chosen]) for name, work in kinds.items()]


def _told(name: str, times: list[Times]) -> dict[str, Any]:
    ours = [one.ours for one in times]
    told = {
        "name": name,
        "ours": statistics.median(ours),
        "raw": statistics.median(one.raw for one in times),
        "longest": max(ours),
        "ratio": sum(ours) / sum(one.raw for one in times),
        "first": statistics.median(one.first for one in times),
    }
    bare = [one.bare for one in times if one.bare is not None]
    if bare:
        told |= {"bare": statistics.median(bare), "ratio_bare": sum(ours) / sum(bare)}
    return told


def _taken(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _raw(store: LocalStore, query: str) -> object:
    answer = store.engine.query(query, use_default_graph_as_union=True)
    return [tuple(row) for row in answer] if isinstance(answer, QuerySolutions) else answer


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
