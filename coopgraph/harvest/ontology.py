"""What a harvest needs to know of the dataset's ontology."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.project import Project
from coopgraph.turtle import read

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_FUNCTIONAL = NamedNode("http://www.w3.org/2002/07/owl#FunctionalProperty")


def vocabulary(project: Project) -> set[NamedNode]:
    """Every class and property that the ontology declares."""
    typed = (one.subject for one in _triples(project) if one.predicate == _TYPE)
    return {one for one in typed if isinstance(one, NamedNode)} | {_TYPE}


def functional(project: Project) -> set[NamedNode]:
    """The properties that have one value."""
    found = (one.subject for one in _triples(project) if one.predicate == _TYPE and one.object == _FUNCTIONAL)
    return {one for one in found if isinstance(one, NamedNode)}


def labels(project: Project, language: str) -> dict[str, str]:
    """What the classes and properties are called in a language, by IRI."""
    return {
        one.subject.value: one.object.value
        for one in _triples(project)
        if one.predicate == _LABEL
        and isinstance(one.subject, NamedNode)
        and isinstance(one.object, Literal)
        and one.object.language == language
    }


def _triples(project: Project) -> Iterator[Triple]:
    # the schemes are concepts and no terms
    for name, path in project.files("ontology").items():
        if not name.startswith("schemes/"):
            yield from (quad.triple for quad in read(path))
