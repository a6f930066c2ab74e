"""The scripts and styles that pages load beside `style.css`: every file of the folder `assets`, ours and those of others.

A page is whole without them. They come with the package, so that no page asks another host for anything.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "assets"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


@cache
def assets() -> tuple[str, ...]:
    """The names of the files, with "/" between folders. A file of no known kind is not among them."""
    return tuple(
        sorted(
            path.relative_to(_FOLDER).as_posix()
            for path in _FOLDER.rglob("*")
            if path.is_file() and path.suffix in MEDIA_TYPES and _NAME.fullmatch(path.name)
        )
    )


def asset(name: str) -> bytes | None:
    """The content of a file by its name; None where there is none of that name."""
    return (_FOLDER / name).read_bytes() if name in assets() else None


def media_type(name: str) -> str:
    """The media type of a file, by how its name ends."""
    return MEDIA_TYPES[Path(name).suffix]
