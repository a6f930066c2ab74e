"""Build a dataset: make the next snapshot beside the current one, and swap it in."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from coopgraph.build.assemble import Progress, assemble, silent, sources
from coopgraph.build.snapshot import BuildReport, read_report
from coopgraph.errors import ProjectError, StoreError, system_text
from coopgraph.iris import namespaces
from coopgraph.project import SETTINGS, Project

_KINDS = """
SELECT ?type (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  GRAPH ?graph { ?thing a ?type }
  FILTER(STRSTARTS(STR(?thing), "%(things)s") && !CONTAINS(STR(?thing), "/id/concept/"))
  FILTER(?graph != <%(derived)s>)
}
GROUP BY ?type ORDER BY DESC(?count) ?type
"""


def build(project: Project, *, progress: Progress = silent) -> BuildReport:
    """Make the next snapshot and let it answer.

    Raises ProjectError when another build runs or a file does not parse (the last good snapshot goes on answering),
    and StoreError when it can't be written.
    """
    try:
        project.state.mkdir(exist_ok=True)
        (project.state / ".gitignore").write_text("*\n", encoding="utf-8")
        with _alone(project):
            return _build(project, progress)
    except OSError as error:
        where, said = error.filename or project.state, system_text(error)
        raise StoreError(
            f"{where}: {said.en}. "
            "The last good build goes on answering; make room or give the right to write, and build again.",
            f"{where}: {said.sv}. "
            "Det senaste fungerande bygget svarar fortfarande. Frigör utrymme eller ge skrivrätt, och bygg igen.",
        ) from error


def _build(project: Project, progress: Progress) -> BuildReport:
    snapshots = project.state / "snapshots"
    snapshots.mkdir(exist_ok=True)
    name = _fingerprint(project)
    report = read_report(snapshots / name)
    if report is None:
        _remove(snapshots / name)
        unfinished = snapshots / f".{name}"
        _remove(unfinished)
        try:
            report = _write(project, unfinished, name, progress)
            unfinished.rename(snapshots / name)
        except BaseException:
            _remove(unfinished)
            raise
        fresh = True
    else:
        fresh = False
    _swap(project.state / "current", name)
    _clean(snapshots, name)
    return BuildReport(**{**asdict(report), "fresh": fresh})


def _write(project: Project, folder: Path, name: str, progress: Progress) -> BuildReport:
    assembly = assemble(project, progress=progress)
    if assembly.errors:
        rest = len(assembly.errors) - 1
        more = more_sv = ""
        if rest:
            more = f" ({rest} more file{'s' if rest > 1 else ''} can't be read; see coopgraph check)"
            more_sv = f" (ytterligare {rest} {'filer' if rest > 1 else 'fil'} går inte att läsa; kör coopgraph check)"
        first = assembly.errors[0]
        where = project.shown(first.path) if first.path else "<text>"
        where += f":{first.line}:{first.column}" if first.line else ""
        raise ProjectError(
            f"{where}: {first.reason}{more}\nNothing was built; the last good build goes on answering.",
            f"{where}: {first.reason_sv}{more_sv}\n"
            "Inget byggdes; det senaste fungerande bygget svarar fortfarande.",
        ) from first
    folder.mkdir()
    assembly.store.write(folder / "store")
    names = assembly.namespaces
    derived = names.graph_of("derived")
    query = _KINDS % {"things": names.base + "id/", "derived": derived.value}
    report = BuildReport(
        snapshot=name,
        triples=len(assembly.store.engine),
        derived=sum(1 for _ in assembly.store.engine.quads_for_pattern(None, None, None, derived)),
        files=len(assembly.origins),
        kinds={
            kind.value: int(count.value) for kind, count in assembly.store.select(query) if kind and count
        },
        fresh=True,
    )
    (folder / "held").touch()
    (folder / "report.json").write_text(json.dumps(asdict(report)), encoding="utf-8")
    return report


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Hold the lock of builds; the system lets go of it however this process ends."""
    with (project.state / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProjectError(
                f"{project.root}: another build is running. Wait until it is done; until then the last good build answers.",
                f"{project.root}: ett annat bygge pågår. Vänta tills det är klart; till dess svarar det senaste fungerande bygget.",
            ) from None
        yield


def _fingerprint(project: Project) -> str:
    """A name for what the files say: equal texts of files, rules and settings give an equal name."""
    digest = hashlib.sha256(version("coopgraph").encode())
    paths = [origin.path for _, origin in sources(project, namespaces(project))]
    paths += [project.root / SETTINGS, *project.files("ontology/rules", (".rq",)).values()]
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).digest()
        digest.update(project.shown(path).encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def _swap(pointer: Path, name: str) -> None:
    new = pointer.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    new.replace(pointer)


def _clean(snapshots: Path, keep: str) -> None:
    """Remove snapshots that no longer answer and that nobody reads."""
    for folder in snapshots.iterdir():
        if folder.name == keep:
            continue
        try:
            with (folder / "held").open() as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(folder)
        except FileNotFoundError:
            _remove(folder)
        except BlockingIOError:
            continue


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
