"""Bodies that are perhaps one and the same: their names agree but for case, spaces and marks."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.build.assemble import Assembly
from coopgraph.store import Store, Term
from coopgraph.validate.findings import Finding, result_of_rule
from coopgraph.validate.places import Places
from coopgraph.validate.rules import RULES

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_PREFIXES = f"""
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <{_SKOS}>
"""
# A unit may be called like another: every municipality has an executive board. What was retired says itself what it is.
_NAMES = f"""{_PREFIXES}
SELECT DISTINCT ?body ?property ?name ?country WHERE {{
  %s
  {{ SELECT DISTINCT ?class WHERE {{ ?class rdfs:subClassOf* org:Organization }} }}
  ?body a ?class ; coop:country ?country .
  VALUES ?property {{ skos:prefLabel skos:altLabel }}
  ?body ?property ?name .
  FILTER NOT EXISTS {{ ?body org:unitOf ?whole }}
  FILTER NOT EXISTS {{ ?body owl:deprecated true }}
}}"""
_KINDS = f"{_PREFIXES} SELECT ?body ?kind WHERE {{ VALUES ?body {{ %s }} ?body org:classification ?kind }}"
_EVENTS = f"""{_PREFIXES}
SELECT ?event ?body WHERE {{ VALUES ?body {{ %s }} ?event org:originalOrganization|org:resultingOrganization ?body }}"""
_DIFFERENT = f"{_PREFIXES} SELECT ?one ?other WHERE {{ ?one owl:differentFrom ?other }}"
_COUNTRIES = (
    f"{_PREFIXES} SELECT DISTINCT ?country WHERE {{ VALUES ?body {{ %s }} ?body coop:country ?country }}"
)
_CALLED_SO = f"""{_PREFIXES}
SELECT ?name WHERE {{ VALUES ?body {{ %s }} ?body skos:prefLabel|skos:altLabel ?name }}"""
_OF_COUNTRY = f"""{_PREFIXES}
SELECT ?body ?name WHERE {{
  {{ ?body coop:country %s ; skos:prefLabel ?name }} UNION {{ ?body coop:country %s ; skos:altLabel ?name }}
}}"""
NAMING = frozenset(
    NamedNode(one)
    for one in (
        _SKOS + "prefLabel",
        _SKOS + "altLabel",
        "https://w3id.org/coopgraph/ns#country",
        "http://www.w3.org/ns/org#unitOf",
        "http://www.w3.org/ns/org#classification",
        "http://www.w3.org/ns/org#originalOrganization",
        "http://www.w3.org/ns/org#resultingOrganization",
        "http://www.w3.org/2002/07/owl#deprecated",
        "http://www.w3.org/2002/07/owl#differentFrom",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    )
)
"""The properties on which it depends which bodies are perhaps one."""
_PREFERRED = NamedNode(_SKOS + "prefLabel")
_CALLED = frozenset((_PREFERRED, NamedNode(_SKOS + "altLabel")))
_COUNTRY = NamedNode("https://w3id.org/coopgraph/ns#country")
_ONE_BY_ONE = 20
"""Up to so many bodies are asked for one by one: of several at a time the engine reads all."""


@dataclass
class _Body:
    """Where a body has the name that another has too, in its preferred form if it is one."""

    name: Literal
    preferred: bool


@dataclass
class _Known:
    """The kinds of each body, the events it was part of, and what it is said not to be."""

    kinds: dict[Term, set[Term]] = field(default_factory=lambda: defaultdict(set))
    events: dict[Term, set[Term]] = field(default_factory=lambda: defaultdict(set))
    different: set[tuple[Term, Term]] = field(default_factory=set)

    def apart(self, one: Term, other: Term) -> bool:
        """Whether two bodies of one name are known to be two: somebody says so, they are of different kinds, or one
        followed the other.
        """
        if (one, other) in self.different or (other, one) in self.different:
            return True
        kinds = self.kinds[one], self.kinds[other]
        return bool((all(kinds) and not kinds[0] & kinds[1]) or self.events[one] & self.events[other])


def folded(name: str) -> str:
    """A name without case, spaces and marks; letters keep their dots and rings, for Habo is not Håbo."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in text if char.isalnum())


def of_one_name(
    store: Store, bodies: Collection[NamedNode], *, also: Iterable[Quad | Triple] = ()
) -> set[NamedNode]:
    """These bodies, and whatever shares a name with one of them in a country of theirs, or did by the triples in `also`."""
    listed = " ".join(map(str, bodies))
    countries = {str(country) for (country,) in store.select(_COUNTRIES % listed)}
    countries |= {str(one.object) for one in also if one.predicate == _COUNTRY}
    known = [name for (name,) in store.select(_CALLED_SO % listed)]
    known += [one.object for one in also if one.predicate in _CALLED and not isinstance(one.object, Triple)]
    names = {folded(name.value) for name in known if name is not None}
    return set(bodies) | {
        body
        for country in sorted(countries)
        for body, name in store.select(_OF_COUNTRY % (country, country))
        if isinstance(body, NamedNode) and name is not None and folded(name.value) in names
    }


def doubles(
    assembly: Assembly, places: Places, *, among: Collection[NamedNode] | None = None
) -> Iterator[Finding]:
    """A warning for each body that is called by the name of an earlier one in the same country.

    With `among`, only these are looked at.
    """
    named: dict[tuple[str, Term], dict[NamedNode, _Body]] = defaultdict(dict)
    for body, property_, name, country in _named(assembly.store, among):
        if isinstance(body, NamedNode) and isinstance(name, Literal) and country is not None:
            bodies, preferred = named[folded(name.value), country], property_ == _PREFERRED
            if body not in bodies or (preferred and not bodies[body].preferred):
                bodies[body] = _Body(name, preferred)
    shared = [bodies for _, bodies in sorted(named.items(), key=str) if len(bodies) > 1]
    if not shared:
        return
    known, told = _known(assembly.store, {body for bodies in shared for body in bodies}), set()
    for bodies in shared:
        ordered = sorted(bodies, key=lambda body: body.value)
        for place, second in enumerate(ordered):
            for first in ordered[:place]:
                preferred = bodies[first].preferred or bodies[second].preferred
                if preferred and (first, second) not in told and not known.apart(first, second):
                    told.add((first, second))
                    yield _finding(first, second, bodies, assembly, places)
                    break


def _named(store: Store, among: Collection[NamedNode] | None) -> Iterator[tuple[Term | None, ...]]:
    if among is None:
        yield from store.select(_NAMES % "")
        return
    wanted = sorted(map(str, among))
    for some in [wanted] if len(wanted) > _ONE_BY_ONE else [[one] for one in wanted]:
        yield from store.select(_NAMES % f"VALUES ?body {{ {' '.join(some)} }}")


def _known(store: Store, bodies: Collection[NamedNode]) -> _Known:
    known, wanted = _Known(), " ".join(sorted(map(str, bodies)))
    for body, kind in store.select(_KINDS % wanted):
        if body is not None and kind is not None:
            known.kinds[body].add(kind)
    for event, body in store.select(_EVENTS % wanted):
        if body is not None and event is not None:
            known.events[body].add(event)
    for one, other in store.select(_DIFFERENT):
        if one is not None and other is not None:
            known.different.add((one, other))
    return known


def _finding(
    first: NamedNode,
    second: NamedNode,
    bodies: dict[NamedNode, _Body],
    assembly: Assembly,
    places: Places,
) -> Finding:
    names, severity = assembly.namespaces, RULES["same-body"].severity
    name = bodies[second].name
    predicate = NamedNode(_SKOS + ("prefLabel" if bodies[second].preferred else "altLabel"))
    other = names.shorten(first.value)
    related = places.of_subject(first)
    return Finding(
        "same-body",
        severity,
        {
            "sv": f"{other} i samma land heter också så. Är de samma, behåll den ena och skriv owl:deprecated true och "
            "dct:isReplacedBy på den andra; annars skilj dem åt med namn, org:classification, owl:differentFrom eller en org:ChangeEvent.",
            "en": f"{other} in the same country has this name too. If they are the same, keep one and write owl:deprecated "
            "true and dct:isReplacedBy on the other; else tell them apart by name, org:classification, owl:differentFrom or an org:ChangeEvent.",
        },
        focus=names.shorten(second.value),
        path=names.shorten(predicate.value),
        value=name.value,
        place=places.of_statement(second, predicate, name),
        result=result_of_rule("same-body", severity, second, predicate=predicate, value=name),
        meant=other,
        related=(related,) if related else (),
    )
