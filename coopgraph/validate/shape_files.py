"""Shapes read from files, so that what is wrong with a shape can be told at its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Triple

from coopgraph.build.assemble import Origin
from coopgraph.errors import ShapesError
from coopgraph.turtle import read
from coopgraph.validate.places import Places
from coopgraph.validate.shapes import Shapes, load_shapes


def read_shapes(paths: Iterable[Path]) -> tuple[list[Triple], Places]:
    """The triples of some files, in their order, and where they stand. Raises TurtleError."""
    engine, origins, triples = ox.Store(), {}, []
    for path in dict.fromkeys(paths):
        graph = NamedNode(path.absolute().as_uri())
        quads = read(path, base=graph.value)
        origins[graph] = Origin(path, authored=True, base=graph.value)
        triples += [quad.triple for quad in quads]
        engine.extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
    return triples, Places(engine, origins)


def load_shape_files(paths: Sequence[Path]) -> tuple[Shapes, Places]:
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
def told_at_line(places: Places) -> Iterator[None]:
    """Say in a ShapesError in which file and line the shape at fault stands."""
    try:
        yield
    except ShapesError as error:
        place = places.of_node(error.node) if error.node is not None else None
        if place is None:
            raise
        where = f"{place.path}:{place.line}:{place.column}: " if place.line else f"{place.path}: "
        raise ShapesError(where + error.en, where + error.sv, node=error.node) from error
