"""The commands of `coopgraph`."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import click

from coopgraph import errors
from coopgraph.cli import add, facts, identity, sheets, together
from coopgraph.cli.build import build
from coopgraph.cli.check import check
from coopgraph.cli.fmt import fmt
from coopgraph.cli.harvest import harvest
from coopgraph.cli.publish import publish
from coopgraph.cli.reconcile import reconcile
from coopgraph.cli.release import release
from coopgraph.cli.serve import serve
from coopgraph.cli.setting import (
    Seconds,
    Setting,
    lang_option,
    language_of,
    limited,
    pass_setting,
    tell_if_stale,
)
from coopgraph.cli.usage import language_asked, show_usage, undecoded


class Form(click.Choice[str]):
    """The name of a format, and what people call it."""

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        if value.casefold() in ("excel", "xls"):
            self.fail(f"{value!r}. Did you mean 'xlsx'?", param, context)
        return super().convert(value, param, context)


FORMATS = Form(
    ["table", "csv", "tsv", "json", "jsonl", "md", "xlsx", "parquet", "sparql-json", "geojson", "graphml"]
)


# what the commands that ask a question share
format_option = click.option(
    "-f", "--format", "format_", type=FORMATS, help="Form of the output [by the ending of -o, else table]."
)
output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file."
)
endpoint_option = click.option(
    "--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the built graph."
)
timeout_option = click.option(
    "--timeout", type=Seconds(0.1), default=30.0, help="Seconds a query may take [30]."
)
timing_option = click.option("--timing", is_flag=True, help="Tell on standard error where the time went.")


class Commands(click.Group):
    """Tells what stopped the work in a sentence, and ends with the exit code of its kind."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except errors.CoopgraphError as error:
            told = error
        except UnicodeEncodeError:
            wrong = undecoded(sys.argv[1:])
            if wrong is None:
                raise
            told = wrong
        click.echo(f"{context.obj.say('Fel', 'Error')}: {told.text(context.obj.language)}", err=True)
        context.exit(told.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="coopgraph")
@click.option(
    "-d",
    "--dataset",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Folder of the dataset [here].",
)
@click.option("--lang", type=click.Choice(["sv", "en"]), help="Language of labels and messages.")
@click.pass_context
def commands(context: click.Context, folder: Path, lang: str | None) -> None:
    """A checked, evidenced graph of how Swedish regions and municipalities cooperate abroad."""
    context.obj = Setting(folder, lang or language_of(os.environ))


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--base", help="Base IRI of the dataset's things, ending in /.")
@lang_option
@pass_setting
def init(setting: Setting, folder: Path, base: str | None) -> None:
    """Make a new dataset in FOLDER, with an example to change."""
    from coopgraph.template import create

    for path in create(folder, base=base):
        click.echo(path)
    click.echo(
        setting.say(
            f"\nKlart. Gå vidare:\n  cd {folder}\n  coopgraph build\n  coopgraph check --sources sources\n  coopgraph query",
            f"\nDone. Go on:\n  cd {folder}\n  coopgraph build\n  coopgraph check --sources sources\n  coopgraph query",
        )
    )


commands.add_command(build)
commands.add_command(check)
for steward in (add.add, add.evidence, facts.correct, facts.remove, facts.end, facts.rename, facts.undo, fmt):
    commands.add_command(steward)
for steward in (
    identity.move,
    identity.merge,
    identity.differ,
    identity.split,
    identity.succeed,
    identity.retire,
    together.diff,
    together.log,
    together.todo,
):
    commands.add_command(steward)
commands.add_command(sheets.import_)
commands.add_command(sheets.export)
commands.add_command(harvest)
commands.add_command(serve)
commands.add_command(publish)
commands.add_command(release)
commands.add_command(reconcile)


@commands.command()
@click.argument("name", required=False)
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter; repeat it for several values.",
)
@format_option
@output_option
@endpoint_option
@timeout_option
@timing_option
@lang_option
@pass_setting
def query(
    setting: Setting,
    name: str | None,
    params: tuple[str, ...],
    format_: str | None,
    output: Path | None,
    endpoint: str | None,
    timeout: float,
    timing: bool,
) -> None:
    """Answer the saved query NAME, or list the saved queries."""
    from coopgraph.cli.output import form_for, query_list, tell_rows, width_for, write
    from coopgraph.iris import namespaces
    from coopgraph.queries import load_each, load_query, run_saved
    from coopgraph.queries.timing import account, step, told

    project = setting.project()
    if name is None:
        queries, faults = load_each(project)
        click.echo(query_list(queries, setting))
        for fault in faults:
            click.echo(f"{setting.say('Fel', 'Error')}: {fault.text(setting.language)}", err=True)
        return
    saved = load_query(project, name)
    form = form_for(format_, output)
    with account() as seconds, limited(timeout, setting):
        with step("opening"):
            store = _store(setting, endpoint, timeout)
        table = run_saved(saved, _params(params), store, namespaces(project), language=setting.language)
        with step("formatting"):
            content = table.format(form, width=width_for(output))
    write(content, output, format=form)
    tell_rows(len(table), output, form=form, setting=setting)
    if table.cut:
        sv = f"Det finns fler rader än de {len(table)} första. Be om fler med -p limit=…"
        en = f"There are more rows than the first {len(table)}. Ask for more with -p limit=…"
        click.echo(setting.say(sv, en), err=True)
    if timing:
        click.echo(told(seconds, setting.language), err=True)


def _params(given: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise errors.UsageError(
                f"'{one}' is not a parameter. Write it as name=value, such as -p country=Kina",
                f"'{one}' är ingen parameter. Skriv namn=värde, till exempel -p country=Kina",
            )
        found[name].append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _store(setting: Setting, endpoint: str | None, timeout: float) -> Any:
    """The store to ask: that of the dataset, or an endpoint."""
    if endpoint is not None:
        from coopgraph.store.credentials import of_host
        from coopgraph.store.remote import RemoteStore

        return RemoteStore(endpoint, timeout=timeout, credentials=of_host(endpoint, os.environ))
    from coopgraph.build.opened import opened

    found = opened(setting.project(), timeout)
    if found.whole:
        tell_if_stale(setting, found.made)
    else:
        click.echo(
            setting.say(
                "Obs: ett bygge på servern pågår eller har avbrutits, så svaret kan blanda gammalt och nytt. Bygg: coopgraph build",
                "Note: a build on the server is under way or broke off, so the answer may mix old and new. Build: coopgraph build",
            ),
            err=True,
        )
    return found.store


@commands.command()
@click.argument("thing")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the built graph.")
@click.option("--timeout", type=Seconds(0.1), default=30.0, help="Seconds it may take [30].")
@lang_option
@pass_setting
def show(setting: Setting, thing: str, endpoint: str | None, timeout: float) -> None:
    """Show everything about THING: facts, what points to it, and the words it rests on."""
    from coopgraph.iris import namespaces
    from coopgraph.publish.describe import describe
    from coopgraph.publish.text import as_text
    from coopgraph.queries import Names

    names = namespaces(setting.project())
    with limited(timeout, setting):
        store = _store(setting, endpoint, timeout)
        known = Names(store, names, language=setting.language)
        found = known.find(thing)
        description = describe(found, store, names, language=setting.language)
    click.echo(as_text(description, names, language=setting.language), nl=False)
    others = ", ".join(names.shorten(one.value) for one in known.namesakes(thing))
    if others:
        click.echo(
            setting.say(f"Samma namn har också: {others}", f"The same name also has: {others}"), err=True
        )


@commands.command()
@click.argument("query")
@format_option
@output_option
@endpoint_option
@timeout_option
@timing_option
@lang_option
@pass_setting
def sparql(
    setting: Setting,
    query: str,
    format_: str | None,
    output: Path | None,
    endpoint: str | None,
    timeout: float,
    timing: bool,
) -> None:
    """Answer a SPARQL query: a file, or the text itself. Prefixes of the dataset need no declaration."""
    from coopgraph.cli.output import form_for, tell_rows, width_for, write
    from coopgraph.iris import namespaces
    from coopgraph.queries.text import answer
    from coopgraph.queries.timing import account, step, told

    text = _text(query)
    names = namespaces(setting.project())
    form = form_for(format_, output)
    with account() as seconds, limited(timeout, setting):
        with step("opening"):
            store = _store(setting, endpoint, timeout)
        content, rows = answer(
            text, store, names, format=form, language=setting.language, width=width_for(output)
        )
    write(content, output, format=form)
    tell_rows(rows, output, form=form, setting=setting)
    if timing:
        click.echo(told(seconds, setting.language), err=True)


def _text(query: str) -> str:
    """The text of a query given as a file or as itself."""
    if query == "-":
        return sys.stdin.read()
    path = Path(query)
    described = query.split(maxsplit=1)[:1] == ["DESCRIBE"]  # the one form that may have no braces
    if query.endswith((".rq", ".sparql")) or (len(query) < 200 and "{" not in query and not described):
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            said = errors.system_text(error)
            raise errors.UsageError(
                f"{query}: {said.en}. Give a file with a query, or the query itself.",
                f"{query}: {said.sv}. Ange en fil med en fråga, eller själva frågan.",
            ) from error
        except UnicodeDecodeError as error:
            raise errors.UsageError(
                f"{query}: not UTF-8 text. Give a file with a query.",
                f"{query}: filen är inte text i UTF-8. Ange en fil med en fråga.",
            ) from error
    return query


@commands.command()
@click.argument("name")
@click.option("--sparql", is_flag=True, help="Show the text of a saved query too.")
@lang_option
@pass_setting
def explain(setting: Setting, name: str, sparql: bool) -> None:
    """Explain NAME: a saved query, a rule of the check, a shape, or a term of the ontology."""
    from coopgraph.publish.explain import explain as explain_

    click.echo(explain_(setting.project(), name, language=setting.language, sparql=sparql))


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 a violation, 2 wrong use, 3 the work could not be done."""
    try:
        sys.exit(commands(standalone_mode=False))
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        show_usage(error, language_asked(sys.argv[1:], os.environ))
        sys.exit(2)
    except BrokenPipeError:
        # whoever read our output has had enough; say nothing, and keep Python from saying it on exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
