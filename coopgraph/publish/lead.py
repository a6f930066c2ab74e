"""In a sentence or two what a thing is: the words under the heading of its page."""

from __future__ import annotations

from collections.abc import Sequence

from coopgraph.publish.cells import Section
from coopgraph.publish.describe import COOP, RDF_TYPE
from coopgraph.publish.nearby import DCT, ORG
from coopgraph.publish.reading import Reading
from coopgraph.publish.words import words

DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"
_OF_DOCUMENTS = {
    COOP + "policyOf": "for_whom",
    COOP + "hasSignatory": "between",
    COOP + "decidingBody": "by_whom",
    DCT + "publisher": "by_whom",
    ORG + "member": "",
}
"""What tells of whom a document is, and the word that leads to it."""
_COUNTRIES = "http://publications.europa.eu/resource/authority/country/"
_COUNTED = {
    "partners": {"sv": ("samarbete", "samarbeten"), "en": ("partnership", "partnerships")},
    "partnerships": {"sv": ("samarbete", "samarbeten"), "en": ("partnership", "partnerships")},
    "memberships": {
        "sv": ("medlemskap eller roll i nätverk och program", "medlemskap och roller i nätverk och program"),
        "en": (
            "membership or role in networks and programmes",
            "memberships and roles in networks and programmes",
        ),
    },
    "members": {
        "sv": ("medlem eller deltagare", "medlemmar och deltagare"),
        "en": ("member or participant", "members and participants"),
    },
    "bodies": {"sv": ("organisation", "organisationer"), "en": ("body", "bodies")},
}
"""What the sentence on a thing counts: the rows of a table in words, one and several."""


def sentence(reading: Reading, kinds: str, sections: Sequence[Section], *, whole: bool) -> str:
    """In a sentence or two what the thing is, and of a body, a network or a country what is known around it."""
    it, language, said = reading.it, reading.language, words(reading.language)
    definitions = [one for one in it.values(DEFINITION) if reading.readable(one)]
    if definitions:
        return definitions[0].value
    rows = {one.key: one.rows for one in sections}
    if "quotes" in rows or any(it.values(one) for one in _OF_DOCUMENTS):
        return _document(reading, kinds, len(rows.get("quotes", ())) if whole else 0)
    counted = [key for key in _COUNTED if key in rows] if whole else []
    types = {one.value for one in it.values(RDF_TYPE.value)}
    if not counted and whole and it.thing.value.startswith(_COUNTRIES):
        return f"{kinds}. {said['here_none']}"
    if not counted or COOP + "Partnership" in types or COOP + "Agreement" in types:
        return reading.sentence()
    country = reading.listed(it.values(COOP + "country"))
    within = f" {said['in']} {country}" if country else ""
    parts = [f"{len(rows[key])} {_COUNTED[key][language][len(rows[key]) != 1]}" for key in counted]
    if "partners" in counted:
        places = sorted({one.text for row in rows["partners"] for one in row[1].cells} - {country})
        parts[0] += f" ({', '.join(places)})" if places else ""
    return f"{kinds}{within}. {said['here_are']} {_listed(parts, said['and'])}."


def _document(reading: Reading, kinds: str, quotes: int) -> str:
    """What a document or a membership is, of whom and from when."""
    it, words_ = reading.it, words(reading.language)
    if member := it.values(ORG + "member"):
        role = reading.listed(it.values(ORG + "role"))
        said = f"{reading.listed(member)}: {role} {words_['in']} {reading.listed(it.values(ORG + 'organization'))}"
    else:
        said = kinds
    for property_, word in _OF_DOCUMENTS.items():
        if word and (values := it.values(property_)):
            said += f" {words_[word]} {reading.listed(values)}"
    dates = it.values(COOP + "date")
    said += f", {reading.value(dates[0])}" if dates else ""
    rests = words_["rest_on_it"] if quotes != 1 else words_["rests_on_it"]
    return f"{said}. {quotes} {rests}." if quotes else f"{said}."


def _listed(texts: Sequence[str], and_: str) -> str:
    return f" {and_} ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)
