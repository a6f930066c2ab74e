"""The SPARQL 1.1 Protocol, to read only. Source: https://www.w3.org/TR/sparql11-protocol/, section 2."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from anyio import to_thread
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple, parse
from starlette.requests import Request
from starlette.responses import Response

from coopgraph.errors import QueryError, QueryTimeout, StoreError, Text
from coopgraph.publish.pages import Frame
from coopgraph.publish.serialise import RDF_TYPE, serialise
from coopgraph.publish.server.negotiate import best_form
from coopgraph.publish.server.problems import Problem, bare, language_of, of_error
from coopgraph.publish.server.replies import Reply, send
from coopgraph.publish.server.serving import Serving
from coopgraph.publish.server.things import OFFERED
from coopgraph.publish.server.turns import Queue
from coopgraph.publish.site import Site, relative
from coopgraph.publish.sparql_page import sparql_page
from coopgraph.queries.guard import refuse_unsafe, unescaped
from coopgraph.queries.text import form_of, in_readers_place, with_prefixes

ROWS = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
GRAPHS = {form: types for form, types in OFFERED.items() if form != "html"}
_RESULTS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)
SD = "http://www.w3.org/ns/sparql-service-description#"


class Asked:
    """A query as a request puts it, with the graphs that it is to be asked of."""

    def __init__(self, query: str, fields: dict[str, list[str]]) -> None:
        self.query = query
        self.default_graphs = tuple(fields.get("default-graph-uri", ()))
        self.named_graphs = tuple(fields.get("named-graph-uri", ()))


async def sparql(request: Request, serving: Serving, queue: Queue) -> Response:
    """Answer a query; without one, describe the service, or show a person a field to ask in."""
    asked = await _asked(request, serving)
    if asked is None:
        return await _service(request, serving)
    if len(asked.query) > serving.limits.query_length:
        raise Problem(
            413,
            Text(
                f"The query is longer than {serving.limits.query_length} signs.",
                f"Frågan är längre än {serving.limits.query_length} tecken.",
            ),
        )
    try:
        refuse_unsafe(asked.query)
    except QueryError as error:
        raise of_error(error, 403) from error
    kind = form_of(asked.query)
    offered = GRAPHS if kind in ("CONSTRUCT", "DESCRIBE") else ROWS
    form = best_form(request.headers.get("accept", ""), offered)
    if form is None:
        if best_form(request.headers.get("accept", ""), OFFERED) != "html":
            types = ", ".join(names[0] for names in offered.values())
            raise Problem(
                406,
                Text(f"Such a query is answered as {types}.", f"En sådan fråga besvaras som {types}."),
            )
        form = next(iter(offered))  # a browser with a query in its address
    key = ("sparql", asked.query, asked.default_graphs, asked.named_graphs, form)
    if _CHANGING.search(unescaped(asked.query)):
        reply: Reply | None = await _answered(serving, queue, asked, form)
    else:
        reply = serving.cache.get(key) or await serving.cache.made(
            key, lambda: _answered(serving, queue, asked, form)
        )
    assert reply is not None
    return send(request, reply, fresh=serving.limits.fresh)


async def _answered(serving: Serving, queue: Queue, asked: Asked, form: str) -> Reply:
    limits, names = serving.limits, serving.site.namespaces
    whole = f"BASE <{serving.address}sparql> " + with_prefixes(asked.query, names)
    graph = form not in _RESULTS
    try:
        for iri in (*asked.default_graphs, *asked.named_graphs):
            NamedNode(iri)
        async with queue.turn():
            answer = await serving.workers.answer_soon(
                whole,
                RdfFormat.N_TRIPLES if graph else _RESULTS[form],
                limit=limits.rows,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
            )
    except ValueError as error:
        raise Problem(
            400,
            Text("The address of a graph is no IRI.", "Adressen till en graf är ingen IRI."),
            parameter="default-graph-uri",
            rule="iri",
        ) from error
    except QueryError as error:
        added = len(whole) - len(asked.query)
        raise of_error(in_readers_place(error, asked.query, added, names.prefixes), 400) from error
    except (QueryTimeout, StoreError) as error:
        raise of_error(error, 503) from error
    content = answer.content
    if graph and form != "nt":
        content = await to_thread.run_sync(_graph, content, form, names.prefixes)
    media = (GRAPHS if graph else ROWS)[form][0]
    if media.startswith("text/"):
        media += "; charset=utf-8"
    headers = {
        "x-sparql-maxrows": str(limits.rows),
        "x-sparql-complete": "true" if answer.complete else "false",
    }
    return Reply(content, media, headers)


def _graph(content: bytes, form: str, prefixes: Mapping[str, str]) -> bytes:
    triples = [quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)]
    return serialise(triples, form, prefixes)


async def _asked(request: Request, serving: Serving) -> Asked | None:
    """The query of a request by its method and content type; None for a GET without one. Raises Problem."""
    fields = fields_of(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        if "update" in fields:
            raise _read_only()
        return Asked(_one(fields, "query"), fields) if "query" in fields else None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    charset = request.headers.get("content-type", "").lower().partition("charset=")[2].strip('" ')
    if kind == _UPDATE:
        raise _read_only()
    if kind not in (_FORM, _QUERY):
        raise Problem(
            415,
            Text(
                f"A query is posted as {_FORM} or as {_QUERY}.",
                f"En fråga skickas som {_FORM} eller {_QUERY}.",
            ),
        )
    body = await request.body()
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Problem(
            400,
            Text(f"Queries are read in UTF-8, not in {charset}.", f"Frågor läses i UTF-8, inte i {charset}."),
        )
    if kind == _QUERY:
        return Asked(_decoded(body), fields)
    posted = fields_of(body)
    if "update" in posted:
        raise _read_only()
    if "query" not in posted:
        raise Problem(400, Text("There is no query in the form.", "Det finns ingen fråga i formuläret."))
    return Asked(_one(posted, "query"), {**fields, **posted})


def fields_of(encoded: bytes) -> dict[str, list[str]]:
    """The fields of a form or of an address. Raises Problem for what is not UTF-8, or too many."""
    try:
        return parse_qs(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise Problem(
            400,
            Text(
                "The parameters are not UTF-8, or too many.", "Parametrarna är inte UTF-8, eller för många."
            ),
        ) from error


def _one(fields: dict[str, list[str]], name: str) -> str:
    if len(fields[name]) > 1:
        raise Problem(400, Text("One query at a time.", "En fråga i taget."), parameter=name, rule="one")
    return fields[name][0]


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, Text("The query is not UTF-8.", "Frågan är inte UTF-8.")) from error


def _read_only() -> Problem:
    return Problem(
        403,
        Text(
            "The graph is read here, never written. It is built from the dataset's files.",
            "Här läses grafen och skrivs aldrig. Den byggs av datamängdens filer.",
        ),
    )


async def _service(request: Request, serving: Serving) -> Response:
    form = best_form(request.headers.get("accept", ""), OFFERED)
    if form is None:
        raise Problem(
            406, Text("The service is described in RDF and HTML.", "Tjänsten beskrivs i RDF och HTML.")
        )
    site = serving.site
    if form == "html":
        language = language_of(request, serving.language)
        here = request.scope["path"][1:]
        frame = Frame(site, "sparql", language, lambda path: relative(bare(path), here))
        example = request.query_params.get("example", "")
        limits = serving.limits
        text = sparql_page(frame, seconds=limits.seconds, rows=limits.rows, example=example)
        headers = {"content-language": language}
        return send(request, Reply(text.encode(), "text/html; charset=utf-8", headers), fresh=limits.fresh)
    content = serialise(
        service_description(site, serving.address), form, {**site.namespaces.prefixes, "sd": SD}
    )
    return send(request, Reply(content, OFFERED[form][0]), fresh=serving.limits.fresh)


def service_description(site: Site, address: str) -> Sequence[Triple]:
    """What the service can do (https://www.w3.org/TR/sparql11-service-description/)."""
    endpoint, dataset, default = (
        NamedNode(address + name) for name in ("sparql", "sparql#dataset", "sparql#default-graph")
    )
    formats = "http://www.w3.org/ns/formats/"
    named = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
    graphs = ("Turtle", "JSON-LD", "RDF_XML", "N-Triples", "TriG")
    a = NamedNode(RDF_TYPE)
    return [
        Triple(endpoint, a, NamedNode(SD + "Service")),
        Triple(endpoint, NamedNode(SD + "endpoint"), endpoint),
        Triple(endpoint, NamedNode(SD + "supportedLanguage"), NamedNode(SD + "SPARQL11Query")),
        Triple(endpoint, NamedNode(SD + "feature"), NamedNode(SD + "UnionDefaultGraph")),
        *(
            Triple(endpoint, NamedNode(SD + "resultFormat"), NamedNode(formats + one))
            for one in (*named, *graphs)
        ),
        Triple(endpoint, NamedNode(SD + "defaultDataset"), dataset),
        Triple(dataset, a, NamedNode(SD + "Dataset")),
        Triple(dataset, NamedNode(SD + "defaultGraph"), default),
        Triple(default, a, NamedNode(SD + "Graph")),
        Triple(
            dataset,
            NamedNode("http://purl.org/dc/terms/title"),
            Literal(site.title("en"), language="en"),
        ),
    ]
