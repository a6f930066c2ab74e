"""Checking a part: given files and folders, what git has staged, and the hook that does so before a commit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
KLITRUP = "data/partnership/norrby-kommun--klitrup.ttl"
EKANGER = "data/partnership/ekanger-kommun--klitrup.ttl"


def check(*arguments: str, cwd: Path, **environment: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code, and the rule and file of each finding."""
    done = run([sys.executable, "-m", "coopgraph", "check", "-f", "json", *arguments], cwd, **environment)
    rows = json.loads(done.stdout) if done.returncode in (0, 1) else []
    return done.returncode, sorted({(row["rule"], row["file"]) for row in rows})


def run(command: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, "COOPGRAPH_LANG": "en", **environment},
    )


def git(*arguments: str, cwd: Path) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    done = run(["git", *who, *arguments], cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def misspell(path: Path) -> None:
    """A misspelt link, a mistake of its own file alone."""
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("coop:hasParty organisation:klitrup", "coop:hasParty organisation:klitrp", 1).replace(
            "coop:hasParty organisation:ekanger-kommun , organisation:klitrup",
            "coop:hasParty organisation:ekanger-kommun , organisation:klitrp",
            1,
        ),
        encoding="utf-8",
    )
    assert path.read_text(encoding="utf-8") != text


def mend(path: Path) -> None:
    path.write_text(
        path.read_text(encoding="utf-8").replace("organisation:klitrp", "organisation:klitrup"),
        encoding="utf-8",
    )


def test_only_what_is_in_the_paths_is_told_and_counts(world_copy: Path) -> None:
    misspell(world_copy / KLITRUP)
    assert check(cwd=world_copy) == (1, [("dangling", KLITRUP)])
    assert check(KLITRUP, cwd=world_copy) == (1, [("dangling", KLITRUP)])
    assert check("data/partnership", EKANGER, cwd=world_copy) == (1, [("dangling", KLITRUP)])
    assert check(EKANGER, "data/organisation", cwd=world_copy) == (0, [])
    assert check("partnership", cwd=world_copy / "data") == (1, [("dangling", KLITRUP)])


def test_a_mistake_of_two_files_is_told_for_either(world_copy: Path) -> None:
    first, second = "data/organisation/klitrup.ttl", "data/organisation/klitrup2.ttl"
    (world_copy / second).write_text((world_copy / first).read_text(encoding="utf-8"), encoding="utf-8")
    assert ("two-files", second) in check(first, cwd=world_copy)[1]
    assert ("two-files", second) in check(second, cwd=world_copy)[1]


@pytest.mark.parametrize(
    ("path", "said"),
    [("data/nothing.ttl", "no such file or folder"), ("..", "does not belong to the dataset")],
)
def test_a_path_that_is_not_of_the_dataset_is_told(world_copy: Path, path: str, said: str) -> None:
    done = run([sys.executable, "-m", "coopgraph", "check", path], world_copy)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.fixture
def repository(world_copy: Path) -> Path:
    """A repository whose dataset, the invented world, lies in a folder of it."""
    top = world_copy.parent
    git("init", "--quiet", "--initial-branch=main", cwd=top)
    git("add", ".", cwd=top)
    git("commit", "--quiet", "--no-verify", "-m", "The world", cwd=top)
    return world_copy


def test_what_is_staged_is_checked_whatever_the_files_say(repository: Path) -> None:
    path = repository / KLITRUP
    misspell(path)
    assert check("--staged", cwd=repository) == (0, [])
    git("add", KLITRUP, cwd=repository)
    mend(path)
    assert check(cwd=repository) == (0, [])
    assert check("--staged", cwd=repository) == (1, [("dangling", KLITRUP)])


def test_only_staged_files_are_told_of(repository: Path) -> None:
    misspell(repository / KLITRUP)
    git("commit", "--quiet", "-am", "A mistake", cwd=repository)
    misspell(repository / EKANGER)
    git("add", EKANGER, cwd=repository)
    assert check("--staged", cwd=repository) == (1, [("dangling", EKANGER)])
    assert check("--staged", "data/organisation", cwd=repository) == (0, [])


def test_a_repository_without_a_commit_can_be_checked(world_copy: Path) -> None:
    git("init", "--quiet", cwd=world_copy)
    misspell(world_copy / KLITRUP)
    git("add", ".", cwd=world_copy)
    assert check("--staged", cwd=world_copy) == (1, [("dangling", KLITRUP)])


def test_places_are_those_of_the_working_tree(repository: Path) -> None:
    path = repository / "queries" / "own" / "wrong.rq"
    path.parent.mkdir(parents=True)
    path.write_text("#+ title: {\nSELECT ?x WHERE { ?x ?p ?o }", encoding="utf-8")
    git("add", "queries", cwd=repository)
    done = run([sys.executable, "-m", "coopgraph", "check", "--staged", "-f", "json"], repository)
    (row,) = json.loads(done.stdout)
    assert row["file"] == "queries/own/wrong.rq"
    assert "/tmp" not in row["message"].replace(str(repository), "")


def test_outside_git_is_told(world_copy: Path) -> None:
    done = run([sys.executable, "-m", "coopgraph", "check", "--staged"], world_copy)
    assert done.returncode == 2
    assert "not a git repository" in done.stderr
    assert "Leave --staged out" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_are_not_in_git_are_told(world_copy: Path) -> None:
    git("init", "--quiet", cwd=world_copy)
    git("add", "data", cwd=world_copy)
    done = run([sys.executable, "-m", "coopgraph", "check", "--staged"], world_copy)
    assert done.returncode == 2
    assert "git add coopgraph.toml" in done.stderr


def test_without_git_it_is_told(world_copy: Path, tmp_path: Path) -> None:
    done = run([sys.executable, "-m", "coopgraph", "check", "--staged"], world_copy, PATH=str(tmp_path))
    assert done.returncode == 2
    assert "git is not installed" in done.stderr


def test_the_hook_is_one_that_pre_commit_takes() -> None:
    done = run([sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"], ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hook_stops_a_commit_with_a_violation(repository: Path, tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    # the command of this environment, where pre-commit would install one of its own; the dataset is in a folder
    command = f"{sys.executable} -m coopgraph -d {repository.name}"
    local = {**hook, "language": "system", "entry": hook["entry"].replace("coopgraph", command, 1)}
    top = repository.parent
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    (top / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    git("add", ".pre-commit-config.yaml", cwd=top)
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    assert run([sys.executable, "-m", "pre_commit", "install"], top, **home).returncode == 0
    misspell(repository / KLITRUP)
    commit = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-am", "A change"]
    refused = run(commit, repository, **home)
    assert refused.returncode == 1
    assert f"{KLITRUP}\n" in refused.stderr
    assert "Did you mean organisation:klitrup?" in refused.stderr
    mend(repository / KLITRUP)
    with (repository / KLITRUP).open("a", encoding="utf-8") as file:
        file.write("# mended\n")
    taken = run(commit, repository, **home)
    assert taken.returncode == 0, taken.stderr
    assert "Passed" in taken.stderr
