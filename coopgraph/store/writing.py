"""A snapshot on disk, written by other threads while its graph is still put together in memory."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
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
        self._pool = ThreadPoolExecutor(_THREADS + 1)  # one waits for the others
        self._loads: deque[Future[None]] = deque()
        self._ordered: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.end()
                assert self._ordered
                self._done(self._ordered)
        finally:
            self._pool.shutdown(cancel_futures=True)
            del self._target  # who opens it next finds nobody at it

    def end(self) -> None:
        """Say that nothing more comes: the store is brought in order while the block goes on with something else."""
        if self._ordered is None:
            self._hand_over()
            self._ordered = self._pool.submit(self._order)

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
        while len(self._loads) > _THREADS:  # one more waits for its turn
            self._done(self._loads.popleft())
        self._loads.append(self._pool.submit(self._load, b"".join(self._parts)))
        self._parts, self._size = [], 0

    def _load(self, quads: bytes) -> None:
        if b"_:" in quads:  # to load them would give blank nodes other names
            self._target.bulk_extend(ox.parse(quads, RdfFormat.N_QUADS))
        else:
            # what an engine has written out needs no second look at its IRIs
            self._target.bulk_load(quads, RdfFormat.N_QUADS, lenient=True)

    def _order(self) -> None:
        for load in self._loads:
            load.result()
        self._target.optimize()
        self._target.flush()

    def _done(self, work: Future[None]) -> None:
        try:
            work.result()
        except OSError as error:
            raise self._failed(error) from error

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
