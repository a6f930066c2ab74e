"""What a broken constraint means in words, for shapes that have no sh:message."""

from __future__ import annotations

from collections.abc import Mapping

from coopgraph.validate.graph import SH

_WORDS = {
    "Class": ("a value is not of the class that is asked for", "ett värde är inte av den klass som krävs"),
    "Datatype": (
        "a value is not of the datatype that is asked for, or can't be",
        "ett värde är inte av den datatyp som krävs, eller kan inte vara det",
    ),
    "NodeKind": (
        "a value is of the wrong kind: IRI, blank node or literal",
        "ett värde är av fel slag: IRI, tom nod eller literal",
    ),
    "MinCount": ("there are fewer values than are asked for", "det finns färre värden än vad som krävs"),
    "MaxCount": ("there are more values than are allowed", "det finns fler värden än vad som är tillåtet"),
    "MinExclusive": ("a value is not large enough", "ett värde är inte stort nog"),
    "MinInclusive": ("a value is not large enough", "ett värde är inte stort nog"),
    "MaxExclusive": ("a value is too large", "ett värde är för stort"),
    "MaxInclusive": ("a value is too large", "ett värde är för stort"),
    "MinLength": ("a text is too short", "en text är för kort"),
    "MaxLength": ("a text is too long", "en text är för lång"),
    "Pattern": ("a text is not of the form that is asked for", "en text har inte den form som krävs"),
    "LanguageIn": (
        "a text is in a language that is not allowed",
        "en text är på ett språk som inte är tillåtet",
    ),
    "UniqueLang": ("there are two texts in one language", "det finns två texter på ett språk"),
    "Equals": (
        "the values are not those of the other property",
        "värdena är inte desamma som den andra egenskapens",
    ),
    "Disjoint": (
        "a value is also one of the other property",
        "ett värde är också ett av den andra egenskapens",
    ),
    "LessThan": (
        "a value is not less than that of the other property",
        "ett värde är inte mindre än den andra egenskapens",
    ),
    "LessThanOrEquals": (
        "a value is greater than that of the other property",
        "ett värde är större än den andra egenskapens",
    ),
    "Not": ("a value is what it must not be", "ett värde är vad det inte får vara"),
    "And": ("a value is not all that it must be", "ett värde är inte allt som det måste vara"),
    "Or": ("a value is none of what it may be", "ett värde är inget av det som det får vara"),
    "Xone": (
        "a value is not exactly one of what it may be",
        "ett värde är inte precis ett av det som det får vara",
    ),
    "Node": ("a value does not fit the shape that is asked for", "ett värde passar inte den form som krävs"),
    "QualifiedMinCount": (
        "too few values fit the shape that is asked for",
        "för få värden passar den form som krävs",
    ),
    "QualifiedMaxCount": (
        "too many values fit the shape that is asked for",
        "för många värden passar den form som krävs",
    ),
    "Closed": ("the shape does not allow this property", "formen tillåter inte den här egenskapen"),
    "HasValue": ("a value that must be there is missing", "ett värde som måste finnas saknas"),
    "In": ("a value is not in the list that is allowed", "ett värde finns inte i listan över det tillåtna"),
    "SPARQL": ("the query of the shape found a fault", "formens fråga fann ett fel"),
}


def wording(component: str, name: str) -> Mapping[str, str]:
    """What is wrong where a component of this IRI is broken, in Swedish and English; `name` is its short name."""
    kind = component.removeprefix(SH).removesuffix("ConstraintComponent")
    en, sv = _WORDS.get(kind, ("a constraint is broken", "ett villkor är brutet"))
    return {"sv": f"{sv[0].upper()}{sv[1:]} ({name}).", "en": f"{en[0].upper()}{en[1:]} ({name})."}
