"""Pages as files: each page in every form, with links that hold wherever the folder is put, made by several processes."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from urllib.parse import unquote

from coopgraph.errors import StoreError
from coopgraph.project import Project
from coopgraph.publish.folder import put
from coopgraph.publish.pages import LANGUAGES, Href
from coopgraph.publish.publication import Publication
from coopgraph.publish.represent import data_of, represent
from coopgraph.publish.serialise import FORMS
from coopgraph.publish.site import Site, open_site, relative
from coopgraph.publish.surroundings import view_data
from coopgraph.publish.views import SUFFIX
from coopgraph.store.local import LocalStore

SUFFIXES = (*FORMS, *(f"{language}.html" for language in LANGUAGES))
"""The forms of a page."""
PART = ".page-"
"""What comes before the number in the path of a part of a page that is too long for one."""
MANY = 400
"""From so many pages on, more processes than one make them sooner."""
IN_MEMORY = 500_000
"""Up to so many triples a process keeps the graph in memory."""
BATCH = 40
"""Pages that a process makes at a time."""


@dataclass(frozen=True)
class Made:
    """Pages made: the path of each file with whether it was written, and the pages that they link to."""

    files: list[tuple[str, bool]]
    linked: set[str]


def file_of(path: str, suffix: str) -> str:
    """The file of a page in a form. Addresses are escaped, names of files are not."""
    return unquote(f"{path or 'index'}.{suffix}")


@lru_cache(50_000)
def page_of(file: str) -> str | None:
    """The page that an address within the site leads to; None where it leads to no page."""
    path = file.partition("#")[0]
    for suffix in SUFFIXES:
        if path.endswith("." + suffix):
            path = path.removesuffix("." + suffix)
            return "" if path == "index" else path
    return None


@contextmanager
def makers(
    published: Publication, root: Path, pages: int
) -> Iterator[Callable[[Sequence[str]], Future[Made]]]:
    """A function that writes the pages at some paths below `root`: in several processes where there are many pages, else at once."""
    if pages < MANY:
        yield lambda paths: _done(_made(published.site, root, paths))
        return
    number = len(os.sched_getaffinity(0))
    given = published.site.project, published.snapshot.folder / "store"
    pool = ProcessPoolExecutor(number, get_context("spawn"), initializer=_begin, initargs=given)
    try:
        yield lambda paths: pool.submit(_in_process, root, paths)
    except BrokenProcessPool as error:
        raise StoreError(
            "A process that made pages has ended. Publish again; what is done is kept.",
            "En process som skrev sidor har avslutats. Publicera igen; det som är gjort finns kvar.",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _done(made: Made) -> Future[Made]:
    future: Future[Made] = Future()
    future.set_result(made)
    return future


_SITE: list[Site] = []
"""What a process that makes pages works on; empty in every other."""


def _begin(project: Project, store: Path) -> None:
    """Make this process ready for pages; it ends with the one that asked, however that ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asks
    _SITE.append(open_site(project, held(LocalStore.open(store))))
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)  # a page makes many small things and hardly a cycle


def _in_process(root: Path, paths: Sequence[str]) -> Made:
    return _made(_SITE[0], root, paths)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def held(store: LocalStore) -> LocalStore:
    """The store in memory, where it fits: looking statements up takes a tenth of the time."""
    return LocalStore.memory(store.engine) if len(store.engine) <= IN_MEMORY else store


def _made(site: Site, root: Path, paths: Sequence[str]) -> Made:
    made = Made([], set())
    for path in paths:
        whole, _, number = path.partition(PART)
        page = int(number or 1)
        forms: dict[str, bytes | None] = {**data_of(site, whole, page=page)}
        data = (forms.get("jsonld") or b"").decode()
        href = href_from(path, made.linked)
        for language in LANGUAGES:
            form = f"{language}.html"
            forms[form] = represent(site, whole, form, href=href, live=False, page=page, data=data)
        forms[SUFFIX] = view_data(site, whole) if page == 1 else None
        for form, content in forms.items():
            if content is not None:
                file = file_of(path, form)
                made.files.append((file, put(root, file, content)))
    return made


def href_from(path: str, linked: set[str]) -> Href:
    """Addresses relative to the page at a path; the pages that they lead to are added to `linked`."""

    up = relative("", path)

    def href(target: str) -> str:
        page = page_of(target)
        if page is not None:
            linked.add(page)
        return up + target if up != "./" else target or up

    return href
