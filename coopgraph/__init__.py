"""coopgraph: a checked, evidenced knowledge graph of municipal and regional cooperation abroad."""

from coopgraph.api import Dataset, open
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
