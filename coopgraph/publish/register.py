"""The things of the graph as a register to look names up in: candidates for a name, and the values of a property for each.

A thing is known by its path after `id/`, such as `organisation/vaxjo-kommun`; its type is the first part of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from coopgraph.build.names import key
from coopgraph.errors import QueryError
from coopgraph.publish.site import Site
from coopgraph.queries.run import labels
from coopgraph.store import Term

_NAMES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?name WHERE {
  ?thing skos:prefLabel|dct:title|skos:altLabel|skos:notation ?name
  FILTER(STRSTARTS(STR(?thing), %s) && !CONTAINS(STR(?thing), "#"))
} ORDER BY ?thing ?name
"""
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
_NEAR = 55.0
_FIRST = 100


@dataclass(frozen=True)
class Value:
    """A value of a property: the term, its name in the reader's language, and every word that stands for it, folded."""

    term: Term
    name: str
    words: frozenset[str]


class Register:
    """The register of a site, with labels in a language. Nothing is asked of the store before it is needed, and then once."""

    def __init__(self, site: Site, language: str) -> None:
        self.site, self.language = site, language
        self.start = site.base + "id/"
        self._values: dict[str, dict[str, list[Value]]] = {}

    @cached_property
    def names(self) -> dict[str, dict[str, list[str]]]:
        """The things by type and then by folded name."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for thing, name in self.site.store.select(_NAMES % Literal(self.start)):
            if isinstance(thing, NamedNode) and isinstance(name, Literal):
                path = thing.value.removeprefix(self.start)
                kind = path.partition("/")[0]
                if kind != "concept" and path not in found[kind][_folded(name.value)]:
                    found[kind][_folded(name.value)].append(path)
        return {kind: dict(names) for kind, names in sorted(found.items())}

    @cached_property
    def label(self) -> dict[str, str]:
        """The name of each thing in the reader's language."""
        things = [
            NamedNode(self.start + path)
            for names in self.names.values()
            for paths in names.values()
            for path in paths
        ]
        found = labels(list(dict.fromkeys(things)), self.site.store, self.language)
        return {iri.removeprefix(self.start): name for iri, name in found.items()}

    def near(self, text: str, kinds: Iterable[str]) -> dict[str, float]:
        """Things of these types whose name is like the text, with how like, up to 100; names are folded before."""
        wanted = _folded(text)
        found: dict[str, float] = {}
        for kind in kinds:
            names = self.names.get(kind, {})
            for name, score, _ in process.extract(
                wanted, list(names), scorer=fuzz.WRatio, limit=_FIRST, score_cutoff=_NEAR
            ):
                # only the very name is certain, not one that holds it; of these, the one with the fewest other words is nearest
                whole = fuzz.token_sort_ratio(name, wanted)
                score = 100.0 if name == wanted else min((score + whole) / 2, 94.0)
                for path in names[name]:
                    found[path] = max(found.get(path, 0.0), score)
        return found

    def beginning(self, prefix: str, kinds: Iterable[str]) -> list[str]:
        """Things of these types with a name, or a word of a name, that begins so; then those with a name like it."""
        wanted = _folded(prefix)
        starts, inside = [], []
        kinds = list(kinds)
        for kind in kinds:
            for name, paths in self.names.get(kind, {}).items():
                if name.startswith(wanted):
                    starts += paths
                elif f" {wanted}" in name:
                    inside += paths
        like = self.near(prefix, kinds) if wanted else {}
        ordered = sorted(like, key=lambda path: (-like[path], path))
        by_name = sorted(starts, key=self.label.__getitem__), sorted(inside, key=self.label.__getitem__)
        return list(dict.fromkeys([*by_name[0], *by_name[1], *ordered]))

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


def _folded(text: str) -> str:
    return key(text).replace("-", " ")
