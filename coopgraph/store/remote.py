"""A store behind a SPARQL 1.1 endpoint, asked through SPARQLWrapper.

What some servers say in a way of their own is put right here, so that nobody else needs to know (docs/servers.md).
"""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException, HTTPMessage
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.errors import QueryError, StoreError, system_text
from coopgraph.store import Term
from coopgraph.store.bytewise import bytewise

AGENT = "coopgraph (+https://w3id.org/coopgraph/)"


class RemoteRows:
    """Solutions that an endpoint sent in the SPARQL 1.1 JSON format."""

    def __init__(self, variables: Sequence[str], rows: Sequence[tuple[Term | None, ...]]) -> None:
        self.variables, self._rows = variables, rows

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        return iter(self._rows)


def _term(value: Mapping[str, str]) -> Term:
    text = value["value"]
    if value["type"] == "uri":
        return NamedNode(text)
    if value["type"] == "bnode":
        return BlankNode(text.removeprefix("nodeID://"))  # as Virtuoso writes it
    if value.get("xml:lang"):
        return Literal(text, language=value["xml:lang"])
    if value.get("datatype"):
        return Literal(text, datatype=NamedNode(value["datatype"]))
    return Literal(text)


class RemoteStore:
    """Asks the endpoint at `url`. The endpoint decides which graphs a query sees.

    A query that the endpoint can't run raises QueryError; an endpoint that does not answer, or not with all of the answer,
    raises StoreError. `timeout` is how many seconds it may be silent.
    """

    def __init__(self, url: str, *, timeout: int = 30) -> None:
        if not url.startswith(("http://", "https://")):
            raise QueryError(
                f"'{url}' is not the address of an endpoint. It begins with http:// or https://.",
                f"'{url}' är ingen adress till en SPARQL-tjänst. Den ska börja med http:// eller https://.",
            )
        self.url, self.timeout = url, timeout
        self._bytewise = False

    def _ask(self, query: str, accept: str) -> tuple[bytes, HTTPMessage]:
        """The body of the answer, and its headers."""
        from SPARQLWrapper import POST, SPARQLWrapper
        from SPARQLWrapper.SPARQLExceptions import (
            EndPointInternalError,
            QueryBadFormed,
            SPARQLWrapperException,
        )

        wrapper = SPARQLWrapper(self.url, agent=AGENT)
        wrapper.setQuery(bytewise(query) if self._bytewise else query)
        wrapper.setMethod(POST)
        wrapper.setTimeout(self.timeout)
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.setOnlyConneg(True)
        try:
            with wrapper.query().response as response:
                self._bytewise = response.headers.get("Server", "").startswith("Virtuoso/07")
                return response.read(), response.headers
        except (
            QueryBadFormed,
            EndPointInternalError,
        ) as error:  # 400 and 500 are about the query (Protocol 2.1.6)
            said = _last_line(error)
            raise QueryError(
                f"{self.url} refused the query: {said}", f"{self.url} avvisade frågan: {said}"
            ) from error
        except SPARQLWrapperException as error:
            said = _last_line(error)
            raise StoreError(
                f"{self.url} can't be asked: {said}", f"{self.url} går inte att fråga: {said}"
            ) from error
        except urllib.error.HTTPError as error:
            raise StoreError(
                f"{self.url} answered {error.code} {error.reason}.",
                f"{self.url} svarade {error.code} {error.reason}.",
            ) from error
        except HTTPException as error:
            raise StoreError(
                f"{self.url} broke off in the middle of its answer.", f"{self.url} bröt av mitt i sitt svar."
            ) from error
        except (urllib.error.URLError, TimeoutError, OSError) as error:
            reason = getattr(error, "reason", error)
            told = system_text(reason if isinstance(reason, Exception) else error)
            raise StoreError(
                f"{self.url} does not answer: {told.en}. Is the address right and the server up?",
                f"{self.url} svarar inte: {told.sv}. Är adressen rätt, och är servern igång?",
            ) from error

    def _json(self, query: str) -> Mapping[str, Any]:
        import json

        body, headers = self._ask(query, "application/sparql-results+json")
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("head"), dict):
            kind = headers.get("Content-Type", "?").partition(";")[0]
            start = " ".join(body[:80].decode("utf-8", "replace").split())
            raise StoreError(
                f"{self.url} did not answer with SPARQL results in JSON, but with {kind}: {start}… "
                "Is it the address of the endpoint?",
                f"{self.url} svarade inte med ett SPARQL-resultat i JSON utan med {kind}: {start}… "
                "Är det adressen till SPARQL-tjänsten?",
            )
        if _cut_short(answer, headers):
            raise StoreError(
                f"{self.url} gave only a part of the answer: it has a limit to rows or time. "
                "Ask its keeper to raise it (docs/servers.md).",
                f"{self.url} gav bara en del av svaret: den har en gräns för rader eller tid. "
                "Be den som sköter den att höja gränsen (docs/servers.md).",
            )
        return answer

    def select(self, query: str) -> RemoteRows:
        answer = self._json(query)
        if "results" not in answer:
            raise QueryError("A SELECT query is wanted here.", "Här behövs en SELECT-fråga.")
        try:
            names = [str(name) for name in answer["head"].get("vars", [])]
            return RemoteRows(
                names,
                [
                    tuple(_term(row[name]) if name in row else None for name in names)
                    for row in answer["results"]["bindings"]
                ],
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise StoreError(
                f"{self.url} answered with rows that are not SPARQL results: {error!r}",
                f"{self.url} svarade med rader som inte är SPARQL-resultat: {error!r}",
            ) from error

    def ask(self, query: str) -> bool:
        answer = self._json(query)
        if "boolean" in answer:
            return bool(answer["boolean"])
        rows = answer.get("results", {}).get("bindings", [])  # Virtuoso 7: one row, with 1 or 0
        return any(value.get("value") == "1" for row in rows for value in row.values())

    def construct(self, query: str) -> Iterator[Triple]:
        body, _ = self._ask(query, "application/n-triples")
        try:
            quads = list(ox.parse(body, format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            raise StoreError(
                f"{self.url} did not answer with triples: {error}",
                f"{self.url} svarade inte med tripler: {error}",
            ) from error
        return iter(quad.triple for quad in quads)


def _cut_short(answer: Mapping[str, Any], headers: HTTPMessage) -> bool:
    """Whether the server tells in its headers, as Virtuoso does, that the answer has a limit, which it reached."""
    if headers.get("X-SQL-State") == "S1TAT":
        return True
    limit = headers.get("X-SPARQL-MaxRows", "")
    return limit.isdigit() and len(answer.get("results", {}).get("bindings", [])) >= int(limit)


def _last_line(error: Exception) -> str:
    """What the server said, in a line: SPARQLWrapper puts the body last, as Python writes bytes."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[-1].removeprefix("b")[1:-1] if lines else ""
    return said.partition("\\n")[0][:300] or type(error).__name__
