"""Comparing a call with the facts that a department was told, and the facts that a mail about it adds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.calls import call_status, next_deadline
from monitor.digest.facts import ToldFacts, date_keys, dates_changed, deadline_fact, has_passed, is_earlier, number_fact
from monitor.digest.model import CallEvent, Candidate, Change, ChangeKind
from monitor.vocabulary import Kind, Status

FOUR_WEEKS, ONE_WEEK = 28, 7


def find_changes(candidate: Candidate, known: ToldFacts, now: datetime) -> list[Change]:
    """Return the changes since the department was told, by comparison with the told facts: there and back is no change."""
    changes: list[Change] = []
    call = candidate.call
    current = date_keys(call)
    told = known.dates or ()
    if call.kind is Kind.CALL:
        open_before = not told or any(not has_passed(key, now) for key in told)
        if candidate.vanished_at is not None:
            return [Change(kind=ChangeKind.WITHDRAWN, old=told)] if open_before and not known.withdrawn else []
        if known.withdrawn:
            if call_status(call, now) is Status.CLOSED:
                return []
            changes.append(Change(kind=ChangeKind.BACK))
    if known.dates is not None and dates_changed(told, current, now):
        kind = ChangeKind.EARLIER if is_earlier(told, current, now) else ChangeKind.MOVED
        changes.append(Change(kind=kind, old=told, new=current))
    if call.kind is not Kind.CALL:
        return changes
    status = call_status(call, now)
    if not known.opened and status is Status.OPEN and "coming" in known.facts:
        changes.append(Change(kind=ChangeKind.OPENED))
    if status is not Status.CLOSED:
        changes.extend(_event_changes(candidate.events, known))
    return changes


def _event_changes(events: Sequence[CallEvent], known: ToldFacts) -> list[Change]:
    fresh = [event for event in events if event.id not in known.events]
    changes = []
    budgets = [event for event in fresh if event.type == "budget_changed"]
    if budgets and budgets[0].old != budgets[-1].new:
        changes.append(Change(kind=ChangeKind.BUDGET, old=(budgets[0].old or "{}",), new=(budgets[-1].new or "{}",)))
    notices = [text for event in fresh if event.type == "news" for text in json.loads(event.new or "[]")]
    if notices:
        changes.append(Change(kind=ChangeKind.NOTICE, new=tuple(dict.fromkeys(notices))))
    return changes


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
    words = {"budget_changed": "budget", "news": "notice"}
    facts.extend(
        f"{words[event.type]}:{event.id}" for event in candidate.events if event.type in words and event.id not in known.events
    )
    return facts
