"""Run the server: one process, one port, until it is asked to end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from coopgraph.errors import ProjectError, system_text
from coopgraph.project import Project
from coopgraph.publish.server.app import application
from coopgraph.publish.server.limits import Limits
from coopgraph.publish.server.logs import tell_ours

_GRACE = 5


def serve(
    project: Project,
    limits: Limits,
    *,
    host: str,
    port: int,
    address: str = "",
    metrics: bool = False,
    quiet: bool = False,
    started: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way get some seconds to end. `started` is told the address.

    Raises ProjectError where nothing is built, or the address is taken.
    """
    tell_ours()
    app = application(project, limits, address=address, metrics=metrics, quiet=quiet)
    listening = _listening(host, port)
    config = uvicorn.Config(
        app,
        http=_impatient(limits.slow),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=int(limits.slow),
        timeout_graceful_shutdown=_GRACE,
    )
    shown = f"[{host}]" if ":" in host else host
    started(f"http://{shown}:{listening.getsockname()[1]}/")
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        said = system_text(error)
        raise ProjectError(
            f"Can't listen on {host}:{port}: {said.en}. Choose another with --port, or 0 for any that is free.",
            f"Det går inte att lyssna på {host}:{port}: {said.sv}. Välj en annan med --port, eller 0 för en ledig.",
        ) from error
    found.listen(512)
    return found


def _impatient(seconds: float) -> type[asyncio.Protocol]:
    """The HTTP protocol, with a limit on how long the head of a request may take to come."""

    class Impatient(HttpToolsProtocol):
        _waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._wait()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._wait()

        def on_headers_complete(self) -> None:
            self._stop()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop()
            super().connection_lost(exc)

        def _wait(self) -> None:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().call_later(seconds, self.transport.abort)

        def _stop(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    return Impatient
