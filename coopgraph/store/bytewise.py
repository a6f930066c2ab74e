"""Regular expressions for Virtuoso 7, which matches the bytes of UTF-8 and garbles what is not ASCII in a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PATTERN = re.compile(r"""(\bREGEX\s*\([^"']*?,\s*)"((?:[^"\\]|\\.)*)\"""", re.IGNORECASE)
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_MEMBER = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)
_OTHER = r"[\xC2-\xF4][\x80-\xBF]+"
"""Any one character that is not ASCII."""
_ANY_BUT = {".": r"\n\r", r"\D": "0-9", r"\W": "A-Za-z0-9_"}
"""Parts that match every character but some ASCII ones. Letters that are not ASCII count as other than \\w."""
_WHITE = " \t\n\r\f\v\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What \\s stands for when Oxigraph reads it."""


def bytewise(query: str) -> str:
    """The query with the patterns of REGEX written so that they match the same texts byte by byte."""
    return _PATTERN.sub(lambda found: f'{found[1]}"{_escaped(_translated(_plain(found[2])))}"', query)


def _plain(text: str) -> str:
    """What a literal stands for; what else it escapes (a line break, say) means the same in a pattern."""
    text = re.sub(r"(?<!\\)\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r'\\([\\"])', r"\1", text)


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return plain.replace("\n", "\\n").replace("\r", "\\r")


def _translated(pattern: str) -> str:
    return "".join(_part(part) for part in _PART.findall(pattern))


def _part(part: str) -> str:
    if part in _ANY_BUT:
        return rf"(?:[^{_ANY_BUT[part]}\x80-\xFF]|{_OTHER})"
    if part in (r"\s", r"\S"):
        return _class(f"[{_WHITE}]" if part == r"\s" else f"[^{_WHITE}]")
    if len(part) > 1 and part[0] == "[":
        return _class(part)
    return part if part.isascii() else f"(?:{_bytes(part)})"


def _class(part: str) -> str:
    """A character class: its ASCII members as they are, the others as alternatives."""
    negated = part.startswith("[^")
    ascii_members, others = "", []
    for first, last in _MEMBER.findall(part[1 + negated : -1]):
        if first.isascii() and last.isascii():
            ascii_members += f"{first}-{last}" if last else first
        else:
            others += list(_between(first, last or first))
    choice = "|".join(_bytes(one) for one in others)
    if negated:
        except_these = f"(?!{choice})" if others else ""
        return rf"(?:[^{ascii_members}\x80-\xFF]|{except_these}{_OTHER})"
    if not others:
        return part
    return f"(?:[{ascii_members}]|{choice})" if ascii_members else f"(?:{choice})"


def _between(first: str, last: str) -> Iterator[str]:
    return map(chr, range(ord(first[-1]), ord(last[-1]) + 1))


def _bytes(text: str) -> str:
    return "".join(f"\\x{byte:02X}" for byte in text.encode())
