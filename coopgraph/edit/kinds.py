"""What each kind of thing is entered with: the fields of a form, of a sheet, of the options of `coopgraph add`."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.errors import Text


@dataclass(frozen=True)
class Field:
    """One field: its name, the property that it fills, and what may stand in it.

    `sort` is thing (one of the folders `of`), concept (of the scheme `of`), date, text, plain, number, url or language.
    A field with `asked` is asked for where it is missing; one that `must` be there can't be left empty.
    """

    name: str
    predicate: str
    sort: str
    label: Text
    of: tuple[str, ...] = ()
    many: bool = False
    must: bool = False
    asked: bool = True


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its folder under `data/`, its classes, its fields, and what is said to be unknown when left empty.

    `named_for` are the fields whose things give a name and a slug where none are given.
    """

    name: str
    label: Text
    classes: tuple[str, ...]
    fields: tuple[Field, ...]
    silent: tuple[str, ...] = ()
    named_for: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)


def _thing(
    name: str, predicate: str, en: str, sv: str, *of: str, many: bool = False, must: bool = False
) -> Field:
    return Field(name, predicate, "thing", Text(en, sv), of, many, must, asked=must)


def _concept(
    name: str, predicate: str, en: str, sv: str, scheme: str, *, many: bool = False, must: bool = False
) -> Field:
    return Field(name, predicate, "concept", Text(en, sv), (scheme,), many, must, asked=must)


def _date(name: str, predicate: str, en: str, sv: str) -> Field:
    return Field(name, predicate, "date", Text(en, sv))


def _text(
    name: str,
    predicate: str,
    en: str,
    sv: str,
    *,
    sort: str = "text",
    many: bool = False,
    asked: bool = False,
) -> Field:
    return Field(name, predicate, sort, Text(en, sv), (), many, False, asked)


_NAME = _text("name", "skos:prefLabel", "name in Swedish", "namn på svenska", asked=True)
_NAME_EN = _text("name-en", "skos:prefLabel", "name in English", "namn på engelska", asked=True)
_ALSO = _text(
    "also",
    "skos:altLabel",
    "also called, with its language (Växjö@sv)",
    "kallas även, med språk (Växjö@sv)",
    many=True,
)
_URL = _text("url", "schema:url", "web page", "webbsida", sort="url")
_IDENTIFIER = _text(
    "identifier",
    "adms:identifier",
    "identifier (wikidata=Q1)",
    "identifierare (wikidata=Q1)",
    sort="identifier",
    many=True,
)
_START = _date("start", "coop:start", "start", "början")
_END = Field("end", "coop:end", "date", Text("end", "slut"), asked=False)
_STATUS = _concept("status", "coop:status", "status", "status", "status")
_TOPIC = _concept("topic", "dct:subject", "topic", "ämne", "topic", many=True)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "organisation",
            Text("organisation", "organisation"),
            (),  # by its kind
            (
                _NAME,
                _NAME_EN,
                _ALSO,
                _concept("kind", "org:classification", "kind", "slag", "kind", must=True),
                _concept("country", "coop:country", "country", "land", "country", must=True),
                _thing("unit-of", "org:unitOf", "unit of", "enhet i", "organisation", "network"),
                _thing("place", "dct:spatial", "territory", "territorium", "place"),
                _IDENTIFIER,
                _URL,
            ),
        ),
        Kind(
            "place",
            Text("place", "plats"),
            ("dct:Location",),
            (
                _NAME,
                _NAME_EN,
                _ALSO,
                _concept("country", "coop:country", "country", "land", "country", must=True),
                _thing("part-of", "dct:isPartOf", "part of", "del av", "place"),
                _text("lat", "geo:lat", "latitude", "latitud", sort="number"),
                _text("long", "geo:long", "longitude", "longitud", sort="number"),
                _IDENTIFIER,
            ),
        ),
        Kind(
            "source",
            Text("source", "källa"),
            ("coop:Source",),
            (
                _text("title", "dct:title", "title", "titel", asked=True),
                _thing("publisher", "dct:publisher", "publisher", "utgivare", "organisation", must=True),
                _concept("kind", "dct:type", "kind of document", "slag av dokument", "doctype", many=True, must=True),
                Field("language", "dct:language", "language", Text("language", "språk"), asked=False),
                _date("date", "coop:date", "date", "datum"),
                Field("retrieved", "coop:retrieved", "date", Text("fetched", "hämtad"), asked=False),
                _URL,
                Field("file", "coop:archivedAs", "file", Text("file with its text", "fil med texten"), must=True),
            ),
            silent=("coop:date",),
        ),
        Kind(
            "partnership",
            Text("partnership", "samarbete"),
            ("coop:Partnership",),
            (
                _thing("party", "coop:hasParty", "party", "part", "organisation", many=True, must=True),
                _concept("kind", "dct:type", "kind of partnership", "slag av samarbete", "collaboration", must=True),
                _START,
                _END,
                Field("status", "coop:status", "concept", Text("status", "status"), ("status",)),
                _TOPIC,
                _NAME,
                _NAME_EN,
            ),
            silent=("coop:start",),
            named_for=("party",),
        ),
        Kind(
            "agreement",
            Text("agreement", "avtal"),
            ("coop:Agreement",),
            (
                _thing("signatory", "coop:hasSignatory", "signatory", "undertecknare", "organisation", many=True, must=True),
                _concept("kind", "dct:type", "kind of agreement", "slag av avtal", "agreementkind", must=True),
                _date("date", "coop:date", "date", "datum"),
                _thing("founds", "coop:founds", "founds the partnership", "grundar samarbetet", "partnership", many=True),
                _END,
                _STATUS,
                _TOPIC,
                _NAME,
                _NAME_EN,
            ),
            silent=("coop:date",),
            named_for=("signatory",),
        ),
        Kind(
            "membership",
            Text("membership", "medlemskap"),
            ("org:Membership",),
            (
                _thing("member", "org:member", "member", "medlem", "organisation", "network", must=True),
                _thing(
                    "in", "org:organization", "in", "i", "network", "programme", "project", "partnership", "organisation", must=True
                ),
                _concept("role", "org:role", "role", "roll", "role", must=True),
                _START,
                _END,
                _STATUS,
                _TOPIC,
            ),
            silent=("coop:start",),
            named_for=("member", "in"),
        ),
        Kind(
            "network",
            Text("network", "nätverk"),
            ("coop:Network",),
            (_NAME, _NAME_EN, _ALSO, _TOPIC, _IDENTIFIER, _URL),
        ),
        Kind(
            "programme",
            Text("programme", "program"),
            ("schema:FundingScheme", "org:OrganizationalCollaboration"),
            (_NAME, _NAME_EN, _ALSO, _START, _END, _STATUS, _TOPIC, _IDENTIFIER, _URL),
        ),
        Kind(
            "project",
            Text("project", "projekt"),
            ("schema:Project", "org:OrganizationalCollaboration"),
            (
                _NAME,
                _NAME_EN,
                _ALSO,
                _thing("programme", "coop:inProgramme", "within the programme", "inom programmet", "programme"),
                _START,
                _END,
                _STATUS,
                _TOPIC,
                _IDENTIFIER,
                _URL,
            ),
        ),
    )
}  # fmt: skip
