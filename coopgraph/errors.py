"""The exceptions that stop work. Bad data is a result (`Finding`), never an exception.

Every message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode


class CoopgraphError(Exception):
    """The root of everything coopgraph raises on purpose. `exit_code` is what the command line ends with."""

    exit_code = 3


class UsageError(CoopgraphError):
    """What was asked for can't be meant as it stands: an unknown name, a value of the wrong type."""

    exit_code = 2


class ProjectError(CoopgraphError):
    """The dataset can't be used: it is missing, or its settings are wrong."""


class TurtleError(CoopgraphError):
    """RDF text that does not parse. `line` and `column` count from 1."""

    def __init__(self, message: str, *, path: Path | None = None, line: int = 0, column: int = 0) -> None:
        self.reason, self.path, self.line, self.column = message, path, line, column
        where = f"{path or '<text>'}:{line}:{column}" if line else str(path or "<text>")
        super().__init__(f"{where}: {message}")


class StoreError(CoopgraphError):
    """The store can't answer or can't be written."""


class QueryError(UsageError):
    """A query, or a value given to it, that can't be run."""


class ShapesError(CoopgraphError):
    """A shapes graph that is itself wrong, so that nothing can be checked with it. `node` is at fault."""

    def __init__(self, message: str, *, node: NamedNode | BlankNode | Literal | None = None) -> None:
        self.node = node
        super().__init__(message)


class EditRefused(CoopgraphError):
    """An edit that would bring in a violation. The files are as they were."""
