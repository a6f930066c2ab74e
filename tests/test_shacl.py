"""The SHACL engine at its edges: wrong shapes, hostile data, stores that fail, what falls back."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from coopgraph.errors import ShapesError, StoreError
from coopgraph.store import Rows
from coopgraph.store.local import LocalStore
from coopgraph.validate.affected import affected, dependencies, renewed
from coopgraph.validate.engine import Unchecked, validate
from coopgraph.validate.graph import SH, XSD, Graph
from coopgraph.validate.literals import condition, ill_formed
from coopgraph.validate.paths import (
    Alternative,
    Inverse,
    Predicate,
    Repeat,
    Sequence,
    read_path,
    to_sparql,
    to_triples,
)
from coopgraph.validate.results import Result
from coopgraph.validate.shapes import Shapes, load_shapes

PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
DCAT_AP = Path(__file__).parents[2] / "shared/conformance/dcat-ap-3.0.1/html/shacl"


def ex(name: str) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


def triples(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE)]


def shapes(text: str) -> Shapes:
    return load_shapes(triples(text))


def store(text: str, graph: str = "graph") -> LocalStore:
    return LocalStore.memory(Quad(t.subject, t.predicate, t.object, ex(graph)) for t in triples(text))


def told(results: Iterator[Result]) -> list[tuple[str, str, str | None]]:
    """Focus, component and value of every result, shortened."""
    return sorted(
        (
            result.focus.value.removeprefix("http://example.org/"),
            result.component.value.removeprefix(SH).removesuffix("ConstraintComponent"),
            result.value.value.removeprefix("http://example.org/") if result.value else None,
        )
        for result in results
    )


@pytest.mark.parametrize(
    ("text", "node", "says"),
    [
        ("ex:S sh:property ex:P . ex:P sh:minCount 1 .", "P", "needs sh:path"),
        ('ex:P sh:path ex:p ; sh:minCount "two" .', "P", "whole number"),
        ("ex:P sh:path ex:p ; sh:minCount 1 , 2 .", "P", "once"),
        ("ex:P sh:path ex:p , ex:q ; sh:minCount 1 .", "P", "once"),
        ("ex:S sh:minCount 1 .", "S", "property shape only"),
        ('ex:P sh:path "p" ; sh:minCount 1 .', "P", "path"),
        ("ex:P sh:path [ sh:inversePath [] ] ; sh:minCount 1 .", "P", "path"),
        ("ex:P sh:path ( ex:p ) ; sh:minCount 1 .", "P", "two members"),
        ("ex:S a sh:NodeShape ; sh:path ex:p .", "S", "node shape"),
        ("ex:S sh:nodeKind sh:Iri .", "S", "six node kinds"),
        ('ex:S sh:class "A" .', "S", "IRI of a class"),
        ("ex:S sh:or ( ex:A ", None, None),
        ("ex:S sh:in ex:notAList .", None, "list"),
        ('ex:S sh:or ( "x" ) .', "S", "shape is expected"),
        ("ex:S sh:languageIn ( 1 ) .", "S", "text"),
        ("ex:S sh:deactivated 1 ; sh:targetNode ex:a .", "S", "true or false"),
        ("ex:S sh:node ex:P . ex:P sh:path ex:p .", "S", "node shape"),
        ("ex:S sh:node ex:T . ex:T sh:not ex:S .", None, "refers to itself"),
        ("ex:S sh:property ex:P . ex:P sh:path ex:p ; sh:node ex:S .", None, "refers to itself"),
        ('ex:S sh:sparql [ sh:select "SELECT $this { $this ex:p ?x }" ] .', None, "prefix 'ex:'"),
        ('ex:S sh:sparql [ sh:select "SELECT $this { $this ?p }" ] .', None, "doesn't parse"),
        ('ex:S sh:sparql [ sh:select "ASK { }" ] .', None, "starts with SELECT"),
        ('ex:S sh:sparql [ sh:select "SELECT $this { MINUS { $this ?p 1 } }" ] .', None, "MINUS"),
        ('ex:S sh:sparql [ sh:select "SELECT $this { $this $PATH ?x }" ] .', None, "$PATH"),
    ],
)  # fmt: skip
def test_wrong_shapes_are_told_with_the_node_at_fault(text: str, node: str | None, says: str | None) -> None:
    if says is None:
        with pytest.raises(SyntaxError):
            shapes(text)
        return
    with pytest.raises(ShapesError, match=says.replace("$", r"\$")) as told:
        shapes(text)
    if node is not None:
        assert told.value.node == ex(node)
    assert told.value.node is not None


def test_a_pattern_that_the_store_cannot_run_is_told_and_finds_nothing_wrong() -> None:
    found = shapes('ex:S sh:targetNode "x" ; sh:pattern "^(?=x)" .')
    with pytest.raises(ShapesError, match="regular expression") as told:
        list(validate(LocalStore.memory().select, found))
    assert told.value.node == ex("S")


def test_a_regular_expression_that_would_run_away_does_not() -> None:
    data = store(f'ex:a ex:p "{"a" * 50_000}!" .')
    found = shapes('ex:P sh:targetNode ex:a ; sh:path ex:p ; sh:pattern "^(a+)+$" .')
    start = time.monotonic()
    assert len(list(validate(data.select, found))) == 1
    assert time.monotonic() - start < 20


def test_very_many_values_on_one_node_are_checked() -> None:
    many = 100_000
    data = LocalStore.memory(Quad(ex("a"), ex("p"), Literal(str(i)), ex("graph")) for i in range(many))
    found = shapes("""
        ex:P sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:minCount 1 ; sh:maxCount 1 ; sh:maxLength 6 ; sh:uniqueLang true .
        ex:Q sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:minCount 100001 ; sh:maxCount 99999 .
    """)
    assert told(validate(data.select, found)) == [
        ("a", "MaxCount", None),
        ("a", "MaxCount", None),
        ("a", "MinCount", None),
    ]


def test_a_very_long_literal_is_checked() -> None:
    data = LocalStore.memory([Quad(ex("a"), ex("p"), Literal("x" * 10_000_000), ex("graph"))])
    found = shapes('ex:P sh:targetNode ex:a ; sh:path ex:p ; sh:maxLength 10 ; sh:pattern "^x*$" .')
    (result,) = validate(data.select, found)
    assert result.component == NamedNode(SH + "MaxLengthConstraintComponent")


def test_circles_in_the_data_end() -> None:
    data = store("ex:a ex:p ex:b . ex:b ex:p ex:a ; ex:q 1 . ex:c ex:p ex:c .")
    found = shapes("""
        ex:S sh:targetNode ex:a , ex:c ; sh:property [ sh:path [ sh:oneOrMorePath ex:p ] ; sh:node ex:T ] .
        ex:T sh:property [ sh:path ( [ sh:zeroOrMorePath ex:p ] ex:q ) ; sh:minCount 1 ] .
    """)
    assert told(validate(data.select, found)) == [("c", "Node", "c")]


def test_a_triple_in_two_graphs_counts_once() -> None:
    data = store("ex:a ex:p 1 .")
    data.engine.add(Quad(ex("a"), ex("p"), Literal("1", datatype=NamedNode(XSD + "integer")), ex("other")))
    found = shapes(
        "ex:P sh:targetNode ex:a ; sh:path ex:p ; sh:maxCount 1 ; sh:minCount 2 ; sh:nodeKind sh:IRI ."
    )
    assert told(validate(data.select, found)) == [("a", "MinCount", None), ("a", "NodeKind", "1")]


def test_blank_nodes_are_told_as_focus_and_value() -> None:
    data = store("[] a ex:A ; ex:p [ ex:q 1 ] .")
    found = shapes("ex:S sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:nodeKind sh:IRI ] .")
    (result,) = validate(data.select, found)
    assert (type(result.focus), type(result.value), result.predicate) == (BlankNode, BlankNode, ex("p"))


def test_messages_of_constraints_in_sparql_are_filled_in() -> None:
    data = store("ex:a ex:p 1 , 2 .")
    found = shapes("""
        ex:S sh:targetNode ex:a ; sh:message "shape"@en ;
          sh:sparql [ sh:message "{$this} har {?value}"@sv , "{$this} has {?value}, {?unknown}"@en ;
                      sh:select "SELECT $this ?value { $this <http://example.org/p> ?value FILTER(?value > 1) }" ] ,
                    [ sh:select "SELECT $this ?message { $this <http://example.org/p> 1 BIND('own'@sv AS ?message) }" ] .
    """)
    messages = sorted((dict(result.messages) for result in validate(data.select, found)), key=str)
    assert messages == [
        {"sv": "http://example.org/a har 2", "en": "http://example.org/a has 2, {?unknown}"},
        {"sv": "own"},
    ]


def test_a_query_for_one_node_at_a_time_falls_back_and_says_so() -> None:
    text = """
        ex:S sh:targetClass ex:A ; sh:sparql [ sh:message "m" ;
          sh:select "SELECT $this ?value { $this <http://example.org/p> ?value } ORDER BY ?value LIMIT 1" ] .
        ex:T sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .
    """
    found = shapes(text)
    assert {node: "LIMIT" in why.en and "LIMIT" in why.sv for node, why in found.fallbacks.items()} == {
        ex("S"): True
    }
    data = store("ex:a a ex:A ; ex:p 1 , 2 . ex:b a ex:A ; ex:p 3 .")
    assert told(validate(data.select, found)) == [
        ("a", "MaxCount", None),
        ("a", "SPARQL", "1"),
        ("b", "SPARQL", "3"),
    ]
    assert told(validate(data.select, found, focus=[ex("b")])) == [("b", "SPARQL", "3")]


def test_a_target_in_sparql_falls_back() -> None:
    found = shapes("""
        ex:S a sh:NodeShape ; sh:nodeKind sh:Literal ;
          sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE { ?this <http://example.org/p> 1 }" ] .
    """)
    assert list(found.fallbacks) == [ex("S")]
    assert told(validate(store("ex:a ex:p 1 . ex:b ex:p 2 .").select, found)) == [("a", "NodeKind", "a")]


def test_only_the_nodes_asked_for_are_checked() -> None:
    data = store('ex:a a ex:A . ex:b a ex:A . ex:c a ex:B . ex:a ex:p "x" .')
    found = shapes("ex:S sh:targetClass ex:A ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .")
    assert told(validate(data.select, found)) == [("a", "MinCount", None), ("b", "MinCount", None)]
    assert told(validate(data.select, found, focus=[ex("b"), ex("c")])) == [("b", "MinCount", None)]
    assert told(validate(data.select, found, focus=[])) == []


def test_a_store_that_stops_answering_leaves_what_is_known_and_names_the_rest() -> None:
    data = store("ex:a a ex:A .")
    found = shapes("""
        ex:S sh:targetClass ex:A ; sh:nodeKind sh:Literal .
        ex:T sh:targetClass ex:A ; sh:nodeKind sh:BlankNode .
    """)

    def select(query: str) -> Rows:
        if "isBLANK" in query:
            raise StoreError("The store does not answer.")
        return data.select(query)

    results = validate(select, found, threads=1)
    assert next(results).shape == ex("S")
    with pytest.raises(Unchecked) as stopped:
        next(results)
    assert stopped.value.shapes == (ex("T"),)


def test_whole_numbers_are_held_to_what_the_file_has() -> None:
    text = 'ex:a ex:p "5"^^xsd:byte , 6 , "300"^^xsd:byte , "x"^^xsd:byte .'
    found = shapes("ex:P sh:targetNode ex:a ; sh:path ex:p ; sh:datatype xsd:byte .")
    data = store(text)
    assert told(validate(data.select, found, written=triples(text))) == [
        ("a", "Datatype", "300"),
        ("a", "Datatype", "6"),
        ("a", "Datatype", "x"),
    ]
    assert told(validate(data.select, found)) == [("a", "Datatype", "300"), ("a", "Datatype", "x")]


FORMS = {
    "integer": (["0", "-1", "+007"], ["", "1.0", "abc", "1 "]),
    "decimal": (["1", "1.", ".5", "-0.0"], ["1e3", ".", "1,5"]),
    "double": (["1", "1e3", "INF", "-INF", "NaN"], ["inf", "e3", ""]),
    "boolean": (["true", "0"], ["True", "yes"]),
    "byte": (["-128", "127"], ["128", "-129", "x"]),
    "unsignedLong": (["0", "18446744073709551615"], ["-1", "18446744073709551616", "1" * 400]),
    "positiveInteger": (["1", "+010"], ["0", "-1"]),
    "date": (
        ["2024-02-29", "2000-02-29", "-0044-03-15", "2024-01-31Z"],
        ["2023-02-29", "1900-02-29", "2024-04-31"],
    ),
    "dateTime": (
        ["2024-05-01T24:00:00", "2024-05-01T10:00:00.5+02:00"],
        ["2024-05-01", "2024-05-01T25:00:00"],
    ),
    "time": (["10:00:00Z"], ["10:00", "24:00:01"]),
    "gYear": (["2010", "-0500", "12010"], ["2O10", "010", "99", "012010"]),
    "gYearMonth": (["2010-12"], ["2010-13", "2010"]),
    "gMonthDay": (["--02-29"], ["--02-30", "02-29"]),
    "duration": (["P1Y2M3DT4H5M6.7S", "-PT0S", "P3D"], ["P", "PT", "1Y", "P1S"]),
    "hexBinary": (["", "0aFF"], ["0", "zz"]),
    "base64Binary": (["", "AAAA", "AAA=", "AA=="], ["A", "AAAA=", "ABB="]),
    "language": (["sv", "sr-Latn-RS"], ["sv_SE", ""]),
    "string": (["", "anything"], []),
}


@pytest.mark.parametrize("name", FORMS)
def test_lexical_forms_are_told_apart_by_python_and_by_the_store(name: str) -> None:
    good, bad = FORMS[name]
    datatype = NamedNode(XSD + name)
    assert [ill_formed(Literal(text, datatype=datatype)) for text in good + bad] == [False] * len(good) + [
        True
    ] * len(bad)
    test = condition("?text", datatype.value)
    if test:
        values = " ".join(str(Literal(text)) for text in good + bad)
        rows = LocalStore.memory().select(
            f"SELECT ?text {{ VALUES ?text {{ {values} }} FILTER(COALESCE({test}, false)) }}"
        )
        assert [term.value for (term,) in rows if term] == good


def test_paths_are_written_and_read_back() -> None:
    p, q = Predicate(ex("p")), Predicate(ex("q"))
    paths = [
        p,
        Inverse(p),
        Sequence((p, Inverse(q))),
        Alternative((p, Repeat(q, "*"))),
        Repeat(Sequence((p, q)), "+"),
        Repeat(p, "?"),
    ]
    for path in paths:
        node, described = to_triples(path)
        assert read_path(Graph(described), node) == path
    p, q = "<http://example.org/p>", "<http://example.org/q>"
    assert [to_sparql(path) for path in paths] == [
        p, f"^{p}", f"({p}/^{q})", f"({p}|({q}*))", f"(({p}/{q})+)", f"({p}?)"
    ]  # fmt: skip


def test_a_change_reaches_back_along_paths_classes_and_queries() -> None:
    found = shapes("""
        ex:S sh:targetClass ex:A ; sh:property [ sh:path ( ex:p ex:q ) ; sh:class ex:B ] .
        ex:T sh:targetClass ex:A ; sh:sparql [ sh:select '''SELECT $this { $this <http://example.org/p> ?x .
            FILTER NOT EXISTS { ?y <http://example.org/r> ?x } }''' ] .
        ex:U sh:targetClass ex:A ; sh:property [ sh:path ex:unrelated ; sh:maxCount 1 ] .
    """)
    data = store("ex:a a ex:A ; ex:p ex:m . ex:m ex:q ex:v . ex:b a ex:A ; ex:p ex:n . ex:y ex:r ex:m .")
    known = dependencies(found)
    assert affected(known, triples("ex:v a ex:B ."), data.select) == {
        ex("S"): {ex("a"), ex("v")},
        ex("T"): {ex("v")},
        ex("U"): {ex("v")},
    }
    assert affected(known, triples("ex:y ex:r ex:n ."), data.select) == {ex("T"): {ex("b")}}
    assert affected(known, triples("ex:m ex:q ex:w ."), data.select) == {ex("S"): {ex("a")}}
    assert affected(known, triples("ex:C rdfs:subClassOf ex:B ."), data.select) == {
        ex("S"): None,
        ex("T"): None,
        ex("U"): None,
    }
    assert affected(known, triples("ex:a ex:other 1 ."), data.select) == {}


def test_results_that_no_change_reaches_stay() -> None:
    found = shapes("ex:S sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    data = store("ex:a a ex:A . ex:b a ex:A .")
    before = list(validate(data.select, found))
    change = triples("ex:a ex:p 1 .")
    data.engine.extend(Quad(t.subject, t.predicate, t.object, ex("graph")) for t in change)
    focus = affected(dependencies(found), change, data.select)
    after = list(renewed(before, focus, validate(data.select, found, focus=focus)))
    assert (told(iter(before)), told(iter(after))) == (
        [("a", "MinCount", None), ("b", "MinCount", None)],
        [("b", "MinCount", None)],
    )


@pytest.mark.skipif(not DCAT_AP.exists(), reason=f"the shapes of DCAT-AP are not at {DCAT_AP}")
def test_the_shapes_of_dcat_ap_are_compiled_and_find_what_is_missing() -> None:
    found = load_shapes(
        quad.triple
        for path in sorted(DCAT_AP.glob("*.ttl"))
        for quad in parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.as_uri())
    )
    assert not found.fallbacks
    data = store("""
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        ex:catalogue a dcat:Catalog ; dct:title "Katalog"@sv ; dct:description "Text"@sv ; dct:publisher ex:nobody .
        ex:data a dcat:Dataset ; dct:title "Data"@sv ; dcat:distribution ex:file .
        ex:file a dcat:Distribution ; dcat:accessURL "http://example.org/file" .
    """)
    missing = told(validate(data.select, found))
    assert ("data", "MinCount", None) in missing
    assert ("catalogue", "Class", "nobody") in missing


def test_not_exists_over_several_patterns_finds_what_it_says_beside_unions_and_options() -> None:
    data = store("""
        ex:a a ex:A ; ex:p ex:x , ex:y . ex:x ex:q 1 . ex:y ex:q 1 .
        ex:b a ex:A ; ex:p ex:x , ex:z . ex:z ex:q 2 .
        ex:c a ex:A ; ex:r ex:x .
        ex:d a ex:A .
    """)
    same = """SELECT $this ?n { $this ex:p ?one . ?one ex:q ?n .
        FILTER NOT EXISTS { $this ex:p ?two . ?two ex:q ?m . FILTER(?m != ?n) } }"""
    none = """SELECT $this { { $this ex:p ?v } UNION { $this ex:r ?w } OPTIONAL { $this ex:p ?o }
        FILTER NOT EXISTS { $this ex:p ?v . ?v ex:q ?k . FILTER NOT EXISTS { ?v ex:q ?l . ?l ex:none ?j } } }"""
    for query, expected in ((same, ["a"]), (none, ["c"])):
        text = query.replace("ex:", "http://example.org/")
        text = "".join(f"<{part}>" if part.startswith("http") else part for part in split_iris(text))
        found = shapes(f"ex:S sh:targetClass ex:A ; sh:sparql [ sh:select '''{text}''' ] .")
        assert sorted({focus for focus, _, _ in told(validate(data.select, found))}) == expected


def split_iris(text: str) -> list[str]:
    return re.split(r"(http://example\.org/\w+)", text)
