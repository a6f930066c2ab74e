"""Every name of every thing, to search in.

What fits a text is found as sets of things, the best ones first; each set is an intersection of postings (`coopgraph.build.names`).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from math import log
from typing import NamedTuple

from pyroaring import BitMap
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from coopgraph.build.named import key, words
from coopgraph.queries.names_file import AFTER, NamesFile, intersection, union

NEAR = 0.6
"""How alike a name must be to be taken for a misspelling: 1 is the same."""
MOST_WORDS = 12
_FEW = 5
"""With fewer things than this that fit as it is spelt, misspellings are looked for."""
_SORTED = 1000
"""Up to how many misspelt things are put in the order of how alike they are."""
_TOLD = 5000
"""Of how many things a word is still telling."""
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


class Index(NamesFile):
    """The names of things, to search in."""

    def __init__(self, file: sqlite3.Connection) -> None:
        super().__init__(file)
        self._starting = lru_cache(256)(lambda word: self.beginning("word", word))
        self._near = lru_cache(256)(self._like)
        self._holding = lru_cache(256)(self._containing)

    def warm(self) -> None:
        """Read what searches share, so that the first is as quick as the others."""
        for facet in ("kind", "country", "topic", "network", "status", "since", "until"):
            self.facet(facet)
        self.search("coopgraph", "sv")

    def tiers(self, text: str, *, misspelt: bool = True, whole_words: bool = False) -> list[Tier]:
        """The things that fit a text, by how well; each is in the first of the sets that it is in, and none in two.

        A name that is the text; that begins so, as it is written, then folded; that has words that begin so; that has the text within
        its words; last, where there are few of these, a name that may have been misspelt. With `whole_words`, the text within words counts
        only where no name has the words whole. Of things with one name, a place comes last.
        """
        wanted = words(text)[:MOST_WORDS]
        if not wanted:
            return []
        folded = "-".join(wanted)
        exact, spelt, whole, begins = self._by_key(text.casefold().strip(), folded)
        if len(wanted) == 1:
            begins = self.beginning("head", folded)
        starts = intersection(self._starting(word) for word in wanted)
        inside = intersection(self._holding(word) for word in wanted)
        if whole_words and intersection(self.posting("word", word) for word in wanted):
            inside = BitMap()
        places = self.facet("kind").get("place", BitMap())
        tiers = [Tier(1.0, exact - places), Tier(1.0, exact), Tier(0.9, spelt), Tier(0.9, whole - places)]
        tiers += [Tier(0.9, whole), Tier(0.9, begins), Tier(0.8, starts), Tier(0.75, inside)]
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
        names, wanted = self.names(numbers), words(text)
        found = []
        for number, fit in numbers.items():
            iri, label = told[number]
            name = label
            if not _begun(label, wanted):  # another of its names is why it is here
                name = max(
                    (name for _, name in names[number]), key=lambda one: _fit(one, text), default=label
                )
            found.append(Hit(iri, label, name, fit))
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

    def alike(self, text: str, only: BitMap, most: int) -> dict[str, list[str]]:
        """The things, of those in question, that share the most telling words with a text, misspelt ones too; with their names, by IRI.

        A word tells more the fewer names have it (inverse document frequency: Spärck Jones, 1972).
        """
        found = [
            self.posting("word", word) & only or (self._starting(word) | self._near(word)) & only
            for word in words(text)[:MOST_WORDS]
        ]
        weighed: defaultdict[int, float] = defaultdict(float)
        for things in sorted(filter(None, found), key=len):
            weight = log(1 + len(only) / len(things))
            known = things if not weighed or len(things) <= _TOLD else things & BitMap(weighed)
            for number in known[:_TOLD]:
                weighed[number] += weight
        numbers = [number for number, _ in sorted(weighed.items(), key=lambda one: (-one[1], one[0]))[:most]]
        names = self.names(numbers)
        listed = ",".join(map(str, numbers))
        query = f"SELECT id, iri FROM thing WHERE id IN ({listed})"  # noqa: S608 - numbers
        return {iri: [name for _, name in names[number]] for number, iri in self.file.execute(query)}

    def _by_key(self, spelt: str, folded: str) -> tuple[BitMap, BitMap, BitMap, BitMap]:
        """The things with a name that is the text, that begins so, and both with the text folded."""
        rows = self.file.execute(f"{_FOLDED} key = ?", (folded,)).fetchall()
        exact = self._whole(thing for thing, name in rows if name.casefold() == spelt)
        whole = self._whole(thing for thing, _ in rows)
        query = f"{_FOLDED} key > ? AND key < ? LIMIT 2000"
        rows = self.file.execute(query, (folded, folded + AFTER)).fetchall()
        begins = self._whole(thing for thing, name in rows if name.casefold().startswith(spelt))
        return exact, begins, whole, self._whole(thing for thing, _ in rows)

    def _whole(self, numbers: Iterable[int]) -> BitMap:
        """Those of the things that are no parts of others."""
        return BitMap(list(numbers)) & self.everything

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
            return self._starting(word)
        inside = (one for one in self._words if word in one and not one.startswith(word))
        return self._starting(word) | union(self.posting("word", one) for one in inside)

    def _like(self, word: str) -> BitMap:
        """The things with a word that is a letter or two away from this one."""
        most = 0 if len(word) < 3 or word.isdigit() else 1 if len(word) < 6 else 2
        lengths = range(len(word) - most, len(word) + most + 1)
        choices = [one for length in lengths for one in self._by_length.get(length, ())]
        found = (
            process.extract(word, choices, scorer=OSA.distance, score_cutoff=most, limit=50) if most else []
        )
        return union(self.posting("word", one) for one, _, _ in found)

    def _misspelt(self, wanted: Sequence[str]) -> BitMap:
        """The things that have each word, or one near to it; what says the sort of a body may be missing."""
        telling = [word for word in wanted if word not in GENERIC] or wanted
        return intersection(self._holding(word) | self._near(word) for word in telling)

    def _by_likeness(self, things: BitMap, text: str) -> list[tuple[int, float]]:
        """Things by how like the most like of their names is to the text, whatever the order of the words."""
        wanted = key(text).replace("-", " ")
        found = []
        for number, names in self.names(things).items():
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


def _begun(name: str, wanted: Sequence[str]) -> bool:
    """Whether each of the words begins a word of the name."""
    known = words(name)
    return all(any(one.startswith(word) for one in known) for word in wanted)


def _fit(name: str, text: str) -> float:
    """How well a name fits a text, the one that begins so before the others; up to 2."""
    one, other = key(name), key(text)
    alike = fuzz.token_sort_ratio(one.replace("-", " "), other.replace("-", " ")) / 100
    return alike + one.startswith(other)
