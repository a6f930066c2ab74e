"""The routes of the site, and what each is answered by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from coopgraph.errors import Text
from coopgraph.project import Project
from coopgraph.publish.server import data, reconciling, saved, search, sparql, things, viewing
from coopgraph.publish.server.edge import Edge
from coopgraph.publish.server.limits import Limits
from coopgraph.publish.server.metrics import MEDIA_TYPE, Metrics
from coopgraph.publish.server.openapi import openapi
from coopgraph.publish.server.problems import Problem, language_of, tell
from coopgraph.publish.server.replies import Reply, send
from coopgraph.publish.server.serving import Current, Serving
from coopgraph.publish.server.turns import Queue

_PREFLIGHT = {
    "access-control-allow-headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "access-control-max-age": "86400",
}
Handler = Callable[[Request, Serving], Awaitable[Response]]


def application(
    project: Project, limits: Limits, *, address: str = "", metrics: bool = False, quiet: bool = False
) -> ASGIApp:
    """The web application of a built dataset. Raises ProjectError where nothing is built.

    `address` is where the site is found, ending in "/"; without it, at the base IRI.
    """
    current = Current(project, limits, address or project.base)
    queue = Queue(limits.queries, limits.waiting)
    figures = Metrics() if metrics else None
    first = current.serving.language

    async def openapi_(request: Request, serving: Serving) -> Response:
        language = language_of(request, serving.language)

        async def made() -> Reply:
            content = await to_thread.run_sync(openapi, serving, language)
            return Reply(content, "application/json", {"content-language": language})

        reply = await serving.cache.made(("openapi", language), made)
        assert reply is not None
        return send(request, reply, fresh=limits.fresh)

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})

    async def readyz(request: Request) -> Response:
        with current.use() as serving:
            ready = current.ready and serving.store.ask("ASK { ?s ?p ?o }")
        return PlainTextResponse(
            "ready\n" if ready else "not ready\n",
            200 if ready else 503,
            headers={"cache-control": "no-store"},
        )

    async def figures_(request: Request) -> Response:
        assert figures is not None
        return Response(figures.text(current, queue), media_type=MEDIA_TYPE)

    async def nothing(request: Request, serving: Serving) -> Response:
        text = Text(
            "There is no page at this address. Begin at the start page.",
            "Det finns ingen sida på den här adressen. Börja från startsidan.",
        )
        raise Problem(404, text)

    def to(path: str, handler: Handler, *, post: bool = False) -> Route:
        allowed = ("GET", "HEAD", "POST") if post else ("GET", "HEAD")
        return Route(path, _Endpoint(path, handler, current, first, allowed))

    queries = partial(saved.saved, queue=queue)
    routes = [
        *(to(path, partial(sparql.sparql, queue=queue), post=True) for path in ("/sparql", "/sparql/")),
        to("/", things.document),
        to("/index.{form}", things.document),
        to("/id/{path:path}", things.thing),
        to("/doc/{path:path}.view.json", viewing.thing_view),
        to("/doc/{path:path}", things.document),
        to("/map.view.json", viewing.whole_view),
        to("/sparql-terms.json", viewing.editor_terms),
        to("/graph/{path:path}", things.graph),
        *(
            to(path, things.document)
            for name in ("map", "ns", "shapes", "query")
            for path in (f"/{name}", f"/{name}.{{form}}")
        ),
        to("/query/{path:path}", queries),
        to("/style.css", things.style_sheet),
        to("/assets/{path:path}", things.asset_file),
        to("/openapi.json", openapi_),
        *(to(path, handler) for path, handler in data.routes()),
        *(to(path, handler) for path, handler in search.routes(queue)),
        *(to(path, handler, post=post) for path, handler, post in reconciling.routes(queue)),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        *([Route("/metrics", figures_)] if figures is not None else []),
        to("/{path:path}", nothing),
    ]

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        watching = asyncio.create_task(current.watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            current.close()

    inner = Router(routes=routes, lifespan=lifespan, redirect_slashes=False)
    return Edge(inner, limits, figures.seen if figures else None, quiet=quiet, language=first)


class _Endpoint:
    """A handler as an application: with the serving of now, and problems told as answers."""

    def __init__(
        self, route: str, handler: Handler, current: Current, language: str, allowed: tuple[str, ...]
    ) -> None:
        self.route, self.handler, self.current, self.language = route, handler, current, language
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["coopgraph.route"] = self.route
        if scope["method"] == "OPTIONS":
            allowed = ", ".join((*self.allowed, "OPTIONS"))
            headers = {"allow": allowed, "access-control-allow-methods": allowed, **_PREFLIGHT}
            await Response(status_code=204, headers=headers)(scope, receive, send)
            return
        request = Request(scope, receive)
        with self.current.use() as serving:
            try:
                if scope["method"] not in self.allowed:
                    allowed = ", ".join(self.allowed)
                    text = Text(f"Use one of {allowed}.", f"Använd någon av {allowed}.")
                    raise Problem(405, text, headers={"allow": f"{allowed}, OPTIONS"})  # noqa: TRY301 - told as the others are
                response = await self.handler(request, serving)
            except Problem as problem:
                response = tell(request, problem, serving.site, self.language)
            await response(scope, receive, send)
