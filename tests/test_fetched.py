"""Which triples are enough to answer a query, for servers whose own answers can't be relied on."""

from __future__ import annotations

import pytest

from coopgraph.store.fetched import patterns

ASKED = "PREFIX c: <urn:c:> SELECT * { ?x c:p ?a OPTIONAL { ?x c:q ?o } %s }"


@pytest.mark.parametrize(
    "tested",
    [
        "FILTER NOT EXISTS { ?o c:s ?a }",
        "FILTER(!BOUND(?o) || ?a = ?o || EXISTS { ?o c:s ?a })",
        "FILTER(IF(EXISTS { ?x c:p ?a FILTER EXISTS { ?o c:s ?a } }, true, false))",
        "BIND(EXISTS { ?o c:s ?a } AS ?is)",
    ],
)
def test_what_a_pattern_tests_for_is_fetched_too(tested: str) -> None:
    found = patterns(ASKED % tested)
    assert found is not None
    properties = {one.property.value if one.property else "every" for one in found}
    assert "every" in properties or properties == {"urn:c:p", "urn:c:q", "urn:c:s"}
    assert ("every" in properties) == (tested.count("EXISTS") > 1)
