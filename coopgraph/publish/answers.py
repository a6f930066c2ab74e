"""Which pictures the answer of a saved query allows, and what they show; decided by what is in its columns."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import Literal, NamedNode

from coopgraph.dates import bounds
from coopgraph.publish.site import Site
from coopgraph.publish.surroundings import BODIES, LINKS, nodes_of, view_of_links
from coopgraph.publish.timeline import Span, Timeline, drawn, span_of
from coopgraph.publish.views import Tie, View
from coopgraph.queries.table import Table
from coopgraph.store import Term

VIEWS = ("table", "map", "timeline", "network", "chart")
"""The ways to show an answer, in the order in which they are offered."""
_START, _END, _MOMENT = ("start", "from"), ("end", "to"), ("date",)


def answer_view(site: Site, table: Table) -> View:
    """What map and network show of an answer: the parties of the partnerships in it; where there is none, the bodies of each row."""
    things = dict.fromkeys(term for row in table.terms for term in row if isinstance(term, NamedNode))
    links = [one for one in things if _folder(site, one) in LINKS]
    if links:
        return view_of_links(site, links)
    rows = [
        [term for term in row if isinstance(term, NamedNode) and _folder(site, term) in BODIES]
        for row in table.terms
    ]
    order = {term: place for place, term in enumerate(dict.fromkeys(term for row in rows for term in row))}
    pairs = dict.fromkeys(
        (order[row[0]], order[other]) for row in rows for other in row[1:] if other != row[0]
    )
    ties = [Tie({}, None, "membership", pair) for pair in pairs]
    return View(nodes_of(site, [term.value for term in order]), ties)


def answer_timeline(
    site: Site, table: Table, view: View, language: str, *, link: Callable[[str], str | None]
) -> Timeline | None:
    """A bar for each row that has dates; None where the answer has no column of them.

    Where the rows are events of partnerships, a bar for each partnership instead, from its start to its end. `view` is that of
    the same answer, which knows these, and how long a partnership is told of.
    """
    start, end, moment = (_dates(table, names) for names in (_START, _END, _MOMENT))
    if start is None and moment is None:
        return None
    ties = {tie.path: tie for tie in view.ties}
    status = next((n for n, name in enumerate(table.columns) if name in ("event", "status")), None)
    spans = []
    for row, texts in zip(table.terms, table.shown(), strict=True):
        named = _named(row)
        about = row[named].value if named is not None else ""  # type: ignore[union-attr]
        tie = ties.get(site.path_of(about)) if about else None
        if start is None and tie is not None and tie.kind == "partnership":
            spans.append(span_of(tie, view, language, name=texts[named or 0], link=link(about)))
            continue
        place = start if start is not None else moment
        spans.append(
            Span(
                texts[named] if named is not None else "",
                link(about) if about else None,
                _text(row, place),
                _text(row, end),
                tie.known_until if tie is not None else "",
                texts[status] if status is not None else "",
                moment=start is None,
            )
        )
    found = drawn(list(dict.fromkeys(spans)), language)
    return found if found.bars else None


def _dates(table: Table, names: tuple[str, ...]) -> int | None:
    """The column of dates of one of these names."""
    for place, column in enumerate(table.columns):
        found = [row[place] for row in table.terms if row[place] is not None]
        if column in names and found and all(_is_date(one) for one in found):
            return place
    return None


def _is_date(term: Term | None) -> bool:
    if not isinstance(term, Literal):
        return False
    try:
        bounds(term.value)
    except ValueError:
        return False
    return True


def _named(row: tuple[Term | None, ...]) -> int | None:
    """Where the thing stands that a row is about: the first that is no concept."""
    things = [place for place, term in enumerate(row) if isinstance(term, NamedNode)]
    facts = [place for place in things if not _is_concept(row[place])]
    return next(iter(facts or things), None)


def _is_concept(term: Term | None) -> bool:
    return isinstance(term, NamedNode) and ("/concept/" in term.value or "/authority/" in term.value)


def _text(row: tuple[Term | None, ...], place: int | None) -> str:
    term = row[place] if place is not None else None
    return term.value if term is not None else ""


def _folder(site: Site, thing: NamedNode) -> str:
    path = site.path_of(thing.value) or ""
    return path.split("/")[1] if path.startswith("doc/") and path.count("/") > 1 else ""
