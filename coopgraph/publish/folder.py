"""A folder of files that we keep: each is written whole or not at all, what has not changed is left alone, what went is removed.

A list of the files, `.coopgraph-site`, says which are ours. It names a file before the file comes to be and until it is gone, so that a
run that is killed leaves nothing that the next run does not know of.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from coopgraph.errors import ProjectError, StoreError, system_text

LIST = ".coopgraph-site"
_NEW = ".coopgraph-new"
_HEAD = (
    "# The files of this folder that coopgraph publish writes, and removes when they are no longer wanted.\n"
)


class Folder:
    """Our files in a folder. `known` are the paths that are ours, below the folder and with "/" between."""

    def __init__(self, root: Path, known: set[str]) -> None:
        self.root, self.known = root, known

    def announce(self, paths: Iterable[str]) -> None:
        """Say that files at these paths are about to be ours. Raises ProjectError where somebody else's file is, or for no path at all."""
        new = set(paths) - self.known
        for path in sorted(new):
            if not all(part.strip(".") for part in path.split("/")) or not path.isprintable():
                raise ProjectError(
                    f"'{path}' can't be the path of a file. Give the thing an IRI of plain letters and digits.",
                    f"'{path}' kan inte vara en fils sökväg. Ge saken en IRI med vanliga bokstäver och siffror.",
                )
            if os.path.isfile(f"{self.root}/{path}"):  # noqa: PTH113 - ten times as quick, and there are many
                raise ProjectError(
                    f"{self.root / path}: the file is not one that coopgraph publish has written. Move it away.",
                    f"{self.root / path}: filen är inte skriven av coopgraph publish. Flytta undan den.",
                )
        self.known |= new
        with (self.root / LIST).open("a", encoding="utf-8") as file:
            file.writelines(f"{path}\n" for path in sorted(new))

    def keep(self, paths: Iterable[str]) -> int:
        """Remove our files but these; gives how many were removed."""
        wanted = set(paths)
        gone = sorted(self.known - wanted, reverse=True)
        removed = 0
        for path in gone:
            target = self.root / path
            if target.is_file() or target.is_symlink():
                target.unlink()
                removed += 1
            for parent in Path(path).parents:
                try:
                    (self.root / parent).rmdir() if parent.parts else None
                except OSError:
                    break  # it holds something, or is gone already
        self.known = wanted
        self.keep_list()
        return removed

    def keep_list(self) -> None:
        """Write the list anew, in order."""
        put(self.root, LIST, (_HEAD + "".join(f"{path}\n" for path in sorted(self.known))).encode())


@contextmanager
def ours(root: Path) -> Iterator[Folder]:
    """The folder, made if it is not there, for one process at a time.

    Raises ProjectError when it has files and no list of ours, or when another process is writing it.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        held = os.open(root, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(root, error) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProjectError(
                f"{root}: another process is publishing there. Wait until it is done.",
                f"{root}: en annan process publicerar där. Vänta tills den är klar.",
            ) from None
        try:
            known = _listed(root)
            shutil.rmtree(root / _NEW, ignore_errors=True)
            (root / _NEW).mkdir()
            target = Folder(root, known)
            target.keep_list()
            yield target
        except OSError as error:
            raise _unwritable(root, error) from error
        finally:
            shutil.rmtree(root / _NEW, ignore_errors=True)
    finally:
        os.close(held)


def put(root: Path, path: str, content: bytes) -> bool:
    """Write a file of the folder, at once and whole; gives false when it held that already."""
    target, new = f"{root}/{path}", f"{root}/{_NEW}/{os.getpid()}"
    try:
        with open(target, "rb") as file:  # noqa: PTH123 - here and below quicker than by Path, and there are many
            if file.read() == content:
                return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
    with open(new, "wb") as file:  # noqa: PTH123
        file.write(content)
    os.replace(new, target)  # noqa: PTH105
    return True


def _listed(root: Path) -> set[str]:
    names = {one.name for one in root.iterdir()}
    if LIST in names:
        lines = (root / LIST).read_text(encoding="utf-8").splitlines(keepends=True)
        # a line that was not written to its end names no file that came to be
        return {line[:-1] for line in lines if line.endswith("\n") and not line.startswith(("#", "\n"))}
    if names - {_NEW}:
        raise ProjectError(
            f"{root}: the folder holds files that coopgraph publish has not written. Give an empty folder, or a new one.",
            f"{root}: i mappen finns filer som inte är skrivna av coopgraph publish. Ange en tom eller ny mapp.",
        )
    return set()


def _unwritable(root: Path, error: OSError) -> StoreError:
    where, said = error.filename or root, system_text(error)
    return StoreError(
        f"{where}: {said.en}. What was published before is still there; make room or give the right to write, and publish again.",
        f"{where}: {said.sv}. Det som redan var publicerat finns kvar. Frigör utrymme eller ge skrivrätt, och publicera igen.",
    )
