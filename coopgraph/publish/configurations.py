"""Settings for nginx, Apache and Caddy with which they answer for the exported site as the server of coopgraph would.

`id/…` is answered with 303 to `doc/…`, a page without a suffix in the form and language asked for, a retired thing with 410 and one
that has a successor with 308.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from pyoxigraph import NamedNode

from coopgraph.publish.site import Site

_RETIRED = """
SELECT ?thing (MIN(?next) AS ?successor) WHERE {
  ?thing <http://www.w3.org/2002/07/owl#deprecated> true .
  OPTIONAL { ?thing <http://purl.org/dc/terms/isReplacedBy> ?next }
} GROUP BY ?thing ORDER BY ?thing
"""
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]+")


def configurations(site: Site) -> dict[str, bytes]:
    """The settings by the path of their file in the export."""
    retired = list(_retired(site))
    return {f"server/{name}": _filled(name, retired, line) for name, line in _LINES.items()}


def _retired(site: Site) -> Iterator[tuple[str, str]]:
    """The retired things by what follows `id/`, with where their successor is; "" where there is none."""
    for thing, successor in site.store.select(_RETIRED):
        path = site.path_of(thing.value) if isinstance(thing, NamedNode) else None
        # a name with other signs would need escapes of each server's own; its page is there all the same
        if path is None or not path.startswith("doc/") or not _PLAIN.fullmatch(unquote(path)):
            continue
        target = site.path_of(successor.value) if successor is not None else None
        place = "/" + target if target is not None else (successor.value if successor is not None else "")
        if re.fullmatch(r"[^\s\"'\\${}]*", place):
            yield path.removeprefix("doc/"), place


def _filled(name: str, retired: list[tuple[str, str]], line: Callable[[str, str], str]) -> bytes:
    text = (Path(__file__).parent / "templates" / "servers" / name).read_text(encoding="utf-8")
    gone = "".join(line(path, "") for path, successor in retired if not successor)
    moved = "".join(line(path, successor) for path, successor in retired if successor)
    return text.replace("#GONE#\n", gone).replace("#SUCCESSORS#\n", moved).encode()


def _nginx(path: str, successor: str) -> str:
    """A line of a map: any form of the page, and the thing itself."""
    return f'    "~^/(id|doc)/{re.escape(path)}(\\.[a-z.]+)?$" "{successor or 1}";\n'


def _apache(path: str, successor: str) -> str:
    found = f'"^/(id|doc)/{re.escape(path)}(\\.[a-z.]+)?$"'
    return (
        f'    RewriteRule {found} "{successor}" [R=308,L]\n'
        if successor
        else f"    RewriteRule {found} - [R=410,L]\n"
    )


def _caddy(path: str, successor: str) -> str:
    name = "retired_" + re.sub(r"[^a-z0-9]", "_", path.lower())
    matcher = f"\t\t@{name} path_regexp ^/(id|doc)/{re.escape(path)}(\\.[a-z.]+)?$\n"
    answer = f"redir @{name} {successor} 308" if successor else f"error @{name} 410"
    return f"{matcher}\t\t{answer}\n"


_LINES = {"nginx.conf": _nginx, "apache.conf": _apache, "Caddyfile": _caddy}
