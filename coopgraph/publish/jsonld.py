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
_Value = NamedNode | BlankNode | Literal
_text = json.encoder.encode_basestring
_encoded = json.JSONEncoder(ensure_ascii=False).encode


def as_jsonld(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """The triples as one JSON-LD document, subjects and values in the order given; a property or an item a line."""
    nodes: dict[str, dict[str, list[Any]]] = {}
    kinds: dict[str, set[str]] = {}
    schemes: set[str] = set()
    types: set[str] = set()
    for subject, predicate, value in triples:
        name, property_ = _name(subject), predicate.value
        nodes.setdefault(name, {}).setdefault(property_, []).append(value)
        kinds.setdefault(property_, set()).add(_kind(value))
        schemes.update((name.partition(":")[0], property_.partition(":")[0]))
        if isinstance(value, NamedNode):
            schemes.add(value.value.partition(":")[0])
            if property_ == _TYPE:
                types.add(value.value)
    # a prefix that is also the scheme of an IRI in the graph would have that read as a prefixed name
    used = _used(prefixes, {*kinds, *types} - {_TYPE})
    shorten = _Shortener({prefix: space for prefix, space in used.items() if prefix not in schemes})
    keys = _keys([iri for iri in kinds if iri != _TYPE], shorten)
    context: dict[str, Any] = {prefix: space for space, prefix in shorten.spaces.items()}
    for iri, key in keys.items():
        context[key] = _definition(shorten(iri), kinds[iri])
    graph = ",\n  ".join(_node(name, node, keys, kinds, shorten) for name, node in nodes.items())
    return f'{{\n "@context": {_lines(context, "  ")},\n "@graph": [\n  {graph}\n ]\n}}\n'.encode()


def _node(
    name: str,
    node: Mapping[str, list[Any]],
    keys: Mapping[str, str],
    kinds: Mapping[str, set[str]],
    shorten: _Shortener,
) -> str:
    written: dict[str, Any] = {"@id": name}
    for property_, values in node.items():
        if property_ != _TYPE:
            written[keys[property_]] = _values(values, kinds[property_])
        elif any(isinstance(value, Literal) for value in values):
            written[_TYPE] = [_whole(value) for value in values]
        else:
            written["@type"] = _one([shorten(_name(value)) for value in values])
    return _lines(written, "   ")


def _lines(found: Mapping[str, Any], margin: str) -> str:
    """An object with a line for each member, and for each item of a list that is one."""
    between = f",\n{margin} "
    members = [
        f"{_text(key)}: [\n{margin} {between.join(map(_encoded, value))}\n{margin}]"
        if isinstance(value, list) and value
        else f"{_text(key)}: {_text(value) if isinstance(value, str) else _encoded(value)}"
        for key, value in found.items()
    ]
    return f"{{\n{margin}{between[:-1].join(members)}\n{margin[:-1]}}}"


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


def _keys(properties: Iterable[str], shorten: _Shortener) -> dict[str, str]:
    """A key for each property: its local name; the whole IRI where it has none, the prefixed name where two share it."""
    keys: dict[str, str] = {}
    taken = set(shorten.spaces.values())
    for iri in sorted(properties):
        short = shorten(iri)
        local = iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]
        keys[iri] = local if short != iri and local not in taken else short
        taken.add(keys[iri])
    return keys


def _kind(value: _Value) -> str:
    if not isinstance(value, Literal):
        return _IRI
    return _TEXTS if value.language else value.datatype.value


def _definition(iri: str, kinds: set[str]) -> Any:
    kind = next(iter(kinds)) if len(kinds) == 1 else _MIXED
    if kind == _TEXTS:
        return {"@id": iri, "@container": "@language"}
    return iri if kind in (_MIXED, _STRING) else {"@id": iri, "@type": kind}


def _values(values: list[_Value], kinds: set[str]) -> Any:
    if len(kinds) > 1:
        return _one([_whole(value) for value in values])
    if kinds == {_TEXTS}:
        texts: dict[str, list[str]] = {}
        for value in values:
            assert isinstance(value, Literal)
            texts.setdefault(value.language or "", []).append(value.value)
        return {language: _one(found) for language, found in texts.items()}
    return _one([_name(value) for value in values])


def _whole(value: _Value) -> dict[str, str]:
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
