"""Files and texts of RDF, read strictly: pyoxigraph decides what is right, errors say where and what."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, Quad, RdfFormat, Triple

from coopgraph.errors import Text, TurtleError, UsageError, system_text
from coopgraph.turtle.lexer import Lines

MAX_BYTES = 512 * 2**20
"""How large a file may be, unpacked."""

_FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
}


def read(path: Path, *, base: str | None = None) -> list[Quad]:
    """The quads of one file, in the order of its text. Raises `TurtleError`.

    Blank nodes get new labels: what a label names is a matter of its own file.
    """
    format = format_of(path)
    return parse(read_text(path), format=format, base=base, path=path)


def parse(text: str, *, format: RdfFormat, base: str | None = None, path: Path | None = None) -> list[Quad]:
    """The quads of a text, as `read` gives them; `path` is named in the `TurtleError`.

    RDF 1.2 (triple terms, reifiers, base directions), which pyoxigraph reads, is refused.
    """
    try:
        quads = list(pyoxigraph.parse(text.encode(), format, base_iri=base, rename_blank_nodes=True))
    except SyntaxError as error:
        from coopgraph.turtle.explain import explain

        raise explain(text, error, format=format, path=path) from error
    except MemoryError as error:
        raise _too_long(text, path) from error
    except UnicodeEncodeError as error:
        line, column = Lines(text).place(error.start)
        raise TurtleError(
            "Half a surrogate pair stands here, which is no character. Remove it.",
            "Här står ett halvt surrogatpar, som inte är något tecken. Ta bort det.",
            path=path,
            line=line,
            column=column,
        ) from error
    except ValueError as error:
        raise UsageError(
            f"The base '{base}' can't be used: it must be an absolute IRI.",
            f"Basen '{base}' går inte att använda: den ska vara en absolut IRI.",
        ) from error
    if any(_is_rdf12(quad) for quad in quads):
        from coopgraph.turtle.explain import explain_rdf12

        raise explain_rdf12(text, path=path)
    return quads


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """The text of a file, unpacked if its name ends in `.gz`, with its line ends as they are.

    Raises `TurtleError` for a file that can't be read, is larger than `limit` bytes, or is not UTF-8.
    """
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            # what is too large is found out before any of it is kept
            size = path.stat().st_size
            if isinstance(stream, gzip.GzipFile):
                size = 0
                while size <= limit and (chunk := stream.read(2**20)):
                    size += len(chunk)
                stream.seek(0)
            data = stream.read() if size <= limit else b""
    except (OSError, EOFError, zlib.error) as error:
        said = system_text(error)
        raise TurtleError(
            f"The file can't be read: {said.en}.", f"Filen går inte att läsa: {said.sv}.", path=path
        ) from error
    if size > limit:
        raise TurtleError(
            f"The file has more than {limit:,} bytes, which is the limit.",
            f"Filen är större än {limit:_} byte, som är gränsen.".replace("_", " "),
            path=path,
        )
    return _decode(data, path)


def format_of(path: Path) -> RdfFormat:
    """The format that the end of a file's name tells. Raises `TurtleError` if it tells none."""
    _, suffix = os.path.splitext(path.name.lower().removesuffix(".gz"))  # noqa: PTH122 - of very many files
    if suffix in _FORMATS:
        return _FORMATS[suffix]
    names = ", ".join(_FORMATS)
    raise TurtleError(
        f"The format can't be told from the name. It should end in {names} (or one of them and .gz).",
        f"Formatet framgår inte av namnet. Det ska sluta med {names} (eller något av dem och .gz).",
        path=path,
    )


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = Lines(before).place(len(before))
        byte = data[error.start : error.start + 1]
        guess = byte.decode("cp1252", errors="ignore")
        shown = byte.hex().upper()
        en = f"the byte {shown}" + (f" ('{guess}' in Windows-1252)" if guess else "")
        sv = f"byten {shown}" + (f" ('{guess}' i Windows-1252)" if guess else "")
        message = Text(
            f"The file is not UTF-8: {en} stands here. Save it as UTF-8.",
            f"Filen är inte UTF-8: här står {sv}. Spara den som UTF-8.",
        )
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            message = Text("The file is UTF-16. Save it as UTF-8.", "Filen är i UTF-16. Spara den som UTF-8.")
        raise TurtleError(message.en, message.sv, path=path, line=line, column=column) from error


_MAX_TOKEN = 16 * 2**20
"""How many bytes one name or literal may have, which is the parser's limit."""


def _too_long(text: str, path: Path | None) -> TurtleError:
    """The error for a literal that is too long; its line is that on which it begins, where it begins on a long one."""
    lines = text.split("\n")
    longest = max(range(len(lines)), key=lambda i: len(lines[i]))
    return TurtleError(
        "A value of more than 16 MB stands here, which is the limit. Keep it in a file of its own and link to that.",
        "Här står ett värde på mer än 16 MB, som är gränsen. Lägg det i en egen fil och länka till den.",
        path=path,
        line=longest + 1 if len(lines[longest].encode()) > _MAX_TOKEN else 0,
        column=1,
    )


def _is_rdf12(quad: Quad) -> bool:
    term = quad.object
    return isinstance(term, Triple) or (isinstance(term, Literal) and term.direction is not None)
