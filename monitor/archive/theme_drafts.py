"""Themes that the coordinator has begun in the browser and not put into force; their content is JSON of the page that made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.archive.codec import stamp
from monitor.archive.connection import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """Draft of a theme."""

    id: int
    title: str
    content: str
    who: str
    saved: datetime
    version: int
    """Number of times that it was saved."""


def list_theme_drafts(db: Database) -> list[StoredDraft]:
    """Return all drafts, the one saved last first."""
    rows = db.execute("SELECT id, title, content, who, saved, version FROM theme_drafts ORDER BY saved DESC, id DESC")
    return [_draft(row) for row in rows]


def find_theme_draft(db: Database, draft: int) -> StoredDraft | None:
    """Return a draft; None when there is none of this id."""
    found = db.execute("SELECT id, title, content, who, saved, version FROM theme_drafts WHERE id = ?", [draft]).fetchone()
    return _draft(found) if found else None


def _draft(row: tuple[int, str, str, str, str, int]) -> StoredDraft:
    number, title, content, who, saved, version = row
    return StoredDraft(id=number, title=title, content=content, who=who, saved=datetime.fromisoformat(saved), version=version)


def add_theme_draft(db: Database, title: str, content: str, *, who: str, now: datetime) -> int:
    """Store a new draft and return its id."""
    with db.atomic():
        added = db.execute(
            "INSERT INTO theme_drafts (title, content, who, saved, version) VALUES (?, ?, ?, ?, 1)",
            [title, content, who, stamp(now)],
        )
    return int(added.lastrowid or 0)


def change_theme_draft(db: Database, draft: StoredDraft, title: str, content: str, *, who: str, now: datetime) -> bool:
    """Store a draft in place of the version that the person saw; return False, storing nothing, when another was stored since."""
    with db.atomic():
        changed = db.execute(
            "UPDATE theme_drafts SET title = ?, content = ?, who = ?, saved = ?, version = version + 1"
            " WHERE id = ? AND version = ?",
            [title, content, who, stamp(now), draft.id, draft.version],
        )
    return changed.rowcount == 1


def delete_theme_draft(db: Database, draft: int) -> None:
    """Delete a draft that has become a theme or is not wanted."""
    with db.atomic():
        db.execute("DELETE FROM theme_drafts WHERE id = ?", [draft])
