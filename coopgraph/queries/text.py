"""A query of the reader's own: any read-only form, with the dataset's prefixes at hand."""

from __future__ import annotations

import json
from itertools import pairwise

from coopgraph.iris import Namespaces
from coopgraph.queries.guard import refuse_unsafe
from coopgraph.queries.lex import significant
from coopgraph.queries.run import run_text
from coopgraph.store import Store

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def form_of(query: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; SELECT where there is none, and the engine then says what is wrong."""
    for token in significant(query):
        if token.kind == "word" and token.text.upper() in _FORMS:
            return token.text.upper()
    return "SELECT"


def with_prefixes(query: str, namespaces: Namespaces) -> str:
    """The query with the dataset's prefixes that it uses and does not declare, on its first line."""
    found = significant(query)
    declared = {
        name.text.removesuffix(":")
        for keyword, name in pairwise(found)
        if keyword.kind == "word" and keyword.text.upper() == "PREFIX"
    }
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    wanted = sorted((used - declared) & set(namespaces.prefixes))
    # on one line, so that the lines of an error message stay those of the query
    return (
        " ".join(f"PREFIX {prefix}: <{namespaces.prefixes[prefix]}>" for prefix in wanted)
        + (" " if wanted else "")
        + query
    )


def answer(
    query: str, store: Store, namespaces: Namespaces, *, format: str, language: str
) -> tuple[bytes, int | None]:
    """The answer as text: a table for SELECT, true or false for ASK, N-Triples for CONSTRUCT and DESCRIBE.

    With it the number of rows or triples; none for ASK.

    Raises QueryError when it writes, fetches, or does not parse.
    """
    refuse_unsafe(query)
    whole = with_prefixes(query, namespaces)
    match form_of(query):
        case "SELECT":
            table = run_text(whole, store, namespaces, language=language)
            return table.format(format), len(table)
        case "ASK":
            truth = store.ask(whole)
            said = json.dumps({"head": {}, "boolean": truth}) if "json" in format else str(truth).lower()
            return said.encode() + b"\n", None
    lines = sorted(f"{triple} .\n" for triple in store.construct(whole))
    return "".join(lines).encode(), len(lines)
