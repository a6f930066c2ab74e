"""The API in OpenAPI 3.1, made from the headers of the saved queries, with examples that the data answers."""

from __future__ import annotations

import json
from typing import Any

from coopgraph.publish.search import LONGEST
from coopgraph.publish.server.saved import FORMS
from coopgraph.publish.server.serving import Serving
from coopgraph.queries.names_facets import CHOSEN_BY
from coopgraph.queries.saved import Param, SavedQuery
from coopgraph.queries.values import example

_PLAIN = {"type": ["string", "number", "boolean", "null"]}
_WRONG = {
    "400": "BadRequest",
    "404": "NotFound",
    "406": "NotAcceptable",
    "414": "TooLong",
    "422": "WrongValue",
    "429": "Busy",
    "503": "NotInTime",
}
_TITLES = {
    "BadRequest": "The request can't be understood.",
    "Forbidden": "An update or a query that fetches from elsewhere: the graph is only read.",
    "NotFound": "There is nothing here.",
    "NotAcceptable": "Not offered in a form that the client takes.",
    "TooLarge": "The query is too long.",
    "TooLong": "The address is too long.",
    "NotAForm": "Not a content type that is read here.",
    "WrongValue": "A parameter is unknown, missing, or has a value of the wrong type; `parameter` and `rule` say which.",
    "Busy": "Too many queries at once. `Retry-After` says when to ask again.",
    "NotInTime": "Not answered within the time limit.",
}


def openapi(serving: Serving, language: str) -> bytes:
    """The description as JSON, its texts in one language."""
    site = serving.site
    paths = {
        f"/query/{query.name}": {"get": _operation(serving, query, language)}
        for query in site.queries.values()
    }
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": site.title(language),
            "version": serving.snapshot.report.snapshot,
            **(
                {"license": {"name": site.project.licence, "url": site.project.licence}}
                if site.project.licence
                else {}
            ),
        },
        "paths": {**paths, "/search.json": {"get": _search(language)}, "/sparql": _sparql(serving)},
        "components": {
            "responses": {name: _problem(text) for name, text in _TITLES.items()},
            "schemas": {"Problem": _PROBLEM},
        },
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _operation(serving: Serving, query: SavedQuery, language: str) -> dict[str, Any]:
    limits = serving.limits
    row = {name: _PLAIN for column in query.columns for name in (column, column + "Label")}
    content: dict[str, Any] = {types[0]: {} for types in FORMS.values()}
    content["application/json"] = {
        "schema": {
            "type": "array",
            "items": {"type": "object", "properties": row, "additionalProperties": False},
        }
    }
    return {
        "operationId": query.name.replace("/", "-"),
        "tags": [query.name.partition("/")[0]],
        "summary": query.title.get(language, query.name),
        "description": query.description.get(language, ""),
        "parameters": [
            *(_parameter(serving, param, language) for param in query.params.values()),
            _number("page", limits.rows * 100, "1"),
            _number("size", limits.rows, str(limits.rows)),
            {"name": "lang", "in": "query", "schema": {"enum": ["sv", "en"]}},
        ],
        "responses": {
            "200": {"description": "OK", "content": content},
            **{status: {"$ref": f"#/components/responses/{name}"} for status, name in _WRONG.items()},
        },
    }


def _parameter(serving: Serving, param: Param, language: str) -> dict[str, Any]:
    value = example(param, serving.names, language)
    item: dict[str, Any] = {"type": "integer" if param.type == "integer" else "string"}
    if param.type == "date":
        item["format"] = "date"
    else:
        item["minLength"] = 1
    if param.choices:
        item["enum"] = list(param.choices)
    if param.type == "integer":
        item.pop("minLength")
        value_: Any = int(value) if value else 1
    else:
        value_ = value
    schema = item if param.type == "date" else {"type": "array", "items": item, "minItems": 1}
    known = {} if value is None else {"example": value_ if param.type == "date" else [value_]}
    kinds = f" ({', '.join(param.of)})" if param.of else ""
    return {
        "name": param.name,
        "in": "query",
        "required": not param.optional,
        "description": param.label.get(language, param.name) + kinds,
        "schema": schema,
        **known,
    }


def _number(name: str, most: int, default: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": int(default)}
    return {"name": name, "in": "query", "schema": schema}


def _search(language: str) -> dict[str, Any]:
    sv = language == "sv"
    texts = {"type": "array", "items": {"type": "string"}}
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    fields: list[tuple[str, dict[str, Any], str]] = [
        (
            "q",
            {"type": "string", "maxLength": LONGEST},
            "En del av ett namn, också felstavat; tomt: allt"
            if sv
            else "A part of a name, also misspelt; empty: everything",
        ),
        *(
            (
                facet,
                texts,
                "Ett värde ur svarets facets; flera får nämnas"
                if sv
                else "A value of the answer's facets; several may be named",
            )
            for facet in CHOSEN_BY
        ),
        ("from", year, "Pågick det året eller senare" if sv else "Went on that year or later"),
        ("to", year, "Pågick det året eller tidigare" if sv else "Went on that year or earlier"),
        (
            "page",
            {"type": "integer", "minimum": 1, "maximum": 999_999, "default": 1},
            "Sida" if sv else "Page",
        ),
        ("lang", {"enum": ["sv", "en"]}, "Språk" if sv else "Language"),
    ]
    text, count = {"type": "string"}, {"type": "integer"}
    result = _object(iri=text, page=text, name=text, also=text, about=text, fit={"type": "number"})
    value = _object(value=text, name=text, count=count)
    answer = _object(
        total=count,
        page=count,
        size=count,
        results={"type": "array", "items": result},
        facets={"type": "object", "additionalProperties": {"type": "array", "items": value}},
    )
    return {
        "operationId": "search",
        "summary": "Sök saker efter namn" if sv else "Search for things by name",
        "parameters": [
            {"name": name, "in": "query", "schema": schema, "description": said}
            for name, schema, said in fields
        ],
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": answer}}},
            **{status: {"$ref": f"#/components/responses/{name}"} for status, name in _WRONG.items()},
        },
    }


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _sparql(serving: Serving) -> dict[str, Any]:
    rows = (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    )
    graphs = (
        "text/turtle",
        "application/ld+json",
        "application/rdf+xml",
        "application/n-triples",
        "application/trig",
    )
    answers = {
        "200": {"description": "OK", "content": {media: {} for media in (*rows, *graphs, "text/html")}},
        **{
            status: {"$ref": f"#/components/responses/{name}"}
            for status, name in (
                {key: one for key, one in _WRONG.items() if key != "422"}
                | {"403": "Forbidden", "413": "TooLarge"}
            ).items()
        },
    }
    query = {
        "name": "query",
        "in": "query",
        "description": f"At most {serving.limits.query_length} signs.",
        "schema": {"type": "string"},
        "example": "SELECT ?thing WHERE { ?thing a coop:Partnership } LIMIT 5",
    }
    graph = {"type": "array", "items": {"type": "string"}}
    graphs_asked = [
        {"name": name, "in": "query", "schema": graph} for name in ("default-graph-uri", "named-graph-uri")
    ]
    form = {
        "type": "object",
        "properties": {"query": {"type": "string"}},
        "required": ["query"],
    }
    posted = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {
        "get": {"operationId": "sparql", "parameters": [query, *graphs_asked], "responses": answers},
        "post": {
            "operationId": "sparql-post",
            "description": "A query may also be the whole body, as application/sparql-query.",
            "parameters": graphs_asked,
            "requestBody": posted,
            "responses": answers | {"415": {"$ref": "#/components/responses/NotAForm"}},
        },
    }


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": text,
        "content": {"application/problem+json": {"schema": schema}, "text/html": {}},
    }


_PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
        "rule": {"type": "string"},
    },
}
