"""What one folder of data holds at a moment: its files, with what the system says of each and a checksum of what is in it.

A folder is compared as a whole first, by one checksum of the names, sizes and times of all its files; only one that differs is
looked at file by file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from coopgraph.errors import ProjectError, system_text
from coopgraph.project import RDF_SUFFIXES

_SMALL = 2**16
_ENCODING = ("utf-8", "surrogateescape")
_SUM = 32
"""How many letters the checksum of a file has."""
_END = "\0"
"""What ends a record: no name has it in it."""

Held = Mapping[str, tuple[str, str]]
"""For each file by name its stamp and the checksum of its content."""


class Summary(NamedTuple):
    """What a folder holds now: a checksum of the names and stamps of its files, in the order in which the system tells of them, the
    latest of their times in nanoseconds, and the folders in it.
    """

    seen: str
    newest: int
    folders: list[str]


@dataclass(frozen=True)
class Listing:
    """The files of a folder: how many, a checksum of their names and stamps ("": nobody made one), the latest time of any of them
    in nanoseconds, and for each file a record of its name, its stamp and its checksum, as text.
    """

    count: int = 0
    seen: str = ""
    newest: int = 0
    text: bytes | memoryview = b""

    @cached_property
    def records(self) -> list[str]:
        """For each file its name, its stamp and its checksum, with tabs between."""
        return bytes(self.text).decode(*_ENCODING).split(_END)[:-1]

    @cached_property
    def files(self) -> Held:
        """The files by name."""
        return _by_name(self.records)

    @staticmethod
    def of(records: list[str], now: Summary | None = None) -> Listing:
        """The listing of files of which the records are known."""
        text = "".join([record + _END for record in records]).encode(*_ENCODING)
        made = Listing(len(records), now.seen, now.newest, text) if now else Listing(len(records), text=text)
        made.__dict__["records"] = records
        return made

    def is_still(self, now: Summary, before: int) -> bool:
        """Whether it holds what the folder holds now, all of it from before a moment in nanoseconds."""
        return now.seen == self.seen and now.newest < before

    def renewed(self, now: Summary, found: Collection[str], path: str, before: int) -> Listing:
        """The files as they have been found in the folder at `path`: those are read whose stamp is another, or whose times are not
        from before a moment in nanoseconds.
        """
        known = {record[: -_SUM - 1]: record for record in self.records}
        if now.newest >= before:  # a change of the other time moves the last one of a stamp too
            known = {one: record for one, record in known.items() if int(one[one.rfind(" ") :]) < before}
        records = [known.get(one) or f"{one}\t{checksum(path + _name(one))}" for one in found]
        return Listing.of(records, now)

    def differing(self, former: Listing) -> Iterator[tuple[str, str | None, str | None]]:
        """The files that came, went, or have another content than formerly, with the checksum that each had and the one that it has."""
        before, now = set(former.records), set(self.records)
        old, new = _by_name(before - now), _by_name(now - before)
        for name in old.keys() | new.keys():
            had, has = old[name][1] if name in old else None, new[name][1] if name in new else None
            if had != has:
                yield name, had, has


def record_of(path: str | Path, name: str) -> str:
    """The record of a file that is called so in its listing. Raises FileNotFoundError, or ProjectError for one that can't be read."""
    return f"{name}\t{stamp_of(os.stat(path))}\t{checksum(str(path))}"  # noqa: PTH116 - one of very many


def _name(line: str) -> str:
    return line.rpartition("\t")[0]


def _by_name(records: Iterable[str]) -> Held:
    return {name: (stamp, held) for name, stamp, held in (record.rsplit("\t", 2) for record in records)}


def stamp_of(found: os.stat_result) -> str:
    """What is another where a file has another content: its size and its times, the one of its content before that of its state."""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def find(path: str) -> tuple[Summary, list[str]]:
    """What is in a folder, with a line for each RDF file of its name and its stamp; nothing where there is no such folder."""
    names, folders, lines, newest = [], [], [], 0
    try:
        here = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return Summary("", 0, []), []
    try:
        for entry in os.scandir(path):
            name = entry.name
            if name.endswith(RDF_SUFFIXES) and name[0] != "." and entry.is_file():
                names.append(name)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(name)
        stat = os.stat
        for name in names:  # by the folder that is open already: the system has less to look up
            try:
                found = stat(name, dir_fd=here)
            except FileNotFoundError:
                continue
            changed = found.st_ctime_ns
            if changed > newest:
                newest = changed
            lines.append(f"{name}\t{found.st_size} {found.st_mtime_ns} {changed}")
    finally:
        os.close(here)
    seen = hashlib.blake2b("\n".join(lines).encode(*_ENCODING), digest_size=16).hexdigest()
    return Summary(seen, newest, folders), lines


def checksum(path: str) -> str:
    """A checksum of the content of a file. Raises ProjectError for one that can't be read."""
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
