"""The commands that look at others' work and at what is left to do: diff, log, todo."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from coopgraph.cli.setting import Setting, counted, lang_option, pass_setting
from coopgraph.errors import UsageError


@click.command()
@click.argument("before", default="HEAD")
@click.argument("after", default="files")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "patch"]),
    default="text",
    help="In sentences, or as an RDF Patch [text].",
)
@lang_option
@pass_setting
def diff(setting: Setting, before: str, after: str, format_: str) -> None:
    """Tell what AFTER says otherwise than BEFORE [the files as they are, than HEAD].

    Each is a revision of git, a file or folder, the address of an endpoint, `built` or `files`.
    """
    from coopgraph.edit.compare import compare
    from coopgraph.edit.graph import open_graph
    from coopgraph.iris import namespaces

    project = setting.project()
    found = compare(project, namespaces(project), before, after)
    if format_ == "patch":
        click.echo(found.patch(), nl=False)
        return
    with open_graph(project) as graph:
        said = found.sentences(graph)
    for one in said:
        click.echo(setting.say(one.sv, one.en))
    if not said:
        click.echo(setting.say("De säger samma sak.", "They say the same."))


@click.command()
@click.argument("thing")
@click.option("-n", "most", type=click.IntRange(min=1), default=20, help="How many commits at most [20].")
@lang_option
@pass_setting
def log(setting: Setting, thing: str, most: int) -> None:
    """Tell who changed what of THING and when, from git."""
    from coopgraph.edit import find
    from coopgraph.edit.compare import log as log_
    from coopgraph.edit.graph import open_graph

    with open_graph(setting.project()) as graph:
        entries = log_(graph, find.thing(graph, thing, language=setting.language), most=most)
    for one in entries:
        click.echo(f"{one.day}  {one.who}  {one.message}  ({one.commit})")
        for said in one.said:
            click.echo(f"  {setting.say(said.sv, said.en)}")


@click.command()
@click.argument("name", required=False)
@click.option("--all", "whole", is_flag=True, help="Every line of every list, not the first five.")
@click.option(
    "--sources",
    type=click.Path(path_type=Path),
    help="Folder with the archived texts [sources/ of the dataset].",
)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the output [text].",
)
@lang_option
@pass_setting
def todo(setting: Setting, name: str | None, whole: bool, sources: Path | None, format_: str) -> None:
    """Tell what is left to do, all or the list NAME, each with the command that mends it."""
    from coopgraph.edit.evidence import archive
    from coopgraph.edit.graph import open_graph
    from coopgraph.edit.todo import lists
    from coopgraph.edit.todo import todo as todo_

    project = setting.project()
    with open_graph(project) as graph:
        known = lists(graph)
        if name is not None and not any(name in (one, one.rpartition("/")[2]) for one in known):
            raise UsageError(
                f"There is no list '{name}'. The lists are: {', '.join(known)}.",
                f"Det finns ingen lista '{name}'. Listorna är: {', '.join(known)}.",
            )
        tasks = [
            one
            for one in todo_(graph, language=setting.language, sources=archive(project, sources))
            if name is None or name in (one.list, one.list.rpartition("/")[2])
        ]
    if format_ == "json":
        click.echo(json.dumps([asdict(one) for one in tasks], ensure_ascii=False, indent=1))
        return
    for (list_, title), some in groupby(tasks, key=lambda one: (one.list, one.title)):
        those = list(some)
        click.echo(f"{title} ({len(those)})  [{list_}]")
        shown = those if whole or name else those[:5]
        for one in shown:
            click.echo(f"  {' · '.join(one.details)}\n    {one.command}")
        if len(shown) < len(those):
            click.echo(
                setting.say(
                    f"  … {len(those) - len(shown)} till: coopgraph todo {list_}",
                    f"  … {len(those) - len(shown)} more: coopgraph todo {list_}",
                )
            )
    click.echo(
        setting.say(
            f"{counted(len(tasks), 'sak', 'saker')} att göra.",
            f"{counted(len(tasks), 'thing', 'things')} to do.",
        )
    )
