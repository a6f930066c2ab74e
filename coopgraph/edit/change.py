"""A proposed edit: to be looked at as a diff, in sentences and by its findings, and then written or let go."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from coopgraph.edit import atomic, record
from coopgraph.edit.effect import effect
from coopgraph.edit.graph import Graph
from coopgraph.edit.layout import document
from coopgraph.edit.sentences import told
from coopgraph.edit.splice import spliced
from coopgraph.edit.text import triples_of
from coopgraph.edit.tidy import tidied
from coopgraph.errors import CoopgraphError, EditRefused, Text
from coopgraph.iris import file_path
from coopgraph.project import Project
from coopgraph.store import Term
from coopgraph.validate.findings import VIOLATION, Finding

_QUOTING = ("add", "correct", "end", "rename", "succeed")
"""The operations that take a source and its words."""


@dataclass(frozen=True)
class Change:
    """A proposed edit of some files.

    `before` and `after` hold their texts, None where the file is not there. `brought` and `removed` are the findings that
    the edit brings in and removes. `decided` is kept with the record. `write` makes it so; until then nothing has happened.
    """

    project: Project
    operation: str
    about: tuple[str, ...]
    reason: str
    before: Mapping[Path, str | None]
    after: Mapping[Path, str | None]
    said: tuple[Text, ...]
    brought: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    notes: tuple[Text, ...] = ()
    takes_back: str | None = None
    new_names: Mapping[str, str] = field(default_factory=dict)
    decided: tuple[record.Decision, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.after and not self.decided and self.takes_back is None

    def diff(self) -> str:
        """The difference of the files, as `diff -u` and git write it."""
        shown: list[str] = []
        for path in sorted(self.after):
            sides = self.before[path], self.after[path]
            was, now = ([] if text is None else text.splitlines(keepends=True) for text in sides)
            old, new = (
                "/dev/null" if text is None else f"{side}/{self.project.shown(path)}"
                for side, text in zip("ab", sides, strict=True)
            )
            shown += difflib.unified_diff(was, now, old, new)
        return "".join(shown)

    def sentences(self, language: str) -> list[str]:
        """What was and what will be, in "sv" or "en"."""
        return [one.sv if language == "sv" else one.en for one in (*self.said, *self.notes)]

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings for which the edit is refused."""
        return tuple(one for one in self.brought if one.severity == VIOLATION)

    def write(self) -> str | None:
        """Write all files or none, and record the operation; gives the name under which `undo` takes it back.

        None where nothing would change, or where this takes an operation back. Raises EditRefused when the edit brings in
        a violation or a file has changed since it was read: then the files are as they were.
        """
        if self.violations:
            raise self.refusal()
        if self.is_empty:
            return None
        files: dict[Path, str | None] = dict(self.after)
        name = None
        if self.takes_back is not None:
            files[record.path_of(self.project, self.takes_back)] = None
        else:
            name = record.new_name(self.operation, self.about)
            files[record.path_of(self.project, name)] = record.written(
                self.project,
                self.operation,
                about=self.about,
                reason=self.reason,
                said=self.said,
                before=self.before,
                after=self.after,
                new_names=self.new_names,
                decided=self.decided,
            )
        atomic.write(self.project, files, unless=self.before)
        return name

    def said_of(self, finding: Finding, language: str) -> str:
        """A finding in words, with the remedy that the operation has where the check would have one written by hand."""
        if finding.rule == "Fact-evidence" and self.operation in _QUOTING:
            return (
                "Uppgiften har inget belägg. Ange källan och dess ord: --source KÄLLA --quote ORD"
                if language == "sv"
                else "The fact has no evidence. Give the source and its words: --source SOURCE --quote WORDS"
            )
        return finding.text(language)

    def refusal(self) -> EditRefused:
        """Why the edit can't be made: the violations that it brings in."""
        en, sv = (
            "\n".join(
                f"  {one.focus or ''}: {self.said_of(one, language)} [{one.rule}]" for one in self.violations
            )
            for language in ("en", "sv")
        )
        return EditRefused(
            f"This would bring in a mistake, so nothing was written.\n{en}",
            f"Detta skulle föra in ett fel, så inget skrevs.\n{sv}",
        )


class Draft:
    """What an operation takes out of the files and puts into them, fact by fact."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.names = graph, graph.names
        self._out: dict[Path, list[Triple]] = {}
        self._in: dict[Path, list[Triple]] = {}
        self._order: list[tuple[dict[Path, list[Triple]], Path]] = []
        self._subjects: Counter[object] = Counter()
        self.notes: list[Text] = []
        self.archived: dict[NamedNode, str] = {}

    def knows(self, node: NamedNode) -> bool:
        """Whether anything is said of the thing, in the graph or in the draft."""
        return self._subjects[node] > 0 or self.graph.describes(node)

    def put_in(self, subject: NamedNode, predicate: str) -> list[Term]:
        """The values of a property that have been put in."""
        property_ = self.names.expand(predicate)
        some = self._in.get(self.graph.path_of(subject), ())
        return [one.object for one in some if one.subject == subject and one.predicate == property_]  # type: ignore[misc]

    def mark(self) -> int:
        """How far the draft has come, for `files`."""
        return len(self._order)

    def files(self, since: int = 0) -> list[Path]:
        """The files that the draft changes, or has come to change since a mark."""
        return list(dict.fromkeys(path for _, path in self._order[since:]))

    @contextmanager
    def whole(self) -> Iterator[None]:
        """What is put in and taken out inside is in the draft as a whole, or not at all where an error comes up."""
        start, told = len(self._order), len(self.notes)
        try:
            yield
        except CoopgraphError:
            while len(self._order) > start:
                side, path = self._order.pop()
                triple = side[path].pop()
                if side is self._in:
                    self._subjects[triple.subject] -= 1
                if not side[path]:
                    del side[path]
            del self.notes[told:]
            raise

    def _put(self, path: Path, triple: Triple) -> None:
        self._in.setdefault(path, []).append(triple)
        self._subjects[triple.subject] += 1
        self._order.append((self._in, path))

    def _take(self, path: Path, triple: Triple) -> None:
        self._out.setdefault(path, []).append(triple)
        self._order.append((self._out, path))

    def add(self, subject: NamedNode, predicate: str, *values: Term) -> None:
        """Put in values of a property, which is given as a prefixed name."""
        path = self._described_in(subject)
        for value in values:
            self._put(path, Triple(subject, self.names.expand(predicate), value))

    def put(self, triples: Sequence[Triple]) -> None:
        """Put in triples, each in the file of its subject."""
        for triple in triples:
            assert isinstance(triple.subject, NamedNode)
            self._put(self._described_in(triple.subject), triple)

    def take(self, quads: Sequence[Quad]) -> None:
        """Take triples out of the files that they stand in."""
        for quad in quads:
            assert isinstance(quad.graph_name, NamedNode)
            self._take(self.graph.assembly.origins[quad.graph_name].path, quad.triple)

    def take_values(self, subject: NamedNode, predicate: str, *values: Term) -> None:
        """Take out values of a property; without any named, all of them."""
        quads = self.graph.engine.quads_for_pattern(subject, self.names.expand(predicate), None)
        self.take(
            [one for one in quads if self.graph.is_authored(one) and (not values or one.object in values)]
        )

    def swap(self, quad: Quad, triple: Triple) -> None:
        """Put a triple in the place of one that stands in some file, in that file."""
        assert isinstance(quad.graph_name, NamedNode)
        path = self.graph.assembly.origins[quad.graph_name].path
        self._take(path, quad.triple)
        self._put(path, triple)

    def _described_in(self, subject: NamedNode) -> Path:
        """The file that a thing is described in, which may be one of a bulk source, or else belongs in."""
        path = self.graph.path_of(subject)
        whole = NamedNode(subject.value.partition("#")[0])
        if not path.exists():
            for one in (subject, whole):
                for quad in self.graph.engine.quads_for_pattern(one, None, None):
                    if self.graph.is_authored(quad) and isinstance(quad.graph_name, NamedNode):
                        return self.graph.assembly.origins[quad.graph_name].path
        return path

    def texts(self) -> dict[Path, str | None]:
        """The files as they would be; None for one that would say nothing any more."""
        return {
            path: edited(
                self.graph, path, atomic.text_of(path), self._out.get(path, []), self._in.get(path, [])
            )
            for path in sorted({*self._out, *self._in})
        }


def edited(
    graph: Graph, path: Path, text: str | None, removed: Sequence[Triple], added: Sequence[Triple]
) -> str | None:
    """A file's text without some triples and with others; None where it would say nothing any more."""
    if path.suffix != ".ttl":
        shown = graph.project.shown(path)
        raise EditRefused(
            f"{shown} is not plain Turtle (.ttl), so it is not edited. Change it where it is made.",
            f"{shown} är inte vanlig Turtle (.ttl) och ändras därför inte. Ändra den där den görs.",
        )
    if text is None:
        thing = graph.names.thing_of(file_path(graph.project, path))
        return tidied(document(thing, dict.fromkeys(added), graph.names), graph.names, path=path)
    if not (set(triples_of(text, path=path)) - set(removed)) and not added:
        return None
    return spliced(text, removed, added, graph.names, path=path)


def propose(
    graph: Graph,
    operation: str,
    texts: Mapping[Path, str | None],
    *,
    about: Sequence[NamedNode],
    reason: str = "",
    notes: Sequence[Text] = (),
    takes_back: str | None = None,
    new_names: Mapping[str, str] | None = None,
    decided: Sequence[record.Decision] = (),
) -> Change:
    """The change that gives the files these texts, with all that is to be known of it before it is written."""
    before = {path: atomic.text_of(path) for path in texts}
    changed = {path: text for path, text in texts.items() if text != before[path]}
    found = effect(graph, changed)
    return Change(
        graph.project,
        operation,
        tuple(graph.names.shorten(one.value) for one in about),
        reason,
        {path: before[path] for path in changed},
        changed,
        (*told(graph, before, changed, new_names or {}), *(one.said for one in decided)),
        found.brought,
        found.removed,
        tuple(dict.fromkeys(notes)),
        takes_back,
        new_names or {},
        tuple(decided),
    )
