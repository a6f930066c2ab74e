"""The things of the graph as a register to look names up in: candidates for a name, and the values of a property for each.

A thing is known by its path after `id/`, such as `organisation/vaxjo-kommun`; its type is the first part of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode
from pyroaring import BitMap
from rapidfuzz import fuzz

from coopgraph.build.named import key
from coopgraph.errors import QueryError
from coopgraph.publish.site import Site
from coopgraph.queries.names_file import union
from coopgraph.queries.names_index import Index, Tier, first
from coopgraph.queries.run import labels
from coopgraph.store import Term

_VALUES = """
SELECT DISTINCT ?thing ?value WHERE {
  ?thing %s ?value FILTER(STRSTARTS(STR(?thing), %s) && !CONTAINS(STR(?thing), "#"))
} ORDER BY ?thing ?value
"""
# a body is known by the codes of its territory too
_IDENTIFIERS = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?value WHERE {
  ?thing dct:spatial?/adms:identifier ?identifier . ?identifier dct:type %s ; skos:notation ?value
  FILTER(STRSTARTS(STR(?thing), %s) && !CONTAINS(STR(?thing), "#"))
} ORDER BY ?thing ?value
"""
_PROPERTIES = """
SELECT DISTINCT ?property WHERE {
  ?thing ?property ?value FILTER(STRSTARTS(STR(?thing), %s) && !CONTAINS(STR(?thing), "#"))
} ORDER BY ?property
"""
_IDENTIFIER_TYPES = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX dct: <http://purl.org/dc/terms/>
SELECT DISTINCT ?type WHERE { ?thing dct:spatial?/adms:identifier/dct:type ?type
  FILTER(STRSTARTS(STR(?thing), %s) && !CONTAINS(STR(?thing), "#")) } ORDER BY ?type
"""
_ALIASES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?value ?name WHERE { VALUES ?value { %s } ?value skos:prefLabel|skos:altLabel|skos:notation|dct:title ?name }
"""
_IDENTIFIER_TYPE = "id/concept/idtype/"
_HIDDEN = ("rdf:type", "coop:notStated", "coop:hasEvidence", "adms:identifier")
"""What says nothing of a thing by itself: its values are nodes of its file, or properties."""
_DESCRIBED = ("kind", "country")
_NEAR = 55.0
_FIRST = 300


@dataclass(frozen=True)
class Value:
    """A value of a property: the term, its name in the reader's language, and every word that stands for it, folded."""

    term: Term
    name: str
    words: frozenset[str]


class Register:
    """The register of a site, with labels in a language. Names come from the index of names; values are asked of the store when they are
    needed, and then once.
    """

    def __init__(self, site: Site, language: str, index: Index) -> None:
        self.site, self.language, self.index = site, language, index
        self.start = site.base + "id/"
        self._values: dict[str, dict[str, list[Value]]] = {}

    @cached_property
    def kinds(self) -> list[str]:
        """The types of things."""
        return sorted(kind for kind in self.index.facet("kind") if ":" not in kind and kind != "concept")

    def label(self, path: str) -> str | None:
        """The name of a thing in the reader's language; None for an unknown one."""
        told = self.told([path]).get(path)
        return told and told[0]

    def told(self, paths: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Of each thing that is known its name, and a few words on what it is: its kind, its country."""
        found = self.index.told([self.start + path for path in paths], self.language)
        values = {value for _, facets in found.values() for name in _DESCRIBED for value in facets[name]}
        called = {iri: label for iri, (label, _) in self.index.told(values, self.language).items()}
        return {
            iri.removeprefix(self.start): (
                label,
                ", ".join(called[one] for name in _DESCRIBED for one in facets[name] if one in called),
            )
            for iri, (label, facets) in found.items()
            if "#" not in iri
        }

    def near(self, text: str, kinds: Iterable[str]) -> dict[str, float]:
        """Things of these types whose name is like the text, with how like, up to 100; names are folded before."""
        wanted = _folded(text)
        found: dict[str, float] = {}
        for iri, names in self.index.alike(text, self._of(kinds), _FIRST).items():
            scores = [_score(_folded(name), wanted) for name in names]
            if (score := max(scores, default=0.0)) > 0:
                found[iri.removeprefix(self.start)] = score
        return found

    def beginning(self, prefix: str, kinds: Iterable[str], start: int, limit: int) -> list[str]:
        """Things of these types with a name, or a word of a name, that begins so, then those that hold it, then those with a name like it."""
        only = self._of(kinds)
        tiers = self.index.tiers(prefix) if prefix else [Tier(1.0, self.index.everything)]
        held = [tier._replace(things=tier.things & only) for tier in tiers]
        numbers = first(self.index.ordered(held, prefix), start, limit)
        return [hit.iri.removeprefix(self.start) for hit in self.index.hits(numbers, prefix, self.language)]

    def _of(self, kinds: Iterable[str]) -> BitMap:
        """The things of these types."""
        known = self.index.facet("kind")
        found = [known[kind] for kind in kinds if kind in self.kinds]
        return union(found)

    def properties(self, kind: str) -> dict[str, str]:
        """The properties that things of a type have, identifiers among them, by their prefixed names, with their labels."""
        if kind not in self._properties:
            start = Literal(f"{self.start}{kind}/" if kind else self.start)
            iris = [
                one
                for query in (_PROPERTIES, _IDENTIFIER_TYPES)
                for (one,) in self.site.store.select(query % start)
                if isinstance(one, NamedNode)
            ]
            named = labels(iris, self.site.store, self.language)
            short = self.site.namespaces.shorten
            self._properties[kind] = {
                short(iri.value): named.get(iri.value, short(iri.value)) for iri in iris
            }
        return self._properties[kind]

    @cached_property
    def _properties(self) -> dict[str, dict[str, str]]:
        return {}

    def values(self, name: str) -> Mapping[str, list[Value]]:
        """The values of a property for each thing that has it. Raises QueryError for a property that no thing has."""
        if name not in self._values:
            if name not in self.properties(""):
                raise QueryError(
                    f"No thing has the property '{name}'. Those there are: reconcile/properties.",
                    f"Ingen sak har egenskapen '{name}'. De som finns: reconcile/properties.",
                )
            self._values[name] = self._read(
                self.site.namespaces.expand(name) if ":" in name else NamedNode(name)
            )
        return self._values[name]

    def _read(self, property_: NamedNode) -> dict[str, list[Value]]:
        query = _IDENTIFIERS if _IDENTIFIER_TYPE in property_.value else _VALUES
        rows = [
            (thing.value.removeprefix(self.start), value)
            for thing, value in self.site.store.select(query % (property_, Literal(self.start)))
            if thing is not None and value is not None
        ]
        words = self._words({value for _, value in rows})
        things = [value for value in words if isinstance(value, NamedNode)]
        named = labels(things, self.site.store, self.language)
        found: dict[str, list[Value]] = defaultdict(list)
        for path, value in rows:
            name = named.get(value.value) or self.site.namespaces.shorten(value.value)
            found[path].append(Value(value, name, words[value]))
        return found

    def _words(self, values: set[Term]) -> dict[Term, frozenset[str]]:
        words: dict[Term, set[str]] = {value: {_folded(value.value)} for value in values}
        iris = sorted((value for value in values if isinstance(value, NamedNode)), key=str)
        for iri in iris:
            words[iri] |= {_folded(iri.value.rpartition("/")[2]), _folded(iri.value.removeprefix(self.start))}
        for start in range(0, len(iris), 500):
            listed = " ".join(map(str, iris[start : start + 500]))
            for value, name in self.site.store.select(_ALIASES % listed):
                if value is not None and name is not None:
                    words[value].add(_folded(name.value))
        return {value: frozenset(found) for value, found in words.items()}


def agreement(values: Iterable[Value], wanted: str) -> float:
    """How well the best of the values fits a word, from 0 to 1."""
    folded = _folded(wanted)
    best = 0.0
    for value in values:
        if folded in value.words or value.term.value == wanted:
            return 1.0
        best = max([best, *(fuzz.ratio(folded, word) / 100 for word in value.words)])
    return best if best >= 0.8 else 0.0


def _score(name: str, wanted: str) -> float:
    """How like a name is to what is wanted: only the very name is certain, not one that holds it; of these, the one with the fewest
    other words is nearest.
    """
    if name == wanted:
        return 100.0
    alike = fuzz.WRatio(name, wanted)
    return min((alike + fuzz.token_sort_ratio(name, wanted)) / 2, 94.0) if alike >= _NEAR else 0.0


def _folded(text: str) -> str:
    return key(text).replace("-", " ")
