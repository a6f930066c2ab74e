"""What a name means: a saved query, a rule of the check, a shape, or a term of the ontology."""

from __future__ import annotations

from textwrap import indent

from pyoxigraph import Literal, NamedNode, Triple
from rapidfuzz import process

from coopgraph.errors import UsageError
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import Project
from coopgraph.publish.examples import examples
from coopgraph.queries.names import listed
from coopgraph.queries.saved import SavedQuery, parse, query_files
from coopgraph.turtle import read
from coopgraph.validate.checked import shape_triples
from coopgraph.validate.findings import SHAPES
from coopgraph.validate.rules import RULES, Rule

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SH = "http://www.w3.org/ns/shacl#"


def explain(project: Project, name: str, *, language: str, sparql: bool = False) -> str:
    """The explanation as text; with `sparql`, of a saved query its text too. Raises UsageError for a name that nothing has, with what was perhaps meant."""
    names = namespaces(project)
    queries = query_files(project)
    wanted = name.removeprefix("coopsh:").removesuffix(".rq")
    if wanted in queries:
        query = parse(wanted, queries[wanted], queries[wanted].read_text(encoding="utf-8"))
        if sparql:
            return f"{_query(query, language)}\n\n{query.text.strip()}"
        see = "Frågans text" if language == "sv" else "The text of the query"
        return f"{_query(query, language)}\n\n{see}: coopgraph explain {wanted} --sparql"
    if wanted in RULES:
        return _rule(RULES[wanted], language)
    shapes = _texts(shape_triples(project))
    if SHAPES + wanted in shapes:
        return _shape(wanted, shapes[SHAPES + wanted], language)
    terms = _texts([quad.triple for path in project.files("ontology").values() for quad in read(path)])
    short = {names.shorten(iri): iri for iri in terms}
    schemes = {iri.rpartition("/")[2]: iri for iri, texts in terms.items() if _is_scheme(texts)}
    if wanted in short:
        slug = wanted.partition(":")[2]
        see = "Värdena" if language == "sv" else "The values"
        more = f"\n{see}: coopgraph explain {slug}" if slug in schemes else ""
        return _term(wanted, terms[short[wanted]], language) + more
    if wanted in schemes:
        return _scheme(wanted, schemes[wanted], terms, names, language)
    known = [
        *queries,
        *RULES,
        *(iri.removeprefix(SHAPES) for iri in shapes if iri.startswith(SHAPES)),
        *short,
        *schemes,
    ]
    near = [found[0] for found in process.extract(wanted, known, limit=3, score_cutoff=60)]
    hint = f" Did you mean {listed(near, 'or')}?" if near else ""
    hint_sv = f" Menade du {listed(near, 'eller')}?" if near else ""
    raise UsageError(
        f"Nothing is called '{name}': no query, rule, shape or term.{hint}",
        f"Inget heter '{name}': ingen fråga, regel, form eller term.{hint_sv}",
    )


_SEVERITIES = {"violation": "fel", "warning": "varning", "info": "anmärkning"}
Texts = dict[str, dict[str, list[Literal | NamedNode]]]


def _texts(triples: list[Triple]) -> Texts:
    found: Texts = {}
    for subject, predicate, value in triples:
        if isinstance(subject, NamedNode) and isinstance(value, Literal | NamedNode):
            found.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value)
    return found


def _in(values: list[Literal | NamedNode] | None, language: str) -> str:
    texts = {value.language or "": value.value for value in values or [] if isinstance(value, Literal)}
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _query(query: SavedQuery, language: str) -> str:
    swedish = language == "sv"
    lines = [query.title.get(language, query.name), "", query.description.get(language, ""), ""]
    if query.params:
        lines.append("Parametrar" if swedish else "Parameters")
        for param in query.params.values():
            kind = ", ".join(param.of or param.choices) or param.type
            optional = (" (valfritt)" if swedish else " (optional)") if param.optional else ""
            lines.append(f"  {param.name}: {param.label.get(language, '')} – {kind}{optional}")
        lines.append("")
    if query.columns:
        lines.append("Kolumner" if swedish else "Columns")
        lines += [f"  {name}: {column.heading.get(language, '')}" for name, column in query.columns.items()]
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def _rule(rule: Rule, language: str) -> str:
    swedish = language == "sv"
    return "\n".join(
        [
            f"{rule.name} ({_SEVERITIES[rule.severity] if swedish else rule.severity})",
            "",
            rule.why[language],
            "",
            f"{'Rätt' if swedish else 'Good'}:  {rule.good}",
            f"{'Fel' if swedish else 'Bad'}:   {rule.bad}",
        ]
    )


def _shape(name: str, texts: dict[str, list[Literal | NamedNode]], language: str) -> str:
    swedish = language == "sv"
    severity = next((value.value.removeprefix(SH).lower() for value in texts.get(SH + "severity", ())), None)
    label = _in(texts.get(SH + "name") or texts.get(RDFS + "label"), language)
    lines = [
        f"{name}: {label}".rstrip(": ")
        + (f" ({_SEVERITIES[severity] if swedish else severity})" if severity else ""),
        "",
    ]
    for predicate in ("comment", "message"):
        text = _in(texts.get((RDFS if predicate == "comment" else SH) + predicate), language)
        lines += [text, ""] if text else []
    properties = [value.value.removeprefix(SHAPES) for value in texts.get(SH + "property", [])]
    lines += [*(f"  {one}" for one in sorted(properties)), ""] if properties else []
    good, bad = examples(name)
    for heading, passage in (("Rätt" if swedish else "Good", good), ("Fel" if swedish else "Bad", bad)):
        lines += [f"{heading}:", indent(passage, "  "), ""] if passage else []
    return "\n".join(lines).rstrip("\n")


def _is_scheme(texts: dict[str, list[Literal | NamedNode]]) -> bool:
    return any(one.value == SKOS + "ConceptScheme" for one in texts.get(RDF + "type", ()))


def _scheme(name: str, scheme: str, terms: Texts, names: Namespaces, language: str) -> str:
    """A list of concepts: what it is, and each with its name and meaning."""
    lines = [f"{name}: {_in(terms[scheme].get(SKOS + 'prefLabel'), language)}"]
    lines += ["", _in(terms[scheme].get(SKOS + "definition"), language), ""]
    for iri, texts in sorted(terms.items()):
        if any(one.value == scheme for one in texts.get(SKOS + "inScheme", ())):
            definition = _in(texts.get(SKOS + "definition"), language)
            lines.append(f"  {names.shorten(iri)}  {_in(texts.get(SKOS + 'prefLabel'), language)}")
            lines += [f"      {definition}"] if definition else []
    return "\n".join(lines)


def _term(name: str, texts: dict[str, list[Literal | NamedNode]], language: str) -> str:
    label = _in(texts.get(RDFS + "label") or texts.get(SKOS + "prefLabel"), language)
    lines = [f"{name}: {label}", "", _in(texts.get(SKOS + "definition"), language)]
    example = _in(texts.get(SKOS + "example"), language)
    return "\n".join(
        [*lines, *([f"{'Exempel' if language == 'sv' else 'Example'}: {example}"] if example else [])]
    )
