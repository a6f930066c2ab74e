"""One mistake told once: what the shapes say only because of a mistake that is told already is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from pyoxigraph import BlankNode, NamedNode

from coopgraph.validate.findings import SEVERITIES, Finding, Place
from coopgraph.validate.graph import SH, TYPE
from coopgraph.validate.paths import Inverse
from coopgraph.validate.rules import RULES

_TOO_MANY = {SH + "MaxCountConstraintComponent", SH + "UniqueLangConstraintComponent"}

_NOT_CARRIED = "Evidence-value-carried"
_OF_VALUES = {"date", "literal", "dangling", "unknown-term"}
"""What is wrong with a value of a fact, for which no evidence can carry it."""

_SPARQL = NamedNode(SH + "SPARQLConstraintComponent")


def once(findings: Iterable[Finding], *, absent: Collection[str] = ()) -> list[Finding]:
    """The findings without those that only follow from others, which are at least as severe.

    `absent` are the IRIs of things whose file can't be read or has another IRI in it: that nothing describes them, that a
    shape has nothing to look at, and what is missing where they are linked to, follows from what is told of the file.
    """
    told = _distinct(findings)
    own = [one for one in told if one.rule in RULES]
    to_absent = [one for one in own if one.rule == "dangling" and _thing(one) in absent]
    uncertain = {one.focus for one in to_absent}
    spots: dict[Place, int] = {}
    for one in own:
        if one.place and one.place.column:
            spots[one.place] = min(_rank(one), spots.get(one.place, len(SEVERITIES)))
    causes: dict[object, list[Finding]] = defaultdict(list)
    for cause in own:
        target = cause.result.value if cause.result else None
        for name in {_whole(cause.focus), cause.focus, cause.meant, target} - {None}:
            causes[name].append(cause)
    left_out = {id(one) for one in [*to_absent, *(one for one in own if absent and one.rule == "no-focus")]}
    for one in told:
        if one.rule in RULES:
            continue
        names = {one.focus, one.value, _whole(one.focus), one.result.focus if one.result else None} - {None}
        near = [cause for name in names for cause in causes.get(name, ()) if _rank(cause) <= _rank(one)]
        told_here = one.place is not None and one.place in spots and spots[one.place] <= _rank(one)
        missing_link = one.focus in uncertain and (one.value is None or _thing(one) in absent)
        untold_link = bool(absent) and one.value is None and _is_inverse(one)
        if told_here or missing_link or untold_link or any(_follows(one, cause) for cause in near):
            left_out.add(id(one))
    return [one for one in told if id(one) not in left_out]


def _rank(finding: Finding) -> int:
    """How severe a finding is: 0 is the worst."""
    return SEVERITIES.index(finding.severity)


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    seen: dict[tuple[object, ...], Finding] = {}
    for one in findings:
        seen.setdefault((one.rule, one.focus, one.path, one.value, one.place, one.text("en")), one)
    return list(seen.values())


def _thing(finding: Finding) -> str | None:
    """The IRI of the thing that the value is, or is part of."""
    value = finding.result.value if finding.result else None
    return value.value.partition("#")[0] if isinstance(value, NamedNode) else None


def _whole(name: str | None) -> str | None:
    """The thing that a name is a part of, or the name itself."""
    return name.partition("#")[0] if name else None


def _is_inverse(finding: Finding) -> bool:
    return finding.result is not None and isinstance(finding.result.path, Inverse)


def _follows(one: Finding, cause: Finding) -> bool:
    """Whether what a shape says follows from what a rule of our own has said."""
    same, missing = one.focus == cause.focus, one.value is None
    result, why = one.result, cause.result
    if one.rule == _NOT_CARRIED and cause.rule in _OF_VALUES and _whole(one.focus) == _whole(cause.focus):
        return True
    match cause.rule:
        case "unknown-term" if why is not None and why.predicate == TYPE:
            part = _whole(one.focus) == cause.focus and result is not None and result.component == _SPARQL
            return same or one.value == cause.focus or part
        case "unknown-term" if cause.path == cause.value:
            points_here = result is not None and why is not None and result.focus == why.value
            unlinked = missing and points_here and _is_inverse(one)
            about_it = one.value == cause.meant and _whole(one.focus) == _whole(cause.focus)
            return (missing and same and one.path == cause.meant) or unlinked or about_it
        case "dangling":
            unlinked = one.focus == cause.meant and _is_inverse(one)
            return (same and one.value == cause.value) or (
                missing and ((same and one.path == cause.path) or unlinked)
            )
        case "language-tag":
            return missing and same and one.path == cause.path
        case "blank-node":
            return (
                result is not None
                and why is not None
                and isinstance(result.focus, BlankNode)
                and result.focus == why.value
            )
        case "two-files":
            return same and result is not None and result.component.value in _TOO_MANY
        case "same-body":
            return one.rule == "Organisation-double" and one.focus in (cause.focus, cause.meant)
    return False
