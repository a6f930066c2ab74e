"""The exceptions that stop work. Bad data is a result (`Finding`), never an exception.

Every message says what is wrong, where, and what to do next, in English and in Swedish.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode


class Text(NamedTuple):
    """The same words in English and in Swedish."""

    en: str
    sv: str


class CoopgraphError(Exception):
    """The root of everything coopgraph raises on purpose. `exit_code` is what the command line ends with.

    `str(error)` is the English text, `error.text("sv")` the Swedish one; where that is missing, the English stands in.
    """

    exit_code = 3

    def __init__(self, en: str, sv: str | None = None) -> None:
        self.en, self.sv = en, sv or en
        super().__init__(en, self.sv)

    def __str__(self) -> str:
        return self.en

    def text(self, language: str) -> str:
        """The message in Swedish for "sv", else in English."""
        return self.sv if language == "sv" else self.en


class UsageError(CoopgraphError):
    """What was asked for can't be meant as it stands: an unknown name, a value of the wrong type."""

    exit_code = 2


class ProjectError(CoopgraphError):
    """The dataset can't be used: it is missing, or its settings are wrong."""


class TurtleError(CoopgraphError):
    """RDF text that does not parse. `line` and `column` count from 1.

    `reason` and `reason_sv` are what is wrong, without the place.
    """

    def __init__(self, en: str, sv: str, *, path: Path | None = None, line: int = 0, column: int = 0) -> None:
        self.reason, self.reason_sv, self.path, self.line, self.column = en, sv, path, line, column
        where = f"{path or '<text>'}:{line}:{column}" if line else str(path or "<text>")
        super().__init__(f"{where}: {en}", f"{where}: {sv}")


class StoreError(CoopgraphError):
    """The store can't answer or can't be written."""


class QueryError(UsageError):
    """A query, or a value given to it, that can't be run. `line` and `column`, from 1, say where in the query; 0 where that is not known."""

    def __init__(self, en: str, sv: str, *, line: int = 0, column: int = 0) -> None:
        self.line, self.column = line, column
        super().__init__(en, sv)


class QueryTimeout(CoopgraphError):
    """A query that took longer than it may, and was stopped."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The query took longer than {seconds:g} s and was stopped. Make it narrower, or give it more time.",
            f"Frågan tog längre tid än {seconds:g} s och avbröts. Gör den smalare, eller ge den mer tid.",
        )


class ShapesError(CoopgraphError):
    """A shapes graph that is itself wrong, so that nothing can be checked with it. `node` is at fault."""

    def __init__(
        self, en: str, sv: str | None = None, *, node: NamedNode | BlankNode | Literal | None = None
    ) -> None:
        self.node = node
        super().__init__(en, sv or en)


class EditRefused(CoopgraphError):
    """An edit that would bring in a violation. The files are as they were."""


_SYSTEM_SV = {
    os.strerror(code): sv
    for code, sv in (
        (errno.ENOENT, "filen eller mappen finns inte"),
        (errno.EACCES, "rättighet saknas"),
        (errno.EPERM, "rättighet saknas"),
        (errno.EISDIR, "det är en mapp"),
        (errno.ENOTDIR, "det är ingen mapp"),
        (errno.EEXIST, "den finns redan"),
        (errno.EROFS, "filsystemet går bara att läsa"),
        (errno.ENOSPC, "disken är full"),
        (errno.EDQUOT, "diskutrymmet är slut"),
        (errno.EFBIG, "filen blir för stor"),
        (errno.EMFILE, "för många filer är öppna"),
        (errno.ENAMETOOLONG, "namnet är för långt"),
        (errno.ECONNREFUSED, "anslutningen nekades"),
        (errno.ECONNRESET, "anslutningen bröts"),
        (errno.ENETUNREACH, "nätet går inte att nå"),
        (errno.EADDRINUSE, "porten är upptagen"),
    )
} | {"Name or service not known": "ingen server har det namnet", "timed out": "svaret tog för lång tid"}


def system_text(error: Exception) -> Text:
    """What the operating system or a library says: common words in Swedish too, the others in English in both."""
    en = getattr(error, "strerror", None) or str(error)
    return Text(en, _SYSTEM_SV.get(en, en))
