"""Changes of settings that were saved in the browser, stored so that each can be read and undone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.toml_edit import ValueChange


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChange:
    """Change of one file of settings, as one person saved it."""

    id: int
    at: str
    who: str
    note: str
    file: str
    differences: tuple[ValueChange, ...]


def store_change(db: Database, file: str, differences: Iterable[ValueChange], *, who: str, note: str, now: datetime) -> int:
    """Store a change and return its id."""
    rows = json.dumps([[list(item.place), item.old, item.new] for item in differences], ensure_ascii=False)
    with db.atomic():
        cursor = db.execute(
            "INSERT INTO setting_changes (at, who, note, file, differences) VALUES (?, ?, ?, ?, ?)",
            [stamp(now), who, note, file, rows],
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def forget_change(db: Database, change: int) -> None:
    """Delete a change whose file could not be written."""
    with db.atomic():
        db.execute("DELETE FROM setting_changes WHERE id = ?", [change])


def list_changes(db: Database, most: int = 200) -> list[StoredChange]:
    """Return the stored changes, the newest first."""
    rows = db.execute("SELECT id, at, who, note, file, differences FROM setting_changes ORDER BY id DESC LIMIT ?", [most])
    return [_change(row) for row in rows]


def find_change(db: Database, change: int) -> StoredChange | None:
    """Return the change with an id, None where there is none."""
    row = db.execute("SELECT id, at, who, note, file, differences FROM setting_changes WHERE id = ?", [change]).fetchone()
    return _change(row) if row is not None else None


def _change(row: tuple[int, str, str, str, str, str]) -> StoredChange:
    number, at, who, note, file, differences = row
    found = tuple(ValueChange(tuple(place), old, new) for place, old, new in json.loads(differences))
    return StoredChange(id=number, at=at, who=who, note=note, file=file, differences=found)
