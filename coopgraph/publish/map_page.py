"""The page `map`: every partnership on one map and in one network, and as tables by status beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coopgraph.publish.pages import Cell, Frame, render
from coopgraph.publish.pictures import shown
from coopgraph.publish.surroundings import view_of_all
from coopgraph.publish.timeline import lasting, said
from coopgraph.publish.views import SUFFIX, Tie, View, name_in

PATH = "map"
DATA = f"{PATH}.{SUFFIX}"
MOST = 100
"""Rows in the table of a status; all partnerships stand in the list of them."""


@dataclass(frozen=True)
class Group:
    """The partnerships of a status: the partnership, its parties, when it was, first those named first."""

    code: str
    name: str
    rows: Sequence[tuple[Cell, Sequence[Cell], Cell]]
    total: int


def map_page(frame: Frame) -> str:
    """The page of all partnerships."""
    view, language = view_of_all(frame.site), frame.language
    groups: dict[str, list[Tie]] = {}
    for tie in sorted(view.ties, key=lambda tie: name_in(tie.names, language).casefold()):
        groups.setdefault(tie.status, []).append(tie)
    swedish = language == "sv"
    unstated = "ingen uppgift om status" if swedish else "status not stated"
    return render(
        frame,
        "map.html",
        title="Karta över samarbeten" if swedish else "Map of partnerships",
        pictures=shown(frame, view, DATA, timed=False),
        groups=[
            Group(
                code,
                name_in(view.words.get(code, {}), language) or unstated,
                [_row(frame, view, tie) for tie in ties[:MOST]],
                len(ties),
            )
            for code, ties in sorted(groups.items(), key=lambda one: -len(one[1]))
        ],
    )


def _row(frame: Frame, view: View, tie: Tie) -> tuple[Cell, list[Cell], Cell]:
    language = frame.language
    parties = [
        Cell(name_in(node.names, language), frame.page(node.path) if node.path else None)
        for node in (view.nodes[place] for place in tie.nodes)
    ]
    link = frame.page(tie.path) if tie.path else None
    rests = lasting(tie.known_until, language) if tie.status == "active" else ""
    when = Cell(said(tie.start, tie.end, language), note=rests)
    return Cell(name_in(tie.names, language), link), parties, when
