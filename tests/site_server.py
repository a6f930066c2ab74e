"""The web server of a dataset, as a process of its own, and the least of a client."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def text(self) -> str:
        return self.body.decode()

    def links(self) -> dict[str, list[str]]:
        """The targets of the Link header by relation."""
        found: dict[str, list[str]] = {}
        for target, relation in re.findall(r'<([^>]*)>; rel="([^"]+)"', self.headers.get("link", "")):
            found.setdefault(relation, []).append(target)
        return found


class Site:
    """A server that runs: `url` ends in "/"."""

    def __init__(self, url: str, process: subprocess.Popen[str], log: Path) -> None:
        self.url, self.process, self.log = url, process, log
        self.host = urlsplit(url).netloc

    def ask(
        self, path: str, method: str = "GET", body: bytes | str | None = None, /, **headers: str
    ) -> Answer:
        """The answer to one request; a header `if_none_match="x"` is sent as `If-None-Match: x`."""
        connection = http.client.HTTPConnection(self.host, timeout=40)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, named)
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            connection.close()

    def query(self, name: str, suffix: str = ".json", **params: str | list[str]) -> Answer:
        """The answer of a saved query."""
        return self.ask(f"/query/{name}{suffix}?" + urlencode(params, doseq=True))

    def sparql(self, query: str, **headers: str) -> Answer:
        return self.ask("/sparql?" + urlencode({"query": query}), **headers)

    def logged(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def serving(folder: Path, log: Path, *options: str) -> Iterator[Site]:
    """Serve the dataset in a folder on a free port."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "coopgraph",
                "-d",
                str(folder),
                "--lang",
                "en",
                "serve",
                "--port",
                "0",
                *options,
            ],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+/", line)
            assert found, line + log.read_text(encoding="utf-8")
            site = Site(found[0], process, log)
            until(lambda: site.ask("/readyz").status == 200)
            yield site
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdout is not None
            process.stdout.close()


def until(true: Any, seconds: float = 15.0) -> None:
    """Wait until a condition holds. Fails when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if true():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("not in time")
