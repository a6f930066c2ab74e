"""Names of towns that there are not, as many as are wanted, no two alike."""

from __future__ import annotations

from typing import NamedTuple

_FIRST = "Norr Söder Öster Väster Stor Lill Gran Björk Ek Sjö Berg Sten Hav Kvarn Älv Ås Ros Lund Hög Mo Å Skog Fager Ny".split()
_MIDDLE = "a e hults ar åker inge änga ö sala torps by marks viks sta näs hamra lösa rums fors böle".split()
_LAST = "by vik sund berga hamn dal stad tuna ås mark näs ryd fors lund holm köping".split()
_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")


class Name(NamedTuple):
    """What a body is called in Swedish and English, for short, and in its IRI."""

    sv: str
    en: str
    short: str
    slug: str


def name_of(nth: int, kind: str, country: str) -> Name:
    """The name of the nth body of a country, of this kind; each country begins elsewhere in the list."""
    size = len(_FIRST) * len(_MIDDLE) * len(_LAST)
    again, at = divmod(nth, size)
    # a prime, so that neighbours in the list are not neighbours in the alphabet
    at = (at * 4_799 + int(country, 36)) % size
    at, first = divmod(at, len(_FIRST))
    last, middle = divmod(at, len(_MIDDLE))
    town = _FIRST[first] + _MIDDLE[middle] + _LAST[last] + (f" {again + 1}" if again else "")
    sv, en = {
        "municipality": (f"{town} kommun", f"{town} Municipality"),
        "region": (f"Region {town}", f"Region {town}"),
        "association": (f"Föreningen {town}", f"{town} Association"),
        "foreign-county": (f"{town} län", f"{town} County"),
        "foreign-province": (f"Provinsen {town}", f"{town} Province"),
        "county-council": (f"Landstinget i {town}", f"{town} County Council"),
    }.get(kind, (town, town))
    # å and ä are one letter in a slug, so the number tells two such towns apart
    return Name(sv, en, town, f"{sv.casefold().translate(_PLAIN).replace(' ', '-')}-{nth}")
