"""The W3C suites of RDF 1.1: what they say is right is read and placed, what they say is wrong is refused.

The folder named by `COOPGRAPH_RDF_TESTS` holds them: a checkout of w3c/rdf-tests, or what
tests/fetch_w3c.py brings.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph
import pytest
from pyoxigraph import NamedNode
from turtle_oracle import canonical, check

from coopgraph.errors import TurtleError
from coopgraph.turtle import format_of, read, read_text

VARIABLE = "COOPGRAPH_RDF_TESTS"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
# The base that an older manifest leaves to its README.
BASES = {"turtle": "http://www.w3.org/2013/TurtleTests/", "trig": "http://www.w3.org/2013/TriGTests/"}


class Case(NamedTuple):
    """One test of a suite: a file, the base it is read under, and, if it is right, perhaps what it says."""

    path: Path
    base: str
    right: bool
    result: Path | None


def cases(folder: Path) -> Iterator[Case]:
    """The tests of every manifest that tests one of our four formats."""
    for manifest in sorted(folder.rglob("manifest.ttl")):
        if "rdf12" in manifest.parts:
            continue
        files = {file.as_uri(): file for file in manifest.parent.iterdir()}
        values: dict[tuple[object, str], str] = {}
        base = BASES.get(manifest.parent.name, "http://example.org/")
        for subject, predicate, object, _ in read(manifest, base=manifest.as_uri()):
            values[subject, predicate.value] = object.value
            if predicate.value == MANIFEST + "assumedTestBase":
                base = object.value
        for (test, predicate), kind in values.items():
            if predicate == TYPE.value and "rdftest#Test" in kind and "XML" not in kind:
                action = files[values[test, MANIFEST + "action"]]
                result = files.get(values.get((test, MANIFEST + "result"), ""))
                yield Case(action, base + action.name, "Negative" not in kind, result)


FOLDER = os.environ.get(VARIABLE)
CASES = list(cases(Path(FOLDER))) if FOLDER else []
SKIPPED = pytest.param(None, marks=pytest.mark.skip(reason=f"{VARIABLE} names no folder with the W3C suites"))


def params(*, right: bool) -> list[object]:
    """The right or the wrong cases, each under its name."""
    named = [(f"{case.path.parent.name}/{case.path.name}", case) for case in CASES if case.right == right]
    return [pytest.param(case, id=name) for name, case in named] or [SKIPPED]


@pytest.mark.parametrize("case", params(right=True))
def test_what_is_right_is_read_and_placed(case: Case) -> None:
    text, format = read_text(case.path), format_of(case.path)
    located = check(text, format=format, base=case.base)
    if case.result:
        # Leniently: the older suites expect an IRI with a character that RFC 3987 leaves out.
        expected = list(pyoxigraph.parse(path=case.result, format=format_of(case.result), lenient=True))
        assert canonical([row.quad for row in located]) == canonical(expected)


@pytest.mark.parametrize("case", params(right=False))
def test_what_is_wrong_is_refused_at_a_place(case: Case) -> None:
    with pytest.raises(TurtleError) as caught:
        read(case.path, base=case.base)
    assert caught.value.line >= 1
    assert caught.value.column >= 1
