"""Holds places against pyoxigraph: what stands at a span, read alone, is the term that is placed there."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

import pyoxigraph
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, QuadParser, RdfFormat

from coopgraph.turtle import Located, Span, locate, tokens

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FIRST, REST, NIL, TYPE = (NamedNode(RDF + name) for name in ("first", "rest", "nil", "type"))


def check(text: str, *, format: RdfFormat, base: str | None = None) -> list[Located]:
    """The places of a text that pyoxigraph accepts, once tokens, quads and every span are found right."""
    check_tokens(text)
    located = locate(text, format=format, base=base)
    expected = list(pyoxigraph.parse(text, format, base_iri=base))
    assert canonical([row.quad for row in located]) == canonical(expected)
    parser = pyoxigraph.parse(text, format, base_iri=base)
    scopes = [_scope(parser) for _ in parser]
    nodes: dict[Span | str, object] = {}
    for row, scope in zip(located, scopes, strict=True):
        _check_row(text, row, scope, nodes)
    assert len(set(nodes.values())) == len(nodes)
    for (span, scope), rows in groupby(
        zip(located, scopes, strict=True), lambda pair: (pair[0].statement, pair[1])
    ):
        _check_statement(text, span, scope, format, [row for row, _ in rows])
    return located


def check_tokens(text: str) -> None:
    """Fail unless the tokens of a text are the text, piece by piece."""
    offset = 0
    for token in tokens(text):
        assert (token.start, token.text) == (offset, text[offset : offset + len(token.text)])
        assert token.text
        offset += len(token.text)
    assert offset == len(text)


def _scope(parser: QuadParser) -> str:
    """The directives in force for the quad that the parser has just given."""
    base = f"BASE <{parser.base_iri}>\n" if parser.base_iri else ""
    return base + "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in sorted(parser.prefixes.items()))


def _check_row(text: str, row: Located, scope: str, nodes: dict[Span | str, object]) -> None:
    quad = row.quad
    implied = row.predicate == row.subject
    assert implied == (text[row.subject[0]] == "(" and quad.predicate in (FIRST, REST) and implied)
    written = [(row.subject, quad.subject), (row.object, quad.object)]
    if not implied:
        written.append((row.predicate, quad.predicate))
    for (start, end), term in written:
        assert row.statement[0] <= start < end <= row.statement[1]
        piece = text[start:end]
        if piece[0] == "(":
            assert piece[-1] == ")"
            assert isinstance(term, BlankNode) or term == NIL
        elif piece[0] == "[":
            assert piece[-1] == "]"
            assert nodes.setdefault((start, end), term) == term
        elif piece.startswith("_:"):
            assert nodes.setdefault(piece, term) == term
        else:
            assert _term(scope, piece) == term


@lru_cache(maxsize=10_000)
def _term(scope: str, piece: str) -> object:
    if piece == "a":
        return TYPE
    [quad] = pyoxigraph.parse(f"{scope} <urn:s> <urn:p> {piece} .", RdfFormat.TURTLE)
    return quad.object


def _check_statement(text: str, span: Span, scope: str, format: RdfFormat, rows: list[Located]) -> None:
    """The text of a statement, read alone, gives the triples placed in it."""
    statement = text[slice(*span)]
    if format in (RdfFormat.TURTLE, RdfFormat.TRIG):
        end = "" if statement.endswith(".") else " ."
        quads = list(pyoxigraph.parse(f"{scope}{statement}{end}", RdfFormat.TURTLE))
    else:
        quads = list(pyoxigraph.parse(statement, format))
    assert canonical([Quad(*quad.triple) for quad in quads]) == canonical(
        [Quad(*row.quad.triple) for row in rows]
    )


def canonical(quads: list[Quad]) -> Dataset:
    """The quads with labels that depend only on the shape of the graph."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
