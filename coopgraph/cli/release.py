"""The command that makes a release: what has changed, in words, and the tag."""

from __future__ import annotations

from pathlib import Path

import click

from coopgraph.cli.ask import is_asked
from coopgraph.cli.setting import Setting, lang_option, pass_setting


@click.command()
@click.argument("version", required=False)
@click.option("--dry-run", is_flag=True, help="Tell what the release would be, and make none.")
@click.option("-y", "--yes", is_flag=True, help="Make it without asking.")
@click.option("--list", "list_", is_flag=True, help="List the releases that there are, the last one first.")
@click.option(
    "--sources",
    type=click.Path(path_type=Path),
    help="Folder with the archived texts, to test quotes against [sources/ of the dataset].",
)
@lang_option
@pass_setting
def release(
    setting: Setting, version: str | None, dry_run: bool, yes: bool, list_: bool, sources: Path | None
) -> None:
    """Release the data as VERSION [the day]: check them, tell what is new, ended, renamed or corrected, and set a tag."""
    from coopgraph.edit.releases import releases

    project = setting.project()
    if list_:
        for one in reversed(releases(project)):
            click.echo(
                f"{one.version}  {one.when:%Y-%m-%d}  {setting.say(one.notes.sv, one.notes.en).splitlines()[0]}"
            )
        return
    from coopgraph.edit.evidence import archive
    from coopgraph.edit.release import propose

    proposed = propose(project, version, sources=archive(project, sources))
    click.echo(f"{proposed.version}\n\n{setting.say(proposed.notes.sv, proposed.notes.en)}\n")
    if dry_run:
        click.echo(setting.say("Inget är utgivet (--dry-run).", "Nothing is released (--dry-run)."))
        return
    if not yes and is_asked() and not click.confirm(setting.say("Ge ut?", "Release?")):
        click.echo(setting.say("Inget är utgivet.", "Nothing is released."))
        return
    proposed.write()
    click.echo(
        setting.say(
            f"Utgivet: {proposed.tag}. Skicka taggen till de andra: git push origin {proposed.tag}",
            f"Released: {proposed.tag}. Send the tag to the others: git push origin {proposed.tag}",
        )
    )
