"""The index of names that a build makes beside its snapshot: every name of every thing, and what things are chosen by.

One SQLite file. Its postings are sets of numbers of things (roaring bitmaps, http://roaringbitmap.org): one for each word of a name, one
for each country, topic, network … A search is the intersection of a few of them, and a count is the size of one.

    thing     number, IRI, name in Swedish and English, the numbers of the postings but those of words that it is in,
              whether one of its names is a label
    name      thing, which of its names, the name as it is written
    folded    the name folded, thing, which of its names
    posting   number, facet ("word", "country" …), value, the things that have it

A part of a thing (`<thing>#…`) has its names here, and is found by them as the thing that it is part of.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from pyoxigraph import Quad
from pyroaring import BitMap

from coopgraph.build.named import TOLD, UNLABELLED, Thing, key, read_things, touched
from coopgraph.errors import StoreError
from coopgraph.iris import Namespaces
from coopgraph.store import Store

FILE = "names"
"""What the file of a snapshot is called."""
VERSION = 4
_TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, sv TEXT, en TEXT, facets TEXT, labelled INTEGER);
CREATE TABLE name (thing INTEGER, nth INTEGER, name TEXT, PRIMARY KEY (thing, nth)) WITHOUT ROWID;
CREATE TABLE folded (key TEXT, thing INTEGER, nth INTEGER, PRIMARY KEY (key, thing, nth)) WITHOUT ROWID;
CREATE TABLE posting (id INTEGER PRIMARY KEY, facet TEXT, value TEXT, things BLOB, UNIQUE (facet, value));
"""


def write_names(path: Path, store: Store, namespaces: Namespaces) -> None:
    """Make the file of a store anew."""
    with _writing(path) as file:
        fill(file, store, namespaces)


def fill(file: sqlite3.Connection, store: Store, namespaces: Namespaces) -> None:
    """Fill an empty database with the names of a store."""
    file.executescript(_TABLES + f"PRAGMA user_version = {VERSION};")
    _Writer(file, namespaces).put(read_things(store, namespaces, None))
    file.commit()


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """The file of a snapshot that is being made: it is thrown away with the snapshot if anything goes wrong."""
    try:
        with closing(sqlite3.connect(path)) as file:
            file.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = NORMAL;")
            yield file
            file.commit()
    except sqlite3.Error as error:
        raise StoreError(
            f"{path}: the names can't be written ({error}). The last good build goes on answering; make room, or give the right to write, and build again.",
            f"{path}: namnen går inte att skriva ({error}). Det förra bygget svarar fortfarande; frigör utrymme eller ge skrivrätt, och bygg igen.",
        ) from error


def renew_names(
    path: Path, former: Path, store: Store, namespaces: Namespaces, changed: Collection[Quad]
) -> None:
    """Make the file of a store from that of the former one, from which it differs in these quads."""
    if not is_whole(former):
        write_names(path, store, namespaces)
        return
    shutil.copyfile(former, path)
    told = [quad for quad in changed if quad.predicate in TOLD]
    if not told:
        return
    with _writing(path) as file:
        writer = _Writer(file, namespaces)
        again = touched(told, store)
        again |= writer.parts_of({iri for iri in again if "#" not in iri})
        writer.forget(again)
        writer.put(read_things(store, namespaces, sorted(again)))


def is_whole(path: Path) -> bool:
    """Whether there is a file of names that this version reads."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            return bool(file.execute("PRAGMA user_version").fetchone() == (VERSION,))
    except sqlite3.DatabaseError:
        return False


class _Writer:
    """Puts things into the index and takes them out; postings are written when all is known."""

    def __init__(self, file: sqlite3.Connection, namespaces: Namespaces) -> None:
        self.file, self.things = file, namespaces.base + "id/"

    def parts_of(self, iris: Iterable[str]) -> set[str]:
        """The parts of things, as far as the index knows them."""
        query = "SELECT iri FROM thing WHERE iri > ? AND iri < ?"
        return {part for iri in iris for (part,) in self.file.execute(query, (iri + "#", iri + "$"))}

    def forget(self, iris: Iterable[str]) -> None:
        """Take things out, with their parts."""
        gone: dict[tuple[str, str], list[int]] = defaultdict(list)
        rows = []
        for iri in iris:
            rows += self.file.execute("SELECT id, iri, facets FROM thing WHERE iri = ?", (iri,)).fetchall()
        for number, iri, facets in rows:
            if "#" in iri:
                continue
            of = "SELECT iri, name FROM name JOIN thing ON thing = id WHERE iri = ? OR (iri > ? AND iri < ?)"
            names = self.file.execute(of, (iri, iri + "#", iri + "$")).fetchall()
            own = {key(name) for one, name in names if one == iri}
            for posting in _worded({key(name) for _, name in names}, own):
                gone[posting].append(number)
            chosen = f"SELECT facet, value FROM posting WHERE id IN ({facets.replace(' ', ',')})"  # noqa: S608 - numbers
            for facet, value in self.file.execute(chosen):
                gone[facet, value].append(number)
        for posting, numbers in gone.items():
            self._keep(posting, self._known(posting) - BitMap(numbers))
        for number, _, _ in rows:
            names = self.file.execute("SELECT name, nth FROM name WHERE thing = ?", (number,)).fetchall()
            folded = [(key(name), number, nth) for name, nth in names]
            self.file.executemany("DELETE FROM folded WHERE key = ? AND thing = ? AND nth = ?", folded)
            self.file.execute("DELETE FROM name WHERE thing = ?", (number,))
            self.file.execute("DELETE FROM thing WHERE id = ?", (number,))

    def put(self, found: Mapping[str, Thing]) -> None:
        """Put things in, none of which is there. The most linked ones come first."""
        start = self.file.execute("SELECT COALESCE(MAX(id), -1) FROM thing").fetchone()[0] + 1
        ordered = sorted(found, key=lambda iri: (-found[iri].links, iri))
        names = {
            iri: [(name, key(name)) for name in sorted(_names(iri, one, self.things))]
            for iri, one in found.items()
        }
        parts: dict[str, set[str]] = defaultdict(set)
        for iri in found:
            if "#" in iri:
                parts[iri.partition("#")[0]].update([folded for _, folded in names[iri]])
        new: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, iri in enumerate(ordered, start):
            if "#" not in iri:
                own = {folded for _, folded in names[iri]}
                for posting in _worded(own | parts[iri] if iri in parts else own, own):
                    new[posting].append(number)
                for posting in found[iri].facets:
                    new[posting].append(number)
        ids = self._write(new) if start else self._write_first(new)
        told, folded = [], []
        rows = []
        for number, iri in enumerate(ordered, start):
            one = found[iri]
            facets = " ".join([str(ids[posting]) for posting in sorted(one.facets) if posting in ids])
            rows.append((number, iri, one.sv[1], one.en[1], facets, one.sv[0] < UNLABELLED))
            for nth, (name, key_) in enumerate(names[iri]):
                told.append((number, nth, name))
                folded.append((key_, number, nth))
        self.file.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.file.executemany("INSERT INTO name VALUES (?, ?, ?)", told)
        self.file.executemany("INSERT INTO folded VALUES (?, ?, ?)", sorted(folded))

    def _write(self, new: Mapping[tuple[str, str], list[int]]) -> dict[tuple[str, str], int]:
        """Put things into postings; gives the numbers of these."""
        return {
            posting: self._keep(posting, self._known(posting) | BitMap(numbers))
            for posting, numbers in new.items()
        }

    def _write_first(self, new: Mapping[tuple[str, str], list[int]]) -> dict[tuple[str, str], int]:
        """The same where there are no postings yet."""
        ids = {posting: number for number, posting in enumerate(sorted(new))}
        rows = ((number, *posting, BitMap(new[posting]).serialize()) for posting, number in ids.items())
        self.file.executemany("INSERT INTO posting VALUES (?, ?, ?, ?)", rows)
        return ids

    def _known(self, posting: tuple[str, str]) -> BitMap:
        query = "SELECT things FROM posting WHERE facet = ? AND value = ?"
        row = self.file.execute(query, posting).fetchone()
        return BitMap() if row is None else BitMap.deserialize(row[0])

    def _keep(self, posting: tuple[str, str], things: BitMap) -> int:
        """Write a posting, or take it away where nothing is in it; gives its number, which stays the same while it is there."""
        if not things:
            self.file.execute("DELETE FROM posting WHERE facet = ? AND value = ?", posting)
            return -1
        query = """INSERT INTO posting (facet, value, things) VALUES (?, ?, ?)
            ON CONFLICT (facet, value) DO UPDATE SET things = excluded.things RETURNING id"""
        return int(self.file.execute(query, (*posting, things.serialize())).fetchone()[0])


def _names(iri: str, thing: Thing, things: str) -> set[str]:
    """The names of a thing; what the IRI of another's concept ends with is a code of it, and a name too."""
    if iri.startswith(things):
        return set(thing.names)
    return {*thing.names, iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]}


def _worded(keys: Iterable[str], own: Iterable[str]) -> set[tuple[str, str]]:
    """The postings of the words of folded names, and of the first words of those that are not of its parts."""
    found = {("word", word) for one in keys for word in one.split("-")}
    found.update([("head", one.partition("-")[0]) for one in own])
    return found
