"""Runs of scheduled jobs, and the facts that decide which jobs are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.archive.codec import stamp
from monitor.archive.connection import Database, sql_values
from monitor.sources import CLOCK_SLACK
from monitor.vocabulary import ACCEPTED_RUNS

_FIRST_PLAUSIBLE_YEAR = 2025
"""Year before which the clock is wrong."""
_LONGEST_RETRY = timedelta(days=2)
"""Wait that no mail has: a failed mail is tried again after a day at most (see `monitor.mail.delivery`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """Run of a job that was due at a time."""

    name: str
    due: datetime
    state: str
    """Value of JobState."""
    attempts: int
    started: datetime
    finished: datetime | None
    message: str
    """End of the output of a failed job."""


def last_jobs(db: Database, now: datetime) -> dict[str, JobRow]:
    """Return the newest row of every job, without rows of times after `now`, which a wrong clock stored."""
    rows = db.execute(
        "SELECT j.name, j.due, j.state, j.attempts, j.started, j.finished, j.words"
        " FROM (SELECT name, max(due) AS due FROM jobs WHERE due <= ? GROUP BY name) newest"
        " CROSS JOIN jobs j ON j.name = newest.name AND j.due = newest.due",
        [stamp(now + CLOCK_SLACK)],
    ).fetchall()
    return {
        row[0]: JobRow(
            name=row[0],
            due=datetime.fromisoformat(row[1]),
            state=row[2],
            attempts=row[3],
            started=datetime.fromisoformat(row[4]),
            finished=datetime.fromisoformat(row[5]) if row[5] else None,
            message=row[6],
        )
        for row in rows
    }


def last_done(db: Database, name: str) -> datetime | None:
    """Return when the job last finished its work; None when it never has."""
    row = db.execute("SELECT max(finished) FROM jobs WHERE name = ? AND state IN ('done', 'attention')", [name]).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def start_job(db: Database, name: str, due: datetime, now: datetime) -> int:
    """Store that a job begins; return the number of the attempt, from 1."""
    with db.atomic():
        db.execute(
            "INSERT INTO jobs (name, due, state, attempts, started) VALUES (?, ?, 'running', 1, ?) ON CONFLICT (name, due)"
            " DO UPDATE SET state = 'running', attempts = attempts + 1, started = excluded.started, finished = NULL, code = NULL",
            [name, stamp(due), stamp(now)],
        )
        (attempts,) = db.execute("SELECT attempts FROM jobs WHERE name = ? AND due = ?", [name, stamp(due)]).fetchone()
    return int(attempts)


def finish_job(db: Database, name: str, due: datetime, state: str, code: int | None, message: str, now: datetime) -> None:
    """Store the result of a job. A job that was locked out or interrupted does not count as an attempt."""
    uncounted = int(state in ("locked", "interrupted"))
    with db.atomic():
        db.execute(
            "UPDATE jobs SET state = ?, code = ?, words = ?, finished = ?, attempts = attempts - ? WHERE name = ? AND due = ?",
            [state, code, message, stamp(now), uncounted, name, stamp(due)],
        )


def recover_jobs(db: Database, now: datetime) -> list[str]:
    """Mark the jobs as interrupted that ran when the scheduler died, and return their names. Call it at the scheduler's start."""
    names = [row[0] for row in db.execute("SELECT name FROM jobs WHERE state = 'running' ORDER BY name")]
    with db.atomic():
        db.execute(
            "UPDATE jobs SET state = 'interrupted', finished = ?, attempts = attempts - 1 WHERE state = 'running'", [stamp(now)]
        )
    return names


def first_run(db: Database, now: datetime) -> datetime:
    """Return when the scheduler first ran here; the first call stores `now`. A stored time after `now` is ignored."""
    with db.atomic():
        db.execute(
            "INSERT OR IGNORE INTO jobs (name, due, state, attempts, started, finished)"
            " SELECT 'run', ?, 'done', 1, ?, ? WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE name = 'run' AND due <= ?)",
            [*[stamp(now)] * 3, stamp(now + CLOCK_SLACK)],
        )
    return datetime.fromisoformat(db.execute("SELECT min(due) FROM jobs WHERE name = 'run'").fetchone()[0])


def last_readings(db: Database, now: datetime) -> dict[str, datetime]:
    """Return the time of each source's last run. A time after `now` is left out, so that the source is read again."""
    return {source: at for source, at in all_readings(db).items() if at <= now + CLOCK_SLACK}


def unaccepted_sources(db: Database) -> frozenset[str]:
    """Return the ids of the sources whose newest run was not accepted."""
    rows = db.execute(f"SELECT id FROM sources WHERE last_run IS NOT NULL AND state NOT IN {sql_values(ACCEPTED_RUNS)}")
    return frozenset(row[0] for row in rows)


def all_readings(db: Database) -> dict[str, datetime]:
    """Return the time of each source's last run as stored, whatever the clock says now."""
    rows = db.execute("SELECT id, last_run FROM sources WHERE last_run IS NOT NULL").fetchall()
    return {source: datetime.fromisoformat(at) for source, at in rows}


def latest_ahead(db: Database, now: datetime) -> datetime | None:
    """Return the latest stored time of a job or run after `now`, which shows that the clock has jumped; None for none."""
    last_due = db.execute("SELECT max(due) FROM jobs").fetchone()[0]
    noted = [*all_readings(db).values(), *([datetime.fromisoformat(last_due)] if last_due else ())]
    return max((at for at in noted if at > now + CLOCK_SLACK), default=None)


def forget_ahead(db: Database, now: datetime) -> int:
    """Delete the rows of jobs due after `now`, so that they run when that time comes, and return their number.

    Mails that wait for such a time become due. With a clock before `_FIRST_PLAUSIBLE_YEAR` nothing is deleted.
    """
    if now.year < _FIRST_PLAUSIBLE_YEAR:
        return 0
    with db.atomic():
        db.execute("UPDATE outbox SET due = ? WHERE state = 'waiting' AND due > ?", [stamp(now), stamp(now + _LONGEST_RETRY)])
        return int(db.execute("DELETE FROM jobs WHERE due > ?", [stamp(now + CLOCK_SLACK)]).rowcount)


def count_due_mails(db: Database, now: datetime) -> int:
    """Return the number of waiting mails that are due."""
    return int(db.execute("SELECT count(*) FROM outbox WHERE state = 'waiting' AND due <= ?", [stamp(now)]).fetchone()[0])
