"""The store on a server behaves as the embedded one: the same terms, the same answers, the same findings."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import servers
import yaml
from conftest import ROOT, WORLD
from test_queries import CASES, cases, rows_of

from coopgraph import Dataset, open
from coopgraph.build.make import build
from coopgraph.build.on_server import send
from coopgraph.errors import QueryError
from coopgraph.project import find
from coopgraph.queries import run_text
from coopgraph.validate.check import check
from coopgraph.validate.on_server import check_store, server_of

pytestmark = pytest.mark.server
Served = Callable[[str], Dataset]
SETTINGS = {
    "embedded": "",
    "oxigraph": 'store = "{url}/query"\n',
    "virtuoso": 'store = {{query = "{url}/sparql", update = "{url}/sparql-auth", graph-store = "{url}/sparql-graph-crud-auth"}}\n',
}
START = {"oxigraph": servers.oxigraph_to_write, "virtuoso": servers.virtuoso_to_write}


@pytest.fixture(scope="session", params=SETTINGS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The world or the real data in one kind of store, each built there when it is first asked for."""
    opened: dict[str, Dataset] = {}
    with ExitStack() as stack:

        def dataset(name: str) -> Dataset:
            if name not in opened:
                folder = tmp_path_factory.mktemp(f"{request.param}-{name}")
                opened[name] = stack.enter_context(_built(request.param, name, folder, stack))
            return opened[name]

        yield dataset


def _built(kind: str, name: str, folder: Path, stack: ExitStack) -> Dataset:
    source = {"world": WORLD, "real": ROOT}[name]
    url = stack.enter_context(START[kind](folder)) if kind in START else ""
    shutil.copytree(source / "data", folder / "data")
    settings = (source / "coopgraph.toml").read_text(encoding="utf-8")
    (folder / "coopgraph.toml").write_text(SETTINGS[kind].format(url=url) + settings, encoding="utf-8")
    project = find(folder)
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in servers.WRITER.items():
            patch.setenv(variable, value)
        build(project)
        if project.store:
            send(project)
        return open(folder, language="en")


# the embedded store answers them in test_queries.py
@pytest.mark.parametrize("served", START, indirect=True)
@pytest.mark.parametrize("path", cases(), ids=lambda path: path.relative_to(CASES).with_suffix("").as_posix())
def test_saved_query(path: Path, served: Served) -> None:
    case = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    table = served(case.get("dataset", "world")).query(
        path.parent.relative_to(CASES).as_posix(), **(case.get("params") or {})
    )
    found = [{column: _text(value) for column, value in row.items()} for row in rows_of(table)]
    assert found == (case.get("rows") or [])


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


QUERIES = {
    "years in order": "SELECT ?y { ?x coop:startYear ?y } ORDER BY ?y",
    "dates in order": "SELECT DISTINCT ?d { ?x coop:startEarliest ?d FILTER(?d > '1950-01-01'^^xsd:date) } ORDER BY ?d",
    "years as xsd:gYear": "SELECT ?a ?b { VALUES ?a { '1990'^^xsd:gYear '2010'^^xsd:gYear } VALUES ?b { '2000'^^xsd:gYear } FILTER(?a < ?b) }",
    "a transitive path": "SELECT ?a ?b { ?a skos:broader+ ?b } ORDER BY ?a ?b",
    "a path from what VALUES gives": "SELECT ?b { VALUES ?a { role:full-member } ?a skos:broader* ?b } ORDER BY ?b",
    "a cycle of a sequence": "SELECT DISTINCT ?a { ?a (^coop:hasParty/coop:hasParty)+ ?a } ORDER BY ?a",
    "EXISTS in BIND after OPTIONAL": "SELECT ?p ?b { ?p a coop:Partnership OPTIONAL { ?p coop:end ?e } BIND(EXISTS { ?p coop:start ?s } AS ?b) } ORDER BY ?p",
    "COALESCE over an error": "SELECT ?p ?b { ?p a coop:Partnership OPTIONAL { ?p coop:endYear ?e } BIND(COALESCE(?e < 2000, false) AS ?b) } ORDER BY ?p",
    "what was bound before an OPTIONAL": "SELECT ?n ?t { VALUES ?l { 'en' } ?n a coop:Network OPTIONAL { ?n skos:prefLabel ?t FILTER(LANG(?t) = ?l) } } ORDER BY ?n",
    "GROUP_CONCAT in order": "SELECT (GROUP_CONCAT(?t; SEPARATOR = '|') AS ?all) { SELECT ?t { ?n a coop:Network ; skos:prefLabel ?t } ORDER BY ?t }",
    "GROUP_CONCAT of nothing": "SELECT ?n (GROUP_CONCAT(?t) AS ?all) { ?n a coop:Network OPTIONAL { ?n coop:nothing ?t } } GROUP BY ?n ORDER BY ?n",
    "a regular expression beyond ASCII": "SELECT ?t { ?n skos:prefLabel ?t FILTER(REGEX(?t, '^[^ ]*[åäö]..$', 'i')) } ORDER BY ?t",
    "truth": "SELECT ?b { VALUES ?b { true false } } ORDER BY ?b",
    "a sub-select that hides a name": "SELECT ?n ?m { ?n a coop:Network { SELECT (COUNT(?n) AS ?m) { ?n a coop:Partnership } } } ORDER BY ?n",
    "a variable for the property": "SELECT DISTINCT ?p { VALUES ?n { role:full-member role:member } ?n ?p ?o } ORDER BY ?p",
    "graphs": "SELECT DISTINCT ?g { GRAPH ?g { ?p a coop:Partnership } } ORDER BY ?g",
    "MINUS inside OPTIONAL": "SELECT ?n ?m { ?n a coop:Network OPTIONAL { ?m org:organization ?n MINUS { ?m coop:status status:ended } } } ORDER BY ?n ?m",
    "no rows": "SELECT ?x { ?x a coop:Nothing }",
}


@pytest.mark.parametrize("name", QUERIES)
def test_query(name: str, served: Served, world: Dataset) -> None:
    query = world.namespaces.declared() + QUERIES[name]
    assert served("world").sparql(query).terms == world.sparql(query).terms
    assert name == "no rows" or world.sparql(query).terms


def test_yes_and_no(served: Served, world: Dataset) -> None:
    store, prefixes = served("world")._built.store, world.namespaces.declared()
    assert store.ask(prefixes + "ASK { ?x a coop:Network }") is True
    assert store.ask(prefixes + "ASK { ?x a coop:Nothing }") is False


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?a coop:partnerOf ?b } WHERE { ?a coop:partnerOf ?b }",
        "CONSTRUCT WHERE { ?n a coop:Network ; skos:prefLabel ?name }",
        "DESCRIBE role:member",
        "DESCRIBE ?n WHERE { ?n a coop:Network }",
    ],
)
def test_triples(query: str, served: Served, world: Dataset) -> None:
    asked = world.namespaces.declared() + query
    expected = set(world._built.store.construct(asked))
    assert set(served("world")._built.store.construct(asked)) == expected
    assert expected


def test_a_query_that_does_not_parse_is_told(served: Served) -> None:
    store, names = served("world")._built.store, served("world").namespaces
    with pytest.raises(QueryError):
        run_text("SELECT * WHERE { ?s ?p }", store, names, language="en")


def test_a_thing_is_described(served: Served, world: Dataset) -> None:
    for thing in ("Region Mittland", "region   MITTLAND", "Kustnätet", "partnership:norrby-kommun--klitrup"):
        assert served("world").describe(thing) == world.describe(thing)


def test_the_graph_for_rdflib_has_all_that_was_built(served: Served, world: Dataset) -> None:
    found, expected = served("world").graph(), world.graph()
    assert len(expected) > 5000
    assert not set(expected) - set(found)


def test_the_network_is_the_same(served: Served, world: Dataset) -> None:
    found, expected = served("world").network(), world.network()
    assert dict(found.nodes(data=True)) == dict(expected.nodes(data=True))
    assert sorted(found.edges(data=True), key=str) == sorted(expected.edges(data=True), key=str)


def test_the_shapes_find_the_same(served: Served, world_folder: Path) -> None:
    project = served("world").project
    if project.store is None:
        pytest.skip("the embedded store is checked from its files")
    found = check_store(
        server_of(project, timeout=60),
        tuple(project.files("shapes").values()),
        built=project,
        shorten=served("world").namespaces.shorten,
        note_unused=True,
    )
    expected = [one for one in check(find(world_folder)).findings if one.result is not None]

    def told(findings: object) -> set[tuple[object, ...]]:
        assert isinstance(findings, tuple | list)
        return {
            (
                one.rule,
                one.severity,
                one.focus,
                one.value,
                one.place and (one.place.path.name, one.place.line),
            )
            for one in findings
        }

    shapes = {rule for rule, *_ in told(found.checked.findings)}
    assert told(found.checked.findings) == {one for one in told(expected) if one[0] in shapes}
    assert found.stopped is None


def test_the_whole_graph_is_the_same_but_for_what_the_server_keeps_of_itself(
    served: Served, world: Dataset
) -> None:
    mine = f"{world.namespaces.base}graph/"
    query = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
    found = {row for row in served("world")._built.store.select(query) if str(row[0].value).startswith(mine)}
    marker = world.namespaces.graph_of("build")
    assert {row for row in found if row[0] != marker} == set(world._built.store.select(query))
