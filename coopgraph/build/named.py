"""The things of a graph that have a name, with what the index of names holds of them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from coopgraph.iris import LETTERS, Namespaces
from coopgraph.store import Store

NAMED = "skos:prefLabel|dct:title|rdfs:label"
ALSO_NAMED = "skos:altLabel|skos:notation"
UNLABELLED = 4
"""From this rank on, the best name of a thing is no label of it."""
PREFIXES = """PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
FACETS = {
    "kind": "org:classification|dct:type",
    "country": "coop:country|(coop:hasParty|coop:hasSignatory|org:member)/coop:country",
    "topic": "dct:subject|^coop:hasParty/dct:subject",
    "network": "org:memberOf|org:organization",
    "status": "coop:status",
    "since": "coop:startYear",
    "until": "coop:endYear",
    "dated": "coop:dateYear",
}
"""What things are chosen by, as paths from a thing to the values. A partnership is of the countries of its parties, and a body has the
topics of its partnerships. The folder of a thing is a kind too. What has a date, but no start, begins and ends with it."""
_LINKS = "coop:hasParty|coop:hasSignatory|org:member|org:organization|org:unitOf"
"""What makes a thing well linked: that others cooperate with it, or are of it."""
_TERMS = {
    **dict.fromkeys(("prefLabel", "altLabel", "notation"), "http://www.w3.org/2004/02/skos/core#"),
    "label": "http://www.w3.org/2000/01/rdf-schema#",
    **dict.fromkeys(("title", "type", "subject"), "http://purl.org/dc/terms/"),
    **dict.fromkeys(
        ("classification", "memberOf", "organization", "member", "unitOf"), "http://www.w3.org/ns/org#"
    ),
    **dict.fromkeys(
        "country hasParty hasSignatory status startYear dateYear endYear".split(),
        "https://w3id.org/coopgraph/ns#",
    ),
}
TOLD = frozenset(NamedNode(space + name) for name, space in _TERMS.items())
"""The properties that the index is made from."""
_COUNTRY, _TOPIC = NamedNode(_TERMS["country"] + "country"), NamedNode(_TERMS["subject"] + "subject")
_WORD = re.compile(r"[^\W_]+")
_AT_A_TIME = 500


def key(name: str) -> str:
    """What two spellings of one name share: case, accents, hyphens and spaces are folded. Words are joined by hyphens."""
    return "-".join(words(name)) or name.casefold()


def words(text: str) -> list[str]:
    """The words of a text, folded; of any script."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        if plain != (again := plain.casefold()):  # a letter that was of another kind, such as 𝐀
            plain = unicodedata.normalize("NFKD", again)
        plain = "".join(one for one in plain if not unicodedata.combining(one)).translate(LETTERS)
    return _WORD.findall(plain)


@dataclass(slots=True)
class Thing:
    """What the index holds of a thing: its names, what it is called in Swedish and in English, what it is chosen by, links to it."""

    names: list[str] = field(default_factory=list)
    sv: tuple[int, str] = (9, "")
    en: tuple[int, str] = (9, "")
    facets: set[tuple[str, str]] = field(default_factory=set)
    links: int = 0

    def add(self, name: Literal, kind: int) -> None:
        """Take in a name: of `kind` 0 the preferred one, 1 another label, 4 a name that is no label."""
        text, said = name.value, name.language
        self.names.append(text)
        sv, en = (0, 2) if said == "sv" else (2, 0) if said == "en" else (3, 3)
        if (
            kind < UNLABELLED
        ):  # the preferred one goes first in its own language; in others all labels are alike
            sv, en = max(kind, sv), max(kind, en)
        else:
            sv, en = kind + sv, kind + en
        if sv <= self.sv[0]:
            self.sv = min(self.sv, (sv, text))
        if en <= self.en[0]:
            self.en = min(self.en, (en, text))


def read_things(store: Store, namespaces: Namespaces, only: Collection[str] | None) -> dict[str, Thing]:
    """The things that have a name, or those of them that are wanted."""
    things = namespaces.base + "id/"
    found: dict[str, Thing] = defaultdict(Thing)
    schemed = {iri for iri, _ in _pairs(store, "skos:inScheme", only)}
    for kind, path in ((0, "skos:prefLabel"), (1, "dct:title|rdfs:label"), (UNLABELLED, ALSO_NAMED)):
        for iri, name in _pairs(store, path, only):
            if isinstance(name, Literal) and (iri.startswith(things) or iri in schemed):
                found[iri].add(name, kind)
    for facet, path in FACETS.items():
        start = things + "network/" if facet == "network" else ""
        for iri, term in _pairs(store, path, only):
            if iri in found and (value := term.value).startswith(start):
                found[iri].facets.add((facet, value))
    for iri in _linked(store, only):
        if iri in found:
            found[iri].links += 1
    for iri, one in found.items():
        space = space_of(iri, things)
        folder = space[len(things) :].partition("/")[0] if space.startswith(things) else "concept"
        one.facets |= _ends(one.facets)
        one.facets |= {("links", str(one.links.bit_length())), ("space", space), ("kind", folder)}
    return dict(found)


def _ends(facets: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The first and the last year of what has a date and no start."""
    known = {facet for facet, _ in facets}
    if "dated" not in known:
        return set()
    dates = {value for facet, value in facets if facet == "dated"} if "since" not in known else set()
    ends = set() if "until" in known else dates
    return {("since", year) for year in dates} | {("until", year) for year in ends}


def _pairs(
    store: Store, path: str, only: Collection[str] | None
) -> Iterator[tuple[str, NamedNode | Literal]]:
    """The things, or those of them that are wanted, with what a path leads to."""
    for values in _slices("thing", only):
        query = f"{PREFIXES}SELECT ?thing ?value WHERE {{ {values} ?thing {path} ?value }}"
        for thing, value in store.select(query):
            if isinstance(thing, NamedNode) and isinstance(value, NamedNode | Literal):
                yield thing.value, value


def _linked(store: Store, only: Collection[str] | None) -> Iterator[str]:
    """Each thing as often as others link to it."""
    for values in _slices("to", only):
        for (to,) in store.select(f"{PREFIXES}SELECT ?to WHERE {{ {values} ?from {_LINKS} ?to }}"):
            if isinstance(to, NamedNode):
                yield to.value


def _slices(variable: str, only: Collection[str] | None) -> Iterator[str]:
    """What holds a variable to the things that are wanted, some at a time; nothing where all are."""
    if only is None:
        yield ""
        return
    iris = [str(NamedNode(iri)) for iri in only]
    for start in range(0, len(iris), _AT_A_TIME):
        yield f"VALUES ?{variable} {{ {' '.join(iris[start : start + _AT_A_TIME])} }}"


def touched(changed: Iterable[Quad], store: Store) -> set[str]:
    """The things of which the index may say something else after a change."""
    found: set[str] = set()
    moved: set[str] = set()
    treated: set[str] = set()
    for quad in changed:
        for term in (quad.subject, quad.object):
            if isinstance(term, NamedNode):
                found |= {term.value, term.value.partition("#")[0]}
        if isinstance(quad.subject, NamedNode) and quad.predicate == _COUNTRY:
            moved.add(quad.subject.value)
        if isinstance(quad.subject, NamedNode) and quad.predicate == _TOPIC:
            treated.add(quad.subject.value)
    for path, of in (("^(coop:hasParty|coop:hasSignatory|org:member)", moved), ("coop:hasParty", treated)):
        found |= {other.value for _, other in _pairs(store, path, sorted(of))}
    return found


def space_of(iri: str, things: str) -> str:
    """The namespace of a thing: the folder of ours, the scheme of a concept, and the IRI up to its last name of others."""
    if iri.startswith(things):
        folder, _, rest = iri[len(things) :].partition("/")
        scheme = rest.partition("/")[0]
        return f"{things}{folder}/" + (f"{scheme}/" if folder == "concept" else "")
    cut = max(iri.rfind("/"), iri.rfind("#"))
    return iri[: cut + 1]
