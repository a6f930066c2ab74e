"""Hold every quote against the archived text of its source: exactly, never fuzzily.

Both are put in Unicode NFC and white space (non-breaking included) is folded to one space; nothing else is changed.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Quote:
    """The words that a fact rests on, and the text around them where they alone are not enough."""

    exact: str
    prefix: str = ""
    suffix: str = ""


def fold(text: str) -> str:
    """NFC, with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def sha256(path: Path) -> str:
    """SHA-256 of a file, in lower-case hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def occurrences(quote: Quote, folded: str) -> list[int]:
    """Where the quote stands in the folded text, its prefix before it and its suffix after it."""
    exact, prefix, suffix = fold(quote.exact), fold(quote.prefix), fold(quote.suffix)
    return [
        start
        for start in _starts(exact, folded)
        if folded[:start].rstrip().endswith(prefix)
        and folded[start + len(exact) :].lstrip().startswith(suffix)
    ]


def _starts(words: str, text: str) -> Iterator[int]:
    start = text.find(words) if words else -1
    while start >= 0:
        yield start
        start = text.find(words, start + 1)


def nearest(quote: Quote, folded: str) -> str:
    """The passage that is most like the quote, in the source's own words; empty where none is near.

    What differs stands as `[quote has→source has]`: letters inside a word that is nearly the same, else whole words.
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Levenshtein

    exact = fold(quote.exact)
    match = fuzz.partial_ratio_alignment(exact, folded)
    if match is None or match.score < _NEAR:
        return ""
    start = folded.rfind(" ", 0, match.dest_start + 1) + 1
    passage, quoted = folded[start : match.dest_end + 40].split(), exact.split()
    words, said = _bare(passage), _bare(quoted)
    # the passage may end in the middle of a word, or one word too early
    shortest = max(len(folded[start : match.dest_end].split()), 1)
    source = min(
        (words[:size] for size in (shortest, shortest + 1)),
        key=lambda some: Levenshtein.distance(" ".join(said), " ".join(some)),
    )
    steps = list(Levenshtein.opcodes(said, source))
    # at the edges of the passage stand words that the quote doesn't have
    while steps and steps[0].tag == "insert":
        steps.pop(0)
    while steps and steps[-1].tag == "insert":
        steps.pop()
    same = sum(step.src_end - step.src_start for step in steps if step.tag == "equal")
    # a mark inside the passage belongs to it, one after it does not
    end = steps[-1].dest_end if steps else 0
    passage[end - 1 : end], quoted[-1:] = words[end - 1 : end], said[-1:]
    shown: list[str] = []
    for step in steps:
        was, now = quoted[step.src_start : step.src_end], passage[step.dest_start : step.dest_end]
        if len(was) == len(now):
            shown += map(_marked, was, now)
            same += sum(map(_alike, was, now)) if step.tag != "equal" else 0
        else:
            shown.append(f"[{' '.join(was)}→{' '.join(now)}]")
    return " ".join(shown) if same * 2 >= len(said) else ""


def _bare(words: list[str]) -> list[str]:
    """The words without the marks after them."""
    return [word.rstrip(".,;:") for word in words]


_NEAR = 60
"""How like the quote, of 100, a passage must be to be shown."""


def _alike(was: str, now: str) -> bool:
    """Whether two words are one but for a letter or two."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(was, now) <= max(1, len(was) // 4)


def _marked(was: str, now: str) -> str:
    """A word of the source, with what the quote has otherwise: letters if it is one word, else the whole word."""
    from rapidfuzz.distance import Levenshtein

    if not _alike(was, now):
        return f"[{was}→{now}]"
    return "".join(
        now[step.dest_start : step.dest_end]
        if step.tag == "equal"
        else f"[{was[step.src_start : step.src_end]}→{now[step.dest_start : step.dest_end]}]"
        for step in Levenshtein.opcodes(was, now)
    )
