"""Check the graph on a SPARQL server: the shapes run there as queries, and only what they find comes back."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from coopgraph.build.assemble import Origin
from coopgraph.build.opened import opened, remote
from coopgraph.errors import QueryError, StoreError, Text, TurtleError
from coopgraph.iris import file_path, namespaces
from coopgraph.project import Project
from coopgraph.store import Store
from coopgraph.store.credentials import of_host
from coopgraph.store.local import LocalStore
from coopgraph.store.remote import RemoteStore
from coopgraph.turtle import read
from coopgraph.validate.anyones import Note, unheard
from coopgraph.validate.checked import Checked, in_order, unused
from coopgraph.validate.engine import Unchecked, validate
from coopgraph.validate.findings import finding_of
from coopgraph.validate.places import Places
from coopgraph.validate.results import Result
from coopgraph.validate.shape_files import load_shape_files, told_at_line


@dataclass(frozen=True)
class OnServer:
    """What a check found, and what ended it early, if anything did: what is in `checked` is true all the same."""

    checked: Checked
    stopped: StoreError | None = None


def server_of(where: str | Project, *, timeout: float, note: Note = unheard) -> Store:
    """The server at an address, or the one that a dataset is kept on; `note` is told when files have changed after the build.

    Raises ProjectError where the dataset has not been built there.
    """
    if isinstance(where, str):
        return RemoteStore(where, timeout=timeout, credentials=of_host(where, os.environ))
    made = opened(where, timeout).made
    if newer := where.changed_after(made):
        note(
            Text(
                f"The graph on the server is checked as it was built; files changed since: {newer}. Check those: coopgraph check PATH",
                f"Grafen på servern prövas som den byggdes; filer som har ändrats sedan dess: {newer}. Pröva dem: coopgraph check SÖKVÄG",
            )
        )
    return remote(where, timeout=timeout)


def check_store(
    store: Store,
    shapes: Sequence[Path],
    *,
    built: Project | None = None,
    shorten: Callable[[str], str] = str,
    note_unused: bool = False,
    note: Note = unheard,
) -> OnServer:
    """The findings of the shapes in some files on what the store shows by default.

    With `built`, the dataset that the graph was built from, findings have the place in its files; otherwise none has. With
    `note_unused`, shapes that found nothing to look at are among the findings. `note` is told of each shape that can't be compiled to SPARQL, for which the whole graph is fetched. Raises StoreError where
    nothing could be checked, and ShapesError, with file and line, for shapes that can't be used.
    """
    try:
        return _checked(store, shapes, built, shorten, note_unused, note)
    except QueryError as error:
        raise StoreError(error.en, error.sv) from error


def _checked(
    store: Store,
    paths: Sequence[Path],
    built: Project | None,
    shorten: Callable[[str], str],
    note_unused: bool,
    note: Note,
) -> OnServer:
    loaded, where = load_shape_files(paths)
    triples = _size(store)
    for node, reason in loaded.fallbacks.items():
        note(
            Text(
                f"{node} is checked by pySHACL, for which the whole graph is fetched: {reason.en}.",
                f"{node} prövas av pySHACL, och för det hämtas hela grafen: {reason.sv}.",
            )
        )
    findings = list(unused(loaded, store, shorten)) if note_unused else []
    stopped: StoreError | None = None
    results: list[Result] = []
    try:
        with told_at_line(where):
            for result in validate(store.select, loaded):
                results.append(result)  # what is known is kept when the server stops answering
    except Unchecked as error:
        stopped = error
    places = _places(built, results) if built else None
    for result in results:
        findings.append(finding_of(result, places.of_result(result) if places else None, shorten=shorten))
    return OnServer(Checked(in_order(findings), 0, triples), stopped)


def _places(project: Project, results: Sequence[Result]) -> Places:
    """The places of results in the files of what they are about, which alone are read."""
    names = namespaces(project)
    files = {file_path(project, path): path for path in project.data_files()} if results else {}
    about = {
        path
        for result in results
        for node in (result.focus, result.value)
        if isinstance(node, NamedNode) and (path := names.path_of(node.value)) in files
    }
    store, origins = LocalStore.memory(), {}
    for path in sorted(about):
        graph = names.graph_of(path)
        with suppress(TurtleError):  # it has changed since the build
            store.engine.extend(Quad(q.subject, q.predicate, q.object, graph) for q in read(files[path]))
            origins[graph] = Origin(files[path], authored=True)
    return Places(store.engine, origins)


def _size(store: Store) -> int:
    """How many triples the store shows. Raises StoreError where it shows none, for then all shapes would hold."""
    ((count,),) = store.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    if count is None or count.value == "0":
        raise StoreError(
            "The server shows no triples in its default graph, so nothing was checked. "
            "Let it show the union of its named graphs, or name them in the address (docs/servers.md).",
            "Servern visar inga tripler i sin standardgraf, så inget prövades. "
            "Låt den visa unionen av sina namngivna grafer, eller ange dem i adressen (docs/servers.md).",
        )
    return int(count.value)
