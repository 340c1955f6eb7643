"""What the week's note to the coordinator is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.database import Database


def changed_health(db: Database, since: datetime) -> list[dict[str, Any]]:
    """Sources whose trouble began after a moment."""
    return list(
        db.query(
            "SELECT id, name, health_text AS text FROM sources WHERE health <> '' AND health_since > ? ORDER BY id",
            [stamp(since)],
        )
    )


def recovered_sources(db: Database, since: datetime) -> list[str]:
    """Sources that were read well at last after a moment, but not the time before."""
    rows = db.execute(
        "SELECT DISTINCT s.name FROM runs r JOIN sources s ON s.id = r.source"
        " WHERE r.finished > ? AND r.state IN ('accepted', 'unchanged') AND s.health = '' AND s.state IN ('accepted', 'unchanged')"
        " AND (SELECT p.state FROM runs p WHERE p.source = r.source AND p.id < r.id ORDER BY p.id DESC LIMIT 1)"
        " IN ('degraded', 'failed') ORDER BY s.name",
        [stamp(since)],
    )
    return [row[0] for row in rows]


def count_unread_answers(db: Database) -> int:
    """Answers of departments that nobody has dealt with."""
    return int(db.execute("SELECT count(*) FROM feedback WHERE handled_at IS NULL AND answer = 'inte-for-oss'").fetchone()[0])


def bounced_mails(db: Database, since: datetime) -> dict[str, int]:
    """Departments with mails made after a moment that their recipients' servers did not take, and how many."""
    rows = db.execute(
        "SELECT d.department, count(*) FROM outbox o JOIN digests d ON d.id = o.digest"
        " WHERE o.state = 'stopped' AND o.attempts > 0 AND d.created > ? GROUP BY d.department",
        [stamp(since)],
    )
    return dict(rows.fetchall())


def new_programmes(db: Database, since: datetime) -> list[tuple[str, str]]:
    """Programmes that no call bore before a moment, each with a call of its."""
    rows = db.execute(
        "SELECT programme, min(title) FROM calls WHERE programme <> '' GROUP BY programme HAVING min(first_seen) > ? ORDER BY programme",
        [stamp(since)],
    )
    return [(row[0], row[1]) for row in rows]


def titles_between(db: Database, begin: datetime | None, end: datetime) -> list[str]:
    """Titles of calls first seen from one moment until before another; from the beginning for None."""
    rows = db.execute(
        "SELECT title FROM calls WHERE kind = 'call' AND first_seen >= ? AND first_seen < ?",
        [stamp(begin) if begin else "", stamp(end)],
    )
    return [row[0] for row in rows]
