"""The command `coopgraph build`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from coopgraph.cli.setting import Setting, counted, lang_option, pass_setting
from coopgraph.errors import CoopgraphError

if TYPE_CHECKING:
    from coopgraph.build.snapshot import BuildReport
    from coopgraph.project import Project


@click.command()
@click.option(
    "--memory/--no-memory",
    default=None,
    help="Let the web site and coopgraph.open read the graph into memory, or from disk [memory if small].",
)
@click.option("--watch", is_flag=True, help="Build again whenever a file is saved, until Ctrl-C.")
@lang_option
@pass_setting
def build(setting: Setting, memory: bool | None, watch: bool) -> None:
    """Build the graph from the files of the dataset."""
    from coopgraph.build.make import build as build_
    from coopgraph.build.watch import built
    from coopgraph.cli.output import progress

    project, reading = setting.project(), progress(setting, "Läser", "Reading")
    before = _answering(project)
    if not watch:
        _tell(setting, build_(project, memory=memory, progress=reading), before)
        return
    with suppress(KeyboardInterrupt):  # how a watch is meant to end
        for report in built(project, memory=memory, progress=reading):
            if isinstance(report, CoopgraphError):
                click.echo(f"{setting.say('Fel', 'Error')}: {report.text(setting.language)}", err=True)
            else:
                _tell(setting, report, before)
                before = report.snapshot


def _answering(project: Project) -> str:
    """The name of the snapshot that answers; empty where there is none."""
    try:
        return (project.state / "current").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _tell(setting: Setting, report: BuildReport, before: str) -> None:
    """Say what was built, and send it to the server of the dataset, if it has one. `before` is the snapshot that answered."""
    from pyoxigraph import NamedNode

    from coopgraph.build.snapshot import current
    from coopgraph.cli.output import build_text, progress
    from coopgraph.iris import namespaces
    from coopgraph.queries.run import labels

    project = setting.project()
    kinds = labels([NamedNode(kind) for kind in report.kinds], current(project).store, setting.language)
    # files that are as they were some builds ago have their snapshot still, where somebody reads it: that is a change
    report = replace(report, fresh=report.fresh or report.snapshot != before)
    click.echo(build_text(report, namespaces(project), kinds, setting))
    if project.store is not None:
        from coopgraph.build.on_server import send

        sent = send(project, progress=progress(setting, "Skickar", "Sending"))
        click.echo(
            setting.say(
                f"{project.store.update}: {counted(sent.changed, 'graf skriven', 'grafer skrivna')}, {sent.removed} borttagna.",
                f"{project.store.update}: {counted(sent.changed, 'graph', 'graphs')} written, {sent.removed} removed.",
            )
        )
