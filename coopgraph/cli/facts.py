"""The commands that change facts: correct, remove, end, rename, and undo, which takes an operation back."""

from __future__ import annotations

from functools import partial

import click

from coopgraph.cli.ask import ask, ask_until, is_asked, until_it_fits
from coopgraph.cli.proposal import quoting, settle, settling, sources_of, supports_of
from coopgraph.cli.setting import Setting, pass_setting
from coopgraph.errors import Text, UsageError


def reason_of(setting: Setting, reason: str | None) -> str:
    """The reason that was given, or is asked for."""
    if reason:
        return reason
    if is_asked():
        return ask(setting, Text("reason", "skäl"))
    raise UsageError("Say why: --reason TEXT", "Ange varför: --reason TEXT")


@click.command()
@click.argument("fact")
@click.argument("property_", metavar="PROPERTY")
@click.argument("value")
@click.option("--old", metavar="VALUE", help="The mistaken value, where there are several.")
@click.option("--reason", help="Why the old value is wrong.")
@quoting
@settling
@pass_setting
def correct(
    setting: Setting,
    fact: str,
    property_: str,
    value: str,
    old: str | None,
    reason: str | None,
) -> None:
    """Put VALUE in the place of a mistaken value of a PROPERTY of FACT, or of none where some evidence has VALUE.

    Without a quote the source was misread, and its evidence gets the right value too.
    """
    from coopgraph.edit import facts, find
    from coopgraph.edit.graph import open_graph

    project = setting.project()
    with open_graph(project) as graph:
        about = find.thing(graph, fact, language=setting.language)
        name = find.property_(graph, property_, about)
        known = graph.objects(about, name)
        like = known[0] if known else None
        was = (
            find.value_like(graph, old, name, like, language=setting.language)
            if old
            else facts.the_one(graph, about, name)
            if known
            else None
        )
        new = find.value_like(graph, value, name, was, language=setting.language)
        supports = supports_of(graph, setting)
        change = facts.correct(
            graph,
            about,
            name,
            was,
            new,
            reason=reason_of(setting, reason),
            supports=[one for _, one in supports],
            sources=sources_of(project),
        )
        settle(setting, change)


@click.command()
@click.argument("fact")
@click.argument("property_", metavar="[PROPERTY]", required=False)
@click.argument("value", required=False)
@click.option("--reason", help="Why it never was so.")
@settling
@pass_setting
def remove(
    setting: Setting,
    fact: str,
    property_: str | None,
    value: str | None,
    reason: str | None,
) -> None:
    """Take out what never was: a VALUE of a PROPERTY of FACT, or a whole thing or part, with its evidence."""
    from coopgraph.edit import facts, find
    from coopgraph.edit.graph import open_graph

    with open_graph(setting.project()) as graph:
        about = find.thing(graph, fact, language=setting.language)
        name = find.property_(graph, property_, about) if property_ else None
        term = None
        if name and value:
            known = graph.objects(about, name)
            term = find.value_like(graph, value, name, known[0] if known else None, language=setting.language)
        change = facts.remove(graph, about, name, term, reason=reason_of(setting, reason))
        settle(setting, change)


@click.command()
@click.argument("thing")
@click.option("--on", "when", metavar="DATE", help="When it ended, as the source has it.")
@click.option("--not-stated", is_flag=True, help="The source says that it ended, but not when.")
@click.option("--status", help="What it is from then on [ended].")
@quoting
@settling
@pass_setting
def end(
    setting: Setting,
    thing: str,
    when: str | None,
    not_stated: bool,
    status: str | None,
) -> None:
    """Let THING end: a partnership, a membership, an agreement, a programme or a project."""
    from coopgraph.edit import facts, find
    from coopgraph.edit.graph import open_graph

    project = setting.project()
    if when is None and not not_stated and not is_asked():
        raise UsageError("Say when: --on DATE, or --not-stated", "Ange när: --on DATUM, eller --not-stated")
    with open_graph(project) as graph:
        about = find.thing(graph, thing, language=setting.language)
        if when is None and not not_stated:
            label = Text("when (empty: not stated)", "när (tomt: sägs inte)")
            when = ask_until(setting, label, partial(find.date, graph), empty=True)
        change = until_it_fits(
            setting,
            lambda: facts.end(
                graph,
                about,
                find.date(graph, when) if when else None,
                [one for _, one in supports_of(graph, setting, must=True)],
                status=find.concept(graph, "status", status, language=setting.language) if status else None,
                sources=sources_of(project),
            ),
        )
        settle(setting, change)


@click.command()
@click.argument("thing")
@click.option("--name", help="The new name in Swedish.")
@click.option("--name-en", help="The new name in English [the Swedish one].")
@click.option("--on", "when", metavar="DATE", help="From when.")
@quoting
@settling
@pass_setting
def rename(
    setting: Setting,
    thing: str,
    name: str | None,
    name_en: str | None,
    when: str | None,
) -> None:
    """Give THING its new official name from a date. Its slug stays, and so does the old name, with its time."""
    from coopgraph.edit import facts, find
    from coopgraph.edit.graph import open_graph

    project = setting.project()
    asked = name is None or when is None
    if asked and not is_asked():
        raise UsageError(
            "Say the name and from when: --name NAME --on DATE",
            "Ange namnet och från när: --name NAMN --on DATUM",
        )
    with open_graph(project) as graph:
        about = find.thing(graph, thing, language=setting.language)
        name = name or ask(setting, Text("new name in Swedish", "nytt namn på svenska"))
        if asked:
            name_en = name_en or ask(
                setting, Text("new name in English", "nytt namn på engelska"), empty=True
            )
        on = when or ask_until(setting, Text("from", "från"), partial(find.date, graph))
        change = until_it_fits(
            setting,
            lambda: facts.rename(
                graph,
                about,
                Text(name_en or name, name),
                find.date(graph, on),
                [one for _, one in supports_of(graph, setting, must=True)],
                sources=sources_of(project),
            ),
        )
        settle(setting, change)


@click.command()
@click.argument("operation", required=False)
@click.option("--list", "list_", is_flag=True, help="List the operations, the last one first.")
@settling
@pass_setting
def undo(setting: Setting, operation: str | None, list_: bool) -> None:
    """Take back the last operation, or OPERATION (a name of --list, or a part of it)."""
    from coopgraph.edit import record
    from coopgraph.edit.graph import open_graph
    from coopgraph.edit.undo import undo as undo_

    project = setting.project()
    if list_:
        for name in reversed(record.names(project)):
            click.echo(name)
        return
    with open_graph(project) as graph:
        settle(setting, undo_(graph, operation))
