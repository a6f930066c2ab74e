"""IRIs, slugs, prefixed names, and which file describes which thing."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from coopgraph.errors import ProjectError, UsageError
from coopgraph.project import DEFAULT_BASE, Project

_LOCAL = re.compile(r"[^\W_][\w.-]*(?<!\.)|_[\w.-]*(?<!\.)")
_CONCEPTS = "id/concept/"
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"}
)
"""What stands for small letters that no decomposition makes plain."""


def slug(text: str) -> str:
    """Lower-case ASCII with hyphens: `slug("Växjö kommun")` is `"vaxjo-kommun"`."""
    letters = text.casefold().translate(LETTERS)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@dataclass(frozen=True)
class Namespaces:
    """The prefixes of a dataset, and its base IRI."""

    base: str
    prefixes: Mapping[str, str]

    def expand(self, name: str) -> NamedNode:
        """`organisation:vaxjo-kommun` as an IRI. Raises UsageError for an unknown prefix."""
        prefix, colon, local = name.partition(":")
        if not colon or prefix not in self.prefixes:
            raise UsageError(
                f"'{name}' has no prefix that ontology/prefixes.ttl declares.",
                f"'{name}' har inget prefix som deklareras i ontology/prefixes.ttl.",
            )
        return NamedNode(self.prefixes[prefix] + local)

    def shorten(self, iri: str) -> str:
        """An IRI as a prefixed name, with the longest namespace that fits; otherwise the IRI itself."""
        fits = [(len(ns), prefix) for prefix, ns in self.prefixes.items() if iri.startswith(ns)]
        if not fits:
            return iri
        size, prefix = max(fits)
        local = iri[size:]
        whole, hash_, part = local.partition("#")
        if _LOCAL.fullmatch(whole) and (not hash_ or part):
            return f"{prefix}:{local}"
        return iri

    def declared(self) -> str:
        """The prefixes as SPARQL `PREFIX` lines."""
        return "".join(f"PREFIX {prefix}: <{ns}>\n" for prefix, ns in self.prefixes.items())

    def thing_of(self, path: str) -> str:
        """The IRI that `data/<path>.ttl` describes; `path` has no suffix."""
        return f"{self.base}id/{path}"

    def path_of(self, iri: str) -> str | None:
        """The path under `data/`, without suffix, of the file that describes the IRI or the thing it is part of."""
        start = self.base + "id/"
        if not iri.startswith(start):
            return None
        return iri[len(start) :].partition("#")[0]

    def graph_of(self, path: str) -> NamedNode:
        """The named graph that a file is kept in; what no IRI may have is percent-encoded.

        Raises ProjectError for a name with a line break or a tab in it.
        """
        if "%" not in path:
            try:
                return NamedNode(f"{self.base}graph/{path}")
            except ValueError:
                pass
        if "\n" in path or "\t" in path:  # a mistake is told with its file, in one line
            shown = path.replace("\n", "\\n").replace("\t", "\\t")
            raise ProjectError(
                f"data/{shown}: the name of the file has a line break or a tab in it. Give it another.",
                f"data/{shown}: filens namn innehåller en radbrytning eller en tabb. Ge den ett annat.",
            )
        return NamedNode(f"{self.base}graph/{quote(path, errors='surrogateescape')}")

    def file_of(self, graph: NamedNode) -> str:
        """The path of the file that is kept in a graph: `graph_of` turned round."""
        path = graph.value.removeprefix(f"{self.base}graph/")
        return unquote(path, errors="surrogateescape") if "%" in path else path


def namespaces(project: Project) -> Namespaces:
    """The prefixes of `ontology/prefixes.ttl`; those of things follow the base IRI of the dataset."""
    files = project.files("ontology")
    if "prefixes.ttl" not in files:
        raise ProjectError(
            "ontology/prefixes.ttl is missing from the package. Install coopgraph again.",
            "ontology/prefixes.ttl saknas i paketet. Installera coopgraph igen.",
        )
    parser = ox.parse(path=str(files["prefixes.ttl"]), format=ox.RdfFormat.TURTLE)
    list(parser)
    things = DEFAULT_BASE + "id/"
    prefixes = {
        prefix: project.base + ns[len(DEFAULT_BASE) :]
        if ns.startswith(things) and not ns.startswith(DEFAULT_BASE + _CONCEPTS)
        else ns
        for prefix, ns in sorted(parser.prefixes.items())
    }
    return Namespaces(project.base, prefixes)


def file_path(project: Project, path: Path) -> str:
    """`organisation/vaxjo-kommun` for `data/organisation/vaxjo-kommun.ttl`."""
    inside = str(path).removeprefix(f"{project.data}{os.sep}")  # very many are asked for
    return stem(inside.replace(os.sep, "/"))


def stem(name: str) -> str:
    """The name of an RDF file without what its ending says of its form."""
    for suffix in (".gz", ".ttl", ".trig", ".nt", ".nq"):
        name = name.removesuffix(suffix)
    return name


def plain(term: NamedNode | ox.BlankNode | Literal | None) -> str | int | float | bool | None:
    """A term as a plain Python value: numbers and booleans as such, everything else as text."""
    if term is None:
        return None
    if isinstance(term, Literal):
        kind = term.datatype.value.removeprefix("http://www.w3.org/2001/XMLSchema#")
        try:
            if kind in {"integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"}:
                return int(term.value)
            if kind in {"decimal", "double", "float"}:
                number = float(term.value)
                return int(number) if kind == "decimal" and number.is_integer() else number
        except ValueError:
            return term.value
        return term.value in {"true", "1"} if kind == "boolean" else term.value
    return term.value
