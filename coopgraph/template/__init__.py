"""The dataset that `coopgraph init` makes: settings, two example bodies, and a partnership with its evidence."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from coopgraph.errors import ProjectError, UsageError, system_text
from coopgraph.iris import slug
from coopgraph.project import SETTINGS
from coopgraph.validate.quotes import sha256

_FILES = Path(__file__).parent
_TEXT = "sources/exempelkommun.txt"


def create(folder: Path, *, base: str | None = None) -> list[Path]:
    """Write a new dataset into a folder that is empty or not there yet; gives the files written.

    Raises UsageError for a folder that is in use or a base that is no web address.
    """
    base = base or f"https://example.org/{slug(folder.resolve().name) or 'graph'}/"
    if (
        not base.startswith(("https://", "http://"))
        or not base.endswith("/")
        or any(c in base for c in ' <>"')
    ):
        raise UsageError(
            f"'{base}' can't be a base IRI. It is a web address that ends in /.",
            f"'{base}' kan inte vara bas-IRI. Den ska vara en webbadress som slutar med /.",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is not empty. Name a new folder.", f"{folder} är inte tom. Ange en ny mapp."
        )
    values = {"BASE": base, "SHA256": sha256(_FILES / _TEXT)}
    written = []
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # made beside its place and moved there whole, so that a break leaves nothing half made
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
            new = Path(temporary) / "new"
            for source in sorted(_FILES.rglob("*")):
                if source.suffix not in (".ttl", ".txt", ".toml", ".md", ".yaml", ".csv"):
                    continue
                target = new / source.relative_to(_FILES)
                target.parent.mkdir(parents=True, exist_ok=True)
                text = source.read_text(encoding="utf-8")
                if source.suffix not in (".txt", ".csv"):
                    for name, value in values.items():
                        text = text.replace(f"@{name}@", value)
                target.write_text(text, encoding="utf-8", newline="\n")
                written.append(folder / source.relative_to(_FILES))
            (new / ".gitignore").write_text(".coopgraph/\n", encoding="utf-8")
            if folder.exists():
                folder.rmdir()
            shutil.move(new, folder)
    except OSError as error:
        said = system_text(error)
        raise ProjectError(
            f"{folder}: the dataset can't be written: {said.en}.",
            f"{folder}: datamängden går inte att skriva: {said.sv}.",
        ) from error
    assert folder / SETTINGS in written
    return written
