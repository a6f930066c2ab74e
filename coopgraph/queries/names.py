"""Find the thing that a person means: by slug, prefixed name, IRI, or any of its names in any language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode
from rapidfuzz import process
from rapidfuzz.distance import OSA

from coopgraph.errors import Text, UsageError
from coopgraph.iris import Namespaces, slug
from coopgraph.store import Store

_NAMES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?name ?other WHERE {
  { ?thing skos:prefLabel|dct:title|rdfs:label ?name }
  UNION { ?thing skos:altLabel|skos:notation ?name BIND(true AS ?other) }
  FILTER(%s)
}
"""
_IN_A_SCHEME = "EXISTS { ?thing skos:inScheme ?scheme }"
# of several things with one name, the one that most people ask about; a place and a source come after all others
_FIRST = ("organisation", "network", "partnership", "agreement", "programme", "policy", "project")
_LAST = ("place", "source")
_NEAR = 0.6


def key(name: str) -> str:
    """What two spellings of one name share: case, accents, hyphens and spaces are folded."""
    return slug(name) or name.casefold()


class Names:
    """The names of the things whose IRI starts with a namespace of the prefixes `of`.

    When `of` is empty, of all things, countries and concepts too. `label` holds a name in the language, if there is one.
    """

    def __init__(
        self, store: Store, namespaces: Namespaces, of: Sequence[str] = (), *, language: str = "sv"
    ) -> None:
        self.store, self.namespaces, self.language = store, namespaces, language
        self.of = tuple(of)
        self._everything: Names | None = None
        things = namespaces.base + "id/"
        tests = [
            f"STRSTARTS(STR(?thing), {Literal(space)})"
            for space in ([namespaces.prefixes[prefix] for prefix in of] or [things])
        ]
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_key: dict[str, set[str]] = defaultdict(set)
        best: dict[str, tuple[int, str]] = {}
        languages = {"en": 1, "sv": 2} | {language: 0}
        for thing, name, other in store.select(_NAMES % " || ".join(tests if of else [*tests, _IN_A_SCHEME])):
            if not isinstance(thing, NamedNode) or not isinstance(name, Literal):
                continue
            iri = thing.value
            order = languages.get(name.language or "", 3)
            candidate = (order + (4 if other is not None else 0), name.value)
            best[iri] = min(best.get(iri, candidate), candidate)
            self._add(name.value, iri)
        self.label = {iri: name for iri, (_, name) in best.items()}
        for iri in self.label:
            self._add(iri.rpartition("/")[2], iri)
            if iri.startswith(things):
                self._add(iri.removeprefix(things), iri)

    def _add(self, name: str, iri: str) -> None:
        self._by_name[name.casefold()].add(iri)
        self._by_key[key(name)].add(iri)

    def find(self, text: str) -> NamedNode:
        """The one thing that `text` means. Raises UsageError when there is none, or more than one.

        When `of` is empty, a body comes before its place and a partnership before its source.
        """
        text = text.strip()
        iri = self._as_iri(text)
        if iri is not None:
            if iri in self.label:
                return NamedNode(iri)
            raise self._nothing(text, text)
        for found in (self._by_name.get(text.casefold()), self._by_key.get(key(text))):
            if not found:
                continue
            first = min(self._rank(one) for one in found)
            wanted = sorted(one for one in found if self._rank(one) == first)
            if len(wanted) == 1:
                return NamedNode(wanted[0])
            choices = "\n".join(f"  {self.namespaces.shorten(one)}  {self.label[one]}" for one in wanted)
            raise UsageError(
                f"'{text}' can mean more than one thing. Say which:\n{choices}",
                f"'{text}' kan betyda flera saker. Ange vilken:\n{choices}",
            )
        raise self._nothing(text, f"'{text}'")

    def namesakes(self, text: str) -> list[NamedNode]:
        """The things that `text` could also have meant, beside the one that `find` gives."""
        found = self._by_name.get(text.strip().casefold()) or self._by_key.get(key(text)) or set()
        ranked = sorted(found, key=lambda iri: (self._rank(iri), iri))
        return [NamedNode(iri) for iri in ranked[1:]]

    def example(self) -> str | None:
        """A name that means one thing; None where nothing has a name."""
        whole = sorted(name for iri, name in self.label.items() if "#" not in iri)
        return next((name for name in whole if len(self._by_name[name.casefold()]) == 1), None)

    def _rank(self, iri: str) -> int:
        """The place in the order of kinds; the same for all when `of` says what kinds are meant."""
        kind = self.namespaces.shorten(iri).partition(":")[0]
        if self.of or (kind not in _FIRST and kind not in _LAST):
            return len(_FIRST)
        return _FIRST.index(kind) if kind in _FIRST else len(_FIRST) + 1 + _LAST.index(kind)

    def _as_iri(self, text: str) -> str | None:
        if text.startswith("<") and text.endswith(">"):
            text = text[1:-1]
        if text.startswith(("http://", "https://")):
            return text
        prefix, colon, local = text.partition(":")
        space = self.namespaces.prefixes.get(prefix)
        return space + local if colon and space is not None else None

    def _nothing(self, text: str, shown: str) -> UsageError:
        other = self._of_another_kind(text)
        if other is not None:
            kinds = ", ".join(self.of)
            example = next(
                (f"{self.label[iri]} ({self.namespaces.shorten(iri)})" for iri in sorted(self.label)), None
            )
            such = Text(f", such as {example}", f", till exempel {example}") if example else Text("", "")
            return UsageError(
                f"{shown} is {other}, and what is wanted is of the kind {kinds}{such.en}.",
                f"{shown} är {other}, men här ska det vara av slaget {kinds}{such.sv}.",
            )
        near = self._near(text)
        return UsageError(
            f"Nothing in the graph is called {shown}.{near.en}", f"Inget i grafen heter {shown}.{near.sv}"
        )

    def _of_another_kind(self, text: str) -> str | None:
        """The thing that `text` means when it is not of the kinds asked for."""
        if not self.of:
            return None
        if self._everything is None:
            self._everything = Names(self.store, self.namespaces, language=self.language)
        everything = self._everything
        try:
            iri = everything.find(text).value
        except UsageError:
            return None
        short = self.namespaces.shorten(iri)
        return everything.label[iri] if text == short else short

    def _near(self, text: str) -> Text:
        """The three things whose name, in any language, is fewest changes away; then those whose name contains it."""
        wanted = key(text.rpartition("/")[2].rpartition(":")[2])
        found = process.extract(
            wanted, list(self._by_key), scorer=OSA.normalized_similarity, limit=5, score_cutoff=_NEAR
        )
        inside = sorted(name for name in self._by_key if len(wanted) > 2 and wanted in name)
        names = [*(name for name, _, _ in found), *inside]
        things = list(
            dict.fromkeys(iri for name in names for iri in sorted(self._by_key[name]) if "#" not in iri)
        )[:3]
        if not things:
            kinds = ", ".join(self.of)
            return (
                Text(f" It must be one of: {kinds}.", f" Det ska vara av slaget: {kinds}.")
                if kinds
                else Text("", "")
            )
        shown = [f"{self.label[iri]} ({self.namespaces.shorten(iri)})" for iri in things]
        return Text(f" Did you mean {listed(shown, 'or')}?", f" Menade du {listed(shown, 'eller')}?")


def listed(words: Sequence[str], last: str) -> str:
    """The words as a list in a sentence: `listed(["a", "b", "c"], "or")` is "a, b or c"."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
