"""Search over HTTP: the page with its facets, the same as JSON, and what is suggested while one types."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from coopgraph.errors import CoopgraphError, QueryError, Text
from coopgraph.publish.pages import LANGUAGES, Frame
from coopgraph.publish.search import LONGEST, Asked, answer, as_json, search_page, suggestions
from coopgraph.publish.server.problems import Problem, language_of, of_error
from coopgraph.publish.server.replies import Reply, send
from coopgraph.publish.server.serving import Serving
from coopgraph.publish.server.sparql import fields_of
from coopgraph.publish.server.turns import Queue
from coopgraph.publish.site import relative

Handler = Callable[[Request, Serving], Awaitable[Response]]


def routes(queue: Queue) -> list[tuple[str, Handler]]:
    """Path and handler."""
    return [
        ("/search", partial(page, queue=queue)),
        ("/search.json", partial(data, queue=queue)),
        ("/search.{form}", partial(page, queue=queue)),
        ("/suggest.json", partial(suggest, queue=queue)),
    ]


async def page(request: Request, serving: Serving, queue: Queue) -> Response:
    """`search`: what fits, for a person."""
    form = request.path_params.get("form", "html")
    language, _, suffix = form.rpartition(".")
    if suffix != "html" or language not in ("", *LANGUAGES):
        raise Problem(404, Text("There is no such page.", "Det finns ingen sådan sida."))
    language = language or language_of(request, serving.language)
    path = request.scope["path"][1:]

    def made(asked: Asked) -> Reply:
        frame = Frame(serving.site, "search", language, lambda to: relative(to, path), forms=())
        found = answer(serving.index, serving.site.namespaces, asked, language)
        headers = {"content-language": language}
        return Reply(search_page(frame, found).encode(), "text/html; charset=utf-8", headers)

    return await _answered(request, serving, queue, ("search", language, path), made)


async def data(request: Request, serving: Serving, queue: Queue) -> Response:
    """`search.json`: what fits, for a program."""
    language = language_of(request, serving.language)

    def made(asked: Asked) -> Reply:
        found = answer(serving.index, serving.site.namespaces, asked, language)
        return _json(as_json(found, serving.site, serving.address), language)

    return await _answered(request, serving, queue, ("search.json", language), made)


async def suggest(request: Request, serving: Serving, queue: Queue) -> Response:
    """`suggest.json?q=`: the few things that fit what has been typed, each with the path of its page."""
    language = language_of(request, serving.language)
    text = " ".join(fields_of(request.scope["query_string"]).get("q", [""])[0].split())[:LONGEST]

    def made() -> Reply:
        found = suggestions(serving.index, serving.site.namespaces, text, language)
        pages = [
            {
                "path": serving.site.path_of(one.iri) or one.iri,
                "name": one.label,
                "also": one.also,
                "about": one.about,
            }
            for one in found
        ]
        return _json(pages, language)

    return await _kept(request, serving, queue, ("suggest", language, text.casefold()), made)


async def _answered(
    request: Request, serving: Serving, queue: Queue, key: tuple[str, ...], make: Callable[[Asked], Reply]
) -> Response:
    fields = fields_of(request.scope["query_string"])
    if sum(map(len, fields.values())) > serving.limits.values:
        text = Text("Fewer values at a time, please.", "Färre värden åt gången, tack.")
        raise Problem(400, text)
    try:
        asked = Asked.of(fields)
    except QueryError as error:
        raise of_error(error, 422) from error
    return await _kept(request, serving, queue, (*key, asked.address(asked.page)), lambda: make(asked))


async def _kept(
    request: Request, serving: Serving, queue: Queue, key: tuple[str, ...], make: Callable[[], Reply]
) -> Response:
    async def made() -> Reply:
        async with queue.turn():
            try:
                return await to_thread.run_sync(make)
            except CoopgraphError as error:
                raise of_error(error, 503) from error

    reply = await serving.cache.made(key, made)
    assert reply is not None
    return send(request, reply, fresh=serving.limits.fresh)


def _json(found: Any, language: str) -> Reply:
    body = json.dumps(found, ensure_ascii=False).encode()
    return Reply(body, "application/json", {"content-language": language})
