"""Figures for Prometheus, when the server is started with --metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coopgraph.publish.server.serving import Current
    from coopgraph.publish.server.turns import Queue

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts of answers by route and status, and how long they took."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int], int] = {}
        self._within = [0] * len(_BOUNDS)
        self._seconds, self._count, self._bytes = 0.0, 0, 0

    def seen(self, route: str, status: int, seconds: float, size: int) -> None:
        """Count one answer."""
        key = route, status
        self._answers[key] = self._answers.get(key, 0) + 1
        self._seconds += seconds
        self._bytes += size
        self._count += 1
        for place, bound in enumerate(_BOUNDS):
            if seconds <= bound:
                self._within[place] += 1

    def text(self, current: Current, queue: Queue) -> str:
        """The figures in the text format of Prometheus (version 0.0.4)."""
        serving = current.serving
        lines = ["# TYPE coopgraph_requests_total counter"]
        for (route, status), count in sorted(self._answers.items()):
            lines.append(f'coopgraph_requests_total{{route="{route}",status="{status}"}} {count}')
        lines.append("# TYPE coopgraph_request_seconds histogram")
        for bound, count in zip(_BOUNDS, self._within, strict=True):
            lines.append(f'coopgraph_request_seconds_bucket{{le="{bound}"}} {count}')
        lines += [
            f'coopgraph_request_seconds_bucket{{le="+Inf"}} {self._count}',
            f"coopgraph_request_seconds_sum {self._seconds:.6f}",
            f"coopgraph_request_seconds_count {self._count}",
        ]
        for name, kind, value in (
            ("response_bytes_total", "counter", self._bytes),
            ("cache_hits_total", "counter", serving.cache.hits),
            ("cache_misses_total", "counter", serving.cache.misses),
            ("cache_bytes", "gauge", serving.cache.used),
            ("queries_taken", "gauge", queue.taken),
            ("triples", "gauge", serving.snapshot.report.triples),
        ):
            lines += [f"# TYPE coopgraph_{name} {kind}", f"coopgraph_{name} {value}"]
        return "\n".join(lines) + "\n"
