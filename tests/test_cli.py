"""The command line as a person meets it: answers, formats, exit codes, and what it says to wrong input."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import polars
import pytest
import servers

from coopgraph.build.make import build
from coopgraph.build.snapshot import current
from coopgraph.project import find

ROOT = Path(__file__).parent.parent
PARTNERS = ["query", "organisation/partners", "-p", "organisation=Region Jönköpings län"]


def run(
    *arguments: str, cwd: Path, lang: str = "en", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    env = {"PATH": os.environ["PATH"], "COOPGRAPH_LANG": lang, **measured, **environment}
    return subprocess.run(
        [sys.executable, "-m", "coopgraph", *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stdout.decode() + done.stderr.decode()


def test_queries_are_listed_by_folder(real_folder: Path) -> None:
    done = run("query", cwd=real_folder, lang="sv")
    assert done.returncode == 0
    assert "organisation/partners" in said(done)
    assert "[organisation on?]" in said(done)


def test_the_list_goes_on_past_a_query_that_cannot_be_read(world_copy: Path) -> None:
    path = world_copy / "queries" / "own" / "untitled.rq"
    path.parent.mkdir(parents=True)
    path.write_text("SELECT * { ?s ?p ?o }", encoding="utf-8")
    done = run("query", cwd=world_copy)
    assert "organisation/partners" in done.stdout.decode()
    assert "own/untitled.rq:1: the query has no title" in done.stderr.decode()


def test_a_code_is_given_in_the_words_of_either_language(real_folder: Path) -> None:
    asked = ["query", "partnership/active-on", "-p", "on=2010-12-31", "-f", "json", "-p"]
    answers = [run(*asked, f"certainty={word}", cwd=real_folder).stdout for word in ("certain", "säkert")]
    assert answers[0] == answers[1]
    assert {row["certainty"] for row in json.loads(answers[0])} == {"certain"}


def test_where_an_answer_is_cut_it_says_how_to_get_more(world_folder: Path) -> None:
    asked = ["query", "network/shared-memberships", "-p", "minimum=1", "-f", "csv", "-p"]
    cut, whole = (run(*asked, f"limit={limit}", cwd=world_folder) for limit in ("1", "100"))
    assert "more rows than the first 1. Ask for more with -p limit=" in cut.stderr.decode()
    assert len(cut.stdout.splitlines()) == 2
    assert "limit" not in said(whole)


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "tsv", "parquet", "xlsx"])
def test_every_format_holds_the_same_rows(real_folder: Path, tmp_path: Path, format_: str) -> None:
    target = tmp_path / f"partners.{format_}"
    done = run(*PARTNERS, "-f", format_, "-o", str(target), cwd=real_folder, lang="sv")
    assert done.returncode == 0, said(done)
    match format_:
        case "json":
            rows = json.loads(target.read_text(encoding="utf-8"))
        case "jsonl":
            rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
        case "csv" | "tsv":
            text = target.read_text(encoding="utf-8")
            rows = list(csv.DictReader(io.StringIO(text), delimiter="," if format_ == "csv" else "\t"))
        case "parquet":
            rows = polars.read_parquet(target).to_dicts()
        case _:
            assert target.read_bytes().startswith(b"PK")
            return
    assert [(row["partnerLabel"], row["start"]) for row in rows] == [
        ("Alytus län", "1996"),
        ("Tianjin", "2009"),
        ("Jerevan", "2014"),
    ]


@pytest.mark.parametrize(("name", "start"), [("b.xlsx", b"PK"), ("b.CSV", b"partner,"), ("b", b"Partner ")])
def test_the_ending_of_the_file_gives_the_form(
    real_folder: Path, tmp_path: Path, name: str, start: bytes
) -> None:
    target = tmp_path / name
    done = run(*PARTNERS, "-o", str(target), cwd=real_folder, lang="sv")
    assert target.read_bytes().startswith(start)
    assert done.stderr.decode().startswith(f"3 rader skrivna till {target}")


def test_an_error_in_a_query_is_told_at_its_place_in_the_readers_text(real_folder: Path) -> None:
    done = run("sparql", "SELECT ?x\nWHERE { ( ?x a coop:Partnership }", cwd=real_folder, lang="sv")
    assert done.returncode == 2
    told = done.stderr.decode()
    assert "på rad 2, före 'coop:Partnership }'" in told
    one_line = run("sparql", "ASK { ( ?x a coop:Partnership }", cwd=real_folder).stderr.decode()
    assert "on line 1, before 'coop:Partnership }'" in one_line
    text, caret = one_line.splitlines()[1:3]
    assert text.index("coop:") == caret.index("^")


def test_a_query_of_ones_own_says_that_nothing_answers(real_folder: Path) -> None:
    done = run("sparql", "SELECT ?a { ?a a coop:Nothing }", cwd=real_folder, lang="sv")
    assert done.stderr.decode() == "Inga rader.\n"


def test_a_table_is_cut_to_a_terminal_and_nowhere_else(real_folder: Path) -> None:
    command = f'"{sys.executable}" -m coopgraph query policy/goals'
    env = {"PATH": os.environ["PATH"], "COOPGRAPH_LANG": "sv", "COLUMNS": "80"}
    script = ["script", "-qec", command, "/dev/null"]
    if shutil.which("script") is None:
        pytest.skip("the program script, which makes a terminal, is not installed")
    shown = subprocess.run(
        script, cwd=real_folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    lines = shown.stdout.decode().splitlines()
    assert max(map(len, lines)) <= 80
    assert "Hela texten, om något är avkortat (…): -f csv" in lines
    assert "…" not in run("query", "policy/goals", cwd=real_folder, lang="sv").stdout.decode()


def test_json_is_utf8_and_unescaped(real_folder: Path) -> None:
    assert "Region Jönköpings län".encode() in run(*PARTNERS, "-f", "json", cwd=real_folder, lang="sv").stdout


def test_sparql_json_holds_whole_terms(real_folder: Path) -> None:
    answer = json.loads(run(*PARTNERS, "-f", "sparql-json", cwd=real_folder).stdout)
    assert answer["results"]["bindings"][0]["partner"]["type"] == "uri"


def test_a_table_and_markdown_show_labels_and_headings(real_folder: Path) -> None:
    assert run(*PARTNERS, cwd=real_folder, lang="sv").stdout.decode().startswith("Partner ")
    assert "| Alytus County |" in run(*PARTNERS, "-f", "md", cwd=real_folder, lang="en").stdout.decode()


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"COOPGRAPH_LANG": "en"}, "Lithuania"),
        ({"COOPGRAPH_LANG": "", "LANG": "en_GB.UTF-8"}, "Lithuania"),
        ({"COOPGRAPH_LANG": "", "LC_ALL": "sv_SE.UTF-8", "LANG": "en_GB.UTF-8"}, "Litauen"),
        ({"COOPGRAPH_LANG": "", "LANG": "C.UTF-8"}, "Litauen"),
    ],
)
def test_the_language_comes_from_the_environment(
    real_folder: Path, environment: dict[str, str], word: str
) -> None:
    env = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run(
        [sys.executable, "-m", "coopgraph", *PARTNERS],
        cwd=real_folder,
        env=env,
        capture_output=True,
        check=False,
    )
    assert word in done.stdout.decode()


def test_an_option_of_the_command_wins_over_the_environment(real_folder: Path) -> None:
    assert "Lithuania" in said(run(*PARTNERS, "--lang", "en", cwd=real_folder, lang="sv"))


WRONG = [
    (["query", "organisation/partnrs"], 2, "Did you mean organisation/partners"),
    (["query", "organisation/partners", "-p", "organization=x"], 2, "Did you mean 'organisation'?"),
    (["query", "organisation/partners"], 2, "needs the parameter 'organisation'"),
    (["query", "organisation/partners", "-p", "organisation"], 2, "name=value"),
    (["query", "organisation/partners", "-p", "organisation=Växö kommun"], 2, "Did you mean Växjö"),
    (
        ["query", "organisation/partners", "-p", "organisation=network:cpmr"],
        2,
        "network:cpmr is CPMR, and what is wanted is of the kind organisation",
    ),
    (["query", "organisation/partners", "-p", "organisation=China"], 2, "'China' is country:CHN, and"),
    (["query", "network/members"], 2, 'network="Assembly of European Regions"'),
    (["query", "partnership/by-country", "-p", "country=Tysklnad"], 2, "mean Germany (country:DEU)"),
    (["query", "partnership/by-country", "-p", "country=Kinna"], 2, "Did you mean China (country:CHN)?"),
    (["query", "partnership/active-on", "-p", "on=31/12 2007"], 2, "is not a date"),
    (["query", "partnership/coordinators", "-f", "pdf"], 2, "'pdf' is not one of"),
    (["query", "partnership/coordinators", "-o", "/nowhere/x.csv"], 3, "can't be written"),
    (["query", "partnership/by-country", "-p", "country=Atlantis"], 2, "No country is called 'Atlantis'.\n"),
    (["sparql", "DESCRIBE <https://example.org/nothing/at/all>"], 0, ""),
    (["show", "Vaxö komun"], 2, "Did you mean Växjö"),
    (["sparql", "SELECT * WHERE { ?s ?p }"], 2, "doesn't parse"),
    (["sparql", "SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"], 2, "SERVICE is refused"),
    (["sparql", "INSERT DATA { <a:a> <a:b> 1 }"], 2, "INSERT is refused"),
    (["sparql", "nothing.rq"], 2, "No such file"),
    (
        ["sparql", "ASK { ?s a cop:Partnership }"],
        2,
        "the prefix cop: on line 1 is not declared. Did you mean coop:?",
    ),
    (["sparql", "ASK {\n ?s zz:p 1 }"], 2, "zz: on line 2 is not declared. Begin with PREFIX zz: <…>."),
    (
        ["sparql", "SELECT * WHERE { ?s ?p ?o } LIMIT 1", "--endpoint", "http://127.0.0.1:9/"],
        3,
        "does not answer",
    ),
    (["query", "partnership/coordinators", "--endpoint", "ftp://x/"], 2, "is not the address of an endpoint"),
    (["explain", "Partnership-partis"], 2, "Did you mean Partnership-parties"),
    (["check", "--sources", "nowhere"], 2, "There is no folder nowhere"),
    (["-d", "/nowhere", "build"], 3, "There is no folder /nowhere"),
    (["init", "."], 2, "is not empty"),
    (["init", "new", "--base", "example.org"], 2, "can't be a base IRI"),
    (["query", "partnership/by-country", "-p", "country="], 2, "the value is empty"),
    (
        ["query", "partnership/active-on", "-p", "on=2007-01-01", "-p", "on=2008-01-01"],
        2,
        "one date at a time",
    ),
    (["biuld"], 2, "No such command"),
    (["show", "Svenljunga", "kommun"], 2, 'Put quotes around a name of several words: "Svenljunga kommun"'),
    (["query", "partnership/by-country", "country=Kina"], 2, "Write: -p country=Kina"),
    (["query", "partnership/coordinators", "-f", "excel"], 2, "Did you mean 'xlsx'?"),
    (["query", "partnership/coordinators", "-o", "x.xls"], 2, "Name it .xlsx or .csv"),
]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    WRONG,
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_input_is_told_with_what_was_meant(
    real_folder: Path, arguments: list[str], code: int, words: str
) -> None:
    done = run(*arguments, cwd=real_folder)
    assert words in said(done)
    assert done.returncode == code
    assert "Traceback" not in said(done)


def test_outside_a_dataset_the_remedy_is_told(tmp_path: Path) -> None:
    done = run("build", cwd=tmp_path)
    assert (done.returncode, "coopgraph init" in said(done)) == (3, True)


def test_an_ambiguous_name_lists_what_it_can_mean(world_folder: Path, world_copy: Path) -> None:
    for number in (1, 2):
        path = world_copy / f"data/organisation/tvilling-{number}.ttl"
        path.write_text(
            f"@base <https://world.example/id/organisation/tvilling-{number}> .\n"
            "@prefix org: <http://www.w3.org/ns/org#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
            '<> a org:Organization ; skos:prefLabel "Tvilling"@sv .\n',
            encoding="utf-8",
        )
    assert run("build", cwd=world_copy).returncode == 0
    done = run("show", "tvilling", cwd=world_copy)
    assert done.returncode == 2
    assert "more than one thing" in said(done)
    assert "organisation:tvilling-1" in said(done)


@pytest.mark.parametrize(
    ("name", "shown", "other"),
    [
        ("Växjö kommun", "id/organisation/vaxjo-kommun", "The same name also has: place:vaxjo-kommun"),
        ("chizhou", "id/organisation/chizhou", "The same name also has: place:chizhou"),
        ("organisation:chizhou", "id/organisation/chizhou", ""),
        ("Kina", "authority/country/CHN", ""),
        ("topic:water", "concept/topic/water", ""),
    ],
)
def test_show_prefers_the_body_to_its_place(real_folder: Path, name: str, shown: str, other: str) -> None:
    done = run("show", name, cwd=real_folder)
    assert done.stdout.decode().splitlines()[1].endswith(shown)
    assert done.stderr.decode().strip() == other


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        (
            "partnership:vaxjo-kommun--jb-marks",
            [
                "Kommunalt partnerskap: Växjö kommun och JB Marks, sedan 2005 (pågående enligt källa 2024).",
                "Medlemskap eller roll: Sida, finansiär",
                "  framgår inte av källan  början",
            ],
        ),
        (
            "organisation:rehna",
            ["Rehna: kommun i annat land (Tyskland).", "  är part i  Svenljunga kommun – Rehna"],
        ),
        (
            "organisation:landstinget-i-jonkopings-lan",
            ["  efterträdd av                        Region Jönköpings län"],
        ),
        ("source:svenljunga-internationellt-arbete", ["  språk          svenska"]),
        ("country:CHN", ["Kina: land."]),
        (
            "event:region-jonkopings-lan-bildas",
            ["    Skäl: Regionen för i dag de samarbeten som landstinget och regionförbundet inledde."],
        ),
    ],
)
def test_show_reads_as_swedish(real_folder: Path, thing: str, told: list[str]) -> None:
    lines = run("show", thing, cwd=real_folder, lang="sv").stdout.decode().splitlines()
    assert [line for line in told if line not in lines] == []


def test_show_tells_the_facts_that_are_asked_for_first_and_the_parts_last(real_folder: Path) -> None:
    lines = run("show", "partnership:vaxjo-kommun--jb-marks", cwd=real_folder, lang="sv").stdout.decode()
    facts = lines.partition("Uppgifter\n")[2].partition("\n\n")[0].splitlines()
    heads = [line[2:20].strip() for line in facts if line[2] != " "]
    assert heads == ["slag", "har part", "början", "status", "ämne", "har anmärkning", "har sifferuppgift"]


def test_a_query_that_runs_too_long_is_stopped(real_folder: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) < STR(?l)) }"
    started = time.monotonic()
    done = run("sparql", endless, "--timeout", "1", cwd=real_folder)
    assert (done.returncode, "longer than 1 s and" in said(done)) == (3, True)
    assert time.monotonic() - started < 20


def test_sparql_knows_the_prefixes_and_every_form(real_folder: Path, tmp_path: Path) -> None:
    assert (
        run("sparql", "ASK { organisation:vaxjo-kommun a cv:PublicOrganisation }", cwd=real_folder).stdout
        == b"true\n"
    )
    file = tmp_path / "q.rq"
    file.write_text("CONSTRUCT WHERE { organisation:vaxjo-kommun coop:country ?c }", encoding="utf-8")
    assert run("sparql", str(file), cwd=real_folder).stdout.decode() == (
        "<https://w3id.org/coopgraph/id/organisation/vaxjo-kommun> <https://w3id.org/coopgraph/ns#country> "
        "<http://publications.europa.eu/resource/authority/country/SWE> .\n"
    )


def test_check_speaks_json_and_ends_with_1_on_a_violation(real_copy: Path) -> None:
    path = real_copy / "data/organisation/rehna.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace("country:DEU", "country:DEX", 1), encoding="utf-8"
    )
    done = run("check", "-f", "json", "--severity", "violation", cwd=real_copy, lang="sv")
    assert done.returncode == 1
    (finding, *_) = json.loads(done.stdout)
    assert list(finding) == [
        "file",
        "line",
        "column",
        "rule",
        "severity",
        "focus",
        "path",
        "value",
        "message",
    ]
    assert (finding["file"], finding["rule"]) == ("data/organisation/rehna.ttl", "dangling")
    assert finding["message"].startswith("Ingenting beskriver country:DEX")
    assert run("check", cwd=real_copy).stdout.decode().count("data/organisation/rehna.ttl") == 1
    assert json.loads(run("check", "-f", "json", "--rule", "date", cwd=real_copy).stdout) == []


def test_show_tells_everything_in_both_languages(real_folder: Path) -> None:
    swedish, english = (
        said(run("show", "Växjö kommun – JB Marks", cwd=real_folder, lang=lang)) for lang in ("sv", "en")
    )
    assert "sedan 2005" in swedish
    assert "”fler än 35 projekt" in swedish
    assert "since 2005" in english
    assert "Institute for Local and Regional Democracy" in english


@pytest.mark.parametrize(
    "name", ["organisation/partners", "dangling", "Partnership-parties", "coop:Partnership", "topic:water"]
)
def test_explain(real_folder: Path, name: str) -> None:
    for lang in ("sv", "en"):
        done = run("explain", name, cwd=real_folder, lang=lang)
        assert done.returncode == 0, said(done)
        assert len(said(done).splitlines()) >= 3


def test_explain_shows_the_text_of_a_query_when_asked(real_folder: Path) -> None:
    short = run("explain", "organisation/partners", cwd=real_folder, lang="sv").stdout.decode()
    assert "SELECT" not in short
    assert "coopgraph explain organisation/partners --sparql" in short
    assert "SELECT" in run("explain", "organisation/partners", "--sparql", cwd=real_folder).stdout.decode()


def test_a_build_of_files_as_they_were_before_is_a_change(world_copy: Path) -> None:
    def build(lang: str = "en") -> bool:
        done = run("build", cwd=world_copy, lang=lang)
        assert done.returncode == 0
        return "Nothing has changed" not in said(done) and "Inget har ändrats" not in said(done)

    path = world_copy / "data" / "organisation" / "klitrup.ttl"
    before = path.read_text(encoding="utf-8")
    assert build()
    with closing(current(find(world_copy))):  # while somebody reads it, it is kept
        path.write_text(before.replace("Klitrup", "Klittrup"), encoding="utf-8")
        assert build()
        path.write_text(before, encoding="utf-8")
        assert build()
    assert not build()
    assert not build("sv")


def test_a_stale_build_is_told(real_copy: Path) -> None:
    assert run("build", cwd=real_copy).returncode == 0
    future = time.time() + 60
    os.utime(real_copy / "data/organisation/rehna.ttl", (future, future))
    done = run("query", "partnership/coordinators", "-f", "json", cwd=real_copy)
    assert "1 file has changed" in done.stderr.decode()
    assert json.loads(done.stdout)


def test_output_that_nobody_reads_is_no_error(real_folder: Path) -> None:
    command = f'"{sys.executable}" -m coopgraph query partnership/by-topic -p topic=health-care -f jsonl | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], cwd=real_folder, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_new_dataset_works_at_once(tmp_path: Path) -> None:
    assert run("init", "my-graph", cwd=tmp_path).returncode == 0
    folder = tmp_path / "my-graph"
    assert run("build", cwd=folder).returncode == 0
    done = run("check", "--sources", "sources", "--severity", "warning", "-f", "json", cwd=folder)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    rows = json.loads(
        run(
            "query", "organisation/partners", "-p", "organisation=Exempelkommunen", "-f", "json", cwd=folder
        ).stdout
    )
    assert [row["partner"] for row in rows] == ["https://example.org/my-graph/id/organisation/musterstadt"]
    assert "Musterstadt" in said(run("show", "exempelkommunen", cwd=folder))
    assert run("init", "my-graph", cwd=tmp_path).returncode == 2


def test_ctrl_c_ends_a_query_at_once(real_folder: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    process = subprocess.Popen(
        [sys.executable, "-m", "coopgraph", "--lang", "en", "sparql", endless, "--timeout", "60"],
        cwd=real_folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("time", ["nan", "inf", "1e12", "0", "-1", "soon"])
def test_a_time_that_no_timer_can_be_set_to_is_refused(real_folder: Path, time: str) -> None:
    for command in (
        [*PARTNERS, "--timeout"],
        ["show", "Växjö kommun", "--timeout"],
        ["check", "--store", "http://127.0.0.1:1/query", "--timeout"],
        ["harvest", "coopgraph", "--endpoint", "http://127.0.0.1:1/query", "--pause"],
    ):
        if (command[-1], time) != ("--pause", "0"):
            done = run(*command, time, cwd=real_folder)
            assert (done.returncode, "Invalid value" in said(done)) == (2, True)
    done = run(*PARTNERS, "--timeout", time, cwd=real_folder, lang="sv")
    assert "är inget tal" in said(done) or "ligger inte inom" in said(done)


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "organisation/partners", "-p", b"organisation=V\xe4xj\xf6"],
        ["show", b"V\xe4xj\xf6"],
        ["end", b"V\xe4xj\xf6", "--on", "2020"],
        ["add", "network", "--name", b"V\xe4xj\xf6", "-y"],
    ],
)
def test_an_argument_that_is_no_text_is_told(world_copy: Path, arguments: list[str | bytes]) -> None:
    build(find(world_copy))
    done = run(*(os.fsdecode(one) for one in arguments), cwd=world_copy, lang="sv")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("Fel: '")
    assert "är inte skrivet i terminalens teckenkodning" in done.stderr.decode()


def test_starting_up_imports_no_heavy_library(real_folder: Path) -> None:
    code = (
        "import sys; sys.argv = ['coopgraph', 'query', 'partnership/coordinators', '-f', 'json']\n"
        "from coopgraph.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'rdflib', 'pandas', 'polars', 'pyshacl', 'networkx', 'undate'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=real_folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == "[]\n"


@pytest.mark.server
def test_an_endpoint_answers_as_the_built_graph(real_folder: Path, tmp_path: Path) -> None:
    snapshot = next((real_folder / ".coopgraph" / "snapshots").iterdir()) / "store"
    with servers.oxigraph(snapshot, tmp_path) as url:
        endpoint = ["--endpoint", url]
        for command in (
            [*PARTNERS, "-f", "json"],
            ["query", "partnership/active-on", "-p", "on=2007-12-31", "-f", "csv"],
            ["show", "Växjö kommun"],
        ):
            assert run(*command, *endpoint, cwd=real_folder).stdout == run(*command, cwd=real_folder).stdout
        refused = run("sparql", "SELECT * WHERE { ?s ?p }", *endpoint, cwd=real_folder)
        assert (refused.returncode, "refused the query" in said(refused)) == (2, True)
