"""What a release has that the one before had not, in words: what is new, ended, renamed, merged, retired, corrected, added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.dates import phrase
from coopgraph.edit.compare import Compared
from coopgraph.edit.graph import Graph
from coopgraph.edit.layout import Order
from coopgraph.edit.sentences import Words, in_language
from coopgraph.errors import Text
from coopgraph.store import Term

HEADS = {
    "new": Text("New", "Nytt"),
    "ended": Text("Ended", "Avslutat"),
    "renamed": Text("Renamed", "Nya namn"),
    "merged": Text("Merged or replaced", "Sammanslaget eller ersatt"),
    "retired": Text("Retired", "Utgått"),
    "corrected": Text("Corrected", "Rättat"),
    "removed": Text("Taken away", "Borttaget"),
    "added": Text("More is known", "Kompletterat"),
}
_QUIET = ("rdf:type", "coop:notStated", "coop:hasEvidence", "skos:altLabel", "dct:isReferencedBy")
"""What is not told by itself: it follows from what is told."""


@dataclass(frozen=True)
class Entry:
    """A line of a changelog, under one of `HEADS`."""

    head: str
    said: Text


def changelog(graph: Graph, found: Compared) -> list[Entry]:
    """The lines, in the order of their heads and then of the things' names. The graph is as it is after the change."""
    reader = _Reader(graph, found)
    entries = [entry for thing in reader.things for entry in reader.of(thing)]
    heads = list(HEADS)
    return sorted(entries, key=lambda one: (heads.index(one.head), one.said.sv.casefold()))


def vanished(found: Compared) -> list[NamedNode]:
    """The things that there were, and of which nothing is said any more."""
    was, now = ({one.subject for one in side if _is_thing(one.subject)} for side in found)
    return sorted((one for one in was - now if isinstance(one, NamedNode)), key=lambda one: one.value)


def in_words(entries: Sequence[Entry], language: str) -> str:
    """The changelog as text in "sv" or "en", a heading for each sort of change and a line for each change."""
    lines: list[str] = []
    for head, title in HEADS.items():
        those = [one.said for one in entries if one.head == head]
        if those:
            lines += ["", f"### {_in(title, language)}", ""] + [f"- {_in(one, language)}" for one in those]
    return "\n".join(lines[1:])


def _in(text: Text, language: str) -> str:
    return text.sv if language == "sv" else text.en


def _is_thing(subject: object) -> bool:
    return isinstance(subject, NamedNode) and "#" not in subject.value


class _Reader:
    """Reads the difference thing by thing."""

    def __init__(self, graph: Graph, found: Compared) -> None:
        self._graph, self._names = graph, graph.names
        self._words, self._order = Words(graph, found.before, found.after), Order(graph.names)
        self._was, self._now = _by_thing(found.before), _by_thing(found.after)
        self._quiet = {self._names.expand(name) for name in _QUIET}
        changed = {_whole(one.subject) for one in (*found.added, *found.removed)}
        self.things = sorted(one for one in changed if one)

    def of(self, thing: str) -> Iterator[Entry]:
        node = NamedNode(thing)
        was, now = self._was.get(thing, {}), self._now.get(thing, {})
        if node not in was:
            yield Entry("new", Text(*(self._kind_and_name(node, now, one) for one in ("en", "sv"))))
            return
        if node not in now:
            return  # no release is without what one before it had
        if (retired := self._retired(node, was[node], now[node])) is not None:
            yield retired
            return
        evidence = 0
        for part in dict.fromkeys((*now, *was)):
            if self._is_evidence(now.get(part, was.get(part, []))):
                if part in was and part in now and set(was[part]) != set(now[part]):
                    yield Entry("corrected", self._said(node, "evidence corrected", "belägg rättat"))
                evidence += part not in was
            elif part in now and part in was:  # of a new part the link to it tells
                yield from self._of_node(node, part, was[part], now[part])
        if evidence:
            words = Text(
                f"{evidence} new {'piece' if evidence == 1 else 'pieces'} of evidence",
                f"{evidence} {'nytt' if evidence == 1 else 'nya'} belägg",
            )
            yield Entry("added", self._said(node, words.en, words.sv))

    def _of_node(
        self, whole: NamedNode, node: NamedNode, was: Sequence[Triple], now: Sequence[Triple]
    ) -> Iterator[Entry]:
        gone, new = _values(was, now), _values(now, was)
        ended = self._ended(node, gone, new)
        if ended is not None:
            yield Entry("ended", self._said(node if self._is_named(node) else whole, *ended))
        names = self._names.expand("skos:prefLabel")
        former = [one for one in gone.get(names, ()) if one in _all(now, self._names.expand("skos:altLabel"))]
        if former and names in new:
            text = Text(
                f"{self._one(former, 'en')} is now called {self._one(new[names], 'en')}",
                f"{self._one(former, 'sv')} heter nu {self._one(new[names], 'sv')}",
            )
            yield Entry("renamed", text)
        told = {names} if former else set()
        if ended is not None:
            told |= {self._names.expand(name) for name in ("coop:end", "coop:status")}
        for predicate in sorted({*gone, *new} - self._quiet - told, key=self._order.of):
            entry = self._of_property(whole, node, predicate, gone.get(predicate, []), new.get(predicate, []))
            if entry is not None:
                yield entry

    def _of_property(
        self,
        whole: NamedNode,
        node: NamedNode,
        predicate: NamedNode,
        gone: Sequence[Term],
        new: Sequence[Term],
    ) -> Entry | None:
        said = []
        for language in ("en", "sv"):
            what = self._graph.label(predicate, language)
            old, fresh = (
                ", ".join(self._value(one, language) for one in some if in_language(one, language))
                for some in (gone, new)
            )
            if gone and new:
                said.append(
                    f"{what} var {old}, är nu {fresh}"
                    if language == "sv"
                    else f"{what} was {old}, is now {fresh}"
                )
            elif new:
                said.append(f"{what}: {fresh}")
            else:
                said.append(f"{what}: {old}")
        about = node if self._is_named(node) else whole
        return Entry("corrected" if gone and new else "added" if new else "removed", self._said(about, *said))

    def _value(self, value: Term, language: str) -> str:
        """A value in words; a part by what it says."""
        if not isinstance(value, NamedNode) or "#" not in value.value:
            return self._words.value(value, language)
        triples = [
            one for side in (self._now, self._was) for one in side.get(_whole(value), {}).get(value, [])
        ]
        for name in ("dct:description", "skos:notation", "org:member"):
            for one in _all(triples, self._names.expand(name)):
                if in_language(one, language):
                    return self._words.value(one, language)
        return self._words.value(value, language)

    def _retired(self, node: NamedNode, was: Sequence[Triple], now: Sequence[Triple]) -> Entry | None:
        flag = self._names.expand("owl:deprecated")
        if _all(was, flag) or not _all(now, flag):
            return None
        after = _all(now, self._names.expand("dct:isReplacedBy"))
        if not after:
            return Entry("retired", Text(self._words.name(node, "en"), self._words.name(node, "sv")))
        en, sv = (self._words.name(after[0], language) for language in ("en", "sv"))
        return Entry(
            "merged",
            Text(f"{self._words.name(node, 'en')} → {en}", f"{self._words.name(node, 'sv')} → {sv}"),
        )

    def _ended(
        self, node: NamedNode, gone: dict[NamedNode, list[Term]], new: dict[NamedNode, list[Term]]
    ) -> Text | None:
        """That something ended, with the date where there is one; None where it did not, or that was known."""
        end, status = self._names.expand("coop:end"), self._names.expand("coop:status")
        over = self._names.expand("status:ended") in new.get(status, ())
        goes_on = _is_thing(node) or self._names.expand("org:Membership") in self._graph.objects(
            node, "rdf:type"
        )
        if (not over and end not in new) or end in gone or not goes_on:
            return None
        day = new[end][0].value if end in new else None
        if day is None:
            return Text("ended, when is not stated", "har upphört, när framgår inte av källan")
        verb = Text("ended", "upphörde") if over else Text("ends", "upphör")
        return Text(f"{verb.en} {phrase(day, 'en')}", f"{verb.sv} {phrase(day, 'sv')}")

    def _is_evidence(self, triples: Sequence[Triple]) -> bool:
        return bool(_all(triples, self._names.expand("oa:exact")))

    def _is_named(self, node: NamedNode) -> bool:
        label = self._words.name(node, "sv")
        return label != self._names.shorten(node.value)

    def _kind_and_name(self, node: NamedNode, now: dict[NamedNode, list[Triple]], language: str) -> str:
        kinds = _all(now[node], self._names.expand("rdf:type"))
        kind = self._graph.label(kinds[0], language) if kinds else ""
        return f"{kind}: {self._words.name(node, language)}" if kind else self._words.name(node, language)

    def _said(self, node: NamedNode, en: str, sv: str) -> Text:
        return Text(f"{self._words.name(node, 'en')}: {en}", f"{self._words.name(node, 'sv')}: {sv}")

    @staticmethod
    def _one(names: Sequence[Term], language: str) -> str:
        """The name in the language, else any."""
        fits = [one.value for one in names if isinstance(one, Literal) and one.language == language]
        return fits[0] if fits else names[0].value


def _whole(subject: object) -> str:
    return subject.value.partition("#")[0] if isinstance(subject, NamedNode) else ""


def _by_thing(triples: Sequence[Triple]) -> dict[str, dict[NamedNode, list[Triple]]]:
    """The triples by thing and then by the thing itself and its parts."""
    found: dict[str, dict[NamedNode, list[Triple]]] = {}
    for one in triples:
        if isinstance(one.subject, NamedNode):
            found.setdefault(_whole(one.subject), {}).setdefault(one.subject, []).append(one)
    return found


def _all(triples: Sequence[Triple], predicate: NamedNode) -> list[Term]:
    return [
        one.object for one in triples if one.predicate == predicate and not isinstance(one.object, Triple)
    ]


def _values(some: Sequence[Triple], others: Sequence[Triple]) -> dict[NamedNode, list[Term]]:
    """The values of each property that the others do not have."""
    there, found = set(others), dict[NamedNode, list[Term]]()
    for one in some:
        if one not in there and not isinstance(one.object, Triple):
            found.setdefault(one.predicate, []).append(one.object)
    return found
