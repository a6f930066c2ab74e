"""Match names in anybody's table to the things of the graph: the W3C community's reconciliation API, version 0.2.

Source: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/. An entity is a thing, by its path after `id/`; a type
is a folder of things; a property is a property of the ontology, or a kind of identifier (`idtype:scb`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from pyoxigraph import Literal, NamedNode

from coopgraph.errors import QueryError
from coopgraph.iris import plain
from coopgraph.project import DEFAULT_BASE
from coopgraph.publish.describe import describe
from coopgraph.publish.index import folder_name
from coopgraph.publish.reading import Reading
from coopgraph.publish.register import Register, Value, agreement
from coopgraph.publish.site import Site
from coopgraph.queries.names_index import Index

MOST_QUERIES = 100
MOST_CANDIDATES = 50
MOST_SUGGESTIONS = 20
LONGEST = 500
_CERTAIN = 95.0
_APART = 5.0
_DATE = "http://www.w3.org/2001/XMLSchema#date"
_IDENTIFIER = "idtype:"


class Reconciler:
    """The service for a site, answering in Swedish or English. All that it returns can be written as JSON.

    What is asked wrongly raises QueryError.
    """

    def __init__(self, site: Site, language: str, index: Index | None = None) -> None:
        self.site, self.language = site, language
        self.register = Register(site, language, index or Index.of(site.store, site.namespaces))

    def manifest(self, address: str) -> dict[str, Any]:
        """What the service is and can; `address` is where the site is, ending in "/"."""
        root = address.rstrip("/")

        def suggest(kind: str) -> dict[str, str]:
            return {
                "service_url": root,
                "service_path": f"/reconcile/suggest/{kind}",
                "flyout_service_url": root,
                "flyout_service_path": f"/reconcile/flyout/{kind}?id=${{id}}",
            }

        return {
            "versions": ["0.1", "0.2"],
            "name": self.site.title(self.language),
            "identifierSpace": self.register.start,
            "schemaSpace": DEFAULT_BASE + "ns#",
            "documentation": address + f"index.{self.language}.html",
            "view": {"url": address + "doc/{{id}}"},
            "defaultTypes": [self._type(kind) for kind in self.register.kinds],
            "suggest": {kind: suggest(kind) for kind in ("entity", "property", "type")},
            "preview": {"url": address + "reconcile/preview?id={{id}}", "width": 430, "height": 200},
            "extend": {
                "propose_properties": {"service_url": root, "service_path": "/reconcile/properties"},
                "property_settings": [
                    {
                        "name": "limit",
                        "label": self._say("Högst så många värden", "At most so many values"),
                        "type": "number",
                        "default": 0,
                        "help_text": self._say("0: alla", "0: all"),
                    }
                ],
            },
        }

    def queries(self, batch: object) -> dict[str, Any]:
        """Candidates for each query of a batch, the best first."""
        if not isinstance(batch, dict) or len(batch) > MOST_QUERIES:
            raise _wrong(
                f"queries must be an object of at most {MOST_QUERIES} queries",
                f"queries ska vara ett objekt med högst {MOST_QUERIES} frågor",
            )
        return {str(name): {"result": self._candidates(query)} for name, query in batch.items()}

    def _candidates(self, query: object) -> list[dict[str, Any]]:
        if not isinstance(query, dict):
            raise _wrong("each query must be an object", "varje fråga ska vara ett objekt")
        text = _text(query.get("query", ""), "query")
        limit = _number(query.get("limit", 10), MOST_CANDIDATES)
        asked = query.get("type") or []
        types = [_text(one, "type") for one in (asked if isinstance(asked, list) else [asked])]
        strict = query.get("type_strict", "any")
        wanted = _conditions(query.get("properties") or [])
        known = [self.register.values(name) for name, _ in wanted]  # an unknown property is told of first
        kinds = self._kinds(types, strict)
        found = self.register.near(text, kinds) if text else {}
        if not text:
            found = {path: 0.0 for values in known for path in values if path.partition("/")[0] in kinds}
        scored = []
        for path, score in found.items():
            score, sure, features = self._score(path, score if text else None, wanted)
            if types and path.partition("/")[0] not in types:
                score *= 0.9
            if score > 0:
                scored.append((score, sure, path, features))
        scored.sort(key=lambda one: (-one[0], one[2]))
        best = scored[0][0] if scored else 0.0
        rivals = sum(1 for score, *_ in scored if score > best - _APART)
        return [
            {
                **self._entity(path),
                "score": round(score, 1),
                "match": score >= _CERTAIN and rivals == 1 and place == 0 and sure,
                "features": features,
            }
            for place, (score, sure, path, features) in enumerate(scored[:limit])
        ]

    def _kinds(self, types: Sequence[str], strict: object) -> list[str]:
        """The types to look among."""
        if not types or strict == "should":
            return self.register.kinds
        if strict == "all" and len(set(types)) > 1:
            return []  # a thing is of one type
        return [kind for kind in self.register.kinds if kind in types]

    def _score(
        self, path: str, by_name: float | None, wanted: Sequence[tuple[str, list[str]]]
    ) -> tuple[float, bool, list[dict[str, Any]]]:
        """A candidate's score, whether nothing speaks against it, and what the score was made of.

        What the graph doesn't say of a thing speaks neither for nor against it; an identifier that agrees decides.
        """
        features: list[dict[str, Any]] = []
        if by_name is not None:
            features.append({"id": "name", "value": round(by_name, 1)})
        agreed: list[float] = []
        for name, texts in wanted:
            values = self.register.values(name).get(path)
            if values is None:
                continue
            fits = max((agreement(values, text) for text in texts), default=0.0)
            features.append({"id": name, "value": round(100 * fits, 1)})
            if name.startswith(_IDENTIFIER) and fits == 1.0:
                return 100.0, True, features
            agreed.append(fits)
        if not agreed:
            return by_name or 0.0, True, features
        together = 100 * sum(agreed) / len(agreed)
        score = together if by_name is None else 0.6 * by_name + 0.4 * together
        return score, min(agreed) > 0, features

    def suggest_entities(self, prefix: str, kinds: Sequence[str] = (), *, cursor: int = 0) -> dict[str, Any]:
        """Things whose name begins so."""
        asked = _text(prefix, "prefix")
        found = self.register.beginning(asked, kinds or self.register.kinds, max(cursor, 0), MOST_SUGGESTIONS)
        entities = [self._entity(path) for path in found]
        return {"result": [{"notable": one.pop("type"), **one} for one in entities]}

    def suggest_types(self, prefix: str, *, cursor: int = 0) -> dict[str, Any]:
        """Types whose name holds this."""
        return {"result": _holding([self._type(kind) for kind in self.register.kinds], prefix, cursor)}

    def suggest_properties(self, prefix: str, *, cursor: int = 0) -> dict[str, Any]:
        """Properties whose name holds this."""
        return {"result": _holding(self._properties(""), prefix, cursor)}

    def flyout(self, kind: str, name: str) -> dict[str, str] | None:
        """A line of HTML about an entity, a type or a property; None for an unknown one."""
        if kind == "entity":
            said = self._sentence(name)
        else:
            known = (
                self._properties("")
                if kind == "property"
                else [self._type(one) for one in self.register.kinds]
            )
            said = next((one["name"] for one in known if one["id"] == name), None)
        return None if said is None else {"id": name, "html": f"<p>{escape(said)}</p>"}

    def preview(self, path: str) -> str | None:
        """A small page about a thing; None for an unknown one."""
        said = self._sentence(path)
        if said is None:
            return None
        name = escape(self.register.label(path) or path)
        return (
            f'<!doctype html>\n<html lang="{self.language}"><head><meta charset="utf-8"><title>{name}</title></head>'
            f"<body><p><strong>{name}</strong></p><p>{escape(said)}</p><p><small>{escape(path)}</small></p></body></html>\n"
        )

    def properties(self, kind: str, *, limit: int = 0) -> dict[str, Any]:
        """The properties whose values can be fetched for things of a type; of any, where it is empty."""
        found = self._properties(kind)
        return {"type": kind, "properties": found[:limit] if limit > 0 else found}

    def extend(self, query: object) -> dict[str, Any]:
        """The values of properties for things, to fill in new columns with."""
        if not isinstance(query, dict) or not all(
            isinstance(query.get(name), list) for name in ("ids", "properties")
        ):
            raise _wrong("extend must have ids and properties", "extend ska ha ids och properties")
        paths = [_text(one, "ids") for one in query["ids"]]
        if len(paths) > 10 * MOST_QUERIES:
            raise _wrong(
                f"at most {10 * MOST_QUERIES} ids at a time", f"högst {10 * MOST_QUERIES} id:n åt gången"
            )
        columns = [_column(one) for one in query["properties"]]
        named = self.register.properties("")
        values = {name: self.register.values(name) for name, _ in columns}
        return {
            "meta": [{"id": name, "name": named[name]} for name, _ in columns],
            "rows": {
                path: {
                    name: self._cells(values[name].get(path, ()))[: limit or None] for name, limit in columns
                }
                for path in paths
            },
        }

    def _cells(self, values: Iterable[Value]) -> list[dict[str, Any]]:
        """Values as cells: things with their id, texts in the reader's language where they have one."""
        values = list(values)
        own = [one for one in values if getattr(one.term, "language", None) in (None, self.language)]
        return [self._cell(one) for one in own or values]

    def _cell(self, value: Value) -> dict[str, Any]:
        term = value.term
        if isinstance(term, Literal):
            found = plain(term)
            if term.datatype.value == _DATE:
                return {"date": f"{term.value}T00:00:00Z"}
            if isinstance(found, int | float) and not isinstance(found, bool):
                return {"int": found} if isinstance(found, int) else {"float": found}
            return {"str": term.value}
        path = term.value.removeprefix(self.register.start)
        known = term.value.startswith(self.register.start) and self.register.label(path) is not None
        return {"id": path, "name": value.name} if known else {"str": value.name}

    def _entity(self, path: str) -> dict[str, Any]:
        name, description = self.register.told([path]).get(path, (path, ""))
        return {
            "id": path,
            "name": name,
            "description": description,
            "type": [self._type(path.partition("/")[0])],
        }

    def _type(self, kind: str) -> dict[str, str]:
        return {"id": kind, "name": folder_name(kind, self.language)}

    def _properties(self, kind: str) -> list[dict[str, str]]:
        return [{"id": name, "name": label} for name, label in self.register.properties(kind).items()]

    def _sentence(self, path: str) -> str | None:
        if self.register.label(path) is None:
            return None
        thing = NamedNode(self.register.start + path)
        found = describe(thing, self.site.store, self.site.namespaces, language=self.language)
        return Reading(found, self.site.namespaces, self.language).sentence()

    def _say(self, sv: str, en: str) -> str:
        return sv if self.language == "sv" else en


def _wrong(en: str, sv: str) -> QueryError:
    return QueryError(f"{en[0].upper()}{en[1:]}.", f"{sv[0].upper()}{sv[1:]}.")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise _wrong(
            f"{name} must be a text of at most {LONGEST} signs",
            f"{name} ska vara en text med högst {LONGEST} tecken",
        )
    return value.strip()


def _number(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e6:
        raise _wrong("limit must be a number from 0 on", "limit ska vara ett tal från 0 och uppåt")
    return min(int(value), most)


def _conditions(properties: object) -> list[tuple[str, list[str]]]:
    """The wanted properties, each with the texts that its value may be."""
    found = []
    if not isinstance(properties, list) or len(properties) > MOST_QUERIES:
        raise _wrong("properties must be a short list", "properties ska vara en kort lista")
    for one in properties:
        if not isinstance(one, dict) or "pid" not in one or "v" not in one:
            raise _wrong("each property must have pid and v", "varje egenskap ska ha pid och v")
        given = one["v"] if isinstance(one["v"], list) else [one["v"]]
        texts = []
        for value in given[:MOST_QUERIES]:
            value = value.get("id") if isinstance(value, dict) else value
            if isinstance(value, int | float):  # a bool too
                value = str(value).lower().removesuffix(".0")
            texts.append(_text(value, "v"))
        found.append((_text(one["pid"], "pid"), [text for text in texts if text]))
    return [(name, texts) for name, texts in found if texts]


def _column(property_: object) -> tuple[str, int]:
    """A property to fetch, and how many of its values; 0 is all."""
    if not isinstance(property_, dict):
        raise _wrong("each property must be an object", "varje egenskap ska vara ett objekt")
    settings = property_.get("settings") or {}
    if not isinstance(settings, dict):
        raise _wrong("settings must be an object", "settings ska vara ett objekt")
    try:
        limit = _number(float(settings.get("limit") or 0), 1000)
    except (TypeError, ValueError):
        limit = 0
    return _text(property_.get("id"), "id"), limit


def _holding(found: list[dict[str, str]], prefix: str, cursor: int) -> list[dict[str, str]]:
    wanted = _text(prefix, "prefix").casefold()
    holding = [one for one in found if wanted in one["name"].casefold() or wanted in one["id"].casefold()]
    holding.sort(key=lambda one: not one["name"].casefold().startswith(wanted))
    return holding[max(cursor, 0) :][:MOST_SUGGESTIONS]
