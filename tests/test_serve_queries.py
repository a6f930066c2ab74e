"""Saved queries over HTTP: every form, checked parameters, pages, and what OpenAPI says of them."""

from __future__ import annotations

import io
import json
import random
import string
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import jsonschema
import pandas
import polars
import pytest
from pyoxigraph import Literal, NamedNode

from coopgraph import Dataset
from coopgraph.build.snapshot import current
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.queries import Names, load_all
from coopgraph.queries.lex import significant
from coopgraph.queries.run import bound_text
from coopgraph.queries.values import ParameterError, terms
from tests.site_server import Site

BODY = "Norrby kommun"
FORMS = ("csv", "json", "jsonl", "xlsx", "parquet", "geojson", "graphml", "sparql-json")


def command_line(folder: Path, form: str, target: Path) -> bytes:
    """What `coopgraph query` writes."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "coopgraph",
            "-d",
            str(folder),
            "--lang",
            "en",
            "query",
            "organisation/partners",
            "-p",
            f"organisation={BODY}",
            "-f",
            form,
            "-o",
            str(target),
        ],
        capture_output=True,
        check=True,
    )
    assert done.returncode == 0
    return target.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_those_of_the_command_line(
    site: Site, served_folder: Path, tmp_path: Path, form: str
) -> None:
    expected = command_line(served_folder, form, tmp_path / f"x.{form}")
    answer = site.query("organisation/partners", f".{form}", organisation=BODY, lang="en")
    assert answer.status == 200
    if form == "xlsx":  # which holds the time at which it was made
        frames = [
            pandas.read_excel(io.BytesIO(one)) if _excel() else one[:4] for one in (expected, answer.body)
        ]
        assert str(frames[0]) == str(frames[1])
    else:
        assert answer.body == expected
    media = answer.headers["content-type"].partition(";")[0]
    by_accept = site.query("organisation/partners", "", organisation=BODY, lang="en")
    assert by_accept.headers["content-type"].startswith("text/html")
    asked = site.ask(
        "/query/organisation/partners?" + urlencode({"organisation": BODY, "lang": "en"}), accept=media
    )
    assert asked.headers["content-type"] == answer.headers["content-type"]


def _excel() -> bool:
    try:
        import openpyxl  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def test_pandas_and_polars_over_http(site: Site) -> None:
    address = site.url + "query/organisation/partners.{}?" + urlencode({"organisation": BODY})
    rows = site.query("organisation/partners", organisation=BODY).json()
    assert len(rows) > 2
    frame = pandas.read_csv(address.format("csv"))
    assert list(frame["partner"]) == [row["partner"] for row in rows]
    assert list(pandas.read_json(address.format("jsonl"), lines=True)["partner"]) == list(frame["partner"])
    content = site.query("organisation/partners", ".parquet", organisation=BODY).body
    assert polars.read_parquet(io.BytesIO(content))["partner"].to_list() == list(frame["partner"])


def test_maps_and_networks(real: Dataset) -> None:
    table = real.query("organisation/who-knows", country="Kina")
    collection = json.loads(table.format("geojson"))
    assert collection["type"] == "FeatureCollection"
    assert len(collection["features"]) == len(table)
    points = [one["geometry"] for one in collection["features"]]
    assert {"type": "Point", "coordinates": [13.05865, 57.387662]} in points
    tree = ElementTree.fromstring(table.format("graphml"))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    nodes = {one.get("id") for one in tree.iter(space + "node")}
    edges = {(one.get("source"), one.get("target")) for one in tree.iter(space + "edge")}
    assert "https://w3id.org/coopgraph/id/organisation/svenljunga-kommun" in nodes
    assert all(source in nodes and target in nodes for source, target in edges)
    assert edges


@pytest.mark.parametrize(
    ("query", "params", "parameter", "rule"),
    [
        ("organisation/partners", {}, "organisation", "missing"),
        ("organisation/partners", {"organisation": ""}, "organisation", "empty"),
        ("organisation/partners", {"organisation": "Ingenstans"}, "organisation", "iri"),
        ("organisation/partners", {"organisation": "Kina"}, "organisation", "iri"),
        ("organisation/partners", {"organisation": BODY, "on": "2008-13-01"}, "on", "date"),
        ("organisation/partners", {"organisation": BODY, "on": ["2007-01-01", "2008-01-01"]}, "on", "one"),
        ("organisation/partners", {"organisation": BODY, "organization": BODY}, "organization", "unknown"),
        ("organisation/partners", {"organisation": BODY, "page": "0"}, "page", "integer"),
        ("organisation/partners", {"organisation": BODY, "page": "²"}, "page", "integer"),
        ("organisation/partners", {"organisation": BODY, "size": "99999999"}, "size", "integer"),
    ],
)
def test_a_wrong_value_is_told_with_parameter_and_rule(
    site: Site, query: str, params: dict[str, Any], parameter: str, rule: str
) -> None:
    answer = site.query(query, **params)
    assert answer.status == 422
    assert (answer.json()["parameter"], answer.json()["rule"]) == (parameter, rule)
    assert site.query(query, ".html", **params).status in (200, 422)


@pytest.mark.parametrize(
    ("language", "value", "said"),
    [
        ("sv", "Narnia", "Inget land heter Narnia. Välj i listan."),
        ("en", "Narnia", "No country is called Narnia. Choose one in the list."),
        ("sv", "Norrby kommun", "Inget land heter Norrby kommun. Välj i listan."),
        ("sv", "Danmrk", "Inget land heter Danmrk. Menade du Danmark (country:DNK)"),
    ],
)
def test_a_person_is_told_of_an_unknown_name_without_jargon(
    site: Site, language: str, value: str, said: str
) -> None:
    answer = site.query("partnership/by-country", f".{language}.html", country=value)
    assert answer.status == 422
    assert said in answer.text()
    assert "parameter" not in answer.text().partition('role="alert"')[2].partition("</p>")[0]
    day = site.query("partnership/active-on", f".{language}.html", on="31/12").text()
    assert ("Dag: " if language == "sv" else "Day: ") + "&#39;31/12&#39;" in day


def test_a_missing_value_never_runs(site: Site) -> None:
    page = site.query("organisation/partners", "")
    assert page.status == 200
    assert "<table>" not in page.text()
    assert "<form" in page.text()


def test_the_form_offers_what_the_data_holds(site: Site) -> None:
    page = site.query("partnership/by-country", "", lang="sv").text()
    assert '<option value="country:EST">Estland</option>' in page
    assert "country:BRA" not in page  # a country that nothing is said of
    page = site.query("partnership/by-country", "", lang="sv", country="country:EST").text()
    assert '<option value="country:EST" selected>Estland</option>' in page
    assert '<table class="data sort stack"' in page


def test_pages(site: Site) -> None:
    whole = site.query("partnership/timeline", organisation=BODY).json()
    assert len(whole) > 4
    found: list[Any] = []
    target: str | None = "?" + urlencode({"organisation": BODY, "size": 2})
    pages = 0
    while target is not None:
        answer = site.ask("/query/partnership/timeline.json" + target)
        found += answer.json()
        pages += 1
        target = next(iter(answer.links().get("next", [])), None)
        assert ("prev" in answer.links()) == (pages > 1)
    assert pages == -(-len(whole) // 2)
    assert [row["date"] for row in found] == [row["date"] for row in whole]


def test_the_text_and_the_description_of_a_query(site: Site, served_folder: Path) -> None:
    text = site.query("organisation/partners", ".rq")
    assert text.headers["content-type"] == "application/sparql-query; charset=utf-8"
    assert text.body.startswith(b"#+ title:")
    assert site.ask("/query/organisation/partners", accept="application/sparql-query").body == text.body
    assert b"sh:SPARQLSelectExecutable" in site.query("organisation/partners", ".ttl").body
    assert site.query("ingen/fraga").status == 404


def examples(document: dict[str, Any], path: str) -> dict[str, Any]:
    return {
        param["name"]: param["example"]
        for param in document["paths"][path]["get"]["parameters"]
        if param.get("required") and "example" in param
    }


def test_openapi_is_true(site: Site) -> None:
    document = site.ask("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    paths = [path for path in document["paths"] if path.startswith("/query/")]
    assert len(paths) >= 30
    for path in paths:
        operation = document["paths"][path]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        params = examples(document, path)
        answer = site.ask(f"{path}?{urlencode(params, doseq=True)}", accept="application/json")
        assert answer.status == 200, (path, params, answer.body)
        jsonschema.validate(answer.json(), schema)
        # every parameter's example is one that is taken
        for param in operation["parameters"]:
            if param["in"] == "query" and "example" in param:
                fields = {**params, param["name"]: param["example"]}
                taken = site.ask(f"{path}?{urlencode(fields, doseq=True)}", accept="application/json")
                assert taken.status == 200, (path, fields, taken.body)


# Whatever is typed, the query that is run is the saved one with terms in its VALUES lines.


def skeleton(text: str) -> list[str]:
    """The tokens of a query, with what stands in VALUES lines of one variable left out."""
    found: list[str] = []
    inside = False
    tokens = significant(text)
    for place, token in enumerate(tokens):
        if inside and token.text == "}":
            inside = False
        if not inside:
            found.append(token.text)
        if token.text == "{" and place > 1 and tokens[place - 2].text.upper() == "VALUES":
            inside = True
    return found


NASTY = [
    '"', "'", "}", "{", "\\", "\n", "\r", "\0", "#", ">", "<", "UNDEF", "} UNION {", '" } #', "\u2028", "\\u007D", "\\", '"""', "?x", "$x",
    "<http://x> } ?s ?p ?o {", "SERVICE", "VALUES", "é", "𝄞", "\u202e", "%00", "%7D", "^^", "@sv", "_:b", "org:x", "javascript:alert(1)", "https://x/> }",
]  # fmt: skip


def fuzzed(number: int, seed: int) -> list[str]:
    """Values that mean harm, the same each time."""
    chance = random.Random(seed)
    alphabet = string.printable + "åäöÅÄÖ«»\x00\x1f\x7f\u2028\ufeff𝄞"
    found = []
    for _ in range(number):
        typed = "".join(chance.choices(alphabet, k=chance.randint(0, 12)))
        parts = [*chance.choices(NASTY, k=chance.randint(0, 4)), typed]
        chance.shuffle(parts)
        found.append("".join(parts))
    return found


def held(folder: Path, values: list[str]) -> int:
    """How many times a value was refused. Fails for one that changes a query."""
    project = find(folder)
    snapshot, spaces = current(project), namespaces(project)
    queries = [query for query in load_all(project).values() if query.params]
    names: dict[Any, Names] = {}

    def names_of(of: Any, language: str) -> Names:
        key = tuple(of)
        if key not in names:
            names[key] = Names(snapshot.store, spaces, of, language=language)
        return names[key]

    refused = 0
    for place, value in enumerate(values):
        query = queries[place % len(queries)]
        own = skeleton(query.text)
        for name, param in query.params.items():
            alone = replace(query, params={name: param})
            try:
                bound = terms(alone, {name: value}, snapshot.store, spaces, language="sv", names_of=names_of)
            except ParameterError:
                refused += 1
            else:
                assert skeleton(bound_text(query, bound, "sv")) == own, (query.name, name, value)
            # as a literal, which nothing refuses, and as an IRI where it can be one
            for term in _terms(value):
                assert skeleton(query.bind({name: [term]})) == own, (query.name, name, value)
    snapshot.close()
    return refused


def _terms(value: str) -> list[Any]:
    try:
        return [Literal(value), NamedNode("https://x/" + value)]
    except ValueError:
        return [Literal(value)]


def test_no_value_changes_the_query(served_folder: Path) -> None:
    assert held(served_folder, fuzzed(200, 1)) > 200


@pytest.mark.long
def test_no_value_of_ten_thousand_changes_the_query(served_folder: Path) -> None:
    assert held(served_folder, fuzzed(10_000, 2)) > 10_000


def test_no_value_breaks_the_server(site: Site) -> None:
    for value in fuzzed(60, 3):
        for query, params in (
            ("organisation/partners", {"organisation": value}),
            ("partnership/active-on", {"on": value}),
            ("organisation/who-knows", {"topic": value, value or "x": value}),
        ):
            assert site.query(query, **params).status in (200, 422), (query, params)


@pytest.mark.long
def test_ten_thousand_values_do_not_break_the_server(site: Site) -> None:
    for value in fuzzed(10_000, 4):
        assert site.query("organisation/partners", organisation=value).status == 422
    assert site.process.poll() is None
