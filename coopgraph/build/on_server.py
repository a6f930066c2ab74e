"""Put what a build made on the server of the dataset: the graphs that changed, in requests of bounded size.

A server has no snapshots to swap, so what is and isn't whole is told by a marker (`coopgraph.build.marker`): a graph's
checksum is taken away before the graph is touched and put back when it is whole, and the build's name comes last. A build
that breaks off is gone on with by the next, which sends what has no right checksum.
"""

from __future__ import annotations

import fcntl
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyoxigraph import NamedNode, Triple

from coopgraph.build.assemble import Progress, silent
from coopgraph.build.marker import (
    CHECKSUM,
    CREATOR,
    MODIFIED,
    VERSION,
    builders,
    checksums,
    now,
    read_marker,
    statement,
)
from coopgraph.build.opened import remote
from coopgraph.build.snapshot import current
from coopgraph.build.updates import TRIPLES, Request, has_blanks, pieces
from coopgraph.errors import ProjectError, QueryError, StoreError
from coopgraph.iris import namespaces
from coopgraph.project import Project
from coopgraph.store.local import LocalStore
from coopgraph.store.remote import RemoteStore

_SILENCE = 300
"""How many seconds a server may take over one request."""
_ALIVE = timedelta(minutes=10)
"""For how long another's unfinished build is believed to be going on."""
_COMPARED = 500_000
"""Up to how many triples a graph that changed is compared with what the server has, rather than sent anew."""
_CHUNK = 50_000
"""How many triples a request of the graph store protocol has."""


@dataclass(frozen=True)
class Sent:
    """What was done on the server: how many graphs were changed and removed, in how many requests."""

    changed: int
    removed: int
    requests: int


def send(project: Project, *, progress: Progress = silent) -> Sent:
    """Let the server of the dataset hold what the current snapshot has. `progress` is told of graphs.

    Raises ProjectError when nothing has been built or another build is at it; StoreError when the server does not take it
    all, and then the next call goes on.
    """
    server = remote(project, timeout=_SILENCE)
    with _alone(project), closing(current(project)) as snapshot:
        try:
            return _Sender(project, server, snapshot.store).send(snapshot.report.snapshot, progress)
        except QueryError as error:
            raise StoreError(error.en, error.sv) from error


class _Sender:
    """Sends a snapshot to a server that may have an older one."""

    def __init__(self, project: Project, server: RemoteStore, store: LocalStore) -> None:
        self._server, self._store = server, store
        self._names = namespaces(project)
        self._me = _builder(project)
        self._marker = read_marker(server, self._names)
        self._modified = self._marker.said.get(MODIFIED, ())
        self._request = Request(self._marker.graph)
        self._count = 0

    def send(self, version: str, progress: Progress) -> Sent:
        marker = self._marker
        if marker.version == version and not marker.builders:
            return Sent(0, 0, 0)
        wanted = checksums(self._store)
        removed = sorted((one for one in marker.checksums if one not in wanted), key=str)
        changed = sorted((one for one in wanted if marker.checksums.get(one) != (wanted[one],)), key=str)
        self._claim()
        try:
            for old in marker.said.get(VERSION, ()):
                self._request.forget(statement(marker.graph, VERSION, old))
            for graph in removed:
                self._room_for(())
                self._clear(graph)
            for done, graph in enumerate(changed):
                progress(done, len(changed))
                self._replace(graph, wanted[graph])
            self._room_for(())
            for builder in {*marker.builders, self._me}:
                self._request.forget(statement(marker.graph, CREATOR, builder))
            self._request.say(statement(marker.graph, VERSION, version))
            self._flush()
            progress(len(changed), len(changed))
        except StoreError as error:
            raise StoreError(
                f"{error.en} The server has a part of this build; in the other parts what it had before answers. Build again to go on: coopgraph build",
                f"{error.sv} Servern har en del av det här bygget; i övriga delar svarar det förra. Bygg igen för att fortsätta: coopgraph build",
            ) from error
        return Sent(len(changed), len(removed), self._count)

    def _claim(self) -> None:
        """Say that we build. Raises ProjectError when another does, or began at the same moment."""
        others = [one for one in self._marker.builders if one != self._me]
        modified = self._marker.modified
        if others and modified and datetime.now(UTC) - modified < _ALIVE:
            raise _taken(self._server.url)
        # also the first that is asked for credentials: small, since a server may close on a large body that it refuses
        claim = statement(self._marker.graph, CREATOR, self._me)
        self._request.say(claim)
        self._flush()
        known = builders(self._server, self._names)
        if self._me not in known:
            raise StoreError(
                f"{self._server.update_url} took an update, but {self._server.url} doesn't show it. Are both the right addresses of one store?",
                f"{self._server.update_url} tog emot en uppdatering, men {self._server.url} visar den inte. Är båda rätt adresser till samma lager?",
            )
        if known - {self._me, *others}:
            self._request.forget(claim)
            self._flush()
            raise _taken(self._server.url)

    def _replace(self, graph: NamedNode, wanted: str) -> None:
        """Let the graph on the server hold what the snapshot has: a small one in a single request."""
        triples = [quad.triple for quad in self._store.engine.quads_for_pattern(None, None, None, graph)]
        cut = list(pieces(triples))
        large = len(cut) > 1
        self._room_for(() if large else triples)
        there = self._there(graph) if large and _comparable(triples) else None
        if there is None:
            self._clear(graph)
            missing = triples
        else:
            self._forget(graph)
            here = set(triples)
            for piece in pieces(sorted(there - here, key=str)):
                self._room_for(piece)
                self._request.delete(graph, piece)
            missing = [one for one in triples if one not in there]
        if large and len(missing) > TRIPLES and self._server.graph_store_url is not None:
            self._post(graph, missing)
        else:
            for piece in cut if missing is triples else pieces(missing):
                self._room_for(piece if large else ())
                self._request.insert(graph, piece)
        self._request.say(statement(graph, CHECKSUM, wanted))

    def _there(self, graph: NamedNode) -> set[Triple] | None:
        """What the server has in the graph; None where it can't be compared."""
        self._flush()
        found = set()
        for row in self._server.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"):
            try:
                found.add(Triple(*row))  # type: ignore[arg-type]
            except TypeError:
                return None
        return found if _comparable(list(found)) else None

    def _post(self, graph: NamedNode, triples: list[Triple]) -> None:
        """Add many triples by the graph store protocol."""
        self._flush()
        chunk: list[Triple] = []
        for piece in [*pieces(triples), []]:
            if chunk and (not piece or len(chunk) + len(piece) > _CHUNK):
                self._server.add(graph, "".join(f"{one} .\n" for one in chunk).encode())
                self._count += 1
                chunk = []
            chunk += piece

    def _forget(self, graph: NamedNode) -> None:
        """Take away what the marker says of the graph."""
        for known in self._marker.checksums.get(graph, ()):
            self._request.forget(statement(graph, CHECKSUM, known))

    def _clear(self, graph: NamedNode) -> None:
        """Remove the graph, if it can be there."""
        self._forget(graph)
        if not self._marker.is_new:
            self._request.drop(graph)

    def _room_for(self, triples: Sequence[Triple]) -> None:
        """Send what has been gathered if no more can go with it."""
        if not self._request.has_room(triples):
            self._flush()

    def _flush(self) -> None:
        """Send what has been gathered, with the time."""
        if not self._request:
            return
        time = now()
        for before in self._modified:
            self._request.forget(statement(self._marker.graph, MODIFIED, before))
        self._request.say(statement(self._marker.graph, MODIFIED, time))
        self._server.update(self._request.text())
        self._modified = (time,)
        self._count += 1
        self._request = Request(self._marker.graph)


def _comparable(triples: list[Triple]) -> bool:
    return len(triples) <= _COMPARED and not any(map(has_blanks, triples))


def _taken(url: str) -> ProjectError:
    minutes = int(_ALIVE.total_seconds() // 60)
    return ProjectError(
        f"{url}: another build is writing there. Wait until it is done; one that broke off is forgotten after {minutes} minutes of silence.",
        f"{url}: ett annat bygge skriver dit. Vänta tills det är klart; ett som har avbrutits glöms efter {minutes} minuters tystnad.",
    )


def _builder(project: Project) -> str:
    """A name for the builds of this folder, by which an unfinished one is known to be ours."""
    path = project.state / "builder"
    if not path.exists():
        path.write_text(uuid.uuid4().hex, encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Hold the lock of sending; the system lets go of it however this process ends."""
    with (project.state / "sending").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProjectError(
                f"{project.root}: another build is sending to the server. Wait until it is done.",
                f"{project.root}: ett annat bygge skickar till servern. Vänta tills det är klart.",
            ) from None
        yield
