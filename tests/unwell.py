"""A SPARQL server that answers well from a store of its own, after it has gone through its faults, one a request."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs

Fault = Callable[["Handler"], None]


@dataclass
class Server:
    """What a server holds, the faults it has left, and what it has been asked: when, with which headers, how many at a time."""

    store: Any
    faults: list[Fault] = field(default_factory=list)
    asked: list[tuple[float, dict[str, str]]] = field(default_factory=list)
    at_once: int = 0
    url: str = ""
    busy: int = 0
    delay: float = 0.0
    lock: Lock = field(default_factory=Lock)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any
    kind = "application/n-triples"

    def do_POST(self) -> None:
        state: Server = self.server.state
        length = int(self.headers.get("Content-Length", "0"))
        self.form = parse_qs(self.rfile.read(length).decode())
        self.query = self.form.get("query", [""])[0]
        with state.lock:
            state.asked.append((time.monotonic(), dict(self.headers)))
            state.busy += 1
            state.at_once = max(state.at_once, state.busy)
            fault = state.faults.pop(0) if state.faults else None
        try:
            time.sleep(state.delay)
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has had enough
                (fault or well)(self)
        finally:
            with state.lock:
                state.busy -= 1

    do_GET = do_POST

    def answer(self) -> bytes:
        triples = list(self.server.state.store.query(self.query))
        body = "".join(f"{triple} .\n" for triple in triples)
        return body.encode()

    def reply(
        self,
        body: bytes,
        *,
        status: int = 200,
        kind: str = "",
        length: int | None = None,
        **headers: str,
    ) -> None:
        """Send an answer, with another length than it has where that is given."""
        self.send_response(status)
        self.send_header("Content-Type", kind or self.kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        if length is not None:
            self.close_connection = True

    def begin(self, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", self.kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def chunk(self, body: bytes) -> None:
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def well(handler: Handler) -> None:
    handler.reply(handler.answer())


def chunked(handler: Handler) -> None:
    """Well, in pieces."""
    handler.begin(Transfer_Encoding="chunked")
    body = handler.answer()
    for at in range(0, len(body), 1000):
        handler.chunk(body[at : at + 1000])
    handler.wfile.write(b"0\r\n\r\n")


def packed(handler: Handler) -> None:
    """Well, in gzip."""
    handler.reply(gzip.compress(handler.answer()), Content_Encoding="gzip")


def status(code: int, **headers: str) -> Fault:
    return lambda handler: handler.reply(b"not now", status=code, kind="text/plain", **headers)


def html(handler: Handler) -> None:
    handler.reply(b"<!doctype html><title>Welcome</title><p>Log in", kind="text/html; charset=utf-8")


def bad_syntax(handler: Handler) -> None:
    """So an engine that runs out of time in the middle of an answer."""
    handler.reply(handler.answer()[:300].rpartition(b"\n")[0] + b"\njava.util.concurrent.TimeoutException\n")


def cut(handler: Handler) -> None:
    body = handler.answer()
    handler.reply(body[: body.find(b"\n", len(body) // 2) + 1], length=len(body))


def cut_chunked(handler: Handler) -> None:
    handler.begin(Transfer_Encoding="chunked")
    body = handler.answer()
    handler.chunk(body[: body.find(b"\n", len(body) // 2) + 1])
    handler.close_connection = True


def cut_unseen(handler: Handler) -> None:
    """A cut that nobody can see, for the length was never told."""
    handler.begin(Connection="close")
    body = handler.answer()
    handler.wfile.write(body[: body.find(b"\n", len(body) // 2) + 1])
    handler.close_connection = True


def cut_packed(handler: Handler) -> None:
    """Half of a gzip file, of its right length."""
    body = gzip.compress(handler.answer())
    handler.reply(body[: len(body) // 2], Content_Encoding="gzip")


def endless(handler: Handler) -> None:
    handler.begin(Transfer_Encoding="chunked")
    line = b"<https://x.example/s> <https://x.example/p> <https://x.example/o> .\n" * 1000
    while True:
        handler.chunk(line)


def trickling(handler: Handler) -> None:
    """A byte now and then, so that no silence is ever long."""
    handler.begin(Transfer_Encoding="chunked")
    while True:
        handler.chunk(b"#")
        time.sleep(0.05)


def bomb(handler: Handler) -> None:
    """A gigabyte that is a megabyte packed."""
    piece = gzip.compress(b"#" * 2**24)
    handler.reply(piece * 64, Content_Encoding="gzip")


def to(where: str, code: int = 307) -> Fault:
    return lambda handler: handler.reply(b"", status=code, Location=where)


@contextmanager
def running(store: Any, *faults: Fault, handler: type[Handler] = Handler) -> Iterator[Server]:
    """A server that goes through the faults and then answers well, from what its handler makes of the store."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    httpd.daemon_threads = True
    state = Server(store, list(faults), url=f"http://127.0.0.1:{httpd.server_address[1]}/sparql")
    httpd.state = state  # type: ignore[attr-defined]
    Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield state
    finally:
        httpd.shutdown()
        httpd.server_close()
