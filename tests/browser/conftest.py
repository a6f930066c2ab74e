"""One browser for all tests of pages: Debian's Chromium, with no network but the site itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import ROOT, Site

from tests.site_server import serving

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (make .venv/test)")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


@dataclass
class Watched:
    """A page, and all that went wrong on it: requests to other hosts, answers that failed, errors of scripts and of the policy."""

    page: Any
    host: str
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._failed)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("console", self._said)

    def go(self, path: str, *, status: int = 200) -> None:
        """Go to a path of the site, and fail for another status than that."""
        answer = self.page.goto(f"http://{self.host}{path}", wait_until="load")
        assert answer is not None
        assert answer.status == status, path

    def axe(self) -> list[str]:
        """What axe finds: rule, and where."""
        if not AXE.is_file():
            pytest.skip("axe-core is not installed (npm ci)")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{one['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    def focused(self) -> str:
        """What has the focus, as its tag and text; whether that can be seen is asked for too."""
        told: str = self.page.evaluate(
            """() => { const one = document.activeElement, look = getComputedStyle(one), box = one.getBoundingClientRect();
            const seen = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2 && box.width > 0 && box.right > 0;
            return (seen ? "" : "UNSEEN ") + one.localName + " " + (one.getAttribute("aria-label") || one.textContent || one.name).trim(); }"""
        )
        return told

    def _asked(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self.host:
            self.wrong.append(f"another host: {request.url}")

    def _failed(self, request: Any) -> None:
        # a page that turns out to be a file to keep breaks off
        if not (request.is_navigation_request() and request.failure == "net::ERR_ABORTED"):
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.wrong.append(f"{response.status}: {response.url}")

    def _said(self, message: Any) -> None:
        # the status of a page that is meant not to be there is told on the console too
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(f"console: {message.text}")


@pytest.fixture(scope="session")
def real_site(real_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web server of the real data."""
    with serving(real_folder, tmp_path_factory.mktemp("real-site") / "log") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed (sh scripts/install-servers.sh)")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield found
        found.close()


Opening = Callable[..., Watched]


def opened(
    browser: Any,
    host: str,
    *,
    width: int = 1280,
    language: str = "sv",
    dark: bool = False,
    scripts: bool = True,
    print_: bool = False,
) -> Watched:
    """A page in a context of its own, watched."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        locale={"sv": "sv-SE", "en": "en-GB"}[language],
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    one = Watched(context.new_page(), host)
    one.page.set_default_timeout(15_000)
    if print_:
        one.page.emulate_media(media="print")
    one.watch()
    return one


@pytest.fixture(scope="module")
def two(browser: Any, site: Site) -> Iterator[tuple[Watched, Watched]]:
    """Two readers who go from page to page: one of Swedish, light and wide, one of English, dark and narrow."""
    found = (opened(browser, site.host), opened(browser, site.host, language="en", dark=True, width=390))
    yield found
    for one in found:
        one.page.context.close()


@pytest.fixture
def opening(browser: Any, site: Site) -> Iterator[Opening]:
    """Makes pages: `opening(width=390, language="en", dark=True, scripts=False)`. At the end of the test nothing may have gone wrong on any."""
    watched: list[Watched] = []

    def open_page(
        *,
        host: str = site.host,
        width: int = 1280,
        language: str = "sv",
        dark: bool = False,
        scripts: bool = True,
        print_: bool = False,
    ) -> Watched:
        one = opened(browser, host, width=width, language=language, dark=dark, scripts=scripts, print_=print_)
        watched.append(one)
        return one

    yield open_page
    for one in watched:
        one.page.context.close()
    assert [wrong for one in watched for wrong in one.wrong] == []
