"""What the files of a dataset are at a moment: enough to know later which of them have changed.

A file is read again only where its size or one of its times is another than before. One that was changed in the very
moment of the former look is read again too, as its times would not tell of a second change.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from coopgraph.build.aside import Aside, Found
from coopgraph.build.listing import Listing, find, record_of
from coopgraph.project import SETTINGS, Project

DATA = "data/"
_FOLDERS = {"ontology": (".ttl", ".rq"), "shapes": (".ttl",), "queries": (".rq",)}
_OTHERS = ""
"""What the listing is called of all that is no data: it may lie in the dataset or in the package."""
_FORM = 2
"""Which form of the file this coopgraph reads and writes."""
_MOMENT = 50_000_000
"""Nanoseconds within which a file system may give two changes one time."""


@dataclass(frozen=True)
class Manifest:
    """The files by name (`data/organisation/x.ttl`, `shapes/Place.ttl`, whether the dataset's own or packaged), listed by the
    folder that they lie in. `taken` is when, in nanoseconds, `code` is the coopgraph that read them, `sums` a checksum of each of
    the folders at the top.
    """

    taken: int = 0
    listings: Mapping[str, Listing] = field(default_factory=dict)
    code: str = ""
    sums: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(listing.count for listing in self.listings.values())

    def __iter__(self) -> Iterator[str]:
        for folder, listing in self.listings.items():
            for name in listing.files:
                yield folder + name

    def __contains__(self, name: str) -> bool:
        folder, own = _place(name)
        return folder in self.listings and own in self.listings[folder].files

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
        return {name for name, _, _ in _differing(before.listings, self.listings)}

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        head = {
            "form": _FORM,
            "taken": self.taken,
            "code": self.code,
            "sums": {folder: f"{value:x}" for folder, value in self.sums.items()},
            "listings": {
                folder: (one.count, one.seen, one.newest, len(one.text))
                for folder, one in self.listings.items()
            },
        }
        new = path.with_name(f"{path.name}.new")
        with new.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            for one in self.listings.values():
                file.write(one.text)
        new.replace(path)


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
        with path.open("rb") as file:
            head = json.loads(file.readline())
            if head["form"] != _FORM:
                return None
            rest = memoryview(file.read())
        listings, start = {}, 0
        for folder, (count, seen, newest, size) in head["listings"].items():
            listings[folder] = Listing(count, seen, newest, rest[start : start + size])
            start += size
        sums = {folder: int(value, 16) for folder, value in head["sums"].items()}
        return Manifest(head["taken"], listings, head["code"], sums) if start == len(rest) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def look(project: Project, before: Manifest | None = None, only: Collection[str] | None = None) -> Manifest:
    """The files of a dataset as they are now. Raises ProjectError for one that can't be read.

    `only` names files of data where it is known that no other has changed since `before`.
    """
    known = before or Manifest()
    taken, settled = time.time_ns(), known.taken - _MOMENT
    if only is None:
        listings = dict(_data(str(project.data), known, settled))
        listings[_OTHERS] = Listing.of(_others(project))
    else:
        listings = {**known.listings, **_named(project, known, only)}
    return Manifest(taken, listings, _coopgraph(), _sums(known, listings))


def _data(top: str, known: Manifest, settled: int) -> Iterator[tuple[str, Listing]]:
    """The listings of the folder of data and of those under it, if there is any file in them."""
    aside = Aside(
        {f"{top}/{name[len(DATA) :]}": one for name, one in known.listings.items() if name != _OTHERS}
    )
    told: Mapping[str, Found] | None = None
    waiting, later = [DATA], list[str]()
    while waiting or later:
        if not waiting:
            waiting, later, told = later, [], aside.found()
        name = waiting.pop()
        path = f"{top}/{name[len(DATA) :]}"
        if told is None and path in aside.paths:
            later.append(name)
            continue
        former = known.listings.get(name, Listing())
        summary, lines = (told.get(path) if told else None) or find(path)
        if not former.is_still(summary, settled):
            if (
                not lines
            ):  # the other process tells them of what differs, not of what is as new as the former look
                summary, lines = find(path)
            former = former.renewed(summary, lines, path, settled)
        waiting += [f"{name}{folder}/" for folder in summary.folders]
        if former.count:
            yield name, former


def _others(project: Project) -> list[str]:
    """The files that are no data; there are few, and all are read."""
    paths = {
        f"{folder}/{name}": path
        for folder, suffixes in _FOLDERS.items()
        for name, path in project.files(folder, suffixes).items()
    }
    paths[SETTINGS] = project.root / SETTINGS
    return [record_of(path, name) for name, path in paths.items()]


def _named(project: Project, known: Manifest, names: Iterable[str]) -> dict[str, Listing]:
    """The listings that files of data are in, with these files as they are now."""
    touched: dict[str, dict[str, Path]] = defaultdict(dict)
    for name in names:
        folder, own = _place(name)
        touched[folder][own] = path_of(project, name)
    listings = {}
    for folder, paths in touched.items():
        former = known.listings.get(folder, Listing()).records
        records = [record for record in former if record.rsplit("\t", 2)[0] not in paths]
        for own, path in paths.items():
            with suppress(FileNotFoundError):
                records.append(record_of(path, own))
        listings[folder] = Listing.of(records)
    return listings


def _place(name: str) -> tuple[str, str]:
    """The listing that a file is in, and what it is called there."""
    folder, slash, own = name.rpartition("/")
    return (folder + slash, own) if name.startswith(DATA) else (_OTHERS, name)


def _differing(
    before: Mapping[str, Listing], now: Mapping[str, Listing]
) -> Iterator[tuple[str, str | None, str | None]]:
    """The files that came, went, or have another content, with the checksum that each had and the one that it has."""
    for folder in before.keys() | now.keys():
        former, latter = before.get(folder, Listing()), now.get(folder, Listing())
        if former is not latter:
            yield from ((folder + name, had, has) for name, had, has in latter.differing(former))


def _sums(before: Manifest, now: Mapping[str, Listing]) -> dict[str, int]:
    """A checksum of each folder at the top: the sum of those of its files, so that one that changes needs no other."""
    sums = dict(before.sums)
    for name, had, has in _differing(before.listings, now):
        folder = name.partition("/")[0]
        for sign, held in ((-1, had), (1, has)):
            if held is not None:
                line = f"{name}\t{held}".encode("utf-8", "surrogateescape")
                number = int.from_bytes(hashlib.sha256(line).digest())
                sums[folder] = (sums.get(folder, 0) + sign * number) % 2**256
    return sums


def path_of(project: Project, name: str) -> Path:
    """Where the file of data lies that the manifest names."""
    return project.root / name
