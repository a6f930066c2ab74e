"""The parameters of SHACL Core, what each may hold, and where it may stand (SHACL 4 and its syntax rules)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from coopgraph.errors import ShapesError, Text
from coopgraph.store import Term
from coopgraph.validate.graph import RDF, SH, XSD, Node

_NODE_KINDS = {
    SH + kind
    for kind in ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
}


def _is_iri(term: Term) -> bool:
    return isinstance(term, NamedNode)


def _is_node(term: Term) -> bool:
    return not isinstance(term, Literal)


def _is_literal(term: Term) -> bool:
    return isinstance(term, Literal)


def _is_count(term: Term) -> bool:
    return (
        isinstance(term, Literal)
        and term.datatype.value == XSD + "integer"
        and re.fullmatch("[+]?[0-9]+|-0+", term.value) is not None
    )


def _is_boolean(term: Term) -> bool:
    return (
        isinstance(term, Literal)
        and term.datatype.value == XSD + "boolean"
        and term.value in ("true", "false", "1", "0")
    )


def _is_string(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value == XSD + "string"


def _is_text(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value in (XSD + "string", RDF + "langString")


def _is_node_kind(term: Term) -> bool:
    return isinstance(term, NamedNode) and term.value in _NODE_KINDS


def _is_anything(term: Term) -> bool:
    return True


@dataclass(frozen=True)
class Parameter:
    """What a parameter holds (`wanted` in words), if once at most, and if on property shapes only."""

    accepts: Callable[[Term], bool]
    wanted: Text
    once: bool = False
    on_properties: bool = False


_SHAPE = (_is_node, Text("a shape", "en form"))
_LIST = (_is_node, Text("a list", "en lista"))
_COUNT = (_is_count, Text("a whole number, without quotation marks", "ett heltal, utan citattecken"))

PARAMETERS: dict[str, Parameter] = {
    "class": Parameter(_is_iri, Text("the IRI of a class", "en klass IRI")),
    "datatype": Parameter(_is_iri, Text("the IRI of a datatype", "en datatyps IRI"), once=True),
    "nodeKind": Parameter(
        _is_node_kind,
        Text("one of the six node kinds, such as sh:IRI", "ett av de sex nodslagen, till exempel sh:IRI"),
        once=True,
    ),
    "minCount": Parameter(*_COUNT, once=True, on_properties=True),
    "maxCount": Parameter(*_COUNT, once=True, on_properties=True),
    "minExclusive": Parameter(_is_literal, Text("a literal", "ett värde"), once=True),
    "minInclusive": Parameter(_is_literal, Text("a literal", "ett värde"), once=True),
    "maxExclusive": Parameter(_is_literal, Text("a literal", "ett värde"), once=True),
    "maxInclusive": Parameter(_is_literal, Text("a literal", "ett värde"), once=True),
    "minLength": Parameter(*_COUNT, once=True),
    "maxLength": Parameter(*_COUNT, once=True),
    "pattern": Parameter(
        _is_string,
        Text("a regular expression as a plain string", "ett reguljärt uttryck som en vanlig text"),
        once=True,
    ),
    "languageIn": Parameter(*_LIST, once=True),
    "uniqueLang": Parameter(
        _is_boolean, Text("true or false", "true eller false"), once=True, on_properties=True
    ),
    "equals": Parameter(_is_iri, Text("the IRI of a property", "en egenskaps IRI")),
    "disjoint": Parameter(_is_iri, Text("the IRI of a property", "en egenskaps IRI")),
    "lessThan": Parameter(_is_iri, Text("the IRI of a property", "en egenskaps IRI"), on_properties=True),
    "lessThanOrEquals": Parameter(
        _is_iri, Text("the IRI of a property", "en egenskaps IRI"), on_properties=True
    ),
    "not": Parameter(*_SHAPE),
    "and": Parameter(*_LIST),
    "or": Parameter(*_LIST),
    "xone": Parameter(*_LIST),
    "node": Parameter(*_SHAPE),
    "qualifiedMinCount": Parameter(*_COUNT, once=True),
    "qualifiedMaxCount": Parameter(*_COUNT, once=True),
    "closed": Parameter(_is_boolean, Text("true or false", "true eller false"), once=True),
    "hasValue": Parameter(_is_anything, Text("a term", "en term")),
    "in": Parameter(*_LIST, once=True),
}
_BESIDE = {
    "flags": Parameter(
        _is_string,
        Text(
            "the flags of a regular expression as a plain string",
            "flaggorna till ett reguljärt uttryck som en vanlig text",
        ),
    ),
    "deactivated": Parameter(_is_boolean, Text("true or false", "true eller false")),
    "qualifiedValueShapesDisjoint": Parameter(_is_boolean, Text("true or false", "true eller false")),
    "message": Parameter(_is_text, Text("a text", "en text")),
}

SHAPE_VALUES = ("not", "node", "qualifiedValueShape")
SHAPE_LISTS = ("and", "or", "xone")


def check_parameter(kind: str, value: Term, node: Node) -> None:
    """Raise ShapesError when the parameter can't hold this value."""
    parameter = PARAMETERS.get(kind) or _BESIDE[kind]
    if not parameter.accepts(value):
        en, sv = parameter.wanted
        raise ShapesError(
            f"sh:{kind} needs {en}, not {value}.", f"sh:{kind} behöver {sv}, inte {value}.", node=node
        )
