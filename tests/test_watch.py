"""`check --watch` tells the findings after each save."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import IO


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
