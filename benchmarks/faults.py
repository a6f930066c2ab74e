"""Mistakes that stewards make, planted in a generated dataset: each makes the check find something at that thing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.things import Facts, Thing

Fault = Callable[[Facts], Facts]


def _without(predicate: str) -> Fault:
    """Without the last value of a property."""

    def fault(facts: Facts) -> Facts:
        last = max((i for i, (one, _) in enumerate(facts) if one == predicate), default=len(facts))
        return facts[:last] + facts[last + 1 :]

    return fault


def _also(predicate: str, value: str) -> Fault:
    return lambda facts: [*facts, (predicate, value)]


def _instead(predicate: str, value: str) -> Fault:
    return lambda facts: _also(predicate, value)(_without(predicate)(facts))


_NOWHERE = "organisation:finns-inte"
FAULTS: dict[str, list[Fault]] = {
    "cv:PublicOrganisation": [
        _without("skos:prefLabel"),
        _without("org:classification"),
        _without("coop:country"),
        _also("skos:prefLabel", '"Ett namn till"@sv'),
        _instead("org:classification", "kind:finns-inte"),
        _instead("coop:country", '"Sverige"@sv'),
    ],
    "dct:Location": [_instead("geo:lat", "95.5"), _without("coop:country"), _instead("coop:country", "country:XXA")],
    "adms:Identifier": [_without("dct:type"), _also("skos:notation", '"en till"'), _instead("skos:notation", '"SE 1480"')],
    "coop:Partnership": [
        _without("coop:hasParty"),
        _without("dct:type"),
        _without("coop:status"),
        _instead("coop:hasParty", _NOWHERE),
        _instead("coop:status", "status:adopted"),
        _also("coop:strat", '"1996"^^edtf:EDTF'),
        _also("coop:end", '"20O1"^^edtf:EDTF'),
    ],
    "coop:Agreement": [_without("dct:type"), _instead("coop:hasSignatory", _NOWHERE), _also("coop:date", '"1996"')],
    "org:Membership": [
        _without("org:member"),
        _without("org:role"),
        _instead("org:role", "role:finns-inte"),
        _also("coop:satatus", "status:active"),
    ],
    "coop:Network": [_without("skos:prefLabel"), _also("skos:altLabel", '" luft i kanten"@sv')],
    "coop:Source": [_instead("coop:sha256", '"ingen summa"'), _without("dct:title"), _without("dct:publisher")],
    "coop:Evidence": [
        _without("oa:hasBody"),
        _without("oa:hasSource"),
        _without("coop:basis"),
        _instead("coop:basis", "basis:gissat"),
        _instead("oa:exact", '" en kant"'),
        _instead("oa:hasSource", "source:finns-inte"),
    ],
}  # fmt: skip


def planted(thing: Thing, share: float, chance: Random) -> Thing:
    """The thing, with a mistake in this share of its nodes."""
    nodes = []
    for part, facts in thing.nodes:
        faults = FAULTS.get(facts[0][1], [])
        nodes.append((part, chance.choice(faults)(facts) if faults and chance.random() < share else facts))
    return Thing(thing.folder, thing.slug, nodes)
