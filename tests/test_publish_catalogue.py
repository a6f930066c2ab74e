"""The catalogue for portals of open data, the description for crawlers, and the dumps that they point to."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from conftest import SHARED
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple

from coopgraph.build.changes import record
from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.errors import StoreError, UsageError
from coopgraph.project import find
from coopgraph.publish.catalogue import catalogue
from coopgraph.publish.dumps import authored, dumps
from coopgraph.publish.facts import PREFIXES
from coopgraph.publish.feed import atom
from coopgraph.publish.publication import Publication, publication
from coopgraph.publish.serialise import serialise
from coopgraph.publish.void import void
from coopgraph.validate.anyones import check_files

SHAPES = SHARED / "conformance" / "dcat-ap-3.0.1" / "html" / "shacl"
BASE = "https://world.example/"
HTTP = "https://open.example/"


@pytest.fixture(scope="module")
def published(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The invented world with a version or two behind it, as a server would publish it."""
    folder = tmp_path_factory.mktemp("published") / "world"
    shutil.copytree(world_folder, folder)
    settings = folder / "coopgraph.toml"
    named = 'publisher_type = "LocalAuthority"\ncontact = "data@world.example"\n'
    settings.write_text(named + settings.read_text(encoding="utf-8"), encoding="utf-8")
    project = find(folder)
    build(project)
    name = current(project).report.snapshot
    log = project.state / "changes"
    shutil.rmtree(log, ignore_errors=True)
    record(log, "before", name, datetime(2026, 1, 5, tzinfo=UTC), [quad()], ())
    return publication(project, current(project), address=HTTP, live=True)


def quad() -> Quad:
    return Quad(NamedNode(BASE + "a"), NamedNode(BASE + "b"), NamedNode(BASE + "c"), NamedNode(BASE + "d"))


def values(triples: list[Triple], subject: str, name: str) -> list[str]:
    prefix, _, local = name.partition(":")
    return sorted(
        one.object.value
        for one in triples
        if one.subject == NamedNode(BASE + subject) and one.predicate == NamedNode(PREFIXES[prefix] + local)
    )


@pytest.mark.parametrize(
    "shapes",
    ["shapes", "range", "mdr-vocabularies.shape", "shapes_recommended", "deprecateduris"],
)
@pytest.mark.parametrize("live", [True, False])
def test_the_catalogue_satisfies_dcat_ap(
    published: Publication, tmp_path: Path, shapes: str, live: bool
) -> None:
    if not SHAPES.is_dir():
        pytest.skip(f"{SHAPES} is not here")
    path = tmp_path / "catalog.ttl"
    one = replace(published, live=live)
    path.write_bytes(serialise(catalogue(one), "ttl", PREFIXES))
    checked = check_files([path], [SHAPES / f"{shapes}.ttl"])
    assert [one for one in checked.findings if one.severity == "violation"] == []


def test_a_catalogue_with_a_fault_does_not(published: Publication, tmp_path: Path) -> None:
    if not SHAPES.is_dir():
        pytest.skip(f"{SHAPES} is not here")
    path = tmp_path / "catalog.ttl"
    title = NamedNode(PREFIXES["dct"] + "title")
    path.write_bytes(
        serialise([one for one in catalogue(published) if one.predicate != title], "ttl", PREFIXES)
    )
    focus = {one.focus for one in check_files([path], [SHAPES / "shapes.ttl"]).findings}
    assert {BASE + "catalog", BASE + "catalog#data", BASE + "catalog#sparql"} <= focus


def test_pyshacl_agrees(published: Publication) -> None:
    if not SHAPES.is_dir():
        pytest.skip(f"{SHAPES} is not here")
    import rdflib
    from pyshacl import validate

    data = rdflib.Graph().parse(data=serialise(catalogue(published), "ttl", PREFIXES), format="turtle")
    shapes = rdflib.Graph()
    for name in ("shapes", "range", "mdr-vocabularies.shape"):
        shapes.parse(SHAPES / f"{name}.ttl", format="turtle")
    _, report, _ = validate(data, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    # what a result gives as its detail has a severity of its own, which does not count
    severities = [
        report.value(one, rdflib.SH.resultSeverity) for one in report.objects(None, rdflib.SH.result)
    ]
    assert rdflib.SH.Violation not in severities


def test_what_dcat_ap_se_demands_is_there(published: Publication) -> None:
    found = catalogue(published)
    for subject, names in {
        "catalog": ["dct:title", "dct:description", "dct:publisher", "dct:license", "dcat:dataset"],
        "catalog#data": ["dct:title", "dct:description", "dct:publisher", "dcat:contactPoint"],
        "catalog#data.ttl": ["dcat:accessURL", "dct:format", "dct:license"],
        "catalog#sparql": ["dct:title", "dcat:endpointURL", "dct:format"],
        "catalog#publisher": ["foaf:name", "dct:type"],
        "catalog#contact": ["vcard:fn", "vcard:hasEmail"],
    }.items():
        for name in names:
            assert values(found, subject, name), (subject, name)
    assert values(found, "catalog#data", "dcat:version") == ["2026-01-05.2"]
    assert values(found, "catalog#data", "owl:versionIRI") == [BASE + "catalog#version-2026-01-05.2"]
    assert values(found, "catalog#contact", "vcard:hasEmail") == ["mailto:data@world.example"]


def test_the_catalogue_has_no_blank_nodes_and_answers_for_its_own_names(published: Publication) -> None:
    found = catalogue(published)
    subjects = {one.subject for one in found}
    assert not any(isinstance(term, BlankNode) for one in found for term in (one.subject, one.object))
    pointed = {
        one.object
        for one in found
        if isinstance(one.object, NamedNode) and one.object.value.startswith(BASE + "catalog")
    }
    assert pointed <= subjects


def test_a_crawler_is_told_how_much_there_is(published: Publication) -> None:
    found = void(published)
    assert values(found, "catalog#data", "void:triples") == [str(published.snapshot.report.triples)]
    assert values(found, "catalog#data", "void:sparqlEndpoint") == [HTTP + "sparql"]
    assert HTTP + "dump/data.nt.gz" in values(found, "catalog#data", "void:dataDump")
    assert len(values(found, "catalog#data", "void:classPartition")) == len(published.snapshot.report.kinds)


def test_the_dumps_hold_the_facts_in_every_form(published: Publication) -> None:
    folder = published.dumps[0].path.parent
    facts = {one.triple for one in authored(published.site)}
    assert facts
    lines = gzip.decompress((folder / "data.nt.gz").read_bytes())
    for content, form in (
        (lines, RdfFormat.N_TRIPLES),
        ((folder / "data.ttl").read_bytes(), RdfFormat.TURTLE),
        ((folder / "data.jsonld").read_bytes(), RdfFormat.JSON_LD),
    ):
        assert {one.triple for one in ox.parse(content, format=form)} == facts, form
    quads = set(ox.parse((folder / "data.trig").read_bytes(), format=RdfFormat.TRIG))
    assert quads == set(authored(published.site))


def test_facts_derived_facts_and_ontology_are_the_whole_graph(published: Publication) -> None:
    folder = published.dumps[0].path.parent
    found: set[Triple] = set()
    for name, form in (
        ("data.nt.gz", RdfFormat.N_TRIPLES),
        ("derived.nt.gz", RdfFormat.N_TRIPLES),
        ("ontology.ttl", RdfFormat.TURTLE),
    ):
        content = (folder / name).read_bytes()
        content = gzip.decompress(content) if name.endswith(".gz") else content
        found |= {one.triple for one in ox.parse(content, format=form)}
    assert found == set(published.site.store.construct("CONSTRUCT WHERE { ?s ?p ?o }"))


def test_a_table_has_a_row_a_thing_with_names_beside_what_it_points_to(published: Publication) -> None:
    path = next(one.path for one in published.dumps if one.name == "coop-Partnership.csv")
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    asked = published.site.store.select(
        "SELECT ?x WHERE { GRAPH ?g { ?x a <https://w3id.org/coopgraph/ns#Partnership> } } ORDER BY ?x"
    )
    assert [row["iri"] for row in rows] == [one.value for (one,) in asked if one]
    parties = rows[0]["coop:hasParty"].split(" | ")
    assert len(parties) == len(rows[0]["coop:hasPartyLabel"].split(" | ")) > 1
    assert all(one.startswith("https://") for one in parties)


def test_the_same_graph_gives_the_same_bytes_and_true_checksums(
    published: Publication, tmp_path: Path
) -> None:
    again = dumps(published.site, tmp_path / "dumps")
    assert [(one.name, one.sha256) for one in again] == [(one.name, one.sha256) for one in published.dumps]
    for one in again:
        assert hashlib.sha256(one.path.read_bytes()).hexdigest() == one.sha256
        assert one.path.stat().st_size == one.size
    assert json.loads((tmp_path / "dumps" / "data.jsonld").read_bytes())["@graph"]


def test_dumps_that_are_there_are_not_made_again(published: Publication, tmp_path: Path) -> None:
    folder = tmp_path / "dumps"
    dumps(published.site, folder)
    (folder / "data.ttl").write_text("kept", encoding="utf-8")
    assert [one.size for one in dumps(published.site, folder) if one.name == "data.ttl"] == [4]
    assert [one.name for one in tmp_path.iterdir()] == ["dumps"]


@pytest.mark.parametrize("licence", ["", "CC BY 4.0", "javascript:alert(1)"])
def test_a_licence_that_is_no_address_is_left_out(published: Publication, licence: str) -> None:
    site = replace(published.site, project=replace(published.site.project, licence=licence))
    found = catalogue(replace(published, site=site))
    assert values(found, "catalog", "dct:license") == []
    assert values(found, "catalog", "dct:title")


@pytest.mark.parametrize("address", ["data.example/", "https://data.example", "https://a b/", "javascript:/"])
def test_an_address_that_is_none_is_refused(published: Publication, address: str) -> None:
    project = published.site.project
    with pytest.raises(UsageError, match="address of a site"):
        publication(project, published.snapshot, address=address, live=False)


def test_dumps_that_cannot_be_written_say_so(published: Publication, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Make room"):
        dumps(published.site, tmp_path / "file" / "dumps")


def test_the_feed_is_xml_whatever_things_are_called(published: Publication) -> None:
    title = {"sv": "Å \x01 <b> & \ud7ff", "en": "x"}
    site = replace(published.site, project=replace(published.site.project, title=title))
    feed = ElementTree.fromstring(atom(replace(published, site=site), "sv"))
    assert feed.findtext("{http://www.w3.org/2005/Atom}title") == "Å  <b> & \ud7ff"
