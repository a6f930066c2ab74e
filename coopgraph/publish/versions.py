"""What the catalogue tells of versions: the releases of the dataset, and what was built since the last of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, Triple

from coopgraph.build.changes import Change
from coopgraph.edit.releases import Release
from coopgraph.errors import Text
from coopgraph.publish.facts import Value, about, moment
from coopgraph.publish.publication import Publication
from coopgraph.publish.void import DATASET

BUILDS = 20
"""How many built versions the catalogue tells of; the feeds tell of all."""


def version_facts(published: Publication) -> dict[str, Value]:
    """What is said of the dataset: which versions it has, and which of them this is."""
    known: list[Change | Release] = [*published.releases, *_built(published)]
    if not known:
        return {}
    now = _iri(published.release or known[-1])
    return {
        "owl:versionIRI": now,
        "dcat:hasCurrentVersion": now,
        "dcat:hasVersion": [_iri(one) for one in known],
    }


def versions(published: Publication, common: Mapping[str, Value]) -> Iterator[Triple]:
    """What is said of each version, with the facts that they have in `common`."""
    previous: Release | None = None
    for release in published.releases:
        more = {"dcat:previousVersion": _iri(previous)} if previous else {}
        said: dict[str, Value] = {
            "dct:identifier": Literal(published.site.base + _iri(release)),
            "adms:versionNotes": release.notes,
        }
        yield from _version(published, release, {**said, **more, **common})
        previous = release
    for change in _built(published):
        notes = Text(
            f"{change.added} statements added, {change.removed} removed.",
            f"{change.added} påståenden tillagda, {change.removed} borttagna.",
        )
        said = {"dct:identifier": Literal(change.id), "adms:versionNotes": notes}
        yield from _version(published, change, {**said, **common})


def _built(published: Publication) -> Sequence[Change]:
    """The latest versions that were built after the last release, and the current one unless that is a release."""
    changes = published.changes
    if published.release:
        return ()
    if published.releases:
        last = published.releases[-1].when
        changes = [one for one in changes if one.when > last or one is changes[-1]]
    return changes[-BUILDS:]


def _iri(version: Change | Release) -> str:
    """The path of a version's IRI after the base; the catalogue answers for it."""
    return f"catalog#version-{version.version}"


def _version(published: Publication, one: Change | Release, facts: Mapping[str, Value]) -> Iterator[Triple]:
    title = published.title
    common: dict[str, Value] = {
        "rdf:type": "dcat:Dataset",
        "dct:title": Text(f"{title.en}, version {one.version}", f"{title.sv}, version {one.version}"),
        "dct:issued": moment(one.when),
        "dcat:version": Literal(one.version),
        "dcat:isVersionOf": DATASET,
    }
    yield from about(published.site, _iri(one), {**common, **facts})
