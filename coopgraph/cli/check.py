"""The command `coopgraph check`: what to look at, what to show of it, and in which form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopgraph.cli.setting import Setting, lang_option, pass_setting
from coopgraph.errors import UsageError

if TYPE_CHECKING:
    from coopgraph.project import Project
    from coopgraph.validate.check import Checked


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--staged", is_flag=True, help="Check what git has staged, and tell of the staged files only.")
@click.option(
    "--sources", type=click.Path(path_type=Path), help="Folder with the archived texts: check every quote."
)
@click.option(
    "--severity",
    type=click.Choice(["violation", "warning", "info"]),
    default="warning",
    help="Show this and worse [warning].",
)
@click.option("--rule", "rules", multiple=True, help="Show findings of this rule only; may be repeated.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json", "sarif", "github", "turtle"]),
    default="text",
    help="Form of the output [text].",
)
@lang_option
@pass_setting
def check(
    setting: Setting,
    paths: tuple[Path, ...],
    staged: bool,
    sources: Path | None,
    severity: str,
    rules: tuple[str, ...],
    format_: str,
) -> None:
    """Check the files of the dataset, or tell only of the files and folders PATH. Nothing needs to be built.

    Ends with 1 when there is a violation.
    """
    project = setting.project()
    checked = _of_dataset(project, setting, paths=paths, staged=staged, sources=sources)
    click.echo(_told(checked, project, setting, format_=format_, severity=severity, rules=rules))
    sys.exit(0 if checked.conforms else 1)


def _of_dataset(
    project: Project, setting: Setting, *, paths: tuple[Path, ...], staged: bool, sources: Path | None
) -> Checked:
    from coopgraph.cli.output import progress
    from coopgraph.validate.check import check as check_
    from coopgraph.validate.staged import check_staged

    wanted = [_inside(path, project) for path in paths]
    look = check_staged if staged else check_
    checked = look(project, sources=sources, progress=progress(setting, "Läser", "Reading"))
    return checked.within(wanted) if wanted else checked


def _inside(path: Path, project: Project) -> Path:
    """The path in full. Raises UsageError where nothing of the dataset can be there."""
    whole = path.resolve()
    if not whole.exists():
        raise UsageError(
            f"{path}: there is no such file or folder.", f"{path}: det finns ingen sådan fil eller mapp."
        )
    if not whole.is_relative_to(project.root):
        raise UsageError(
            f"{path} does not belong to the dataset in {project.root}. Name its folder: coopgraph -d FOLDER check {path}",
            f"{path} hör inte till datamängden i {project.root}. Ange dess mapp: coopgraph -d MAPP check {path}",
        )
    return whole


def _told(
    checked: Checked,
    project: Project,
    setting: Setting,
    *,
    format_: str,
    severity: str,
    rules: tuple[str, ...],
) -> str:
    """The findings that were asked for, in the form that was asked for."""
    from coopgraph.cli.output import findings_text
    from coopgraph.iris import namespaces
    from coopgraph.validate import formats
    from coopgraph.validate.check import shape_triples
    from coopgraph.validate.findings import SEVERITIES
    from coopgraph.validate.rules import whys

    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
    shown = [one for one in checked.findings if one.severity in wanted and (not rules or one.rule in rules)]
    match format_:
        case "json":
            return formats.as_json(shown, project.shown, language=setting.language)
        case "sarif":
            why = whys(shape_triples(project), namespaces(project).shorten)
            return formats.as_sarif(shown, project.shown, why, language=setting.language)
        case "github":
            return formats.as_github(shown, _in_repository(project), language=setting.language)
        case "turtle":
            return formats.as_turtle(shown, project.shown, base=project.base)
    return findings_text(checked, shown, project.shown, setting, guide=True)


def _in_repository(project: Project) -> Callable[[Path], str]:
    """How GitHub names files: from the folder of the repository, which may lie above that of the dataset."""
    folders = (project.root, *project.root.parents)
    root = next((folder for folder in folders if (folder / ".git").exists()), project.root)
    return lambda path: path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
