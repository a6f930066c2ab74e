"""Check anyone's RDF against anyone's shapes, outside any dataset: the results of SHACL, each at its line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Triple

from coopgraph.build.assemble import Origin
from coopgraph.errors import Text
from coopgraph.store.loading import load_file
from coopgraph.store.local import LocalStore
from coopgraph.turtle import read
from coopgraph.validate.checked import Checked, in_order
from coopgraph.validate.engine import validate
from coopgraph.validate.findings import finding_of
from coopgraph.validate.places import Places
from coopgraph.validate.shape_files import load_shape_files, told_at_line
from coopgraph.validate.written import needs_written

Note = Callable[[Text], None]


def unheard(said: Text) -> None:
    """A note that nobody wants."""


def check_files(data: Sequence[Path], shapes: Sequence[Path], *, note: Note = unheard) -> Checked:
    """The findings of the shapes in some files on all of the data in some files; a file may be both.

    Each finding is one SHACL result, and each result one finding; their terms are whole IRIs. `note` is told of each
    shape that can't be compiled to SPARQL. Raises TurtleError for a file that can't be read, and ShapesError, with file
    and line in its text, for shapes that can't be used.
    """
    loaded, where = load_shape_files(shapes)
    with told_at_line(where):
        for node, reason in loaded.fallbacks.items():
            note(
                Text(
                    f"{node} is checked by pySHACL, which takes longer: {reason.en}.",
                    f"{node} prövas av pySHACL, vilket tar längre tid: {reason.sv}.",
                )
            )
        origins = {_graph(path): Origin(path, authored=True, base=_graph(path).value) for path in data}
        store, written = LocalStore.memory(), needs_written(loaded)
        places = Places(store.engine, origins)
        with ThreadPoolExecutor(1) as ahead:  # the store loads without holding up Python
            ahead.map(places.read_ahead, origins)
            kept = [
                triple
                for graph, origin in origins.items()
                for triple in _load(store.engine, origin, graph, written=written)
            ]
        results = list(validate(store.select, loaded, written=kept if written else None))
    findings = [finding_of(result, places.of_result(result), shorten=str) for result in results]
    return Checked(in_order(findings), len(origins), len(store.engine))


def _graph(path: Path) -> NamedNode:
    return NamedNode(path.absolute().as_uri())


def _load(engine: ox.Store, origin: Origin, graph: NamedNode, *, written: bool) -> list[Triple]:
    """Load a file; with `written`, gives the triples as the file has them."""
    if not written:
        load_file(engine, origin.path, graph, base=origin.base)
        return []
    quads = read(origin.path, base=origin.base)
    engine.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
    return [quad.triple for quad in quads]
