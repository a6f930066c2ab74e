"""Queries with a time limit that holds: processes that answer them, and that are ended and replaced when they overrun.

The engine can't be interrupted, but a process can be ended. Each worker opens the snapshot itself and holds nothing else.

    with Workers(snapshot.store.path, count=2) as workers:
        workers.answer("SELECT …", JSON, timeout=10, limit=10_000).content  # bytes, ready to send
        workers.select("SELECT …")  # rows, as from any store
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Empty, LifoQueue
from types import TracebackType
from typing import Any, NamedTuple

import pyoxigraph as ox
from pyoxigraph import QueryResultsFormat, RdfFormat, Triple

from coopgraph.errors import CoopgraphError, QueryError, QueryTimeout, StoreError
from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.pipe import end, exchange, exchanged
from coopgraph.store import Rows, Store, worker
from coopgraph.store.local import LocalRows

_ROWS = QueryResultsFormat.TSV  # the quickest to write and to read


class Busy(StoreError):
    """Every worker was taken for as long as the query might have lasted."""


class Answer(NamedTuple):
    """What a query gives, in the format asked for. `complete` is false when it was cut at the limit.

    `kind` is SELECT, ASK or CONSTRUCT (for DESCRIBE too).
    """

    content: bytes
    kind: str
    complete: bool


class Workers:
    """Processes that answer queries on the store at `path`. Close them when done, or use them in a `with` statement.

    May be used from several threads at once. `timeout` is in seconds, for a query that says no other; `memory` is how many bytes
    a worker may take. With `load`, each reads the store into memory first. Whoever uses them holds the snapshot.
    """

    def __init__(
        self, path: Path, count: int = 1, *, timeout: float = 30.0, memory: int = 0, load: bool = False
    ) -> None:
        self.path, self.timeout, self.memory, self._load = path, timeout, memory, load
        self._closed = False
        self._all: set[subprocess.Popen[bytes]] = set()
        self._idle: LifoQueue[subprocess.Popen[bytes]] = LifoQueue()
        for _ in range(count):
            self._idle.put(self._start())

    def answer(
        self,
        query: str,
        form: QueryResultsFormat | RdfFormat,
        *,
        timeout: float | None = None,
        limit: int | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Answer any query that reads, in the format: at most `limit` rows or triples, of all graphs or of those named.

        Where the format can't hold the answer (rows in Turtle), it comes as JSON or N-Triples. The time counts from
        now, waiting for a free worker too. Raises QueryTimeout; Busy; QueryError for a query that
        writes, fetches or does not parse; StoreError when it can't be answered or takes too much memory.
        """
        refuse_unsafe(query)
        seconds = self.timeout if timeout is None else timeout
        return _answer(*self._ask(_request(query, form, limit, default_graphs, named_graphs), seconds))

    async def answer_soon(
        self,
        query: str,
        form: QueryResultsFormat | RdfFormat,
        *,
        limit: int | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """What `answer` gives, awaited: without a thread where a worker is free, which takes half the time of a small query."""
        refuse_unsafe(query)
        try:
            process = self._idle.get_nowait()
        except Empty:
            later = partial(
                self.answer, limit=limit, default_graphs=default_graphs, named_graphs=named_graphs
            )
            return await asyncio.to_thread(later, query, form)
        request = _request(query, form, limit, default_graphs, named_graphs)
        with self._at_work(process, self.timeout) as process:
            found = await exchanged(process, {**request, "timeout": self.timeout})
        return _answer(*found)

    def select(self, query: str, *, timeout: float | None = None, limit: int | None = None) -> Rows:
        """The rows of a SELECT."""
        answer = self.answer(query, _ROWS, timeout=timeout, limit=limit)
        if answer.kind != "SELECT":
            raise QueryError("A SELECT query is wanted here.", "Här behövs en SELECT-fråga.")
        found = ox.parse_query_results(answer.content, format=_ROWS)
        assert isinstance(found, ox.QuerySolutions)
        return LocalRows(found)

    def ask(self, query: str, *, timeout: float | None = None) -> bool:
        """The answer of an ASK; whether there are rows, for a SELECT."""
        answer = self.answer(query, QueryResultsFormat.JSON, timeout=timeout, limit=1)
        found = json.loads(answer.content)
        return bool(found["boolean"]) if answer.kind == "ASK" else bool(found["results"]["bindings"])

    def construct(
        self, query: str, *, timeout: float | None = None, limit: int | None = None
    ) -> Iterator[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        answer = self.answer(query, RdfFormat.N_TRIPLES, timeout=timeout, limit=limit)
        if answer.kind != "CONSTRUCT":
            raise QueryError(
                "A CONSTRUCT or DESCRIBE query is wanted here.",
                "Här behövs en CONSTRUCT- eller DESCRIBE-fråga.",
            )
        return iter(quad.triple for quad in ox.parse(answer.content, format=RdfFormat.N_TRIPLES))

    def pids(self) -> list[int]:
        """The processes that wait for a query, to be watched from outside."""
        return [process.pid for process in self._idle.queue]

    def within(self, seconds: float) -> Store:
        """A store whose queries must all be answered in so many seconds from now, together."""
        return _Within(self, seconds)

    def close(self) -> None:
        """End the workers; those at work when their query is done."""
        self._closed = True
        while True:
            try:
                end(self._idle.get_nowait())
            except Empty:
                return

    def kill(self) -> None:
        """End the workers at once, those at work too; who waits for one of these gets a StoreError."""
        self._closed = True
        for process in tuple(self._all):
            process.kill()
        self.close()

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        """A new worker, which opens the store while we go on."""
        process = subprocess.Popen(  # noqa: S603 - our own file
            [
                sys.executable,
                "-S",
                "-P",
                worker.__file__,
                str(self.path),
                str(self.memory),
                str(int(self._load)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what stops a query we tell ourselves
            env={**os.environ, "PYTHONPATH": str(Path(ox.__file__).parent.parent)},
        )
        self._all = {one for one in self._all if one.returncode is None} | {process}
        return process

    def _ask(self, request: Mapping[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send the request to a free worker. One that ends instead of answering is replaced."""
        if self._closed:
            raise StoreError("The workers are closed.", "Processerna är stängda.")
        until = time.monotonic() + seconds
        try:
            process = self._idle.get(timeout=seconds)
        except Empty:
            raise Busy(
                f"All that answer were busy for {seconds:g} s. Try again in a while.",
                f"Alla som svarar var upptagna i {seconds:g} s. Försök igen om en stund.",
            ) from None
        with self._at_work(process, seconds) as process:
            left = max(until - time.monotonic(), 0.001)  # 0 would be no limit
            return exchange(process, {**request, "timeout": left})

    @contextmanager
    def _at_work(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[subprocess.Popen[bytes]]:
        """A worker to put a question to; one that ends meanwhile is replaced, and what it died of is raised."""
        try:
            if process.poll() is not None:  # somebody ended it while it had nothing to do
                end(process)
                process = self._start()
            yield process
        except (OSError, ValueError) as error:  # a pipe that broke, an answer that is not whole
            raise self._lost(end(process), seconds) from error
        except BaseException:  # Ctrl-C: what it still says must not be taken for the next answer
            end(process)
            raise
        finally:
            self._give_back(process)

    def _give_back(self, process: subprocess.Popen[bytes]) -> None:
        if self._closed:
            end(process)
        else:
            self._idle.put(process if process.returncode is None else self._start())

    def _lost(self, code: int, seconds: float) -> CoopgraphError:
        """What a worker died of."""
        if code == -signal.SIGALRM:
            return QueryTimeout(seconds)
        if self.memory and code == -signal.SIGABRT:
            size = self.memory // 2**20
            return StoreError(
                f"The query needs more than {size} MB of memory and was stopped. Make it narrower.",
                f"Frågan behöver mer än {size} MB minne och avbröts. Gör den smalare.",
            )
        return StoreError(
            f"The process that answered was ended (code {code}). Ask again; if that doesn't help, build again: coopgraph build",
            f"Processen som svarade avslutades (kod {code}). Fråga igen; hjälper inte det, bygg om: coopgraph build",
        )


class _Within:
    """The workers as a store, with one limit for all its queries together."""

    def __init__(self, workers: Workers, seconds: float) -> None:
        self._workers, self._seconds, self._until = workers, seconds, time.monotonic() + seconds

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise QueryTimeout(self._seconds)
        return left

    def select(self, query: str) -> Rows:
        return self._workers.select(query, timeout=self._left())

    def ask(self, query: str) -> bool:
        return self._workers.ask(query, timeout=self._left())

    def construct(self, query: str) -> Iterator[Triple]:
        return self._workers.construct(query, timeout=self._left())


def _request(
    query: str,
    form: QueryResultsFormat | RdfFormat,
    limit: int | None,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
) -> dict[str, Any]:
    return {
        "query": query,
        "media": form.media_type,
        "limit": limit,
        "default_graphs": list(default_graphs),
        "named_graphs": list(named_graphs),
    }


def _answer(head: Mapping[str, Any], content: bytes) -> Answer:
    """What a worker told. Raises QueryError or StoreError where it could not answer."""
    if "wrong" in head:
        # as the embedded store tells it
        raise QueryError(
            f"The query doesn't parse: {head['wrong']}", f"Frågan går inte att tolka: {head['wrong']}"
        ) from SyntaxError(head["wrong"])
    if "failed" in head:
        raise StoreError(
            f"The query can't be answered: {head['failed']}",
            f"Frågan går inte att besvara: {head['failed']}",
        )
    return Answer(content, head["kind"], head["complete"])
