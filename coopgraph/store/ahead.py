"""The files of a store on disk, read once so that the system has them at hand.

The engine asks for a few kilobytes at a time and for none ahead: of a graph of ten million triples that lies on the disk alone, a
question about all of it takes up to three times as long as when it has been read from end to end, which takes seconds.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Thread

_SHARE = 4
"""A store is read if it takes at most this part of the memory."""
_PIECE = 2**22


def read_ahead(folder: Path) -> None:
    """Read the store in a folder, in a thread of its own, unless it is large beside the memory."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    Thread(target=read_files, args=(folder, memory // _SHARE), daemon=True).start()


def read_files(folder: Path, most: int) -> int:
    """Read the tables of a store, if they have at most so many bytes, and give how many were read; what is gone is left out."""
    tables = list(folder.glob("*.sst"))
    read = 0
    with suppress(OSError):
        if sum(table.stat().st_size for table in tables) > most:
            return 0
        for table in tables:
            with table.open("rb", buffering=0) as file:
                while piece := len(file.read(_PIECE)):
                    read += piece
    return read
