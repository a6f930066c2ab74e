"""The page of a thing: what it is, its facts with the words that each rests on, its relations, how to cite it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from coopgraph.dates import phrase
from coopgraph.publish.cells import Cells, Section
from coopgraph.publish.describe import COOP, RDF_TYPE, Fact, Quoted, description
from coopgraph.publish.gathered import Gathered
from coopgraph.publish.graph import PAGE, gathered, thing_graph
from coopgraph.publish.index import folder_name
from coopgraph.publish.lead import DEFINITION, sentence
from coopgraph.publish.nearby import DCT, ORG, Nearby, nearby
from coopgraph.publish.pages import Cell, Frame, known, render
from coopgraph.publish.pictures import thing_pictures
from coopgraph.publish.reading import HIDDEN, Reading
from coopgraph.publish.relations import Relations, drop_empty
from coopgraph.publish.schema_org import schema_org
from coopgraph.publish.serialise import serialise
from coopgraph.publish.site import Site
from coopgraph.publish.views import Tie
from coopgraph.publish.words import words
from coopgraph.store import Term

_DEPRECATED = "http://www.w3.org/2002/07/owl#deprecated"
_IN_SCHEME = "http://www.w3.org/2004/02/skos/core#inScheme"
_ORDER = COOP + "order"
_NOTATION = "http://www.w3.org/2004/02/skos/core#notation"
_IDENTIFIER = NamedNode("http://www.w3.org/ns/adms#Identifier")
_MEMBERSHIP = NamedNode(ORG + "Membership")
_DERIVED = (COOP + "succeeds", COOP + "knownUntil", COOP + "notActiveFrom")
"""Derived facts that no table shows."""


@dataclass(frozen=True)
class Said:
    """A piece of evidence as it is read: of what it speaks, the words, and how they came to be known."""

    id: str
    value: str
    quote: str
    language: str
    source: Cell
    dated: str
    basis: str
    reason: str


@dataclass
class Row:
    """A property with its values and the evidence of these; `id` where a part of the thing is shown as a fact."""

    word: Cell
    cells: list[Cell] = field(default_factory=list)
    evidence: list[Said] = field(default_factory=list)
    id: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a thing: a goal, a remark, a number."""

    id: str
    kind: str
    text: str
    rows: Sequence[Row]
    evidence: Sequence[Said]


def thing_page(frame: Frame, thing: NamedNode, *, page: int = 1) -> str:
    """The page of a thing; of what points to it, PAGE links a page."""
    site = frame.site
    gathered_ = gathered(site, thing, page)
    more = len(gathered_.links) > PAGE
    around = site.memory.once(_around, (thing, page), site, gathered_)
    found = description(gathered_, frame.language)
    found = replace(
        found, incoming=found.incoming[:PAGE], labels={**around.labels(frame.language), **found.labels}
    )
    frame = replace(frame, known=_known(site, gathered_, around))
    reading = Reading(found, site.namespaces, frame.language)
    graph = frame.data or (
        serialise(
            thing_graph(site, thing, page=page), "jsonld", site.namespaces.prefixes, first=thing
        ).decode()
    )
    view = _Thing(frame, reading, around)
    sections = view.sections()
    lead = sentence(reading, view.kinds, sections, whole=not more)
    for section in sections:
        drop_empty(section)
    folder, _, _ = frame.path.removeprefix("doc/").rpartition("/")
    return render(
        frame,
        "thing.html",
        title=_title(frame, reading),
        it=view,
        above=Cell(_folder(frame, folder, reading), frame.page(f"doc/{folder}")),
        sections=sections,
        lead=lead,
        pictures=thing_pictures(frame, thing, view.rests) if page == 1 else None,
        retired=any(value.value in ("true", "1") for value in found.values(_DEPRECATED)),
        page=page,
        more=more,
        data=[graph, json.dumps(schema_org(reading), ensure_ascii=False)],
    )


def _around(site: Site, found: Gathered) -> Nearby:
    return nearby(found, site.store, site.memory.labels, limit=PAGE)


def _known(site: Site, found: Gathered, around: Nearby) -> frozenset[str]:
    """What the graph says something of, among all that the page may link to."""
    ours = {found.thing.value} | around.facts.keys()
    unnamed: set[str] = set()
    for names in (found.labels, around.names):
        for thing, triples in names.items():
            (ours if triples else unnamed).add(thing.value)
    return frozenset(ours) | known(site, unnamed - ours)


def _folder(frame: Frame, folder: str, reading: Reading) -> str:
    """The name of the list that a thing stands in: of a concept, that of its scheme."""
    scheme = reading.it.values(_IN_SCHEME)
    listed = words(frame.language)["schemes"] if folder == "concept" else folder_name(folder, frame.language)
    name = reading.label(scheme[0]) if scheme else listed
    return name[:1].upper() + name[1:]


def _title(frame: Frame, reading: Reading) -> str:
    """The name of the thing; that of a concept, which is a word, begins with a capital as a heading does."""
    name = reading.label(reading.it.thing)
    return name[:1].upper() + name[1:] if frame.path.startswith("doc/concept/") else name


class _Thing:
    """What the template shows of a thing. Each piece of evidence is shown once, beside what it speaks of."""

    def __init__(self, frame: Frame, reading: Reading, around: Nearby) -> None:
        self.frame, self.reading, self.around = frame, reading, around
        self.words = words(frame.language)
        self.description = reading.it
        self.thing = reading.it.thing
        self.evidence: dict[tuple[str, str], list[Quoted]] = {}
        for one in reading.it.evidence:
            about = one.property.value if one.property else ""
            self.evidence.setdefault((one.about.value, about), []).append(one)
        self.rows = self._facts()
        self.parts = self._parts()

    @property
    def kinds(self) -> str:
        """What kind of thing it is, in a word or two."""
        it = self.description
        found = it.values(ORG + "classification") or it.values(DCT + "type") or it.values(_IN_SCHEME)
        found = found or it.values(RDF_TYPE.value)
        text = self.reading.listed(found)
        return text[:1].upper() + text[1:]

    @property
    def status(self) -> list[Cell]:
        return [
            Cell(self.reading.label(one), mark=one.value.rpartition("/")[2], note=self.reading.lasting(one))
            for one in self.description.values(COOP + "status")
        ]

    def rests(self, tie: Tie) -> str | None:
        """On what it rests that something in the pictures goes on, as the tables say it; None of what they don't show."""
        if tie.iri == self.thing.value:
            return next((one.note for one in self.status), None)
        return Cells(self.frame, self.reading, self.around, self.words).lasting(tie.iri)

    @property
    def file(self) -> str:
        """The file of the dataset that tells of the thing; "" for what has none of its own."""
        base = self.frame.site.base + "id/"
        local = self.thing.value.removeprefix(base)
        folder = local.partition("/")[0]
        return f"data/{local}.ttl" if self.thing.value.startswith(base) and folder != "concept" else ""

    @property
    def address(self) -> str:
        """By what address to refer to what is told here: that of the thing; of a thing of others, that of this page."""
        base = self.frame.site.base
        return self.thing.value if self.thing.value.startswith(base) else base + self.frame.path

    @property
    def publisher(self) -> str:
        """Who gives the dataset out; where the settings don't say, what it is called."""
        site, language = self.frame.site, self.frame.language
        return site.project.publisher.get(language) or site.title(language)

    @property
    def report(self) -> str:
        """Where a fault is told of; "" where the dataset names no address."""
        contact = self.frame.site.project.contact
        subject = quote(f"{self.words['report']}: {self.thing.value}")
        return f"mailto:{contact}?subject={subject}" if contact else ""

    def sections(self) -> list[Section]:
        """The relations as tables."""
        relations = Relations(self.frame, self.reading, self.around, self.words)
        if self.description.values(COOP + "hasParty"):
            relations.parties()
        if self.around.here:
            relations.partnerships(self.around.here)
        return relations.sections()

    def rest(self) -> list[Said]:
        """The evidence that stands beside nothing else on the page."""
        return [self._said(one) for several in self.evidence.values() for one in several]

    def _facts(self) -> list[Row]:
        """The facts, with what the sources do not say among them."""
        it, reading = self.description, self.reading
        in_table = {COOP + "hasParty", DEFINITION}  # the table of parties, and the words under the heading
        readable = [
            fact
            for fact in reading.ordered(it.facts)
            if fact.property.value not in HIDDEN
            and fact.property.value not in in_table
            and fact.value not in it.parts
        ]
        readable += [fact for fact in it.derived if fact.property.value in _DERIVED]
        found = self._rows(self.thing, readable)
        unstated = []
        stated = {row.word.text: row for row in found}
        for one in it.values(COOP + "notStated"):
            name = reading.label(one)
            if name in stated:  # some are known, and the sources tell that there are more
                stated[name].cells.append(Cell(self.words["more_unknown"], mark="muted"))
            else:
                unstated.append(Row(Cell(name), [Cell("", mark="unknown")]))
        codes = [
            Row(
                Cell(self._first(facts, DCT + "type")), [Cell(self._first(facts, _NOTATION))], id=_local(node)
            )
            for node, facts in it.parts.items()
            if Fact(RDF_TYPE, _IDENTIFIER) in facts
        ]
        return [*found, *unstated, *codes]

    def _parts(self) -> list[tuple[str, list[Part]]]:
        """The parts by the heading of their kind. Roles and codes are shown elsewhere."""
        groups: dict[str, list[tuple[float, Part]]] = {}
        for node, facts in self.description.parts.items():
            kind = next((fact.value for fact in facts if fact.property == RDF_TYPE), None)
            if not isinstance(kind, NamedNode) or kind in (_IDENTIFIER, _MEMBERSHIP):
                continue
            heading = self.words.get("parts_" + kind.value.rpartition("#")[2].rpartition("/")[2])
            order = self._first(facts, _ORDER)
            part = self._part(node, [fact for fact in facts if self.reading.readable(fact.value)])
            label = self.reading.label(kind)
            groups.setdefault(heading or label[:1].upper() + label[1:], []).append(
                (float(order) if order.replace(".", "").isdigit() else 0.0, part)
            )
        return [
            (name, [part for _, part in sorted(parts, key=lambda one: one[0])])
            for name, parts in groups.items()
        ]

    def _part(self, node: NamedNode, facts: Sequence[Fact]) -> Part:
        told = (DCT + "description", DCT + "type", _ORDER)
        shown = [
            fact
            for fact in self.reading.ordered(facts)
            if fact.property.value not in HIDDEN and fact.property.value not in told
        ]
        text = self._first(facts, DCT + "description")
        kind = self._first(facts, DCT + "type")
        if not text:
            name = self._first(facts, "http://www.w3.org/2004/02/skos/core#prefLabel")
            form = kind or self._first(facts, ORG + "classification") or self._first(facts, RDF_TYPE.value)
            text, kind = name or form[:1].upper() + form[1:], kind if name else ""
        rows = self._rows(node, [fact for fact in shown if fact.value not in self.description.parts])
        evidence = [
            self._said(one)
            for key in [key for key in self.evidence if key[0] == node.value]
            for one in self.evidence.pop(key)
        ]
        return Part(_local(node), kind, text, rows, evidence)

    def _first(self, facts: Iterable[Fact], property_: str) -> str:
        found = (fact.value for fact in facts if fact.property.value == property_)
        return next((self.reading.value(one) for one in found if self.reading.readable(one)), "")

    def _rows(self, about: NamedNode, facts: Iterable[Fact]) -> list[Row]:
        found: dict[str, Row] = {}
        for fact in facts:
            name = fact.property.value
            row = found.get(name)
            if row is None:
                row = found[name] = Row(Cell(self.reading.label(fact.property)))
                row.evidence = [self._said(one) for one in self.evidence.pop((about.value, name), ())]
            row.cells.append(self._cell(fact.value, name))
        for row in found.values():
            if len(row.cells) == 1:  # what it speaks of is plain to see
                shown = row.cells[0].text
                row.evidence = [
                    replace(one, value="" if one.value == shown else one.value) for one in row.evidence
                ]
        return list(found.values())

    def _cell(self, value: Term, property_: str) -> Cell:
        if isinstance(value, NamedNode):
            mark = value.value.rpartition("/")[2] if property_ == COOP + "status" else ""
            return Cell(self.reading.label(value), self.frame.link(value.value), mark=mark)
        if isinstance(value, Literal) and value.language and value.language != self.reading.language:
            return Cell(value.value, language=value.language)
        return Cell(self.reading.value(value))

    def _said(self, one: Quoted) -> Said:
        reading = self.reading
        value = reading.value(one.value) or (reading.label(one.property) if one.property else "")
        whose = "" if one.about == self.thing or not value else f"{reading.part_label(one.about)}: "
        return Said(
            _local(one.node),
            whose + value,
            one.quote,
            self.around.language(one.source.value),
            Cell(reading.label(one.source), self.frame.link(one.source.value)),
            phrase(one.dated, reading.language) if one.dated else "",
            reading.label(one.basis) if one.basis else "",
            one.reason,
        )


def _local(node: NamedNode) -> str:
    return node.value.partition("#")[2]
