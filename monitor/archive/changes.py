"""What changed between two readings of a call, as typed changes. Pure; cosmetic noise is no change."""

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
    """One change with the old and the new value, as text or JSON; None where there is none."""

    type: ChangeType
    old: str | None = None
    new: str | None = None


_SHARES = ("funder_share", "own_share")

# Seconds differ from one reading to the next without any change.
_SAME_INSTANT = timedelta(minutes=2)

# The portal adds this notice to every call on the day it opens; "opened" says it already.
_NO_NEWS = ("the submission session is now available for",)


def compare_calls(old: Call, new: Call) -> list[CallChange]:
    """Every typed change from `old` to `new`, in the order of the enum; empty for noise alone."""
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
    """Days are compared where a source states only a day, minutes where both state the time."""
    if Precision.DAY in (old.precision, new.precision):
        return _day(old) == _day(new)
    return abs(old.at - new.at) < _SAME_INSTANT


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
    """Return the facts without a share that only one side has: a reader that has learnt to read it is no change of the publisher's."""
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
    """Whether a publisher's notice tells more than that the call is now open."""
    return not notice.text.casefold().startswith(_NO_NEWS)
