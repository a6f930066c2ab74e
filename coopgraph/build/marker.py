"""What a server knows of the builds on it: a small graph, `<base>graph/build`, beside those that it tells of.

<graph of a file>  schema:identifier    what the graph holds, as a checksum
<base>graph/build  schema:version       the build that the server holds whole; missing while one is under way
                   schema:dateModified  when a build last wrote
                   schema:creator       who is building, while it lasts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b, sha256

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from coopgraph.iris import Namespaces
from coopgraph.store import Store
from coopgraph.store.local import LocalStore

SCHEMA = "https://schema.org/"
CHECKSUM, VERSION, MODIFIED, CREATOR = (
    NamedNode(SCHEMA + name) for name in ("identifier", "version", "dateModified", "creator")
)


@dataclass(frozen=True)
class Marker:
    """The marker as it was read: checksums by graph, and what is said of the marker itself.

    More than one checksum of a graph means that two builds wrote at once.
    """

    graph: NamedNode
    checksums: Mapping[NamedNode, tuple[str, ...]]
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

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever built there."""
        return not self.checksums and not self.said


def statement(subject: NamedNode, property_: NamedNode, value: str) -> str:
    """A triple of the marker, as text."""
    return f"{subject} {property_} {Literal(value)}"


def read_marker(store: Store, names: Namespaces) -> Marker:
    """The marker on a server; an empty one where nothing has been built there."""
    graph = names.graph_of("build")
    checksums: dict[NamedNode, tuple[str, ...]] = {}
    said: dict[NamedNode, tuple[str, ...]] = {}
    for subject, property_, value in store.select(
        f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    ):
        if not isinstance(subject, NamedNode) or not isinstance(property_, NamedNode) or value is None:
            continue
        if property_ == CHECKSUM:
            checksums[subject] = (*checksums.get(subject, ()), str(value.value))
        elif subject == graph:
            said[property_] = tuple(sorted((*said.get(property_, ()), str(value.value))))
    return Marker(graph, checksums, said)


def builders(store: Store, names: Namespaces) -> set[str]:
    """Who is building on a server, now."""
    graph = names.graph_of("build")
    rows = store.select(f"SELECT ?who WHERE {{ GRAPH {graph} {{ {graph} {CREATOR} ?who }} }}")
    return {str(who.value) for (who,) in rows if who is not None}


def now() -> str:
    """The time, as the marker has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def checksums(store: LocalStore) -> dict[NamedNode, str]:
    """For each graph that is not empty a text that says what it holds, whatever the labels of its blank nodes."""
    sums = _Sums()
    store.engine.dump(sums, format=ox.RdfFormat.N_QUADS)  # type: ignore[arg-type]
    found = {NamedNode(name.decode()): f"{total:032x}" for name, total in sums.totals.items()}
    for name in sums.blank:
        graph = NamedNode(name.decode())
        dataset = ox.Dataset(store.engine.quads_for_pattern(None, None, None, graph))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found[graph] = sha256("\n".join(sorted(map(str, dataset))).encode()).hexdigest()[:32]
    return found


class _Sums:
    """Takes N-Quads as they are written, and adds up the checksums of their lines by graph: the order is of no account."""

    def __init__(self) -> None:
        self.totals: dict[bytes, int] = {}
        self.blank: set[bytes] = set()
        self._rest = b""

    def write(self, part: bytes) -> int:
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            start = line.rindex(b"<")
            graph = line[start + 1 : -3]
            if line.startswith(b"_:") or b" _:" in line:
                self.blank.add(graph)
            number = int.from_bytes(blake2b(line[:start], digest_size=16).digest(), "big")
            self.totals[graph] = (self.totals.get(graph, 0) + number) % (1 << 128)
        return len(part)

    def flush(self) -> None:
        """Nothing is held back but the beginning of a line."""
