"""Every error in Swedish and in English, with the exit code of its kind."""

from __future__ import annotations

import ast
import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopgraph import CoopgraphError, QueryError, ShapesError, StoreError, TurtleError, errors
from coopgraph.cli.usage import in_swedish, language_asked
from coopgraph.project import KNOWN_SETTINGS, find
from coopgraph.validate.check import check

PACKAGE = Path(errors.__file__).parent
TREE = {
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, CoopgraphError)
}


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Every call that makes an error of the tree, with its place."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in TREE:
                yield f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}", node


def test_every_error_has_a_swedish_text_of_its_own() -> None:
    found = list(raised())
    # what is wrong with shapes themselves may be told in English only, where the shapes are read; QueryTimeout has both texts
    # from the seconds it is given
    held = [
        (place, call)
        for place, call in found
        if not (place.startswith("validate/") and ast.unparse(call.func) == "ShapesError")
        and ast.unparse(call.func) != "QueryTimeout"
    ]
    assert len(held) > 60
    assert [
        place
        for place, call in held
        if len(call.args) != 2 or ast.unparse(call.args[0]) == ast.unparse(call.args[1])
    ] == []


def run(*arguments: str, cwd: Path, lang: str) -> tuple[int, str]:
    """The exit code of the command line, and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "coopgraph", "--lang", lang, *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


WRONG = [
    (
        ["query", "organisation/partnrs"],
        2,
        "Error: There is no saved query 'organisation/partnrs'. Did you mean organisation/partners",
        "Fel: Det finns ingen sparad fråga 'organisation/partnrs'. Menade du organisation/partners",
    ),
    (
        ["query", "organisation/partners", "-p", "organization=x"],
        2,
        "has no parameter 'organization'. Did you mean 'organisation'? It has: organisation",
        "har ingen parameter 'organization'. Menade du 'organisation'? Den har: organisation",
    ),
    (
        ["query", "organisation/partners"],
        2,
        "organisation/partners needs the parameter 'organisation'",
        "organisation/partners behöver parametern 'organisation'",
    ),
    (
        ["query", "organisation/partners", "-p", "organisation=Växö kommun"],
        2,
        "organisation/partners, parameter 'organisation': No body is called 'Växö kommun'. Did you mean Växjö",
        "organisation/partners, parametern 'organisation': Ingen organisation heter 'Växö kommun'. Menade du Växjö",
    ),
    (
        ["query", "partnership/active-on", "-p", "on=31/12 2007"],
        2,
        "'31/12 2007' is not a date. Write year-month-day, such as 2020-12-31.",
        "'31/12 2007' är inget datum. Skriv år-månad-dag, till exempel 2020-12-31.",
    ),
    (
        ["query", "partnership/coordinators", "-o", "/nowhere/x.csv"],
        3,
        "/nowhere/x.csv: can't be written: No such file or directory.",
        "/nowhere/x.csv: filen går inte att skriva: filen eller mappen finns inte.",
    ),
    (
        ["query", "partnership/coordinators", "-p", "country"],
        2,
        "'country' is not a parameter. Write it as name=value",
        "'country' är ingen parameter. Skriv namn=värde",
    ),
    (
        ["sparql", "SELECT * WHERE { ?s ?p }"],
        2,
        "Error: The query doesn't parse: something is wrong or missing on line 1",
        "Fel: Frågan går inte att tolka: något är fel eller saknas på rad 1",
    ),
    (["sparql", "INSERT DATA { <a:a> <a:b> 1 }"], 2, "INSERT is refused", "INSERT tillåts inte"),
    (["sparql", "ASK { SERVICE <x:y> {} }"], 2, "SERVICE is refused", "SERVICE tillåts inte"),
    (
        ["sparql", "nothing.rq"],
        2,
        "nothing.rq: No such file or directory. Give a file with a query, or the query itself.",
        "nothing.rq: filen eller mappen finns inte. Ange en fil med en fråga, eller själva frågan.",
    ),
    (
        ["sparql", "ASK {}", "--endpoint", "http://127.0.0.1:9/"],
        3,
        "http://127.0.0.1:9/ does not answer: Connection refused.",
        "http://127.0.0.1:9/ svarar inte: anslutningen nekades.",
    ),
    (
        ["explain", "Partnership-partis"],
        2,
        "Nothing is called 'Partnership-partis': no query, rule, shape or term. Did you mean Partnership-parties",
        "Inget heter 'Partnership-partis': ingen fråga, regel, form eller term. Menade du Partnership-parties",
    ),
    (["show", "Qqqq"], 2, "Nothing in the graph is called 'Qqqq'.", "Inget i grafen heter 'Qqqq'."),
    (["check", "--sources", "nowhere"], 2, "There is no folder nowhere.", "Mappen nowhere finns inte."),
    (
        ["-d", "/nowhere", "build"],
        3,
        "There is no folder /nowhere. Name an existing dataset",
        "Mappen /nowhere finns inte. Ange en datamängd som finns",
    ),
    (["init", "."], 2, ". is not empty. Name a new folder.", ". är inte tom. Ange en ny mapp."),
    (
        ["init", "new", "--base", "example.org"],
        2,
        "'example.org' can't be a base IRI.",
        "'example.org' kan inte vara bas-IRI.",
    ),
    (
        ["biuld"],
        2,
        "Error: No such command 'biuld'.",
        "Fel: Kommandot 'biuld' finns inte.",
    ),
    (["show"], 2, "Error: Missing argument 'THING'.", "Fel: Argumentet 'THING' saknas."),
    (
        ["query", "partnership/coordinators", "-f", "pdf"],
        2,
        "Invalid value for '-f' / '--format': 'pdf' is not one of 'table'",
        "Ogiltigt värde för '-f' / '--format': 'pdf' är inte något av 'table'",
    ),
]


@pytest.mark.parametrize(
    ("arguments", "code", "en", "sv"),
    WRONG,
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_reader_is_told_in_their_language(
    real_folder: Path, arguments: list[str], code: int, en: str, sv: str
) -> None:
    for language, words, others in (("en", en, sv), ("sv", sv, en)):
        exit_code, said = run(*arguments, cwd=real_folder, lang=language)
        assert exit_code == code
        assert words in said
        assert others not in said
        assert ("Fel: " in said, "Error: " in said) == (language == "sv", language == "en")


def test_a_mistake_in_a_file_is_told_in_both_languages(world_copy: Path) -> None:
    path = world_copy / "data" / "organisation" / "bruten.ttl"
    path.write_text("<http://e/a> a ", encoding="utf-8")
    place = "Fel: data/organisation/bruten.ttl:1:16: "
    sv, en = (
        "Ett värde för 'a' saknas före filens slut.",
        "A value of 'a' is missing before the end of the file.",
    )
    code, said = run("build", cwd=world_copy, lang="sv")
    assert (code, said.splitlines()) == (
        3,
        [f"{place}{sv}", "Inget byggdes."],
    )
    (finding,) = [one for one in check(find(world_copy)).findings if one.rule == "syntax"]
    assert (finding.rule, finding.message) == ("syntax", {"sv": sv, "en": en})
    path.with_name("bruten-2.ttl").write_text("x", encoding="utf-8")
    assert "(ytterligare 1 fil går inte att läsa" in run("build", cwd=world_copy, lang="sv")[1]
    path.unlink()
    path.with_name("bruten-2.ttl").unlink()
    assert run("build", cwd=world_copy, lang="sv")[0] == 0
    path.write_text("x", encoding="utf-8")
    still = "Inget byggdes; det senaste fungerande bygget svarar fortfarande."
    assert run("build", cwd=world_copy, lang="sv")[1].splitlines()[-1] == still


def test_wrong_settings_are_told_in_swedish(tmp_path: Path) -> None:
    (tmp_path / "coopgraph.toml").write_text('bas = "https://example.org/"', encoding="utf-8")
    assert run("build", cwd=tmp_path, lang="sv") == (
        3,
        f"Fel: {tmp_path}/coopgraph.toml: inställningen 'bas' är okänd. "
        f"Inställningarna är: {', '.join(sorted(KNOWN_SETTINGS))}.\n",
    )


def test_a_wrong_saved_query_is_told_in_swedish(world_copy: Path) -> None:
    path = world_copy / "queries" / "own" / "wrong.rq"
    path.parent.mkdir(parents=True)
    path.write_text("SELECT ?x WHERE { ?x ?p ?o }", encoding="utf-8")
    found = [one for one in check(find(world_copy)).findings if one.place and one.place.path == path]
    assert [one.text("sv").partition(f"{path}:1: ")[::2] for one in found] == [
        ("Huvudet går inte att läsa: ", "frågan saknar titel. Börja med: #+ title: {sv: …, en: …}")
    ]


def test_an_error_keeps_both_texts_when_it_is_copied_or_sent() -> None:
    error = TurtleError("wrong", "fel", path=Path("a.ttl"), line=1, column=2)
    for one in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (str(one), one.text("sv"), one.text("en")) == (
            "a.ttl:1:2: wrong",
            "a.ttl:1:2: fel",
            "a.ttl:1:2: wrong",
        )
        assert (one.reason, one.reason_sv, one.line, one.column) == ("wrong", "fel", 1, 2)


def test_the_exit_codes() -> None:
    codes = [error("wrong", "fel").exit_code for error in (QueryError, StoreError, ShapesError)]
    assert codes == [2, 3, 3]


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        (["biuld", "--lang", "en"], {}, "en"),
        (["--lang=en", "biuld"], {"COOPGRAPH_LANG": "sv"}, "en"),
        (["--lang", "xx"], {"COOPGRAPH_LANG": "en"}, "en"),
        (["show", "--language", "en"], {}, "sv"),
        ([], {}, "sv"),
    ],
)
def test_wrong_arguments_still_tell_the_language(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    assert language_asked(arguments, environment) == language


@pytest.mark.parametrize(
    ("en", "sv"),
    [
        ("No such option '--foo'.", "Flaggan '--foo' finns inte."),
        ("No such option: --foo", "Flaggan '--foo' finns inte."),
        (
            "No such option '--timout'. (Did you mean one of: '--output', '--timeout'?)",
            "Flaggan '--timout' finns inte. Menade du någon av '--output', '--timeout'?",
        ),
        (
            "No such command 'biuld'. Did you mean 'build'?",
            "Kommandot 'biuld' finns inte. Menade du 'build'?",
        ),
        ("Option '-p' requires an argument.", "Flaggan '-p' behöver ett värde."),
        ("Got unexpected extra argument (b)", "Detta är för mycket: b."),
        (
            "Invalid value for '--timeout': 0.0 is not in the range x>=0.1.",
            "Ogiltigt värde för '--timeout': 0.0 är för litet: det ska vara minst 0.1.",
        ),
    ],
)
def test_sentences_of_the_argument_parser_in_swedish(en: str, sv: str) -> None:
    assert in_swedish(en) == sv
