"""Coordinator overrides: withheld calls, added calls and notes, each with author and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.lookup import require_call
from monitor.calls import CallKey
from monitor.errors import ArchiveError

HOLD, ADD = "hold", "add"
"""Choices about a call: withhold it from a department, or add it to the department's mails."""
MAIL_NOTE_LIMIT = 600
"""Most characters kept of a note."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Overrides of the coordinator for one department and the mail of one week."""

    withheld: frozenset[CallKey]
    added: frozenset[CallKey]
    call_notes: dict[CallKey, str]
    """Note to show with a call."""
    mail_note: str
    """Note at the top of the mail, "" for none."""


def read_overrides(db: Database, department: str, week: str) -> Overrides:
    """Return the overrides for a department and its mail of a week."""
    rows = db.execute("SELECT source, call_id, choice FROM desk_choices WHERE department = ?", [department]).fetchall()
    call_notes = db.execute(
        "SELECT source, call_id, text FROM desk_lines WHERE department IN ('', ?) AND source <> ''", [department]
    )
    mail_note = db.execute(
        "SELECT text FROM desk_lines WHERE department IN ('', ?) AND source = '' AND week = ? ORDER BY department DESC LIMIT 1",
        [department, week],
    ).fetchone()
    return Overrides(
        withheld=frozenset(CallKey(row[0], row[1]) for row in rows if row[2] == HOLD),
        added=frozenset(CallKey(row[0], row[1]) for row in rows if row[2] == ADD),
        call_notes={CallKey(row[0], row[1]): row[2] for row in call_notes},
        mail_note=mail_note[0] if mail_note else "",
    )


def store_override(db: Database, department: str, key: CallKey, choice: str, *, who: str, now: datetime) -> None:
    """Store that a call is withheld from a department (HOLD) or added to its mails (ADD), in place of an earlier choice.

    Raises:
        ArchiveError: The call or the choice is unknown.
    """
    if choice not in (HOLD, ADD):
        raise ArchiveError(choice, "är inget val; väntade hold eller add")
    require_call(db, *key)
    with db.atomic():
        db.execute(
            "INSERT OR REPLACE INTO desk_choices (department, source, call_id, choice, who, at) VALUES (?, ?, ?, ?, ?, ?)",
            [department, *key, choice, who, stamp(now)],
        )


def remove_override(db: Database, department: str, key: CallKey) -> None:
    """Delete the choice about a call, so that the rules decide again."""
    with db.atomic():
        db.execute("DELETE FROM desk_choices WHERE department = ? AND source = ? AND call_id = ?", [department, *key])


def write_mail_note(db: Database, department: str, week: str, key: CallKey | None, text: str, *, who: str, now: datetime) -> None:
    """Store the coordinator's note with a call, or without `key` at the top of a week's mail.

    Department "" stands for all departments; an empty text deletes the note.
    """
    source, call_id = key or ("", "")
    week = "" if key else week
    note = " ".join(text.split())[:MAIL_NOTE_LIMIT]
    with db.atomic():
        db.execute(
            "DELETE FROM desk_lines WHERE department = ? AND week = ? AND source = ? AND call_id = ?",
            [department, week, source, call_id],
        )
        if note:
            db.execute(
                "INSERT INTO desk_lines (department, week, source, call_id, text, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [department, week, source, call_id, note, who, stamp(now)],
            )


class OverrideRow(TypedDict):
    """Stored choice about a call, with the person, the time as stored and the title of the call."""

    department: str
    source: str
    call_id: str
    choice: str
    who: str
    at: str
    title: str


class MailNoteRow(TypedDict):
    """Stored note for a week's mail, or for a call where `source` is not ""."""

    department: str
    week: str
    source: str
    call_id: str
    text: str
    who: str
    at: str


def list_overrides(db: Database) -> list[OverrideRow]:
    """Return every call withheld or added, with its title, the latest choice first."""
    return list(
        db.query_as(
            OverrideRow,
            "SELECT d.department, d.source, d.call_id, d.choice, d.who, d.at, c.title FROM desk_choices d"
            " JOIN calls c ON c.source = d.source AND c.call_id = d.call_id ORDER BY d.at DESC, d.department",
        )
    )


def list_mail_notes(db: Database, week: str) -> list[MailNoteRow]:
    """Return the notes for a week's mails and for calls."""
    return db.query_as(
        MailNoteRow, "SELECT department, week, source, call_id, text, who, at FROM desk_lines WHERE week IN ('', ?)", [week]
    )
