"""What changed from one build to the next, kept as a log of RDF Patches that can be replayed.

    .coopgraph/changes/000001.rdfp.gz   the beginning: no changes, only which version it is
    .coopgraph/changes/000002.rdfp.gz   what the second version has more and less than the first

The log holds what people wrote (the graphs of the files under `data/`), as quads: a triple that two files state goes away with the
second. What is derived follows from it. RDF Patch: https://afs.github.io/rdf-delta/rdf-patch
"""

from __future__ import annotations

import gzip
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Quad, RdfFormat

from coopgraph.errors import StoreError

SUFFIX = ".rdfp.gz"


@dataclass(frozen=True)
class Change:
    """One patch of the log. `version` is what it leads to; `id` names it, `previous` the patch before.

    `before` and `after` are the snapshots that were built; `added` and `removed` count quads.
    """

    version: str
    id: str
    previous: str | None
    when: datetime
    before: str | None
    after: str
    added: int
    removed: int
    path: Path


def record(
    folder: Path,
    before: str | None,
    after: str,
    when: datetime,
    added: Iterable[Quad],
    removed: Iterable[Quad],
) -> Change:
    """Add to the log in `folder` what a build changed, and give the last change that there is.

    To be called by every build that lets another snapshot answer, before it does. `before` is the snapshot that has answered until
    now (None where there was none), `after` the new one. Nothing is added when nothing changed. What a build
    recorded that ended before its snapshot answered is dropped by the next.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changes = read(folder)
    if changes and changes[-1].after != before and changes[-1].before == before:
        changes.pop().path.unlink()
    if not changes:
        # the first version is what its dump holds; its patch says only which one it is
        changes.append(_write(folder, None, None, before or after, when, [], []))
        if before is None:
            return changes[-1]
    more, less = sorted(map(str, set(added))), sorted(map(str, set(removed)))
    if more or less:
        changes.append(_write(folder, changes[-1], before, after, when, more, less))
    return changes[-1]


def _write(
    folder: Path,
    last: Change | None,
    before: str | None,
    after: str,
    when: datetime,
    added: list[str],
    removed: list[str],
) -> Change:
    number = 1 if last is None else int(last.path.name.removesuffix(SUFFIX)) + 1
    rows = [*(f"D {one} .\n" for one in removed), *(f"A {one} .\n" for one in added)]
    when = when.astimezone(UTC).replace(microsecond=0)
    version = f"{when:%Y-%m-%d}.{number}"
    # the name follows from all that led here, so that two logs that share a name share their contents
    identity = uuid.uuid5(uuid.NAMESPACE_OID, "\n".join([last.id if last else "", version, after, *rows]))
    head = {
        "id": f"<{identity.urn}>",
        "prev": f"<{last.id}>" if last else None,
        "version": f'"{version}"',
        "when": f'"{when.isoformat()}"',
        "before": f'"{before}"' if before else None,
        "after": f'"{after}"',
        "added": f'"{len(added)}"',
        "removed": f'"{len(removed)}"',
    }
    lines = [f"H {name} {value} .\n" for name, value in head.items() if value]
    text = "".join([*lines, "TX .\n", *rows, "TC .\n"])
    path = folder / f"{number:06}{SUFFIX}"
    unfinished = folder / f".{path.name}"
    with unfinished.open("wb") as file:
        file.write(gzip.compress(text.encode(), mtime=0))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return _change(path)


def read(folder: Path) -> list[Change]:
    """The changes of a log, the oldest first; none where there is no log. Raises StoreError for a damaged one."""
    return [_change(path) for path in sorted(folder.glob("[0-9]*" + SUFFIX))]


def _change(path: Path) -> Change:
    head: dict[str, str] = {}
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                if not line.startswith("H "):
                    break
                _, name, value, _ = line.split()
                head[name] = value[1:-1]
        return Change(
            version=head["version"],
            id=head["id"],
            previous=head.get("prev"),
            when=datetime.fromisoformat(head["when"]),
            before=head.get("before"),
            after=head["after"],
            added=int(head["added"]),
            removed=int(head["removed"]),
            path=path,
        )
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise StoreError(
            f"{path}: the record of changes can't be read ({error}). Remove {path.parent} and build again; the log then begins anew.",
            f"{path}: ändringsloggen går inte att läsa ({error}). Ta bort {path.parent} och bygg igen; loggen börjar då om.",
        ) from error


def replay(quads: Iterable[Quad], patches: Iterable[bytes]) -> set[Quad]:
    """The quads of a version after the patches that follow it, each as its file holds it (gzip or text).

    Raises StoreError when a patch takes away what is not there or adds what is: it does not follow.
    """
    now = set(quads)
    for patch in patches:
        less, more = _rows(patch)
        if not less <= now or more & (now - less):
            raise StoreError(
                "The patch does not follow on these data. Start from the dump of the version before it.",
                "Ändringarna hör inte till de här data. Utgå från hela filen för versionen före.",
            )
        now = (now - less) | more
    return now


def _rows(patch: bytes) -> tuple[set[Quad], set[Quad]]:
    text = gzip.decompress(patch) if patch.startswith(b"\x1f\x8b") else patch
    lines = text.splitlines(keepends=True)
    return set(_parsed(lines, b"D ")), set(_parsed(lines, b"A "))


def _parsed(lines: list[bytes], operation: bytes) -> Iterator[Quad]:
    rows = b"".join(line[len(operation) :] for line in lines if line.startswith(operation))
    return ox.parse(rows, format=RdfFormat.N_QUADS)
