"""What a row says otherwise, or beyond what is there, of a thing of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopgraph.edit.add import put_identifiers
from coopgraph.edit.change import Draft
from coopgraph.edit.evidence import Support, put_evidence, state
from coopgraph.edit.facts import put_correction, put_end
from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import Field, Kind
from coopgraph.errors import Text, UsageError
from coopgraph.sheets.match import AREA_CODES, key
from coopgraph.sheets.values import Value, at
from coopgraph.store import Term

Fields = Mapping[str, Sequence[Value]]
"""The values of a row by the name of the field."""
Supports = Sequence[tuple[str | None, Support]]
"""The words of a row, each with the field that it is for, or None."""
_DATED = ("coop:start", "coop:end", "coop:date", "coop:status")


class Changes:
    """Puts what rows change of things that are there into a draft."""

    def __init__(self, draft: Draft, kind: Kind, *, sources: Path | None) -> None:
        self._draft, self._graph, self._kind, self._sources = draft, draft.graph, kind, sources

    def put(self, thing: NamedNode, fields: Fields, supports: Supports) -> list[Text]:
        """Put what the row says otherwise, or beyond what is there, into the draft; gives it in words."""
        said: list[Text] = []
        ended = self._ended(thing, fields, supports, said)
        for field in self._kind.fields:
            given = fields[field.name]
            # what holds for every row is for those that are new
            if field.name in ended or all(one.cell.given for one in given):
                continue
            with at(given[0].cell):
                match field.sort:
                    case "identifier":
                        self._identifiers(thing, given, said)
                    case "file":
                        self._file(thing, given[0])
                    case _ if field.name in ("name", "name-en", "title"):
                        self._name(thing, field, given[0], said)
                    case _:
                        self._values(thing, field, given, _for(field, supports), said)
        self._more_evidence(thing, fields, supports, said)
        return said

    def _ended(self, thing: NamedNode, fields: Fields, supports: Supports, said: list[Text]) -> set[str]:
        """Let the thing end where the row says when it did and the graph does not; gives the fields that this settles."""
        when = fields.get("end", ())
        if not when or self._graph.objects(thing, "coop:end"):
            return set()
        status = next((one.term for one in fields.get("status", ())), None)
        words = [one for name, one in supports if name in (None, "end", "status")]
        assert isinstance(when[0].term, Literal)
        assert status is None or isinstance(status, NamedNode)
        with at(when[0].cell):
            put_end(self._draft, thing, when[0].term, words, status=status, sources=self._sources)
        said.append(_said(self._kind.field("end").label, "", when[0].text))
        return {"end", "status"}

    def _values(
        self,
        thing: NamedNode,
        field: Field,
        given: Sequence[Value],
        words: Sequence[Support],
        said: list[Text],
    ) -> None:
        known = self._graph.objects(thing, field.predicate)
        if field.name == "party":
            known = [*known, *frozenset().union(*parties_by_time(self._graph, thing))]
        unknown = [self._graph.names.expand("status:unknown")] if field.name == "status" else []
        for one in given:
            if one.term in known:
                continue
            label, term = field.label, one.term
            if field.many:
                self._draft.add(thing, field.predicate, term)
            elif not known or known == unknown:
                state(self._draft, thing, field.predicate, term)
            elif len(known) == 1:
                put_correction(
                    self._draft, thing, field.predicate, known[0], term, supports=words, sources=self._sources
                )
                said.append(_said(label, self._shown(known[0]), self._shown(term)))
                continue
            else:
                raise UsageError(
                    f"there are several values of {label.en} already. Say which is wrong: coopgraph correct",
                    f"det finns redan flera värden på {label.sv}. Ange vilket som är fel: coopgraph correct",
                )
            for support in words:
                put_evidence(
                    self._draft, thing, support, property_=field.predicate, value=term, sources=self._sources
                )
            said.append(_said(label, "", self._shown(term)))

    def _name(self, thing: NamedNode, field: Field, given: Value, said: list[Text]) -> None:
        """A name that the thing has is the same, whichever it is; another one takes its place only where the id says which thing it is."""
        property_ = "dct:title" if field.name == "title" else "skos:prefLabel"
        known = [one for one in self._graph.objects(thing, property_) if isinstance(one, Literal)]
        text, tag = given.term.value, "en" if field.name == "name-en" else "sv"
        if isinstance(given.term, Literal) and given.term.language and field.name != "name-en":
            tag = given.term.language
        own = next((one for one in known if one.language == tag), None)
        if own is not None and own.value == text:
            return
        also = [one.value for one in self._graph.objects(thing, "skos:altLabel")] + [
            one.value for one in known
        ]
        if own is not None and key(text) in {key(one) for one in also}:
            return
        new = Literal(text, language=tag)
        if own is None:
            self._draft.add(thing, property_, new)
        elif tag == "en" and own.value in {one.value for one in known if one.language == "sv"}:
            put_correction(self._draft, thing, property_, own, new)  # the Swedish name stood in for it
        else:
            short = self._graph.names.shorten(thing.value)
            raise UsageError(
                f"{short} is called '{own.value}' here. Is '{text}' its new name: coopgraph rename; was the old one a mistake: "
                f"coopgraph correct; is it one more name: coopgraph correct is not needed, write it under also.",
                f"{short} heter '{own.value}' här. Är '{text}' dess nya namn: coopgraph rename; var det gamla fel: "
                f"coopgraph correct; har den ett namn till: skriv det under also.",
            )
        said.append(_said(field.label, "", text))

    def _identifiers(self, thing: NamedNode, given: Sequence[Value], said: list[Text]) -> None:
        graph = self._graph
        known = {
            (kind.value, code.value)
            for node in graph.objects(thing, "adms:identifier")
            if isinstance(node, NamedNode)
            for kind in graph.objects(node, "dct:type")
            for code in graph.objects(node, "skos:notation")
        }
        codes = dict(known)
        for one in given:
            code = one.text.partition("=")[2]
            if (one.term.value, code) in known or (is_area_code(one.text) and self._lies_there(thing, one)):
                continue
            if one.term.value in codes:
                short = graph.names.shorten(thing.value)
                raise UsageError(
                    f"{short} has {codes[one.term.value]} already, and here it is {code}. Two bodies, or a mistake: mend the wrong one.",
                    f"{short} har redan {codes[one.term.value]}, och här står {code}. Två organisationer, eller ett fel: rätta den som är fel.",
                )
            put_identifiers(self._draft, thing, [one.text], "sv")
            said.append(_said(Text("identifier", "identifierare"), "", one.text.removeprefix("idtype:")))

    def _lies_there(self, thing: NamedNode, code: Value) -> bool:
        """Whether the territory of a body has the code."""
        graph = self._graph
        return any(
            code.term in graph.objects(node, "dct:type")
            and Literal(code.text.partition("=")[2]) in graph.objects(node, "skos:notation")
            for place in graph.objects(thing, "dct:spatial")
            if isinstance(place, NamedNode)
            for node in graph.objects(place, "adms:identifier")
            if isinstance(node, NamedNode)
        )

    def _file(self, thing: NamedNode, given: Value) -> None:
        known = [one.value for one in self._graph.objects(thing, "coop:archivedAs")]
        if Path(given.text).name not in known:
            shown = ", ".join(known) or "–"
            raise UsageError(
                f"the text of this source is kept as {shown}. Another text is another source.",
                f"texten till den här källan finns som {shown}. En annan text är en annan källa.",
            )

    def _more_evidence(self, thing: NamedNode, fields: Fields, supports: Supports, said: list[Text]) -> None:
        """Put the words of the row into the draft that are not there, for what it does not change."""
        graph, draft = self._graph, self._draft
        for name, support in supports:
            source = thing if self._kind.name == "source" else support.source
            of_field = self._kind.field(name).predicate if name else None
            if self._has_words(thing, source, support.exact, of_field) or said:
                continue
            dated = [one for one in self._kind.fields if one.predicate in _DATED and fields[one.name]]
            about = [self._kind.field(name)] if name else dated
            words = Support(
                source, support.exact, support.basis, support.reason, support.prefix, support.suffix
            )
            for field in about:
                for value in fields[field.name]:
                    put_evidence(
                        draft,
                        thing,
                        words,
                        property_=field.predicate,
                        value=value.term,
                        sources=self._sources,
                    )
            if not about:
                put_evidence(draft, thing, words, sources=self._sources)
            said.append(_said(Text("evidence", "belägg"), "", f"”{support.exact}” ({_label(graph, source)})"))

    def _has_words(self, thing: NamedNode, source: NamedNode, exact: str, property_: str | None) -> bool:
        graph = self._graph
        return any(
            Literal(exact) in graph.objects(quad.subject, "oa:exact")
            and source in graph.objects(quad.subject, "oa:hasSource")
            and (
                property_ is None
                or graph.names.expand(property_) in graph.objects(quad.subject, "coop:property")
            )
            for quad in graph.engine.quads_for_pattern(None, graph.names.expand("oa:hasBody"), thing)
            if isinstance(quad.subject, NamedNode) and graph.is_authored(quad)
        )

    def _shown(self, term: Term) -> str:
        return _label(self._graph, term)


def _for(field: Field, supports: Supports) -> list[Support]:
    """The words for a field: its own, else those of the whole row where it is a date or the status."""
    own = [one for name, one in supports if name == field.name]
    whole = [one for name, one in supports if name is None]
    return own or (whole if field.predicate in _DATED else [])


def _said(label: Text, old: str, new: str) -> Text:
    return Text(*(f"{one}: {old} → {new}" if old else f"{one}: {new}" for one in label))


def parties_by_time(graph: Graph, partnership: NamedNode) -> list[frozenset[Term]]:
    """Those who are parties with a time of their own: those who have not left, then all who ever were."""
    party, still, ever = graph.names.expand("role:party"), set(), set()
    for quad in graph.engine.quads_for_pattern(None, graph.names.expand("org:organization"), partnership):
        if isinstance(quad.subject, NamedNode) and party in graph.objects(quad.subject, "org:role"):
            members = set(graph.objects(quad.subject, "org:member"))
            ever |= members
            still |= set() if graph.objects(quad.subject, "coop:end") else members
    return [frozenset(still), frozenset(ever)]


def is_area_code(text: str) -> bool:
    """Whether an identifier, as `scb=0780`, is one of a territory."""
    return text.removeprefix("idtype:").partition("=")[0] in AREA_CODES


def _label(graph: Graph, term: Term) -> str:
    return graph.label(term, "sv")
