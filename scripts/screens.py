"""Write docs/screens/: a picture of each type of page on the built data, wide and narrow, in both languages.

.venv/bin/coopgraph build && .venv/bin/python scripts/screens.py
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "screens"
PAGES = {
    "front": "",
    "search": "search?q=kina",
    "list": "doc/organisation?sort=-partnerships",
    "body": "doc/organisation/region-jonkopings-lan",
    "partnership": "doc/partnership/vaxjo-kommun--jb-marks",
    "network": "doc/network/cpmr",
    "agreement": "doc/agreement/region-jonkopings-lan--tianjin-2009",
    "policy": "doc/policy/landstinget-i-jonkopings-lan-internationellt-arbete",
    "source": "doc/source/vaxjo-kommunala-partnerskap",
    "country": "doc/concept/country/CHN",
    "topic": "doc/concept/topic/energy",
    "scheme": "doc/concept/topic",
    "map": "map",
    "queries": "query",
    "query": "query/partnership/timeline",
    "sparql": "sparql",
    "ontology": "ns",
    "shapes": "shapes",
}
SIZES = {"wide": (1280, 1700), "narrow": (390, 1500)}
"""Width, and how much of a long page is shown."""
COLOURS = 48
DARK = ("front", "body")
"""Pages that are shown dark too."""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    command = [
        sys.executable,
        "-m",
        "coopgraph",
        "-d",
        str(ROOT),
        "--lang",
        "en",
        "serve",
        "--port",
        "0",
        "--quiet",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            found = re.search(r"http://\S+/", server.stdout.readline())
            take(found[0])
        finally:
            server.terminate()


def take(address: str) -> None:
    """Pictures of every page of the site at an address."""
    with sync_playwright() as playwright:
        flags = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        for size, (width, height) in SIZES.items():
            for language, locale in (("sv", "sv-SE"), ("en", "en-GB")):
                for look in ("light", "dark"):
                    context = browser.new_context(
                        viewport={"width": width, "height": 900},
                        locale=locale,
                        color_scheme=look,
                        reduced_motion="reduce",
                    )
                    page = context.new_page()
                    for name, path in PAGES.items():
                        if look == "dark" and name not in DARK:
                            continue
                        page.goto(address + path, wait_until="networkidle")
                        page.wait_for_timeout(900)  # a picture settles
                        whole = page.evaluate("document.documentElement.scrollHeight")
                        clip = {"x": 0, "y": 0, "width": width, "height": min(height, whole)}
                        shot = page.screenshot(full_page=True, clip=clip)
                        suffix = "-dark" if look == "dark" else ""
                        save(shot, FOLDER / f"{name}-{size}-{language}{suffix}.png")
                    context.close()
        browser.close()


def save(shot: bytes, path: Path) -> None:
    """A picture with few colours, which takes a quarter of the room."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
