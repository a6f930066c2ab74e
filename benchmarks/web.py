"""Servers measured over HTTP: started as processes of their own, asked by a client in a process of its own, their memory told."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.load import Load

ROOT = Path(__file__).parents[1]
WEB = ROOT / "build/web"
RESULTS = ROOT / "benchmarks/results/publish.jsonl"
SECONDS = 4.0


@dataclass(frozen=True)
class Figure:
    """One kind of page of one server. Times in milliseconds, memory in megabytes (the whole process tree)."""

    server: str
    page: str
    connections: int
    per_second: float
    p50: float
    p99: float
    failed: int
    memory: int
    date: str
    load: float


@dataclass(frozen=True)
class Once:
    """Something done once. `cpu` is of all processes together, `asked` the bound that was set, in the same unit as `value`."""

    server: str
    what: str
    value: float
    unit: str
    asked: float
    cpu: float
    memory: int
    date: str
    load: float


FOUND: list[Figure | Once] = []
"""What this run has found."""


def memory(pid: int) -> int:
    """The resident memory of a process and all below it, in megabytes."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{one}/status").read_text())[0])
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return total // 1024


def load(url: str, *, accept: str = "*/*", connections: int = 8, seconds: float = SECONDS) -> Load:
    """What a client in a process of its own measures."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", url, accept, str(connections), str(seconds)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Load(**json.loads(done.stdout))


def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def server(command: list[str], ready: str, folder: Path = ROOT, **environment: str) -> Iterator[int]:
    """A server that runs; its process."""
    with (WEB / "server.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            for _ in range(6000):
                try:
                    urllib.request.urlopen(ready, timeout=5).read()
                    break
                except urllib.error.HTTPError:
                    break
                except OSError:
                    if process.poll() is not None:
                        raise RuntimeError((WEB / "server.log").read_text()[-2000:]) from None
                    time.sleep(0.01)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def coopgraph(folder: Path, *arguments: str) -> list[str]:
    """Our command on a dataset."""
    return [sys.executable, "-m", "coopgraph", "-d", str(folder), *arguments]


def told(name: str, page: str, found: Load, pid: int) -> Figure:
    """A figure of a server, printed and kept."""
    figure = Figure(
        name, page, found.connections, round(found.per_second), round(found.p50, 2), round(found.p99, 2), found.failed,
        memory(pid), _now(), round(os.getloadavg()[0], 1),
    )  # fmt: skip
    print(
        f"{name:16} {page:28} {figure.per_second:>7,.0f}/s  p50 {figure.p50:7.2f} ms  p99 {figure.p99:7.2f} ms  {figure.memory:>5} MB  {figure.failed} failed",
        flush=True,
    )
    _kept(figure)
    return figure


def told_once(
    what: str, value: float, unit: str, *, asked: float, cpu: float = 0.0, memory: int = 0, name: str = "ours"
) -> Once:
    """Something measured once, printed and kept."""
    found = Once(
        name, what, round(value, 2), unit, asked, round(cpu, 2), memory, _now(), round(os.getloadavg()[0], 1)
    )
    print(
        f"{name:16} {what}: {found.value:g} {unit} (asked {asked:g}), cpu {found.cpu:g} s, {memory} MB",
        flush=True,
    )
    _kept(found)
    return found


def table() -> str:
    """What this run has found, as Markdown: each kind of page with ours beside each peer, then what was done once."""
    figures = [one for one in FOUND if isinstance(one, Figure)]
    ours = {one.page: one for one in figures if one.server == "ours"}
    lines = [
        "| page | server | requests/s | p50 ms | p99 ms | MB | ours / peer |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in sorted(
        figures,
        key=lambda one: (list(ours).index(one.page) if one.page in ours else 99, one.server != "ours"),
    ):
        mine = ours.get(one.page)
        ratio = (
            f"{mine.per_second / one.per_second:.1f}" if mine and mine is not one and one.per_second else ""
        )
        lines.append(
            f"| {one.page} | {one.server} | {one.per_second:,.0f} | {one.p50} | {one.p99} | {one.memory} | {ratio} |"
        )
    lines += ["", "| | measured | asked | cpu s | MB |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {one.what} | {one.value:g} {one.unit} | {one.asked:g} | {one.cpu:g} | {one.memory or ''} |"
        for one in FOUND
        if isinstance(one, Once)
    ]
    return "\n".join(lines)


def _kept(found: Figure | Once) -> None:
    FOUND.append(found)
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(found)) + "\n")


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
