"""The command `coopgraph fmt`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from coopgraph.cli.setting import Setting, counted, lang_option, pass_setting
from coopgraph.errors import CoopgraphError, UsageError


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Change nothing; end with 1 where a file is not tidy.")
@lang_option
@pass_setting
def fmt(setting: Setting, paths: tuple[Path, ...], check: bool) -> None:
    """Tidy the Turtle of data/, or of the files and folders PATH: one layout, with the comments kept."""
    from coopgraph.edit.atomic import text_of, write
    from coopgraph.edit.tidy import tidied
    from coopgraph.iris import namespaces

    project = setting.project()
    names = namespaces(project)
    roots = [path.resolve() for path in paths] or [project.data]
    files = sorted({file for root in roots for file in ([root] if root.is_file() else root.rglob("*.ttl"))})
    for file in files:
        if not file.is_relative_to(project.root):
            raise UsageError(
                f"{file} does not belong to the dataset in {project.root}. Name its folder: coopgraph -d FOLDER fmt",
                f"{file} hör inte till datamängden i {project.root}. Ange dess mapp: coopgraph -d MAPP fmt",
            )
    untidy, failed = {}, False
    for file in files:
        try:
            text = text_of(file) or ""
            new = tidied(text, names, path=file)
        except CoopgraphError as error:
            click.echo(f"{setting.say('Fel', 'Error')}: {error.text(setting.language)}", err=True)
            failed = True
            continue
        if new != text:
            untidy[file] = (text, new)
            click.echo(project.shown(file))
    if untidy and not check:
        write(
            project,
            {file: new for file, (_, new) in untidy.items()},
            unless={file: old for file, (old, _) in untidy.items()},
        )
    number = len(untidy)
    if check:
        told = setting.say(
            f"{counted(number, 'fil', 'filer')} att snygga till.",
            f"{counted(number, 'file', 'files')} to tidy.",
        )
    else:
        told = setting.say(
            f"{counted(number, 'fil tillsnyggad', 'filer tillsnyggade')}.",
            f"{counted(number, 'file', 'files')} tidied.",
        )
    click.echo(told)
    sys.exit(3 if failed else 1 if check and untidy else 0)
