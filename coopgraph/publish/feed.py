"""What has changed: a feed for people who follow along (Atom), and a list of patches for machines that replay them.

Sources: Atom, RFC 4287; RDF Patch, https://afs.github.io/rdf-delta/rdf-patch
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from html import escape
from xml.etree import ElementTree as Xml

from pyoxigraph import NamedNode

from coopgraph.build.changes import SUFFIX, Change
from coopgraph.publish.publication import Publication
from coopgraph.publish.void import DATASET
from coopgraph.queries.run import labels

ENTRIES = 50
"""How many versions the Atom feed tells of; the list for machines has all."""
NAMED = 100
"""How many changed things an entry names."""
PATCH = "application/rdf-patch"
_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_GRAPH = re.compile(r"^[AD] .* <([^<>]*)> \.$", re.MULTILINE)


def atom(published: Publication, language: str) -> bytes:
    """The Atom feed of the versions, the latest first, in Swedish or English."""
    swedish, address = language == "sv", published.address
    Xml.register_namespace("", _ATOM)
    feed = Xml.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})

    def add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
        one = Xml.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
        one.text = _NO_XML.sub("", text) or None
        return one

    own = "feed.atom" if swedish else "feed.en.atom"
    add(feed, "id", published.site.base + DATASET)
    add(feed, "title", published.site.title(language))
    add(feed, "updated", published.modified.isoformat())
    add(feed, "link", rel="self", type="application/atom+xml", href=address + own)
    add(feed, "link", rel="alternate", type="text/html", href=f"{address}index.{language}.html")
    add(feed, "link", rel="alternate", type="application/json", href=address + "changes.json")
    names = published.site.project.publisher
    add(add(feed, "author"), "name", names.get(language) or next(iter(names.values()), published.site.base))
    for change in reversed(published.changes[-ENTRIES:]):
        entry = add(feed, "entry")
        add(entry, "id", change.id)
        more = (
            f"{change.added} tillagda och {change.removed} borttagna påståenden"
            if swedish
            else f"{change.added} statements added and {change.removed} removed"
        )
        add(entry, "title", f"Version {change.version}: {more}")
        add(entry, "updated", change.when.isoformat())
        add(entry, "link", rel="enclosure", type=PATCH, href=address + patch_path(change))
        add(entry, "link", rel="alternate", type="text/turtle", href=address + "catalog.ttl")
        add(entry, "content", _named(published, change, language), type="html")
    written: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def changes(published: Publication) -> bytes:
    """Every version, the oldest first, as JSON: its name, when it came, and the patch that leads to it from the one before."""
    found = []
    for change in published.changes:
        content = change.path.read_bytes()
        found.append(
            {
                "version": change.version,
                "id": change.id,
                "previous": change.previous,
                "when": change.when.isoformat(),
                "added": change.added,
                "removed": change.removed,
                "patch": published.address + patch_path(change),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    told = {
        "dataset": published.site.base + DATASET,
        "version": published.version,
        "id": published.changes[-1].id if published.changes else None,
        "dump": published.address + "dump/data.trig",
        "changes": found,
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def patch_path(change: Change) -> str:
    """The path of the site at which a change's patch is found."""
    return f"changes/{change.version}{SUFFIX}"


def _named(published: Publication, change: Change, language: str) -> str:
    """The things whose files changed, as HTML."""
    text = gzip.decompress(change.path.read_bytes()).decode()
    start = published.site.namespaces.graph_of("").value
    paths = sorted({graph[len(start) :] for graph in _GRAPH.findall(text) if graph.startswith(start)})
    things = [NamedNode(published.site.namespaces.thing_of(path)) for path in paths[:NAMED]]
    return f"<ul>{''.join(_items(published, things, language))}</ul>" if things else ""


def _items(published: Publication, things: list[NamedNode], language: str) -> Iterable[str]:
    site, named = published.site, labels(things, published.site.store, language)
    for thing in things:
        path, name = site.path_of(thing.value), named.get(thing.value)
        if name is None:  # the thing is gone
            yield f"<li>{escape(site.namespaces.shorten(thing.value))}</li>"
        else:
            link = escape(f"{published.address}{path}.{language}.html")
            yield f'<li><a href="{link}">{escape(name)}</a></li>'
