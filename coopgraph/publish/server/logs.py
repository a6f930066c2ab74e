"""Structured logs: a line of JSON on standard error for each event. Nothing of who asks, and nothing of what is typed."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime


def log(event: str, **facts: str | float | None) -> None:
    """Write an event with its facts."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    sys.stderr.write(json.dumps({"time": moment, "event": event, **facts}, ensure_ascii=False) + "\n")
