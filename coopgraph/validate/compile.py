"""Shapes to SPARQL: a constraint becomes one self-contained query that finds its violations everywhere.

A query never names a blank node, so it runs on any SPARQL 1.1 store. Focus nodes are found inside it, nested
shapes are followed inside it, and what a shape says of a node as a whole (`sh:not`, `sh:or`, counting) is
decided on sets: the nodes that violate a shape are a sub-select; sets are subtracted, joined and counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from coopgraph.validate.conditions import Context, instance_pattern, is_step, of_constraint, of_shape, ordered
from coopgraph.validate.constraints import Constraint
from coopgraph.validate.decorrelate import decorrelated
from coopgraph.validate.paths import Inverse, Path, Predicate, may_be_empty, to_sparql
from coopgraph.validate.shapes import Shape
from coopgraph.validate.sparql import aggregates, rewrite, shown

COUNTS = ("minCount", "maxCount")


@dataclass(frozen=True)
class Source:
    """A pattern that binds focus nodes: the last of `chain`, after those by which it was reached.

    `via` is the step along which the focus nodes are targeted, if they are.
    """

    text: str
    chain: tuple[str, ...]
    via: Path | None = None

    @property
    def focus(self) -> str:
        return self.chain[-1]

    @property
    def names(self) -> str:
        return " ".join(self.chain)


@dataclass(frozen=True)
class Body:
    """A pattern that binds `chain` (and `value`) once for every violation of `constraints` of `shape`.

    Where several constraints are tested in one pass, `flags` has a variable for each, false where it fails.
    `also` are variables that tell apart violations which are otherwise the same, or that messages name.
    """

    shape: Shape
    constraints: tuple[Constraint, ...]
    chain: tuple[str, ...]
    text: str
    value: str | None = None
    path: str | None = None
    also: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One query, and how to read its rows."""

    target: Shape
    body: Body
    query: str


def checks(
    context: Context, shape: Shape, focus: Collection[NamedNode | Literal] | None = None
) -> Iterator[Check]:
    """The queries that find every violation of a shape at its targets, or at `focus`, some of its targets."""
    source = target_source(context, shape)
    if focus is not None:
        source = Source(f"VALUES ?_0 {{ {' '.join(map(str, focus))} }}", ("?_0",))
    for body in _bodies(context, shape, source) if focus is None or focus else ():
        columns = dict.fromkeys(
            [*body.chain, *filter(None, (body.value, body.path)), *body.also, *body.flags]
        )
        query = f"SELECT DISTINCT {' '.join(columns)} WHERE {{ {body.text} }}"
        yield Check(shape, body, query)


def targets_among(context: Context, shape: Shape, nodes: Collection[NamedNode | Literal]) -> str:
    """The query that finds which of the nodes (as ?_0) the shape targets."""
    only = f"VALUES ?_0 {{ {' '.join(map(str, nodes))} }}"
    union = " UNION ".join(f"{{ {only} {part} }}" for part in _target_patterns(context, shape))
    return f"SELECT DISTINCT ?_0 WHERE {{ {union} }}"


def target_source(context: Context, shape: Shape) -> Source:
    """The pattern that binds the nodes that a shape targets."""
    v = "?_0"
    patterns = _target_patterns(context, shape)
    if len(patterns) == 1:
        (pattern,), target = patterns, shape.targets[0]
        if target.kind == "node" or (target.kind == "class" and target.term in context.classes):
            return Source(pattern, (v,))
    union = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
    via: Path | None = None
    if len(patterns) == 1 and isinstance(shape.targets[0].term, NamedNode):
        step = Predicate(shape.targets[0].term)
        ways: dict[str, Path] = {"subjectsOf": step, "objectsOf": Inverse(step)}
        via = ways.get(shape.targets[0].kind)
    return Source(f"{{ SELECT DISTINCT {v} WHERE {{ {union} }} }}", (v,), via)


def _target_patterns(context: Context, shape: Shape) -> list[str]:
    v = "?_0"
    nodes = [str(target.term) for target in shape.targets if target.kind == "node"]
    patterns = [f"VALUES {v} {{ {' '.join(nodes)} }}"] if nodes else []
    for target in shape.targets:
        if target.kind == "class" and isinstance(target.term, NamedNode):
            patterns.append(instance_pattern(context, target.term, v))
        elif target.kind == "subjectsOf":
            patterns.append(f"{v} {target.term} {v}o .")
        elif target.kind == "objectsOf":
            patterns.append(f"{v}s {target.term} {v} .")
    return patterns


def _values(source: Source, path: Path, v: str) -> str:
    """A pattern that binds the focus nodes and, as `v`, their value nodes."""
    if path == source.via:
        return f"{source.focus} {to_sparql(path)} {v} ."
    step = f"{source.text} {source.focus} {to_sparql(path)} {v} ."
    if not may_be_empty(path):
        return step
    return f"{{ {step} }} UNION {{ {source.text} BIND({source.focus} AS {v}) }}"


def _bodies(context: Context, shape: Shape, source: Source) -> Iterator[Body]:
    """Every way in which the nodes of `source` can violate the shape."""
    if shape.deactivated:
        return
    if shape.path is None:
        v, values = source.focus, source.text
    else:
        v = f"?_{int(source.focus[2:]) + 1}"
        values = _values(source, shape.path, v)
    tests: list[tuple[Constraint, str]] = []
    exact = context.written and isinstance(shape.path, Predicate)
    for constraint in shape.constraints:
        written = of_constraint(
            replace(context, merged=frozenset()) if exact else context, constraint, v
        ) or _count_test(constraint, source, shape.path, v)
        if written is not None:
            tests.append((constraint, written))
        else:
            yield from _compiled(context, shape, constraint, source, values, v)
    tests.sort(key=lambda test: "EXISTS" in test[1])
    for group in [tests] if context.flagged and tests else [[test] for test in tests]:
        yield _one_pass(shape, group, source, values, v)
    inner = source if shape.path is None else Source(values, (*source.chain, v))
    for node in shape.properties:
        yield from _bodies(context, context.shapes.by_node[node], inner)


def _count_test(constraint: Constraint, source: Source, path: Path | None, v: str) -> str | None:
    """At least one, or at most one value along a single step, as a test of one value (unbound where none is)."""
    if path is None or not is_step(path) or constraint.number != 1:
        return None
    if constraint.kind == "minCount" and path != source.via:
        return f"BOUND({v})"
    if constraint.kind == "maxCount":
        another = f"{source.focus} {to_sparql(path)} {v}w FILTER(!sameTerm({v}, {v}w))"
        return f"(!EXISTS {{ {another} }})"
    return None


def _one_pass(shape: Shape, tests: list[tuple[Constraint, str]], source: Source, values: str, v: str) -> Body:
    """Constraints that look at one value at a time, all tested in one scan."""
    constraints = tuple(constraint for constraint, _ in tests)
    written = [test for _, test in tests]
    if any(constraint.kind == "minCount" for constraint in constraints) and shape.path is not None:
        values = f"{source.text} OPTIONAL {{ {source.focus} {to_sparql(shape.path)} {v} . }}"
        written = [test if test == f"BOUND({v})" else f"(!BOUND({v}) || {test})" for test in written]
    text = f"{values} FILTER(!({' && '.join(written)}))"
    value = None if all(constraint.kind in COUNTS for constraint in constraints) else v
    if len(tests) == 1:
        return Body(shape, constraints, source.chain, text, value)
    flags = tuple(f"?_ok{i}" for i in range(len(tests)))
    text += "".join(f" BIND({test} AS {flag})" for flag, test in zip(flags, written, strict=True))
    return Body(shape, constraints, source.chain, text, value, flags=flags)


def _compiled(
    context: Context, shape: Shape, constraint: Constraint, source: Source, values: str, v: str
) -> Iterator[Body]:
    """Constraints that take a scan of their own."""
    chain, kind = source.chain, constraint.kind

    def body(text: str, value: str | None = None, path: str | None = None, also: str = "") -> Body:
        return Body(shape, (constraint,), chain, text, value, path, (also,) if also else ())

    path = shape.path
    if kind == "minCount" and path is not None:
        if constraint.number > (1 if may_be_empty(path) or path == source.via else 0):
            union = f"{{ {source.text} }} UNION {{ {values} }}"
            yield body(_counted(source, union, v, f"< {constraint.number}"))
    elif kind == "maxCount":
        yield body(_counted(source, f"{{ {values} }}", v, f"> {constraint.number}"))
    elif kind == "uniqueLang":
        tags = f"BIND(LCASE(LANG({v})) AS {v}l) FILTER({v}l != '')"
        group = f"GROUP BY {source.names} {v}l HAVING(COUNT(DISTINCT {v}) > 1)"
        yield body(f"{{ SELECT {source.names} {v}l WHERE {{ {values} {tags} }} {group} }}", also=f"{v}l")
    elif kind == "hasValue":
        yield body(_without(source, path, constraint))
    elif kind in ("lessThan", "lessThanOrEquals"):
        other = f"{source.focus} {constraint.terms[0]} {v}o ."
        test = f"FILTER(!{ordered(v, '<' if kind == 'lessThan' else '<=', f'{v}o')})"
        yield body(f"{{ {values} }} {other} {test}", v, also=f"{v}o")
    elif kind == "disjoint":
        yield body(f"{{ {values} }} {source.focus} {constraint.terms[0]} {v} .", v)
    elif kind == "equals":
        yield from (body(*pair) for pair in _unequal(constraint, source, path, values, v))
    elif kind == "closed":
        allowed = ", ".join(str(term) for term in constraint.terms)
        rest = f"FILTER({v}p NOT IN ({allowed}))" if allowed else ""
        yield body(f"{values} {v} {v}p {v}o . {rest}", f"{v}o", f"{v}p", also=v)
    elif kind in ("node", "and", "or", "xone", "not"):
        yield body(f"{{ {values} }} {_failing(context, constraint, Source(values, (v,)))}", v)
    elif kind.startswith("qualified"):
        yield body(_qualified(context, constraint, source, values, v))
    elif constraint.sparql is not None and not constraint.sparql.obstacle:
        yield _sparql(context, shape, constraint, source, values, v)


def _counted(source: Source, pattern: str, v: str, test: str) -> str:
    """The focus nodes with so many different values."""
    names = source.names
    return f"{{ SELECT {names} WHERE {{ {pattern} }} GROUP BY {names} HAVING(COUNT(DISTINCT {v}) {test}) }}"


def _without(source: Source, path: Path | None, constraint: Constraint) -> str:
    """The focus nodes that lack a certain value."""
    term = constraint.terms[0]
    if isinstance(term, BlankNode):
        return source.text
    if path is None:
        return f"{source.text} FILTER(!sameTerm({source.focus}, {term}))"
    if is_step(path):
        return f"{source.text} FILTER NOT EXISTS {{ {source.focus} {to_sparql(path)} {term} }}"
    values = _values(source, path, "?_w")
    return (
        f"{source.text} MINUS {{ SELECT {source.names} WHERE {{ {values} FILTER(sameTerm(?_w, {term})) }} }}"
    )


def _unequal(
    constraint: Constraint, source: Source, path: Path | None, values: str, v: str
) -> Iterator[tuple[str, str]]:
    """Values of the one property that are not values of the other, and the other way round."""
    other = f"{source.text} {source.focus} {constraint.terms[0]} {v}o ."
    yield f"{{ {values} }} MINUS {{ {source.text} {source.focus} {constraint.terms[0]} {v} . }}", v
    if path is None:
        yield f"{other} FILTER(!sameTerm({v}o, {source.focus}))", f"{v}o"
    else:
        yield f"{other} MINUS {{ {_values(source, path, f'{v}o')} }}", f"{v}o"


def _violating(context: Context, shape: Shape, source: Source) -> str:
    """A group that binds the focus of `source` to every node that does not conform to the shape."""
    focus = source.focus
    inside = replace(context, written=False)
    texts = [f"{{ {body.text} }}" for body in _bodies(inside, shape, Source(source.text, (focus,)))]
    inner = " UNION ".join(texts) or "FILTER(false)"
    return f"{{ SELECT DISTINCT {focus} WHERE {{ {inner} }} }}"


def _failing(context: Context, constraint: Constraint, source: Source) -> str:
    """A group that binds the focus of `source` to every node that fails a constraint on other shapes."""
    shapes = [context.shapes.by_node[node] for node in constraint.shapes]
    v = source.focus
    nodes = Source(f"{{ SELECT DISTINCT {v} WHERE {{ {source.text} }} }}", (v,))
    bad = [_violating(context, shape, nodes) for shape in shapes]
    if constraint.kind in ("node", "and"):
        return "{ " + (" UNION ".join(bad) or "FILTER(false)") + " }"
    test = {"not": "= 0", "or": f"= {len(bad)}", "xone": f"!= {len(bad) - 1}"}[constraint.kind]
    counted = [f"{{ {nodes.text} BIND(0 AS {v}n) }}", *(f"{{ {one} BIND(1 AS {v}n) }}" for one in bad)]
    union = " UNION ".join(counted)
    return f"{{ SELECT {v} WHERE {{ {union} }} GROUP BY {v} HAVING(SUM({v}n) {test}) }}"


def _qualified(context: Context, constraint: Constraint, source: Source, values: str, v: str) -> str:
    """The focus nodes with too few or too many values that conform to a shape (and to no sibling)."""
    wanted, *siblings = (context.shapes.by_node[node] for node in constraint.shapes)
    tests = [of_shape(context, shape, v) for shape in (wanted, *siblings)]
    if None not in tests:
        good = f"{values} FILTER({' && !'.join(filter(None, tests))})"
    else:
        nodes = Source(f"{{ SELECT DISTINCT {v} WHERE {{ {values} }} }}", (v,))
        good = f"{{ {values} }} MINUS {_violating(context, wanted, nodes)}"
        for sibling in siblings:
            good += f" MINUS {{ {nodes.text} MINUS {_violating(context, sibling, nodes)} }}"
    if constraint.kind == "qualifiedMinCount":
        if not constraint.number:
            return "FILTER(false)"
        return _counted(source, f"{{ {source.text} }} UNION {{ {good} }}", v, f"< {constraint.number}")
    return _counted(source, good, v, f"> {constraint.number}")


def _sparql(
    context: Context, shape: Shape, constraint: Constraint, source: Source, values: str, v: str
) -> Body:
    """A constraint that its author wrote in SPARQL."""
    sparql = constraint.sparql
    assert sparql is not None
    f = source.focus
    if sparql.form == "ask":
        pairs = f"{source.names} {v}" if v != f else source.names
        tokens = decorrelated(sparql.tokens, given=frozenset({"this", "value", *sparql.bound}))
        good = rewrite(sparql, tokens, source=values, renamed={"this": f[1:], "value": v[1:]})
        text = f"{{ {values} }} MINUS {{ SELECT DISTINCT {pairs} WHERE {{ {good} }} }}"
        return Body(shape, (constraint,), source.chain, text, v)
    nodes = source.text
    if aggregates(sparql):
        nodes = f"{{ SELECT DISTINCT {f} WHERE {{ {source.text} }} }}"
    tokens = decorrelated(sparql.tokens, given=frozenset({"this", *sparql.bound}))
    query = rewrite(sparql, tokens, source=nodes, renamed={"this": f[1:]})
    lead = source.text if len(source.chain) > 1 else ""
    also = tuple(f"?{name}" for name in shown(sparql))
    return Body(shape, (constraint,), source.chain, f"{lead} {{ {query} }}", "?value", "?path", also)
