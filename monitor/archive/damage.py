"""Damage to an archive's bytes: what SQLite's own check does not see, since it knows pages and not what stands in them."""

from __future__ import annotations

import json
import sqlite3
import zlib

from monitor.archive.codec import call_hash
from monitor.archive.database import Database

_JSON = {"matches": ("themes", "evidence", "fit_card"), "runs": ("stats",), "digests": ("sections",)}
_TIMES = {
    "sources": ("last_run", "last_accepted", "health_since", "health_seen"),
    "runs": ("started", "finished"),
    "calls": ("first_seen", "last_seen", "last_changed", "vanished_at", "closed_at", "next_deadline", "last_deadline"),
    "digests": ("created",),
    "digest_items": ("told",),
    "outbox": ("due", "sent_at"),
    "jobs": ("due", "started", "finished"),
    "feedback": ("at", "handled_at"),
}
READING_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError, zlib.error, sqlite3.Error)
"""Exceptions that reading damaged bytes may raise. In an archive that is whole, each is a mistake of the program."""


def is_damaged(db: Database, error: Exception) -> bool:
    """Return whether `error`, met while working with the archive, comes from damaged bytes. Reads the whole file."""
    if isinstance(error, zlib.error) or (isinstance(error, sqlite3.Error) and "decode to UTF-8" in str(error)):
        return True
    try:
        verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        return bool(verdict != "ok") or count_broken(db) > 0
    except (sqlite3.DatabaseError, ValueError):
        return True


def count_broken(db: Database) -> int:
    """Return how many rows hold what cannot have been written: calls that differ from their hash, broken JSON, times that are none."""
    broken = sum(1 for data, digest in db.execute("SELECT data, hash FROM calls") if call_hash(data) != digest)
    # SQLite's json_valid lets control characters in strings pass, which Python's reader refuses.
    broken += sum(1 for (files,) in db.execute("SELECT files FROM rule_versions") if not _is_json(files))
    for table, columns in _JSON.items():
        broken += _count(db, table, " OR ".join(f"NOT json_valid({column})" for column in columns))
    for table, columns in _TIMES.items():
        broken += _count(db, table, " OR ".join(f"({column} IS NOT NULL AND julianday({column}) IS NULL)" for column in columns))
    return broken


def _count(db: Database, table: str, condition: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
