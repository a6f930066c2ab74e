"""What tests share: the checkout, the invented world and the real data, each built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopgraph import Dataset
from coopgraph.api import open as open_dataset
from coopgraph.build.make import build
from coopgraph.project import Project, find
from tests.site_server import Site, serving

ROOT = Path(__file__).parent.parent
WORLD = ROOT / "tests" / "world"
SHARED = ROOT.parent / "shared"


def _built(source: Path, target: Path) -> Path:
    """A copy of a dataset, built, so that tests leave the checkout as it is."""
    target.mkdir(parents=True)
    shutil.copy(source / "coopgraph.toml", target)
    shutil.copytree(source / "data", target / "data")
    build(find(target))
    return target


@pytest.fixture(scope="session")
def world_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented world, built; not to be changed."""
    return _built(WORLD, tmp_path_factory.mktemp("datasets") / "world")


@pytest.fixture(scope="session")
def real_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real data, built; not to be changed."""
    return _built(ROOT, tmp_path_factory.mktemp("datasets") / "real")


@pytest.fixture(scope="session")
def world(world_folder: Path) -> Iterator[Dataset]:
    with open_dataset(world_folder, language="en") as dataset:
        yield dataset


@pytest.fixture(scope="session")
def real(real_folder: Path) -> Iterator[Dataset]:
    with open_dataset(real_folder, language="en") as dataset:
        yield dataset


_RETIRED = """@base <https://world.example/id/organisation/upplost> .
@prefix coop: <https://w3id.org/coopgraph/ns#> .
@prefix cv: <http://data.europa.eu/m8g/> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<> a cv:PublicOrganisation ; owl:deprecated true ; coop:date "2020"^^edtf:EDTF ;
    skos:prefLabel "Upplöst"@sv , "Dissolved"@en ; coop:reason "Den upplöstes."@sv , "It was dissolved."@en .
"""
_HOSTILE = """@base <https://world.example/id/organisation/fientlig> .
@prefix cv: <http://data.europa.eu/m8g/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<> a cv:PublicOrganisation ;
    skos:prefLabel "</script><script>alert(1)</script>"@sv , "\\" onmouseover=\\"alert(2)"@en ;
    foaf:homepage <javascript:alert(3)> , <data:text/html,x> ;
    dct:description "<img src=x onerror=alert(4)>"@sv , "{{ 7 * 7 }}"@en .
"""


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented world with a thing that is retired for good, and one that means harm; built."""
    target = tmp_path_factory.mktemp("served") / "world"
    shutil.copytree(WORLD, target, ignore=shutil.ignore_patterns(".coopgraph"))
    for name, text in (("upplost", _RETIRED), ("fientlig", _HOSTILE)):
        (target / "data" / "organisation" / f"{name}.ttl").write_text(text, encoding="utf-8")
    build(find(target))
    return target


@pytest.fixture(scope="session")
def site(served_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web server of `served_folder`."""
    with serving(served_folder, tmp_path_factory.mktemp("site") / "log", "--metrics") as found:
        yield found


@pytest.fixture
def world_copy(tmp_path: Path) -> Path:
    """The invented world, not built, for a test to change."""
    target = tmp_path / "world"
    shutil.copytree(WORLD, target, ignore=shutil.ignore_patterns(".coopgraph"))
    return target


@pytest.fixture
def real_copy(tmp_path: Path) -> Path:
    """The real data, not built, for a test to change."""
    target = tmp_path / "real"
    target.mkdir()
    shutil.copy(ROOT / "coopgraph.toml", target)
    shutil.copytree(ROOT / "data", target / "data")
    return target


@pytest.fixture
def steward(world_folder: Path, tmp_path: Path) -> Project:
    """The invented world, built, with the texts of its sources, for a test to edit."""
    target = tmp_path / "world"
    shutil.copytree(world_folder, target)
    shutil.copytree(WORLD / "sources", target / "sources")
    return find(target)
