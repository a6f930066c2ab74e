"""coopgraph: a checked, evidenced knowledge graph of municipal and regional cooperation abroad."""

import typing as _typing

from coopgraph.errors import (
    CoopgraphError,
    EditRefused,
    ProjectError,
    QueryError,
    ShapesError,
    StoreError,
    TurtleError,
    UsageError,
)

if _typing.TYPE_CHECKING:
    from coopgraph.api import Dataset, open
    from coopgraph.queries import Table

__all__ = [
    "CoopgraphError",
    "Dataset",
    "EditRefused",
    "ProjectError",
    "QueryError",
    "ShapesError",
    "StoreError",
    "Table",
    "TurtleError",
    "UsageError",
    "open",
]


def __getattr__(name: str) -> object:
    """What is only loaded when it is asked for: a command that needs none of it starts in half the time."""
    if name in ("Dataset", "open", "Table"):
        from coopgraph import api, queries

        globals().update(Dataset=api.Dataset, open=api.open, Table=queries.Table)
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
