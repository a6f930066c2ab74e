"""What was found, for people: lines to read, a table to keep, and what a steward writes to decide."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from coopgraph.edit import find
from coopgraph.edit.graph import Graph
from coopgraph.errors import ProjectError, UsageError, system_text
from coopgraph.project import Project
from coopgraph.reconcile.decide import Choice, Found, decided_as
from coopgraph.reconcile.register import Hit, Register
from coopgraph.sheets.match import Body, bodies


def lines(found: Sequence[Found], register: str, language: str) -> Iterator[str]:
    """What was found, body by body, and how to decide it, in "sv" or "en"."""
    swedish = language == "sv"
    for one in found:
        if one.hits:
            yield f"{one.body.names[0]}" + (f" ({one.body.id})" if one.body.id else "")
            yield from (f"  {hit_line(hit, language)}" for hit in one.hits)
    sure = sum(1 for one in found if one.certain)
    without = [one.body.names[0] for one in found if not one.hits]
    none = len(without)
    if without:
        yield f"{'Utan förslag' if swedish else 'Without candidates'}: {', '.join(without)}"
    yield (
        f"{len(found)} uppslagna: {sure} utan tvivel, {len(found) - sure - none} att bedöma, {none} utan förslag."
        if swedish
        else f"{len(found)} looked up: {sure} without doubt, {len(found) - sure - none} to judge, {none} without candidates."
    )
    first = next((one for one in sorted(found, key=lambda one: one.certain is None) if one.hits), None)
    if first is not None:
        pair = shlex.quote(f"{first.body.id or first.body.names[0]}={first.hits[0].id}")
        role, reason, what, all_ = (
            ("ROLL", "SKÄL", "Avgör så här", "Allt utan tvivel")
            if swedish
            else ("ROLE", "REASON", "Decide like this", "All without doubt")
        )
        yield f"{what}: coopgraph reconcile {shlex.quote(register)} --same {pair} --by {role} --reason {reason}"
        if sure:
            yield f"{all_}: --certain --by {role} --reason {reason}"


def hit_line(hit: Hit, language: str) -> str:
    """A candidate in a line."""
    sure = ("utan tvivel", "kanske") if language == "sv" else ("without doubt", "perhaps")
    about = f" ({hit.about})" if hit.about else ""
    return f"{hit.id}  {hit.label}{about}  {hit.score:.0f}  {sure[0] if hit.certain else sure[1]}"


def write(path: Path, project: Project, register: Register, found: Sequence[Found]) -> None:
    """Write a table of what was found to a file: a line a candidate, and one for a body that has none."""
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow(["thing", "name", "id", "label", "score", "certain", "decided"])
    for one in found:
        same = decided_as(project, register, one.body)
        for hit in one.hits or (None,):
            cells = (
                (
                    hit.id,
                    hit.label,
                    f"{hit.score:g}",
                    "yes" if hit.certain else "",
                    "same" if hit.id == same else "",
                )
                if hit
                else ("",) * 5
            )
            table.writerow([one.body.id, one.body.names[0], *cells])
    try:
        path.write_text(buffer.getvalue(), encoding="utf-8-sig")
    except OSError as error:
        said = system_text(error)
        raise ProjectError(f"{path}: {said.en}.", f"{path}: {said.sv}.") from error


def choice(graph: Graph, found: Sequence[Found], text: str, *, same: bool, language: str = "sv") -> Choice:
    """The decision that `THING=ID` means; the entry need not be among the candidates. Raises UsageError."""
    name, equals, entry = (part.strip() for part in text.rpartition("="))
    if not equals or not name or not entry or any(sign.isspace() or sign in '<>"' for sign in entry):
        raise UsageError(
            f"'{text}' is no decision. Write the thing and the entry: organisation:vaxjo-kommun=Q500217",
            f"'{text}' är inget beslut. Skriv saken och posten: organisation:vaxjo-kommun=Q500217",
        )
    one = next((one for one in found if name in (one.body.id, one.body.names[0])), None)
    if one is None:
        one = Found(_body(graph, name, language), ())
    hit = next((hit for hit in one.hits if hit.id == entry), Hit(entry, "", 0.0))
    return Choice(one.body, hit, same)


def _body(graph: Graph, name: str, language: str) -> Body:
    thing = graph.names.shorten(find.thing(graph, name, ("organisation",), language=language).value)
    return next(one for one in bodies(graph) if one.id == thing)
