"""A store behind a SPARQL 1.1 server: asked by the protocol's queries, written by its updates and the graph store protocol.

What some servers say in a way of their own is put right here, so that nobody else needs to know (docs/servers.md).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPMessage, HTTPResponse, IncompleteRead
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.errors import QueryError, StoreError
from coopgraph.store import Term
from coopgraph.store.bytewise import bytewise
from coopgraph.store.credentials import Credentials
from coopgraph.store.http import Door, Refused, broken_off, checked, printable

_BOOLEAN = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")


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
        datatype = NamedNode(value["datatype"])
        if datatype == _BOOLEAN:  # Virtuoso 7 writes 1 and 0
            text = {"1": "true", "0": "false"}.get(text, text)
        return Literal(text, datatype=datatype)
    return Literal(text)


class RemoteStore:
    """Asks the endpoint at `url`, and writes at `update` and `graph_store`. The endpoint decides which graphs a query sees.

    A query that the endpoint can't run raises QueryError; an endpoint that does not answer, or not with all of the answer,
    raises StoreError. `timeout` is how many seconds it may be silent.
    """

    def __init__(
        self,
        url: str,
        *,
        update: str | None = None,
        graph_store: str | None = None,
        credentials: Credentials | None = None,
        timeout: float = 30,
    ) -> None:
        self.url, self.timeout = checked(url), timeout
        self.update_url, self.graph_store_url = update, graph_store
        self._door = Door(credentials, timeout=timeout)
        self.kind = ""
        """What the server calls itself; empty until it has answered."""

    def _question(self, query: str) -> bytes:
        return urlencode({"query": bytewise(query) if self.is_virtuoso_7 else query}).encode()

    @property
    def is_virtuoso_7(self) -> bool:
        return self.kind.startswith("Virtuoso/07")

    def _json(self, query: str) -> Mapping[str, Any]:
        try:
            body, headers = self._door.read(
                self.url, self._question(query), kind=_FORM, accept="application/sparql-results+json"
            )
        except Refused as error:
            raise self._refused(error) from error
        self.kind = headers.get("Server", "")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("head"), dict):
            raise self._no_results(body, headers)
        if _cut_short(answer, headers):
            raise StoreError(
                f"{self.url} gave only a part of the answer: it has a limit to rows or time. "
                "Ask its keeper to raise it (docs/servers.md).",
                f"{self.url} gav bara en del av svaret: den har en gräns för rader eller tid. "
                "Be den som sköter den att höja gränsen (docs/servers.md).",
            )
        return answer

    def _refused(self, error: Refused) -> StoreError | QueryError:
        """400 and 500 are about the query (SPARQL 1.1 Protocol, 2.1.6), the others about the server."""
        if error.code not in (400, 500):
            return error
        return QueryError(
            f"{self.url} refused the query: {error.said}", f"{self.url} avvisade frågan: {error.said}"
        )

    def _no_results(self, body: bytes, headers: HTTPMessage) -> StoreError:
        kind = printable(headers.get("Content-Type", "?").partition(";")[0])
        start = printable(" ".join(body[:80].decode("utf-8", "replace").split()))
        if kind == "application/sparql-results+json":
            return StoreError(
                f"{self.url} answered with JSON that is not whole: {start}… Ask again; if it persists, tell its keeper.",
                f"{self.url} svarade med JSON som inte är hel: {start}… Försök igen; om felet består, tala om det för den som sköter servern.",
            )
        return StoreError(
            f"{self.url} did not answer with SPARQL results in JSON, but with {kind}: {start}… "
            "Is it the address of the endpoint?",
            f"{self.url} svarade inte med ett SPARQL-resultat i JSON utan med {kind}: {start}… "
            "Är det adressen till SPARQL-tjänsten?",
        )

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
        try:
            rows = answer["results"]["bindings"]  # Virtuoso 7: one row, with 1 or 0
            return any(value.get("value") == "1" for row in rows for value in row.values())
        except (KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                f"{self.url} answered neither yes nor no.", f"{self.url} svarade varken ja eller nej."
            ) from error

    def construct(self, query: str) -> Iterator[Triple]:
        """The triples, read as they come."""
        try:
            with self._door.send(
                self.url, self._question(query), kind=_FORM, accept="application/n-triples"
            ) as response:
                yield from self._triples(response)
        except Refused as error:
            raise self._refused(error) from error

    def _triples(self, response: HTTPResponse) -> Iterator[Triple]:
        try:
            with broken_off(self.url):
                # Virtuoso 7 writes Turtle with tabs where N-Triples are asked for
                for quad in ox.parse(io.BufferedReader(_Raw(response)), format=ox.RdfFormat.TURTLE):
                    yield quad.triple
        except SyntaxError as error:
            kind = response.headers.get("Content-Type", "?").partition(";")[0]
            raise StoreError(
                f"{self.url} did not answer with triples, but with {kind}: {error.msg}",
                f"{self.url} svarade inte med tripler utan med {kind}: {error.msg}",
            ) from error

    def update(self, text: str) -> None:
        """Run a SPARQL update. Raises StoreError when it is refused."""
        assert self.update_url is not None
        self._door.read(self.update_url, text.encode(), kind="application/sparql-update")

    def add(self, graph: NamedNode, lines: bytes) -> None:
        """Add triples, given as N-Triples, to a graph by the graph store protocol. Raises StoreError when it is refused."""
        assert self.graph_store_url is not None
        between = "&" if "?" in self.graph_store_url else "?"
        url = f"{self.graph_store_url}{between}graph={quote(graph.value, safe='')}"
        self._door.read(url, lines, kind="application/n-triples")


_FORM = "application/x-www-form-urlencoded"


class _Raw(io.RawIOBase):
    """An answer as a file, in which what breaks off is an error of reading and not the end."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._response.read1(len(buffer))
        if not part and self._response.length:
            raise IncompleteRead(b"")
        buffer[: len(part)] = part
        return len(part)


def _cut_short(answer: Mapping[str, Any], headers: HTTPMessage) -> bool:
    """Whether the server tells in its headers, as Virtuoso does, that the answer has a limit, which it reached."""
    if headers.get("X-SQL-State") == "S1TAT":
        return True
    limit = headers.get("X-SPARQL-MaxRows", "")
    results = answer.get("results")
    rows = results.get("bindings") if isinstance(results, dict) else None
    return limit.isdigit() and isinstance(rows, list) and len(rows) >= int(limit)
