"""RDF text: read strictly by pyoxigraph, and, where something is to be pointed at or edited, with places."""

from coopgraph.turtle.lexer import Lines, Span, Token, tokens
from coopgraph.turtle.locate import Located, locate
from coopgraph.turtle.read import MAX_BYTES, format_of, parse, read, read_text

__all__ = [
    "MAX_BYTES",
    "Lines",
    "Located",
    "Span",
    "Token",
    "format_of",
    "locate",
    "parse",
    "read",
    "read_text",
    "tokens",
]
