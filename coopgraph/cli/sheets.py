"""The commands `coopgraph import` and `coopgraph export`: sheets into the dataset, and out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopgraph.cli.ask import ask, is_asked
from coopgraph.cli.proposal import settle, settling
from coopgraph.cli.setting import Setting, counted, lang_option, pass_setting
from coopgraph.edit.kinds import KINDS, Kind
from coopgraph.errors import EditRefused, Text, UsageError

if TYPE_CHECKING:
    from coopgraph.edit.graph import Graph
    from coopgraph.sheets.guess import Guess
    from coopgraph.sheets.mapping import Meaning
    from coopgraph.sheets.table import Table
    from coopgraph.sheets.take import Outcome, Taken

_FEW = 20
_STATES = {
    "new": Text("new", "ny"),
    "changed": Text("changed", "ändrad"),
    "same": Text("same", "oförändrad"),
    "ambiguous": Text("ambiguous", "tvetydig"),
    "refused": Text("refused", "avvisad"),
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping", metavar="NAME", help="What the columns mean: a file in mappings/, or one that comes along."
)
@click.option("--kind", type=click.Choice(list(KINDS)), help="What a row is [guessed].")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook [all].")
@click.option(
    "--column", "columns", multiple=True, metavar="HEADING=FIELD", help="What a column is; - leaves it out."
)
@click.option("--given", multiple=True, metavar="FIELD=VALUE", help="What holds for every row.")
@click.option(
    "--meant",
    multiple=True,
    metavar="NAME=THING",
    help="What a name means, or new for what is not there yet.",
)
@click.option("--skip", is_flag=True, help="Leave out the rows that are ambiguous or refused.")
@click.option("--save", metavar="NAME", help="Save what the columns mean under this name [that of the file].")
@click.option(
    "--sources",
    type=click.Path(path_type=Path),
    help="Folder with the archived texts [sources/ of the dataset].",
)
@settling
@pass_setting
def import_(
    setting: Setting,
    file: Path,
    mapping: str | None,
    kind: str | None,
    sheet: str | None,
    columns: tuple[str, ...],
    given: tuple[str, ...],
    meant: tuple[str, ...],
    skip: bool,
    save: str | None,
    sources: Path | None,
) -> None:
    """Take a sheet into the dataset (.xlsx, or separated text): all its rows as one operation."""
    from coopgraph.edit.evidence import archive
    from coopgraph.edit.graph import open_graph
    from coopgraph.sheets.meanings import meanings, own_name
    from coopgraph.sheets.table import read

    project = setting.project()
    tables = read(file, sheet=sheet)
    with open_graph(project) as graph:
        guesses = meanings(
            graph,
            tables,
            mapping=mapping,
            kind=KINDS[kind] if kind else None,
            columns=_pairs(columns),
            given=_pairs(given),
        )
        found = [_sure(setting, one, _pairs(meant)) for one in guesses]
        taken, found = _settled(
            setting, graph, list(zip(tables, found, strict=True)), archive(project, sources)
        )
        if _left_out(setting, taken, skip) and settle(setting, taken.change, lines=_told(setting, taken)):
            is_new = len(found) == 1 and not guesses[0].own and mapping != (save or own_name(file))
            if is_new:
                _saved(setting, graph, save or own_name(file), found[0])


def _pairs(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, value = one.rpartition("=")
        if not equals:
            raise UsageError(
                f"'{one}' has no =. Write name=value, such as party-2=organisation:tianjin",
                f"'{one}' saknar =. Skriv namn=värde, till exempel party-2=organisation:tianjin",
            )
        found[name.strip()] = value.strip()
    return found


def _sure(setting: Setting, found: Guess, meant: dict[str, str]) -> Meaning:
    """What the sheet means, with what is not clear asked for."""
    from coopgraph.sheets.columns import NOTHING, target
    from coopgraph.sheets.guess import unsure_error

    meaning = found.meaning
    if found.unsure and not is_asked():
        raise unsure_error(found.unsure)
    for one in found.unsure:
        label = f"{one.letters} {one.heading} ({', '.join(one.samples)})"
        question = Text(f"{label}: what is it (- leaves it out)", f"{label}: vad är det (- utelämnar)")
        while one.heading not in meaning.columns:
            answer = ask(setting, question, [NOTHING, *one.choices])
            try:
                column = answer if answer == NOTHING else str(target(meaning.kind, answer))
            except UsageError as error:
                click.echo(error.text(setting.language), err=True)
                continue
            meaning = replace(meaning, columns={**meaning.columns, one.heading: column})
    return replace(meaning, meant={**meaning.meant, **meant})


def _settled(
    setting: Setting, graph: Graph, sheets: list[tuple[Table, Meaning]], sources: Path | None
) -> tuple[Taken, list[Meaning]]:
    """What becomes of the rows, once it has been asked what the names mean that can mean several things."""
    from coopgraph.sheets.mapping import NEW
    from coopgraph.sheets.take import take
    from coopgraph.sheets.things import shown_candidate

    asked: set[str] = set()
    while True:
        taken = take(graph, sheets, sources=sources, language=setting.language)
        names = {
            one.unclear.name: one.unclear
            for one in taken.outcomes
            if one.unclear and one.unclear.name not in asked
        }
        if not names or not is_asked():
            return taken, [meaning for _, meaning in sheets]
        said: dict[str, str] = {}
        for name, unclear in names.items():
            asked.add(name)
            for number, candidate in enumerate(unclear.candidates, 1):
                click.echo(f"  {number}  {shown_candidate(candidate)}")
            question = Text(
                f"{name}: which (number, {NEW}, or empty: leave it)",
                f"{name}: vilken (nummer, {NEW}, eller tomt: låt vara)",
            )
            answer = ask(setting, question, empty=True)
            if answer.isdecimal() and 0 < int(answer) <= len(unclear.candidates):
                said[name] = unclear.candidates[int(answer) - 1].body.id
            elif answer:
                said[name] = answer
        sheets = [(table, replace(meaning, meant={**meaning.meant, **said})) for table, meaning in sheets]


def _left_out(setting: Setting, taken: Taken, skip: bool) -> bool:
    """Whether to go on without the rows that don't fit. Raises EditRefused where nobody has said so."""
    wrong = taken.of("ambiguous", "refused")
    if not wrong or skip:
        return True
    for line in _told(setting, taken):
        click.echo(line)
    if is_asked():
        question = setting.say(
            "Utelämna dem och gå vidare med resten?", "Leave them out and go on with the rest?"
        )
        return click.confirm(question, default=False)
    raise EditRefused(
        f"{len(wrong)} of {len(taken.outcomes)} rows are ambiguous or refused, so nothing was written. Mend them, or leave them out: --skip",
        f"{len(wrong)} av {len(taken.outcomes)} rader är tvetydiga eller avvisade, så inget skrevs. Rätta dem, eller utelämna dem: --skip",
    )


def _told(setting: Setting, taken: Taken) -> list[str]:
    """The rows and what becomes of them; of those that fit the first few, and the number of each sort."""
    everything = bool(click.get_current_context().meta.get("coopgraph.dry_run"))
    lines: list[str] = []
    count = Counter(one.state for one in taken.outcomes)
    for state, label in _STATES.items():
        shown = [one for one in taken.of(state) if state != "same" or one.why]
        few = shown if everything or state in ("ambiguous", "refused") else shown[:_FEW]
        lines += [_line(setting, one, label) for one in few]
        if len(shown) > len(few):
            lines.append(
                setting.say(f"… och {len(shown) - len(few)} till", f"… and {len(shown) - len(few)} more")
            )
    lines.append(
        ", ".join(f"{setting.say(label.sv, label.en)}: {count[state]}" for state, label in _STATES.items())
    )
    return lines


def _line(setting: Setting, one: Outcome, label: Text) -> str:
    why = "; ".join(setting.say(text.sv, text.en) for text in one.why)
    return f"{one.place}  {setting.say(label.sv, label.en)}  {one.about}" + (f": {why}" if why else "")


def _saved(setting: Setting, graph: Graph, name: str, meaning: Meaning) -> None:
    from coopgraph.sheets.mapping import load, save

    if load(graph.project, name) != meaning:
        path = graph.project.shown(save(graph.project, name, meaning))
        click.echo(
            setting.say(
                f"Vad kolumnerna betyder är sparat i {path}.", f"What the columns mean is saved in {path}."
            )
        )


@click.command()
@click.argument("what", nargs=-1, metavar="[KIND] FILE")
@click.option("--all", "everything", is_flag=True, help="Every kind, a sheet each.")
@click.option("--template", metavar="KIND", help="An empty sheet of this kind, with lists to pick from.")
@lang_option
@pass_setting
def export(setting: Setting, what: tuple[str, ...], everything: bool, template: str | None) -> None:
    """Give out the things of a KIND as a sheet, to FILE (.xlsx or .csv); `import` takes it back."""
    from coopgraph.cli.output import write
    from coopgraph.edit.graph import open_graph
    from coopgraph.sheets import give, workbook

    kinds, file = _wanted(what, everything, template)
    with open_graph(setting.project()) as graph:
        if template:
            sheets = [workbook.template(kinds[0], language=setting.language)]
        else:
            sheets = [give.sheet(graph, kind, language=setting.language) for kind in kinds]
            sheets = [one for one in sheets if one.rows or len(kinds) == 1]
        if file.suffix.casefold() == ".csv":
            write(give.as_csv(sheets[0]), file, format="csv")
        else:
            write(workbook.as_workbook(graph, sheets, language=setting.language), file, format="xlsx")
    rows = sum(len(one.rows) for one in sheets)
    click.echo(
        setting.say(f"{file}: {counted(rows, 'rad', 'rader')}.", f"{file}: {counted(rows, 'row', 'rows')}.")
    )


def _wanted(what: Sequence[str], everything: bool, template: str | None) -> tuple[list[Kind], Path]:
    """The kinds to give out, and the file."""
    from coopgraph.sheets.columns import kind_of

    named = [template] if template else [] if everything else list(what[:1])
    files = list(what) if template or everything else list(what[1:])
    kinds = [kind_of(one) for one in named]
    if (
        len(files) > 1
        or (not files and not template)
        or not (everything or named)
        or None in kinds
        or (template and everything)
    ):
        listed = ", ".join(KINDS)
        raise UsageError(
            f"Say what and where to: coopgraph export KIND FILE, coopgraph export --all FILE.xlsx, or coopgraph export --template KIND. The kinds are: {listed}.",
            f"Ange vad och vart: coopgraph export SLAG FIL, coopgraph export --all FIL.xlsx, eller coopgraph export --template SLAG. Slagen är: {listed}.",
        )
    file = Path(files[0]) if files else Path(f"{template}.xlsx")
    if file.suffix.casefold() not in (".xlsx", ".csv") or (everything and file.suffix.casefold() == ".csv"):
        raise UsageError(
            f"{file}: the file must end in .xlsx" + ("." if everything else " or .csv."),
            f"{file}: filen ska sluta på .xlsx" + ("." if everything else " eller .csv."),
        )
    return list(KINDS.values()) if everything else [one for one in kinds if one is not None], file
