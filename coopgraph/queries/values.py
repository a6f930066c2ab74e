"""From what a person types to the terms that a saved query is bound with."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode
from rapidfuzz import process

from coopgraph.errors import QueryError, Text, UsageError
from coopgraph.iris import Namespaces
from coopgraph.queries.names import Names, UnknownName
from coopgraph.queries.saved import Param, SavedQuery
from coopgraph.store import Store, Term

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")

Given = str | int | datetime.date | Term
NamesOf = Callable[[Sequence[str], str], Names]


class ParameterError(QueryError):
    """A parameter, or a value of one, that a saved query does not take. `rule` names what it breaks: unknown, missing,
    empty, one (more than one value where one is wanted), iri, date, integer or string. `plain` says it beside a form."""

    def __init__(self, en: str, sv: str, *, parameter: str, rule: str, plain: Text | None = None) -> None:
        self.parameter, self.rule, self.plain = parameter, rule, plain or Text(en, sv)
        super().__init__(en, sv)


def terms(
    query: SavedQuery,
    given: Mapping[str, Given | Sequence[Given]],
    store: Store,
    namespaces: Namespaces,
    *,
    language: str,
    names_of: NamesOf | None = None,
) -> dict[str, list[Term]]:
    """The values of a query's parameters as terms.

    `names_of` gives the names of things of some kinds in a language; without it they are read from the store each time.
    Raises ParameterError for an unknown parameter, a missing one, or a value of the wrong type.
    """
    names_of = names_of or (lambda of, language: Names(store, namespaces, of, language=language))
    for name in given:
        if name not in query.params:
            near = process.extractOne(name, list(query.params), score_cutoff=50)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            hint_sv = f" Menade du '{near[0]}'?" if near else ""
            has = ", ".join(query.params)
            raise ParameterError(
                f"{query.name} has no parameter '{name}'.{hint} It has: {has or 'none'}.",
                f"{query.name} har ingen parameter '{name}'.{hint_sv} Den har: {has or 'inga'}.",
                parameter=name,
                rule="unknown",
            )
    bound: dict[str, list[Term]] = {}
    for name, param in query.params.items():
        values = given.get(name)
        if values == "" or (isinstance(values, list) and "" in values):
            raise ParameterError(
                f"{query.name}, parameter '{name}': the value is empty. Leave the parameter out, or give it a value.",
                f"{query.name}, parametern '{name}': värdet är tomt. Utelämna parametern, eller ge den ett värde.",
                parameter=name,
                rule="empty",
            )
        if values is None or values == []:
            if not param.optional:
                shown = example(param, names_of, language) or "…"
                typed = f'-p {name}="{shown}"' if " " in shown else f"-p {name}={shown}"
                raise ParameterError(
                    f"{query.name} needs the parameter '{name}': {typed}",
                    f"{query.name} behöver parametern '{name}': {typed}",
                    parameter=name,
                    rule="missing",
                )
            continue
        several = list(values) if isinstance(values, Sequence) and not isinstance(values, str) else [values]
        if param.type == "date" and len(several) > 1:
            raise ParameterError(
                f"{query.name}, parameter '{name}': one date at a time. Ask once for each.",
                f"{query.name}, parametern '{name}': bara ett datum i taget. Fråga en gång för varje.",
                parameter=name,
                rule="one",
            )
        try:
            coded = [_code(query, param, value) for value in several]
            bound[name] = [_term(param, value, names_of, language) for value in coded]
        except UsageError as error:
            raise ParameterError(
                f"{query.name}, parameter '{name}': {error.en}",
                f"{query.name}, parametern '{name}': {error.sv}",
                parameter=name,
                rule=param.type,
                plain=_plain(param, error),
            ) from error
    return bound


def _plain(param: Param, error: UsageError) -> Text:
    """What is wrong with a value, by the names that a form has for things."""
    if isinstance(error, UnknownName):
        return error.plain
    en, sv = (param.label.get(language, param.name) for language in ("en", "sv"))
    return Text(f"{en}: {error.en}", f"{sv}: {error.sv}")


_EXAMPLE = {"date": "2020-12-31", "string": "text", "integer": "10"}


def example(param: Param, names_of: NamesOf, language: str) -> str | None:
    """A value that the parameter takes, as it is typed; None where the graph holds none."""
    if param.type != "iri":
        return param.choices[0] if param.choices else _EXAMPLE[param.type]
    return names_of(param.of, language).example()


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


def _term(param: Param, value: Given, names_of: NamesOf, language: str) -> Term:
    if isinstance(value, NamedNode | Literal | BlankNode):
        if isinstance(value, BlankNode) or (param.type == "iri") != isinstance(value, NamedNode):
            raise UsageError(
                f"{value} is not of the type {param.type}.", f"{value} är inte av typen {param.type}."
            )
        return value
    if param.type == "iri":
        return names_of(param.of, language).find(str(value))
    text = value.isoformat() if isinstance(value, datetime.date) else str(value).strip()
    if param.choices and text not in param.choices:
        choices = ", ".join(param.choices)
        raise UsageError(f"'{text}' is not one of {choices}.", f"'{text}' är inte något av {choices}.")
    if param.type == "date":
        try:
            # 20201231 and 2020-W53-4 are ISO 8601 too, and seldom meant
            day = datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise UsageError(
                f"'{text}' is not a date. Write year-month-day, such as 2020-12-31.",
                f"'{text}' är inget datum. Skriv år-månad-dag, till exempel 2020-12-31.",
            )
        return Literal(day.isoformat(), datatype=_DATE)
    if param.type == "integer":
        try:
            return Literal(int(text))
        except ValueError:
            raise UsageError(f"'{text}' is not a whole number.", f"'{text}' är inget heltal.") from None
    return Literal(text)
