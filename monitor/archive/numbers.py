"""Numbers of calls: the short addresses /u/NUMBER of their pages, given once when a call is first stored and never again."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.archive.connection import Database
from monitor.calls import CallKey

NEXT_NUMBER = "(SELECT coalesce(max(number), 0) + 1 FROM calls)"
"""SQL of the number of a call that is stored now."""


def number_of(db: Database, key: CallKey) -> int | None:
    """Return the number of a call; None for one that is not in the archive."""
    row = db.execute("SELECT number FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
    return row[0] if row else None


def numbers_of(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, int]:
    """Return the number of each of some calls; those that are not in the archive are left out."""
    return {key: number for key in keys if (number := number_of(db, key)) is not None}


def all_numbers(db: Database) -> dict[CallKey, int]:
    """Return the number of every call."""
    rows = db.execute("SELECT source, call_id, number FROM calls WHERE number IS NOT NULL")
    return {CallKey(source, call_id): number for source, call_id, number in rows}


def find_by_number(db: Database, number: int) -> CallKey | None:
    """Return the key of the call with a number; None for no call."""
    row = db.execute("SELECT source, call_id FROM calls WHERE number = ?", [number]).fetchone()
    return CallKey(*row) if row else None


def find_by_short(db: Database, short: str) -> CallKey | None:
    """Return the key of the call that an address of November 2026 stands for (`CallKey.short`); None for no call."""
    keys = (CallKey(source, call_id) for source, call_id in db.execute("SELECT source, call_id FROM calls"))
    return next((key for key in keys if key.short == short), None)
