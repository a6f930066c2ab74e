"""What the columns of a sheet mean: a small file of the dataset, `mappings/NAME.yaml`, or one that comes with the package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from coopgraph.edit.kinds import KINDS, Kind
from coopgraph.errors import UsageError, system_text
from coopgraph.project import Project
from coopgraph.sheets.columns import NOTHING, target

FOLDER = "mappings"
NEW = "new"
"""What a name means that is nothing in the graph yet, though others are like it."""


@dataclass(frozen=True)
class Meaning:
    """What a sheet means: the kind of thing that a row is, what its columns are, and what holds for every row.

    `columns` has the targets (`party-2.country`) by heading, `-` for one that is left out. `meant` says what a name in a
    cell is where it could be several things: a prefixed name, or `new`. `separator` stands between the values of a cell.
    """

    kind: Kind
    columns: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict)
    meant: Mapping[str, str] = field(default_factory=dict)
    separator: str = "|"


def path_of(project: Project, name: str) -> Path:
    return project.root / FOLDER / f"{name}.yaml"


def names(project: Project) -> list[str]:
    """The mappings there are, those of the package too."""
    return [one.removesuffix(".yaml") for one in project.files(FOLDER, (".yaml",))]


def load(project: Project, name: str) -> Meaning | None:
    """The mapping of a name; None where there is none. Raises UsageError for one that can't be meant."""
    path = project.files(FOLDER, (".yaml",)).get(f"{name}.yaml")
    if path is None:
        return None
    shown = project.shown(path)
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{shown}: not YAML: {error}", f"{shown}: inte YAML: {error}") from error
    except OSError as error:
        said = system_text(error)
        raise UsageError(f"{shown}: {said.en}", f"{shown}: {said.sv}") from error
    return meaning_of(shown, raw)


def meaning_of(shown: str, raw: object) -> Meaning:
    """The mapping that the content of a file is; `shown` is what the file is called. Raises UsageError for one that can't be meant."""
    if not isinstance(raw, dict) or raw.get("kind") not in KINDS:
        kinds = ", ".join(KINDS)
        raise UsageError(
            f"{shown}: it must say what a row is: kind: partnership. The kinds are: {kinds}.",
            f"{shown}: den måste säga vad en rad är: kind: partnership. Slagen är: {kinds}.",
        )
    if unknown := sorted(set(raw) - {"kind", "columns", "given", "meant", "separator"}):
        raise UsageError(
            f"{shown}: unknown '{unknown[0]}'. It has kind, columns, given, meant and separator.",
            f"{shown}: okänt '{unknown[0]}'. Den har kind, columns, given, meant och separator.",
        )
    kind = KINDS[raw["kind"]]
    parts: list[dict[str, str]] = []
    for name in ("columns", "given", "meant"):
        part = raw.get(name) or {}
        if not isinstance(part, dict):
            raise UsageError(
                f"{shown}: {name} must be a list of pairs, each on a line: heading: start",
                f"{shown}: {name} ska vara par, ett på varje rad: rubrik: start",
            )
        parts.append({str(key): str(value) for key, value in part.items()})
    columns, given, meant = parts
    for one in (*(value for value in columns.values() if value != NOTHING), *given):
        target(kind, one)
    return Meaning(kind, columns, given, meant, str(raw.get("separator", "|")))


def written(meaning: Meaning) -> str:
    """The text of the file that holds a mapping."""
    content = {
        "kind": meaning.kind.name,
        "columns": dict(meaning.columns),
        "given": dict(meaning.given),
        "meant": dict(meaning.meant),
        "separator": meaning.separator,
    }
    return yaml.safe_dump(
        {name: value for name, value in content.items() if value}, allow_unicode=True, sort_keys=False
    )


def save(project: Project, name: str, meaning: Meaning) -> Path:
    """Write a mapping to its file in the dataset; gives the path. Raises UsageError for a name that can't be one."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise UsageError(
            f"'{name}' can't be the name of a mapping. Use lower-case ASCII with hyphens, such as twin-towns-2024.",
            f"'{name}' kan inte vara namnet på en mappning. Använd gemena ASCII-bokstäver och bindestreck, till exempel vanorter-2024.",
        )
    path = path_of(project, name)
    try:
        path.parent.mkdir(exist_ok=True)
        new = path.with_suffix(".yaml.new")
        new.write_text(written(meaning), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        said = system_text(error)
        raise UsageError(f"{path}: {said.en}", f"{path}: {said.sv}") from error
    return path
