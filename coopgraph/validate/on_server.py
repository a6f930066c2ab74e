"""Check the graph on a SPARQL server: the shapes run there as queries, and only what they find comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopgraph.errors import QueryError, StoreError, Text
from coopgraph.store import Store
from coopgraph.validate.anyones import Note, unheard
from coopgraph.validate.check import Checked, in_order, unused
from coopgraph.validate.engine import Unchecked, validate
from coopgraph.validate.findings import finding_of
from coopgraph.validate.shape_files import load_shape_files, told_at_line


@dataclass(frozen=True)
class OnServer:
    """What a check found, and what ended it early, if anything did: what is in `checked` is true all the same."""

    checked: Checked
    stopped: StoreError | None = None


def check_store(
    store: Store,
    shapes: Sequence[Path],
    *,
    shorten: Callable[[str], str] = str,
    note_unused: bool = False,
    note: Note = unheard,
) -> OnServer:
    """The findings of the shapes in some files on what the store shows by default.

    No finding has a place. With `note_unused`, shapes that found nothing to look at are among the findings. `note` is
    told of each shape that can't be compiled to SPARQL, for which the whole graph is fetched. Raises StoreError where
    nothing could be checked, and ShapesError, with file and line, for shapes that can't be used.
    """
    try:
        return _checked(store, shapes, shorten, note_unused, note)
    except QueryError as error:
        raise StoreError(error.en, error.sv) from error


def _checked(
    store: Store, paths: Sequence[Path], shorten: Callable[[str], str], note_unused: bool, note: Note
) -> OnServer:
    loaded, where = load_shape_files(paths)
    triples = _size(store)
    for node, reason in loaded.fallbacks.items():
        note(
            Text(
                f"{node} is checked by pySHACL, for which the whole graph is fetched: {reason}.",
                f"{node} prövas av pySHACL, och för det hämtas hela grafen: {reason}.",
            )
        )
    findings = list(unused(loaded, store, shorten)) if note_unused else []
    stopped: StoreError | None = None
    try:
        with told_at_line(where):
            for result in validate(store.select, loaded):
                findings.append(finding_of(result, None, shorten=shorten))
    except Unchecked as error:
        stopped = error
    return OnServer(Checked(in_order(findings), 0, triples), stopped)


def _size(store: Store) -> int:
    """How many triples the store shows. Raises StoreError where it shows none, for then all shapes would hold."""
    ((count,),) = store.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    if count is None or count.value == "0":
        raise StoreError(
            "The server shows no triples in its default graph, so nothing was checked. "
            "Let it show the union of its named graphs, or name them in the address (docs/servers.md).",
            "Servern visar inga tripler i sin standardgraf, så inget prövades. "
            "Låt den visa unionen av sina namngivna grafer, eller ange dem i adressen (docs/servers.md).",
        )
    return int(count.value)
