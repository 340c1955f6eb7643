"""Decision which jobs are due, from the archive and `now` alone: the scheduler keeps no state of its own."""

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
from monitor.vocabulary import DONE_JOBS, JobState

RETRY_DELAYS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=3))
"""Delays after a failure before the same work is tried again; then it waits for its next turn."""
LOCKED_DELAY = timedelta(minutes=5)
"""Delay before work is tried again that was locked out, or mails that were not all taken."""
NEXT_TURN_NEAR = timedelta(hours=24)
"""A weekly mail, note or test that was missed is left to the next one when that is this near; corrections at half of it."""
_DAY = timedelta(days=1)


class Lane(Enum):
    """Queue of jobs that wait for each other; mails do not wait for a long reading."""

    ARCHIVE = "archive"
    MAIL = "mail"
    TRANSLATION = "translation"
    """Of its own, so that an engine that hangs delays no other job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueJob:
    """Job that is to be done now."""

    name: str
    """Name as the archive stores it, a key of `monitor.jobs.status.JOB_NAMES`."""
    due: datetime
    """Moment at which it was due; with the name the key of its row in the archive."""
    command: tuple[str, ...]
    """Command of `monitor` that does it, with its arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """Facts of the archive that decide which jobs are due."""

    jobs: Mapping[str, JobRow] = field(default_factory=dict)
    """Newest row of each job, by name."""
    readings: Mapping[str, datetime] = field(default_factory=dict)
    """Time of each source's last reading, well or not, by id."""
    unaccepted: Collection[str] = ()
    """Ids of the sources whose newest reading failed or did not count."""
    lost: Collection[str] = ()
    """Ids of the sources that give nothing any more and are to be looked for on their sites."""
    mails: int = 0
    """Mails, and letters that are still to be written, that wait to be sent."""
    since: datetime
    """Time when the scheduler first ran here. Weekly work due before it is not made good."""


def due_jobs(config: Config, facts: ScheduleFacts, now: datetime, lane: Lane) -> list[DueJob]:
    """Return the jobs that are due in a lane, in the order to do them.

    Only the first is to be done before asking again: what it does may change the rest.
    """
    if lane is Lane.MAIL:
        return list(_mails(facts, now))
    if lane is Lane.TRANSLATION:
        return list(_translations(config, facts, now))
    makers = (_match, _corrections, _preview, _digest, _documents, _weekly, _nightly, _seek, _awards)
    reading = () if config.shared_archive is not None else tuple(_crawl(config, facts, now))
    return [*reading, *(due for maker in makers for due in maker(config, facts, now))]


def last_daily(clock: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment, not after `now`, at which clocks in the zone showed `clock` (05:30); there is one on each day."""
    at = time.fromisoformat(clock)
    day = now.astimezone(zone).date()
    moment = datetime.combine(day, at, zone)
    # Comparing in UTC: two moments of one zone would be compared by what the wall shows.
    return moment if _instant(moment) <= _instant(now) else datetime.combine(day - _DAY, at, zone)


def last_weekly(clock: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment, not after `now`, of a weekly time such as `mon 07:00`."""
    name, at = clock.split()
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - DAYS.index(name)) % 7)
    moment = datetime.combine(day, time.fromisoformat(at), zone)
    return moment if _instant(moment) <= _instant(now) else datetime.combine(day - 7 * _DAY, time.fromisoformat(at), zone)


def is_open(row: JobRow | None, slot: datetime, now: datetime) -> bool:
    """Return whether the work due at `slot` is to be done now. `row` is the newest row of the job."""
    if row is None or _instant(row.due) < _instant(slot):
        return True
    if row.state == JobState.INTERRUPTED:
        return True
    if row.finished is None or row.state in DONE_JOBS:
        return False
    if row.state == JobState.LOCKED:
        return now - row.finished >= LOCKED_DELAY
    return row.attempts <= len(RETRY_DELAYS) and now - row.finished >= RETRY_DELAYS[row.attempts - 1]


def is_given_up(row: JobRow) -> bool:
    """Return whether a failed job is not tried again before its next turn."""
    return row.state in (JobState.FAILED, JobState.HUNG) and row.attempts > len(RETRY_DELAYS)


def _crawl(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    slot = last_daily(config.schedule.crawl, now, config.zone)
    unread = [source.id for source in config.sources if source.enabled and _is_unread(facts, source, slot)]
    if unread and is_open(facts.jobs.get("crawl"), slot, now):
        yield DueJob(name="crawl", due=slot, command=("crawl", *unread))


def _is_unread(facts: ScheduleFacts, source: Source, slot: datetime) -> bool:
    """Return whether a source is to be read: its days have passed, or its newest reading did not count and a day has."""
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
    following = _next_weekly(config.schedule.digest, now, config.zone)
    near = _instant(following) - _instant(now) <= NEXT_TURN_NEAR / 2
    if matched is not None and not near and is_open(facts.jobs.get("corrections"), matched, now):
        yield DueJob(name="corrections", due=matched, command=("digest", "--corrections", "--last-good"))


def _matched(config: Config, facts: ScheduleFacts) -> datetime | None:
    """Return the time of the reading that was matched last; a member without rules has the matches of the one that reads."""
    if config.shared_archive is not None and not config.rules.dir:
        return max(facts.readings.values(), default=None)
    row = facts.jobs.get("match")
    return row.due if row is not None and row.state in DONE_JOBS else None


def _preview(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    if not config.digest.preview:
        return
    following = _next_weekly(config.schedule.digest, now, config.zone)
    slot = datetime.combine(following.date() - _DAY, following.time(), config.zone)
    if _instant(facts.since) <= _instant(slot) <= _instant(now) and is_open(facts.jobs.get("preview"), slot, now):
        yield DueJob(name="preview", due=slot, command=("digest", "--preview", "--last-good"))


def _digest(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    slot = last_weekly(config.schedule.digest, now, config.zone)
    following = _next_weekly(config.schedule.digest, now, config.zone)
    missed = _instant(following) - _instant(now) < NEXT_TURN_NEAR
    if _instant(slot) >= _instant(facts.since) and not missed and is_open(facts.jobs.get("digest"), slot, now):
        yield DueJob(name="digest", due=slot, command=("digest", "--week", iso_week(slot.date()), "--last-good"))


def _weekly(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    weekly = {"note": config.schedule.note}
    if config.shared_archive is None:
        weekly["canary"] = config.schedule.canary
    for name, clock in weekly.items():
        if clock:
            slot = last_weekly(clock, now, config.zone)
            missed = _instant(_next_weekly(clock, now, config.zone)) - _instant(now) < NEXT_TURN_NEAR
            if _instant(slot) >= _instant(facts.since) and not missed and is_open(facts.jobs.get(name), slot, now):
                yield DueJob(name=name, due=slot, command=(name,))


def _nightly(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    slot = last_daily(config.schedule.backup, now, config.zone)
    for name in ("backup", "tidy"):
        if is_open(facts.jobs.get(name), slot, now):
            yield DueJob(name=name, due=slot, command=(name,))


def _seek(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    """Yield the search for sources that are lost, by the one that reads: at the time of the back-up, when there are any."""
    slot = last_daily(config.schedule.backup, now, config.zone)
    if config.shared_archive is None and facts.lost and is_open(facts.jobs.get("seek"), slot, now):
        yield DueJob(name="seek", due=slot, command=("sources", "seek"))


def _awards(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    """Yield the import of funded projects: on the first of each month at the time of the back-up, by the one that reads."""
    if config.shared_archive is not None:
        return
    today = last_daily(config.schedule.backup, now, config.zone)
    slot = datetime.combine(today.date().replace(day=1), today.time(), config.zone)
    if _instant(slot) >= _instant(facts.since) and is_open(facts.jobs.get("awards"), slot, now):
        yield DueJob(name="awards", due=slot, command=("awards", "import", "--fetch", "--scheduled"))


def _translations(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    """Yield the translation after each matching, for installations that have an engine."""
    matched = _matched(config, facts)
    if config.translate.engine and matched is not None and is_open(facts.jobs.get("translate"), matched, now):
        yield DueJob(name="translate", due=matched, command=("translate",))


def _documents(config: Config, facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    """Yield the fetch of the documents of matched calls: after each matching, by the one that reads the sources."""
    matched = _matched(config, facts)
    if config.shared_archive is None and matched is not None and is_open(facts.jobs.get("documents"), matched, now):
        yield DueJob(name="documents", due=matched, command=("documents", "fetch", "--scheduled"))


def _mails(facts: ScheduleFacts, now: datetime) -> Iterator[DueJob]:
    last = facts.jobs.get("send")
    rested = (
        last is None
        or last.state in (JobState.DONE, JobState.INTERRUPTED)
        or (last.finished is not None and now - last.finished >= LOCKED_DELAY)
    )
    if facts.mails and rested:
        yield DueJob(name="send", due=now, command=("send", "--scheduled"))


def _next_weekly(clock: str, now: datetime, zone: ZoneInfo) -> datetime:
    last = last_weekly(clock, now, zone)
    return datetime.combine(last.date() + 7 * _DAY, last.time(), zone)


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
