"""What a column of a sheet can be: a field of a kind, something of a body that the field names, or words that facts rest on.

Written `start`, `party-2` (the second column of parties), `party-2.country` (where that party lies), `quote.start` (the words
for the start).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from coopgraph.edit.kinds import KINDS, Field, Kind
from coopgraph.errors import Text, UsageError

NOTHING = "-"
"""A column that is left out."""
IDTYPES = (
    "wikidata",
    "organisationsnummer",
    "scb",
    "nuts",
    "lau",
    "iso3166-2",
    "geonames",
    "wof",
    "diary-number",
    "project-number",
)
OF_A_BODY = {
    "country": Text("country", "land"),
    "kind": Text("kind", "slag"),
    "name-en": Text("name in English", "namn på engelska"),
}
EVIDENCE = {
    "quote": Text("quote", "citat"),
    "source": Text("source", "källa"),
    "before": Text("words before", "ord före"),
    "after": Text("words after", "ord efter"),
    "basis": Text("basis", "grund"),
    "because": Text("because, in Swedish", "därför att, på svenska"),
    "because-en": Text("because, in English", "därför att, på engelska"),
}
_ID = Text("id", "id")
MANY = 9
"""How many columns one field can have."""


@dataclass(frozen=True)
class Target:
    """What a column fills: a field, which of its columns it is, and the part of it, "" for the field itself."""

    field: str
    number: int = 1
    part: str = ""

    def __str__(self) -> str:
        number = f"-{self.number}" if self.number > 1 else ""
        return self.field + number + (f".{self.part}" if self.part else "")


def makes_bodies(field: Field) -> bool:
    """Whether a body that the field names is added where it is not there yet."""
    return field.sort == "thing" and field.of[0] == "organisation"


def target(kind: Kind, text: str) -> Target:
    """The target that a text means. Raises UsageError where a kind has no such column."""
    found = re.fullmatch(r"([a-z-]*[a-z])(?:-(\d))?(?:\.([\w-]+))?", text.strip())
    one = Target(found[1], int(found[2] or 1), found[3] or "") if found else None
    if one is None or not _is_one(kind, one):
        names = ", ".join(str(some) for some in targets(kind) if some.number == 1)
        raise UsageError(
            f"A column of a {kind.label.en} can't be '{text}'. It can be: {names}, or - to leave it out.",
            f"En kolumn för {kind.label.sv} kan inte vara '{text}'. Den kan vara: {names}, eller - för att utelämnas.",
        )
    return one


def _is_one(kind: Kind, one: Target) -> bool:
    if one.field in EVIDENCE and one.number == 1 and one.field not in _names(kind):
        return not one.part or (one.field in ("quote", "source") and one.part in _names(kind))
    return one in set(targets(kind))


def _names(kind: Kind) -> set[str]:
    return {field.name for field in kind.fields}


def targets(kind: Kind) -> Iterator[Target]:
    """The columns that a sheet of a kind can have, but for the words of one field."""
    yield Target("id")
    for field in kind.fields:
        for number in range(1, MANY + 1 if field.many else 2):
            yield Target(field.name, number)
            if field.sort == "identifier" and number == 1:
                yield from (Target(field.name, 1, one) for one in IDTYPES)
            if makes_bodies(field):
                yield from (Target(field.name, number, part) for part in (*OF_A_BODY, *IDTYPES))
    yield from (Target(one) for one in EVIDENCE if one not in _names(kind))


def label(kind: Kind, one: Target) -> Text:
    """What a column is called in a sheet that is given out."""
    if one.field == "id":
        return _ID
    if one.field in EVIDENCE and one.field not in _names(kind):
        text = EVIDENCE[one.field]
        part = kind.field(one.part).label if one.part else None
    else:
        field = kind.field(one.field)
        text = Text(
            *(re.sub(r"[ ,]*(\(.*|with its language.*|med språk.*)", "", some) for some in field.label)
        )
        part = (OF_A_BODY.get(one.part) or Text(one.part, one.part)) if one.part else None
    number = f" {one.number}" if one.number > 1 else ""
    return Text(
        *(f"{a}{number}" + (f": {b}" if b else "") for a, b in zip(text, part or ("", ""), strict=True))
    )


def own_headings(kind: Kind) -> dict[str, Target]:
    """The headings that mean a target for sure, folded: what it is called in Swedish and English, and its own name."""
    found: dict[str, Target] = {}
    words = [Target(field, 1, part) for field, part in product(("quote", "source"), sorted(_names(kind)))]
    for one in [*targets(kind), *(some for some in words if _is_one(kind, some))]:
        for heading in (str(one), *label(kind, one)):
            found.setdefault(heading.casefold(), one)
    for field in (one for one in kind.fields if one.many):
        for heading in field.label:
            found.setdefault(f"{heading} 1".casefold(), Target(field.name))
    return found


def kind_of(text: str) -> Kind | None:
    """The kind that a text names, in Swedish, English or as the commands do."""
    folded = text.strip().casefold()
    for kind in KINDS.values():
        plurals = _PLURALS[kind.name]
        if folded in (kind.name, kind.label.en, kind.label.sv, plurals.en.casefold(), plurals.sv.casefold()):
            return kind
    return None


_PLURALS = {
    "organisation": Text("Organisations", "Organisationer"),
    "place": Text("Places", "Platser"),
    "source": Text("Sources", "Källor"),
    "partnership": Text("Partnerships", "Samarbeten"),
    "agreement": Text("Agreements", "Avtal"),
    "membership": Text("Memberships", "Medlemskap"),
    "network": Text("Networks", "Nätverk"),
    "programme": Text("Programmes", "Program"),
    "project": Text("Projects", "Projekt"),
}


def sheet_name(kind: Kind) -> Text:
    """What the sheet of a kind is called in a workbook that is given out."""
    return _PLURALS[kind.name]
