"""How a description reads: in what order, under which words, with what is meant by each value.

The terminal and the pages of the web site say the same because both read here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pyoxigraph import Literal, NamedNode

from coopgraph.dates import EDTF, phrase
from coopgraph.iris import Namespaces
from coopgraph.publish.describe import COOP, RDF_TYPE, Description, Fact, Link
from coopgraph.queries.table import label_of
from coopgraph.store import Term

ORG = "http://www.w3.org/ns/org#"
DCT = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
_WORDS = {
    "sv": {
        "of": "i",
        "and": "och",
        "since": "sedan",
        "until": "till",
        "nostart": "ingen uppgift om start",
        "by": "enligt källa",
        "by_later": "enligt källa från tidigast",
        "by_undated": "enligt odaterad källa",
    },
    "en": {
        "of": "of",
        "and": "and",
        "since": "since",
        "until": "until",
        "nostart": "start not stated",
        "by": "by a source of",
        "by_later": "by a source not before",
        "by_undated": "by an undated source",
    },
}
# what a reader asks first comes first; the parts, which have sections of their own, last
_FIRST = (
    DCT + "title",
    SKOS + "altLabel",
    ORG + "classification",
    DCT + "type",
    COOP + "country",
    COOP + "hasParty",
    COOP + "hasSignatory",
    ORG + "member",
    ORG + "role",
    ORG + "organization",
    COOP + "start",
    COOP + "end",
    COOP + "date",
    COOP + "status",
    DCT + "subject",
    DCT + "description",
)
GOING_ON = NamedNode("https://w3id.org/coopgraph/id/concept/status/active")
_BEGINNING = 8
HIDDEN = {RDF_TYPE.value, SKOS + "prefLabel", COOP + "notStated"}
SHOWN_DERIVED = {
    COOP + "partnerOf",
    ORG + "memberOf",
    COOP + "succeeds",
    COOP + "knownUntil",
    COOP + "notActiveFrom",
}


class Reading:
    """A description in a reader's language: `it` is the description, `names` the prefixes."""

    def __init__(self, description: Description, namespaces: Namespaces, language: str) -> None:
        self.it, self.names = description, namespaces
        self.language = language if language in _WORDS else "en"

    def sentence(self) -> str:
        """In a sentence what the thing is."""
        it, words = self.it, _WORDS[self.language]
        types = [value.value for value in it.values(RDF_TYPE.value)]
        kinds = it.values(ORG + "classification") or it.values(DCT + "type")
        kinds = kinds or it.values(SKOS + "inScheme") or it.values(RDF_TYPE.value)
        parties = sorted(it.values(COOP + "hasParty"), key=self.place_in_name)
        if COOP + "Partnership" in types and parties:
            kind = self.listed(kinds)
            said = f"{kind[:1].upper()}{kind[1:]}: {self.listed(parties)}"
        else:
            said = f"{self.label(it.thing)}: {self.listed(kinds)}"
        if whole := it.values(ORG + "unitOf"):
            said += f" {words['of']} {self.listed(whole)}"
        if country := it.values(COOP + "country"):
            said += f" ({self.listed(country)})"
        if COOP + "Partnership" in types:
            starts = it.values(COOP + "start")
            said += f", {words['since']} {self.value(starts[0])}" if starts else f", {words['nostart']}"
            said += "".join(f", {words['until']} {self.value(end)}" for end in it.values(COOP + "end"))
            said += "".join(f" ({self.standing(status)})" for status in it.values(COOP + "status"))
        return said + "."

    def standing(self, status: Term) -> str:
        """A status of the thing; of what goes on, by a source of when."""
        return f"{self.value(status)} {self.lasting(status)}".strip()

    def lasting(self, status: Term) -> str:
        """On what it rests that the thing goes on; "" for another status, and where nothing tells of it."""
        it = self.it
        dates = [
            one.dated
            for one in it.evidence
            if one.about == it.thing and one.value == status and one.property == NamedNode(COOP + "status")
        ]
        known = [one.value.value for one in it.derived if one.property.value == COOP + "knownUntil"]
        return going_on(status, dates, max(known, default=""), self.language)

    def place_in_name(self, party: Term) -> int:
        """Where a party's name stands in that of the whole, which has the Swedish party first."""
        at = self.label(self.it.thing).find(self.label(party))
        return at if at >= 0 else len(self.label(self.it.thing))

    def ordered(self, facts: Iterable[Fact]) -> list[Fact]:
        def place(fact: Fact) -> tuple[int, str]:
            known = fact.property.value
            if known in _FIRST:
                return _FIRST.index(known), ""
            return len(_FIRST) + (fact.value in self.it.parts), self.label(fact.property)

        return sorted(facts, key=place)

    def turned(self, link: Link) -> tuple[str, str]:
        """What points to the thing, as it reads from here."""
        label = self.it.inverses.get(link.property.value) or f"← {self.label(link.property)}"
        return label, self.of_part(link.subject)

    def part_label(self, node: NamedNode) -> str:
        """A part by the beginning of its description, or by who has which role; else by its name."""
        facts = self.it.parts.get(node, ())
        told = {fact.property.value: fact.value for fact in facts if self.readable(fact.value)}
        if description := told.get(DCT + "description"):
            words = description.value.split()
            return " ".join(words[:_BEGINNING]) + (" …" if len(words) > _BEGINNING else "")
        if (member := told.get(ORG + "member")) and (role := told.get(ORG + "role")):
            return f"{self.label(member)}, {self.label(role)}"
        return "#" + node.value.partition("#")[2]

    def listed(self, values: list[Term]) -> str:
        texts = list(dict.fromkeys(self.value(value) for value in values))
        return (
            f" {_WORDS[self.language]['and']} ".join([", ".join(texts[:-1]), texts[-1]])
            if len(texts) > 1
            else "".join(texts)
        )

    def readable(self, value: Term) -> bool:
        return not isinstance(value, Literal) or value.language in (None, "", self.language)

    def value(self, value: Term | None) -> str:
        if isinstance(value, Literal):
            if value.datatype.value == EDTF:
                return phrase(value.value, self.language)
            return (
                f"{value.value} ({value.language})"
                if value.language and value.language != self.language
                else value.value
            )
        return self.label(value) if value is not None else ""

    def label(self, term: Term | None) -> str:
        if not isinstance(term, NamedNode):
            return "" if term is None else term.value
        if "#" in term.value and term.value.startswith(self.it.thing.value):
            return self.part_label(term)
        return self.it.labels.get(term.value) or self.names.shorten(term.value)

    def of_part(self, node: NamedNode) -> str:
        return label_of(node.value, self.it.labels) or self.names.shorten(node.value)


def going_on(status: Term, dates: Collection[str], known_until: str, language: str) -> str:
    """Of what goes on, by a source of when: `dates` are those of its sources, "" for an undated one.

    An undated source may tell the day that it can't be older than; `known_until` is the latest day that is told for.
    """
    words = _WORDS[language if language in _WORDS else "en"]
    if status != GOING_ON or not (dates or known_until):
        return ""
    if last := max((one.strip("./") for one in dates), default=""):
        year = last[:4]
        return f"{words['by']} {year if year.isdigit() else phrase(last, language)}"
    return f"{words['by_later']} {known_until[:4]}" if known_until else words["by_undated"]
