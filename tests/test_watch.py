"""`check --watch` tells the findings after each save, and `build --watch` builds what was saved."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

from coopgraph.build.make import build
from coopgraph.build.snapshot import BuildReport, current
from coopgraph.build.watch import built
from coopgraph.errors import CoopgraphError
from coopgraph.project import find


def until_sum(stream: IO[str]) -> list[str]:
    """The lines of one telling, up to the line that sums it up."""
    lines: list[str] = []
    while not lines or "triples checked" not in lines[-1]:
        line = stream.readline()
        assert line, lines
        lines.append(line.strip())
    return lines


def test_each_save_is_told(world_copy: Path) -> None:
    command = [sys.executable, "-u", "-m", "coopgraph", "--lang", "en", "check", "--watch"]
    with subprocess.Popen(
        command,
        cwd=world_copy,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        try:
            assert process.stdout is not None
            assert " 0 violations" in until_sum(process.stdout)[-1]
            path = world_copy / "data/organisation/norrby-kommun.ttl"
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("country:SWE", "country:SWX", 1), encoding="utf-8")
            told = until_sum(process.stdout)
            assert " 1 violation" in told[-1]
            assert any("country:SWX" in line for line in told)
            path.write_text(text, encoding="utf-8")
            assert " 0 violations" in until_sum(process.stdout)[-1]
            (world_copy / "data/organisation/.swap.ttl").write_text("<", encoding="utf-8")
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_each_save_is_built_as_if_all_were_read(world_copy: Path) -> None:
    project = find(world_copy)
    data = world_copy / "data"
    builds = built(project)
    assert isinstance(first := next(builds), BuildReport)
    path, other = data / "organisation/norrby-kommun.ttl", data / "organisation/ny.ttl"
    before = path.read_text(encoding="utf-8")

    path.write_text(before.replace("Norrby kommun", "Nya Norrby kommun"), encoding="utf-8")
    assert isinstance(second := next(builds), BuildReport)
    assert (second.fresh, second.steps) == (True, 1)

    path.write_text(before + "<", encoding="utf-8")
    assert isinstance(next(builds), CoopgraphError)
    assert current(project).report.snapshot == second.snapshot

    other.write_text(before.replace("norrby-kommun", "ny"), encoding="utf-8")
    assert isinstance(next(builds), CoopgraphError)  # the other file is still as it was
    path.unlink()
    assert isinstance(third := next(builds), BuildReport)
    assert third.files == first.files

    (data / "organisation").rename(data / "body")
    assert isinstance(fourth := next(builds), BuildReport)
    assert set(current(project).store.engine) == set(_read_anew(world_copy))
    assert fourth.snapshot == current(project).report.snapshot


def _read_anew(folder: Path) -> list[object]:
    target = folder.with_name("anew")
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns(".coopgraph"))
    project = find(target)
    build(project)
    return list(current(project).store.engine)
