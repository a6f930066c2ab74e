"""How Turtle is laid out in `data/`: the order of properties, terms as a file writes them, statements, whole files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.iris import Namespaces
from coopgraph.store import Term

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_WIDTH = 120

# Who it is, what it is, with whom, when, how it stands, what of it; then what a source says.
_ORDER = [
    name
    for names in (
        "rdf:type owl:deprecated dct:isReplacedBy dct:isReferencedBy",
        "skos:prefLabel skos:altLabel dct:title skos:notation dct:type dct:publisher dct:language",
        "org:classification org:unitOf org:postIn coop:country dct:spatial geo:lat geo:long",
        "coop:hasParty coop:hasSignatory org:organization org:member org:role coop:towards",
        "org:originalOrganization org:resultingOrganization coop:inProgramme coop:founds coop:policyOf coop:issuedBy",
        "coop:decidingBody coop:adoptedBy coop:proposedTo coop:concerns coop:paragraph",
        "coop:measure coop:number coop:qualifier coop:unit coop:order",
        "coop:start coop:end coop:date coop:status coop:level dct:subject",
        "oa:hasBody coop:property coop:value oa:hasSource oa:exact oa:prefix oa:suffix coop:basis",
        "coop:notStated coop:notBefore coop:retrieved coop:reason dct:description dct:relation",
        "coop:archivedAs coop:sha256 schema:url adms:identifier skos:exactMatch skos:closeMatch owl:differentFrom",
        "coop:hasResponsibility coop:hasGoal coop:hasMeans coop:hasRemark coop:hasFigure",
    )
    for name in names.split()
]
_LANGUAGES = ["sv", "en"]


class Order:
    """The place of properties in a statement and of values in a list: the same from any order of triples."""

    def __init__(self, names: Namespaces) -> None:
        self._rank = {names.expand(name).value: place for place, name in enumerate(_ORDER)}

    def of(self, predicate: NamedNode) -> tuple[int, str]:
        """The place of a property; those that nothing is known of come last, by name."""
        return self._rank.get(predicate.value, len(self._rank)), predicate.value

    @staticmethod
    def of_value(value: object) -> tuple[object, ...]:
        """The place of a value: IRIs with numbers in order, then texts, Swedish and English first."""
        if isinstance(value, Literal):
            language = value.language or ""
            place = _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)
            return 1, place, language, _natural(value.value), str(value)
        return 0, 0, "", _natural(value.value if isinstance(value, NamedNode) else str(value)), ""


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """`goal-2` before `goal-10`."""
    parts = re.split(r"(\d{1,18})", text)
    return tuple((0, int(part), part) if i % 2 else (1, 0, part) for i, part in enumerate(parts))


class Terms:
    """Terms as a file with this base writes them. `missing` gathers the prefixes that the file must still declare."""

    def __init__(self, names: Namespaces, base: str | None, declared: Mapping[str, str]) -> None:
        self._base, self._declared = base, declared
        self._known = Namespaces(names.base, {**names.prefixes, **declared})
        self.missing: dict[str, str] = {}

    def text(self, term: Term | Triple) -> str:
        """A term in Turtle."""
        if isinstance(term, NamedNode):
            return self._iri(term.value)
        if isinstance(term, Literal):
            return self._literal(term)
        return str(term)

    def predicate(self, term: NamedNode) -> str:
        return "a" if term.value == RDF_TYPE else self._iri(term.value)

    def _iri(self, iri: str) -> str:
        if self._base is not None and iri.partition("#")[0] == self._base:
            return f"<{iri[len(self._base) :]}>"
        short = self._known.shorten(iri)
        prefix, _, local = short.partition(":")
        if short == iri or "#" in local:
            return str(NamedNode(iri))
        if prefix not in self._declared:
            self.missing[prefix] = self._known.prefixes[prefix]
        return short

    def _literal(self, term: Literal) -> str:
        quoted = str(Literal(term.value))
        if term.language:
            return f"{quoted}@{term.language}"
        kind = term.datatype.value
        if kind == _XSD + "string":
            return quoted
        plain = {"integer": r"[+-]?\d+", "boolean": "true|false", "decimal": r"[+-]?\d*\.\d+"}
        pattern = plain.get(kind.removeprefix(_XSD)) if kind.startswith(_XSD) else None
        return term.value if pattern and re.fullmatch(pattern, term.value) else f"{quoted}^^{self._iri(kind)}"


def statement(subject: str, groups: Iterable[tuple[str, Sequence[str]]]) -> str:
    """A statement: the first property beside the subject, each other on a line of its own, ended by a dot."""
    lines = [listed(predicate, objects) for predicate, objects in groups]
    return f"{subject} " + " ;\n    ".join(lines) + " .\n"


def listed(predicate: str, objects: Sequence[str]) -> str:
    """A property and its values, broken before a value that would make the line too long."""
    text, width = f"{predicate} {objects[0]}", 4 + len(predicate) + 1 + len(objects[0])
    for one in objects[1:]:
        if width + 3 + len(one) > _WIDTH - 2:
            text, width = f"{text} ,\n        {one}", 8 + len(one)
        else:
            text, width = f"{text} , {one}", width + 3 + len(one)
    return text


def groups_of(triples: Iterable[Triple], terms: Terms, order: Order) -> list[tuple[str, list[str]]]:
    """The properties of one subject with their values, in order."""
    found: dict[NamedNode, list[Term]] = {}
    for triple in triples:
        assert not isinstance(triple.object, Triple)
        found.setdefault(triple.predicate, []).append(triple.object)
    return [
        (terms.predicate(predicate), [terms.text(one) for one in found[predicate]])
        for predicate in sorted(found, key=order.of)
    ]


def directives(base: str, prefixes: Mapping[str, str]) -> str:
    """The lines that a file begins with."""
    lines = [f"@base <{base}> ."] + [
        f"@prefix {prefix}: <{prefixes[prefix]}> ." for prefix in sorted(prefixes)
    ]
    return "\n".join(lines) + "\n"


def document(base: str, triples: Iterable[Triple], names: Namespaces) -> str:
    """A new file: what the triples say, subject by subject in their order, under the prefixes that they need."""
    terms, order = Terms(names, base, {}), Order(names)
    subjects: dict[NamedNode | BlankNode | Triple, list[Triple]] = {}
    for triple in triples:
        subjects.setdefault(triple.subject, []).append(triple)
    statements = [
        statement(str_of(terms, subject), groups_of(some, terms, order)) for subject, some in subjects.items()
    ]
    return directives(base, terms.missing) + "".join("\n" + one for one in statements)


def str_of(terms: Terms, subject: NamedNode | BlankNode | Triple) -> str:
    """A subject in Turtle."""
    return terms.text(subject)
