"""`coopgraph publish`: the whole site of a built dataset as files."""

from __future__ import annotations

import os
from pathlib import Path

import click

from coopgraph.cli.setting import Setting, counted, lang_option, pass_setting, tell_if_stale
from coopgraph.errors import UsageError
from coopgraph.project import Project


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--address", metavar="URL", help="Where the site will be found, ending in / [the base IRI].")
@lang_option
@pass_setting
def publish(setting: Setting, folder: Path, address: str | None) -> None:
    """Write the built graph to FOLDER as a web site of files, for any plain web server.

    Only what has changed is written, and what went is removed.
    """
    from coopgraph.build.snapshot import current
    from coopgraph.cli.output import progress
    from coopgraph.publish.export import export
    from coopgraph.publish.publication import publication

    project = setting.project()
    snapshot = current(project)
    tell_if_stale(setting, snapshot.made)
    _go_where_one_may(project, folder)
    published = publication(project, snapshot, address=address, live=False)
    done = export(published, folder, progress=progress(setting, "Skriver sidor", "Writing pages"))
    click.echo(
        setting.say(
            f"Version {published.called} i {folder}: {counted(done.written, 'fil skriven', 'filer skrivna')}, "
            f"{done.kept} oförändrade, {counted(done.removed, 'borttagen', 'borttagna')}. "
            f"Inställningar för nginx, Apache och Caddy: {folder / 'server'}",
            f"Version {published.called} in {folder}: {counted(done.written, 'file written', 'files written')}, "
            f"{done.kept} unchanged, {done.removed} removed. "
            f"Settings for nginx, Apache and Caddy: {folder / 'server'}",
        )
    )


def _go_where_one_may(project: Project, folder: Path) -> None:
    """Work in the folder of the dataset where that in which the command was given can't be entered.

    The processes that make pages begin in the working directory of this one. Raises UsageError for a folder that is named
    from there.
    """
    try:
        os.chdir(Path.cwd())
    except OSError as error:
        if not folder.is_absolute():
            raise UsageError(
                f"{folder}: the folder in which you stand can't be entered. Go to another, or give the whole path.",
                f"{folder}: katalogen som du står i går inte att gå in i. Byt katalog, eller ange hela sökvägen.",
            ) from error
        os.chdir(project.root)
