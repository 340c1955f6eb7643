"""Coordinator overrides: withheld calls, added calls and notes, each with author and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.lookup import require_call
from monitor.calls import CallKey
from monitor.errors import ArchiveError

HOLD, ADD = "hold", "add"
MAIL_NOTE_LIMIT = 600


@dataclass(frozen=True, slots=True)
class Overrides:
    """What holds for one department: calls held back, calls added, lines for calls, and the line on top of a week's mail."""

    withheld: frozenset[CallKey]
    added: frozenset[CallKey]
    call_notes: dict[CallKey, str]
    mail_note: str


def read_overrides(db: Database, department: str, week: str) -> Overrides:
    """What the coordinator has chosen for a department, and for the mail of a week."""
    rows = db.execute("SELECT source, call_id, choice FROM desk_choices WHERE department = ?", [department]).fetchall()
    lines = db.execute("SELECT source, call_id, text FROM desk_lines WHERE department IN ('', ?) AND source <> ''", [department])
    top = db.execute(
        "SELECT text FROM desk_lines WHERE department IN ('', ?) AND source = '' AND week = ? ORDER BY department DESC LIMIT 1",
        [department, week],
    ).fetchone()
    return Overrides(
        withheld=frozenset(CallKey(row[0], row[1]) for row in rows if row[2] == HOLD),
        added=frozenset(CallKey(row[0], row[1]) for row in rows if row[2] == ADD),
        call_notes={CallKey(row[0], row[1]): row[2] for row in lines},
        mail_note=top[0] if top else "",
    )


def store_override(db: Database, department: str, key: CallKey, choice: str, *, who: str, now: datetime) -> None:
    """Hold a call back from a department, or add it to what the department is told. ArchiveError for an unknown call or choice."""
    if choice not in (HOLD, ADD):
        raise ArchiveError(choice, "är inget val; väntade hold eller add")
    require_call(db, *key)
    with db.atomic():
        db.execute(
            "INSERT OR REPLACE INTO desk_choices (department, source, call_id, choice, who, at) VALUES (?, ?, ?, ?, ?, ?)",
            [department, *key, choice, who, stamp(now)],
        )


def remove_override(db: Database, department: str, key: CallKey) -> None:
    """Leave the call to the rules again."""
    with db.atomic():
        db.execute("DELETE FROM desk_choices WHERE department = ? AND source = ? AND call_id = ?", [department, *key])


def write_mail_note(db: Database, department: str, week: str, key: CallKey | None, text: str, *, who: str, now: datetime) -> None:
    """A line of one's own on top of a week's mail, or with a call; an empty department stands for all, an empty text takes it away."""
    source, call_id = key or ("", "")
    week = "" if key else week
    line = " ".join(text.split())[:MAIL_NOTE_LIMIT]
    with db.atomic():
        db.execute(
            "DELETE FROM desk_lines WHERE department = ? AND week = ? AND source = ? AND call_id = ?",
            [department, week, source, call_id],
        )
        if line:
            db.execute(
                "INSERT INTO desk_lines (department, week, source, call_id, text, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [department, week, source, call_id, line, who, stamp(now)],
            )


def list_overrides(db: Database) -> list[dict[str, Any]]:
    """Every call held back or added, the latest first."""
    return list(
        db.query(
            "SELECT d.department, d.source, d.call_id, d.choice, d.who, d.at, c.title FROM desk_choices d"
            " JOIN calls c ON c.source = d.source AND c.call_id = d.call_id ORDER BY d.at DESC, d.department"
        )
    )


def list_mail_notes(db: Database, week: str) -> list[dict[str, Any]]:
    """The lines for a week's mails and for calls."""
    return list(db.query("SELECT department, week, source, call_id, text, who, at FROM desk_lines WHERE week IN ('', ?)", [week]))
