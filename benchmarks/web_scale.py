"""How the web site holds at other sizes: a first page at a million triples beside one at 5,000, ten thousand links, the export of ten thousand things."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

from benchmarks.dataset import write
from benchmarks.web import ROOT, WEB, coopgraph, memory, port, server, told_once
from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.project import Project, find

THINGS = 222_000
"""Triples of a dataset of ten thousand things."""
LINKS = 10_000
_PAGES = 300
_ORGANISATIONS = 'SELECT ?thing WHERE {{ ?thing a ?type FILTER(STRSTARTS(STR(?thing), "{base}id/organisation/") && !CONTAINS(STR(?thing), "#")) }}'
_MEMBER = (
    "<{base}id/membership/more-{number}> a <http://www.w3.org/ns/org#Membership> ; <http://www.w3.org/ns/org#member> <{base}id/organisation/{body}> ; "
    "<http://www.w3.org/ns/org#organization> <{base}id/network/{network}> ; <http://www.w3.org/ns/org#role> <https://w3id.org/coopgraph/id/concept/role/full> .\n"
)


def built(triples: int, folder: Path | None = None) -> Project:
    """A generated dataset, built; made when it is not there yet."""
    folder = folder or ROOT / "build/bench" / f"world-{triples}"
    if not folder.is_dir():
        write(triples, folder)
    project = find(folder)
    if not (project.state / "current").is_file():
        build(project)
    return project


def start(folder: Path, page: str) -> None:
    """From the start of the command to the first page in hand, three times; the middle one."""
    found = []
    for _ in range(3):
        number = port()
        began = time.perf_counter()
        with server(
            coopgraph(folder, "serve", "--port", str(number), "--quiet"), f"http://127.0.0.1:{number}/{page}"
        ) as pid:
            found.append((time.perf_counter() - began, _cpu(pid), memory(pid)))
    seconds, cpu, held = sorted(found)[1]
    told_once("start to first page", seconds, "s", asked=1, cpu=cpu, memory=held)
    told_once("memory after the first page", held, "MB", asked=150, memory=held)


def sizes(small: int, large: int) -> None:
    """The time of a page that nobody has asked for before: the median of 300 organisations in each of two datasets."""
    medians = {triples: _first_pages(built(triples)) for triples in (small, large)}
    told_once(
        f"a page at {large:,} triples / at {small:,} ({medians[large]:.1f} / {medians[small]:.1f} ms)",
        medians[large] / medians[small],
        "times",
        asked=1.5,
    )


def _first_pages(project: Project) -> float:
    snapshot = current(project)
    rows = snapshot.store.select(_ORGANISATIONS.format(base=project.base))
    things = sorted(thing.value for (thing,) in rows if thing is not None)
    snapshot.close()
    paths = [thing.removeprefix(project.base + "id/") for thing in things[:: max(1, len(things) // _PAGES)]]
    number = port()
    address = f"http://127.0.0.1:{number}/"
    with server(coopgraph(project.root, "serve", "--port", str(number), "--quiet"), address):
        times = []
        for path in paths:
            began = time.perf_counter()
            urllib.request.urlopen(f"{address}doc/{path}.sv.html").read()
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2] * 1000


def links() -> None:
    """The first and the last page of a network with ten thousand members, over HTTP; neither has been asked for before."""
    folder = WEB / f"links-{LINKS}"
    if not folder.is_dir():
        write(5_000, folder)
        base = find(folder).base
        bodies = sorted(path.stem for path in (folder / "data/organisation").glob("*.ttl"))
        network = min(path.stem for path in (folder / "data/network").glob("*.ttl"))
        (folder / "data/import").mkdir(exist_ok=True)
        with (folder / "data/import/members.ttl").open("w", encoding="utf-8") as file:
            for number in range(LINKS):
                body = bodies[number % len(bodies)]
                file.write(_MEMBER.format(base=base, number=number, body=body, network=network))
    project = built(5_000, folder)
    network = min(path.stem for path in (folder / "data/network").glob("*.ttl"))
    number = port()
    address = f"http://127.0.0.1:{number}/"
    with server(coopgraph(folder, "serve", "--port", str(number), "--quiet"), f"{address}doc/network") as pid:
        body = min(path.stem for path in (project.root / "data/organisation").glob("*.ttl"))
        urllib.request.urlopen(
            f"{address}doc/organisation/{body}.sv.html"
        ).read()  # what every page needs is there
        for page in (1, 30):
            began = time.perf_counter()
            urllib.request.urlopen(f"{address}doc/network/{network}.sv.html?page={page}").read()
            milliseconds = (time.perf_counter() - began) * 1000
            told_once(
                f"page {page} of a thing with {LINKS:,} links",
                milliseconds,
                "ms",
                asked=200,
                memory=memory(pid),
            )


def export() -> None:
    """The whole export of ten thousand things, by the command, to a new folder; then again, when nothing has changed."""
    project, target = built(THINGS), WEB / "site"
    shutil.rmtree(target, ignore_errors=True)
    snapshot = current(project)
    shutil.rmtree(snapshot.folder / "dumps", ignore_errors=True)
    things = sum(1 for path in project.data.rglob("*.ttl"))
    snapshot.close()
    for what, asked in (("export", 60), ("export again", 60)):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(coopgraph(project.root, "publish", str(target)), check=True, capture_output=True)
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        files = sum(1 for path in target.rglob("*") if path.is_file())
        told_once(f"{what} of {things:,} things ({files:,} files)", seconds, "s", asked=asked, cpu=cpu)
    shutil.rmtree(target)


def _cpu(pid: int) -> float:
    """The seconds of processor that a process has taken."""
    fields = re.sub(r".*\) ", "", Path(f"/proc/{pid}/stat").read_text()).split()
    return (int(fields[11]) + int(fields[12])) / 100
