"""Finding a dataset and reading its settings; IRIs, slugs and dates."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from coopgraph import ProjectError, UsageError
from coopgraph.dates import Bounds, bounds, phrase
from coopgraph.iris import namespaces, plain, slug
from coopgraph.project import find, load, packaged

XSD = "http://www.w3.org/2001/XMLSchema#"


def write(folder: Path, text: str) -> Path:
    (folder / "coopgraph.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_dataset_is_found_from_a_folder_inside_it(world_folder: Path) -> None:
    assert find(world_folder / "data" / "organisation").root == world_folder


def test_a_missing_dataset_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="coopgraph init my-graph"):
        find(tmp_path)
    with pytest.raises(ProjectError, match="There is no folder"):
        find(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base = ", "not valid TOML"),
        ('base = "example.org"', 'ends in "/"'),
        ('bas = "https://example.org/"', "unknown setting 'bas'"),
        ('base = "https://a b.example/"', 'ends in "/"'),
        ('base = "https:///"', 'ends in "/"'),
        ("title = 3", "a text for each language"),
        (
            '[publisher]\nsv = "A"\nstore = "http://x.example/query"',
            "'store' is no language.*above the first",
        ),
        ('[title]\nswedish = "A"', "'swedish' is no language"),
        ("languages = 5", "a list of codes"),
        ("languages = [5]", "a list of codes"),
        ('languages = "sv"', "a list of codes"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProjectError, match=said):
        load(write(tmp_path, text))


def test_a_file_of_the_dataset_replaces_the_packaged_one(tmp_path: Path) -> None:
    project = load(write(tmp_path, 'base = "https://example.org/"'))
    own = tmp_path / "queries" / "network" / "members.rq"
    own.parent.mkdir(parents=True)
    own.write_text("#+ title: {sv: a, en: a}\nSELECT * WHERE {}", encoding="utf-8")
    files = project.files("queries", (".rq",))
    assert files["network/members.rq"] == own
    assert files["network/groups.rq"] == packaged() / "queries" / "network" / "groups.rq"


def test_prefixes_of_things_follow_the_base_and_those_of_concepts_do_not(tmp_path: Path) -> None:
    names = namespaces(load(write(tmp_path, 'base = "https://example.org/x/"')))
    assert names.expand("organisation:a") == NamedNode("https://example.org/x/id/organisation/a")
    assert names.expand("kind:region") == NamedNode("https://w3id.org/coopgraph/id/concept/kind/region")
    assert names.shorten("https://example.org/x/id/organisation/a#part") == "organisation:a#part"
    assert names.shorten("https://elsewhere.example/a") == "https://elsewhere.example/a"
    with pytest.raises(UsageError, match="no prefix"):
        names.expand("nothing:a")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Växjö kommun", "vaxjo-kommun"),
        ("Region Jönköpings län", "region-jonkopings-lan"),
        ("  ID  ", "id"),
        ("Łódź", "lodz"),
        ("Møllebæk", "mollebaek"),
        ("Gießen", "giessen"),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1996", "1996-01-01", "1996-12-31"),
        ("2008-09", "2008-09-01", "2008-09-30"),
        ("2011-09-06", "2011-09-06", "2011-09-06"),
        ("194X", "1940-01-01", "1949-12-31"),
        ("2005/..", "2005-01-01", None),
        ("../2021-12-31", None, "2021-12-31"),
        ("1996/1998", "1996-01-01", "1998-12-31"),
        ("1984?", "1984-01-01", "1984-12-31"),
        ("2004-XX", "2004-01-01", "2004-12-31"),
        ("XXXX", None, None),
    ],
)
def test_bounds(text: str, first: str | None, last: str | None) -> None:
    def day(value: str | None) -> datetime.date | None:
        return datetime.date.fromisoformat(value) if value else None

    assert bounds(text) == Bounds(day(first), day(last))


@pytest.mark.parametrize(
    "text", ["2O10", "2010-13", "2008-02-30", "september 2008", "", " 1996", "1998/1996x", "2021-25-25"]
)
def test_what_is_no_edtf_has_no_bounds(text: str) -> None:
    with pytest.raises(ValueError, match="not an EDTF date"):
        bounds(text)


@pytest.mark.parametrize(
    ("text", "sv", "en"),
    [
        ("1996", "1996", "1996"),
        ("194X", "1940-talet", "the 1940s"),
        ("2008-09", "september 2008", "September 2008"),
        ("2005/..", "2005 eller senare", "2005 or later"),
        ("../2021-12-31", "2021-12-31 eller tidigare", "2021-12-31 or earlier"),
        ("1996/1998", "1996–1998", "1996–1998"),
        ("1984~", "1984 (omkring)", "1984 (about)"),
    ],
)
def test_phrase(text: str, sv: str, en: str) -> None:
    assert (phrase(text, "sv"), phrase(text, "en")) == (sv, en)


def test_plain_values() -> None:
    assert plain(Literal(35)) == 35
    assert plain(Literal("8200.0", datatype=NamedNode(XSD + "decimal"))) == 8200
    assert plain(Literal("x", datatype=NamedNode(XSD + "integer"))) == "x"
    assert plain(Literal("true", datatype=NamedNode(XSD + "boolean"))) is True
    assert plain(Literal("Kina", language="sv")) == "Kina"
    assert plain(None) is None


@pytest.mark.parametrize("line", ['publisher_type = "Kommun"', 'contact = "not an address"'])
def test_settings_of_the_catalogue_are_checked(tmp_path: Path, line: str) -> None:
    (tmp_path / "coopgraph.toml").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=line.split()[0]):
        find(tmp_path)


def test_files_that_changed_after_a_moment_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "coopgraph.toml").touch()
    for name in ("place/a.ttl", "place/inner/b.nt.gz", "c.ttl", "place/.d.ttl", "place/e.txt"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1000, 1000))
    project = find(tmp_path)
    assert (project.changed_after(999), project.changed_after(1000)) == (3, 0)
    os.utime(tmp_path / "data/place/inner/b.nt.gz", (2000, 2000))
    assert project.changed_after(1000) == 1
    monkeypatch.setattr("coopgraph.project._LOOKED_AT", 2)
    assert project.changed_after(999) == 2
