"""One engine in a process of its own: it loads a graph once and answers the questions that come, a JSON line each.

    answer_peer.py ours FOLDER            a built dataset, asked by its Python interface: rows and labels
    answer_peer.py pyoxigraph STORE       an Oxigraph store on disk, raw
    answer_peer.py pyoxigraph-memory FILE.nq
    answer_peer.py rdflib FILE.nq
    answer_peer.py maplib FILE.nt
    answer_peer.py http URL               a SPARQL server

In: {"name": …, "params": {…}, "sparql": …}. Out: {"seconds", "rows", "digest"} or {"error"}. Answers are digested so that two engines
that give the same rows, in whatever order and spelling of numbers, give the same digest.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Cell = tuple[str, str, str]
"""What a term is (iri, bnode, literal), its text, and its datatype."""
Rows = Iterable[Sequence[Cell | None]]
Ask = Callable[[dict[str, Any]], tuple[float, Rows]]
LONG = 10
"""From so many seconds on, a question is not asked again."""
NUMBERS = ("integer", "int", "decimal", "double", "float", "nonNegativeInteger", "long")


def canonical(cell: Cell | None) -> str:
    """A term as text; numbers by value, and what was joined by "; " in the order of the alphabet."""
    if cell is None:
        return ""
    kind, text, datatype = cell
    if kind != "literal":
        return f"<{text}>" if kind in ("iri", "uri") else "_"
    if datatype.rpartition("#")[2] in NUMBERS:
        return f"#{float(text):.9g}"
    if datatype.endswith("#boolean"):
        return "#true" if text in ("true", "1") else "#false"
    return "; ".join(sorted(text.split("; "))) if "; " in text else text


def digest(rows: Rows) -> tuple[int, str]:
    """How many rows there are, and a checksum of them all."""
    lines = sorted("\t".join(map(canonical, row)) for row in rows)
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def cell_of(term: Any) -> Cell | None:
    """A term of pyoxigraph."""
    if term is None:
        return None
    kind = type(term).__name__
    if kind == "Literal":
        return "literal", term.value, term.datatype.value
    return ("iri" if kind == "NamedNode" else "bnode"), term.value, ""


def json_rows(answer: dict[str, Any], names: Sequence[str] = ()) -> Rows:
    """Rows of SPARQL results in JSON, their columns in this order or in that of its head."""
    names = names or answer["head"].get("vars", [])
    for row in answer["results"]["bindings"]:
        cells = (row.get(name) for name in names)
        yield [
            None if one is None else (_kind(one["type"]), one["value"], one.get("datatype", ""))
            for one in cells
        ]


def _kind(name: str) -> str:
    return "literal" if name.endswith("literal") else name


def ours(folder: str) -> Ask:
    import coopgraph

    dataset = coopgraph.open(folder, language="sv")

    def ask(question: dict[str, Any]) -> tuple[float, Rows]:
        start = time.perf_counter()
        table = dataset.query(question["name"], **question["params"])
        return time.perf_counter() - start, [[cell_of(term) for term in row] for row in table.terms]

    return ask


def oxigraph(place: str, *, memory: bool) -> Ask:
    import pyoxigraph

    if memory:
        store = pyoxigraph.Store()
        store.bulk_load(path=place, format=pyoxigraph.RdfFormat.N_QUADS)
    else:
        store = pyoxigraph.Store.read_only(place)

    def ask(question: dict[str, Any]) -> tuple[float, Rows]:
        start = time.perf_counter()
        rows = [tuple(row) for row in store.query(question["sparql"], use_default_graph_as_union=True)]
        return time.perf_counter() - start, [[cell_of(term) for term in row] for row in rows]

    return ask


def rdflib(place: str) -> Ask:
    from rdflib import Dataset, Literal, URIRef

    graph = Dataset(default_union=True)
    graph.parse(place, format="nquads")

    def cell(term: Any) -> Cell | None:
        if isinstance(term, Literal):
            return "literal", str(term), str(term.datatype or "")
        return None if term is None else ("iri" if isinstance(term, URIRef) else "bnode", str(term), "")

    def ask(question: dict[str, Any]) -> tuple[float, Rows]:
        start = time.perf_counter()
        rows = [tuple(row) for row in graph.query(question["sparql"])]
        return time.perf_counter() - start, [[cell(term) for term in row] for row in rows]

    return ask


def maplib(place: str) -> Ask:
    from maplib import Model

    model = Model()
    model.read(place, format="ntriples")

    def ask(question: dict[str, Any]) -> tuple[float, Rows]:
        start = time.perf_counter()
        found = model.query(question["sparql"])
        taken = (
            time.perf_counter() - start
        )  # rows with their types are only to be had as JSON, columns in some order
        return taken, json_rows(json.loads(model.query(question["sparql"], return_json=True)), found.columns)

    return ask


def http(url: str) -> Ask:
    def ask(question: dict[str, Any]) -> tuple[float, Rows]:
        data = urllib.parse.urlencode({"query": question["sparql"]}).encode()
        headers = {"Accept": "application/sparql-results+json"}
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
                body = answer.read()
        except urllib.error.HTTPError as error:
            raise ValueError(error.read().decode(errors="replace")[:300]) from error
        taken = time.perf_counter() - start  # reading the JSON is not the server's time
        return taken, json_rows(json.loads(body))

    return ask


ENGINES: dict[str, Callable[[str], Ask]] = {
    "ours": ours,
    "pyoxigraph": lambda place: oxigraph(place, memory=False),
    "pyoxigraph-memory": lambda place: oxigraph(place, memory=True),
    "rdflib": rdflib,
    "maplib": maplib,
    "http": http,
}


def answer(ask: Ask, question: dict[str, Any]) -> dict[str, Any]:
    """The answer, and the middle of up to five times after a first one, which reads from the disk; what takes long is asked once."""
    first, rows = ask(question)
    count, checksum = digest(rows)
    times = [first] if first > LONG else []
    while sum(times) < 0.5 and len(times) < 5:
        times.append(ask(question)[0])
    return {"seconds": sorted(times)[len(times) // 2], "rows": count, "digest": checksum}


def main() -> None:
    start = time.perf_counter()
    ask = ENGINES[sys.argv[1]](sys.argv[2])
    print(json.dumps({"loaded": time.perf_counter() - start}), flush=True)
    for line in sys.stdin:
        try:
            told = answer(ask, json.loads(line))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever an engine says is its answer, its panics too
            told = {"error": f"{type(error).__name__}: {error}"[:300]}
        if sys.argv[1] != "http":  # where it would be this process and not the server
            told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
