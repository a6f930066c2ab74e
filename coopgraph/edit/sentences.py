"""A change in sentences: what was, what will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.dates import EDTF, phrase
from coopgraph.edit.graph import Graph
from coopgraph.edit.layout import RDF_TYPE, Order
from coopgraph.edit.text import triples_of
from coopgraph.errors import Text
from coopgraph.store import Term

_PARTS_OF_A_FACT = {"oa:hasBody", "coop:property", "coop:value", "oa:hasSource", "oa:exact", "coop:basis"}


def told(
    graph: Graph,
    before: Mapping[Path, str | None],
    after: Mapping[Path, str | None],
    new_names: Mapping[str, str],
) -> Iterator[Text]:
    """The difference of the files as sentences, thing by thing, in Swedish and English."""
    if new_names:
        for old, name in new_names.items():
            yield Text(
                f"{graph.names.shorten(old)} is called {graph.names.shorten(name)} from now on, wherever it is linked to.",
                f"{graph.names.shorten(old)} heter {graph.names.shorten(name)} från och med nu, överallt där den länkas.",
            )
        return
    was = [one for path in sorted(after) for one in triples_of(before[path] or "", path=path)]
    now = [one for path in sorted(after) for one in triples_of(after[path] or "", path=path)]
    yield from difference(graph, was, now)


def difference(graph: Graph, was: Sequence[Triple], now: Sequence[Triple]) -> Iterator[Text]:
    """What is said now and was not, and the other way round, thing by thing. Both are all that is said of their things."""
    there, here = set(now), set(was)
    gone = [one for one in was if one not in there]
    new = [one for one in now if one not in here]
    words = Words(graph, was, now)
    out: dict[NamedNode, list[Triple]] = {}
    in_: dict[NamedNode, list[Triple]] = {}
    for some, found in ((new, in_), (gone, out)):
        for one in some:
            if isinstance(one.subject, NamedNode):
                found.setdefault(one.subject, []).append(one)
    for subject in dict.fromkeys((*in_, *out)):
        yield from words.of(subject, out.get(subject, []), in_.get(subject, []))


class Words:
    """Says what a few triples say, with the labels of the graph and of what is new."""

    def __init__(self, graph: Graph, was: Sequence[Triple], now: Sequence[Triple]) -> None:
        self._graph, self._names = graph, graph.names
        self._before, self._after = {one.subject for one in was}, {one.subject for one in now}
        self._order = Order(graph.names)
        self._labels: dict[Term, list[Literal]] = {}
        self._evidence: dict[Term, dict[str, Term]] = {}
        naming = {self._names.expand(name) for name in ("skos:prefLabel", "dct:title")}
        parts = {self._names.expand(name): name for name in _PARTS_OF_A_FACT}
        for one in (*was, *now):
            assert not isinstance(one.object, Triple)
            assert not isinstance(one.subject, Triple)
            if one.predicate in naming and isinstance(one.object, Literal):
                self._labels.setdefault(one.subject, []).append(one.object)
            if one.predicate in parts:
                self._evidence.setdefault(one.subject, {})[parts[one.predicate]] = one.object

    def of(self, subject: NamedNode, gone: Sequence[Triple], new: Sequence[Triple]) -> Iterator[Text]:
        known, stays = subject in self._before, subject in self._after
        if "oa:exact" in self._evidence.get(subject, {}) and not (known and stays):
            yield self._of_evidence(subject, taken=known)
            return
        short = self._names.shorten(subject.value)
        if not known and "#" not in subject.value:
            kind = self._kind(new)
            yield Text(
                f"New: {kind.en} {self.name(subject, 'en')} ({short}).",
                f"Nytt: {kind.sv} {self.name(subject, 'sv')} ({short}).",
            )
        elif not stays and "#" not in subject.value:
            yield Text(
                f"{self.name(subject, 'en')} ({short}) is removed.",
                f"{self.name(subject, 'sv')} ({short}) tas bort.",
            )
            return
        for predicate in sorted({one.predicate for one in (*gone, *new)}, key=self._order.of):
            if predicate.value == RDF_TYPE and not (known and stays):
                continue  # what is new is told with its class
            was = [one.object for one in gone if one.predicate == predicate]
            now = [one.object for one in new if one.predicate == predicate]
            yield self._of_property(subject, predicate, was, now)

    def _of_property(
        self, subject: NamedNode, predicate: NamedNode, was: Sequence[object], now: Sequence[object]
    ) -> Text:
        said = []
        for language in ("en", "sv"):
            head = f"{self.name(subject, language)}: {self._graph.label(predicate, language)}"
            old, new = (
                ", ".join(self.value(one, language) for one in shown or values)
                for values in (was, now)
                for shown in ([one for one in values if in_language(one, language)],)
            )
            if was and now:
                said.append(
                    f"{head} var {old}, blir {new}."
                    if language == "sv"
                    else f"{head} was {old}, will be {new}."
                )
            elif now and subject not in self._before:
                said.append(f"{head}: {new}.")
            elif now:
                said.append(f"{head} blir {new}." if language == "sv" else f"{head} will be {new}.")
            else:
                said.append(f"{head} {old} tas bort." if language == "sv" else f"{head} {old} is removed.")
        return Text(*said)

    def _of_evidence(self, evidence: NamedNode, *, taken: bool) -> Text:
        parts = self._evidence[evidence]
        said = []
        for language in ("en", "sv"):
            about = parts.get("coop:property")
            fact = self.name(parts["oa:hasBody"], language) if "oa:hasBody" in parts else ""
            what = f"{fact}: {self._graph.label(about, language)}" if about is not None else fact
            source = self.name(parts["oa:hasSource"], language) if "oa:hasSource" in parts else "?"
            quote = parts["oa:exact"].value
            if language == "sv":
                said.append(f"{'Belägget tas bort' if taken else 'Belägg'} – {what}: ”{quote}” ({source}).")
            else:
                said.append(
                    f"{'Evidence is removed' if taken else 'Evidence'} – {what}: “{quote}” ({source})."
                )
        return Text(*said)

    def _kind(self, triples: Sequence[Triple]) -> Text:
        types = [one.object for one in triples if one.predicate.value == RDF_TYPE]
        label = [self._graph.label(types[0], language) if types else "" for language in ("en", "sv")]  # type: ignore[arg-type]
        return Text(*label)

    def name(self, term: Term, language: str) -> str:
        """What a thing is called in a language."""
        texts = self._labels.get(term, [])
        best = [one.value for one in texts if one.language == language] or [one.value for one in texts]
        if best and not self._graph.describes(term):  # type: ignore[arg-type]
            return best[0]
        return self._graph.label(term, language)

    def value(self, value: object, language: str) -> str:
        """A value as a sentence has it."""
        if isinstance(value, Literal):
            if value.datatype.value == EDTF:
                return phrase(value.value, language)
            if value.datatype.value.endswith("#boolean"):
                return {"true": ("ja", "yes"), "false": ("nej", "no")}.get(value.value, ("?", "?"))[
                    language != "sv"
                ]
            return f"”{value.value}”" if language == "sv" else f"“{value.value}”"
        assert isinstance(value, NamedNode)
        return self.name(value, language)


def in_language(value: object, language: str) -> bool:
    """Whether a text is to be shown to a reader of the language."""
    return not isinstance(value, Literal) or value.language not in ({"sv", "en"} - {language})
