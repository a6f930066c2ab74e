"""The things of a kind as a sheet: cells that are read back as what they came from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from coopgraph.edit import find
from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import Field, Kind
from coopgraph.errors import UsageError
from coopgraph.sheets.columns import Target, label, sheet_name
from coopgraph.sheets.match import Body, Matcher
from coopgraph.sheets.things import matcher_of
from coopgraph.store import Term

SEPARATOR = "|"


@dataclass(frozen=True)
class Sheet:
    """A sheet to be given out: its name, its columns with their headings, and its rows."""

    kind: Kind
    name: str
    columns: tuple[Target, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sheet(graph: Graph, kind: Kind, *, language: str = "sv") -> Sheet:
    """All the things of a kind, one a row, but for those that are retired."""
    texts = _Texts(graph, language)
    columns = (Target("id"), *(Target(field.name) for field in kind.fields))
    rows = tuple(
        (thing.value.rpartition("/")[2], *(texts.of(thing, field) for field in kind.fields))
        for thing in _things(graph, kind)
    )
    return Sheet(kind, _in(sheet_name(kind), language), columns, headings(kind, columns, language), rows)


def headings(kind: Kind, columns: tuple[Target, ...], language: str) -> tuple[str, ...]:
    """What columns are called."""
    return tuple(_in(label(kind, one), language) for one in columns)


def as_csv(one: Sheet) -> bytes:
    """A sheet as separated text that spreadsheets read by themselves: semicolons, and UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(one.headings)
    writer.writerows(one.rows)
    return text.getvalue().encode("utf-8-sig")


def _things(graph: Graph, kind: Kind) -> Iterator[NamedNode]:
    space, gone = graph.names.prefixes[kind.name], graph.names.expand("owl:deprecated")
    query = f"{graph.names.declared()}SELECT DISTINCT ?thing WHERE {{ ?thing a ?class FILTER(STRSTARTS(STR(?thing), {Literal(space)})) }}"
    found = {thing for (thing,) in graph.assembly.store.select(query) if isinstance(thing, NamedNode)}
    for thing in sorted(found, key=lambda one: one.value):
        if "#" not in thing.value and not any(graph.engine.quads_for_pattern(thing, gone, None)):
            yield thing


class _Texts:
    """Values as the texts of cells: names where a name means one thing only, else what can't be mistaken."""

    def __init__(self, graph: Graph, language: str) -> None:
        self._graph, self._language = graph, language
        self._matchers: dict[tuple[str, ...], Matcher] = {}
        self._known: dict[tuple[tuple[str, ...], Term], str] = {}

    def of(self, thing: NamedNode, field: Field) -> str:
        """The cell of a field."""
        if field.sort == "identifier":
            return _joined(sorted(self._identifiers(thing)))
        values = sorted(self._graph.objects(thing, field.predicate), key=str)
        if field.name in ("name", "name-en"):
            tag = "en" if field.name == "name-en" else "sv"
            values = [one for one in values if isinstance(one, Literal) and one.language == tag]
        texts = [self._text(field, one) for one in values]
        return _joined(texts) if field.many else next(iter(texts), "")

    def _text(self, field: Field, value: Term) -> str:
        if isinstance(value, Literal):
            tagged = field.many or field.name == "title"
            plain = not tagged or (value.language == "sv" and not re.search(r"@[a-z]{2,3}$", value.value))
            return value.value if plain or not value.language else f"{value.value}@{value.language}"
        assert isinstance(value, NamedNode)
        match field.sort:
            case "concept":
                return self._once(field.of, value, self._concept)
            case "thing":
                return self._once(field.of, value, self._thing)
            case "language":
                return value.value.rpartition("/")[2]
        return value.value

    def _once(
        self, of: tuple[str, ...], value: NamedNode, make: Callable[[tuple[str, ...], NamedNode], str]
    ) -> str:
        if (of, value) not in self._known:
            self._known[of, value] = make(of, value)
        return self._known[of, value]

    def _concept(self, of: tuple[str, ...], value: NamedNode) -> str:
        text = self._graph.label(value, self._language)
        try:
            same = find.concept(self._graph, of[0], text) == value
        except UsageError:
            same = False
        return text if same else self._graph.names.shorten(value.value)

    def _thing(self, of: tuple[str, ...], value: NamedNode) -> str:
        if of not in self._matchers:
            self._matchers[of] = matcher_of(self._graph, of)
        short, text = self._graph.names.shorten(value.value), self._graph.label(value, self._language)
        certain = self._matchers[of].match(Body("", (text,))).certain
        is_slug = re.fullmatch(r"[a-z0-9-]+", text)
        return text if certain is not None and certain.id == short and not is_slug else short

    def _identifiers(self, thing: NamedNode) -> Iterator[str]:
        for node in self._graph.objects(thing, "adms:identifier"):
            if isinstance(node, NamedNode):
                for kind in self._graph.objects(node, "dct:type"):
                    for code in self._graph.objects(node, "skos:notation"):
                        yield f"{kind.value.rpartition('/')[2]}={code.value}"


def _joined(texts: list[str]) -> str:
    return f" {SEPARATOR} ".join(one.replace(SEPARATOR, "\\" + SEPARATOR) for one in texts)


def _in(text: tuple[str, str], language: str) -> str:
    return text[1] if language == "sv" else text[0]
