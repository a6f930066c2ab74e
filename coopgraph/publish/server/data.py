"""Catalogue, dumps, feeds, sitemap and reconciliation over HTTP; what they say is made by functions that know no HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from coopgraph.publish.server.serving import Serving

Handler = Callable[[Request, Serving], Awaitable[Response]]


def routes() -> list[tuple[str, Handler, bool]]:
    """Path, handler, and whether it may be posted to."""
    return []
