"""What each sheet of a file means: by a mapping, by what is said of it, and else by guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import Kind
from coopgraph.errors import UsageError
from coopgraph.iris import slug
from coopgraph.sheets.guess import Guess, guess
from coopgraph.sheets.mapping import load, names
from coopgraph.sheets.table import Table


def meanings(
    graph: Graph,
    tables: Sequence[Table],
    *,
    mapping: str | None = None,
    kind: Kind | None = None,
    columns: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> list[Guess]:
    """What each sheet means. Without `mapping`, the one that was saved for a file of this name is used, if there is one.

    Raises UsageError where nothing of it can be guessed, or something is said of several sheets at once.
    """
    file = tables[0].file
    known = load(graph.project, mapping or own_name(file))
    if mapping is not None and known is None:
        listed = ", ".join(names(graph.project))
        raise UsageError(
            f"There is no mapping '{mapping}'. There are: {listed}.",
            f"Det finns ingen mappning '{mapping}'. Det finns: {listed}.",
        )
    if len(tables) == 1:
        return [guess(graph, tables[0], kind=kind, told=columns, known=known, given=given)]
    found = [] if known or kind or columns or given else [guess(graph, table) for table in tables]
    if not found or not all(one.own for one in found):
        sheets = ", ".join(one.sheet for one in tables)
        raise UsageError(
            f"{file} has several sheets: {sheets}. Say which: --sheet NAME",
            f"{file} har flera blad: {sheets}. Ange vilket: --sheet NAMN",
        )
    return found


def own_name(file: Path) -> str:
    """The name of the mapping that is saved for a file, where none is said."""
    return slug(file.stem) or "sheet"
