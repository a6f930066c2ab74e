"""What the lists of a site say: concept schemes, things in the order of their names, names of folders."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import NamedNode

from coopgraph.publish.gathered import spoken
from coopgraph.publish.site import Site
from coopgraph.publish.words import FOLDERS

_SCHEMES = "SELECT DISTINCT ?scheme WHERE { ?scheme a <http://www.w3.org/2004/02/skos/core#ConceptScheme> } ORDER BY ?scheme"


def schemes(site: Site) -> list[NamedNode]:
    """The concept schemes that have a page."""
    return [
        scheme
        for (scheme,) in site.store.select(_SCHEMES)
        if isinstance(scheme, NamedNode) and site.path_of(scheme.value) is not None
    ]


def named(site: Site, things: Sequence[NamedNode], language: str) -> list[tuple[NamedNode, str]]:
    """The things with their names, in the order of the names; a prefixed name stands in where there is none."""
    found = spoken(site.memory.labels.of(things), language)
    pairs = [(thing, found.get(thing.value) or site.namespaces.shorten(thing.value)) for thing in things]
    return sorted(pairs, key=lambda pair: (pair[1].casefold(), pair[0].value))


def folder_name(folder: str, language: str) -> str:
    """The name of a folder of things; the folder itself where it is the dataset's own."""
    both = FOLDERS.get(folder, (folder, folder))
    return both[0] if language == "sv" else both[1]
