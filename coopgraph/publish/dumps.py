"""The whole graph as files to take away: what people wrote, what follows from it, the ontology, and a table for each class.

The same graph gives the same bytes, so that a checksum says whether anything has changed.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from coopgraph.build.derive import derived_graph
from coopgraph.errors import StoreError, Text, system_text
from coopgraph.publish.describe import RDF_TYPE
from coopgraph.publish.serialise import serialise, serialise_all
from coopgraph.publish.site import Site
from coopgraph.queries.run import labels
from coopgraph.store.local import LocalStore

BETWEEN = " | "
"""What stands between several values in a cell."""


@dataclass(frozen=True)
class Dump:
    """A file of the dump. `form` is its media type, within gzip where `zipped`."""

    name: str
    title: Text
    form: str
    zipped: bool
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class _Parts:
    """The quads of the store by where they come from."""

    data: list[Quad]
    derived: list[Quad]
    ontology: list[Quad]


def dumps(site: Site, folder: Path) -> list[Dump]:
    """The files of the dump, in `folder`; they are made where they are not there yet.

    `folder` belongs to one build of the graph: what is there is taken to be right. Files come to be all at once.
    Raises StoreError when they can't be written.
    """
    if not folder.is_dir():
        _make(site, folder)
    return [_dump(path) for path in sorted(folder.iterdir())]


def _make(site: Site, folder: Path) -> None:
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for name, content in _contents(site):
            (unfinished / name).write_bytes(content)
        unfinished.rename(folder)
    except OSError as error:
        if folder.is_dir():
            return  # another process was first, with the same bytes
        where, said = error.filename or folder, system_text(error)
        raise StoreError(
            f"{where}: {said.en}. Make room or give the right to write, and try again.",
            f"{where}: {said.sv}. Frigör utrymme eller ge skrivrätt, och försök igen.",
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _dump(path: Path) -> Dump:
    content = path.read_bytes()
    stem, _, form = path.name.removesuffix(".gz").rpartition(".")
    title = _TITLES.get(stem) or Text(f"Table: {stem}", f"Tabell: {stem}")
    return Dump(
        path.name,
        title,
        _MEDIA_TYPES[form],
        path.suffix == ".gz",
        path,
        len(content),
        hashlib.sha256(content).hexdigest(),
    )


_MEDIA_TYPES = {
    "nt": "application/n-triples",
    "ttl": "text/turtle",
    "trig": "application/trig",
    "jsonld": "application/ld+json",
    "csv": "text/csv",
}
_TITLES = {
    "data": Text("All facts", "Alla uppgifter"),
    "derived": Text("What follows from the facts", "Det som följer av uppgifterna"),
    "ontology": Text("Ontology and concept schemes", "Ontologi och begreppsscheman"),
}


def authored(site: Site) -> list[Quad]:
    """What people wrote: the quads of the files under `data/`, each in the graph of its file, in a fixed order."""
    return _parts(site).data


def _parts(site: Site) -> _Parts:
    assert isinstance(site.store, LocalStore)
    ontology = site.namespaces.graph_of("ontology/").value
    derived = derived_graph(site.namespaces)
    parts = _Parts([], [], [])
    for quad in site.store.engine:
        if quad.graph_name == derived:
            parts.derived.append(quad)
        elif quad.graph_name.value.startswith(ontology):
            parts.ontology.append(quad)
        else:
            parts.data.append(quad)
    return _Parts(_ordered(parts.data), _ordered(parts.derived), _ordered(parts.ontology))


def _ordered(quads: Iterable[Quad]) -> list[Quad]:
    """The quads graph by graph; many short lists are sorted sooner than a long one."""
    graphs: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        graphs[str(quad.graph_name)].append(quad)
    return [
        quad for graph in sorted(graphs) for quad in sorted(graphs[graph], key=lambda one: str(one.triple))
    ]


def _contents(site: Site) -> Iterator[tuple[str, bytes]]:
    parts, prefixes = _parts(site), site.namespaces.prefixes
    data = list(dict.fromkeys(quad.triple for quad in parts.data))
    derived = [quad.triple for quad in parts.derived]
    for form, content in serialise_all(data, prefixes, forms=("nt", "ttl", "jsonld")).items():
        yield ("data.nt.gz", _zipped(content)) if form == "nt" else (f"data.{form}", content)
    written = ox.serialize(parts.data, format=RdfFormat.TRIG, prefixes=dict(prefixes))
    assert written is not None
    yield "data.trig", written
    yield "derived.nt.gz", _zipped(serialise(derived, "nt", prefixes))
    yield "ontology.ttl", serialise([quad.triple for quad in parts.ontology], "ttl", prefixes)
    yield from _tables(data, site)


def _zipped(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0)


def _tables(triples: list[Triple], site: Site) -> Iterator[tuple[str, bytes]]:
    """A table for each class: a row a thing, a column a property; what a column points to has its name beside it."""
    short = cache(site.namespaces.shorten)
    facts: dict[str, dict[str, list[Triple]]] = defaultdict(lambda: defaultdict(list))
    kinds: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if isinstance(triple.subject, NamedNode):
            facts[triple.subject.value][_column(triple, short)].append(triple)
            if triple.predicate == RDF_TYPE and isinstance(triple.object, NamedNode):
                kinds[triple.object.value].add(triple.subject.value)
    named = dict.fromkeys(triple.object for triple in triples if isinstance(triple.object, NamedNode))
    label = labels(list(named), site.store, "sv").get
    for kind, things in sorted(kinds.items()):
        name = site.namespaces.shorten(kind).replace(":", "-").replace("/", "-")
        yield f"{name}.csv", _table({thing: facts[thing] for thing in sorted(things)}, label)


def _column(triple: Triple, short: Callable[[str], str]) -> str:
    language = getattr(triple.object, "language", None)
    return short(triple.predicate.value) + (f"@{language}" if language else "")


def _table(rows: dict[str, dict[str, list[Triple]]], label: Callable[[str], str | None]) -> bytes:
    pointing = {
        column: any(isinstance(triple.object, NamedNode) for triple in triples)
        for row in rows.values()
        for column, triples in row.items()
    }
    fields = ["iri"]
    for column in sorted(pointing):
        fields += [column, column + "Label"] if pointing[column] else [column]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fields, lineterminator="\r\n", restval="")
    writer.writeheader()
    for thing, row in rows.items():
        cells = {"iri": thing}
        for column, triples in row.items():
            cells[column] = BETWEEN.join(map(_value, triples))
            if pointing[column]:
                names = [label(_value(triple)) or _value(triple) for triple in triples]
                cells[column + "Label"] = BETWEEN.join(names)
        writer.writerow(cells)
    return buffer.getvalue().encode()


def _value(triple: Triple) -> str:
    value = triple.object
    return str(value) if isinstance(value, Triple) else value.value
