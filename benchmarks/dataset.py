"""A whole dataset of any size, of our own model, to build, ask and check: one thing a file, as in `data/`.

    python -m benchmarks.dataset 1000000 build/bench/world-1000000
    python -m benchmarks.dataset 1000000 build/bench/world-1000000 --single build/bench/world-1000000.nq

The same size and seed give the same triples. Nothing in it is true; all of it passes the check.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from random import Random

import pyoxigraph

from benchmarks import cooperation, things
from benchmarks.faults import planted
from benchmarks.things import Thing

ROOT = Path(__file__).parents[1]
BASE = "https://bench.example/"
XSD = "http://www.w3.org/2001/XMLSchema#"
TRIPLES_A_BODY = 62.5
SETTINGS = f'''base = "{BASE}"
title = "En påhittad datamängd"
publisher = "coopgraph"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
'''


def sizes(triples: int) -> tuple[int, int, int]:
    """How many bodies, sources and networks there are in a graph of about this many triples."""
    bodies = max(40, round(triples / TRIPLES_A_BODY))
    return bodies, 3 + bodies // 30, 8 + round(bodies**0.5)


def everything(triples: int, *, seed: int = 1, faults: float = 0) -> Iterator[Thing]:
    """The things of a graph of about this many triples, with a mistake in this share of the nodes."""
    chance = Random(f"{seed} faults")
    for thing in _right(triples, seed):
        yield planted(thing, faults, chance) if faults else thing


def _right(triples: int, seed: int) -> Iterator[Thing]:
    size, sources, networks = sizes(triples)
    bodies = things.bodies(size, sources, seed)
    former = cooperation.predecessors(bodies, Random(f"{seed} predecessors"))
    chance = Random(f"{seed} things")
    for i in range(sources):
        yield things.source(i, bodies[i], chance)
    for i, body in enumerate(bodies):
        yield from things.organisation(i, body, chance)
    yield from cooperation.changes(bodies, former, chance)
    yield from cooperation.partnerships(size // 2, bodies, former, chance)
    yield from cooperation.networks(networks, chance)
    yield from cooperation.memberships(size * 7 // 10, bodies, former, networks, chance)
    yield from cooperation.programmes(1 + size // 400, bodies, chance)
    yield from cooperation.policies(1 + size // 60, bodies, chance)


def prefixes() -> dict[str, str]:
    """The prefixes of the ontology, with those of things under the base of the generated dataset."""
    parser = pyoxigraph.parse(path=str(ROOT / "ontology/prefixes.ttl"), format=pyoxigraph.RdfFormat.TURTLE)
    list(parser)
    own, concepts = "https://w3id.org/coopgraph/id/", "https://w3id.org/coopgraph/id/concept/"
    return {
        prefix: iri if iri.startswith(concepts) or not iri.startswith(own) else f"{BASE}id/{iri[len(own) :]}"
        for prefix, iri in parser.prefixes.items()
    }


def turtle(thing: Thing, known: dict[str, str]) -> str:
    """The text of a thing's file."""
    blocks = []
    used = set()
    for part, facts in thing.nodes:
        lines = []
        for predicate, pairs in groupby(facts, key=lambda fact: fact[0]):
            values = [value for _, value in pairs]
            for term in (predicate, *values):
                used.add("edtf" if term.endswith("edtf:EDTF") else term.partition(":")[0])
            lines.append(f"{predicate} {' , '.join(values)}")
        blocks.append(f"<{part}> " + " ;\n    ".join(lines) + " .\n")
    head = "".join([f"@prefix {prefix}: <{known[prefix]}> .\n" for prefix in sorted(used & known.keys())])
    return f"@base <{BASE}id/{thing.folder}/{thing.slug}> .\n{head}\n" + "\n".join(blocks)


class Terms:
    """Terms as N-Triples has them."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known
        self.named = lru_cache(100_000)(self._named)

    def _named(self, term: str) -> str:
        prefix, _, local = term.partition(":")
        return f"<{self.known[prefix]}{local}>"

    def of(self, term: str, thing: str) -> str:
        """A term in its long form; `thing` is the IRI that relative ones are relative to."""
        first = term[0]
        if first == '"':
            return (
                term.removesuffix("edtf:EDTF") + f"<{self.known['edtf']}EDTF>"
                if term.endswith("EDTF")
                else term
            )
        if first == "<":
            return f"<{thing}{term[1:]}" if term[1] in "#>" else term
        if first.isdigit() or first == "-":
            return f'"{term}"^^<{XSD}{"decimal" if "." in term else "integer"}>'
        if term == "true":
            return f'"true"^^<{XSD}boolean>'
        return f"<{self.known['rdf']}type>" if term == "a" else self.named(term)


def quads(thing: Thing, terms: Terms) -> Iterator[str]:
    """A thing as N-Quads, in the named graph that its file gets when built."""
    iri, graph = f"{BASE}id/{thing.folder}/{thing.slug}", f"{BASE}graph/{thing.folder}/{thing.slug}"
    for part, facts in thing.nodes:
        for predicate, value in facts:
            yield f"<{iri}{part}> {terms.of(predicate, iri)} {terms.of(value, iri)} <{graph}> .\n"


def write(triples: int, folder: Path, *, seed: int = 1, faults: float = 0, single: Path | None = None) -> int:
    """Write a dataset of about this many triples into a folder, anew, and into one file of N-Quads; how many they are."""
    shutil.rmtree(folder / "data", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coopgraph.toml").write_text(SETTINGS, encoding="utf-8")
    known = prefixes()
    terms = Terms(known)
    made: set[str] = set()
    count = 0
    with open(single or os.devnull, "w", encoding="utf-8") as out:  # noqa: PTH123 - it may be no file
        for thing in everything(triples, seed=seed, faults=faults):
            place = f"{folder}/data/{thing.folder}"
            if place not in made:
                Path(place).mkdir(parents=True)
                made.add(place)
            with open(f"{place}/{thing.slug}.ttl", "x", encoding="utf-8") as file:  # noqa: PTH123 - half a million
                file.write(turtle(thing, known))
            count += sum(len(facts) for _, facts in thing.nodes)
            if single:
                out.writelines(quads(thing, terms))
    return count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("triples", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--faults", type=float, default=0, metavar="SHARE", help="the share of nodes with a mistake"
    )
    parser.add_argument("--single", type=Path, metavar="FILE.nq", help="write it as one file of N-Quads too")
    options = parser.parse_args()
    count = write(
        options.triples, options.folder, seed=options.seed, faults=options.faults, single=options.single
    )
    print(f"{count:,} triples in {options.folder}")


if __name__ == "__main__":
    main()
