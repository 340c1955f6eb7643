"""Keeping of promises: forecasts are stored when they are made, joined to the calls that open, judged, and told in mails."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from monitor.archive import Archive
from monitor.archive.connection import Database
from monitor.archive.digests import last_digest
from monitor.archive.promises import departments_by_code
from monitor.awards.families import code_year
from monitor.awards.installation import load_seasons
from monitor.awards.planned import PlannedCall, forecast_beside, list_planned, planned_ahead, without_planned
from monitor.awards.promises import Promise, list_promises, promises_ahead, save_promises, update_promises
from monitor.awards.seasons import Forecast
from monitor.awards.wording import planned_line, promise_line, season_line
from monitor.calls import Call
from monitor.config import Config
from monitor.digest.model import ExpectedRound
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import judge_call
from monitor.matching.match import Match, matches_of
from monitor.vocabulary import Level, MailKind

_MOST_IN_MAIL = 5
"""Rounds to come that a mail names."""


def keep_promises(config: Config, archive: Archive, rules: RuleSet, now: datetime) -> int:
    """Store new forecasts, join known ones to the rounds that came, and judge them; return how many were stored or changed."""
    today = now.astimezone(config.zone).date()
    seasons = load_seasons(config, archive.db)
    by_code = departments_by_code(archive.db)

    def departments(forecast: Forecast) -> Collection[str]:
        codes = [one.code for one in seasons.rounds(forecast.family)]
        # The whole text of an earlier round tells more than its title, which is all that a list of closed calls has.
        return set().union(*(by_code.get(code, ()) for code in codes)) or departments_by_title(
            rules, forecast.latest_code, forecast.title, forecast.programme
        )

    changed = update_promises(seasons, list_promises(archive.db), departments, today)
    save_promises(archive.db, changed)
    return len(changed)


def departments_by_title(rules: RuleSet, code: str, title: str, programme: str) -> set[str]:
    """Return the departments that the rules match with a call of which no more than code, title and programme are known."""
    return {
        match.department for match in _matches_by_title(rules, code, title, programme) if Level(match.level) is not Level.WEAK
    }


def _matches_by_title(rules: RuleSet, code: str, title: str, programme: str) -> list[Match]:
    call = Call(source="season", call_id=code, identifier=code, title=title, url="", programme=programme, language="en")
    return matches_of(judge_call(rules, call))


def expected_rounds_for(
    db: Database, department: str, previous_week: str, now: datetime, languages: Sequence[str], rules: RuleSet | None = None
) -> tuple[ExpectedRound, ...]:
    """Return the rounds that a department may expect, for its first mail of a month and its second mail; none for others.

    Args:
        db: Archive of the installation.
        department: Id of the department.
        previous_week: ISO week of the department's mail before, "" before its second.
        now: Time of the mail, in the zone of the installation.
        languages: Languages of the mail.
        rules: Rules that name the subject of each; without them, a round has its own title alone.
    """
    if not previous_week:
        return ()
    year, _, week = previous_week.partition("-W")
    before = date.fromisocalendar(int(year), int(week), 1)
    is_same_month = (before.year, before.month) == (now.year, now.month)
    last = last_digest(db, department)
    # The first mail has enough to tell, so that the second tells it.
    if is_same_month and (last is None or last.kind != MailKind.WELCOME):
        return ()
    promises, planned = list_promises(db), list_planned(db)
    rounds = [
        _planned_round(one, promises, languages, rules, department, now.date())
        for one in planned_ahead(planned, now.date(), department)
    ]
    likely = without_planned(promises_ahead(promises, department, now.date()), planned)
    rounds += [
        ExpectedRound(
            title=one.forecast.title,
            language="en" if code_year(one.forecast.latest_code) else "",
            lines={language: season_line(one.forecast, language, today=now.date()) for language in languages},
            subjects=_subjects(
                rules, department, one.forecast.latest_code, one.forecast.title, one.forecast.programme, languages
            ),
        )
        for one in likely
    ]
    return tuple(rounds[:_MOST_IN_MAIL])


def _subjects(
    rules: RuleSet | None, department: str, code: str, title: str, programme: str, languages: Sequence[str]
) -> dict[str, str]:
    """Return the title of the first theme by which a department follows a round to come, by language; empty for none."""
    if rules is None:
        return {}
    found = next((match for match in _matches_by_title(rules, code, title, programme) if match.department == department), None)
    if found is None or not found.themes:
        return {}
    themes = sorted(found.themes, key=lambda theme: theme.id not in rules.areas.priority)
    english = rules.english_titles.get(themes[0].id, themes[0].title)
    return {language: english if language == "en" else themes[0].title for language in languages}


def _planned_round(
    planned: PlannedCall,
    promises: Collection[Promise],
    languages: Sequence[str],
    rules: RuleSet | None,
    department: str,
    today: date,
) -> ExpectedRound:
    beside = forecast_beside(planned, promises)
    forecast = beside.forecast if beside else None
    return ExpectedRound(
        title=planned.title,
        language="en",
        lines={language: planned_line(planned, forecast, language, today=today) for language in languages},
        subjects=_subjects(rules, department, planned.identifier, planned.title, planned.programme, languages),
    )


def promise_json(promise: Promise) -> dict[str, Any]:
    """Return a promise as a value for `season --json`."""
    return {
        "family": promise.forecast.family,
        "year": promise.forecast.year,
        "title": promise.forecast.title,
        "month": promise.forecast.month,
        "made": promise.made,
        "departments": list(promise.departments),
        "code": promise.code,
        "opened": promise.opened,
        "verdict": promise.verdict.value if promise.verdict else None,
        "line": promise_line(promise.forecast, promise.opened, promise.verdict),
    }
