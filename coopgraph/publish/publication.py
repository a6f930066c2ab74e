"""A version of the dataset as it is put before the public: the site, its files to take away, and how it came to be."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coopgraph.build.changes import Change, read
from coopgraph.build.snapshot import Snapshot
from coopgraph.edit.releases import Release, released, releases
from coopgraph.errors import Text, UsageError
from coopgraph.project import Project
from coopgraph.publish.dumps import Dump, dumps
from coopgraph.publish.site import Site, open_site


@dataclass(frozen=True)
class Publication:
    """What catalogue, feeds and sitemap tell of. `address` is where the site is found, ending in "/".

    `changes` led to this version, the oldest first; `live` says whether a server answers beside the files. `releases` are those
    that were made, the oldest first; `release` is the one that this is, None where it is between two.
    """

    site: Site
    snapshot: Snapshot
    changes: Sequence[Change]
    address: str
    live: bool
    releases: Sequence[Release] = ()
    release: Release | None = None

    @cached_property
    def dumps(self) -> Sequence[Dump]:
        """The files to take away; made, beside the snapshot, when nobody has asked for them before. Raises StoreError when they can't be written."""
        return dumps(self.site, self.snapshot.folder / "dumps")

    @property
    def called(self) -> str:
        """The version as it is told to people: that of the release, where it is one."""
        return self.release.version if self.release else self.version

    @property
    def version(self) -> str:
        """The name of this version in the list of changes."""
        return self.changes[-1].version if self.changes else self.snapshot.report.snapshot

    @property
    def modified(self) -> datetime.datetime:
        """When the facts last changed."""
        if self.changes:
            return self.changes[-1].when
        return datetime.datetime.fromtimestamp(int(self.snapshot.made), datetime.UTC)

    @property
    def title(self) -> Text:
        return Text(self.site.title("en"), self.site.title("sv"))


def publication(
    project: Project, snapshot: Snapshot, *, address: str | None = None, live: bool
) -> Publication:
    """The current version. Without an `address`, the site is taken to stand at the base IRI.

    Raises UsageError for an address that is none.
    """
    if address and (not re.fullmatch(r"https?://[^\s<>\"{}|\\^`?#]+/", address)):
        raise UsageError(
            f"'{address}' can't be the address of a site. It ends in \"/\", as in https://data.example.org/",
            f"'{address}' kan inte vara en webbplats adress. Den slutar med \"/\", som i https://data.example.org/",
        )
    site = open_site(project, snapshot.store)
    changes = read(project.state / "changes")
    known = releases(project)
    release = released(known, snapshot.folder)
    return Publication(site, snapshot, changes, address or project.base, live, known, release)
