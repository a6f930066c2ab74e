"""A dataset on disk: its settings, and its files laid over the packaged ones."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from coopgraph.errors import ProjectError, system_text

SETTINGS = "coopgraph.toml"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*")
_LOOKED_AT = 50_000
DEFAULT_BASE = "https://w3id.org/coopgraph/"
RDF_SUFFIXES = (".ttl", ".trig", ".nt", ".nq", ".ttl.gz", ".trig.gz", ".nt.gz", ".nq.gz")
PUBLISHER_TYPES = (
    "Academia-ScientificOrganisation",
    "Company",
    "IndustryConsortium",
    "LocalAuthority",
    "NationalAuthority",
    "NonGovernmentalOrganisation",
    "NonProfitOrganisation",
    "PrivateIndividual(s)",
    "RegionalAuthority",
    "StandardisationBody",
    "SupraNationalAuthority",
)
"""What a publisher can be, by ADMS (http://purl.org/adms/publishertype/1.0), which DCAT-AP-SE demands."""
KNOWN_SETTINGS = {
    "base",
    "title",
    "publisher",
    "publisher_type",
    "contact",
    "licence",
    "languages",
    "store",
    "serve",
}


def packaged() -> Path:
    """The folder that holds the packaged `ontology/`, `shapes/` and `queries/`.

    In an installed package that is `coopgraph/defaults`; in a checkout it is the checkout itself.
    """
    here = Path(__file__).parent
    defaults = here / "defaults"
    return defaults if defaults.is_dir() else here.parent


@dataclass(frozen=True)
class Addresses:
    """Where a SPARQL server takes queries and updates, and graphs by the graph store protocol if it has that."""

    query: str
    update: str
    graph_store: str | None = None


@dataclass(frozen=True)
class Project:
    """A dataset's folder and settings. `title` and `publisher` map a language to a text.

    `publisher_type` is one of PUBLISHER_TYPES and `contact` an e-mail address; either may be empty. `store` is the server that
    holds the built graph; None where it is kept here. `serve` holds what the web server allows, as it is written.
    """

    root: Path
    base: str
    title: Mapping[str, str]
    publisher: Mapping[str, str]
    publisher_type: str
    contact: str
    licence: str
    languages: tuple[str, ...]
    store: Addresses | None = None
    serve: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def state(self) -> Path:
        """Where builds are kept: never edited, never committed, always made anew from the files."""
        return self.root / ".coopgraph"

    def data_files(self) -> list[Path]:
        """Every RDF file under `data/`, in a stable order."""
        return [
            Path(entry.path) for entry in sorted(_rdf_files(str(self.data)), key=lambda entry: entry.path)
        ]

    def changed_after(self, moment: float) -> int:
        """How many RDF files under `data/` have changed after a moment, in seconds. Of more than 50,000 files only as many are looked
        at: to look at all would take longer than most questions do.
        """
        files = islice(_rdf_files(str(self.data)), _LOOKED_AT)
        return sum(entry.stat().st_mtime > moment for entry in files)

    def files(self, folder: str, suffixes: tuple[str, ...] = (".ttl",)) -> dict[str, Path]:
        """Files of `ontology`, `shapes` or `queries` by their path inside it; the dataset's own file wins.

        README and other files that are not of the suffixes are passed over.
        """
        found: dict[str, Path] = {}
        for root in (packaged(), self.root):
            top = root / folder
            for path in top.rglob("*"):
                if path.name.endswith(suffixes) and path.is_file():
                    found[path.relative_to(top).as_posix()] = path
        return dict(sorted(found.items()))

    def file(self, folder: str, name: str) -> Path | None:
        """One of `files`, found without a look at the others."""
        paths = (root / folder / name for root in (self.root, packaged()))
        return next((path for path in paths if path.is_file()), None)

    def shown(self, path: Path) -> str:
        """A file's path as a person should see it: relative to the dataset where it lies inside."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()


def _rdf_files(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        entries = list(os.scandir(folder))  # there may be very many
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _rdf_files(entry.path)
        elif entry.name.endswith(RDF_SUFFIXES) and not entry.name.startswith(".") and entry.is_file():
            yield entry


def find(start: Path) -> Project:
    """The dataset that `start` lies in: the nearest folder upwards with a `coopgraph.toml`.

    Raises ProjectError when there is none or when its settings are wrong.
    """
    start = start.resolve()
    if not start.exists():
        raise ProjectError(
            f"There is no folder {start}. Name an existing dataset, or make one: coopgraph init {start}",
            f"Mappen {start} finns inte. Ange en datamängd som finns, eller skapa en: coopgraph init {start}",
        )
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            return load(folder)
    raise ProjectError(
        f"No dataset found: neither {start} nor a folder above it has a {SETTINGS}. "
        "Go to your dataset, name it with --dataset FOLDER, or make one: coopgraph init my-graph",
        f"Här finns ingen datamängd: varken {start} eller någon mapp ovanför har filen {SETTINGS}. "
        "Gå till din datamängd, ange den med --dataset MAPP, eller skapa en: coopgraph init my-graph",
    )


def load(root: Path) -> Project:
    """Read the settings of the dataset in `root`."""
    path = root / SETTINGS
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{path}: not valid TOML: {error}. Mend the line that it names.",
            f"{path}: filen är inte giltig TOML: {error}. Rätta raden som nämns.",
        ) from error
    except OSError as error:
        said = system_text(error)
        raise ProjectError(
            f"{path}: can't be read: {said.en}.", f"{path}: filen går inte att läsa: {said.sv}."
        ) from error
    unknown = sorted(set(raw) - KNOWN_SETTINGS)
    if unknown:
        known = ", ".join(sorted(KNOWN_SETTINGS))
        raise ProjectError(
            f"{path}: unknown setting '{unknown[0]}'. The settings are: {known}.",
            f"{path}: inställningen '{unknown[0]}' är okänd. Inställningarna är: {known}.",
        )
    base = raw.get("base", DEFAULT_BASE)
    if not isinstance(base, str) or not _is_base(base):
        raise ProjectError(
            f'{path}: base must be a web address that ends in "/", such as "{DEFAULT_BASE}".',
            f'{path}: base ska vara en webbadress som slutar med "/", till exempel "{DEFAULT_BASE}".',
        )
    languages = raw.get("languages", ["sv", "en"])
    if not isinstance(languages, list) or not all(isinstance(one, str) for one in languages):
        raise ProjectError(
            f'{path}: languages must be a list of codes: languages = ["sv", "en"].',
            f'{path}: languages ska vara en lista med koder: languages = ["sv", "en"].',
        )
    kind, contact = str(raw.get("publisher_type", "")), str(raw.get("contact", ""))
    if kind and kind not in PUBLISHER_TYPES:
        kinds = ", ".join(PUBLISHER_TYPES)
        raise ProjectError(
            f"{path}: there is no publisher_type '{kind}'. It is one of: {kinds}.",
            f"{path}: det finns ingen publisher_type '{kind}'. Den är en av: {kinds}.",
        )
    if contact and not re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", contact):
        raise ProjectError(
            f'{path}: contact must be an e-mail address, such as "opendata@example.org".',
            f'{path}: contact ska vara en e-postadress, till exempel "oppnadata@example.org".',
        )
    return Project(
        root=root,
        base=base,
        title=_by_language(path, raw, "title"),
        publisher=_by_language(path, raw, "publisher"),
        publisher_type=kind,
        contact=contact,
        licence=str(raw.get("licence", "")),
        languages=tuple(languages),
        store=_store(path, raw),
        serve=_table(path, raw, "serve"),
    )


def _table(path: Path, raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name, {})
    if not isinstance(value, dict):
        raise ProjectError(
            f"{path}: {name} must be a table: [{name}], then a setting a line.",
            f"{path}: {name} ska vara en tabell: [{name}], sedan en inställning per rad.",
        )
    return value


def _store(path: Path, raw: Mapping[str, Any]) -> Addresses | None:
    """The setting `store`: one address, or a table of them. Raises ProjectError for credentials in it."""
    value = raw.get("store")
    if value is None:
        return None
    table = {"query": value} if isinstance(value, str) else value
    if not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
        raise ProjectError(
            f'{path}: store must be the address of a SPARQL server, or a table: store = {{query = "…", update = "…"}}.',
            f'{path}: store ska vara adressen till en SPARQL-server, eller en tabell: store = {{query = "…", update = "…"}}.',
        )
    if secret := sorted(
        set(table) & {"user", "username", "login", "password", "token", "key", "credentials"}
    ):
        raise ProjectError(
            f"{path}: '{secret[0]}' doesn't belong here, where others read it. "
            "Set COOPGRAPH_STORE_USER and COOPGRAPH_STORE_PASSWORD, or use ~/.netrc (docs/servers.md).",
            f"{path}: '{secret[0]}' hör inte hemma här, där andra läser det. "
            "Sätt COOPGRAPH_STORE_USER och COOPGRAPH_STORE_PASSWORD, eller använd ~/.netrc (docs/servers.md).",
        )
    if unknown := sorted(set(table) - {"query", "update", "graph-store"}):
        raise ProjectError(
            f"{path}: store has no '{unknown[0]}'. It has query, update and graph-store.",
            f"{path}: store har inget '{unknown[0]}'. Den har query, update och graph-store.",
        )
    if "query" not in table:
        raise ProjectError(
            f'{path}: store lacks the address of queries: store = {{query = "…", update = "…"}}.',
            f'{path}: store saknar adressen för frågor: store = {{query = "…", update = "…"}}.',
        )
    for name, address in table.items():
        if re.match(r"[^/?#]*//[^/?#]*@", address):
            raise ProjectError(
                f"{path}: store: the address of {name} has a user or password in it, and others read this file. Take it out, and "
                "set COOPGRAPH_STORE_USER and COOPGRAPH_STORE_PASSWORD, or use ~/.netrc (docs/servers.md).",
                f"{path}: store: adressen för {name} har användare eller lösenord i sig, och andra läser den här filen. Ta bort det, och "
                "sätt COOPGRAPH_STORE_USER och COOPGRAPH_STORE_PASSWORD, eller använd ~/.netrc (docs/servers.md).",
            )
        if not _is_web_address(address):
            raise ProjectError(
                f"{path}: store: '{address}' is no web address. {name} begins with https:// or http://.",
                f"{path}: store: '{address}' är ingen webbadress. {name} ska börja med https:// eller http://.",
            )
    if len({urlsplit(address).hostname for address in table.values()}) > 1:
        raise ProjectError(
            f"{path}: store: the addresses are of different servers; credentials go to one only.",
            f"{path}: store: adresserna hör till olika servrar; inloggningsuppgifter skickas bara till en.",
        )
    return Addresses(table["query"], table.get("update", _beside(table["query"])), table.get("graph-store"))


def _is_base(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return _is_web_address(text) and text.endswith("/")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _beside(query: str) -> str:
    """Where updates go when only the address of queries is given: `…/update` for `…/query`, else the same."""
    parts = urlsplit(query)
    if not parts.path.endswith("/query"):
        return query
    return parts._replace(path=parts.path.removesuffix("query") + "update", query="").geturl()


def _by_language(path: Path, raw: Mapping[str, Any], name: str) -> dict[str, str]:
    value = raw.get(name, {})
    if isinstance(value, str):
        return {"sv": value, "en": value}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ProjectError(
            f'{path}: {name} must be a text for each language: {name} = {{sv = "…", en = "…"}}.',
            f'{path}: {name} ska vara en text på varje språk: {name} = {{sv = "…", en = "…"}}.',
        )
    if wrong := sorted(key for key in value if not _LANGUAGE.fullmatch(key)):
        astray = wrong[0] in KNOWN_SETTINGS
        raise ProjectError(
            f"{path}: [{name}] has a text in '{wrong[0]}', and '{wrong[0]}' is no language. "
            + ("It is a setting: move its line above the first [table]." if astray else "Write sv, en …"),
            f"{path}: [{name}] har en text på '{wrong[0]}', och '{wrong[0]}' är inget språk. "
            + (
                "Det är en inställning: flytta raden före den första [tabellen]."
                if astray
                else "Skriv sv, en …"
            ),
        )
    return dict(value)
