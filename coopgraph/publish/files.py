"""Pages as files: each page in every form, with links that hold wherever the folder is put, made by several processes."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
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
from coopgraph.store.remembered import Remembered

SUFFIXES = (*FORMS, *(f"{language}.html" for language in LANGUAGES))
"""The forms of a page."""
PART = ".page-"
"""What comes before the number in the path of a part of a page that is too long for one."""
MANY = 400
"""From so many pages on, more processes than one make them sooner."""
IN_MEMORY = 500_000
"""Up to so many triples a process keeps the graph in memory."""
_BATCH = 40


@dataclass(frozen=True)
class Made:
    """Pages made: the path of each file with whether it was written, and the pages that they link to."""

    files: list[tuple[str, bool]]
    linked: set[str]


def file_of(path: str, suffix: str) -> str:
    """The file of a page in a form. Addresses are escaped, names of files are not."""
    return unquote(f"{path or 'index'}.{suffix}")


def page_of(file: str) -> str | None:
    """The page that an address within the site leads to; None where it leads to no page."""
    path = file.partition("#")[0]
    for suffix in SUFFIXES:
        if path.endswith("." + suffix):
            path = path.removesuffix("." + suffix)
            return "" if path == "index" else path
    return None


def make(published: Publication, root: Path, paths: Sequence[str]) -> Iterator[Made]:
    """Write the pages at these paths below `root`, in several processes where there are many."""
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    if len(paths) < MANY:
        site = _remembering(published.site)
        yield from (_made(site, root, batch) for batch in batches)
        return
    project, store = published.site.project, published.snapshot.folder / "store"
    context, number = get_context("spawn"), len(os.sched_getaffinity(0))
    pipes, processes = [], []
    try:
        for place in range(number):
            here, there = context.Pipe(duplex=False)
            process = context.Process(
                target=_work, args=(project, store, root, batches[place::number], there), daemon=True
            )
            process.start()
            there.close()
            pipes.append(here)
            processes.append(process)
        yield from _results(pipes)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _results(pipes: list[Connection]) -> Iterator[Made]:
    """What the processes send until each has sent None."""
    while pipes:
        for pipe in wait(pipes):
            assert isinstance(pipe, Connection)
            try:
                result = pipe.recv()
            except EOFError:
                raise StoreError(
                    "A process that made pages has ended. Publish again; what is done is kept.",
                    "En process som skrev sidor har avslutats. Publicera igen; det som är gjort finns kvar.",
                ) from None
            if result is None:
                pipes.remove(pipe)
            elif isinstance(result, Exception):
                raise result
            else:
                yield result


def _work(
    project: Project, store: Path, root: Path, batches: Sequence[Sequence[str]], pipe: Connection
) -> None:
    """Make batches in a process of its own, which ends with the one that asked, however that ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        site = _remembering(open_site(project, _held(LocalStore.open(store))))
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)  # a page makes many small things and hardly a cycle
        for batch in batches:
            pipe.send(_made(site, root, batch))
        pipe.send(None)
    except (BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:  # noqa: BLE001 - told by the process that asked
        pipe.send(error)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _held(store: LocalStore) -> LocalStore:
    """The store in memory, where it fits: many small questions are answered in two thirds of the time."""
    return LocalStore.memory(store.engine) if len(store.engine) <= IN_MEMORY else store


def _remembering(site: Site) -> Site:
    """The site with a store that answers a question of one page once for all its forms."""
    return replace(site, store=Remembered(site.store))


def _made(site: Site, root: Path, paths: Sequence[str]) -> Made:
    assert isinstance(site.store, Remembered)
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
        site.store.forget()
    return made


def href_from(path: str, linked: set[str]) -> Href:
    """Addresses relative to the page at a path; the pages that they lead to are added to `linked`."""

    def href(target: str) -> str:
        page = page_of(target)
        if page is not None:
            linked.add(page)
        return relative(target, path)

    return href
