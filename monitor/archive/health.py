"""The health of sources in the archive: what their runs tell, and what was judged of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.database import Database

_REMEMBERED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHealth:
    """What the archive knows of a source. `health` is "" for a healthy one; `since` and `seen` are when its trouble was first and last seen."""

    id: str
    state: str
    health: str
    text: str
    since: str | None
    seen: str | None
    last_run: str | None
    last_accepted: str | None
    items: int


def run_rows(db: Database, source: str) -> list[dict[str, Any]]:
    """The newest runs of a source, oldest first, with their stats read."""
    rows = db.execute(
        "SELECT finished, state, current, seen, skipped, new, changed, stats FROM"
        " (SELECT * FROM runs WHERE source = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
        [source, _REMEMBERED],
    ).fetchall()
    names = ("finished", "state", "current", "seen", "skipped", "new", "changed", "stats")
    return [{**dict(zip(names, row, strict=True)), "stats": json.loads(row[-1])} for row in rows]


def write_health(db: Database, source: str, health: str, text: str, now: datetime) -> None:
    """Note how a source is doing; the first sight of a trouble stays as long as its class does."""
    moment = stamp(now)
    with db.atomic():
        db.execute(
            "UPDATE sources SET health_since = CASE WHEN ? = '' THEN NULL WHEN health = ? THEN health_since ELSE ? END,"
            " health_seen = CASE WHEN ? = '' THEN NULL ELSE ? END, health = ?, health_text = ? WHERE id = ?",
            [health, health, moment, health, moment, health, text, source],
        )


def stored_health(db: Database) -> dict[str, StoredHealth]:
    """What is known of every source that has been read, by id."""
    rows = db.execute(
        "SELECT id, state, health, health_text, health_since, health_seen, last_run, last_accepted,"
        " (SELECT count(*) FROM calls WHERE calls.source = sources.id AND vanished_at IS NULL AND closed_at IS NULL) FROM sources"
    ).fetchall()
    return {
        row[0]: StoredHealth(
            id=row[0],
            state=row[1],
            health=row[2],
            text=row[3],
            since=row[4],
            seen=row[5],
            last_run=row[6],
            last_accepted=row[7],
            items=row[8],
        )
        for row in rows
    }
