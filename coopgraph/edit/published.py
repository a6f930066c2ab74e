"""What has been published: what a release holds, which is a tag in git."""

from __future__ import annotations

from pathlib import Path

from coopgraph.edit.git import git
from coopgraph.project import Project


def was_published(project: Project, path: Path) -> bool:
    """Whether any release holds the file, or held it. Without git or releases nothing is published yet."""
    found = git(project.root, "log", "--tags", "--max-count=1", "--format=%H", "--", str(path))
    return bool(found and found.strip())


def all_published(project: Project) -> frozenset[Path]:
    """The files that any release holds or held: asked once, for those who ask of many."""
    found = git(project.root, "log", "--tags", "--format=", "--name-only", "--no-renames", "--relative", "-z")
    return frozenset(project.root / name for name in (found or "").split("\0") if name)
