"""Check a dataset again whenever one of its files is saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coopgraph.project import RDF_SUFFIXES, SETTINGS, Project, load
from coopgraph.validate.checked import Checked
from coopgraph.validate.session import Session

_FOLDERS = ("data", "ontology", "shapes", "queries")


def watched(project: Project) -> Iterator[Checked]:
    """The findings, now and after each save; never ends by itself.

    A change of the settings makes a new session of the dataset. Raises ProjectError where they are wrong.
    """
    from watchfiles import watch

    # saves within 50 ms of each other are one change: an editor may write a file in several steps
    saves = watch(
        project.root, debounce=50, step=20, rust_timeout=200, yield_on_timeout=True, raise_interrupt=False
    )
    next(saves)  # from here on no save is missed, not even one while the whole is checked
    session = Session(project)
    yield session.checked
    for changes in saves:
        paths = {path for _, name in changes if _matters(path := Path(name), project)}
        if project.root / SETTINGS in paths:
            project = load(project.root)
            session = Session(project)
            yield session.checked
        elif paths:
            yield session.update(paths)


def _matters(path: Path, project: Project) -> bool:
    inside = path.relative_to(project.root)
    if inside.as_posix() == SETTINGS:
        return True
    return (
        inside.parts[0] in _FOLDERS
        and path.name.endswith((*RDF_SUFFIXES, ".rq"))
        and not path.name.startswith(".")
    )
