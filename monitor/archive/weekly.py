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


def count_unread_answers(db: Database) -> dict[str, int]:
    """Return how many answers of each kind nobody has dealt with."""
    return dict(db.execute("SELECT answer, count(*) FROM feedback WHERE handled_at IS NULL GROUP BY answer").fetchall())


def new_programmes(db: Database, since: datetime) -> list[tuple[str, str, str]]:
    """Return the programmes that no call had before a moment, each with title and identifier of one of its calls."""
    rows = db.execute(
        "SELECT programme, min(title), identifier FROM calls WHERE programme <> '' GROUP BY programme HAVING min(first_seen) > ? ORDER BY programme",
        [stamp(since)],
    )
    return [(row[0], row[1], row[2]) for row in rows]


def titles_between(db: Database, begin: datetime | None, end: datetime) -> list[str]:
    """Titles of calls first seen from one moment until before another; from the beginning for None."""
    rows = db.execute(
        "SELECT title FROM calls WHERE kind = 'call' AND first_seen >= ? AND first_seen < ?",
        [stamp(begin) if begin else "", stamp(end)],
    )
    return [row[0] for row in rows]
