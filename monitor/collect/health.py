"""Judge the health of a source by its own history: items per run, rhythm of changes, and current problems. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from monitor.calls import Call
from monitor.collect.item_losses import ItemFacts, measure_items
from monitor.collect.quality import is_ahead
from monitor.collect.reading import ProblemKind, SourceReading
from monitor.collect.usual import find_losses


class HealthClass(StrEnum):
    """Class of a source's health, the worst first. Problems of a run keep their values; the others show beside earlier runs."""

    OK = ""
    SILENT = "silent"
    DROP = "drop"
    FIELDS = ProblemKind.FIELDS.value
    OLD = "old"
    STALE = "stale"
    UNREADABLE_ITEMS = "unreadable-items"
    UNREACHABLE = ProblemKind.UNREACHABLE.value
    GONE = ProblemKind.GONE.value
    MOVED = ProblemKind.MOVED.value
    SERVER = ProblemKind.SERVER.value
    BLOCKED = ProblemKind.BLOCKED.value
    ROBOTS = ProblemKind.ROBOTS.value
    REFUSED = ProblemKind.REFUSED.value
    TOO_LARGE = ProblemKind.TOO_LARGE.value
    NOT_A_FEED = ProblemKind.NOT_A_FEED.value
    UNREADABLE = ProblemKind.UNREADABLE.value
    LAYOUT = ProblemKind.LAYOUT.value
    SCRIPTED = ProblemKind.SCRIPTED.value
    INCOMPLETE = ProblemKind.INCOMPLETE.value
    FALL = ProblemKind.FALL.value
    LINKS = ProblemKind.LINKS.value
    SLOW = ProblemKind.SLOW.value
    CERTIFICATE = ProblemKind.CERTIFICATE.value
    UNSTORED = ProblemKind.UNSTORED.value
    EMPTY = ProblemKind.EMPTY.value


@dataclass(frozen=True, slots=True)
class Health:
    """Health of a source: its class and a plain Swedish sentence, both empty for a healthy one."""

    kind: HealthClass = HealthClass.OK
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """Facts about one run of a source."""

    at: datetime
    accepted: bool
    items: int
    """Items that could be read, passed on or left out."""
    seen: int = 0
    skipped: int = 0
    changes: int = 0
    not_modified: bool = False
    newest: datetime | None = None
    """Latest date that any item has."""
    said_empty: bool = False
    """True when the publisher stated that it had nothing at present."""
    fields: dict[str, int] = field(default_factory=dict)
    """Number of calls that had each of the facts of `LEARNED_FIELDS`, and of all calls as `items`."""
    chars: int | None = None
    """Median length of the texts of the calls, in characters; None where it was not measured."""
    read_fields: dict[str, int] = field(default_factory=dict)
    """The same numbers over the calls and the items that were left out, and as `ahead` of those with a day ahead."""
    read_chars: int | None = None
    """Median length of the texts of the calls and the items that were left out."""
    each: dict[str, ItemFacts] = field(default_factory=dict)
    """Facts of each call and item that was left out, by key; empty where there were many."""
    accepted_doubts: tuple[str, ...] = ()
    """Classes of the problems with which a person has accepted the run."""
    problems: tuple[tuple[str, str], ...] = ()
    """Problems of the run: class and Swedish sentence."""
    moved: str = ""
    """Address that the source's address redirects to permanently, or ""."""


# Of several problems the first is the cause of the others.
_ORDER = list(HealthClass)
_MIN_RUNS = 3
_MIN_ITEMS = 5
"""Runs and items that a comparison with earlier runs needs."""
_FEW_ITEMS = 2
"""Usual number of items at which a run with none is nothing strange for 14 days."""
_DAY = timedelta(days=1)


def measure(reading: SourceReading, now: datetime) -> dict[str, object]:
    """Return the facts of a run at `now` that later runs are compared with, as JSON values: see RunFacts."""
    calls = list(reading.calls.values())
    items = {**reading.left_out_calls, **reading.calls}
    read = list(items.values())
    newest = max((moment for call in calls for moment in _moments(call)), default=None)
    return {
        "items": reading.items,
        "left_out": len(reading.left_out),
        "moved": reading.moved,
        "said_empty": reading.said_empty,
        "newest": newest.isoformat() if newest else None,
        "chars": _usual_length(calls),
        "fields": _count_facts(calls),
        "read_chars": _usual_length(read),
        "each": measure_items(items),
        "read_fields": {**_count_facts(read), "ahead": sum(is_ahead(call, now) for call in read)},
    }


def _usual_length(calls: Sequence[Call]) -> int | None:
    return round(median(max(len(call.body), len(call.summary)) for call in calls)) if calls else None


def _count_facts(calls: Sequence[Call]) -> dict[str, int]:
    return {
        "items": len(calls),
        "deadline": sum(bool(call.deadlines) for call in calls),
        "published": sum(call.published is not None for call in calls),
        "text": sum(bool(call.body or call.summary) for call in calls),
        "starts": sum(call.starts is not None for call in calls),
    }


def judge_health(runs: Sequence[RunFacts], *, every: int, expected: int) -> Health:
    """Return the health of a source by its runs in order of time, the newest last.

    `every` is its rhythm in days, `expected` the least number of items of a healthy run. How empty, how small and how quiet a
    source may be is learned from its earlier runs.
    """
    if not runs:
        return Health()
    now = runs[-1]
    if now.problems:
        kind, text = min(now.problems, key=lambda problem: _rank(problem[0]))
        return Health(HealthClass(kind), text)
    earlier = [run for run in runs[:-1] if run.accepted and not run.not_modified]
    candidates = [_moved(now)]
    if not now.not_modified:
        candidates += [_empty(now, earlier), _drop(now, earlier, expected), _unreadable(now, earlier), _fields(now, earlier)]
    candidates += [_old(now, earlier, every), _stale(runs, every)]
    return next((health for health in candidates if health is not None), Health())


def _rank(kind: str) -> int:
    return _ORDER.index(HealthClass(kind))


def _moments(call: Call) -> list[datetime]:
    dates = [call.published, call.starts, *(deadline.at for deadline in call.deadlines)]
    return [moment for moment in dates if moment is not None]


def _moved(now: RunFacts) -> Health | None:
    return Health(HealthClass.MOVED, f"Sidan har flyttat för gott till {now.moved}. Ändra källans adress.") if now.moved else None


def _empty(now: RunFacts, earlier: Sequence[RunFacts]) -> Health | None:
    """Return a problem when a source that used to have items is empty for longer than ever before."""
    if now.items or now.said_empty:
        return None
    before = list(earlier)
    since = now.at
    while before and not before[-1].items:
        since = before.pop().at
    filled = [run.items for run in before if run.items]
    if not filled:
        return None
    patience = max(_longest_empty(before), 14 * _DAY if median(filled) <= _FEW_ITEMS else timedelta(0))
    if now.at - since <= patience * 1.5 and patience:
        return None
    days = (now.at - since).days
    how_long = f" sedan {days} dagar" if days else ""
    return Health(HealthClass.SILENT, f"Källan är tom{how_long}. Den brukar ha omkring {round(median(filled))} poster.")


def _longest_empty(runs: Sequence[RunFacts]) -> timedelta:
    longest, since = timedelta(0), None
    for run in runs:
        if run.items:
            if since is not None:
                longest = max(longest, run.at - since)
            since = None
        elif since is None:
            since = run.at
    return longest


def _drop(now: RunFacts, earlier: Sequence[RunFacts], expected: int) -> Health | None:
    """Return a problem when there are far fewer items than ever before, or fewer than the source's row expects."""
    if not now.items:
        return None
    usual = [run.items for run in earlier[-30:] if run.items]
    if len(usual) >= _MIN_RUNS and median(usual) >= _MIN_ITEMS and now.items < median(usual) / 2 and now.items < min(usual):
        return Health(HealthClass.DROP, f"Källan gav {now.items} poster. Den brukar ge omkring {round(median(usual))}.")
    if now.items < expected and (not usual or now.items < min(usual)):
        return Health(HealthClass.DROP, f"Källan gav {now.items} poster. Minst {expected} väntas.")
    return None


def _unreadable(now: RunFacts, earlier: Sequence[RunFacts]) -> Health | None:
    """Return a problem when many items, and more than usual, cannot be read: they would be missing without notice."""
    usual = [run.skipped / run.seen for run in earlier[-30:] if run.seen]
    share = now.skipped / now.seen if now.seen else 0.0
    if now.seen >= _MIN_ITEMS and share > 0.3 and share > 2 * (median(usual) if usual else 0.0):
        return Health(HealthClass.UNREADABLE_ITEMS, f"{now.skipped} av {now.seen} poster gick inte att läsa.")
    return None


def _fields(now: RunFacts, earlier: Sequence[RunFacts]) -> Health | None:
    """Return a problem when what most items used to have is missing in nearly all."""
    if HealthClass.FIELDS.value in now.accepted_doubts:
        return None
    losses = find_losses(now, earlier)
    return Health(HealthClass.FIELDS, losses[0]) if losses else None


def _old(now: RunFacts, earlier: Sequence[RunFacts], every: int) -> Health | None:
    """Return a problem when the newest item is older than the source's rhythm lets one expect."""
    if now.newest is None or not now.items:
        return None
    news = sorted({run.newest for run in (*earlier, now) if run.newest is not None})
    gaps = [later - before for before, later in pairwise(news)]
    patience = max(60 * _DAY, 15 * every * _DAY, 2 * max(gaps)) if len(gaps) >= _MIN_RUNS else max(365 * _DAY, 15 * every * _DAY)
    if now.at - now.newest <= patience:
        return None
    return Health(HealthClass.OLD, f"Källan har bara gamla poster. Den nyaste är från {now.newest.date().isoformat()}.")


def _stale(runs: Sequence[RunFacts], every: int) -> Health | None:
    """Return a problem when a source is unchanged for much longer than ever before."""
    moments = [run.at for run in runs if run.changes]
    if not moments:
        moments = [runs[0].at]
    quiet = runs[-1].at - moments[-1]
    gaps = [later - before for before, later in pairwise(moments)]
    patience = (
        max(10 * _DAY, 7 * every * _DAY, 4 * max(gaps))
        if len(gaps) >= 10
        else max(45 * _DAY, 15 * every * _DAY, 2 * max(gaps, default=_DAY))
    )
    if quiet <= patience or not runs[-1].items:
        return None
    return Health(HealthClass.STALE, f"Källan har inte ändrats på {quiet.days} dagar. Förr har den aldrig stått still så länge.")
