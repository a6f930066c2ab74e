"""A graph as bytes: one set of triples, in each of the forms that RDF is exchanged in.

The same triples give the same bytes whatever their order, so that a checksum of a representation can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from coopgraph.errors import UsageError
from coopgraph.publish.jsonld import as_jsonld

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Form(NamedTuple):
    """A form of RDF: its media type, and what writes it (None: our own writer of JSON-LD, for readable keys)."""

    media_type: str
    engine: RdfFormat | None


FORMS: Mapping[str, Form] = {
    "ttl": Form("text/turtle", RdfFormat.TURTLE),
    "jsonld": Form("application/ld+json", None),
    "rdf": Form("application/rdf+xml", RdfFormat.RDF_XML),
    "nt": Form("application/n-triples", RdfFormat.N_TRIPLES),
    "trig": Form("application/trig", RdfFormat.TRIG),
}
"""The forms by the suffix that asks for them."""


def serialise(
    triples: Iterable[Triple], form: str, prefixes: Mapping[str, str], *, first: NamedNode | None = None
) -> bytes:
    """The triples in one of FORMS, sorted, those of the subject `first` before all others; only prefixes in use are declared.

    Raises UsageError for an unknown form.
    """
    if form not in FORMS:
        raise UsageError(
            f"There is no form '{form}'. The forms are: {', '.join(FORMS)}.",
            f"Formen '{form}' finns inte. Formerna är: {', '.join(FORMS)}.",
        )
    ordered = _ordered(triples, first)
    return _written(ordered, form, _used(ordered, prefixes))


def serialise_all(
    triples: Iterable[Triple],
    prefixes: Mapping[str, str],
    *,
    first: NamedNode | None = None,
    forms: Iterable[str] = FORMS,
) -> dict[str, bytes]:
    """What `serialise` gives in each of the forms, by its name; sooner than one by one."""
    ordered = _ordered(triples, first)
    used = _used(ordered, prefixes)
    found: dict[str, bytes] = {}
    for form in forms:
        # the default graph alone is written in TriG as it is in Turtle
        same = found.get("ttl") if form == "trig" else None
        found[form] = same or _written(ordered, form, used)
    return found


def _written(ordered: list[Triple], form: str, prefixes: Mapping[str, str]) -> bytes:
    engine = FORMS[form].engine
    if engine is None:
        return as_jsonld(ordered, prefixes)
    written = ox.serialize(ordered, format=engine, prefixes=dict(prefixes))
    assert written is not None
    return written


def _ordered(triples: Iterable[Triple], first: NamedNode | None) -> list[Triple]:
    # subject by subject: to sort many short lists takes a third of the time of one long one
    groups: dict[object, list[Triple]] = {}
    for triple in set(triples):
        groups.setdefault(triple.subject, []).append(triple)
    subjects = sorted(groups, key=lambda one: (one != first, isinstance(one, BlankNode), str(one)))
    return [triple for subject in subjects for triple in sorted(groups[subject], key=_place)]


def _place(triple: Triple) -> tuple[bool, str, str]:
    _, predicate, value = triple
    return predicate.value != RDF_TYPE, predicate.value, str(value)


def _used(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that shorten some IRI of the triples."""
    terms = {term for triple in triples for term in triple}
    iris = {
        term.datatype.value if isinstance(term, Literal) else term.value
        for term in terms
        if isinstance(term, NamedNode | Literal)
    }
    spaces = {iri[: iri.rfind(sign) + 1] for iri in iris for sign in "#/"}
    return {prefix: space for prefix, space in sorted(prefixes.items()) if space in spaces}
