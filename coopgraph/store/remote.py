"""A store behind a SPARQL 1.1 endpoint, asked through SPARQLWrapper."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.errors import QueryError, StoreError, system_text
from coopgraph.store import Term

AGENT = "coopgraph (+https://w3id.org/coopgraph/)"


class RemoteRows:
    """Solutions that an endpoint sent in the SPARQL 1.1 JSON format."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.variables: Sequence[str] = list(answer["head"].get("vars", []))
        self._bindings = answer["results"]["bindings"]

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        for binding in self._bindings:
            yield tuple(_term(binding[name]) if name in binding else None for name in self.variables)


def _term(value: Mapping[str, str]) -> Term:
    if value["type"] == "uri":
        return NamedNode(value["value"])
    if value["type"] == "bnode":
        return BlankNode(value["value"])
    if value.get("xml:lang"):
        return Literal(value["value"], language=value["xml:lang"])
    if value.get("datatype"):
        return Literal(value["value"], datatype=NamedNode(value["datatype"]))
    return Literal(value["value"])


class RemoteStore:
    """Asks the endpoint at `url`. The endpoint decides which graphs a query sees."""

    def __init__(self, url: str, *, timeout: int = 30) -> None:
        if not url.startswith(("http://", "https://")):
            raise QueryError(
                f"'{url}' is not the address of an endpoint. It begins with http:// or https://.",
                f"'{url}' är ingen adress till en SPARQL-tjänst. Den ska börja med http:// eller https://.",
            )
        self.url, self.timeout = url, timeout

    def _ask(self, query: str, accept: str) -> bytes:
        from SPARQLWrapper import POST, SPARQLWrapper
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

        wrapper = SPARQLWrapper(self.url, agent=AGENT)
        wrapper.setQuery(query)
        wrapper.setMethod(POST)
        wrapper.setTimeout(self.timeout)
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.setOnlyConneg(True)
        try:
            body = wrapper.query().response.read()
        except SPARQLWrapperException as error:
            said = _last_line(error)
            raise QueryError(
                f"{self.url} refused the query: {said}", f"{self.url} avvisade frågan: {said}"
            ) from error
        except urllib.error.HTTPError as error:
            raise StoreError(
                f"{self.url} answered {error.code} {error.reason}.",
                f"{self.url} svarade {error.code} {error.reason}.",
            ) from error
        except (urllib.error.URLError, TimeoutError, OSError) as error:
            reason = getattr(error, "reason", error)
            told = system_text(reason if isinstance(reason, Exception) else error)
            raise StoreError(
                f"{self.url} does not answer: {told.en}. Is the address right and the server up?",
                f"{self.url} svarar inte: {told.sv}. Är adressen rätt, och är servern igång?",
            ) from error
        assert isinstance(body, bytes)
        return body

    def _json(self, query: str) -> Mapping[str, Any]:
        import json

        body = self._ask(query, "application/sparql-results+json")
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise StoreError(
                f"{self.url} did not answer with SPARQL results in JSON, but with: {body[:80]!r}",
                f"{self.url} svarade inte med ett SPARQL-resultat i JSON utan med: {body[:80]!r}",
            ) from error
        if not isinstance(answer, dict) or "head" not in answer:
            raise StoreError(
                f"{self.url} did not answer with SPARQL results in JSON.",
                f"{self.url} svarade inte med ett SPARQL-resultat i JSON.",
            )
        return answer

    def select(self, query: str) -> RemoteRows:
        answer = self._json(query)
        if "results" not in answer:
            raise QueryError("A SELECT query is wanted here.", "Här behövs en SELECT-fråga.")
        return RemoteRows(answer)

    def ask(self, query: str) -> bool:
        return bool(self._json(query)["boolean"])

    def construct(self, query: str) -> Iterator[Triple]:
        body = self._ask(query, "application/n-triples")
        try:
            quads = list(ox.parse(body, format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            raise StoreError(
                f"{self.url} did not answer with triples: {error}",
                f"{self.url} svarade inte med tripler: {error}",
            ) from error
        return iter(quad.triple for quad in quads)


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].removeprefix("b'").strip("'")[:300] if lines else type(error).__name__
