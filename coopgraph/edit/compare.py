"""What two states of a graph say otherwise: revisions of git, files, the built graph, an endpoint, the files as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple

from coopgraph.build.derive import derived_graph
from coopgraph.build.snapshot import current
from coopgraph.edit import record
from coopgraph.edit.atomic import text_of
from coopgraph.edit.git import git, texts
from coopgraph.edit.graph import Graph
from coopgraph.edit.sentences import difference, told
from coopgraph.edit.text import triples_of, with_new_names
from coopgraph.errors import Text, UsageError
from coopgraph.iris import Namespaces
from coopgraph.project import RDF_SUFFIXES, Project
from coopgraph.store import Store
from coopgraph.turtle import read

BUILT, HERE = "built", "files"
"""The names of the built graph and of the files as they are, beside revisions, paths and addresses."""


class Compared(NamedTuple):
    """What two states say, as far as they may differ: whole things, on both sides."""

    before: tuple[Triple, ...]
    after: tuple[Triple, ...]

    @property
    def removed(self) -> list[Triple]:
        return sorted(set(self.before) - set(self.after), key=str)

    @property
    def added(self) -> list[Triple]:
        return sorted(set(self.after) - set(self.before), key=str)

    def patch(self) -> str:
        """The difference as an RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html), deletions first."""
        lines = [f"D {one} ." for one in self.removed] + [f"A {one} ." for one in self.added]
        return "\n".join(["TX .", *lines, "TC ."]) + "\n"

    def sentences(self, graph: Graph) -> list[Text]:
        """The difference thing by thing, with the names that the graph has."""
        return list(difference(graph, self.before, self.after))


def compare(project: Project, names: Namespaces, before: str, after: str = HERE) -> Compared:
    """Compare two states, each a revision of git, a file or folder of RDF, `built`, `files`, or the address of an endpoint.

    Of two states in git only the files that differ are read. Raises UsageError for what is none of these.
    """
    changed = _changed(project, before, after)
    return Compared(*(tuple(_triples(project, names, side, changed)) for side in (before, after)))


def _changed(project: Project, before: str, after: str) -> list[str] | None:
    """The files of data that differ between two states in git; None where git does not know both."""
    if not _is_revision(project, before) or not (after == HERE or _is_revision(project, after)):
        return None
    revisions = [before] if after == HERE else [before, after]
    found = git(project.root, "diff", "--name-only", "--no-renames", "--relative", *revisions, "--", "data")
    untracked = (
        git(project.root, "ls-files", "--others", "--exclude-standard", "--", "data") if after == HERE else ""
    )
    return sorted({*(found or "").splitlines(), *(untracked or "").splitlines()})


def _is_revision(project: Project, text: str) -> bool:
    if text in (HERE, BUILT) or text.startswith(("-", "http://", "https://")):
        return False
    return git(project.root, "rev-parse", "--verify", "--quiet", f"{text}^{{commit}}") is not None


def _triples(project: Project, names: Namespaces, side: str, changed: list[str] | None) -> Iterable[Triple]:
    if changed is not None:
        for name, text in _texts(project, side, changed):
            yield from triples_of(text, path=Path(name))
    elif side == HERE:
        for path in project.data_files():
            yield from (quad.triple for quad in read(path))
    elif side == BUILT:
        snapshot = current(project)
        yield from _authored(snapshot.store, names)
        snapshot.close()
    elif side.startswith(("http://", "https://")):
        from coopgraph.store.remote import RemoteStore

        yield from _authored(RemoteStore(side), names)
    elif _is_revision(project, side):
        listed = git(project.root, "ls-tree", "-r", "--name-only", side, "--", "data") or ""
        for name, text in _texts(project, side, listed.splitlines()):
            yield from triples_of(text, path=Path(name))
    else:
        yield from _of_path(Path(side))


def _texts(project: Project, side: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The files of Turtle among those named that the files as they are, or a revision, have, with their texts."""
    turtle = [name for name in names if name.endswith(".ttl")]
    if side != HERE:
        yield from texts(project.root, side, turtle)
        return
    for name in turtle:
        text = text_of(project.root / name)
        if text is not None:
            yield name, text


def _of_path(path: Path) -> Iterable[Triple]:
    if not path.exists():
        raise UsageError(
            f"'{path}' is no revision of git, no file or folder, no address of an endpoint, and neither '{HERE}' nor '{BUILT}'.",
            f"'{path}' är ingen revision i git, ingen fil eller mapp, ingen adress till en endpoint, och varken '{HERE}' eller '{BUILT}'.",
        )
    files = (
        [path]
        if path.is_file()
        else sorted(one for one in path.rglob("*") if one.name.endswith(RDF_SUFFIXES))
    )
    for one in files:
        yield from (quad.triple for quad in read(one))


def _authored(store: Store, names: Namespaces) -> Iterable[Triple]:
    """What the files said that a store was built from; of a store that has our graphs not apart, what it says of our things."""
    start = names.graph_of("").value
    ours = f'STRSTARTS(STR(?g), "{start}")'
    if store.ask(f"ASK {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({ours}) }}"):
        yield from store.construct(
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({ours} "
            f'&& !STRSTARTS(STR(?g), "{start}ontology/") && ?g NOT IN ({derived_graph(names)}, {names.graph_of("build")})) }}'
        )
    else:
        yield from store.construct(
            "CONSTRUCT { ?s ?p ?o } WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } "
            f'FILTER(STRSTARTS(STR(?s), "{names.base}id/") && !STRSTARTS(STR(?s), "{names.base}id/concept/")) }}'
        )


class Entry(NamedTuple):
    """A commit that changed a thing: when, who, with which word, and what it did."""

    commit: str
    day: str
    who: str
    message: str
    said: tuple[Text, ...]


def log(graph: Graph, thing: NamedNode, *, most: int = 20) -> list[Entry]:
    """Who changed what of a thing and when, the last first, from git; under the slugs too that it was moved from.

    Raises UsageError where git knows nothing of it.
    """
    root = graph.project.root
    paths = [graph.path_of(one).relative_to(root).as_posix() for one in (thing, *_former(graph, thing))]
    path = paths[0]
    form = "--format=%x01%h%x00%as%x00%an%x00%s"
    found = git(
        root, "log", "--no-renames", f"--max-count={most}", "--name-status", "--relative", form, "--", *paths
    )
    if not found:
        raise UsageError(
            f"git knows nothing of {path}. It is perhaps not committed yet.",
            f"git vet ingenting om {path}. Filen är kanske inte incheckad än.",
        )
    entries = []
    for block in found.split("\x01")[1:]:
        head, _, rest = block.partition("\n")
        commit, day, who, message = head.split("\x00")
        names = _paths(rest)
        sides = [
            triples_of(text, path=Path(name))
            if name and (text := git(root, "show", f"{revision}:./{name}"))
            else []
            for revision, name in ((f"{commit}^", names[0]), (commit, names[1]))
        ]
        said: list[Text] = []
        was, now = names
        if was and now and was != now:  # it was moved: everything is as it was, under another name
            old, new = (
                graph.names.thing_of(name.removeprefix("data/").removesuffix(".ttl")) for name in (was, now)
            )
            said += told(graph, {}, {}, {old: new})
            sides[0] = [with_new_names(one, {old: new}) for one in sides[0]]
        entries.append(Entry(commit, day, who, message, (*said, *difference(graph, sides[0], sides[1]))))
    return entries


def _former(graph: Graph, thing: NamedNode) -> list[NamedNode]:
    """What a thing was called before it was moved. Git's own guess would take a new file for a copy of one like it."""
    moved: dict[str, str] = {}
    for name in record.names(graph.project):
        if name.split("-")[1:2] == ["move"]:
            moved |= {new: old for old, new in record.load(graph.project, name).new_names.items()}
    found = [thing]
    while (old := moved.get(found[-1].value)) and NamedNode(old) not in found:
        found.append(NamedNode(old))
    return found[1:]


def _paths(status: str) -> tuple[str | None, str | None]:
    """The paths before and after, of the lines of `git log --name-status`: two of them where it was moved."""
    was = now = None
    for line in status.splitlines():
        kind, _, path = line.partition("\t")
        was = path if kind in ("M", "D") else was
        now = path if kind in ("M", "A") else now
    return was, now
