"""Take an operation back: letter for letter where its files are as it left them, else fact by fact.

What later operations have built on stays, and then the operation can't be taken back: they are named. After a merge
every reference that still is where the merge put it goes back to where it was, and later edits are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from coopgraph.edit import atomic, record
from coopgraph.edit.change import Change, edited, propose
from coopgraph.edit.graph import Graph
from coopgraph.edit.identity import moved
from coopgraph.edit.published import all_published, was_published
from coopgraph.edit.record import Edited, Record
from coopgraph.edit.text import triples_of
from coopgraph.errors import EditRefused, UsageError

_FEW = 10
"""So many files are asked of one by one."""


def undo(graph: Graph, name: str | None = None) -> Change:
    """The change that takes back the last operation, or the one of a name or an unambiguous part of it.

    Raises UsageError where there is none, EditRefused where later operations stand on it.
    """
    project = graph.project
    known = record.names(project)
    if not known:
        raise UsageError("There is no operation to take back.", "Det finns ingen åtgärd att ta tillbaka.")
    one = record.load(project, _meant(known, name))
    texts: dict[Path, str | None] = {}
    if all(record.sha256(atomic.text_of(file.path)) == file.sha256 for file in one.files):
        texts = {file.path: file.before(atomic.text_of(file.path)) for file in one.files}
    elif one.new_names:
        texts = moved(graph, {new: old for old, new in one.new_names.items()})
    else:
        for file in one.files:
            texts[file.path] = _taken_back(graph, one, file)
    removed = [path for path, text in texts.items() if text is None]
    published = all_published(project) if len(removed) > _FEW else None
    for path in removed:
        if path in published if published is not None else was_published(project, path):
            raise EditRefused(
                f"{project.shown(path)} has been published since, and its IRI must go on answering. Retire it: coopgraph retire",
                f"{project.shown(path)} har publicerats sedan dess, och dess IRI ska fortsätta att svara. Låt den utgå: coopgraph retire",
            )
    about = [graph.names.expand(short) for short in one.about]
    back = {new: old for old, new in one.new_names.items()}
    return propose(graph, "undo", texts, about=about, takes_back=one.name, new_names=back)


def _meant(known: Sequence[str], name: str | None) -> str:
    if name is None:
        return known[-1]
    found = [one for one in known if one == name] or [one for one in known if name in one]
    if len(found) == 1:
        return found[0]
    choices = "".join(f"\n  {one}" for one in found[-10:])
    if found:
        raise UsageError(
            f"'{name}' can mean several operations. Say which:{choices}",
            f"'{name}' kan betyda flera åtgärder. Ange vilken:{choices}",
        )
    raise UsageError(
        f"There is no operation '{name}'. List them: coopgraph undo --list",
        f"Det finns ingen åtgärd '{name}'. Lista dem: coopgraph undo --list",
    )


def _taken_back(graph: Graph, one: Record, file: Edited) -> str | None:
    """A file without what the operation put into it and with what it took out, its later edits kept."""
    text = atomic.text_of(file.path)
    if record.sha256(text) == file.sha256:
        return file.before(text)
    now = set(triples_of(text, path=file.path)) if text is not None else set()
    added = [triple for triple in file.added if triple in now]
    removed = [triple for triple in file.removed if triple not in now]
    if one.operation == "merge":
        kept = graph.names.expand(one.about[1])
        gone = graph.names.expand(one.about[0])
        removed = [
            triple for triple in removed if (new := _merged(triple, gone, kept)) == triple or new in now
        ]
    elif (
        len(added) < len(file.added)
        or len(removed) < len(file.removed)
        or (file.old is None and now - set(added))
    ):
        raise _stood_on(graph, one, file)
    if text is None and not removed:
        return None
    return edited(graph, file.path, text, added, removed)


def _merged(triple: Triple, gone: NamedNode, kept: NamedNode) -> Triple:
    return Triple(triple.subject, triple.predicate, kept) if triple.object == gone else triple


def _stood_on(graph: Graph, one: Record, file: Edited) -> EditRefused:
    """Why it can't be taken back: the later operations that changed what it did."""
    project = graph.project
    mine = {*file.added, *file.removed}
    later = [
        name
        for name in record.names(project)
        if name > one.name
        for other in record.load(project, name).files
        # on a file that it made stands whatever changed that file
        if other.path == file.path and (file.old is None or mine & {*other.added, *other.removed})
    ]
    shown = project.shown(file.path)
    if later:
        return EditRefused(
            f"Later operations stand on {one.name} in {shown}. Take these back first, the last one first: {', '.join(later)}",
            f"Senare åtgärder bygger på {one.name} i {shown}. Ta först tillbaka dem, den sista först: {', '.join(later)}",
        )
    return EditRefused(
        f"{shown} has been edited by hand since {one.name}, in the very facts that it is about. Mend it by hand.",
        f"{shown} har redigerats för hand efter {one.name}, i just de uppgifter som den gällde. Rätta för hand.",
    )
