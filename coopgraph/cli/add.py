"""The commands `coopgraph add` and `coopgraph evidence add`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from coopgraph.cli.ask import ask, ask_for, is_asked, until_it_fits
from coopgraph.cli.proposal import quoting, settle, settling, sources_of, supports_of
from coopgraph.cli.setting import Setting, pass_setting
from coopgraph.edit.kinds import KINDS, Field, Kind
from coopgraph.errors import Text, UsageError

if TYPE_CHECKING:
    from coopgraph.edit.graph import Graph


@click.group()
def add() -> None:
    """Add a thing: an organisation, a partnership, a source … What is missing is asked for."""


def _command(kind: Kind) -> click.Command:
    """The command that adds a thing of one kind, with an option for each of its fields."""

    @pass_setting
    def run(
        setting: Setting,
        /,
        slug: str | None,
        new: tuple[str, ...] = (),
        **fields: Any,  # one for each field of the kind
    ) -> None:
        from coopgraph.edit.add import add as add_
        from coopgraph.edit.graph import open_graph

        project = setting.project()
        given = {one.name: _listed(fields[one.name.replace("-", "_")]) for one in kind.fields}
        with open_graph(project) as graph:
            values, born = ask_for(graph, setting, kind, given, new) if is_asked() else (given, new)
            itself = kind.name == "source"
            change = until_it_fits(
                setting,
                lambda: add_(
                    graph,
                    kind.name,
                    values,
                    new=born,
                    supports=supports_of(
                        graph, setting, must=bool(kind.silent) and not itself, itself=itself
                    ),
                    slug=slug,
                    sources=sources_of(project),
                    language=setting.language,
                ),
            )
            settle(setting, change)

    command = click.command(kind.name, help=f"Add: {kind.label.en}.")(settling(quoting(run)))
    command.params[:0] = [_option(field) for field in kind.fields]
    command.params.append(click.Option(["--slug"], help="Its slug [made of the name]."))
    if any("organisation" in field.of for field in kind.fields):
        command.params.append(
            click.Option(
                ["--new"],
                multiple=True,
                metavar="BODY",
                help="A body that is not there yet: 'Musterstadt, city abroad, Germany'; may be repeated.",
            )
        )
    return command


def _option(field: Field) -> click.Option:
    of = f" ({', '.join(field.of)})" if field.of else ""
    return click.Option(
        [f"--{field.name}", field.name.replace("-", "_")],
        multiple=field.many,
        metavar=field.sort.upper(),
        help=f"{field.label.en[:1].upper()}{field.label.en[1:]}{of}{'; may be repeated' if field.many else ''}.",
    )


def _listed(value: str | Sequence[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


for _kind in KINDS.values():
    add.add_command(_command(_kind))


@add.command("identifier")
@click.argument("thing")
@click.argument("identifiers", nargs=-1, metavar="KIND=VALUE...")
@settling
@pass_setting
def add_identifier(setting: Setting, thing: str, identifiers: tuple[str, ...]) -> None:
    """Add: a number or code that somebody else has given THING, such as wikidata=Q1526."""
    from coopgraph.edit import find
    from coopgraph.edit.add import add_identifier as add_identifier_
    from coopgraph.edit.graph import open_graph

    with open_graph(setting.project()) as graph:
        about = find.thing(graph, thing, language=setting.language)
        change = until_it_fits(
            setting,
            lambda: add_identifier_(
                graph, about, identifiers or [_identifier(graph, setting)], language=setting.language
            ),
        )
        settle(setting, change)


def _identifier(graph: Graph, setting: Setting) -> str:
    """An identifier that is asked for."""
    from coopgraph.edit import find

    if not is_asked():
        raise UsageError(
            "Say the identifier, with its kind: wikidata=Q1526",
            "Ange identifieraren, med dess slag: wikidata=Q1526",
        )
    kinds = [one.value.rpartition("/")[2] for one in find.concepts(graph, "idtype")]
    click.echo("  " + " · ".join(sorted(kinds)))
    kind = ask(setting, Text("kind of identifier", "slag av identifierare"), kinds)
    return f"{kind}={ask(setting, Text('the code itself', 'själva koden'))}"


@click.group()
def evidence() -> None:
    """Evidence for facts that are there."""


@evidence.command("add")
@click.argument("fact")
@click.option(
    "--property", "property_", metavar="NAME", help="The property that the words speak of, such as start."
)
@click.option("--value", metavar="VALUE", help="The value that the source has [the one that the fact has].")
@quoting
@settling
@pass_setting
def evidence_add(
    setting: Setting,
    fact: str,
    property_: str | None,
    value: str | None,
) -> None:
    """Add evidence for FACT, a thing or a part of one (partnership:a--b#goal-1), or for one property of it."""
    from coopgraph.edit import find
    from coopgraph.edit.evidence import add_evidence
    from coopgraph.edit.graph import open_graph

    project = setting.project()
    with open_graph(project) as graph:
        about = find.thing(graph, fact, language=setting.language)
        name = find.property_(graph, property_, about) if property_ else None
        term = None
        known = graph.objects(about, name) if name else []
        if name and not value and not known and is_asked():
            value = ask(setting, Text("the value that the source has", "värdet som källan har"))
        if name and value:
            term = find.value_like(graph, value, name, known[0] if known else None, language=setting.language)
        change = until_it_fits(
            setting,
            lambda: add_evidence(
                graph,
                about,
                [one for _, one in supports_of(graph, setting, must=True)],
                property_=name,
                value=term,
                sources=sources_of(project),
            ),
        )
        settle(setting, change)
