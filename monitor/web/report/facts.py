"""Facts of the follow-up: what the archive knows of calls found and told and of projects, for two periods. Reads the archive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.projects import FollowedProject, list_followed_projects
from monitor.archive.statistics import list_first_seen, list_first_told, read_call_codes, read_matched_themes
from monitor.calls import CallKey
from monitor.config import Config


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a report; both ends are included."""

    first: date
    last: date

    def a_year_before(self) -> Period:
        """Return the same days of the year before; 28 February for a day that it has not."""
        return Period(_year_before(self.first), _year_before(self.last))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFacts:
    """Events of one period; months are those of the installation's zone, as 2026-05."""

    period: Period
    found: Sequence[tuple[CallKey, str]]
    """Each call that was first seen, with its month."""
    told: Sequence[tuple[str, CallKey, str]]
    """Each department and call that it was first told of, with the month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Facts from which a report is made."""

    current: PeriodFacts
    before: PeriodFacts
    """The same days of the year before."""
    followed: Sequence[FollowedProject]
    """All works of departments with calls, whenever they began."""
    codes: Mapping[CallKey, tuple[str, str]]
    """Identifier and programme code of each call that counts."""
    themes: Mapping[CallKey, Mapping[str, Sequence[Mapping[str, Any]]]]
    """Matched themes of each call by department."""


def read_period(begin: datetime | None, end: datetime | None, now: datetime, config: Config) -> Period:
    """Return the days from `begin` until before `end`: by default the present year until `now`."""
    begin = begin or datetime(now.year, 1, 1, tzinfo=config.zone)
    end = end or now + timedelta(seconds=1)
    return Period(begin.astimezone(config.zone).date(), (end - timedelta(seconds=1)).astimezone(config.zone).date())


def read_facts(db: Database, config: Config, period: Period) -> ReportFacts:
    """Return the facts of a period and of the year before."""
    codes: dict[CallKey, tuple[str, str]] = {}
    current, before = (_read_period(db, config, one, codes) for one in (period, period.a_year_before()))
    followed = list_followed_projects(db)
    codes |= {one.key: (one.identifier, one.programme) for one in followed}
    codes |= read_call_codes(db, {key for facts in (current, before) for _, key, _ in facts.told} - codes.keys())
    themes: dict[CallKey, dict[str, Sequence[Mapping[str, Any]]]] = defaultdict(dict)
    for department, key, served in read_matched_themes(db):
        themes[key][department] = served
    return ReportFacts(current=current, before=before, followed=followed, codes=codes, themes=themes)


def _read_period(db: Database, config: Config, period: Period, codes: dict[CallKey, tuple[str, str]]) -> PeriodFacts:
    begin = datetime.combine(period.first, time(), config.zone)
    end = datetime.combine(period.last + timedelta(days=1), time(), config.zone)
    found = list(list_first_seen(db, stamp(begin), stamp(end)))
    codes |= {key: (identifier, programme) for key, identifier, programme, _ in found}

    @cache  # the calls of one reading were first seen at one time
    def month(at: str) -> str:
        return datetime.fromisoformat(at).astimezone(config.zone).strftime("%Y-%m")

    return PeriodFacts(
        period=period,
        found=[(key, month(first_seen)) for key, _, _, first_seen in found],
        told=[(department, key, month(at)) for department, key, at in list_first_told(db, stamp(begin), stamp(end))],
    )


def _year_before(day: date) -> date:
    year = max(day.year - 1, 1)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
