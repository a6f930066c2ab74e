"""Read a file into an embedded store without making each triple a value of Python's."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, RdfFormat

from coopgraph.errors import TurtleError
from coopgraph.turtle import format_of, read
from coopgraph.turtle.read import MAX_BYTES

_RDF12 = (b"<<(", b"--ltr", b"--rtl")
"""What can only stand in RDF 1.2, or inside a literal. All else of RDF 1.2 is seen by a triple that it makes."""
_REIFIES = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
_SMALL = 2**20
_PACKED = 40
"""How many times its size on disk a packed file may have: RDF packs to a twentieth, a bomb to a thousandth."""


def load_file(engine: ox.Store, path: Path, graph: NamedNode, *, base: str | None = None) -> None:
    """Read a file into a named graph of its own. Raises TurtleError, and then the graph is empty.

    What may be wrong, or is more than triples, is read with care: that says what is wrong and where.
    """
    format = format_of(path)
    if format in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES):
        try:
            if _load(engine, path, graph, format, base):
                return
        except SyntaxError as error:
            engine.remove_graph(graph)
            if path.stat().st_size > MAX_BYTES:  # too large to be read with care
                raise TurtleError(
                    f"{error.msg}.",
                    f"Filen går inte att läsa: {error.msg}.",
                    path=path,
                    line=error.lineno or 0,
                    column=error.offset or 0,
                ) from error
        except (ValueError, OSError, EOFError, zlib.error, MemoryError):
            pass  # the careful reading tells
        engine.remove_graph(graph)
    engine.extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read(path, base=base))


def _load(engine: ox.Store, path: Path, graph: NamedNode, format: RdfFormat, base: str | None) -> bool:
    """Whether the file could be read with confidence."""
    packed = path.suffix.lower() == ".gz"
    with cast(IO[bytes], gzip.open(path) if packed else open(path, "rb", buffering=0)) as file:  # noqa: PTH123 - one of very many
        size = os.fstat(file.fileno()).st_size
        start = file.read(_SMALL if packed else min(size + 1, _SMALL))
        whole = len(start) < _SMALL
        most = max(MAX_BYTES, _PACKED * size) if packed else None
        if not whole and not _is_triples(file, start[-_OVERLAP:], most):
            return False
        if _may_be_rdf12(start):
            return False
        if whole:
            engine.load(start, format, base_iri=base, to_graph=graph)
        elif packed:
            file.seek(0)
            engine.load(file, format, base_iri=base, to_graph=graph)
        else:
            engine.load(path=str(path), format=format, base_iri=base, to_graph=graph)
    return not any(engine.quads_for_pattern(None, _REIFIES, None, graph))


def _is_triples(file: IO[bytes], last: bytes, most: int | None) -> bool:
    """Whether nothing in the rest of the file can be RDF 1.2, and it has at most so many bytes."""
    size = 0
    while chunk := file.read(_SMALL):
        size += len(chunk)
        chunk = last + chunk
        if (most is not None and size > most) or _may_be_rdf12(chunk):
            return False
        last = chunk[-_OVERLAP:]
    return True


def _may_be_rdf12(text: bytes) -> bool:
    return (
        _RDF12[0] in text or _RDF12[1] in text or _RDF12[2] in text
    )  # not a loop: there are very many texts


_OVERLAP = max(map(len, _RDF12)) - 1
