"""Immutable snapshots: made beside the current one, swapped in by renaming one small file.

    .coopgraph/lock               held by the one build that runs
    .coopgraph/current            the name of the snapshot that answers
    .coopgraph/snapshots/NAME/    store/ (Oxigraph), names (the index of names), files (what it was built from), report.json,
                                  held (locked while somebody reads)

A reader never sees half a build, a crash costs nothing, and the next build clears what a crash left.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from coopgraph.errors import ProjectError, StoreError, system_text
from coopgraph.project import Project
from coopgraph.store.local import LocalStore


@dataclass(frozen=True)
class BuildReport:
    """What a build holds: `kinds` maps a class to the number of its things; `fresh` is false when nothing had changed.

    `steps` is how many builds it is away from one that read every file; `base` is the base IRI it was built with. With
    `memory`, who asks many questions of it reads it into memory first.
    """

    snapshot: str
    triples: int
    derived: int
    files: int
    kinds: dict[str, int]
    fresh: bool
    steps: int
    base: str
    memory: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The current snapshot, open to read; hold it as long as its store is used."""

    store: LocalStore
    report: BuildReport
    made: float
    folder: Path
    _held: int

    def for_many_questions(self) -> LocalStore:
        """The store for a reader that stays: in memory, where the build was made so."""
        return self.store.in_memory() if self.report.memory else self.store

    def close(self) -> None:
        os.close(self._held)


def current(project: Project) -> Snapshot:
    """The snapshot that answers. Raises ProjectError when nothing has been built yet."""
    pointer = project.state / "current"
    for _ in range(3):  # a build may remove a snapshot between the look at its name and its opening
        try:
            folder = project.state / "snapshots" / pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise ProjectError(
                f"{project.root}: nothing has been built yet. Build it first: coopgraph build",
                f"{project.root}: inget är byggt än. Bygg först: coopgraph build",
            ) from None
        except OSError as error:
            raise _closed(error) from error
        except ValueError:  # no text
            break
        try:
            held = os.open(folder / "held", os.O_RDONLY)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _closed(error) from error
        except ValueError:  # no name of a file
            break
        fcntl.flock(held, fcntl.LOCK_SH)
        report = _report(folder)
        if report is not None:
            return Snapshot(_store(folder, report), report, pointer.stat().st_mtime, folder, held)
        os.close(held)
    raise _damaged(project.state)


def read_report(folder: Path) -> BuildReport | None:
    """What the snapshot in a folder says of itself; None where there is none that can be opened."""
    report = _report(folder)
    if report is None or not (folder / "held").exists():
        return None
    try:
        _store(folder, report)
    except StoreError:
        return None
    return report


def _store(folder: Path, report: BuildReport) -> LocalStore:
    """The store in a folder. Raises StoreError when it is damaged."""
    store = LocalStore.open(folder / "store")
    # the engine takes a list of its files that was cut for that of an empty store
    if report.triples and next(store.engine.quads_for_pattern(None, None, None, None), None) is None:
        raise _damaged(folder)
    return store


def _damaged(where: Path) -> StoreError:
    return StoreError(
        f"{where}: the built graph is damaged. Build it again: coopgraph build",
        f"{where}: den byggda grafen är skadad. Bygg om den: coopgraph build",
    )


def _closed(error: OSError) -> StoreError:
    """The error for a part of the built graph that the system does not let us open."""
    said = system_text(error)
    return StoreError(
        f"{error.filename}: the built graph can't be read: {said.en}.",
        f"{error.filename}: den byggda grafen går inte att läsa: {said.sv}.",
    )


def _report(folder: Path) -> BuildReport | None:
    """The report in a folder; None where there is no whole one."""
    try:
        return BuildReport(**json.loads((folder / "report.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
