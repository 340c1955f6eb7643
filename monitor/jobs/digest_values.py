"""From what the archive and the rules hold to the values that `monitor.digest` chooses from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor.archive.candidates import CandidateRow, MatchDetails, MatchRow
from monitor.archive.desk import Choices
from monitor.calls import Call, within_calendar
from monitor.config import Config
from monitor.digest.model import Audience, Candidate, Choice, Event, FitLine, Level, Match, Reasons, SourceHealth, Told
from monitor.language.shares import Shares
from monitor.matching.model import Department
from monitor.matching.ruleset import RuleSet
from monitor.sources import CLOCK_SLACK, Source

# What a reader must see at a glance; the rest of the fit card stands on the call's page.
_IN_MAIL = ("municipality", "funder_share", "partners")
ADDED_RELEVANCE = 60.0
_ADDED = Reasons(themes=("tillagd av samordnaren",))
_GOOD = ("accepted", "unchanged")


def candidate(rules: RuleSet, row: CandidateRow) -> Candidate:
    """A call as the digest sees it."""
    return Candidate(
        call=within_calendar(row.call),
        first_seen=row.first_seen,
        match=_match(rules, row.call, row.match) if row.match is not None else None,
        baseline=row.baseline,
        vanished_at=row.vanished_at,
        events=tuple(Event(id=number, type=kind, old=old, new=new) for number, kind, old, new in row.events),
        told=tuple(Told(fact=fact, at=at) for fact, at in row.told),
        story=row.story,
        answer=row.answer,
        numbered=row.numbered,
    )


def steer(candidates: list[Candidate], choices: Choices) -> list[Candidate]:
    """The candidates as the coordinator wants them: those held back left out, those added given a match, lines put to calls.

    What a department has been told of before is a promise: it stays, held back or not.
    """
    steered = []
    for one in candidates:
        if one.key in choices.held and not one.told:
            continue
        match = one.match
        if match is None and one.key in choices.added:
            match = Match(level=Level.LIKELY, relevance=ADDED_RELEVANCE, read=lambda: _ADDED)
        note = choices.lines.get(one.key, "")
        steered.append(replace(one, match=match, note=note) if note or match is not one.match else one)
    return steered


def _match(rules: RuleSet, call: Call, match: MatchRow) -> Match:
    read = partial(_reasons, rules, call, match.details)
    return Match(level=Level(match.level), relevance=match.relevance, read=read)


def _reasons(rules: RuleSet, call: Call, read: Callable[[], MatchDetails]) -> Reasons:
    match = read()
    areas, goals = rules.area_names, rules.goal_names
    programme = rules.programme_of(call)
    by_weight = sorted(match.evidence, key=lambda one: -one["points"])
    strategy = dict.fromkeys(area for theme in match.themes for area in theme["strategy"])
    numbers = sorted({number for theme in match.themes for number in theme["sdgs"]})
    return Reasons(
        themes=tuple(theme["title"] for theme in match.themes),
        words=tuple(dict.fromkeys(one["found"] for one in by_weight if one["points"] > 0 and one["start"] >= 0)),
        areas=tuple(areas[area] for area in strategy if area in areas),
        goals=tuple((number, goals[number]) for number in numbers if number in goals),
        programme=programme.name if programme is not None else "",
        answer=match.fit_card.get("municipality", ""),
        guessed=match.fit_card.get("guessed", False),
        shares=Shares(**match.fit_card.get("shares", {})),
        fit=tuple(
            FitLine(line["key"], line["label"], line["value"])
            for line in match.fit_card.get("lines", ())
            if line["key"] in _IN_MAIL
        ),
    )


def audience(config: Config, department: Department | None) -> Audience:
    """Whom a mail is for; without a department, the coordinator."""
    return Audience(
        department=department.id if department else "",
        name=department.name if department else config.municipality.name,
        municipality=config.municipality.name,
        contact=config.municipality.contact,
        base_url=config.municipality.base_url,
        sources={source.id: source.name for source in config.sources},
    )


def choice(config: Config) -> Choice:
    """The settings that choosing follows."""
    return Choice(welcome=config.digest.welcome, per_source=config.digest.per_source, news_days=config.digest.news_days)


def health(config: Config, read: Mapping[str, tuple[str, str, datetime | None]], now: datetime) -> tuple[SourceHealth, ...]:
    """Return how every source that should be read stands at `now`, in the order of the settings.

    A source is healthy when its last run was accepted and that is not too long ago: one that nobody has read for weeks has
    not answered, whatever its last run said.
    """
    return tuple(_source_health(source, read.get(source.id), now) for source in config.sources if source.enabled)


def _source_health(source: Source, read: tuple[str, str, datetime | None] | None, now: datetime) -> SourceHealth:
    _, state, accepted = read or ("", "", None)
    return SourceHealth(
        source=source.id,
        name=source.name,
        healthy=state in _GOOD and not source.is_overdue(accepted, now),
        read=accepted if accepted is not None and accepted <= now + CLOCK_SLACK else None,
    )
