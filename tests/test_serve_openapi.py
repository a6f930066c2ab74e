"""The server holds to its OpenAPI description under requests of every kind that it allows, and under those that it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.site_server import Site


def hold(site: Site, folder: Path, *options: str) -> None:
    """Run schemathesis. What is valid by its type may still name nothing in the graph, which is told with 422."""
    done = subprocess.run(
        [
            *(
                Path(sys.executable).parent / "schemathesis",
                "run",
                f"{site.url}openapi.json",
                "--no-color",
                "--seed",
                "1",
            ),
            *("-H", "Accept: application/json"),  # a form in HTML may leave fields empty
            *("--exclude-checks", "positive_data_acceptance", "--generation-database", "none", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert [line for line in site.logged() if line["event"] == "error"] == []


def test_requests_of_every_kind(site: Site, tmp_path: Path) -> None:
    hold(
        site,
        tmp_path,
        "--phases",
        "examples,fuzzing",
        "--max-examples",
        "3",
        "--include-path-regex",
        "partners|by-kind|sparql|search",
    )


@pytest.mark.long
def test_very_many_requests_of_every_kind(site: Site, tmp_path: Path) -> None:
    hold(site, tmp_path, "--phases", "examples,coverage,fuzzing", "--max-examples", "60")
