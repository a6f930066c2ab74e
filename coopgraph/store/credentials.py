"""Who we are to a server: from the environment or a netrc file, never from the dataset or an address."""

from __future__ import annotations

import netrc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from coopgraph.errors import ProjectError, system_text

USER, PASSWORD, FILE = "COOPGRAPH_STORE_USER", "COOPGRAPH_STORE_PASSWORD", "NETRC"


@dataclass(frozen=True)
class Credentials:
    """A name and a password. They never show when this is printed."""

    user: str
    password: str = field(repr=False)


def of_dataset(url: str, root: Path, environment: Mapping[str, str]) -> Credentials | None:
    """What to show the server of the dataset in `root`: from the environment, else from the netrc file.

    Raises ProjectError for a user without a password, and for a netrc file that lies in the dataset.
    """
    if USER not in environment and PASSWORD not in environment:
        return of_host(url, environment, outside=root)
    if not environment.get(USER) or PASSWORD not in environment:
        raise ProjectError(
            f"The environment must have both {USER} and {PASSWORD}, or neither.",
            f"Miljön ska ha både {USER} och {PASSWORD}, eller ingendera.",
        )
    return Credentials(environment[USER], environment[PASSWORD])


def of_host(url: str, environment: Mapping[str, str], *, outside: Path | None = None) -> Credentials | None:
    """What the netrc file (`~/.netrc`, or the one that NETRC names) has for the host; None when it has nothing.

    Raises ProjectError when the file can't be read, when others may read it, or when it lies in the folder `outside`.
    """
    named = environment.get(FILE)
    path = Path(named) if named else Path(environment.get("HOME", "/")) / ".netrc"
    if not path.exists() and not named:
        return None
    if outside is not None and path.resolve().is_relative_to(outside.resolve()):
        raise ProjectError(
            f"{path}: credentials don't belong in the dataset, which others read. Move the file out of it.",
            f"{path}: inloggningsuppgifter hör inte hemma i datamängden, som andra läser. Flytta filen därifrån.",
        )
    try:
        if path.stat().st_mode & 0o077:
            raise ProjectError(
                f"{path}: others may read it, and it has passwords. Let only its owner: chmod 600 {path}",
                f"{path}: andra får läsa filen, och den har lösenord. Låt bara ägaren göra det: chmod 600 {path}",
            )
        found = netrc.netrc(str(path)).authenticators(urlsplit(url).hostname or "")
    except OSError as error:
        said = system_text(error)
        raise ProjectError(
            f"{path}: can't be read: {said.en}.", f"{path}: filen går inte att läsa: {said.sv}."
        ) from error
    except netrc.NetrcParseError as error:
        raise ProjectError(
            f"{path}: not a netrc file, line {error.lineno}. A line is: machine HOST login NAME password WORD",
            f"{path}: ingen netrc-fil, rad {error.lineno}. En rad är: machine VÄRD login NAMN password ORD",
        ) from error
    return Credentials(found[0], found[2]) if found else None
