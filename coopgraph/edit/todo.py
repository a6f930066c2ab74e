"""The steward's inbox: what the reports find, and what the check warns of, each with the command that mends it.

A report says how in its header: `#+ mend: coopgraph end {fact} --on …`; the names in braces are its columns.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from coopgraph.build.assemble import Assembly
from coopgraph.edit.graph import Graph
from coopgraph.errors import Text
from coopgraph.queries import load_each, run_saved
from coopgraph.queries.saved import SavedQuery, read_header
from coopgraph.validate.doubles import doubles
from coopgraph.validate.evidence import evidence
from coopgraph.validate.findings import Finding
from coopgraph.validate.places import Places

_MENDS = {
    "same-body": "coopgraph merge {focus} {meant}   # coopgraph differ {focus} {meant}",
    "quote-missing": "coopgraph evidence add {fact} --source … --quote …   # coopgraph remove {focus}",
    "quote-ambiguous": "coopgraph evidence add {fact} --source … --quote … --before …   # coopgraph remove {focus}",
    "source-changed": "coopgraph correct {focus} coop:sha256 …",
}
_TITLES = {
    "same-body": Text("Possible duplicates", "Möjliga dubbletter"),
    "quote-missing": Text(
        "Quotes that are no longer in their source", "Citat som inte längre finns i källan"
    ),
    "quote-ambiguous": Text("Quotes that stand twice in their source", "Citat som står två gånger i källan"),
    "source-changed": Text("Sources whose text has changed", "Källor vars text har ändrats"),
}

_OLD = datetime.timedelta(days=2 * 365)
"""From what age something is old, for a report that wants a day."""


@dataclass(frozen=True)
class Task:
    """One thing to do: what it is about, the rest of what the report says of it, and the command that mends it."""

    list: str
    title: str
    about: str
    details: tuple[str, ...]
    command: str


def todo(graph: Graph, *, language: str = "sv", sources: Path | None = None) -> Iterator[Task]:
    """What there is to do, report by report. With `sources`, quotes are held against the archived texts too."""
    queries, _ = load_each(graph.project)
    for query in queries.values():
        mend = read_header(query.path, query.path.read_text(encoding="utf-8"))[0].get("mend")
        if mend:
            yield from _of_report(graph, query, str(mend), language)
    assembly = graph.assembly
    places = Places(graph.engine, assembly.origins)
    found = list(doubles(assembly, places))
    if sources is not None:
        found += evidence(assembly, places, sources)[0]
    for one in found:
        if one.rule in _MENDS:
            yield _of_finding(assembly, one, language)


def _of_report(graph: Graph, query: SavedQuery, mend: str, language: str) -> Iterator[Task]:
    old = (datetime.datetime.now(datetime.UTC).date() - _OLD).isoformat()
    params = {
        name: old for name, param in query.params.items() if param.type == "date" and not param.optional
    }
    table = run_saved(query, params, graph.assembly.store, graph.names, language=language)
    title = query.title.get(language) or query.title["en"]
    for terms, shown in zip(table, table.shown(), strict=True):
        values = {
            column: graph.names.shorten(value) if isinstance(value, str) else str(value or "…")
            for column, value in terms.items()
        }
        first = next((value for value in values.values() if ":" in value), "")
        command = re.sub(r"\{(\w+)\}", "{}", mend).format(
            *(values.get(column, "…") for column in re.findall(r"\{(\w+)\}", mend))
        )
        yield Task(query.name, title, first, tuple(cell for cell in shown if cell), command)


def _of_finding(assembly: Assembly, finding: Finding, language: str) -> Task:
    focus = finding.focus or ""
    fact = focus.partition("#")[0]
    node = finding.result.focus if finding.result else None
    if isinstance(node, NamedNode):
        body = assembly.namespaces.expand("oa:hasBody")
        for quad in assembly.store.engine.quads_for_pattern(node, body, None):
            if isinstance(quad.object, NamedNode):
                fact = assembly.namespaces.shorten(quad.object.value)
    title = _TITLES[finding.rule]
    return Task(
        finding.rule,
        title.sv if language == "sv" else title.en,
        focus,
        (finding.text(language),),
        _MENDS[finding.rule].format(focus=focus, meant=finding.meant or "…", fact=fact),
    )
