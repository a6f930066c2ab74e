"""A dataset as a web site: which IRI has its page where, and which triples a page holds.

Knows nothing of HTTP: the server and the static export both start from here. A path is without its first "/": the
base IRI is mounted at the root whatever its host and path, so that a copy on another host still walks.

    id/organisation/x     the thing itself          doc/organisation/x    what is said of it
    id/concept/topic/x    a concept                 doc/concept/topic     a scheme; so too foreign ones, doc/concept/country
    ns, shapes            the ontology, the shapes  query/network/members a saved query
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import DEFAULT_BASE, Project
from coopgraph.publish.gathered import Labels
from coopgraph.queries.saved import SavedQuery, load_each
from coopgraph.store import Store

if TYPE_CHECKING:
    from coopgraph.publish.listing import Listing

ONTOLOGY = DEFAULT_BASE + "ns"
SHAPES = DEFAULT_BASE + "shapes"
_THINGS = 'SELECT DISTINCT ?thing WHERE {{ ?thing a ?type FILTER(STRSTARTS(STR(?thing), "{start}") && !CONTAINS(STR(?thing), "#")) }}'
_NEVER = re.compile(r'[\x00-\x20<>"{}|^`\\\x7f-\x9f]')
"""What no IRI holds (RFC 3987, section 2.2)."""
_SAFE = "/:@!$&'()*+,;=-._~"
_MOST = 20_000
T = TypeVar("T")


@dataclass
class Memory:
    """What is known already of a graph that does not change, bounded in size."""

    labels: Labels
    listings: dict[tuple[str, str], Listing] = field(default_factory=dict)
    paths: dict[str, str | None] = field(default_factory=dict)
    _last: dict[str, tuple[Hashable, object]] = field(default_factory=dict)

    def once(self, make: Callable[..., T], key: Hashable, *given: Any) -> T:
        """What a function makes of what it is given, kept until it is asked for under another key: for all forms of a page."""
        name = make.__qualname__
        last = self._last.get(name)
        if last is None or last[0] != key:
            self._last[name] = last = key, make(*given)
        return cast(T, last[1])


@dataclass(frozen=True)
class Site:
    """What is published: a project, its names, and the store that answers. `schemes` maps a foreign scheme's prefix to its namespace."""

    project: Project
    namespaces: Namespaces
    store: Store
    schemes: Mapping[str, str]
    memory: Memory = field(compare=False, repr=False)

    @property
    def base(self) -> str:
        return self.namespaces.base

    @cached_property
    def queries(self) -> dict[str, SavedQuery]:
        """The saved queries that can be read, by name."""
        return load_each(self.project)[0]

    @cached_property
    def folders(self) -> dict[str, list[NamedNode]]:
        """The things by folder, `organisation` and so on; concepts are not among them."""
        found: dict[str, list[NamedNode]] = {}
        start = self.base + "id/"
        things = [thing for (thing,) in self.store.select(_THINGS.format(start=start))]
        # sorted here: the engine reads the text of a term from disk each time that it compares two
        for thing in sorted(things, key=str):
            if isinstance(thing, NamedNode):
                folder, slash, _ = thing.value[len(start) :].partition("/")
                if slash and folder != "concept":
                    found.setdefault(folder, []).append(thing)
        return dict(sorted(found.items()))

    def path_of(self, iri: str) -> str | None:
        """The path, with its fragment, of the page that tells of an IRI; None where it is somebody else's."""
        paths = self.memory.paths
        if iri not in paths:
            if len(paths) >= _MOST:
                self.memory.paths = paths = {}
            paths[iri] = self._path_of(iri)
        return paths[iri]

    def _path_of(self, iri: str) -> str | None:
        if iri in (ONTOLOGY, SHAPES) or iri.startswith((ONTOLOGY + "#", SHAPES + "#")):
            return iri.removeprefix(DEFAULT_BASE)
        for start, folder in ((self.base + "id/", "doc/"), (DEFAULT_BASE + "id/concept/", "doc/concept/")):
            if iri.startswith(start) and iri != start:
                return folder + _quoted(iri[len(start) :])
        for prefix, space in self.schemes.items():
            if iri == space.rstrip("/#"):
                return f"doc/concept/{prefix}"
            if iri.startswith(space):
                return f"doc/concept/{prefix}/{_quoted(iri[len(space) :])}"
        if iri.startswith(self.base):
            return _quoted(iri[len(self.base) :])
        return None

    def thing_at(self, path: str) -> NamedNode:
        """The thing that a path under `doc/` or `id/` tells of; `path` is without that folder and unescaped.

        Raises ValueError where no IRI can be made of it.
        """
        if _NEVER.search(path):
            raise ValueError(path)
        kind, slash, rest = path.partition("/")
        if kind == "concept" and slash:
            scheme, _, name = rest.partition("/")
            if scheme in self.schemes:
                space = self.schemes[scheme]
                return NamedNode(space + name if name else space.rstrip("/#"))
            return NamedNode(f"{DEFAULT_BASE}id/{path}")
        return NamedNode(f"{self.base}id/{path}")

    def document_of(self, thing: str) -> str:
        """The IRI of the document that tells of a thing."""
        return self.base + (self.path_of(thing.partition("#")[0]) or "")

    def title(self, language: str) -> str:
        texts = self.project.title
        return texts.get(language) or next(iter(texts.values()), self.base)


def open_site(project: Project, store: Store) -> Site:
    """The site of a dataset whose built graph is in the store."""
    names = namespaces(project)
    ours = (project.base, DEFAULT_BASE)
    files = project.files("ontology")
    schemes = {
        prefix: space
        for prefix, space in names.prefixes.items()
        if f"schemes/{prefix}.ttl" in files and not space.startswith(ours)
    }
    return Site(project, names, store, schemes, Memory(Labels(store)))


def relative(target: str, start: str) -> str:
    """The path `target` as a reference from the page at the path `start`, so that it holds wherever the site is put."""
    return "../" * start.count("/") + target or "./"


def _quoted(local: str) -> str:
    whole, hash_, part = local.partition("#")
    return quote(unquote(whole), safe=_SAFE) + hash_ + part
