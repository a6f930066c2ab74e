"""What the server allows: one table of settings, each with its meaning in the documentation (docs/publish.md).

A dataset changes them in the table `[serve]` of its coopgraph.toml.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from rapidfuzz import process

from coopgraph.errors import ProjectError
from coopgraph.project import SETTINGS, Project


@dataclass(frozen=True)
class Limits:
    """Bounds on what one request, and all together, may take."""

    seconds: float = 30.0
    rows: int = 10_000
    queries: int = 2
    waiting: int = 32
    memory: int = 1024
    query_length: int = 20_000
    body: int = 65_536
    address: int = 8_192
    values: int = 50
    slow: float = 10.0
    connections: int = 200
    cache: int = 16
    fresh: int = 60


def limits_of(project: Project) -> Limits:
    """The limits of a dataset. Raises ProjectError for one that is unknown or is no number."""
    known = {field.name: field.default for field in fields(Limits)}
    where = project.root / SETTINGS
    given: dict[str, float] = {}
    for name, value in project.serve.items():
        if name not in known:
            near = process.extractOne(name, list(known), score_cutoff=50)
            hint, hint_sv = (f" Did you mean '{near[0]}'?", f" Menade du '{near[0]}'?") if near else ("", "")
            raise ProjectError(
                f"{where}: [serve] has no setting '{name}'.{hint} They are: {', '.join(known)}.",
                f"{where}: [serve] har ingen inställning '{name}'.{hint_sv} De är: {', '.join(known)}.",
            )
        whole = isinstance(known[name], int)
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or value < 0:
            raise ProjectError(
                f"{where}: [serve] {name} must be a {'whole ' if whole else ''}number, such as {known[name]}.",
                f"{where}: [serve] {name} ska vara ett {'hel' if whole else ''}tal, till exempel {known[name]}.",
            )
        given[name] = value
    found = replace(Limits(), **given)  # type: ignore[arg-type]
    if found.queries < 1 or found.connections < 1 or found.rows < 1 or found.seconds <= 0 or found.slow <= 0:
        raise ProjectError(
            f"{where}: [serve] seconds, rows, queries, slow and connections must be more than 0.",
            f"{where}: [serve] seconds, rows, queries, slow och connections ska vara större än 0.",
        )
    return found
