"""Folders that another process looks at while this one looks at the rest: of very many files the system says what they are at a few
microseconds each, and twice as many at a time where there are two processors.

    python -m coopgraph.build.aside     reads the folders' paths as JSON, and writes for each what was found
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from coopgraph.build.listing import Summary, find

_MANY = 100_000
"""Of fewer files than this, the other process would take longer to start than it saves."""


class Aside:
    """Half of some folders, as another process finds them; `counts` says how many files were in each."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.paths = _half(counts) if sum(counts.values()) > _MANY and (os.cpu_count() or 1) > 1 else set()
        self._asked = ThreadPoolExecutor(1).submit(_ask, self.paths) if self.paths else None

    def found(self) -> dict[str, Summary]:
        """By its path what each folder holds; waits for the other process. What that could not tell is left out."""
        return self._asked.result() if self._asked else {}


def _half(counts: Mapping[str, int]) -> set[str]:
    """Folders with about half of the files."""
    mine, other, chosen = 0, 0, set()
    for path, count in sorted(counts.items(), key=lambda one: -one[1]):
        if other < mine:
            chosen.add(path)
            other += count
        else:
            mine += count
    return chosen


def _ask(paths: Iterable[str]) -> dict[str, Summary]:
    own = str(Path(__file__).parents[2])  # a checkout in use need not be installed
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "coopgraph.build.aside"],
            input=json.dumps(sorted(paths)),
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join((own, *sys.path))},
        )
        return {path: Summary(*said) for path, said in json.loads(done.stdout).items()}
    except (OSError, ValueError, subprocess.SubprocessError):
        return {}


def main() -> None:
    """Look at the folders that are asked for."""
    told = {}
    for path in json.load(sys.stdin):
        told[path], _ = find(path)
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
