"""The commands about what a thing is: move, merge, differ, split, succeed, retire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from coopgraph.cli.ask import ask, is_asked
from coopgraph.cli.facts import reason_of
from coopgraph.cli.proposal import quoting, settle, settling, sources_of, supports_of
from coopgraph.cli.setting import Setting, pass_setting
from coopgraph.errors import Text, UsageError

if TYPE_CHECKING:
    from coopgraph.edit.evidence import Support
    from coopgraph.edit.graph import Graph


def _reasons(setting: Setting, reason: str | None, reason_en: str | None) -> Text:
    """The reason in both languages, for what a reader of the graph will see."""
    if is_asked():
        reason = reason or ask(setting, Text("reason in Swedish", "skäl på svenska"))
        reason_en = reason_en or ask(setting, Text("reason in English", "skäl på engelska"))
    if not reason or not reason_en:
        raise UsageError(
            "Say why, in Swedish and English: --reason TEXT --reason-en TEXT",
            "Ange varför, på svenska och engelska: --reason TEXT --reason-en TEXT",
        )
    return Text(reason_en, reason)


def _supports(graph: Graph, setting: Setting, *, must: bool = False) -> list[Support]:
    return [one for _, one in supports_of(graph, setting, must=must)]


@click.command()
@click.argument("thing")
@click.argument("slug")
@click.option("--reason", help="Why the slug is wrong.")
@settling
@pass_setting
def move(setting: Setting, thing: str, slug: str, reason: str | None) -> None:
    """Give THING another SLUG, before it is published; every reference follows."""
    from coopgraph.edit import find, identity
    from coopgraph.edit.graph import open_graph

    with open_graph(setting.project()) as graph:
        about = find.thing(graph, thing, language=setting.language)
        settle(setting, identity.move(graph, about, slug, reason=reason or ""))


@click.command()
@click.argument("gone")
@click.argument("kept")
@click.option("--reason", help="Why they are the same, in Swedish [the same as KEPT].")
@click.option("--reason-en", help="Why they are the same, in English.")
@quoting
@settling
@pass_setting
def merge(setting: Setting, gone: str, kept: str, reason: str | None, reason_en: str | None) -> None:
    """Make two entries for one thing one: GONE becomes a tombstone that leads to KEPT."""
    from coopgraph.edit import find
    from coopgraph.edit import merge as merge_
    from coopgraph.edit.graph import open_graph

    project = setting.project()
    with open_graph(project) as graph:
        first, second = (find.thing(graph, one, language=setting.language) for one in (gone, kept))
        why = _reasons(setting, reason, reason_en) if reason or reason_en else None
        change = merge_.merge(
            graph, first, second, reason=why, supports=_supports(graph, setting), sources=sources_of(project)
        )
        settle(setting, change)


@click.command()
@click.argument("one")
@click.argument("other")
@click.option("--reason", help="How one knows that they are two.")
@settling
@pass_setting
def differ(setting: Setting, one: str, other: str, reason: str | None) -> None:
    """Remember that ONE and OTHER are two, however alike their names are."""
    from coopgraph.edit import find, identity
    from coopgraph.edit.graph import open_graph

    with open_graph(setting.project()) as graph:
        first, second = (find.thing(graph, name, language=setting.language) for name in (one, other))
        settle(setting, identity.differ(graph, first, second, reason=reason_of(setting, reason)))


@click.command()
@click.argument("thing")
@click.option("--name", help="The name of the new thing in Swedish.")
@click.option("--name-en", help="Its name in English [the Swedish one].")
@click.option(
    "--take", "users", multiple=True, metavar="THING", help="What is about the new thing; may be repeated."
)
@click.option("--slug", help="Its slug [made of the name].")
@click.option("--kind", help="What it is [as THING].")
@click.option("--country", help="Where it is [as THING].")
@click.option("--reason", help="How one knows that they are two.")
@settling
@pass_setting
def split(
    setting: Setting,
    thing: str,
    name: str | None,
    name_en: str | None,
    users: tuple[str, ...],
    slug: str | None,
    kind: str | None,
    country: str | None,
    reason: str | None,
) -> None:
    """Make two of THING, an entry that was about two: a new thing, to which the references of --take go."""
    from coopgraph.edit import find, identity
    from coopgraph.edit.graph import open_graph

    if name is None:
        if not is_asked():
            raise UsageError("Say what the new one is called: --name", "Ange vad den nya heter: --name")
        name = ask(setting, Text("name of the new one", "den nyas namn"))
    with open_graph(setting.project()) as graph:
        change = identity.split(
            graph,
            find.thing(graph, thing, language=setting.language),
            Text(name_en or name, name),
            [find.thing(graph, one, language=setting.language) for one in users],
            slug=slug,
            kind=find.concept(graph, "kind", kind, language=setting.language) if kind else None,
            country=find.concept(graph, "country", country, language=setting.language) if country else None,
            reason=reason_of(setting, reason),
        )
        settle(setting, change)


@click.command()
@click.option("--from", "before", multiple=True, metavar="BODY", help="A body before; may be repeated.")
@click.option("--to", "after", multiple=True, metavar="BODY", help="A body after; may be repeated.")
@click.option("--on", "when", metavar="DATE", help="When [not stated].")
@click.option("--name", help="What the event is called in Swedish.")
@click.option("--name-en", help="What it is called in English.")
@click.option("--slug", help="Its slug [made of the name].")
@quoting
@settling
@pass_setting
def succeed(
    setting: Setting,
    before: tuple[str, ...],
    after: tuple[str, ...],
    when: str | None,
    name: str | None,
    name_en: str | None,
    slug: str | None,
) -> None:
    """Say that bodies were followed by others, by a legal event. Each stays a thing of its own: this is no merge."""
    from coopgraph.edit import find, identity
    from coopgraph.edit.graph import open_graph

    project = setting.project()
    if not before or not after or not name or not name_en:
        raise UsageError(
            "Say which bodies, and what the event is called: --from BODY --to BODY --name NAME --name-en NAME",
            "Ange vilka organisationer, och vad händelsen heter: --from ORG --to ORG --name NAMN --name-en NAMN",
        )
    with open_graph(project) as graph:
        change = identity.succeed(
            graph,
            [find.thing(graph, one, ("organisation",), language=setting.language) for one in before],
            [find.thing(graph, one, ("organisation",), language=setting.language) for one in after],
            find.date(graph, when) if when else None,
            Text(name_en, name),
            _supports(graph, setting, must=True),
            slug=slug,
            sources=sources_of(project),
        )
        settle(setting, change)


@click.command()
@click.argument("thing")
@click.option("--replaced-by", "successor", metavar="THING", help="What to use instead.")
@click.option("--on", "when", metavar="DATE", help="Since when [today].")
@click.option("--reason", help="Why, in Swedish.")
@click.option("--reason-en", help="Why, in English.")
@quoting
@settling
@pass_setting
def retire(
    setting: Setting,
    thing: str,
    successor: str | None,
    when: str | None,
    reason: str | None,
    reason_en: str | None,
) -> None:
    """Let THING no longer be used. A tombstone stays in its place, and its IRI goes on answering."""
    from coopgraph.edit import find
    from coopgraph.edit import merge as merge_
    from coopgraph.edit.graph import open_graph

    project = setting.project()
    with open_graph(project) as graph:
        change = merge_.retire(
            graph,
            find.thing(graph, thing, language=setting.language),
            reason=_reasons(setting, reason, reason_en),
            successor=find.thing(graph, successor, language=setting.language) if successor else None,
            when=find.date(graph, when) if when else None,
            supports=_supports(graph, setting),
            sources=sources_of(project),
        )
        settle(setting, change)
