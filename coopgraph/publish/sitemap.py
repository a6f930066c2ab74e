"""Which pages there are, for search engines: `sitemap.xml` and `robots.txt`.

Sources: https://www.sitemaps.org/protocol.html; RFC 9309.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from pyoxigraph import NamedNode

from coopgraph.publish.pages import LANGUAGES
from coopgraph.publish.publication import Publication
from coopgraph.publish.site import Site

MOST = 10_000
"""Pages in one file; the protocol allows 50,000 addresses of pages, and each page has its languages."""
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_CONCEPTS = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?concept WHERE { { ?concept skos:inScheme ?scheme } UNION { ?concept a skos:ConceptScheme } } ORDER BY ?concept
"""


def pages(site: Site, *, live: bool) -> Iterator[str]:
    """The path, without suffix, of every page; without a server, none of a query that needs parameters."""
    yield from ("", "map", "ns", "shapes", "query", "doc/concept")
    for folder, things in site.folders.items():
        yield f"doc/{folder}"
        yield from _paths(site, things)
    concepts = [one for (one,) in site.store.select(_CONCEPTS) if isinstance(one, NamedNode)]
    yield from _paths(site, concepts)
    for name, query in sorted(site.queries.items()):
        if live or not query.params:
            yield f"query/{name}"


def _paths(site: Site, things: Sequence[NamedNode]) -> Iterator[str]:
    for thing in things:
        path = site.path_of(thing.value)
        if path is not None and "#" not in path:
            yield path


def sitemaps(published: Publication) -> dict[str, bytes]:
    """The sitemap by the name of its file; where one is too long, `sitemap.xml` points to its parts."""
    entries = [_entry(published.address, path) for path in pages(published.site, live=published.live)]
    parts = [entries[start : start + MOST] for start in range(0, len(entries), MOST)]
    if len(parts) == 1:
        return {"sitemap.xml": _urls(parts[0])}
    files = {f"sitemap-{number}.xml": _urls(part) for number, part in enumerate(parts, start=1)}
    places = "".join(f"<sitemap><loc>{escape(published.address + name)}</loc></sitemap>\n" for name in files)
    return {"sitemap.xml": f"{_HEAD}<sitemapindex {_SPACE}>\n{places}</sitemapindex>\n".encode(), **files}


def _urls(entries: Sequence[str]) -> bytes:
    links = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f"{_HEAD}<urlset {_SPACE} {links}>\n{''.join(entries)}</urlset>\n".encode()


def _entry(address: str, path: str) -> str:
    """A page in each of its languages, and each of these with the others."""
    places = {language: escape(f"{address}{path or 'index'}.{language}.html") for language in LANGUAGES}
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{place}"/>'
        for language, place in places.items()
    )
    return "".join(f"<url><loc>{place}</loc>{others}</url>\n" for place in places.values())


def robots(published: Publication) -> bytes:
    """What crawlers may fetch: every page and file, but not the questions that a server works out for each asker."""
    asked = ("sparql", "reconcile", "search", "suggest") if published.live else ()
    start = urlsplit(published.address).path
    lines = ["User-agent: *", *(f"Disallow: {start}{path}" for path in asked), "Allow: /", ""]
    return "\n".join([*lines, f"Sitemap: {published.address}sitemap.xml", ""]).encode()
