"""The rules of coopgraph's own, beside the shapes: what they are called and why they are there.

A shape can't see a misspelt predicate, a dangling IRI or a false quote: it looks only at what it targets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from coopgraph.validate.findings import INFO, SHAPES, VIOLATION, WARNING
from coopgraph.validate.graph import RDFS, SH


@dataclass(frozen=True)
class Rule:
    """A rule: its severity, why it is there in Swedish and English, and a good and a bad line of Turtle."""

    name: str
    severity: str
    why: Mapping[str, str]
    good: str
    bad: str


def _rule(name: str, severity: str, sv: str, en: str, good: str, bad: str) -> Rule:
    return Rule(name, severity, {"sv": sv, "en": en}, good, bad)


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        _rule(
            "syntax",
            VIOLATION,
            "En fil som inte går att läsa som Turtle säger ingenting, och grafen kan inte byggas.",
            "A file that can't be read as Turtle says nothing, and the graph can't be built.",
            '<> skos:prefLabel "Norrby kommun"@sv .',
            '<> skos:prefLabel "Norrby kommun@sv .',
        ),
        _rule(
            "unknown-term",
            VIOLATION,
            "En felstavad klass eller egenskap ger inget fel i RDF: uppgiften försvinner bara ur alla svar.",
            "A misspelt class or predicate is no error in RDF: the fact just vanishes from every answer.",
            "<> coop:hasParty organisation:norrby-kommun .",
            "<> coop:hasPart organisation:norrby-kommun .",
        ),
        _rule(
            "dangling",
            VIOLATION,
            "En länk till något som ingen fil beskriver leder ingenstans.",
            "A link to something that no file describes leads nowhere.",
            "<> org:member organisation:norrby-kommun .",
            "<> org:member organisation:norby-kommun .",
        ),
        _rule(
            "literal",
            VIOLATION,
            "Ett värde som inte kan höra till sin datatyp går inte att jämföra eller räkna med.",
            "A value that can't belong to its datatype can't be compared or reckoned with.",
            '"2010"^^xsd:gYear',
            '"2O10"^^xsd:gYear',
        ),
        _rule(
            "date",
            VIOLATION,
            "Ett datum som inte är EDTF, eller som inte finns i kalendern, får inga gränser och syns inte i någon tidsfråga.",
            "A date that is not EDTF, or is in no calendar, gets no bounds and shows in no question about time.",
            'coop:start "2008-09"^^edtf:EDTF',
            'coop:start "2008-13"^^edtf:EDTF',
        ),
        _rule(
            "language-tag",
            VIOLATION,
            "En språkkod som inte är registrerad (BCP 47) gör att texten inte hittas på något språk.",
            "A language tag that is not registered (BCP 47) makes the text be found in no language.",
            '"Kina"@sv',
            '"Kina"@zz',
        ),
        _rule(
            "two-files",
            VIOLATION,
            "Två filer som beskriver samma sak kommer att säga emot varandra.",
            "Two files that describe one thing will come to contradict each other.",
            "data/organisation/norrby-kommun.ttl",
            "data/organisation/norrby-kommun.ttl + data/organisation/norrby.ttl",
        ),
        _rule(
            "wrong-file",
            VIOLATION,
            "Filens plats är sakens IRI; annars hittar ingen filen från IRI:n, och ingen IRI:n från filen.",
            "The place of the file is the IRI of the thing; else nobody finds the one from the other.",
            "data/organisation/norrby-kommun.ttl: @base <…/id/organisation/norrby-kommun> .",
            "data/organisation/norrby-kommun.ttl: @base <…/id/organisation/norrby> .",
        ),
        _rule(
            "blank-node",
            VIOLATION,
            "En tom nod går varken att länka till, jämföra eller peka på.",
            "A blank node can't be linked to, compared or pointed at.",
            "<> adms:identifier <#scb> .",
            '<> adms:identifier [ skos:notation "0780" ] .',
        ),
        _rule(
            "derived-authored",
            VIOLATION,
            "Det som bygget härleder skrivs aldrig för hand, annars kan det inte härledas om.",
            "What the build derives is never written by hand, or it can't be derived anew.",
            '<> coop:start "1996"^^edtf:EDTF .',
            "<> coop:startYear 1996 .",
        ),
        _rule(
            "retired-in-use",
            VIOLATION,
            "En sak som är utgången ska inte användas; länken ska gå till det som ersatte den.",
            "A thing that was retired is not to be used; link to what replaced it.",
            "<> org:member organisation:norrby-kommun .",
            "<> org:member organisation:gamla-norrby .",
        ),
        _rule(
            "same-body",
            WARNING,
            "Två noder för samma organisation delar upp uppgifterna mellan sig.",
            "Two nodes for one body split its facts between them.",
            'organisation:norrby-kommun skos:prefLabel "Norrby kommun"@sv ; skos:altLabel "Norrby stad"@sv .',
            'organisation:norrby-stad skos:prefLabel "Norrby  Kommun"@sv .',
        ),
        _rule(
            "query",
            VIOLATION,
            "En sparad fråga som inte går att köra, eller vars rubriker inte stämmer med texten, ger fel svar eller inget.",
            "A saved query that can't run, or whose header and text disagree, gives a wrong answer or none.",
            "VALUES ?network { UNDEF }",
            "#+ params: {network: …} without a line VALUES ?network { … }",
        ),
        _rule(
            "quote-missing",
            VIOLATION,
            "Ett citat som inte står i källan är inget belägg.",
            "A quote that is not in the source is no evidence.",
            'oa:exact "inleddes 1996"',
            'oa:exact "inleddes 1966"',
        ),
        _rule(
            "quote-ambiguous",
            VIOLATION,
            "Ett citat som finns på flera ställen pekar inte ut något av dem.",
            "A quote that is found in several places points at none of them.",
            'oa:exact "Kina" ; oa:prefix "Tianjin i"',
            'oa:exact "Kina"',
        ),
        _rule(
            "source-changed",
            WARNING,
            "När källans text har ändrats kan det som vilar på den behöva ses över.",
            "When the text of a source has changed, what rests on it may need another look.",
            "coop:sha256 of the file as it is",
            "coop:sha256 of the file as it was",
        ),
        _rule(
            "source-missing",
            WARNING,
            "Utan källans text kan citaten inte kontrolleras.",
            "Without the source's text the quotes can't be checked.",
            'coop:archivedAs "a-file-that-is-there.txt"',
            'coop:archivedAs "no-such-file.txt"',
        ),
        _rule(
            "no-focus",
            INFO,
            "En form som inte gäller någon sak har inte kontrollerat något; det ska inte se ut som ett godkännande.",
            "A shape that targets nothing has checked nothing; that must not look like approval.",
            "sh:targetClass coop:Partnership",
            "sh:targetClass coop:Partnershp",
        ),
    )
}


def whys(shapes: Iterable[Triple], shorten: Callable[[str], str]) -> dict[str, dict[str, str]]:
    """Why each rule is there, by its name and then by language: our own rules, and every shape that says so.

    A shape says it with rdfs:comment or sh:description.
    """
    found = {rule.name: dict(rule.why) for rule in RULES.values()}
    for subject, predicate, text in shapes:
        if isinstance(subject, NamedNode) and isinstance(text, Literal) and predicate.value in _SAYS_WHY:
            iri = subject.value
            name = iri.removeprefix(SHAPES) if iri.startswith(SHAPES) else shorten(iri)
            found.setdefault(name, {})[text.language or ""] = text.value
    return found


_SAYS_WHY = {RDFS + "comment", SH + "description"}
