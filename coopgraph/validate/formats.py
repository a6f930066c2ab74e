"""Findings as text for other programs: JSON, SARIF, annotations of GitHub, and a SHACL validation report."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from coopgraph.validate import paths
from coopgraph.validate.findings import INFO, VIOLATION, WARNING, Finding, Place, result_of_rule
from coopgraph.validate.graph import SH

Shown = Callable[[Path], str]
"""How the path of a file is told: as a rule relative to the dataset, with `/`."""

Whys = Mapping[str, Mapping[str, str]]
"""Why each rule is there, by its name and then by language."""


def as_json(findings: Sequence[Finding], shown: Shown, *, language: str) -> str:
    """A list of objects with `file line column rule severity focus path value message`."""
    rows = [
        {
            "file": shown(one.place.path) if one.place else None,
            "line": one.place.line or None if one.place else None,
            "column": one.place.column or None if one.place else None,
            "rule": one.rule,
            "severity": one.severity,
            "focus": one.focus,
            "path": one.path,
            "value": one.value,
            "message": one.text(language),
        }
        for one in findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


_LEVEL = {VIOLATION: "error", WARNING: "warning", INFO: "note"}


def as_sarif(findings: Sequence[Finding], shown: Shown, whys: Whys, *, language: str) -> str:
    """A log of SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning and editors.

    Addresses are relative to the dataset. A result keeps its fingerprint when lines are moved above it.
    """
    rules = list(dict.fromkeys(one.rule for one in findings))
    seen: Counter[str] = Counter()
    results = []
    for one in findings:
        mark = "\n".join([one.rule, _file(one, shown), one.focus or "", one.path or "", one.value or ""])
        seen[mark] += 1
        results.append(
            {
                "ruleId": one.rule,
                "ruleIndex": rules.index(one.rule),
                "level": _LEVEL[one.severity],
                "message": {"text": one.text(language)},
                "locations": _locations(one, shown),
                "relatedLocations": [_physical(place, shown) for place in one.related],
                "partialFingerprints": {"coopgraph/v1": f"{sha256(mark.encode()).hexdigest()}:{seen[mark]}"},
                "properties": {
                    name: value
                    for name, value in (("focus", one.focus), ("path", one.path), ("value", one.value))
                    if value is not None
                },
            }
        )
    driver = {
        "name": "coopgraph",
        "version": version("coopgraph"),
        "informationUri": "https://w3id.org/coopgraph/",
        "rules": [_rule(rule, whys.get(rule, {}), language) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The folder of the dataset, or where the check was run."}}
        },
        "results": results,
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1)


def _file(finding: Finding, shown: Shown) -> str:
    return shown(finding.place.path) if finding.place else ""


def _rule(rule: str, why: Mapping[str, str], language: str) -> dict[str, object]:
    told = why.get(language) or why.get("en") or why.get("") or rule
    more = "Läs mer" if language == "sv" else "Read more"
    return {
        "id": rule,
        "shortDescription": {"text": told},
        "help": {
            "text": f"{told} {more}: coopgraph explain {rule}",
            "markdown": f"{told} {more}: `coopgraph explain {rule}`",
        },
    }


def _locations(finding: Finding, shown: Shown) -> list[dict[str, object]]:
    location = _physical(finding.place, shown) if finding.place else {}
    if finding.focus:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.focus, "kind": "resource"}]
    return [location] if location else []


def _physical(place: Place, shown: Shown) -> dict[str, object]:
    path = shown(place.path)
    artifact = {"uri": quote(path), "uriBaseId": "%SRCROOT%"}
    if PurePosixPath(path).is_absolute():
        artifact = {"uri": place.path.as_uri()}
    where: dict[str, object] = {"artifactLocation": artifact}
    if place.line:
        where["region"] = {"startLine": place.line, "startColumn": place.column or 1}
    return {"physicalLocation": where}


_COMMAND = {VIOLATION: "error", WARNING: "warning", INFO: "notice"}


def as_github(findings: Sequence[Finding], shown: Shown, *, language: str) -> str:
    """One workflow command a finding, which GitHub shows as an annotation beside the line."""
    lines = []
    for one in findings:
        properties = {"title": one.rule}
        if one.place:
            properties = {"file": shown(one.place.path), **properties}
            if one.place.line:
                properties |= {"line": str(one.place.line), "col": str(one.place.column or 1)}
        told = ",".join(f"{name}={_property(properties[name])}" for name in _ORDER if name in properties)
        lines.append(f"::{_COMMAND[one.severity]} {told}::{_data(one.text(language))}")
    return "\n".join(lines)


_ORDER = ("file", "line", "col", "title")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_turtle(findings: Sequence[Finding], shown: Shown, *, base: str) -> str:
    """A sh:ValidationReport (https://www.w3.org/TR/shacl/#validation-report), each result after a comment with its place.

    A rule of coopgraph's own stands in it as a source shape of its name in the namespace of the shapes, with the
    constraint component coopsh:RuleConstraintComponent. What is found in a file rather than at a node has as its focus
    node the address of the file under `base`.
    """
    blocks = [f"@prefix sh: <{SH}> .\n"]
    results = []
    for number, one in enumerate(findings, 1):
        name = f"_:result{number}"
        results.append(name)
        blocks.append(_result(name, one, shown, base))
    conforms = "false" if results else "true"
    listed = f" ;\n    sh:result {' , '.join(results)}" if results else ""
    blocks.insert(1, f"[] a sh:ValidationReport ;\n    sh:conforms {conforms}{listed} .\n")
    return "\n".join(blocks)


def _result(name: str, finding: Finding, shown: Shown, base: str) -> str:
    file = _file(finding, shown)
    result = finding.result or result_of_rule(
        finding.rule, finding.severity, NamedNode(base + quote(file or finding.focus or ""))
    )
    facts = [
        ("focusNode", str(result.focus)),
        ("resultPath", _path(result.path) if result.path else None),
        ("value", str(result.value) if result.value is not None else None),
        ("sourceShape", str(result.shape)),
        ("sourceConstraintComponent", _short(result.component)),
        ("sourceConstraint", str(result.constraint) if result.constraint is not None else None),
        ("resultSeverity", _short(result.severity)),
        *(
            ("resultMessage", str(Literal(text, language=language) if language else Literal(text)))
            for language, text in sorted(finding.message.items())
        ),
    ]
    told = "".join(f" ;\n    sh:{predicate} {value}" for predicate, value in facts if value is not None)
    line = f":{finding.place.line}:{finding.place.column}" if finding.place and finding.place.line else ""
    where = f"# {' '.join(file.splitlines())}{line}\n" if file else ""
    return f"{where}{name} a sh:ValidationResult{told} .\n"


def _short(term: NamedNode) -> str:
    return "sh:" + term.value.removeprefix(SH) if term.value.startswith(SH) else str(term)


def _path(path: paths.Path) -> str:
    """A property path as SHACL writes it."""
    match path:
        case paths.Predicate(iri):
            return str(iri)
        case paths.Inverse(inner):
            return f"[ sh:inversePath {_path(inner)} ]"
        case paths.Sequence(steps):
            return f"( {' '.join(map(_path, steps))} )"
        case paths.Alternative(options):
            return f"[ sh:alternativePath ( {' '.join(map(_path, options))} ) ]"
        case paths.Repeat(inner, sign):
            name = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}[sign]
            return f"[ sh:{name} {_path(inner)} ]"
