"""Promises: forecasts as they were first made, joined to the round that came and judged by it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from monitor.archive.connection import Database
from monitor.archive.promises import PromiseRow, read_promises, store_promise
from monitor.awards.families import code_year, families
from monitor.awards.seasons import Basis, Forecast, PromiseOutcome, Seasons, judge_promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Forecast that was made, and what came of it."""

    forecast: Forecast
    departments: tuple[str, ...] = ()
    """Departments that the round is likely to concern, by id."""
    made: date
    code: str = ""
    """Code of the round that came, "" before."""
    opened: date | None = None
    verdict: PromiseOutcome | None = None
    judged: date | None = None


def update_promises(
    seasons: Seasons, known: Collection[Promise], departments: Callable[[Forecast], Collection[str]], today: date
) -> list[Promise]:
    """Return the promises that are new or changed: forecasts of rounds to come, rounds that came, and judgements.

    The month of a promise is never changed; its departments follow the rules until it is judged.

    Args:
        seasons: The rounds that are known.
        known: The promises that are kept.
        departments: Ids of the departments that a round is likely to concern.
        today: Day of the update.
    """
    kept = {(one.forecast.family, one.forecast.year): one for one in known}
    upcoming = {(one.family, one.year): one for one in seasons.upcoming(today)}
    changed = []
    for key, forecast in upcoming.items():
        before = kept.get(key)
        found = tuple(sorted(departments(forecast)))
        if before is None:
            changed.append(Promise(forecast=forecast, departments=found, made=today))
        elif before.verdict is None and before.departments != found:
            kept[key] = replace(before, departments=found)
    originals = {(one.forecast.family, one.forecast.year): one for one in known}
    for key, promise in kept.items():
        joined = promise if promise.verdict else _join(promise, seasons, today)
        if joined != originals[key]:
            changed.append(joined)
    return changed


def _join(promise: Promise, seasons: Seasons, today: date) -> Promise:
    """Return a promise with the round of its family and year that opened first, and the judgement where it can be made."""
    rounds = [one for one in seasons.rounds(promise.forecast.family) if one.year == promise.forecast.year]
    if not rounds:
        verdict = judge_promise(promise.forecast, None, today)
        return replace(promise, verdict=verdict, judged=today if verdict else None)
    first = min(rounds, key=lambda one: (one.opens is None, one.opens or date.max, one.code))
    verdict = judge_promise(promise.forecast, first.opens, today) if first.opens else None
    return replace(promise, code=first.code, opened=first.opens, verdict=verdict, judged=today if verdict else None)


def promises_ahead(promises: Collection[Promise], department: str, today: date) -> list[Promise]:
    """Return the promises for a department whose round has not come and whose month has not passed, the soonest first."""
    this = today.replace(day=1)
    return sorted(
        (
            one
            for one in promises
            if department in one.departments and not one.code and one.verdict is None and one.forecast.month >= this
        ),
        key=lambda one: (one.forecast.month, one.forecast.latest_code),
    )


def list_promises(db: Database, family: str = "") -> list[Promise]:
    """Return every promise of an archive, or those of a family, the soonest month first."""
    return [_promise(row) for row in read_promises(db, family)]


def promise_of(db: Database, code: str, title: str, programme: str) -> Promise | None:
    """Return the promise that a call fulfils, None for a call that nothing was promised of."""
    year = code_year(code)
    for family in families(code, title, programme):
        for promise in list_promises(db, family):
            if promise.forecast.year == year:
                return promise
    return None


def save_promises(db: Database, promises: Collection[Promise]) -> None:
    """Store promises in an archive, all or none."""
    with db.atomic():
        for promise in promises:
            store_promise(db, _row(promise))


def _row(promise: Promise) -> PromiseRow:
    forecast = promise.forecast
    return PromiseRow(
        family=forecast.family,
        year=forecast.year,
        title=forecast.title,
        programme=forecast.programme,
        latest_code=forecast.latest_code,
        month=forecast.month.isoformat(),
        earliest=forecast.earliest.isoformat(),
        latest=forecast.latest.isoformat(),
        years=list(forecast.years),
        dated=forecast.dated,
        basis=forecast.basis.value,
        departments=list(promise.departments),
        made=promise.made.isoformat(),
        code=promise.code,
        opened=promise.opened.isoformat() if promise.opened else None,
        verdict=promise.verdict.value if promise.verdict else "",
        judged=promise.judged.isoformat() if promise.judged else None,
    )


def _promise(row: PromiseRow) -> Promise:
    return Promise(
        forecast=Forecast(
            family=row["family"],
            title=row["title"],
            programme=row["programme"],
            year=row["year"],
            month=date.fromisoformat(row["month"]),
            earliest=date.fromisoformat(row["earliest"]),
            latest=date.fromisoformat(row["latest"]),
            years=tuple(row["years"]),
            dated=row["dated"],
            basis=Basis(row["basis"]),
            latest_code=row["latest_code"],
        ),
        departments=tuple(row["departments"]),
        made=date.fromisoformat(row["made"]),
        code=row["code"],
        opened=date.fromisoformat(row["opened"]) if row["opened"] else None,
        verdict=PromiseOutcome(row["verdict"]) if row["verdict"] else None,
        judged=date.fromisoformat(row["judged"]) if row["judged"] else None,
    )
