"""One row: is it there already, what does it change, and into the draft with it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from coopgraph.edit.add import Adding
from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import Kind
from coopgraph.errors import Text, UsageError
from coopgraph.iris import slug
from coopgraph.sheets.authority import authority
from coopgraph.sheets.changes import Changes, Fields, Supports, is_area_code, parties_by_time
from coopgraph.sheets.columns import Target
from coopgraph.sheets.match import Body, Candidate, Match
from coopgraph.sheets.table import Cell
from coopgraph.sheets.things import Things, unclear, values_of
from coopgraph.sheets.values import Reader, Value, at, listed
from coopgraph.store import Term


class Said(NamedTuple):
    """What a row says. It is about a thing of the graph or the draft, a Swedish body that is not there yet, or a new thing (None)."""

    about: NamedNode | Body | None
    cells: Mapping[Target, Cell]
    fields: Fields
    supports: Supports


class Rows:
    """Takes rows of one kind into a draft."""

    def __init__(
        self,
        graph: Graph,
        adding: Adding,
        things: Things,
        reader: Reader,
        kind: Kind,
        *,
        sources: Path | None,
    ) -> None:
        self._graph, self._adding, self._things, self._reader = graph, adding, things, reader
        self._draft, self._kind = adding.draft, kind
        self._changes = Changes(adding.draft, kind, sources=sources)
        self._known: dict[tuple[frozenset[Term], ...], list[NamedNode]] | None = None

    def read(self, cells: Mapping[Target, Cell]) -> Said:
        """What the row says, and of what. Raises Wrong."""
        fields = {field.name: self._reader.values(field, cells) for field in self._kind.fields}
        supports = self._reader.supports(self._kind, cells)
        return Said(self._meant(cells, fields), cells, fields, supports)

    def put(self, said: Said) -> tuple[NamedNode, bool, list[Text]]:
        """Put what the row says into the draft; gives what it is about, whether that is new, and what changes."""
        if isinstance(said.about, NamedNode):
            return said.about, False, self._changes.put(said.about, said.fields, said.supports)
        if self._kind.named_for and not said.supports:
            raise UsageError(
                "the row has no evidence. Give it columns for the words (quote) and the source, or say the source for every row: "
                "--given source=…",
                "raden saknar belägg. Ge den kolumner för orden (quote) och källan, eller ange källan för alla rader: "
                "--given source=…",
            )
        new = self._added(said.cells, said.fields, said.supports, said.about)
        if self._kind.named_for:
            self._of_parties().setdefault(self._parties(said.fields), []).append(new)
        return new, True, []

    def _meant(self, cells: Mapping[Target, Cell], fields: Fields) -> NamedNode | Body | None:
        """The thing that the row is about; a municipality or region that is not there yet; None for any other new thing."""
        if (cell := cells.get(Target("id"))) is not None:
            with at(cell):
                name = cell.text.removeprefix(f"{self._kind.name}:")
                if not re.fullmatch(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*", name):
                    raise UsageError(
                        f"'{cell.text}' can't be an id. It is a slug, such as {slug(name) or 'vaxjo-kommun'}.",
                        f"'{cell.text}' kan inte vara id. Det är en slug, till exempel {slug(name) or 'vaxjo-kommun'}.",
                    )
            node = self._graph.names.expand(f"{self._kind.name}:{name}")
            return node if self._draft.knows(node) else None
        if self._kind.named_for:
            return self._with_parties(cells, fields)
        return self._named(fields)

    def _named(self, fields: Fields) -> NamedNode | Body | None:
        """The thing of these names and identifiers."""
        naming = [one for name in ("name", "title", "name-en") for one in fields.get(name, ())]
        if not naming:
            return None
        coded = [one.text.removeprefix("idtype:").partition("=") for one in fields.get("identifier", ())]
        wanted = Body(
            "",
            tuple(one.term.value for one in naming),
            _code(fields.get("country", ())),
            _code(fields.get("kind", ())) if self._kind.name == "organisation" else "",
            frozenset((kind, code) for kind, _, code in coded),
        )
        with at(naming[0].cell):
            match = self._things.matching(self._kind.name, wanted)
            if match.certain is None and match.candidates:
                raise unclear(wanted.names[0], match)
        if match.certain is None:
            return None
        return (
            match.certain if match.certain.id in authority() else self._graph.names.expand(match.certain.id)
        )

    def _with_parties(self, cells: Mapping[Target, Cell], fields: Fields) -> NamedNode | None:
        """The partnership, agreement or membership of the same bodies, and of the same kind, role or date where there are several."""
        same = self._parties(fields)
        # one that a row added that was taken out again is no more
        found = [one for one in self._of_parties().get(same, ()) if self._draft.knows(one)]
        for name in _DECIDING[self._kind.name]:
            field = self._kind.field(name)
            wanted = {one.term for one in fields[name]}
            if wanted and (name in _TOLD_APART[self._kind.name] or len(found) > 1):
                found = [one for one in found if wanted & set(self._values_of(one, field.predicate))]
        if len(found) > 1:
            first = next(iter(cells.values()))
            with at(first):
                match = Match(None, tuple(_candidate(self._graph, one) for one in found), "tie")
                names = " – ".join(self._graph.label(one, "sv") for some in same for one in some)
                raise unclear(names, match)
        return found[0] if found else None

    def _parties(self, fields: Fields) -> tuple[frozenset[Term], ...]:
        return tuple(frozenset(one.term for one in fields[name]) for name in self._kind.named_for)

    def _of_parties(self) -> dict[tuple[frozenset[Term], ...], list[NamedNode]]:
        """The things of the kind by whom they are between; a partnership also with those who are parties with a time of their own."""
        if self._known is None:
            names, select = self._graph.names, self._graph.assembly.store.select
            parties: dict[NamedNode, list[set[Term]]] = {}
            for place, name in enumerate(self._kind.named_for):
                query = f"SELECT ?thing ?party WHERE {{ ?thing {self._kind.field(name).predicate} ?party }}"
                for thing, party in select(names.declared() + query):
                    if isinstance(thing, NamedNode) and party is not None:
                        parties.setdefault(thing, [set() for _ in self._kind.named_for])[place].add(party)
            space, gone = names.prefixes[self._kind.name], names.expand("owl:deprecated")
            self._known = defaultdict(list)
            for thing in sorted(parties, key=lambda one: one.value):
                whole = thing.value.startswith(space) and "#" not in thing.value
                if whole and not any(self._graph.engine.quads_for_pattern(thing, gone, None)):
                    forms = [tuple(frozenset(some) for some in parties[thing])]
                    if self._kind.name == "partnership":
                        forms += [(forms[0][0] | some,) for some in parties_by_time(self._graph, thing)]
                    for form in dict.fromkeys(forms):
                        self._known[form].append(thing)
        return self._known

    def _values_of(self, thing: NamedNode, predicate: str) -> list[Term]:
        """The values of a property, in the graph or put into the draft."""
        return [*self._graph.objects(thing, predicate), *self._draft.put_in(thing, predicate)]

    def _added(
        self, cells: Mapping[Target, Cell], fields: Fields, supports: Supports, entry: Body | None
    ) -> NamedNode:
        """The new thing."""
        values = {name: listed(some) for name, some in fields.items()}
        if entry is not None:
            own = values_of(self._graph, self._adding, authority()[entry.id])
            values["identifier"] = [one for one in values["identifier"] if not is_area_code(one)]
            values = {name: some or own.get(name, []) for name, some in values.items()}
        cell = cells.get(Target("id"))
        name = cell.text.removeprefix(f"{self._kind.name}:") if cell else None
        with at(cell or next(iter(cells.values()))):
            new = self._adding.thing(
                self._kind.name, values, supports=supports, slug=name or self._free_slug(fields)
            )
        texts = tuple(one.term.value for part in ("name", "title", "name-en") for one in fields.get(part, ()))
        if entry is not None:
            self._things.entries[entry.id] = new
            self._things.know(new, entry)
        elif texts:
            codes = [one.text.removeprefix("idtype:").partition("=") for one in fields.get("identifier", ())]
            is_body = self._kind.name == "organisation"
            self._things.know(
                new,
                Body(
                    "",
                    texts,
                    _code(fields.get("country", ())),
                    _code(fields.get("kind", ())) if is_body else "",
                    frozenset((kind, code) for kind, _, code in codes),
                ),
            )
        return new

    def _free_slug(self, fields: Fields) -> str | None:
        """A slug with the role, for a second membership of one body in one network; None for the usual one.

        Raises UsageError where the usual one is that of a thing between others too.
        """
        parties = [one for name in self._kind.named_for for one in fields[name]]
        if not parties or not all(fields[name] for name in self._kind.named_for):
            return None
        usual = "--".join(one.term.value.rpartition("/")[2] for one in parties)
        if self._kind.name == "agreement" and fields["date"]:
            usual += f"-{fields['date'][0].text[:4].replace('X', '0')}"
        short = f"{self._kind.name}:{usual}"
        if not self._draft.knows(self._graph.names.expand(short)):
            return None
        if self._kind.name == "membership" and fields["role"]:
            return f"{usual}-{_code(fields['role'])}"
        raise UsageError(
            f"{short} is there, but is not between just these, or is of another kind. If it is meant, write {usual} in a column id; "
            "if this is another, write a slug of its own there.",
            f"{short} finns, men är inte mellan just dessa, eller av ett annat slag. Är det den som avses, skriv {usual} i en kolumn id; "
            "är detta en annan, skriv en egen slug där.",
        )


# what tells two of one kind between the same bodies apart, and of these what always does
_DECIDING = {"partnership": ("kind", "start"), "agreement": ("kind", "date"), "membership": ("role", "start")}
_TOLD_APART = {"partnership": (), "agreement": ("kind", "date"), "membership": ("role",)}


def _code(values: Sequence[Value]) -> str:
    return values[0].term.value.rpartition("/")[2] if values else ""


def _candidate(graph: Graph, node: NamedNode) -> Candidate:
    return Candidate(Body(graph.names.shorten(node.value), (graph.label(node, "sv"),)), 100.0, "name")
