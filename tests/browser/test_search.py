"""Search as a person meets it: suggested while one types, narrowed down, without scripts, and on a site without a server."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Site

from browser.conftest import Opening
from coopgraph.build.snapshot import current
from coopgraph.project import find
from coopgraph.publish.export import export
from coopgraph.publish.publication import publication

pytestmark = pytest.mark.server


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def files(served_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The host of a plain file server with the exported site."""
    project = find(served_folder)
    snapshot = current(project)
    folder = tmp_path_factory.mktemp("www") / "site"
    export(publication(project, snapshot, live=False), folder)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    snapshot.close()


def typed(page: Any, text: str) -> None:
    page.locator("form.search input[name=q]").press_sequentially(text)
    page.locator("[role=option]").first.wait_for()


@pytest.mark.parametrize("where", ["server", "files"])
def test_suggestions_are_chosen_by_keyboard(opening: Opening, files: str, where: str) -> None:
    one = opening(host=files) if where == "files" else opening()
    one.go("/index.sv.html")
    box, options = one.page.locator("form.search input[name=q]"), one.page.locator("[role=option]")
    before = one.page.evaluate("document.querySelector('main').getBoundingClientRect().top")
    typed(one.page, "norrb")
    assert one.page.evaluate("document.querySelector('main').getBoundingClientRect().top") == before
    assert box.get_attribute("aria-expanded") == "true"
    assert "förslag" in one.page.locator("form [role=status]").inner_text()
    assert one.axe() == []
    box.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "norrb"
    box.press("ArrowDown")
    options.first.wait_for()
    box.press("ArrowDown")
    with one.page.expect_navigation():
        box.press("Enter")
    assert "Norrby" in one.page.locator("h1").inner_text()


@pytest.mark.parametrize("where", ["server", "files"])
def test_what_is_found_is_narrowed_down_and_widened_again(opening: Opening, files: str, where: str) -> None:
    one = opening(host=files) if where == "files" else opening()
    one.go("/search.sv.html?q=norrby")
    results, told = (
        one.page.locator(".results li"),
        one.page.locator("main > [role=status], #found > [role=status]"),
    )
    results.first.wait_for()
    all_ = results.count()
    assert "Norrby kommun" in results.first.inner_text()
    choice = one.page.locator(".facets li a", has_text="Samarbeten")
    count = int(choice.locator(".number").inner_text())
    with one.page.expect_navigation():
        choice.click()
    results.first.wait_for()
    assert results.count() == count < all_
    assert str(count) in told.inner_text()
    with one.page.expect_navigation():
        one.page.locator(".facets [aria-current]").first.click()
    results.first.wait_for()
    assert results.count() == all_
    assert one.axe() == []


def test_the_server_and_the_files_find_the_same(opening: Opening, files: str) -> None:
    told = []
    for host in (None, files):
        one = opening(host=host) if host else opening()
        found = []
        for query in (
            "q=norrby",
            "q=Nörby+komun",
            "country=country:SWE",
            "q=kustn",
            "from=1990&to=1999",
            "q=kommun+norrby",
        ):
            one.go(f"/search.sv.html?{query}")
            one.page.locator(".results li").first.wait_for()
            found.append(
                (
                    query,
                    sorted(one.page.locator(".results li a").all_inner_texts()),
                    sorted(
                        one.page.locator(".facets li a").evaluate_all(
                            "(all) => all.map((a) => a.textContent.trim().replace(/\\s+/g, ' '))"
                        )
                    ),
                )
            )
        told.append(found)
    for here, there in zip(*told, strict=True):
        assert here == there


def test_a_search_that_means_harm_is_text(opening: Opening, files: str) -> None:
    for host in (None, files):
        one = opening(host=host) if host else opening()
        one.go("/search.sv.html?q=%3Cscript%3Ealert(1)%3C/script%3E&kind=%22%3E%3Cb%3E")
        one.page.locator("[role=status]").first.wait_for()
        assert one.page.locator("main b, main script").count() == 0
        assert one.page.locator("main input[name=q]").input_value() == "<script>alert(1)</script>"


def test_without_scripts_the_form_answers_and_files_lead_to_the_lists(
    opening: Opening, files: str, site: Site
) -> None:
    one = opening(scripts=False)
    one.go("/")
    one.page.wait_for_load_state("networkidle")  # a page that is left breaks off what it still fetches
    one.page.locator("form.search input[name=q]").fill("norrby")
    with one.page.expect_navigation():
        one.page.locator("form.search button").click()
    assert "Norrby kommun" in one.page.locator(".results li").first.inner_text()
    one = opening(scripts=False, host=files)
    one.go("/search.sv.html?q=norrby")
    one.page.wait_for_load_state("networkidle")
    with one.page.expect_navigation():
        one.page.locator("#lists a", has_text="Organisationer").click()
    assert "Norrby kommun" in one.page.locator("main").inner_text()
