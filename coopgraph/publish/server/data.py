"""Catalogue, dumps, feeds and sitemap over HTTP; what they say is made by functions that know no HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from coopgraph.errors import Text
from coopgraph.publish import feed
from coopgraph.publish.catalogue import catalogue
from coopgraph.publish.pages import LANGUAGES
from coopgraph.publish.publication import Publication
from coopgraph.publish.serialise import serialise
from coopgraph.publish.server.negotiate import best_form
from coopgraph.publish.server.problems import Problem, language_of
from coopgraph.publish.server.replies import VARY, Reply, send
from coopgraph.publish.server.serving import Serving
from coopgraph.publish.server.sparql import GRAPHS
from coopgraph.publish.sitemap import robots, sitemaps
from coopgraph.publish.void import void

Handler = Callable[[Request, Serving], Awaitable[Response]]

_XML = "application/xml; charset=utf-8"


def routes() -> list[tuple[str, Handler]]:
    """Path and handler."""
    return [
        ("/catalog", catalog),
        ("/catalog.{form}", catalog),
        ("/.well-known/void", well_known_void),
        ("/dump/{name}", dump),
        ("/feed.atom", atom),
        ("/feed.{language}.atom", atom),
        ("/changes.json", partial(_whole, "changes.json", "application/json", feed.changes)),
        ("/changes/{name}", patch),
        ("/sitemap.xml", sitemap),
        ("/sitemap-{number}.xml", sitemap),
        ("/robots.txt", partial(_whole, "robots.txt", "text/plain; charset=utf-8", robots)),
    ]


async def catalog(request: Request, serving: Serving) -> Response:
    """`catalog`: the DCAT catalogue, in a form that the client takes."""
    return await _graph(request, serving, "catalog", request.path_params.get("form", ""))


async def well_known_void(request: Request, serving: Serving) -> Response:
    """`.well-known/void`: the VoID description of the dataset."""
    return await _graph(request, serving, "void", "")


async def _graph(request: Request, serving: Serving, name: str, form: str) -> Response:
    if form and form not in GRAPHS:
        raise _nothing()
    form = form or best_form(request.headers.get("accept", ""), GRAPHS) or ""
    if not form:
        types = ", ".join(names[0] for names in GRAPHS.values())
        raise Problem(406, Text(f"It is offered as {types}.", f"Den erbjuds som {types}."))

    def made() -> Reply:
        published = serving.publication
        triples = catalogue(published) if name == "catalog" else void(published)
        media = GRAPHS[form][0]
        return Reply(serialise(triples, form, _prefixes(published)), media)

    return await _sent(request, serving, (name, form), made)


async def dump(request: Request, serving: Serving) -> Response:
    """`dump/NAME`: a file of the whole graph; its checksum is its entity tag."""
    published = await to_thread.run_sync(lambda: serving.publication)
    found = next((one for one in published.dumps if one.name == request.path_params["name"]), None)
    if found is None:
        raise _nothing()
    tag = f'"{found.sha256}"'
    headers = {"etag": tag, "cache-control": f"public, max-age={serving.limits.fresh}", "vary": VARY}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    media = "application/gzip" if found.zipped else found.form
    return FileResponse(found.path, media_type=media, headers=headers)


async def atom(request: Request, serving: Serving) -> Response:
    """`feed.atom`: the versions, in the reader's language; `feed.en.atom` in that one."""
    language = request.path_params.get("language", language_of(request, serving.language))
    if language not in LANGUAGES:
        raise _nothing()

    def made() -> Reply:
        content = feed.atom(serving.publication, language)
        return Reply(content, "application/atom+xml; charset=utf-8", {"content-language": language})

    return await _sent(request, serving, ("feed", language), made)


async def patch(request: Request, serving: Serving) -> Response:
    """`changes/VERSION`: the patch that leads to a version."""
    published = await to_thread.run_sync(lambda: serving.publication)
    wanted = "changes/" + request.path_params["name"]
    found = next((one for one in published.changes if feed.patch_path(one) == wanted), None)
    if found is None:
        raise _nothing()

    def made() -> Reply:
        return Reply(found.path.read_bytes(), "application/gzip")

    return await _sent(request, serving, ("patch", found.version), made)


async def sitemap(request: Request, serving: Serving) -> Response:
    """`sitemap.xml` and its parts."""
    name = request.scope["path"][1:]

    def made() -> Reply | None:
        content = sitemaps(serving.publication).get(name)
        return None if content is None else Reply(content, _XML)

    return await _sent(request, serving, ("sitemap", name), made)


async def _whole(
    name: str, media: str, make: Callable[[Publication], bytes], request: Request, serving: Serving
) -> Response:
    return await _sent(request, serving, (name,), lambda: Reply(make(serving.publication), media))


async def _sent(
    request: Request, serving: Serving, key: tuple[str, ...], make: Callable[[], Reply | None]
) -> Response:
    reply = await serving.cache.made(key, lambda: to_thread.run_sync(make))
    if reply is None:
        raise _nothing()
    return send(request, reply, fresh=serving.limits.fresh)


def _prefixes(published: Publication) -> dict[str, str]:
    more = {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcatap": "http://data.europa.eu/r5r/",
        "spdx": "http://spdx.org/rdf/terms#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "void": "http://rdfs.org/ns/void#",
    }
    return {**more, **published.site.namespaces.prefixes}


def _nothing() -> Problem:
    return Problem(404, Text("There is no such file.", "Det finns ingen sådan fil."))
