"""Find the thing that a person means: by slug, prefixed name, IRI, or any of its names in any language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from coopgraph.errors import Text, UsageError
from coopgraph.iris import Namespaces, slug
from coopgraph.store import Store

_NAMES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?name WHERE {
  ?thing skos:prefLabel|skos:altLabel|skos:notation|dct:title|rdfs:label ?name .
  FILTER(%s)
}
"""


def key(name: str) -> str:
    """What two spellings of one name share: case, accents, hyphens and spaces are folded."""
    return slug(name) or name.casefold()


class Names:
    """The names of the things whose IRI starts with a namespace of the prefixes `of`; of all things when empty."""

    def __init__(self, store: Store, namespaces: Namespaces, of: Sequence[str] = ()) -> None:
        self.namespaces = namespaces
        self.of = tuple(of)
        spaces = [namespaces.prefixes[prefix] for prefix in of] or [namespaces.base + "id/"]
        test = " || ".join(f"STRSTARTS(STR(?thing), {Literal(space)})" for space in spaces)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self.label: dict[str, str] = {}
        for thing, name in store.select(_NAMES % test):
            if not isinstance(thing, NamedNode) or name is None:
                continue
            iri = thing.value
            self.label.setdefault(iri, name.value)
            self._by_name[name.value.casefold()].add(iri)
            self._by_key[key(name.value)].add(iri)
        for space in spaces:
            for iri in self.label:
                if iri.startswith(space):
                    local = iri[len(space) :]
                    self._by_name[local.casefold()].add(iri)
                    self._by_key[key(local)].add(iri)

    def find(self, text: str) -> NamedNode:
        """The one thing that `text` means. Raises UsageError when there is none, or more than one."""
        text = text.strip()
        iri = self._as_iri(text)
        if iri is not None:
            if iri in self.label:
                return NamedNode(iri)
            raise self._nothing(text, text)
        for found in (self._by_name.get(text.casefold()), self._by_key.get(key(text))):
            if found and len(found) == 1:
                return NamedNode(next(iter(found)))
            if found:
                choices = "\n".join(
                    f"  {self.namespaces.shorten(one)}  {self.label[one]}" for one in sorted(found)
                )
                raise UsageError(
                    f"'{text}' can mean more than one thing. Say which:\n{choices}",
                    f"'{text}' kan betyda flera saker. Ange vilken:\n{choices}",
                )
        raise self._nothing(text, f"'{text}'")

    def _as_iri(self, text: str) -> str | None:
        if text.startswith("<") and text.endswith(">"):
            text = text[1:-1]
        if text.startswith(("http://", "https://")):
            return text
        prefix, colon, _ = text.partition(":")
        return self.namespaces.expand(text).value if colon and prefix in self.namespaces.prefixes else None

    def _nothing(self, text: str, shown: str) -> UsageError:
        near = self._near(text)
        return UsageError(
            f"Nothing in the graph is called {shown}.{near.en}", f"Inget i grafen heter {shown}.{near.sv}"
        )

    def _near(self, text: str) -> Text:
        wanted = key(text.rpartition("/")[2].rpartition(":")[2])
        found = process.extract(wanted, list(self._by_key), scorer=fuzz.WRatio, limit=5, score_cutoff=70)
        things = dict.fromkeys(iri for name, _, _ in found for iri in sorted(self._by_key[name]))
        if not things:
            kinds = ", ".join(self.of)
            return (
                Text(f" It must be one of: {kinds}.", f" Det ska vara av slaget: {kinds}.")
                if kinds
                else Text("", "")
            )
        near = ", ".join(f"{self.label[iri]} ({self.namespaces.shorten(iri)})" for iri in list(things)[:3])
        return Text(f" Did you mean {near}?", f" Menade du {near}?")
