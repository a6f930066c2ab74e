"""A disk that is full, for real: a small tmpfs, seen by the commands of one script alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import unwell
import wikidata
from test_harvest import NAME, many

from coopgraph.build.make import build
from coopgraph.project import find

ALONE = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])
"""What lets a command mount what nobody else sees: as root, and as anybody."""
DISK = """set -e
mount -t tmpfs -o size=16m disk "$DISK"
cp -a "$DATASET/." "$DISK"
cd "$DISK"
fill() {  # all but so many kB
    free=$(df -k --output=avail . | tail -1)
    head -c "$(( (free - $1) * 1024 ))" /dev/zero > filler
}
run() {
    code=0
    "$PYTHON" -m coopgraph --lang en "$@" 2>&1 || code=$?
    echo "code $code"
}
"""


def on_a_small_disk(dataset: Path, script: str, *arguments: str) -> str:
    """What a script tells that works on a copy of a dataset on a disk of 16 MB."""
    disk = dataset.with_name("disk")
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "disk", str(disk)]
    alone = [
        one
        for one in ALONE
        if shutil.which(one[0]) and not subprocess.run([*one, *mount], check=False).returncode
    ]
    if not alone:
        pytest.skip("no small disk can be mounted here (unshare, mount -t tmpfs)")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [*alone[0], "sh", "-c", DISK + script, "sh", *arguments],
        env={**environment, "DISK": str(disk), "DATASET": str(dataset), "PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert "Traceback" not in done.stdout
    return done.stdout


MEMBERS = "query network/members -p network=network:kustnatet -f csv --lang sv"


@pytest.mark.parametrize("left", [0, 60, 200, 400])
@pytest.mark.parametrize("how", ["few", "all"])
def test_a_build_on_a_full_disk_leaves_the_last_good_one(world_copy: Path, how: str, left: int) -> None:
    build(find(world_copy))
    script = f"""
sed -i 's/"Norrby kommun"/"Nyby kommun"/' data/organisation/*.ttl
[ "$2" = few ] || sed -i 's/"sv", "en"/"sv","en"/' coopgraph.toml
fill "$1"
run build
run {MEMBERS}
rm filler
run build
run {MEMBERS}
ls -A .coopgraph/snapshots
"""
    told = on_a_small_disk(world_copy, script, str(left), how)
    failed, old, mended, new, snapshots = re.split(r"code (\d)\n", told)[::2]
    assert re.findall(r"code (\d)\n", told) == ["3", "0", "0", "0"]
    assert failed.startswith("Error: ")
    assert "No space left on device" in failed or "disk is full" in failed
    assert "The last good build goes on answering; make room" in failed
    assert "Norrby kommun" in old
    assert "triples from" in mended
    assert "Nyby kommun" in new
    assert len(snapshots.split()) == 1


@pytest.mark.parametrize("left", [0, 8, 40])
def test_a_harvest_on_a_full_disk_leaves_the_former_file_and_goes_on(tmp_path: Path, left: int) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "coopgraph.toml").write_text('base = "https://world.example/"\n', encoding="utf-8")
    harvest = f'harvest {NAME} --pause 0 --page 20 --endpoint "$2"'
    script = f"""
mkdir -p data/import
: > data/import/{NAME}.nt.gz
fill "$1"
run {harvest}
ls -A data/import; wc -c < data/import/{NAME}.nt.gz
rm filler data/import/{NAME}.nt.gz
run {harvest}
ls -A data/import
"""
    with unwell.running(wikidata.store(many(100))) as server:
        told = on_a_small_disk(empty, script, str(left), server.url)
    failed, between, after = re.split(r"code \d\n", told)
    assert re.findall(r"code (\d)\n", told) == ["3", "0"]
    assert "No space left on device. The former file is as it was; make room" in failed
    assert between.split()[:2] == [f"{NAME}.nt.gz", "0"]
    assert after.split()[-1] == f"{NAME}.nt.gz"
