"""What can't be compiled to SPARQL is checked by pySHACL, on a copy of the data in rdflib's memory.

rdflib and pySHACL are imported here only, and only when a shape needs them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopgraph.errors import ShapesError
from coopgraph.store import Term
from coopgraph.validate.graph import RDFS, SH, TYPE, Node
from coopgraph.validate.paths import Predicate
from coopgraph.validate.results import Result, Select
from coopgraph.validate.shapes import VIOLATION, Shapes

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node as RdflibNode


def check_with_pyshacl(
    select: Select,
    shapes: Shapes,
    nodes: Collection[Node],
    *,
    focus: Collection[NamedNode | Literal] | None = None,
) -> Iterator[Result]:
    """The results of these shapes (nodes of `shapes`) on all the data behind `select`.

    Raises ShapesError where pySHACL can't check them either.
    """
    rows = select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }")
    with _literals_as_written():
        from pyshacl import validate as pyshacl_validate

        data = _graph((s, p, o) for s, p, o in rows if s is not None and p is not None and o is not None)
        wanted = _graph(_without_other_targets(shapes, nodes))
        only = None if focus is None else [iri.value for iri in focus]
        try:
            _, report, _ = pyshacl_validate(
                data, shacl_graph=wanted, focus_nodes=only, advanced=True, inplace=True
            )
        except Exception as error:  # pySHACL raises what it likes; this is its one edge
            raise ShapesError(
                f"pySHACL can't check the shape: {error}",
                f"pySHACL kan inte pröva formen: {error}",
                node=next(iter(nodes)),
            ) from error
    if not hasattr(report, "subjects"):
        raise ShapesError(
            f"pySHACL can't check the shape: {report}",
            f"pySHACL kan inte pröva formen: {report}",
            node=next(iter(nodes)),
        )
    # All fallbacks are checked as one, so it does not matter which of them a result counts as coming from.
    for result in read_report(report, shapes):
        yield replace(result, origin=(next(iter(nodes)), result.focus))


def read_report(report: rdflib.Graph, shapes: Shapes) -> Iterator[Result]:
    """The results in a sh:ValidationReport of pySHACL, about these shapes."""
    from rdflib import URIRef

    def value(node: RdflibNode, name: str) -> Term | None:
        found = report.value(node, URIRef(SH + name))
        return None if found is None else from_rdflib(found)

    for node in report.objects(None, URIRef(SH + "result")):
        focus, shape = value(node, "focusNode"), value(node, "sourceShape")
        component, severity = value(node, "sourceConstraintComponent"), value(node, "resultSeverity")
        path, constraint = value(node, "resultPath"), value(node, "sourceConstraint")
        if (
            focus is None
            or not isinstance(component, NamedNode)
            or isinstance(shape, Literal)
            or shape is None
        ):
            continue
        known = shapes.by_node.get(shape)
        messages = [from_rdflib(text) for text in report.objects(node, URIRef(SH + "resultMessage"))]
        yield Result(
            focus=focus,
            path=Predicate(path) if isinstance(path, NamedNode) else (known.path if known else None),
            value=value(node, "value"),
            component=component,
            shape=shape,
            severity=severity if isinstance(severity, NamedNode) else VIOLATION,
            messages={text.language or "": text.value for text in messages if isinstance(text, Literal)},
            constraint=None if isinstance(constraint, Literal) else constraint,
        )


def _without_other_targets(shapes: Shapes, nodes: Collection[Node]) -> Iterator[tuple[Term, Term, Term]]:
    """The shapes graph, in which only the shapes at `nodes` still have targets."""
    for triple in shapes.triples:
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        other = subject in shapes.by_node and subject not in nodes
        is_target = predicate.value.startswith(SH + "target")
        is_class = predicate == TYPE and isinstance(value, NamedNode) and value.value.startswith(RDFS)
        if not (other and (is_target or is_class)):
            assert not isinstance(subject, Triple)
            assert not isinstance(value, Triple)
            yield subject, predicate, value


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting literals; pySHACL turns the same switch and may leave it turned."""
    import rdflib

    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _graph(triples: Iterable[tuple[Term, Term, Term]]) -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph()
    for triple in triples:
        s, p, o = map(to_rdflib, triple)
        graph.add((s, p, o))
    return graph


def to_rdflib(term: Term) -> rdflib.term.Node:
    """The same term for rdflib."""
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=None if datatype == rdflib.XSD.string else datatype)


def from_rdflib(term: RdflibNode) -> Term:
    """The same term for pyoxigraph."""
    import rdflib

    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        return Literal(str(term), datatype=NamedNode(str(term.datatype or rdflib.XSD.string)))
    return NamedNode(str(term))
