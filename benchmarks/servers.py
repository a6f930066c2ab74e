"""SPARQL servers that a benchmark starts on loopback and stops again, over a graph that they loaded before."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VIRTUOSO = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
FileExtend = 2000
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{isql}
DisableUnixSocket = 1
ServerThreads = 10
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
DirsAllowed = {folder}
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 5
"""


def virtuoso_tools() -> tuple[str, str] | None:
    """The server and its command line; None where it is not installed (Debian: virtuoso-opensource)."""
    server, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt") or shutil.which("isql")
    return (server, isql) if server and isql else None


@contextmanager
def virtuoso(home: Path) -> Iterator[str]:
    """The address of a Virtuoso server whose database lies in `home`; without a [SPARQL] section it has no limits."""
    with _virtuoso(home) as (_, url):
        yield url


def load_virtuoso(graph: Path, home: Path) -> float:
    """Make a database in `home` that holds the graph; the seconds that its bulk load took."""
    home.mkdir(parents=True)
    tools = virtuoso_tools()
    assert tools
    with _virtuoso(home) as (port, _):
        start = time.perf_counter()
        load = f"ld_dir('{graph.parent}', '{graph.name}', 'urn:x'); rdf_loader_run(); checkpoint; select ll_error from DB.DBA.load_list;"
        command = [tools[1], f"127.0.0.1:{port}", "dba", "dba", "ERRORS=STDOUT", f"exec={load}"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Error" in told:
            raise ChildProcessError(told[-500:])
        return time.perf_counter() - start


@contextmanager
def _virtuoso(home: Path) -> Iterator[tuple[int, str]]:
    tools = virtuoso_tools()
    assert tools
    ports = {"isql": free_port(), "http": free_port()}
    settings = home / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(folder=home.parent, **ports), encoding="utf-8")
    (home / "v.lck").unlink(missing_ok=True)
    with _running([tools[0], "+foreground", "+configfile", str(settings)], home) as process:
        url = f"http://127.0.0.1:{ports['http']}/sparql"
        _wait_for(url, process)
        yield ports["isql"], url


@contextmanager
def oxigraph(store: Path) -> Iterator[str]:
    """The address of an Oxigraph server over a store on disk."""
    port = free_port()
    server = str(Path(sys.executable).with_name("oxigraph"))
    command = [server, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with _running([*command, "--union-default-graph"], store.parent) as process:
        url = f"http://127.0.0.1:{port}/query"
        _wait_for(url, process)
        yield url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()  # a server that works on a question which nobody waits for takes no other notice
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; fail when it has ended or takes over two minutes."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ChildProcessError(f"the server at {url} has ended")
        try:
            with urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ChildProcessError(f"the server at {url} does not start")
