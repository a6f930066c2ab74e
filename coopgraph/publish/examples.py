"""The examples of the shapes: for each one a passage that it finds at fault, and one that is as it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from coopgraph.project import packaged

_ANNOUNCED = re.compile(r"#\+ +- \{.*\bshape: ([\w-]+)(?:, line: (\d+))?")
_CLASS = re.compile(r"\sa ([\w-]+:[\w-]+)")
FAULT = "  # ←"
"""What stands after the line that is at fault."""


class Passage(NamedTuple):
    """A statement of an example, and whether it is the one at fault."""

    text: str
    at_fault: bool


def examples(shape: str) -> tuple[str | None, str | None]:
    """A good and a bad passage for a shape, as Turtle without its prefixes; none where there is no example.

    The line at fault is marked. The examples are those that the tests hold the shapes to.
    """
    folder = packaged() / "examples"
    folder = folder if folder.is_dir() else packaged() / "tests" / "shapes"
    own = folder / shape.partition("-")[0]
    bad = next(
        (
            passages
            for path in [*sorted(own.glob("bad-*.ttl")), *sorted(folder.glob("*/bad-*.ttl"))]
            if (passages := _read(path, shape)) is not None
        ),
        None,
    )
    wrong = None if bad is None else next((one for one in bad if one.at_fault), bad[0])
    kind = _CLASS.search(wrong.text) if wrong else None
    good = [
        one
        for path in sorted(own.glob("good-*.ttl"), key=lambda path: (path.stem != "good-minimal", path.stem))
        for one in _read(path, "") or []
    ]
    alike = (one for one in good if kind and (found := _CLASS.search(one.text)) and found[1] == kind[1])
    right = next(alike, good[0] if good else None)
    return right and right.text, wrong and wrong.text


def _read(path: Path, shape: str) -> list[Passage] | None:
    """The statements of an example; nothing where a shape is named and the example does not announce it."""
    text = path.read_text(encoding="utf-8")
    fault = next((int(line or 0) for name, line in _ANNOUNCED.findall(text) if name == shape), None)
    if shape and fault is None:
        return None
    return list(_passages(text, fault or 0))


def _passages(text: str, fault: int) -> Iterator[Passage]:
    lines: list[str] = []
    at_fault = False
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.startswith(("@prefix", "@base", "#")):
            continue
        if line.strip():
            at_fault = at_fault or number == fault
            lines.append(line + FAULT if number == fault else line)
        elif lines:
            yield Passage("\n".join(lines), at_fault)
            lines, at_fault = [], False
