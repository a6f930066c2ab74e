"""The site as files: nothing missing, nothing too much, safe at a kill, and the same as what the server says."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from conftest import WORLD

from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.errors import ProjectError
from coopgraph.project import find
from coopgraph.publish.export import Exported, export
from coopgraph.publish.files import SUFFIXES, file_of
from coopgraph.publish.folder import LIST, ours, put
from coopgraph.publish.publication import Publication, publication
from coopgraph.publish.represent import represent
from coopgraph.publish.site import relative
from coopgraph.publish.sitemap import pages, sitemaps

ADDRESS = "https://data.example/"
BODY = "organisation/klitrup"


def published(folder: Path) -> Publication:
    project = find(folder)
    build(project)
    return publication(project, current(project), address=ADDRESS, live=False)


@pytest.fixture(scope="module")
def one(world_folder: Path) -> Publication:
    project = find(world_folder)
    return publication(project, current(project), address=ADDRESS, live=False)


@pytest.fixture(scope="module")
def site(one: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented world, exported; not to be changed."""
    target = tmp_path_factory.mktemp("site") / "www"
    export(one, target)
    return target


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


class Page(HTMLParser):
    """The addresses that a page leads to, and the places in it that can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.links += [found for name in ("href", "src", "action") if (found := named.get(name)) is not None]
        if named.get("id"):
            self.places.add(str(named["id"]))


def test_no_link_is_broken_and_none_needs_a_server(site: Path) -> None:
    found = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    assert len(found) > 500
    broken = []
    for path, page in found.items():
        for link in page.links:
            address = urlsplit(link)
            if address.scheme in ("http", "https"):
                continue
            start = site if address.path.startswith("/") else path.parent
            target = (start / unquote(address.path).lstrip("/")).resolve() if address.path else path
            whole = target.is_file() and target.is_relative_to(site) and not address.query
            if not whole or (address.fragment and address.fragment not in found[target].places):
                broken.append((path.relative_to(site).as_posix(), link))
    assert broken == []


def test_every_page_is_there_in_every_form_and_as_the_server_says_it(one: Publication, site: Path) -> None:
    paths = list(pages(one.site, live=False))
    for path in paths:
        if path not in ("", "map") and not path.startswith("query/"):
            assert all((site / file_of(path, suffix)).is_file() for suffix in SUFFIXES), path
    for path in random.Random(1).sample(paths, 25):
        for suffix in SUFFIXES:
            content = represent(
                one.site, path, suffix, href=lambda target, path=path: relative(target, path), live=False
            )
            if content is not None:
                assert (site / file_of(path, suffix)).read_bytes() == content, (path, suffix)


def test_the_answer_of_a_query_without_parameters_is_there(one: Publication, site: Path) -> None:
    name = next(name for name, query in sorted(one.site.queries.items()) if not query.params)
    rows = json.loads((site / "query" / f"{name}.json").read_bytes())
    assert isinstance(rows, list)
    assert (site / "query" / f"{name}.sv.html").is_file()
    asked = next(name for name, query in sorted(one.site.queries.items()) if query.params)
    assert not (site / "query" / f"{asked}.sv.html").exists()
    assert asked not in (site / "query.sv.html").read_text(encoding="utf-8").replace(f">{asked}<", "")


def test_the_sitemap_names_every_page_and_no_other(one: Publication, site: Path) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    places = [place.text or "" for place in ElementTree.parse(site / "sitemap.xml").iter(space + "loc")]
    assert len(places) == len(set(places)) == 2 * len(list(pages(one.site, live=False)))
    missing = [place for place in places if not (site / unquote(place.removeprefix(ADDRESS))).is_file()]
    assert missing == []
    assert "Sitemap: https://data.example/sitemap.xml" in (site / "robots.txt").read_text()


def test_a_long_sitemap_is_cut_into_parts(one: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopgraph.publish.sitemap.MOST", 100)
    found = sitemaps(one)
    assert {"sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"} <= set(found)
    named = [
        place.text
        for place in ElementTree.fromstring(found["sitemap.xml"]).iter()
        if place.tag.endswith("loc")
    ]
    assert named == [ADDRESS + name for name in found if name != "sitemap.xml"]


def test_things_can_be_searched_for_without_a_server(site: Path) -> None:
    index = json.loads((site / "search-index.json").read_bytes())
    things = [thing for part in index["parts"] for thing in json.loads((site / part).read_bytes())]
    path, sv, en, also, values = next(thing for thing in things if thing[0] == f"doc/{BODY}")
    assert sv
    assert (site / f"{path}.sv.html").is_file()
    assert isinstance(en, str)
    assert isinstance(also, str)
    assert ["kind", "organisation"] in [index["values"][value][:2] for value in values]
    page = (site / "search.sv.html").read_text(encoding="utf-8")
    assert 'href="doc/organisation.sv.html"' in page  # without a script there are the lists


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Exported, dict[str, bytes]]]:
    """A dataset published three times: at first, unchanged, and after an edit and the removal of a thing."""
    root = tmp_path_factory.mktemp("history")
    shutil.copytree(WORLD, root / "world", ignore=shutil.ignore_patterns(".coopgraph"))
    target, found = root / "www", []

    def run() -> None:
        done = export(published(root / "world"), target)
        found.append((target, done, files(target)))

    spare = root / "world" / "data" / "organisation" / "spare.ttl"
    body = root / "world" / "data" / f"{BODY}.ttl"
    spare.write_text(body.read_text(encoding="utf-8").split("\n<#")[0].replace(BODY, "organisation/spare"))
    run()
    run()
    spare.unlink()
    text = body.read_text(encoding="utf-8")
    body.write_text(text.replace('"@sv', ' i ny dräkt"@sv', 1), encoding="utf-8")
    run()
    return found


def test_what_has_not_changed_is_not_written(history: list[tuple[Path, Exported, dict[str, bytes]]]) -> None:
    (_, first, before), (_, again, after), _ = history
    assert (first.kept, first.removed) == (0, 0)
    assert (again.written, again.removed, again.kept) == (0, 0, first.written)
    assert before == after


def test_what_changed_is_written_and_what_went_is_removed(
    history: list[tuple[Path, Exported, dict[str, bytes]]],
) -> None:
    _, (_, again, before), (target, last, after) = history
    assert 0 < last.written < again.kept / 2
    gone = {path for path in before if path not in after}
    assert {f"doc/organisation/spare.{suffix}" for suffix in SUFFIXES} == gone
    assert last.removed == len(gone)
    assert "i ny dräkt".encode() in after[f"doc/{BODY}.sv.html"]
    assert set(after) == last.paths | {LIST}
    assert (target / "changes").is_dir()


def test_a_folder_that_is_not_ours_is_refused(one: Publication, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ProjectError, match="has not written"):
        export(one, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_somebody_elses_file_among_ours_is_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    with ours(tmp_path) as folder:
        folder.announce(["a/b.txt"])
        put(tmp_path, "a/b.txt", b"ours")
    (tmp_path / "a" / "c.txt").write_text("theirs")
    with ours(tmp_path) as folder:
        with pytest.raises(ProjectError, match=r"c\.txt"):
            folder.announce(["a/c.txt"])
        assert folder.keep([]) == 1
    assert files(tmp_path)["a/c.txt"] == b"theirs"
    assert not (tmp_path / "a" / "b.txt").exists()


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/x", "a//x", "a/./x", "a\nb", ""])
def test_no_path_leaves_the_folder(tmp_path: Path, path: str) -> None:
    with ours(tmp_path / "www") as folder, pytest.raises(ProjectError, match="path of a file"):
        folder.announce([path])


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with ours(tmp_path), pytest.raises(ProjectError, match="another process"), ours(tmp_path):
        pass


def killed(world: Path, target: Path, after: float) -> bool:
    """Publish in a process of its own that is killed after some seconds; whether it was killed before it had ended."""
    command = [sys.executable, "-m", "coopgraph", "-d", str(world), "publish", str(target)]
    command += ["--address", ADDRESS]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        helpers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait()
        deadline = time.monotonic() + 10
        while any(map(runs, helpers)):  # the processes that made pages end with it
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return True
    return False


def runs(process: str) -> bool:
    """Whether a process still runs, and is no mere entry that waits to be read."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kills(world: Path, reference: dict[str, bytes], target: Path, times: int, seed: int) -> None:
    """Kill it so many times, early and late; all that is there is whole, and one run in peace leaves all as it should be."""
    chance, done = random.Random(seed), 0
    while done < times:
        if not killed(world, target, chance.uniform(0.5, 4)):
            shutil.rmtree(target)
        done += 1
        if target.is_dir():
            found = files(target)
            left = {path for path in found if path not in reference}
            assert all(path.startswith(".coopgraph-new/") for path in left)
            whole = set(found) - left - {LIST}
            assert all(found[path] == reference[path] for path in whole)
            assert not whole - set(found.get(LIST, b"").decode().splitlines())
    assert not killed(world, target, 120)
    now = files(target)
    assert {path for path in now if now[path] != reference.get(path)} == set()
    assert set(now) == set(reference)


def test_a_kill_leaves_whole_files_and_the_next_run_goes_on(
    world_folder: Path, site: Path, tmp_path: Path
) -> None:
    kills(world_folder, files(site), tmp_path / "www", times=2, seed=1)


@pytest.mark.long
def test_many_kills_leave_whole_files(world_folder: Path, site: Path, tmp_path: Path) -> None:
    kills(world_folder, files(site), tmp_path / "www", times=25, seed=2)


def test_a_working_directory_that_is_gone_is_no_hindrance(world_folder: Path, tmp_path: Path) -> None:
    def publish(folder: str) -> subprocess.CompletedProcess[str]:
        gone = tmp_path / "gone"
        gone.mkdir()
        command = [
            sys.executable,
            "-m",
            "coopgraph",
            "--lang",
            "en",
            "-d",
            str(world_folder),
            "publish",
            folder,
        ]
        text = f"import os, sys; os.rmdir({str(gone)!r}); os.execv(sys.argv[1], sys.argv[1:])"
        return subprocess.run(
            [sys.executable, "-c", text, *command], cwd=gone, capture_output=True, text=True, check=False
        )

    refused = publish("site")
    assert refused.returncode == 2
    assert "can't be entered. Go to another, or give the whole path" in refused.stderr
    assert not (world_folder / "site").exists()
    done = publish(str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "index.html").exists()
