"""The rules of `ontology/rules`: one CONSTRUCT query a file, run in the order of their names.

A rule says by the subject of its head what it is about. A line `VALUES ?about { UNDEF }` lets it be run for some things
only, and the header's `touched` is the path on which a changed thing leads to those that the rule is about, or a pattern
that leads `?from` the one `?to` the others:

    #+ touched: oa:hasBody|^oa:hasSource/oa:hasBody
    #+ touched: "{ ?from org:member ?to } UNION { ?from org:role role:party ; org:organization/coop:hasParty ?to }"

So a build can derive again what a change touches, and nothing else. A rule without that line is run as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from coopgraph.errors import ProjectError
from coopgraph.iris import Namespaces
from coopgraph.project import Project

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_PREFIX = re.compile(r"(?im)^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>")
_HEAD = re.compile(r"(?is)\bCONSTRUCT\s*\{([^}]*)\}")
_TERM = re.compile(r"""[?$]\w+|<[^>]*>|[\w-]*:[\w-]+|"[^"]*"(?:@[\w-]+)?|\ba\b|[.;,]""")
_NAME = re.compile(r"\b([\w-]+):([\w-]+)|<([^<>\s]+)>")

Head = tuple[NamedNode, NamedNode | None]
"""A property that a rule derives, and its value where the rule always gives the same."""


@dataclass(frozen=True)
class Rule:
    """A rule as its file has it, with the prefixes of the dataset."""

    name: str
    shown: str
    text: str

    def bound(self, about: Iterable[NamedNode] | None) -> str:
        """The query for these things, or for all."""
        values = "" if about is None else f"VALUES ?{self.about} {{ {' '.join(map(str, about))} }}"
        return self._open.sub(lambda _: values, self.text)

    @cached_property
    def about(self) -> str | None:
        """The variable that stands for what the rule is about; None where it must be run as a whole."""
        subjects = {subject for subject, _, _ in self._statements}
        (one,) = subjects if len(subjects) == 1 else (None,)
        name = one[1:] if one is not None and one[0] in "?$" else None
        return name if name and re.search(_OPEN % name, self.text) else None

    @cached_property
    def heads(self) -> frozenset[Head]:
        """What the rule derives."""
        return frozenset((self._iri(verb), self._constant(value)) for _, verb, value in self._statements)

    @cached_property
    def terms(self) -> frozenset[NamedNode]:
        """Every term that the rule names; it reads no triple of another property."""
        text = re.sub(r"(?m)^\s*#.*$", "", self.text)
        found = {
            self._iri(match.group())
            for match in _NAME.finditer(text)
            if match[3] or match[1] in self._prefixes
        }
        return frozenset(found | ({_TYPE} if re.search(r"\ba\b", text) else set()))

    @cached_property
    def touched(self) -> str | None:
        """The pattern from a changed thing (`?from`) to what the rule is about (`?to`), beside the thing itself."""
        said = re.search(r"""(?m)^#\+ touched:[ \t]*(["']?)(\S.*?)\1[ \t]*$""", self.text)
        if said is None:
            return None
        return said[2] if said[2].startswith("{") else f"?from {said[2]} ?to"

    @cached_property
    def prologue(self) -> str:
        """The prefixes that the rule declares."""
        return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in self._prefixes.items())

    @cached_property
    def _open(self) -> re.Pattern[str]:
        return re.compile(_OPEN % (self.about or r"\w+"))

    @cached_property
    def _prefixes(self) -> Mapping[str, str]:
        return dict(_PREFIX.findall(self.text))

    @cached_property
    def _statements(self) -> tuple[tuple[str, str, str], ...]:
        head = _HEAD.search(self.text)
        return tuple(_triples(_TERM.findall(head[1]))) if head else ()

    def _iri(self, term: str) -> NamedNode:
        if term == "a":
            return _TYPE
        if term.startswith("<"):
            return NamedNode(term[1:-1])
        prefix, _, name = term.partition(":")
        return NamedNode(self._prefixes.get(prefix, prefix + ":") + name)

    def _constant(self, term: str) -> NamedNode | None:
        return None if term[0] in '?$"' else self._iri(term)


_OPEN = r"(?i)VALUES\s+\?%s\s*\{\s*UNDEF\s*\}"


def _triples(terms: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The triples of a head from its terms and marks."""
    said: list[str] = []
    for term in terms:
        if term in ".;,":
            said = said[: ".;,".index(term)]
            continue
        said.append(term)
        if len(said) == 3:
            yield said[0], said[1], said[2]


def rules_of(project: Project, names: Namespaces) -> list[Rule]:
    """The rules of a dataset, its own and the packaged ones, in the order in which they run.

    Raises ProjectError where two derive the same property, which could then not be derived again one by one.
    """
    found = []
    derived_by: dict[Head, str] = {}
    for name, path in project.files("ontology/rules", (".rq",)).items():
        rule = Rule(name, project.shown(path), _own_names(path.read_text(encoding="utf-8"), names))
        for head in sorted(rule.heads, key=str):
            other = derived_by.get(head) or derived_by.get((head[0], None))
            if other is not None:
                property_ = names.shorten(head[0].value)
                raise ProjectError(
                    f"{rule.shown}: the rule derives {property_}, as {other} does. Make one rule of the two, with UNION.",
                    f"{rule.shown}: regeln härleder {property_}, liksom {other}. Gör en regel av de två, med UNION.",
                )
        derived_by |= dict.fromkeys(rule.heads, name)
        found.append(rule)
    return found


def _own_names(query: str, names: Namespaces) -> str:
    """The rule with the prefixes of things that this dataset's base IRI gives."""
    return _PREFIX.sub(
        lambda found: (
            f"PREFIX {found[1]}: <{names.prefixes[found[1]]}>" if found[1] in names.prefixes else found[0]
        ),
        query,
    )
