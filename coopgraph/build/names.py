"""The index of names that a build makes beside its snapshot: every name of every thing, and what things are chosen by.

One SQLite file. Its postings are sets of numbers of things (roaring bitmaps, http://roaringbitmap.org): one for each word of a name, one
for each country, topic, network … A search is the intersection of a few of them, and a count is the size of one.

    thing     number, IRI, name in Swedish and English, the numbers of the postings but those of words that it is in,
              whether one of its names is a label
    name      thing, which of its names, the name as it is written
    folded    the name folded, thing, which of its names
    posting   number, facet ("word", "country" …), value, the things that have it

A part of a thing (`<thing>#…`) has its names here, and is found by them as the thing that it is part of.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad
from pyroaring import BitMap

from coopgraph.errors import StoreError
from coopgraph.iris import Namespaces
from coopgraph.store import Store

FILE = "names"
"""What the file of a snapshot is called."""
VERSION = 3
NAMED = "skos:prefLabel|dct:title|rdfs:label"
ALSO_NAMED = "skos:altLabel|skos:notation"
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
_TOLD = frozenset(NamedNode(space + name) for name, space in _TERMS.items())
"""The properties that the index is made from."""
_COUNTRY, _TOPIC = NamedNode(_TERMS["country"] + "country"), NamedNode(_TERMS["subject"] + "subject")
_TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, sv TEXT, en TEXT, facets TEXT, labelled INTEGER);
CREATE TABLE name (thing INTEGER, nth INTEGER, name TEXT, PRIMARY KEY (thing, nth)) WITHOUT ROWID;
CREATE TABLE folded (key TEXT, thing INTEGER, nth INTEGER, PRIMARY KEY (key, thing, nth)) WITHOUT ROWID;
CREATE TABLE posting (id INTEGER PRIMARY KEY, facet TEXT, value TEXT, things BLOB, UNIQUE (facet, value));
"""
_WORD = re.compile(r"[^\W_]+")
# letters that no decomposition makes plain
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"}
)
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
        plain = "".join(one for one in plain if not unicodedata.combining(one)).translate(_PLAIN)
    return _WORD.findall(plain)


@dataclass(slots=True)
class _Thing:
    """What the index holds of a thing: its names, what it is called in Swedish and in English, what it is chosen by, links to it."""

    names: list[str] = field(default_factory=list)
    sv: tuple[int, str] = (9, "")
    en: tuple[int, str] = (9, "")
    facets: set[tuple[str, str]] = field(default_factory=set)
    links: int = 0

    def add(self, name: Literal, also: int) -> None:
        """Take in a name; `also` is more than 0 for one that is no label."""
        text, said = name.value, name.language
        self.names.append(text)
        sv, en = (0, 1) if said == "sv" else (1, 0) if said == "en" else (2, 2)
        if also + sv <= self.sv[0]:
            self.sv = min(self.sv, (also + sv, text))
        if also + en <= self.en[0]:
            self.en = min(self.en, (also + en, text))


def write_names(path: Path, store: Store, namespaces: Namespaces) -> None:
    """Make the file of a store anew."""
    with _writing(path) as file:
        fill(file, store, namespaces)


def fill(file: sqlite3.Connection, store: Store, namespaces: Namespaces) -> None:
    """Fill an empty database with the names of a store."""
    file.executescript(_TABLES + f"PRAGMA user_version = {VERSION};")
    _Writer(file, namespaces).put(_read(store, namespaces, None))
    file.commit()


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """The file of a snapshot that is being made: it is thrown away with the snapshot if anything goes wrong."""
    try:
        with closing(sqlite3.connect(path)) as file:
            file.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = NORMAL;")
            yield file
            file.commit()
    except sqlite3.Error as error:
        raise StoreError(
            f"{path}: the names can't be written ({error}). The last good build goes on answering; make room, or give the right to write, and build again.",
            f"{path}: namnen går inte att skriva ({error}). Det förra bygget svarar fortfarande; frigör utrymme eller ge skrivrätt, och bygg igen.",
        ) from error


def renew_names(
    path: Path, former: Path, store: Store, namespaces: Namespaces, changed: Collection[Quad]
) -> None:
    """Make the file of a store from that of the former one, from which it differs in these quads."""
    if not is_whole(former):
        write_names(path, store, namespaces)
        return
    shutil.copyfile(former, path)
    told = [quad for quad in changed if quad.predicate in _TOLD]
    if not told:
        return
    with _writing(path) as file:
        writer = _Writer(file, namespaces)
        touched = _touched(told, store)
        touched |= writer.parts_of({iri for iri in touched if "#" not in iri})
        writer.forget(touched)
        writer.put(_read(store, namespaces, sorted(touched)))


def is_whole(path: Path) -> bool:
    """Whether there is a file of names that this version reads."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            return bool(file.execute("PRAGMA user_version").fetchone() == (VERSION,))
    except sqlite3.DatabaseError:
        return False


def _read(store: Store, namespaces: Namespaces, only: Collection[str] | None) -> dict[str, _Thing]:
    """The things that have a name, or those of them that are wanted."""
    things = namespaces.base + "id/"
    found: dict[str, _Thing] = defaultdict(_Thing)
    schemed = {iri for iri, _ in _pairs(store, "skos:inScheme", only)}
    for also, path in ((0, NAMED), (3, ALSO_NAMED)):
        for iri, name in _pairs(store, path, only):
            if isinstance(name, Literal) and (iri.startswith(things) or iri in schemed):
                found[iri].add(name, also)
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


def _touched(changed: Iterable[Quad], store: Store) -> set[str]:
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


class _Writer:
    """Puts things into the index and takes them out; postings are written when all is known."""

    def __init__(self, file: sqlite3.Connection, namespaces: Namespaces) -> None:
        self.file, self.things = file, namespaces.base + "id/"

    def parts_of(self, iris: Iterable[str]) -> set[str]:
        """The parts of things, as far as the index knows them."""
        query = "SELECT iri FROM thing WHERE iri > ? AND iri < ?"
        return {part for iri in iris for (part,) in self.file.execute(query, (iri + "#", iri + "$"))}

    def forget(self, iris: Iterable[str]) -> None:
        """Take things out, with their parts."""
        gone: dict[tuple[str, str], list[int]] = defaultdict(list)
        rows = []
        for iri in iris:
            rows += self.file.execute("SELECT id, iri, facets FROM thing WHERE iri = ?", (iri,)).fetchall()
        for number, iri, facets in rows:
            if "#" in iri:
                continue
            of = "SELECT iri, name FROM name JOIN thing ON thing = id WHERE iri = ? OR (iri > ? AND iri < ?)"
            names = self.file.execute(of, (iri, iri + "#", iri + "$")).fetchall()
            own = {key(name) for one, name in names if one == iri}
            for posting in _worded({key(name) for _, name in names}, own):
                gone[posting].append(number)
            chosen = f"SELECT facet, value FROM posting WHERE id IN ({facets.replace(' ', ',')})"  # noqa: S608 - numbers
            for facet, value in self.file.execute(chosen):
                gone[facet, value].append(number)
        for posting, numbers in gone.items():
            self._keep(posting, self._known(posting) - BitMap(numbers))
        for number, _, _ in rows:
            names = self.file.execute("SELECT name, nth FROM name WHERE thing = ?", (number,)).fetchall()
            folded = [(key(name), number, nth) for name, nth in names]
            self.file.executemany("DELETE FROM folded WHERE key = ? AND thing = ? AND nth = ?", folded)
            self.file.execute("DELETE FROM name WHERE thing = ?", (number,))
            self.file.execute("DELETE FROM thing WHERE id = ?", (number,))

    def put(self, found: Mapping[str, _Thing]) -> None:
        """Put things in, none of which is there. The most linked ones come first."""
        start = self.file.execute("SELECT COALESCE(MAX(id), -1) FROM thing").fetchone()[0] + 1
        ordered = sorted(found, key=lambda iri: (-found[iri].links, iri))
        names = {
            iri: [(name, key(name)) for name in sorted(_names(iri, one, self.things))]
            for iri, one in found.items()
        }
        parts: dict[str, set[str]] = defaultdict(set)
        for iri in found:
            if "#" in iri:
                parts[iri.partition("#")[0]].update([folded for _, folded in names[iri]])
        new: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, iri in enumerate(ordered, start):
            if "#" not in iri:
                own = {folded for _, folded in names[iri]}
                for posting in _worded(own | parts[iri] if iri in parts else own, own):
                    new[posting].append(number)
                for posting in found[iri].facets:
                    new[posting].append(number)
        ids = self._write(new) if start else self._write_first(new)
        told, folded = [], []
        rows = []
        for number, iri in enumerate(ordered, start):
            one = found[iri]
            facets = " ".join([str(ids[posting]) for posting in sorted(one.facets) if posting in ids])
            rows.append((number, iri, one.sv[1], one.en[1], facets, one.sv[0] < 3))
            for nth, (name, key_) in enumerate(names[iri]):
                told.append((number, nth, name))
                folded.append((key_, number, nth))
        self.file.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.file.executemany("INSERT INTO name VALUES (?, ?, ?)", told)
        self.file.executemany("INSERT INTO folded VALUES (?, ?, ?)", sorted(folded))

    def _write(self, new: Mapping[tuple[str, str], list[int]]) -> dict[tuple[str, str], int]:
        """Put things into postings; gives the numbers of these."""
        return {
            posting: self._keep(posting, self._known(posting) | BitMap(numbers))
            for posting, numbers in new.items()
        }

    def _write_first(self, new: Mapping[tuple[str, str], list[int]]) -> dict[tuple[str, str], int]:
        """The same where there are no postings yet."""
        ids = {posting: number for number, posting in enumerate(sorted(new))}
        rows = ((number, *posting, BitMap(new[posting]).serialize()) for posting, number in ids.items())
        self.file.executemany("INSERT INTO posting VALUES (?, ?, ?, ?)", rows)
        return ids

    def _known(self, posting: tuple[str, str]) -> BitMap:
        query = "SELECT things FROM posting WHERE facet = ? AND value = ?"
        row = self.file.execute(query, posting).fetchone()
        return BitMap() if row is None else BitMap.deserialize(row[0])

    def _keep(self, posting: tuple[str, str], things: BitMap) -> int:
        """Write a posting, or take it away where nothing is in it; gives its number, which stays the same while it is there."""
        if not things:
            self.file.execute("DELETE FROM posting WHERE facet = ? AND value = ?", posting)
            return -1
        query = """INSERT INTO posting (facet, value, things) VALUES (?, ?, ?)
            ON CONFLICT (facet, value) DO UPDATE SET things = excluded.things RETURNING id"""
        return int(self.file.execute(query, (*posting, things.serialize())).fetchone()[0])


def _names(iri: str, thing: _Thing, things: str) -> set[str]:
    """The names of a thing; what the IRI of another's concept ends with is a code of it, and a name too."""
    if iri.startswith(things):
        return set(thing.names)
    return {*thing.names, iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]}


def _worded(keys: Iterable[str], own: Iterable[str]) -> set[tuple[str, str]]:
    """The postings of the words of folded names, and of the first words of those that are not of its parts."""
    found = {("word", word) for one in keys for word in one.split("-")}
    found.update([("head", one.partition("-")[0]) for one in own])
    return found


def space_of(iri: str, things: str) -> str:
    """The namespace of a thing: the folder of ours, the scheme of a concept, and the IRI up to its last name of others."""
    if iri.startswith(things):
        folder, _, rest = iri[len(things) :].partition("/")
        scheme = rest.partition("/")[0]
        return f"{things}{folder}/" + (f"{scheme}/" if folder == "concept" else "")
    cut = max(iri.rfind("/"), iri.rfind("#"))
    return iri[: cut + 1]
