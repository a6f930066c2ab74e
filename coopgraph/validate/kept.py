"""What a check has found, kept beside the builds, so that the next one looks only at what has changed since.

    .coopgraph/checked/lock         held by the one check that uses what is kept
    .coopgraph/checked/store/       the graph that was checked (Oxigraph)
    .coopgraph/checked/files        the files as they were
    .coopgraph/checked/found.json   what was found; written last, and removed before anything else is changed

Whatever is in doubt (a check that was broken off, another version, other shapes or ontology, many changed files) means a
check of everything.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coopgraph.build.assemble import Assembly, Progress, silent
from coopgraph.build.manifest import Manifest, look, path_of, read_manifest
from coopgraph.build.origins import Origins
from coopgraph.build.snapshot import current
from coopgraph.errors import ProjectError, StoreError
from coopgraph.iris import namespaces
from coopgraph.project import SETTINGS, Project
from coopgraph.store.local import LocalStore
from coopgraph.validate.keeping import Unfit, from_json, to_json
from coopgraph.validate.session import Session

_RULES = ("ontology", "shapes", "queries", SETTINGS)
_FEW, _SHARE = 100, 0.02
"""Up to how many files, or what share of all, are looked at one by one."""


@contextmanager
def at_hand(project: Project, progress: Progress = silent) -> Iterator[Session]:
    """A session of the dataset as its files are now; what it knows is kept when the work inside is done."""
    folder = project.state / "checked"
    with _alone(folder) as alone:
        if not alone:
            yield Session(project, progress=progress)
            return
        known = read_manifest(folder / "files")
        files = look(project, known)
        changed = files.changed_since(known) if known else set()
        session = _taken_up(project, folder, files, known, changed) if known else None
        whole = session is None
        if session is None:
            session = Session(project, progress=progress)
        yield session
        if whole or changed:
            with suppress(OSError, StoreError, Unfit):
                _keep(session, folder, files, whole=whole)


def _taken_up(
    project: Project, folder: Path, files: Manifest, known: Manifest, changed: set[str]
) -> Session | None:
    """What an earlier check left, brought in line; None where everything must be looked at."""
    few = len(changed) <= max(_FEW, _SHARE * len(files))
    if not few or files.digest(_RULES) != known.digest(_RULES):
        return None
    try:
        said = json.loads((folder / "found.json").read_text(encoding="utf-8"))
        if changed:
            (folder / "found.json").unlink()
            store = LocalStore.change(folder / "store")
        else:
            store = LocalStore.open(folder / "store")
        names = namespaces(project)
        origins = Origins(project, names, known, unread=set(said["unread"]))
        assembly = Assembly(project, names, store, origins, ())
        session = Session(project, (assembly, lambda shapes: from_json(said["found"], project, shapes)))
    except (OSError, ValueError, KeyError, TypeError, StoreError):
        return None
    if changed:
        session.update([path_of(project, name) for name in sorted(changed)])
    return session


def _keep(session: Session, folder: Path, files: Manifest, *, whole: bool) -> None:
    with suppress(FileNotFoundError):
        (folder / "found.json").unlink()
    if not session.can_be_kept:
        return
    found = session.found
    said = to_json(found, session.project, session.shapes)
    if whole:
        shutil.rmtree(folder / "store", ignore_errors=True)
        _write_store(session, folder / "store", files)
    else:
        session.assembly.store.engine.flush()
    files.write(folder / "files")
    unread = [
        session.project.shown(path)
        for path in found.errors
        if session.graph_of(path) not in session.assembly.origins
    ]
    new = folder / "found.new"
    new.write_text(json.dumps({"found": said, "unread": unread}), encoding="utf-8")
    new.replace(folder / "found.json")


def _write_store(session: Session, path: Path, files: Manifest) -> None:
    """The graph of the session on disk: by a copy of the current build, where that was made of the same files."""
    try:
        snapshot = current(session.project)
    except (ProjectError, StoreError):
        session.assembly.store.write(path)
        return
    try:
        if snapshot.report.snapshot == files.fingerprint and not session.found.errors:
            snapshot.store.engine.backup(str(path))
        else:
            session.assembly.store.write(path)
    finally:
        snapshot.close()


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether what is kept is ours to use: no other check has it, and the folder can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        yield False
        return
    try:
        yield True
    finally:
        os.close(lock)
