"""What has changed among the files of a dataset is found without reading those that have not."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from coopgraph.build import aside, listing
from coopgraph.build.listing import Summary
from coopgraph.build.manifest import Manifest, look, read_manifest
from coopgraph.errors import ProjectError
from coopgraph.project import Project, load

TURTLE = "<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n"
PYTHON = sys.executable


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "coopgraph.toml").write_text('base = "https://example.org/"\n', encoding="utf-8")
    for name in ("place/a", "place/b", "place/inner/c", "source/d"):
        path = tmp_path / f"data/{name}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TURTLE, encoding="utf-8")
    return load(tmp_path)


def kept(manifest: Manifest, path: Path) -> Manifest:
    """The manifest as it comes back from its file, a moment later."""
    manifest.write(path)
    time.sleep(0.06)
    again = read_manifest(path)
    assert again is not None
    assert again.fingerprint == manifest.fingerprint
    assert set(again) == set(manifest)
    assert len(again) == len(manifest)
    return again


def changes(project: Project, known: Manifest) -> tuple[Manifest, set[str]]:
    now = look(project, known)
    assert now.sums == look(project).sums
    return now, now.changed_since(known)


def test_what_comes_goes_and_changes_is_told(project: Project, tmp_path: Path) -> None:
    known = kept(look(project), tmp_path / "files")
    assert "data/place/inner/c.ttl" in known
    assert changes(project, known)[1] == set()
    data = project.data
    (data / "place/a.ttl").write_text(TURTLE * 2, encoding="utf-8")
    (data / "place/b.ttl").rename(data / "place/e.ttl")
    (data / "source/d.ttl").unlink()
    (data / "new/folder").mkdir(parents=True)
    (data / "new/folder/f.nt").write_text(TURTLE, encoding="utf-8")
    (data / "place/.hidden.ttl").write_text(TURTLE, encoding="utf-8")
    (data / "place/notes.txt").write_text("x", encoding="utf-8")
    now, changed = changes(project, known)
    told = {"place/a.ttl", "place/b.ttl", "place/e.ttl", "source/d.ttl", "new/folder/f.nt"}
    assert changed == {f"data/{name}" for name in told}
    assert "data/source/d.ttl" not in now
    assert now.fingerprint != known.fingerprint


def test_named_files_alone_give_what_a_whole_look_gives(project: Project) -> None:
    known = look(project)
    (project.data / "place/a.ttl").write_text(TURTLE * 3, encoding="utf-8")
    (project.data / "source/d.ttl").unlink()
    named = look(project, known, {"data/place/a.ttl", "data/source/d.ttl"})
    assert named.sums == look(project).sums
    assert set(named) == set(look(project))
    assert named.changed_since(known) == {"data/place/a.ttl", "data/source/d.ttl"}


def test_files_that_are_as_they_were_are_not_read(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.sleep(0.06)  # what is as new as the look itself is read again
    known = kept(look(project), tmp_path / "files")
    (project.data / "source/d.ttl").write_text(TURTLE * 2, encoding="utf-8")
    read: list[str] = []
    whole = listing.checksum
    monkeypatch.setattr(listing, "checksum", lambda path: read.append(path) or whole(path))
    assert look(project, known).changed_since(known) == {"data/source/d.ttl"}
    assert [path for path in read if path.startswith(str(project.data))] == [
        str(project.data / "source/d.ttl")
    ]


@pytest.mark.parametrize("python", [PYTHON, "/no/such/python", "/bin/false"])
def test_another_process_finds_the_same(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    monkeypatch.setattr(aside, "_MANY", 0)
    monkeypatch.setattr(sys, "executable", python)
    time.sleep(0.06)
    known = kept(look(project), tmp_path / "files")
    shared = aside.Aside({name: listing.Listing(count) for name, count in {"a": 3, "b": 2, "c": 1}.items()})
    assert shared.paths == {"b", "c"}
    assert shared.found() == (dict.fromkeys("bc", (Summary("", 0, []), [])) if python == PYTHON else {})
    (project.data / "source/d.ttl").write_text(TURTLE * 2, encoding="utf-8")
    (project.data / "place/inner/c.ttl").unlink()
    (project.data / "place/inner/more").mkdir()
    (project.data / "place/inner/more/g.ttl").write_text(TURTLE, encoding="utf-8")
    now, changed = changes(project, known)
    told = {"source/d.ttl", "place/inner/c.ttl", "place/inner/more/g.ttl"}
    assert changed == {f"data/{name}" for name in told}
    assert now.changed_since(look(project)) == set()


def test_a_second_change_within_the_moment_of_a_look_is_seen(project: Project) -> None:
    path = project.data / "place/a.ttl"
    path.write_text(TURTLE.replace("c", "d"), encoding="utf-8")
    known = look(project)
    times = path.stat()
    path.write_text(TURTLE.replace("c", "e"), encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert look(project, known).changed_since(known) == {"data/place/a.ttl"}


@pytest.mark.parametrize("name", ["å ä.ttl", "tab\there.ttl", "new\nline.ttl", os.fsdecode(b"\xff.ttl")])
def test_any_name_of_a_file_is_told(project: Project, tmp_path: Path, name: str) -> None:
    known = kept(look(project), tmp_path / "files")
    path = project.data / "place" / name
    path.write_text(TURTLE, encoding="utf-8")
    now, changed = changes(project, known)
    assert f"data/place/{name}" in changed
    now.write(tmp_path / "files")
    time.sleep(0.06)
    path.write_text(TURTLE * 2, encoding="utf-8")
    again = read_manifest(tmp_path / "files")
    assert again is not None
    last = look(project, again)
    assert last.changed_since(again) == {f"data/place/{name}"}
    assert last.sums == look(project).sums


@pytest.mark.parametrize("damage", ["", "{}", "[1]\n", "12\tabc\n", "cut"])
def test_a_damaged_manifest_is_none(project: Project, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "files"
    look(project).write(path)
    path.write_bytes(path.read_bytes()[:-1] if damage == "cut" else damage.encode())
    assert read_manifest(path) is None


def test_a_file_that_may_not_be_read_is_told(project: Project) -> None:
    (project.data / "place/a.ttl").unlink()
    (project.data / "place/a.ttl").symlink_to("/proc/self/mem")
    with pytest.raises(ProjectError, match=r"a\.ttl: can't be read"):
        look(project)
