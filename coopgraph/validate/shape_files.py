"""Shapes read from files, so that what is wrong with a shape can be told at its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Triple

from coopgraph.build.assemble import Origin
from coopgraph.errors import ShapesError
from coopgraph.turtle import read
from coopgraph.validate.places import Places


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
