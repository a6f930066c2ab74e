"""The saved harvests: CONSTRUCT queries in `harvests/`, with a header as saved queries have it.

Beside `title` and `description` the header has `key`, the variable that the pages are cut by, and where they are known
`endpoint`, `publisher` and `language` (EU's three letters) of what is harvested. The text has one `LIMIT`, on the key, and a
line `VALUES ?after { "" }`: a page begins after the last key of the one before, so that a change there in the meantime neither
hides nor doubles anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
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
"""What says in an answer which keys its page has; it is not kept."""

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
        """How many keys a page has, as the text says."""
        return int(self._limit(significant(self.query.text)).text)

    def text(self, names: Namespaces, *, after: str, page: int | None = None) -> str:
        """The query for the page that begins after a key, with the prefixes of the dataset's own things."""
        text = self.query.bind({"after": [Literal(after)]})
        tokens = significant(text)
        limit, head = self._limit(tokens), self._head(tokens)
        size = limit.text if page is None else str(page)
        text = f"{text[: head.end]} ?{self.key} {KEY} true . {text[head.end : limit.start]}{size}{text[limit.end :]}"
        return _PREFIX.sub(
            lambda found: (
                f"{found[1]}<{names.prefixes[found[2]]}>" if found[2] in names.prefixes else found[0]
            ),
            text,
        )

    @staticmethod
    def _limit(tokens: list[Token]) -> Token:
        (limit,) = (after for one, after in pairwise(tokens) if _is(one, "LIMIT"))
        return limit

    @staticmethod
    def _head(tokens: list[Token]) -> Token:
        """The brace that opens the template."""
        return next(after for one, after in pairwise(tokens) if _is(one, "CONSTRUCT"))


def _is(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def load_harvests(project: Project) -> dict[str, Harvest]:
    """Every saved harvest by name, the dataset's own and the packaged ones. Raises ProjectError for the first that is wrong."""
    return {path.stem: _read(path, project) for path in _files(project).values()}


def load_harvest(project: Project, name: str) -> Harvest:
    """One saved harvest. Raises QueryError for an unknown name, and ProjectError for a file that can't be used."""
    files = _files(project)
    wanted = name.removesuffix(".rq").removeprefix(FOLDER + "/")
    if wanted not in files:
        near = process.extractOne(wanted, list(files), score_cutoff=55)
        hint, hint_sv = (f" Did you mean {near[0]}?", f" Menade du {near[0]}?") if near else ("", "")
        raise QueryError(
            f"There is no saved harvest '{name}'.{hint} List them all: coopgraph harvest",
            f"Det finns ingen sparad hämtning '{name}'.{hint_sv} Lista alla: coopgraph harvest",
        )
    return _read(files[wanted], project)


def _files(project: Project) -> dict[str, Path]:
    """Harvests lie in the folder itself and in none below: the name is that of the file in `data/import/`."""
    found = project.files(FOLDER, (".rq",))
    return {name.removesuffix(".rq"): path for name, path in found.items() if "/" not in name}


def _read(path: Path, project: Project) -> Harvest:
    shown = project.shown(path)
    try:
        text = path.read_text(encoding="utf-8")
        header, _ = read_header(path, text)
        harvest = _harvest(parse(path.stem, path, text), header)
        lines = {line.name for line in harvest.query.values_lines()}
        tokens = significant(harvest.query.text)
        limits = sum(1 for token in tokens if _is(token, "LIMIT"))
        heads = [after.text for one, after in pairwise(tokens) if _is(one, "CONSTRUCT")]
        variables = {token.text[1:] for token in tokens if token.kind == "variable"}
        if "after" not in lines or limits != 1 or heads != ["{"] or harvest.key not in variables:
            raise ProjectError(
                'a harvest is a CONSTRUCT { … } with a key in its header, a line VALUES ?after { "" } and one LIMIT.',
                'en hämtning är en CONSTRUCT { … } med en nyckel (key) i huvudet, en rad VALUES ?after { "" } och ett LIMIT.',
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
