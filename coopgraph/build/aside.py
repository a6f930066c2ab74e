"""Folders that another process looks at while this one looks at the rest: of very many files the system says what they are at a few
microseconds each, and twice as many at a time where there are two processors.

    python -m coopgraph.build.aside     reads as JSON the folders' paths with the checksum that each had, and writes for each what was
                                        found, with all of its files where the checksum is another
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from coopgraph.build.listing import Listing, Summary, find

_MANY = 100_000
"""Of fewer files than this, the other process would take longer to start than it saves."""

Found = tuple[Summary, list[str]]
"""What a folder holds, and a line for each file; no lines where the checksum is the one that it had."""


class Aside:
    """Half of some folders, as another process finds them; `former` are their listings as they were, by path."""

    def __init__(self, former: Mapping[str, Listing]) -> None:
        counts = {path: listing.count for path, listing in former.items()}
        self.paths = _half(counts) if sum(counts.values()) > _MANY and (os.cpu_count() or 1) > 1 else set()
        seen = {path: former[path].seen for path in sorted(self.paths)}
        self._asked = ThreadPoolExecutor(1).submit(_ask, seen) if seen else None

    def found(self) -> dict[str, Found]:
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


def _ask(seen: Mapping[str, str]) -> dict[str, Found]:
    own = str(Path(__file__).parents[2])  # a checkout in use need not be installed
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "coopgraph.build.aside"],
            input=json.dumps(seen),
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join((own, *sys.path))},
        )
        return {path: (Summary(*said), lines) for path, (said, lines) in json.loads(done.stdout).items()}
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        return {}


def main() -> None:
    """Look at the folders that are asked for."""
    told = {}
    for path, seen in json.load(sys.stdin).items():
        summary, lines = find(path)
        told[path] = summary, lines if summary.seen != seen else []
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
