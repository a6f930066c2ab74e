"""Guess what the columns of a sheet are: by their headings in Swedish and English, else by what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from coopgraph.edit import find
from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import KINDS, Kind
from coopgraph.errors import UsageError
from coopgraph.sheets.columns import NOTHING, kind_of, makes_bodies, own_headings, target, targets
from coopgraph.sheets.mapping import Meaning
from coopgraph.sheets.match import key
from coopgraph.sheets.table import Table

_LIKE = 88
_SHARE = 0.8
"""How many of the cells of a column must be of one sort for the column to be."""
# what lists of others call their columns, beside what ours are called
_SYNONYMS = {
    "partnership": {
        "party": "kommun region svensk_kommun svensk_part our_municipality municipality",
        "party-2": "vänort vänorter vänkommun vänregion partner partnerort partnerregion motpart samarbetspart systerstad ort stad "
        "twin_town sister_city partner_town partner_city partner_region counterpart city town",
        "party-2.country": "land country",
        "party-2.wikidata": "wikidata",
        "party-2.name-en": "english_name engelskt_namn",
    },
    "membership": {
        "member": "medlem medlemsorganisation organisation kommun region member_organisation municipality",
        "member.country": "land country",
        "member.wikidata": "wikidata",
        "member.organisationsnummer": "organisationsnummer orgnr org.nr organisation_number",
        "member.scb": "kommunkod länskod municipality_code",
        "in": "nätverk program projekt network programme project",
        "role": "roll medlemstyp typ_av_medlemskap type_of_membership",
    },
    "organisation": {
        "name": "namn organisation benämning name official_name",
        "name-en": "engelskt_namn english_name name_en",
        "identifier.organisationsnummer": "orgnr org.nr organisation_number",
        "identifier.scb": "kommunkod länskod municipality_code county_code",
        "identifier.wikidata": "wikidata_id wikidata",
        "url": "webbplats hemsida website web_site homepage",
        "kind": "typ organisationstyp type",
    },
    "": {
        "start": "från sedan år startår startdatum startade inleddes from since year start_year start_date medlem_sedan member_since",
        "end": "till slutår slutdatum avslutades upphörde until to end_year end_date",
        "date": "datum daterad undertecknat dated signed",
        "topic": "område tema ämnen ämnesområde theme topics field",
        "kind": "slag typ typ_av_samarbete typ_av_avtal type",
        "quote": "belägg ordagrant citat evidence quotation",
        "source": "källa källor underlag reference",
        "url": "länk webbadress link website",
        "name": "namn benämning title",
    },
}


@dataclass(frozen=True)
class Unsure:
    """A column that nothing is known of: its heading and letters, a few of its values, and what it could be."""

    heading: str
    letters: str
    samples: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """What a sheet seems to mean. With `own` it is of the form in which sheets are given out, and nothing was guessed."""

    meaning: Meaning
    unsure: tuple[Unsure, ...]
    own: bool


def guess(
    graph: Graph,
    table: Table,
    *,
    kind: Kind | None = None,
    told: Mapping[str, str] | None = None,
    known: Meaning | None = None,
    given: Mapping[str, str] | None = None,
) -> Guess:
    """What the sheet means. `told` are columns that somebody has said, `known` a mapping, and `given` what holds for every row.

    Raises UsageError where the kind can't be guessed, or two columns are the same.
    """
    folded = {heading.casefold(): heading for heading in table.headings}
    kind = kind or (known.kind if known else kind_of(table.sheet)) or _kind(table)
    own = own_headings(kind)
    columns: dict[str, str] = {}
    is_own = known is None and not told
    for source in (told or {}, known.columns if known else {}):
        for heading, text in source.items():
            if source is told and heading.casefold() not in folded:
                names = ", ".join(table.headings)
                raise UsageError(
                    f"There is no column '{heading}'. The columns are: {names}.",
                    f"Det finns ingen kolumn '{heading}'. Kolumnerna är: {names}.",
                )
            if heading.casefold() in folded:
                one = text if text == NOTHING else str(target(kind, text))
                columns.setdefault(folded[heading.casefold()], one)
    for heading in table.headings:
        if heading not in columns and heading.casefold() in own:
            columns[heading] = str(own[heading.casefold()])
    for heading in table.headings:
        if heading not in columns and (found := _by_heading(kind, heading, set(columns.values()))):
            columns[heading], is_own = found, False
    for heading in table.headings:
        if heading not in columns and (
            found := _by_content(graph, kind, table, heading, set(columns.values()))
        ):
            columns[heading], is_own = found, False
    _each_once(table, columns)
    unsure = tuple(
        Unsure(
            heading, table.headings[heading], _samples(table, heading), _choices(kind, set(columns.values()))
        )
        for heading in table.headings
        if heading not in columns
    )
    ordered = {heading: columns[heading] for heading in table.headings if heading in columns}
    always = {
        **(known.given if known else {}),
        **{str(target(kind, one)): text for one, text in (given or {}).items()},
    }
    separator = known.separator if known else _separator(kind, table, ordered)
    meaning = Meaning(kind, ordered, always, known.meant if known else {}, separator)
    return Guess(meaning, unsure, is_own and not unsure and not always)


def _kind(table: Table) -> Kind:
    """The kind that most headings fit, if one fits best."""
    scores = {
        name: sum(
            1.0
            if heading.casefold() in own_headings(kind)
            else 0.9
            if _by_heading(kind, heading, set())
            else 0.0
            for heading in table.headings
        )
        + sum(
            0.5
            for field in kind.fields
            if field.must and any(_meant(kind, heading) == field.name for heading in table.headings)
        )
        for name, kind in KINDS.items()
    }
    best = max(scores.values())
    fits = [name for name, score in scores.items() if score == best]
    if len(fits) == 1 and best >= len(table.headings) / 2:
        return KINDS[fits[0]]
    names = ", ".join(KINDS)
    where = f"{table.file.name} {table.sheet}".strip()
    raise UsageError(
        f"{where}: it is not clear what a row is. Say which: --kind KIND, one of {names}; or --mapping NAME.",
        f"{where}: det framgår inte vad en rad är. Ange det: --kind SLAG, ett av {names}; eller --mapping NAMN.",
    )


def _meant(kind: Kind, heading: str) -> str | None:
    own = own_headings(kind).get(heading.casefold())
    return own.field if own else (_by_heading(kind, heading, set()) or "").split(".")[0] or None


def _by_heading(kind: Kind, heading: str, taken: set[str]) -> str | None:
    """The target that a heading is a word for, or nearly."""
    known = _words(kind)
    folded = key(heading)
    if folded in known and known[folded] not in taken:
        return known[folded]
    for word, _, _ in process.extract(folded, list(known), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=3):
        if known[word] not in taken:
            return known[word]
    return None


def _words(kind: Kind) -> dict[str, str]:
    found: dict[str, str] = {}
    possible = {str(one) for one in targets(kind)}
    for words in (_SYNONYMS.get(kind.name, {}), _SYNONYMS[""]):
        for name, listed in words.items():
            if name in possible:
                for word in listed.split():
                    found.setdefault(key(word.replace("_", " ")), name)
    for heading, one in own_headings(kind).items():
        found.setdefault(key(heading), str(one))
    return found


def _by_content(graph: Graph, kind: Kind, table: Table, heading: str, taken: set[str]) -> str | None:
    """The target that the cells of a column fit: a country, one of the concepts of a list, a web address."""
    values = list(dict.fromkeys(_values(table, heading)))[:50]
    if not values:
        return None

    def fits(scheme: str) -> bool:
        return sum(_is_concept(graph, scheme, one) for one in values) >= _SHARE * len(values)

    for field in kind.fields:
        name = field.name
        if field.sort == "concept" and name not in taken and fits(field.of[0]):
            return name
        if makes_bodies(field) and fits("country"):
            places = [f"{name}{number}.country" for number in ("-2", "")]
            return next((one for one in places if one not in taken and one.split(".")[0] in taken), None)
        if (
            field.sort == "url"
            and name not in taken
            and all(one.startswith(("http://", "https://")) for one in values)
        ):
            return name
    return None


def _is_concept(graph: Graph, scheme: str, text: str) -> bool:
    try:
        find.concept(graph, scheme, text)
    except UsageError:
        return False
    return True


def _values(table: Table, heading: str) -> Iterator[str]:
    for row in table.rows:
        cell = row.cells.get(heading)
        if cell is not None and cell.text:
            yield cell.text


def _samples(table: Table, heading: str) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(_values(table, heading)))[:3])


def _choices(kind: Kind, taken: set[str]) -> tuple[str, ...]:
    names = [str(one) for one in targets(kind) if one.number <= 2 and not (one.part and one.part in _RARE)]
    return tuple(one for one in names if one not in taken)


_RARE = {"nuts", "lau", "iso3166-2", "wof", "diary-number", "project-number", "geonames"}


def _each_once(table: Table, columns: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for heading, one in columns.items():
        if one != NOTHING and one in seen:
            letters = table.headings[seen[one]], table.headings[heading]
            raise UsageError(
                f"Column {letters[1]} '{heading}' seems to be {one}, as column {letters[0]} '{seen[one]}' is. "
                f"Say what it is: --column '{heading}=…' (- leaves it out)",
                f"Kolumn {letters[1]} '{heading}' verkar vara {one}, vilket kolumn {letters[0]} '{seen[one]}' är. "
                f"Ange vad den är: --column '{heading}=…' (- utelämnar den)",
            )
        seen[one] = heading


def _separator(kind: Kind, table: Table, columns: Mapping[str, str]) -> str:
    """What stands between several values of a cell, as far as can be seen."""
    many = {field.name for field in kind.fields if field.many}
    texts = [text for heading, one in columns.items() if one in many for text in _values(table, heading)]
    return ";" if any(";" in one for one in texts) and not any("|" in one for one in texts) else "|"


def unsure_error(guesses: Sequence[Unsure]) -> UsageError:
    """What to say where there is nobody to ask."""
    one = guesses[0]
    choices, samples = ", ".join(one.choices), ", ".join(one.samples)
    return UsageError(
        f"Column {one.letters} '{one.heading}' ({samples}) is not understood. Say what it is: --column '{one.heading}=…', one of "
        f"{choices}, quote.start, or - to leave it out.",
        f"Kolumn {one.letters} '{one.heading}' ({samples}) går inte att tolka. Ange vad den är: --column '{one.heading}=…', ett av "
        f"{choices}, quote.start, eller - för att utelämna den.",
    )
