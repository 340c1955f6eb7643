"""Versions of a theme's file, stored whenever the rule lab saves it, so that each can be compared and restored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from monitor.archive.codec import stamp
from monitor.archive.connection import Database


def store_theme_version(db: Database, theme: str, before: str, text: str, *, who: str, note: str, now: datetime) -> list[int]:
    """Store the saved text of a theme's file, and the text before it where that was not saved by the rule lab.

    A text that is the newest version already gets no second row.

    Returns:
        Ids of the versions that were stored, for `forget_theme_versions`.
    """
    with db.atomic():
        query = "SELECT text, id FROM theme_versions WHERE theme = ? ORDER BY id DESC LIMIT 2"
        last = db.execute(query, [theme]).fetchall()
        if last and last[0][0] == text and before in (text, last[-1][0]):
            # Stored by a saving that was killed before it wrote the file, or saved as it was.
            db.execute("UPDATE theme_versions SET who = ?, note = ?, at = ? WHERE id = ?", [who, note, stamp(now), last[0][1]])
            return []
        stored = []
        if before and (not last or last[0][0] != before):
            stored.append(_insert(db, theme, before, "", "Så såg filen ut före ändringen.", now))
        stored.append(_insert(db, theme, text, who, note, now))
        return stored


def forget_theme_versions(db: Database, ids: Iterable[int]) -> None:
    """Delete versions whose text never came into the file."""
    with db.atomic():
        db.executemany("DELETE FROM theme_versions WHERE id = ?", [(number,) for number in ids])


def _insert(db: Database, theme: str, text: str, who: str, note: str, now: datetime) -> int:
    query = "INSERT INTO theme_versions (theme, at, who, note, text) VALUES (?, ?, ?, ?, ?) RETURNING id"
    return int(db.execute(query, [theme, stamp(now), who, note, text]).fetchone()[0])


class ThemeVersion(TypedDict):
    """Stored text of a theme's file: id, time, person ("" for a change outside the rule lab), note and text."""

    id: int
    at: str
    who: str
    note: str
    text: str


def theme_versions(db: Database, theme: str) -> list[ThemeVersion]:
    """Return every stored text of a theme with id, at, who and note, newest first."""
    return db.query_as(
        ThemeVersion, "SELECT id, at, who, note, text FROM theme_versions WHERE theme = ? ORDER BY id DESC", [theme]
    )
