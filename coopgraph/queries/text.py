"""A query of the reader's own: any read-only form, with the dataset's prefixes at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from coopgraph.errors import QueryError
from coopgraph.iris import Namespaces
from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.lex import lex, significant
from coopgraph.queries.run import run_text
from coopgraph.queries.timing import step
from coopgraph.store import Store

_COMPLAINT = re.compile(r"error at (\d+):(\d+): (.*)")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def form_of(query: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; SELECT where there is none, and the engine then says what is wrong."""
    return _looked_through(query).form


def with_prefixes(query: str, namespaces: Namespaces) -> str:
    """The query with the dataset's prefixes that it uses and does not declare, on its first line."""
    wanted = sorted(_looked_through(query).undeclared & namespaces.prefixes.keys())
    # on one line, so that the lines of an error message stay those of the query
    return (
        " ".join(f"PREFIX {prefix}: <{namespaces.prefixes[prefix]}>" for prefix in wanted)
        + (" " if wanted else "")
        + query
    )


class _Looks(NamedTuple):
    form: str
    undeclared: frozenset[str]


@lru_cache(64)
def _looked_through(query: str) -> _Looks:
    """The form of a query, and the prefixes that it uses and does not declare; kept for what is asked again."""
    found = significant(query)
    words = (token.text.upper() for token in found if token.kind == "word")
    declared = {
        name.text.removesuffix(":")
        for keyword, name in pairwise(found)
        if keyword.kind == "word" and keyword.text.upper() == "PREFIX"
    }
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    return _Looks(next((word for word in words if word in _FORMS), "SELECT"), frozenset(used - declared))


def in_readers_place(error: QueryError, query: str, added: int, known: Collection[str]) -> QueryError:
    """The engine's complaint at the place in the reader's own text, before which `added` characters were put.

    `known` are the prefixes that need no declaration, one of which the reader may have meant.

    The words of the engine are those of its grammar; they stand last, as they are.
    """
    found = _COMPLAINT.search(str(error))
    if found is None or not isinstance(error.__cause__, SyntaxError):
        return error
    line, column = int(found[1]), int(found[2])
    column -= added if line == 1 else 0
    if stranger := _undeclared(query, line, column, known):
        return stranger
    lines = query.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    # the engine may stop inside a name
    column = next((one.start + 1 for one in lex(text) if one.start < column - 1 < one.end), column)
    rest = text[column - 1 :].strip()[:30]
    pointed = f"\n  {text}\n  {' ' * (column - 1)}^"
    en = f"before '{rest}'" if rest else "at the end of the line"
    sv = f"före '{rest}'" if rest else "i slutet av raden"
    return QueryError(
        f"The query doesn't parse: something is wrong or missing on line {line}, {en}.{pointed}\nThe engine says: {found[3]}",
        f"Frågan går inte att tolka: något är fel eller saknas på rad {line}, {sv}.{pointed}\nMotorn säger (på engelska): {found[3]}",
        line=line,
        column=column,
    )


def _undeclared(query: str, line: int, column: int, known: Collection[str]) -> QueryError | None:
    """That a name before the place where the engine stopped has a prefix that nobody has declared."""
    before = sum(len(one) + 1 for one in query.split("\n")[: line - 1]) + column - 1
    strangers = _looked_through(query).undeclared - {"_", *known}
    names = ((one.text.partition(":")[0], one.start) for one in lex(query) if one.kind == "name")
    prefix, at = next(
        ((name, start) for name, start in names if name in strangers and start < before), ("", -1)
    )
    if at < 0:
        return None
    line, column = query.count("\n", 0, at) + 1, at - query.rfind("\n", 0, at)
    text = query.split("\n")[line - 1]
    pointed = f"\n  {text}\n  {' ' * (column - 1)}^"
    near = get_close_matches(prefix, known, n=1)
    hint = f" Did you mean {near[0]}:?" if near else f" Begin with PREFIX {prefix}: <…>."
    hint_sv = f" Menade du {near[0]}:?" if near else f" Börja med PREFIX {prefix}: <…>."
    return QueryError(
        f"The query doesn't parse: the prefix {prefix}: on line {line} is not declared.{hint}{pointed}",
        f"Frågan går inte att tolka: prefixet {prefix}: på rad {line} är inte deklarerat.{hint_sv}{pointed}",
        line=line,
        column=column,
    )


def answer(
    query: str, store: Store, namespaces: Namespaces, *, format: str, language: str, width: int | None = None
) -> tuple[bytes, int | None]:
    """The answer as text: a table for SELECT, true or false for ASK, N-Triples for CONSTRUCT and DESCRIBE.

    With it the number of rows or triples; none for ASK.

    Raises QueryError when it writes, fetches, or does not parse.
    """
    refuse_unsafe(query)
    whole = with_prefixes(query, namespaces)
    try:
        return _answer(whole, store, namespaces, format=format, language=language, width=width)
    except QueryError as error:
        raise in_readers_place(error, query, len(whole) - len(query), namespaces.prefixes) from error


def _answer(
    whole: str, store: Store, namespaces: Namespaces, *, format: str, language: str, width: int | None
) -> tuple[bytes, int | None]:
    match form_of(whole):
        case "SELECT":
            table = run_text(whole, store, namespaces, language=language)
            with step("formatting"):
                return table.format(format, width=width), len(table)
        case "ASK":
            with step("engine"):
                truth = store.ask(whole)
            said = json.dumps({"head": {}, "boolean": truth}) if "json" in format else str(truth).lower()
            return said.encode() + b"\n", None
    with step("engine"):
        lines = sorted(f"{triple} .\n" for triple in store.construct(whole))
    return "".join(lines).encode(), len(lines)
