"""Saved queries over HTTP: typed and checked parameters, pages of rows, in any form that the command line writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl, urlencode

from anyio import to_thread
from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.responses import Response

from coopgraph.errors import CoopgraphError, QueryError, Text
from coopgraph.publish.answers import VIEWS, answer_view
from coopgraph.publish.pages import LANGUAGES, Frame
from coopgraph.publish.query_page import ROWS, Asked, Beside, query_page
from coopgraph.publish.represent import represent
from coopgraph.publish.serialise import FORMS as RDF
from coopgraph.publish.server.edge import POLICY
from coopgraph.publish.server.negotiate import best_form
from coopgraph.publish.server.problems import Problem, bare, language_of, of_error
from coopgraph.publish.server.replies import Reply, send
from coopgraph.publish.server.serving import Serving
from coopgraph.publish.server.things import OFFERED
from coopgraph.publish.server.turns import Queue
from coopgraph.publish.site import relative
from coopgraph.publish.views import SUFFIX
from coopgraph.queries.apart import HEAVY, format_apart
from coopgraph.queries.run import bound_text, headed, rows_of, tabled
from coopgraph.queries.saved import SavedQuery
from coopgraph.queries.table import Table
from coopgraph.queries.values import ParameterError, terms
from coopgraph.store import Term

ANSWERS = {
    "json": ("application/json",),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
    "jsonl": ("application/jsonl", "application/x-ndjson", "application/x-jsonlines"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    "parquet": ("application/vnd.apache.parquet",),
    "geojson": ("application/geo+json",),
    "graphml": ("application/graphml+xml",),
    "sparql-json": ("application/sparql-results+json",),
}
QUERY_TEXT = ("application/sparql-query",)
FORMS = {
    "html": ("text/html", "application/xhtml+xml"),
    **ANSWERS,
    "rq": QUERY_TEXT,
    SUFFIX: ("application/json",),
    **{form: types for form, types in OFFERED.items() if form in RDF and form != "jsonld"},
    "jsonld": ("application/ld+json",),
}
_OURS = ("page", "size", "lang", "view", "embed")
_EMBED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
_DATA = f".{SUFFIX}"


class Asking:
    """A request to a saved query: which one, in which form and language, with which values, which page of the rows."""

    def __init__(self, request: Request, serving: Serving) -> None:
        self.path, self.form, self.language = _read_path(request, serving)
        name = self.path.removeprefix("query/")
        query = serving.site.queries.get(name)
        if query is None:
            raise Problem(
                404,
                Text(
                    "There is no such saved query. All are listed at /query.",
                    "Det finns ingen sådan sparad fråga. Alla finns på /query.",
                ),
            )
        self.query: SavedQuery = query
        self.given: dict[str, list[str]] = {}
        ours: dict[str, str] = {}
        pairs = _pairs(request.scope["query_string"], serving.limits.values)
        for key, value in pairs:
            if key in _OURS and key not in query.params:
                _check_ours(key, value, ours)
                ours[key] = value
            elif value or self.form != "html":  # an empty field of a form was not filled in
                self.given.setdefault(key, []).append(value)
        rows = serving.limits.rows
        self.page = _number(ours.get("page", "1"), "page", 1_000_000)
        self.view, self.embed = ours.get("view", "table"), ours.get("embed") == "1"
        paged = self.form == "html" and self.view == "table"
        self.size = _number(ours.get("size", str(ROWS if paged else rows)), "size", rows)
        self.pairs = [pair for pair in pairs if pair[0] != "page"]

    def beside(self, page: int) -> str:
        """The address of another page of the same answer, relative to this one."""
        return "?" + urlencode([*self.pairs, ("page", str(page))])

    def asked(self) -> list[tuple[str, str]]:
        """The parameters of the query that are filled in."""
        return [(name, value) for name, value in self.pairs if value and name in self.query.params]

    def shown_as(self, view: str, *, embed: bool = False) -> str:
        """The part of an address after its path that shows the same answer in another way."""
        more = [("view", view)] * (view != "table") + [("embed", "1")] * embed
        found = urlencode([*self.asked(), *more])
        return "?" + found if found else "?"


async def saved(request: Request, serving: Serving, queue: Queue) -> Response:
    """`query/NAME`: a form and its answer for a person; rows, the text of the query, or its description for a program."""
    asking = Asking(request, serving)
    key = (
        "query",
        asking.path,
        asking.form,
        asking.language,
        asking.page,
        asking.size,
        asking.view,
        asking.embed,
        tuple(sorted((name, tuple(values)) for name, values in asking.given.items())),
        request.scope["path"],
    )
    if asking.form in ("rq", *RDF):
        reply = await serving.cache.made(key, lambda: to_thread.run_sync(_described, serving, asking))
    elif asking.form == "html" and not _complete(asking) and not asking.given:
        reply = await serving.cache.made(
            key, lambda: to_thread.run_sync(partial(_page, serving, asking, request.scope["path"], {}))
        )
    else:
        reply = serving.cache.get(key) or await serving.cache.made(
            key, lambda: _in_turn(serving, queue, asking, request.scope["path"])
        )
    assert reply is not None
    return send(request, reply, fresh=serving.limits.fresh)


async def _in_turn(serving: Serving, queue: Queue, asking: Asking, path: str) -> Reply:
    async with queue.turn():
        return await to_thread.run_sync(_answered, serving, asking, path)


def _answered(serving: Serving, asking: Asking, path: str) -> Reply:
    content = b""
    try:
        table, more, bound = _table(serving, asking)
        if asking.form == SUFFIX:
            content = answer_view(serving.site, table).json()
        elif asking.form in HEAVY:
            content = format_apart(table, asking.form, seconds=serving.limits.seconds)
        elif asking.form != "html":
            content = table.format(asking.form)
    except ParameterError as error:
        if asking.form == "html":
            said = error.plain.sv if asking.language == "sv" else error.plain.en
            return replace(_page(serving, asking, path, {}, problem=said), status=422)
        raise Problem(422, Text(error.en, error.sv), parameter=error.parameter, rule=error.rule) from error
    except QueryError as error:
        raise of_error(error, 400) from error
    except CoopgraphError as error:
        raise of_error(error, 503) from error
    if asking.form == "html":
        return _page(serving, asking, path, bound, table=table, more=more)
    if asking.form == SUFFIX:
        return Reply(content, "application/json")
    links = [f'<{asking.beside(asking.page + 1)}>; rel="next"'] if more else []
    if asking.page > 1:
        links.insert(0, f'<{asking.beside(asking.page - 1)}>; rel="prev"')
    if asking.query.name:
        links.append(f'<{serving.site.base}query/{asking.query.name}>; rel="describedby"')
    media = ANSWERS[asking.form][0]
    if media.startswith("text/"):
        media += "; charset=utf-8"
    headers = {
        "link": ", ".join(links),
        "x-row-limit": str(serving.limits.rows),
        "content-language": asking.language,
    }
    name = asking.query.name.replace("/", "-")
    if asking.form in ("xlsx", "parquet", "csv", "graphml"):
        headers["content-disposition"] = f'attachment; filename="{name}.{asking.form}"'
    return Reply(content, media, headers)


def _table(serving: Serving, asking: Asking) -> tuple[Table, bool, dict[str, list[Term]]]:
    """One page of the rows, whether there are more, and what was asked for. Raises QueryError for a wrong value, before anything runs."""
    site, language = serving.site, asking.language
    bound = terms(
        asking.query, asking.given, serving.store, site.namespaces, language=language, names_of=serving.names
    )
    start, stop = (asking.page - 1) * asking.size, asking.page * asking.size
    if asking.query.pairs:
        columns, found = rows_of(
            asking.query, bound, serving.workers.within(serving.limits.seconds), language, most=stop + 1
        )
    else:
        rows = serving.workers.select(bound_text(asking.query, bound, language), limit=stop + 1)
        columns, found = tuple(rows.variables), list(rows)
    table = tabled(columns, found[start:stop], serving.store, site.namespaces, language=language)
    return headed(table, asking.query, language), len(found) > stop, bound


def _page(
    serving: Serving,
    asking: Asking,
    path: str,
    bound: Mapping[str, Sequence[Term]],
    *,
    table: Table | None = None,
    more: bool = False,
    problem: str = "",
) -> Reply:
    here = path[1:]
    frame = Frame(
        serving.site, asking.path, asking.language, _href(here), query="?" + urlencode(asking.pairs)
    )
    picks = {
        name: serving.picks(param.of, asking.language)
        if param.type == "iri"
        else [(code, _coded(asking.query, name, code, asking.language)) for code in param.choices]
        for name, param in asking.query.params.items()
        if param.of or param.choices
    }
    # a thing that was asked for by its name is found again in the list
    given = {name: [_written(serving, value) for value in values] for name, values in bound.items()}
    carried = "?" + urlencode(asking.asked())
    stem = here.rpartition("/")[2]
    for language in LANGUAGES:
        stem = stem.removesuffix(f".{language}.html")
    stem = stem.removesuffix(".html")
    whole = f"{serving.address}{asking.path}.{asking.language}.html"
    text = query_page(
        frame,
        asking.query,
        Asked(picks, {**asking.given, **given}, asking.view, carried if asking.asked() else ""),
        table=table,
        problem=problem,
        embed=asking.embed and table is not None,
        beside=Beside(
            [(form, f"{stem}.{form}{carried}") for form in ANSWERS],
            {view: asking.shown_as(view) for view in VIEWS},
            asking.beside(asking.page - 1) if asking.page > 1 else "",
            asking.beside(asking.page + 1) if more and asking.view == "table" else "",
            whole + asking.shown_as(asking.view).rstrip("?"),
            whole + asking.shown_as(asking.view, embed=True),
        ),
    )
    headers = {
        "content-language": asking.language,
        "link": f'<{serving.site.base}query/{asking.query.name}>; rel="canonical"',
    }
    if asking.embed:
        headers["content-security-policy"] = _EMBED
    return Reply(text.encode(), "text/html; charset=utf-8", headers)


def _written(serving: Serving, value: Term) -> str:
    """A value as the form writes it."""
    return serving.site.namespaces.shorten(value.value) if isinstance(value, NamedNode) else value.value


def _coded(query: SavedQuery, name: str, code: str, language: str) -> str:
    """What a code means, where the query's column of that name says."""
    column = query.columns.get(name)
    return column.codes.get(code, {}).get(language, code) if column else code


def _described(serving: Serving, asking: Asking) -> Reply:
    if asking.form == "rq":
        return Reply(asking.query.path.read_bytes(), f"{QUERY_TEXT[0]}; charset=utf-8")
    body = represent(serving.site, asking.path, asking.form, href=str)
    assert body is not None
    return Reply(body, RDF[asking.form].media_type)


def _complete(asking: Asking) -> bool:
    """Whether everything that must be filled in is."""
    return all(param.optional or name in asking.given for name, param in asking.query.params.items())


def _read_path(request: Request, serving: Serving) -> tuple[str, str, str]:
    """The path without suffix, the form, and the language."""
    path = request.scope["path"][1:]
    language = language_of(request, serving.language)
    for one in LANGUAGES:
        if path.endswith(f".{one}.html"):
            return path.removesuffix(f".{one}.html"), "html", one
    if path.endswith(_DATA):
        return path.removesuffix(_DATA), SUFFIX, language
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix in FORMS:
        return stem, suffix, language
    form = best_form(request.headers.get("accept", ""), FORMS)
    if form is None:
        types = ", ".join(names[0] for names in FORMS.values())
        raise Problem(406, Text(f"The answer is offered as {types}.", f"Svaret erbjuds som {types}."))
    return path, form, language


def _pairs(query: bytes, most: int) -> Sequence[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError as error:
        raise Problem(
            400,
            Text(
                f"The parameters are not UTF-8, or more than {most}.",
                f"Parametrarna är inte UTF-8, eller fler än {most}.",
            ),
        ) from error


def _check_ours(name: str, value: str, before: dict[str, str]) -> None:
    """Raise Problem for a second value of a parameter of ours, and for a language that there is not."""
    if name in before:
        raise Problem(422, Text(f"{name}: one value.", f"{name}: ett värde."), parameter=name, rule="one")
    if name == "lang" and value not in LANGUAGES:
        raise Problem(
            422, Text("lang must be sv or en.", "lang ska vara sv eller en."), parameter=name, rule="in"
        )
    if name == "view" and value not in VIEWS:
        views = ", ".join(VIEWS)
        raise Problem(
            422, Text(f"view is one of {views}.", f"view är någon av {views}."), parameter=name, rule="in"
        )


def _number(text: str, name: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most or len(text) > 9:
        raise Problem(
            422,
            Text(
                f"{name} must be a whole number from 1 to {most}.",
                f"{name} ska vara ett heltal från 1 till {most}.",
            ),
            parameter=name,
            rule="integer",
        )
    return int(text)


def _href(here: str) -> Callable[[str], str]:
    explicit = here.endswith(tuple(f".{language}.html" for language in LANGUAGES))

    def href(path: str) -> str:
        own = path.startswith("query/") and bare(path) == here
        return relative(path if explicit or own else bare(path), here)

    return href
