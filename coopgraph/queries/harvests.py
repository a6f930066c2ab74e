"""The saved harvests: CONSTRUCT queries in `harvests/`, with a header as saved queries have it.

Beside `title` and `description` the header has `key`, the variable that the pages are cut by, and where they are known
`endpoint`, `publisher` and `language` (EU's three letters) of what is harvested. The text has one `LIMIT`, on the key, and a
line `VALUES ?after { "" }`, both in an inner SELECT. The keys are asked for by thousands, by that SELECT alone, each time those
after the last: a server that puts them in order does so seldom, and a change there in the meantime neither hides nor doubles
anything. A page is the whole query, with so many of the keys in the place of the SELECT.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode
from rapidfuzz import process

from coopgraph.errors import CoopgraphError, ProjectError, QueryError
from coopgraph.iris import Namespaces
from coopgraph.project import Project
from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.lex import Token, significant
from coopgraph.queries.saved import SavedQuery, parse, read_header
from coopgraph.store.local import LocalStore

FOLDER = "harvests"
KEY = NamedNode("urn:coopgraph:key")
"""What says in an answer that something is a key; it is not kept."""
KEYS = 10_000
"""How many keys are asked for at a time: as many as Virtuoso puts in order unless it is told to take more."""

_NUMBER = re.compile(r"\d+")
_PREFIX = re.compile(r"(?im)^(\s*PREFIX\s+([\w-]+):\s*)<[^>]*>")


@dataclass(frozen=True)
class Harvest:
    """A saved harvest. `endpoint` is empty where it must be named."""

    query: SavedQuery
    key: str
    endpoint: str
    publisher: str
    language: str

    @property
    def name(self) -> str:
        return self.query.name

    @property
    def page(self) -> int:
        """How many keys a page has."""
        return int(_limit(self.query.text)[0])

    def text(self, names: Namespaces) -> str:
        """The query as it stands, for its first page, with the prefixes of the dataset's own things."""
        return _prefixed(self.query.text, names)

    def keys(self, names: Namespaces, *, after: str, count: int) -> str:
        """The query for the keys, so many at most, that come after a key."""
        text = self.query.bind({"after": [Literal(after)]})
        start, end = _block(text)
        limit = _limit(text)
        asked = text[start : limit.start()] + str(count) + text[limit.end() : end]
        return _prefixed(
            f"{_prologue(text)}CONSTRUCT {{ ?{self.key} {KEY} true }}\nWHERE {{ {asked} }}", names
        )

    def of(self, names: Namespaces, keys: Iterable[NamedNode]) -> str:
        """The query for what there is to say of some keys."""
        text = self.query.text
        start, end = _block(text)
        given = f"{{ VALUES ?{self.key} {{ {' '.join(map(str, keys))} }} }}"
        return _prefixed(text[:start] + given + text[end:], names)


def _limit(text: str) -> re.Match[str]:
    """The number of keys in the text of a query."""
    at = next(token.end for token in significant(text) if _is(token, "LIMIT"))
    found = _NUMBER.search(text, at)
    assert found is not None
    return found


def _prologue(text: str) -> str:
    """What stands before CONSTRUCT."""
    return text[: next(token.start for token in significant(text) if _is(token, "CONSTRUCT"))]


def _prefixed(text: str, names: Namespaces) -> str:
    """The text with the prefixes of the dataset's own things."""
    return _PREFIX.sub(
        lambda found: f"{found[1]}<{names.prefixes[found[2]]}>" if found[2] in names.prefixes else found[0],
        text,
    )


def _is(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def _block(text: str) -> tuple[int, int]:
    """From where to where the inner SELECT of a CONSTRUCT goes, with its braces. Raises ValueError where there is none."""
    tokens = significant(text)
    spans: dict[int, int] = {}  # of each opening brace, which closes it
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token.text == "{":
            opened.append(at)
        elif token.text == "}" and opened:
            spans[opened.pop()] = at
    head = next((at + 1 for at, token in enumerate(tokens) if _is(token, "CONSTRUCT")), -1)
    where = next((at for at in sorted(spans) if at > spans.get(head, len(tokens))), -1)
    keys = next((at for at in sorted(spans) if at > where > 0 and _is(tokens[at + 1], "SELECT")), -1)
    if keys < 0:
        raise ValueError("no CONSTRUCT with an inner SELECT")
    return tokens[keys].start, tokens[spans[keys]].end


def load_harvests(project: Project) -> dict[str, Harvest]:
    """Every saved harvest by name, the dataset's own and the packaged ones. Raises ProjectError for the first that is wrong."""
    return {path.stem: read_harvest(path, project) for path in harvest_files(project).values()}


def load_harvest(project: Project, name: str) -> Harvest:
    """One saved harvest. Raises QueryError for an unknown name, and ProjectError for a file that can't be used."""
    files = harvest_files(project)
    wanted = name.removesuffix(".rq").removeprefix(FOLDER + "/")
    if wanted not in files:
        near = process.extractOne(wanted, list(files), score_cutoff=55)
        hint, hint_sv = (f" Did you mean {near[0]}?", f" Menade du {near[0]}?") if near else ("", "")
        raise QueryError(
            f"There is no saved harvest '{name}'.{hint} List them all: coopgraph harvest",
            f"Det finns ingen sparad hämtning '{name}'.{hint_sv} Lista alla: coopgraph harvest",
        )
    return read_harvest(files[wanted], project)


def harvest_files(project: Project) -> dict[str, Path]:
    """Harvests lie in the folder itself and in none below: the name is that of the file in `data/import/`."""
    found = project.files(FOLDER, (".rq",))
    return {name.removesuffix(".rq"): path for name, path in found.items() if "/" not in name}


def read_harvest(path: Path, project: Project) -> Harvest:
    """The harvest of a file. Raises ProjectError for one that can't be used."""
    shown = project.shown(path)
    try:
        text = path.read_text(encoding="utf-8")
        header, _ = read_header(path, text)
        harvest = _harvest(parse(path.stem, path, text), header)
        lines = {line.name for line in harvest.query.values_lines}
        tokens = significant(harvest.query.text)
        limits = [token.start for token in tokens if _is(token, "LIMIT")]
        try:
            start, end = _block(harvest.query.text)
        except ValueError:
            start = end = 0
        inner = {token.text[1:] for token in tokens if token.kind == "variable" and start < token.start < end}
        if (
            "after" not in lines
            or len(limits) != 1
            or not start < limits[0] < end
            or harvest.key not in inner
        ):
            raise ProjectError(
                "a harvest is a CONSTRUCT { … } around an inner SELECT of the key that the header names, "
                'with a line VALUES ?after { "" } and the one LIMIT.',
                "en hämtning är en CONSTRUCT { … } kring en inre SELECT av den nyckel (key) som huvudet anger, "
                'med en rad VALUES ?after { "" } och det enda LIMIT.',
            )
        refuse_unsafe(harvest.query.text)
        LocalStore.memory().construct(harvest.query.text)
    except (CoopgraphError, UnicodeDecodeError) as error:
        sv = error.sv if isinstance(error, CoopgraphError) else str(error)
        raise ProjectError(
            f"{shown}: the harvest can't be used: {error}", f"{shown}: hämtningen går inte att använda: {sv}"
        ) from error
    return harvest


def _harvest(query: SavedQuery, header: Mapping[str, Any]) -> Harvest:
    return Harvest(
        query=query,
        key=str(header.get("key", "")),
        endpoint=str(header.get("endpoint", "")),
        publisher=str(header.get("publisher", "")),
        language=str(header.get("language", "MUL")),
    )
