"""A picture of the ontology's main classes and of what joins them, with the names that the ontology has for them."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

COOP = "https://w3id.org/coopgraph/ns#"
ORG = "http://www.w3.org/ns/org#"
_WIDE, _HIGH, _APART, _BETWEEN = 196, 56, 284, 130
_BOXES: dict[str, tuple[int, int]] = {
    COOP + "Policy": (0, 0),
    ORG + "ChangeEvent": (1, 0),
    COOP + "Agreement": (2, 0),
    COOP + "Source": (3, 0),
    "http://purl.org/dc/terms/Location": (0, 1),
    ORG + "Organization": (1, 1),
    COOP + "Partnership": (2, 1),
    COOP + "Evidence": (3, 1),
    "http://data.europa.eu/eli/eli-draft-legislation-ontology#Decision": (0, 2),
    ORG + "Membership": (1, 2),
    COOP + "Network": (2, 2),
    COOP + "Remark": (3, 2),
}
"""Where each class stands, by column and row."""
_LINES = (
    (COOP + "Policy", COOP + "policyOf", ORG + "Organization"),
    (ORG + "ChangeEvent", ORG + "resultingOrganization", ORG + "Organization"),
    (COOP + "Agreement", COOP + "hasSignatory", ORG + "Organization"),
    (COOP + "Agreement", COOP + "founds", COOP + "Partnership"),
    (COOP + "Partnership", COOP + "hasParty", ORG + "Organization"),
    (ORG + "Organization", "http://purl.org/dc/terms/spatial", "http://purl.org/dc/terms/Location"),
    (
        "http://data.europa.eu/eli/eli-draft-legislation-ontology#Decision",
        COOP + "decidingBody",
        ORG + "Organization",
    ),
    (ORG + "Membership", ORG + "member", ORG + "Organization"),
    (ORG + "Membership", ORG + "organization", COOP + "Network"),
    (COOP + "Evidence", "http://www.w3.org/ns/oa#hasBody", COOP + "Partnership"),
    (COOP + "Evidence", "http://www.w3.org/ns/oa#hasSource", COOP + "Source"),
    (COOP + "Remark", COOP + "hasEvidence", COOP + "Evidence"),
)
"""What leads from class to class."""
_MARGIN = 12


def diagram(label: Callable[[str], str], language: str) -> str:
    """The picture as SVG; `label` gives the name of a term in the reader's language. The terms beside it say the same in words."""
    width = 3 * _APART + _WIDE + 2 * _MARGIN
    height = 2 * _BETWEEN + _HIGH + 2 * _MARGIN
    title = (
        "Huvudklasserna och vad som förenar dem"
        if language == "sv"
        else "The main classes and what joins them"
    )
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="diagram-title">'
        f'<title id="diagram-title">{title}</title>'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0 0 10 5 0 10z"/></marker></defs>'
    ]
    parts += [_line(start, label(property_) or property_, end) for start, property_, end in _LINES]
    parts += [_box(iri, label(iri) or iri) for iri in _BOXES]
    return "".join(parts) + "</svg>"


def _centre(iri: str) -> tuple[float, float]:
    column, row = _BOXES[iri]
    return _MARGIN + column * _APART + _WIDE / 2, _MARGIN + row * _BETWEEN + _HIGH / 2


def _box(iri: str, name: str) -> str:
    x, y = _centre(iri)
    own = ' class="own"' if iri.startswith(COOP) else ""
    words = f"{name[:1].upper()}{name[1:]}"
    lines = [words] if len(words) <= 20 else _halved(words)
    small = ' class="small"' if any(len(one) > 18 for one in lines) else ""
    first = y + 5 - 9 * (len(lines) - 1)
    text = "".join(
        f'<text x="{x:g}" y="{first + 18 * place:g}"{small}>{escape(one)}</text>'
        for place, one in enumerate(lines)
    )
    return f'<g{own}><rect x="{x - _WIDE / 2:g}" y="{y - _HIGH / 2:g}" width="{_WIDE}" height="{_HIGH}" rx="6"/>{text}</g>'


def _halved(text: str) -> list[str]:
    """A long name on two lines, parted at the space nearest its middle."""
    places = [place for place, sign in enumerate(text) if sign == " "]
    if not places:
        return [text]
    at = min(places, key=lambda place: abs(place - len(text) / 2))
    return [text[:at], text[at + 1 :]]


def _line(start: str, name: str, end: str) -> str:
    """An arrow from the edge of a box to the edge of another, with its name at the middle."""
    (x1, y1), (x2, y2) = _centre(start), _centre(end)
    a, b = _edge(x1, y1, x2, y2), _edge(x2, y2, x1, y1)
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    level = y1 == y2
    return (
        f'<path class="line" marker-end="url(#tip)" d="M{a[0]:.1f} {a[1]:.1f} {b[0]:.1f} {b[1]:.1f}"/>'
        f'<text class="word" x="{x:.1f}" y="{y - 8 if level else y + 4:.1f}">{escape(name)}</text>'
    )


def _edge(x: float, y: float, to_x: float, to_y: float) -> tuple[float, float]:
    """Where the way from the middle of a box to another point leaves the box."""
    dx, dy = to_x - x, to_y - y
    part = min((_WIDE / 2 + 4) / abs(dx) if dx else 9.0, (_HIGH / 2 + 4) / abs(dy) if dy else 9.0)
    return x + dx * part, y + dy * part
