"""What pictures show: nodes and ties of a thing, bars of time, charts, and which of them the answer of a saved query allows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from coopgraph.build.snapshot import current
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.publish.answers import answer_timeline, answer_view
from coopgraph.publish.chart import charts
from coopgraph.publish.site import Site, open_site
from coopgraph.publish.surroundings import MOST, view_data, view_of, view_of_all
from coopgraph.publish.timeline import Span, drawn
from coopgraph.publish.views import View, pictures
from coopgraph.queries.run import run_saved
from coopgraph.queries.table import Table
from tests.site_server import Site as Server
from tests.site_server import serving

BASE = "https://world.example/id/"


@pytest.fixture(scope="module")
def site(world_folder: Path) -> Iterator[Site]:
    project = find(world_folder)
    snapshot = current(project)
    yield open_site(project, snapshot.for_many_questions())
    snapshot.close()


@pytest.fixture(scope="module")
def server(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(world_folder, tmp_path_factory.mktemp("views") / "log") as found:
        yield found


def names(view: View) -> list[str]:
    return [node.names["sv"] for node in view.nodes]


def of(site: Site, path: str) -> View:
    return view_of(site, site.thing_at(path))


def joined(view: View, *, around: bool = False) -> set[frozenset[str]]:
    told = names(view)
    return {frozenset(told[place] for place in tie.nodes) for tie in view.ties if tie.around is around}


def test_a_body_stands_among_its_partners_and_networks(site: Site) -> None:
    view = of(site, "organisation/norrby-kommun")
    assert view.centre == 0
    assert names(view)[0] == "Norrby kommun"
    partnerships = {tie.path for tie in view.ties if tie.kind == "partnership" and not tie.around}
    assert partnerships == {
        f"doc/partnership/norrby-kommun--{other}"
        for other in ("klitrup", "moorwinkel", "pilvemae-vald", "yelkaya")
    } | {"doc/partnership/nordkustens-orter"}
    networks = {node.path for node in view.nodes if node.kind == "network"}
    assert networks == {"doc/network/kustnatet", "doc/network/halsonatet"}
    assert pictures(view) == {"map", "timeline", "network"}


def test_what_joins_neighbours_is_there_too_and_marked(site: Site) -> None:
    view = of(site, "organisation/norrby-kommun")
    mine = {tie.path for tie in view.ties if not tie.around}
    others = {tie.path for tie in view.ties if tie.around}
    assert others
    assert not mine & others
    assert all(0 not in tie.nodes for tie in view.ties if tie.around)


def test_a_network_stands_among_its_members(site: Site) -> None:
    view = of(site, "network/halsonatet")
    assert {frozenset(pair) for pair in joined(view)} == {
        frozenset({names(view)[0], other}) for other in names(view)[1:]
    }
    assert {node.path for node in view.nodes[1:]} == {
        f"doc/organisation/{slug}" for slug in ("norrby-kommun", "ostervik", "region-mittland", "saarikoivu")
    }


def test_a_country_has_the_partnerships_of_its_bodies_and_a_source_no_picture(site: Site) -> None:
    country = of(site, "organisation/klitrup").nodes[0].country
    view = of(site, f"concept/country/{country}")
    assert "doc/partnership/norrby-kommun--klitrup" in {tie.path for tie in view.ties}
    assert view.centre is None
    assert pictures(of(site, "source/norrby-internationellt")) == frozenset()
    assert view_data(site, "doc/source/norrby-internationellt") is None
    assert view_data(site, "ns") is None


def test_all_partnerships_are_on_the_map_but_those_that_are_retired(site: Site) -> None:
    view = view_of_all(site)
    assert 0 < len(view.ties) <= len(site.folders["partnership"])
    assert view.left_out == 0
    assert len(site.folders["partnership"]) < MOST
    told = json.loads(view.json())
    assert {tie["status"] for tie in told["ties"] if "status" in tie} <= set(told["words"])
    assert all({"sv", "en"} <= set(words) for words in told["words"].values())


def test_a_bar_is_solid_where_it_is_certain() -> None:
    found = drawn(
        [
            Span("känd", start="2000", end="2010-06-01"),
            Span("pågår", start="2000-01-01", until="2005-01-01"),
            Span("okänd"),
            Span("avtal", start="2005", moment=True),
        ],
        "sv",
    )
    bars = {bar.name: bar for bar in found.bars}
    assert [bar.name for bar in found.bars] == ["känd", "pågår", "avtal", "okänd"]
    assert [certain for _, _, certain in bars["känd"].parts] == [False, True]
    assert [certain for _, _, certain in bars["pågår"].parts] == [True, False]
    assert sum(bars["pågår"].parts[-1][:2]) == pytest.approx(100)  # what no source ends may go on
    assert bars["okänd"].parts == ()
    assert bars["okänd"].when == "ingen uppgift om start"
    assert bars["avtal"].when == "2005"
    assert found.ticks[0] == (0.0, 2000)
    assert all(0 <= start <= start + width <= 100.01 for bar in found.bars for start, width, _ in bar.parts)


def test_time_before_a_known_end_is_possible_and_no_more() -> None:
    (bar,) = drawn([Span("x", end="1999", until="")], "en").bars
    assert bar.when == "until 1999"
    assert [certain for _, _, certain in bar.parts] == [False, False]
    assert drawn([Span("x")], "en").bars == ()


@pytest.mark.parametrize(
    ("name", "values", "maps", "timed", "titles"),
    [
        (
            "partnership/by-kind",
            {},
            {"map", "network"},
            True,
            ["Antal rader efter slag", "Antal rader efter status"],
        ),
        ("network/members", {"network": "Kustnätet"}, {"map"}, True, None),
        ("partnership/by-country-and-decade", {}, set(), False, None),
        ("policy/goals", {}, set(), False, None),
    ],
)
def test_the_columns_of_an_answer_say_which_pictures_it_allows(
    site: Site,
    name: str,
    values: dict[str, str],
    maps: set[str],
    timed: bool,
    titles: list[str] | None,
) -> None:
    table = run_saved(site.queries[name], values, site.store, site.namespaces, language="sv")
    assert len(table)
    view = answer_view(site, table)
    assert pictures(view) & {"map", "network"} == maps
    assert (answer_timeline(site, table, view, "sv", link=str) is not None) is timed
    if titles is not None:
        assert [chart.title for chart in charts(table, "sv", link=str)] == titles


def test_a_chart_adds_up_what_is_counted(site: Site) -> None:
    query = site.queries["partnership/by-country-and-decade"]
    table = run_saved(query, {}, site.store, site.namespaces, language="en")
    total = sum(row["partnerships"] for row in table)
    found = charts(table, "en", link=str)
    assert [chart.title for chart in found] == [
        "Partnerships by country",
        "Partnerships by start",
        "Partnerships by decade",
    ]
    assert all(sum(bar.number for bar in chart.bars) == total for chart in found)
    assert all(max(bar.width for bar in chart.bars) == 100 for chart in found)
    decades = [bar.name for bar in found[2].bars]
    assert decades == [*sorted(one for one in decades if one.isdigit()), "unknown"]


def test_events_of_a_partnership_are_one_bar_and_counted_once(site: Site) -> None:
    query = site.queries["partnership/timeline"]
    table = run_saved(query, {}, site.store, site.namespaces, language="sv")
    view = answer_view(site, table)
    bars = answer_timeline(site, table, view, "sv", link=str).bars  # type: ignore[union-attr]
    partnerships = {row[2] for row in table.terms}
    assert len(bars) == len({bar.link for bar in bars}) == len(partnerships) < len(table)
    (chart,) = charts(table, "sv", link=str)
    assert chart.title == "Samarbete: antal olika efter händelse"
    starting = {row[2] for row in table.terms if row[1] is not None and row[1].value == "start"}
    assert next(bar.number for bar in chart.bars if bar.name == "samarbetet börjar") == len(starting)


def test_what_can_not_be_counted_has_no_chart(world_folder: Path) -> None:
    names = namespaces(find(world_folder))
    thing = NamedNode(BASE + "organisation/x")
    assert charts(Table(("thing", "text"), [(thing, Literal("a"))], {}, names), "sv", link=str) == []
    assert charts(Table(("thing",), [], {}, names), "sv", link=str) == []


def test_the_server_gives_the_data_of_pictures(server: Server, site: Site) -> None:
    path = "doc/organisation/norrby-kommun"
    answer = server.ask(f"/{path}.view.json")
    assert answer.status == 200
    assert answer.body == view_data(site, path)
    assert server.ask("/doc/source/norrby-internationellt.view.json").status == 404
    assert server.ask("/doc/organisation/ingen.view.json").status == 404
    assert server.ask("/doc/organisation/%20.view.json").status == 404
    assert server.ask("/map.view.json").body == view_of_all(site).json()
    asked = server.query("partnership/by-country", ".view.json", country="Danmark").json()
    assert {node.get("country") for node in asked["nodes"]} == {"SWE", "DNK"}


def test_an_answer_is_shown_as_it_is_asked_for(server: Server) -> None:
    page = server.query("partnership/by-kind", ".sv.html", view="chart").text()
    assert "Antal rader efter slag" in page
    assert server.query("partnership/by-kind", ".sv.html", view="pie").status == 422
    plain = server.query("partnership/by-kind", ".sv.html")
    framed = server.query("partnership/by-kind", ".sv.html", view="map", embed="1")
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    assert "unsafe" not in framed.headers["content-security-policy"]
    named = server.query("partnership/by-country", ".sv.html", country="Danmark").text()
    assert '<option value="country:DNK" selected>' in named


def test_the_editor_is_told_the_vocabulary_and_where_a_fault_is(server: Server) -> None:
    told = server.ask("/sparql-terms.json").json()
    terms = {term["name"]: term for term in told["terms"]}
    assert terms["coop:hasParty"]["kind"] == "property"
    assert terms["coop:Partnership"]["kind"] == "class"
    assert terms["status:active"]["label"]["sv"] == "pågående"
    assert told["prefixes"]["coop"] == "https://w3id.org/coopgraph/ns#"
    fault = server.sparql("SELECT ?x\nWHERE { ?x coop:hasParty }", accept="application/json").json()
    assert (fault["line"], fault["column"]) == (2, 26)
    page = server.ask("/sparql?example=partnership/by-country", accept="text/html").text()
    assert "VALUES ?country { UNDEF }" in page
