"""The log of changes: what each build changed, and that replaying it gives the next version exactly."""

from __future__ import annotations

import gzip
import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from coopgraph.build.changes import read, record, replay
from coopgraph.errors import StoreError

WHEN = datetime(2026, 1, 5, 12, 30, tzinfo=UTC)
VALUES = ["plain", 'tab\t"quote"\nline \\ å \u0001\u2028', ". A <x> .", ""]


def quad(value: str, file: str = "a") -> Quad:
    return Quad(
        NamedNode("https://example.org/id/x"),
        NamedNode("https://example.org/p"),
        Literal(value, language="sv"),
        NamedNode(f"https://example.org/graph/{file}"),
    )


def test_versions_follow_each_other(tmp_path: Path) -> None:
    first = record(tmp_path, None, "aa", WHEN, (), ())
    second = record(tmp_path, "aa", "bb", WHEN, [quad("new")], [quad("old")])
    assert [one.version for one in read(tmp_path)] == ["2026-01-05.1", "2026-01-05.2"]
    assert (second.previous, second.before, second.after, second.when) == (first.id, "aa", "bb", WHEN)
    assert (second.added, second.removed) == (1, 1)
    assert gzip.decompress(second.path.read_bytes()).decode().splitlines()[-4:] == [
        "TX .",
        f"D {quad('old')} .",
        f"A {quad('new')} .",
        "TC .",
    ]


def test_a_build_that_changes_no_facts_is_no_version(tmp_path: Path) -> None:
    record(tmp_path, None, "aa", WHEN, (), ())
    last = record(tmp_path, "aa", "bb", WHEN, (), ())
    assert (last.version, last.after) == ("2026-01-05.1", "aa")
    assert record(tmp_path, "bb", "cc", WHEN, [quad("x")], ()).previous == last.id


def test_a_log_that_begins_late_begins_with_the_version_that_was(tmp_path: Path) -> None:
    record(tmp_path, "aa", "bb", WHEN, [quad("x")], ())
    assert [(one.after, one.added) for one in read(tmp_path)] == [("aa", 0), ("bb", 1)]


def test_what_a_crashed_build_recorded_is_dropped(tmp_path: Path) -> None:
    record(tmp_path, None, "aa", WHEN, (), ())
    record(tmp_path, "aa", "never-answered", WHEN, [quad("lost")], ())
    record(tmp_path, "aa", "bb", WHEN, [quad("kept")], ())
    assert [one.after for one in read(tmp_path)] == ["aa", "bb"]
    assert replay([], [one.path.read_bytes() for one in read(tmp_path)]) == {quad("kept")}


def test_the_same_contents_can_come_back(tmp_path: Path) -> None:
    record(tmp_path, None, "aa", WHEN, (), ())
    record(tmp_path, "aa", "bb", WHEN, [quad("x")], ())
    record(tmp_path, "bb", "aa", WHEN, (), [quad("x")])
    record(tmp_path, "aa", "bb", WHEN, [quad("x")], ())
    changes = read(tmp_path)
    assert [one.after for one in changes] == ["aa", "bb", "aa", "bb"]
    assert len({one.id for one in changes}) == 4


def test_a_patch_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    record(tmp_path, None, "aa", WHEN, (), ())
    patch = record(tmp_path, "aa", "bb", WHEN, [quad("new")], [quad("old")]).path.read_bytes()
    assert replay([quad("old")], [patch]) == {quad("new")}
    for wrong in ([], [quad("old"), quad("new")]):
        with pytest.raises(StoreError, match="does not follow"):
            replay(wrong, [patch])


def test_a_damaged_log_says_what_to_do(tmp_path: Path) -> None:
    path = record(tmp_path, None, "aa", WHEN, (), ()).path
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(StoreError, match="build again"):
        read(tmp_path)


quads = st.frozensets(st.builds(quad, st.sampled_from(VALUES) | st.text(max_size=5), st.sampled_from("ab")))


@given(st.lists(quads, min_size=1, max_size=6))
def test_replaying_the_log_from_any_version_gives_the_last(
    tmp_path_factory: pytest.TempPathFactory, versions: list[frozenset[Quad]]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    record(folder, None, "0", WHEN, (), ())
    dumps = {read(folder)[0].id: set(versions[0])}
    for number, (one, other) in enumerate(itertools.pairwise(versions)):
        last = record(folder, str(number), str(number + 1), WHEN, other - one, one - other)
        dumps[last.id] = set(other)
    changes = read(folder)
    for place, change in enumerate(changes):
        patches = [one.path.read_bytes() for one in changes[place + 1 :]]
        assert replay(dumps[change.id], patches) == set(versions[-1])
