"""Results of what the guide of the first day has tried: sources, the mail server, the first reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.archive.codec import stamp
from monitor.archive.connection import Database

RUNNING, WELL, DOUBTFUL, FAILED = "running", "well", "doubtful", "failed"
"""States of a trial; a doubtful one has worked, with remarks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Last trial of a subject."""

    subject: str
    """Name of what was tried, such as `source:norden` or `mail`."""
    setting: str
    """Value that was tried, such as the address of a source; the result holds for this value alone."""
    state: str
    started: datetime
    finished: datetime | None
    detail: str
    """Result in Swedish, "" for nothing to say."""


def begin_trial(db: Database, subject: str, setting: str, now: datetime) -> None:
    """Store that a trial begins, in place of an earlier one of the subject."""
    with db.atomic():
        db.execute(
            "INSERT OR REPLACE INTO trials (subject, setting, state, started) VALUES (?, ?, ?, ?)",
            [subject, setting, RUNNING, stamp(now)],
        )


def end_trial(db: Database, subject: str, state: str, detail: str, now: datetime) -> None:
    """Store the result of a trial that has begun."""
    with db.atomic():
        db.execute(
            "UPDATE trials SET state = ?, detail = ?, finished = ? WHERE subject = ?", [state, detail, stamp(now), subject]
        )


def list_trials(db: Database) -> dict[str, Trial]:
    """Return the last trial of each subject."""
    rows = db.execute("SELECT subject, setting, state, started, finished, detail FROM trials ORDER BY subject")
    return {
        row[0]: Trial(
            subject=row[0],
            setting=row[1],
            state=row[2],
            started=datetime.fromisoformat(row[3]),
            finished=datetime.fromisoformat(row[4]) if row[4] else None,
            detail=row[5],
        )
        for row in rows
    }
