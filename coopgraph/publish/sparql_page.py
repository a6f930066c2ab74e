"""The page to ask SPARQL from: a field that any browser has, examples, and what an editor needs to complete names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode

from coopgraph.publish.pages import Frame, render
from coopgraph.publish.pictures import drawable
from coopgraph.publish.site import Site
from coopgraph.queries.saved import SavedQuery

TERMS = "sparql-terms.json"
_FIRST = """SELECT ?partnership ?name ?start
WHERE {
  ?partnership a coop:Partnership ;
    skos:prefLabel ?name .
  OPTIONAL { ?partnership coop:start ?start }
  FILTER(LANG(?name) = "%s")
}
ORDER BY ?name
LIMIT 100
"""
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABELS = ("http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel")
_MEANINGS = ("http://www.w3.org/2004/02/skos/core#definition", "http://www.w3.org/2000/01/rdf-schema#comment")
_KINDS = {
    "Class": "class",
    "ObjectProperty": "property",
    "DatatypeProperty": "property",
    "Property": "property",
    "AnnotationProperty": "property",
    "Concept": "concept",
}


def sparql_page(frame: Frame, *, seconds: float, rows: int, example: str = "") -> str:
    """The page, with a saved query in its field where `example` names one."""
    queries: dict[str, list[SavedQuery]] = {}
    for query in sorted(frame.site.queries.values(), key=lambda one: one.name):
        queries.setdefault(query.name.partition("/")[0], []).append(query)
    chosen = frame.site.queries.get(example)
    return render(
        frame,
        "sparql.html",
        title="SPARQL",
        seconds=seconds,
        max_rows=rows,
        groups=queries,
        chosen=chosen,
        text=chosen.text.lstrip("\n") if chosen else _FIRST % frame.language,
        prefixes=sorted(frame.site.namespaces.prefixes.items()),
        pictures=drawable(),
    )


def terms(site: Site) -> bytes:
    """The prefixes, and every term of the vocabulary with its names and what it means, as JSON for the editor."""
    told = {
        "base": site.base,
        "prefixes": dict(sorted(site.namespaces.prefixes.items())),
        "terms": sorted(_terms(site), key=lambda one: str(one["name"])),
    }
    return (json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _terms(site: Site) -> Iterator[dict[str, Any]]:
    from coopgraph.turtle import read  # slow to load, and seldom needed

    for path in site.project.files("ontology").values():
        if path.suffix == ".ttl":
            facts: dict[str, dict[str, list[Any]]] = {}
            for quad in read(path):
                if isinstance(quad.triple.subject, NamedNode):
                    of = facts.setdefault(quad.triple.subject.value, {})
                    of.setdefault(quad.triple.predicate.value, []).append(quad.triple.object)
            for iri, of in facts.items():
                kinds = [_KINDS.get(one.value.rpartition("#")[2]) for one in of.get(_TYPE, ())]
                kind = next((one for one in kinds if one), None)
                name = site.namespaces.shorten(iri)
                if kind is not None and name != iri:
                    yield {
                        "name": name,
                        "kind": kind,
                        "label": _texts(of, _LABELS),
                        "about": _texts(of, _MEANINGS),
                    }


def _texts(facts: dict[str, list[Any]], properties: tuple[str, ...]) -> dict[str, str]:
    return {
        value.language: value.value
        for name in reversed(properties)
        for value in facts.get(name, ())
        if isinstance(value, Literal) and value.language
    }
