"""Our own check of one file against shapes, as one process, counted by shape and component."""

from __future__ import annotations

import sys
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store, parse

from coopgraph.store.loading import load_file
from coopgraph.store.local import LocalStore
from coopgraph.validate.engine import validate
from coopgraph.validate.shapes import load_shapes

if __name__ == "__main__":
    data, shapes_file = map(Path, sys.argv[1:])
    shapes = load_shapes(quad.triple for quad in parse(path=str(shapes_file), format=RdfFormat.TURTLE))
    store = Store()
    load_file(store, data, NamedNode(data.absolute().as_uri()))
    for result in validate(LocalStore(store).select, shapes):
        print(result.shape, result.component, result.focus, result.value or "", sep="\t")
