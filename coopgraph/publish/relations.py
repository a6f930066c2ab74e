"""What a thing has to do with others, as tables that a page shows: partners, networks, members, agreements, changes, quotes.

What no table knows is listed by the word that the ontology has for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from coopgraph.publish.cells import Cells, Entry, Section
from coopgraph.publish.describe import COOP, RDF_TYPE
from coopgraph.publish.gathered import OA
from coopgraph.publish.nearby import DCT, ORG, Nearby
from coopgraph.publish.pages import Cell, Frame
from coopgraph.publish.reading import SKOS, Reading
from coopgraph.store import Term

TOPICS = 3
"""How many topics of a partnership a row names; its page has all."""
_SUCCEEDS = COOP + "succeeds"
_SUBJECT = DCT + "subject"
PARTY = "https://w3id.org/coopgraph/id/concept/role/party"
_LOCATION = DCT + "Location"


class Relations(Cells):
    """The tables of a described thing. `words` are the page's words in the reader's language."""

    def __init__(self, frame: Frame, reading: Reading, around: Nearby, words: dict[str, str]) -> None:
        super().__init__(frame, reading, around, words)
        it = reading.it
        # a body that the thing succeeds, or that succeeds it, is no partner of it
        successors = [fact.value.value for fact in it.derived if fact.property.value == _SUCCEEDS]
        successors += [link.subject.value for link in it.incoming if link.property.value == _SUCCEEDS]
        self.same = {self.thing, *successors}
        self.home = {one.value for one in it.values(COOP + "country")}
        self.found: dict[str, Section] = {}
        self.shown: set[tuple[str, str]] = set()

    def sections(self) -> list[Section]:
        """Every table and list of what points to the thing, the most telling first."""
        for link in self.reading.it.incoming:
            self._take(link.subject.value, link.property.value, self.reading.turned(link)[0])
        return self._in_order()

    def partnerships(self, those: Iterable[NamedNode]) -> list[Section]:
        """The table of these partnerships, of which the thing is no party."""
        for one in those:
            self._partnership(one.value, one.value)
        return self._in_order()

    def parties(self) -> list[Section]:
        """Who is party to the thing, and who has another role in it, in its own file or in that of another."""
        it = self.reading.it
        for party in it.values(COOP + "hasParty"):
            if isinstance(party, NamedNode):
                row = [
                    Entry([self.name(party)]),
                    self.country([party.value]),
                    Entry([Cell(self.words["party"])]),
                    *self._standing(self.thing),
                    self.quote(self.thing, (COOP + "hasParty",), party),
                ]
                self._add("parties", party.value, row)
        for node, facts in it.parts.items():
            if any(fact.value == NamedNode(ORG + "Membership") for fact in facts):
                self._take(node.value, ORG + "organization", "")
        return self._in_order()

    def _in_order(self) -> list[Section]:
        found = sorted(self.found.values(), key=lambda one: _ORDER.get(one.key, len(_ORDER)))
        for section in found:
            section.take = self._asked(section.key)
            section.rows.sort(key=lambda row: row[0].cells[0].text.casefold())
            if section.key == "concepts":  # those in use first
                section.rows.sort(key=lambda row: -int(row[-1].cells[0].text or 0))
        return found

    def _asked(self, key: str) -> list[Cell]:
        """Where the table of a section is found as data: the answer of a saved query, which a server gives."""
        concept, folder = "doc/concept/", self.frame.path.rpartition("/")[0]
        scheme = folder.removeprefix(concept) if folder.startswith(concept) else ""
        name, param = _QUERIES.get((key, scheme), ("", ""))
        query = self.frame.site.queries.get(name) if self.frame.live else None
        if query is None:
            return []
        given = urlencode({param: self.reading.names.shorten(self.thing)})
        page = f"query/{name}"
        files = [
            Cell(word, f"{self.frame.href(f'{page}.{form}')}?{given}&lang={self.reading.language}")
            for form, word in (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"))
        ]
        return [
            *files,
            Cell(query.title.get(self.reading.language, name), f"{self.frame.page(page)}?{given}"),
        ]

    def _take(self, subject: str, property_: str, word: str) -> None:
        types = {one.value for one in self.around.values(subject, RDF_TYPE.value)}
        take = _TAKEN.get(property_)
        if property_ == DCT + "subject" and COOP + "Partnership" in types:
            self._partnership(subject, subject)
        elif property_ == _SUCCEEDS:
            pass  # the events tell of it, and the derived facts
        elif take is None:
            self._listed(subject, word)
        else:
            take(self, subject)

    def _partnership(self, partnership: str, about: str) -> None:
        values = self.around.values
        parties = [one for one in values(partnership, COOP + "hasParty") if isinstance(one, NamedNode)]
        others = sorted(
            (one for one in parties if one.value not in self.same),
            key=lambda one: (self._at_home(one.value), self.label(one.value)),
        )
        kinds = self.name_all(values(partnership, DCT + "type"))
        if len(others) < len(parties) or about != partnership:  # the thing is a party
            form = self.words["partnership"] if not kinds else ", ".join(one.text for one in kinds)
            whole = self.label(partnership)
            link = Cell(form, self.frame.link(partnership), full=f"{form}: {whole}")
            row = [Entry([self.name(one) for one in others]), self.country(one.value for one in others)]
            row += [Entry([link])]
            key = "partners"
        else:
            row = [Entry([self.name(NamedNode(partnership))]), self.country(one.value for one in others)]
            row += [Entry([Cell(one.text) for one in kinds])]
            key = "partnerships"
        row += [
            self._topics(partnership),
            *self._standing(about),
            self.quote(about, (COOP + "start", COOP + "hasParty", ORG + "member")),
        ]
        if not row[0].cells:
            row[0] = Entry([self.name(NamedNode(partnership))])
        self._add(key, partnership, row)

    def _at_home(self, body: str) -> bool:
        """Whether a body is of the thing's own country; those of others come first."""
        return any(one.value in self.home for one in self.around.values(body, COOP + "country"))

    def _topics(self, partnership: str) -> Entry:
        """What a partnership is about: the first of its topics."""
        found = [one for one in self.around.values(partnership, _SUBJECT) if one.value != self.thing]
        cells = sorted(self.name_all(found), key=lambda one: one.text.casefold())
        more = [Cell("…", mark="muted")] if len(cells) > TOPICS else []
        return Entry([*cells[:TOPICS], *more])

    def _membership(self, subject: str) -> None:
        """Of a body: what it is a member of or has a role in."""
        values = self.around.values
        roles = values(subject, ORG + "role")
        for whole in values(subject, ORG + "organization"):
            if not isinstance(whole, NamedNode):
                continue
            types = {one.value for one in values(whole.value, RDF_TYPE.value)}
            if COOP + "Partnership" in types and any(role.value == PARTY for role in roles):
                self._partnership(whole.value, subject)
                continue
            row = [
                Entry([self.name(whole)]),
                Entry(self._linked_roles(subject, roles)),
                *self._standing(subject),
                self.quote(subject, (COOP + "start", ORG + "member", ORG + "role", ORG + "organization")),
            ]
            key = "roles" if COOP + "Partnership" in types else "memberships"
            self._add(key, subject, row)

    def _member(self, subject: str) -> None:
        """Of a network, a programme, a partnership: who is in it."""
        values = self.around.values
        for member in values(subject, ORG + "member"):
            if isinstance(member, NamedNode):
                row = [
                    Entry([self.name(member)]),
                    self.country([member.value]),
                    Entry(self._linked_roles(subject, values(subject, ORG + "role"))),
                    *self._standing(subject),
                    self.quote(subject, (COOP + "start", ORG + "member", ORG + "role")),
                ]
                inside = COOP + "Partnership" in {one.value for one in self.reading.it.values(RDF_TYPE.value)}
                self._add("parties" if inside else "members", subject, row)

    def _linked_roles(self, subject: str, roles: Iterable[Term]) -> list[Cell]:
        """The roles, which lead to the page of the membership where that is a thing of its own."""
        texts = ", ".join(self.label(role.value) for role in roles) or "–"
        return [Cell(texts, self.frame.link(subject), full=f"{texts}: {self.label(subject)}")]

    def _agreement(self, subject: str) -> None:
        values = self.around.values
        dates = values(subject, COOP + "date")
        row = [
            Entry([self.name(NamedNode(subject))]),
            Entry([Cell(one.text) for one in self.name_all(values(subject, DCT + "type"))]),
            self.date(dates, self.unstated(subject, COOP + "date")),
            Entry(self.name_all(values(subject, COOP + "hasSignatory"))),
            self.quote(subject, (COOP + "date", COOP + "hasSignatory")),
        ]
        self._add("agreements", subject, row)

    def _change(self, subject: str) -> None:
        values = self.around.values
        row = [
            Entry([self.name(NamedNode(subject))]),
            self.date(values(subject, COOP + "date"), self.unstated(subject, COOP + "date")),
            Entry(self.name_all(values(subject, ORG + "originalOrganization"))),
            Entry(self.name_all(values(subject, ORG + "resultingOrganization"))),
            self.quote(subject, (COOP + "date", ORG + "resultingOrganization", ORG + "originalOrganization")),
        ]
        self._add("changes", subject, row)

    def _document(self, subject: str) -> None:
        """A policy, a decision, a programme: kind, status, date."""
        values = self.around.values
        row = [
            Entry([self.name(NamedNode(subject))]),
            Entry([Cell(one.text) for one in self.name_all(values(subject, DCT + "type"))]),
            Entry(self.status(subject)),
            self.date(values(subject, COOP + "date"), self.unstated(subject, COOP + "date")),
        ]
        self._add("documents", subject, row)

    def _quoted(self, subject: str) -> None:
        """Of a source: what rests on it, and on which words."""
        values = self.around.values
        quotes = values(subject, OA + "exact")
        for about in values(subject, OA + "hasBody"):
            if quotes and isinstance(about, NamedNode):
                row = [
                    Entry([Cell(self.text(about.value), self.frame.link(about.value))]),
                    Entry([Cell(self.label(one.value)) for one in values(subject, COOP + "property")]),
                    Entry(
                        quote=quotes[0].value,
                        language=self.around.language(self.thing) or self._own_language(),
                    ),
                ]
                self._add("quotes", subject, row)

    def _own_language(self) -> str:
        found = self.reading.it.values(DCT + "language")
        return "sv" if any(one.value.endswith("SWE") for one in found) else ""

    def _lies_here(self, subject: str) -> None:
        values = self.around.values
        types = {one.value for one in values(subject, RDF_TYPE.value)}
        kinds = values(subject, ORG + "classification") or values(subject, RDF_TYPE.value)
        if _LOCATION in types:
            self._listed(subject, self.words["section_places"])
            return
        row = [Entry([self.name(NamedNode(subject))]), Entry([Cell(self.label(one.value)) for one in kinds])]
        self._add("bodies", subject, row)

    def _concept(self, subject: str) -> None:
        """Of a scheme: a concept, what it means, and how many facts name it."""
        values = self.around.values
        meant = [one for one in values(subject, SKOS + "definition") if self.reading.readable(one)]
        number = self.around.uses.get(subject, 0)
        row = [
            Entry([self.name(NamedNode(subject))]),
            Entry([Cell(one.value) for one in meant]),
            Entry([Cell(str(number))], label=self.words["used_by"]),
        ]
        self._add("concepts", subject, row)

    def _listed(self, subject: str, word: str) -> None:
        key = "list:" + word
        cell = Cell(self.text(subject), self.frame.link(subject))
        section = self.found.setdefault(key, Section(key, word))
        if (key, subject) not in self.shown:
            self.shown.add((key, subject))
            section.rows.append([Entry([cell])])

    def _add(self, key: str, subject: str, row: list[Entry]) -> None:
        if (key, subject) in self.shown:
            return
        self.shown.add((key, subject))
        if subject.startswith(self.thing + "#"):
            row[0] = replace(row[0], id=subject.partition("#")[2])
        if key not in self.found:
            names = [self.words[name] for name in _HEADINGS[key]]
            self.found[key] = Section(key, self.words["section_" + key], names)
        self.found[key].rows.append(row)

    def _standing(self, subject: str) -> list[Entry]:
        """Status and time of a fact; that of the partnership where a party has none of its own."""
        return [Entry(self.status(subject)), self.period(subject)]


def drop_empty(section: Section) -> None:
    """Take away the columns in which nothing stands."""
    kept = [
        place
        for place in range(len(section.headings))
        if any(row[place].quote or any(one.text for one in row[place].cells) for row in section.rows)
    ]
    if len(kept) < len(section.headings):
        section.headings = [section.headings[place] for place in kept]
        section.rows = [[row[place] for place in kept] for row in section.rows]


_TAKEN: dict[str, Callable[[Relations, str], None]] = {
    COOP + "hasParty": lambda found, subject: found._partnership(subject, subject),
    ORG + "member": Relations._membership,
    ORG + "organization": Relations._member,
    COOP + "hasSignatory": Relations._agreement,
    COOP + "founds": Relations._agreement,
    ORG + "originalOrganization": Relations._change,
    ORG + "resultingOrganization": Relations._change,
    COOP + "policyOf": Relations._document,
    COOP + "adoptedBy": Relations._document,
    COOP + "issuedBy": Relations._document,
    COOP + "decidingBody": Relations._document,
    COOP + "concerns": Relations._document,
    COOP + "inProgramme": Relations._document,
    OA + "hasSource": Relations._quoted,
    COOP + "country": Relations._lies_here,
    SKOS + "inScheme": Relations._concept,
}
_HEADINGS: dict[str, tuple[str, ...]] = {
    "parties": ("who", "country", "role", "status", "when", "rests_on"),
    "partners": ("partner", "country", "form", "about_what", "status", "when", "rests_on"),
    "partnerships": ("partnership", "countries", "form", "about_what", "status", "when", "rests_on"),
    "memberships": ("in_what", "role", "status", "when", "rests_on"),
    "members": ("member", "country", "role", "status", "when", "rests_on"),
    "roles": ("in_what", "role", "status", "when", "rests_on"),
    "agreements": ("agreement", "form", "date", "signed_by", "rests_on"),
    "changes": ("change", "date", "before", "after", "rests_on"),
    "documents": ("document", "form", "status", "date"),
    "bodies": ("name", "form"),
    "concepts": ("concept", "meaning", "used_by"),
    "quotes": ("fact_of", "speaks_of", "words"),
}
_QUERIES = {
    ("partners", ""): ("partnership/with-words", "organisation"),
    ("memberships", ""): ("organisation/memberships", "organisation"),
    ("members", ""): ("network/members", "network"),
    ("partnerships", "country"): ("partnership/with-words", "country"),
    ("partnerships", "topic"): ("partnership/by-topic", "topic"),
}
"""The saved query that gives a section as data, and its parameter, by the section and the scheme of the concept that the page is about."""
_ORDER = {key: place for place, key in enumerate(_HEADINGS)}
