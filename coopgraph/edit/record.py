"""The record of operations: one small file each in `operations/` of the dataset.

They stand among the files and not under `.coopgraph/`, so that git carries them: a colleague who has pulled a merge can
take it back, and a release can tell what was done. One file an operation, so that two stewards' records never conflict.
Each holds what it takes to undo the operation letter for letter where the files are still as it left them, and triple
by triple where they have been edited since.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import RdfFormat, Triple

from coopgraph.edit.text import triples_of
from coopgraph.errors import ProjectError, Text, UsageError
from coopgraph.iris import slug
from coopgraph.project import Project
from coopgraph.turtle import parse

FOLDER = "operations"


@dataclass(frozen=True)
class Edited:
    """What an operation did to one file.

    `sha256` is that of the text it left, None where it removed the file. `old` stood in the place of `new` at
    `offset`; for a file that was not there before, `old` is None.
    """

    path: Path
    sha256: str | None
    offset: int
    old: str | None
    new: str
    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]

    def before(self, text: str | None) -> str | None:
        """The text as it was before, letter for letter. `text` must be the one that the operation left."""
        if self.old is None:
            return None
        now = text or ""
        return now[: self.offset] + self.old + now[self.offset + len(self.new) :]


class Decision(NamedTuple):
    """That a thing, or a `name` in somebody's list, is the `same` as an entry of another register, or is not.

    `register` is what the identifiers are those of: `idtype:wikidata`, or what their addresses begin with. `label` is what the
    entry is called there. `by` is a post or role, never a person.
    """

    thing: str
    name: str
    register: str
    id: str
    label: str
    same: bool
    by: str

    @property
    def said(self) -> Text:
        """The decision in words."""
        entry = f"{self.label} ({self.register} {self.id})" if self.label else f"{self.register} {self.id}"
        return Text(
            f"{self.name} is {'the same as' if self.same else 'another than'} {entry}, says {self.by}.",
            f"{self.name} är {'samma som' if self.same else 'en annan än'} {entry}, enligt {self.by}.",
        )


@dataclass(frozen=True)
class Record:
    """One operation that was written; its name begins with the time."""

    name: str
    operation: str
    about: tuple[str, ...]
    reason: str
    said: tuple[Text, ...]
    files: tuple[Edited, ...]
    new_names: Mapping[str, str]
    decided: tuple[Decision, ...] = ()


def path_of(project: Project, name: str) -> Path:
    return project.root / FOLDER / f"{name}.json"


def new_name(operation: str, about: Sequence[str]) -> str:
    """A name for an operation that is written now."""
    now = datetime.datetime.now(datetime.UTC)
    what = slug(about[0].rpartition(":")[2])[:60].strip("-") if about else ""
    return f"{now:%Y%m%dT%H%M%S%f}-{operation}-{what}".rstrip("-")


def names(project: Project) -> list[str]:
    """The names of all operations, oldest first."""
    return sorted(path.stem for path in (project.root / FOLDER).glob("*.json"))


def sha256(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def written(
    project: Project,
    operation: str,
    *,
    about: Sequence[str],
    reason: str,
    said: Sequence[Text],
    before: Mapping[Path, str | None],
    after: Mapping[Path, str | None],
    new_names: Mapping[str, str],
    decided: Sequence[Decision] = (),
) -> str:
    """The text of a record."""
    content: dict[str, object] = {
        "operation": operation,
        "about": list(about),
        "reason": reason,
        "said": {"sv": [one.sv for one in said], "en": [one.en for one in said]},
        "renamed": dict(new_names),
        "files": [_file(project, path, before[path], after[path]) for path in sorted(after)],
    }
    if decided:
        content["decided"] = [one._asdict() for one in decided]
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _file(project: Project, path: Path, before: str | None, after: str | None) -> dict[str, object]:
    old, new = before or "", after or ""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    was, now = (triples_of(text) if text is not None else [] for text in (before, after))
    here, there = set(was), set(now)
    return {
        "path": project.shown(path),
        "sha256": sha256(after),
        "offset": start,
        "old": None if before is None else old[start : len(old) - end],
        "new": new[start : len(new) - end],
        "removed": [f"{one} ." for one in was if one not in there],
        "added": [f"{one} ." for one in now if one not in here],
    }


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    low, high = 0, shorter
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def load(project: Project, name: str) -> Record:
    """One record. Raises UsageError where there is none of the name, ProjectError where it can't be read."""
    path = path_of(project, name)
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Record(
            name,
            raw["operation"],
            tuple(raw["about"]),
            raw["reason"],
            tuple(Text(en, sv) for en, sv in zip(raw["said"]["en"], raw["said"]["sv"], strict=True)),
            tuple(
                Edited(
                    project.root / one["path"],
                    one["sha256"],
                    one["offset"],
                    one["old"],
                    one["new"],
                    _triples(one["removed"]),
                    _triples(one["added"]),
                )
                for one in raw["files"]
            ),
            raw["renamed"],
            tuple(Decision(**one) for one in raw.get("decided", ())),
        )
    except FileNotFoundError:
        raise UsageError(
            f"There is no operation {name}. List them: coopgraph undo --list",
            f"Det finns ingen åtgärd {name}. Lista dem: coopgraph undo --list",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        shown = project.shown(path)
        raise ProjectError(
            f"{shown}: the record can't be read ({error}). Take it back from git: git checkout {shown}",
            f"{shown}: posten går inte att läsa ({error}). Hämta den ur git: git checkout {shown}",
        ) from error


def _triples(lines: Sequence[str]) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse("\n".join(lines), format=RdfFormat.N_TRIPLES))
