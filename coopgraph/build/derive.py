"""What follows from the authored facts: bounds of dates, and the rules in `ontology/rules`.

It stands in a graph of its own, `<base>graph/derived`, and is never published as authored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad

from coopgraph.dates import EDTF, bounds
from coopgraph.errors import ProjectError, QueryError
from coopgraph.iris import Namespaces
from coopgraph.project import Project
from coopgraph.store.local import LocalStore

COOP = "https://w3id.org/coopgraph/ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_DATED = {COOP + name: name for name in ("start", "end", "date", "notBefore")}
BOUNDS = frozenset(
    NamedNode(COOP + name + end)
    for name in _DATED.values()
    for end in ("Earliest", "Latest", "Year")
    if (name, end) not in (("notBefore", "Latest"), ("notBefore", "Year"))
)
"""The properties that `bounds_of` gives."""
# a start and a date are placed by the first year they can mean, an end by the last
_YEAR = {"start": "earliest", "date": "earliest", "end": "latest"}


def derived_graph(names: Namespaces) -> NamedNode:
    """The named graph of all that is derived."""
    return names.graph_of("derived")


def derive(store: LocalStore, project: Project, names: Namespaces) -> None:
    """Add the derived graph to the store; a former one must have been removed."""
    graph = derived_graph(names)
    store.engine.extend(list(bounds_of(None, store, graph)))
    for name, path in project.files("ontology/rules", (".rq",)).items():
        try:
            triples = list(store.construct(_own_names(path.read_text(encoding="utf-8"), names)))
        except QueryError as error:
            shown = project.shown(path)
            raise ProjectError(
                f"{shown}: the rule {name} can't be run. {error.en}",
                f"{shown}: regeln {name} går inte att köra. {error.sv}",
            ) from error
        store.engine.extend(Quad(one.subject, one.predicate, one.object, graph) for one in triples)


def _own_names(query: str, names: Namespaces) -> str:
    """The rule with the prefixes of things that this dataset's base IRI gives."""
    return re.sub(
        r"(?im)^\s*PREFIX\s+(\w+):\s*<[^>]*>",
        lambda found: (
            f"PREFIX {found[1]}: <{names.prefixes[found[1]]}>" if found[1] in names.prefixes else found[0]
        ),
        query,
    )


def bounds_of(subject: NamedNode | None, store: LocalStore, graph: NamedNode) -> Iterator[Quad]:
    """The first and last days and the years of a thing's dates, or of all dates, as triples of the derived graph."""
    date = NamedNode(XSD + "date")
    for predicate, name in _DATED.items():
        for quad in store.engine.quads_for_pattern(subject, NamedNode(predicate), None):
            value = quad.object
            if not isinstance(value, Literal) or value.datatype.value != EDTF:
                continue
            try:
                found = bounds(value.value)
            except ValueError:
                continue  # an impossible date is told by the check; it bounds nothing
            days = {"earliest": found.earliest, "latest": found.latest}
            for end, day in days.items():
                if day and not (name == "notBefore" and end == "latest"):
                    property_ = NamedNode(COOP + name + end.capitalize())
                    yield Quad(quad.subject, property_, Literal(day.isoformat(), datatype=date), graph)
            year = days[_YEAR[name]] if name in _YEAR else None
            if year:
                yield Quad(quad.subject, NamedNode(f"{COOP}{name}Year"), Literal(year.year), graph)
