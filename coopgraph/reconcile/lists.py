"""A list as a register: somebody's csv or spreadsheet, or the Swedish municipalities and regions that come with coopgraph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from coopgraph.errors import UsageError
from coopgraph.reconcile.register import Hit, key_of, without_ties
from coopgraph.sheets.authority import authority
from coopgraph.sheets.match import Body, Identifier, Matcher
from coopgraph.sheets.table import Row, Table, read


class Listed:
    """A list of bodies, by the `id` of each, with the identifiers that one gets who is found to be it."""

    def __init__(
        self,
        name: str,
        key: str,
        entries: Iterable[Body],
        more: dict[str, tuple[Identifier, ...]] | None = None,
    ) -> None:
        self.name, self.key, self._more = name, key, more or {}
        self._matcher = Matcher(entries)

    def hits(self, wanted: Sequence[Body]) -> Iterator[tuple[Body, list[Hit]]]:
        """The entries that each body may be, the best first."""
        for body in wanted:
            match = self._matcher.match(body)
            found = [
                Hit(
                    one.body.id,
                    one.body.names[0] if one.body.names else one.body.id,
                    one.score,
                    one.body == match.certain,
                    ", ".join(part for part in (one.body.kind, one.body.country) if part),
                    self._more.get(one.body.id, ()),
                )
                for one in match.candidates
            ]
            yield body, without_ties(found, apart=0.0)


def shipped() -> Listed:
    """The 290 municipalities and 21 regions of Sweden, by their codes of SCB."""
    entries = authority().values()
    bodies = [one.body._replace(id=one.body.id.partition(":")[2]) for one in entries]
    more = {one.body.id.partition(":")[2]: (*one.numbers, *one.codes) for one in entries}
    return Listed("SCB", "idtype:scb", bodies, more)


def from_file(path: Path, *, id: str, names: Sequence[str], kind: str | None, country: str = "") -> Listed:
    """The list in a file, whose column `id` has the identifiers and whose columns `names` the names, the own one first.

    Identifiers are of a `kind` of the ontology (`wikidata`), or else whole addresses. `country` is the code of the one country
    that all are in. Raises UsageError for what can't be read so.
    """
    found: dict[str, Body] = {}
    table = read(path)[0]
    for row in table.rows:
        entry = text_of(table, row, id)
        called = [one for name in names if (one := text_of(table, row, name))]
        if entry and called:
            known = found.get(entry)
            all_names = dict.fromkeys((*(known.names if known else ()), *called))
            found[entry] = Body(entry, tuple(all_names), country)
    if not found:
        raise UsageError(
            f"{path} has no row with both an identifier and a name.",
            f"{path} har ingen rad med både identifierare och namn.",
        )
    space = "" if kind else _space(path, list(found))
    entries = [one._replace(id=one.id.removeprefix(space)) for one in found.values()]
    return Listed(path.name, key_of(space, kind), entries)


def names_in(path: Path, *, name: str, country: str = "") -> list[Body]:
    """The names in a column of a file, as bodies to look for."""
    table = read(path)[0]
    called = dict.fromkeys(text_of(table, row, name) for row in table.rows)
    return [Body("", (one,), country) for one in called if one]


def text_of(table: Table, row: Row, heading: str) -> str:
    """The text in a row's column. Raises UsageError for a column that the table has not."""
    known = {one.casefold(): one for one in table.headings}
    if heading.casefold() not in known:
        shown = ", ".join(table.headings)
        raise UsageError(
            f"{table.file} has no column '{heading}'. It has: {shown}.",
            f"{table.file} har ingen kolumn '{heading}'. Den har: {shown}.",
        )
    cell = row.cells.get(known[heading.casefold()])
    return cell.text if cell else ""


def _space(path: Path, ids: Sequence[str]) -> str:
    """What all the addresses begin with, up to a slash or a hash."""
    for one in ids:
        try:
            fits = one.startswith(("http://", "https://")) and bool(NamedNode(one))
        except ValueError:
            fits = False
        if not fits:
            raise UsageError(
                f"{path}: '{one}' is no address. Say of which kind the identifiers are, such as --as wikidata.",
                f"{path}: '{one}' är ingen adress. Ange vilket slag identifierarna är av, till exempel --as wikidata.",
            )
    first = min(ids)
    last = max(ids)
    common = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    end = max(first.rfind("/", 0, common), first.rfind("#", 0, common)) + 1
    return first[: max(end, 0)]
