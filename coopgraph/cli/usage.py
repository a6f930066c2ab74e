"""What click finds wrong in the arguments, told in the reader's language."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence

import click

from coopgraph.cli.setting import language_of
from coopgraph.errors import UsageError

# click's sentences (click/exceptions.py, parser.py, types.py) in Swedish; one that is not here stays English
_SWEDISH = [
    (r"Invalid value for (.*?): ", r"Ogiltigt värde för \1: "),
    (r"No such command '(.*?)'\.", r"Kommandot '\1' finns inte."),
    (r"No such option:? '?([^\s']+?)'?(?:\.(?= |$)|$)", r"Flaggan '\1' finns inte."),
    (r"Missing argument (.*?)\.", r"Argumentet \1 saknas."),
    (r"Missing option (.*?)\.", r"Flaggan \1 saknas."),
    (r"Got unexpected extra arguments? \((.*)\)", r"Detta är för mycket: \1."),
    (r"Option '(.*?)' requires an argument\.", r"Flaggan '\1' behöver ett värde."),
    (r"Option '(.*?)' does not take a value\.", r"Flaggan '\1' tar inget värde."),
    (r"('.*?') is not one of ", r"\1 är inte något av "),
    (r"('.*?') is not a valid (?:float|integer)(?: range)?\.", r"\1 är inget tal av rätt slag."),
    (r"(\S+) is not in the range x>=(\S+)\.$", r"\1 är för litet: det ska vara minst \2."),
    (r"(\S+) is not in the range (.*?)\.$", r"\1 ligger inte inom \2."),
    (r"(?:File|Path) ('.*?') is a directory\.", r"\1 är en mapp."),
    (r"\(Did you mean one of: (.*)\?\)", r"Menade du någon av \1?"),
    (r"Did you mean ('.*?')\?", r"Menade du \1?"),
]
_TOO_MUCH = re.compile(r"Got unexpected extra arguments? \((.*)\)")


def language_asked(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """ "sv" or "en" by a `--lang` anywhere among the arguments, even wrong ones; else by the environment."""
    found = re.findall(r"(?:^|\0)--lang[=\0](sv|en)(?=\0|$)", "\0".join(arguments))
    return found[-1] if found else language_of(environment)


def show_usage(error: click.ClickException, language: str) -> None:
    """Print the error with how the command is used, on standard error."""
    hint = remedy(error, language)
    if language == "en" or isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        if hint:
            click.echo(hint, err=True)
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context:
        usage = context.get_usage().replace("Usage:", "Användning:", 1)
        click.echo(f"{usage}\nHjälp: {context.command_path} --help\n", err=True)
    click.echo(f"Fel: {in_swedish(error.format_message())}" + (f" {hint}" if hint else ""), err=True)


def remedy(error: click.ClickException, language: str) -> str:
    """What was perhaps meant by words too many: a parameter without -p, or a name of several words without quotes."""
    found = _TOO_MUCH.search(error.format_message())
    context = error.ctx if isinstance(error, click.UsageError) else None
    if found is None or context is None:
        return ""
    extra = found[1]
    if "=" in extra and any(param.name == "params" for param in context.command.params):
        return f"{'Skriv' if language == 'sv' else 'Write'}: -p {_in_shell(extra)}"
    first = next(
        (value for value in context.params.values() if isinstance(value, str) and " " not in value), ""
    )
    quoted = f'"{first} {extra}"'
    return (
        f"Sätt citattecken om ett namn med flera ord: {quoted}"
        if language == "sv"
        else f"Put quotes around a name of several words: {quoted}"
    )


def _in_shell(parameter: str) -> str:
    """`name=value`, with quotes around a value of several words."""
    name, _, value = parameter.partition("=")
    return f'{name}="{value}"' if " " in value else parameter


def in_swedish(message: str) -> str:
    """A message of click's in Swedish, as far as its sentences are known."""
    for english, swedish in _SWEDISH:
        message = re.sub(english, swedish, message)
    return message


def undecoded(arguments: Sequence[str]) -> UsageError | None:
    """The error for an argument that is no text: the name of a file may have any bytes, a name or a value may not."""
    for one in arguments:
        shown = one.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if shown != one:
            return UsageError(
                f"'{shown}' is not written in the character encoding of the terminal ({sys.getfilesystemencoding()}). Write it in that.",
                f"'{shown}' är inte skrivet i terminalens teckenkodning ({sys.getfilesystemencoding()}). Skriv det i den.",
            )
    return None
