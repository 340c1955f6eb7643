"""Projects of municipalities: the own ones with their partners, those of the neighbours, and comparison with like ones."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from monitor.archive.connection import Database
from monitor.awards.history import decisions_by_key, numbers_by_pic, owners_by_number
from monitor.awards.organisations import (
    Decision,
    NamedOrganisation,
    SizeClass,
    Sureness,
    county_neighbours,
    decision_key,
    find_municipality,
    identify,
    like_neighbours,
)

SURE = (Sureness.SURE, Sureness.CONFIRMED)
_GRANT_NUMBER = re.compile(r"\d{9}\Z")
_NEIGHBOURS = 12
"""Municipalities that a comparison names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProject:
    """Project in which an organisation of a municipality takes part, or may take part."""

    municipality: str
    organisation: str
    decision_key: str
    sureness: Sureness
    source: str
    key: str
    """The publisher's own key of the project."""
    number: str
    """Number that the same project has at several publishers: of the grant, or of the case at the Swedish authority."""
    programme: str
    title: str
    year: int | None
    role: str
    share: int | None
    budget: int | None
    granted: int | None
    """Grant of the whole project."""
    currency: str
    url: str
    place: str = ""
    """Town of the organisation, or ""."""
    partners: tuple[str, ...] = ()
    """Places of the other partners, "Tartu (EE)", each once; countries alone where no town is stated."""


def projects_by_municipality(db: Database, decisions: Iterable[Decision] = (), home: str = "") -> dict[str, list[OwnProject]]:
    """Return the projects of every municipality, and of organisations that may be its own: the surest first, then the latest.

    A project that several publishers have counts once, with the row that states the own share.

    Args:
        db: Open file of funded projects.
        decisions: People's decisions about organisations, the earliest first.
        home: Municipality whose candidates by town alone are returned as well; most organisations of other towns are not theirs.
    """
    decided = decisions_by_key(db, decisions)
    swedish = list(
        db.query("SELECT id, name, number, pic, country, place, region FROM organisations WHERE country = 'SE' ORDER BY id")
    )
    numbers = numbers_by_pic(db, (row["pic"] for row in swedish))
    owners = owners_by_number(db, {*numbers.values(), *(row["number"] for row in swedish)})
    found: dict[str, list[OwnProject]] = defaultdict(list)
    for row in swedish:
        organisation = NamedOrganisation(row["name"], row["number"], row["pic"], "SE", row["place"], row["region"])
        identified = identify(organisation, decided, numbers, owners)
        if identified is None or (identified.sureness is Sureness.LOCATED and identified.municipality != home):
            continue
        found[identified.municipality] += [
            _project(identified.municipality, identified.sureness, decision_key(organisation, numbers), row, project)
            for project in db.query(
                "SELECT q.*, p.role, p.granted AS share, p.budget FROM participants p JOIN projects q ON q.id = p.project"
                " WHERE p.organisation = ?",
                [row["id"]],
            )
        ]
    return {name: _distinct(projects) for name, projects in found.items()}


def own_projects(db: Database, municipality: str, decisions: Iterable[Decision] = ()) -> list[OwnProject]:
    """Return the projects of a municipality and of organisations that may be its own, the surest first, then the latest."""
    return projects_by_municipality(db, decisions, municipality).get(municipality, [])


def _project(
    municipality: str, sureness: Sureness, key: str, organisation: Mapping[str, Any], project: Mapping[str, Any]
) -> OwnProject:
    return OwnProject(
        municipality=municipality,
        organisation=organisation["name"],
        decision_key=key,
        sureness=sureness,
        source=project["source"],
        key=project["key"],
        number=_number(project),
        programme=project["programme"],
        title=project["title"],
        year=project["year"],
        role=project["role"],
        share=_whole(project["share"]),
        budget=_whole(project["budget"]),
        granted=_whole(project["granted"]),
        currency=project["currency"],
        url=project["url"],
        place=organisation["place"],
    )


def _number(project: Mapping[str, Any]) -> str:
    """Return the number that a project has at several publishers.

    Kohesio's local number ends in the case number of the ESF council, kept as `call`; LIFE's reference in the grant's number.
    """
    if project["source"] == "kohesio" and project["call"]:
        return str(project["call"])
    if project["source"] == "life" and (match := _GRANT_NUMBER.search(project["call"])):
        return match[0]
    return str(project["key"])


def _whole(cents: int | None) -> int | None:
    return None if cents is None else round(cents / 100)


def _distinct(projects: Iterable[OwnProject]) -> list[OwnProject]:
    order = list(Sureness)
    ranked = sorted(projects, key=lambda one: (order.index(one.sureness), one.share is None, one.source))
    first: dict[tuple[str, str], OwnProject] = {}
    for one in ranked:
        first.setdefault((one.number, one.organisation if one.sureness not in SURE else ""), one)
    return sorted(first.values(), key=lambda one: (order.index(one.sureness), -(one.year or 0), one.organisation, one.title))


def partner_places(db: Database, project: OwnProject) -> tuple[str, ...]:
    """Return the places of the other partners of a project, abroad first, each once."""
    rows = db.query(
        "SELECT DISTINCT o.place, o.country FROM participants p JOIN organisations o ON o.id = p.organisation"
        " JOIN projects q ON q.id = p.project WHERE q.source = ? AND q.key = ? AND o.name != ?"
        " ORDER BY o.country = 'SE', o.country, o.place",
        [project.source, project.key, project.organisation],
    )
    places = (f"{_title(row['place'])} ({row['country']})" if row["place"] else str(row["country"]) for row in rows)
    return tuple(dict.fromkeys(place for place in places if place))


def _title(place: str) -> str:
    """Return a place as it is written in a sentence: CORDIS has capitals."""
    return place.title() if place.isupper() else place


@dataclass(frozen=True, slots=True)
class FundedGroup:
    """Projects of one programme and year."""

    programme: str
    year: int | None
    projects: int
    shares: tuple[tuple[str, int], ...]
    """Sum of the own shares that are stated, by currency."""
    unknown: int
    """Projects whose own share is not stated."""
    places: tuple[str, ...] = ()
    """Places of the partners, those in the most projects first."""


def group_projects(projects: Iterable[OwnProject]) -> list[FundedGroup]:
    """Return sure projects by programme and year, the latest year first; shares in different currencies are never added."""
    groups: dict[tuple[str, int | None], list[OwnProject]] = defaultdict(list)
    for one in projects:
        if one.sureness in SURE:
            groups[one.programme, one.year].append(one)
    made = []
    for (programme, year), some in groups.items():
        sums: Counter[str] = Counter()
        for one in some:
            if one.share:
                sums[one.currency] += one.share
        places = Counter(place for one in some for place in one.partners)
        made.append(
            FundedGroup(
                programme=programme,
                year=year,
                projects=len(some),
                shares=tuple(sorted(sums.items())),
                unknown=sum(not one.share for one in some),
                places=tuple(place for place, _ in places.most_common()),
            )
        )
    return sorted(made, key=lambda group: (-(group.year or 0), group.programme))


@dataclass(frozen=True, slots=True)
class ComparedMunicipality:
    """Municipality beside the own one."""

    name: str
    projects: int
    """Sure projects."""
    shares: tuple[tuple[str, int], ...]
    latest: OwnProject | None
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class MunicipalComparison:
    """Comparison of the own municipality with the nearest ones of like size."""

    rows: tuple[ComparedMunicipality, ...]
    """The own one first, then the others of like size by number of projects."""
    county: tuple[ComparedMunicipality, ...]
    """Municipalities of other sizes in the own county that have projects, by number of projects."""
    middle: float
    """Median number of projects of all the others of like size in the county and those around it."""
    others: int
    """Number of these."""
    size: SizeClass
    """Class of size of all of them."""


def compare_municipalities(projects: Mapping[str, Sequence[OwnProject]], home: str) -> MunicipalComparison | None:
    """Return the own municipality beside its neighbours of like size, those without known projects counted as none.

    None for a name that is no municipality's.
    """
    place = find_municipality(home)
    if place is None:
        return None
    others = like_neighbours(home)
    rows = [_compared(name, projects.get(name, ())) for name in others]
    counts = [row.projects for row in rows]
    others_in_county = (_compared(name, projects.get(name, ())) for name in county_neighbours(home) if name not in others)
    own = _compared(home, projects.get(home, ()), is_home=True)
    return MunicipalComparison(
        rows=(own, *_by_projects(rows)),
        county=_by_projects(others_in_county),
        middle=float(median(counts)) if counts else 0.0,
        others=len(counts),
        size=place.size,
    )


def _by_projects(rows: Iterable[ComparedMunicipality]) -> tuple[ComparedMunicipality, ...]:
    """Return the municipalities that have projects, those with the most first."""
    return tuple(sorted((row for row in rows if row.projects), key=lambda row: (-row.projects, row.name))[:_NEIGHBOURS])


def _compared(name: str, projects: Sequence[OwnProject], *, is_home: bool = False) -> ComparedMunicipality:
    sure = [one for one in projects if one.sureness in SURE]
    sums: Counter[str] = Counter()
    for one in sure:
        if one.share:
            sums[one.currency] += one.share
    return ComparedMunicipality(name, len(sure), tuple(sorted(sums.items())), sure[0] if sure else None, is_home)
