"""From files to a snapshot that can be asked: read, derive, write beside the current one, swap."""

from coopgraph.build.assemble import Assembly, Origin, assemble
from coopgraph.build.snapshot import BuildReport, Snapshot, build, current

__all__ = ["Assembly", "BuildReport", "Origin", "Snapshot", "assemble", "build", "current"]
