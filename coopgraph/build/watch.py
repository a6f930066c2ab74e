"""Build a dataset again whenever one of its files is saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from coopgraph.build.assemble import Progress, silent
from coopgraph.build.make import Seen, build
from coopgraph.build.manifest import DATA, Manifest, look, read_manifest
from coopgraph.build.snapshot import BuildReport, current
from coopgraph.errors import CoopgraphError
from coopgraph.project import RDF_SUFFIXES, Project, load
from coopgraph.saves import saves


def built(
    project: Project, *, memory: bool | None = None, progress: Progress = silent
) -> Iterator[BuildReport | CoopgraphError]:
    """What was built or why it was not, now and after each save; never ends by itself.

    As the files are watched, those that nobody touched are not looked at.
    """
    known: Manifest | None = None
    changed: set[str] = set()
    for paths in saves(project):
        names = {path.relative_to(project.root).as_posix() for path in paths}
        changed |= names
        try:
            if known is None or not all(
                name.startswith(DATA) and name.endswith(RDF_SUFFIXES) for name in changed
            ):
                project = load(project.root)
                report = build(project, memory=memory, progress=progress)
                known = _manifest(project)
            else:
                now = look(project, known, changed)
                report = build(project, memory=memory, seen=Seen(known, now, frozenset(changed)))
                known = now
        except CoopgraphError as error:
            yield error
        else:
            changed = set()
            yield report


def _manifest(project: Project) -> Manifest | None:
    with closing(current(project)) as snapshot:
        return read_manifest(snapshot.folder / "files")
