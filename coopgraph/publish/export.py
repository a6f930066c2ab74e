"""The whole site as files, for any plain web server: pages, data in every form, dumps, catalogue, feeds, answers of saved queries.

What a page holds is made by the same functions that the server calls, so that the two say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import Triple

from coopgraph.build.assemble import Progress, silent
from coopgraph.publish.answers import answer_view
from coopgraph.publish.assets import asset, assets
from coopgraph.publish.catalogue import catalogue
from coopgraph.publish.configurations import configurations
from coopgraph.publish.facts import PREFIXES
from coopgraph.publish.feed import atom, changes, patch_path
from coopgraph.publish.files import BATCH, SUFFIXES, Made, file_of, held, href_from, makers
from coopgraph.publish.folder import ours, put
from coopgraph.publish.map_page import DATA
from coopgraph.publish.pages import LANGUAGES, Frame, message_page, style
from coopgraph.publish.publication import Publication
from coopgraph.publish.query_page import Asked, Beside, query_page
from coopgraph.publish.represent import LIST_FORMS, represent
from coopgraph.publish.search_files import search_files
from coopgraph.publish.serialise import FORMS, serialise
from coopgraph.publish.site import open_site
from coopgraph.publish.sitemap import pages, robots, sitemaps
from coopgraph.publish.surroundings import view_of_all
from coopgraph.publish.views import SUFFIX
from coopgraph.publish.void import void
from coopgraph.publish.words import words
from coopgraph.queries.run import run_saved
from coopgraph.queries.saved import SavedQuery

ANSWERS = ("csv", "tsv", "json", "jsonl", "xlsx", "parquet", "geojson", "graphml", "sparql-json")
"""The forms in which the answers of saved queries are written."""


@dataclass
class Exported:
    """What a run did: how many files it wrote, found as they should be, and removed."""

    written: int = 0
    kept: int = 0
    removed: int = 0
    paths: set[str] = field(default_factory=set, repr=False)

    def count(self, path: str, written: bool) -> None:
        self.paths.add(path)
        self.written += written
        self.kept += not written


def export(published: Publication, folder: Path, *, progress: Progress = silent) -> Exported:
    """Write the site to a folder that is empty, new, or ours. Only what has changed is written; what went is removed.

    Raises ProjectError for a folder that holds somebody else's files, and StoreError when it can't be written.
    """
    done, site = Exported(), open_site(published.site.project, held(published.snapshot.store))
    published = replace(published, site=site)
    with ours(folder) as target:
        first = list(pages(site, live=False))
        with makers(published, target.root, len(first)) as make:
            waiting: set[Future[Made]] = set()
            seen: set[str] = set()

            def ask(paths: Sequence[str]) -> None:
                target.announce(file_of(path, suffix) for path in paths for suffix in (*SUFFIXES, SUFFIX))
                seen.update(paths)
                waiting.update(make(paths[at : at + BATCH]) for at in range(0, len(paths), BATCH))

            ask(first)
            for path, content in _others(published):  # while other processes make the pages
                target.announce([path])
                done.count(path, put(target.root, path, content))
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                linked: set[str] = set()
                for made in ready:
                    for path, written in made.result().files:
                        done.count(path, written)
                    linked |= made.result().linked
                # what nothing lists but something links to: the further parts of a long page, a concept outside every scheme
                ask(sorted(linked - seen))
                progress(len(done.paths) // len(SUFFIXES), len(seen))
        progress(len(seen), len(seen))
        done.removed = target.keep(done.paths)
    return done


def _others(published: Publication) -> Iterator[tuple[str, bytes]]:
    """Every file but those that belong to a page."""
    yield "style.css", style()
    yield from ((f"assets/{name}", asset(name) or b"") for name in assets())
    yield "index.html", _front(published)
    yield from _lists(published)
    yield DATA, view_of_all(published.site).json()
    yield from search_files(published.site)
    yield from _data(published)
    yield from _feeds(published)
    for query in published.site.queries.values():
        if not query.params:
            yield from _answers(published, query)
    yield from configurations(published.site).items()
    for language in LANGUAGES:
        # shown at any address, so that its links go from the root
        frame = Frame(published.site, "404", language, lambda path: "/" + path, live=False)
        text = words(language)
        yield f"404.{language}.html", message_page(frame, text["not_found"], text["not_found_text"]).encode()


def _front(published: Publication) -> bytes:
    """What a server shows that is asked for the folder: the front page in the first language."""
    found = represent(published.site, "", f"{LANGUAGES[0]}.html", href=href_from("", set()), live=False)
    assert found is not None
    return found


def _lists(published: Publication) -> Iterator[tuple[str, bytes]]:
    """Each list of things as a table to take away, whole."""
    for folder in ("concept", *published.site.folders):
        for form in LIST_FORMS:
            content = represent(published.site, f"doc/{folder}", form, href=str, language=LANGUAGES[0])
            if content is not None:
                yield f"doc/{folder}.{form}", content


def _data(published: Publication) -> Iterator[tuple[str, bytes]]:
    prefixes = {**published.site.namespaces.prefixes, **PREFIXES}

    def written(triples: list[Triple], form: str) -> bytes:
        return serialise(triples, form, prefixes)

    told = catalogue(published)
    for form in FORMS:
        yield f"catalog.{form}", written(told, form)
    yield ".well-known/void", written(void(published), "ttl")
    for dump in published.dumps:
        yield f"dump/{dump.name}", dump.path.read_bytes()


def _feeds(published: Publication) -> Iterator[tuple[str, bytes]]:
    yield "feed.atom", atom(published, "sv")
    yield "feed.en.atom", atom(published, "en")
    yield "changes.json", changes(published)
    for change in published.changes:
        yield patch_path(change), change.path.read_bytes()
    yield from sitemaps(published).items()
    yield "robots.txt", robots(published)


def _answers(published: Publication, query: SavedQuery) -> Iterator[tuple[str, bytes]]:
    """The page of a saved query with its answer, and the answer as data; beyond PAGE rows, as data alone."""
    site, path = published.site, f"query/{query.name}"
    yield f"{path}.rq", query.text.encode()
    for language in LANGUAGES:
        table = run_saved(query, {}, site.store, site.namespaces, language=language)
        own = "" if language == LANGUAGES[0] else f".{language}"
        href = href_from(path, set())
        frame = Frame(site, path, language, href, live=False)
        page = query_page(
            frame,
            query,
            Asked(),
            table=table,
            beside=Beside([(form, href(f"{path}{own}.{form}")) for form in ANSWERS]),
        )
        yield f"{path}.{language}.html", page.encode()
        for form in ANSWERS:
            yield f"{path}{own}.{form}", table.format(form)
        if not own:
            yield f"{path}.{SUFFIX}", answer_view(site, table).json()
