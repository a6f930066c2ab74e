"""Write several files as one: a kill at any moment leaves all of them or none, once `recover` has run.

.coopgraph/edit/lock          held by the one process that writes
.coopgraph/edit/0, 1, 2 …     the new files, whole
.coopgraph/edit/journal.json  which of them belongs where: from the moment it is there, the change has been made
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from coopgraph.errors import ProjectError, system_text
from coopgraph.project import Project


def write(project: Project, files: Mapping[Path, str | None], *, unless: Mapping[Path, str | None]) -> None:
    """Give the files these texts, or remove them (None). Raises ProjectError, and then nothing has changed.

    `unless` holds the texts that the files must still have: nobody's work is written over.
    """
    try:
        with _alone(project) as folder:
            _finish(project, folder)
            for path, text in unless.items():
                if text_of(path) != text:
                    shown = project.shown(path)
                    raise ProjectError(
                        f"{shown} has changed in the meantime. Nothing was written; do the same again.",
                        f"{shown} har ändrats under tiden. Inget skrevs; gör om samma sak.",
                    )
            _journal(project, folder, files)
            _finish(project, folder)
    except OSError as error:
        said, where = system_text(error), error.filename or project.root
        raise ProjectError(
            f"{where}: {said.en}. The change is not written, or will be finished by the next command.",
            f"{where}: {said.sv}. Ändringen är inte skriven, eller görs klar av nästa kommando.",
        ) from error


def recover(project: Project) -> None:
    """Finish a change that a kill broke off after it was decided; clear what one broke off before."""
    folder = _folder(project)
    if folder.is_dir() and any(one.name != "lock" for one in folder.iterdir()):
        with _alone(project) as folder:
            _finish(project, folder)


def text_of(path: Path) -> str | None:
    """The text of a file with its line ends as they are; None where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None


def _folder(project: Project) -> Path:
    return project.state / "edit"


@contextmanager
def _alone(project: Project) -> Iterator[Path]:
    """Hold the lock of writers; the system lets go of it however this process ends."""
    folder = _folder(project)
    folder.mkdir(parents=True, exist_ok=True)
    ignored = project.state / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _journal(project: Project, folder: Path, files: Mapping[Path, str | None]) -> None:
    """Put the new files ready, then decide: from then on they will come to their places."""
    moves: list[tuple[str, str | None]] = []
    for number, (path, text) in enumerate(sorted(files.items())):
        place = path.relative_to(project.root).as_posix()
        if text is None:
            moves.append((place, None))
            continue
        new = folder / str(number)
        _put(new, text)
        if path.exists():
            new.chmod(path.stat().st_mode & 0o7777)
        moves.append((place, new.name))
    _put(folder / "journal.new", json.dumps(moves))
    _sync(folder)
    (folder / "journal.new").replace(folder / "journal.json")
    _sync(folder)


def _finish(project: Project, folder: Path) -> None:
    """Bring the files to their places, as far as they are not there yet, and clear up."""
    journal = folder / "journal.json"
    if journal.exists():
        for place, name in json.loads(journal.read_text(encoding="utf-8")):
            path = project.root / place
            if name is None:
                path.unlink(missing_ok=True)
            elif (folder / name).exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                (folder / name).replace(path)
                _sync(path.parent)
        journal.unlink()
    for left in folder.iterdir():
        if left.name != "lock":
            left.unlink()


def _put(path: Path, text: str) -> None:
    with path.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Let the names in a folder reach the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
