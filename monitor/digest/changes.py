"""Comparing a call with the facts that a department was told, and the facts that a mail about it adds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.calls import call_status, next_deadline
from monitor.digest.facts import (
    FIRST,
    ToldFacts,
    date_keys,
    dates_changed,
    deadline_fact,
    has_passed,
    is_earlier,
    number_fact,
)
from monitor.digest.model import CallEvent, Candidate, Change
from monitor.language.dossiers import find_phase
from monitor.vocabulary import EVENT_CHANGES, ChangeType, Kind, MailChange, Status

FOUR_WEEKS, ONE_WEEK = 28, 7
LEFT_OUT = "left-out"
"""New value of a withdrawn call that the municipality left out itself."""


def find_changes(candidate: Candidate, known: ToldFacts, now: datetime) -> list[Change]:
    """Return the changes since the department was told, by comparison with the told facts: there and back is no change."""
    changes: list[Change] = []
    call = candidate.call
    current = date_keys(call)
    told = known.dates or ()
    if call.kind is Kind.CALL:
        open_before = not told or any(not has_passed(key, now) for key in told)
        if candidate.vanished_at is not None:
            gone = Change(kind=MailChange.WITHDRAWN, old=told, new=(LEFT_OUT,) if candidate.left_out else ())
            return [gone] if open_before and not known.withdrawn else []
        if known.withdrawn:
            if call_status(call, now) is Status.CLOSED:
                return []
            changes.append(Change(kind=MailChange.BACK))
    if known.dates is not None and dates_changed(told, current, now):
        kind = MailChange.EARLIER if is_earlier(told, current, now) else MailChange.MOVED
        changes.append(Change(kind=kind, old=told, new=current))
    if call.kind is not Kind.CALL:
        return changes
    status = call_status(call, now)
    if not known.opened and status is Status.OPEN and "coming" in known.facts:
        changes.append(Change(kind=MailChange.OPENED))
    if status is not Status.CLOSED:
        changes.extend(_event_changes(candidate.events, known))
    return changes


def _event_changes(events: Sequence[CallEvent], known: ToldFacts) -> list[Change]:
    """Return the changes of the events not yet told: of each type one, from the first old value to the last new value."""
    fresh = [event for event in events if event.id not in known.events]
    changes = []
    for kind_of_event, kind in EVENT_CHANGES.items():
        same_type = [event for event in fresh if event.type == kind_of_event]
        if kind is MailChange.FACT:
            changes.extend(_fact_changes(same_type))
        elif kind is MailChange.NOTICE:
            notices = [text for event in same_type for text in json.loads(event.new or "[]")]
            if notices:
                changes.append(Change(kind=kind, new=tuple(dict.fromkeys(notices))))
        elif same_type and same_type[0].old != same_type[-1].new:
            changes.append(Change(kind=kind, old=(same_type[0].old or "",), new=(same_type[-1].new or "",)))
    return changes


def find_move(candidate: Candidate, now: datetime) -> tuple[Change, ...]:
    """Return the change of a dossier that this document moves, when the reader was told of earlier documents of it."""
    told = [fact.at for earlier in candidate.follows for fact in earlier.told if fact.fact in FIRST]
    if not told:
        return ()
    call = candidate.call
    ahead = [key for key in date_keys(call) if not has_passed(key, now)][:1]
    day = max(told).astimezone(now.tzinfo).date().isoformat()
    return (Change(kind=MailChange.DOSSIER, old=(day,), new=(find_phase(call.title, call.url).value, *ahead)),)


def _fact_changes(events: Sequence[CallEvent]) -> list[Change]:
    """Return the changes of facts: one for each fact of each document, from its first old value to its last new value."""
    sides: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for event in events:
        old, new = event.old or "", event.new or ""
        said = json.loads(new)
        sides.setdefault((said["fact"], said.get("url", "")), []).append((old, new))
    return [
        Change(kind=MailChange.FACT, old=(found[0][0],), new=(found[-1][1],))
        for found in sides.values()
        if json.loads(found[0][0])["values"] != json.loads(found[-1][1])["values"]
    ]


def reminder_facts(candidate: Candidate, now: datetime) -> list[str]:
    """Return the facts of the reminders that any mention of the call at `now` makes unnecessary."""
    upcoming = next_deadline(candidate.call, now)
    if candidate.call.kind is not Kind.CALL or upcoming is None:
        return []
    day = upcoming.at.astimezone(now.tzinfo).date()
    left = (day - now.date()).days
    return [f"{name}:{day}" for name, days in (("closing-1w", ONE_WEEK), ("closing-4w", FOUR_WEEKS)) if left <= days]


def mention_facts(candidate: Candidate, known: ToldFacts, now: datetime) -> list[str]:
    """Return the facts that a reader learns besides the headline: dates, a near deadline, and every earlier change."""
    facts = []
    keys = date_keys(candidate.call)
    if known.dates is None or keys != known.dates:
        facts.append(number_fact(deadline_fact(keys), known.facts))
    facts.extend(fact for fact in reminder_facts(candidate, now) if fact not in known.facts)
    facts.extend(
        f"{EVENT_CHANGES[ChangeType(event.type)]}:{event.id}"
        for event in candidate.events
        if event.type in EVENT_CHANGES and event.id not in known.events
    )
    return facts
