"""Files are read quickly where that is safe, and with care where it is not; what is in the store is the same."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode

from coopgraph.errors import TurtleError
from coopgraph.store.ahead import read_files
from coopgraph.store.loading import load_file
from coopgraph.turtle import read

GRAPH = NamedNode("https://world.example/graph/x")
LINE = '<https://world.example/s> <https://world.example/p> "{}" .\n'
LARGE = "".join(LINE.format(i) for i in range(30_000))


def loaded(path: Path) -> set[str]:
    engine = ox.Store()
    load_file(engine, path, GRAPH, base="https://world.example/base")
    assert {str(quad.graph_name) for quad in engine} <= {str(GRAPH)}
    return {str(quad.triple) for quad in engine}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("small.ttl", LINE.format("«<<»") + "<> a <#x> ."),
        ("large.nt", LARGE),
        ("large.ttl", LARGE + "<> a <#x> ."),
        ("large.nt.gz", LARGE),
        ("quads.nq", LINE.format(1).replace(" .", " <https://world.example/other> .")),
        ("marked.nt", LARGE + LINE.format("{| --ltr")),
        ("long.ttl", LINE.format("å" * 4_000_000)),
    ],
)
def test_what_is_loaded_is_what_is_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    assert loaded(path) == {str(quad.triple) for quad in read(path, base="https://world.example/base")}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("wrong.ttl", b"<> a <a:b> .", "is relative"),
        ("late.nt", (LARGE + "<> <").encode(), ":30001:"),
        ("late.nt.gz", gzip.compress((LARGE + "<> <").encode()), ":30001:"),
        ("cut.nt.gz", gzip.compress(LARGE.encode())[:-50], "can't be read"),
        ("latin.ttl", b'<> a "\xe5" .', "UTF-8"),
        ("reified.ttl", b"<a:> <b:> <c:> {| <d:> <e:> |} .", "RDF 1.2"),
        ("direction.nt", (LARGE + '<a:a> <b:b> "x"@ar--rtl .').encode(), "RDF 1.2"),
        ("none.ttl", None, "can't be read"),
        ("long.ttl", (LINE + LINE.format("å" * 9_000_000)).encode(), ":2:1: A value of more than 16 MB"),
    ],
)
def test_what_is_wrong_is_told_and_leaves_nothing(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path, engine = tmp_path / name, ox.Store()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TurtleError, match=said):
        load_file(engine, path, GRAPH)
    assert len(engine) == 0


@pytest.mark.parametrize("name", ["bomb.nt.gz", "bomb.ttl.gz", "large.nq"])
def test_what_is_too_large_is_told_and_not_taken_into_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with gzip.open(path, "wb", compresslevel=1) if name.endswith(".gz") else path.open("wb") as file:
        for _ in range(514):
            file.write(b" " * 2**20)
    code = (
        "import sys; from pathlib import Path; import pyoxigraph as ox; from coopgraph.errors import TurtleError\n"
        "from coopgraph.store.loading import load_file\n"
        "try: load_file(ox.Store(), Path(sys.argv[1]), ox.NamedNode('urn:x'))\n"
        "except TurtleError as error: print(error)\n"
        "print(next(int(line.split()[1]) // 1024 for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    said, megabytes = done.stdout.strip().split("\n")
    assert "more than 536,870,912 bytes" in said
    assert int(megabytes) < 200


def test_a_large_file_is_loaded_and_what_is_wrong_in_it_told_without_taking_it_into_memory(
    tmp_path: Path,
) -> None:
    path, engine = tmp_path / "large.nt", ox.Store()
    with path.open("wb") as file:
        file.write(LINE.format(1).encode())
        for _ in range(514):
            file.write(b"\n" + b" " * (2**20 - 1))
        file.write(LINE.format(2).encode())
    load_file(engine, path, GRAPH)
    assert len(engine) == 2
    with path.open("ab") as file:
        file.write(b"<> <")
    with pytest.raises(TurtleError, match=":517:"):
        load_file(engine, path, GRAPH)
    assert len(engine) == 0


def test_a_store_is_read_ahead_where_it_is_small_enough(tmp_path: Path) -> None:
    engine = ox.Store(str(tmp_path / "store"))
    engine.bulk_load(LARGE.encode(), ox.RdfFormat.N_TRIPLES)
    engine.flush()
    size = sum(table.stat().st_size for table in (tmp_path / "store").glob("*.sst"))
    assert size > 100_000
    assert read_files(tmp_path / "store", size) == size
    assert read_files(tmp_path / "store", size - 1) == 0
    assert read_files(tmp_path / "gone", size) == 0
