"""What another register is to us: where its entries are looked up, and what its identifiers are those of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from coopgraph.sheets.match import Body, Identifier

KINDS = {
    "http://www.wikidata.org/entity/": "wikidata",
    "https://www.wikidata.org/entity/": "wikidata",
    "https://www.wikidata.org/wiki/": "wikidata",
    "https://sws.geonames.org/": "geonames",
    "https://www.geonames.org/": "geonames",
}
"""The kind of identifier that an address of a known register ends in."""


class Hit(NamedTuple):
    """An entry that may be the body: how likely, up to 100, and whether the register leaves no doubt.

    `identifiers` are those that the body gets beside the entry's own.
    """

    id: str
    label: str
    score: float
    certain: bool = False
    about: str = ""
    identifiers: tuple[Identifier, ...] = ()


class Register(Protocol):
    """A register. `key` is what its identifiers are those of: `idtype:wikidata`, or what the addresses of its entries begin with."""

    name: str
    key: str

    def hits(self, wanted: Sequence[Body]) -> Iterator[tuple[Body, list[Hit]]]:
        """The entries that each body may be, the best first."""
        ...


def key_of(space: str, kind: str | None) -> str:
    """The key of a register whose identifiers are of a kind that is given, or follow from what its addresses begin with."""
    kind = kind or KINDS.get(space)
    return f"idtype:{kind}" if kind else space


def without_ties(hits: Sequence[Hit], *, apart: float) -> list[Hit]:
    """The hits, the best first; none is certain where another is, or comes closer to it than `apart`."""
    ordered = sorted(hits, key=lambda one: (-one.score, one.id))
    sure = [one for one in ordered if one.certain]
    near = [one for one in ordered if sure and one is not sure[0] and one.score > sure[0].score - apart]
    return [one._replace(certain=False) for one in ordered] if near or len(sure) > 1 else ordered
