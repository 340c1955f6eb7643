"""The coordinator's line at the top of mails, with its history among the changes of settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.archive.connection import Database
from monitor.archive.overrides import list_mail_notes, write_mail_note
from monitor.archive.setting_changes import StoredChange, store_change
from monitor.toml_edit import ValueChange

TOP_LINE = "egen-rad"
"""Stands for the name of a file in the history of settings."""


def present_line(db: Database, department: str, week: str) -> str:
    """Return the line of a department's mail of a week, "" for none; department "" stands for all."""
    rows = list_mail_notes(db, week)
    return next(
        (row["text"] for row in rows if not row["source"] and row["department"] == department and row["week"] == week), ""
    )


def write_top_line(db: Database, department: str, week: str, text: str, *, who: str, now: datetime, note: str = "") -> None:
    """Store a line, with the one before in the history of settings; an empty text deletes it."""
    with db.atomic():
        before = present_line(db, department, week)
        write_mail_note(db, department, week, None, text, who=who, now=now)
        after = present_line(db, department, week)
        if before != after:
            change = ValueChange((department, week), before, after)
            store_change(db, TOP_LINE, [change], who=who, note=note, now=now)


def holds(db: Database, change: StoredChange) -> bool:
    """Return whether the lines are still as a change of the history made them."""
    return all(present_line(db, *_place(item)) == item.new for item in change.differences)


def undo_top_line(db: Database, change: StoredChange, *, who: str, now: datetime) -> bool:
    """Give a line its text from before a change back; return False, changing nothing, when it was changed again since."""
    with db.atomic():
        if not holds(db, change):
            return False
        for item in change.differences:
            department, week = _place(item)
            write_top_line(db, department, week, item.old, who=who, now=now, note="Ångrar en ändring av raden.")
    return True


def line_label(item: ValueChange, names: Mapping[str, str]) -> str:
    """Return which line a change of the history is about, in Swedish."""
    department, week = _place(item)
    number = week.partition("-W")[2].lstrip("0")
    return f"Egen rad överst vecka {number}, {names.get(department, department) if department else 'alla'}"


def _place(item: ValueChange) -> tuple[str, str]:
    department, week = item.place
    return department, week
