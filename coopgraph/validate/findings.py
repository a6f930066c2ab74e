"""What a check finds: values, told in Swedish and English, with the file and line they are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopgraph.store import Term
from coopgraph.validate.graph import SH
from coopgraph.validate.paths import Predicate
from coopgraph.validate.results import Result
from coopgraph.validate.wording import wording

VIOLATION, WARNING, INFO = "violation", "warning", "info"
SEVERITIES = (VIOLATION, WARNING, INFO)
SHAPES = "https://w3id.org/coopgraph/shapes#"
RULE = NamedNode(SHAPES + "RuleConstraintComponent")
"""The constraint component of every rule of coopgraph's own."""


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file; lines and columns count from 1, 0 where the whole file is meant."""

    path: Path
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one node.

    `rule` is the local name of a shape, or of a rule in `coopgraph.validate.rules`. `message` maps sv and en to what
    is wrong, then what to do. `focus`, `path` and `value` are shortened for reading; `result` has them whole, unless
    the finding is about a file. `meant` is the name that was perhaps meant, shortened too; `related` are other places
    that the finding is about just as much.
    """

    rule: str
    severity: str
    message: Mapping[str, str]
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    place: Place | None = None
    result: Result | None = None
    meant: str | None = None
    related: tuple[Place, ...] = ()

    def text(self, language: str) -> str:
        """The message in a language, or in English where the rule does not speak it."""
        return self.message.get(language) or self.message.get("en") or next(iter(self.message.values()))


def finding_of(result: Result, place: Place | None, *, shorten: Callable[[str], str]) -> Finding:
    """What a shape has found, as a finding. Its rule is the shape, or the kind of constraint where that has no name."""

    def short(term: Term) -> str:
        return shorten(term.value) if isinstance(term, NamedNode) else str(term)

    component = "sh:" + result.component.value.removeprefix(SH)
    if not result.component.value.startswith(SH):
        component = shorten(result.component.value)
    shape = result.shape.value if isinstance(result.shape, NamedNode) else ""
    value = result.value
    return Finding(
        rule=shape.removeprefix(SHAPES) if shape.startswith(SHAPES) else shorten(shape) or component,
        severity=_SEVERITY.get(result.severity.value, VIOLATION),
        message=result.messages or wording(result.component.value, component),
        focus=short(result.focus),
        path=shorten(result.predicate.value) if result.predicate else None,
        value=value.value if isinstance(value, Literal) else short(value) if value is not None else None,
        place=place,
        result=result,
    )


_SEVERITY = {SH + "Violation": VIOLATION, SH + "Warning": WARNING, SH + "Info": INFO}


def result_of_rule(
    rule: str, severity: str, focus: Term, *, predicate: NamedNode | None = None, value: Term | None = None
) -> Result:
    """What a rule of coopgraph's own has found, in the form of a SHACL result; its source shape is named for the rule."""
    return Result(
        focus=focus,
        path=Predicate(predicate) if predicate else None,
        value=value,
        component=RULE,
        shape=NamedNode(SHAPES + rule),
        severity=NamedNode(SH + severity.capitalize()),
    )
