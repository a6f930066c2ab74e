"""What a picture shows: nodes and the ties between them, one small structure for map, timeline and network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coopgraph.dates import bounds

SUFFIX = "view.json"
"""How the address of a picture's data ends: `doc/X.view.json`."""
Names = Mapping[str, str]
"""A name in each language that has one."""


@dataclass(frozen=True)
class Node:
    """A body or a network: its names, where its page is, and where it lies (longitude, latitude; or its country alone)."""

    iri: str
    names: Names
    path: str | None
    at: tuple[float, float] | None = None
    country: str | None = None

    @property
    def kind(self) -> str:
        """The folder of its page."""
        return self.path.split("/")[1] if self.path and self.path.startswith("doc/") else ""


@dataclass(frozen=True)
class Tie:
    """A partnership, or a role in a network, between nodes given by their places in the list. Dates are EDTF."""

    names: Names
    path: str | None
    kind: str
    nodes: tuple[int, ...]
    start: str = ""
    end: str = ""
    status: str = ""
    known_until: str = ""
    around: bool = False
    iri: str = ""


@dataclass(frozen=True)
class View:
    """Nodes and the ties between them; `centre` is the place of the thing itself. `words` are the names of statuses, `left_out` ties too many to draw."""

    nodes: Sequence[Node] = ()
    ties: Sequence[Tie] = ()
    centre: int | None = None
    words: Mapping[str, Names] = field(default_factory=dict)
    left_out: int = 0

    def json(self) -> bytes:
        """For the scripts; a tie that only joins two neighbours has `around`."""
        told: dict[str, Any] = {
            "centre": self.centre,
            "words": self.words,
            "nodes": [
                _known(name=one.names, path=one.path, kind=one.kind, at=one.at, country=one.country)
                for one in self.nodes
            ],
            "ties": [
                _known(
                    name=one.names,
                    path=one.path,
                    kind=one.kind,
                    nodes=one.nodes,
                    when=period(one),
                    status=one.status,
                    around=one.around,
                )
                for one in self.ties
            ],
        }
        return (json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def pictures(view: View) -> frozenset[str]:
    """Which pictures have something to show: `map`, `timeline`, `network`."""
    shown = set()
    others = [node for place, node in enumerate(view.nodes) if place != view.centre]
    if any(node.at or node.country for node in others):
        shown.add("map")
    if any(tie.start or tie.end for tie in view.ties if not tie.around):
        shown.add("timeline")
    if len(view.nodes) > 3 and len(view.ties) > 2:
        shown.add("network")
    return frozenset(shown)


def period(tie: Tie) -> list[str | None] | None:
    """First and last possible day of the start, then of the end; None for what is open or unknown, and for no dates at all."""
    days = [*_days(tie.start), *_days(tie.end)]
    return days if any(days) else None


def name_in(names: Names, language: str) -> str:
    """The name in a language, or in another where there is none."""
    return names.get(language) or next(iter(names.values()), "")


def _days(date: str) -> tuple[str | None, str | None]:
    if not date:
        return None, None
    try:
        found = bounds(date)
    except ValueError:
        return None, None
    return (
        found.earliest.isoformat() if found.earliest else None,
        found.latest.isoformat() if found.latest else None,
    )


def _known(**facts: Any) -> dict[str, Any]:
    """What is known of these, for a shorter file."""
    return {name: value for name, value in facts.items() if value not in (None, "", False, {})}
