"""The command `coopgraph harvest`: what to fetch and from where, and what it says about what came."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from coopgraph.cli.setting import Seconds, Setting, counted, lang_option, pass_setting

if TYPE_CHECKING:
    from coopgraph.harvest import Harvest, Harvested
    from coopgraph.project import Project


@click.command()
@click.argument("name", required=False)
@click.option(
    "--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the one that the query names."
)
@click.option(
    "--page", type=click.IntRange(min=1), metavar="N", help="Keys to ask for at a time [as the query says]."
)
@click.option("--pause", type=Seconds(0), default=1.0, help="Seconds between two requests [1].")
@click.option("--yes", "accept", is_flag=True, help="Accept that more than half of what was there goes.")
@lang_option
@pass_setting
def harvest(
    setting: Setting, name: str | None, endpoint: str | None, page: int | None, pause: float, accept: bool
) -> None:
    """Fetch the saved harvest NAME from its SPARQL endpoint into data/import/, or list the saved harvests."""
    from coopgraph.harvest import Manners, load_harvests
    from coopgraph.harvest import harvest as harvest_

    project = setting.project()
    if name is None:
        click.echo(_list(load_harvests(project), setting))
        return
    done = harvest_(
        project,
        name,
        endpoint=endpoint,
        page=page,
        accept=accept,
        manners=Manners(pause=pause),
        progress=_progress(setting),
        waiting=lambda said, seconds: click.echo(
            setting.say(
                f"Servern {said.sv} Nytt försök om {seconds:.0f} s.",
                f"The server {said.en} Trying again in {seconds:.0f} s.",
            ),
            err=True,
        ),
    )
    click.echo(_text(done, project, setting))


def _list(harvests: Mapping[str, Harvest], setting: Setting) -> str:
    width = max(map(len, harvests))
    lines = [
        f"  {name.ljust(width)}  {one.query.title.get(setting.language, name)}"
        for name, one in harvests.items()
    ]
    lines += ["", setting.say("Hämta en: coopgraph harvest NAMN", "Fetch one: coopgraph harvest NAME")]
    return "\n".join(lines)


def _progress(setting: Setting) -> Callable[[int, int], None]:
    """A counter on a terminal's standard error; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda pages, things: None

    def tell(pages: int, things: int) -> None:
        said = setting.say(
            f"Hämtar: sida {pages}, {things} nycklar", f"Fetching: page {pages}, {things} keys"
        )
        click.echo(f"\r\033[K{said}", nl=False, err=True)

    return tell


def _text(done: Harvested, project: Project, setting: Setting) -> str:
    """What came, what it changed, and what to do next."""
    from coopgraph.harvest.ontology import labels

    shown = project.shown(done.path)
    triples_sv, triples_en = (
        counted(done.triples, "trippel", "tripler"),
        counted(done.triples, "triple", "triples"),
    )
    pages_sv, pages_en = counted(done.pages, "sida", "sidor"), counted(done.pages, "page", "pages")
    lines = [
        setting.say(
            f"{shown}: {triples_sv} från {done.endpoint}, {pages_sv}"
            + (f" ({done.kept} fanns kvar sedan ett avbrott)." if done.kept else "."),
            f"{shown}: {triples_en} from {done.endpoint}, {pages_en}"
            + (f" ({done.kept} kept from a break)." if done.kept else "."),
        )
    ]
    names = labels(project, setting.language)
    told = [one for one in done.changes if one.added or one.removed or one.changed]
    width = max((len(names.get(one.kind.value, one.kind.value)) for one in told), default=0)
    for one in told:
        parts = [
            setting.say(counted(number, *sv), f"{number} {en}")
            for number, sv, en in (
                (one.added, ("ny", "nya"), "added"),
                (one.removed, ("borta", "borta"), "removed"),
                (one.changed, ("ändrad", "ändrade"), "changed"),
                (one.same, ("som förut", "som förut"), "as before"),
            )
            if number
        ]
        lines.append(f"  {names.get(one.kind.value, one.kind.value).ljust(width)}  {', '.join(parts)}")
    if not told:
        lines.append(
            setting.say(
                "  Inget har ändrats sedan förra gången.", "  Nothing has changed since the last time."
            )
        )
    if done.known:
        lines.append(
            setting.say(
                f"  {counted(done.known, 'sak beskrivs', 'saker beskrivs')} redan i en annan fil, som gäller.",
                f"  {counted(done.known, 'thing is', 'things are')} described in another file already, which holds.",
            )
        )
    lines.append(
        setting.say(
            f"Granska och bygg: coopgraph check {shown}; coopgraph build",
            f"Look and build: coopgraph check {shown}; coopgraph build",
        )
    )
    return "\n".join(lines)
