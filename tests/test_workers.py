"""Workers answer as the store does, and a query that overruns is really ended."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple

from coopgraph.errors import QueryError, QueryTimeout, StoreError
from coopgraph.queries.workers import Busy, Workers
from coopgraph.store.local import LocalStore

NAMES = "SELECT ?thing ?name WHERE { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?name } ORDER BY ?thing ?name"
ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }"
"""The third power of the number of triples: years."""
HUNGRY = "SELECT ?a ?f WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f"


@pytest.fixture(scope="module")
def path(world_folder: Path) -> Path:
    name = (world_folder / ".coopgraph" / "current").read_text(encoding="utf-8").strip()
    return world_folder / ".coopgraph" / "snapshots" / name / "store"


@pytest.fixture(scope="module")
def workers(path: Path) -> Iterator[Workers]:
    with Workers(path, count=2) as found:
        yield found


@pytest.fixture(scope="module")
def store(path: Path) -> LocalStore:
    return LocalStore.open(path)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_rows_truth_and_triples_are_those_of_the_store(workers: Workers, store: LocalStore) -> None:
    found, expected = workers.select(NAMES), store.select(NAMES)
    assert list(found.variables) == list(expected.variables)
    assert list(found) == list(expected)
    assert set(workers.construct(ALL)) == set(store.construct(ALL))
    assert workers.ask("ASK { ?s ?p ?o }") is True
    assert workers.ask("ASK { ?s ?p <x:nothing> }") is False


def test_terms_of_every_kind_come_whole(workers: Workers) -> None:
    query = r"""SELECT ?x ?y WHERE { VALUES (?x ?y) {
        ("tab\tquote\"line\nreturn\r" <x:a>) ("å"@sv-SE UNDEF) (1 1.5) (UNDEF true) ("1996"^^<x:edtf> "") (UNDEF UNDEF)
    } }"""
    assert list(workers.select(query))[:2] == [
        (Literal('tab\tquote"line\nreturn\r'), NamedNode("x:a")),
        (Literal("å", language="sv-SE"), None),
    ]
    assert len(list(workers.select(query))) == 6
    assert list(workers.select(query, limit=6)) == list(workers.select(query))


@pytest.mark.parametrize(
    ("form", "start"),
    [
        (QueryResultsFormat.JSON, b'{"head":'),
        (QueryResultsFormat.XML, b"<?xml"),
        (QueryResultsFormat.CSV, b"thing,name\r\n"),
        (QueryResultsFormat.TSV, b"?thing\t?name\n"),
    ],
)
def test_an_answer_is_cut_in_every_format(workers: Workers, form: QueryResultsFormat, start: bytes) -> None:
    whole = workers.answer(NAMES, form)
    assert whole.content.startswith(start)
    assert whole.complete
    for number in (0, 1, 7):
        cut = workers.answer(NAMES, form, limit=number)
        assert not cut.complete
        assert cut.content == workers.answer(f"{NAMES} LIMIT {number}", form).content
    size = len(list(workers.select(NAMES)))
    assert workers.answer(NAMES, form, limit=size) == whole


def test_triples_are_cut_in_turtle_too(workers: Workers) -> None:
    cut = workers.answer(ALL, RdfFormat.TURTLE, limit=5)
    assert (cut.kind, cut.complete) == ("CONSTRUCT", False)
    assert cut.content.count(b"<") >= 5
    assert len(list(workers.construct(ALL, limit=5))) == 5


def test_a_query_sees_the_graphs_it_is_given(workers: Workers) -> None:
    graph = "https://world.example/graph/organisation/norrby-kommun"
    within = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
    answer = workers.answer(within, QueryResultsFormat.CSV, named_graphs=[graph])
    assert answer.content.decode().split() == ["g", graph]
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    few, many = (
        int(workers.answer(count, QueryResultsFormat.CSV, default_graphs=graphs).content.split()[1])
        for graphs in ([graph], [])
    )
    assert 0 < few < many


def test_a_runaway_query_is_ended_and_its_process_gone(path: Path) -> None:
    with Workers(path) as workers:
        pid = workers.pids()[0]
        start = time.monotonic()
        with pytest.raises(QueryTimeout, match=r"longer than 0\.3 s"):
            workers.select(RUNAWAY, timeout=0.3)
        assert time.monotonic() - start < 2
        assert gone(pid)
        assert workers.ask("ASK { ?s ?p ?o }")


def test_all_queries_of_a_store_share_its_limit(workers: Workers) -> None:
    store = workers.within(0.5)
    assert store.ask("ASK { ?s ?p ?o }")
    start = time.monotonic()
    for _ in range(2):
        with pytest.raises(QueryTimeout, match=r"longer than"):
            store.select(RUNAWAY)
    assert time.monotonic() - start < 2


def test_waiting_for_a_worker_counts(path: Path) -> None:
    def overrun() -> None:
        with pytest.raises(QueryTimeout):
            workers.select(RUNAWAY, timeout=1)

    with Workers(path) as workers:
        other = threading.Thread(target=overrun)
        other.start()
        time.sleep(0.2)
        with pytest.raises(Busy, match=r"busy for 0\.1 s"):
            workers.ask("ASK { ?s ?p ?o }", timeout=0.1)
        other.join()


def test_many_threads_get_their_own_answers(workers: Workers) -> None:
    found: dict[int, list[tuple[object, ...]]] = {}

    def ask(number: int) -> None:
        for _ in range(20):
            found[number] = list(workers.select(f"SELECT ({number} AS ?n) {{}}"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [(Literal(number),)] for number in range(8)}


def test_a_hungry_query_takes_its_process_and_no_more(path: Path) -> None:
    with Workers(path, memory=300 * 2**20) as workers:
        with pytest.raises(StoreError, match="more than 300 MB"):
            workers.select(HUNGRY, timeout=60)
        assert workers.ask("ASK { ?s ?p ?o }")


def test_a_worker_that_somebody_ends_is_replaced(path: Path) -> None:
    with Workers(path) as workers:
        assert workers.ask("ASK { ?s ?p ?o }")
        os.kill(workers.pids()[0], signal.SIGKILL)
        time.sleep(0.2)
        assert workers.ask("ASK { ?s ?p ?o }")


def test_what_is_wrong_with_a_query_is_told_as_the_store_tells_it(
    workers: Workers, store: LocalStore
) -> None:
    for query in ("SELECT ?x WHERE { ( }", "ASK { ?s ?p ?o }"):
        with pytest.raises(QueryError) as ours:
            workers.select(query)
        with pytest.raises(QueryError) as theirs:
            store.select(query)
        assert (ours.value.en, ours.value.sv) == (theirs.value.en, theirs.value.sv)
    for query in ("SELECT * { SERVICE <http://x> { ?s ?p ?o } }", "DELETE WHERE { ?s ?p ?o }"):
        with pytest.raises(QueryError, match="is refused"):
            workers.select(query)


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    with Workers(tmp_path / "nothing") as workers, pytest.raises(StoreError, match="can't be answered"):
        workers.ask("ASK { ?s ?p ?o }")


def test_closed_workers_are_gone_and_say_so(path: Path) -> None:
    workers = Workers(path, count=2)
    pids = workers.pids()
    workers.close()
    assert all(map(gone, pids))
    with pytest.raises(StoreError, match="closed"):
        workers.ask("ASK { ?s ?p ?o }")


def test_triples_are_triples(workers: Workers) -> None:
    query = "CONSTRUCT { <x:s> <x:p> ?o } WHERE { VALUES ?o { 1 } }"
    assert list(workers.construct(query)) == [Triple(NamedNode("x:s"), NamedNode("x:p"), Literal(1))]


def test_an_event_loop_and_threads_ask_the_same_worker_in_turn(path: Path) -> None:
    uvloop = pytest.importorskip("uvloop")  # it has the pipes otherwise than threads want them
    query = 'SELECT * { VALUES ?x { "å" 2 } }'

    async def asked(workers: Workers) -> list[bytes]:
        found = []
        for _ in range(3):
            found.append((await workers.answer_soon(query, QueryResultsFormat.CSV)).content)
            again = await asyncio.to_thread(workers.answer, query, QueryResultsFormat.CSV)
            found.append(again.content)
        return found

    with Workers(path) as workers:
        assert set(uvloop.run(asked(workers))) == {"x\r\nå\r\n2\r\n".encode()}


def test_an_event_loop_is_told_of_a_runaway_query_and_goes_on(path: Path) -> None:
    async def asked(workers: Workers) -> bytes:
        with pytest.raises(QueryTimeout):
            await workers.answer_soon(RUNAWAY, QueryResultsFormat.CSV)
        return (await workers.answer_soon("ASK {}", QueryResultsFormat.CSV)).content

    with Workers(path, timeout=0.5) as workers:
        assert asyncio.run(asked(workers)) == b"true"
