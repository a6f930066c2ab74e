"""Find the thing that a person means: by slug, prefixed name, IRI, or any of its names in any language.

What is written as the graph has it is looked up there. Only for other spellings is the index of names needed, which a build keeps
beside its snapshot; for another store it is made, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from coopgraph.build.named import ALSO_NAMED, NAMED, PREFIXES, key
from coopgraph.errors import Text, UsageError
from coopgraph.iris import Namespaces
from coopgraph.queries.names_index import Hit, Index
from coopgraph.store import Store
from coopgraph.store.lookup import about, known

_CALLED = PREFIXES + "SELECT DISTINCT ?thing WHERE {{ VALUES ?name {{ {names} }} ?thing {named} ?name }}"
_LABELS = PREFIXES + "SELECT ?thing ?name WHERE {{ VALUES ?thing {{ {things} }} ?thing {named} ?name }}"
_SCHEMED = (
    PREFIXES + "SELECT DISTINCT ?thing WHERE {{ VALUES ?thing {{ {things} }} ?thing skos:inScheme ?scheme }}"
)
_ANY_NAME = f"{NAMED}|{ALSO_NAMED}"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_NAMES = tuple(
    map(
        NamedNode,
        (
            *(_SKOS + name for name in ("prefLabel", "altLabel", "notation")),
            "http://purl.org/dc/terms/title",
            "http://www.w3.org/2000/01/rdf-schema#label",
        ),
    )
)
# of several things with one name, the one that most people ask about; a place and a source come after all others
_FIRST = ("organisation", "network", "partnership", "agreement", "programme", "policy", "project")
_LAST = ("place", "source")
_MANY = 20
"""How many of the things that a name can mean are told."""
_NONE = {
    "agreement": Text("No agreement", "Inget avtal"),
    "country": Text("No country", "Inget land"),
    "membership": Text("No membership", "Inget medlemskap"),
    "network": Text("No network", "Inget nätverk"),
    "organisation": Text("No body", "Ingen organisation"),
    "partnership": Text("No partnership", "Inget samarbete"),
    "place": Text("No place", "Ingen plats"),
    "policy": Text("No policy", "Ingen policy"),
    "programme": Text("No programme", "Inget program"),
    "project": Text("No project", "Inget projekt"),
    "source": Text("No source", "Ingen källa"),
    "topic": Text("No topic", "Inget ämne"),
}
"""How a sentence begins that says that nothing of a kind is called so."""


class UnknownName(UsageError):
    """A name that nothing of the kinds meant has. `plain` says so to a person who has a list of the names to choose from."""

    def __init__(self, en: str, sv: str, *, plain: Text) -> None:
        self.plain = plain
        super().__init__(en, sv)


class Names:
    """The names of the things whose IRI starts with a namespace of the prefixes `of`.

    When `of` is empty, of all things, countries and concepts too. `label` holds a name in the language, if there is one.
    """

    def __init__(
        self,
        store: Store,
        namespaces: Namespaces,
        of: Sequence[str] = (),
        *,
        language: str = "sv",
        index: Index | None = None,
    ) -> None:
        self.store, self.namespaces, self.language = store, namespaces, language
        self.of = tuple(of)
        self._things = namespaces.base + "id/"
        self._spaces = tuple(namespaces.prefixes[prefix] for prefix in of) or (self._things,)
        self._known = index

    @cached_property
    def index(self) -> Index:
        """The index of all names; one that others have open serves too."""
        return self._known or Index.of(self.store, self.namespaces)

    @cached_property
    def _everything(self) -> Names:
        """The names of things of all kinds."""
        return Names(self.store, self.namespaces, language=self.language, index=self.index)

    @cached_property
    def label(self) -> dict[str, str]:
        return self.index.labels(self._spaces if self.of else ("",), self.language)

    def search(self, text: str, kinds: Sequence[str] = (), limit: int = 10) -> list[Hit]:
        """The things whose names fit the text best, for search as one types; `kinds` are prefixes such as `organisation`."""
        spaces = [self.namespaces.prefixes[kind] for kind in kinds] or self._spaces[: len(self.of)]
        return self.index.search(text, self.language, spaces=spaces, limit=limit)

    def find(self, text: str) -> NamedNode:
        """The one thing that `text` means. Raises UsageError when there is none, or more than one.

        When `of` is empty, a body comes before its place and a partnership before its source.
        """
        text = text.strip()
        iri = self._as_iri(text)
        if iri is not None:
            if self._ours(self._that_are([iri])):
                return NamedNode(iri)
            raise self._nothing(text, text)
        found = self._meant(text)
        if not found:
            raise self._nothing(text, f"'{text}'")
        first = min(self._rank(one) for one in found)
        wanted = sorted(one for one in found if self._rank(one) == first)
        if len(wanted) == 1:
            return NamedNode(wanted[0])
        labels = self._labels(wanted)
        choices = "\n".join(f"  {self.namespaces.shorten(one)}  {labels[one]}" for one in wanted[:_MANY])
        more = len(wanted) - _MANY
        raise UsageError(
            f"'{text}' can mean more than one thing. Say which:\n{choices}"
            + (f"\n  … and {more} more" if more > 0 else ""),
            f"'{text}' kan betyda flera saker. Ange vilken:\n{choices}"
            + (f"\n  … och {more} till" if more > 0 else ""),
        )

    def namesakes(self, text: str) -> list[NamedNode]:
        """The things that `text` could also have meant, beside the one that `find` gives; an IRI means one thing."""
        if self._as_iri(text.strip()) is not None:
            return []
        ranked = sorted(self._meant(text.strip()), key=lambda iri: (self._rank(iri), iri))
        return [NamedNode(iri) for iri in ranked[1:]]

    def example(self) -> str | None:
        """A name that means one thing; None where nothing has a name."""
        whole = sorted(name for iri, name in self.label.items() if "#" not in iri)
        return next((name for name in whole if len(self._ours(self.index.named(name))) == 1), None)

    def _meant(self, text: str) -> set[str]:
        """The things that the text names: as it is written, then with case and accents folded."""
        if not text:
            return set()
        return (
            self._ours(self._called(text) | self._with_slug(text.casefold()))
            or self._ours(self._with_slug(key(text)))
            or self._ours(self.index.named(text))
            or self._ours(self.index.named(text, folded=True))
        )

    def _called(self, text: str) -> set[str]:
        """The things with this name in Swedish, English or no language, in the usual ways to write capitals."""
        spellings = dict.fromkeys((text, text.capitalize(), text.title(), text.upper(), text.lower()))
        names = [
            str(literal)
            for one in spellings
            for literal in (Literal(one, language="sv"), Literal(one, language="en"), Literal(one))
        ]
        return self._all(_CALLED.format(names=" ".join(names), named=_ANY_NAME))

    def _with_slug(self, text: str) -> set[str]:
        """The things whose IRI ends so after a prefix, or after all that things have in common."""
        if not text or not text.isascii() or not text.replace("-", "").replace("/", "").isalnum():
            return set()
        spaces = [self._things, *(space for space in self.namespaces.prefixes.values() if self._holds(space))]
        return self._that_are([space + text for space in (*spaces, *self._spaces)])

    def _holds(self, space: str) -> bool:
        """Whether things that are meant may be in a namespace."""
        return not self.of or space.startswith(self._spaces)

    def _that_are(self, iris: Iterable[str]) -> set[str]:
        """Those of the IRIs that are things with a name."""
        try:
            things = [NamedNode(iri) for iri in dict.fromkeys(iris)]
        except ValueError:
            return set()
        named = {quad.subject for quad in about(self.store, things, _NAMES[:1])}  # nearly every thing
        left = known(self.store, [thing for thing in things if thing not in named])
        named |= {quad.subject for quad in about(self.store, left, _NAMES[1:])}
        return {thing.value for thing in named if isinstance(thing, NamedNode)}

    def _ours(self, iris: set[str]) -> set[str]:
        """Those of the things that are of the kinds meant."""
        if not iris:
            return iris
        found = {iri for iri in iris if iri.startswith(self._spaces)}
        others = sorted(iris - found)
        if others and not self.of:
            found |= self._all(_SCHEMED.format(things=" ".join(str(NamedNode(iri)) for iri in others)))
        return found

    def _all(self, query: str) -> set[str]:
        return {thing.value for (thing,) in self.store.select(query) if isinstance(thing, NamedNode)}

    def _labels(self, iris: Sequence[str]) -> dict[str, str]:
        """What a few things are called: in the language, else in another; any other name where there is no label."""
        order = {"en": 1, "sv": 2} | {self.language: 0}
        best: dict[str, tuple[int, str]] = {}
        things = " ".join(str(NamedNode(iri)) for iri in iris)
        for rank, named in enumerate((NAMED, ALSO_NAMED)):
            for thing, name in self.store.select(_LABELS.format(things=things, named=named)):
                if isinstance(thing, NamedNode) and isinstance(name, Literal):
                    candidate = (order.get(name.language or "", 3) + 4 * rank, name.value)
                    best[thing.value] = min(best.get(thing.value, candidate), candidate)
        return {iri: name for iri, (_, name) in best.items()}

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

    def _nothing(self, text: str, shown: str) -> UnknownName:
        none = _NONE.get(
            self.of[0] if len(self.of) == 1 else "", Text("Nothing in the graph", "Inget i grafen")
        )
        kinds, bare = ", ".join(self.of), shown.strip("'")
        other = self._of_another_kind(text)
        near = None if other else self._near(text)
        choose = near or Text(" Choose one in the list.", " Välj i listan.")
        plain = Text(f"{none.en} is called {bare}.{choose.en}", f"{none.sv} heter {bare}.{choose.sv}")
        if other is not None:
            example = next((self._shown(iri, self.label[iri]) for iri in sorted(self.label)), None)
            such = Text(f", such as {example}", f", till exempel {example}") if example else Text("", "")
            return UnknownName(
                f"{shown} is {other}, and what is wanted is of the kind {kinds}{such.en}.",
                f"{shown} är {other}, men här ska det vara av slaget {kinds}{such.sv}.",
                plain=plain,
            )
        wanted = Text(f" It must be one of: {kinds}.", f" Det ska vara av slaget: {kinds}.")
        hint = near or (wanted if len(self.of) > 1 else Text("", ""))
        return UnknownName(
            f"{none.en} is called {shown}.{hint.en}", f"{none.sv} heter {shown}.{hint.sv}", plain=plain
        )

    def _of_another_kind(self, text: str) -> str | None:
        """The thing that `text` means when it is not of the kinds asked for."""
        if not self.of:
            return None
        everything = self._everything
        try:
            iri = everything.find(text).value
        except UsageError:
            return None
        short = self.namespaces.shorten(iri)
        return everything._labels([iri])[iri] if text == short else short

    def _near(self, text: str) -> Text | None:
        """The three things whose name, in any language, is most like the text, as a question; None where none is like it."""
        wanted = text.rpartition("/")[2].rpartition(":")[2]
        hits = self.index.near(wanted, self._spaces[: len(self.of)], self.language, 3)
        if not hits:
            return None
        shown = [self._shown(hit.iri, hit.label) for hit in hits]
        return Text(f" Did you mean {listed(shown, 'or')}?", f" Menade du {listed(shown, 'eller')}?")

    def _shown(self, iri: str, label: str) -> str:
        return f"{label} ({self.namespaces.shorten(iri)})"


def listed(words: Sequence[str], last: str) -> str:
    """The words as a list in a sentence: `listed(["a", "b", "c"], "or")` is "a, b or c"."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
