"""Pages for people: the graph as HTML, in Swedish and English, without a script.

Every address in a page comes from one function `href`, given a path of the site with its suffix
("doc/organisation/x.sv.html", "doc/organisation/x.ttl", "style.css"), so that the same page serves on a server and in files.
Whatever comes from data is escaped, and only an http or https IRI becomes a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from coopgraph.publish.assets import assets
from coopgraph.publish.index import folder_name
from coopgraph.publish.serialise import FORMS
from coopgraph.publish.site import Site
from coopgraph.publish.words import words
from coopgraph.store import lookup

if TYPE_CHECKING:
    import jinja2

Href = Callable[[str], str]
LANGUAGES = ("sv", "en")
FORM_NAMES = {
    "ttl": "Turtle",
    "jsonld": "JSON-LD",
    "rdf": "RDF/XML",
    "nt": "N-Triples",
    "trig": "TriG",
}
_MEDIA = {form: one.media_type for form, one in FORMS.items()}


@dataclass(frozen=True)
class Frame:
    """What a page needs to know beside its content: where it stands (`path`, without suffix) and who reads it.

    `live` is false where no server answers: forms and what only a server can do are left out. `data` is the page's graph as
    JSON-LD where that is known already.
    """

    site: Site
    path: str
    language: str
    href: Href
    live: bool = True
    forms: tuple[str, ...] = tuple(FORMS)
    query: str = ""
    data: str = ""
    known: frozenset[str] = frozenset()

    def link(self, iri: str) -> str | None:
        """Where an IRI leads: a page of this site for what it tells of, the address itself elsewhere; None for what is no address."""
        path = self.site.path_of(iri)
        if path is not None:
            whole = iri.partition("#")[0]
            if whole in self.known or path.partition("#")[0] in ("ns", "shapes"):
                start, hash_, part = path.partition("#")
                return self.page(start) + hash_ + part
            return None
        return iri if iri.startswith(("http://", "https://")) else None

    def page(self, path: str, language: str = "") -> str:
        """The address of the page at a path of the site, in the reader's language."""
        return self.href(f"{path or 'index'}.{language or self.language}.html")

    def part(self, number: int) -> str:
        """The address of another part of this page, which is too long for one; in files each part has a file."""
        if self.live:
            return f"?page={number}"
        return self.page(f"{self.path}.page-{number}" if number > 1 else self.path)


@dataclass(frozen=True)
class Cell:
    """A value as it is shown: its text, where it leads, the language of the text where that is not the page's.

    `mark` gives it a look: that of a status, `unknown`, `muted`. `full` is the text to one who hears the link alone.
    `note` is what it rests on, in small words after it.
    """

    text: str
    link: str | None = None
    language: str | None = None
    mark: str = ""
    full: str = ""
    note: str = ""


def message_page(frame: Frame, title: str, text: str) -> str:
    """A page that says one thing: what was wrong with an address, and what to do."""
    return render(frame, "message.html", title=title, text=text)


def render(frame: Frame, template: str, **values: Any) -> str:
    """A template with the words and addresses that every page has, and its own values."""
    return (
        _templates()
        .get_template(template)
        .render(
            frame=frame,
            site=frame.site,
            media=_MEDIA,
            form_names=FORM_NAMES,
            t=words(frame.language),
            scripts=assets(),
            has_map="vendor/map.js" in assets(),
            folder_name=folder_name,
            other="en" if frame.language == "sv" else "sv",
            **{"data": [], "title": "", "pictures": None} | values,
        )
    )


def style() -> bytes:
    """The style sheet of the pages, at `style.css`."""
    return (Path(__file__).parent / "templates" / "style.css").read_bytes()


def known(site: Site, iris: Iterable[str]) -> frozenset[str]:
    """Those of the IRIs that the graph says something of, and which therefore have a page here."""
    wholes = {iri.partition("#")[0] for iri in iris}
    ours = [NamedNode(iri) for iri in wholes if (site.path_of(iri) or "").startswith("doc/")]
    return frozenset(thing.value for thing in lookup.known(site.store, ours))


@cache
def _templates() -> jinja2.Environment:
    import jinja2

    folder = Path(__file__).parent / "templates"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )
