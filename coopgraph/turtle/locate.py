"""The place of every triple of a text, so that a finding can point at it and an edit be spliced in."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from coopgraph.turtle.grammar import read_grammar
from coopgraph.turtle.lexer import Span, lexemes
from coopgraph.turtle.read import parse


class Located(NamedTuple):
    """A quad with the spans of its parts and of the statement it stands in, the closing dot included.

    The span of a node written `[ … ]` or `( … )` is the whole bracket; so are those of the cells of a
    list and of its unwritten predicates rdf:first and rdf:rest.
    """

    quad: Quad
    subject: Span
    predicate: Span
    object: Span
    statement: Span


def locate(
    text: str, *, format: RdfFormat = RdfFormat.TURTLE, base: str | None = None, path: Path | None = None
) -> list[Located]:
    """Every quad of a text with its place, in the order in which the objects begin.

    The quads are those that `parse` gives, but for the labels of blank nodes. Raises `TurtleError`.
    """
    quads = parse(text, format=format, base=base, path=path)
    rows, statements, plain = read_grammar(text, lexemes(text), format)
    if format in (RdfFormat.TURTLE, RdfFormat.TRIG):
        quads = list(
            pyoxigraph.parse("\n".join(plain), RdfFormat.TRIG, base_iri=base, rename_blank_nodes=True)
        )
    spans = (statement.span for statement in statements for _ in range(statement.rows))
    return [Located(quad, *row, span) for quad, row, span in zip(quads, rows, spans, strict=True)]
