"""What commands print: tables to a file or the terminal, findings by file, what a build holds."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopgraph.build.snapshot import BuildReport
from coopgraph.cli.setting import Setting, counted
from coopgraph.errors import StoreError, UsageError, system_text
from coopgraph.iris import Namespaces
from coopgraph.queries import SavedQuery
from coopgraph.queries.table import BINARY, FORMATS
from coopgraph.validate.findings import INFO, SEVERITIES, VIOLATION, WARNING, Finding

if TYPE_CHECKING:
    from coopgraph.validate.checked import Checked

_COLOUR = {VIOLATION: "red", WARNING: "yellow", INFO: "blue"}
_NAMED = {
    VIOLATION: (("fel", "fel"), ("violation", "violations")),
    WARNING: (("varning", "varningar"), ("warning", "warnings")),
    INFO: (("anmärkning", "anmärkningar"), ("note", "notes")),
}


def form_for(asked: str | None, target: Path | None) -> str:
    """The form that was asked for, else that of the file's ending, else a table.

    Raises UsageError for an ending that names a spreadsheet of another kind than those that can be written.
    """
    ending = "" if target is None else target.suffix.lower().removeprefix(".")
    if asked is not None:
        return asked
    if ending in ("xls", "ods"):
        raise UsageError(
            f"A file .{ending} can't be written. Name it .xlsx or .csv.",
            f"En fil .{ending} går inte att skriva. Kalla den .xlsx eller .csv.",
        )
    return ending if ending in FORMATS else "table"


def width_for(target: Path | None) -> int | None:
    """The width of the terminal that a table is shown on; none for a file or a pipe, where nothing is cut."""
    return shutil.get_terminal_size().columns if target is None and sys.stdout.isatty() else None


def tell_rows(number: int | None, target: Path | None, *, form: str, setting: Setting) -> None:
    """A word on standard error: that there are no rows, or how many were written to the file."""
    if number is None:
        return
    if target is not None:
        rows_sv, rows_en = counted(number, "rad skriven", "rader skrivna"), counted(number, "row", "rows")
        click.echo(
            setting.say(f"{rows_sv} till {target} ({form}).", f"{rows_en} written to {target} ({form})."),
            err=True,
        )
    elif not number and form in ("table", "md"):
        click.echo(setting.say("Inga rader.", "No rows."), err=True)
    elif form == "table" and width_for(target) is not None:
        click.echo(
            setting.say(
                "Hela texten, om något är avkortat (…): -f csv",
                "The whole text, if anything is cut (…): -f csv",
            ),
            err=True,
        )


def write(content: bytes, target: Path | None, *, format: str) -> None:
    """To the file, replaced at once and whole, or to the standard output."""
    if target is None:
        if format in BINARY and sys.stdout.isatty():
            raise UsageError(
                f"{format} is not text. Write it to a file: -o result.{format}",
                f"{format} är inte text. Skriv till en fil: -o result.{format}",
            )
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except OSError as error:
        said = system_text(error)
        raise StoreError(
            f"{target}: can't be written: {said.en}.", f"{target}: filen går inte att skriva: {said.sv}."
        ) from error


def progress(setting: Setting, sv: str, en: str) -> Callable[[int, int], None]:
    """A counter on a terminal's standard error; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda done, total: None

    def tell(done: int, total: int) -> None:
        end = "\r\033[K" if done == total else ""
        click.echo(f"\r{setting.say(sv, en)} {done}/{total}{end}", nl=False, err=True)

    return tell


def build_text(report: BuildReport, names: Namespaces, kinds: dict[str, str], setting: Setting) -> str:
    """What a build holds, as a table."""
    rows = [(kinds.get(kind, names.shorten(kind)), count) for kind, count in report.kinds.items()]
    width = max([len(name) for name, _ in rows] + [24])
    lines = [
        f"{setting.say('Slag av sak', 'Kind of thing').ljust(width)}  {setting.say('Antal', 'Count'):>6}"
    ]
    lines.append("─" * width + "  " + "─" * 6)
    lines += [f"{name.ljust(width)}  {count:>6}" for name, count in rows]
    lines.append("")
    lines.append(
        setting.say(
            f"{counted(report.triples, 'trippel', 'tripler')} ur {counted(report.files, 'fil', 'filer')}, "
            f"{report.derived} av dem {'härledd' if report.derived == 1 else 'härledda'}.",
            f"{counted(report.triples, 'triple', 'triples')} from {counted(report.files, 'file', 'files')}, "
            f"{report.derived} of them derived.",
        )
    )
    if not report.fresh:
        lines.append(
            setting.say("Inget har ändrats sedan förra bygget.", "Nothing has changed since the last build.")
        )
    return "\n".join(lines)


def findings_text(
    checked: Checked, shown: Sequence[Finding], name: Callable[[Path], str], setting: Setting, *, guide: bool
) -> str:
    """The findings grouped by file, then a line that sums them up; with `guide`, also where the rules are explained."""
    lines = []
    for path, group in groupby(shown, key=lambda one: name(one.place.path) if one.place else ""):
        lines.append(click.style(path or setting.say("data som helhet", "the data as a whole"), bold=True))
        for one in group:
            where = f"{one.place.line}:{one.place.column}" if one.place and one.place.line else "-"
            word = _NAMED[one.severity][0 if setting.language == "sv" else 1][0]
            head = "  ".join(part for part in (one.focus, one.path) if part)
            lines.append(f"  {where:<8}{click.style(word, fg=_COLOUR[one.severity])}  {head}  [{one.rule}]")
            if one.value is not None and one.value not in one.text(setting.language):
                lines.append(f"          {one.value[:200]}")
            lines.append(f"          {one.text(setting.language)}")
        lines.append("")
    counts = []
    for severity in SEVERITIES:
        number = checked.count(severity)
        singular, plural = _NAMED[severity][0 if setting.language == "sv" else 1]
        counts.append(counted(number, singular, plural))
    if checked.count(INFO) and not any(one.severity == INFO for one in shown):
        counts[-1] += setting.say(" (visas med --severity info)", " (shown with --severity info)")
    looked = setting.say(
        f"{counted(checked.files, 'datafil', 'datafiler')} och " * bool(checked.files)
        + f"{counted(checked.triples, 'trippel', 'tripler')} kontrollerade: ",
        f"{counted(checked.files, 'data file', 'data files')} and " * bool(checked.files)
        + f"{counted(checked.triples, 'triple', 'triples')} checked: ",
    )
    lines.append(looked + ", ".join(counts) + ".")
    if guide and checked.files:
        lines.append(_quotes_text(checked, setting))
    if guide and shown:
        example = shown[0].rule
        lines.append(
            setting.say(
                f"Varför en regel finns och hur man rättar: coopgraph explain REGEL, till exempel coopgraph explain {example}",
                f"Why a rule is there and how to mend it: coopgraph explain RULE, such as coopgraph explain {example}",
            )
        )
    return "\n".join(lines)


def _quotes_text(checked: Checked, setting: Setting) -> str:
    """How many quotes were held against the sources."""
    if checked.quotes is None:
        return setting.say(
            "Citaten är inte prövade mot källorna; det görs med --sources MAPP.",
            "The quotes are not tested against the sources; --sources FOLDER does that.",
        )
    tested, untested = checked.quotes
    return setting.say(
        f"{tested} citat prövade mot källorna, {untested} inte prövade"
        + (": källans text saknas." if untested else "."),
        f"{counted(tested, 'quote', 'quotes')} tested against the sources, {untested} not tested"
        + (": the text of the source is missing." if untested else "."),
    )


def query_list(queries: dict[str, SavedQuery], setting: Setting) -> str:
    """The saved queries by folder, with title and parameters."""
    lines = []
    width = max((len(name) for name in queries), default=0)
    for folder, group in groupby(queries.items(), key=lambda item: item[0].rpartition("/")[0]):
        lines.append(click.style(folder or ".", bold=True))
        for name, query in group:
            params = " ".join(
                f"{param.name}{'?' if param.optional else ''}" for param in query.params.values()
            )
            title = query.title.get(setting.language, name)
            lines.append(f"  {name.ljust(width)}  {title}" + (f"  [{params}]" if params else ""))
    lines.append("")
    lines.append(
        setting.say(
            "Ställ en fråga: coopgraph query NAMN -p parameter=värde. Läs om den: coopgraph explain NAMN",
            "Ask one: coopgraph query NAME -p parameter=value. Read about one: coopgraph explain NAME",
        )
    )
    return "\n".join(lines)
