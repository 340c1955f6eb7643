"""Numbers of calls: the short addresses /u/NUMBER of their pages, given once when a call is first stored and never again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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


class CallNumbers(Mapping[CallKey, int]):
    """Numbers of all calls, each read when it is first asked for: a mail links to few of them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._found: dict[CallKey, int | None] = {}

    def __getitem__(self, key: CallKey) -> int:
        if key not in self._found:
            self._found[key] = number_of(self._db, key)
        number = self._found[key]
        if number is None:
            raise KeyError(key)
        return number

    def __iter__(self) -> Iterator[CallKey]:
        rows = self._db.execute("SELECT source, call_id FROM calls WHERE number IS NOT NULL")
        return (CallKey(source, call_id) for source, call_id in rows)

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(number) FROM calls").fetchone()[0])


def find_by_number(db: Database, number: int) -> CallKey | None:
    """Return the key of the call with a number; None for no call."""
    row = db.execute("SELECT source, call_id FROM calls WHERE number = ?", [number]).fetchone()
    return CallKey(*row) if row else None


def find_by_short(db: Database, short: str) -> CallKey | None:
    """Return the key of the call that an address of November 2026 stands for (`CallKey.short`); None for no call."""
    keys = (CallKey(source, call_id) for source, call_id in db.execute("SELECT source, call_id FROM calls"))
    return next((key for key in keys if key.short == short), None)
