"""What a body is in another register: looked up, decided by a steward, kept, and not asked again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode

from coopgraph.edit import record
from coopgraph.edit.add import put_identifiers
from coopgraph.edit.change import Change, Draft, propose
from coopgraph.edit.graph import Graph
from coopgraph.edit.record import Decision
from coopgraph.errors import EditRefused, Text, UsageError
from coopgraph.project import Project
from coopgraph.reconcile.register import Hit, Register
from coopgraph.sheets.match import AREA_CODES, Body, bodies

OPERATION = "reconcile"


class Found(NamedTuple):
    """What a body may be, without what it is known not to be."""

    body: Body
    hits: tuple[Hit, ...]

    @property
    def certain(self) -> Hit | None:
        """The entry that leaves no doubt."""
        return next((one for one in self.hits if one.certain), None)


class Choice(NamedTuple):
    """That a body is the same as an entry, or is not."""

    body: Body
    hit: Hit
    same: bool


def decisions(project: Project) -> list[Decision]:
    """What has been decided and not been taken back, the first first."""
    names = (name for name in record.names(project) if name.split("-")[1:2] == [OPERATION])
    return [one for name in names for one in record.load(project, name).decided]


def undecided(graph: Graph, register: Register, *, folder: str = "organisation") -> list[Body]:
    """The bodies of which it is not known what they are in the register."""
    known = _known(graph.project, register)
    return [
        one
        for one in bodies(graph, folder)
        if not any(same for same in known.get(_mark(one), {}).values())
        and not _has_entry(graph, one, register)
    ]


def _has_entry(graph: Graph, body: Body, register: Register) -> bool:
    kind = register.key.removeprefix("idtype:")
    if kind != register.key:
        return any(one == kind for one, _ in body.identifiers)
    same = graph.objects(graph.names.expand(body.id), "skos:exactMatch")
    return any(one.value.startswith(register.key) for one in same)


def look_up(project: Project, register: Register, wanted: Sequence[Body]) -> Iterator[Found]:
    """What the bodies may be, but for what was decided to be another."""
    known = _known(project, register)
    for body, hits in register.hits(wanted):
        others = known.get(_mark(body), {})
        yield Found(body, tuple(one for one in hits if others.get(one.id) is not False))


def decided_as(project: Project, register: Register, body: Body) -> str | None:
    """The entry that a body was decided to be."""
    known = _known(project, register).get(_mark(body), {})
    return next((entry for entry, same in known.items() if same), None)


def _known(project: Project, register: Register) -> dict[str, dict[str, bool]]:
    """What was decided of each body: by entry, whether it is the same. The last word counts."""
    found: dict[str, dict[str, bool]] = {}
    for one in decisions(project):
        if one.register == register.key:
            found.setdefault(one.thing or one.name, {})[one.id] = one.same
    return found


def _mark(body: Body) -> str:
    """What decisions are about: the thing, else the name."""
    return body.id or body.names[0]


def decide(
    graph: Graph, register: Register, choices: Sequence[Choice], *, by: str, reason: str, language: str = "sv"
) -> Change:
    """The change that keeps decisions, and gives each thing that is the same as an entry its identifier, else a link to it.

    Raises UsageError where it is not said who decides and why, or one body would be two entries, by an earlier decision too;
    EditRefused where the
    entry is another's already.
    """
    by, reason = by.strip(), reason.strip()
    if not by or "@" in by:
        raise UsageError(
            "Say who decides, as a post or role and not as a person: --by 'international coordinator'",
            "Ange vem som avgör, som befattning eller roll och inte som person: --by 'internationell samordnare'",
        )
    if not reason:
        raise UsageError("Say why: --reason TEXT", "Ange varför: --reason TEXT")
    taken = [_mark(one.body) for one in choices if one.same]
    double = next((one for one in taken if taken.count(one) > 1), None)
    if double:
        raise UsageError(f"{double} can't be two entries.", f"{double} kan inte vara två poster.")
    _not_decided_otherwise(graph.project, register, choices)
    draft = Draft(graph)
    for choice in choices:
        if choice.same and choice.body.id:
            _join(draft, register, choice, language)
    decided = [
        Decision(
            one.body.id, one.body.names[0], register.key, one.hit.id, one.hit.label, same=one.same, by=by
        )
        for one in choices
    ]
    about = [graph.names.expand(one.body.id) for one in choices if one.body.id]
    return propose(
        graph, OPERATION, draft.texts(), about=about, reason=reason, notes=draft.notes, decided=decided
    )


def _not_decided_otherwise(project: Project, register: Register, choices: Sequence[Choice]) -> None:
    """Raise UsageError where a body was decided to be another entry, and where one that it is to be, is also denied now."""
    denied = {(_mark(one.body), one.hit.id) for one in choices if not one.same}
    for one in choices:
        earlier = decided_as(project, register, one.body) if one.same else None
        if earlier in (None, one.hit.id) or (_mark(one.body), earlier) in denied:
            continue
        operation = next(
            name
            for name in reversed(record.names(project))
            if name.split("-")[1:2] == [OPERATION]
            and any(
                old.same and old.id == earlier and (old.thing or old.name) == _mark(one.body)
                for old in record.load(project, name).decided
            )
        )
        raise UsageError(
            f"{one.body.names[0]} was decided to be {earlier}, and can't be {one.hit.id} too. "
            f"Take the earlier decision back first: coopgraph undo {operation}",
            f"{one.body.names[0]} har avgjorts vara {earlier} och kan inte också vara {one.hit.id}. "
            f"Ta först tillbaka det tidigare beslutet: coopgraph undo {operation}",
        )


def _join(draft: Draft, register: Register, choice: Choice, language: str) -> None:
    """Put into the draft what the thing gets from the entry that it is."""
    graph, thing = draft.graph, draft.names.expand(choice.body.id)
    kind = register.key.removeprefix("idtype:")
    if kind == register.key:
        entry = NamedNode(register.key + choice.hit.id)
        link = draft.names.expand("skos:exactMatch")
        others = [
            draft.names.shorten(quad.subject.value)
            for quad in graph.references(entry)
            if quad.predicate == link and isinstance(quad.subject, NamedNode) and quad.subject != thing
        ]
        if others:
            raise EditRefused(
                f"{entry.value} is {others[0]} already. Are they one? coopgraph merge {choice.body.id} {others[0]}",
                f"{entry.value} är redan {others[0]}. Är de en och samma? coopgraph merge {choice.body.id} {others[0]}",
            )
        if entry not in graph.objects(thing, "skos:exactMatch"):
            draft.add(thing, "skos:exactMatch", entry)
        return
    places = [one for one in graph.objects(thing, "dct:spatial") if isinstance(one, NamedNode)]
    for one, code in dict.fromkeys([(kind, choice.hit.id), *choice.hit.identifiers]):
        # the territory has the codes, and the body its own number
        of_place = one in AREA_CODES or (one != kind and one != "organisationsnummer")
        owner = thing if not of_place else places[0] if len(places) == 1 else None
        if owner is None:
            draft.notes.append(
                Text(
                    f"{choice.body.names[0]} has no territory (dct:spatial) of its own to hold {one} {code}; it is kept with the decision only. "
                    f"{_next_step(graph, choice, len(places)).en}",
                    f"{choice.body.names[0]} har inget eget territorium (dct:spatial) som kan ha {one} {code}; det finns bara i beslutet. "
                    f"{_next_step(graph, choice, len(places)).sv}",
                )
            )
        elif code not in _codes(graph, owner, one):
            put_identifiers(draft, owner, [f"{one}={code}"], language)


def _next_step(graph: Graph, choice: Choice, places: int) -> Text:
    """How a body without a territory gets one."""
    if places:
        return Text("It has several.", "Den har flera.")
    name, country = shlex.quote(choice.body.names[0]), choice.body.country or "SWE"
    add = f"coopgraph add place --name {name} --country {country}"
    link = f"coopgraph evidence add {choice.body.id} --property place --value"
    return Text(
        f"Give it one: {add}, and then {link} PLACE --source SOURCE --quote WORDS",
        f"Ge den ett: {add}, och sedan {link} PLATS --source KÄLLA --quote ORD",
    )


def _codes(graph: Graph, owner: NamedNode, kind: str) -> list[str]:
    """The codes of a kind that a thing has."""
    parts = [one for one in graph.objects(owner, "adms:identifier") if isinstance(one, NamedNode)]
    type_ = graph.names.expand(f"idtype:{kind}")
    return [
        code.value
        for part in parts
        if type_ in graph.objects(part, "dct:type")
        for code in graph.objects(part, "skos:notation")
    ]


def certain(found: Iterable[Found]) -> list[Choice]:
    """The choices that leave no doubt; an entry that two bodies may be is none."""
    sure = [(one.body, hit) for one in found if (hit := one.certain)]
    counts = [hit.id for _, hit in sure]
    return [Choice(body, hit, same=True) for body, hit in sure if counts.count(hit.id) == 1]
