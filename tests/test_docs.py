"""The documentation is true: its commands run, its headings cover the commands, its links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

import coopgraph
from coopgraph.cli.main import commands
from coopgraph.project import KNOWN_SETTINGS, Project
from coopgraph.validate.rules import RULES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"<!-- run in (the real data|an empty folder) -->\n```(console|python)\n(.*?)```", re.DOTALL
)


def blocks() -> list[tuple[str, str, str, str]]:
    return [
        (page.name, *found) for page in PAGES for found in BLOCK.findall(page.read_text(encoding="utf-8"))
    ]


def test_blocks_run(real_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert len(blocks()) >= 6
    for page in dict.fromkeys(name for name, *_ in blocks()):
        empty = tmp_path_factory.mktemp("empty")
        for _, where, kind, text in [block for block in blocks() if block[0] == page]:
            folder = real_folder if where == "the real data" else empty
            if kind == "python":
                run_python(text, folder)
            else:
                run_console(text, folder)


def run_console(text: str, folder: Path) -> None:
    for line in text.splitlines():
        assert line.startswith("$ coopgraph ")
        arguments = shlex.split(line.removeprefix("$ coopgraph "))
        done = subprocess.run(
            [sys.executable, "-m", "coopgraph", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COOPGRAPH_LANG": "sv"},
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        assert done.stdout.strip(), line


def run_python(text: str, folder: Path) -> None:
    """Run an example; what it prints must be the comment under the print."""
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    expected = [
        line.strip().removeprefix("# ") for line in text.splitlines() if line.strip().startswith("# ")
    ]
    assert done.stdout.splitlines() == expected


def test_every_command_and_option_has_its_heading() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    sections = dict(
        zip(
            re.findall(r"^## (\w+)$", page, re.MULTILINE),
            re.split(r"^## \w+$", page, flags=re.MULTILINE)[1:],
            strict=True,
        )
    )
    assert set(sections) == set(commands.commands)
    for name, command in commands.commands.items():
        for param in command.params:
            if isinstance(param, click.Option) and param.name != "lang":
                assert any(f"`{option}" in sections[name] for option in param.opts), f"{name} {param.opts}"


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert {name for name in KNOWN_SETTINGS if f"| `{name}` |" in page} == KNOWN_SETTINGS
    assert {field.name for field in fields(Project)} - {"root"} == KNOWN_SETTINGS


def test_links_lead_somewhere() -> None:
    for page in [*PAGES, ROOT / "ontology" / "README.md", ROOT / "shapes" / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_rule_is_told_in_both_languages() -> None:
    for rule in RULES.values():
        assert set(rule.why) == {"sv", "en"}
        assert rule.good
        assert rule.bad


def test_the_public_names_are_those_listed() -> None:
    assert all(getattr(coopgraph, name) for name in coopgraph.__all__)
    assert {name for name in vars(coopgraph) if not name.startswith("_") and name[0].isupper()} | {
        "open"
    } == set(coopgraph.__all__)
