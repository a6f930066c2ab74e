"""What every command shares: which dataset, which language, and a limit on how long it may take."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from coopgraph.project import Project, find


@dataclass(frozen=True)
class Setting:
    """The folder the command was pointed at, and the language to speak."""

    folder: Path
    language: str

    def project(self) -> Project:
        """The dataset; an edit that was broken off in the middle of its writing is finished first."""
        project = find(self.folder)
        if (project.state / "edit" / "journal.json").exists():
            from coopgraph.edit.atomic import recover

            recover(project)
        return project

    def say(self, sv: str, en: str) -> str:
        """The text in the reader's language."""
        return sv if self.language == "sv" else en


pass_setting = click.make_pass_decorator(Setting)


def _lang(context: click.Context, _: click.Parameter, value: str | None) -> None:
    """`--lang` may also stand after the command."""
    if value:
        context.obj = context.find_root().obj = Setting(context.obj.folder, value)


lang_option = click.option(
    "--lang",
    type=click.Choice(["sv", "en"]),
    expose_value=False,
    callback=_lang,
    is_eager=True,
    help="Language.",
)


class Seconds(click.FloatRange):
    """A time to wait, a day at most: for all time no timer can be set."""

    def __init__(self, least: float) -> None:
        super().__init__(min=least, max=86_400)

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float:
        found: float = super().convert(value, param, context)
        if math.isnan(found):  # it is in every range
            self.fail(f"{value!r} is not a valid float.", param, context)
        return found


def counted(number: int, one: str, many: str) -> str:
    """The number with the word that agrees with it: `counted(1, "file", "files")` is "1 file"."""
    return f"{number} {one if number == 1 else many}"


def language_of(environment: Mapping[str, str]) -> str:
    """ "sv" or "en": from COOPGRAPH_LANG, then the locale, then Swedish."""
    for name in ("COOPGRAPH_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = environment.get(name, "")[:2].lower()
        if wanted in ("sv", "en"):
            return wanted
    return "sv"


def tell_if_stale(setting: Setting, made: float) -> None:
    """A word on standard error when a file of the dataset is newer than the build."""
    newer = setting.project().changed_after(made)
    if newer:
        click.echo(
            setting.say(
                f"Obs: {counted(newer, 'fil', 'filer')} har ändrats efter bygget. Bygg om: coopgraph build",
                f"Note: {counted(newer, 'file has', 'files have')} changed since the build. Build again: coopgraph build",
            ),
            err=True,
        )


@contextmanager
def limited(seconds: float, setting: Setting) -> Iterator[None]:
    """End the process with a clear word when the work inside takes longer than `seconds`.

    The engine can't be interrupted, but it lets other threads run: a timer ends the whole process, which only reads. Ctrl-C ends it
    at once too, as Python would hear of it only when the engine is done.
    """

    def end() -> None:
        click.echo(
            setting.say(
                f"Fel: frågan tog längre tid än {seconds:g} s och avbröts. Gör den smalare, eller ge den mer tid: --timeout.",
                f"Error: the query took longer than {seconds:g} s and was stopped. Make it narrower, or give it more time: --timeout.",
            ),
            err=True,
        )
        os._exit(3)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a shell may have it ignored
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        if heard:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        timer.cancel()
