"""Check a dataset: every rule of coopgraph's own and every shape, each finding at its place."""

from __future__ import annotations

from pathlib import Path

from coopgraph.build.assemble import Progress, silent
from coopgraph.project import Project
from coopgraph.validate.checked import Checked
from coopgraph.validate.kept import at_hand
from coopgraph.validate.session import Session


def check(
    project: Project, *, sources: Path | None = None, progress: Progress = silent, keep: bool = False
) -> Checked:
    """Check the files of a dataset; nothing needs to be built.

    With `keep`, what is found is kept beside the builds, and the next check looks only at what has changed since; the
    outcome is the same. With `sources`, every quote is held against the archived texts in that folder. Raises ShapesError,
    with file and line, where the shapes themselves can't be used.
    """
    if not keep:
        return Session(project, progress=progress).look(sources)
    with at_hand(project, progress) as session:
        return session.look(sources)
