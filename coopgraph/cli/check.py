"""The command `coopgraph check`: what to look at, what to show of it, and in which form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopgraph.cli.setting import Setting, lang_option, pass_setting
from coopgraph.errors import UsageError

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from coopgraph.errors import StoreError, Text
    from coopgraph.project import Project
    from coopgraph.validate.checked import Checked


class _Check(click.Command):
    """Lets `--data` and `--shapes` be followed by several files: `--data a.ttl b.ttl`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        option = ""
        for one in [*args, "-"]:
            if one.startswith("-"):
                if option and spread[-1] == option:
                    raise UsageError(f"{option} needs a file.", f"{option} behöver en fil.")
                option = one if one in ("--data", "--shapes") else ""
            elif option and spread[-1] != option:
                spread.append(option)
            spread.append(one)
        spread.pop()
        return super().parse_args(context, spread)


@click.command(cls=_Check)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--staged", is_flag=True, help="Check what git has staged, and tell of the staged files only.")
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved, until Ctrl-C.")
@click.option(
    "--data",
    multiple=True,
    metavar="FILE...",
    type=click.Path(path_type=Path),
    help="Check these files, outside any dataset.",
)
@click.option(
    "--shapes",
    multiple=True,
    metavar="FILE...",
    type=click.Path(path_type=Path),
    help="Shapes to hold --data or --store against [those in --data, or of the dataset].",
)
@click.option("--store", metavar="URL", help="Check the graph behind this SPARQL endpoint, on the server.")
@click.option(
    "--timeout",
    type=click.IntRange(1, 86_400),
    default=60,
    help="Seconds that the server of --store may be silent [60].",
)
@click.option(
    "--sources", type=click.Path(path_type=Path), help="Folder with the archived texts: check every quote."
)
@click.option(
    "--severity",
    type=click.Choice(["violation", "warning", "info"]),
    help="Show this and worse [warning; with --data info].",
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
    watch: bool,
    data: tuple[Path, ...],
    shapes: tuple[Path, ...],
    store: str | None,
    timeout: int,
    sources: Path | None,
    severity: str | None,
    rules: tuple[str, ...],
    format_: str,
) -> None:
    """Check the files of the dataset, or tell only of the files and folders PATH. Nothing needs to be built.

    With --data and --shapes, check any RDF files against any shapes instead; with --store, or for a dataset that is kept
    on a server without a PATH, the graph there. Ends with 1 when there is a violation.
    """
    files = {"PATH": paths, "--staged": staged, "--watch": watch, "--sources": sources}
    if store is not None or (not any([*files.values(), data, shapes]) and setting.project().store):
        for name, given in {**files, "--data": data}.items():
            if given:
                raise UsageError(
                    f"{name} is about files, and --store is not. Leave one of them out.",
                    f"{name} gäller filer, och det gör inte --store. Utelämna någotdera.",
                )
        look = _on_server(setting, store, shapes, timeout=timeout)
    elif data or shapes:
        for name, given in files.items():
            if given:
                raise UsageError(
                    f"{name} is about a dataset, and --data and --shapes are not. Leave one of them out.",
                    f"{name} gäller en datamängd, och det gör inte --data och --shapes. Utelämna någotdera.",
                )
        look = _of_files(setting, data, shapes)
    elif watch:
        _watch(
            setting,
            paths,
            format_=format_,
            severity=severity or "warning",
            rules=rules,
            not_with=(staged, sources),
        )
        return
    else:
        look = _of_dataset(setting, paths=paths, staged=staged, sources=sources)
    severity = severity or ("info" if data or shapes else "warning")
    click.echo(_told(look, setting, format_=format_, severity=severity, rules=rules))
    if look.stopped:
        raise look.stopped
    sys.exit(0 if look.checked.conforms else 1)


@dataclass(frozen=True)
class Look:
    """What a check found, and what is needed to tell it.

    `name` names a file, `base` is what names of files are relative to as IRIs, `explained` says whether
    `coopgraph explain` knows the rules, `stopped` what ended the check early.
    """

    checked: Checked
    root: Path
    base: str
    name: Callable[[Path], str]
    shapes: Callable[[], list[Triple]]
    shorten: Callable[[str], str]
    explained: bool
    stopped: StoreError | None = None


def _of_dataset(setting: Setting, *, paths: tuple[Path, ...], staged: bool, sources: Path | None) -> Look:
    from coopgraph.cli.output import progress
    from coopgraph.iris import namespaces
    from coopgraph.validate.check import check as check_
    from coopgraph.validate.checked import shape_triples
    from coopgraph.validate.staged import check_staged

    project = setting.project()
    wanted = [_inside(path, project) for path in paths]
    told = progress(setting, "Läser", "Reading")
    checked = (
        check_staged(project, sources=sources, progress=told)
        if staged
        else check_(project, sources=sources, progress=told, keep=True)
    )
    return Look(
        checked.within(wanted) if wanted else checked,
        root=project.root,
        base=project.base,
        name=project.shown,
        shapes=lambda: shape_triples(project),
        shorten=namespaces(project).shorten,
        explained=True,
    )


def _watch(
    setting: Setting,
    paths: tuple[Path, ...],
    *,
    format_: str,
    severity: str,
    rules: tuple[str, ...],
    not_with: tuple[object, ...],
) -> None:
    """Tell the findings, and tell them again after each save."""
    from coopgraph.iris import namespaces
    from coopgraph.validate.checked import shape_triples
    from coopgraph.validate.watch import watched

    if any(not_with):
        raise UsageError(
            "--watch looks at the files as they are saved. Leave out --staged and --sources.",
            "--watch ser på filerna när de sparas. Utelämna --staged och --sources.",
        )
    project = setting.project()
    wanted = [_inside(path, project) for path in paths]
    with suppress(KeyboardInterrupt):  # how a watch is meant to end
        for checked in watched(project):
            look = Look(
                checked.within(wanted) if wanted else checked,
                root=project.root,
                base=project.base,
                name=project.shown,
                shapes=lambda: shape_triples(project),
                shorten=namespaces(project).shorten,
                explained=True,
            )
            if sys.stdout.isatty():
                click.clear()
            click.echo(_told(look, setting, format_=format_, severity=severity, rules=rules))


def _of_files(setting: Setting, data: tuple[Path, ...], shapes: tuple[Path, ...]) -> Look:
    from coopgraph.validate.anyones import check_files
    from coopgraph.validate.shape_files import read_shapes

    if not data:
        raise UsageError(
            "--shapes needs data to check. Name them: --data FILE",
            "--shapes behöver data att kontrollera. Ange dem: --data FIL",
        )
    shapes = shapes or data
    return Look(
        check_files(data, shapes, note=lambda said: click.echo(setting.say(said.sv, said.en), err=True)),
        root=Path.cwd(),
        base="",
        name=Path.as_posix,
        shapes=lambda: read_shapes(shapes)[0],
        shorten=str,
        explained=False,
    )


def _on_server(setting: Setting, url: str | None, files: tuple[Path, ...], *, timeout: int) -> Look:
    """What the shapes in the files, else those of the dataset, find on the server, else on that of the dataset."""
    from coopgraph.iris import namespaces
    from coopgraph.validate.on_server import check_store, server_of
    from coopgraph.validate.shape_files import read_shapes

    project = None if files else setting.project()
    shapes = tuple(project.files("shapes").values()) if project else files
    shorten = namespaces(project).shorten if project else str

    def note(said: Text) -> None:
        click.echo(setting.say(said.sv, said.en), err=True)

    found = check_store(
        server_of(url or setting.project(), timeout=timeout, note=note),
        shapes,
        built=None if url else project,
        shorten=shorten,
        note_unused=project is not None,
        note=note,
    )
    return Look(
        found.checked,
        root=project.root if project else Path.cwd(),
        base=project.base if project else "",
        name=project.shown if project else Path.as_posix,
        shapes=lambda: read_shapes(shapes)[0],
        shorten=shorten,
        explained=project is not None,
        stopped=found.stopped,
    )


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


def _told(look: Look, setting: Setting, *, format_: str, severity: str, rules: tuple[str, ...]) -> str:
    """The findings that were asked for, in the form that was asked for."""
    from coopgraph.cli.output import findings_text
    from coopgraph.validate import formats
    from coopgraph.validate.findings import SEVERITIES
    from coopgraph.validate.rules import whys

    if rules and look.explained:
        known = {*whys(look.shapes(), look.shorten), *(one.rule for one in look.checked.findings)}
        for rule in rules:
            if rule not in known:
                raise _no_such_rule(rule, sorted(known))
    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
    shown = [
        one for one in look.checked.findings if one.severity in wanted and (not rules or one.rule in rules)
    ]
    match format_:
        case "json":
            return formats.as_json(shown, look.name, language=setting.language)
        case "sarif":
            why = whys(look.shapes(), look.shorten)
            return formats.as_sarif(shown, look.name, why, language=setting.language)
        case "github":
            return formats.as_github(shown, _in_repository(look), language=setting.language)
        case "turtle":
            return formats.as_turtle(shown, look.name, base=look.base)
    return findings_text(look.checked, shown, look.name, setting, guide=look.explained)


def _no_such_rule(rule: str, known: list[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(rule, known, n=1)
    return UsageError(
        f"There is no rule '{rule}'."
        + (f" Did you mean {near[0]}?" if near else " A finding names it in brackets."),
        f"Regeln '{rule}' finns inte."
        + (f" Menade du {near[0]}?" if near else " Den står inom hakparentes i ett fynd."),
    )


def _in_repository(look: Look) -> Callable[[Path], str]:
    """How GitHub names files: from the folder of the repository, which may lie above that of the dataset."""
    folders = (look.root, *look.root.parents)
    root = next((folder for folder in folders if (folder / ".git").exists()), look.root)

    def name(path: Path) -> str:
        whole = path.absolute()
        return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.as_posix()

    return name
