"""JSON-LD that a person can read: keys are names, texts stand under their language, the context is in the document.

A value is written without its type where every value of the property has the same; else whole. Nothing is lost.
Source: JSON-LD 1.1, https://www.w3.org/TR/json-ld11/, sections 4.1 (context), 4.2.1 (typed values), 4.6.2 (language maps).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_IRI, _TEXTS, _MIXED = "@id", "@language", ""


def as_jsonld(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """The triples as one JSON-LD document, subjects and values in the order given."""
    nodes: dict[str, dict[str, list[Any]]] = {}
    for subject, predicate, value in triples:
        nodes.setdefault(_name(subject), {}).setdefault(predicate.value, []).append(value)
    kinds: dict[str, set[str]] = {}
    for node in nodes.values():
        for property_, values in node.items():
            kinds.setdefault(property_, set()).update(map(_kind, values))
    types = {
        value.value
        for node in nodes.values()
        for value in node.get(_TYPE, ())
        if isinstance(value, NamedNode)
    }
    prefixes = _safe(_used(prefixes, {*kinds, *types} - {_TYPE}), nodes)
    shorten = _Shortener(prefixes)
    keys = _keys([iri for iri in kinds if iri != _TYPE], shorten)
    context: dict[str, Any] = dict(prefixes)
    for iri, key in keys.items():
        context[key] = _definition(shorten(iri), kinds[iri])
    graph = []
    for name, node in nodes.items():
        written: dict[str, Any] = {"@id": name}
        for property_, values in node.items():
            if property_ == _TYPE and all(isinstance(value, NamedNode | BlankNode) for value in values):
                written["@type"] = _one([shorten(_name(value)) for value in values])
            elif property_ == _TYPE:
                written[_TYPE] = [_whole(value) for value in values]
            else:
                written[keys[property_]] = _values(values, kinds[property_])
        graph.append(written)
    return (json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1) + "\n").encode()


def _used(prefixes: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The prefixes of the properties and classes alone: a prefix takes a name that a key could have had."""
    spaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in names}
    return {prefix: space for prefix, space in prefixes.items() if space in spaces}


class _Shortener:
    """IRIs as prefixed names where a prefix fits and what is left is a plain name."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.spaces = {space: prefix for prefix, space in prefixes.items()}

    def __call__(self, iri: str) -> str:
        at = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix, local = self.spaces.get(iri[:at]), iri[at:]
        return f"{prefix}:{local}" if prefix and _NAME.fullmatch(local) else iri


def _safe(prefixes: Mapping[str, str], nodes: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, str]:
    """Without a prefix that is also the scheme of an IRI in the graph, which would be read as a prefixed name."""
    schemes = {
        name.partition(":")[0]
        for node, properties in nodes.items()
        for name in (
            node,
            *properties,
            *(
                value.value
                for values in properties.values()
                for value in values
                if isinstance(value, NamedNode)
            ),
        )
    }
    return {prefix: space for prefix, space in prefixes.items() if prefix not in schemes}


def _keys(properties: Iterable[str], shorten: _Shortener) -> dict[str, str]:
    """A key for each property: its local name; the whole IRI where it has none, the prefixed name where two share it."""
    keys: dict[str, str] = {}
    for iri in sorted(properties):
        short = shorten(iri)
        local = iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]
        taken = {*keys.values(), *shorten.spaces.values()}
        keys[iri] = local if short != iri and local not in taken else short
    return keys


def _kind(value: NamedNode | BlankNode | Literal) -> str:
    if not isinstance(value, Literal):
        return _IRI
    return _TEXTS if value.language else value.datatype.value


def _definition(iri: str, kinds: set[str]) -> Any:
    kind = next(iter(kinds)) if len(kinds) == 1 else _MIXED
    if kind == _TEXTS:
        return {"@id": iri, "@container": "@language"}
    return iri if kind in (_MIXED, _STRING) else {"@id": iri, "@type": kind}


def _values(values: list[NamedNode | BlankNode | Literal], kinds: set[str]) -> Any:
    if len(kinds) > 1:
        return _one([_whole(value) for value in values])
    if kinds == {_TEXTS}:
        texts: dict[str, list[str]] = {}
        for value in values:
            assert isinstance(value, Literal)
            texts.setdefault(value.language or "", []).append(value.value)
        return {language: _one(found) for language, found in texts.items()}
    return _one([_name(value) for value in values])


def _whole(value: NamedNode | BlankNode | Literal) -> dict[str, str]:
    if not isinstance(value, Literal):
        return {"@id": _name(value)}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    return {"@value": value.value} | (
        {"@type": value.datatype.value} if value.datatype.value != _STRING else {}
    )


def _name(term: Any) -> str:
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(term.value)


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
