"""All that is to be said of a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from coopgraph.errors import TurtleError
from coopgraph.validate.findings import Finding
from coopgraph.validate.results import Result


@dataclass
class Found:
    """What is to be said of a dataset, by what it is said of.

    `results` are those of the shapes; `told` has the finding of each that has been placed. `of_triples` and `of_files` go by
    the named graph of a file, `of_files` by the name of a thing too. `errors` are the files that can't be read.
    """

    results: list[Result] = field(default_factory=list)
    told: dict[Result, Finding] = field(default_factory=dict)
    of_triples: dict[str, list[Finding]] = field(default_factory=dict)
    of_files: dict[str, list[Finding]] = field(default_factory=dict)
    doubles: list[Finding] = field(default_factory=list)
    saved: list[Finding] = field(default_factory=list)
    unused: list[Finding] = field(default_factory=list)
    errors: dict[Path, TurtleError] = field(default_factory=dict)
    files: int = 0
    triples: int = 0
