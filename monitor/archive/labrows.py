"""What the rule lab asks of the archive besides calls: other themes that reach them, when they were found, the last mails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitor.archive.database import Database

Key = tuple[str, str]


def other_themes(db: Database, departments: Iterable[str], theme: str) -> dict[tuple[str, Key], bool]:
    """The calls that another theme sends to one of the departments already."""
    found: dict[tuple[str, Key], bool] = {}
    for department in departments:
        rows = db.execute(
            "SELECT source, call_id FROM matches WHERE department = ? AND EXISTS"
            " (SELECT 1 FROM json_each(themes) t WHERE t.value ->> 'id' <> ?)",
            [department, theme],
        )
        found.update({(department, (row[0], row[1])): True for row in rows})
    return found


def first_seen_days(db: Database, keys: Iterable[Key]) -> dict[Key, str]:
    """The day on which each call was found."""
    found = {}
    for key in keys:
        row = db.execute("SELECT substr(first_seen, 1, 10) FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            found[key] = row[0]
    return found


def digest_days(db: Database, department: str, limit: int) -> list[dict[str, Any]]:
    """The department's last mails with the keys of what they told, the newest first."""
    digests = list(
        db.query(
            "SELECT id, week, created, items FROM digests WHERE department = ? AND kind IN ('weekly', 'welcome', 'quiet')"
            " ORDER BY created DESC LIMIT ?",
            [department, limit],
        )
    )
    for digest in digests:
        rows = db.execute("SELECT DISTINCT source, call_id FROM digest_items WHERE digest = ?", [digest["id"]])
        digest["keys"] = {(row[0], row[1]) for row in rows}
    return digests
