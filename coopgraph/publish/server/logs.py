"""Structured logs: a line of JSON on standard error for each event. Nothing of who asks, and nothing of what is typed."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime


def log(event: str, **facts: str | float | None) -> None:
    """Write an event with its facts."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    sys.stderr.write(json.dumps({"time": moment, "event": event, **facts}, ensure_ascii=False) + "\n")


class _Told(logging.Handler):
    """What the HTTP server itself has to say, as events of ours: its words, never a trace."""

    def emit(self, record: logging.LogRecord) -> None:
        log("server", level=record.levelname.lower(), said=record.getMessage())


def tell_ours() -> None:
    """Let warnings of the HTTP server go to the log."""
    server = logging.getLogger("uvicorn")
    server.handlers, server.propagate = [_Told()], False
    server.setLevel(logging.WARNING)
