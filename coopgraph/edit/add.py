"""Add a thing: its slug, its file, its facts, and the words that they rest on."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopgraph.edit import find
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.evidence import Support, found_file, put_evidence
from coopgraph.edit.graph import Graph
from coopgraph.edit.identity import free
from coopgraph.edit.kinds import KINDS, Field, Kind
from coopgraph.errors import UsageError
from coopgraph.iris import slug as slug_of
from coopgraph.store import Term
from coopgraph.validate.quotes import fold, sha256

_PUBLIC = set(
    "region municipality county-council county-administrative-board ministry agency eu-institution".split()
)
_FORMAL = {"association", "company", "institute", "university", "regional-association"}
_DATED = ("coop:start", "coop:end", "coop:date", "coop:status")

Values = Mapping[str, Sequence[str]]
"""What was entered, by the name of the field."""


def add(
    graph: Graph,
    kind: str,
    values: Values,
    *,
    new: Sequence[str] = (),
    supports: Sequence[tuple[str | None, Support]] = (),
    slug: str | None = None,
    sources: Path | None = None,
    language: str = "sv",
) -> Change:
    """A new thing of a kind in `KINDS`, from values as people write them.

    `new` are bodies that are not there yet and are added with it, each as `Musterstadt, stad i annat land, Tyskland`; an
    English name may follow the Swedish one after ` / `. Each support goes with the name of the field whose value it
    carries; with None it carries each date and the status that is given, else the thing as a whole. What is left empty
    and must be known is said not to be stated. Raises UsageError for what can't be meant, and for a slug that is or ever
    was in use.
    """
    adding = Adding(Draft(graph), sources=sources, language=language)
    bodies = [adding.body(text) for text in new]
    whole = adding.thing(kind, values, supports=supports, slug=slug)
    return propose(graph, "add", adding.draft.texts(), about=[whole, *bodies], notes=adding.draft.notes)


class Adding:
    """Puts new things into a draft; a later one may be about an earlier one, by its names or its prefixed name."""

    def __init__(
        self,
        draft: Draft,
        *,
        sources: Path | None = None,
        language: str = "sv",
        published: Collection[Path] | None = None,
    ) -> None:
        self.draft, self._sources, self._language = draft, sources, language
        self._published = published
        self._born: dict[str, NamedNode] = {}
        self._labels: dict[Term, Mapping[str, str]] = {}

    def body(self, text: str) -> NamedNode:
        """A new body, given by its name, kind and country."""
        name, *rest = (part.strip() for part in text.rsplit(",", 2))
        if len(rest) < 2:
            raise UsageError(
                f"'{text}' is no new body. Write its name, kind and country: Musterstadt, city abroad, Germany",
                f"'{text}' är ingen ny organisation. Skriv namn, slag och land: Musterstadt, stad i annat land, Tyskland",
            )
        swedish, _, english = (part.strip() for part in name.partition(" / "))
        values = {
            "name": [swedish],
            "name-en": [english] if english else [],
            "kind": [rest[0]],
            "country": [rest[1]],
        }
        what = KINDS["organisation"]
        known = self.draft.graph.names.expand(f"organisation:{slug_of(swedish)}")
        if self.draft.graph.describes(known):
            short = self.draft.graph.names.shorten(known.value)
            raise UsageError(
                f"{swedish} is there already ({short}): leave out --new. If this is another, add it first: "
                "coopgraph add organisation --slug SLUG",
                f"{swedish} finns redan ({short}): utelämna --new. Är detta en annan, lägg först till den: "
                "coopgraph add organisation --slug SLUG",
            )
        return self._put(what, values, self._terms(what, values), None)

    def thing(
        self,
        kind: str,
        values: Values,
        *,
        supports: Sequence[tuple[str | None, Support]] = (),
        slug: str | None = None,
    ) -> NamedNode:
        """A new thing of a kind in `KINDS`, with the words that its facts rest on; gives its IRI."""
        what = KINDS[kind]
        terms = self._terms(what, values)
        whole = self._put(what, values, terms, slug)
        for name, support in supports:
            support = replace(support, source=whole) if kind == "source" else support  # it speaks of itself
            _supported(self.draft, whole, what, terms, name, support, self._sources)
        return whole

    def _terms(self, what: Kind, values: Values) -> dict[str, list[Term]]:
        """What was entered, as terms. Raises UsageError for what can't be meant, or is missing."""
        terms = {
            field.name: [one for text in values.get(field.name, ()) for one in self._term(field, text)]
            for field in what.fields
        }
        lacking = [field for field in what.fields if field.must and not terms[field.name]]
        if what.fields[0].name in ("name", "title") and not terms[what.fields[0].name]:
            lacking.insert(0, what.fields[0])
        if lacking:
            names = ", ".join(f"--{one.name}" for one in lacking)
            raise UsageError(
                f"Missing for a new {what.label.en}: {names}", f"Saknas för {what.label.sv}: {names}"
            )
        return terms

    def _term(self, field: Field, text: str) -> list[Term]:
        if field.sort == "thing":
            born = self._born.get(find.key(text))
            if born is not None and self.draft.knows(born):
                return [born]
        try:
            return terms_of(self.draft.graph, field, text, self._language)
        except UsageError as error:
            if "organisation" not in field.of:
                raise
            raise UsageError(
                f'{error.text("en")} If the body is not there yet, add it with --new "{text}, KIND, COUNTRY".',
                f'{error.text("sv")} Finns organisationen inte än, lägg till den med --new "{text}, SLAG, LAND".',
            ) from None

    def _put(
        self, what: Kind, values: Values, terms: Mapping[str, Sequence[Term]], slug: str | None
    ) -> NamedNode:
        """Put a new thing into the draft, and what is given of it; gives its IRI."""
        draft, graph = self.draft, self.draft.graph
        labels = _labels(graph, what, terms, self._labels)
        whole = _minted(draft, what, terms, labels, slug, self._published)
        for class_ in what.classes or (_class_of(graph, terms),):
            draft.add(whole, "rdf:type", graph.names.expand(class_))
        for tag, label in labels.items():
            property_ = "dct:title" if what.name == "source" else "skos:prefLabel"
            draft.add(whole, property_, Literal(label, language=tag))
            self._born[find.key(label)] = whole
        self._born[find.key(graph.names.shorten(whole.value))] = whole
        self._labels[whole] = labels
        for field in what.fields:
            if field.name in ("name", "name-en", "title"):
                continue
            if field.sort == "identifier":
                put_identifiers(draft, whole, values.get(field.name, ()), self._language)
            elif field.sort == "file":
                _archived(draft, whole, values[field.name][0], self._sources)
            else:
                draft.add(whole, field.predicate, *terms[field.name])
        for predicate, value in _GIVEN.get(what.name, {}).items():
            if not any(field.predicate == predicate and terms[field.name] for field in what.fields):
                draft.add(whole, predicate, graph.names.expand(value))
        given = {field.predicate for field in what.fields if terms[field.name]}
        silent = [graph.names.expand(one) for one in what.silent if one not in given]
        draft.add(whole, "coop:notStated", *silent)
        return whole


_GIVEN = {
    "network": {"org:classification": "kind:network"},
    "partnership": {"coop:status": "status:unknown"},
    "source": {"dct:language": "lang:SWE"},
}
"""What is said of a kind of thing where nothing else is."""


def terms_of(graph: Graph, field: Field, text: str, language: str) -> list[Term]:
    """What a text means as the value of a field; nothing for an empty one. Raises UsageError."""
    text = text.strip()
    match field.sort:
        case "thing":
            return [find.thing(graph, text, field.of, language=language)]
        case "concept":
            return [find.concept(graph, field.of[0], text, language=language)]
        case "date":
            return [find.date(graph, text)] if text else []
        case "language":
            return [find.language_of_document(graph, text)]
        case "number":
            return [Literal(text, datatype=graph.names.expand("xsd:decimal"))]
        case "url":
            if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", text):
                raise UsageError(
                    f"'{text}' is no web address. It begins with https:// or http://.",
                    f"'{text}' är ingen webbadress. Den börjar med https:// eller http://.",
                )
            return [NamedNode(text)]
    tagged = re.fullmatch(r"(.*\S)@([a-z]{2,3})", text, re.DOTALL)
    return (
        [Literal(tagged[1], language=tagged[2]) if tagged else Literal(text, language="sv")] if text else []
    )


def _labels(
    graph: Graph,
    what: Kind,
    terms: Mapping[str, Sequence[Term]],
    born: Mapping[Term, Mapping[str, str]],
) -> dict[str, str]:
    """The names by language: those given, else made of the names of those it is between, some of them `born` with it."""
    if what.name == "source":
        title = terms["title"][0] if terms["title"] else None
        return {title.language or "sv": title.value} if isinstance(title, Literal) else {}
    given = {"sv": terms.get("name", ()), "en": terms.get("name-en", ())}
    labels = {tag: some[0].value for tag, some in given.items() if some}
    if not what.named_for or what.name == "membership":
        # a proper name that has no English form is repeated
        return {"sv": labels["sv"], "en": labels.get("en", labels["sv"])} if "sv" in labels else labels
    for tag in ("sv", "en"):
        names = [
            born[one][tag] if one in born else graph.label(one, tag)
            for field in what.named_for
            for one in terms[field]
        ]
        if what.name == "agreement":
            kind = graph.label(terms["kind"][0], tag)
            between = {"sv": " mellan ", "en": " of "}[tag] + {"sv": " och ", "en": " and "}[tag].join(names)
            when = f", {terms['date'][0].value[:4]}" if terms["date"] else ""
            labels.setdefault(tag, kind[:1].upper() + kind[1:] + between + when)
        else:
            labels.setdefault(tag, " – ".join(names))
    return labels


def _class_of(graph: Graph, terms: Mapping[str, Sequence[Term]]) -> str:
    """The class of a body, by what it is."""
    kind = terms["kind"][0].value.rpartition("/")[2]
    if terms["unit-of"]:
        return "org:OrganizationalUnit"
    if kind in _PUBLIC or kind.startswith("foreign-"):
        return "cv:PublicOrganisation"
    return "org:FormalOrganization" if kind in _FORMAL else "org:Organization"


def _minted(
    draft: Draft,
    what: Kind,
    terms: Mapping[str, Sequence[Term]],
    labels: Mapping[str, str],
    slug: str | None,
    published: Collection[Path] | None,
) -> NamedNode:
    """The IRI of the new thing. Raises UsageError where it is or was another's."""
    if slug is None:
        if what.named_for:
            slug = "--".join(
                one.value.rpartition("/")[2]
                for field in what.named_for
                for one in terms[field]
                if isinstance(one, NamedNode)
            )
            if what.name == "agreement" and terms["date"]:
                slug += f"-{terms['date'][0].value[:4].replace('X', '0')}"
        else:
            slug = slug_of(labels.get("sv", ""))
    new = free(draft.graph, draft.names.expand(f"{what.name}:{slug}").value, published=published)
    if draft.knows(new):
        raise UsageError(
            f"{what.name}:{slug} is added already. If this is another, give it a slug of its own: --slug",
            f"{what.name}:{slug} läggs redan till. Är detta något annat, ge det en egen slug: --slug",
        )
    return new


def put_identifiers(draft: Draft, whole: NamedNode, given: Sequence[str], language: str) -> None:
    """Put identifiers of a thing into a draft, each as `wikidata=Q1526`."""
    for text in given:
        kind, equals, notation = text.partition("=")
        if not equals:
            raise UsageError(
                f"'{text}' is no identifier. Write its kind and itself: wikidata=Q1526",
                f"'{text}' är ingen identifierare. Ange slag och värde: wikidata=Q1526",
            )
        type_ = find.concept(draft.graph, "idtype", kind, language=language)
        node = NamedNode(f"{whole.value}#{slug_of(type_.value.rpartition('/')[2])}")
        draft.add(whole, "adms:identifier", node)
        draft.add(node, "rdf:type", draft.names.expand("adms:Identifier"))
        draft.add(node, "dct:type", type_)
        draft.add(node, "skos:notation", Literal(notation.strip()))


def add_identifier(graph: Graph, thing: NamedNode, given: Sequence[str], *, language: str = "sv") -> Change:
    """Numbers or codes that somebody else has given a thing, each as `wikidata=Q1526`."""
    draft = Draft(graph)
    put_identifiers(draft, thing, given, language)
    return propose(graph, "identifier", draft.texts(), about=[thing])


def _archived(draft: Draft, whole: NamedNode, text: str, sources: Path | None) -> None:
    """The file with the text of a source, and its checksum."""
    path = found_file(text, sources)
    draft.add(whole, "coop:archivedAs", Literal(path.name))
    draft.add(whole, "coop:sha256", Literal(sha256(path)))
    draft.archived[whole] = fold(path.read_text(encoding="utf-8", errors="replace"))


def _supported(
    draft: Draft,
    whole: NamedNode,
    what: Kind,
    terms: Mapping[str, Sequence[Term]],
    name: str | None,
    support: Support,
    sources: Path | None,
) -> None:
    if name is not None:
        fields = [one for one in what.fields if one.name == name]
        if not fields:
            choices = ", ".join(one.name for one in what.fields)
            raise UsageError(
                f"A {what.label.en} has no field '{name}'. The fields are: {choices}.",
                f"Fältet '{name}' finns inte för {what.label.sv}. Fälten är: {choices}.",
            )
    else:
        fields = [one for one in what.fields if one.predicate in _DATED and terms[one.name]]
    if not fields:
        put_evidence(draft, whole, support, sources=sources)
    for field in fields:
        for value in terms[field.name] or (None,):
            put_evidence(draft, whole, support, property_=field.predicate, value=value, sources=sources)
