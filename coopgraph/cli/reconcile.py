"""The command that matches bodies with the entries of another register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopgraph.cli.ask import ask, is_asked
from coopgraph.cli.proposal import settle, settling
from coopgraph.cli.setting import Seconds, Setting, pass_setting
from coopgraph.errors import Text, UsageError

if TYPE_CHECKING:
    from coopgraph.edit.graph import Graph
    from coopgraph.reconcile.decide import Choice, Found
    from coopgraph.reconcile.register import Register
    from coopgraph.sheets.match import Body


@click.command()
@click.argument("register", metavar="REGISTER")
@click.argument("things", metavar="[THING]...", nargs=-1)
@click.option("--id", "id_", metavar="COLUMN", help="The column of a list with the identifiers.")
@click.option(
    "--name", "columns", metavar="COLUMN", multiple=True, help="A column of a list with names; repeat it."
)
@click.option("--as", "kind", metavar="KIND", help="What the identifiers are, such as wikidata.")
@click.option("--country", metavar="CODE", help="The country of all in the list, or of --names, such as SWE.")
@click.option("--type", "type_", metavar="TYPE", help="What a service is asked for, by its own name of it.")
@click.option("--pause", type=Seconds(0), default=1.0, help="Seconds between two requests [1].")
@click.option(
    "--names",
    "file",
    type=click.Path(path_type=Path),
    help="Match the names in a file instead of the bodies of the graph.",
)
@click.option("--column", metavar="COLUMN", help="The column of --names with the names.")
@click.option(
    "--same", multiple=True, metavar="THING=ID", help="Decide that THING is the entry ID; may be repeated."
)
@click.option("--other", multiple=True, metavar="THING=ID", help="Decide that THING is not the entry ID.")
@click.option("--certain", is_flag=True, help="Decide all that leaves no doubt.")
@click.option("--by", metavar="ROLE", help="Who decides: a post or role, never a person.")
@click.option("--reason", metavar="TEXT", help="Why.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what was found to a csv file.",
)
@settling
@pass_setting
def reconcile(
    setting: Setting,
    register: str,
    things: tuple[str, ...],
    id_: str | None,
    columns: tuple[str, ...],
    kind: str | None,
    country: str | None,
    type_: str | None,
    pause: float,
    file: Path | None,
    column: str | None,
    same: tuple[str, ...],
    other: tuple[str, ...],
    certain: bool,
    by: str | None,
    reason: str | None,
    output: Path | None,
) -> None:
    """Look up bodies in REGISTER, and keep what is decided: the address of a reconciliation service, a list in a file, or
    `municipalities`, the municipalities and regions of Sweden. THINGs are the bodies to look up [those not decided yet].
    """
    from coopgraph.edit.graph import open_graph
    from coopgraph.reconcile import decide, told

    with open_graph(setting.project()) as graph:
        asked = _register(graph, setting, register, id_, columns, kind, country, type_, pause)
        wanted = _wanted(graph, setting, asked, things, file, column, country)
        found = list(decide.look_up(graph.project, asked, wanted))
        choices = [
            *(told.choice(graph, found, one, same=True, language=setting.language) for one in same),
            *(told.choice(graph, found, one, same=False, language=setting.language) for one in other),
            *(decide.certain(found) if certain else ()),
        ]
        if output is not None:
            told.write(output, graph.project, asked, found)
            click.echo(setting.say(f"Skrivet: {output}", f"Written: {output}"), err=True)
        if not choices and is_asked() and output is None:
            choices = _asked(setting, found)
        if not choices:
            for line in told.lines(found, register, setting.language):
                click.echo(line)
            return
        if is_asked():
            by = by or ask(
                setting, Text("who decides (a post or role)", "vem som avgör (befattning eller roll)")
            )
            reason = reason or ask(setting, Text("reason", "skäl"))
        settle(
            setting,
            decide.decide(graph, asked, choices, by=by or "", reason=reason or "", language=setting.language),
        )


def _register(
    graph: Graph,
    setting: Setting,
    register: str,
    id_: str | None,
    columns: tuple[str, ...],
    kind: str | None,
    country: str | None,
    type_: str | None,
    pause: float,
) -> Register:
    """The register that is meant."""
    from coopgraph.edit import find
    from coopgraph.harvest.fetch import Manners
    from coopgraph.reconcile import lists
    from coopgraph.reconcile.service import Service

    kind = (
        find.concept(graph, "idtype", kind, language=setting.language).value.rpartition("/")[2]
        if kind
        else None
    )
    if register == "municipalities":
        return lists.shipped()
    if register.startswith(("http://", "https://")):
        countries = {
            one.value.rpartition("/")[2]: graph.label(one, "en") for one in find.concepts(graph, "country")
        }
        return Service(
            register,
            kind=kind,
            type=type_,
            countries=countries,
            manners=Manners(pause=pause),
            waiting=lambda said, seconds: click.echo(
                setting.say(
                    f"Servern {said.sv} Nytt försök om {seconds:.0f} s.",
                    f"The server {said.en} Trying again in {seconds:.0f} s.",
                ),
                err=True,
            ),
        )
    if id_ is None or not columns:
        raise UsageError(
            "Say which columns of the list have the identifiers and the names: --id COLUMN --name COLUMN",
            "Ange vilka kolumner i listan som har identifierare och namn: --id KOLUMN --name KOLUMN",
        )
    return lists.from_file(Path(register), id=id_, names=columns, kind=kind, country=country or "")


def _wanted(
    graph: Graph,
    setting: Setting,
    register: Register,
    things: tuple[str, ...],
    file: Path | None,
    column: str | None,
    country: str | None,
) -> list[Body]:
    """The bodies to look up."""
    from coopgraph.edit import find
    from coopgraph.reconcile import decide, lists
    from coopgraph.sheets.match import bodies

    if file is not None:
        if column is None:
            raise UsageError(
                "Say which column has the names: --column COLUMN",
                "Ange vilken kolumn som har namnen: --column KOLUMN",
            )
        return lists.names_in(file, name=column, country=country or "")
    if not things:
        return decide.undecided(graph, register)
    meant = {
        graph.names.shorten(find.thing(graph, one, ("organisation",), language=setting.language).value)
        for one in things
    }
    return [one for one in bodies(graph) if one.id in meant]


def _asked(setting: Setting, found: list[Found]) -> list[Choice]:
    """What is decided on a terminal, body by body; ended by `q`."""
    from coopgraph.reconcile.decide import Choice
    from coopgraph.reconcile.told import hit_line

    choices: list[Choice] = []
    for place, one in enumerate((some for some in found if some.hits), 1):
        click.echo(f"\n{place}. {one.body.names[0]} {one.body.country}")
        for number, hit in enumerate(one.hits, 1):
            click.echo(f"  {number}  {hit_line(hit, setting.language)}")
        answer = ask(
            setting,
            Text(
                "number: the same; -number: another; empty: not now; q: enough",
                "nummer: samma; -nummer: en annan; tomt: inte nu; q: färdig",
            ),
            empty=True,
        )
        if answer == "q":
            break
        if answer.lstrip("-").isdigit() and 0 < abs(int(answer)) <= len(one.hits):
            choices.append(Choice(one.body, one.hits[abs(int(answer)) - 1], same=int(answer) > 0))
    return choices
