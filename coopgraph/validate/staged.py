"""Check what git has staged: what is about to be committed, whatever the working tree looks like."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from coopgraph.build.assemble import Progress, silent
from coopgraph.errors import ProjectError, UsageError
from coopgraph.project import SETTINGS, Project, load
from coopgraph.validate.check import check
from coopgraph.validate.checked import Checked
from coopgraph.validate.findings import Finding, Place

_PARTS = (SETTINGS, "data", "ontology", "shapes", "queries", "harvests")


def check_staged(project: Project, *, sources: Path | None = None, progress: Progress = silent) -> Checked:
    """The findings in the files that are staged, on a graph read from git's index; paths are those of the working tree.

    Raises UsageError where there is no git, no repository, or no dataset in the index.
    """
    top = Path(_git("rev-parse", "--show-toplevel", folder=project.root).rstrip("\n")).resolve()
    inside = project.root.relative_to(top)
    parts = [(inside / part).as_posix() for part in _PARTS]
    known = _git("--literal-pathspecs", "ls-files", "-z", "--", *parts, folder=top)
    names = _git("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=d", "-z", folder=top)
    with TemporaryDirectory() as folder:
        _git("checkout-index", "-z", "--stdin", f"--prefix={folder}/", folder=top, given=known)
        copy = Path(folder).resolve() / inside
        if not (copy / SETTINGS).is_file():
            raise UsageError(
                f"{project.root / SETTINGS} is not in git. Add it: git add {SETTINGS}",
                f"{project.root / SETTINGS} finns inte i git. Lägg till den: git add {SETTINGS}",
            )
        try:
            checked = check(load(copy), sources=sources, progress=progress)
        except ProjectError as error:
            real = str(project.root)
            en, sv = (text.replace(str(copy), real) for text in (error.en, error.sv))
            raise ProjectError(en, sv) from error
    moved = tuple(_moved(one, copy, project.root) for one in checked.findings)
    return replace(checked, findings=moved).within([top / name for name in names.split("\0") if name])


def _moved(finding: Finding, old: Path, new: Path) -> Finding:
    """The finding as it would be had the files lain elsewhere."""

    def place(one: Place) -> Place:
        return replace(one, path=new / one.path.relative_to(old)) if one.path.is_relative_to(old) else one

    return replace(
        finding,
        message={language: text.replace(str(old), str(new)) for language, text in finding.message.items()},
        place=place(finding.place) if finding.place else None,
        related=tuple(map(place, finding.related)),
    )


def _git(*arguments: str, folder: Path, given: str = "") -> str:
    """What git answers, run in a folder."""
    # in a hook git names its index relative to the folder the hook runs in, which need not be ours
    environment = os.environ | {
        name: str(Path(os.environ[name]).absolute())
        for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE")
        if name in os.environ
    }
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=folder,
            env=environment,
            input=given.encode(errors="surrogateescape"),
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise UsageError(
            "git is not installed, and --staged asks what git has staged. Install git, or leave --staged out.",
            "git är inte installerat, och --staged frågar git efter det som är köat. Installera git, eller utelämna --staged.",
        ) from error
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode:
        raise UsageError(
            f"git can't tell what is staged in {folder}: {said} Leave --staged out to check the files as they are.",
            f"git kan inte tala om vad som är köat i {folder}: {said} Utelämna --staged för att kontrollera filerna som de är.",
        )
    return done.stdout.decode(errors="surrogateescape")
