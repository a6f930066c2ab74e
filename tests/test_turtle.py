"""Turtle as text: tokens, places of triples, plain words about mistakes, and files of every odd kind."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat
from turtle_oracle import check, check_tokens
from turtle_writer import documents

from coopgraph.errors import TurtleError, UsageError
from coopgraph.turtle import Lines, Span, format_of, grammar, locate, parse, read, read_text, tokens
from coopgraph.turtle.spot import Spot

TURTLE, TRIG, N_TRIPLES, N_QUADS = RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS
PREFIX = "@prefix ex: <http://example.org/> .\n"
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CONFORMANCE = Path(__file__).parent.parent.parent / "shared" / "conformance"


def places(text: str, *, format: RdfFormat = TURTLE) -> list[tuple[str, ...]]:
    """Each triple as "line:column text" of subject, predicate and object."""
    lines = Lines(text)

    def shown(span: Span) -> str:
        line, column = lines.place(span[0])
        return f"{line}:{column} {text[slice(*span)]}"

    return [tuple(shown(span) for span in row[1:4]) for row in check(text, format=format)]


def test_tokens_of_a_statement() -> None:
    text = '# note\nex:a a ex:B ; ex:p "x"@sv , 5 .'
    assert [(token.kind, token.text) for token in tokens(text) if token.kind != "space"] == [
        ("comment", "# note"),
        ("name", "ex:a"),
        ("keyword", "a"),
        ("name", "ex:B"),
        ("mark", ";"),
        ("name", "ex:p"),
        ("string", '"x"'),
        ("lang", "@sv"),
        ("mark", ","),
        ("number", "5"),
        ("mark", "."),
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "'''a'b''c\n'''",
        '"""\\"""\\u00E5\r\n"""',
        r'"C:\\dir \"x\""',
        "ex:a.b",
        r"ex:a%20b\,\.",
        "å.ö:ä",
        ":",
        "_:a.b-c",
        "-1.5e-3",
        "1.e5",
        "+.5",
        r"<http://example.org/\u00E5>",
        "@en-GB",
        "^^",
        "# to the end of the line",
        "\t \r\n",
    ],
)
def test_is_one_token(piece: str) -> None:
    assert [token.text for token in tokens(piece)] == [piece]


@RELAXED
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>\"'\\@.:_[](){}#^%ex \r\n"))))
def test_tokens_lose_nothing_of_any_text(text: str) -> None:
    check_tokens(text)


def test_tokens_of_hostile_text_take_linear_time() -> None:
    for piece in ('"""\\', "'''", '"', "<", "a.", "ex:a....", "1.e", "_:a..", "((", "%2", "\\u12"):
        check_tokens(piece * 100_000)


def test_lines_end_with_lf_crlf_or_cr() -> None:
    lines = Lines("a\nb\r\nc\rd")
    assert [lines.place(offset) for offset in (0, 1, 2, 5, 7, 8)] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (3, 1),
        (4, 1),
        (4, 2),
    ]
    assert [lines.offset(line, column) for line, column in ((1, 1), (3, 1), (4, 2), (9, 9), (0, 1))] == [
        0,
        5,
        8,
        8,
        0,
    ]


def test_places_of_a_statement_over_several_lines() -> None:
    text = PREFIX + 'ex:a a ex:B ;\n\tex:p "x"@sv ,\n\t\t"1"^^ex:t ; # note\n  ex:q 5 .\n'
    assert places(text) == [
        ("2:1 ex:a", "2:6 a", "2:8 ex:B"),
        ("2:1 ex:a", "3:2 ex:p", '3:7 "x"@sv'),
        ("2:1 ex:a", "3:2 ex:p", '4:3 "1"^^ex:t'),
        ("2:1 ex:a", "5:3 ex:q", "5:8 5"),
    ]


def test_places_after_a_text_of_several_lines() -> None:
    text = PREFIX + "ex:a ex:p \"\"\"one\ntwo\"\"\" ; ex:q ''''x''' ."
    assert places(text) == [
        ("2:1 ex:a", "2:6 ex:p", '2:11 """one\ntwo"""'),
        ("2:1 ex:a", "3:10 ex:q", "3:15 ''''x'''"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_with_every_line_end(end: str) -> None:
    text = f'{PREFIX.strip()}{end}{end}# note{end}ex:a ex:p """one{end}two""" .{end}ex:b ex:p 1 .{end}'
    assert places(text) == [
        ("4:1 ex:a", "4:6 ex:p", f'4:11 """one{end}two"""'),
        ("6:1 ex:b", "6:6 ex:p", "6:11 1"),
    ]


def test_columns_count_characters_not_bytes() -> None:
    assert places(PREFIX + 'ex:å ex:ä "𝄞😀" , ex:ö .') == [
        ("2:1 ex:å", "2:6 ex:ä", '2:11 "𝄞😀"'),
        ("2:1 ex:å", "2:6 ex:ä", "2:18 ex:ö"),
    ]


def test_places_of_property_lists() -> None:
    assert places(PREFIX + "ex:a ex:p [ ex:q 1 ; ex:r [ ] ] .\n[ ex:s 2 ] ex:t 3 .\n[ ex:u 4 ] .") == [
        ("2:1 ex:a", "2:6 ex:p", "2:11 [ ex:q 1 ; ex:r [ ] ]"),
        ("2:11 [ ex:q 1 ; ex:r [ ] ]", "2:13 ex:q", "2:18 1"),
        ("2:11 [ ex:q 1 ; ex:r [ ] ]", "2:22 ex:r", "2:27 [ ]"),
        ("3:1 [ ex:s 2 ]", "3:3 ex:s", "3:8 2"),
        ("3:1 [ ex:s 2 ]", "3:12 ex:t", "3:17 3"),
        ("4:1 [ ex:u 4 ]", "4:3 ex:u", "4:8 4"),
    ]


def test_places_of_lists() -> None:
    text = PREFIX + "ex:a ex:p ( 1 (2) ) , ( ) .\n( 3 ) ex:p 4 ."
    whole, inner, subject = "2:11 ( 1 (2) )", "2:15 (2)", "3:1 ( 3 )"
    assert places(text) == [
        ("2:1 ex:a", "2:6 ex:p", whole),
        (whole, whole, "2:13 1"),
        (whole, whole, whole),
        (whole, whole, inner),
        (inner, inner, "2:16 2"),
        (inner, inner, inner),
        (whole, whole, whole),
        ("2:1 ex:a", "2:6 ex:p", "2:23 ( )"),
        (subject, subject, "3:3 3"),
        (subject, subject, subject),
        (subject, "3:7 ex:p", "3:12 4"),
    ]


def test_places_in_graphs() -> None:
    text = (
        PREFIX
        + "ex:g { ex:a ex:p 1 . ex:b ex:p 2 }\nGRAPH [] { ex:c ex:p 3 . }\n{ ex:d ex:p 4 } ex:e ex:p 5 ."
    )
    rows = check(text, format=TRIG)
    assert [(row.quad.object.value, text[slice(*row.statement)]) for row in rows] == [
        ("1", "ex:a ex:p 1 ."),
        ("2", "ex:b ex:p 2"),
        ("3", "ex:c ex:p 3 ."),
        ("4", "ex:d ex:p 4"),
        ("5", "ex:e ex:p 5 ."),
    ]
    assert rows[0].quad.graph_name == NamedNode("http://example.org/g")
    assert isinstance(rows[2].quad.graph_name, BlankNode)


def test_places_in_n_quads() -> None:
    text = '<urn:a> <urn:b> "c"@sv <urn:g> .\n_:x <urn:b> <urn:c> .'
    assert places(text, format=N_QUADS) == [
        ("1:1 <urn:a>", "1:9 <urn:b>", '1:17 "c"@sv'),
        ("2:1 _:x", "2:5 <urn:b>", "2:13 <urn:c>"),
    ]


def test_literals_and_names_are_those_of_pyoxigraph() -> None:
    text = (
        "@base <http://example.org/a/b> .\nPREFIX : <#>\n"
        r"""<../c?q> :a%20b\, 01 , 1.0 , -1e0 , true , "\u00E5\t" , 'x'@EN-gb , <http://example.org/\u00E5> ."""
    )
    rows = check(text, format=TURTLE)
    assert {row.quad.subject for row in rows} == {NamedNode("http://example.org/c?q")}
    assert {row.quad.predicate for row in rows} == {NamedNode("http://example.org/a/b#a%20b,")}
    assert [row.quad.object.value for row in rows] == [
        "01",
        "1.0",
        "-1e0",
        "true",
        "å\t",
        "x",
        "http://example.org/å",
    ]


def test_an_edit_is_spliced_in_at_a_span() -> None:
    text = PREFIX + "# kept\nex:a ex:p 1 ,   2 ; # kept too\n\tex:q 3 ."
    row = next(row for row in locate(text) if row.quad.object == Literal(2))
    start, end = row.object
    assert text[:start] + "22" + text[end:] == PREFIX + "# kept\nex:a ex:p 1 ,   22 ; # kept too\n\tex:q 3 ."
    assert text[slice(*row.statement)] == "ex:a ex:p 1 ,   2 ; # kept too\n\tex:q 3 ."


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("[ ex:p ", "]")])
def test_deep_nesting_is_located(opening: str, closing: str) -> None:
    depth = 10_000
    text = PREFIX + "ex:a ex:p " + opening * depth + "1" + closing * depth + " ."
    rows = locate(text)
    assert rows[0].object == (text.index(opening), len(text) - 2)
    assert {text[slice(*row.object)] for row in rows if row.quad.object == Literal(1)} == {"1"}
    with pytest.raises(TurtleError, match=r"not closed|missing"):
        parse(text[: -depth // 2], format=TURTLE)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=str(path.relative_to(CONFORMANCE)))
        for path in sorted(CONFORMANCE.rglob("*"))
        if path.suffix in (".ttl", ".trig", ".nt", ".nq")
    ]
    or [pytest.param(None, marks=pytest.mark.skip(reason=f"no {CONFORMANCE}"))],
)
def test_places_in_conformance_files(path: Path) -> None:
    assert len(check(read_text(path), format=format_of(path), base="http://example.org/base")) == len(
        read(path, base="http://example.org/base")
    )


@RELAXED
@given(documents(graphs=False))
def test_places_in_random_turtle(text: str) -> None:
    check(text, format=TURTLE, base="http://example.org/dir/file")


@RELAXED
@given(documents(graphs=True))
def test_places_in_random_trig(text: str) -> None:
    check(text, format=TRIG, base="http://example.org/dir/file")


@RELAXED
@given(
    documents(graphs=True),
    st.data(),
    st.sampled_from(["", ".", ";", ",", '"', "<", "]", ")", "}", "å", "\\", "@", "a "]),
)
def test_a_broken_text_has_an_error_within_it(text: str, data: st.DataObject, put: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 2, len(text))))
    broken = text[:start] + put + text[end:]
    check_tokens(broken)
    base = "http://example.org/dir/file"
    try:
        list(pyoxigraph.parse(broken, TRIG, base_iri=base))
    except SyntaxError:
        with pytest.raises(TurtleError) as caught:
            parse(broken, format=TRIG, base=base)
        assert Lines(broken).offset(caught.value.line, caught.value.column) <= len(broken)
        assert Lines(broken).place(Lines(broken).offset(caught.value.line, caught.value.column)) == (
            caught.value.line,
            caught.value.column,
        )
        assert re.search(r"[.?]$", caught.value.reason)
        assert re.search(r"[.?]$", caught.value.reason_sv)
        assert caught.value.reason_sv != caught.value.reason
    else:
        check(broken, format=TRIG, base=base)


MISTAKES = [
    # What a steward writes, the place to mend in it, what the message says in English and in Swedish.
    ("ex:a ex:b ex:c\nex:d ex:e ex:f .", 1, 15, "'.' is missing", "'.' saknas efter"),
    ('ex:a ex:b "c"@sv\nex:d a ex:E ; ex:f 1 .', 1, 17, "'.' is missing", "'.' saknas efter"),
    (
        "ex:a ex:b ex:c",
        1,
        15,
        "'.' that ends the statement is missing",
        "Punkten ('.') som avslutar satsen saknas",
    ),
    ("ex:a ex:b ex:c\n   ex:d ex:e .", 1, 15, "';' is missing", "';' saknas efter"),
    ('ex:a ex:b "c"@sv "d"@en .', 1, 17, "',' is missing", "',' saknas efter"),
    ("ex:a ex:b ex:c .\n   ex:d ex:e .", 1, 16, "This '.' ends the statement", "Här avslutar '.' satsen"),
    ('ex:a ex:b ex:c .\n   ex:d "e" .', 1, 16, "This '.' ends the statement", "Här avslutar '.' satsen"),
    ("ex:a ex:b ex:c .\n   a ex:d .", 1, 16, "This '.' ends the statement", "Här avslutar '.' satsen"),
    (
        "ex:a ex:b ex:c ,\n   ex:d ex:e .",
        1,
        16,
        "Write ';' before a new property",
        "Skriv ';' före en ny egenskap",
    ),
    (
        "ex:a ex:b ex:c ,\n   a ex:d .",
        1,
        16,
        "Write ';' before a new property",
        "Skriv ';' före en ny egenskap",
    ),
    ('ex:a ex:b ex:c ; "d" .', 1, 16, "Write ',' before one more value", "Skriv ',' före ett värde till"),
    ("ex:a ex:b ex:c , .", 1, 16, "A ',' too many", "Ett ',' för mycket"),
    ("ex:a ex:b ex:c ,, ex:d .", 1, 17, "A ',' too many", "Ett ',' för mycket"),
    ("ex:a ex:b .", 1, 11, "A value of 'ex:b' is missing before '.'", "Ett värde för 'ex:b' saknas före '.'"),
    (
        "ex:a ex:b ; ex:c ex:d .",
        1,
        11,
        "A value of 'ex:b' is missing before ';'",
        "Ett värde för 'ex:b' saknas före ';'",
    ),
    (
        "ex:a .",
        1,
        6,
        "After 'ex:a' comes a property with its value",
        "Efter 'ex:a' ska det stå en egenskap med sitt värde",
    ),
    ("ex:a ex:b ex:c . .", 1, 18, "the one before it has ended", "den föregående är avslutad"),
    (
        '"x" ex:b ex:c .',
        1,
        1,
        "can't be the subject",
        "kan inte vara subjekt i en sats. Ska punkten före vara ','?",
    ),
    ('ex:a "b" ex:c .', 1, 6, "A property must be an IRI", "En egenskap ska vara en IRI"),
    ('ex:a ex:b "hej .\nex:d ex:e "f" .', 1, 11, "not closed on its line", "avslutas inte på sin rad"),
    ('ex:a ex:b """hej .\nex:d ex:e "f" .', 1, 11, "never closed", "avslutas aldrig"),
    ('ex:a ex:b "säg "hej" nu" .', 1, 16, 'Write \\"', 'Skriv \\"'),
    ("ex:a ex:b ”hej” .", 1, 11, "typographic quotation mark", "typografiskt citattecken"),
    ('ex:a ex:b "C:\\dir" .', 1, 14, "'\\d' starts no escape", "'\\d' har ingen betydelse här"),
    ('ex:a ex:b "x"@sv_SE .', 1, 14, "A language tag has letters", "En språkkod har bokstäver"),
    ('ex:a ex:b "x"@ sv .', 1, 14, "After '@' comes a language tag", "Efter '@' ska det stå en språkkod"),
    (
        'ex:a ex:b "x"@abcdefghijk .',
        1,
        14,
        "@abcdefghijk is not a valid language tag",
        "@abcdefghijk är ingen giltig språkkod",
    ),
    ('ex:a ex:b "x" sv .', 1, 15, "A language tag is written @sv", "En språkkod skrivs @sv"),
    ('ex:a ex:b "1"^ex:int .', 1, 14, "Write '^^'", "Skriv '^^'"),
    ("ex:a ex:b 2020-01-31 .", 1, 11, "A date is written", "Ett datum skrivs"),
    ("ex:a ex:b True .", 1, 11, "Write 'true' in small letters", "Skriv 'true' med små bokstäver"),
    (
        "ex:a ex:b Växjö .",
        1,
        11,
        "'Växjö' is neither a name nor a text",
        "'Växjö' är varken ett namn eller en text",
    ),
    (
        "åö:a ex:b ex:c .",
        1,
        1,
        "The prefix åö: is not declared. Add",
        "Prefixet åö: är inte deklarerat. Lägg till",
    ),
    (
        "ex:å exx:b ex:c .",
        1,
        6,
        "The prefix exx: is not declared. Did you mean ex:?",
        "Prefixet exx: är inte deklarerat. Menade du ex:?",
    ),
    (
        "<a> ex:b ex:c .",
        1,
        1,
        "<a> is relative, and there is no base",
        "<a> är relativ, och någon bas finns inte",
    ),
    (
        "ex:a ex:b <http://e/x y> .",
        1,
        22,
        "An IRI can't hold a space. Write %20",
        "En IRI kan inte innehålla ett mellanslag. Skriv %20",
    ),
    ("ex:a ex:b <http://e/x .\nex:d ex:e ex:f .", 1, 11, "'>' is missing", "'>' saknas"),
    (
        "ex:a ex:b <http://e/%zz> .",
        1,
        11,
        "<http://e/%zz> is not a valid IRI",
        "<http://e/%zz> är ingen giltig IRI",
    ),
    ("ex:a ex:b http://e/x .", 1, 11, "An IRI stands in '<' and '>'", "En IRI ska stå inom '<' och '>'"),
    ("ex:a ex:b ex:c/d .", 1, 15, "Write '\\/' for '/'", "Skriv '\\/' för '/'"),
    ("ex:a ex:b ex:c%2 .", 1, 15, "two hexadecimal digits", "två hexadecimala siffror"),
    ("ex:a ex:b ex:c\\d .", 1, 15, "may stand only before", "får '\\' bara stå före"),
    ("ex:a\u00a0ex:b ex:c .", 1, 5, "no-break space", "hårt mellanslag"),
    (
        "ex:a ex:b [ ex:c ex:d ) .",
        1,
        23,
        "'[' of line 2, column 11 is not closed: ']' is missing before ')'",
        "'[' på rad 2, kolumn 11 är inte avslutad: ']' saknas före ')'",
    ),
    (
        "ex:a ex:b [ ex:c ex:d .",
        1,
        23,
        "'[' of line 2, column 11 is not closed",
        "'[' på rad 2, kolumn 11 är inte avslutad",
    ),
    (
        "ex:a ex:b ( ex:c ex:d ] .",
        1,
        23,
        "'(' of line 2, column 11 is not closed",
        "'(' på rad 2, kolumn 11 är inte avslutad",
    ),
    ("ex:a ex:b ( 1, 2 ) .", 1, 14, "without ','", "utan ','"),
    ("ex:a ex:b ex:c ] .", 1, 16, "']' closes nothing", "']' avslutar inget"),
    ("ex:a { ex:b ex:c ex:d }", 1, 6, "belong in a .trig file", "hör hemma i en .trig-fil"),
    (
        "@prefix x: <http://e/>\nex:a ex:b ex:c .",
        1,
        23,
        "'.' that ends an @prefix or @base line is missing",
        "avslutar en rad med @prefix eller @base saknas",
    ),
    ("PREFIX x: <http://e/> .", 1, 23, "PREFIX and BASE take no '.'", "PREFIX och BASE avslutas utan '.'"),
    ("BASE <http://e/> .", 1, 18, "PREFIX and BASE take no '.'", "PREFIX och BASE avslutas utan '.'"),
    (
        "@prefix x <http://e/> .",
        1,
        9,
        "Expected a prefix such as 'ex:', found 'x'",
        "Här väntas ett prefix som 'ex:', men här kommer 'x'",
    ),
    (
        "@Prefix x: <http://e/> .",
        1,
        1,
        "Write '@prefix' or '@base', in small letters",
        "Skriv '@prefix' eller '@base', med små bokstäver",
    ),
    (
        "ex:a ex:b ) .",
        1,
        11,
        "A value of 'ex:b' is missing before ')'",
        "Ett värde för 'ex:b' saknas före ')'",
    ),
    (
        "ex:a ex:b [ ex:c ex:d ; .",
        1,
        25,
        "'[' of line 2, column 11 is not closed",
        "'[' på rad 2, kolumn 11 är inte avslutad",
    ),
    ("ex:a ex:b ex:c\nex:d ex:e [ ] .", 1, 15, "'.' is missing", "'.' saknas efter"),
    (
        "ex:a ex:b 5 hello .",
        1,
        13,
        "'hello' is neither a name nor a text",
        "'hello' är varken ett namn eller en text",
    ),
    ("ex:a ex:b 5^^ex:int .", 1, 12, "found '^^'", "men här kommer '^^'"),
    (
        "ex:a ex:b prefix .",
        1,
        11,
        "'prefix' can't stand here",
        "'prefix' kan inte stå här. Här väntas ett värde",
    ),
    ("{ ex:a ex:b ex:c }", 1, 1, "belong in a .trig file", "hör hemma i en .trig-fil"),
    ("ex:a ex:b ex:c { ex:d ex:e ex:f }", 1, 16, "belong in a .trig file", "hör hemma i en .trig-fil"),
    ('ex:a ex:b "\\uD800" .', 1, 12, "not a valid unicode character", "Texten går inte att tolka här"),
    ("ex:a ex:b <<( ex:c ex:d .", 1, 11, "'<<(' is RDF 1.2", "'<<(' är RDF 1.2"),
    ('ex:a ex:b "x"@ar--mid .', 1, 14, "'@ar--mid' is RDF 1.2", "'@ar--mid' är RDF 1.2"),
    (
        "ex:a ex:b ex:c .\n<<<<<<< HEAD\nex:d ex:e ex:f .",
        2,
        1,
        "left from a merge",
        "kvar från en sammanslagning",
    ),
]


@pytest.mark.parametrize(("text", "line", "column", "words", "words_sv"), MISTAKES)
def test_a_mistake_is_told_in_plain_words_at_its_place(
    text: str, line: int, column: int, words: str, words_sv: str
) -> None:
    with pytest.raises(TurtleError) as caught:
        parse(PREFIX + text + "\n", format=TURTLE)
    assert (caught.value.line - 1, caught.value.column) == (line, column)
    assert words in caught.value.reason
    assert words_sv in caught.value.reason_sv
    assert isinstance(caught.value.__cause__, SyntaxError)


@pytest.mark.parametrize(
    ("text", "format", "line", "column", "words", "words_sv"),
    [
        (
            "<urn:g> { <urn:a> <urn:b> <urn:c>",
            TRIG,
            1,
            34,
            "Expected '}', found the end of the file",
            "Här väntas '}', men här kommer filens slut",
        ),
        (
            "GRAPH { <urn:a> <urn:b> <urn:c> }",
            TRIG,
            1,
            7,
            "Expected the name of a graph",
            "Här väntas namnet på en graf",
        ),
        ("{ <urn:a> <urn:b> <urn:c> . } }", TRIG, 1, 31, "'}' closes nothing", "'}' avslutar inget"),
        ("{ @prefix ex: <urn:> . }", TRIG, 1, 3, "outside graphs", "utanför grafer"),
        (
            "<urn:a> <urn:b> <urn:c>\n<urn:d> <urn:e> 'f' .",
            N_TRIPLES,
            2,
            1,
            "must be followed by a dot",
            "Varje rad är en sats",
        ),
        ("<urn:a> <urn:b> ex:c .", N_QUADS, 1, 17, "Each line is one statement", "hela IRI:er"),
        ("<!DOCTYPE html>\n<html></html>", TURTLE, 1, 1, "a web page", "en webbsida"),
    ],
)
def test_a_mistake_in_the_other_formats(
    text: str, format: RdfFormat, line: int, column: int, words: str, words_sv: str
) -> None:
    with pytest.raises(TurtleError) as caught:
        parse(text, format=format)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.reason
    assert words_sv in caught.value.reason_sv


def test_all_that_the_grammar_asks_for_has_a_name_in_swedish() -> None:
    asked = [text for name, text in vars(grammar).items() if name.isupper() and name[0] != "_"]
    spots = [Spot("", [], 0, text, []) for text in asked if re.search("[a-z]", text)]
    assert len(spots) > 10
    assert [spot.wanted for spot in spots if spot.asked().sv == spot.asked().en] == []


@pytest.mark.parametrize(
    ("text", "column", "sign"),
    [
        ("<< ex:a ex:b ex:c >> ex:d ex:e .", 1, "<<"),
        ("ex:a ex:b <<( ex:c ex:d ex:e )>> .", 11, "<<("),
        ("ex:a ex:b ex:c {| ex:d ex:e |} .", 16, "{|"),
        ("ex:a ex:b ex:c ~ ex:d .", 16, "~"),
        ('ex:a ex:b "~ <<"@ar--rtl .', 17, "@ar--rtl"),
    ],
)
def test_rdf_1_2_is_refused(text: str, column: int, sign: str) -> None:
    for reader in (parse, locate):
        with pytest.raises(TurtleError) as caught:
            reader(PREFIX + text, format=TURTLE)
        assert (caught.value.line, caught.value.column) == (2, column)
        assert caught.value.reason == f"'{sign}' is RDF 1.2, which is not supported. Write RDF 1.1."
        assert caught.value.reason_sv == f"'{sign}' är RDF 1.2, som inte stöds. Skriv RDF 1.1."


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(TurtleError, match="surrogate") as caught:
        parse(PREFIX + 'ex:a ex:b "\ud800" .', format=TURTLE)
    assert (caught.value.line, caught.value.column) == (2, 12)
    assert "surrogatpar" in caught.value.reason_sv


def test_a_relative_base_is_refused() -> None:
    with pytest.raises(UsageError, match="'x' can't be used") as caught:
        parse("", format=TURTLE, base="x")
    assert "Basen 'x' går inte att använda" in caught.value.text("sv")


STATEMENT = "<http://e/a> <http://e/b> <http://e/c> .\n"
PACKED = gzip.compress(STATEMENT.encode(), mtime=0)


@pytest.mark.parametrize("name", ["a.ttl", "a.trig", "a.nt", "a.nq", "a.TTL", "a.b.ttl.gz", "a.nq.gz"])
def test_a_file_is_read_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = STATEMENT.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    [quad] = read(path)
    assert quad.object == NamedNode("http://e/c")


def test_the_base_of_a_file_resolves_its_iris(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<a> <b> <../c> .")
    [quad] = read(path, base="http://e/x/y")
    assert quad.object == NamedNode("http://e/c")


def test_labels_of_two_files_are_not_the_same_node(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text("_:x <urn:b> <urn:c> .")
    assert read(tmp_path / "a.nt")[0].subject != read(tmp_path / "b.nt")[0].subject


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "@prefix ex: <urn:> ."])
def test_a_file_without_triples_is_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(text)
    assert read(path) == locate(text) == []


@pytest.mark.parametrize(
    ("name", "data", "words", "words_sv"),
    [
        (
            "a.ttl",
            b"\xef\xbb\xbf" + STATEMENT.encode(),
            "1:1: The file starts with a byte order mark",
            "1:1: Filen börjar med en byteordningsmarkering",
        ),
        ("a.ttl", STATEMENT.encode("utf-16"), "1:1: The file is UTF-16", "1:1: Filen är i UTF-16"),
        (
            "a.ttl",
            b"# a\r\n# f\xf6r\n",
            "2:4: The file is not UTF-8: the byte F6 ('ö' in Windows-1252) stands here",
            "2:4: Filen är inte UTF-8: här står byten F6 ('ö' i Windows-1252)",
        ),
        (
            "a.ttl",
            b"# \xc3\xa5 \x81",
            "1:5: The file is not UTF-8: the byte 81 stands here",
            "1:5: Filen är inte UTF-8: här står byten 81.",
        ),
        (
            "a.ttl",
            b"\x00\x01\x02",
            "1:1: A character that can't be seen stands here",
            "1:1: Här står ett tecken som inte syns: ett styrtecken",
        ),
        (
            "a.ttl.gz",
            b"no gzip",
            "The file can't be read: Not a gzipped file",
            "Filen går inte att läsa: Not a gzipped file",
        ),
        (
            "a.ttl.gz",
            PACKED[:-9],
            "The file can't be read: Compressed file ended",
            "Filen går inte att läsa: Compressed file ended",
        ),
        (
            "a.ttl.gz",
            PACKED[:10] + b"\xff",
            "The file can't be read: Error -3",
            "Filen går inte att läsa: Error -3",
        ),
        ("a.txt", b"", "It should end in .ttl, .trig, .nt, .nq", "Det ska sluta med .ttl, .trig, .nt, .nq"),
        ("gz", b"", "It should end in .ttl, .trig, .nt, .nq", "Det ska sluta med .ttl, .trig, .nt, .nq"),
    ],
)
def test_an_odd_file_is_refused(tmp_path: Path, name: str, data: bytes, words: str, words_sv: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(TurtleError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:")
    assert words in str(caught.value)
    assert caught.value.text("sv").startswith(f"{path}:")
    assert words_sv in caught.value.text("sv")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TurtleError, match="No such file") as caught:
        read(tmp_path / "a.ttl")
    assert caught.value.reason_sv == "Filen går inte att läsa: filen eller mappen finns inte."
    (tmp_path / "b.ttl").mkdir()
    with pytest.raises(TurtleError, match="Is a directory") as caught:
        read(tmp_path / "b.ttl")
    assert caught.value.reason_sv == "Filen går inte att läsa: det är en mapp."


@pytest.mark.parametrize("name", ["a.ttl", "a.ttl.gz"])
def test_a_file_above_the_limit_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = b"#" * 3_000_000
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert len(read_text(path, limit=3_000_000)) == 3_000_000
    with pytest.raises(TurtleError, match="more than 2,999,999 bytes") as caught:
        read_text(path, limit=2_999_999)
    assert "större än 2 999 999 byte" in caught.value.reason_sv


def test_a_prefix_that_is_missing_is_told_with_its_line(world_copy: Path) -> None:
    path = world_copy / "data/organisation/new.ttl"
    path.write_text("<urn:x> a basis:stated .\n", encoding="utf-8")
    with pytest.raises(
        TurtleError, match=r"Add '@prefix basis: <https://w3id\.org/coopgraph/id/concept/basis/> \.'"
    ):
        read(path)
    path.write_text("<urn:x> a ex:A .\n@prefix ex: <urn:ex:> .\n", encoding="utf-8")
    with pytest.raises(TurtleError, match="declared only on line 2"):
        read(path)
    path.write_text("<urn:x> a place:a .\n", encoding="utf-8")
    with pytest.raises(TurtleError, match=r"Add '@prefix place: <https://world\.example/id/place/> \.'"):
        read(path)
