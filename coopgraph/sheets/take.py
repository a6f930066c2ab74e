"""Take sheets into a dataset: every row is new, changed, the same, ambiguous or refused, and all of them are one operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from coopgraph.edit.add import Adding
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.graph import Graph
from coopgraph.edit.published import all_published
from coopgraph.errors import EditRefused, Text, UsageError
from coopgraph.iris import file_path
from coopgraph.sheets.mapping import Meaning
from coopgraph.sheets.rows import Rows
from coopgraph.sheets.table import Row, Table
from coopgraph.sheets.things import Missing, Things, Unclear
from coopgraph.sheets.values import Reader, Wrong

STATES = ("new", "changed", "same", "ambiguous", "refused")
# a thing comes before those that may be about it
_ORDER = "place organisation source network programme project partnership agreement membership".split()


@dataclass(frozen=True)
class Outcome:
    """What becomes of a row: one of STATES, where it stands (a cell, if one cell is the reason), what it is about, and why.

    `unclear` is the name that can mean several things.
    """

    state: str
    place: str
    about: str
    why: tuple[Text, ...] = ()
    unclear: Unclear | None = None


@dataclass(frozen=True)
class Taken:
    """What becomes of the rows, in their order, and the change that takes in those that are new or changed."""

    outcomes: tuple[Outcome, ...]
    change: Change

    def of(self, *states: str) -> list[Outcome]:
        """The rows that are in one of the states."""
        return [one for one in self.outcomes if one.state in states]


_Key = tuple[int, int]
"""Which sheet, and which row of it."""


def take(
    graph: Graph,
    sheets: Sequence[tuple[Table, Meaning]],
    *,
    sources: Path | None = None,
    language: str = "sv",
) -> Taken:
    """What the sheets would bring in: nothing is written. A row that would bring in a violation is refused, and the rest is taken without it."""
    refused: dict[_Key, tuple[Text, ...]] = {}
    while True:
        taking = _Taking(graph, sheets, sources, language, refused)
        found = taking.run()
        wrong: dict[_Key, list[Text]] = defaultdict(list)
        for one in found.change.violations:
            row = taking.rows.get((one.focus or "").partition("#")[0])
            if row is not None:
                wrong[row].append(Text(f"{one.text('en')} [{one.rule}]", f"{one.text('sv')} [{one.rule}]"))
        if not wrong:
            return found
        refused |= {row: tuple(why) for row, why in wrong.items()}


class _Taking:
    """One pass over all the rows, with a draft of its own."""

    def __init__(
        self,
        graph: Graph,
        sheets: Sequence[tuple[Table, Meaning]],
        sources: Path | None,
        language: str,
        refused: Mapping[_Key, tuple[Text, ...]],
    ) -> None:
        self._graph, self._refused, self._sheets = graph, refused, sheets
        self._draft = Draft(graph)
        published = all_published(graph.project)
        adding = Adding(self._draft, sources=sources, language=language, published=published)
        meant = {name: thing for _, meaning in sheets for name, thing in meaning.meant.items()}
        self._things = Things(graph, adding, meant)
        self._readers = []
        for _, meaning in sheets:
            reader = Reader(graph, self._things, meaning, language)
            self._readers.append(
                (reader, Rows(graph, adding, self._things, reader, meaning.kind, sources=sources))
            )
        self._outcomes: dict[_Key, Outcome] = {}
        self._seen: dict[NamedNode, tuple[str, object]] = {}
        self.rows: dict[str, _Key] = {}
        """The row that a thing comes from or is changed by, by its prefixed name."""

    def run(self) -> Taken:
        """Take every row; those about what is not there yet once more, as long as that helps."""
        order = sorted(range(len(self._sheets)), key=lambda one: _ORDER.index(self._sheets[one][1].kind.name))
        left = [(sheet, place) for sheet in order for place in range(len(self._sheets[sheet][0].rows))]
        while left:
            again = [one for one in left if self._may_come_later(one)]
            if len(again) == len(left):
                break
            left = again
        change = propose(
            self._graph,
            "import",
            self._draft.texts(),
            about=[self._graph.names.expand(short) for short in self.rows],
            reason=", ".join(dict.fromkeys(table.file.name for table, _ in self._sheets)),
            notes=list(dict.fromkeys(self._draft.notes)),
        )
        return Taken(tuple(self._outcomes[one] for one in sorted(self._outcomes)), change)

    def _may_come_later(self, key: _Key) -> bool:
        """Take a row. If it is about what is not there yet, it may be taken when other rows have been."""
        row = self._sheets[key[0]][0].rows[key[1]]
        place, about = next(iter(row.cells.values())).place, _about(row)
        if key in self._refused:
            self._outcomes[key] = Outcome("refused", place, about, self._refused[key])
            return False
        later, stays = False, False
        try:
            with self._draft.whole():
                self._outcomes[key] = self._taken(key, place, about)
            stays = True
        except Wrong as error:
            unclear = error.error if isinstance(error.error, Unclear) else None
            state = "ambiguous" if unclear else "refused"
            why = (Text(error.en, error.sv),)
            self._outcomes[key] = Outcome(state, error.place, about, why, unclear)
            later = isinstance(error.error, Missing)
        except (UsageError, EditRefused) as error:
            self._outcomes[key] = Outcome("refused", place, about, (Text(error.en, error.sv),))
        self._things.settle(stays=stays)
        return later

    def _taken(self, key: _Key, place: str, about: str) -> Outcome:
        reader, rows = self._readers[key[0]]
        graph, start = self._graph, self._draft.mark()
        cells = reader.cells(self._sheets[key[0]][0].rows[key[1]])
        said = rows.read(cells)
        content = {str(one): cell.text for one, cell in cells.items()}
        if isinstance(said.about, NamedNode) and (seen := self._seen.get(said.about)):
            return self._again(said.about, seen, content, place, about)
        if isinstance(said.about, NamedNode) and not graph.describes(said.about):
            short = graph.names.shorten(said.about.value)
            raise UsageError(
                f"{short} has just been added, because an earlier row names it. Put this row before that one.",
                f"{short} har just lagts till, eftersom en tidigare rad nämner den. Sätt den här raden före den.",
            )
        thing, new, changes = rows.put(said)
        self._seen[thing] = place, content
        for path in self._draft.files(start):
            folder, _, slug = file_path(graph.project, path).partition("/")
            self.rows.setdefault(f"{folder}:{slug}", key)
        return Outcome("new" if new else "changed" if changes else "same", place, about, tuple(changes))

    def _again(
        self, thing: NamedNode, seen: tuple[str, object], content: object, place: str, about: str
    ) -> Outcome:
        """What becomes of a row about a thing that an earlier row is about."""
        where, before = seen
        short = self._graph.names.shorten(thing.value)
        if before != content:
            raise UsageError(
                f"{where} is about the same thing ({short}) and says something else. Make them one row.",
                f"{where} gäller samma sak ({short}) och säger något annat. Gör dem till en rad.",
            )
        return Outcome("same", place, about, (Text(f"as {where}", f"som {where}"),))


def _about(row: Row) -> str:
    """What a row is about, in a few words: its first cells."""
    return " – ".join([cell.text for cell in row.cells.values() if cell.text][:3])
