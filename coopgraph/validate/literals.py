"""Lexical forms of the datatypes of RDF and XML Schema: which literals can't mean anything.

The same patterns decide here and inside SPARQL (`condition`), so they keep to what the regular expressions of
XPath, Rust, PCRE and Python share. Source: W3C XML Schema 1.1 Part 2: Datatypes, sections 3.3 and 3.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal

from coopgraph.validate.graph import XSD

_YEAR = "-?([1-9][0-9]{3,}|0[0-9]{3})"
_LEAP = (
    "-?(([1-9][0-9]+|0[0-9])(0[48]|[2468][048]|[13579][26])|([1-9][0-9]*)?(0[048]|[2468][048]|[13579][26])00)"
)
_DAY_OF_MONTH = (
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
)
_DATE = f"({_YEAR}-({_DAY_OF_MONTH})|{_LEAP}-02-29)"
_TIME = "(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?|24:00:00([.]0+)?)"
_ZONE = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_SECONDS = "[0-9]+([.][0-9]+)?S"
_CLOCK = f"T([0-9]+H([0-9]+M)?({_SECONDS})?|[0-9]+M({_SECONDS})?|{_SECONDS})"
_MONTHS = "([0-9]+Y([0-9]+M)?|[0-9]+M)"
_NUMBER = "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)"
_FLOAT = f"({_NUMBER}([eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
_SIX_BITS = "[A-Za-z0-9+/] ?"
_BASE64 = f"({_SIX_BITS}){{4}}"


@dataclass(frozen=True)
class Lexical:
    """A pattern for the whole lexical form, and the bounds of a whole number."""

    pattern: str
    least: int | None = None
    most: int | None = None


def _whole(bits: int, *, signed: bool) -> Lexical:
    least = -(2 ** (bits - 1)) if signed else 0
    return Lexical("[+-]?[0-9]+", least, 2 ** (bits - 1) - 1 if signed else 2**bits - 1)


LEXICAL: dict[str, Lexical] = {
    XSD + name: lexical
    for name, lexical in {
        "boolean": Lexical("(true|false|1|0)"),
        "decimal": Lexical(_NUMBER),
        "integer": Lexical("[+-]?[0-9]+"),
        "nonNegativeInteger": Lexical("([+]?[0-9]+|-0+)"),
        "positiveInteger": Lexical("[+]?0*[1-9][0-9]*"),
        "nonPositiveInteger": Lexical("(-[0-9]+|[+]?0+)"),
        "negativeInteger": Lexical("-0*[1-9][0-9]*"),
        "long": _whole(64, signed=True),
        "int": _whole(32, signed=True),
        "short": _whole(16, signed=True),
        "byte": _whole(8, signed=True),
        "unsignedLong": _whole(64, signed=False),
        "unsignedInt": _whole(32, signed=False),
        "unsignedShort": _whole(16, signed=False),
        "unsignedByte": _whole(8, signed=False),
        "double": Lexical(_FLOAT),
        "float": Lexical(_FLOAT),
        "date": Lexical(f"{_DATE}{_ZONE}?"),
        "dateTime": Lexical(f"{_DATE}T{_TIME}{_ZONE}?"),
        "dateTimeStamp": Lexical(f"{_DATE}T{_TIME}{_ZONE}"),
        "time": Lexical(f"{_TIME}{_ZONE}?"),
        "gYear": Lexical(f"{_YEAR}{_ZONE}?"),
        "gYearMonth": Lexical(f"{_YEAR}-(0[1-9]|1[0-2]){_ZONE}?"),
        "gMonth": Lexical(f"--(0[1-9]|1[0-2]){_ZONE}?"),
        "gDay": Lexical(f"---(0[1-9]|[12][0-9]|3[01]){_ZONE}?"),
        "gMonthDay": Lexical(f"--({_DAY_OF_MONTH}|02-29){_ZONE}?"),
        "duration": Lexical(f"-?P({_MONTHS}([0-9]+D)?({_CLOCK})?|[0-9]+D({_CLOCK})?|{_CLOCK})"),
        "yearMonthDuration": Lexical(f"-?P{_MONTHS}"),
        "dayTimeDuration": Lexical(f"-?P([0-9]+D({_CLOCK})?|{_CLOCK})"),
        "hexBinary": Lexical("([0-9a-fA-F]{2})*"),
        "base64Binary": Lexical(
            f"({_BASE64})*({_BASE64}|{_SIX_BITS}{_SIX_BITS}[AEIMQUYcgkosw048] ?=|{_SIX_BITS}[AQgw] ?= ?=)?"
        ),
        "language": Lexical("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*"),
    }.items()
}

WHOLE_NUMBERS = frozenset(
    iri for iri, lexical in LEXICAL.items() if "nteger" in iri or lexical.least is not None
) - {XSD + "integer"}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def ill_formed(literal: Literal) -> bool:
    """Whether the literal's text is outside what its datatype allows: `"2O10"^^xsd:gYear`."""
    lexical = LEXICAL.get(literal.datatype.value)
    if lexical is None:
        return False
    if _compiled(lexical.pattern).fullmatch(literal.value) is None:
        return True
    if lexical.least is None or lexical.most is None:
        return False
    digits = literal.value.lstrip("+-").lstrip("0")
    if len(digits) > 20:
        return True
    return not lexical.least <= int(literal.value) <= lexical.most


def condition(variable: str, datatype: str) -> str:
    """A SPARQL condition: the variable's text is a lexical form of the datatype ("" where all texts are)."""
    lexical = LEXICAL.get(datatype)
    if lexical is None:
        return ""
    text = f'REGEX(STR({variable}), "^{lexical.pattern}$")'
    if lexical.least is None:
        return text
    number = f"<{XSD}decimal>(STR({variable}))"
    return f"{text} && {number} >= {lexical.least}.0 && {number} <= {lexical.most}.0"
