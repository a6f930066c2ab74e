"""The command line. A command reads its arguments, calls one function, and prints."""

from coopgraph.cli.main import main

__all__ = ["main"]
