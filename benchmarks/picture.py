"""Draw how times grow with the graph, from the last figure of each kind and size among JSON lines.

    build/peers/bin/python benchmarks/picture.py benchmarks/results/answers.jsonl benchmarks/results/growth.svg

Run by `benchmarks.answers` with the Python of the peers, which has altair.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import altair


def last(path: Path) -> list[dict[str, Any]]:
    """The last right figure of each kind, engine and size."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["correct"] and one["seconds"]:
            found[one["part"], one["name"], one["engine"], one["triples"]] = one
    return list(found.values())


def panel(rows: list[dict[str, Any]], title: str, named: list[str]) -> altair.Chart:
    """Time against size, both on logarithmic scales, a line a name; those that are not named are grey and thin."""
    size = altair.X("triples:Q", title="authored triples").scale(type="log", domain=[8_000, 12_000_000])
    size = size.axis(values=[10_000, 100_000, 1_000_000, 10_000_000], format="~s")
    time = altair.Y("seconds:Q", title="seconds").scale(type="log", domain=[0.0005, 1000])
    time = time.axis(values=[0.001, 0.01, 0.1, 1, 10, 100, 1000], format="~g")
    key = altair.Legend(orient="bottom", columns=1, title=None, labelLimit=280)
    colour = altair.Color("name:N", legend=key).scale(domain=named, scheme="tableau10")
    shown = altair.Chart(altair.Data(values=[one for one in rows if one["name"] in named]), title=title)
    shown = shown.encode(x=size, y=time, color=colour)
    others = altair.Chart(altair.Data(values=[one for one in rows if one["name"] not in named]))
    others = others.mark_line(color="#bbb", strokeWidth=1).encode(x=size, y=time, detail="name:N")
    chart = others + shown.mark_line(strokeWidth=2) + shown.mark_point(filled=True, size=30)
    return chart.properties(width=260, height=320)


def draw(results: Path, picture: Path) -> None:
    """Builds, look-ups and saved queries side by side; of the queries the six slowest on the largest graph are named."""
    figures = last(results)
    builds = [
        one | {"name": f"{one['name']}, {one['engine']}"}
        for one in figures
        if one["part"] in ("build", "change")
    ]
    ours = [one for one in figures if one["engine"] == "ours"]
    lookups = [one for one in ours if one["part"] == "lookups"]
    asked = [one for one in ours if one["part"] == "questions"]
    largest = max((one["triples"] for one in asked), default=0)
    slowest = sorted((one for one in asked if one["triples"] == largest), key=lambda one: -one["seconds"])[:6]
    panels = [
        panel(builds, "Builds", sorted({one["name"] for one in builds})),
        panel(lookups, "Look-ups", sorted({one["name"] for one in lookups})),
        panel(asked, "Saved queries (grey: the quicker ones)", [one["name"] for one in slowest]),
    ]
    altair.hconcat(*panels).resolve_scale(color="independent").save(picture)


if __name__ == "__main__":
    draw(*map(Path, sys.argv[1:]))
