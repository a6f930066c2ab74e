"""The reconciliation service over HTTP, so that OpenRefine matches a table to the graph.

Source: Reconciliation Service API 0.2, https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from coopgraph.errors import CoopgraphError, QueryError, Text
from coopgraph.publish.reconcile import Reconciler
from coopgraph.publish.server.problems import Problem, language_of, of_error
from coopgraph.publish.server.replies import Reply, send
from coopgraph.publish.server.serving import Serving
from coopgraph.publish.server.sparql import fields_of
from coopgraph.publish.server.turns import Queue

Handler = Callable[[Request, Serving], Awaitable[Response]]

# a preview is shown inside the window of another site
_FRAMED = {
    "content-security-policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors *"
}


def routes(queue: Queue) -> list[tuple[str, Handler, bool]]:
    """Path, handler, and whether it may be posted to."""
    return [
        ("/reconcile", partial(reconcile, queue=queue), True),
        ("/reconcile/suggest/{kind}", partial(suggest, queue=queue), False),
        ("/reconcile/flyout/{kind}", partial(flyout, queue=queue), False),
        ("/reconcile/preview", partial(preview, queue=queue), False),
        ("/reconcile/properties", partial(properties, queue=queue), False),
    ]


async def reconcile(request: Request, serving: Serving, queue: Queue) -> Response:
    """`reconcile`: the manifest, candidates for a batch of queries, or values to extend a table with."""
    fields = fields_of(request.scope["query_string"])
    if request.method == "POST":
        fields = {**fields, **fields_of(await request.body())}
    asked = next((name for name in ("queries", "extend") if name in fields), None)

    def answer(service: Reconciler) -> Any:
        if asked is None:
            return service.manifest(serving.address)
        batch = _json(fields[asked][0])
        return service.queries(batch) if asked == "queries" else service.extend(batch)

    return await _answered(request, serving, queue, answer)


async def suggest(request: Request, serving: Serving, queue: Queue) -> Response:
    """`reconcile/suggest/KIND`: what begins as the prefix does."""
    kind, prefix = request.path_params["kind"], _one(request, "prefix")
    text = _one(request, "cursor") or "0"
    cursor = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    types = fields_of(request.scope["query_string"]).get("type", [])

    def answer(service: Reconciler) -> Any:
        match kind:
            case "entity":
                return service.suggest_entities(prefix, types, cursor=cursor)
            case "type":
                return service.suggest_types(prefix, cursor=cursor)
            case "property":
                return service.suggest_properties(prefix, cursor=cursor)
        return None

    return await _answered(request, serving, queue, answer)


async def flyout(request: Request, serving: Serving, queue: Queue) -> Response:
    """`reconcile/flyout/KIND`: a line on an entity, a type or a property."""
    kind, name = request.path_params["kind"], _one(request, "id")
    return await _answered(request, serving, queue, lambda service: service.flyout(kind, name))


async def properties(request: Request, serving: Serving, queue: Queue) -> Response:
    """`reconcile/properties`: what a table of things of a type can be extended with."""
    kind, text = _one(request, "type"), _one(request, "limit")
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return await _answered(request, serving, queue, lambda service: service.properties(kind, limit=limit))


async def preview(request: Request, serving: Serving, queue: Queue) -> Response:
    """`reconcile/preview`: a small page on a thing, to be shown in a frame."""
    name = _one(request, "id")
    page = await _called(request, serving, queue, lambda service: service.preview(name))
    if page is None:
        raise _nothing()
    return send(
        request, Reply(page.encode(), "text/html; charset=utf-8", _FRAMED), fresh=serving.limits.fresh
    )


async def _answered(
    request: Request, serving: Serving, queue: Queue, answer: Callable[[Reconciler], Any]
) -> Response:
    found = await _called(request, serving, queue, answer)
    if found is None:
        raise _nothing()
    body = json.dumps(found, ensure_ascii=False).encode()
    return send(request, Reply(body, "application/json"), fresh=serving.limits.fresh)


async def _called(
    request: Request, serving: Serving, queue: Queue, answer: Callable[[Reconciler], Any]
) -> Any:
    language = language_of(request, serving.language)
    async with queue.turn():
        try:
            return await to_thread.run_sync(lambda: answer(serving.reconciler(language)))
        except QueryError as error:
            raise of_error(error, 400) from error
        except CoopgraphError as error:
            raise of_error(error, 503) from error


def _one(request: Request, name: str) -> str:
    return fields_of(request.scope["query_string"]).get(name, [""])[0]


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem(400, Text("This is not JSON.", "Detta är inte JSON.")) from error


def _nothing() -> Problem:
    return Problem(404, Text("There is no such thing here.", "Här finns ingen sådan sak."))
