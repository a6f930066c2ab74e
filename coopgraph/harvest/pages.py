"""The pages of a harvest that is under way, kept so that a break costs one page at most.

    .coopgraph/harvest/NAME/harvest.json    what was asked, of whom, from which day
    .coopgraph/harvest/NAME/000001.nt       a page: its last key in a comment, then its triples, sorted
    .coopgraph/harvest/NAME/refused         the whole is in, but was not let replace what was there

A page is written beside its place and moved there whole; the one without a last key says that the whole is in.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FRESH = datetime.timedelta(days=7)
"""How long pages wait for the rest; older ones would mix what was with what is."""


@dataclass
class Pages:
    """The pages of one harvest in order, as they come in. `day` is when it began, `after` the last key so far."""

    folder: Path
    day: datetime.date
    count: int = 0
    after: str = ""
    whole: bool = field(default=False)

    def add(self, last: str | None, lines: Iterable[str]) -> None:
        """Keep a page; without a last key it says that nothing is left to come."""
        text = "".join(f"{line}\n" for line in (f"# {json.dumps(last)}", *sorted(lines)))
        write(self.folder / f"{self.count + 1:06}.nt", text.encode())
        self.count += 1
        self.after, self.whole = last or self.after, last is None

    def lines(self) -> Iterator[str]:
        """Every triple of the answer as a line of N-Triples; one that two pages have comes twice."""
        for number in range(1, self.count + 1):
            with (self.folder / f"{number:06}.nt").open(encoding="utf-8") as page:
                next(page)
                yield from (line.rstrip("\n") for line in page)

    def refuse(self) -> None:
        """Note that the whole was not let replace what was there."""
        (self.folder / "refused").touch()

    def clear(self) -> None:
        """Forget the pages."""
        shutil.rmtree(self.folder)


def begin(folder: Path, asked: Mapping[str, str], today: datetime.date, *, accept: bool) -> Pages:
    """The pages that an earlier run kept for the same question; none where there are none, or they are out of date.

    A whole answer that was refused is taken up again only where it is to be accepted now.
    """
    pages = _kept(folder, asked, today)
    if pages is not None and (accept or not (folder / "refused").exists()):
        return pages
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    write(folder / "harvest.json", json.dumps({**asked, "day": today.isoformat()}, indent=1).encode())
    return Pages(folder, today)


def _kept(folder: Path, asked: Mapping[str, str], today: datetime.date) -> Pages | None:
    try:
        about = json.loads((folder / "harvest.json").read_text(encoding="utf-8"))
        day = datetime.date.fromisoformat(about.pop("day"))
        if about != dict(asked) or not datetime.timedelta() <= today - day <= _FRESH:
            return None
        pages = Pages(folder, day)
        while (path := folder / f"{pages.count + 1:06}.nt").exists():
            with path.open(encoding="utf-8") as page:
                last = json.loads(next(page).removeprefix("# "))
            pages.count += 1
            pages.after, pages.whole = last or pages.after, last is None
    except (
        FileNotFoundError,
        NotADirectoryError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        StopIteration,
    ):
        return None  # not of our making, or torn by the disk: begin anew
    return pages


def write(path: Path, content: bytes) -> None:
    """Replace a file at once and whole."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
