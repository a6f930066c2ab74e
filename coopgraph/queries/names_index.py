"""Every name of every thing, to search in: the file that a build made, or the same made in memory of any store.

What fits a text is found as sets of things, the best ones first; each set is an intersection of postings (`coopgraph.build.names`).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from pyroaring import BitMap
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from coopgraph.build.names import FILE, fill, is_whole, key, words
from coopgraph.iris import Namespaces
from coopgraph.store import Store

NEAR = 0.6
"""How alike a name must be to be taken for a misspelling: 1 is the same."""
MOST_WORDS = 12
_FEW = 5
"""With fewer things than this that fit as it is spelt, misspellings are looked for."""
_SORTED = 1000
"""Up to how many misspelt things are put in the order of how alike they are."""
_LAST = "\U0010ffff"
_FOLDED = "SELECT thing, name FROM folded JOIN name USING (thing, nth) WHERE"
GENERIC = frozenset(
    "kommun kommuns kommunen region regionen regions lan lans lanet landsting landstinget stad stads staden provins i och av for "
    "municipality city town county council province prefecture district the of in and".split()
)
"""Words that say what sort of body it is: a name may lack them."""


class Hit(NamedTuple):
    """A thing found by name: `name` is the one that fits, `label` what the thing is called; `fit` is 1 at best."""

    iri: str
    label: str
    name: str
    fit: float


class Tier(NamedTuple):
    """Things that fit alike; with `alike`, better the more their names are like the text."""

    fit: float
    things: BitMap
    alike: bool = False


class Index:
    """The names in a database that `coopgraph.build.names` filled. May be used from several threads."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self.file = file
        self._facets: dict[str, Mapping[str, BitMap]] = {}
        self.beginning = lru_cache(256)(self._beginning)
        self._near = lru_cache(256)(self._like)

    @classmethod
    def of(cls, store: Store, namespaces: Namespaces) -> Index:
        """The index of a store: the file beside the snapshot that it lies in, else made in memory."""
        path: Path | None = getattr(store, "path", None)
        if path is not None and is_whole(path.with_name(FILE)):
            return cls.open(path.with_name(FILE))
        file = sqlite3.connect(":memory:", check_same_thread=False)
        fill(file, store, namespaces)
        return cls(file)

    @classmethod
    def open(cls, path: Path) -> Index:
        """The index in a file, which nobody changes."""
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        return cls(sqlite3.connect(address, uri=True, check_same_thread=False))

    def posting(self, facet: str, value: str) -> BitMap:
        """The things that have a value."""
        rows = self.file.execute("SELECT things FROM posting WHERE facet = ? AND value = ?", (facet, value))
        return next((BitMap.deserialize(things) for (things,) in rows), BitMap())

    def postings(self, facet: str) -> dict[str, BitMap]:
        """The things by the values of a facet."""
        rows = self.file.execute("SELECT value, things FROM posting WHERE facet = ?", (facet,))
        return {value: BitMap.deserialize(things) for value, things in rows}

    def facet(self, name: str) -> Mapping[str, BitMap]:
        """The things by the values of a facet; read once."""
        if name not in self._facets:
            self._facets[name] = self.postings(name)
        return self._facets[name]

    def folder(self, iri: str) -> str:
        """The folder that a thing is in, or that of concepts."""
        row = self.file.execute("SELECT id FROM thing WHERE iri = ?", (iri,)).fetchone()
        kinds = self.facet("kind").items()
        return next((kind for kind, things in kinds if row and ":" not in kind and row[0] in things), "")

    @cached_property
    def folder_of(self) -> dict[str, str]:
        """The folder of the things of each kind that is a concept."""
        kinds = self.facet("kind")
        folders = {kind: things for kind, things in kinds.items() if ":" not in kind}
        return {
            kind: max(folders, key=lambda folder: folders[folder].intersection_cardinality(things))
            for kind, things in kinds.items()
            if kind not in folders
        }

    def during(self, since: int | None, until: int | None) -> BitMap:
        """The things that were dated between two years, or may have been going on: begun by then, and not known to have ended before.

        Of a thing without a date nothing is known.
        """
        begun = _union(
            things for year, things in self.facet("since").items() if until is None or int(year) <= until
        )
        before = _union(
            things for year, things in self.facet("until").items() if since is not None and int(year) < since
        )
        return begun - before

    @cached_property
    def decades(self) -> dict[int, BitMap]:
        """The things of each decade."""
        known = sorted(int(year) // 10 * 10 for year in self.facet("since"))
        found = {decade: self.during(decade, decade + 9) for decade in dict.fromkeys(known)}
        return {decade: things for decade, things in found.items() if things}

    def told(self, iris: Iterable[str], language: str) -> dict[str, tuple[str, dict[str, list[str]]]]:
        """What things are called, and the values of their facets, by IRI."""
        wanted = list(iris)
        called = "sv" if language == "sv" else "en"
        marks = ",".join("?" * len(wanted))
        query = f"SELECT iri, {called}, facets FROM thing WHERE iri IN ({marks})"  # noqa: S608 - one of two words
        found = {}
        for iri, label, facets in self.file.execute(query, wanted):
            values: dict[str, list[str]] = defaultdict(list)
            for number in facets.split():
                facet, value = self._numbered[int(number)]
                values[facet].append(value)
            found[iri] = label, values
        return found

    def rows(self, things: BitMap) -> dict[str, tuple[tuple[str, str], list[str], list[tuple[str, str]]]]:
        """Things by IRI: names in Swedish and English, all names, facets with their values."""
        names = self._names(things)
        listed = ",".join(map(str, things))
        query = f"SELECT id, iri, sv, en, facets FROM thing WHERE id IN ({listed})"  # noqa: S608 - numbers
        return {
            iri: (
                (sv, en),
                [name for _, name in names[number]],
                [self._numbered[int(one)] for one in facets.split()],
            )
            for number, iri, sv, en, facets in self.file.execute(query)
        }

    @cached_property
    def _numbered(self) -> dict[int, tuple[str, str]]:
        """Facet and value of the postings that are not of words."""
        query = "SELECT id, facet, value FROM posting WHERE facet NOT IN ('word', 'head')"
        return {number: (facet, value) for number, facet, value in self.file.execute(query)}

    @cached_property
    def by_links(self) -> list[BitMap]:
        """All things, those that most link to first."""
        found = self.postings("links")
        return [found[size] for size in sorted(found, key=int, reverse=True)]

    @cached_property
    def everything(self) -> BitMap:
        return BitMap.union(*self.by_links) if self.by_links else BitMap()

    def within(self, spaces: Iterable[str]) -> BitMap:
        """The things whose IRI starts with one of these namespaces."""
        known = [value for (value,) in self.file.execute("SELECT value FROM posting WHERE facet = 'space'")]
        wanted = tuple(spaces)
        return _union(self.posting("space", one) for one in known if one.startswith(wanted))

    def named(self, text: str, *, folded: bool = False) -> set[str]:
        """The IRIs of what has this name, parts of things too: in any case of letters, or with accents folded as well."""
        wanted = text.casefold()
        query = (
            "SELECT iri, name FROM folded JOIN name USING (thing, nth) JOIN thing ON thing = id WHERE key = ?"
        )
        rows = self.file.execute(query, (key(text),))
        return {iri for iri, name in rows if folded or name.casefold() == wanted}

    def labels(self, spaces: Sequence[str], language: str) -> dict[str, str]:
        """What the things, and parts of things, in some namespaces are called."""
        called = "sv" if language == "sv" else "en"
        found: dict[str, str] = {}
        for space in spaces:
            query = f"SELECT iri, {called} FROM thing WHERE iri >= ? AND iri < ?"  # noqa: S608 - one of two words
            found.update(self.file.execute(query, (space, space + _LAST)))
        return found

    def tiers(self, text: str, *, misspelt: bool = True) -> list[Tier]:
        """The things that fit a text, by how well; each is in the first of the sets that it is in, and none in two.

        A name that is the text; that begins so, as it is written, then folded; that has words that begin so; that has the text within
        its words; last, where there are few of these, a name that may have been misspelt.
        """
        wanted = words(text)[:MOST_WORDS]
        if not wanted:
            return []
        folded = "-".join(wanted)
        exact, spelt, whole, begins = self._by_key(text.casefold().strip(), folded)
        if len(wanted) == 1:
            begins = self._heads(folded)
        starts = _intersection(self.beginning(word) for word in wanted)
        inside = _intersection(self._containing(word) for word in wanted)
        tiers = [Tier(1.0, exact), *(Tier(0.9, one) for one in (spelt, whole, begins))]
        tiers += [Tier(0.8, starts), Tier(0.75, inside)]
        if misspelt and not exact and not whole and len(starts | inside) < _FEW:
            tiers.append(Tier(0.7, self._misspelt(wanted), alike=True))
        seen, found = BitMap(), []
        for tier in tiers:
            if rest := tier.things - seen:
                found.append(tier._replace(things=rest))
                seen |= rest
        return found

    def ordered(self, tiers: Sequence[Tier], text: str) -> Iterator[tuple[float, BitMap | list[int]]]:
        """The numbers of the things with how well they fit, the best first; of those that fit alike, the most linked first."""
        for tier in tiers:
            if tier.alike and len(tier.things) <= _SORTED:
                for number, likeness in self._by_likeness(tier.things, text):
                    yield tier.fit * likeness, [number]
                continue
            for linked in self.by_links:
                if some := tier.things & linked:
                    yield tier.fit, some

    def hits(self, numbers: Mapping[int, float], text: str, language: str) -> list[Hit]:
        """The things of these numbers, with how well each fits, in the order given."""
        called = "sv" if language == "sv" else "en"
        listed = ",".join(map(str, numbers))
        query = f"SELECT id, iri, {called} FROM thing WHERE id IN ({listed})"  # noqa: S608 - numbers
        told = {number: (iri, label) for number, iri, label in self.file.execute(query)}
        names = self._names(numbers)
        found = []
        for number, fit in numbers.items():
            iri, label = told[number]
            best = max(
                names[number], key=lambda one: (_fit(one[1], text), one[1] == label), default=("", label)
            )
            found.append(Hit(iri, label, best[1], fit))
        return found

    def search(
        self, text: str, language: str, *, spaces: Sequence[str] = (), limit: int = 10, misspelt: bool = True
    ) -> list[Hit]:
        """The things whose names fit best, best first; those in some namespaces, if any are given."""
        tiers = self.tiers(text, misspelt=misspelt)
        if spaces:
            only = self.within(spaces)
            tiers = [tier._replace(things=tier.things & only) for tier in tiers]
        return self.hits(first(self.ordered(tiers, text), 0, limit), text, language)

    def near(self, text: str, spaces: Sequence[str], language: str, limit: int) -> list[Hit]:
        """The things whose name may have been meant; then those whose name contains the text."""
        found = self.search(text, language, spaces=spaces, limit=5 * limit)
        alike = sorted(found, key=lambda hit: -_fit(hit.name, text))
        return [hit for hit in alike if hit.fit >= 0.75 or _fit(hit.name, text) >= NEAR][:limit]

    def _by_key(self, spelt: str, folded: str) -> tuple[BitMap, BitMap, BitMap, BitMap]:
        """The things with a name that is the text, that begins so, and both with the text folded."""
        rows = self.file.execute(f"{_FOLDED} key = ?", (folded,)).fetchall()
        exact = self._whole(thing for thing, name in rows if name.casefold() == spelt)
        whole = self._whole(thing for thing, _ in rows)
        query = f"{_FOLDED} key > ? AND key < ? LIMIT 2000"
        rows = self.file.execute(query, (folded, folded + _LAST)).fetchall()
        begins = self._whole(thing for thing, name in rows if name.casefold().startswith(spelt))
        return exact, begins, whole, self._whole(thing for thing, _ in rows)

    def _whole(self, numbers: Iterable[int]) -> BitMap:
        """Those of the things that are no parts of others."""
        return BitMap(list(numbers)) & self.everything

    def _heads(self, word: str) -> BitMap:
        return self._range("head", word)

    def _beginning(self, word: str) -> BitMap:
        return self._range("word", word)

    def _range(self, facet: str, start: str) -> BitMap:
        query = "SELECT things FROM posting WHERE facet = ? AND value >= ? AND value < ?"
        rows = self.file.execute(query, (facet, start, start + _LAST))
        return _union(BitMap.deserialize(things) for (things,) in rows)

    @cached_property
    def _words(self) -> list[str]:
        return [value for (value,) in self.file.execute("SELECT value FROM posting WHERE facet = 'word'")]

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        """The words that may be misspelt: a number is another number when it has another digit."""
        found: dict[int, list[str]] = defaultdict(list)
        for word in self._words:
            if not word.isdigit():
                found[len(word)].append(word)
        return found

    def _containing(self, word: str) -> BitMap:
        if len(word) < 3:
            return self.beginning(word)
        inside = (one for one in self._words if word in one and not one.startswith(word))
        return self.beginning(word) | _union(self.posting("word", one) for one in inside)

    def _like(self, word: str) -> BitMap:
        """The things with a word that is a letter or two away from this one."""
        most = 0 if len(word) < 3 or word.isdigit() else 1 if len(word) < 6 else 2
        lengths = range(len(word) - most, len(word) + most + 1)
        choices = [one for length in lengths for one in self._by_length.get(length, ())]
        found = (
            process.extract(word, choices, scorer=OSA.distance, score_cutoff=most, limit=50) if most else []
        )
        return _union(self.posting("word", one) for one, _, _ in found)

    def _misspelt(self, wanted: Sequence[str]) -> BitMap:
        """The things that have each word, or one near to it; what says the sort of a body may be missing."""
        telling = [word for word in wanted if word not in GENERIC] or wanted
        return _intersection(self._containing(word) | self._near(word) for word in telling)

    def _names(self, numbers: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
        """The names of things by their numbers, each with its folded form."""
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        listed = ",".join(map(str, numbers))
        query = f"SELECT thing, name FROM name WHERE thing IN ({listed})"  # noqa: S608 - numbers
        for number, name in self.file.execute(query):
            found[number].append((key(name), name))
        return found

    def _by_likeness(self, things: BitMap, text: str) -> list[tuple[int, float]]:
        """Things by how like the most like of their names is to the text, whatever the order of the words."""
        wanted = key(text).replace("-", " ")
        found = []
        for number, names in self._names(things).items():
            alike = max(fuzz.token_sort_ratio(wanted, folded.replace("-", " ")) for folded, _ in names)
            found.append((number, round(alike / 100, 3)))
        return sorted(found, key=lambda one: (-one[1], one[0]))


def first(ordered: Iterable[tuple[float, BitMap | list[int]]], start: int, limit: int) -> dict[int, float]:
    """The numbers from one place on, with how well each fits."""
    found: dict[int, float] = {}
    for fit, numbers in ordered:
        if start >= len(numbers):
            start -= len(numbers)
            continue
        found.update(dict.fromkeys(numbers[start : start + limit - len(found)], fit))
        start = 0
        if len(found) >= limit:
            break
    return found


def _fit(name: str, text: str) -> float:
    """How well a name fits a text, the one that begins so before the others; up to 2."""
    one, other = key(name), key(text)
    alike = fuzz.token_sort_ratio(one.replace("-", " "), other.replace("-", " ")) / 100
    return alike + one.startswith(other)


def _union(postings: Iterable[BitMap]) -> BitMap:
    found = list(postings)
    return BitMap.union(*found) if found else BitMap()


def _intersection(postings: Iterable[BitMap]) -> BitMap:
    found = list(postings)
    return BitMap.intersection(*found) if found else BitMap()
