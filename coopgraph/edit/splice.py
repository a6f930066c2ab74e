"""Change what a text of Turtle says by changing only the places that say it: all else stays, letter for letter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.edit.layout import Order, Terms, groups_of, listed, statement
from coopgraph.edit.text import Cut, cut, declare, header, triples_of
from coopgraph.errors import EditRefused
from coopgraph.iris import Namespaces
from coopgraph.turtle import Located, locate, tokens
from coopgraph.turtle.lexer import Token

_BODY = NamedNode("http://www.w3.org/ns/oa#hasBody")
_PROPERTY = NamedNode("https://w3id.org/coopgraph/ns#property")


def spliced(
    text: str,
    removed: Collection[Triple],
    added: Sequence[Triple],
    names: Namespaces,
    *,
    path: Path | None = None,
) -> str:
    """The text without the removed triples and with the added ones.

    Comments, order and white space elsewhere stay as they are. The new text is read again and held against what was
    meant; raises EditRefused where it says anything else, such as for a triple that was not there to be removed.
    """
    gone, new = set(removed), list(dict.fromkeys(added))
    rows = locate(text, path=path)
    before = {row.quad.triple for row in rows}
    new = [one for one in new if one not in before or one in gone]
    result = _Text(text, rows, names).changed(gone, new)
    after = set(triples_of(result, path=path))
    if after != (before - gone) | set(new) or not gone <= before:
        raise EditRefused(
            f"{path or 'The text'}: the change can't be fitted into the text as it is written there. Make it by hand.",
            f"{path or 'Texten'}: ändringen går inte att foga in i texten som den är skriven. Gör den för hand.",
        )
    return result


@dataclass(frozen=True)
class _Group:
    """A property of a statement, with the places of its values."""

    rows: list[Located]

    @property
    def key(self) -> tuple[object, NamedNode]:
        return self.rows[0].quad.subject, self.rows[0].quad.predicate


class _Text:
    """A text, its triples by statement and property, and its tokens."""

    def __init__(self, text: str, rows: list[Located], names: Namespaces) -> None:
        self._text, self._order = text, Order(names)
        base, declared = header(text)
        self._terms = Terms(names, base, declared)
        self._tokens = list(tokens(text))
        self._statements = [
            [_Group(list(some)) for _, some in groupby(sorted(whole, key=_at), key=lambda row: row.predicate)]
            for _, whole in groupby(
                sorted(rows, key=lambda row: row.statement), key=lambda row: row.statement
            )
        ]

    def changed(self, gone: set[Triple], new: list[Triple]) -> str:
        """The text after the change; what it says is for the caller to prove."""
        cuts: list[Cut] = []
        left = self._replaced(gone, new, cuts)
        lost = gone - {self._swapped_from[one] for one in new if one in self._swapped_from}
        self._kept: list[list[_Group]] = []
        for groups in self._statements:
            self._kept.append([one for one in groups if any(row.quad.triple not in lost for row in one.rows)])
        left = self._into_lists(left, lost, cuts)
        tails = self._into_statements(left, cuts)
        for groups, kept in zip(self._statements, self._kept, strict=True):
            self._take_out(groups, kept, lost, cuts)
        end = "\r\n" if "\r\n" in self._text else "\n"
        text = cut(self._text, [(start, stop, new.replace("\n", end)) for start, stop, new in cuts])
        if tails:
            text += "" if text.endswith("\n") else end
            text += "".join("\n" + one for one in tails).replace("\n", end)
        return declare(text, self._terms.missing)

    def _replaced(self, gone: set[Triple], new: list[Triple], cuts: list[Cut]) -> list[Triple]:
        """Put values in the place of others of the same property; gives the triples that are still to be added."""
        self._swapped_from: dict[Triple, Triple] = {}
        free = {
            row.quad.triple: row
            for groups in self._statements
            for group in groups
            for row in group.rows
            if row.quad.triple in gone
        }
        left = []
        for triple in new:
            fits = [
                one for one in free if one.subject == triple.subject and one.predicate == triple.predicate
            ]
            same = [one for one in fits if _language(one) == _language(triple)]
            if not fits:
                left.append(triple)
                continue
            old = (same or fits)[0]
            row = free.pop(old)
            self._swapped_from[triple] = old
            cuts.append((*row.object, self._terms.text(triple.object)))
        return left

    def _into_lists(self, new: list[Triple], lost: set[Triple], cuts: list[Cut]) -> list[Triple]:
        """Add values to lists of values of the same property."""
        groups = {group.key: group for kept in self._kept for group in kept}
        left = []
        for (subject, predicate), some in groupby(
            sorted(new, key=_key), key=lambda one: (one.subject, one.predicate)
        ):
            triples = list(some)
            group = groups.get((subject, predicate))
            if group is None:
                left += triples
                continue
            last = [row for row in group.rows if row.quad.triple not in lost][-1].object[1]
            text, column = "", last - self._text.rfind("\n", 0, last) - 1
            for one in triples:
                written = self._terms.text(one.object)
                if column + 5 + len(written) > 120:
                    text, column = f"{text} ,\n        {written}", 8 + len(written)
                else:
                    text, column = f"{text} , {written}", column + 3 + len(written)
            cuts.append((last, last, text))
        return [one for one in new if one in left]

    def _into_statements(self, new: list[Triple], cuts: list[Cut]) -> list[str]:
        """Add properties to statements, and statements; gives those that come last in the text."""
        tails, inserted = [], []
        subjects: dict[object, list[Triple]] = {}
        for one in new:
            subjects.setdefault(one.subject, []).append(one)
        for subject, triples in subjects.items():
            kept = next((some for some in self._kept if some and some[0].key[0] == subject), None)
            if kept is None:
                written = statement(
                    self._terms.text(triples[0].subject), groups_of(triples, self._terms, self._order)
                )
                after = self._beside(triples)
                if after is None:
                    tails.append(written)
                else:
                    inserted.append((after, "\n\n" + written.rstrip("\n")))
                continue
            for predicate in sorted({one.predicate for one in triples}, key=self._order.of):
                objects = [self._terms.text(one.object) for one in triples if one.predicate == predicate]
                earlier = [one for one in kept if self._order.of(one.key[1]) <= self._order.of(predicate)]
                end = (earlier or kept[:1])[-1].rows[-1].object[1]
                line = listed(self._terms.predicate(predicate), objects)
                inserted.append((end, f" ;\n    {line}"))
        joined: dict[int, str] = {}
        for at, text in inserted:
            joined[at] = joined.get(at, "") + text
        for at, text in joined.items():
            # a value may have been added to the list that ends here
            same = [old for old in cuts if old[0] == old[1] == at]
            for old in same:
                cuts.remove(old)
            cuts.append((at, at, "".join(old[2] for old in same) + text))
        return tails

    def _beside(self, triples: list[Triple]) -> int | None:
        """The end of the statement after which new evidence belongs: other evidence of the fact, else the fact itself.

        Evidence for another property then goes elsewhere, so that two stewards' additions merge in git.
        """
        facts = [one.object for one in triples if one.predicate == _BODY]
        about = [one.object for one in triples if one.predicate == _PROPERTY]
        best: tuple[tuple[int, str], int] | None = None
        mine = self._order.of(about[0]) if about and isinstance(about[0], NamedNode) else (-1, "")
        for kept in self._kept:
            said = {row.quad.predicate: row.quad.object for group in kept for row in group.rows}
            if not kept or not facts:
                continue
            of = said.get(_PROPERTY)
            if kept[0].key[0] == facts[0]:
                place: tuple[int, str] = (-2, "")
            elif said.get(_BODY) == facts[0]:
                place = self._order.of(of) if isinstance(of, NamedNode) else (-1, "")
            else:
                continue
            if place <= mine and (best is None or place >= best[0]):
                best = place, kept[0].rows[0].statement[1]
        return best[1] if best else None

    def _take_out(self, groups: list[_Group], kept: list[_Group], lost: set[Triple], cuts: list[Cut]) -> None:
        if not kept:
            start, end = groups[0].rows[0].statement
            cuts += self._erased(start, self._line_end(end))
            return
        for place, group in enumerate(groups):
            out = [row.quad.triple in lost for row in group.rows]
            if group not in kept:
                if any(one in kept for one in groups[:place]):
                    start = self._end_before(self._mark_before(group.rows[0].predicate[0], ";"))
                    cuts += self._erased(start, group.rows[-1].object[1])
                else:
                    cuts += self._erased(group.rows[0].predicate[0], groups[place + 1].rows[0].predicate[0])
                continue
            for i, row in enumerate(group.rows):
                if not out[i]:
                    continue
                if all(out[:i]):
                    cuts += self._erased(row.object[0], group.rows[i + 1].object[0])
                else:
                    start = self._end_before(self._mark_before(row.object[0], ","))
                    cuts += self._erased(start, row.object[1])

    def _mark_before(self, offset: int, mark: str) -> int:
        """Where the last such mark before the offset stands."""
        return [one.start for one in self._tokens if one.start < offset and one.text == mark][-1]

    def _end_before(self, offset: int) -> int:
        """The end of the last token before the offset that carries meaning."""
        before = [one for one in self._tokens if one.start < offset and one.kind not in ("space", "comment")]
        return before[-1].start + len(before[-1].text)

    def _line_end(self, offset: int) -> int:
        """Past the white space after a statement, but no further than to the next token."""
        after = [one for one in self._tokens if one.start == offset and one.kind == "space"]
        return offset + len(after[0].text) if after else offset

    def _erased(self, start: int, end: int) -> list[Cut]:
        """Take a stretch out; its comments stay, and what follows them stays on a line of its own."""
        inside = [one for one in self._tokens if start <= one.start < end]
        if not any(one.kind == "comment" for one in inside):
            return [(start, end, "")]
        kept = [
            one.text
            for place, one in enumerate(inside)
            if one.kind == "comment" or (one.kind == "space" and _by_comment(inside, place))
        ]
        return [(start, end, "".join(kept).rstrip() + "\n    ")]


def _by_comment(some: list[Token], place: int) -> bool:
    return any(0 <= near < len(some) and some[near].kind == "comment" for near in (place - 1, place + 1))


def _at(row: Located) -> int:
    return row.object[0]


def _key(triple: Triple) -> tuple[str, str]:
    return str(triple.subject), str(triple.predicate)


def _language(triple: Triple) -> str | None:
    return triple.object.language if isinstance(triple.object, Literal) else None
