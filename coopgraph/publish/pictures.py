"""The pictures of a page: which there are, and what their templates need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from coopgraph.publish.assets import assets
from coopgraph.publish.surroundings import view_of
from coopgraph.publish.timeline import Timeline, timeline
from coopgraph.publish.views import SUFFIX, Tie, View, pictures

if TYPE_CHECKING:
    from coopgraph.publish.pages import Frame

Rests = Callable[[Tie], str | None]
"""On what it rests that a tie goes on, in the words of the page; None where the page does not know it."""


@dataclass(frozen=True)
class Pictures:
    """What a page shows: addresses of the data that the scripts draw, empty where they draw nothing, and the timeline.

    `root` is the site as seen from the page; `choosing` tells that there are statuses to choose among, `left_out` how many
    links are not drawn.
    """

    map: str = ""
    network: str = ""
    timeline: Timeline | None = None
    root: str = ""
    choosing: bool = False
    left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.map or self.network or self.timeline)


def thing_pictures(frame: Frame, thing: NamedNode, rests: Rests) -> Pictures:
    """The pictures of a thing's page."""
    return shown(frame, view_of(frame.site, thing), f"{frame.path}.{SUFFIX}", rests=rests)


def shown(
    frame: Frame, view: View, source: str, *, timed: bool = True, rests: Rests = lambda tie: None
) -> Pictures:
    """The pictures of a view whose data is at `source`, a path of the site; without the scripts of others, none that needs them."""
    there = pictures(view)
    drawn = frame.href(source) if drawable() else ""
    return Pictures(
        drawn if "map" in there else "",
        drawn if "network" in there else "",
        timeline(view, frame.language, link=frame.page, rests=rests)
        if timed and "timeline" in there
        else None,
        frame.href(""),
        len({tie.status for tie in view.ties}) > 1,
        view.left_out,
    )


def drawable() -> bool:
    """Whether the package has the scripts that draw."""
    return "vendor/map.js" in assets()
