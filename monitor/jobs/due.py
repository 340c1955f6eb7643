"""What is due: decided from what the archive says was done and from `now` alone, never from a clock's memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from monitor.archive.scheduler import JobRow
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.settings import DAYS
from monitor.sources import Source
from monitor.vocabulary import DONE_JOBS

# After a failure the same work is tried again so much later; then it waits for its next turn.
WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=3))
PATIENCE = timedelta(minutes=5)
# A weekly mail, note or test that was missed is left to the next one when that is this near, and so are corrections.
NEAR = timedelta(hours=24)
_DAY = timedelta(days=1)


class Lane(Enum):
    """Jobs of one lane wait for each other; mails do not wait for a long reading."""

    ARCHIVE = "archive"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueJob:
    """A job that is to be done now: its name, the moment it was due, and the command that does it."""

    name: str
    due: datetime
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """Facts of the archive. `unaccepted`: the sources whose newest reading failed or did not count; `mails`: how many mails, and letters that are still to be written, wait to go out. `since`: when the scheduler first ran here; mails of times before that are nobody's debt."""

    jobs: Mapping[str, JobRow] = field(default_factory=dict)
    readings: Mapping[str, datetime] = field(default_factory=dict)
    unaccepted: Collection[str] = ()
    mails: int = 0
    since: datetime


def due_jobs(config: Config, facts: ScheduleFacts, now: datetime, lane: Lane) -> list[DueJob]:
    """What is due in one lane, in the order in which it is to be done. Only the first counts: what it does may change the rest."""
    if lane is Lane.MAIL:
        return list(_mails(facts, now))
    makers = (_match, _corrections, _preview, _digest, _weekly, _nightly)
    reading = () if config.shared_archive is not None else tuple(_crawl(config, facts, now))
    return [*reading, *(due for maker in makers for due in maker(config, facts, now))]


def last_daily(clock: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The last moment, not after `now`, at which clocks in the zone showed `clock`; on each day one, whatever the clocks did."""
    at = time.fromisoformat(clock)
    day = now.astimezone(zone).date()
    moment = datetime.combine(day, at, zone)
    # Comparing in UTC: two moments of one zone would be compared by what the wall shows.
    return moment if _instant(moment) <= _instant(now) else datetime.combine(day - _DAY, at, zone)


def last_weekly(clock: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The last moment, not after `now`, of a weekly time such as `mon 07:00`."""
    name, at = clock.split()
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - DAYS.index(name)) % 7)
    moment = datetime.combine(day, time.fromisoformat(at), zone)
    return moment if _instant(moment) <= _instant(now) else datetime.combine(day - 7 * _DAY, time.fromisoformat(at), zone)


def is_open(row: JobRow | None, slot: datetime, now: datetime) -> bool:
    """Whether the work of `slot` is still to be done, and now."""
    if row is None or _instant(row.due) < _instant(slot):
        return True
    if row.state == "interrupted":
        return True
    if row.finished is None or row.state in DONE_JOBS:
        return False
    if row.state == "locked":
        return now - row.finished >= PATIENCE
    return row.attempts <= len(WAITS) and now - row.finished >= WAITS[row.attempts - 1]


def is_given_up(row: JobRow) -> bool:
    """Whether a failed job is not tried again before its next turn."""
    return row.state in ("failed", "hung") and row.attempts > len(WAITS)


def _crawl(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    slot = last_daily(config.schedule.crawl, now, config.zone)
    unread = [source.id for source in config.sources if source.enabled and _is_unread(facts, source, slot)]
    if unread and is_open(facts.jobs.get("crawl"), slot, now):
        yield DueJob(name="crawl", due=slot, command=("crawl", *unread))


def _is_unread(facts: ScheduleFacts, source: Source, slot: datetime) -> bool:
    """Tell whether a source is to be read: its days have passed, or its newest reading did not count and a day has."""
    read = facts.readings.get(source.id)
    days = 1 if source.id in facts.unaccepted else source.every
    return read is None or read < slot - (days - 1) * _DAY


def _match(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    if config.shared_archive is not None and not config.rules.dir:
        return
    newest = max(facts.readings.values(), default=None)
    if newest is not None and is_open(facts.jobs.get("match"), newest, now):
        yield DueJob(name="match", due=newest, command=("match", "--last-good"))


def _corrections(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    matched = _matched(config, facts)
    following = _following(config.schedule.digest, now, config.zone)
    near = _instant(following) - _instant(now) <= NEAR / 2
    if matched is not None and not near and is_open(facts.jobs.get("corrections"), matched, now):
        yield DueJob(name="corrections", due=matched, command=("digest", "--corrections", "--last-good"))


def _matched(config: Config, facts: ScheduleFacts) -> datetime | None:
    """The reading whose matches are there; a member without rules of its own has them from the one that reads."""
    if config.shared_archive is not None and not config.rules.dir:
        return max(facts.readings.values(), default=None)
    row = facts.jobs.get("match")
    return row.due if row is not None and row.state in DONE_JOBS else None


def _preview(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    if not config.digest.preview:
        return
    following = _following(config.schedule.digest, now, config.zone)
    slot = datetime.combine(following.date() - _DAY, following.time(), config.zone)
    if _instant(facts.since) <= _instant(slot) <= _instant(now) and is_open(facts.jobs.get("preview"), slot, now):
        yield DueJob(name="preview", due=slot, command=("digest", "--preview", "--last-good"))


def _digest(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    slot = last_weekly(config.schedule.digest, now, config.zone)
    following = _following(config.schedule.digest, now, config.zone)
    missed = _instant(following) - _instant(now) < NEAR
    if _instant(slot) >= _instant(facts.since) and not missed and is_open(facts.jobs.get("digest"), slot, now):
        yield DueJob(name="digest", due=slot, command=("digest", "--week", iso_week(slot.date()), "--last-good"))


def _weekly(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    weekly = {"note": config.schedule.note}
    if config.shared_archive is None:
        weekly["canary"] = config.schedule.canary
    for name, clock in weekly.items():
        if clock:
            slot = last_weekly(clock, now, config.zone)
            missed = _instant(_following(clock, now, config.zone)) - _instant(now) < NEAR
            if _instant(slot) >= _instant(facts.since) and not missed and is_open(facts.jobs.get(name), slot, now):
                yield DueJob(name=name, due=slot, command=(name,))


def _nightly(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    slot = last_daily(config.schedule.backup, now, config.zone)
    for name in ("backup", "tidy"):
        if is_open(facts.jobs.get(name), slot, now):
            yield DueJob(name=name, due=slot, command=(name,))


def _mails(facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    last = facts.jobs.get("send")
    rested = (
        last is None or last.state in ("done", "interrupted") or (last.finished is not None and now - last.finished >= PATIENCE)
    )
    if facts.mails and rested:
        yield DueJob(name="send", due=now, command=("send", "--scheduled"))


def _following(clock: str, now: datetime, zone: ZoneInfo) -> datetime:
    last = last_weekly(clock, now, zone)
    return datetime.combine(last.date() + 7 * _DAY, last.time(), zone)


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
