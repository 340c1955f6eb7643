"""Earlier rounds of a call: how many projects, how large their grants were, and which Swedish municipalities took part.

Every value comes from a row of a publisher. A municipality is named only when an organisation number proves it or a person has
confirmed it, and grants are summed up only where five or more are known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import Any

from monitor.archive.connection import Database
from monitor.awards.families import code_family, code_year
from monitor.awards.model import PartnerRole
from monitor.awards.organisations import (
    MUNICIPAL_NUMBERS,
    Decision,
    NamedOrganisation,
    Sureness,
    by_key,
    decision_key,
    identify,
    number_owners,
    order_by_nearness,
)

MIN_GRANTS = 5
"""Fewest known grants from which a middle and a range are told."""
MAX_MUNICIPALITIES = 3
_MAX_SHOWN_PROJECTS, _MOST_COUNTRIES = 10, 8
_MOST_VARIABLES = 500
"""Projects that one statement names."""
_SURE = (Sureness.SURE, Sureness.CONFIRMED)


@dataclass(frozen=True, slots=True)
class GrantRange:
    """Size of grants: median, and the values below which a tenth and nine tenths of them lie, in whole units of `currency`."""

    low: int
    middle: int
    high: int
    currency: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundedProject:
    """Project of an earlier round."""

    key: str
    title: str
    year: int | None
    granted: int | None
    """Grant in whole units of `currency`; None when not stated."""
    currency: str
    url: str
    coordinator: str
    """Name and country of the coordinator, or ""."""
    publisher: str
    """Key of ORIGINS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundedMunicipality:
    """Swedish municipality in an earlier round."""

    name: str
    year: int | None
    project: str
    url: str
    share: int | None
    """Its own part of the grant in whole units of `currency`; None when not stated."""
    currency: str
    is_coordinator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndecidedOrganisation:
    """Organisation in an earlier round that may be the reader's municipality or its own, for a person to decide."""

    key: str
    """Key under which the decision is stored."""
    name: str
    place: str
    sureness: Sureness
    year: int | None
    project: str
    """Title of its latest project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRounds:
    """Rounds of a call before its own year."""

    family: str
    year: int
    """Year of the last round that has projects."""
    projects: int
    """Number of projects of that round."""
    grants: GrantRange | None
    """Size of grants in that round; None when fewer than five are known."""
    municipalities: tuple[FundedMunicipality, ...]
    """Swedish municipalities in any earlier round, the nearest and likest first; each stands once, with its latest project."""
    listed: tuple[FundedProject, ...]
    """Projects of the last round, the largest grants first, at most ten."""
    years: Mapping[int, int]
    """Number of projects by year."""
    countries: Sequence[tuple[str, int]]
    """Countries of the partners in the last round with the numbers of projects that had one, the most frequent first."""
    partners: int | None
    """Median number of partners of a project in that round; None when no partners are known."""
    undecided: tuple[UndecidedOrganisation, ...] = ()
    """Organisations in any earlier round that may be the reader's municipality or its own, the likest first."""


def earlier_rounds(
    db: Database, code: str, home: str, decisions: Iterable[Decision] = (), *, before: int | None = None
) -> EarlierRounds | None:
    """Return the earlier rounds of a call by its code, None when no project of one is known.

    Args:
        db: Open file of funded projects.
        code: Code of the call or topic.
        home: Name of the reader's municipality, to which others are near or far; "" for none.
        decisions: People's decisions about organisations.
        before: Year before which rounds are earlier; None for the year in the code.
    """
    family, limit = code_family(code), before or code_year(code)
    if not family or limit is None:
        return None
    rows = _distinct(
        db.query(
            "SELECT id, source, key, title, year, granted, currency, url FROM projects"
            " WHERE family = ? AND year < ? AND NOT is_sum AND family != '' ORDER BY granted IS NULL, granted DESC, key",
            [family, limit],
        )
    )
    if not rows:
        return None
    years = Counter(int(row["year"]) for row in rows)
    last = [row for row in rows if row["year"] == max(years)]
    swedish = participants_of(db, [row["id"] for row in rows], country="SE")
    listed = last[:_MAX_SHOWN_PROJECTS]
    leading = participants_of(db, [row["id"] for row in listed], role=PartnerRole.COORDINATOR)
    partners = list(_count_partners(db, [row["id"] for row in last]))
    municipalities, undecided = _municipalities(db, rows, swedish, home, decisions)
    return EarlierRounds(
        family=family,
        year=max(years),
        projects=len(last),
        grants=grant_range(last),
        municipalities=tuple(municipalities),
        listed=tuple(_project(row, leading.get(row["id"], ())) for row in listed),
        years=dict(sorted(years.items())),
        countries=_countries(countries for _, countries in partners),
        partners=int(median(count for count, _ in partners)) if partners else None,
        undecided=tuple(undecided),
    )


def _distinct(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for each project: the portal, CORDIS and the portal's statistics have the same grants under one number."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["key"], row)
    return list(found.values())


def grant_range(rows: Sequence[Mapping[str, Any]]) -> GrantRange | None:
    """Return the size of grants in the currency that most have, None when fewer than five are known."""
    known = [row for row in rows if row["granted"]]
    if len(known) < MIN_GRANTS:
        return None
    currency = Counter(row["currency"] for row in known).most_common(1)[0][0]
    amounts = sorted(row["granted"] / 100 for row in known if row["currency"] == currency)
    if len(amounts) < MIN_GRANTS:
        return None
    tenths = quantiles(amounts, n=10, method="inclusive")
    return GrantRange(round(tenths[0]), round(median(amounts)), round(tenths[-1]), currency, len(amounts))


def participants_of(
    db: Database, projects: Sequence[int], *, country: str = "", role: str = ""
) -> dict[int, list[dict[str, Any]]]:
    """Return the participants of projects by the projects' ids, each with the columns of its organisation.

    Args:
        db: Open file of funded projects.
        projects: Ids of the projects.
        country: Code of the only country whose participants are returned; "" for all.
        role: Only role of the participants that are returned; "" for all.
    """
    found: dict[int, list[dict[str, Any]]] = {}
    for some in _parts(projects):
        for row in db.query(
            "SELECT p.project, p.role, p.granted, o.name, o.number, o.pic, o.country, o.place, o.region FROM participants p"
            f" JOIN organisations o ON o.id = p.organisation WHERE p.project IN ({', '.join('?' * len(some))})"
            " AND ? IN ('', o.country) AND ? IN ('', p.role)",
            [*some, country, role],
        ):
            found.setdefault(row["project"], []).append(row)
    return found


def _count_partners(db: Database, projects: Sequence[int]) -> Iterator[tuple[int, set[str]]]:
    """Yield the number of partners and their countries of each project that has any."""
    for some in _parts(projects):
        yield from (
            (count, set(filter(None, (countries or "").split(","))))
            for count, countries in db.execute(
                "SELECT count(*), group_concat(DISTINCT o.country) FROM participants p"
                f" JOIN organisations o ON o.id = p.organisation WHERE p.project IN ({', '.join('?' * len(some))})"
                " GROUP BY p.project",
                some,
            )
        )


def _parts(projects: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the ids in parts that are few enough for the variables of one statement."""
    return (projects[start : start + _MOST_VARIABLES] for start in range(0, len(projects), _MOST_VARIABLES))


def numbers_by_pic(db: Database, pics: Iterable[str]) -> dict[str, str]:
    """Return the organisation numbers that rows of any source tie to these PICs; a PIC tied to two numbers has none."""
    found: dict[str, set[str]] = {}
    for pic in {pic for pic in pics if pic}:
        for (number,) in db.execute("SELECT DISTINCT number FROM organisations WHERE pic = ? AND number != ''", [pic]):
            found.setdefault(pic, set()).add(number)
    return {pic: next(iter(numbers)) for pic, numbers in found.items() if len(numbers) == 1}


def owners_by_number(db: Database, numbers: Iterable[str]) -> dict[str, str]:
    """Return the municipalities by organisation number, as all rows of the file name them; none when no number is municipal."""
    if not any(number.startswith(MUNICIPAL_NUMBERS) for number in numbers):
        return {}
    rows = db.execute(
        "SELECT o.number, o.name, o.region, (SELECT count(*) FROM participants p WHERE p.organisation = o.id)"
        " FROM organisations o WHERE o.number != '' AND o.number >= ? AND o.number < ?",
        [MUNICIPAL_NUMBERS, f"{MUNICIPAL_NUMBERS}:"],  # the colon is the character after the digits
    )
    return number_owners(rows)


def decisions_by_key(db: Database, decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Return decisions by every key of their organisation: that of the decision, and those that rows of any source tie to it."""
    return by_key(
        replace(decision, key=key)
        for decision in decisions
        for key in dict.fromkeys((decision.key, *_tied_keys(db, decision.key)))
    )


def _tied_keys(db: Database, key: str) -> Iterator[str]:
    """Yield the keys of an organisation's number, and of the PICs that rows tie to that number alone."""
    kind, _, value = key.partition(":")
    number = value if kind == "number" else numbers_by_pic(db, [value]).get(value, "") if kind == "pic" else ""
    if not number:
        return
    yield f"number:{number}"
    pics = [pic for (pic,) in db.execute("SELECT DISTINCT pic FROM organisations WHERE number = ? AND pic != ''", [number])]
    yield from (f"pic:{pic}" for pic in numbers_by_pic(db, pics))


def _municipalities(
    db: Database,
    rows: Sequence[Mapping[str, Any]],
    participants: Mapping[int, Sequence[Mapping[str, Any]]],
    home: str,
    decisions: Iterable[Decision],
) -> tuple[list[FundedMunicipality], list[UndecidedOrganisation]]:
    """Return the municipalities that are sure, the nearest first, and the organisations that may be the one at home."""
    swedish = [(row, who) for row in rows for who in participants.get(row["id"], ()) if who["country"] == "SE"]
    numbers, decided = numbers_by_pic(db, (who["pic"] for _, who in swedish)), decisions_by_key(db, decisions)
    owners = owners_by_number(db, {*numbers.values(), *(who["number"] for _, who in swedish)})
    found: dict[str, FundedMunicipality] = {}
    undecided: dict[str, UndecidedOrganisation] = {}
    for row, who in sorted(swedish, key=lambda pair: -pair[0]["year"]):
        organisation = NamedOrganisation(who["name"], who["number"], who["pic"], who["country"], who["place"], who["region"])
        identified = identify(organisation, decided, numbers, owners)
        if identified is None:
            continue
        if identified.sureness not in _SURE:
            if identified.municipality == home:
                key = decision_key(organisation, numbers)
                undecided.setdefault(key, _undecided(key, organisation, identified.sureness, row))
            continue
        found.setdefault(
            identified.municipality,
            FundedMunicipality(
                name=identified.municipality,
                year=row["year"],
                project=row["title"],
                url=row["url"],
                share=_whole(who["granted"]),
                currency=row["currency"],
                is_coordinator=who["role"] == PartnerRole.COORDINATOR,
            ),
        )
    order = list(Sureness)
    return (
        [found[name] for name in order_by_nearness(home, found)],
        sorted(undecided.values(), key=lambda one: order.index(one.sureness)),
    )


def _undecided(
    key: str, organisation: NamedOrganisation, sureness: Sureness, project: Mapping[str, Any]
) -> UndecidedOrganisation:
    return UndecidedOrganisation(
        key=key,
        name=organisation.name,
        place=organisation.place,
        sureness=sureness,
        year=project["year"],
        project=project["title"],
    )


def _project(row: Mapping[str, Any], participants: Sequence[Mapping[str, Any]]) -> FundedProject:
    return FundedProject(
        key=row["key"],
        title=row["title"],
        year=row["year"],
        granted=_whole(row["granted"]),
        currency=row["currency"],
        url=row["url"],
        coordinator=name_country(leading_participant(participants)),
        publisher=row["source"],
    )


def leading_participant(participants: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the coordinator among the participants of a project, None when there is none."""
    return next((who for who in participants if who["role"] == PartnerRole.COORDINATOR), None)


def name_country(participant: Mapping[str, Any] | None) -> str:
    """Return a participant's name with its country: "KALMAR KOMMUN (SE)"; "" for none."""
    if participant is None:
        return ""
    return f"{participant['name']} ({participant['country']})" if participant["country"] else str(participant["name"])


def _countries(countries: Iterable[set[str]]) -> list[tuple[str, int]]:
    """Return the countries of projects with the numbers of the projects that have them, the most frequent first."""
    counts = Counter(country for some in countries for country in some)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_COUNTRIES]


def _whole(cents: int | None) -> int | None:
    return None if cents is None else round(cents / 100)
