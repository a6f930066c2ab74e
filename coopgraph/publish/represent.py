"""Every page of the graph in every form, as bytes: what the server sends and what the export writes.

represent(site, "doc/organisation/x", "ttl", href=…)        RDF, the same in every language
represent(site, "doc/organisation/x", "sv.html", href=…)    a page
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple

from coopgraph.publish.front_page import front_page
from coopgraph.publish.graph import (
    PAGE,
    gathered,
    list_graph,
    ontology_graph,
    query_graph,
    shapes_graph,
    thing_graph,
)
from coopgraph.publish.index import folder_name, schemes
from coopgraph.publish.list_page import list_file, list_page
from coopgraph.publish.listing import listing
from coopgraph.publish.map_page import PATH as MAP
from coopgraph.publish.map_page import map_page
from coopgraph.publish.pages import Frame, Href
from coopgraph.publish.query_page import queries_page
from coopgraph.publish.serialise import serialise, serialise_all
from coopgraph.publish.site import Site
from coopgraph.publish.terms_page import ontology_page, shapes_page
from coopgraph.publish.thing_page import thing_page
from coopgraph.publish.words import words
from coopgraph.store.lookup import known

FIRST = "sv"
"""The language by whose names a list is ordered where it has none."""
LIST_FORMS = ("csv", "xlsx")
"""The forms in which a list can be taken away, beside those of RDF."""


class Retired(NamedTuple):
    """A thing that no longer is; `successor` took its place."""

    successor: NamedNode | None


_RETIRED = """
SELECT ?successor WHERE {
  %s <http://www.w3.org/2002/07/owl#deprecated> true .
  OPTIONAL { %s <http://purl.org/dc/terms/isReplacedBy> ?successor }
} ORDER BY ?successor LIMIT 1
"""


def represent(
    site: Site,
    path: str,
    form: str,
    *,
    href: Href,
    live: bool = True,
    page: int = 1,
    query: str = "",
    data: str = "",
    asked: Mapping[str, str] | None = None,
    language: str = "sv",
) -> bytes | None:
    """The page at a path (without suffix) in a form; None where there is nothing at that path, or nothing in that form.

    Paths: "" (the front page), "doc/…", "ns", "shapes", "query", "query/…" (RDF alone). `query` is what the link to
    the other language carries on, `data` the same page's JSON-LD, which saves making it again for the HTML. A list is
    narrowed and sorted as `asked`, and comes in LIST_FORMS too, with names in a `language`.
    """
    spoken, _, html = form.rpartition(".")
    if html == "html":
        text = _page(Frame(site, path, spoken, href, live, query=query, data=data), page, asked or {})
        return None if text is None else text.encode()
    if form in LIST_FORMS:
        listed = listed_at(site, path)
        frame = Frame(site, path, language, href, live)
        return list_file(frame, path[len("doc/") :], listed, form, asked or {}) if listed else None
    triples = graph_at(site, path, page)
    if not triples:
        return None
    return serialise(triples, form, site.namespaces.prefixes, first=_first(site, path))


def data_of(site: Site, path: str, *, page: int = 1) -> dict[str, bytes]:
    """The page at a path in every form of RDF, as `represent` gives each; empty where there is nothing."""
    triples = graph_at(site, path, page)
    if not triples:
        return {}
    return serialise_all(triples, site.namespaces.prefixes, first=_first(site, path))


def _first(site: Site, path: str) -> NamedNode | None:
    """The thing that the document at a path tells of first."""
    return site.thing_at(path.removeprefix("doc/")) if path.startswith("doc/") else None


def exists(site: Site, thing: NamedNode) -> bool:
    """Whether the graph says anything of the thing."""
    return bool(known(site.store, [thing]))


def retired(site: Site, thing: NamedNode) -> Retired | None:
    """Whether a thing was retired, and what took its place; None for one that was not."""
    for (successor,) in site.store.select(_RETIRED % (thing, thing)):
        return Retired(successor if isinstance(successor, NamedNode) else None)
    return None


def _page(frame: Frame, page: int, asked: Mapping[str, str]) -> str | None:
    site, path, t = frame.site, frame.path, words(frame.language)
    if path == "":
        return front_page(frame)
    if path in ("ns", "shapes"):
        return ontology_page(frame) if path == "ns" else shapes_page(frame)
    if path == MAP:
        return map_page(frame)
    if path == "query":
        return queries_page(frame, list(site.queries.values()))
    listed = listed_at(site, path)
    if listed:
        folder = path[len("doc/") :]
        name = t["schemes"] if path == "doc/concept" else folder_name(folder, frame.language)
        return list_page(frame, name, folder, listed, page=page, asked=asked)
    if not path.startswith("doc/"):
        return None
    thing = site.thing_at(path.removeprefix("doc/"))
    return thing_page(frame, thing, page=page) if gathered(site, thing, page) else None


def graph_at(site: Site, path: str, page: int = 1) -> list[Triple]:
    """The triples that the page at a path holds; none where there is nothing."""
    if path == "ns":
        return ontology_graph(site)
    if path == "shapes":
        return shapes_graph(site)
    if path == "query" or path.startswith("query/"):
        return [
            triple
            for query in site.queries.values()
            if path in ("query", f"query/{query.name}")
            for triple in query_graph(site, query)
        ]
    if not path.startswith("doc/"):
        return []
    listed = listed_at(site, path)
    if listed:
        lines = listing(
            site, path[len("doc/") :], listed, FIRST
        ).lines  # in the order that readers have them in
        return list_graph(site, path, [line.thing for line in lines[(page - 1) * PAGE : page * PAGE]])
    return thing_graph(site, site.thing_at(path.removeprefix("doc/")), page=page)


def listed_at(site: Site, path: str) -> Sequence[NamedNode]:
    """The things of a path that is a list; none where it is not."""
    folder = path.removeprefix("doc/")
    if not path.startswith("doc/") or "/" in folder:
        return ()
    return schemes(site) if folder == "concept" else site.folders.get(folder, ())
