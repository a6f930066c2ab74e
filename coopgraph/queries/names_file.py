"""The index of names, read: what things are called, and the sets of things that share a word or anything else they are chosen by.

The file is one that a build made, or the same made in memory of any store (`coopgraph.build.names`).
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Self

from pyroaring import BitMap

from coopgraph.build.named import key
from coopgraph.build.names import FILE, fill, is_whole
from coopgraph.iris import Namespaces
from coopgraph.store import Store

AFTER = "\U0010ffff"
"""What comes after every sign that a name begins with."""


def called(iris: Sequence[str], store: Store, language: str) -> dict[str, str]:
    """What things are called, for those that the file beside a snapshot knows; empty where there is none.

    A thing's name is found in a seventeenth of the time that the engine takes.
    """
    path: Path | None = getattr(store, "path", None)
    if language not in ("sv", "en") or path is None or not is_whole(path.with_name(FILE)):
        return {}
    known = f"SELECT iri, {language} FROM thing WHERE labelled AND iri IN (SELECT value FROM json_each(?))"  # noqa: S608 - one of two
    with closing(sqlite3.connect(address(path.with_name(FILE)), uri=True)) as file:
        # in the order of the index, so that each page of it is read once
        return dict(file.execute(known, (json.dumps(sorted(iris)),)).fetchall())


def address(path: Path) -> str:
    """The address of a file that nobody changes."""
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


class NamesFile:
    """The names in a database that `coopgraph.build.names` filled. May be used from several threads."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self.file = file
        self._facets: dict[str, Mapping[str, BitMap]] = {}

    @classmethod
    def of(cls, store: Store, namespaces: Namespaces) -> Self:
        """The index of a store: the file beside the snapshot that it lies in, else made in memory."""
        path: Path | None = getattr(store, "path", None)
        if path is not None and is_whole(path.with_name(FILE)):
            return cls.open(path.with_name(FILE))
        file = sqlite3.connect(":memory:", check_same_thread=False)
        fill(file, store, namespaces)
        return cls(file)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The index in a file, which nobody changes."""
        return cls(sqlite3.connect(address(path), uri=True, check_same_thread=False))

    def posting(self, facet: str, value: str) -> BitMap:
        """The things that have a value."""
        rows = self.file.execute("SELECT things FROM posting WHERE facet = ? AND value = ?", (facet, value))
        return next((BitMap.deserialize(things) for (things,) in rows), BitMap())

    def postings(self, facet: str) -> dict[str, BitMap]:
        """The things by the values of a facet."""
        rows = self.file.execute("SELECT value, things FROM posting WHERE facet = ?", (facet,))
        return {value: BitMap.deserialize(things) for value, things in rows}

    def facet(self, name: str) -> Mapping[str, BitMap]:
        """The things by the values of a facet; read once."""
        if name not in self._facets:
            self._facets[name] = self.postings(name)
        return self._facets[name]

    def folder(self, iri: str) -> str:
        """The folder that a thing is in, or that of concepts."""
        row = self.file.execute("SELECT id FROM thing WHERE iri = ?", (iri,)).fetchone()
        kinds = self.facet("kind").items()
        return next((kind for kind, things in kinds if row and ":" not in kind and row[0] in things), "")

    @cached_property
    def folder_of(self) -> dict[str, str]:
        """The folder of the things of each kind that is a concept."""
        kinds = self.facet("kind")
        folders = {kind: things for kind, things in kinds.items() if ":" not in kind}
        return {
            kind: max(folders, key=lambda folder: folders[folder].intersection_cardinality(things))
            for kind, things in kinds.items()
            if kind not in folders
        }

    def during(self, since: int | None, until: int | None) -> BitMap:
        """The things that were dated between two years, or may have been going on: begun by then, and not known to have ended before.

        Of a thing without a date nothing is known.
        """
        begun = union(
            things for year, things in self.facet("since").items() if until is None or int(year) <= until
        )
        before = union(
            things for year, things in self.facet("until").items() if since is not None and int(year) < since
        )
        return begun - before

    @cached_property
    def decades(self) -> dict[int, BitMap]:
        """The things of each decade."""
        known = sorted(int(year) // 10 * 10 for year in self.facet("since"))
        found = {decade: self.during(decade, decade + 9) for decade in dict.fromkeys(known)}
        return {decade: things for decade, things in found.items() if things}

    def told(self, iris: Iterable[str], language: str) -> dict[str, tuple[str, dict[str, list[str]]]]:
        """What things are called, and the values of their facets, by IRI."""
        wanted = list(iris)
        called = "sv" if language == "sv" else "en"
        marks = ",".join("?" * len(wanted))
        query = f"SELECT iri, {called}, facets FROM thing WHERE iri IN ({marks})"  # noqa: S608 - one of two words
        found = {}
        for iri, label, facets in self.file.execute(query, wanted):
            values: dict[str, list[str]] = defaultdict(list)
            for number in facets.split():
                facet, value = self._numbered[int(number)]
                values[facet].append(value)
            found[iri] = label, values
        return found

    def rows(self, things: BitMap) -> dict[str, tuple[tuple[str, str], list[str], list[tuple[str, str]]]]:
        """Things by IRI: names in Swedish and English, all names, facets with their values."""
        names = self.names(things)
        listed = ",".join(map(str, things))
        query = f"SELECT id, iri, sv, en, facets FROM thing WHERE id IN ({listed})"  # noqa: S608 - numbers
        return {
            iri: (
                (sv, en),
                [name for _, name in names[number]],
                [self._numbered[int(one)] for one in facets.split()],
            )
            for number, iri, sv, en, facets in self.file.execute(query)
        }

    @cached_property
    def _numbered(self) -> dict[int, tuple[str, str]]:
        """Facet and value of the postings that are not of words."""
        query = "SELECT id, facet, value FROM posting WHERE facet NOT IN ('word', 'head')"
        return {number: (facet, value) for number, facet, value in self.file.execute(query)}

    @cached_property
    def by_links(self) -> list[BitMap]:
        """All things, those that most link to first."""
        found = self.postings("links")
        return [found[size] for size in sorted(found, key=int, reverse=True)]

    @cached_property
    def everything(self) -> BitMap:
        return BitMap.union(*self.by_links) if self.by_links else BitMap()

    def within(self, spaces: Iterable[str]) -> BitMap:
        """The things whose IRI starts with one of these namespaces."""
        known = [value for (value,) in self.file.execute("SELECT value FROM posting WHERE facet = 'space'")]
        wanted = tuple(spaces)
        return union(self.posting("space", one) for one in known if one.startswith(wanted))

    def named(self, text: str, *, folded: bool = False) -> set[str]:
        """The IRIs of what has this name, parts of things too: in any case of letters, or with accents folded as well."""
        wanted = text.casefold()
        query = (
            "SELECT iri, name FROM folded JOIN name USING (thing, nth) JOIN thing ON thing = id WHERE key = ?"
        )
        rows = self.file.execute(query, (key(text),))
        return {iri for iri, name in rows if folded or name.casefold() == wanted}

    def labels(self, spaces: Sequence[str], language: str) -> dict[str, str]:
        """What the things, and parts of things, in some namespaces are called."""
        called = "sv" if language == "sv" else "en"
        found: dict[str, str] = {}
        for space in spaces:
            query = f"SELECT iri, {called} FROM thing WHERE iri >= ? AND iri < ?"  # noqa: S608 - one of two words
            found.update(self.file.execute(query, (space, space + AFTER)))
        return found

    def beginning(self, facet: str, start: str) -> BitMap:
        """The things with a value that begins so."""
        query = "SELECT things FROM posting WHERE facet = ? AND value >= ? AND value < ?"
        rows = self.file.execute(query, (facet, start, start + AFTER))
        return union(BitMap.deserialize(things) for (things,) in rows)

    def names(self, numbers: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
        """The names of things by their numbers, each with its folded form."""
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        listed = ",".join(map(str, numbers))
        query = f"SELECT thing, name FROM name WHERE thing IN ({listed})"  # noqa: S608 - numbers
        for number, name in self.file.execute(query):
            found[number].append((key(name), name))
        return found


def union(postings: Iterable[BitMap]) -> BitMap:
    found = list(postings)
    return BitMap.union(*found) if found else BitMap()


def intersection(postings: Iterable[BitMap]) -> BitMap:
    found = list(postings)
    return BitMap.intersection(*found) if found else BitMap()
