"""Calls that went to nobody: those to apply for that no department is matched with, with what they came nearest to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.listing import ANSWERABLE, COLUMNS, CURRENT, STATUS_NOW, CallSummary, summary_of
from monitor.calls import CallKey

NOBODY = "ingen"
"""Value of the facet of departments for these calls."""
_OPEN_TO_US = f"u.step = '' AND u.answer <> 'nej' AND {CURRENT} AND {STATUS_NOW} <> 'closed'"
"""SQL condition on `unmatched u` and `calls c`: current, and no gate says that a municipality cannot apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnmatched:
    """Row of `unmatched` to be stored."""

    source: str
    call_id: str
    step: str
    """Gate that stopped the call, or ""."""
    answer: str
    """Answer of the gates to whether a municipality may take part."""
    guessed: bool
    reason: str
    """Reason of the answer, in Swedish."""
    theme: str
    """Id of the nearest theme; "" where there is none, or where a municipality cannot apply."""
    department: str
    """Id of the nearest department, or ""."""
    points: float
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedCall:
    """Call that went to nobody, with the theme and the department that it came nearest to; these are "" for none."""

    call: CallSummary
    reason: str
    theme: str
    department: str
    points: float
    threshold: float

    @property
    def short(self) -> float:
        """Return the points that are missing to the threshold."""
        return self.threshold - self.points


def replace_unmatched(db: Database, rows: Iterable[NewUnmatched]) -> None:
    """Replace the stored rows. The caller holds the transaction."""
    db.execute("DELETE FROM unmatched")
    db.executemany(
        "INSERT INTO unmatched (source, call_id, step, answer, guessed, reason, theme, department, points, threshold)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(row.source, row.call_id, row.step, row.answer, int(row.guessed), row.reason),
                *(row.theme, row.department, row.points, row.threshold),
            )
            for row in rows
        ],
    )


_UNMATCHED = (
    f"SELECT {COLUMNS}, u.answer, u.guessed, u.reason, u.theme, u.department, u.points, u.threshold"
    f" FROM unmatched u JOIN calls c ON c.source = u.source AND c.call_id = u.call_id WHERE {_OPEN_TO_US}"
)
_BY_DAY = "next_deadline IS NULL, next_deadline, c.source, c.call_id"


def list_unmatched(
    db: Database, now: datetime, since: datetime | None = None, *, limit: int | None = None
) -> list[UnmatchedCall]:
    """Return the open and coming calls that a municipality may apply for and that went to nobody.

    Those that say that a municipality may apply come first, then by their last day.

    Args:
        db: Archive.
        now: Time at which they are open or coming.
        since: Time after which they were found; None for any.
        limit: Largest number of calls; None for all.
    """
    rows = db.query(
        f"{_UNMATCHED} AND c.first_seen > :since ORDER BY u.answer = :open, {_BY_DAY} LIMIT :limit",
        {
            "now": stamp(now),
            "since": stamp(since) if since else "",
            "open": "framgår inte",
            "limit": -1 if limit is None else limit,
        },
    )
    return _unmatched_calls(rows)


def list_near_misses(db: Database, now: datetime, most: float, limit: int) -> list[UnmatchedCall]:
    """Return the calls of `list_unmatched` that are short of at most so many points, the nearest first, at most `limit`."""
    rows = db.query(
        f"{_UNMATCHED} AND u.theme <> '' AND u.threshold - u.points <= :most"
        f" ORDER BY u.threshold - u.points, u.answer = :open, {_BY_DAY} LIMIT :limit",
        {"now": stamp(now), "most": most, "open": "framgår inte", "limit": limit},
    )
    return _unmatched_calls(rows)


def _unmatched_calls(rows: Iterable[dict[str, Any]]) -> list[UnmatchedCall]:
    found = []
    for row in rows:
        own = {name: row.pop(name) for name in ("reason", "theme", "department", "points", "threshold")}
        found.append(UnmatchedCall(call=summary_of({**row, "guessed": bool(row["guessed"])}), **own))
    return found


def count_unread(db: Database, now: datetime, silent: Collection[str]) -> dict[str, int]:
    """Return the number of current calls, not closed, that were matched with departments of `silent` alone, by department."""
    rows = db.execute(
        "SELECT m.department, count(*) FROM matches m JOIN calls c ON c.source = m.source AND c.call_id = m.call_id"
        f" WHERE {CURRENT} AND {STATUS_NOW} <> 'closed' AND c.kind IN (SELECT value FROM json_each(:kinds))"
        " AND NOT EXISTS (SELECT 1 FROM matches o WHERE o.source = m.source AND o.call_id = m.call_id"
        " AND o.department NOT IN (SELECT value FROM json_each(:silent))) GROUP BY m.department ORDER BY 2 DESC, 1",
        {"now": stamp(now), "kinds": json.dumps(ANSWERABLE), "silent": json.dumps(sorted(silent))},
    )
    return {row[0]: row[1] for row in rows}


def unmatched_rows(db: Database, now: datetime) -> list[int]:
    """Return the rowids in `calls` of the calls of `list_unmatched`."""
    rows = db.execute(
        f"SELECT c.rowid FROM unmatched u JOIN calls c ON c.source = u.source AND c.call_id = u.call_id WHERE {_OPEN_TO_US}",
        {"now": stamp(now)},
    )
    return [rowid for (rowid,) in rows]


def unmatched_answers(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, tuple[str, bool]]:
    """Return whether a municipality may apply, and whether that is a guess, for those of some calls that have a row."""
    answers = {}
    for key in keys:
        row = db.execute("SELECT answer, guessed FROM unmatched WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            answers[key] = (row[0], bool(row[1]))
    return answers
