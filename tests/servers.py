"""SPARQL servers that tests start on loopback, each on a port of its own, and stop again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
_VIRTUOSO = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{isql}
DisableUnixSocket = 1
ServerThreads = 10
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = {folder}
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 5
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def oxigraph(snapshot: Path, folder: Path) -> Iterator[str]:
    """The address of an Oxigraph server that shows the union of a snapshot's graphs."""
    server = shutil.which("oxigraph", path=PATH)
    if server is None:
        pytest.skip("the Oxigraph server is not installed (pip install oxigraph)")
    copy = folder / "oxigraph"
    shutil.copytree(snapshot, copy)
    port = free_port()
    command = [server, "serve-read-only", "--location", str(copy), "--bind", f"127.0.0.1:{port}"]
    with running([*command, "--union-default-graph"], folder) as process:
        url = f"http://127.0.0.1:{port}/query"
        _wait_for(url, process)
        yield url


@contextmanager
def oxigraph_to_write(folder: Path, *, union: bool = True) -> Iterator[str]:
    """The address of an empty Oxigraph server that can be written: it has `/query`, `/update` and `/store`."""
    server = shutil.which("oxigraph", path=PATH)
    if server is None:
        pytest.skip("the Oxigraph server is not installed (pip install oxigraph)")
    port = free_port()
    command = [server, "serve", "--bind", f"127.0.0.1:{port}", *(["--union-default-graph"] if union else [])]
    with running(command, folder) as process:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/query", process)
        yield url


@contextmanager
def virtuoso(quads: bytes, folder: Path) -> Iterator[str]:
    """The address of a Virtuoso server that holds these N-Quads, and shows all graphs as one."""
    with _virtuoso(folder) as (url, run):
        (folder / "virtuoso" / "load.nq").write_bytes(quads)
        run(
            f"ld_dir('{folder / 'virtuoso'}', 'load.nq', 'urn:x'); rdf_loader_run(); select ll_error from DB.DBA.load_list;"
        )
        yield f"{url}/sparql"


WRITER = {"COOPGRAPH_STORE_USER": "writer", "COOPGRAPH_STORE_PASSWORD": "word"}


@contextmanager
def virtuoso_to_write(folder: Path) -> Iterator[str]:
    """The address of an empty Virtuoso server, where WRITER may write: it has `/sparql`, `/sparql-auth` and `/sparql-graph-crud-auth`."""
    with _virtuoso(folder) as (url, run):
        user, password = WRITER.values()
        run(f"DB.DBA.USER_CREATE('{user}', '{password}'); GRANT SPARQL_UPDATE TO \"{user}\";")
        yield url


@contextmanager
def _virtuoso(folder: Path) -> Iterator[tuple[str, Callable[[str], None]]]:
    """The address of an empty Virtuoso server, and what runs SQL on it."""
    server, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt") or shutil.which("isql")
    if server is None or isql is None:
        pytest.skip("Virtuoso is not installed (scripts/install-servers.sh)")
    home = folder / "virtuoso"
    home.mkdir()
    ports = {"isql": free_port(), "http": free_port()}
    settings = home / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(folder=home, **ports), encoding="utf-8")

    def run(sql: str) -> None:
        done = subprocess.run(
            [isql, f"127.0.0.1:{ports['isql']}", "dba", "dba", "ERRORS=STDOUT", f"exec={sql}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "Error" not in done.stdout, done.stdout

    with running([server, "+foreground", "+configfile", str(settings)], home) as process:
        url = f"http://127.0.0.1:{ports['http']}"
        _wait_for(f"{url}/sparql", process)
        yield url, run


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; fail when it has ended or takes over a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server at {url} has ended"
        try:
            with urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server at {url} does not start")
