"""The engines that are asked the same questions, ours among them: each in a process of its own, with a time limit that holds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import Any

from benchmarks import servers
from benchmarks.graphs import Graph
from benchmarks.peers.answer_peer import digest, json_rows
from benchmarks.questions import Question

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
PYTHON = BUILD / "peers/bin/python"
NODE = BUILD / "node"
PEERS = ROOT / "benchmarks/peers"
PYTHON_PEERS = [
    "maplib==0.20.26",
    "altair==6.3.0",
    "vl-convert-python==1.9.0.post1",
]  # the last two draw the picture
NODE_PEERS = ["@comunica/query-sparql-rdfjs@5.4.1", "n3@2.13.12"]
GIVEN_UP = 3
"""An engine that was stopped so many times is asked no more at that size."""


@dataclass(frozen=True)
class Kind:
    """How an engine is started on a graph, and the largest graph that it is tried on.

    `words` is a folder with its own wording of the questions that it answers wrongly as they stand.
    """

    command: Callable[[Graph], AbstractContextManager[list[str]]]
    largest: int = 10_000_000
    words: Path | None = None

    def worded(self, question: Question) -> Question:
        """The question in the engine's own words, where it has some."""
        path = self.words / f"{question.name}.rq" if self.words else None
        if path is None or not path.exists():
            return question
        text = path.read_text(encoding="utf-8")
        for name, value in question.params.items():
            term = f"<{value}>" if "://" in value else f'"{value}"^^<http://www.w3.org/2001/XMLSchema#date>'
            text = re.sub(rf"\${name}\b", term, text)
        return question._replace(sparql=text)


@dataclass
class Engine:
    """An engine over one graph. It starts when first asked, and again after it was stopped."""

    kind: Kind
    graph: Graph
    limit: float
    stops: int = 0
    _process: subprocess.Popen[str] | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    def ask(self, question: Question) -> dict[str, Any]:
        """What it answers: `seconds`, `rows`, `digest`, `megabytes`; or `error`, why there is no answer."""
        if self.stops >= GIVEN_UP:
            return {"error": f"given up after {GIVEN_UP} stops"}
        try:
            process = self._process or self._start()
        except (OSError, subprocess.SubprocessError) as error:
            self.stops = GIVEN_UP
            return {"error": f"does not start: {error}"}
        told = self._exchange(process, json.dumps(self.kind.worded(question)._asdict()), self.limit)
        if told is None:
            self.stops += 1
            self.close()
            return {"error": f"stopped after {self.limit:.0f} s"}
        if "Panic" in told.get("error", ""):
            self.close()  # whatever is asked of it now would fail too
        if "results" in told:
            told["rows"], told["digest"] = digest(json_rows(json.loads(Path(told["results"]).read_bytes())))
        return told

    def _start(self) -> subprocess.Popen[str]:
        command = self._open.enter_context(self.kind.command(self.graph))
        errors = self._open.enter_context(TemporaryFile("w+"))  # noqa: SIM115
        pipe = subprocess.PIPE
        folder = NODE if command[0] == "node" else ROOT
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=errors, text=True, cwd=folder
        )
        if self._exchange(self._process, None, 30 + 20 * self.limit) is None:
            errors.seek(0)
            said = errors.read().strip().splitlines()
            raise ChildProcessError(said[-1] if said else "the graph is not loaded in time")
        return self._process

    @staticmethod
    def _exchange(process: subprocess.Popen[str], line: str | None, limit: float) -> dict[str, Any] | None:
        """A line out, a line back; None when the time is up or the process dies."""
        assert process.stdin
        assert process.stdout
        stop = Timer(limit, process.kill)
        stop.start()
        try:
            if line is not None:
                process.stdin.write(line + "\n")
                process.stdin.flush()
            back = process.stdout.readline()
        except BrokenPipeError:
            back = ""
        finally:
            stop.cancel()
        told: dict[str, Any] | None = json.loads(back) if back else None
        return told

    def close(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
        self._open.close()


def _peer(
    kind: str, place: Callable[[Graph], Path], *, python: str = sys.executable, largest: int = 10_000_000
) -> Kind:
    def command(graph: Graph) -> AbstractContextManager[list[str]]:
        return nullcontext([python, str(PEERS / "answer_peer.py"), kind, str(place(graph))])

    return Kind(command, largest)


@contextmanager
def _virtuoso(graph: Graph) -> Iterator[list[str]]:
    if servers.virtuoso_tools() is None:
        raise ChildProcessError("Virtuoso is not installed")
    with servers.virtuoso(graph.virtuoso()) as url:
        yield [sys.executable, str(PEERS / "answer_peer.py"), "http", url]


@contextmanager
def _oxigraph(graph: Graph) -> Iterator[list[str]]:
    with servers.oxigraph(graph.oxigraph()) as url:
        yield [sys.executable, str(PEERS / "answer_peer.py"), "http", url]


def _comunica(graph: Graph) -> AbstractContextManager[list[str]]:
    peer, results = PEERS / "comunica_peer.mjs", graph.folder / "comunica.json"
    return nullcontext(["node", "--max-old-space-size=12000", str(peer), str(graph.triples()), str(results)])


ENGINES = {
    "ours": _peer("ours", lambda graph: graph.world),
    "pyoxigraph": _peer("pyoxigraph", lambda graph: graph.oxigraph()),
    "pyoxigraph-memory": _peer("pyoxigraph-memory", lambda graph: graph.quads(), largest=1_000_000),
    "virtuoso": Kind(_virtuoso, words=PEERS / "virtuoso"),
    "oxigraph-server": Kind(_oxigraph),
    "comunica": Kind(_comunica, 1_000_000),
    "maplib": _peer("maplib", lambda graph: graph.triples(), python=str(PYTHON), largest=1_000_000),
    "rdflib": _peer("rdflib", lambda graph: graph.quads(), largest=100_000),
}


def install() -> None:
    """Bring the peers under build/; one that can't be had is told, and shown as missing."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BUILD / "peers")], check=True)
    for peer in PYTHON_PEERS:
        told(
            subprocess.run(
                [str(PYTHON), "-m", "pip", "install", "-q", peer], check=False, capture_output=True
            ),
            peer,
        )
    if not (NODE / "node_modules/@comunica").exists():
        NODE.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--no-audit", "--no-fund", *NODE_PEERS]
        try:
            told(subprocess.run(npm, cwd=NODE, check=False, capture_output=True), "comunica")
        except FileNotFoundError:
            print("comunica can't be installed here: there is no npm.", file=sys.stderr)


def told(done: subprocess.CompletedProcess[bytes], peer: str) -> None:
    if done.returncode:
        print(f"{peer} can't be installed here.", file=sys.stderr)
