"""Building a graph from its files, whole and after one change, beside the bulk load of raw pyoxigraph; each in a process of its own.

python -m benchmarks.builds ours FOLDER        build a dataset
python -m benchmarks.builds bare FOLDER        build it and derive nothing
python -m benchmarks.builds raw FILE.nq STORE  load the same triples into a store on disk
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from benchmarks.graphs import BENCH, Graph

ROOT = Path(__file__).parents[1]
COOPGRAPH = str(Path(sys.executable).with_name("coopgraph"))


@dataclass(frozen=True)
class Ran:
    """What a whole process took and printed; `cpu` is the seconds of computing, which others on the machine don't lengthen."""

    seconds: float
    cpu: float
    megabytes: int
    output: str


def ran(*command: str) -> Ran:
    """Run a process to its end. Raises ChildProcessError when it fails."""
    start = time.perf_counter()
    with TemporaryFile("w+") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        out.seek(0)
        output = out.read()
    if status:
        raise ChildProcessError(f"{' '.join(command)}: {output[-500:]}")
    return Ran(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, output)


def build_ours(graph: Graph) -> tuple[Ran, Ran]:
    """Build from nothing; and again without deriving anything, which is what a bulk load of the files does."""
    bare = _build(graph, "bare")
    return _build(graph, "ours"), bare


def _build(graph: Graph, kind: str) -> Ran:
    shutil.rmtree(graph.world / ".coopgraph", ignore_errors=True)
    read_files(graph.world)
    return ran(sys.executable, "-m", "benchmarks.builds", kind, str(graph.world))


def read_files(place: Path, name: str = "*") -> None:
    """Read a file, or all of such a name in a folder, so that what is measured next is not how fast the disk is."""
    for path in [place, *place.rglob(name)]:
        if path.is_file():
            with path.open("rb") as file:
                while file.read(2**20):
                    pass


def load_raw(graph: Graph) -> Ran:
    """Load the same authored triples, with the same named graphs, into a store on disk."""
    read_files(graph.authored)
    with TemporaryDirectory(dir=BENCH) as folder:
        store = str(Path(folder) / "store")
        return ran(sys.executable, "-m", "benchmarks.builds", "raw", str(graph.authored), store)


def rebuild(graph: Graph, times: int) -> tuple[Ran, bool]:
    """Build after a change to one partnership, by the command; the middle one, and whether every build answered with the change."""
    runs, right = [], True
    for path, day in _changes(graph, times):
        runs.append(ran(COOPGRAPH, "-d", str(graph.world), "build"))
        right &= _answers(graph, path, day)
    ran(COOPGRAPH, "-d", str(graph.world), "build")
    return sorted(runs, key=lambda one: one.seconds)[len(runs) // 2], right


def rebuild_watched(graph: Graph, times: int) -> tuple[float, bool]:
    """The seconds from a save until `coopgraph build --watch` has let the next snapshot answer; the middle ones."""
    pointer = graph.world / ".coopgraph/current"
    waits, right = [], True
    command = (COOPGRAPH, "-d", str(graph.world), "build", "--watch")

    def next_build(before: str) -> float:
        start = time.perf_counter()
        while pointer.read_text(encoding="utf-8") == before:
            time.sleep(0.005)
            if time.perf_counter() - start > 120:
                raise ChildProcessError("build --watch has built nothing for two minutes")
        return time.perf_counter() - start

    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()  # nothing is missed from here on
            built = pointer.read_text(encoding="utf-8")
            for path, day in _changes(graph, times, put_back=lambda: next_build(pointer.read_text())):
                waits.append(next_build(built))
                right &= _answers(graph, path, day)
        finally:
            process.kill()
    ran(COOPGRAPH, "-d", str(graph.world), "build")
    return sorted(waits)[len(waits) // 2], right


def _changes(
    graph: Graph, times: int, put_back: Callable[[], object] = lambda: None
) -> Iterator[tuple[Path, str]]:
    """One partnership after another with another day of its start, in a file that is put back afterwards."""
    files = sorted((graph.world / "data/partnership").glob("*.ttl"))
    for nth in range(times):
        chosen = files[(2 * nth + 1) * len(files) // (2 * times) :]
        path = next(one for one in chosen if "    coop:start " in one.read_text(encoding="utf-8"))
        before = path.read_text(encoding="utf-8")
        day = f"1988-07-{nth + 1:02d}"
        start = f'    coop:start "{day}"^^edtf:EDTF'
        path.write_text(
            re.sub(r'    coop:start "[^"]*"\^\^edtf:EDTF', start, before, count=1), encoding="utf-8"
        )
        try:
            yield path, day
        finally:
            path.write_text(before, encoding="utf-8")
        put_back()


def _answers(graph: Graph, path: Path, day: str) -> bool:
    ask = f"SELECT ?d {{ <https://bench.example/id/partnership/{path.stem}> coop:startEarliest ?d }}"
    return day in ran(COOPGRAPH, "-d", str(graph.world), "sparql", ask, "-f", "csv").output


def whole_process(times: int) -> list[Ran]:
    """`coopgraph query` on the real data, built in a folder of its own."""
    BENCH.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=BENCH) as folder:
        shutil.copy(ROOT / "coopgraph.toml", folder)
        shutil.copytree(ROOT / "data", Path(folder) / "data")
        ran(COOPGRAPH, "-d", folder, "build")
        question = (COOPGRAPH, "-d", folder, "query", "partnership/by-country", "-p", "country=Kina")
        return sorted((ran(*question) for _ in range(times)), key=lambda one: one.seconds)


def main() -> None:
    kind, *places = sys.argv[1:]
    if kind == "raw":
        from pyoxigraph import RdfFormat, Store

        Store(places[1]).bulk_load(path=places[0], format=RdfFormat.N_QUADS)
        return
    if kind == "bare":
        from coopgraph.build import derive

        derive.derive = lambda store, project, names: None  # before anybody imports it
    from coopgraph.build.make import build
    from coopgraph.project import find

    build(find(Path(places[0])))


if __name__ == "__main__":
    main()
