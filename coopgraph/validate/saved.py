"""The saved queries and harvests of a dataset: do they parse, do header and text agree, are their terms known?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from coopgraph.build.assemble import Assembly
from coopgraph.errors import CoopgraphError, ProjectError
from coopgraph.project import Project
from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.harvests import FOLDER, harvest_files, read_harvest
from coopgraph.queries.saved import SavedQuery, parse, query_files
from coopgraph.store.local import LocalStore
from coopgraph.validate.findings import Finding, Place
from coopgraph.validate.rules import RULES

_LINE = re.compile(r"error at (\d+):(\d+)")


def saved_queries(assembly: Assembly) -> Iterator[Finding]:
    """Findings on every saved query that the dataset has, its own and the packaged ones."""
    for name, path in query_files(assembly.project).items():
        try:
            query = parse(name, path, path.read_text(encoding="utf-8"))
        except (CoopgraphError, UnicodeDecodeError) as error:
            sv = error.sv if isinstance(error, CoopgraphError) else str(error)
            yield _finding(
                name, path, 1, f"Huvudet går inte att läsa: {sv}", f"The header can't be read: {error}"
            )
            continue
        yield from _check(query)


def _check(query: SavedQuery) -> Iterator[Finding]:
    head = query.path.read_text(encoding="utf-8").count("\n") - query.text.count("\n")
    yield from _untold(query)
    lines = {line.name for line in query.values_lines}
    open_lines = {
        line.name
        for line in query.values_lines
        if query.text[line.start : line.end].strip() == "UNDEF" and line.name != "lang"
    }
    for name in sorted((set(query.params) - lines) | (open_lines - set(query.params))):
        yield _finding(
            query.name,
            query.path,
            1,
            f"'{name}' står inte både i params och på en rad VALUES ?{name} {{ … }}. Skriv båda eller ingen.",
            f"'{name}' is not both in params and on a line VALUES ?{name} {{ … }}. Write both or neither.",
        )
    try:
        refuse_unsafe(query.text)
        columns = list(
            LocalStore.memory().select(query.text).variables
        )  # of nothing: only its form is asked for
    except CoopgraphError as error:
        found = _LINE.search(str(error))
        line = head + int(found[1]) if found else head + 1
        yield _finding(
            query.name,
            query.path,
            line,
            f"Frågan går inte att köra: {error.sv}",
            f"The query can't run: {error}",
        )
        return
    if query.pairs:
        for name in (one for one in query.pairs if one not in columns):
            yield _finding(
                query.name,
                query.path,
                1,
                f"Kolumnen '{name}' i pairs står inte i SELECT. Nämn två av frågans kolumner.",
                f"The column '{name}' of pairs is not in SELECT. Name two columns of the query.",
            )
        columns = list(query.pairs.columns)
    for name in [column for column in columns if column not in query.columns] + [
        c for c in query.columns if c not in columns
    ]:
        yield _finding(
            query.name,
            query.path,
            1,
            f"Kolumnen '{name}' står inte både i columns och i SELECT. Ge varje kolumn en rubrik på sv och en.",
            f"The column '{name}' is not both in columns and in SELECT. Give each column a heading in sv and en.",
        )


def saved_harvests(project: Project) -> Iterator[Finding]:
    """Findings on every saved harvest that the dataset has, its own and the packaged ones."""
    for name, path in harvest_files(project).items():
        shown = f"{FOLDER}/{name}"
        try:
            query = read_harvest(path, project).query
        except ProjectError as error:
            found = _LINE.search(error.en)
            text = path.read_bytes().decode("utf-8", "replace")
            line = sum(one.startswith("#+") for one in text.splitlines()) + int(found[1]) if found else 1
            yield _finding(shown, path, line, error.sv, error.en)
            continue
        yield from _untold(replace(query, name=shown))


def _untold(query: SavedQuery) -> Iterator[Finding]:
    for language in ("sv", "en"):
        if not query.title.get(language) or not query.description.get(language):
            yield _finding(
                query.name,
                query.path,
                1,
                f"Frågan saknar title eller description på {language}. Lägg till båda.",
                f"The query lacks a title or description in {language}. Add both.",
            )


def _finding(name: str, path: Path, line: int, sv: str, en: str) -> Finding:
    return Finding(
        "query", RULES["query"].severity, {"sv": sv, "en": en}, focus=name, place=Place(path, line, 1)
    )
