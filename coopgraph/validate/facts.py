"""What the rules need to know of a dataset: which terms there are, what is described, derived and retired, what was meant."""

from __future__ import annotations

from itertools import islice

from pyoxigraph import Literal, NamedNode, Quad, Triple

from coopgraph.build.assemble import Assembly, vocabulary
from coopgraph.validate.findings import Finding, result_of_rule
from coopgraph.validate.places import Places
from coopgraph.validate.rules import RULES

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = NamedNode(RDF + "type")
_IN_SCHEME = NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
REPLACED = NamedNode("http://purl.org/dc/terms/isReplacedBy")
RETIRING = frozenset({NamedNode(OWL + "deprecated"), REPLACED})
"""The properties that say of a thing that it is retired."""
_DEFINITION = NamedNode("http://www.w3.org/2004/02/skos/core#definition")
_TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))
_MARK = "Derived by the build"
_FEW = 12
"""Up to how many concepts a list is told whole."""
_ALWAYS = {RDF + "type", RDF + "langString", RDF + "Property"}


class Facts:
    """What the rules need to know of the whole graph: the small parts gathered once, the large ones looked up."""

    def __init__(self, assembly: Assembly, places: Places) -> None:
        self.assembly, self.places, self.names = assembly, places, assembly.namespaces
        self.engine = assembly.store.engine
        self.terms: set[str] = set()
        self.derived: set[str] = set()
        schemes: set[str] = set()
        for graph in vocabulary(assembly.project, assembly.namespaces):
            for quad in self.engine.quads_for_pattern(None, None, None, graph):
                if quad.predicate == TYPE and isinstance(quad.subject, NamedNode):
                    self.terms.add(quad.subject.value)
                elif quad.predicate == _IN_SCHEME and isinstance(quad.object, NamedNode):
                    schemes.add(quad.object.value + "/")
                elif quad.predicate == _DEFINITION and _MARK in str(quad.object):
                    self.derived.add(str(quad.subject)[1:-1])
        self.closed = tuple(sorted(schemes | {self.names.base + "id/"}))
        self.retired: dict[str, str | None] = {}
        self._described: dict[str, bool] = {}
        self.look_again()

    def look_again(self) -> None:
        """Gather again what a change of the data may have altered."""
        self.retired = {
            quad.subject.value: self._successor(quad.subject)
            for quad in self.engine.quads_for_pattern(None, NamedNode(OWL + "deprecated"), _TRUE)
            if isinstance(quad.subject, NamedNode)
        }
        self._described.clear()

    def _successor(self, node: NamedNode) -> str | None:
        found = self.engine.quads_for_pattern(node, REPLACED, None)
        return next((quad.object.value for quad in found if isinstance(quad.object, NamedNode)), None)

    def knows(self, term: NamedNode) -> bool:
        """Whether a vocabulary declares the class, property or datatype."""
        return term.value in self.terms or term.value in _ALWAYS or term.value.startswith(XSD)

    def describes(self, iri: str) -> bool:
        """Whether any file says anything of the thing."""
        if iri not in self._described:
            quads = self.engine.quads_for_pattern(NamedNode(iri), None, None)
            self._described[iri] = any(quad.graph_name in self.assembly.origins for quad in quads)
        return self._described[iri]

    def things(self, *, parts: bool) -> set[str]:
        """Every thing and concept that a file describes, or every part (`…#part`), for "did you mean"."""
        derived = self.names.graph_of("derived")
        query = f"SELECT DISTINCT ?s WHERE {{ GRAPH ?g {{ ?s a ?type }} FILTER(?g != {derived}) }}"
        return {
            node.value
            for (node,) in self.assembly.store.select(query)
            if isinstance(node, NamedNode)
            and node.value.startswith(self.closed)
            and ("#" in node.value) == parts
        }

    def concepts_beside(self, iri: str) -> str:
        """The concepts of the scheme that the IRI would belong to; empty where they are many."""
        scheme = iri.rpartition("/")[0] + "/"
        found = sorted(one for one in self.things(parts=False) if one.startswith(scheme))
        return ", ".join(map(self.names.shorten, found)) if len(found) <= _FEW else ""

    def finding(
        self,
        rule: str,
        quad: Quad,
        sv: str,
        en: str,
        *,
        value: object = None,
        predicate: bool = False,
        meant: str | None = None,
    ) -> Finding:
        """A finding at the place of a triple's object, or of its predicate."""
        graph = quad.graph_name
        assert isinstance(graph, NamedNode)
        assert not isinstance(quad.subject, Triple)
        assert not isinstance(quad.object, Triple)
        return Finding(
            rule=rule,
            severity=RULES[rule].severity,
            message={"sv": sv, "en": en},
            focus=self.short(quad.subject),
            path=self.short(quad.predicate),
            value=self.short(quad.object) if value is None else str(value),
            place=self.places.of_triple(quad.triple, graph, predicate=predicate),
            result=result_of_rule(
                rule, RULES[rule].severity, quad.subject, predicate=quad.predicate, value=quad.object
            ),
            meant=meant,
        )

    def short(self, term: object) -> str:
        """A term as a person should read it."""
        if isinstance(term, NamedNode):
            return self.names.shorten(term.value)
        return term.value if isinstance(term, Literal) else str(term)

    def meant(self, iri: str, among: set[str]) -> str | None:
        """The name that was perhaps meant; none where nothing is near. Of several, the one that the data use most."""
        short = self.names.shorten(iri)
        names = {self.names.shorten(one): one for one in sorted(among)}
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        near = process.extract(
            short, list(names), scorer=OSA.normalized_similarity, score_cutoff=0.75, limit=20
        )
        used = {name: self._uses(names[name]) for name, score, _ in near if score == near[0][1]}
        return max(used, key=lambda name: used[name], default=None)

    def _uses(self, iri: str) -> int:
        """How often a thing is linked to, up to a hundred times."""
        return sum(1 for _ in islice(self.engine.quads_for_pattern(None, None, NamedNode(iri)), 100))
