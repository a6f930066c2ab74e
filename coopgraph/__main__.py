"""`python -m coopgraph` is the same as the command `coopgraph`."""

from coopgraph.cli import main

main()
