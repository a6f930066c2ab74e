"""What the files of a dataset are at a moment: enough to know later which of them have changed.

A file is read again only where its size or one of its times is another than before. One that was changed in the very
moment of the former look is read again too, as its times would not tell of a second change.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from coopgraph.errors import ProjectError, system_text
from coopgraph.project import RDF_SUFFIXES, SETTINGS, Project

DATA = "data/"
_FOLDERS = {"ontology": (".ttl", ".rq"), "shapes": (".ttl",), "queries": (".rq",)}
_SMALL = 2**16
_MOMENT = 50_000_000
"""Nanoseconds within which a file system may give two changes one time."""


@dataclass(frozen=True)
class Manifest:
    """The files by name (`data/organisation/x.ttl`, `shapes/Place.ttl`, whether the dataset's own or packaged): for each
    its size and times, as one text, and the checksum of its content. `code` is the coopgraph that read them, `sums` a
    checksum of each of the folders at the top.
    """

    taken: int = 0
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    code: str = ""
    sums: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def fingerprint(self) -> str:
        """A name for what is built from the files: the same content gives the same name."""
        return self.digest(("data", "ontology", SETTINGS))

    @property
    def of_data(self) -> str:
        """A checksum of the content of the files of data, whichever coopgraph reads them."""
        return f"{self.sums.get('data', 0):064x}"

    def digest(self, folders: Iterable[str]) -> str:
        """A checksum of the content of all files in some folders at the top, and of the coopgraph that reads them."""
        lines = (f"{folder}\t{self.sums.get(folder, 0):x}\n" for folder in folders)
        return hashlib.sha256("".join((self.code, *lines)).encode()).hexdigest()[:16]

    def changed_since(self, before: Manifest) -> set[str]:
        """The names of the files that came, went, or have another content."""
        return _differing(before.files, self.files)

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        sums = " ".join(f"{folder}={value:x}" for folder, value in self.sums.items())
        lines = (f"{name}\t{stamp}\t{checksum}" for name, (stamp, checksum) in self.files.items())
        path.write_text(
            "\n".join((f"{self.taken}\t{self.code}\t{sums}", *lines)),
            encoding="utf-8",
            errors="surrogateescape",
        )


@cache
def _coopgraph() -> str:
    """What tells one state of coopgraph's code from every other: it may be a checkout that somebody works in."""
    lines = sorted(_modules(str(Path(__file__).parents[1])))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _modules(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.name.endswith(".py"):
            found = entry.stat()
            yield f"{entry.name} {found.st_size} {found.st_mtime_ns}"
        elif entry.is_dir(follow_symlinks=False):
            yield from _modules(entry.path)


def read_manifest(path: Path) -> Manifest | None:
    """The manifest that was kept in a file; None where there is none, or not a whole one."""
    try:
        head, *lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
        rows = (line.split("\t") for line in lines)
        taken, code, sums = head.split("\t")
        pairs = (one.split("=") for one in sums.split())
        return Manifest(
            int(taken),
            {name: (stamp, checksum) for name, stamp, checksum in rows},
            code,
            {folder: int(value, 16) for folder, value in pairs},
        )
    except (OSError, ValueError):
        return None


def look(project: Project, before: Manifest | None = None, only: Collection[str] | None = None) -> Manifest:
    """The files of a dataset as they are now. Raises ProjectError for one that can't be read.

    `only` names files of data where it is known that no other has changed since `before`.
    """
    known = before or Manifest()
    taken, before_that = time.time_ns(), known.taken - _MOMENT
    files = {} if only is None else {**known.files}
    for name in only or ():
        files.pop(name, None)
    for name, path, found in _files(project) if only is None else _named(project, only):
        stamp = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
        former = known.files.get(name)
        settled = found.st_ctime_ns < before_that  # which a change of the other time moves too
        if former is None or former[0] != stamp or not settled:
            former = (stamp, _checksum(path))
        files[name] = former
    changed = _differing(known.files, files) if only is None else only
    return Manifest(taken, files, _coopgraph(), _sums(known, files, changed))


def _differing(old: Mapping[str, tuple[str, str]], new: Mapping[str, tuple[str, str]]) -> set[str]:
    return (old.keys() - new.keys()) | {
        name for name, (_, checksum) in new.items() if name not in old or old[name][1] != checksum
    }


def _sums(before: Manifest, files: Mapping[str, tuple[str, str]], changed: Iterable[str]) -> dict[str, int]:
    """A checksum of each folder at the top: the sum of those of its files, so that one that changes needs no other."""
    sums = dict(before.sums)
    for name in changed:
        folder = name.partition("/")[0]
        for sign, held in ((-1, before.files), (1, files)):
            if name in held:
                line = f"{name}\t{held[name][1]}".encode("utf-8", "surrogateescape")
                number = int.from_bytes(hashlib.sha256(line).digest())
                sums[folder] = (sums.get(folder, 0) + sign * number) % 2**256
    return sums


def path_of(project: Project, name: str) -> Path:
    """Where the file of data lies that the manifest names."""
    return project.root / name


def _files(project: Project) -> Iterator[tuple[str, str, os.stat_result]]:
    yield from _below(str(project.data), DATA)
    for folder, suffixes in _FOLDERS.items():
        for name, path in project.files(folder, suffixes).items():
            yield f"{folder}/{name}", str(path), path.stat()
    settings = project.root / SETTINGS
    yield SETTINGS, str(settings), settings.stat()


def _named(project: Project, names: Iterable[str]) -> Iterator[tuple[str, str, os.stat_result]]:
    for name in names:
        path = path_of(project, name)
        with suppress(FileNotFoundError):
            yield name, str(path), path.stat()


def _below(folder: str, name: str) -> list[tuple[str, str, os.stat_result]]:
    """The RDF files in a folder and those under it, with what the system says of them."""
    found: list[tuple[str, str, os.stat_result]] = []
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return found
    for entry in entries:
        own = entry.name
        if own.endswith(RDF_SUFFIXES) and not own.startswith(".") and entry.is_file():
            found.append((name + own, entry.path, entry.stat()))
        elif entry.is_dir(follow_symlinks=False):
            found += _below(entry.path, f"{name}{own}/")
    return found


def _checksum(path: str) -> str:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - one of very many
            start = file.read(_SMALL)
            if len(start) < _SMALL:
                return hashlib.sha256(start).hexdigest()[:32]
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError as error:
        said = system_text(error)
        raise ProjectError(
            f"{path}: can't be read: {said.en}.", f"{path}: filen går inte att läsa: {said.sv}."
        ) from error
