"""Facts that a department has been told, as short words: writing, reading and comparing them.

A fact is unique per department and call. `new`, `coming` and `opened` say how the call was told; `deadline:KEYS` which dates,
`closing-4w:KEY` and `closing-1w:KEY` which reminders, `reminded` that the coordinator asked for one, `withdrawn` and `back`
whether it is there at all; `budget:ID`, `fact:ID` and `notice:ID` which events. A fact that comes true again has a number:
`deadline:2026-06-25#2`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.calls import Call, Deadline, DeadlineModel, Precision, in_calendar
from monitor.vocabulary import EVENT_CHANGES, Kind

if TYPE_CHECKING:
    from monitor.digest.model import Told

FIRST = ("new", "coming", "missed")
_EVENT_WORDS = frozenset(EVENT_CHANGES.values())
_DAY_LENGTH = len("2026-06-25")


@dataclass(frozen=True, slots=True)
class ToldFacts:
    """Conclusions from all facts told about one call."""

    facts: frozenset[str] = frozenset()
    told: bool = False
    opened: bool = False
    withdrawn: bool = False
    dates: tuple[str, ...] | None = None
    tellings: int = 0
    """Number of times that dates were told: each time but the first, they had changed."""
    events: frozenset[int] = field(default_factory=frozenset)


def read_facts(told: Iterable[Told]) -> ToldFacts:
    """Return the conclusions from the facts of a call, given in the order of telling."""
    facts = [fact.fact for fact in told]
    if not facts:
        return ToldFacts()
    last_dates: tuple[str, ...] | None = None
    withdrawn = False
    tellings = 0
    events = set()
    for fact in facts:
        word, _, rest = fact.partition("#")[0].partition(":")
        if word == "deadline":
            # Days outside the calendar were told by earlier versions; nobody is told that they have changed.
            last_dates = tuple(key for key in rest.split(",") if in_calendar(key_date(key))) if rest else ()
            tellings += 1
        elif word in ("withdrawn", "back"):
            withdrawn = word == "withdrawn"
        elif word in _EVENT_WORDS:
            events.add(int(rest))
    return ToldFacts(
        facts=frozenset(facts),
        told=any(word in facts for word in FIRST),
        opened="new" in facts or "opened" in facts,
        withdrawn=withdrawn,
        dates=last_dates,
        tellings=tellings,
        events=frozenset(events),
    )


def number_fact(fact: str, known: frozenset[str]) -> str:
    """Return the fact, with the next free number when it has been told before."""
    if fact not in known:
        return fact
    number = 2
    while f"{fact}#{number}" in known:
        number += 1
    return f"{fact}#{number}"


def date_keys(call: Call) -> tuple[str, ...]:
    """Return the dates of a call as comparable text: a day, or a minute with its offset, as exactly as the source states.

    An event's date is when it starts. `rolling` stands for a call without any last day.
    """
    if call.kind is Kind.EVENT:
        return (_minute(call.starts),) if call.starts else ()
    if call.deadlines:
        return tuple(dict.fromkeys(deadline_key(deadline) for deadline in call.deadlines))
    return ("rolling",) if call.deadline_model is DeadlineModel.ROLLING else ()


def deadline_key(deadline: Deadline) -> str:
    """Return the date key of one deadline, in the publisher's zone."""
    if deadline.precision is Precision.DAY:
        return _day(deadline.at, deadline.zone)
    return _minute(deadline.at.astimezone(ZoneInfo(deadline.zone)))


def guessed_keys(call: Call) -> frozenset[str]:
    """Return the date keys whose year the source does not write; mails show them as probable."""
    if call.kind is Kind.EVENT:
        return frozenset()
    return frozenset(deadline_key(d) for d in call.deadlines if d.year_guessed)


def deadline_fact(keys: tuple[str, ...]) -> str:
    """Return the fact that these dates were told."""
    return "deadline:" + ",".join(keys)


def key_date(key: str) -> date | None:
    """Return the day of a date key; None for `rolling`."""
    return None if key == "rolling" else date.fromisoformat(key[:_DAY_LENGTH])


def key_moment(key: str) -> datetime | None:
    """Return the moment of a date key that has one; None for a mere day and for `rolling`."""
    return datetime.fromisoformat(key) if key != "rolling" and len(key) > _DAY_LENGTH else None


def dates_changed(told: tuple[str, ...], current: tuple[str, ...], now: datetime) -> bool:
    """Return whether the told dates are wrong in any date that is still to come.

    Dates that have passed, and that a source dropped for that reason, are no change. A time of day added to a day that was
    told without one is no change either, as long as the day holds.
    """
    gone = [key for key in told if not has_passed(key, now) and not _is_among(key, current)]
    added = [key for key in current if not has_passed(key, now) and not _is_among(key, told)]
    return bool(gone or added)


def is_earlier(told: tuple[str, ...], current: tuple[str, ...], now: datetime) -> bool:
    """Return whether a reader who trusts the told dates would come too late."""
    lost = [key for key in told if not has_passed(key, now) and not _is_among(key, current)]
    if not lost:
        return False
    first_lost = min(_sort_key(key) for key in lost)
    return any(_sort_key(key) < first_lost for key in current if not _is_among(key, told))


def has_passed(key: str, now: datetime) -> bool:
    """Return whether the day or moment of a date key is over."""
    moment = key_moment(key)
    if moment is not None:
        return moment < now
    day = key_date(key)
    return day is not None and day < now.date()


def _sort_key(key: str) -> str:
    """Return the sort key of a date key by time; a day without a time ends last on that day, `rolling` never."""
    return "9" if key == "rolling" else key[:_DAY_LENGTH] + (key[_DAY_LENGTH : _DAY_LENGTH + 6] or "T24:00")


def _is_among(key: str, others: tuple[str, ...]) -> bool:
    """Return whether a date is among the others: the same key, or the same day where either has no time."""
    if key in others:
        return True
    day = key_date(key)
    return day is not None and any(
        key_date(other) == day and (key_moment(key) is None or key_moment(other) is None or key_moment(other) == key_moment(key))
        for other in others
    )


def _day(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def _minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
