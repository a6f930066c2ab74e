"""Which form, which language and which packing a client prefers. Source: RFC 9110, sections 12.4 and 12.5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache


def best_form(accept: str, offered: Mapping[str, Sequence[str]]) -> str | None:
    """The offered form that the client prefers, by name; None when it takes none of them.

    `offered` maps a name to its media type, and to others that it goes under and that count only when named in full. The
    first form is what a client gets that does not care.
    """
    return _best(accept, tuple((name, tuple(types)) for name, types in offered.items()))


@lru_cache(maxsize=256)
def _best(accept: str, offered: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    ranges = _ranges(accept)
    if not ranges:
        return offered[0][0]
    named = dict(ranges)
    rated = [
        (max([_quality(types[0], ranges), *(named.get(other, 0.0) for other in types[1:])]), -place, name)
        for place, (name, types) in enumerate(offered)
    ]
    quality, _, name = max(rated)
    return name if quality > 0 else None


def best_language(accept: str, offered: Sequence[str]) -> str:
    """The offered language that the client prefers; the first one when it knows none of them."""
    ranges = _ranges(accept)

    def quality(language: str) -> float:
        found = [q for tag, q in ranges if tag.partition("-")[0] == language]
        return max(found) if found else next((q / 1000 for tag, q in ranges if tag == "*"), 0.0)

    return max(offered, key=lambda language: (quality(language), -offered.index(language)))


def best_packing(accept: str) -> str:
    """ "br", "gzip" or "" (as it is)."""
    found = dict(_ranges(accept))
    rest = found.get("*", 0.0)
    rated = [(found.get("br", rest), 1, "br"), (found.get("gzip", found.get("x-gzip", rest)), 0, "gzip")]
    quality, _, name = max(rated)
    return name if quality > 0 and quality >= found.get("identity", 0.0) else ""


@lru_cache(maxsize=256)
def _ranges(header: str) -> tuple[tuple[str, float], ...]:
    """What a header lists, each with its quality; what can't be read is passed over."""
    found = []
    for part in header.lower().split(","):
        name, *params = (one.strip() for one in part.split(";"))
        if not name:
            continue
        quality = 1.0
        kept = []
        for param in params:
            key, _, value = param.partition("=")
            if key.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
                if quality != quality:
                    quality = 0.0
            elif key.strip() not in ("charset", "profile"):
                kept.append(param.replace(" ", ""))
        found.append((";".join([name, *kept]), quality))
    return tuple(found)


def _quality(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality of the most specific range that a media type falls in."""
    kind = media.partition("/")[0]
    for wanted in (media, f"{kind}/*", "*/*"):
        found = [quality for name, quality in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0
