"""A snapshot on disk, written by other threads while its graph is still put together in memory."""

from __future__ import annotations

from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import IO, Self, cast

import pyoxigraph as ox
from pyoxigraph import NamedNode, RdfFormat

from coopgraph.errors import StoreError

_CHUNK = 16 * 2**20
"""Bytes of N-Quads that are loaded at a time, some 80,000: larger chunks take more memory, smaller ones more time."""
_THREADS = 2
"""The engine lets go of the interpreter while it loads. More threads than two wait for the disk."""


class Writing:
    """A store at `path`, which must not be there yet; it is whole when the `with` block has ended.

    Raises StoreError when it can't be written, in the block or at its end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._target = ox.Store(str(path))
        except OSError as error:
            raise self._failed(error) from error
        self._parts: list[bytes] = []
        self._size = 0
        self._waiting: Queue[bytes | None] = Queue(1)
        self._errors: list[Exception] = []
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(_THREADS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._hand_over()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        if error is None:
            self._told()
            try:
                self._target.optimize()
                self._target.flush()
            except OSError as failed:
                raise self._failed(failed) from failed
        del self._target  # who opens it next finds nobody at it

    def graph(self, engine: ox.Store, graph: NamedNode) -> None:
        """Take in a named graph of a store as it is now."""
        engine.dump(cast(IO[bytes], _Lines(self, graph)), RdfFormat.N_TRIPLES, from_graph=graph)

    def take(self, quads: bytes) -> None:
        """Take in whole lines of N-Quads."""
        self._parts.append(quads)
        self._size += len(quads)
        if self._size >= _CHUNK:
            self._hand_over()

    def _hand_over(self) -> None:
        self._told()
        self._waiting.put(b"".join(self._parts))
        self._parts, self._size = [], 0

    def _work(self) -> None:
        while (text := self._waiting.get()) is not None:
            if self._errors:
                continue
            try:
                if b"_:" in text:  # to load them would give blank nodes other names
                    self._target.bulk_extend(ox.parse(text, RdfFormat.N_QUADS))
                else:
                    self._target.bulk_load(text, RdfFormat.N_QUADS)
            except Exception as error:  # noqa: BLE001 - told by the thread that writes
                self._errors.append(error)

    def _told(self) -> None:
        for error in self._errors:
            raise self._failed(error) if isinstance(error, OSError) else error

    def _failed(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self._path}: the graph can't be written ({error}). The last good build goes on answering; make room, or give the right to write, and build again.",
            f"{self._path}: grafen går inte att skriva ({error}). Det förra bygget svarar fortfarande; frigör utrymme eller ge skrivrätt, och bygg igen.",
        )


class _Lines:
    """What the engine writes a graph to: N-Triples in pieces come out as N-Quads in whole lines."""

    def __init__(self, target: Writing, graph: NamedNode) -> None:
        self._target, self._end, self._rest = target, f" {graph} .\n".encode(), b""

    def write(self, piece: bytes) -> int:
        lines, newline, rest = piece.rpartition(b"\n")
        if newline:
            # a line's end is nowhere else: in a literal it is escaped
            self._target.take((self._rest + lines + newline).replace(b" .\n", self._end))
            self._rest = rest
        else:
            self._rest += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here but the start of a line."""
