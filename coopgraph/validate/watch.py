"""Check a dataset again whenever one of its files is saved."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.project import SETTINGS, Project, load
from coopgraph.saves import saves
from coopgraph.validate.checked import Checked
from coopgraph.validate.session import Session


def watched(project: Project) -> Iterator[Checked]:
    """The findings, now and after each save; never ends by itself.

    A change of the settings, or a folder that is moved, makes a new session of the dataset. Raises ProjectError where they are wrong.
    """
    session = None
    for paths in saves(project):
        if session is None or any(path.name == SETTINGS or not path.suffix for path in paths):
            project = load(project.root)
            session = Session(project)
            yield session.checked
        else:
            yield session.update(paths)
