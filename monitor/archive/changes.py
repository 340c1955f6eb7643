"""Typed changes between two readings of a call. Pure. Cosmetic differences, such as white space or seconds, are no change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from monitor.calls import Call, Deadline, DeadlineModel, Notice, Precision, Section
from monitor.vocabulary import ChangeType


@dataclass(frozen=True, slots=True)
class CallChange:
    """Change of a call, as stored in `events`."""

    type: ChangeType
    old: str | None = None
    """Old value as text or JSON, by type; None where there is none."""
    new: str | None = None
    """New value as text or JSON, by type; None where there is none."""


_SHARES = ("funder_share", "own_share")

# Seconds differ from one reading to the next without any change.
_INSTANT_TOLERANCE = timedelta(minutes=2)

# The portal adds this notice to every call on the day it opens, which the change "opened" reports.
_OPENING_NOTICES = ("the submission session is now available for",)


def compare_calls(old: Call, new: Call) -> list[CallChange]:
    """Return every typed change from `old` to `new`, in the order of ChangeType; empty where only cosmetics differ."""
    checks: tuple[Callable[[Call, Call], CallChange | None], ...] = (_deadline_moved, _budget_changed, _text_changed, _news)
    return [event for check in checks if (event := check(old, new))]


def _deadline_moved(old: Call, new: Call) -> CallChange | None:
    if _same_deadlines(old.deadlines, new.deadlines):
        rolling = DeadlineModel.ROLLING
        if (old.deadline_model is rolling) == (new.deadline_model is rolling):
            return None
    return CallChange(ChangeType.DEADLINE_MOVED, _deadlines_json(old), _deadlines_json(new))


def _same_deadlines(old: tuple[Deadline, ...], new: tuple[Deadline, ...]) -> bool:
    if len(old) != len(new):
        return False
    by_time = attrgetter("at")
    return all(_same_deadline(*pair) for pair in zip(sorted(old, key=by_time), sorted(new, key=by_time), strict=True))


def _same_deadline(old: Deadline, new: Deadline) -> bool:
    """Compare days where one reading states only a day, else instants."""
    if Precision.DAY in (old.precision, new.precision):
        return _day(old) == _day(new)
    return abs(old.at - new.at) < _INSTANT_TOLERANCE


def _day(deadline: Deadline) -> date:
    return deadline.at.astimezone(ZoneInfo(deadline.zone)).date()


def _deadlines_json(call: Call) -> str:
    if not call.deadlines:
        return json.dumps([call.deadline_model.value])
    return json.dumps([deadline.at.isoformat() for deadline in call.deadlines])


def _budget_changed(old: Call, new: Call) -> CallChange | None:
    before, after = _budget_facts(old), _budget_facts(new)
    if before == after or _without_new_shares(before, after) == _without_new_shares(after, before):
        return None
    return CallChange(ChangeType.BUDGET_CHANGED, json.dumps(before), json.dumps(after))


def _budget_facts(call: Call) -> dict[str, object]:
    budget = call.budget
    facts = {
        "total": budget.total,
        "project_min": budget.project_min,
        "project_max": budget.project_max,
        "grants": budget.grants,
        "funder_share": budget.funder_share,
        "own_share": budget.own_share,
    }
    stated = {name: value for name, value in facts.items() if value is not None}
    return {**stated, "currency": budget.currency} if stated else {}


def _without_new_shares(facts: dict[str, object], others: dict[str, object]) -> dict[str, object]:
    """Return the facts without a share that only one side has: a newly read share is no change by the publisher."""
    kept = {name: value for name, value in facts.items() if name not in _SHARES or name in others}
    return kept if kept.keys() - {"currency"} else {}


def _text_changed(old: Call, new: Call) -> CallChange | None:
    before, after = _texts(old), _texts(new)
    changed = [name for name in after if _words(before[name]) != _words(after[name])]
    if not changed:
        return None
    return CallChange(
        ChangeType.TEXT_CHANGED,
        json.dumps({name: before[name] for name in changed if name == "title"} or None, ensure_ascii=False),
        json.dumps({"fields": changed, **{name: after[name] for name in changed if name == "title"}}, ensure_ascii=False),
    )


def _texts(call: Call) -> dict[str, str]:
    return {
        "title": call.title,
        "summary": call.summary,
        "description": _flat(call.sections),
        "conditions": _flat(call.conditions),
    }


def _flat(sections: tuple[Section, ...]) -> str:
    return "\n".join(f"{part.title}\n{part.text}" for part in sections)


def _words(text: str) -> list[str]:
    return text.split()


def _news(old: Call, new: Call) -> CallChange | None:
    known = {tuple(_words(notice.text)) for notice in old.notices}
    fresh = [notice for notice in new.notices if is_news(notice) and tuple(_words(notice.text)) not in known]
    if not fresh:
        return None
    return CallChange(ChangeType.NEWS, None, json.dumps([notice.text for notice in fresh], ensure_ascii=False))


def is_news(notice: Notice) -> bool:
    """Return whether a publisher's notice says more than that the call is now open."""
    return not notice.text.casefold().startswith(_OPENING_NOTICES)
