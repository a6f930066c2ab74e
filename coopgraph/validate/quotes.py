"""Hold every quote against the archived text of its source: exactly, never fuzzily.

Both are put in Unicode NFC and white space (non-breaking included) is folded to one space; nothing else is changed.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein


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
    """The passage that is most like the quote, with what differs: `[quote has→source has]`."""
    exact = fold(quote.exact)
    match = fuzz.partial_ratio_alignment(exact, folded)
    if match is None or match.score < 40:
        return ""
    passage = folded[match.dest_start : match.dest_end]
    shown = []
    for step in Levenshtein.opcodes(exact, passage):
        was, now = exact[step.src_start : step.src_end], passage[step.dest_start : step.dest_end]
        shown.append(now if step.tag == "equal" else f"[{was}→{now}]")
    return "".join(shown)
