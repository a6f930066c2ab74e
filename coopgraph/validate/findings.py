"""What a check finds: values, told in Swedish and English, with the file and line they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VIOLATION, WARNING, INFO = "violation", "warning", "info"
SEVERITIES = (VIOLATION, WARNING, INFO)


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
    is wrong, then what to do. `focus`, `path` and `value` are shortened for reading.
    """

    rule: str
    severity: str
    message: Mapping[str, str]
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    place: Place | None = None

    def text(self, language: str) -> str:
        """The message in a language, or in English where the rule does not speak it."""
        return self.message.get(language) or self.message.get("en") or next(iter(self.message.values()))
