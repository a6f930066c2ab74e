"""A description as a person reads it in a terminal: a sentence, then tables."""

from __future__ import annotations

from pyoxigraph import NamedNode

from coopgraph.dates import phrase
from coopgraph.iris import Namespaces
from coopgraph.publish.describe import COOP, RDF_TYPE, Description, Fact
from coopgraph.publish.reading import HIDDEN, SHOWN_DERIVED, Reading

_WORDS = {
    "sv": {
        "facts": "Uppgifter",
        "parts": "Delar",
        "derived": "Följer av uppgifterna",
        "incoming": "Pekar hit",
        "evidence": "Belägg",
        "unknown": "framgår inte av källorna",
        "undated": "odaterad",
        "reason": "Skäl",
        "whole": "hela uppgiften",
        "none": "Inga belägg.",
    },
    "en": {
        "facts": "Facts",
        "parts": "Parts",
        "derived": "Follows from the facts",
        "incoming": "Points here",
        "evidence": "Evidence",
        "unknown": "not stated in the sources",
        "undated": "undated",
        "reason": "Reason",
        "whole": "the fact as a whole",
        "none": "No evidence.",
    },
}


def as_text(description: Description, namespaces: Namespaces, *, language: str) -> str:
    """Everything about a thing, in Swedish or English."""
    return "\n".join(_Writer(description, namespaces, language).lines()) + "\n"


class _Writer(Reading):
    def __init__(self, description: Description, namespaces: Namespaces, language: str) -> None:
        super().__init__(description, namespaces, language)
        self.words = _WORDS[self.language]

    def lines(self) -> list[str]:
        it = self.it
        found = [self.label(it.thing), it.thing.value, "", self.sentence(), ""]
        found += self.section(
            "facts",
            [
                (self.label(f.property), self.value(f.value))
                for f in self.ordered(it.facts)
                if f.property.value not in HIDDEN
            ],
        )
        unknown = [self.label(value) for value in it.values(COOP + "notStated")]
        if unknown:
            found[-1:] = [f"  {', '.join(unknown)}: {self.words['unknown']}", ""]
        for node, facts in it.parts.items():
            found += self.part(node, facts)
        found += self.section(
            "derived",
            [
                (self.label(f.property), self.value(f.value))
                for f in it.derived
                if f.property.value in SHOWN_DERIVED
            ]
            + [self.turned(link) for link in it.incoming if link.property.value in SHOWN_DERIVED],
        )
        found += self.section(
            "incoming",
            [self.turned(link) for link in it.incoming if link.property.value not in SHOWN_DERIVED],
        )
        found += self.evidence()
        return found

    def part(self, node: NamedNode, facts: tuple[Fact, ...]) -> list[str]:
        kind = ", ".join(self.label(fact.value) for fact in facts if fact.property == RDF_TYPE)
        rows = [
            (self.label(f.property), self.value(f.value))
            for f in self.ordered(facts)
            if f.property != RDF_TYPE and self.readable(f.value)
        ]
        return [f"{kind[:1].upper()}{kind[1:]}: {self.part_label(node)}", *self.rows(rows), ""]

    def evidence(self) -> list[str]:
        if not self.it.evidence:
            return [self.words["evidence"], "  " + self.words["none"]]
        found = [self.words["evidence"]]
        for one in self.it.evidence:
            about = self.label(one.property) if one.property else self.words["whole"]
            if one.about != self.it.thing:
                about = f"{self.part_label(one.about)}: {about}"
            value = f" = {self.value(one.value)}" if one.value is not None else ""
            dated = phrase(one.dated, self.language) if one.dated else self.words["undated"]
            basis = f", {self.label(one.basis)}" if one.basis else ""
            found += [f"  {about}{value}", f"    ”{one.quote}” – {self.label(one.source)} ({dated}{basis})"]
            if one.reason:
                found.append(f"    {self.words['reason']}: {one.reason}")
        return found

    def section(self, title: str, rows: list[tuple[str, str]]) -> list[str]:
        return [self.words[title], *self.rows(rows), ""] if rows else []

    def rows(self, rows: list[tuple[str, str]]) -> list[str]:
        width = max((len(left) for left, _ in rows), default=0)
        found, before = [], ""
        for left, right in rows:
            found.append(f"  {(left if left != before else '').ljust(width)}  {right}".rstrip())
            before = left
        return found
