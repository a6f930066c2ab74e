"""Stores and answers: builds, look-ups and every saved query, ours beside its peers on the same generated graphs.

    python -m benchmarks.answers                        100,000 and 1,000,000 triples, every peer
    python -m benchmarks.answers 10000000               ten million, by those that can
    python -m benchmarks.answers 1000000 --part build --part change
    python -m benchmarks.answers --quick                3,000 triples, ours and raw pyoxigraph, to see that all of it works

Peers are installed under build/ and nowhere else. Answers are compared before times are: an engine whose rows are not those of raw
pyoxigraph is shown as wrong, and is no peer on that question; what an engine answers is told by a checksum. One JSON line a figure is added to benchmarks/results/answers.jsonl.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks import builds
from benchmarks.engines import BUILD, ENGINES, PYTHON, Engine, install
from benchmarks.graphs import Graph, generated
from benchmarks.questions import Question, questions
from coopgraph.build.snapshot import current

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/answers.jsonl"
PARTS = ("build", "change", "lookups", "questions", "process")
QUICK = ("ours", "pyoxigraph")
REFERENCE = "pyoxigraph"
TRUSTED = (REFERENCE, "pyoxigraph-memory", "oxigraph-server", "ours")
"""Whose rows are held to be right: those of the first that has an answer."""


@dataclass(frozen=True)
class Figure:
    """One thing measured. `correct`: the same rows as raw pyoxigraph, or for a rebuild that it answers with the change."""

    triples: int
    part: str
    name: str
    engine: str
    seconds: float | None
    megabytes: int = 0
    rows: int = 0
    digest: str = ""
    correct: bool = True
    outcome: str = "finished"
    cpu: float = 0.0
    longest: float = 0.0
    ratio: float = 0.0
    when: str = ""


Keep = Callable[[Figure], None]


def seconds(value: float) -> float:
    return float(f"{value:.4g}")


def build(graph: Graph, keep: Keep) -> None:
    """Ours from files beside raw pyoxigraph's bulk load of the same triples."""
    raw = builds.load_raw(graph)
    keep(_whole(graph.size, "build", "authored triples", raw, engine=REFERENCE))
    done, bare = builds.build_ours(graph)
    ratio, computing = bare.seconds / raw.seconds, bare.cpu / raw.cpu
    keep(replace(_whole(graph.size, "build", "from files, nothing derived", bare), ratio=round(ratio, 2)))
    keep(_whole(graph.size, "build", "from files", done))
    print(f"  raw bulk load      {_told(raw)}")
    print(f"  files, not derived {_told(bare)}; of raw {ratio:.2f}, of its computing {computing:.2f}")
    print(f"  build from files   {_told(done)}")


def _whole(
    size: int, part: str, name: str, done: builds.Ran, *, engine: str = "ours", correct: bool = True
) -> Figure:
    """The figure of a whole process."""
    return Figure(
        size,
        part,
        name,
        engine,
        seconds(done.seconds),
        done.megabytes,
        cpu=seconds(done.cpu),
        correct=correct,
    )


def _told(done: builds.Ran) -> str:
    return f"{done.seconds:8.2f} s, {done.cpu:.2f} s of computing, {done.megabytes:,} MB"


def change(graph: Graph, times: int, keep: Keep) -> None:
    """A whole `coopgraph build` after a change to one file."""
    done, right = builds.rebuild(graph, times)
    keep(_whole(graph.size, "change", "one file", done, correct=right))
    print(f"  after one change   {_told(done)}{'' if right else ', WRONG: without the change'}")
    waited, right = builds.rebuild_watched(graph, times)
    keep(Figure(graph.size, "change", "one file, watched", "ours", seconds(waited), correct=right))
    print(f"  the same, watched  {waited:8.2f} s{'' if right else ', WRONG: without the change'}")


def lookups(graph: Graph, bodies: int, keep: Keep) -> None:
    """Partners, shared partners and a page, in process, beside the same queries asked raw."""
    done = builds.ran(sys.executable, "-m", "benchmarks.lookups", str(graph.world), str(bodies))
    for one in json.loads(done.output.splitlines()[-1]):
        for engine in ("ours", "raw"):
            keep(
                Figure(
                    graph.size, "lookups", one["name"], REFERENCE if engine == "raw" else engine,
                    seconds(one[engine] / 1000), longest=seconds(one["longest"] / 1000), ratio=round(one["ratio"], 2),
                )
            )  # fmt: skip
        print(
            f"  {one['name']:18} {one['ours']:8.2f} ms, longest {one['longest']:.2f} ms; "
            f"raw {one['raw']:.2f} ms; ours / raw {one['ratio']:.2f}"
        )


def ask(graph: Graph, names: list[str], limit: float, keep: Keep) -> None:
    """Every question to every engine, and a table of it."""
    with closing(current(graph.project)) as snapshot:
        asked = questions(graph.project, snapshot.store, graph.size)
    engines = {
        name: Engine(ENGINES[name], graph, limit) for name in names if graph.size <= ENGINES[name].largest
    }
    print(f"  {'':29}{''.join(f'{name[:15]:>16}' for name in engines)}   ours/best  ours/virtuoso")
    for place in (graph.world / ".coopgraph", graph.folder):
        builds.read_files(place, "*.sst")  # one store may have been written just now, and lie in memory
    try:
        rows = [_ask_all(graph, question, engines, keep) for question in asked]
    finally:
        for engine in engines.values():
            engine.close()
    _sum_up(rows)


def _ask_all(graph: Graph, question: Question, engines: dict[str, Engine], keep: Keep) -> dict[str, Figure]:
    answers = {name: engine.ask(question) for name, engine in engines.items()}
    reference = next(
        (told["digest"] for name in TRUSTED if "digest" in (told := answers.get(name, {}))), None
    )
    figures = {name: _figure(graph, question, name, told, reference) for name, told in answers.items()}
    for figure in figures.values():
        keep(figure)
    best, virtuoso = ratios(figures)
    told = "".join(f"{_cell(one):>16}" for one in figures.values())
    print(f"  {question.name:29}{told}   {best or '':>9}  {virtuoso or '':>9}", flush=True)
    return figures


def _figure(
    graph: Graph, question: Question, name: str, told: dict[str, Any], reference: str | None
) -> Figure:
    failed = told.get("error")
    return Figure(
        graph.size,
        "questions",
        question.name,
        name,
        None if failed else seconds(told["seconds"]),
        told.get("megabytes", 0),
        told.get("rows", 0),
        told.get("digest", ""),
        correct=not failed and told["digest"] == reference,
        outcome=failed or "finished",
    )


def ratios(figures: dict[str, Figure]) -> tuple[float | None, float | None]:
    """Our time to that of the best peer with the same rows, and to Virtuoso's if its rows are the same."""
    ours = figures.get("ours")
    right = {
        name: one.seconds for name, one in figures.items() if name != "ours" and one.correct and one.seconds
    }
    if ours is None or not ours.correct or not ours.seconds or not right:
        return None, None
    virtuoso = right.get("virtuoso")
    return _ratio(ours.seconds / min(right.values())), _ratio(ours.seconds / virtuoso) if virtuoso else None


def _ratio(value: float) -> float:
    return float(f"{value:.2g}")


def _cell(one: Figure) -> str:
    if one.seconds is None:
        return (
            "stopped" if one.outcome.startswith("stopped") else "-" if "given up" in one.outcome else "error"
        )
    return f"{one.seconds:.3f}" + ("" if one.correct else " WRONG")


def _sum_up(rows: list[dict[str, Figure]]) -> None:
    found = [ratios(row) for row in rows]
    for name, values in (
        ("best correct peer", [one for one, _ in found]),
        ("Virtuoso", [one for _, one in found]),
    ):
        known = [one for one in values if one]
        if known:
            print(
                f"  ours / {name}: middle {statistics.median(known):.2g}, on {len(known)} questions; at most 1 on {sum(one <= 1 for one in known)}"
            )
    slow = [
        f"{one.name} {one.seconds or 0:.1f} s"
        for row in rows
        if (one := row.get("ours")) and (one.seconds or 9) > 1
    ]
    print(f"  ours over 1 s: {', '.join(slow) or 'none'}")


def process(times: int, keep: Keep) -> None:
    """A whole `coopgraph query` process on the real data."""
    runs = builds.whole_process(times)
    middle = runs[len(runs) // 2]
    keep(replace(_whole(0, "process", "partnership/by-country", middle), longest=seconds(runs[-1].seconds)))
    print(f"\nA whole process of coopgraph query on the real data: {_told(middle)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument(
        "--only", action="append", choices=list(ENGINES), help="only this engine; may be repeated"
    )
    parser.add_argument("--limit", type=float, default=30, help="seconds that a question may take [30]")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the JSON lines go")
    options = parser.parse_args()
    parts = options.part or list(PARTS)
    names = options.only or list(QUICK if options.quick else ENGINES)
    if "questions" in parts and not set(names) <= set(QUICK):
        install()

    def keep(figure: Figure) -> None:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        options.results.parent.mkdir(parents=True, exist_ok=True)
        with options.results.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(figure) | {"when": now}) + "\n")

    for size in [3_000] if options.quick else options.sizes:
        print(f"\n{size:,} triples")
        graph = generated(size)
        if not (graph.world / ".coopgraph/current").exists() and "build" not in parts:
            builds.build_ours(graph)
        if "build" in parts:
            build(graph, keep)
        if "change" in parts:
            change(graph, 1 if options.quick else 3, keep)
        if "lookups" in parts:
            lookups(graph, 2 if options.quick else 40, keep)
        if "questions" in parts:
            ask(graph, names, options.limit, keep)
    if "process" in parts:
        process(1 if options.quick else 9, keep)
    if PYTHON.exists() and not options.quick:
        picture = options.results.with_name("growth.svg")
        builds.ran(str(PYTHON), str(ROOT / "benchmarks/picture.py"), str(options.results), str(picture))
        print(f"\nDrawn: {picture}")


if __name__ == "__main__":
    BUILD.mkdir(exist_ok=True)
    main()
