"""Every name of every thing, in memory: for search as one types, and for what a misspelt name was meant to be."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode
from rapidfuzz import process
from rapidfuzz.distance import OSA

from coopgraph.iris import slug
from coopgraph.store import Store

NAMED = "skos:prefLabel|dct:title|rdfs:label"
ALSO_NAMED = "skos:altLabel|skos:notation"
PREFIXES = """PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_ALL = (
    PREFIXES
    + f"""SELECT ?thing ?name ?other WHERE {{
  {{ ?thing {NAMED} ?name }}
  UNION {{ ?thing {ALSO_NAMED} ?name BIND(true AS ?other) }}
}}"""
)
_CONCEPTS = PREFIXES + "SELECT DISTINCT ?thing WHERE { ?thing skos:inScheme ?scheme }"
NEAR = 0.6
"""How alike a name must be to be taken for a misspelling: 1 is the same."""


def key(name: str) -> str:
    """What two spellings of one name share: case, accents, hyphens and spaces are folded."""
    return slug(name) or name.casefold()


class Hit(NamedTuple):
    """A thing found by name: `name` is the one that fits, `label` what the thing is called; `fit` is 1 at best."""

    iri: str
    label: str
    name: str
    fit: float


class Index:
    """The names of the things whose IRI starts with one of `spaces`; with `concepts`, of what is in a scheme too."""

    def __init__(self, store: Store, spaces: Sequence[str], *, concepts: bool, language: str) -> None:
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.by_key: dict[str, set[str]] = defaultdict(set)
        self._spelt: dict[tuple[str, str], str] = {}
        starts = tuple(spaces)
        others = {thing.value for (thing,) in store.select(_CONCEPTS) if thing} if concepts else set()
        best: dict[str, tuple[int, str]] = {}
        languages = {"en": 1, "sv": 2} | {language: 0}
        for thing, name, other in store.select(_ALL):
            if not isinstance(thing, NamedNode) or not isinstance(name, Literal):
                continue
            iri = thing.value
            if not iri.startswith(starts) and iri not in others:
                continue
            order = languages.get(name.language or "", 3)
            candidate = (order + (4 if other is not None else 0), name.value)
            best[iri] = min(best.get(iri, candidate), candidate)
            self._add(name.value, iri)
        self.label = {iri: name for iri, (_, name) in best.items()}
        for iri in self.label:
            self._add(iri.rpartition("/")[2], iri)
            for space in spaces:
                if iri.startswith(space):
                    self._add(iri.removeprefix(space), iri)

    def _add(self, name: str, iri: str) -> None:
        folded = key(name)
        self.by_name[name.casefold()].add(iri)
        self.by_key[folded].add(iri)
        self._spelt.setdefault((folded, iri), name)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.by_key)

    @cached_property
    def _starts_of_words(self) -> list[tuple[str, str]]:
        """Each word but the first with the key that it stands in, in the order of the words."""
        return sorted((one[place + 1 :], one) for one in self._sorted for place in _hyphens(one))

    def search(self, text: str, kinds: Sequence[str] = (), limit: int = 10) -> list[Hit]:
        """The things whose names fit best, best first: the same name, one that begins so, one with a word that does, one
        that is a few changes away. `kinds` are namespaces that the thing must be in.
        """
        wanted = key(text)
        if not wanted:
            return []
        found: dict[str, Hit] = {}
        for keys, fit in (
            ([wanted] if wanted in self.by_key else [], 1.0),
            (self._beginning(wanted), 0.9),
            (self._with_a_word(wanted), 0.8),
        ):
            self._take(keys, fit, found, tuple(kinds), limit)
            if len(found) >= limit:
                break
        else:
            if wanted not in self.by_key:
                for one, likeness in self._alike(wanted, 3 * limit):
                    self._take([one], 0.7 * likeness, found, tuple(kinds), limit)
        return sorted(found.values(), key=lambda hit: (-hit.fit, len(hit.name), hit.label, hit.iri))[:limit]

    def _take(
        self, keys: Iterable[str], fit: float, found: dict[str, Hit], kinds: tuple[str, ...], limit: int
    ) -> None:
        for one in keys:
            for iri in sorted(self.by_key[one]):
                if iri not in found and "#" not in iri and (not kinds or iri.startswith(kinds)):
                    found[iri] = Hit(iri, self.label[iri], self._spelt[one, iri], fit)
            if len(found) >= 2 * limit:
                return

    def _beginning(self, wanted: str) -> Iterator[str]:
        for one in islice(self._sorted, bisect_left(self._sorted, wanted), None):
            if not one.startswith(wanted):
                return
            yield one

    def _with_a_word(self, wanted: str) -> Iterator[str]:
        words = self._starts_of_words
        for word, one in islice(words, bisect_left(words, (wanted, "")), None):
            if not word.startswith(wanted):
                return
            yield one

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for one in self._sorted:
            found[len(one)].append(one)
        return found

    def _alike(self, wanted: str, limit: int) -> list[tuple[str, float]]:
        """The keys that are fewest changes away, with how alike they are."""
        size = len(wanted)
        # one of another length is further away than NEAR whatever its letters
        lengths = range(round(size * NEAR), round(size / NEAR) + 1)
        choices = [one for length in lengths for one in self._by_length.get(length, ())]
        found = process.extract(
            wanted, choices, scorer=OSA.normalized_similarity, limit=limit, score_cutoff=NEAR
        )
        return [(one, likeness) for one, likeness, _ in found]

    def near(self, text: str, limit: int) -> list[str]:
        """The things whose name is fewest changes away; then those whose name contains the text."""
        wanted = key(text)
        found = self._alike(wanted, limit + 2)
        inside = (name for name in self._sorted if len(wanted) > 2 and wanted in name)
        names = [*(name for name, _ in found), *islice(inside, 5 * limit)]
        things = (iri for name in names for iri in sorted(self.by_key[name]) if "#" not in iri)
        return list(dict.fromkeys(things))[:limit]


def _hyphens(text: str) -> Iterator[int]:
    return (place for place, sign in enumerate(text) if sign == "-")
