"""Questions on a terminal, where options are missing: completed with the tabulator, asked again until the answer fits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from coopgraph.cli.setting import Setting
from coopgraph.errors import EditRefused, Text, UsageError

if TYPE_CHECKING:
    from coopgraph.edit.graph import Graph
    from coopgraph.edit.kinds import Field, Kind

Made = TypeVar("Made")


def is_asked() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def ask(setting: Setting, label: Text, choices: Iterable[str] = (), *, empty: bool = False) -> str:
    """Ask for a value; the tabulator completes one of the choices."""
    click.get_current_context().meta["coopgraph.asked"] = True
    known = sorted(set(choices), key=str.casefold)
    _complete(known)
    try:
        answer: str = click.prompt(
            setting.say(label.sv, label.en), default="" if empty else None, show_default=False
        )
    finally:
        _complete([])
    return answer.strip()


def _complete(known: Sequence[str]) -> None:
    """Let the tabulator complete these words, where the terminal can."""
    try:
        import readline
    except ImportError:
        return

    def complete(text: str, state: int) -> str | None:
        fits = [one for one in known if one.casefold().startswith(text.casefold())]
        return fits[state] if state < len(fits) else None

    readline.set_completer(complete if known else None)
    readline.set_completer_delims("")
    readline.parse_and_bind("tab: complete")


def ask_until(setting: Setting, label: Text, read: Callable[[str], object], *, empty: bool = False) -> str:
    """Ask for a value until `read` takes it; where it raises UsageError, that is told at once."""
    while True:
        answer = ask(setting, label, empty=empty)
        try:
            if answer:
                read(answer)
        except UsageError as error:
            click.echo(error.text(setting.language), err=True)
        else:
            return answer


def names_of(graph: Graph, of: Sequence[str], setting: Setting) -> list[str]:
    """The names of the things in some folders, to complete from."""
    from coopgraph.queries.names import Names

    return list(Names(graph.assembly.store, graph.names, of, language=setting.language).label.values())


def until_it_fits(setting: Setting, make: Callable[[], Made]) -> Made:
    """What `make` makes; where it asks and the answers don't fit, that is told, and it asks again."""
    meta = click.get_current_context().meta
    while True:
        meta["coopgraph.asked"] = False
        try:
            return make()
        except (EditRefused, UsageError) as error:
            if not meta["coopgraph.asked"]:
                raise
            click.echo(error.text(setting.language), err=True)


def ask_for(
    graph: Graph, setting: Setting, kind: Kind, given: Mapping[str, list[str]], new: Sequence[str]
) -> tuple[dict[str, list[str]], list[str]]:
    """What was given, and what is asked for, a field that takes several values until an empty line; and the new bodies.

    A body that is not there yet may be added on the way.
    """
    values, born = dict(given), list(new)
    for field in kind.fields:
        a_name = field.name[:4] == "name" and kind.named_for
        if values[field.name] or not (field.asked or field.must) or a_name:
            continue
        choices = _choices(graph, setting, field)
        answer = _fitting(graph, setting, field, field.label, choices, born, empty=not field.must)
        while answer:
            values[field.name] = [*values[field.name], answer]
            more = Text("another", "en till")
            answer = _fitting(graph, setting, field, more, choices, born, empty=True) if field.many else ""
    return values, born


def _choices(graph: Graph, setting: Setting, field: Field) -> list[str]:
    """What a field can be filled with; a few choices are shown at once."""
    from coopgraph.edit.find import concepts

    if field.sort == "thing":
        return names_of(graph, field.of, setting)
    if field.sort != "concept":
        return []
    choices = [graph.label(one, setting.language) for one in concepts(graph, field.of[0])]
    if len(choices) < 15:
        click.echo("  " + " · ".join(choices))
    return choices


def _fitting(
    graph: Graph,
    setting: Setting,
    field: Field,
    label: Text,
    choices: Sequence[str],
    born: list[str],
    *,
    empty: bool,
) -> str:
    """An answer that means something for the field."""
    from coopgraph.cli.proposal import sources_of
    from coopgraph.edit.add import terms_of
    from coopgraph.edit.evidence import found_file

    while True:
        answer = ask(setting, label, choices, empty=empty)
        try:
            if answer and field.sort == "file":
                found_file(answer, sources_of(graph.project))
            elif field.sort != "identifier" and answer:
                terms_of(graph, field, answer, setting.language)
        except UsageError as error:
            click.echo(error.text(setting.language), err=True)
            if "organisation" in field.of and _is_born(graph, setting, answer, born):
                return answer
            continue
        return answer


def _is_born(graph: Graph, setting: Setting, name: str, born: list[str]) -> bool:
    """Whether a body that is not there yet is to be added, with its kind and country."""
    from coopgraph.edit.find import concept, concepts

    said = []
    for label, scheme in (
        (
            Text(
                "to add it, its kind (empty: another name)",
                "för att lägga till den, dess slag (tomt: ett annat namn)",
            ),
            "kind",
        ),
        (Text("country", "land"), "country"),
    ):
        while True:
            choices = [graph.label(one, setting.language) for one in concepts(graph, scheme)]
            answer = ask(setting, label, choices, empty=True)
            if not answer:
                return False
            try:
                concept(graph, scheme, answer, language=setting.language)
            except UsageError as error:
                click.echo(error.text(setting.language), err=True)
                continue
            said.append(answer)
            break
    born.append(f"{name}, {said[0]}, {said[1]}")
    return True
