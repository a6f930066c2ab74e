"""What git knows of the dataset's files."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class Said(NamedTuple):
    """How git answered: its exit code, what it gave, and what it complained of."""

    code: int
    out: str
    complaint: str


def ask(folder: Path, *arguments: str, given: str | None = None) -> Said | None:
    """What git answers to what it is `given`; None where there is no git."""
    try:
        done = subprocess.run(  # noqa: S603 - git alone, and no shell
            ["git", "-c", "core.quotepath=off", *arguments],  # noqa: S607 - wherever the reader has it
            cwd=folder,
            input=None if given is None else given.encode(),
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return Said(done.returncode, *(some.decode("utf-8", "replace") for some in (done.stdout, done.stderr)))


def git(folder: Path, *arguments: str) -> str | None:
    """What git gives; None where it is missing, or refuses, as in a folder that is in no repository."""
    said = ask(folder, *arguments)
    return said.out if said is not None and said.code == 0 else None


def texts(folder: Path, revision: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The files of a revision that are there, with their texts, of those named from the folder."""
    if not names:
        return
    wanted = "".join(f"{revision}:./{name}\n" for name in names).encode()
    done = subprocess.run(
        ["git", "cat-file", "--batch"],  # noqa: S607
        cwd=folder,
        input=wanted,
        capture_output=True,
        check=False,
    )
    out, at = done.stdout, 0
    for name in names:
        end = out.index(b"\n", at)
        head = out[at:end].split(b" ")
        at = end + 1
        if head[-1] == b"missing" or len(head) != 3:
            continue
        size = int(head[2])
        yield name, out[at : at + size].decode("utf-8", "replace")
        at += size + 1
