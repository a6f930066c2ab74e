"""The steward's inbox: what the reports find, and what the check warns of, each with the command that mends it.

A report says how in its header: `#+ mend: coopgraph evidence add {fact} --property {property}`; the names in braces are its columns. An option whose
column is empty is left out. What only the steward knows, the command asks for.
"""

from __future__ import annotations

import datetime
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopgraph.build.assemble import Assembly
from coopgraph.edit.graph import Graph
from coopgraph.errors import Text
from coopgraph.queries import load_each, run_saved
from coopgraph.queries.saved import SavedQuery, read_header
from coopgraph.validate.doubles import doubles
from coopgraph.validate.evidence import evidence
from coopgraph.validate.findings import Finding
from coopgraph.validate.places import Places
from coopgraph.validate.quotes import sha256

_MENDS = {
    "same-body": "coopgraph merge {focus} {meant}   # coopgraph differ {focus} {meant}",
    "quote-missing": "coopgraph evidence add {fact} --property {property} --value {value} && coopgraph remove {focus}",
    "quote-ambiguous": "coopgraph evidence add {fact} --property {property} --value {value} && coopgraph remove {focus}",
    "source-changed": "coopgraph correct {focus} sha256 {sha256}",
}
_TITLES = {
    "same-body": Text("Possible duplicates", "Möjliga dubbletter"),
    "quote-missing": Text(
        "Quotes that are no longer in their source", "Citat som inte längre finns i källan"
    ),
    "quote-ambiguous": Text("Quotes that stand twice in their source", "Citat som står två gånger i källan"),
    "source-changed": Text("Sources whose text has changed", "Källor vars text har ändrats"),
}

Row = Mapping[str, object]

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


def lists(graph: Graph) -> list[str]:
    """The names of all lists, those too that have nothing to do."""
    queries, _ = load_each(graph.project)
    return [*(query.name for query in queries.values() if _mend(query)), *_MENDS]


def _mend(query: SavedQuery) -> str:
    """The command that mends what a report finds; empty for one that is no list of things to do."""
    return str(read_header(query.path, query.path.read_text(encoding="utf-8"))[0].get("mend") or "")


def todo(graph: Graph, *, language: str = "sv", sources: Path | None = None) -> Iterator[Task]:
    """What there is to do, report by report. With `sources`, quotes are held against the archived texts too."""
    queries, _ = load_each(graph.project)
    for query in queries.values():
        if mend := _mend(query):
            yield from _of_report(graph, query, mend, language)
    assembly = graph.assembly
    places = Places(graph.engine, assembly.origins)
    found = list(doubles(assembly, places))
    if sources is not None:
        found += evidence(assembly, places, sources)[0]
    for one in found:
        if one.rule in _MENDS:
            yield _of_finding(assembly, one, sources, language)


def _of_report(graph: Graph, query: SavedQuery, mend: str, language: str) -> Iterator[Task]:
    old = (datetime.datetime.now(datetime.UTC).date() - _OLD).isoformat()
    params = {
        name: old for name, param in query.params.items() if param.type == "date" and not param.optional
    }
    table = run_saved(query, params, graph.assembly.store, graph.names, language=language)
    title = query.title.get(language) or query.title["en"]
    settled = _SETTLED.get(query.name)
    every = list(table)
    for terms, shown in zip(every, table.shown(), strict=True):
        if settled and settled(graph, terms, every):
            continue
        values = {
            column: graph.names.shorten(value) if isinstance(value, str) else str(value)
            for column, value in terms.items()
            if value is not None
        }
        first = next((value for value in values.values() if ":" in value), "")
        yield Task(query.name, title, first, tuple(cell for cell in shown if cell), command(mend, values))


def _is_chosen(graph: Graph, terms: Row, every: Sequence[Row]) -> bool:
    """Whether the steward has chosen one of the values that sources have; that they differ is then no longer to be mended."""
    return any(
        one["value"] == terms["standing"]
        for one in every
        if all(one[part] == terms[part] for part in ("fact", "property"))
    )


def _is_confirmed(graph: Graph, terms: Row, every: Sequence[Row]) -> bool:
    """Whether a source says outright what was inferred."""
    wanted = {"coop:property": terms["property"], "coop:value": terms["value"]}
    stated = graph.names.expand("basis:stated")
    return any(
        isinstance(quad.subject, NamedNode)
        and stated in graph.objects(quad.subject, "coop:basis")
        and all(
            str(value) in [one.value for one in graph.objects(quad.subject, name)]
            for name, value in wanted.items()
            if value is not None
        )
        for quad in graph.references(NamedNode(str(terms["fact"])))
        if quad.predicate == graph.names.expand("oa:hasBody")
    )


def _is_unknown(graph: Graph, terms: Row, every: Sequence[Row]) -> bool:
    """Whether the value only says that nothing is known, for which there is no evidence."""
    return terms["value"] is not None and str(terms["value"]) == graph.names.expand("status:unknown").value


_SETTLED: Mapping[str, Callable[[Graph, Row, Sequence[Row]], bool]] = {
    "evidence/contradictions": _is_chosen,
    "report/inferred": _is_confirmed,
    "report/without-evidence": _is_unknown,
}
"""What a report goes on telling of though nothing is left to do."""


def command(mend: str, values: Mapping[str, str]) -> str:
    """The command that mends something, as it is run: with the values, and without the options that have none."""
    known = {name: shlex.quote(value) for name, value in values.items()}
    given = re.sub(r" --[\w-]+ \{(\w+)\}", lambda one: one[0] if one[1] in known else "", mend)
    return re.sub(r"\{(\w+)\}", lambda one: known[one[1]], given)


def _of_finding(assembly: Assembly, finding: Finding, sources: Path | None, language: str) -> Task:
    focus = finding.focus or ""
    values = {"focus": focus, "meant": finding.meant or ""}
    node = finding.result.focus if finding.result else None
    if isinstance(node, NamedNode):
        values |= _of_evidence(assembly, node)
        archived = assembly.namespaces.expand("coop:archivedAs")
        for quad in assembly.store.engine.quads_for_pattern(node, archived, None):
            if sources is not None and isinstance(quad.object, Literal):
                values["sha256"] = sha256(sources / quad.object.value)
    title = _TITLES[finding.rule]
    return Task(
        finding.rule,
        title.sv if language == "sv" else title.en,
        focus,
        (finding.text(language),),
        command(_MENDS[finding.rule], values),
    )


def _of_evidence(assembly: Assembly, node: NamedNode) -> dict[str, str]:
    """What evidence is for: the fact, the property and the value."""
    names, found = assembly.namespaces, {}
    for name, predicate in (("fact", "oa:hasBody"), ("property", "coop:property"), ("value", "coop:value")):
        for quad in assembly.store.engine.quads_for_pattern(node, names.expand(predicate), None):
            if isinstance(quad.object, NamedNode):
                found[name] = names.shorten(quad.object.value)
            elif isinstance(quad.object, Literal):
                found[name] = quad.object.value
    return found
