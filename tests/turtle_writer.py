"""Random Turtle and TriG, written as people and machines write it: every form of term, odd white space."""

from __future__ import annotations

from hypothesis import strategies as st

Strategy = st.SearchStrategy[list[str]]

_CHARACTERS = st.characters(exclude_categories=["Cs"])
_ESCAPES = st.sampled_from([r"\t", r"\b", r"\n", r"\r", r"\f", r"\"", r"\'", r"\\", r"\u00E5", r"\U0001F600"])
_GAPS = st.sampled_from(
    [" ", " ", " ", "\n", "\t", "\r\n", "\r", "  \n\t", ' # note . ; " <\n', "#\r\n", "# å 😀\r"]
)


def _string(quote: str, *, long: bool) -> st.SearchStrategy[str]:
    plain = _CHARACTERS.filter(lambda char: char not in (quote, "\\") and (long or char not in "\r\n"))
    content = st.lists(st.one_of(plain, _ESCAPES, st.just("'" if quote == '"' else '"')), max_size=8).map(
        "".join
    )
    if not long:
        return content.map(lambda text: quote + text + quote)
    # One or two quotes are plain text in a long string, unless they come last.
    quotes = st.sampled_from(["", quote, quote * 2])
    return st.builds(
        lambda a, mid, b: quote * 3 + mid + a + "\n" + mid + b + " " + quote * 3, content, quotes, content
    )


_STRINGS = st.one_of(_string(quote, long=long) for quote in "\"'" for long in (False, True))
_LOCALS = st.one_of(
    st.sampled_from(["", "a", "å", "0", "b.c", "d:e", "_f", "g-h", "x·y", "𐐀", "a..b"]),
    st.sampled_from([r"a\,b", "%41", r"\~z", r"c%20\.", r"e\/f", r"\-"]),
)
_NAMES = st.builds(
    lambda prefix, local: f"{prefix}:{local}", st.sampled_from(["", "ex", "å.ö", "e-1"]), _LOCALS
)
_IRIS = st.sampled_from(
    [
        "<>",
        "<a>",
        "<../b>",
        "<#c>",
        "<?q=1>",
        "<//host/d>",
        "</e/./f>",
        "<http://example.org/å>",
        r"<urn:\u00E5>",
    ]
)
_BLANKS = st.sampled_from(["_:a", "_:b1", "_:b2", "_:b.c", "_:0", "_:å-", "_:bb1"])
_NUMBERS = st.sampled_from(["0", "01", "-5", "+7", "1.0", ".5", "-.5", "1e0", "1.e5", ".5E-3", "1.5e+10"])
_SUFFIXES = st.one_of(
    st.just([]),
    st.sampled_from(["@sv", "@en-GB", "@zh-Hans-CN", "@EN"]).map(lambda tag: [tag]),
    st.one_of(_IRIS, _NAMES).map(lambda datatype: ["^^", datatype]),
)
_LITERALS: Strategy = st.one_of(
    st.builds(lambda string, suffix: [string, *suffix], _STRINGS, _SUFFIXES),
    _NUMBERS.map(lambda number: [number]),
    st.sampled_from([["true"], ["false"]]),
)
_NODES: Strategy = st.one_of(_IRIS, _NAMES, _BLANKS).map(lambda term: [term])
_PREDICATES: Strategy = st.one_of(st.just("a"), _IRIS, _NAMES).map(lambda term: [term])


def _flat(parts: list[list[str]]) -> list[str]:
    return [token for part in parts for token in part]


def _properties(objects: Strategy) -> Strategy:
    listed = st.lists(objects, min_size=1, max_size=3).map(
        lambda parts: _flat([[*part, ","] for part in parts])[:-1]
    )
    pair = st.builds(lambda predicate, values: predicate + values, _PREDICATES, listed)
    semicolons = st.integers(1, 2).map(lambda count: [";"] * count)
    following = st.builds(lambda separator, pair: separator + pair, semicolons, pair)
    return st.builds(
        lambda first, rest, end: first + _flat(rest) + end,
        pair,
        st.lists(following, max_size=2),
        st.one_of(st.just([]), semicolons),
    )


def _nested(objects: Strategy) -> Strategy:
    return st.one_of(
        st.lists(objects, max_size=3).map(lambda parts: ["(", *_flat(parts), ")"]),
        _properties(objects).map(lambda inner: ["[", *inner, "]"]),
    )


_EMPTY = st.just(["[", "]"])
_OBJECTS: Strategy = st.recursive(st.one_of(_NODES, _LITERALS, _EMPTY), _nested, max_leaves=6)
_LISTS: Strategy = st.lists(_OBJECTS, max_size=3).map(lambda parts: ["(", *_flat(parts), ")"])
_BRACKETED: Strategy = _properties(_OBJECTS).map(lambda inner: ["[", *inner, "]"])
_TRIPLES: Strategy = st.one_of(
    st.builds(
        lambda subject, properties: subject + properties,
        st.one_of(_NODES, _EMPTY, _LISTS, _BRACKETED),
        _properties(_OBJECTS),
    ),
    _BRACKETED,
)
_DIRECTIVES: Strategy = st.one_of(
    st.builds(
        lambda prefix, iri: ["@prefix", f"{prefix}:", iri, "."], st.sampled_from(["ex", "", "å.ö"]), _IRIS
    ),
    st.builds(lambda word, iri: [word, "ex:", iri], st.sampled_from(["PREFIX", "prefix", "PreFix"]), _IRIS),
    st.sampled_from([["@base", "<http://example.net/b/>", "."], ["BASE", "<c/d>"], ["base", "<>"]]),
)
_HEADS: Strategy = st.one_of(
    st.just([]),
    st.one_of(_NODES, _EMPTY),
    st.builds(
        lambda word, name: [word, *name], st.sampled_from(["GRAPH", "graph"]), st.one_of(_NODES, _EMPTY)
    ),
)


def _graph(head: list[str], triples: list[list[str]], last_dot: bool) -> list[str]:
    inner = _flat([[*statement, "."] for statement in triples])
    return [*head, "{", *(inner if last_dot else inner[:-1]), "}"]


_GRAPHS: Strategy = st.builds(_graph, _HEADS, st.lists(_TRIPLES, max_size=2), st.booleans())
_START = [
    "@prefix",
    "ex:",
    "<http://example.org/>",
    ".",
    "PREFIX",
    ":",
    "<#>",
    "@prefix",
    "å.ö:",
    "<x/>",
    ".",
    "PREFIX",
]
_START += ["e-1:", "<http://example.org/e?>"]


@st.composite
def documents(draw: st.DrawFn, *, graphs: bool) -> str:
    """A text that pyoxigraph accepts, given some base."""
    statements = [_TRIPLES.map(lambda triples: [*triples, "."]), _DIRECTIVES]
    if graphs:
        statements.append(_GRAPHS)
    pieces = [*_START, *_flat(draw(st.lists(st.one_of(statements), max_size=4)))]
    text = draw(st.sampled_from(["", " ", "# first\n"]))
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        tight = piece in ("[", "(", "{", "}", ",", ";", "^^") or following in ("]", ")", "}", ",", ";", "^^")
        joined = tight or (following.startswith("@") and piece[-1] in "\"'")
        text += piece + ("" if joined and draw(st.booleans()) else draw(_GAPS))
    return text
