"""What went wrong, told to who asked: a page for a person, `application/problem+json` (RFC 9457) for a program."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from coopgraph.errors import CoopgraphError, QueryError, Text
from coopgraph.publish.pages import LANGUAGES, Frame, message_page
from coopgraph.publish.server.negotiate import best_form, best_language
from coopgraph.publish.server.replies import VARY
from coopgraph.publish.site import Site, relative

_FORMS = {"json": ("application/problem+json", "application/json"), "html": ("text/html",)}
_TITLES = {
    400: Text("The request can't be understood", "Begäran går inte att förstå"),
    403: Text("Not allowed", "Inte tillåtet"),
    404: Text("There is nothing here", "Här finns inget"),
    405: Text("Not done this way", "Så går det inte"),
    406: Text("Not in that form", "Inte i den formen"),
    408: Text("Too slow", "För långsamt"),
    410: Text("No longer here", "Finns inte längre"),
    413: Text("Too large", "För stort"),
    414: Text("The address is too long", "Adressen är för lång"),
    415: Text("Not a form that is read here", "En form som inte läses här"),
    422: Text("A value is wrong", "Ett värde är fel"),
    429: Text("Busy", "Upptaget"),
    500: Text("Something went wrong here", "Något gick fel här"),
    503: Text("Not answered in time", "Inget svar i tid"),
}


class Problem(Exception):
    """Ends the handling of a request with a status, and words on what was wrong and what to do."""

    def __init__(
        self,
        status: int,
        text: Text,
        *,
        parameter: str = "",
        rule: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status, self.text, self.headers = status, text, headers or {}
        self.facts: dict[str, str | int] = {
            name: value for name, value in (("parameter", parameter), ("rule", rule)) if value
        }
        super().__init__(text.en)


def of_error(error: CoopgraphError, status: int) -> Problem:
    """The problem that an error of ours is; of a query that doesn't parse it says where."""
    problem = Problem(status, Text(error.en, error.sv))
    if isinstance(error, QueryError) and error.line:
        problem.facts |= {"line": error.line, "column": error.column}
    return problem


def language_of(request: Request, first: str) -> str:
    """The reader's language: `lang` in the address, else what the client prefers, else `first`."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    offered = [first, *(one for one in LANGUAGES if one != first)]
    return best_language(request.headers.get("accept-language", ""), offered)


def tell(request: Request, problem: Problem, site: Site | None, first: str) -> Response:
    """The problem as an answer."""
    language = language_of(request, first)
    title = _TITLES.get(
        problem.status, Text(HTTPStatus(problem.status).phrase, HTTPStatus(problem.status).phrase)
    )
    said, shown = (problem.text.sv, title.sv) if language == "sv" else (problem.text.en, title.en)
    headers = {"vary": VARY, "cache-control": "no-store", **problem.headers}
    if site is not None and best_form(request.headers.get("accept", ""), _FORMS) == "html":
        depth = request.scope["path"][1:]
        frame = Frame(site, "", language, lambda path: relative(bare(path), depth))
        return Response(
            message_page(frame, shown, said),
            status_code=problem.status,
            headers={**headers, "content-type": "text/html; charset=utf-8", "content-language": language},
        )
    body = {"type": "about:blank", "title": shown, "status": problem.status, "detail": said, **problem.facts}
    return Response(
        json.dumps(body, ensure_ascii=False) + "\n",
        status_code=problem.status,
        headers={**headers, "content-type": "application/problem+json", "content-language": language},
    )


def bare(path: str) -> str:
    """The path of a page without the suffix of its language: the client's own preference then holds."""
    for language in LANGUAGES:
        path = path.removesuffix(f".{language}.html") if path.endswith(f".{language}.html") else path
    return "" if path == "index" else path
