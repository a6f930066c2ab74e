"""Forms of a table for maps and network tools: GeoJSON (RFC 7946) and GraphML."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from coopgraph.store import Store

if TYPE_CHECKING:
    from coopgraph.queries.table import Table

Point = tuple[float, float]
"""Longitude and latitude, in degrees (WGS 84), in the order of GeoJSON."""

_COORDINATES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT ?thing ?long ?lat WHERE {
  VALUES ?thing { %s }
  ?thing dct:spatial? ?place .
  ?place geo:long ?long ; geo:lat ?lat .
}
ORDER BY ?thing ?place
"""


def coordinates(things: Sequence[NamedNode], store: Store) -> dict[str, Point]:
    """Where things are: their own place, or that of their territory. What has no place is left out."""
    values = " ".join(map(str, things))
    found: dict[str, Point] = {}
    for thing, long, lat in store.select(_COORDINATES % values) if values else ():
        if thing is not None and long is not None and lat is not None:
            found.setdefault(thing.value, (float(long.value), float(lat.value)))
    return found


def as_geojson(table: Table) -> bytes:
    """A feature a row: a point for the thing that has a place, points in the order of the columns where several have."""
    places = table.places()
    features = []
    for terms, properties in zip(table.terms, table.rows(), strict=True):
        things = [term.value for term in terms if isinstance(term, NamedNode)]
        points = list(dict.fromkeys(places[thing] for thing in things if thing in places))
        features.append({"type": "Feature", "geometry": _geometry(points), "properties": properties})
    return (
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n"
    ).encode()


def _geometry(points: Sequence[Point]) -> dict[str, Any] | None:
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points} if points else None


def as_graphml(table: Table) -> bytes:
    """The things of the rows as nodes; from the first thing of a row an edge to each of its others.

    An edge has the column that it leads to as `relation`, and what else the row says.
    """
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for terms, row in zip(table.terms, table.rows(), strict=True):
        things = [
            (column, term.value)
            for column, term in zip(table.columns, terms, strict=True)
            if isinstance(term, NamedNode)
        ]
        columns = {column for column, _ in things}
        told = _told(
            {name: value for name, value in row.items() if name.removesuffix("Label") not in columns}
        )
        for column, iri in things:
            graph.add_node(iri, label=row.get(column + "Label") or iri)
        for column, iri in things[1:]:
            graph.add_edge(things[0][1], iri, relation=column, **told)
        if len(things) == 1:
            graph.nodes[things[0][1]].update(told)
    buffer = io.BytesIO()
    networkx.write_graphml_xml(graph, buffer, encoding="utf-8")
    return buffer.getvalue()


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is known, without the signs that XML can't hold."""
    return {
        name: "".join(sign for sign in value if sign >= " " or sign in "\t\n\r")
        if isinstance(value, str)
        else value
        for name, value in row.items()
        if value is not None
    }
