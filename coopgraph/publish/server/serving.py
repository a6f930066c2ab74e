"""What answers: a snapshot with its site, workers and cache, replaced as a whole when a new build is there.

A request holds the one that it began with, so that a reload drops nobody; an old one is closed when its last request is done.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from pyoxigraph import NamedNode

from coopgraph.build.changes import read
from coopgraph.build.snapshot import Snapshot, current
from coopgraph.errors import CoopgraphError
from coopgraph.project import Project
from coopgraph.publish.publication import Publication
from coopgraph.publish.reconcile import Reconciler
from coopgraph.publish.server.limits import Limits
from coopgraph.publish.server.logs import log
from coopgraph.publish.server.replies import Cache
from coopgraph.publish.site import Site, open_site
from coopgraph.queries import Names
from coopgraph.queries.names_index import Index
from coopgraph.queries.workers import Workers
from coopgraph.store.ahead import read_ahead
from coopgraph.store.local import LocalStore

_LOOK_EVERY = 1.0
_MANY = 2000
_USED = """
SELECT DISTINCT ?value WHERE {
  VALUES ?value { %s }
  ?thing ?property ?value .
  FILTER(?property NOT IN (<http://www.w3.org/2004/02/skos/core#inScheme>, <http://www.w3.org/2004/02/skos/core#topConceptOf>, <http://www.w3.org/2004/02/skos/core#hasTopConcept>))
}
"""


class Serving:
    """One snapshot, and all that is known of it while it answers. `address` is where the site is found, ending in "/"."""

    def __init__(self, project: Project, limits: Limits, address: str) -> None:
        self.limits, self.address = limits, address
        self.snapshot: Snapshot = current(project)
        self.store: LocalStore = self.snapshot.for_many_questions()
        self.site: Site = open_site(project, self.store)
        self.workers = Workers(
            self.snapshot.folder / "store",
            limits.queries,
            timeout=limits.seconds,
            memory=limits.memory * 2**20,
            load=self.snapshot.report.memory,
        )
        self.cache = Cache(limits.cache * 2**20)
        self.index.warm()
        self.using = 0
        self.replaced = False
        self._published: Publication | None = None
        self._reconcilers: dict[str, Reconciler] = {}
        self._publishing = threading.Lock()
        self._picks: dict[tuple[tuple[str, ...], str], list[tuple[str, str]]] = {}
        self._names: dict[tuple[tuple[str, ...], str], Names] = {}

    @cached_property
    def language(self) -> str:
        """The language of who states none."""
        return next((one for one in self.site.project.languages if one in ("sv", "en")), "sv")

    @cached_property
    def index(self) -> Index:
        """The index of names."""
        return Index.of(self.store, self.site.namespaces)

    @property
    def publication(self) -> Publication:
        """What catalogue, dumps and feeds tell of. The dumps are made when they are first asked for: call it in a thread."""
        with self._publishing:
            if self._published is None:
                changes = read(self.site.project.state / "changes")
                self._published = Publication(self.site, self.snapshot, changes, self.address, live=True)
            assert self._published.dumps is not None  # made by one thread
            return self._published

    def reconciler(self, language: str) -> Reconciler:
        """The reconciliation service in a language: made when it is first asked for, and remembered."""
        with self._publishing:
            if language not in self._reconcilers:
                self._reconcilers[language] = Reconciler(self.site, language, self.index)
            return self._reconcilers[language]

    def names(self, of: Sequence[str], language: str) -> Names:
        """The names of things of some kinds; read once."""
        key = (tuple(of), language)
        if key not in self._names:
            self._names[key] = Names(
                self.store, self.site.namespaces, of, language=language, index=self.index
            )
        return self._names[key]

    def picks(self, of: Sequence[str], language: str) -> list[tuple[str, str]]:
        """The things of some kinds that something in the graph points to, as (prefixed name, name), in the order of the
        names; none where there are very many."""
        key = (tuple(of), language)
        if key not in self._picks:
            names = self.names(of, language)
            things = sorted(iri for iri in names.label if "#" not in iri)
            values = " ".join(str(NamedNode(iri)) for iri in things) if len(things) <= _MANY else ""
            used = {value.value for (value,) in self.store.select(_USED % values) if value is not None}
            found = [(self.site.namespaces.shorten(iri), names.label[iri]) for iri in used]
            self._picks[key] = sorted(found, key=lambda pair: (pair[1].casefold(), pair[0]))
        return self._picks[key]

    def close(self) -> None:
        self.workers.close()
        self.snapshot.close()


class Current:
    """The serving that answers now. `watch` puts a newer one in its place."""

    def __init__(self, project: Project, limits: Limits, address: str) -> None:
        self.project, self.limits, self.address = project, limits, address
        self._pointer = project.state / "current"
        self._seen = self._stamp()
        self.serving = Serving(project, limits, address)
        read_ahead(self.serving.snapshot.folder / "store")
        self.ready = True

    @contextmanager
    def use(self) -> Iterator[Serving]:
        """The serving of now, for the time of one request."""
        serving = self.serving
        serving.using += 1
        try:
            yield serving
        finally:
            serving.using -= 1
            if serving.replaced and not serving.using:
                serving.close()

    async def watch(self) -> None:
        """Look for a new build until cancelled. One that can't be opened is told of, and the old one goes on answering."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            stamp = self._stamp()
            if stamp in (self._seen, None):
                continue
            self._seen = stamp
            try:
                new = await asyncio.to_thread(Serving, self.project, self.limits, self.address)
            except CoopgraphError as error:
                log("reload-failed", reason=error.en)
                continue
            self._replace(new)
            log("reloaded", snapshot=new.snapshot.report.snapshot, triples=new.snapshot.report.triples)

    def _replace(self, new: Serving) -> None:
        old, self.serving = self.serving, new
        old.replaced = True
        if not old.using:
            old.close()

    def _stamp(self) -> tuple[int, int] | None:
        """What changes when a build puts its snapshot in place."""
        try:
            found = self._pointer.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def close(self) -> None:
        """End at once; what is still asked is not answered."""
        self.ready = False
        self.serving.workers.kill()
        self.serving.close()
