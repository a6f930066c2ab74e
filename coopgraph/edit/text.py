"""Texts of Turtle as they are edited: what they say and declare, stretches put in place of others, names of things changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Triple

from coopgraph.edit.layout import Terms
from coopgraph.errors import EditRefused
from coopgraph.iris import Namespaces
from coopgraph.turtle import Span, locate, parse

_PREFIX_LINE = re.compile(r"(?im)^[ \t]*(?:@prefix|prefix)\s+([^\s:]*):[^\n]*\n")
Cut = tuple[int, int, str]
"""A stretch of the text, and what is to stand there."""


def triples_of(text: str, *, path: Path | None = None) -> list[Triple]:
    """What a text of Turtle says, in its order. Raises TurtleError."""
    return [quad.triple for quad in parse(text, format=ox.RdfFormat.TURTLE, path=path)]


def header(text: str) -> tuple[str | None, dict[str, str]]:
    """The base and the prefixes that a text declares."""
    parser = ox.parse(text.encode(), ox.RdfFormat.TURTLE)
    for _ in parser:
        pass
    return parser.base_iri, dict(parser.prefixes)


def cut(text: str, cuts: Iterable[Cut]) -> str:
    """The text with something else in some stretches, which don't overlap."""
    for start, end, new in sorted(cuts, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def declare(text: str, prefixes: Mapping[str, str]) -> str:
    """The text with prefixes declared that were not, each before the next in the alphabet."""
    for prefix, namespace in sorted(prefixes.items()):
        line = f"@prefix {prefix}: <{namespace}> .\n"
        lines = list(_PREFIX_LINE.finditer(text))
        later = next((one.start() for one in lines if one[1] > prefix), None)
        if later is None:
            base = re.match(r"(?i)\s*@?base[^\n]*\n", text)
            later = lines[-1].end() if lines else base.end() if base else 0
        text = text[:later] + line + text[later:]
    return text


def renamed(text: str, new_names: Mapping[str, str], names: Namespaces, *, path: Path | None = None) -> str:
    """The text with IRIs in the place of others: of a thing, and of its parts after `#`. `@base` follows too."""
    base, declared = header(text)
    terms = Terms(names, new_names.get(base or "", base), declared)
    cuts: dict[Span, str] = {}
    for row in locate(text, path=path):
        for term, span in zip(row.quad.triple, row[1:4], strict=True):
            if isinstance(term, NamedNode) and (new := _new_name(term.value, new_names)):
                if text[span[0] : span[1]].startswith(("<>", "<#")):
                    continue  # it follows the base
                cuts[span] = terms.text(NamedNode(new))
    if base is not None and base in new_names and (found := re.search(r"(?im)^\s*@?base\s*<([^>]*)>", text)):
        cuts[found.span(1)] = new_names[base]
    result = cut(text, [(start, end, new) for (start, end), new in cuts.items()])
    result = declare(result, terms.missing)
    meant = {with_new_names(row, new_names) for row in triples_of(text, path=path)}
    if set(triples_of(result, path=path)) != meant:
        raise EditRefused(
            f"{path or 'The text'}: the name can't be changed in the text as it is written there. Change it by hand.",
            f"{path or 'Texten'}: namnet går inte att byta i texten som den är skriven. Byt det för hand.",
        )
    return result


def _new_name(iri: str, new_names: Mapping[str, str]) -> str | None:
    whole, hash_, part = iri.partition("#")
    return new_names[whole] + hash_ + part if whole in new_names else None


def with_new_names(triple: Triple, new_names: Mapping[str, str]) -> Triple:
    """The triple with IRIs in the place of others: of a thing, and of its parts."""
    subject, predicate, object_ = (
        NamedNode(_new_name(term.value, new_names) or term.value) if isinstance(term, NamedNode) else term
        for term in triple
    )
    assert isinstance(subject, NamedNode | ox.BlankNode)
    assert isinstance(predicate, NamedNode)
    return Triple(subject, predicate, object_)
