"""A saved query: a YAML header in `#+` lines, then SPARQL that runs as it stands in any window."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from rapidfuzz import process

from coopgraph.errors import ProjectError, QueryError
from coopgraph.project import Project
from coopgraph.queries.lex import significant
from coopgraph.queries.names import listed
from coopgraph.queries.order import Order, taken_out
from coopgraph.store import Term

TYPES = ("iri", "date", "string", "integer")
_NAME = re.compile(r"[\w-]+(/[\w-]+)*")
"""A name that leads to no other folder."""

_Base: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml's where the wheel has it: ten times faster


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.2's booleans: in 1.1 a parameter called `on` is read as true, and a language `no` as false."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Param:
    """A parameter. `of` holds prefixes (an IRI must start with one of theirs); `choices` the allowed texts."""

    name: str
    type: str
    of: tuple[str, ...]
    optional: bool
    choices: tuple[str, ...]
    label: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """A column: its heading in each language, and for a column of codes what each code means in each language."""

    heading: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class ValuesLine:
    """A line `VALUES ?name { … }`: the offsets in the query's text of what stands between its braces."""

    name: str
    start: int
    end: int


class Pairs(NamedTuple):
    """What is paired, and by what: two columns of the edges that the text of a query gives."""

    of: str
    by: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the answer: a thing and another, how many they share, and the names of those."""
        return self.of, "other", "shared", "names"


@dataclass(frozen=True)
class SavedQuery:
    """A question with a name. Texts map a language (sv, en) to what a person reads.

    With `pairs`, the text gives edges, and the answer is the pairs that are counted from them.
    """

    name: str
    path: Path
    title: Mapping[str, str]
    description: Mapping[str, str]
    params: Mapping[str, Param]
    columns: Mapping[str, Column]
    text: str
    pairs: Pairs | None = None

    @property
    def asks_language(self) -> bool:
        """Whether the reader's language is bound into the query, in a line `VALUES ?lang { … }`."""
        return any(line.name == "lang" for line in self.values_lines)

    @cached_property
    def unordered(self) -> tuple[Order, SavedQuery]:
        """The order of the query, and the query without it."""
        order, text = taken_out(self.text)
        return order, replace(self, text=text)

    @cached_property
    def values_lines(self) -> list[ValuesLine]:
        """The places where values can be bound."""
        tokens = significant(self.text)
        found = []
        for i, token in enumerate(tokens[:-3]):
            if token.kind == "word" and token.text.upper() == "VALUES":
                variable, opening = tokens[i + 1], tokens[i + 2]
                closing = next((one for one in tokens[i + 3 :] if one.text in ("}", "{", "(")), None)
                if (
                    variable.kind == "variable"
                    and opening.text == "{"
                    and closing is not None
                    and closing.text == "}"
                ):
                    found.append(ValuesLine(variable.text[1:], opening.end, closing.start))
        return found

    def default(self, name: str) -> str:
        """What is written between the braces of a parameter; nothing where it has none."""
        lines = (line for line in self.values_lines if line.name == name)
        return next((self.text[line.start : line.end].strip() for line in lines), "")

    def bind(self, values: Mapping[str, Sequence[Term]]) -> str:
        """The query with the values in its `VALUES` lines, as terms in their escaped N-Triples form.

        Nothing else of the text is touched, so a value can't break out. Raises QueryError for an unknown name.
        """
        lines = self.values_lines
        for name in values:
            if all(line.name != name for line in lines):
                raise QueryError(
                    f"{self.name} has no parameter '{name}'. It has: {', '.join(self.params) or 'none'}.",
                    f"{self.name} har ingen parameter '{name}'. Den har: {', '.join(self.params) or 'inga'}.",
                )
        text = self.text
        for line in reversed(lines):
            if line.name in values:
                terms = " ".join(str(term) for term in values[line.name])
                text = f"{text[: line.start]} {terms} {text[line.end :]}"
        return text


@lru_cache(maxsize=256)
def parse(name: str, path: Path, text: str) -> SavedQuery:
    """Read a saved query; the same text gives the same. Raises ProjectError, with the line, when its header is wrong."""
    raw, body = read_header(path, text)
    params = {key: _param(path, key, value) for key, value in (raw.get("params") or {}).items()}
    return SavedQuery(
        name=name,
        path=path,
        title=_texts(path, "title", raw["title"]),
        description=_texts(path, "description", raw.get("description", {})),
        params=params,
        columns={key: _column(path, key, value) for key, value in (raw.get("columns") or {}).items()},
        text=body,
        pairs=_pairs(path, raw["pairs"]) if "pairs" in raw else None,
    )


def read_header(path: Path, text: str) -> tuple[dict[str, Any], str]:
    """What the `#+` lines of a query say, and the query without them. Raises ProjectError, with the line, for a header
    that is no YAML or has no title.
    """
    header = []
    for line in text.splitlines():
        if not line.startswith("#+"):
            break
        header.append(line[2:].removeprefix(" "))
    try:
        raw = yaml.load("\n".join(header), Loader=_Loader) or {}  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", error)
        raise ProjectError(
            f"{path}{line}: the header of the query is not valid YAML ({problem}). "
            "Each header line starts with '#+ '.",
            f"{path}{line}: frågans huvud är inte giltig YAML ({problem}). Varje rad i huvudet börjar med '#+ '.",
        ) from error
    if not isinstance(raw, dict) or "title" not in raw:
        raise ProjectError(
            f"{path}:1: the query has no title. Begin with: #+ title: {{sv: …, en: …}}",
            f"{path}:1: frågan saknar titel. Börja med: #+ title: {{sv: …, en: …}}",
        )
    return raw, "\n".join(text.splitlines()[len(header) :]) + "\n"


def _param(path: Path, name: str, raw: Any) -> Param:
    if not isinstance(raw, dict) or raw.get("type") not in TYPES:
        raise ProjectError(
            f"{path}: the parameter '{name}' needs a type, one of: {', '.join(TYPES)}.",
            f"{path}: parametern '{name}' behöver en typ (type), någon av: {', '.join(TYPES)}.",
        )
    of = raw.get("of", ())
    return Param(
        name=name,
        type=raw["type"],
        of=(of,) if isinstance(of, str) else tuple(of),
        optional=bool(raw.get("optional", False)),
        choices=tuple(str(choice) for choice in raw.get("in", ())),
        label=_texts(path, name, raw.get("label", {})),
    )


def _column(path: Path, name: str, raw: Any) -> Column:
    codes = raw.get("codes", {}) if isinstance(raw, dict) else {}
    texts = {language: text for language, text in raw.items() if language != "codes"} if codes else raw
    return Column(
        _texts(path, name, texts),
        {str(code): _texts(path, f"{name}: {code}", text) for code, text in codes.items()},
    )


def _pairs(path: Path, raw: Any) -> Pairs:
    if (
        not isinstance(raw, dict)
        or set(raw) != {"of", "by"}
        or not all(isinstance(one, str) for one in raw.values())
    ):
        raise ProjectError(
            f"{path}: 'pairs' names two columns of the query: pairs: {{of: organisation, by: network}}.",
            f"{path}: 'pairs' ska nämna två av frågans kolumner: pairs: {{of: organisation, by: network}}.",
        )
    return Pairs(raw["of"], raw["by"])


def _texts(path: Path, name: str, raw: Any) -> dict[str, str]:
    if isinstance(raw, str):
        return {"sv": raw, "en": raw}
    if not isinstance(raw, dict) or not all(isinstance(text, str) for text in raw.values()):
        raise ProjectError(
            f"{path}: '{name}' must have a text for each language: {name}: {{sv: …, en: …}}.",
            f"{path}: '{name}' ska ha en text på varje språk: {name}: {{sv: …, en: …}}.",
        )
    return dict(raw)


def query_files(project: Project) -> dict[str, Path]:
    """Every saved query's file by the query's name, such as `network/members`."""
    return {name.removesuffix(".rq"): path for name, path in project.files("queries", (".rq",)).items()}


def load_all(project: Project) -> dict[str, SavedQuery]:
    """Every saved query, by name. Raises ProjectError for the first that can't be read."""
    return {
        name: parse(name, path, path.read_text(encoding="utf-8"))
        for name, path in query_files(project).items()
    }


def load_each(project: Project) -> tuple[dict[str, SavedQuery], list[ProjectError]]:
    """The saved queries that can be read, by name, and what is wrong with the others."""
    found, faults = {}, []
    for name, path in query_files(project).items():
        try:
            found[name] = parse(name, path, path.read_text(encoding="utf-8"))
        except ProjectError as error:
            faults.append(error)
    return found, faults


def load_query(project: Project, name: str) -> SavedQuery:
    """One saved query. Raises QueryError for an unknown name, with the nearest ones there are."""
    wanted = name.removesuffix(".rq").removeprefix("queries/")
    path = project.file("queries", f"{wanted}.rq") if _NAME.fullmatch(wanted) else None
    if path is not None:
        return parse(wanted, path, path.read_text(encoding="utf-8"))
    files = query_files(project)
    if wanted not in files:
        same_end = [known for known in files if known.rpartition("/")[2] == wanted]
        if len(same_end) == 1:
            wanted = same_end[0]
        else:
            near = same_end or [
                found[0] for found in process.extract(wanted, list(files), limit=3, score_cutoff=55)
            ]
            hint = f" Did you mean {listed(near, 'or')}?" if near else ""
            hint_sv = f" Menade du {listed(near, 'eller')}?" if near else ""
            raise QueryError(
                f"There is no saved query '{name}'.{hint} List them all: coopgraph query",
                f"Det finns ingen sparad fråga '{name}'.{hint_sv} Lista alla: coopgraph query",
            )
    return parse(wanted, files[wanted], files[wanted].read_text(encoding="utf-8"))
