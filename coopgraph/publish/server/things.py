"""Dereferencing: `id/…` leads to `doc/…`, which answers in the form and the language that the client prefers.

Sources: Cool URIs for the Semantic Web (W3C, 2008), section 4.2 (303); RFC 9110, section 12 (negotiation); RFC 8288 (Link).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote, urlencode

from anyio import to_thread
from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.responses import Response

from coopgraph.errors import Text
from coopgraph.publish.assets import asset, media_type
from coopgraph.publish.listing import CHOICES
from coopgraph.publish.pages import LANGUAGES, style
from coopgraph.publish.represent import LIST_FORMS, exists, represent, retired
from coopgraph.publish.serialise import FORMS
from coopgraph.publish.server.negotiate import best_form
from coopgraph.publish.server.problems import Problem, bare, language_of
from coopgraph.publish.server.replies import Reply, send
from coopgraph.publish.server.serving import Serving
from coopgraph.publish.site import relative

OFFERED = {
    "html": ("text/html", "application/xhtml+xml"),
    "ttl": ("text/turtle", "application/x-turtle", "text/n3"),
    "jsonld": ("application/ld+json", "application/json"),
    "rdf": ("application/rdf+xml", "application/xml", "text/xml"),
    "nt": ("application/n-triples", "text/plain"),
    "trig": ("application/trig",),
}
_LIST_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NOTHING = Text(
    "The graph says nothing of what this address names. Begin at the start page, or ask the graph.",
    "Grafen säger inget om det som adressen nämner. Börja från startsidan, eller fråga grafen.",
)


async def thing(request: Request, serving: Serving) -> Response:
    """`id/…`: 303 to the document of a thing that is known."""
    local = request.path_params["path"]
    found = _thing(serving, local)
    if not exists(serving.site, found):
        raise Problem(404, _NOTHING)
    gone = retired(serving.site, found)
    here = request.scope["path"][1:]
    if gone is not None and gone.successor is None:
        return await _tombstone(request, serving, "doc/" + local)
    if gone is not None and gone.successor is not None:
        target = (serving.site.path_of(gone.successor.value) or gone.successor.value).replace(
            "doc/", "id/", 1
        )
        return _redirect(308, target, here)
    return _redirect(303, serving.site.path_of(found.value) or "", here)


async def document(request: Request, serving: Serving) -> Response:
    """`doc/…`, `ns`, `shapes`, `query` and the front page: what is said of it, in a form that the client takes."""
    whole = request.scope["path"][1:]
    path, form = _form_asked(whole)
    if path == "index":
        path = ""
    if path.startswith("doc/"):
        _thing(serving, path[len("doc/") :])
    page = _page_number(request)
    language = language_of(request, serving.language)
    asked = {} if path.count("/") != 1 else _asked(request)
    carried = urlencode([*asked.items(), *([("page", page)] if page > 1 else [])])
    explicit = form.endswith(".html")
    if not form:
        form = best_form(request.headers.get("accept", ""), OFFERED) or ""
        if not form:
            raise Problem(406, _not_offered())
        if not path and form != "html":  # what a program wants to know of the whole site
            return _redirect(303, f"catalog.{form}", whole)
    if form == "html":
        form = f"{language}.html"
    spoken = language if form in LIST_FORMS else ""
    key = (path, form, explicit, carried, spoken)
    made = partial(_made, serving, path, form, explicit=explicit, page=page, asked=asked, query=carried)
    reply = serving.cache.get(key) or await serving.cache.made(
        key, lambda: to_thread.run_sync(partial(made, language=language))
    )
    if reply is None:
        raise Problem(404, _NOTHING)
    if reply.status == 308:
        return _redirect(308, reply.headers["location"], whole)
    return send(request, reply, fresh=serving.limits.fresh)


async def graph(request: Request, serving: Serving) -> Response:
    """`graph/…`: 303 to the document that tells of the thing whose file the graph holds."""
    path = request.path_params["path"]
    if not exists(serving.site, _thing(serving, path)):
        raise Problem(404, _NOTHING)
    return _redirect(303, "doc/" + path, request.scope["path"][1:])


async def style_sheet(request: Request, serving: Serving) -> Response:
    """`style.css`"""

    async def made() -> Reply:
        return Reply(style(), "text/css; charset=utf-8")

    reply = await serving.cache.made("style.css", made)
    assert reply is not None
    return send(request, reply, fresh=serving.limits.fresh)


async def asset_file(request: Request, serving: Serving) -> Response:
    """`assets/…`"""
    name = request.path_params["path"]

    async def made() -> Reply | None:
        content = asset(name)
        return None if content is None else Reply(content, media_type(name))

    reply = await serving.cache.made(("assets", name), made)
    if reply is None:
        raise Problem(404, _NOTHING)
    return send(request, reply, fresh=serving.limits.fresh)


def _made(
    serving: Serving,
    path: str,
    form: str,
    *,
    explicit: bool,
    page: int,
    asked: Mapping[str, str] | None = None,
    query: str = "",
    language: str = "",
) -> Reply | None:
    """The representation; a redirection (308) for a merged thing, a tombstone (410) for a retired one, None for nothing."""
    site, status = serving.site, 200
    if path.startswith("doc/") and "/" in path[len("doc/") :]:
        found = _thing(serving, path[len("doc/") :])
        gone = retired(site, found)
        if gone is not None and gone.successor is not None:
            target = site.path_of(gone.successor.value) or gone.successor.value
            return Reply(b"", "", {"location": target}, 308)
        status = 200 if gone is None else 410
    body = represent(
        site,
        path,
        form,
        href=_href(path, explicit=explicit),
        page=page,
        query=f"?{query}" if query else "",
        asked=asked,
        language=language or serving.language,
    )
    if body is None:
        return None
    if form in LIST_FORMS:
        name = f'attachment; filename="{path.rpartition("/")[2]}.{form}"'
        return Reply(body, _LIST_TYPES[form], {"content-disposition": name, "content-language": language})
    language, _, html = form.rpartition(".")
    media = "text/html; charset=utf-8" if html == "html" else FORMS[form].media_type
    headers = {"link": _links(serving, path)}
    if html == "html":
        headers["content-language"] = language
    elif media == "text/turtle":
        media += "; charset=utf-8"
    return Reply(body, media, headers, status)


async def _tombstone(request: Request, serving: Serving, path: str) -> Response:
    form = best_form(request.headers.get("accept", ""), OFFERED) or "html"
    form = f"{language_of(request, serving.language)}.html" if form == "html" else form
    reply = await to_thread.run_sync(partial(_made, serving, path, form, explicit=False, page=1))
    if reply is None:
        raise Problem(404, _NOTHING)
    return send(request, reply, fresh=serving.limits.fresh)


def _thing(serving: Serving, local: str) -> NamedNode:
    try:
        return serving.site.thing_at(local)
    except ValueError:  # no IRI can be made of it
        raise Problem(404, _NOTHING) from None


def _form_asked(path: str) -> tuple[str, str]:
    """The path and the form that its suffix asks for; no form where it has none."""
    for language in LANGUAGES:
        if path.endswith(f".{language}.html"):
            return path.removesuffix(f".{language}.html"), f"{language}.html"
    stem, dot, suffix = path.rpartition(".")
    listed = suffix in LIST_FORMS and stem.startswith("doc/") and stem.count("/") == 1
    return (stem, suffix) if dot and (suffix in OFFERED or listed) else (path, "")


def _asked(request: Request) -> dict[str, str]:
    """How a list is to be narrowed and sorted; what names no column, and what is far too long to be meant, is passed over."""
    known = ("q", "sort", *CHOICES)
    return {
        name: value for name, value in request.query_params.items() if name in known and 0 < len(value) <= 200
    }


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1_000_000:
        raise Problem(
            400,
            Text("page must be a whole number from 1 on.", "page ska vara ett heltal från 1 och uppåt."),
            parameter="page",
            rule="integer",
        )
    return int(text[:9])


def _href(start: str, *, explicit: bool) -> Callable[[str], str]:
    """Addresses relative to the page, so that they hold wherever a proxy puts the site. Where the language was chosen in
    the address, it stays chosen."""

    def href(path: str) -> str:
        if not explicit and bare(path) != start:
            path = bare(path)
        return relative(path, start)

    return href


def _links(serving: Serving, path: str) -> str:
    """The Link header: where the document is for good, its other forms, what describes it, under which licence it is."""
    path = quote(path, safe="/:@!$&'()*+,;=-._~")
    here = (path or "index").rpartition("/")[2]
    links = [f'<{serving.site.base}{path}>; rel="canonical"']
    forms = OFFERED if path else {"html": OFFERED["html"]}
    links += [f'<{here}.{form}>; rel="alternate"; type="{types[0]}"' for form, types in forms.items()]
    if path:
        links.append(f'<{here}.ttl>; rel="describedby"; type="text/turtle"')
    licence = serving.site.project.licence
    if licence.startswith("http"):
        links.append(f'<{licence}>; rel="license"')
    return ", ".join(links)


def _redirect(status: int, target: str, here: str) -> Response:
    """To a path of the site, or to an address elsewhere. The Location is relative, so that it holds behind any proxy."""
    location = target if target.startswith(("http://", "https://")) else relative(target, here)
    return Response(status_code=status, headers={"location": location, "vary": "Accept, Accept-Language"})


def _not_offered() -> Text:
    types = ", ".join(names[0] for names in OFFERED.values())
    return Text(
        f"What is here is offered as {types}. Ask for one of them in Accept.",
        f"Det som finns här erbjuds som {types}. Be om något av dem i Accept.",
    )
