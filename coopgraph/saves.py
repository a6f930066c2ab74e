"""The files of a dataset that are saved while somebody watches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coopgraph.project import RDF_SUFFIXES, SETTINGS, Project

_FOLDERS = ("data", "ontology", "shapes", "queries")


def saves(project: Project) -> Iterator[set[Path]]:
    """Nothing at first, when no save is missed any more, then the files of each save; never ends by itself.

    A folder is among them where it came or went as a whole.
    """
    from watchfiles import watch

    # saves within 50 ms of each other are one change: an editor may write a file in several steps
    changes = watch(
        project.root, debounce=50, step=20, rust_timeout=200, yield_on_timeout=True, raise_interrupt=False
    )
    next(changes)
    yield set()
    for some in changes:
        if paths := {path for _, name in some if _matters(path := Path(name), project)}:
            yield paths


def _matters(path: Path, project: Project) -> bool:
    inside = path.relative_to(project.root)
    if inside.as_posix() == SETTINGS:
        return True
    return (
        inside.parts[0] in _FOLDERS
        and path.name.endswith((*RDF_SUFFIXES, ".rq"))
        and not path.name.startswith(".")
    ) or (inside.parts[0] in _FOLDERS and not path.suffix)
