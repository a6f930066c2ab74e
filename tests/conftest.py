"""What tests share: the checkout, the invented world and the real data, each built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopgraph import Dataset
from coopgraph.api import open as open_dataset
from coopgraph.build.make import build
from coopgraph.project import find

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
