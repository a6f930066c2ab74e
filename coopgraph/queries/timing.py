"""Where the time of an answer went: each step adds to the account that is open, if there is one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from coopgraph.errors import Text

STEPS = {
    "start": Text("start", "start"),
    "opening": Text("opening", "öppning"),
    "names": Text("names", "namn"),
    "engine": Text("engine", "sökmotor"),
    "labels": Text("labels", "etiketter"),
    "formatting": Text("formatting", "formatering"),
}
"""The steps in their order: what is called start is the interpreter and its imports."""
_open: ContextVar[dict[str, float] | None] = ContextVar("timing", default=None)


@contextmanager
def account() -> Iterator[dict[str, float]]:
    """Seconds by step, filled in by the steps that run inside; what this process has used until now is its start."""
    seconds = dict.fromkeys(STEPS, 0.0) | {"start": time.process_time()}
    token = _open.set(seconds)
    try:
        yield seconds
    finally:
        _open.reset(token)


@contextmanager
def step(name: str) -> Iterator[None]:
    """What runs inside is put to the account of the step."""
    seconds = _open.get()
    begun = time.perf_counter()
    try:
        yield
    finally:
        if seconds is not None:
            seconds[name] += time.perf_counter() - begun


def told(seconds: dict[str, float], language: str) -> str:
    """The account in a line, in milliseconds."""
    parts = [
        f"{text.sv if language == 'sv' else text.en} {1000 * seconds[name]:.0f} ms"
        for name, text in STEPS.items()
    ]
    head, whole = ("Tid", "sammanlagt") if language == "sv" else ("Time", "in all")
    return f"{head}: {', '.join(parts)}; {whole} {1000 * sum(seconds.values()):.0f} ms"
