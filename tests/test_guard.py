"""A query never writes and never fetches; what only looks like it may pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph import QueryError
from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.lex import lex

FETCHING = [
    "SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * WHERE { service SILENT ?where { ?s ?p ?o } }",
    "SELECT * WHERE {#\n  SeRvIcE<http://127.0.0.1/>{ ?s ?p ?o } }",
    r"SELECT * WHERE { \u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    r"SELECT * WHERE { \U00000053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p 'a'SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * WHERE { FILTER(?a < 3)SERVICE <x:y> {} }",
]
WRITING = [
    "INSERT DATA { <a:a> <a:b> 1 }",
    "LOAD <file:///etc/passwd>",
    "DELETE WHERE { ?s ?p ?o }",
    "SELECT * WHERE {} ; CLEAR ALL",
    "DROP ALL",
    "CREATE GRAPH <a:a>",
    "ADD <a:a> TO <a:b>",
    "MOVE <a:a> TO <a:b>",
    "COPY <a:a> TO <a:b>",
    "PREFIX x: <a:a> INSERT { } WHERE { }",
]
HARMLESS = [
    "# SERVICE\nSELECT * WHERE { ?s ?p ?o }",
    "SELECT ?service WHERE { ?service ?load ?o }",
    'SELECT * WHERE { ?s ?p "SERVICE <http://x/> { }" }',
    "SELECT * WHERE { ?s ?p '''INSERT \" DATA''' }",
    "SELECT * WHERE { ?s <http://example.org/SERVICE> ?o }",
    "PREFIX x: <a:a> SELECT * WHERE { ?s x:SERVICE x:LOAD.x }",
    'SELECT * WHERE { ?s ?p "x"@service }',
    "SELECT * WHERE { ?s ?p _:SERVICE }",
    "PREFIX SERVICE: <a:a> SELECT * WHERE { ?s SERVICE:a ?o }",
    r'SELECT * WHERE { ?s ?p "\" SERVICE <x:y> {" }',
]


@pytest.mark.parametrize("query", FETCHING)
def test_fetching_is_refused(query: str) -> None:
    with pytest.raises(QueryError, match="SERVICE is refused"):
        refuse_unsafe(query)


@pytest.mark.parametrize("query", WRITING)
def test_writing_is_refused(query: str) -> None:
    with pytest.raises(QueryError, match="is refused: a query here only reads"):
        refuse_unsafe(query)


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_alone_is_not_refused(query: str) -> None:
    refuse_unsafe(query)


@given(st.text(max_size=200))
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(token.text for token in lex(text)) == text
