"""Brings the third-party scripts and styles of the pages into the package, from npm, while a wheel is built or installed.

They are what package.json names, in the versions of package-lock.json, bundled by esbuild into a few modules, with their
licences beside them. Without Node the package is built all the same: the pages then have tables and no pictures.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = "coopgraph/publish/assets/vendor"
BUNDLES = {
    "map.js": """
        export * as leaflet from "leaflet/dist/leaflet-src.esm.js";
        export { feature, mesh } from "topojson-client";
    """,
    "force.js": """
        export { forceCenter, forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
    """,
    "editor.js": """
        export { autocompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
        export { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
        export { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
        export { lintGutter, setDiagnostics } from "@codemirror/lint";
        export { EditorState } from "@codemirror/state";
        export { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
        export { tags } from "@lezer/highlight";
        export { sparql } from "codemirror-lang-sparql";
    """,
}
COPIES = {
    "leaflet.css": "leaflet/dist/leaflet.css",
    "countries-110m.json": "world-atlas/countries-110m.json",
    "countries-50m.json": "world-atlas/countries-50m.json",
}
_ABSENT = "coopgraph: {why}, so the pages have no pictures; their tables are there. With Node 20 or newer, install again."


class CustomBuildHook(BuildHookInterface[Any]):
    """Fills VENDOR before hatchling gathers the files of a wheel, an editable install or an sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        vendor = Path(self.root) / VENDOR
        mark, made_of = vendor / "made-of.txt", _digest(Path(self.root))
        if mark.is_file() and mark.read_text(encoding="utf-8") == made_of:
            return
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            self.app.display_warning(_ABSENT.format(why="Node is not here"))
            return
        try:
            _run(
                Path(self.root), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"
            )
            _fill(Path(self.root), vendor)
        except (OSError, subprocess.SubprocessError) as error:
            said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
            self.app.display_warning(_ABSENT.format(why=f"npm failed ({said[0] if said else error})"))
            return
        mark.write_text(made_of, encoding="utf-8")


def _fill(root: Path, vendor: Path) -> None:
    """The bundles, the copies, and the licences of every package that has a part in them."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    modules = root / "node_modules"
    used = {_package(path) for path in COPIES.values()}
    for name, entry in BUNDLES.items():
        facts = vendor / (name + ".meta")
        _run(
            root,
            "node",
            str(modules / "esbuild" / "bin" / "esbuild"),
            "--bundle",
            "--format=esm",
            "--minify",
            "--target=es2022",
            "--legal-comments=none",
            "--log-level=error",
            f"--outfile={vendor / name}",
            f"--metafile={facts}",
            entry=entry,
        )
        inputs = json.loads(facts.read_text(encoding="utf-8"))["inputs"]
        used |= {
            _package(path.removeprefix("node_modules/"))
            for path in inputs
            if path.startswith("node_modules/")
        }
        facts.unlink()
    for name, path in COPIES.items():
        shutil.copyfile(modules / path, vendor / name)
    (vendor / "LICENCES.txt").write_text(
        "\n".join(_licence(modules / one) for one in sorted(used)), encoding="utf-8"
    )


def _licence(folder: Path) -> str:
    """Name, version, licence and its text."""
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    text = next(iter(sorted(folder.glob("LICENSE*")))).read_text(encoding="utf-8")
    return f"{about['name']} {about['version']} ({about['license']})\n\n{text.strip()}\n\n{'-' * 72}\n"


def _package(path: str) -> str:
    """The package of a file below node_modules."""
    parts = path.split("/")
    return "/".join(parts[: 2 if path.startswith("@") else 1])


def _digest(root: Path) -> str:
    """What the content of VENDOR depends on."""
    found = hashlib.sha256()
    for name in ("package-lock.json", "hatch_build.py"):
        found.update((root / name).read_bytes())
    return found.hexdigest()


def _run(root: Path, *command: str, entry: str | None = None) -> None:
    subprocess.run(  # noqa: S603 - npm and esbuild, with arguments of ours
        command, cwd=root, input=entry, check=True, capture_output=True, text=True, timeout=300
    )
