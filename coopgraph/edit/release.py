"""Make a release of a dataset: look that all is committed, whole and right, tell what has changed, and set the tag."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from coopgraph.build.manifest import look
from coopgraph.edit.changelog import HEADS, Entry, changelog, in_words, vanished
from coopgraph.edit.compare import compare
from coopgraph.edit.git import ask, git
from coopgraph.edit.graph import Graph, open_graph
from coopgraph.edit.releases import TAG, Release, message, releases
from coopgraph.errors import EditRefused, ProjectError, Text, UsageError
from coopgraph.project import Project
from coopgraph.validate.check import check


@dataclass(frozen=True)
class Proposed:
    """A release that may be made of a commit. `previous` is the one before it, `entries` what has changed since."""

    project: Project
    version: str
    commit: str
    previous: Release | None
    entries: Sequence[Entry]
    notes: Text
    of_data: str

    @property
    def tag(self) -> str:
        return TAG + self.version

    def message(self) -> str:
        """The message of the tag."""
        title = self.project.title.get("sv") or next(iter(self.project.title.values()), "coopgraph")
        return message(f"{title} {self.version}", self.notes, self.of_data)

    def write(self) -> None:
        """Make the release. Raises EditRefused when the files have changed since it was proposed."""
        root = self.project.root
        _must_be_clean(self.project)
        if (git(root, "rev-parse", "HEAD") or "").strip() != self.commit:
            raise EditRefused(
                "Another commit has been made in the meantime. Nothing was released; do the same again.",
                "En ny incheckning har gjorts under tiden. Inget gavs ut; gör om samma sak.",
            )
        done = ask(
            root, "tag", "--annotate", "--cleanup=verbatim", "--file=-", self.tag, self.commit, given=self.message()
        )  # fmt: skip
        if done is None or done.code:
            said = (done.complaint.strip().splitlines() if done else []) or ["?"]
            raise ProjectError(
                f"git can't make the tag {self.tag}: {said[-1]}",
                f"git kan inte göra taggen {self.tag}: {said[-1]}",
            )


def propose(project: Project, version: str | None = None, *, sources: Path | None = None) -> Proposed:
    """The release that may be made of the files as they are. Without a version it is called by the day.

    Raises UsageError for a version that can't be one or was used, and where nothing has changed; EditRefused where the
    files are not all committed, break a rule, or lack a thing that was published.
    """
    _must_be_clean(project)
    commit = (git(project.root, "rev-parse", "HEAD") or "").strip()
    made = releases(project)
    version = _named(version, [one.version for one in made])
    merged = (git(project.root, "tag", "--merged", "HEAD", "--list", f"{TAG}*") or "").split()
    before = next((one for one in reversed(made) if one.tag in merged), None)
    checked = check(project, sources=sources, keep=True)
    if not checked.conforms:
        count = checked.count("violation")
        raise EditRefused(
            f"The files break rules {count} times, so nothing was released. See where: coopgraph check",
            f"Filerna bryter mot reglerna på {count} ställen, så inget gavs ut. Se var: coopgraph check",
        )
    of_data = look(project).of_data
    with open_graph(project) as graph:
        entries, notes = _since(graph, before)
    return Proposed(project, version, commit, before, entries, notes, of_data)


def _since(graph: Graph, before: Release | None) -> tuple[list[Entry], Text]:
    """What has changed since a release, and the same in words; of the first one what it holds."""
    if before is None:
        en, sv = (_holdings(graph, language) for language in ("en", "sv"))
        return [], Text(f"The first release.\n\n{en}", f"Den första utgåvan.\n\n{sv}")
    found = compare(graph.project, graph.names, before.tag, "HEAD")
    gone = [graph.names.shorten(one.value) for one in vanished(found)]
    if gone:
        shown = ", ".join(gone[:10]) + (" …" if len(gone) > 10 else "")
        raise EditRefused(
            f"These were published in {before.version} and are gone, but their IRIs must go on answering: {shown}. "
            f"Bring them back (git checkout {before.tag} -- FILE) and retire them: coopgraph retire",
            f"Dessa publicerades i {before.version} och är borta, men deras IRI ska fortsätta att svara: {shown}. "
            f"Hämta tillbaka dem (git checkout {before.tag} -- FIL) och låt dem utgå: coopgraph retire",
        )
    entries = changelog(graph, found)
    if not found.added and not found.removed:
        raise UsageError(
            f"The data are those of {before.version}, so there is nothing to release.",
            f"Uppgifterna är desamma som i {before.version}, så det finns inget att ge ut.",
        )
    heads = {
        language: f"{word} {before.version}: {_counted(entries, language)}".rstrip(": ") + "."
        for language, word in (("en", "Since"), ("sv", "Sedan"))
    }
    return entries, Text(*(f"{heads[one]}\n\n{in_words(entries, one)}".strip() for one in ("en", "sv")))


def _counted(entries: Sequence[Entry], language: str) -> str:
    """How many changes there are of each sort, such as `nytt 3, avslutat 1`."""
    counts = [(title, sum(1 for one in entries if one.head == head)) for head, title in HEADS.items()]
    return ", ".join(
        f"{(title.sv if language == 'sv' else title.en).lower()} {count}" for title, count in counts if count
    )


def _holdings(graph: Graph, language: str) -> str:
    """How many things there are of each class, most first."""
    query = (
        "SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing a ?class "
        f'FILTER(STRSTARTS(STR(?thing), "{graph.names.base}id/") && !CONTAINS(STR(?thing), "#")) '
        f'FILTER(!STRSTARTS(STR(?thing), "{graph.names.base}id/concept/")) }} '
        "GROUP BY ?class ORDER BY DESC(?count) ?class"
    )
    rows = graph.assembly.store.select(query)
    return "\n".join(
        f"- {graph.label(class_, language)}: {count.value}"
        for class_, count in rows
        if isinstance(class_, NamedNode) and count is not None
    )


def _named(version: str | None, used: Sequence[str]) -> str:
    """The version, else the day and, for a second one on a day, its number."""
    if version is None:
        day = datetime.datetime.now(datetime.UTC).date().isoformat()
        names = (day, *(f"{day}.{number}" for number in range(2, len(used) + 3)))
        return next(one for one in names if one not in used)
    if not re.fullmatch(r"[0-9A-Za-z]+([.-][0-9A-Za-z]+)*", version) or version.endswith(".lock"):
        raise UsageError(
            f"'{version}' can't be a version. Write letters and digits with dots or hyphens, such as 1.4 or 2026-11-22.",
            f"'{version}' kan inte vara en version. Skriv bokstäver och siffror med punkt eller bindestreck, till exempel 1.4 eller 2026-11-22.",
        )
    if version in used:
        raise UsageError(
            f"There is a release {version} already, and a release never changes. Give another version.",
            f"Utgåvan {version} finns redan, och en utgåva ändras aldrig. Ange en annan version.",
        )
    return version


def _must_be_clean(project: Project) -> None:
    """Raises EditRefused where something in the dataset's folder is not committed, UsageError where there is no git."""
    status = git(project.root, "status", "--porcelain", "--untracked-files=all", "--", ".")
    if status is None or git(project.root, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        raise UsageError(
            f"{project.root} is not kept in git, and a release is a tag in git. Begin: git init, git add, git commit",
            f"{project.root} ligger inte i git, och en utgåva är en tagg i git. Börja med git init, git add och git commit.",
        )
    if status:
        files = [line[3:] for line in status.splitlines()]
        shown = ", ".join(files[:5]) + (" …" if len(files) > 5 else "")
        raise EditRefused(
            f"Not everything is committed, so nothing was released: {shown}. Commit it first: git add, git commit",
            f"Allt är inte incheckat, så inget gavs ut: {shown}. Checka in först: git add, git commit",
        )
