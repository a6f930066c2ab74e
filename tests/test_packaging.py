"""The built wheel works by itself, away from the checkout, with ontology, shapes and queries inside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has the wheel, and borrows the libraries of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    # a folder named in a .pth file comes after the wheel, and its own .pth files (an editable install) are not read
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    return folder / "bin" / "python"


def run(command: Path, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [command, "-m", "coopgraph", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "COOPGRAPH_LANG": "en"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_defaults_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder, suffix in (
        ("ontology", ".ttl"),
        ("shapes", ".ttl"),
        ("queries", ".rq"),
        ("harvests", ".rq"),
        ("mappings", ".yaml"),
    ):
        here = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(f"*{suffix}")}
        there = {name.removeprefix("coopgraph/defaults/") for name in names if name.endswith(suffix)}
        assert here
        assert here <= there
    assert not [name for name in names if name.split("/")[0] in ("tests", "data", "benchmarks")]


def test_every_command_works_in_a_new_dataset(command: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [command, "-c", "import coopgraph; print(coopgraph.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(ROOT) not in where.stdout
    assert "my-graph/coopgraph.toml" in run(command, "init", "my-graph", cwd=tmp_path)
    folder = tmp_path / "my-graph"
    assert "triples" in run(command, "build", cwd=folder)
    assert json.loads(run(command, "check", "--sources", "sources", "-f", "json", cwd=folder)) == []
    assert "organisation/partners" in run(command, "query", cwd=folder)
    assert "wikidata-twinned-bodies" in run(command, "harvest", cwd=folder)
    rows = json.loads(
        run(command, "query", "partnership/by-country", "-p", "country=Tyskland", "-f", "json", cwd=folder)
    )
    assert [row["start"] for row in rows] == ["1996"]
    assert "since 1996" in run(command, "show", "Exempelkommunen – Musterstadt", cwd=folder)
    assert run(command, "sparql", "ASK { ?x a coop:Partnership }", cwd=folder) == "true\n"
    explained = run(command, "explain", "Partnership-parties", cwd=folder)
    assert "Good:\n  <> a coop:Partnership" in explained
    assert "Bad:\n  <> a coop:Partnership" in explained


def test_the_wheel_has_the_scripts_of_others_with_their_licences(wheel: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    start = "coopgraph/publish/assets/vendor/"
    with zipfile.ZipFile(wheel) as packed:
        names = {name.removeprefix(start) for name in packed.namelist() if name.startswith(start)}
        licences = packed.read(start + "LICENCES.txt").decode()
    assert {"map.js", "force.js", "editor.js", "leaflet.css", "countries-110m.json"} <= names
    for package in ("leaflet 1.9.4 (BSD-2-Clause)", "d3-force 3.0.0 (ISC)", "world-atlas 2.0.2 (ISC)"):
        assert package in licences
    assert "esbuild" not in licences  # it made them, and is not in them


def test_the_lock_file_names_versions_and_checksums_and_no_host() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "://" not in text
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_without_node_the_wheel_is_built_and_says_what_is_missing(tmp_path: Path) -> None:
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(
        ".*", "node_modules", "build", "dist", "vendor", "__pycache__", "benchmarks", "world"
    )
    shutil.copytree(ROOT, source, ignore=ignored)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    built = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "PATH": str(tmp_path)}
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert "Node is not here, so the pages have no pictures" in built.stdout + built.stderr
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "/vendor/" in name]
