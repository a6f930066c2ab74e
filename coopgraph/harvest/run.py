"""One harvest: ask page by page, keep what comes, and when the whole is in replace `data/import/NAME.nt.gz` with it."""

from __future__ import annotations

import datetime
import fcntl
import gzip
import hashlib
import io
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from coopgraph.errors import ProjectError, StoreError, UsageError, system_text
from coopgraph.harvest.changes import Change, changes
from coopgraph.harvest.fetch import Endpoint, Manners, Waiting
from coopgraph.harvest.fit import fitted, settled
from coopgraph.harvest.ontology import functional, vocabulary
from coopgraph.harvest.pages import Pages, begin, write
from coopgraph.harvest.provenance import provenance
from coopgraph.iris import Namespaces, namespaces
from coopgraph.project import DEFAULT_BASE, Project
from coopgraph.queries.harvests import FOLDER, KEY, KEYS, Harvest, load_harvest
from coopgraph.turtle import MAX_BYTES, read

Progress = Callable[[int, int], None]
"""Told after each page: how many pages and how many keys have come."""

_LINES = 10_000
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class Harvested:
    """What a harvest brought. `known` is how many of its things the dataset describes elsewhere already.

    `kept` is how many pages an earlier run had fetched, `first` whether there was no such file before.
    """

    path: Path
    endpoint: str
    triples: int
    pages: int
    kept: int
    known: int
    first: bool
    changes: tuple[Change, ...]


def harvest(
    project: Project,
    name: str,
    *,
    endpoint: str | None = None,
    page: int | None = None,
    accept: bool = False,
    manners: Manners | None = None,
    today: datetime.date | None = None,
    progress: Progress = lambda pages, keys: None,
    waiting: Waiting = lambda said, seconds: None,
) -> Harvested:
    """Fetch what a saved harvest asks for and write it to `data/import/`; `page` is how many keys are asked for at a time.

    `accept` lets it replace what was there even where more than half of that goes. Raises StoreError where the endpoint
    does not give all of it, ProjectError where it can't be taken in: in both cases the file stays as it was.
    """
    saved = load_harvest(project, name)
    url = endpoint or saved.endpoint
    if not url:
        raise UsageError(
            f"{name} names no endpoint. Name it: coopgraph harvest {name} --endpoint URL",
            f"{name} anger ingen SPARQL-tjänst. Ange den: coopgraph harvest {name} --endpoint URL",
        )
    try:
        with _alone(project):
            today = today or datetime.date.today()
            names = namespaces(project)
            asked = {"endpoint": url, "query": saved.text(names)}
            pages = begin(project.state / "harvest" / saved.name, asked, today, accept=accept)
            kept = pages.count
            agent = f"coopgraph/{version('coopgraph')} (+{DEFAULT_BASE}; {project.base})"
            asking = Endpoint(url, agent=agent, manners=manners or Manners(), waiting=waiting)
            _fetch(saved, asking, pages, names, page, vocabulary(project), progress)
            return _take_in(project, saved, url, pages, names, kept, accept)
    except OSError as error:
        said = system_text(error)
        where = error.filename or project.state
        raise StoreError(
            f"{where}: {said.en}. The former file is as it was; make room or give the right to write, and harvest again.",
            f"{where}: {said.sv}. Den förra filen är som den var; frigör utrymme eller ge skrivrätt, och hämta igen.",
        ) from error


def _fetch(
    saved: Harvest,
    asking: Endpoint,
    pages: Pages,
    names: Namespaces,
    size: int | None,
    known: Collection[NamedNode],
    progress: Progress,
) -> None:
    """Ask for keys, and for page after page of what there is to say of them, until no key is left."""
    size = size or saved.page
    total = sum(len(line) for line in pages.lines())
    things = 0
    while not pages.whole:
        keys = _keys(saved, asking, names, pages.after)
        if not keys:
            pages.add(None, ())
        for at in range(0, len(keys), size):
            page = keys[at : at + size]
            triples = set(asking.construct(saved.of(names, page)))
            for triple in triples:
                _refuse(triple, saved, known, names)
            lines = {f"{triple} ." for triple in triples}
            total += sum(map(len, lines))
            if total > MAX_BYTES:
                raise StoreError(
                    f"{saved.name} has more than {MAX_BYTES // 2**20} MB, which is more than one file can hold. Narrow the query.",
                    f"{saved.name} är större än {MAX_BYTES // 2**20} MB, mer än en fil rymmer. Gör frågan smalare.",
                )
            pages.add(page[-1].value, lines)
            things += len(page)
            progress(pages.count, things)


def _keys(saved: Harvest, asking: Endpoint, names: Namespaces, after: str) -> list[NamedNode]:
    """The next keys in their order; none where no more are left."""
    answer = asking.construct(saved.keys(names, after=after, count=KEYS))
    keys = [one.subject for one in answer if one.predicate == KEY and isinstance(one.subject, NamedNode)]
    if len(keys) < len(answer) or len(keys) > KEYS or any(key.value <= after for key in keys):
        raise StoreError(
            f"{asking.url} answered with other things than those asked for: it does not keep to ORDER BY or LIMIT.",
            f"{asking.url} svarade med annat än det som begärdes: den håller sig inte till ORDER BY eller LIMIT.",
        )
    return sorted(keys, key=lambda one: one.value)


def _refuse(triple: Triple, saved: Harvest, known: Collection[NamedNode], names: Namespaces) -> None:
    """Raise ProjectError for a triple that can't stand in a dataset, at the query that lets it through."""
    short, where = names.shorten(triple.predicate.value), f"{FOLDER}/{saved.name}.rq"
    used = [triple.predicate]
    if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
        used.append(triple.object)
    if unknown := [term for term in used if term not in known]:
        term = names.shorten(unknown[0].value)
        raise ProjectError(
            f"{where}: it gives {term}, which no known vocabulary has. Map it to a term of ontology/ in the CONSTRUCT.",
            f"{where}: den ger {term}, som ingen känd vokabulär har. Översätt den till en term i ontology/ i CONSTRUCT-delen.",
        )
    if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
        raise ProjectError(
            f"{where}: it gives a blank node with {short}. Give everything an IRI: BIND(IRI(CONCAT(…)) AS ?x)",
            f"{where}: den ger en tom nod med {short}. Ge allting en IRI: BIND(IRI(CONCAT(…)) AS ?x)",
        )
    if isinstance(triple.object, Triple) or (isinstance(triple.object, Literal) and triple.object.direction):
        raise ProjectError(
            f"{where}: it gives RDF 1.2 with {short}, which a dataset can't hold.",
            f"{where}: den ger RDF 1.2 med {short}, som en datamängd inte kan innehålla.",
        )


def _take_in(
    project: Project, saved: Harvest, url: str, pages: Pages, names: Namespaces, kept: int, accept: bool
) -> Harvested:
    """Write what has come, fitted into the dataset, if it may replace what was there."""
    path = project.data / "import" / f"{saved.name}.nt.gz"
    answer, sha256 = _answer(pages)
    if not answer:
        pages.clear()
        raise StoreError(
            f"{url} has nothing of what {saved.name} asks for. The former file, if any, is as it was.",
            f"{url} har inget av det som {saved.name} frågar efter. Den förra filen, om det finns någon, är som den var.",
        )
    source = provenance(
        saved,
        names,
        query=saved.text(names),
        endpoint=url,
        publisher=saved.publisher or urlsplit(url).hostname or url,
        day=pages.day,
        sha256=sha256,
        count=len(answer),
    )
    known = [quad.triple for file in project.data_files() if file != path for quad in read(file)]
    found, shared = fitted({*settled(answer, functional(project)), *source}, known)
    former = {quad.triple for quad in read(path)} if path.exists() else set()
    changed = changes(former, found, source=names.thing_of(f"source/{saved.name}"))
    gone = sum(one.removed for one in changed)
    before = sum(one.removed + one.changed + one.same for one in changed)
    if gone * 2 > before and not accept:
        pages.refuse()
        raise ProjectError(
            f"{project.shown(path)}: {gone} of {before} things would go, which is more than half. Nothing was changed. "
            f"If it is right, accept it: coopgraph harvest {saved.name} --yes",
            f"{project.shown(path)}: {gone} av {before} saker skulle försvinna, mer än hälften. Inget ändrades. "
            f"Om det stämmer, godta det: coopgraph harvest {saved.name} --yes",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, _packed(found))
    pages.clear()
    return Harvested(
        path=path,
        endpoint=url,
        triples=len(found),
        pages=pages.count,
        kept=kept,
        known=shared,
        first=not former,
        changes=changed,
    )


def _answer(pages: Pages) -> tuple[list[Triple], str]:
    """Every triple of the pages once, and the checksum of them as sorted lines."""
    lines = sorted(set(pages.lines()))
    answer: list[Triple] = []
    digest = hashlib.sha256()
    for at in range(0, len(lines), _LINES):  # never all of it as one text
        text = "".join(f"{line}\n" for line in lines[at : at + _LINES]).encode()
        digest.update(text)
        answer += (quad.triple for quad in ox.parse(text, format=RdfFormat.N_TRIPLES))
    return answer, digest.hexdigest()


def _packed(triples: Iterable[Triple]) -> bytes:
    """Sorted N-Triples in gzip, the same bytes for the same triples: no time, no name of a file."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.writelines(line.encode() for line in sorted(f"{triple} .\n" for triple in triples))
    return packed.getvalue()


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Hold the lock of harvests; the system lets go of it however this process ends."""
    folder = project.state / "harvest"
    folder.mkdir(parents=True, exist_ok=True)
    (project.state / ".gitignore").write_text("*\n", encoding="utf-8")
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProjectError(
                f"{project.root}: another harvest is running. Wait until it is done.",
                f"{project.root}: en annan hämtning pågår. Vänta tills den är klar.",
            ) from None
        yield
