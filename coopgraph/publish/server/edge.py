"""What every request passes: bounds on its size and time, headers for safety, a line in the log.

What goes wrong inside is told without a trace and without a path of this machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coopgraph.errors import Text
from coopgraph.publish.server.limits import Limits
from coopgraph.publish.server.logs import log
from coopgraph.publish.server.problems import Problem, tell

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load, and that nobody may frame it."""
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Link, ETag, Location, Retry-After, X-Row-Limit, X-SPARQL-MaxRows, X-SPARQL-Complete",
}
_SAFE = [(name.encode(), value.encode()) for name, value in SAFE.items()]
_FRAMING = b"content-security-policy"
Seen = Callable[[str, int, float, int], None]


class Edge:
    """The outermost layer. `seen` is told route, status, seconds and bytes of each answer."""

    def __init__(
        self, app: ASGIApp, limits: Limits, seen: Seen | None, *, quiet: bool, language: str
    ) -> None:
        self.app, self.limits, self.seen, self.quiet, self.language = app, limits, seen, quiet, language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status, size, started = 500, 0, False

        async def sending(message: Message) -> None:
            nonlocal status, size, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                there = {name for name, _ in message["headers"]}
                if _FRAMING in there:  # it says itself who may frame it
                    there.add(b"x-frame-options")
                message["headers"].extend(pair for pair in _SAFE if pair[0] not in there)
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._handled(scope, receive, sending)
        except Problem as problem:
            await tell(Request(scope), problem, None, self.language)(scope, receive, sending)
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except Exception as error:  # noqa: BLE001 - the edge: a person gets words, the log gets the kind
            log("error", route=_route(scope), kind=type(error).__name__, where=_where(error))
            if not started:
                text = Text("This is our fault, and it is in the log.", "Felet är vårt och står i loggen.")
                await tell(Request(scope), Problem(500, text), None, self.language)(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - began
            route = _route(scope)
            if self.seen is not None:
                self.seen(route, status, seconds, size)
            if not self.quiet:
                found = (
                    scope["path"] if status < 400 else None
                )  # what is not there may be anything somebody typed
                log(
                    "request",
                    method=scope["method"],
                    route=route,
                    path=found,
                    status=status,
                    ms=round(seconds * 1000, 2),
                    bytes=size,
                )

    async def _handled(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits = self.limits
        if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > limits.address:
            raise Problem(
                414,
                Text(
                    f"The address is longer than {limits.address} bytes. A long query can be posted.",
                    f"Adressen är längre än {limits.address} byte. En lång fråga kan skickas med POST.",
                ),
            )
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        body = await self._body(scope, receive)
        sent = False

        async def received() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, received, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The body of a request, within its size and its time."""
        limits, body = self.limits, bytearray()
        too_large = Problem(
            413,
            Text(f"More than {limits.body} bytes are not read.", f"Mer än {limits.body} byte läses inte."),
        )
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not length.isdigit() or int(length) > limits.body:
            raise too_large
        try:
            async with asyncio.timeout(limits.slow):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Problem(400, Text("The request broke off.", "Begäran bröts."))
                    body += message.get("body", b"")
                    if len(body) > limits.body:
                        raise too_large
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError as error:
            raise Problem(
                408,
                Text(
                    f"The request took longer than {limits.slow:g} s to come.",
                    f"Begäran tog längre tid än {limits.slow:g} s att komma fram.",
                ),
                headers={"connection": "close"},
            ) from error


def _route(scope: Scope) -> str:
    """The pattern of the route that answered."""
    route: Any = scope.get("coopgraph.route")
    return str(route) if route else "none"


def _where(error: BaseException) -> str:
    """Where in our package an error was raised: module and line, no path."""
    found, trace = "", error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("coopgraph"):
            found = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
