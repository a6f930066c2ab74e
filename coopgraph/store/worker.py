"""The process behind `coopgraph.queries.workers`: opens a snapshot and answers queries that come on its standard input.

It is run as a file, and imports nothing of coopgraph, so that it starts at once and stays small. A request is a line of
JSON; an answer is a line of JSON with its size, then so many bytes. The system ends the process when a query
takes longer than its limit: a timer whose signal nobody handles.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pyoxigraph as ox

Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class _EnoughError(Exception):
    """As many rows as were asked for, and one more, are there."""


class _Lines:
    """Keeps whole lines up to a number, then stops whoever writes them."""

    def __init__(self, limit: int) -> None:
        self.left, self.content, self.full = limit, bytearray(), False

    def write(self, part: bytes) -> int:
        if self.full:  # the writer empties its buffer once more when it is stopped
            raise _EnoughError
        lines = part.count(b"\n")
        if lines > self.left:
            surplus = part.split(b"\n", self.left)[-1]
            self.content += part[: len(part) - len(surplus)]
            self.full = True
            raise _EnoughError
        self.content += part
        self.left -= lines
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""


def _cut(results: Results, limit: int) -> tuple[bytes, bool]:
    """The first rows in TSV, or triples in N-Triples, a line each, and whether they are all."""
    rows = isinstance(results, ox.QuerySolutions)
    lines = _Lines(limit + rows)  # the names of the columns are a line too
    try:
        if isinstance(results, ox.QuerySolutions):
            results.serialize(lines, format=ox.QueryResultsFormat.TSV)  # type: ignore[arg-type]
        elif isinstance(results, ox.QueryTriples):
            results.serialize(lines, format=ox.RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
    except _EnoughError:
        return bytes(lines.content), False
    return bytes(lines.content), True


def _serialized(results: Results, media: str, limit: int | None) -> tuple[bytes, bool]:
    """The results in the format, and whether they are all."""
    if isinstance(results, ox.QueryTriples):
        triples = ox.RdfFormat.from_media_type(media) or ox.RdfFormat.N_TRIPLES
        if limit is None:
            return results.serialize(format=triples) or b"", True
        content, complete = _cut(results, limit)
        if triples != ox.RdfFormat.N_TRIPLES:
            content = ox.serialize(ox.parse(content, format=ox.RdfFormat.N_TRIPLES), format=triples) or b""
        return content, complete
    rows = ox.QueryResultsFormat.from_media_type(media) or ox.QueryResultsFormat.JSON
    if limit is None or isinstance(results, ox.QueryBoolean):
        return results.serialize(format=rows) or b"", True
    content, complete = _cut(results, limit)
    if rows != ox.QueryResultsFormat.TSV:
        again = ox.parse_query_results(content, format=ox.QueryResultsFormat.TSV)
        content = again.serialize(format=rows) or b""
    return content, complete


def _answer(store: ox.Store, asked: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    default: list[Graph] = [ox.NamedNode(one) for one in asked["default_graphs"]]
    named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(one) for one in asked["named_graphs"]]
    signal.setitimer(signal.ITIMER_REAL, asked["timeout"])
    try:
        results = store.query(
            asked["query"],
            use_default_graph_as_union=not (default or named),
            default_graph=default or None,
            named_graphs=named or None,
        )
        content, complete = _serialized(results, asked["media"], asked["limit"])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    kind = {ox.QuerySolutions: "SELECT", ox.QueryBoolean: "ASK"}.get(type(results), "CONSTRUCT")
    return {"kind": kind, "complete": complete}, content


def _open(path: str, load: bool) -> ox.Store:
    """The store; with `load`, a copy of it in memory."""
    store = ox.Store.read_only(path)
    if not load:
        return store
    copy = ox.Store()
    copy.bulk_extend(store)
    return copy


def main(path: str, memory: int, load: bool) -> None:
    """Answer until the standard input ends. `memory` is how many bytes may be taken; 0 is no limit."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # whoever started us may have set them otherwise
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asks
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    store: ox.Store | None = None
    with suppress(OSError, ValueError):  # told to who asks
        store = _open(path, load)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    for line in requests:
        content = b""
        try:
            store = store or _open(path, load)
            head, content = _answer(store, json.loads(line))
        except SyntaxError as error:
            head = {"wrong": error.msg or str(error)}
        except (OSError, RuntimeError, ValueError) as error:
            head = {"failed": str(error)}
        answers.write(json.dumps(head | {"size": len(content)}).encode() + b"\n" + content)
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), bool(int(sys.argv[3])))
