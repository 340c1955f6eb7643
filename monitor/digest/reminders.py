"""Reminders of plans in a week's mail: for each call that a department plans, the steps that are late or due soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from monitor.digest.wording import Wording
from monitor.plan.gates import SUBMISSION
from monitor.plan.steps import Plan, Step, StepVerdict

CALL_LIMIT = 5
"""Calls that the mail reminds of; the plans of all are on the web."""
STEP_LIMIT = 3
"""Steps that are named of one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReminder:
    """Plan of a call that has something to remind of."""

    source: str
    call_id: str
    title: str
    """Title of the call, on one line."""
    language: str
    """Language of the title; "" where it is not known."""
    plan: Plan


def choose_reminders(reminders: list[PlanReminder]) -> tuple[PlanReminder, ...]:
    """Return the plans to remind of, the nearest last day first; plans without anything late or due soon are left out."""
    due = [reminder for reminder in reminders if reminder.plan.due_soon()]
    due.sort(key=lambda reminder: (reminder.plan.last_day or date.max, reminder.title))
    return tuple(due[:CALL_LIMIT])


def reminder_lines(plan: Plan, wording: Wording, now: datetime) -> tuple[str, ...]:
    """Return what to remind of in one plan, a sentence each: what cannot be made, what is late, what is due soon."""
    return tuple(_lines(plan, wording, now))


def _lines(plan: Plan, wording: Wording, now: datetime) -> Iterator[str]:
    say, language = wording.say, wording.language
    impossible = [step.gate.title(language) for step in plan.impossible if step.id != SUBMISSION]
    if impossible and plan.last_day is not None:
        yield say("plan.impossible", day=wording.short_day(plan.last_day, now), steps=wording.join(impossible))
    steps = [step for step in plan.due_soon() if step.verdict is not StepVerdict.IMPOSSIBLE]
    steps.sort(key=lambda step: step.verdict is not StepVerdict.LATE)
    for step in steps[:STEP_LIMIT]:
        yield _line(step, plan.today, wording, now)
    if len(steps) > STEP_LIMIT:
        yield say("plan.more", n=len(steps) - STEP_LIMIT)


def _line(step: Step, today: date, wording: Wording, now: datetime) -> str:
    say, name = wording.say, step.gate.title(wording.language)
    if step.begin is None or step.due is None:
        return name
    if step.verdict is StepVerdict.LATE:
        return say("plan.late", step=name, day=wording.short_day(step.begin, now))
    if step.begin >= today and step.begin < step.due:
        return say("plan.begin", step=name, day=wording.short_day(step.begin, now))
    return say("plan.due", step=name, day=wording.short_day(step.due, now))
