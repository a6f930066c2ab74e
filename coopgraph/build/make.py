"""Build a dataset: make the next snapshot beside the current one, and swap it in."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Quad

from coopgraph.build.assemble import Assembly, Progress, assemble, silent
from coopgraph.build.changes import record
from coopgraph.build.derive import derived_graph
from coopgraph.build.manifest import DATA, Manifest, look, read_manifest
from coopgraph.build.names import FILE, renew_names, write_names
from coopgraph.build.renew import graphs_of, renewed
from coopgraph.build.snapshot import BuildReport, Snapshot, current, read_report
from coopgraph.errors import ProjectError, StoreError, TurtleError, system_text
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import SETTINGS, Project
from coopgraph.store.local import LocalStore
from coopgraph.store.writing import Writing

_KINDS = """
SELECT ?type (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  %(only)s
  GRAPH ?graph { ?thing a ?type }
  FILTER(STRSTARTS(STR(?thing), "%(things)s") && !CONTAINS(STR(?thing), "/id/concept/"))
  FILTER(?graph != %(derived)s)
}
GROUP BY ?type ORDER BY DESC(?count) ?type
"""
_MOST_STEPS = 200
"""After so many builds that each took in a few files, all are read again, and the store is written in order."""
_SMALL = 50_000
"""Up to how many triples a graph is read into memory by those who ask often, unless the steward says otherwise."""
_FEW, _SHARE = 100, 0.02
"""Up to how many files, or what share of all, a build takes in one by one."""


@dataclass(frozen=True)
class Seen:
    """The files as they were when the last snapshot was built (None: nobody knows) and as they are now, and the names of
    those that have changed.
    """

    before: Manifest | None
    now: Manifest
    changed: Collection[str]


def build(
    project: Project,
    *,
    memory: bool | None = None,
    progress: Progress = silent,
    seen: Seen | None = None,
) -> BuildReport:
    """Make the next snapshot and let it answer. Only files that have changed are read, unless most have.

    `memory` says whether those who ask many questions of it (the web site, `coopgraph.open`) read it into memory; None: where it
    is small. `seen` says what has changed, where somebody has watched the files since the last build.

    Raises ProjectError when another build runs or a file does not parse (the last good snapshot goes on answering),
    and StoreError when it can't be written.
    """
    try:
        project.state.mkdir(exist_ok=True)
        (project.state / ".gitignore").write_text("*\n", encoding="utf-8")
        with _alone(project):
            return _build(project, memory, progress, seen)
    except OSError as error:
        where, said = error.filename or project.state, system_text(error)
        raise StoreError(
            f"{where}: {said.en}. "
            "The last good build goes on answering; make room or give the right to write, and build again.",
            f"{where}: {said.sv}. "
            "Det senaste fungerande bygget svarar fortfarande. Frigör utrymme eller ge skrivrätt, och bygg igen.",
        ) from error


def _build(project: Project, memory: bool | None, progress: Progress, watched: Seen | None) -> BuildReport:
    snapshots = project.state / "snapshots"
    snapshots.mkdir(exist_ok=True)
    before = _current(project)
    try:
        seen = _seen(project, before, watched)
        name = seen.now.fingerprint
        report = read_report(snapshots / name)
        fresh = report is None
        if report is None:
            _remove(snapshots / name)
            unfinished = snapshots / f".{name}"
            _remove(unfinished)
            try:
                report = _write(project, unfinished, seen, before, progress)
                unfinished.rename(snapshots / name)
            except BaseException:
                _remove(unfinished)
                raise
        in_memory = report.triples <= _SMALL if memory is None else memory
        if report.memory != in_memory:
            report = replace(report, memory=in_memory)
            _write_report(snapshots / name, report)
        if before is None or seen.before is None or before.report.snapshot != name:
            _record(project, before if seen.before else None, snapshots / name, seen.changed)
        _swap(project.state / "current", name)
    finally:
        if before:
            before.close()
    _clean(snapshots, name)
    return replace(report, fresh=fresh)


def _seen(project: Project, before: Snapshot | None, watched: Seen | None) -> Seen:
    """What has changed since the snapshot that answers until now."""
    if before and watched and watched.before and watched.before.fingerprint == before.report.snapshot:
        return watched
    known = read_manifest(before.folder / "files") if before else None
    now = look(project, known)
    return Seen(known, now, now.changed_since(known or Manifest()))


def _current(project: Project) -> Snapshot | None:
    """The snapshot that answers until now, if there is a whole one."""
    try:
        return current(project)
    except (ProjectError, StoreError):
        return None


def _write(
    project: Project, folder: Path, seen: Seen, before: Snapshot | None, progress: Progress
) -> BuildReport:
    folder.mkdir()
    names = namespaces(project)
    report = None
    if before is not None and before.report.steps < _MOST_STEPS and _few(seen):
        report = _write_changed(project, names, folder, before, seen.changed)
    if report is None:
        report = _write_all(project, names, folder, progress)
    report = replace(report, snapshot=seen.now.fingerprint)
    (folder / "held").touch()
    seen.now.write(folder / "files")
    _write_report(folder, report)
    return report


def _write_report(folder: Path, report: BuildReport) -> None:
    new = folder / "report.new"
    new.write_text(json.dumps(asdict(report)), encoding="utf-8")
    new.replace(folder / "report.json")


def _few(seen: Seen) -> bool:
    """Whether only data have changed, and few of them."""
    if seen.before is None:
        return False
    changed = {name for name in seen.changed if not name.startswith(("shapes/", "queries/"))}
    rules = ("ontology", SETTINGS)
    same_rules = seen.now.digest(rules) == seen.before.digest(rules)
    return same_rules and len(changed) <= max(_FEW, _SHARE * len(seen.now))


def _write_all(project: Project, names: Namespaces, folder: Path, progress: Progress) -> BuildReport:
    with Writing(folder / "store") as snapshot:
        assembly = assemble(
            project, progress=progress, put=lambda store, graph: snapshot.graph(store.engine, graph)
        )
        if assembly.errors:
            raise _unread(project, assembly.errors)
        snapshot.end()
        write_names(folder / FILE, assembly.store, names)
        report = _told(assembly, names)
        del assembly  # to let go of so many terms takes time, which the threads that write use
    return report


def _told(assembly: Assembly, names: Namespaces) -> BuildReport:
    """What is told of a graph that was read anew."""
    derived = derived_graph(names)
    return BuildReport(
        snapshot="",
        triples=len(assembly.store.engine),
        derived=sum(1 for _ in assembly.store.engine.quads_for_pattern(None, None, None, derived)),
        files=len(assembly.origins),
        kinds=_kinds(assembly.store, names),
        fresh=True,
        steps=0,
        base=assembly.project.base,
    )


def _write_changed(
    project: Project, names: Namespaces, folder: Path, before: Snapshot, changed: Collection[str]
) -> BuildReport:
    """The former snapshot with the changed files in it as they now are."""
    before.store.engine.backup(str(folder / "store"))
    store = LocalStore.change(folder / "store")
    change = renewed(project, names, store, {name for name in changed if name.startswith(DATA)})
    if change.errors:
        raise _unread(project, change.errors)
    store.engine.flush()
    differs = {*change.added, *change.removed, *change.follows}
    renew_names(folder / FILE, before.folder / FILE, store, names, differs)
    former = before.report
    grown = len(change.added) - len(change.removed)
    types = {
        quad.object for quad in (*change.added, *change.removed) if quad.predicate.value.endswith("#type")
    }
    kinds = former.kinds
    if types:
        only = f"VALUES ?type {{ {' '.join(sorted(map(str, types)))} }}"
        recounted = _kinds(store, names, only)
        rest = {kind: count for kind, count in kinds.items() if f"<{kind}>" not in set(map(str, types))}
        kinds = dict(sorted((rest | recounted).items(), key=lambda one: (-one[1], one[0])))
    return replace(
        former,
        triples=former.triples + grown + change.derived,
        derived=former.derived + change.derived,
        files=former.files + change.files,
        kinds=kinds,
        steps=former.steps + 1,
    )


def _kinds(store: LocalStore, names: Namespaces, only: str = "") -> dict[str, int]:
    query = _KINDS % {"things": names.base + "id/", "derived": derived_graph(names), "only": only}
    return {kind.value: int(count.value) for kind, count in store.select(query) if kind and count}


def _unread(project: Project, errors: tuple[TurtleError, ...]) -> ProjectError:
    first, rest = errors[0], len(errors) - 1
    more = more_sv = ""
    if rest:
        more = f" ({rest} more file{'s' if rest > 1 else ''} can't be read; see coopgraph check)"
        more_sv = (
            f" (ytterligare {rest} {'filer' if rest > 1 else 'fil'} går inte att läsa; kör coopgraph check)"
        )
    where = project.shown(first.path) if first.path else "<text>"
    where += f":{first.line}:{first.column}" if first.line else ""
    former = (project.state / "current").exists()
    error = ProjectError(
        f"{where}: {first.reason}{more}\nNothing was built{'; the last good build goes on answering' * former}.",
        f"{where}: {first.reason_sv}{more_sv}\n"
        f"Inget byggdes{'; det senaste fungerande bygget svarar fortfarande' * former}.",
    )
    error.__cause__ = first
    return error


def _record(project: Project, before: Snapshot | None, folder: Path, changed: Collection[str]) -> None:
    """Note in the log of changes what the authored facts of the new snapshot have that the former had not, and the other
    way round. Where there is no former one, or one of another base IRI, the log begins anew.
    """
    names = namespaces(project)
    if before is None or before.report.base != project.base:
        _remove(project.state / "changes")
        record(project.state / "changes", None, folder.name, datetime.now(UTC), (), ())
        return
    store = LocalStore.open(folder / "store")
    graphs = graphs_of(names, {name for name in changed if name.startswith(DATA)})
    removed: set[Quad] = set()
    added: set[Quad] = set()
    for graph in graphs:
        old = set(before.store.engine.quads_for_pattern(None, None, None, graph))
        new = set(store.engine.quads_for_pattern(None, None, None, graph))
        removed |= old - new
        added |= new - old
    record(project.state / "changes", before.report.snapshot, folder.name, datetime.now(UTC), added, removed)


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
