"""Conditions on one node that SPARQL can decide by an expression, without a further scan.

`of_constraint` and `of_shape` give the SPARQL expression that is true where a node conforms, or `None` where
it takes more than that. Many constraints are tested in one pass this way, alternatives (`sh:or`) included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from coopgraph.store import Term
from coopgraph.validate.constraints import Constraint
from coopgraph.validate.graph import RDF, RDFS, SH, XSD
from coopgraph.validate.literals import WHOLE_NUMBERS, condition
from coopgraph.validate.paths import Inverse, Path, Predicate, to_sparql
from coopgraph.validate.shapes import Shape, Shapes

_COMPARISONS = {"minExclusive": ">", "minInclusive": ">=", "maxExclusive": "<", "maxInclusive": "<="}
_NODE_KINDS = {
    "BlankNode": "isBLANK({v})",
    "IRI": "isIRI({v})",
    "Literal": "isLITERAL({v})",
    "BlankNodeOrIRI": "!isLITERAL({v})",
    "BlankNodeOrLiteral": "!isIRI({v})",
    "IRIOrLiteral": "!isBLANK({v})",
}
_NUMERIC = ("integer", "decimal", "double", "float")
# Terms that an engine may hold equal though they differ ("1" and "01"), so that IN would accept too much.
_MAY_EQUAL = (
    "integer",
    "decimal",
    "double",
    "float",
    "dateTime",
    "date",
    "time",
    "gYear",
    "duration",
)


@dataclass(frozen=True)
class Context:
    """What is known of the store before its queries are written.

    `classes` has, for a class, itself and all subclasses, or nothing where only a path can find them.
    `merged` are the datatypes that the store keeps as xsd:integer; where `written` is known, the values of plain
    properties are held to what their files have instead. `flagged`: the store can say of each test in a scan
    whether it failed; else every test has a scan of its own.
    """

    shapes: Shapes
    classes: Mapping[NamedNode, tuple[NamedNode, ...]]
    merged: frozenset[str] = frozenset()
    written: bool = False
    flagged: bool = True


def of_constraint(context: Context, constraint: Constraint, v: str) -> str | None:
    """The expression that is true where the value `v` satisfies the constraint."""
    kind, terms = constraint.kind, constraint.terms
    if kind == "class" and isinstance(terms[0], NamedNode):
        return f"(!isLITERAL({v}) && EXISTS {{ {instance_pattern(context, terms[0], v)} }})"
    if kind == "datatype" and isinstance(terms[0], NamedNode):
        return _datatype(context, terms[0].value, v)
    if kind == "nodeKind" and isinstance(terms[0], NamedNode):
        return _NODE_KINDS[terms[0].value.removeprefix(SH)].format(v=v)
    if kind in _COMPARISONS:
        return compared(v, _COMPARISONS[kind], terms[0])
    if kind in ("minLength", "maxLength"):
        sign = ">=" if kind == "minLength" else "<="
        return f"COALESCE(!isBLANK({v}) && STRLEN(STR({v})) {sign} {constraint.number}, false)"
    if kind == "pattern" and isinstance(terms[0], Literal):
        flags = f", {Literal(constraint.flags)}" if constraint.flags else ""
        return f"COALESCE(!isBLANK({v}) && REGEX(STR({v}), {terms[0]}{flags}), false)"
    if kind == "languageIn":
        ranges = [f"LANGMATCHES(LANG({v}), {term})" for term in terms]
        return f"COALESCE(isLITERAL({v}) && ({' || '.join(ranges) or 'false'}), false)"
    if kind == "in":
        return _member(terms, v)
    return _of_shapes(context, constraint, v)


def _of_shapes(context: Context, constraint: Constraint, v: str) -> str | None:
    if constraint.kind not in ("not", "node", "and", "or", "xone"):
        return None
    parts: list[str] = []
    for node in constraint.shapes:
        part = of_shape(context, context.shapes.by_node[node], v)
        if part is None:
            return None
        parts.append(part)
    match constraint.kind:
        case "not":
            return f"(!{parts[0]})"
        case "and" | "node":
            return f"({' && '.join(parts) or 'true'})"
        case "or":
            return f"({' || '.join(parts) or 'false'})"
    if len(parts) > 4:
        return None
    others = [[f"!{other}" for other in parts[:i] + parts[i + 1 :]] for i in range(len(parts))]
    alone = [f"({' && '.join([part, *rest])})" for part, rest in zip(parts, others, strict=True)]
    return f"({' || '.join(alone) or 'false'})"


def of_shape(context: Context, shape: Shape, v: str) -> str | None:
    """The expression that is true where the node `v` conforms to the shape."""
    if shape.deactivated:
        return "true"
    parts: list[str | None] = [_of_path_constraint(context, shape, one, v) for one in shape.constraints]
    if shape.path is None:
        parts += [of_shape(context, context.shapes.by_node[node], v) for node in shape.properties]
    elif shape.properties:
        return None
    known = [part for part in parts if part is not None]
    return f"({' && '.join(known) or 'true'})" if len(known) == len(parts) else None


def _of_path_constraint(context: Context, shape: Shape, constraint: Constraint, v: str) -> str | None:
    """For a property shape with a plain path, what one EXISTS can say."""
    if shape.path is None:
        return of_has_value(constraint, None, v) or of_constraint(context, constraint, v)
    if not is_step(shape.path):
        return None
    step = to_sparql(shape.path)
    value = f"{v}x"
    if constraint.kind == "minCount" and constraint.number <= 1:
        return f"EXISTS {{ {v} {step} {value} }}" if constraint.number else "true"
    if constraint.kind == "maxCount" and constraint.number == 0:
        return f"(!EXISTS {{ {v} {step} {value} }})"
    if constraint.kind == "hasValue":
        return of_has_value(constraint, shape.path, v)
    local = of_constraint(context, constraint, value)
    return local and f"(!EXISTS {{ {v} {step} {value} FILTER(!{local}) }})"


def of_has_value(constraint: Constraint, path: Path | None, v: str) -> str | None:
    """For sh:hasValue: whether the value is among those of `v`."""
    if constraint.kind != "hasValue":
        return None
    term = constraint.terms[0]
    if isinstance(term, BlankNode):
        return "false"
    if path is None:
        return f"sameTerm({v}, {term})"
    return f"EXISTS {{ {v} {to_sparql(path)} {term} }}" if is_step(path) else None


def is_step(path: Path) -> bool:
    """Whether the path is one predicate, forwards or backwards."""
    return isinstance(path, Predicate) or (isinstance(path, Inverse) and isinstance(path.path, Predicate))


def instance_pattern(context: Context, cls: NamedNode, v: str) -> str:
    """A pattern that matches where `v` is an instance of the class or of a subclass."""
    classes = context.classes.get(cls)
    if not classes:
        return f"{v} a/<{RDFS}subClassOf>* {cls} ."
    if len(classes) == 1:
        return f"{v} a {classes[0]} ."
    return f"VALUES {v}k {{ {' '.join(map(str, classes))} }} {v} a {v}k ."


def _datatype(context: Context, datatype: str, v: str) -> str:
    if datatype == RDF + "langString":  # DATATYPE gives nothing for these in Virtuoso
        return f'(isLITERAL({v}) && LANG({v}) != "")'
    is_kind = f"DATATYPE({v}) = <{datatype}>"
    if datatype in context.merged:
        is_kind = f"DATATYPE({v}) IN (<{datatype}>, <{XSD}integer>)"
    written = condition(v, datatype)
    return f"COALESCE(isLITERAL({v}) && {is_kind}{' && ' + written if written else ''}, false)"


def compared(v: str, sign: str, other: Term) -> str:
    """A comparison with a literal; values of another kind, which some engines order nevertheless, fail it."""
    kind = other.datatype.value.removeprefix(XSD) if isinstance(other, Literal) else ""
    if kind in _NUMERIC or XSD + kind in WHOLE_NUMBERS:
        return f"(isNUMERIC({v}) && COALESCE({v} {sign} {other}, false))"
    same = (
        f"isLITERAL({v}) && DATATYPE({v}) = <{XSD}{kind}>"
        if kind in ("string", "dateTime", "date")
        else "true"
    )
    return f"({same} && COALESCE({v} {sign} {other}, false))"


def ordered(v: str, sign: str, o: str) -> str:
    """A comparison of two values, which fails where they are of different kinds."""
    comparable = f"(isNUMERIC({v}) && isNUMERIC({o})) || DATATYPE({v}) = DATATYPE({o})"
    return f"(isLITERAL({v}) && isLITERAL({o}) && ({comparable}) && COALESCE({v} {sign} {o}, false))"


def _member(terms: tuple[Term, ...], v: str) -> str:
    """Membership term by term: IN where equal means the same, sameTerm where it may not."""
    exact = [term for term in terms if not isinstance(term, BlankNode)]
    loose = [t for t in exact if isinstance(t, Literal) and t.datatype.value.removeprefix(XSD) in _MAY_EQUAL]
    loose += [t for t in exact if isinstance(t, Literal) and t.datatype.value in WHOLE_NUMBERS]
    plain = [term for term in exact if term not in loose]
    parts = [f"sameTerm({v}, {term})" for term in loose]
    if plain:
        parts.append(f"COALESCE({v} IN ({', '.join(map(str, plain))}), false)")
    return f"({' || '.join(parts) or 'false'})"
