"""What two graphs say otherwise, where one of them is on a server: another coopgraph, or a SPARQL server of somebody's."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest
from site_server import serving
from steward import do
from test_edit_cli import run

from coopgraph.build.on_server import send
from coopgraph.build.snapshot import current
from coopgraph.edit import facts, find
from coopgraph.project import Project
from coopgraph.project import find as find_project
from coopgraph.publish.dumps import authored
from coopgraph.publish.site import open_site
from tests.servers import oxigraph, oxigraph_to_write

PATCH = """TX .
D <https://world.example/id/partnership/fjallsta-kommun--saltholt#e-start> <https://w3id.org/coopgraph/ns#value> "1950"^^<http://id.loc.gov/datatypes/edtf/EDTF> .
D <https://world.example/id/partnership/fjallsta-kommun--saltholt> <https://w3id.org/coopgraph/ns#start> "1950"^^<http://id.loc.gov/datatypes/edtf/EDTF> .
A <https://world.example/id/partnership/fjallsta-kommun--saltholt#e-start> <https://w3id.org/coopgraph/ns#value> "1951"^^<http://id.loc.gov/datatypes/edtf/EDTF> .
A <https://world.example/id/partnership/fjallsta-kommun--saltholt> <https://w3id.org/coopgraph/ns#start> "1951"^^<http://id.loc.gov/datatypes/edtf/EDTF> .
TC .
"""


def corrected(project: Project) -> None:
    do(
        project,
        lambda graph: facts.correct(
            graph,
            graph.names.expand("partnership:fjallsta-kommun--saltholt"),
            "coop:start",
            None,
            find.date(graph, "1951"),
            reason="Läst fel.",
        ),
    )


def test_a_served_graph_is_compared_with_the_files(steward: Project, tmp_path: Path) -> None:
    with serving(steward.root, tmp_path / "log") as site:
        url = f"{site.url}sparql"
        assert run(steward, "diff", url) == "They say the same.\n"
        corrected(steward)
        assert "Fjällsta – Saltholt: start was 1950, will be 1951." in run(steward, "diff", url)
        assert run(steward, "diff", url, "-f", "patch") == PATCH
        assert "start was 1951, will be 1950." in run(steward, "diff", "files", url)
        assert run(steward, "diff", url, "built") == "They say the same.\n"


@pytest.mark.server
def test_a_sparql_server_is_compared_with_the_files(steward: Project, tmp_path: Path) -> None:
    snapshot = current(steward)
    with oxigraph(snapshot.folder / "store", tmp_path) as url:
        assert run(steward, "diff", url) == "They say the same.\n"
        corrected(steward)
        assert run(steward, "diff", url, "-f", "patch") == PATCH
        with serving(steward.root, tmp_path / "log") as site:
            assert run(steward, "diff", url, f"{site.url}sparql") == "They say the same.\n"
    snapshot.close()


@pytest.mark.server
def test_a_dataset_kept_on_a_server_is_compared_with_its_files(steward: Project, tmp_path: Path) -> None:
    with oxigraph_to_write(tmp_path) as url:
        settings = steward.root / "coopgraph.toml"
        store = f'store = {{query = "{url}/query", update = "{url}/update"}}\n'
        settings.write_text(store + settings.read_text(encoding="utf-8"), encoding="utf-8")
        project = find_project(steward.root)
        send(project)
        assert run(project, "diff", f"{url}/query") == "They say the same.\n"
        corrected(project)
        assert run(project, "diff", f"{url}/query", "-f", "patch") == PATCH


@pytest.mark.server
def test_a_server_that_took_in_our_dump_is_compared_with_the_files(steward: Project, tmp_path: Path) -> None:
    snapshot = current(steward)
    dump = b"".join(f"{quad.triple} .\n".encode() for quad in authored(open_site(steward, snapshot.store)))
    snapshot.close()
    with oxigraph_to_write(tmp_path) as url:
        request = urllib.request.Request(
            f"{url}/store?default", dump, {"Content-Type": "application/n-triples"}
        )
        urllib.request.urlopen(request).close()
        assert run(steward, "diff", f"{url}/query") == "They say the same.\n"
        corrected(steward)
        assert run(steward, "diff", f"{url}/query", "-f", "patch") == PATCH


def test_an_address_where_nothing_answers_is_told(steward: Project) -> None:
    told = run(steward, "diff", "http://127.0.0.1:9/sparql", code=3)
    assert "does not answer" in told
    assert "Traceback" not in told
