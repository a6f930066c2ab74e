"""The data of pictures over HTTP: `doc/….view.json` of a thing, `map.view.json` of all partnerships; and what the SPARQL editor completes."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from coopgraph.errors import Text
from coopgraph.publish.server.problems import Problem
from coopgraph.publish.server.replies import Reply, send
from coopgraph.publish.server.serving import Serving
from coopgraph.publish.sparql_page import terms
from coopgraph.publish.surroundings import view_data, view_of_all

_NOTHING = Text(
    "There is no picture of what this address names.", "Det finns ingen bild av det som adressen nämner."
)


async def thing_view(request: Request, serving: Serving) -> Response:
    """`doc/….view.json`"""
    path = request.path_params["path"]

    def made() -> Reply | None:
        try:
            found = view_data(serving.site, f"doc/{path}")
        except ValueError:  # no IRI can be made of it
            return None
        return None if found is None else Reply(found, "application/json")

    return await _sent(request, serving, ("view", path), made)


async def whole_view(request: Request, serving: Serving) -> Response:
    """`map.view.json`"""
    return await _sent(
        request, serving, ("view",), lambda: Reply(view_of_all(serving.site).json(), "application/json")
    )


async def editor_terms(request: Request, serving: Serving) -> Response:
    """`sparql-terms.json`: what the editor completes."""
    return await _sent(request, serving, ("terms",), lambda: Reply(terms(serving.site), "application/json"))


async def _sent(
    request: Request, serving: Serving, key: tuple[str, ...], make: Callable[[], Reply | None]
) -> Response:
    reply = await serving.cache.made(key, lambda: to_thread.run_sync(make))
    if reply is None:
        raise Problem(404, _NOTHING)
    return send(request, reply, fresh=serving.limits.fresh)
