"""A reconciliation service as a register: Wikidata's, another coopgraph's, anybody's.

Source: Reconciliation Service API 0.2, https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

from coopgraph.errors import StoreError, Text
from coopgraph.harvest.fetch import Endpoint, Form, Manners, Waiting
from coopgraph.project import DEFAULT_BASE
from coopgraph.reconcile.register import Hit, key_of, without_ties
from coopgraph.sheets.match import Body

_JSON = Form(
    "application/json",
    frozenset({"application/json", "application/javascript", "text/javascript", "text/json"}),
    "JSON",
    Text("the reconciliation service", "matchningstjänsten"),
    Text("name fewer bodies", "ange färre organisationer"),
    Text("Nothing was decided; try again later.", "Inget avgjordes; försök igen senare."),
)
_BATCH = 25
_HITS = 5
_APART = 5.0
_LONGEST = 300
_OURS = DEFAULT_BASE + "ns#"
_COUNTRY = {_OURS: "coop:country", "http://www.wikidata.org/prop/direct/": "P17"}
"""The property that tells the country, by the schema that a service speaks."""


class Service:
    """The service at an address. `kind` is what its identifiers are, where its manifest doesn't tell; `type` what it is
    asked for, bodies where it is another coopgraph; `countries` the names of countries by their codes.

    Raises StoreError where there is no such service, or it fails for long.
    """

    def __init__(
        self,
        url: str,
        *,
        kind: str | None = None,
        type: str | None = None,
        countries: Mapping[str, str],
        manners: Manners,
        waiting: Waiting,
    ) -> None:
        agent = f"coopgraph/{version('coopgraph')} (+{DEFAULT_BASE})"
        self._endpoint = Endpoint(url, agent=agent, manners=manners, waiting=waiting, form=_JSON)
        manifest = self._endpoint.ask({}, _object)
        space = manifest.get("identifierSpace")
        if not isinstance(space, str) or not isinstance(manifest.get("name"), str):
            raise StoreError(
                f"{url} is no reconciliation service: it says neither its name nor what its identifiers are.",
                f"{url} är ingen matchningstjänst: den säger varken sitt namn eller vad dess identifierare är.",
            )
        self.name, self.key = str(manifest["name"]), key_of(space, kind)
        schema = str(manifest.get("schemaSpace"))
        self._type = type or ("organisation" if schema == _OURS else None)
        self._countries, self._country = countries, _COUNTRY.get(schema)

    def hits(self, wanted: Sequence[Body]) -> Iterator[tuple[Body, list[Hit]]]:
        """The entries that each body may be, the best first."""
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            queries = {f"q{place}": self._query(body) for place, body in enumerate(batch)}
            text = json.dumps(queries, ensure_ascii=False)
            answer = self._endpoint.ask({"queries": text}, partial(_results, tuple(queries)))
            for body, hits in zip(batch, answer, strict=True):
                yield body, without_ties(hits, apart=_APART)

    def _query(self, body: Body) -> dict[str, Any]:
        query: dict[str, Any] = {"query": body.names[0][:_LONGEST] if body.names else "", "limit": _HITS}
        if self._type:
            query["type"] = self._type
        country = self._countries.get(body.country)
        if country and self._country:
            query["properties"] = [{"pid": self._country, "v": country}]
        return query


def _object(body: bytes, _: str) -> dict[str, Any]:
    """The object of JSON that an answer is. Raises ValueError."""
    try:
        found = json.loads(body)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - what can't be read is asked for again
    return found


def _results(names: Sequence[str], body: bytes, kind: str) -> list[list[Hit]]:
    """The hits of each query. Raises ValueError for what is no answer to them."""
    answer = _object(body, kind)
    return [[_hit(one) for one in _list(answer.get(name))] for name in names]


def _list(answer: object) -> list[Any]:
    results = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        raise ValueError("a query has no result")  # noqa: TRY004
    return results[:_HITS]


def _hit(one: object) -> Hit:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str) or not one["id"]:
        raise ValueError("a candidate has no id")
    score = one.get("score", 0.0)
    if isinstance(score, bool) or not isinstance(score, int | float) or not abs(score) < 1e6:
        score = 0.0
    label, about = (str(one.get(name) or "") for name in ("name", "description"))
    return Hit(one["id"], label, float(score), one.get("match") is True, about)
