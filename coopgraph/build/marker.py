"""What a server knows of the builds on it: a small graph, `<base>graph/build`, beside those that it tells of.

<graph of a file>  schema:sha256        what the graph holds, as a checksum
<base>graph/build  schema:version       the build that the server holds whole; missing while one is under way
                   schema:dateModified  when a build last wrote
                   schema:creator       who is building, while it lasts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.iris import Namespaces
from coopgraph.store import Store

SCHEMA = "https://schema.org/"
CHECKSUM, VERSION, MODIFIED, CREATOR = (
    NamedNode(SCHEMA + name) for name in ("sha256", "version", "dateModified", "creator")
)


@dataclass(frozen=True)
class Marker:
    """The marker as it was read: checksums by graph, and what is said of the marker itself."""

    graph: NamedNode
    checksums: Mapping[NamedNode, str]
    said: Mapping[NamedNode, tuple[str, ...]]

    @property
    def version(self) -> str | None:
        """The build that the server holds whole."""
        found = self.said.get(VERSION, ())
        return found[0] if len(found) == 1 else None

    @property
    def builders(self) -> tuple[str, ...]:
        """Who is building, or was when it broke off."""
        return self.said.get(CREATOR, ())

    @property
    def modified(self) -> datetime | None:
        """When a build last wrote."""
        times = []
        for text in self.said.get(MODIFIED, ()):
            try:
                times.append(datetime.fromisoformat(text))
            except ValueError:
                continue
        return max((time for time in times if time.tzinfo), default=None)

    def put(self, subject: NamedNode, property_: NamedNode, value: str) -> str:
        """The update that adds a statement to the marker."""
        return f"INSERT DATA {{ GRAPH {self.graph} {{ {subject} {property_} {Literal(value)} }} }}"

    def take(self, subject: NamedNode, property_: NamedNode, value: str) -> str:
        """The update that takes a statement from the marker."""
        return f"DELETE DATA {{ GRAPH {self.graph} {{ {subject} {property_} {Literal(value)} }} }}"


def read_marker(store: Store, names: Namespaces) -> Marker:
    """The marker on a server; an empty one where nothing has been built there."""
    graph = names.graph_of("build")
    checksums: dict[NamedNode, str] = {}
    said: dict[NamedNode, tuple[str, ...]] = {}
    for subject, property_, value in store.select(
        f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    ):
        if not isinstance(subject, NamedNode) or not isinstance(property_, NamedNode) or value is None:
            continue
        if property_ == CHECKSUM and subject not in checksums:
            checksums[subject] = str(value.value)
        elif property_ == CHECKSUM:
            checksums[subject] = ""  # two builds wrote at once: neither is to be trusted
        elif subject == graph:
            said[property_] = tuple(sorted((*said.get(property_, ()), str(value.value))))
    return Marker(graph, checksums, said)


def now() -> str:
    """The time, as the marker has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def checksum(triples: list[Triple]) -> str:
    """The same for graphs that say the same, whatever the order and the labels of their blank nodes."""
    if any(isinstance(term, BlankNode) for triple in triples for term in (triple.subject, triple.object)):
        graph = ox.Dataset(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
        graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        lines = sorted(map(str, graph))
    else:
        lines = sorted(map(str, triples))
    return sha256("\n".join(lines).encode()).hexdigest()[:32]
