"""Evidence against the archived texts of the sources: is every quote there, once, in the document as it was?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from coopgraph.build.assemble import Assembly
from coopgraph.errors import UsageError
from coopgraph.store import Term
from coopgraph.validate.findings import Finding, result_of_rule
from coopgraph.validate.places import Places
from coopgraph.validate.quotes import Quote, fold, nearest, occurrences, sha256
from coopgraph.validate.rules import RULES

_PREFIXES = "PREFIX coop: <https://w3id.org/coopgraph/ns#>\nPREFIX oa: <http://www.w3.org/ns/oa#>\n"
_SOURCES = (
    _PREFIXES
    # what a harvest gave is kept in data/import, and no text
    + "SELECT ?source ?file ?sha WHERE { ?source coop:archivedAs ?file OPTIONAL { ?source coop:sha256 ?sha } "
    "MINUS { ?source <http://www.w3.org/ns/prov#wasGeneratedBy> ?harvest } } ORDER BY ?source"
)
_QUOTES = _PREFIXES + (
    "SELECT ?evidence ?source ?exact ?prefix ?suffix WHERE { ?evidence oa:hasSource ?source ; oa:exact ?exact "
    "OPTIONAL { ?evidence oa:prefix ?prefix } OPTIONAL { ?evidence oa:suffix ?suffix } } ORDER BY ?evidence"
)
_EXACT, _SHA = NamedNode("http://www.w3.org/ns/oa#exact"), NamedNode("https://w3id.org/coopgraph/ns#sha256")
_FILE = NamedNode("https://w3id.org/coopgraph/ns#archivedAs")


@dataclass(frozen=True)
class _Evidence:
    node: NamedNode
    exact: Term
    quote: Quote


class Tested(NamedTuple):
    """How many quotes were held against the text of their source, and how many could not be: there was no text."""

    tested: int
    untested: int


def evidence(assembly: Assembly, places: Places, folder: Path) -> tuple[list[Finding], Tested]:
    """Findings on the quotes of every source, and how many were tested. Raises UsageError when the folder is not there."""
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}. Name the folder that holds the archived texts of the sources.",
            f"Mappen {folder} finns inte. Ange mappen med källornas arkiverade texter.",
        )
    store, names = assembly.store, assembly.namespaces
    by_source: dict[Term, list[_Evidence]] = defaultdict(list)
    for node, source, exact, prefix, suffix in store.select(_QUOTES):
        assert isinstance(node, NamedNode)
        assert source is not None
        assert exact is not None
        quote = Quote(exact.value, prefix.value if prefix else "", suffix.value if suffix else "")
        by_source[source].append(_Evidence(node, exact, quote))
    found: list[Finding] = []
    total, tested = sum(map(len, by_source.values())), 0
    for source, file, sha in store.select(_SOURCES):
        assert isinstance(source, NamedNode)
        assert file is not None
        quotes, short = by_source.pop(source, []), names.shorten(source.value)
        path = folder / file.value
        if Path(file.value).name != file.value or not path.is_file():
            found.append(_missing(short, folder, places, source, file))
            continue
        tested += len(quotes)
        if sha is not None and (new := sha256(path)) != sha.value:
            found.append(_changed(short, quotes, names.shorten, places, source, sha, new))
        text = fold(path.read_text(encoding="utf-8", errors="replace"))
        found += _quotes(quotes, text, short, assembly, places)
    return found, Tested(tested, total - tested)


def _missing(short: str, folder: Path, places: Places, source: NamedNode, file: Term) -> Finding:
    severity = RULES["source-missing"].severity
    return Finding(
        "source-missing",
        severity,
        {
            "sv": f"Texten {file.value} till {short} finns inte i {folder}. Lägg den där, eller rätta coop:archivedAs.",
            "en": f"The text {file.value} of {short} is not in {folder}. Put it there, or mend coop:archivedAs.",
        },
        focus=short,
        value=file.value,
        place=places.of_statement(source, _FILE, file),
        result=result_of_rule("source-missing", severity, source, predicate=_FILE, value=file),
    )


def _changed(
    short: str,
    quotes: Sequence[_Evidence],
    shorten: Callable[[str], str],
    places: Places,
    source: NamedNode,
    sha: Term,
    new: str,
) -> Finding:
    look = ", ".join(sorted(shorten(one.node.value) for one in quotes)) or "–"
    return Finding(
        "source-changed",
        RULES["source-changed"].severity,
        {
            "sv": f'Texten till {short} är inte den som beläggen skrevs efter. Se över: {look}. Ge sedan källan den nya kontrollsumman: coopgraph correct {short} sha256 {new} --reason "texten är genomläst på nytt"',
            "en": f'The text of {short} is not the one that the evidence was written from. Look again at: {look}. Then give the source the new checksum: coopgraph correct {short} sha256 {new} --reason "the text is read anew"',
        },
        focus=short,
        path="coop:sha256",
        place=places.of_statement(source, _SHA, sha),
        result=result_of_rule(
            "source-changed", RULES["source-changed"].severity, source, predicate=_SHA, value=sha
        ),
    )


def _quotes(
    quotes: Sequence[_Evidence], text: str, source: str, assembly: Assembly, places: Places
) -> Iterator[Finding]:
    for one in quotes:
        found = len(occurrences(one.quote, text))
        if found == 1:
            continue
        short = assembly.namespaces.shorten(one.node.value)
        if found:
            rule = "quote-ambiguous"
            sv = f"Citatet finns på {found} ställen i {source}. Lägg till oa:prefix eller oa:suffix med texten intill."
            en = f"The quote is found in {found} places of {source}. Add oa:prefix or oa:suffix with the text beside it."
        else:
            rule, near = "quote-missing", nearest(one.quote, text)
            sv = (
                f"Citatet finns inte i {source}."
                + (f" Närmast: {near}." if near else "")
                + " Skriv det bokstav för bokstav som i källan."
            )
            en = (
                f"The quote is not in {source}."
                + (f" Nearest: {near}." if near else "")
                + " Write it letter for letter as in the source."
            )
        yield Finding(
            rule,
            RULES[rule].severity,
            {"sv": sv, "en": en},
            focus=short,
            path="oa:exact",
            value=one.quote.exact,
            place=places.of_statement(one.node, _EXACT, one.exact),
            result=result_of_rule(rule, RULES[rule].severity, one.node, predicate=_EXACT, value=one.exact),
        )
