"""Saved queries: one file is a command, an API and a page. Nothing here writes and nothing fetches."""

from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.names import Names
from coopgraph.queries.run import run_saved, run_text
from coopgraph.queries.saved import Param, SavedQuery, load_all, load_each, load_query
from coopgraph.queries.table import Table

__all__ = [
    "Names",
    "Param",
    "SavedQuery",
    "Table",
    "load_all",
    "load_each",
    "load_query",
    "refuse_unsafe",
    "run_saved",
    "run_text",
]
