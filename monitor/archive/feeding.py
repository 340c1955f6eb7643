"""The archive in the order of its last changes, a page at a time, for feeds."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.archive.database import Database

Key = tuple[str, str]


def feed_keys(db: Database, before: str, limit: int) -> tuple[list[Key], str]:
    """The keys of one page, the last changed first, and the cursor at which the next one begins; empty at the end.

    A cursor is the moment and the row that a page ended with, so that calls which change meanwhile neither hide nor double others.
    """
    moment, _, row = before.rpartition(" ")
    where = "WHERE (last_changed, rowid) < (:moment, :row)" if before else ""
    rows = db.execute(
        f"SELECT source, call_id, last_changed, rowid FROM calls {where} ORDER BY last_changed DESC, rowid DESC LIMIT :limit",
        {"moment": moment, "row": int(row or 0), "limit": limit},
    ).fetchall()
    cursor = f"{rows[-1][2]} {rows[-1][3]}" if len(rows) == limit else ""
    return [(one[0], one[1]) for one in rows], cursor


def feed_moments(db: Database, keys: Sequence[Key]) -> dict[Key, tuple[str, str]]:
    """When each call was first seen and last changed."""
    found = {}
    for key in keys:
        row = db.execute("SELECT first_seen, last_changed FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            found[key] = (row[0], row[1])
    return found
