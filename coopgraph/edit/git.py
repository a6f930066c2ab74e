"""What git knows of the dataset's files."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str | None:
    """What git answers; None where it is missing, or refuses, as in a folder that is in no repository."""
    try:
        done = subprocess.run(  # noqa: S603 - git alone, and no shell
            ["git", "-c", "core.quotepath=off", *arguments],  # noqa: S607 - wherever the reader has it
            cwd=folder,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
