"""One generated world, and the same built graph in the form that each engine wants."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from benchmarks.dataset import write
from benchmarks.servers import load_virtuoso
from coopgraph.build.snapshot import current
from coopgraph.project import Project, find

BENCH = Path(__file__).parents[1] / "build/bench"


@dataclass(frozen=True)
class Graph:
    """A world of files under `world`, the same authored triples in `authored`, and under `folder` the built graph in other forms."""

    size: int
    world: Path
    authored: Path

    @property
    def project(self) -> Project:
        return find(self.world)

    @property
    def folder(self) -> Path:
        """Where the forms of the build that answers now are kept; those of former builds are removed."""
        with closing(current(self.project)) as snapshot:
            name = snapshot.report.snapshot
        folder = BENCH / f"graph-{self.size}-{name}"
        if not folder.exists():
            for old in BENCH.glob(f"graph-{self.size}-*"):
                shutil.rmtree(old)
            folder.mkdir(parents=True)
        return folder

    def quads(self) -> Path:
        """All that the build holds, derived facts and ontology too, as N-Quads."""
        path = self.folder / "graph.nq"
        if not path.exists():
            with closing(current(self.project)) as snapshot:
                snapshot.store.engine.dump(str(path), format=RdfFormat.N_QUADS)
        return path

    def triples(self) -> Path:
        """The same without graphs, as N-Triples, for engines that know no union of named graphs."""
        path = self.folder / "graph.nt"
        if not path.exists():
            command = f"sed -E 's/ <[^<>]*> \\.$/ ./' '{self.quads()}' | LC_ALL=C sort -u > '{path}'"
            subprocess.run(command, shell=True, check=True)
        return path

    def oxigraph(self) -> Path:
        """An Oxigraph store on disk."""
        path = self.folder / "oxigraph"
        if not path.exists():
            store = Store(str(path))
            store.bulk_load(path=str(self.quads()), format=RdfFormat.N_QUADS)
            store.optimize()
            store.flush()
            del store
        return path

    def virtuoso(self) -> Path:
        """A Virtuoso database."""
        path = self.folder / "virtuoso"
        if not (path / "loaded").exists():
            shutil.rmtree(path, ignore_errors=True)
            load_virtuoso(self.quads(), path)
            (path / "loaded").touch()
        return path


def generated(size: int) -> Graph:
    """The world of this size; written when it is not there, or when it was written by another generator."""
    graph = Graph(size, BENCH / f"world-{size}", BENCH / f"world-{size}.nq")
    stamp = graph.world / "generator"
    if not stamp.exists() or stamp.read_text() != _generator():
        write(size, graph.world, single=graph.authored)
        stamp.write_text(_generator())
    return graph


def _generator() -> str:
    """A checksum of the code that writes worlds."""
    folder = Path(__file__).parent
    texts = [folder / f"{name}.py" for name in ("dataset", "things", "cooperation", "names", "faults")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in texts)).hexdigest()
