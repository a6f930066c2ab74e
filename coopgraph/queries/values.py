"""From what a person types to the terms that a saved query is bound with."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode
from rapidfuzz import process

from coopgraph.errors import QueryError, UsageError
from coopgraph.iris import Namespaces
from coopgraph.queries.names import Names
from coopgraph.queries.saved import Param, SavedQuery
from coopgraph.store import Store, Term

_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")

Given = str | int | datetime.date | Term


def terms(
    query: SavedQuery,
    given: Mapping[str, Given | Sequence[Given]],
    store: Store,
    namespaces: Namespaces,
    *,
    language: str,
) -> dict[str, list[Term]]:
    """The values of a query's parameters as terms.

    Raises QueryError naming the parameter for an unknown one, a missing one, or a value of the wrong type.
    """
    for name in given:
        if name not in query.params:
            near = process.extractOne(name, list(query.params), score_cutoff=50)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            hint_sv = f" Menade du '{near[0]}'?" if near else ""
            has = ", ".join(query.params)
            raise QueryError(
                f"{query.name} has no parameter '{name}'.{hint} It has: {has or 'none'}.",
                f"{query.name} har ingen parameter '{name}'.{hint_sv} Den har: {has or 'inga'}.",
            )
    bound: dict[str, list[Term]] = {}
    for name, param in query.params.items():
        values = given.get(name)
        if values == "":
            raise QueryError(
                f"{query.name}, parameter '{name}': the value is empty. Leave the parameter out, or give it a value.",
                f"{query.name}, parametern '{name}': värdet är tomt. Utelämna parametern, eller ge den ett värde.",
            )
        if values is None or values == []:
            if not param.optional:
                example = f"-p {name}={_example(param, store, namespaces, language)}"
                raise QueryError(
                    f"{query.name} needs the parameter '{name}': {example}",
                    f"{query.name} behöver parametern '{name}': {example}",
                )
            continue
        several = list(values) if isinstance(values, Sequence) and not isinstance(values, str) else [values]
        if param.type == "date" and len(several) > 1:
            raise QueryError(
                f"{query.name}, parameter '{name}': one date at a time. Ask once for each.",
                f"{query.name}, parametern '{name}': bara ett datum i taget. Fråga en gång för varje.",
            )
        try:
            coded = [_code(query, param, value) for value in several]
            bound[name] = [_term(param, value, store, namespaces, language) for value in coded]
        except UsageError as error:
            raise QueryError(
                f"{query.name}, parameter '{name}': {error.en}",
                f"{query.name}, parametern '{name}': {error.sv}",
            ) from error
    return bound


_EXAMPLE = {"date": "2020-12-31", "string": "text", "integer": "10"}


def _example(param: Param, store: Store, namespaces: Namespaces, language: str) -> str:
    """A value that the parameter takes, as it is typed in a shell."""
    if param.type != "iri":
        return param.choices[0] if param.choices else _EXAMPLE[param.type]
    name = Names(store, namespaces, param.of, language=language).example() or "…"
    return f'"{name}"' if " " in name else name


def _code(query: SavedQuery, param: Param, value: Given) -> Given:
    """The code that a word of either language stands for in the column of the parameter's name."""
    column = query.columns.get(param.name)
    if column is None or not isinstance(value, str):
        return value
    word = value.strip().casefold()
    return next(
        (
            code
            for code, texts in column.codes.items()
            if word in {text.casefold() for text in texts.values()}
        ),
        value,
    )


def _term(param: Param, value: Given, store: Store, namespaces: Namespaces, language: str) -> Term:
    if isinstance(value, NamedNode | Literal | BlankNode):
        if isinstance(value, BlankNode) or (param.type == "iri") != isinstance(value, NamedNode):
            raise UsageError(
                f"{value} is not of the type {param.type}.", f"{value} är inte av typen {param.type}."
            )
        return value
    if param.type == "iri":
        return Names(store, namespaces, param.of, language=language).find(str(value))
    text = value.isoformat() if isinstance(value, datetime.date) else str(value).strip()
    if param.choices and text not in param.choices:
        choices = ", ".join(param.choices)
        raise UsageError(f"'{text}' is not one of {choices}.", f"'{text}' är inte något av {choices}.")
    if param.type == "date":
        try:
            return Literal(datetime.date.fromisoformat(text).isoformat(), datatype=_DATE)
        except ValueError:
            raise UsageError(
                f"'{text}' is not a date. Write year-month-day, such as 2020-12-31.",
                f"'{text}' är inget datum. Skriv år-månad-dag, till exempel 2020-12-31.",
            ) from None
    if param.type == "integer":
        try:
            return Literal(int(text))
        except ValueError:
            raise UsageError(f"'{text}' is not a whole number.", f"'{text}' är inget heltal.") from None
    return Literal(text)
