"""Matching names to things: the reconciliation API, asked as OpenRefine asks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph import QueryError
from coopgraph.build.snapshot import current
from coopgraph.project import find
from coopgraph.publish.reconcile import MOST_CANDIDATES, MOST_QUERIES, Reconciler
from coopgraph.publish.site import Site, open_site

ADDRESS = "https://data.example/"
TEXT = {"type": "string"}
NAMED = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
# what version 0.2 of the API demands of the answers, in our own words
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name", "score", "match", "type"],
                    "properties": {
                        "id": TEXT,
                        "name": TEXT,
                        "description": TEXT,
                        "score": {"type": "number"},
                        "match": {"type": "boolean"},
                        "type": {"type": "array", "items": NAMED},
                        "features": {
                            "type": "array",
                            "items": {
                                "required": ["id", "value"],
                                "properties": {"value": {"type": "number"}},
                            },
                        },
                    },
                },
            }
        },
    },
}
SERVICE = {"type": "object", "required": ["service_url", "service_path"]}
MANIFEST = {
    "type": "object",
    "required": [
        "versions",
        "name",
        "identifierSpace",
        "schemaSpace",
        "view",
        "preview",
        "suggest",
        "extend",
    ],
    "properties": {
        "versions": {"contains": {"const": "0.2"}},
        "identifierSpace": TEXT,
        "schemaSpace": TEXT,
        "view": {"properties": {"url": {"pattern": r"\{\{id\}\}"}}, "required": ["url"]},
        "preview": {
            "required": ["url", "width", "height"],
            "properties": {"url": {"pattern": r"\{\{id\}\}"}, "width": {"type": "integer"}},
        },
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "suggest": {"properties": dict.fromkeys(("entity", "property", "type"), SERVICE)},
        "extend": {"properties": {"propose_properties": SERVICE}},
    },
}
CELL = {
    "oneOf": [
        {**NAMED, "additionalProperties": False},
        {"required": ["str"], "properties": {"str": TEXT}, "additionalProperties": False},
        {"required": ["int"], "properties": {"int": {"type": "integer"}}, "additionalProperties": False},
        {"required": ["float"], "properties": {"float": {"type": "number"}}, "additionalProperties": False},
        {
            "required": ["date"],
            "properties": {"date": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}},
            "additionalProperties": False,
        },
    ]
}
EXTENSION = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {"additionalProperties": {"additionalProperties": {"type": "array", "items": CELL}}},
    },
}


@pytest.fixture(scope="module")
def site(real_folder: Path) -> Site:
    project = find(real_folder)
    return open_site(project, current(project).store)


@pytest.fixture(scope="module")
def service(site: Site) -> Reconciler:
    return Reconciler(site, "sv")


def best(service: Reconciler, **query: Any) -> tuple[str, float, bool] | None:
    """The first candidate for a query: its id, score and whether it is certain."""
    found = service.queries({"q": query})
    jsonschema.validate(found, RESULTS)
    first = next(iter(found["q"]["result"]), None)
    return first and (first["id"], first["score"], first["match"])


@pytest.mark.parametrize(
    "name",
    ["Växjö kommun", "VÄXJÖ KOMMUN", "Vaxjo kommun", "Växjö", "Växjö Municipality", " växjö   kommun "],
)
def test_a_body_is_found_by_any_of_its_names(service: Reconciler, name: str) -> None:
    assert best(service, query=name, type="organisation") == ("organisation/vaxjo-kommun", 100.0, True)


def test_a_name_that_is_like_another_is_a_candidate_and_no_match(service: Reconciler) -> None:
    for name, thing in {
        "Jönköpings läns landsting": "organisation/landstinget-i-jonkopings-lan",
        "Regionen Jönköpings län": "organisation/region-jonkopings-lan",
        "Svenljnga komun": "organisation/svenljunga-kommun",
    }.items():
        found = best(service, query=name, type=["organisation"])
        assert found is not None
        assert (found[0], found[2]) == (thing, False)
        assert found[1] > 70


def test_a_name_that_two_things_have_is_no_match_until_the_type_is_said(service: Reconciler) -> None:
    found = service.queries({"q": {"query": "Växjö kommun"}})["q"]["result"]
    assert {one["id"] for one in found[:2]} == {"organisation/vaxjo-kommun", "place/vaxjo-kommun"}
    assert not any(one["match"] for one in found)


@pytest.mark.parametrize("country", ["Kina", "China", "CHN", "CN", {"id": "x", "name": "x"}])
def test_the_country_tells_for_or_against(service: Reconciler, country: object) -> None:
    condition = {"pid": "coop:country", "v": country}
    found = best(service, query="Tianjin", type="organisation", properties=[condition])
    assert found is not None
    fits = isinstance(country, str)
    assert found == ("organisation/tianjin", 100.0 if fits else 60.0, fits)


def test_what_the_graph_does_not_say_tells_neither_way(service: Reconciler) -> None:
    condition = {"pid": "idtype:organisationsnummer", "v": "212000-0662"}
    assert best(service, query="Tianjin", type="organisation", properties=[condition]) == (
        "organisation/tianjin",
        100.0,
        True,
    )


def test_an_identifier_decides(service: Reconciler) -> None:
    condition = {"pid": "idtype:scb", "v": "0780"}
    wanted = ("organisation/vaxjo-kommun", 100.0, True)
    assert best(service, query="", type="organisation", properties=[condition]) == wanted
    assert best(service, query="kommunen", type="organisation", properties=[condition]) == wanted
    assert (
        best(service, query="kommunen", type="organisation", properties=[{**condition, "v": "9999"}])
        != wanted
    )


def test_types_restrict_or_only_prefer(service: Reconciler) -> None:
    both = ["organisation", "network"]
    assert best(service, query="CPMR", type=both) == ("network/cpmr", 100.0, True)
    assert best(service, query="CPMR", type=both, type_strict="all") is None
    assert best(service, query="CPMR", type="place") is None
    assert best(service, query="CPMR", type="place", type_strict="should") == ("network/cpmr", 90.0, False)


def test_the_manifest_says_what_there_is(service: Reconciler) -> None:
    manifest = service.manifest(ADDRESS)
    jsonschema.validate(manifest, MANIFEST)
    assert {"id": "organisation", "name": "Organisationer"} in manifest["defaultTypes"]
    assert manifest["identifierSpace"] == "https://w3id.org/coopgraph/id/"


def test_suggestions_begin_as_was_typed(service: Reconciler, site: Site) -> None:
    found = service.suggest_entities("väx")["result"]
    assert found[0]["name"].startswith("Växjö")
    assert all({"id", "name", "notable"} <= set(one) for one in found)
    assert [one["id"] for one in service.suggest_properties("land")["result"]] == ["coop:country"]
    types = Reconciler(site, "en").suggest_types("organ")["result"]
    assert types[0] == {"id": "organisation", "name": "Organisations"}
    first, rest = service.suggest_entities("k"), service.suggest_entities("k", cursor=20)
    assert not {one["id"] for one in first["result"]} & {one["id"] for one in rest["result"]}


def test_previews_are_small_pages_in_which_nothing_runs(service: Reconciler) -> None:
    page = service.preview("organisation/vaxjo-kommun")
    assert page is not None
    assert "Växjö kommun: kommun (Sverige)." in page
    assert "<script" not in page
    assert service.preview("organisation/<script>") is None
    assert service.flyout("entity", "network/cpmr") is not None
    assert service.flyout("type", "nothing") is None


def test_columns_can_be_filled_in(service: Reconciler) -> None:
    asked = {
        "ids": ["organisation/vaxjo-kommun", "organisation/nobody"],
        "properties": [
            {"id": "coop:country"},
            {"id": "idtype:scb"},
            {"id": "skos:prefLabel"},
            {"id": "coop:partnerOf", "settings": {"limit": "2"}},
        ],
    }
    found = service.extend(asked)
    jsonschema.validate(found, EXTENSION)
    row = found["rows"]["organisation/vaxjo-kommun"]
    assert row["coop:country"] == [{"str": "Sverige"}]
    assert row["idtype:scb"] == [{"str": "0780"}]
    assert row["skos:prefLabel"] == [{"str": "Växjö kommun"}]
    assert len(row["coop:partnerOf"]) == 2
    assert all(one["id"].startswith("organisation/") for one in row["coop:partnerOf"])
    assert not any(found["rows"]["organisation/nobody"].values())
    offered = {one["id"] for one in service.properties("organisation")["properties"]}
    assert {"coop:country", "idtype:scb", "idtype:wikidata", "org:classification"} <= offered
    everything = {
        "ids": [
            path
            for kind in service.register.kinds
            for path in service.register.beginning("", [kind], 0, 10_000)
        ],
        "properties": [{"id": one} for one in sorted(offered)],
    }
    jsonschema.validate(json.loads(json.dumps(service.extend(everything))), EXTENSION)


def test_what_is_asked_wrongly_is_said(service: Reconciler) -> None:
    for batch in (
        [],
        {"q": "x"},
        {"q": {"query": 1}},
        {"q": {"query": "x" * 1000}},
        {"q": {"query": "x", "limit": "many"}},
        {"q": {"query": "x", "properties": [{"pid": "coop:country"}]}},
        {"q": {"query": "Växjö", "properties": [{"pid": "coop:nothing", "v": "x"}]}},
        {str(number): {"query": "x"} for number in range(MOST_QUERIES + 1)},
    ):
        with pytest.raises(QueryError):
            service.queries(batch)
    for query in (
        None,
        {"ids": []},
        {"ids": [1], "properties": []},
        {"ids": [], "properties": [{"id": "x"}]},
    ):
        with pytest.raises(QueryError):
            service.extend(query)


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
query_like = st.fixed_dictionaries(
    {},
    optional={
        "query": st.text(max_size=20) | json_like,
        "type": st.sampled_from(["organisation", "place"]) | json_like,
        "type_strict": st.sampled_from(["any", "all", "should"]) | json_like,
        "limit": st.integers(0, 100) | json_like,
        "properties": st.lists(
            st.fixed_dictionaries({"pid": st.sampled_from(["coop:country", "idtype:scb"]), "v": json_like}),
            max_size=2,
        )
        | json_like,
    },
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=3), query_like | json_like, max_size=2))
def test_no_question_breaks_it(service: Reconciler, batch: dict[str, Any]) -> None:
    try:
        found = service.queries(batch)
    except QueryError:
        return
    jsonschema.validate(json.loads(json.dumps(found, allow_nan=False)), RESULTS)
    assert all(len(one["result"]) <= MOST_CANDIDATES for one in found.values())
