"""Planned calls of work programmes: joined to the round that came and judged by it, and told beside the forecasts of seasons."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitor.archive.connection import Database
from monitor.archive.planned import PlannedRow, ReadPlannedRow, read_planned, store_planned
from monitor.awards.families import code_programme, code_year, families, title_family
from monitor.awards.promises import Promise
from monitor.awards.seasons import PromiseOutcome, Round, Seasons, judge_opening, month_after

MONTHS_AHEAD = 18
"""Months ahead in which a planned opening is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """Call that a work programme plans, and what came of it."""

    name: str
    identifier: str
    title: str
    programme: str
    year: int
    action: str
    amount: int | None
    """Budget in whole euro."""
    opens: tuple[date, date] | None
    """First and last day between which it is planned to open; the same for a stated day."""
    closes: tuple[date, date] | None
    document: str
    """Hash of the work programme."""
    page: int
    place: str
    """Place of the words, in Swedish: "sida 14"."""
    quote: str
    document_title: str = ""
    version: str = ""
    departments: tuple[str, ...] = ()
    made: date
    """Day on which the plan was read first."""
    code: str = ""
    """Code of the call that came, "" before."""
    opened: date | None = None
    verdict: PromiseOutcome | None = None
    judged: date | None = None

    @property
    def families(self) -> tuple[str, ...]:
        """Return the families of rounds that the call may belong to, the surest first."""
        return families(self.identifier, self.title, self.programme)


def planned_name(identifier: str, programme: str, title: str, year: int) -> str:
    """Return the name by which a planned call is known in every version of its programme."""
    return identifier or f"{programme}: {' '.join(title.casefold().split())} ({year})"


def update_planned(
    fresh: Iterable[PlannedCall],
    known: Collection[PlannedCall],
    seasons: Seasons,
    departments: Callable[[PlannedCall], Collection[str]],
    today: date,
) -> tuple[list[PlannedCall], list[str]]:
    """Return the planned calls that are new or changed, and the names of those that no programme plans any more.

    A later version of a programme moves a plan until its call has come; what came, and the judgement, then stay.

    Args:
        fresh: Calls that the programmes plan now. Of several with one name the first counts.
        known: Planned calls that are kept.
        seasons: The rounds that are known.
        departments: Ids of the departments that a call is likely to concern.
        today: Day of the update.
    """
    kept = {one.name: one for one in known}
    planned: dict[str, PlannedCall] = {}
    for one in fresh:
        planned.setdefault(one.name, one)
    by_code, by_title = _rounds(seasons)
    changed = []
    for name in {**planned, **{name: None for name, one in kept.items() if one.code}}:
        before = kept.get(name)
        if before is not None and before.verdict is not None:
            continue
        after = before if before is not None and before.code else planned[name]
        if before is not None and not before.code:
            after = replace(after, made=before.made)
        after = replace(after, departments=tuple(sorted(departments(after))))
        after = _judged(after, _find_round(after, by_code, by_title, seasons), today)
        if after != before:
            changed.append(after)
    dropped = [name for name, one in kept.items() if name not in planned and not one.code and one.verdict is None]
    return changed, dropped


def _rounds(seasons: Seasons) -> tuple[Mapping[str, Round], Mapping[tuple[str, int | None], Round]]:
    """Return the rounds by code, and by programme, title and year."""
    every = [one for family in seasons.families() for one in seasons.rounds(family)]
    titled = {(title_family(code_programme(one.code), one.title), one.year): one for one in every}
    return {one.code.casefold(): one for one in every}, {key: one for key, one in titled.items() if key[0]}


def _find_round(
    planned: PlannedCall, by_code: Mapping[str, Round], by_title: Mapping[tuple[str, int | None], Round], seasons: Seasons
) -> Round | None:
    """Return the round that a plan became: by identifier; else by family or title, with the same programme and year."""
    if planned.identifier:
        exact = by_code.get(planned.identifier.casefold())
        if exact is not None:
            return exact
    for family in planned.families:
        same_year = [one for one in seasons.rounds(family) if one.year == planned.year]
        # Two numbered topics of one family are two calls: only the sole one of a year is surely the planned one.
        if len(same_year) == 1 and not (planned.identifier and _is_numbered(planned.identifier)):
            return same_year[0]
    return by_title.get((title_family(planned.programme, planned.title), planned.year))


def _is_numbered(identifier: str) -> bool:
    year = code_year(identifier)
    return any(part.isdigit() and part != str(year) for part in identifier.split("-"))


def _judged(planned: PlannedCall, came: Round | None, today: date) -> PlannedCall:
    """Return a planned call with the round that came and the judgement; none of a call that opened before its plan was read."""
    if came is None and planned.code:
        return planned  # what came stays, also while the list that had it cannot be read
    opened = came.opens if came else None
    if planned.opens is None or (opened is not None and opened < planned.made) or (came is not None and opened is None):
        return replace(planned, code=came.code if came else "", opened=opened)
    first, last = planned.opens
    verdict = judge_opening(first, first if first == last else None, last, opened, today)
    return replace(planned, code=came.code if came else "", opened=opened, verdict=verdict, judged=today if verdict else None)


def planned_ahead(planned: Iterable[PlannedCall], today: date, department: str = "") -> list[PlannedCall]:
    """Return the planned calls that have not come and are planned within MONTHS_AHEAD, the soonest first.

    Args:
        planned: Planned calls.
        today: Day from which is counted.
        department: Id of the department that they concern; empty for all.
    """
    this, until = today.replace(day=1), month_after(today, MONTHS_AHEAD)

    def is_ahead(one: PlannedCall) -> bool:
        days = [day for span in (one.opens, one.closes) if span for day in span]
        return bool(days) and days[0] <= until and max(days) >= this

    awaited = [one for one in planned if not one.code and one.verdict is None and is_ahead(one)]
    return [one for one in awaited if not department or department in one.departments]


def without_planned(promises: Iterable[Promise], planned: Iterable[PlannedCall]) -> list[Promise]:
    """Return the forecasts of rounds that no work programme plans: a plan tells more than earlier years do."""
    covered = {(family, one.year) for one in planned for family in one.families}
    return [one for one in promises if (one.forecast.family, one.forecast.year) not in covered]


def forecast_beside(planned: PlannedCall, promises: Iterable[Promise]) -> Promise | None:
    """Return the forecast of the same round, None for none."""
    return next((one for one in promises if one.forecast.year == planned.year and one.forecast.family in planned.families), None)


def planned_of(db: Database, code: str, title: str, programme: str) -> PlannedCall | None:
    """Return the plan that a call came from, None for a call that no programme has planned."""
    planned = list_planned(db)
    year, wanted = code_year(code), title_family(code_programme(code) if code_year(code) else programme, title)
    return next(
        (one for one in planned if code and code.casefold() in (one.code.casefold(), one.identifier.casefold())),
        next((one for one in planned if wanted and one.year == year and wanted == title_family(one.programme, one.title)), None),
    )


def list_planned(db: Database) -> list[PlannedCall]:
    """Return every planned call of an archive, the soonest opening first."""
    return [_planned(row) for row in read_planned(db)]


def save_planned(db: Database, changed: Collection[PlannedCall], dropped: Collection[str]) -> None:
    """Store planned calls in an archive and remove others, all or none."""
    store_planned(db, [_row(one) for one in changed], dropped)


def _row(one: PlannedCall) -> PlannedRow:
    def days(span: tuple[date, date] | None) -> tuple[str | None, str | None]:
        return (span[0].isoformat(), span[1].isoformat()) if span else (None, None)

    (opens_from, opens_to), (closes_from, closes_to) = days(one.opens), days(one.closes)
    return PlannedRow(
        name=one.name,
        identifier=one.identifier,
        title=one.title,
        programme=one.programme,
        year=one.year,
        action=one.action,
        amount=one.amount,
        opens_from=opens_from,
        opens_to=opens_to,
        closes_from=closes_from,
        closes_to=closes_to,
        document=one.document,
        page=one.page,
        place=one.place,
        quote=one.quote,
        departments=list(one.departments),
        made=one.made.isoformat(),
        code=one.code,
        opened=one.opened.isoformat() if one.opened else None,
        verdict=one.verdict.value if one.verdict else "",
        judged=one.judged.isoformat() if one.judged else None,
    )


def _planned(row: ReadPlannedRow) -> PlannedCall:
    def span(first: str | None, last: str | None) -> tuple[date, date] | None:
        return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else None

    return PlannedCall(
        name=row["name"],
        identifier=row["identifier"],
        title=row["title"],
        programme=row["programme"],
        year=row["year"],
        action=row["action"],
        amount=row["amount"],
        opens=span(row["opens_from"], row["opens_to"]),
        closes=span(row["closes_from"], row["closes_to"]),
        document=row["document"],
        page=row["page"],
        place=row["place"],
        quote=row["quote"],
        document_title=row["document_title"],
        version=row["version"],
        departments=tuple(row["departments"]),
        made=date.fromisoformat(row["made"]),
        code=row["code"],
        opened=date.fromisoformat(row["opened"]) if row["opened"] else None,
        verdict=PromiseOutcome(row["verdict"]) if row["verdict"] else None,
        judged=date.fromisoformat(row["judged"]) if row["judged"] else None,
    )
