"""Small facts about many calls at once, for lists and files: whom they go to, where they lie."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.archive.database import Database

Key = tuple[str, str]


def departments_of(db: Database, keys: Sequence[Key]) -> dict[Key, list[str]]:
    """The departments that each call is matched with, the most relevant first."""
    if len(keys) > 500:
        wanted = set(keys)
        rows = db.execute("SELECT source, call_id, department FROM matches ORDER BY relevance DESC")
        found: dict[Key, list[str]] = {}
        for source, call_id, department in rows:
            if (source, call_id) in wanted:
                found.setdefault((source, call_id), []).append(department)
        return found
    return {
        key: [
            row[0]
            for row in db.execute(
                "SELECT department FROM matches WHERE source = ? AND call_id = ? ORDER BY relevance DESC", list(key)
            )
        ]
        for key in keys
    }


def matched_keys(db: Database, department: str) -> set[Key]:
    """Every call that the rules in force send to a department."""
    return {(row[0], row[1]) for row in db.execute("SELECT source, call_id FROM matches WHERE department = ?", [department])}


def urls_of(db: Database, keys: Sequence[Key]) -> dict[Key, str]:
    """Where each call lies at its publisher."""
    found = {}
    for key in keys:
        row = db.execute("SELECT url FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        found[key] = row[0] if row else ""
    return found
