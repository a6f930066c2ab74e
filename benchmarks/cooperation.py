"""How the bodies of a generated graph cooperate: partnerships, agreements, networks, memberships, policies, changes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from benchmarks.names import Name
from benchmarks.things import (
    AGREEMENTS,
    COLLABORATIONS,
    ROLES,
    STATUSES,
    TOPICS,
    Body,
    Facts,
    Thing,
    both,
    date,
    edtf,
    evidence,
    labels,
    pick,
    time,
)


def predecessors(bodies: list[Body], chance: Random) -> dict[str, list[Body]]:
    """For one Swedish body in thirty, those that it replaced: one after the other, or two at once."""
    found = {}
    for body in bodies:
        if body.kind in ("region", "municipality") and chance.random() < 1 / 30:
            town = body.name.short
            council = Name(f"Landstinget i {town}", f"{town} County Council", town, "")
            union = Name(f"Regionförbundet {town}", f"{town} Regional Association", town, "")
            found[body.slug] = [
                Body(f"landstinget-{body.slug}", council, "county-council", body.country, body.source),
                Body(
                    f"regionforbundet-{body.slug}", union, "regional-association", body.country, body.source
                ),
            ][: chance.choice((1, 1, 2))]
    return found


def changes(bodies: list[Body], former: dict[str, list[Body]], chance: Random) -> Iterator[Thing]:
    """The changes that replaced the predecessors, and the predecessors themselves."""
    for body in bodies:
        gone = former.get(body.slug)
        if gone is None:
            continue
        for one in gone:
            facts = [("a", "cv:PublicOrganisation"), *labels(one.name.sv, one.name.en)]
            facts += [("org:classification", f"kind:{one.kind}"), ("coop:country", f"country:{one.country}")]
            yield Thing("organisation", one.slug, [("", facts)])
        facts = [("a", "org:ChangeEvent"), *labels(f"{body.name.sv} bildas", f"{body.name.en} is formed")]
        facts += [("org:originalOrganization", f"organisation:{one.slug}") for one in gone]
        year = chance.randrange(1996, 2019)
        facts += [("org:resultingOrganization", f"organisation:{body.slug}"), ("coop:date", edtf(str(year)))]
        proofs = [
            evidence("date", "", body, f"bildades {year}", chance, "coop:date", edtf(str(year))),
            evidence("succession", "", body, "tog över uppgifterna", chance, "org:originalOrganization"),
        ]
        yield Thing("event", f"{body.slug}-bildas", [("", facts), *proofs])


def partnerships(
    count: int, bodies: list[Body], former: dict[str, list[Body]], chance: Random
) -> Iterator[Thing]:
    """Partnerships of bodies in two or more countries, and the agreements that found three in ten of them."""
    swedish = [body for body in bodies if body.country == "SWE"]
    known = set()
    while count:
        a = pick(swedish if chance.random() < 0.5 else bodies, chance)
        b = pick(bodies, chance)
        pair = frozenset((a.slug, b.slug))
        if a.country == b.country or pair in known:
            continue
        known.add(pair)
        count -= 1
        slug = f"{a.slug}--{b.slug}"
        yield partnership(slug, a, b, pick(bodies, chance), chance)
        if chance.random() < 0.3:
            yield from agreement(slug, a, former.get(a.slug, [a])[0], b, chance)


def partnership(slug: str, a: Body, b: Body, third: Body, chance: Random) -> Thing:
    begun, status = 2015 - int(70 * chance.random() ** 1.5), chance.choice(STATUSES)
    kind = f"collaboration:{chance.choice(COLLABORATIONS)}"
    topics = [f"topic:{topic}" for topic in chance.sample(TOPICS, chance.choice((0, 1, 1, 2)))]
    when, proofs = time(begun, status, a, "", chance)
    name = f"{a.name.short} – {b.name.short}"
    facts = [("a", "coop:Partnership"), *labels(name, name), ("dct:type", kind)]
    facts += [("dct:subject", topic) for topic in topics]
    facts += [("coop:hasParty", f"organisation:{a.slug}"), ("coop:hasParty", f"organisation:{b.slug}"), *when]
    nodes = [("", facts), *proofs]
    nodes.append(evidence("parties", "", a, f"samarbetar med {b.name.short}", chance, "coop:hasParty"))
    if chance.random() < 0.1:  # a second source that says the same
        nodes.append(evidence("parties-2", "", b, f"samarbetar med {a.name.short}", chance, "coop:hasParty"))
    nodes.append(evidence("kind", "", a, f"avtal med {b.name.short}", chance, "dct:type", kind))
    nodes += [
        evidence(f"topic-{n}", "", a, "samarbetet gäller detta", chance, "dct:subject", topic)
        for n, topic in enumerate(topics, 1)
    ]
    if third.slug not in (a.slug, b.slug) and chance.random() < 0.08:
        role = chance.choice(("party", "coordinator", "financier"))
        facts = [
            ("a", "org:Membership"),
            ("org:organization", "<>"),
            ("org:member", f"organisation:{third.slug}"),
        ]
        facts += [("org:role", f"role:{role}"), ("coop:start", edtf(str(begun + 2)))]
        quote = f"med sedan {begun + 2}"
        proof = evidence(role, f"#{role}", a, quote, chance, "coop:start", edtf(str(begun + 2)))
        nodes += [(f"#{role}", facts), proof]
    return Thing("partnership", slug, nodes)


def agreement(slug: str, body: Body, signatory: Body, other: Body, chance: Random) -> Iterator[Thing]:
    """An agreement, signed by whoever acted then; one in fifty was entered twice and retired."""
    kind = f"agreementkind:{chance.choice(AGREEMENTS)}"
    signed = edtf(date(chance.randrange(1960, 2012), chance))
    facts = [
        ("a", "coop:Agreement"),
        *labels(f"Avtal med {other.name.short}", f"Agreement with {other.name.short}"),
    ]
    facts += [("dct:type", kind), ("coop:founds", f"partnership:{slug}")]
    facts += [("coop:hasSignatory", f"organisation:{one.slug}") for one in (signatory, other)]
    proofs = [
        evidence("kind", "", body, "avtal om samarbete", chance, "dct:type", kind),
        evidence("signatories", "", body, "undertecknades av båda", chance, "coop:hasSignatory"),
    ]
    said = evidence("date", "", body, "när avtalet undertecknades", chance, "coop:date", signed)
    yield Thing("agreement", slug, [("", [*facts, ("coop:date", signed)]), *proofs, said])
    if chance.random() < 0.02:
        facts += [
            ("owl:deprecated", "true"),
            ("dct:isReplacedBy", f"agreement:{slug}"),
            ("coop:date", edtf("2024-01")),
        ]
        facts += [("coop:reason", text) for text in both("Fanns redan.", "Was there already.")]
        yield Thing("agreement", f"{slug}-igen", [("", facts), *proofs])


def networks(count: int, chance: Random) -> Iterator[Thing]:
    """Networks, and a group of work in every second."""
    for n in range(count):
        topic = chance.choice(TOPICS)
        facts = [("a", "coop:Network"), *labels(f"Nätverket {n} för {topic}", f"Network {n} for {topic}")]
        facts += [("skos:altLabel", f'"N{n}"@en'), ("dct:subject", f"topic:{topic}")]
        yield Thing("network", f"n{n}", [("", facts)])
        if n % 2 == 0:
            facts = [("a", "org:OrganizationalUnit"), *labels(f"Arbetsgrupp {n}", f"Working group {n}")]
            facts += [("org:classification", "kind:working-group"), ("org:unitOf", f"network:n{n}")]
            facts.append(("dct:subject", f"topic:{chance.choice(TOPICS)}"))
            yield Thing("organisation", f"n{n}-arbetsgrupp", [("", facts)])


def memberships(
    count: int, bodies: list[Body], former: dict[str, list[Body]], networks: int, chance: Random
) -> Iterator[Thing]:
    """Memberships in networks, a few of which have most of the members, and in their groups."""
    known = set()
    while count:
        body = pick(bodies, chance)
        network = int(networks * chance.random() ** 2.2)
        if (body.slug, network) in known:
            continue
        known.add((body.slug, network))
        count -= 1
        member = former[body.slug][0] if body.slug in former and chance.random() < 0.5 else body
        status = "ended" if member is not body else chance.choice(STATUSES)
        yield membership(f"{member.slug}--n{network}", body, member, f"network:n{network}", status, chance)
        if network % 2 == 0 and chance.random() < 0.05:
            group = f"organisation:n{network}-arbetsgrupp"
            yield seat(f"{body.slug}--n{network}-arbetsgrupp", body, group, "participant", chance)


def membership(slug: str, told: Body, member: Body, network: str, status: str, chance: Random) -> Thing:
    role = f"role:{chance.choice(ROLES)}"
    when, proofs = time(chance.randrange(1980, 2016), status, told, "", chance)
    facts = [
        ("a", "org:Membership"),
        ("org:organization", network),
        ("org:member", f"organisation:{member.slug}"),
    ]
    proof = evidence("role", "", told, "är medlem i nätverket", chance, "org:role", role)
    return Thing("membership", slug, [("", [*facts, ("org:role", role), *when]), proof, *proofs])


def seat(slug: str, body: Body, where: str, role: str, chance: Random) -> Thing:
    """A role that no source dates."""
    facts: Facts = [
        ("a", "org:Membership"),
        ("org:organization", where),
        ("org:member", f"organisation:{body.slug}"),
    ]
    facts += [("org:role", f"role:{role}"), ("coop:notStated", "coop:start")]
    if where.startswith("organisation:"):
        facts.append(("coop:level", chance.choice(("level:political", "level:official"))))
    return Thing("membership", slug, [("", facts), evidence("role", "", body, "deltar i arbetet", chance)])


def programmes(count: int, bodies: list[Body], chance: Random) -> Iterator[Thing]:
    """Programmes with contact points, and in each a project with participants."""
    for n in range(count):
        body, year = pick(bodies, chance), chance.randrange(2000, 2015)
        when, proofs = time(year, chance.choice(("active", "ended")), body, "", chance)
        facts = [("a", "schema:FundingScheme"), ("a", "org:OrganizationalCollaboration"), *when]
        facts += [*labels(f"Program {n}", f"Programme {n}"), ("coop:hasFigure", "<#figure-points>")]
        figure = [("a", "coop:Figure"), ("coop:measure", "measure:contact-points"), ("coop:number", "2")]
        figure.append(("coop:qualifier", "qualifier:exact"))
        proof = evidence("points", "#figure-points", body, "två kontaktpunkter", chance, "coop:number", "2")
        yield Thing("programme", f"p{n}", [("", facts), *proofs, ("#figure-points", figure), proof])
        when, proofs = time(year + 1, chance.choice(STATUSES), body, "", chance)
        facts = [("a", "schema:Project"), ("a", "org:OrganizationalCollaboration"), *when]
        facts += [*labels(f"Projekt {n}", f"Project {n}"), ("coop:inProgramme", f"programme:p{n}")]
        facts.append(("dct:subject", f"topic:{chance.choice(TOPICS)}"))
        proof = evidence(
            "programme", "", body, "ingår i programmet", chance, "coop:inProgramme", f"programme:p{n}"
        )
        yield Thing("project", f"p{n}", [("", facts), *proofs, proof])
        for role, where in (
            ("contact-point", "programme"),
            ("coordinator", "project"),
            ("participant", "project"),
        ):
            for one in dict.fromkeys(pick(bodies, chance) for _ in range(2)):
                yield seat(f"{one.slug}--{where}-p{n}-{role}", one, f"{where}:p{n}", role, chance)


def policies(count: int, bodies: list[Body], chance: Random) -> Iterator[Thing]:
    """Swedish bodies' policies with goals and means, the boards that answer for them, and their decisions."""
    swedish = [body for body in bodies if body.kind in ("municipality", "region")]
    for body in swedish[:count]:
        board, year = f"organisation:{body.slug}-styrelsen", chance.randrange(2005, 2020)
        facts = [
            ("a", "org:OrganizationalUnit"),
            *labels(f"Styrelsen, {body.name.sv}", f"Executive Board, {body.name.en}"),
        ]
        facts += [("org:classification", "kind:executive-board"), ("org:unitOf", f"organisation:{body.slug}")]
        facts.append(("coop:hasResponsibility", "<#resp>"))
        duty = [("a", "coop:Responsibility"), ("dct:type", "responsibility:decides")]
        duty += [
            ("dct:description", text)
            for text in both("Vilka vänorter som finns.", "Which twin towns there are.")
        ]
        proof = evidence("resp", "#resp", body, "styrelsen beslutar om vänorter", chance)
        yield Thing("organisation", f"{body.slug}-styrelsen", [("", facts), ("#resp", duty), proof])
        yield policy(body, board, year, chance)
        facts = [("a", "eldl:Decision"), ("dct:type", "outcome:adoption"), ("coop:decidingBody", board)]
        facts += [
            ("coop:concerns", f"policy:{body.slug}"),
            ("coop:paragraph", f'"§ {chance.randrange(1, 200)}"'),
        ]
        facts += [("coop:date", edtf(f"{year}-05-{chance.randrange(1, 29):02d}"))]
        facts += labels(f"Beslut om strategi, {body.name.sv}", f"Decision on a strategy, {body.name.en}")
        proof = evidence("adoption", "", body, "antog strategin", chance)
        yield Thing("decision", f"{body.slug}-{year}", [("", facts), proof])


def policy(body: Body, board: str, year: int, chance: Random) -> Thing:
    facts = [("a", "coop:Policy"), *labels(f"Strategi, {body.name.sv}", f"Strategy, {body.name.en}")]
    facts += [("dct:type", "policykind:strategy"), ("coop:policyOf", f"organisation:{body.slug}")]
    facts += [("coop:status", "status:adopted"), ("coop:adoptedBy", board), ("coop:date", edtf(str(year)))]
    nodes: list[tuple[str, Facts]] = [("", facts)]
    nodes.append(evidence("adopted", "", body, "styrelsen antog", chance, "coop:status", "status:adopted"))
    nodes.append(evidence("date", "", body, f"antogs {year}", chance, "coop:date", edtf(str(year))))
    for kind, order in (("Goal", 1), ("Goal", 2), ("Means", 1)):
        part, topic = f"#{kind.lower()}-{order}", chance.choice(TOPICS)
        facts.append((f"coop:has{kind}", f"<{part}>"))
        said = [("dct:description", text) for text in both(f"Mer om {topic}.", f"More on {topic}.")]
        nodes.append(
            (
                part,
                [("a", f"coop:{kind}"), ("coop:order", str(order)), *said, ("dct:subject", f"topic:{topic}")],
            )
        )
        nodes.append(evidence(part[1:], part, body, "vi ska göra mer", chance))
    return Thing("policy", body.slug, nodes)
