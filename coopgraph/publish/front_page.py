"""The front page: what this is, how much there is of it, what has changed, and the ways in."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from coopgraph.build.changes import Change, read
from coopgraph.publish.index import folder_name
from coopgraph.publish.pages import Cell, Frame, known, render
from coopgraph.publish.site import Site
from coopgraph.publish.words import words
from coopgraph.queries.run import labels, run_saved
from coopgraph.queries.saved import SavedQuery

TOPICS = 14
"""How many topics are named; the list of topics has all."""
CHANGES = 3
THINGS = 6
"""How many of the latest changes are told of, and how many things of each are named."""
_COUNTRIES = """
PREFIX coop: <https://w3id.org/coopgraph/ns#>
SELECT ?country (COUNT(DISTINCT ?partnership) AS ?number)
WHERE { ?partnership a coop:Partnership ; coop:hasParty ?body . ?body coop:country ?country }
GROUP BY ?country ORDER BY DESC(?number) ?country
"""
_TOPICS = f"""
PREFIX coop: <https://w3id.org/coopgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?topic (COUNT(DISTINCT ?partnership) AS ?number)
WHERE {{ ?partnership a coop:Partnership ; dct:subject ?topic }}
GROUP BY ?topic ORDER BY DESC(?number) ?topic LIMIT {TOPICS}
"""
_STARTERS = (
    "partnership/by-topic",
    "partnership/outside-eu",
    "network/overlap",
    "network/shared-memberships",
    "partnership/timeline",
    "partnership/by-kind",
)
_MOST_STARTERS = 4
_QUOTES = "SELECT (COUNT(?one) AS ?number) WHERE { ?one a <https://w3id.org/coopgraph/ns#Evidence> }"
_FIGURES = ("organisation", "partnership", "network", "agreement", "source")
_GRAPH = re.compile(r"^[AD] .* <([^<>]*)> \.$", re.MULTILINE)


@dataclass(frozen=True)
class Lately:
    """A change: when, how many statements more and less, and some of the things that it touched."""

    when: str
    added: int
    removed: int
    things: Sequence[Cell]


def front_page(frame: Frame) -> str:
    """The front page in the reader's language."""
    site, language = frame.site, frame.language
    countries = _counted(site, _COUNTRIES)
    abroad = countries[1:]  # the first is where they are from
    topics = _counted(site, _TOPICS)
    changes = [
        (one, _touched(site, one)) for one in reversed(read(site.project.state / "changes")[1:][-CHANGES:])
    ]
    mentioned = [thing for thing, _ in (*abroad, *topics)] + [
        thing for _, things in changes for thing in things
    ]
    names = labels(list(dict.fromkeys(mentioned)), site.store, language)
    frame = replace(frame, known=known(site, [thing.value for thing in mentioned]))

    def cell(thing: NamedNode) -> Cell:
        return Cell(names.get(thing.value) or site.namespaces.shorten(thing.value), frame.link(thing.value))

    def most_first(counted: Sequence[tuple[NamedNode, int]]) -> list[tuple[Cell, int]]:
        cells = [(cell(thing), number) for thing, number in counted]
        return sorted(cells, key=lambda one: (-one[1], one[0].text.casefold()))

    quotes = next((int(row[0].value) for row in site.store.select(_QUOTES) if row[0] is not None), 0)
    dataset = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": site.base,
        "name": site.title(language),
        "license": site.project.licence,
    }
    return render(
        frame,
        "front.html",
        title=site.title(language),
        kinds=[
            (f"doc/{folder}", folder_name(folder, language), len(things))
            for folder, things in site.folders.items()
        ],
        figures=[
            (Cell(folder_name(folder, language), frame.page(f"doc/{folder}")), len(site.folders[folder]))
            for folder in _FIGURES
            if folder in site.folders
        ],
        quotes=quotes,
        countries=most_first(abroad),
        topics=most_first(topics),
        lately=[
            Lately(
                one.when.date().isoformat(),
                one.added,
                one.removed,
                [cell(thing) for thing in things[:THINGS]],
            )
            for one, things in changes
        ],
        starting=_starting(frame),
        data=[json.dumps(dataset, ensure_ascii=False)],
    )


def _counted(site: Site, query: str) -> list[tuple[NamedNode, int]]:
    return [
        (thing, int(number.value))
        for thing, number in site.store.select(query)
        if isinstance(thing, NamedNode) and number is not None
    ]


def _touched(site: Site, change: Change) -> list[NamedNode]:
    """The things whose files a change touched, some of them."""
    text = gzip.decompress(change.path.read_bytes()).decode()
    start = site.namespaces.graph_of("").value
    graphs = dict.fromkeys(graph for graph in _GRAPH.findall(text) if graph.startswith(start))
    return [NamedNode(site.namespaces.thing_of(graph[len(start) :])) for graph in list(graphs)[:THINGS]]


def _starting(frame: Frame) -> list[Cell]:
    """Questions to start with, each of which leads to an answer."""
    found = []
    for query in frame.site.memory.once(_answering, frame.language, frame.site, frame.language):
        if frame.live or not query.params:
            title = query.title.get(frame.language, query.name)
            found.append(Cell(title, frame.page(f"query/{query.name}")))
    every = Cell(words(frame.language)["all_questions"], frame.page("query"))
    return [*found, every]


def _answering(site: Site, language: str) -> list[SavedQuery]:
    """The first questions that have rows on this data, or a field that must be filled in before they have."""
    found: list[SavedQuery] = []
    for query in (site.queries[name] for name in _STARTERS if name in site.queries):
        asks = any(not one.optional for one in query.params.values())
        if asks or len(run_saved(query, {}, site.store, site.namespaces, language=language)):
            found.append(query)
        if len(found) == _MOST_STARTERS:
            break
    return found
