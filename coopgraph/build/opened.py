"""The one way to the graph of a dataset: the current snapshot, or the server that the settings name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coopgraph.build.marker import MODIFIED, VERSION
from coopgraph.build.snapshot import current
from coopgraph.errors import ProjectError, QueryError, StoreError
from coopgraph.iris import namespaces
from coopgraph.project import Project
from coopgraph.store import Store

if TYPE_CHECKING:
    from coopgraph.store.remote import RemoteStore


@dataclass(frozen=True)
class Opened:
    """A built graph, open to read; close it when done.

    `made` is when it was built (seconds since 1970). `whole` is false for a server on which a build is under way or broke off.
    """

    store: Store
    made: float
    whole: bool
    close: Callable[[], None]


def opened(project: Project, timeout: float = 30.0, *, often: bool = False) -> Opened:
    """The built graph of a dataset. `timeout` is how many seconds a server may be silent; with `often`, many questions follow.

    Raises ProjectError when nothing has been built, and StoreError when it can't be had.
    """
    if project.store is None:
        snapshot = current(project)
        local = snapshot.for_many_questions() if often else snapshot.store
        return Opened(local, snapshot.made, True, snapshot.close)
    from coopgraph.store.fetched import Fetched

    server = remote(project, timeout=timeout)
    made, whole = _marked(server, project)
    if not server.is_virtuoso_7:
        return Opened(server, made, whole, lambda: None)
    # it answers many queries wrongly (docs/servers.md), and has triples of its own
    names = namespaces(project)
    ours, marker = names.graph_of("").value, names.graph_of("build")
    store = Fetched(server, lambda graph: graph.value.startswith(ours) and graph != marker)
    return Opened(store, made, whole, lambda: None)


def remote(project: Project, *, timeout: float) -> RemoteStore:
    """The server of a dataset, whether anything has been built there or not. Raises ProjectError for wrong credentials."""
    from coopgraph.store.credentials import of_dataset
    from coopgraph.store.remote import RemoteStore

    addresses = project.store
    assert addresses is not None
    return RemoteStore(
        addresses.query,
        update=addresses.update,
        graph_store=addresses.graph_store,
        credentials=of_dataset(addresses.query, project.root, os.environ),
        timeout=timeout,
    )


def _marked(server: RemoteStore, project: Project) -> tuple[float, bool]:
    """When the graph on the server was built, and whether it is whole. Raises where there is none, or none that shows."""
    from datetime import datetime

    marker = namespaces(project).graph_of("build")
    query = f"""SELECT ?named ?p ?o WHERE {{
      {{ GRAPH ?named {{ {marker} ?p ?o }} FILTER(?named = {marker}) }} UNION {{ {marker} ?p ?o }}
    }}"""
    try:
        rows = list(server.select(query))
    except QueryError as error:  # the query is ours, and right
        raise StoreError(error.en, error.sv) from error
    named = {property_: value for graph, property_, value in rows if graph is not None}
    if not named:
        raise ProjectError(
            f"{server.url}: nothing has been built there yet. Build it first: coopgraph build",
            f"{server.url}: inget är byggt där än. Bygg först: coopgraph build",
        )
    if all(graph is not None for graph, _, _ in rows):
        raise StoreError(
            f"{server.url} does not show its named graphs to a query that names none. "
            "Let it show their union (docs/servers.md).",
            f"{server.url} visar inte sina namngivna grafer för en fråga som inte nämner någon. "
            "Låt den visa unionen av dem (docs/servers.md).",
        )
    time = named.get(MODIFIED)
    try:
        made = datetime.fromisoformat(time.value).timestamp() if time is not None else 0.0
    except ValueError:
        made = 0.0
    return made, VERSION in named
