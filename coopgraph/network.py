"""The graph of cooperation as a networkx graph: bodies and networks as nodes, partnerships and roles as edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from coopgraph.iris import plain
from coopgraph.queries.run import labels
from coopgraph.store import Store

if TYPE_CHECKING:
    import networkx

_EDGES = """
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX role: <https://w3id.org/coopgraph/id/concept/role/>
SELECT DISTINCT ?a ?b ?via ?kind ?start ?end ?status WHERE {
  { ?via a coop:Partnership ; coop:hasParty ?a , ?b . FILTER(STR(?a) < STR(?b))
    OPTIONAL { ?via dct:type ?kind } }
  UNION
  { ?via a org:Membership ; org:member ?a ; org:organization ?b ; org:role ?kind . FILTER(?kind != role:party) }
  OPTIONAL { ?via coop:start ?start }
  OPTIONAL { ?via coop:end ?end }
  OPTIONAL { ?via coop:status ?status }
}
ORDER BY ?a ?b ?via
"""


def network(store: Store, *, language: str = "sv") -> networkx.MultiGraph[str]:
    """Nodes are IRIs with a `label`; an edge has `via` (the partnership or membership), `kind`, `start`, `end` (EDTF) and `status`.

    What is not stated is None.
    """
    import networkx

    graph: networkx.MultiGraph[str] = networkx.MultiGraph()
    for a, b, via, kind, start, end, status in store.select(_EDGES):
        assert a is not None
        assert b is not None
        assert via is not None
        graph.add_edge(
            a.value,
            b.value,
            key=via.value,
            via=via.value,
            kind=plain(kind),
            start=plain(start),
            end=plain(end),
            status=plain(status),
        )
    named = labels([NamedNode(iri) for iri in graph.nodes], store, language)
    networkx.set_node_attributes(graph, {iri: named.get(iri, iri) for iri in graph.nodes}, "label")
    return graph
