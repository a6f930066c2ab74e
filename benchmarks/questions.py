"""The questions that are measured: every saved query, with values that a generated dataset has for its parameters."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pyoxigraph import Literal

from benchmarks import things
from benchmarks.dataset import BASE, sizes
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import Project
from coopgraph.queries.saved import Pairs, Param, SavedQuery, load_all
from coopgraph.queries.values import terms
from coopgraph.store import Store

CONCEPTS = "https://w3id.org/coopgraph/id/concept/"
DAY = "2007-12-31"
# where the best connected body has nothing to answer with, one that has
_FOUND = {
    "evidence/of": "SELECT (MIN(?one) AS ?fact) { ?one a coop:Policy }",
    "organisation/predecessors": "SELECT (MIN(?one) AS ?organisation) { ?one coop:succeeds ?gone }",
    "organisation/successors": "SELECT (MIN(?one) AS ?organisation) { ?new coop:succeeds ?one }",
    "organisation/shared-partners": """SELECT ?a ?b { BIND(%s AS ?a) ?a coop:partnerOf/coop:partnerOf ?b FILTER(?a != ?b) }
        GROUP BY ?a ?b ORDER BY DESC(COUNT(*)) ?b LIMIT 1""",
}


class Question(NamedTuple):
    """A saved query and its values, and the SPARQL that every engine is asked."""

    name: str
    params: dict[str, Any]
    sparql: str


def values(triples: int) -> dict[str, list[str]]:
    """For each kind of parameter a value, and another for a second parameter of that kind: the best connected, the hardest."""
    bodies = things.bodies(*sizes(triples)[:2], seed=1)
    first, second = [body.slug for body in bodies if body.country == "SWE"][:2]
    return {
        "organisation": [f"{BASE}id/organisation/{first}", f"{BASE}id/organisation/{second}"],
        "network": [f"{BASE}id/network/n0", f"{BASE}id/network/n1"],
        "topic": [f"{CONCEPTS}topic/culture"],
        "country": ["http://publications.europa.eu/resource/authority/country/CHN"],
        "role": [f"{CONCEPTS}role/member"],
        "date": [DAY, "2015-01-01"],
        "string": ["Björk"],
        "integer": ["2"],
    }


def questions(project: Project, store: Store, triples: int) -> list[Question]:
    """Every saved query, its needed parameters filled in and the others left open."""
    known, names = values(triples), namespaces(project)
    return [_question(saved, store, names, known) for saved in load_all(project).values()]


def _question(saved: SavedQuery, store: Store, names: Namespaces, known: dict[str, list[str]]) -> Question:
    params: dict[str, str] = {}
    if saved.name in _FOUND:
        text = _FOUND[saved.name].replace("%s", f"<{known['organisation'][0]}>")
        rows = store.select(f"PREFIX coop: <https://w3id.org/coopgraph/ns#> {text}")
        params = {
            name: term.value for row in rows for name, term in zip(rows.variables, row, strict=True) if term
        }
    else:
        left = {kind: iter(some) for kind, some in known.items()}
        for key, param in saved.params.items():
            if not param.optional:
                params[key] = next(left[_kind(param, known)])
    bound = terms(saved, params, store, names, language="sv")
    if saved.asks_language:
        bound["lang"] = [Literal("sv")]
    text = saved.bind(bound)
    return Question(saved.name, params, _joined(saved, saved.pairs, text) if saved.pairs else text)


def _joined(saved: SavedQuery, pairs: Pairs, text: str) -> str:
    """What gives the pairs by SPARQL alone that are counted here from edges: the edges joined with themselves."""
    prologue, select, edges = text.partition("SELECT DISTINCT")
    one, by = f"?{pairs.of}", f"?{pairs.by}"
    some = select + edges.rpartition("ORDER BY")[0]
    others = re.sub(rf"\{one}\b", "?other", some)
    return f"""{prologue}
SELECT {one} ?other (COUNT({by}) AS ?shared) (GROUP_CONCAT(?name; SEPARATOR = "; ") AS ?names)
WHERE {{
  {{ {some} }}
  {{ {others} }}
  FILTER(STR({one}) < STR(?other))
  {by} skos:prefLabel ?name .
  FILTER(LANG(?name) = "sv")
}}
GROUP BY {one} ?other
HAVING(COUNT({by}) >= {saved.default("minimum")})
ORDER BY DESC(?shared) {one} ?other
LIMIT {saved.default("limit")}"""


def _kind(param: Param, known: dict[str, list[str]]) -> str:
    return next((one for one in param.of if one in known), param.type)
