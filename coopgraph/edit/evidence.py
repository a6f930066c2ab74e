"""Evidence: the words that a fact rests on, held against the archived text before they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.dates import phrase
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.find import refuse_class
from coopgraph.edit.graph import Graph
from coopgraph.errors import EditRefused, Text, UsageError
from coopgraph.iris import slug
from coopgraph.project import Project
from coopgraph.store import Term
from coopgraph.validate.quotes import Quote, fold, nearest, occurrences

_SHORT = {"hasParty": "party", "hasSignatory": "signatory", "originalOrganization": "from"}
_SHORT |= {"resultingOrganization": "to", "prefLabel": "name", "classification": "kind"}


@dataclass(frozen=True)
class Support:
    """The words of a source that a fact rests on.

    `basis` is stated, understood or inferred, the last with a `reason`. `prefix` and `suffix` are the words beside, where
    the quote stands in the source more than once.
    """

    source: NamedNode
    exact: str
    basis: str = "stated"
    reason: Text | None = None
    prefix: str = ""
    suffix: str = ""


def archive(project: Project, folder: Path | None) -> Path | None:
    """The folder with the archived texts: the one named, else `sources/` of the dataset, else none.

    Raises UsageError where the folder that was named is not there.
    """
    if folder is not None and not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}. Name the folder that holds the archived texts of the sources.",
            f"Mappen {folder} finns inte. Ange mappen med källornas arkiverade texter.",
        )
    own = project.root / "sources"
    return folder or (own if own.is_dir() else None)


def found_file(text: str, sources: Path | None) -> Path:
    """The file of a text, as it is named or in the folder of archived texts. Raises UsageError where it is in neither."""
    path = Path(text)
    if not path.is_file() and sources is not None:
        path = sources / text
    if not path.is_file():
        raise UsageError(
            f"There is no file {text}. Save the text of the document first, as it stands.",
            f"Filen {text} finns inte. Spara först dokumentets text, som den är.",
        )
    return path


def put_evidence(
    draft: Draft,
    fact: NamedNode,
    support: Support,
    *,
    property_: str | None = None,
    value: Term | None = None,
    sources: Path | None = None,
) -> NamedNode:
    """Put evidence for a fact into its file, and for a property and a value of it; gives the evidence.

    Raises EditRefused where the words do not stand in the archived text once.
    """
    _tested(draft, support, sources)
    _has_year(draft, support, property_, value)
    names = draft.names
    node = _minted(draft, fact, property_, value)
    about = [Triple(node, names.expand("rdf:type"), names.expand("coop:Evidence"))]

    def say(predicate: str, *values: Term) -> None:
        about.extend(Triple(node, names.expand(predicate), one) for one in values)

    say("oa:hasBody", fact)
    if property_:
        say("coop:property", names.expand(property_))
        if value is not None:
            say("coop:value", value)
    say("oa:hasSource", support.source)
    say("oa:exact", Literal(support.exact))
    if support.prefix:
        say("oa:prefix", Literal(support.prefix))
    if support.suffix:
        say("oa:suffix", Literal(support.suffix))
    say("coop:basis", names.expand(f"basis:{support.basis}"))
    if support.reason:
        say("coop:reason", *in_both(support.reason))
    draft.put(about)
    return node


def _has_year(draft: Draft, support: Support, property_: str | None, value: Term | None) -> None:
    """Note where words that are to state a date don't have its year, or its decade."""
    if property_ not in ("coop:start", "coop:end", "coop:date") or not isinstance(value, Literal):
        return
    year = re.match(r"\d{3}[\dX]", value.value)
    if support.basis == "inferred" or year is None or year[0].rstrip("X") in support.exact:
        return
    shown = phrase(year[0], "en"), phrase(year[0], "sv")
    draft.notes.append(
        Text(
            f"The words “{support.exact}” do not mention {shown[0]}. If it is a conclusion, say so: --basis inferred --because TEXT",
            f"Orden ”{support.exact}” nämner inte {shown[1]}. Är det en slutsats, ange det: --basis inferred --because TEXT",
        )
    )


def in_both(text: Text) -> list[Literal]:
    """A text in Swedish and English as literals."""
    return [Literal(text.sv, language="sv"), Literal(text.en, language="en")]


def _minted(draft: Draft, fact: NamedNode, property_: str | None, value: Term | None) -> NamedNode:
    """A name for new evidence that nothing in the file has: `#e-start`, `#e-party-tianjin`, `#e-start-2`."""
    whole, _, part = fact.value.partition("#")
    local = (property_ or "").partition(":")[2]
    words = [part] if part else []
    words += [_SHORT.get(local, local)] if local and (not part or local not in ("type",)) else []
    if isinstance(value, NamedNode) and local in ("hasParty", "hasSignatory", "subject", *_SHORT):
        words.append(value.value.rpartition("/")[2])
    name = slug("-".join(words) or "fact")
    number, node = 1, NamedNode(f"{whole}#e-{name}")
    while draft.knows(node):
        number += 1
        node = NamedNode(f"{whole}#e-{name}-{number}")
    return node


def _tested(draft: Draft, support: Support, sources: Path | None) -> None:
    graph = draft.graph
    file = next(iter(graph.objects(support.source, "coop:archivedAs")), None)
    text = draft.archived.get(support.source)
    if text is None:
        path = sources / file.value if sources is not None and file is not None else None
        if path is None or not path.is_file():
            draft.notes.append(
                Text(
                    "The quote was not held against its source: the archived text is not at hand (--sources FOLDER).",
                    "Citatet är inte prövat mot sin källa: den arkiverade texten finns inte till hands (--sources MAPP).",
                )
            )
            return
        text = fold(path.read_text(encoding="utf-8", errors="replace"))
        draft.archived[support.source] = text
    quote = Quote(support.exact, support.prefix, support.suffix)
    found, short = occurrences(quote, text), graph.names.shorten(support.source.value)
    if not found:
        near = nearest(quote, text)
        raise EditRefused(
            f"The quote “{support.exact}” is not in {short}."
            + (f" Nearest: {near}." if near else "")
            + " Give it letter for letter as in the source.",
            f"Citatet ”{support.exact}” finns inte i {short}."
            + (f" Närmast: {near}." if near else "")
            + " Ange det bokstav för bokstav som i källan.",
        )
    if len(found) > 1:
        places = ["…" + text[max(at - 30, 0) : at + len(fold(support.exact)) + 30] + "…" for at in found[:4]]
        shown = "".join(f"\n  {place}" for place in places)
        raise EditRefused(
            f"The quote “{support.exact}” stands in {len(found)} places of {short}. Give words before or after it too "
            f"(--before, --after).{shown}",
            f"Citatet ”{support.exact}” står på {len(found)} ställen i {short}. Ange också ord före eller efter det "
            f"(--before, --after).{shown}",
        )


def add_evidence(
    graph: Graph,
    fact: NamedNode,
    supports: Sequence[Support],
    *,
    property_: str | None = None,
    value: Term | None = None,
    sources: Path | None = None,
) -> Change:
    """Evidence for a fact, or for one property of it and the value that the source has.

    A fact that has no value of the property yet gets it, and no longer says that it is not stated. A fact that has
    another value keeps it: sources may differ.
    """
    if property_:
        refuse_class(graph, property_)
    if not supports:
        raise UsageError(
            "Evidence is the words of a source: --source SOURCE --quote WORDS",
            "Ett belägg är orden i en källa: --source KÄLLA --quote ORD",
        )
    draft = Draft(graph)
    known = graph.objects(fact, property_) if property_ else []
    if property_ and value is None and len(known) == 1:
        value = known[0]
    if property_ and value is not None and not known:
        state(draft, fact, property_, value)
    for support in supports:
        put_evidence(draft, fact, support, property_=property_, value=value, sources=sources)
    return propose(graph, "evidence", draft.texts(), about=[fact], notes=draft.notes)


def state(draft: Draft, fact: NamedNode, property_: str, value: Term) -> None:
    """Give a fact the one value of a property, in the place of another, or of the word that no source states it."""
    old = draft.graph.objects(fact, property_)
    if value not in old:
        draft.take_values(fact, property_)
        draft.add(fact, property_, value)
    silence = draft.names.expand(property_)
    if silence in draft.graph.objects(fact, "coop:notStated"):
        draft.take_values(fact, "coop:notStated", silence)
