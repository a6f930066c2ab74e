"""Fetching from others: what an import says, how it fits into the dataset, and what no fault of a server can do to it."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest
import unwell
import wikidata
from conftest import WORLD
from pyoxigraph import Literal, NamedNode, Quad, Store

from coopgraph import CoopgraphError, ProjectError, StoreError, UsageError
from coopgraph.api import open as open_dataset
from coopgraph.build.assemble import assemble
from coopgraph.build.make import build
from coopgraph.harvest import Change, Harvested, Manners, harvest, load_harvest, load_harvests
from coopgraph.iris import namespaces
from coopgraph.project import find
from coopgraph.turtle import read
from coopgraph.validate.check import check

QUICK = Manners(pause=0, wait=0.01, tries=4, timeout=5)
DAY = datetime.date(2024, 6, 1)
NAME = "wikidata-twinned-bodies"
ROOT = Path(__file__).parent.parent


def fetch(folder: Path, url: str, name: str = NAME, **options: object) -> Harvested:
    given = {"endpoint": url, "manners": QUICK, "today": DAY, **options}
    return harvest(find(folder), name, **given)  # type: ignore[arg-type]


def said_of(path: Path, thing: str, folder: Path) -> set[tuple[str, str]]:
    """What a file says of a thing, in short: (property, value)."""
    names = namespaces(find(folder))

    def short(term: object) -> str:
        return names.shorten(term.value) if isinstance(term, NamedNode) else str(term)

    node = names.expand(thing)
    return {(short(quad.predicate), short(quad.object)) for quad in read(path) if quad.subject == node}


def findings(folder: Path) -> list[tuple[str, str | None]]:
    return [(one.rule, one.focus) for one in check(find(folder)).findings if one.severity != "info"]


def many(count: int) -> str:
    """The bodies and so many twinnings, each with its start."""
    return wikidata.BODIES + "".join(
        wikidata.body(f"Q{100 + one}", "Q35", f'"By {one}"@sv')
        + wikidata.statement("Q11", "P190", f"Q{100 + one}", start=(f"{1950 + one % 50}-01-01", 9))
        for one in range(count)
    )


@pytest.fixture(scope="module")
def plain() -> Store:
    return wikidata.store(wikidata.TWINNED)


# What an import says


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, plain: Store) -> tuple[Path, Harvested]:
    """The invented world with the twinnings, built."""
    folder = tmp_path_factory.mktemp("imported") / "world"
    shutil.copytree(WORLD, folder, ignore=shutil.ignore_patterns(".coopgraph"))
    with unwell.running(plain) as server:
        done = fetch(folder, server.url, page=2)
    build(find(folder))
    return folder, done


def test_two_statements_on_one_twinning_are_one_partnership_with_two_pieces_of_evidence(
    imported: tuple[Path, Harvested],
) -> None:
    folder, done = imported
    assert said_of(done.path, "partnership:wikidata-q11--q12", folder) == {
        ("rdf:type", "coop:Partnership"),
        ("skos:prefLabel", '"Ekångers kommun – Klitrup"@sv'),
        ("skos:prefLabel", '"Ekånger Municipality – Klitrup"@en'),
        ("dct:type", "collaboration:twin-town"),
        ("coop:hasParty", "organisation:wikidata-q11"),
        ("coop:hasParty", "organisation:wikidata-q12"),
        ("coop:start", '"1996"^^<http://id.loc.gov/datatypes/edtf/EDTF>'),
        ("coop:status", "status:unknown"),
    }
    with open_dataset(folder, language="en") as dataset:
        rows = dataset.query("evidence/of", fact="partnership:wikidata-q11--q12")
        quotes = {row["quote"] for row in rows}
    assert quotes == {
        "Q11 P190 Q12",
        "Q11 P190 Q12 P580 1998-01-01T00:00:00Z/9",
        "Q12 P190 Q11",
        "Q12 P190 Q11 P580 1996-01-01T00:00:00Z/9",
    }


@pytest.mark.parametrize(
    ("partnership", "told"),
    [
        ("q11--q14", {("coop:start", "2008-09"), ("coop:end", "2012"), ("coop:status", "status:ended")}),
        ("q13--q15", {("coop:start", "199X"), ("coop:status", "status:unknown")}),
        ("q13--q16", {("coop:start", "1901/2000"), ("coop:status", "status:unknown")}),
    ],
)
def test_times_are_as_precise_as_there(
    imported: tuple[Path, Harvested], partnership: str, told: set[tuple[str, str]]
) -> None:
    folder, done = imported
    said = said_of(done.path, f"partnership:wikidata-{partnership}", folder)
    times = {(verb, value.split('"')[1] if '"' in value else value) for verb, value in said}
    assert {
        one for one in times if one[0] in ("coop:start", "coop:end", "coop:status", "coop:notStated")
    } == told


def test_a_body_is_no_more_than_what_is_known_of_it(imported: tuple[Path, Harvested]) -> None:
    folder, done = imported
    assert said_of(done.path, "organisation:wikidata-q15", folder) == {
        ("rdf:type", "org:Organization"),
        ("skos:prefLabel", '"Q15"@sv'),
        ("skos:prefLabel", '"Q15"@en'),
        ("coop:notStated", "skos:prefLabel"),
        ("coop:country", "country:FIN"),
        ("skos:exactMatch", "http://www.wikidata.org/entity/Q15"),
    }
    two = said_of(done.path, "organisation:wikidata-q16", folder)
    assert not [value for verb, value in two if verb == "coop:country"]
    assert ("org:classification", "kind:municipality") in said_of(
        done.path, "organisation:wikidata-q11", folder
    )


def test_an_import_tells_where_it_comes_from(imported: tuple[Path, Harvested]) -> None:
    folder, done = imported
    source = dict(said_of(done.path, f"source:{NAME}", folder) - {("dct:title", '"Wikidata: vänorter"@sv')})
    assert source["dct:title"] == '"Wikidata: twinned bodies"@en'
    assert source["coop:retrieved"] == '"2024-06-01"^^<http://id.loc.gov/datatypes/edtf/EDTF>'
    assert source["dct:publisher"] == "organisation:wikidata"
    activity = dict(said_of(done.path, f"source:{NAME}#harvest", folder))
    assert activity["prov:used"] == done.endpoint
    names = namespaces(find(folder))
    query = load_harvest(find(folder), NAME).text(names)
    assert activity["prov:value"] == str(Literal(query))
    # the checksum is of the triples as they came
    came = {f"{one} .\n" for one in wikidata.store(wikidata.TWINNED).query(query)}
    assert source["void:triples"].startswith(f'"{len(came)}"')
    assert source["coop:sha256"] == f'"{hashlib.sha256("".join(sorted(came)).encode()).hexdigest()}"'


def test_an_import_builds_and_passes_the_check(imported: tuple[Path, Harvested]) -> None:
    folder, _ = imported
    # the world has an Ekånger and a Klitrup of its own, in the same countries: perhaps the same, says the check
    assert findings(folder) == [
        ("same-body", "organisation:wikidata-q11"),
        ("same-body", "organisation:wikidata-q12"),
        ("same-body", "organisation:wikidata-q14"),
    ]
    held = check(find(folder), sources=WORLD / "sources")
    assert "source-missing" not in {one.rule for one in held.findings}
    with open_dataset(folder, language="en") as dataset:
        partners = dataset.query("organisation/partners", organisation="organisation:wikidata-q11")
        assert {(row["partnerLabel"], row["start"], row["end"]) for row in partners} == {
            ("Klitrup", "1996", None),
            ("Saarikoivu", "2008-09", "2012"),
        }


def test_the_file_is_sorted_and_has_no_time_stamp(imported: tuple[Path, Harvested]) -> None:
    _, done = imported
    content = done.path.read_bytes()
    assert content[3:8] == b"\0\0\0\0\0"  # no name, no time
    lines = gzip.decompress(content).decode().splitlines()
    assert lines == sorted(set(lines))


# The dataset's own knowledge


def test_what_the_dataset_knows_by_a_match_is_not_told_again(world_copy: Path, plain: Store) -> None:
    for name, item in (("ekanger-kommun", "Q11"), ("klitrup", "Q12")):
        path = world_copy / "data" / "organisation" / f"{name}.ttl"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("<> a ", f"<> skos:exactMatch <http://www.wikidata.org/entity/{item}> ;\n    a "),
            encoding="utf-8",
        )
    before = findings(world_copy)
    with unwell.running(plain) as server:
        done = fetch(world_copy, server.url)
    assert done.known == 3
    assert said_of(done.path, "organisation:wikidata-q11", world_copy) == set()
    assert said_of(done.path, "partnership:ekanger-kommun--klitrup", world_copy) == set()
    rests = [
        quad for quad in read(done.path) if quad.object.value.endswith("partnership/ekanger-kommun--klitrup")
    ]
    assert len(rests) == 4
    assert findings(world_copy) == [*before, ("same-body", "organisation:wikidata-q14")]


def test_harvests_that_share_bodies_describe_them_once(world_copy: Path) -> None:
    statements = (
        wikidata.TWINNED
        + 'wd:Q90 rdfs:label "Kustlandets nät"@sv .\n'
        + wikidata.statement("Q11", "P463", "Q90", start=("2003-02-11", 11))
        + wikidata.statement("Q12", "P463", "Q90")
        + "wd:Q11 p:P625 wds:Q11-P625 .\nwds:Q11-P625 a wikibase:BestRank ; psv:P625 wdv:c .\n"
        + 'wdv:c wikibase:geoLatitude "60.5"^^xsd:double ; wikibase:geoLongitude "17.25"^^xsd:double .\n'
    )
    with unwell.running(wikidata.store(statements)) as server:
        for name in ("wikidata-memberships", "wikidata-municipalities", NAME):
            done = fetch(world_copy, server.url, name)
    assert done.known == 2  # the body, and Wikidata
    assert {one for one in findings(world_copy) if one[0] != "same-body"} == set()
    assert said_of(
        world_copy / "data/import/wikidata-memberships.nt.gz", "membership:wikidata-q11--q90", world_copy
    ) == {
        ("rdf:type", "org:Membership"),
        ("org:member", "organisation:wikidata-q11"),
        ("org:organization", "network:wikidata-q90"),
        ("org:role", "role:member"),
        ("coop:start", '"2003-02-11"^^<http://id.loc.gov/datatypes/edtf/EDTF>'),
    }
    place = said_of(
        world_copy / "data/import/wikidata-municipalities.nt.gz", "place:wikidata-q11", world_copy
    )
    assert ("geo:lat", '"60.5"^^<http://www.w3.org/2001/XMLSchema#decimal>') in place


def test_another_coopgraph_is_taken_in_whole_but_for_what_it_derives(
    tmp_path: Path, real_folder: Path, world_copy: Path
) -> None:
    theirs = Store()
    for graph, origin in (assembled := assemble(find(real_folder))).origins.items():
        theirs.extend(Quad(*triple, graph) for triple in assembled.authored(graph) if origin)
    theirs.extend(
        assembled.store.engine.quads_for_pattern(
            None, None, None, NamedNode(namespaces(find(real_folder)).graph_of("derived").value)
        )
    )
    before = findings(world_copy)
    with unwell.running(theirs) as server:
        done = fetch(world_copy, server.url, "coopgraph", page=25)
    authored = {quad.triple for path in (real_folder / "data").rglob("*.ttl") for quad in read(path)}
    ours = {quad.triple for quad in read(done.path)}
    assert authored <= ours
    assert len(ours - authored) < 20  # where it comes from
    assert done.pages > 4
    assert [one for one in findings(world_copy) if one not in before] == []


# Changes


def test_it_tells_what_came_went_and_changed(world_copy: Path) -> None:
    first, second = many(10), many(12).replace("1950-01-01", "1951-01-01").replace('"By 3"', '"By tre"')
    second = "\n".join(line for line in second.splitlines() if "Q104" not in line)
    with unwell.running(wikidata.store(first)) as server:
        done = fetch(world_copy, server.url)
    assert done.first
    assert {one.kind.value.rpartition("#")[2]: one.added for one in done.changes}["Partnership"] == 10
    with unwell.running(wikidata.store(second)) as server:
        done = fetch(world_copy, server.url)
    coop = "https://w3id.org/coopgraph/ns#"
    assert not done.first
    assert {one.kind.value: one for one in done.changes}[coop + "Partnership"] == Change(
        NamedNode(coop + "Partnership"), added=2, removed=1, changed=2, same=7
    )
    assert {one.kind.value: one for one in done.changes}[coop + "Evidence"] == Change(
        NamedNode(coop + "Evidence"), added=4, removed=2, changed=1, same=17
    )


def test_a_harvest_that_removes_more_than_half_is_refused_until_accepted(world_copy: Path) -> None:
    with unwell.running(wikidata.store(many(10))) as server:
        former = fetch(world_copy, server.url).path.read_bytes()
    path = world_copy / "data" / "import" / f"{NAME}.nt.gz"
    with unwell.running(wikidata.store(many(3))) as server:
        with pytest.raises(ProjectError, match="more than half") as refused:
            fetch(world_copy, server.url)
        assert "--yes" in refused.value.sv
        assert path.read_bytes() == former
        asked = len(server.asked)
        # not accepted: what is there today is asked for anew; accepted: what has come is taken
        with pytest.raises(ProjectError, match="more than half"):
            fetch(world_copy, server.url)
        assert len(server.asked) == 2 * asked
        done = fetch(world_copy, server.url, accept=True)
        assert len(server.asked) == 2 * asked
    assert done.kept == done.pages
    assert path.read_bytes() != former


def test_an_empty_answer_replaces_nothing(world_copy: Path) -> None:
    with unwell.running(wikidata.store("")) as server, pytest.raises(StoreError, match="has nothing") as told:
        fetch(world_copy, server.url)
    assert "har inget" in told.value.sv
    assert not (world_copy / "data" / "import").exists()


# Manners


def test_it_asks_politely(world_copy: Path, plain: Store) -> None:
    with unwell.running(plain) as server:
        fetch(world_copy, server.url, page=2, manners=replace(QUICK, pause=0.1))
    times = [when for when, _ in server.asked]
    assert len(times) == 6  # for the keys, four pages of them, and that there are no more
    assert min(b - a for a, b in pairwise(times)) >= 0.1
    assert server.at_once == 1
    agent = server.asked[0][1]["User-Agent"]
    assert "https://w3id.org/coopgraph/" in agent
    assert "https://world.example/" in agent


@pytest.mark.parametrize("how", ["seconds", "date"])
def test_it_comes_back_when_it_is_asked_to(world_copy: Path, plain: Store, how: str) -> None:
    when = "1" if how == "seconds" else formatdate(time.time() + 2, usegmt=True)
    with unwell.running(plain, unwell.status(429, Retry_After=when)) as server:
        fetch(world_copy, server.url)
    (first, _), (second, _), *_ = server.asked
    assert 0.9 < second - first < 4


def test_it_does_not_wait_for_hours(world_copy: Path, plain: Store) -> None:
    with (
        unwell.running(plain, unwell.status(503, Retry_After="7200")) as server,
        pytest.raises(StoreError, match="120 minutes"),
    ):
        fetch(world_copy, server.url)
    assert len(server.asked) == 1


def test_it_gives_up_after_some_tries(world_copy: Path, plain: Store) -> None:
    faults = [unwell.status(500), unwell.cut, unwell.status(503), unwell.status(502)]
    with unwell.running(plain, *faults) as server:
        with pytest.raises(StoreError, match=r"answered 502: not now[.] 4 tries were made") as told:
            fetch(world_copy, server.url)
        assert "4 försök gjordes" in told.value.sv
        assert told.value.exit_code == 3
        assert len(server.asked) == 4
        fetch(world_copy, server.url)


# Faults


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, plain: Store) -> bytes:
    """The file that a harvest without a fault gives."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "coopgraph.toml").write_text('base = "https://world.example/"\n', encoding="utf-8")
    with unwell.running(plain) as server:
        return comparable(fetch(folder, server.url, page=2).path)


def comparable(path: Path) -> bytes:
    """The content but for the port of the server that was asked."""
    lines = gzip.decompress(path.read_bytes()).splitlines()
    return b"\n".join(line for line in lines if b"prov#used" not in line)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    (tmp_path / "coopgraph.toml").write_text('base = "https://world.example/"\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "fault",
    [
        unwell.status(429),
        unwell.status(429, Retry_After="soon"),
        unwell.status(500),
        unwell.status(503),
        unwell.cut,
        unwell.cut_chunked,
        unwell.cut_packed,
        unwell.bad_syntax,
        unwell.trickling,
        unwell.chunked,
        unwell.packed,
    ],
    ids=lambda fault: getattr(fault, "__name__", ""),
)
def test_a_fault_that_passes_leaves_no_trace(
    empty: Path, plain: Store, whole: bytes, fault: unwell.Fault
) -> None:
    with unwell.running(plain, fault, unwell.well, fault) as server:  # of the keys, and of the first page
        done = fetch(empty, server.url, page=2, manners=replace(QUICK, timeout=1))
    assert comparable(done.path) == whole


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (unwell.html, "did not answer with RDF but with text/html: <!doctype html>"),
        (unwell.status(404), "answered 404: not now"),
        (unwell.status(400), "answered 400"),
        (unwell.cut_unseen, "does not say how long"),
        (unwell.endless, "more than 1 MB at a time"),
        (unwell.bomb, "more than 1 MB at a time"),
    ],
    ids=["html", "404", "400", "unseen cut", "endless", "bomb"],
)
def test_a_fault_that_stays_is_told_and_costs_nothing(
    empty: Path, plain: Store, whole: bytes, fault: unwell.Fault, said: str
) -> None:
    manners = replace(QUICK, limit=2**20)
    with unwell.running(plain, unwell.well, unwell.well, fault) as server:
        with pytest.raises(StoreError, match=said) as told:
            fetch(empty, server.url, page=2, manners=manners)
        assert told.value.sv != told.value.en
        assert not (empty / "data").exists()
        done = fetch(empty, server.url, page=2, manners=manners)
        assert done.kept == 1
    assert comparable(done.path) == whole


def test_redirects_are_followed_but_not_for_ever(empty: Path, plain: Store, whole: bytes) -> None:
    with unwell.running(plain) as goal:
        with unwell.running(plain, *[unwell.to(goal.url, code) for code in (301, 302, 307, 308)]) as server:
            done = fetch(empty, server.url, page=2)
        assert comparable(done.path) == whole
        assert len(goal.asked) == 4  # the fifth page comes from the first server
    with unwell.running(plain) as server:
        server.faults += [unwell.to(server.url)] * 20
        with pytest.raises(StoreError, match="sends on more than 5 times"):
            fetch(empty, server.url, page=2)


def test_a_server_that_nobody_knows_is_asked_for_once(empty: Path) -> None:
    waited: list[float] = []
    with pytest.raises(StoreError, match="can't be reached") as told:
        fetch(empty, "http://nowhere.invalid/sparql", waiting=lambda said, wait: waited.append(wait))
    if "Temporary failure" in str(told.value):
        pytest.skip("no name server answers here")
    assert not waited
    assert "Är adressen rätt?" in told.value.sv


def test_an_endpoint_that_is_not_there_is_told(empty: Path) -> None:
    with pytest.raises(StoreError, match="can't be reached"):
        fetch(empty, "http://127.0.0.1:9/sparql")
    for wrong in ("ftp://x.example/", "https://", "https://x.example/a b", "https://[x"):
        with pytest.raises(UsageError, match="begins with http"):
            fetch(empty, wrong)
    with pytest.raises(UsageError, match="password"):
        fetch(empty, "https://me:secret@x.example/sparql")
    with pytest.raises(UsageError, match="--endpoint"):
        harvest(find(empty), "coopgraph")
    with pytest.raises(UsageError, match="Did you mean wikidata-twinned-bodies"):
        fetch(empty, "http://127.0.0.1:9/", "wikidata-twinned-body")


def test_it_goes_by_way_of_the_proxy_that_the_environment_names(
    empty: Path, plain: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with unwell.running(plain) as proxy:  # asked for what is elsewhere, it answers itself
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:se%20cret@"))
        done = fetch(empty, "http://nowhere.example/sparql", page=2)
    assert done.pages > 1
    assert {asked["Host"] for _, asked in proxy.asked} == {"nowhere.example"}
    assert {asked["proxy-authorization"] for _, asked in proxy.asked} == {"Basic bWU6c2UgY3JldA=="}
    with unwell.running(plain) as server:
        monkeypatch.setenv("http_proxy", "127.0.0.1:9")
        with pytest.raises(
            StoreError, match=r"by way of the proxy 127\.0\.0\.1:9, which the environment"
        ) as told:
            fetch(empty, server.url)
        assert "genom proxyservern 127.0.0.1:9, som miljön anger: anslutningen nekades" in told.value.sv
        assert not server.asked
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        fetch(empty, server.url)
    monkeypatch.setenv("http_proxy", "socks5://me:secret@127.0.0.1:9")
    with pytest.raises(UsageError, match="proxy") as refused:
        fetch(empty, "http://nowhere.example/sparql")
    assert "secret" not in refused.value.en


def test_a_port_that_speaks_no_https_is_told_at_once(empty: Path, plain: Store) -> None:
    with unwell.running(plain) as server, pytest.raises(StoreError, match="does not speak https") as told:
        fetch(empty, server.url.replace("http:", "https:"))
    assert "talar inte https" in told.value.sv


def test_a_server_that_ignores_the_order_can_not_lead_round_in_circles(empty: Path, plain: Store) -> None:
    def again(handler: unwell.Handler) -> None:
        handler.query = first if "urn:coopgraph:key" in handler.query else handler.query
        unwell.well(handler)

    first = load_harvest(find(empty), NAME).keys(namespaces(find(empty)), after="", count=3)
    with unwell.running(plain, *[again] * 10) as server, pytest.raises(StoreError, match="ORDER BY"):
        fetch(empty, server.url, page=2)
    assert len(server.asked) == 4


def test_keys_are_asked_for_until_none_are_left(
    empty: Path, plain: Store, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopgraph.harvest.run.KEYS", 3)
    with unwell.running(plain) as server:
        done = fetch(empty, server.url, page=2)
    assert comparable(done.path) == whole
    # eight statements: three, three and two, each three on two pages, and then none
    assert len(server.asked) == (1 + 2) + (1 + 2) + (1 + 1) + 1


def test_a_page_by_its_keys_says_what_the_query_says(empty: Path, plain: Store) -> None:
    names = namespaces(find(empty))
    for saved in load_harvests(find(empty)).values():
        keys = [one.subject for one in plain.query(saved.keys(names, after="", count=saved.page))]
        assert set(plain.query(saved.of(names, keys))) == set(plain.query(saved.text(names)))
        assert keys or saved.name != NAME


def test_huge_answers_take_little_memory(empty: Path, plain: Store) -> None:
    """A bomb of a gigabyte, and an answer without an end, at the usual bound, in a process whose memory is bounded."""
    script = (
        "import sys; from coopgraph.harvest import harvest; from coopgraph.project import find; from pathlib import Path\n"
        "from coopgraph import StoreError\n"
        "try: harvest(find(Path(sys.argv[1])), sys.argv[2], endpoint=sys.argv[3])\n"
        "except StoreError as error: print(error)\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    )
    for fault in (unwell.bomb, unwell.endless):
        with unwell.running(plain, fault) as server:
            done = subprocess.run(
                [sys.executable, "-c", script, str(empty), NAME, server.url],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
        said, kilobytes = done.stdout.splitlines()
        assert "more than 64 MB" in said
        assert int(kilobytes) < 400_000


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "?thing wdt:P31 ?form",
            "gives http://www.wikidata.org/prop/direct/P31, which no known vocabulary has",
        ),
        ("?thing a wd:Q5", "gives http://www.wikidata.org/entity/Q5"),
        ("?thing skos:exactMatch []", "blank node with skos:exactMatch"),
    ],
)
def test_what_a_dataset_can_not_hold_is_refused_at_the_query(
    empty: Path, plain: Store, template: str, said: str
) -> None:
    (empty / "harvests").mkdir()
    (empty / "harvests" / "own.rq").write_text(OWN % template, encoding="utf-8")
    with unwell.running(plain) as server, pytest.raises(ProjectError, match=said):
        fetch(empty, server.url, "own")


OWN = """#+ title: {sv: Egen, en: Own}
#+ key: thing
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
CONSTRUCT { %s }
WHERE {
  { SELECT DISTINCT ?thing WHERE { VALUES ?after { "" } ?thing wdt:P31 ?any FILTER(STR(?thing) > ?after) } ORDER BY STR(?thing) LIMIT 5 }
  ?thing wdt:P31 ?form
}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("#+ key: thing", "#+ key: think", "key that the header names"),
        ("LIMIT 5", "", "the one LIMIT"),
        ("VALUES ?after", "VALUES ?before", "VALUES .after"),
        ("CONSTRUCT { %s }", "SELECT *", "CONSTRUCT"),
        ("?thing wdt:P31 ?form", "SERVICE <https://x.example/> { ?s ?p ?o }", "SERVICE is refused"),
        ("ORDER BY", "ODER BY", "doesn't parse"),
        ("#+ title: {sv", "#+ title: {sv: {", "not valid YAML"),
    ],
)
def test_a_harvest_that_is_wrong_is_told_before_anybody_is_asked(
    empty: Path, old: str, new: str, said: str
) -> None:
    (empty / "harvests").mkdir()
    text = OWN.replace(old, new)
    (empty / "harvests" / "own.rq").write_text(text.replace("%s", "?thing a ?form"), encoding="utf-8")
    with pytest.raises(ProjectError, match=said) as told:
        fetch(empty, "http://127.0.0.1:9/", "own")
    assert told.value.en.startswith("harvests/own.rq")


def test_the_packaged_harvests_are_no_questions(empty: Path) -> None:
    from coopgraph.queries.saved import query_files

    harvests = load_harvests(find(empty))
    assert set(harvests) == {
        "coopgraph", "wikidata-memberships", "wikidata-municipalities", "wikidata-twinned-bodies",
    }  # fmt: skip
    assert not set(harvests) & set(query_files(find(empty)))
    for one in harvests.values():
        assert set(one.query.title) == set(one.query.description) == {"sv", "en"}


def test_two_harvests_do_not_run_at_once(empty: Path, plain: Store) -> None:
    with unwell.running(plain) as server:
        server.delay = 1.0
        first = subprocess.Popen(command(empty, server.url), stdout=subprocess.DEVNULL)
        while not server.asked:
            time.sleep(0.02)
        with pytest.raises(ProjectError, match="another harvest is running"):
            fetch(empty, server.url)
        server.delay = 0.0
        assert first.wait(30) == 0


def test_files_that_can_not_be_written_are_told(empty: Path, plain: Store) -> None:
    (empty / "data").write_text("in the way", encoding="utf-8")
    with unwell.running(plain) as server, pytest.raises(CoopgraphError, match="The former file is as it was"):
        fetch(empty, server.url)


# Breaks


def command(folder: Path, url: str, page: int = 3) -> list[str]:
    script = (
        "import datetime, sys; from pathlib import Path\n"
        "from coopgraph.harvest import Manners, harvest; from coopgraph.project import find\n"
        f"harvest(find(Path(sys.argv[1])), {NAME!r}, endpoint=sys.argv[2], page={page}, "
        "manners=Manners(pause=0), today=datetime.date(2024, 6, 1))\n"
    )
    return [sys.executable, "-c", script, str(folder), url]


def killed(folder: Path, count: int, seed: int) -> None:
    """Kill a harvest so many times at random moments; each time the former file is whole, and in the end the new one."""
    chance = random.Random(seed)
    target = folder / "data" / "import" / f"{NAME}.nt.gz"
    with unwell.running(wikidata.store(many(30))) as server:
        subprocess.run(command(folder, server.url), check=True)
        former = target.read_bytes()
        server.store = wikidata.store(many(60))
        other = folder.parent / "unbroken"
        other.mkdir()
        (other / "coopgraph.toml").write_text('base = "https://world.example/"\n', encoding="utf-8")
        started = time.monotonic()
        subprocess.run(command(other, server.url), check=True)
        takes = time.monotonic() - started
        goal = (other / "data" / "import" / f"{NAME}.nt.gz").read_bytes()
        assert goal != former
        kills = 0
        for _ in range(count):
            process = subprocess.Popen(command(folder, server.url))
            time.sleep(chance.uniform(0.1, takes))
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
            assert target.read_bytes() in (former, goal)
            if target.read_bytes() == goal:  # done, and broken before or after it was told
                target.write_bytes(former)
        assert kills > count // 3
        subprocess.run(command(folder, server.url), check=True)
        assert target.read_bytes() == goal
        assert [path.name for path in target.parent.iterdir()] == [target.name]
        assert [path.name for path in (folder / ".coopgraph" / "harvest").iterdir()] == ["lock"]


def test_a_harvest_that_is_killed_goes_on_and_gives_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "coopgraph.toml").write_text('base = "https://world.example/"\n', encoding="utf-8")
    killed(folder, 5, seed=1)


@pytest.mark.long
def test_a_harvest_that_is_killed_many_times_goes_on_and_gives_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "coopgraph.toml").write_text('base = "https://world.example/"\n', encoding="utf-8")
    killed(folder, 80, seed=int(os.environ.get("SEED", time.time_ns() % 10**6)))


def test_pages_that_came_are_not_asked_for_again(empty: Path, plain: Store) -> None:
    with unwell.running(plain, *[unwell.well] * 3, unwell.status(403)) as server:
        with pytest.raises(StoreError, match="403"):
            fetch(empty, server.url, page=2)
        done = fetch(empty, server.url, page=1)
        assert (done.kept, len(server.asked)) == (2, 4 + 6)


@pytest.mark.parametrize("damage", ["torn page", "torn note", "old", "other question"])
def test_pages_that_are_of_no_use_are_fetched_anew(
    empty: Path, plain: Store, whole: bytes, damage: str
) -> None:
    with unwell.running(plain, unwell.well, unwell.well, unwell.status(403)) as server:
        with pytest.raises(StoreError, match="403"):
            fetch(empty, server.url, page=2)
        kept = empty / ".coopgraph" / "harvest" / NAME
        note = json.loads((kept / "harvest.json").read_text(encoding="utf-8"))
        if damage == "torn page":
            (kept / "000001.nt").write_bytes(b"")
        elif damage == "torn note":
            (kept / "harvest.json").write_text("{", encoding="utf-8")
        else:
            note |= {"day": "2024-05-01"} if damage == "old" else {"endpoint": "https://x.example/"}
            (kept / "harvest.json").write_text(json.dumps(note), encoding="utf-8")
        done = fetch(empty, server.url, page=2)
    assert done.kept == 0
    assert comparable(done.path) == whole


# The command, against a real server


def test_the_command_fetches_from_an_oxigraph_server(world_copy: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "coopgraph", "-d", str(world_copy), *arguments],
            capture_output=True, text=True, check=False, env={**os.environ, "COOPGRAPH_LANG": "sv"},
        )  # fmt: skip

    with wikidata.served(wikidata.TWINNED, tmp_path) as url:
        listed = run("harvest")
        assert "wikidata-twinned-bodies  Wikidata: vänorter" in listed.stdout
        done = run("harvest", NAME, "--endpoint", url, "--pause", "0", "--page", "3")
        assert done.returncode == 0, done.stderr
        assert f"data/import/{NAME}.nt.gz" in done.stdout
        assert "samarbete" in done.stdout
        assert "4 nya" in done.stdout
        again = run("harvest", NAME, "--endpoint", url, "--pause", "0", "--lang", "en")
        assert "Nothing has changed since the last time." in again.stdout
    with unwell.running(Store(), unwell.status(503, Retry_After="1"), unwell.status(404)) as server:
        gone = run("harvest", NAME, "--endpoint", server.url, "--pause", "0", "--page", "1")
    assert gone.returncode == 3
    assert gone.stderr.splitlines() == [
        "Servern svarade 503: not now. Nytt försök om 1 s.",
        f"Fel: {server.url} svarade 404: not now.",
    ]
