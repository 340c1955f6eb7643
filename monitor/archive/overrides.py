"""Coordinator overrides: withheld calls, added calls, notes, and changes to one mail, each with author and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEdit:
    """Change of the coordinator to the place or the words of a call in a department's next mail, which uses it up."""

    id: int
    """Number of this change; a further change of the same call has another."""
    place: int | None
    """Place of the call in its part of the mail, from 1; None where the program places it."""
    comment: str
    """Comment that the mail shows with the call, "" for none."""
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overrides:
    """Overrides of the coordinator for one department and the mail of one week."""

    withheld: frozenset[CallKey] = frozenset()
    added: Mapping[CallKey, datetime] = field(default_factory=dict)
    """Calls added to the department's mails, with the time of the choice."""
    call_notes: Mapping[CallKey, str] = field(default_factory=dict)
    """Note to show with a call in every mail."""
    mail_note: str = ""
    """Note at the top of the mail, "" for none."""
    edits: Mapping[CallKey, MailEdit] = field(default_factory=dict)
    """Changes to the department's next mail alone."""


def read_overrides(db: Database, department: str, week: str) -> Overrides:
    """Return the overrides for a department and its mail of a week."""
    rows = db.execute("SELECT source, call_id, choice, at FROM desk_choices WHERE department = ?", [department]).fetchall()
    call_notes = db.execute(
        "SELECT source, call_id, text FROM desk_lines WHERE department IN ('', ?) AND source <> ''", [department]
    )
    mail_note = db.execute(
        "SELECT text FROM desk_lines WHERE department IN ('', ?) AND source = '' AND week = ? ORDER BY department DESC LIMIT 1",
        [department, week],
    ).fetchone()
    return Overrides(
        withheld=frozenset(CallKey(row[0], row[1]) for row in rows if row[2] == HOLD),
        added={CallKey(row[0], row[1]): datetime.fromisoformat(row[3]) for row in rows if row[2] == ADD},
        call_notes={CallKey(row[0], row[1]): row[2] for row in call_notes},
        mail_note=mail_note[0] if mail_note else "",
        edits=read_mail_edits(db, department),
    )


def read_mail_edits(db: Database, department: str) -> dict[CallKey, MailEdit]:
    """Return the changes that wait for a department's next mail, by call."""
    rows = db.execute(
        "SELECT source, call_id, id, place, comment, who, at FROM mail_edits WHERE department = ? AND digest IS NULL ORDER BY id",
        [department],
    )
    return {
        CallKey(row[0], row[1]): MailEdit(id=row[2], place=row[3], comment=row[4], who=row[5], at=datetime.fromisoformat(row[6]))
        for row in rows
    }


def write_comment(db: Database, department: str, key: CallKey, text: str, *, who: str, now: datetime) -> None:
    """Store the comment that a department's next mail shows with a call; an empty text deletes it.

    Raises:
        ArchiveError: The call is unknown.
    """
    require_call(db, *key)
    with db.atomic():
        before = read_mail_edits(db, department).get(key)
        _write_edit(db, department, key, before.place if before else None, _one_line(text), who=who, now=now)


def write_places(db: Database, department: str, places: Mapping[CallKey, int | None], *, who: str, now: datetime) -> None:
    """Store the places of calls in a department's next mail; None leaves the place of a call to the program."""
    with db.atomic():
        edits = read_mail_edits(db, department)
        for key, place in places.items():
            before = edits.get(key)
            if place != (before.place if before else None):
                _write_edit(db, department, key, place, before.comment if before else "", who=who, now=now)


def _write_edit(db: Database, department: str, key: CallKey, place: int | None, comment: str, *, who: str, now: datetime) -> None:
    db.execute(
        "DELETE FROM mail_edits WHERE department = ? AND source = ? AND call_id = ? AND digest IS NULL", [department, *key]
    )
    if place is not None or comment:
        db.execute(
            "INSERT INTO mail_edits (department, source, call_id, place, comment, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [department, *key, place, comment, who, stamp(now)],
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
    note = _one_line(text)
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


def _one_line(text: str) -> str:
    return " ".join(text.split())[:MAIL_NOTE_LIMIT]


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


def list_overrides(db: Database, department: str = "") -> list[OverrideRow]:
    """Return every call withheld or added, of one department or of all, with its title, the latest choice first."""
    return list(
        db.query_as(
            OverrideRow,
            "SELECT d.department, d.source, d.call_id, d.choice, d.who, d.at, c.title FROM desk_choices d"
            " JOIN calls c ON c.source = d.source AND c.call_id = d.call_id WHERE ? IN ('', d.department)"
            " ORDER BY d.at DESC, d.department",
            [department],
        )
    )


def list_mail_notes(db: Database, week: str) -> list[MailNoteRow]:
    """Return the notes for a week's mails and for calls."""
    return db.query_as(
        MailNoteRow, "SELECT department, week, source, call_id, text, who, at FROM desk_lines WHERE week IN ('', ?)", [week]
    )
