"""What the commands that edit share: the options, the questions, and how a proposal is shown and settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopgraph.cli.ask import ask, is_asked, names_of
from coopgraph.cli.setting import Setting, counted, lang_option
from coopgraph.errors import Text, UsageError

if TYPE_CHECKING:
    from coopgraph.edit.change import Change
    from coopgraph.edit.evidence import Support
    from coopgraph.edit.graph import Graph
    from coopgraph.project import Project

Decorator = Callable[[Any], Any]


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep the value of an option that many commands share where `_kept` finds it."""
    context.meta[f"coopgraph.{option.name}"] = value


def _kept(name: str) -> Any:
    return click.get_current_context().meta[f"coopgraph.{name}"]


def _shared(*names: str, **settings: Any) -> Decorator:
    return click.option(*names, expose_value=False, callback=_keep, **settings)


_SETTLING = (
    _shared("--dry-run", is_flag=True, help="Show the proposal with its diff, and write nothing."),
    _shared("-y", "--yes", is_flag=True, help="Write without asking."),
    lang_option,
)
_QUOTING = (
    _shared("--source", metavar="SOURCE", help="The source that says so."),
    _shared(
        "--quote",
        "quotes",
        multiple=True,
        metavar="WORDS",
        help="Its words, twelve at most, letter for letter; may be repeated.",
    ),
    _shared("--before", metavar="WORDS", help="The words before the quote, where it stands there twice."),
    _shared("--after", metavar="WORDS", help="The words after the quote, where it stands there twice."),
    _shared(
        "--basis",
        type=click.Choice(["stated", "understood", "inferred"]),
        default="stated",
        help="How the source says it [stated].",
    ),
    _shared("--because", metavar="TEXT", help="Why it follows, in Swedish (with --basis inferred)."),
    _shared("--because-en", metavar="TEXT", help="Why it follows, in English."),
    _shared(
        "--sources",
        type=click.Path(path_type=Path),
        help="Folder with the archived texts, to test quotes against [sources/ of the dataset].",
    ),
)


def settling(command: Any) -> Any:
    """The options with which a proposal is settled."""
    return _all(command, _SETTLING)


def quoting(command: Any) -> Any:
    """The options that say which words a fact rests on."""
    return _all(command, _QUOTING)


def _all(command: Any, options: Sequence[Decorator]) -> Any:
    for option in reversed(options):
        command = option(command)
    return command


def supports_of(
    graph: Graph,
    setting: Setting,
    *,
    must: bool = False,
    itself: bool = False,
) -> list[tuple[str | None, Support]]:
    """The words that were given, each with the field that it is for (`start=inleddes 1996`) or None.

    What is missing is asked for on a terminal when there `must` be a quote. With `itself` the words are those of the source
    that is just being added.
    """
    from coopgraph.edit import find
    from coopgraph.edit.evidence import Support

    source: str | None = _kept("source")
    quotes: Sequence[str] = _kept("quotes")
    because, because_en = _kept("because"), _kept("because_en")
    if not quotes and must and is_asked():
        source = source or ask(setting, Text("source", "källa"), names_of(graph, ("source",), setting))
        quotes = [ask(setting, Text("quote", "citat"))]
    if not quotes:
        return []
    if source is None and not itself:
        if not is_asked():
            raise UsageError(
                "Say which source has the words: --source SOURCE",
                "Ange vilken källa som har orden: --source KÄLLA",
            )
        source = ask(setting, Text("source", "källa"), names_of(graph, ("source",), setting))
    where = graph.names.expand("coop:Source")
    if source is not None and not itself:
        where = find.thing(graph, source, ("source",), language=setting.language)
    reason = Text(because_en or because or "", because or because_en or "") if because or because_en else None
    found = []
    for quote in quotes:
        name, equals, words = quote.partition("=")
        field = name if equals and name.replace("-", "").isalnum() and name.islower() else None
        exact = words if field else quote
        found.append(
            (
                field,
                Support(
                    where, exact.strip(), _kept("basis"), reason, _kept("before") or "", _kept("after") or ""
                ),
            )
        )
    return found


def sources_of(project: Project) -> Path | None:
    """The folder of archived texts to test quotes against; None where there is none."""
    from coopgraph.edit.evidence import archive

    return archive(project, _kept("sources"))


_FEW = 20


def settle(setting: Setting, change: Change, *, lines: Sequence[str] | None = None) -> bool:
    """Show the proposal; write it if it is wanted, and tell whether it was. Raises EditRefused for one that brings in a violation.

    `lines` tell a large change in other words than its sentences and its diff.
    """
    dry_run, yes = _kept("dry_run"), _kept("yes")
    for line in change.sentences(setting.language) if lines is None else lines:
        click.echo(line)
    for head, findings in (
        (setting.say("Nytt fynd", "New finding"), change.brought),
        (setting.say("Fynd som försvinner", "Finding that goes away"), change.removed),
    ):
        worse = [one for one in findings if one.severity != "info"]
        for one in worse if lines is None else worse[:_FEW]:
            click.echo(f"{head}: {one.focus or ''} {change.said_of(one, setting.language)} [{one.rule}]")
        if lines is not None and len(worse) > _FEW:
            click.echo(setting.say(f"… och {len(worse) - _FEW} till", f"… and {len(worse) - _FEW} more"))
    if change.is_empty:
        click.echo(setting.say("Inget ändras.", "Nothing changes."))
        return False
    silent = lines is None and not change.sentences(setting.language)
    if silent:
        click.echo(
            setting.say("Det som ändras går inte att säga i ord:", "What changes can't be said in words:")
        )
    if lines is None and (dry_run or silent):
        click.echo("\n" + change.diff(), nl=False)
    if change.violations:
        raise change.refusal()
    if dry_run:
        click.echo(setting.say("Inget är skrivet (--dry-run).", "Nothing is written (--dry-run)."))
        return False
    if not yes and is_asked() and not _agreed(setting, change):
        click.echo(setting.say("Inget är skrivet.", "Nothing is written."))
        return False
    name = change.write()
    there = [path for path, text in change.after.items() if text is not None]
    gone = [path for path, text in change.after.items() if text is None]
    for paths, sv, en in ((there, "Skrivet", "Written"), (gone, "Borttaget", "Removed")):
        files = ", ".join(change.project.shown(path) for path in paths)
        if lines is not None:
            files = counted(len(paths), setting.say("fil", "file"), setting.say("filer", "files"))
        if paths:
            click.echo(f"{setting.say(sv, en)}: {files}.")
    if name:
        click.echo(setting.say("Ta tillbaka det med: coopgraph undo", "Take it back with: coopgraph undo"))
    return True


def _agreed(setting: Setting, change: Change) -> bool:
    while True:
        answer = click.prompt(
            setting.say("Skriva? [j]a, [n]ej, visa [d]iff", "Write? [y]es, [n]o, show [d]iff"),
            default=setting.say("j", "y"),
        ).casefold()
        if answer.startswith("d"):
            click.echo(change.diff(), nl=False)
        elif answer[:1] in ("j", "y", "n"):
            return answer[0] != "n"
