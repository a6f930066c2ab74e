"""Write a table in a process of its own: some libraries take more memory than a server wants to keep."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace

from coopgraph.errors import StoreError
from coopgraph.queries.table import Table

HEAVY = ("parquet", "graphml")
"""The forms whose libraries are large."""


def format_apart(table: Table, form: str, *, seconds: float) -> bytes:
    """The table in a form, as `table.format` gives it. Raises StoreError when that takes longer than so many seconds, or fails."""
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-m", "coopgraph.queries.apart", form],
            input=pickle.dumps(replace(table, places=dict)),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise StoreError(
            f"The answer could not be written as {form} in time. Ask for fewer rows, or in another form.",
            f"Svaret gick inte att skriva som {form} i tid. Be om färre rader, eller om en annan form.",
        ) from error
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.load(sys.stdin.buffer).format(sys.argv[1]))  # noqa: S301 - from ourselves alone
