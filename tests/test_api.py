"""The way in from Python, and names as people write them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

import coopgraph
from coopgraph import Dataset, QueryError, UsageError
from coopgraph.project import load
from coopgraph.queries import Names, load_query
from coopgraph.queries.lex import significant
from coopgraph.queries.saved import SavedQuery

ROOT = Path(__file__).parent.parent


def test_rows_have_plain_values_and_labels(real: Dataset) -> None:
    (row,) = real.query("partnership/by-country", country="Sydafrika")
    assert row["partnershipLabel"] == "Växjö Municipality – JB Marks"
    assert row["partnership"] == "https://w3id.org/coopgraph/id/partnership/vaxjo-kommun--jb-marks"
    assert row["start"] == "2005"
    assert row["end"] is None


def test_frames_hold_the_rows(real: Dataset) -> None:
    table = real.query("partnership/timeline")
    assert table.to_polars().to_dicts() == table.rows()
    assert list(table.to_pandas().columns) == table.fields()
    assert len(table.to_pandas()) == len(table)


def test_rows_without_columns_are_rows(real: Dataset) -> None:
    table = real.sparql("SELECT * WHERE {}")
    assert (table.rows(), table.shown(), len(table)) == ([{}], [[]], 1)
    assert real.sparql("SELECT ?a WHERE { FILTER(false) }").format("csv") == b"a\r\n"


def test_dates_may_be_given_as_dates(real: Dataset) -> None:
    by_text = real.query("partnership/active-on", on="2007-12-31").rows()
    assert real.query("partnership/active-on", on=datetime.date(2007, 12, 31)).rows() == by_text


def test_the_graph_as_rdflib(real: Dataset) -> None:
    graph = real.graph()
    (count,) = real.sparql("SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT * WHERE { ?s ?p ?o } }")
    assert len(graph) == count["n"]


def test_the_network_as_networkx(real: Dataset) -> None:
    graph = real.network()
    vaxjo, marks = (
        f"https://w3id.org/coopgraph/id/organisation/{name}" for name in ("vaxjo-kommun", "jb-marks")
    )
    (edge,) = graph.get_edge_data(vaxjo, marks).values()
    assert (edge["start"], edge["end"]) == ("2005", None)
    assert graph.nodes[marks]["label"] == "JB Marks Local Municipality"


@pytest.mark.parametrize(
    ("text", "of", "found"),
    [
        ("vaxjo-kommun", "organisation", "organisation:vaxjo-kommun"),
        ("organisation:vaxjo-kommun", "organisation", "organisation:vaxjo-kommun"),
        (
            "https://w3id.org/coopgraph/id/organisation/vaxjo-kommun",
            "organisation",
            "organisation:vaxjo-kommun",
        ),
        (
            "<https://w3id.org/coopgraph/id/organisation/vaxjo-kommun>",
            "organisation",
            "organisation:vaxjo-kommun",
        ),
        ("VÄXJÖ KOMMUN", "organisation", "organisation:vaxjo-kommun"),
        ("Vaxjo kommun", "organisation", "organisation:vaxjo-kommun"),
        ("Växjö Municipality", "organisation", "organisation:vaxjo-kommun"),
        ("ID", "organisation", "organisation:id"),
        ("CPMR", "network", "network:cpmr"),
        ("Kina", "country", "country:CHN"),
        ("China", "country", "country:CHN"),
        ("CN", "country", "country:CHN"),
        ("Kosovo", "country", "country:1A0"),
        ("vattenfrågor", "topic", "topic:water"),
    ],
)
def test_names_are_found_as_people_write_them(real: Dataset, text: str, of: str, found: str) -> None:
    store = real._built.store
    assert Names(store, real.namespaces, [of]).find(text) == real.namespaces.expand(found)


def test_a_thing_of_another_kind_is_not_taken(real: Dataset) -> None:
    with pytest.raises(QueryError, match="parameter 'country'"):
        real.query("partnership/by-country", country="Växjö kommun")
    with pytest.raises(UsageError, match="Did you mean"):
        real.describe("organisation:vaxjo-komun")


def test_describe_gives_facts_parts_links_and_evidence(real: Dataset) -> None:
    it = real.describe("partnership:vaxjo-kommun--jb-marks")
    assert it.labels[it.thing.value] == "Växjö Municipality – JB Marks"
    assert {part.value.partition("#")[2] for part in it.parts} >= {
        "coordinator",
        "financier",
        "figure-projects",
    }
    assert "startade redan 2005" in {one.quote.partition(", ")[2] for one in it.evidence}


def query_with(text: str) -> SavedQuery:
    return SavedQuery("x", Path("x.rq"), {}, {}, {}, {}, text)


@settings(derandomize=True)
@given(st.text(max_size=60))
def test_a_value_is_one_term_whatever_it_holds(text: str) -> None:
    """Binding changes one token of the query and no other, so a value can't break out."""
    query = query_with(
        "SELECT ?x WHERE { VALUES ?x { UNDEF } ?x ?p 'VALUES ?x { UNDEF }' } # VALUES ?x { UNDEF }"
    )
    before, after = significant(query.text), significant(query.bind({"x": [Literal(text)]}))
    assert [token.text for token in after] == [
        str(Literal(text)) if token.text == "UNDEF" else token.text for token in before
    ]


def test_only_the_named_line_is_filled() -> None:
    query = query_with("SELECT * WHERE { VALUES ?x { UNDEF } VALUES ?y { <a:b> } }")
    bound = query.bind({"x": [NamedNode("c:d"), NamedNode("e:f")]})
    assert bound == "SELECT * WHERE { VALUES ?x { <c:d> <e:f> } VALUES ?y { <a:b> } }"
    with pytest.raises(QueryError, match="no parameter 'z'"):
        query.bind({"z": []})


def test_the_text_of_a_query_runs_in_any_window(real: Dataset) -> None:
    """Every query declares the prefixes it uses, so its text can be pasted anywhere."""
    from coopgraph.queries import load_all

    for query in load_all(real.project).values():
        real._built.store.select(query.text)


def test_a_query_is_found_by_the_end_of_its_name(real: Dataset) -> None:
    assert load_query(real.project, "coordinators").name == "partnership/coordinators"


def test_a_query_of_the_datasets_own_is_read_as_it_is_now(tmp_path: Path) -> None:
    (tmp_path / "coopgraph.toml").write_text('base = "https://example.org/"\n', encoding="utf-8")
    project, path = load(tmp_path), tmp_path / "queries/network/members.rq"
    packaged = load_query(project, "network/members")
    path.parent.mkdir(parents=True)
    for title in ("Egen", "Ändrad"):
        path.write_text(f"#+ title: {{sv: {title}, en: Own}}\nSELECT ?a WHERE {{}}\n", encoding="utf-8")
        assert load_query(project, "network/members").title["sv"] == title
    path.unlink()
    assert load_query(project, "queries/network/members.rq") == packaged
    (tmp_path / "outside.rq").write_text("#+ title: T\nASK {}\n", encoding="utf-8")
    with pytest.raises(QueryError, match="no saved query"):
        load_query(project, "../outside")


def test_opening_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(coopgraph.ProjectError, match="No dataset found"):
        coopgraph.open(tmp_path)
