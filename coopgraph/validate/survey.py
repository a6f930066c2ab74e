"""A look at a store before it is checked: subclasses, datatypes it merges, regular expressions it can't run."""

from __future__ import annotations

from pyoxigraph import BlankNode, Literal, NamedNode

from coopgraph.errors import QueryError, ShapesError
from coopgraph.store import Term
from coopgraph.validate.conditions import Context
from coopgraph.validate.graph import RDFS, XSD
from coopgraph.validate.literals import WHOLE_NUMBERS
from coopgraph.validate.results import Select
from coopgraph.validate.shapes import Shapes

_MOST_CLASSES = 2000


def look(select: Select, shapes: Shapes) -> Context:
    """What the queries need to know of the store.

    Raises ShapesError for a regular expression that the store can't run (look-around, say, or one that is too
    large), where it would else find every value wrong.
    """
    _try_patterns(select, shapes)
    return Context(shapes, _classes(select, shapes), _merged(select, shapes), flagged=_can_flag(select))


def _can_flag(select: Select) -> bool:
    """Whether the store takes EXISTS in BIND after OPTIONAL, which Virtuoso 7 does not."""
    no = "<urn:x-coopgraph:nothing>"
    test = f"(!BOUND(?b) || EXISTS {{ ?b a {no} . }})"
    try:
        list(select(f"SELECT ?a ?ok WHERE {{ ?a a {no} . OPTIONAL {{ ?a {no} ?b . }} BIND({test} AS ?ok) }}"))
    except QueryError:
        return False
    return True


def _classes(select: Select, shapes: Shapes) -> dict[NamedNode, tuple[NamedNode, ...]]:
    """For every class in use, itself and its subclasses, those without an instance left out."""
    named: dict[NamedNode, set[NamedNode]] = {}
    for shape in shapes.by_node.values():
        terms: list[Term] = [target.term for target in shape.targets if target.kind == "class"]
        terms += [one.terms[0] for one in shape.constraints if one.kind == "class"]
        named.update({term: set() for term in terms if isinstance(term, NamedNode)})
    if not named:
        return {}
    # One branch a class, as Virtuoso follows a path from a constant only.
    below = [f"{{ ?s <{RDFS}subClassOf>+ {cls} BIND({cls} AS ?c) }}" for cls in named]
    below.append(f"{{ VALUES ?c {{ {' '.join(map(str, named))} }} BIND(?c AS ?s) }}")
    with_instances = f"SELECT DISTINCT ?c ?s WHERE {{ {' UNION '.join(below)} FILTER EXISTS {{ ?i a ?s }} }}"
    by_path: set[NamedNode] = set()
    for cls, sub in select(with_instances):
        if isinstance(cls, NamedNode) and isinstance(sub, NamedNode):
            named[cls].add(sub)
        elif isinstance(cls, NamedNode) and isinstance(sub, BlankNode):
            by_path.add(cls)
    by_path |= {cls for cls, found in named.items() if len(found) > _MOST_CLASSES}
    return {cls: tuple(sorted(found or {cls}, key=str)) for cls, found in named.items() if cls not in by_path}


def _merged(select: Select, shapes: Shapes) -> frozenset[str]:
    """The datatypes in use that the store keeps as xsd:integer."""
    used = {
        term.value
        for shape in shapes.by_node.values()
        for one in shape.constraints
        for term in one.terms
        if one.kind == "datatype" and isinstance(term, NamedNode) and term.value in WHOLE_NUMBERS
    }
    if not used:
        return frozenset()
    asked = sorted(used)
    columns = " ".join(f'(DATATYPE("1"^^<{iri}>) AS ?d{i})' for i, iri in enumerate(asked))
    (row,) = select(f"SELECT {columns} WHERE {{}}")
    return frozenset(iri for iri, kept in zip(asked, row, strict=True) if kept == NamedNode(XSD + "integer"))


def _try_patterns(select: Select, shapes: Shapes) -> None:
    patterns = {
        (one.terms[0], one.flags): shape.node
        for shape in shapes.by_node.values()
        for one in shape.constraints
        if one.kind == "pattern"
    }
    if not patterns:
        return
    columns = [
        f'(REGEX("", {pattern}, {Literal(flags)}) AS ?r{i})' for i, (pattern, flags) in enumerate(patterns)
    ]
    for row in select(f"SELECT {' '.join(columns)} WHERE {{}}"):
        for ran, ((pattern, _), node) in zip(row, patterns.items(), strict=True):
            if ran is None:
                raise ShapesError(
                    f"The store can't run the regular expression {pattern}.",
                    f"Databasen kan inte köra det reguljära uttrycket {pattern}.",
                    node=node,
                )
