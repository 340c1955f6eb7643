"""Candidates of a department's mail from the archive's rows, and the other values of the settings that choosing a mail needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from monitor.archive.candidates import CandidateMatch, CandidateRow, MatchDetails
from monitor.archive.connection import Database
from monitor.archive.overrides import Overrides
from monitor.calls import Call, CallKey, within_calendar
from monitor.config import Config
from monitor.digest.model import (
    Arrangement,
    Audience,
    CallEvent,
    Candidate,
    Choice,
    DepartmentMatch,
    Reasons,
    SourceHealth,
    Told,
)
from monitor.digest.render import LANGUAGES
from monitor.documents.answers import DocumentAnswers
from monitor.documents.facts import answered_card
from monitor.documents.wording import worded_side
from monitor.fit import card_from_json
from monitor.matching.compiled import RuleSet
from monitor.matching.fit_card import fit_card
from monitor.matching.rules.model import Department
from monitor.sources import CLOCK_SLACK, Source
from monitor.vocabulary import ACCEPTED_RUNS, ChangeType, Level

ADDED_RELEVANCE = 60.0
"""Relevance of a call that the coordinator added: that of a likely match."""
_ADDED = Reasons(themes=("tillagd av samordnaren",), unnamed=True)


def make_candidate(rules: RuleSet, row: CandidateRow) -> Candidate:
    """Return a candidate of the archive as the digest chooses from; reasons are worked out when they are first shown."""
    return Candidate(
        call=within_calendar(row.call),
        first_seen=row.first_seen,
        match=_match(rules, row.call, row.match) if row.match is not None else None,
        baseline=row.baseline,
        vanished_at=row.vanished_at,
        left_out=row.left_out,
        events=tuple(event for stored in row.events if (event := _event(*stored)) is not None),
        told=tuple(Told(fact=fact, at=at) for fact, at in row.told),
        story=row.story,
        answer=row.answer,
        numbered=row.numbered,
        joined=row.joined,
    )


def _event(number: int, kind: str, old: str | None, new: str | None) -> CallEvent | None:
    """Return a change of a call, that of a fact with its words; None for a fact that this version does not know."""
    if kind == ChangeType.FACT_CHANGED:
        old, new = (worded_side(side or "", LANGUAGES) for side in (old, new))
        if old is None or new is None:
            return None
    return CallEvent(id=number, type=kind, old=old, new=new)


ReadReasons = Callable[[Call], Reasons]
"""Function that returns the reasons of a call that the coordinator added and no theme matched."""


def reasons_of_added(db: Database, rules: RuleSet) -> ReadReasons:
    """Return the function that reads the programme and the card of an added call: by its data, texts and documents."""
    answers = DocumentAnswers(db)

    def read(call: Call) -> Reasons:
        programme = rules.programme_of(call)
        card = answered_card(fit_card(rules, call), answers.of(call))
        return replace(_ADDED, programme=programme.name if programme is not None else "", card=card)

    return read


def apply_choices(
    candidates: list[Candidate], choices: Overrides, read_added: ReadReasons, *, comments: bool = False
) -> list[Candidate]:
    """Return the candidates by the coordinator's choices: withheld calls left out, added calls given a match, notes put to calls.

    A call that the department has been told of before stays, withheld or not: a date that it was told is a promise. It is only
    marked, so that no reminder is written.

    Args:
        candidates: The calls that a mail is chosen from.
        choices: The coordinator's choices.
        read_added: Returns the reasons of an added call without a match, once it is shown.
        comments: Put the comments for the department's next mail to the calls, in place of their notes.
    """
    if choices == Overrides():
        return candidates
    chosen = []
    for candidate in candidates:
        key = candidate.key
        if key in choices.withheld and not candidate.told:
            continue
        match = candidate.match
        if match is None and key in choices.added:
            match = DepartmentMatch(level=Level.LIKELY, relevance=ADDED_RELEVANCE, read=partial(read_added, candidate.call))
        edit = choices.edits.get(key) if comments else None
        note = (edit.comment if edit else "") or choices.call_notes.get(key, "")
        changed = note or match is not candidate.match or key in choices.withheld or key in choices.added
        chosen.append(
            replace(candidate, match=match, note=note, withheld=key in choices.withheld, added=choices.added.get(key))
            if changed
            else candidate
        )
    return chosen


def make_arrangement(choices: Overrides, *, placed: bool = True) -> Arrangement:
    """Return the order of a department's next mail by the coordinator's choices; without their places if not `placed`."""
    places = {key: edit.place for key, edit in choices.edits.items() if placed and edit.place is not None}
    return Arrangement(places=places, marked=frozenset((*choices.added, *choices.edits)))


def _match(rules: RuleSet, call: Call, match: CandidateMatch) -> DepartmentMatch:
    read = partial(_reasons, rules, call, match.details)
    return DepartmentMatch(level=Level(match.level), relevance=match.relevance, read=read)


def _reasons(rules: RuleSet, call: Call, read: Callable[[], MatchDetails]) -> Reasons:
    match = read()
    areas, goals = rules.area_names, rules.goal_names
    programme = rules.programme_of(call)
    by_weight = sorted(match.evidence, key=lambda evidence: -evidence["points"])
    strategy = dict.fromkeys(area for theme in match.themes for area in theme["strategy"])
    # Stable: the strongest theme stays first among those of the same weight.
    themes = sorted(match.themes, key=lambda theme: theme["id"] not in rules.areas.priority)
    numbers = sorted({number for theme in match.themes for number in theme["sdgs"]})
    return Reasons(
        themes=tuple(theme["title"] for theme in themes),
        english=tuple(rules.english_titles.get(theme["id"], theme["title"]) for theme in themes),
        short=rules.short_title(themes[0]["id"]) if themes else "",
        english_short=rules.short_title(themes[0]["id"], "en") if themes else "",
        priority=any(theme["id"] in rules.areas.priority for theme in themes),
        words=tuple(dict.fromkeys(evidence["found"] for evidence in by_weight if _is_reason(evidence))),
        areas=tuple(areas[area] for area in strategy if area in areas),
        goals=tuple((number, goals[number]) for number in numbers if number in goals),
        programme=programme.name if programme is not None else "",
        card=card_from_json(match.fit_card, call.budget),
    )


def _is_reason(evidence: Mapping[str, Any]) -> bool:
    """Return True for evidence to show: a word of the text that speaks for the call and that not every call has."""
    # Matches of earlier versions say nothing of generic words.
    return evidence["points"] > 0 and evidence["start"] >= 0 and not evidence.get("generic", False)


def make_audience(config: Config, department: Department | None, numbers: Mapping[CallKey, int] | None = None) -> Audience:
    """Return the audience of a department's mails; without a department, that of the coordinator's.

    `numbers` has the number of each call in the archive, for the addresses of their pages.
    """
    return Audience(
        department=department.id if department else "",
        name=department.name if department else config.municipality.name,
        municipality=config.municipality.name,
        company=department is not None and department.is_company,
        contact=config.municipality.contact,
        base_url=config.municipality.base_url,
        sources={source.id: source.name for source in config.sources},
        rates=config.money.rates,
        rates_day=config.money.day,
        numbers=numbers or {},
    )


def make_choice(config: Config) -> Choice:
    """Return the settings that decide which calls a mail holds."""
    return Choice(welcome=config.digest.welcome, per_source=config.digest.per_source, news_days=config.digest.news_days)


def judge_sources(
    config: Config, read: Mapping[str, tuple[str, str, datetime | None]], now: datetime
) -> tuple[SourceHealth, ...]:
    """Return the health at `now` of every enabled source, in the order of the settings.

    A source is healthy when its last run was accepted and that is not too long ago: one that has not been read for weeks has not
    answered, whatever its last run gave.

    Args:
        config: The installation.
        read: Name, state of the last run, and time of the last accepted run by id of the source, as `source_health` returns them.
        now: Time of the judgement.
    """
    return tuple(_source_health(source, read.get(source.id), now) for source in config.sources if source.enabled)


def _source_health(source: Source, read: tuple[str, str, datetime | None] | None, now: datetime) -> SourceHealth:
    _, state, accepted = read or ("", "", None)
    return SourceHealth(
        source=source.id,
        name=source.name,
        healthy=state in ACCEPTED_RUNS and not source.is_overdue(accepted, now),
        read=accepted if accepted is not None and accepted <= now + CLOCK_SLACK else None,
        tried=bool(state),
    )
