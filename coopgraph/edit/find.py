"""What a steward means by a name: a thing of the graph, a concept of a scheme, a property; and values as RDF terms."""

from __future__ import annotations

import datetime
import re
import shlex
from collections.abc import Iterator, Sequence

from pyoxigraph import Literal, NamedNode

from coopgraph.dates import EDTF, bounds
from coopgraph.edit.graph import Graph
from coopgraph.edit.kinds import KINDS
from coopgraph.errors import Text, UsageError
from coopgraph.iris import slug
from coopgraph.store import Term

_NAMING = ("skos:prefLabel", "skos:altLabel", "skos:notation", "dct:title", "rdfs:label")


_FEW = 12
"""Of a list of so many, all are told."""


def key(name: str) -> str:
    """What two spellings of one name share: case, accents, hyphens and spaces are folded."""
    return slug(name) or name.casefold()


def thing(graph: Graph, text: str, of: Sequence[str] = (), *, language: str = "sv") -> NamedNode:
    """The thing that a slug, prefixed name, IRI or any of its names means; `of` are the folders it may stand in.

    Raises UsageError when there is none, or more than one.
    """
    text = text.strip()
    direct = _as_iri(graph, text, of)
    if direct is not None and graph.describes(direct):
        return direct
    spaces = tuple(graph.names.prefixes[prefix] for prefix in of) or (graph.names.base + "id/",)
    found = _called(graph, text) | _with_slug(graph, text.casefold())
    if of:
        found = {one for one in found if one.value.startswith(spaces)}
    # a body comes before its place, and what it does before its source
    late = tuple(graph.names.prefixes[prefix] for prefix in ("place", "source"))
    first = {one for one in found if not one.value.startswith(late)} or found
    if len(first) == 1 and next(iter(first)).value.startswith(spaces):
        return first.pop()
    from coopgraph.queries.names import Names

    return Names(graph.assembly.store, graph.names, of, language=language).find(text)


def _called(graph: Graph, text: str) -> set[NamedNode]:
    """What has this very name, in Swedish, English or no language, in the usual ways to write capitals.

    It is the first step of `Names.find`, without what that has to load for the others.
    """
    spellings = dict.fromkeys((text, text.capitalize(), text.title(), text.upper(), text.lower()))
    return {
        quad.subject
        for one in spellings
        for tag in ("sv", "en", None)
        for predicate in _NAMING
        for quad in graph.engine.quads_for_pattern(
            None, graph.names.expand(predicate), Literal(one, language=tag) if tag else Literal(one)
        )
        if isinstance(quad.subject, NamedNode)
    }


def _with_slug(graph: Graph, text: str) -> set[NamedNode]:
    """What is known under this slug, whichever prefix it has."""
    if not re.fullmatch(r"[a-z0-9]+([-/]+[a-z0-9]+)*", text):
        return set()
    spaces = {graph.names.base + "id/", *graph.names.prefixes.values()}
    return {one for space in spaces if graph.describes(one := NamedNode(space + text))}


def _as_iri(graph: Graph, text: str, of: Sequence[str]) -> NamedNode | None:
    prefix, colon, local = text.partition(":")
    if text.startswith(("http://", "https://")):
        return NamedNode(text) if re.fullmatch(r"[^\s<>\"{}|\\^`]+", text) else None
    if colon and prefix in graph.names.prefixes and re.fullmatch(r"[\w.#/-]+", local):
        return graph.names.expand(text)
    if len(of) == 1 and re.fullmatch(r"[a-z0-9-]+", text):
        return graph.names.expand(f"{of[0]}:{text}")
    return None


def concepts(graph: Graph, scheme: str) -> Iterator[NamedNode]:
    """The concepts whose IRIs begin with the prefix `scheme`."""
    space = graph.names.prefixes[scheme]
    for quad in graph.engine.quads_for_pattern(
        None, graph.names.expand("skos:inScheme"), NamedNode(space.rstrip("/"))
    ):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def concept(graph: Graph, scheme: str, text: str, *, language: str = "sv") -> NamedNode:
    """The concept of a scheme that a code or a name in any language means. Raises UsageError."""
    wanted = key(text.removeprefix(f"{scheme}:"))
    space = graph.names.prefixes[scheme]
    if text.startswith(f"{scheme}:") and (code := text.removeprefix(f"{scheme}:")).replace("-", "").isalnum():
        member = graph.names.expand("skos:inScheme"), NamedNode(space.rstrip("/"))
        if any(graph.engine.quads_for_pattern(NamedNode(space + code), *member)):
            return NamedNode(space + code)
    names: dict[str, NamedNode] = {}
    every = sorted(concepts(graph, scheme), key=lambda one: one.value)
    for one in every:
        texts = [one.value.removeprefix(space)]
        texts += [
            quad.object.value
            for name in _NAMING
            for quad in graph.engine.quads_for_pattern(one, graph.names.expand(name), None)
            if isinstance(quad.object, Literal)
        ]
        for name in texts:
            names.setdefault(key(name), one)
    if wanted in names:
        return names[wanted]
    from rapidfuzz import process

    from coopgraph.queries.names import listed

    near = process.extract(wanted, list(names), limit=3, score_cutoff=60)
    choices = list(dict.fromkeys(names[name] for name, _, _ in near)) or (every if len(every) < 120 else [])
    if len(every) <= _FEW:
        choices = every
    some = len(choices) < len(every)
    hint = _elsewhere(graph, scheme, text, wanted)
    en, sv = (
        [f"{graph.label(one, code)} ({one.value.removeprefix(space)})" for one in choices]
        for code in ("en", "sv")
    )
    what = graph.label(NamedNode(space.rstrip("/")), "en"), graph.label(NamedNode(space.rstrip("/")), "sv")
    raise UsageError(
        f"'{text}' is no {what[0]}.{hint.en}"
        + (f" It can be {listed(en, 'or')}" + (f", of {len(every)} in all." if some else ".") if en else ""),
        f"'{text}' är inte något värde för {what[1]}.{hint.sv}"
        + (
            f" Det kan vara {listed(sv, 'eller')}" + (f", av {len(every)} i allt." if some else ".")
            if sv
            else ""
        ),
    )


def _elsewhere(graph: Graph, scheme: str, text: str, wanted: str) -> Text:
    """Where a value belongs that is one of another kind of thing: a friendship agreement is no kind of partnership."""
    for kind in KINDS.values():
        for field in kind.fields:
            if field.name == "kind" and field.of != (scheme,):
                for one in concepts(graph, field.of[0]):
                    if wanted in (key(graph.label(one, "sv")), key(graph.label(one, "en"))):
                        said = f"coopgraph add {kind.name} --kind {shlex.quote(text)}"
                        return Text(
                            f" It is a {field.label.en}: {said}.", f" Det är ett {field.label.sv}: {said}."
                        )
    return Text("", "")


def language_of_document(graph: Graph, text: str) -> NamedNode:
    """The language of a source: `sv`, `svenska`, `SWE`."""
    codes = {
        "sv": "SWE",
        "svenska": "SWE",
        "swedish": "SWE",
        "en": "ENG",
        "engelska": "ENG",
        "english": "ENG",
    }
    code = codes.get(text.casefold(), text.upper())
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise UsageError(
            f"'{text}' is no language code. Write three letters, such as SWE, ENG or FIN.",
            f"'{text}' är ingen språkkod. Skriv tre bokstäver, till exempel SWE, ENG eller FIN.",
        )
    return graph.names.expand(f"lang:{code}")


def date(graph: Graph, text: str) -> Literal:
    """A date in EDTF; decades may be written as people write them: `1940-talet`, `since the 1940s`. Raises UsageError."""
    said = re.sub(r"^(?:since|from|sedan|från(?: och med)?)\s+", "", text.strip(), flags=re.IGNORECASE)
    decade = re.fullmatch(r"(?:the )?(\d{3})0(?:-?tal(?:et)?|s)", said, re.IGNORECASE)
    said = f"{decade[1]}X" if decade else said
    try:
        bounds(said)
    except ValueError:
        raise UsageError(
            f"'{text}' is no date. Write it as precisely as the source has it: 1996, 1996-05, 1996-05-17, 199X or 'the 1990s'.",
            f"'{text}' är inget datum. Skriv det så noga som källan har det: 1996, 1996-05, 1996-05-17, 199X eller 1990-talet.",
        ) from None
    return Literal(said, datatype=NamedNode(EDTF))


def today() -> Literal:
    return Literal(datetime.datetime.now(datetime.UTC).date().isoformat(), datatype=NamedNode(EDTF))


_A_KIND = {"kind", "slag", "type", "typ"}


def refuse_class(graph: Graph, property_: str) -> None:
    """Raise UsageError where the property is the class of a thing, which decides what else may be said of it."""
    if property_ == "a" or graph.names.expand(property_) == graph.names.expand("rdf:type"):
        raise UsageError(
            "The class of a thing (rdf:type) is never changed. Its kind is: coopgraph correct THING kind VALUE. "
            "If it is another sort of thing altogether, remove it and add it anew.",
            "En saks klass (rdf:type) ändras aldrig. Det gör däremot dess slag: coopgraph correct SAK slag VÄRDE. "
            "Är det en helt annan sorts sak, ta bort den och lägg till den på nytt.",
        )


def _field_of(graph: Graph, about: NamedNode, text: str) -> str | None:
    """The property that the words of `coopgraph add` mean for a thing; what kind it is, is said otherwise of a body."""
    folder = graph.names.shorten(about.value.partition("#")[0]).partition(":")[0]
    if text in _A_KIND:
        a_body = "#" not in about.value and folder in ("organisation", "network")
        return "org:classification" if a_body else "dct:type"
    fields = KINDS[folder].fields if folder in KINDS and "#" not in about.value else ()
    return next((one.predicate for one in fields if text in (one.name, one.label.sv, one.label.en)), None)


def property_(graph: Graph, text: str, about: NamedNode | None = None) -> str:
    """The property, as a prefixed name, that a name means: `coop:start`, `start`, `början`; of a thing that it is said about
    the words of `coopgraph add` come first. Raises UsageError.
    """
    if text in ("a", "rdf:type"):
        refuse_class(graph, text)
    if about is not None and (field := _field_of(graph, about, text.casefold())):
        return field
    known: dict[str, str] = {}
    for kind in ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "rdf:Property"):
        for quad in graph.engine.quads_for_pattern(
            None, graph.names.expand("rdf:type"), graph.names.expand(kind)
        ):
            if not isinstance(quad.subject, NamedNode):
                continue
            short = graph.names.shorten(quad.subject.value)
            if text == short:
                return short
            if short == "rdf:type":
                continue
            labels = graph.engine.quads_for_pattern(quad.subject, graph.names.expand("rdfs:label"), None)
            own = not short.startswith("coop:")
            for name in (short.partition(":")[2], *(label.object.value for label in labels)):  # type: ignore[union-attr]
                folded = name.casefold()
                if folded not in known or not own:
                    known[folded] = short
    if text.casefold() in known:
        return known[text.casefold()]
    from rapidfuzz import process

    from coopgraph.queries.names import listed

    found = process.extract(text.casefold(), list(known), limit=3, score_cutoff=60)
    near = list(dict.fromkeys(known[name] for name, _, _ in found))
    raise UsageError(
        f"There is no property '{text}'." + (f" Did you mean {listed(near, 'or')}?" if near else ""),
        f"Det finns ingen egenskap '{text}'." + (f" Menade du {listed(near, 'eller')}?" if near else ""),
    )


def value_like(graph: Graph, text: str, predicate: str, old: Term | None, *, language: str = "sv") -> Term:
    """A value for a property, of the same sort as the one that it has or that others have: date, text, concept, thing."""
    like = old
    if like is None:
        pattern = graph.engine.quads_for_pattern(None, graph.names.expand(predicate), None)
        found = next((quad.object for quad in pattern), None)
        like = found if isinstance(found, NamedNode | Literal) else None
    if isinstance(like, Literal):
        if like.datatype.value == EDTF:
            return date(graph, text)
        tag = re.fullmatch(r"(.*)@([a-z]{2,3})", text, re.DOTALL)
        if like.language:
            return Literal(tag[1], language=tag[2]) if tag else Literal(text, language=like.language)
        return Literal(text, datatype=like.datatype)
    if isinstance(like, NamedNode):
        space = like.value.rpartition("/")[0] + "/"
        prefix = next((one for one, ns in graph.names.prefixes.items() if ns == space), "")
        if not like.value.startswith(graph.names.base) or "/id/concept/" in like.value:
            if prefix and any(True for _ in concepts(graph, prefix)):
                return concept(graph, prefix, text, language=language)
            if text.startswith(("http://", "https://")):
                return NamedNode(text)
        if text.startswith("#"):
            return NamedNode(like.value.partition("#")[0] + text)
    return thing(graph, text, language=language)
