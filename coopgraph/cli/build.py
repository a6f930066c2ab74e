"""The command `coopgraph build`."""

from __future__ import annotations

import click

from coopgraph.cli.setting import Setting, counted, lang_option, pass_setting


@click.command()
@click.option(
    "--memory/--no-memory",
    default=None,
    help="Let the web site and coopgraph.open read the graph into memory, or from disk [memory if small].",
)
@lang_option
@pass_setting
def build(setting: Setting, memory: bool | None) -> None:
    """Build the graph from the files of the dataset."""
    from pyoxigraph import NamedNode

    from coopgraph.build.make import build as build_
    from coopgraph.build.snapshot import current
    from coopgraph.cli.output import build_text, progress
    from coopgraph.iris import namespaces
    from coopgraph.queries.run import labels

    project = setting.project()
    report = build_(project, memory=memory, progress=progress(setting, "Läser", "Reading"))
    kinds = labels([NamedNode(kind) for kind in report.kinds], current(project).store, setting.language)
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
