"""Shapes read from files, so that what is wrong with a shape can be told at its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Triple

from coopgraph.build.assemble import Origin
from coopgraph.errors import ShapesError
from coopgraph.turtle import read
from coopgraph.validate.places import Places
from coopgraph.validate.shapes import Shapes, load_shapes


class Where:
    """Where the triples of some files stand, which is looked up when it is asked for."""

    def __init__(self, quads: Mapping[Path, Sequence[Quad]]) -> None:
        self._quads = quads

    @cached_property
    def places(self) -> Places:
        engine, origins = ox.Store(), {}
        for path, quads in self._quads.items():
            graph = NamedNode(_iri(path))
            origins[graph] = Origin(path, authored=True, base=graph.value)
            engine.extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
        return Places(engine, origins)


def _iri(path: Path) -> str:
    return path.absolute().as_uri()


def read_shapes(paths: Iterable[Path]) -> tuple[list[Triple], Where]:
    """The triples of some files, in their order, and where they stand. Raises TurtleError."""
    quads = {path: read(path, base=_iri(path)) for path in dict.fromkeys(paths)}
    return [quad.triple for some in quads.values() for quad in some], Where(quads)


def load_shape_files(paths: Sequence[Path]) -> tuple[Shapes, Where]:
    """The shapes in some files, and where they stand. Raises TurtleError, and ShapesError with file and line, or where
    there is no shape.
    """
    triples, where = read_shapes(paths)
    with told_at_line(where):
        loaded = load_shapes(triples)
    if not loaded.by_node:
        names = ", ".join(str(path) for path in paths)
        raise ShapesError(
            f"There is no shape in {names}. Name a file with shapes: --shapes FILE",
            f"Det finns ingen form i {names}. Ange en fil med former: --shapes FIL",
        )
    return loaded, where


@contextmanager
def told_at_line(where: Where) -> Iterator[None]:
    """Say in a ShapesError in which file and line the shape at fault stands."""
    try:
        yield
    except ShapesError as error:
        place = where.places.of_node(error.node) if error.node is not None else None
        if place is None:
            raise
        head = f"{place.path}:{place.line}:{place.column}: " if place.line else f"{place.path}: "
        raise ShapesError(head + error.en, head + error.sv, node=error.node) from error
