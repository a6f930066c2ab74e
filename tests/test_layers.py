"""Imports point one way, and each library is known only where it belongs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "coopgraph"
LAYERS = [
    "errors", "project", "saves", "iris", "dates", "turtle", "store", "build", "queries", "validate", "network", "harvest", "edit",
    "sheets", "reconcile",
    "publish", "template", "api", "cli", "__init__", "__main__",
]  # fmt: skip
KNOWN_TO = {
    "rdflib": {"store/fetched.py", "validate/fallback.py", "api.py"},
    "pyshacl": {"validate/fallback.py"},
    "networkx": {"network.py", "api.py", "queries/table_forms.py"},
    "click": {"cli/"},
    "polars": {"queries/table.py"},
    "pandas": {"queries/table.py"},
    "undate": {"dates.py"},
    "yaml": {"queries/saved.py", "sheets/mapping.py"},
    "jinja2": {"publish/pages.py"},
    "pyroaring": {"build/names.py", "queries/", "publish/register.py"},
    "starlette": {"publish/server/"},
    "uvicorn": {"publish/server/"},
    "brotli": {"publish/server/"},
    "urllib3": {"harvest/fetch.py"},
    "watchfiles": {"saves.py"},
    "openpyxl": {"sheets/excel.py"},
    "charset_normalizer": {"sheets/delimited.py"},
}


@cache
def imports() -> list[tuple[str, str]]:
    """Every (module's path, imported name)."""
    return list(_imports())


def _imports() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                yield path.relative_to(PACKAGE).as_posix(), name


def layer(module: str) -> int:
    return LAYERS.index(module.split("/")[0].removesuffix(".py"))


def test_imports_point_one_way() -> None:
    wrong = [
        (path, name)
        for path, name in imports()
        if name.startswith("coopgraph.") and layer(name.split(".")[1]) > layer(path)
    ]
    assert wrong == []


def test_each_library_is_known_where_it_belongs() -> None:
    for library, allowed in KNOWN_TO.items():
        users = {path for path, name in imports() if name.split(".")[0] == library}
        for folder in (one for one in allowed if one.endswith("/")):
            users = {folder if path.startswith(folder) else path for path in users}
        assert users == allowed, library
