"""The releases of a dataset. A release is a tag in git with a message: the changelog in words, and what its data are.

There is no other file of it, so that it comes to be in one step, and is the very commit that was checked.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coopgraph.build.manifest import read_manifest
from coopgraph.edit.git import git
from coopgraph.errors import Text
from coopgraph.project import Project

TAG = "data-"
"""What the name of a release's tag begins with; other tags may be those of a package."""
_SWEDISH, _ENGLISH, _DATA = "## Svenska\n", "## English\n", "Data-SHA256: "
_FORM = "%(refname:strip=2)%00%(taggerdate:iso-strict)%00%(contents)%01"


@dataclass(frozen=True)
class Release:
    """A release that was made. `notes` is its changelog in words; `of_data` tells its data from all others."""

    version: str
    when: datetime.datetime
    notes: Text
    of_data: str

    @property
    def tag(self) -> str:
        return TAG + self.version


def message(title: str, notes: Text, of_data: str) -> str:
    """The message of a release's tag."""
    return f"{title}\n\n{_SWEDISH}\n{notes.sv}\n\n{_ENGLISH}\n{notes.en}\n\n{_DATA}{of_data}\n"


def releases(project: Project) -> list[Release]:
    """The releases that git knows of, the first one first; none where there is no git."""
    order = ("--sort=version:refname", "--sort=creatordate")
    found = git(project.root, "for-each-ref", *order, f"--format={_FORM}", f"refs/tags/{TAG}*")
    some = [_read(block.strip("\n")) for block in (found or "").split("\x01")]
    return [one for one in some if one is not None]


def released(known: Sequence[Release], folder: Path) -> Release | None:
    """The release that the snapshot in a folder holds, the latest where several have the same data; None where it is none."""
    built = read_manifest(folder / "files") if known else None
    if built is None:
        return None
    return next((one for one in reversed(known) if one.of_data == built.of_data), None)


def _read(block: str) -> Release | None:
    """A release from what git says of its tag; None for another's tag that has a like name."""
    name, _, rest = block.partition("\x00")
    when, _, message = rest.partition("\x00")
    head, swedish, rest = message.partition(_SWEDISH)
    sv, english, rest = rest.partition("\n" + _ENGLISH)
    en, data, digest = rest.rpartition("\n" + _DATA)
    if not (head and when and swedish and english and data):
        return None
    notes = Text(en.strip(), sv.strip())
    return Release(name.removeprefix(TAG), datetime.datetime.fromisoformat(when), notes, digest.strip()[:64])
