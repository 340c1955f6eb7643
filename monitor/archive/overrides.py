"""Coordinator overrides: withheld calls, added calls and notes, each with author and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.lookup import demand_call
from monitor.calls import CallKey
from monitor.errors import ArchiveError

HOLD, ADD = "hold", "add"
LINE_LIMIT = 600


@dataclass(frozen=True, slots=True)
class Choices:
    """What holds for one department: calls held back, calls added, lines for calls, and the line on top of a week's mail."""

    held: frozenset[CallKey]
    added: frozenset[CallKey]
    lines: dict[CallKey, str]
    top: str


def read_choices(db: Database, department: str, week: str) -> Choices:
    """What the coordinator has chosen for a department, and for the mail of a week."""
    rows = db.execute("SELECT source, call_id, choice FROM desk_choices WHERE department = ?", [department]).fetchall()
    lines = db.execute("SELECT source, call_id, text FROM desk_lines WHERE department IN ('', ?) AND source <> ''", [department])
    top = db.execute(
        "SELECT text FROM desk_lines WHERE department IN ('', ?) AND source = '' AND week = ? ORDER BY department DESC LIMIT 1",
        [department, week],
    ).fetchone()
    return Choices(
        held=frozenset(CallKey(row[0], row[1]) for row in rows if row[2] == HOLD),
        added=frozenset(CallKey(row[0], row[1]) for row in rows if row[2] == ADD),
        lines={CallKey(row[0], row[1]): row[2] for row in lines},
        top=top[0] if top else "",
    )


def choose_call(db: Database, department: str, key: CallKey, choice: str, *, who: str, now: datetime) -> None:
    """Hold a call back from a department, or add it to what the department is told. ArchiveError for an unknown call or choice."""
    if choice not in (HOLD, ADD):
        raise ArchiveError(choice, "är inget val; väntade hold eller add")
    demand_call(db, *key)
    with db.atomic():
        db.execute(
            "INSERT OR REPLACE INTO desk_choices (department, source, call_id, choice, who, at) VALUES (?, ?, ?, ?, ?, ?)",
            [department, *key, choice, who, stamp(now)],
        )


def drop_choice(db: Database, department: str, key: CallKey) -> None:
    """Leave the call to the rules again."""
    with db.atomic():
        db.execute("DELETE FROM desk_choices WHERE department = ? AND source = ? AND call_id = ?", [department, *key])


def write_line(db: Database, department: str, week: str, key: CallKey | None, text: str, *, who: str, now: datetime) -> None:
    """A line of one's own on top of a week's mail, or with a call; an empty department stands for all, an empty text takes it away."""
    source, call_id = key or ("", "")
    week = "" if key else week
    line = " ".join(text.split())[:LINE_LIMIT]
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


def list_choices(db: Database) -> list[dict[str, Any]]:
    """Every call held back or added, the latest first."""
    return list(
        db.query(
            "SELECT d.department, d.source, d.call_id, d.choice, d.who, d.at, c.title FROM desk_choices d"
            " JOIN calls c ON c.source = d.source AND c.call_id = d.call_id ORDER BY d.at DESC, d.department"
        )
    )


def list_lines(db: Database, week: str) -> list[dict[str, Any]]:
    """The lines for a week's mails and for calls."""
    return list(db.query("SELECT department, week, source, call_id, text, who, at FROM desk_lines WHERE week IN ('', ?)", [week]))


def outbox_rows(db: Database, limit: int = 200) -> list[dict[str, Any]]:
    """The mails to recipients, those that wait first."""
    return list(
        db.query(
            "SELECT o.message_id, o.digest, d.department, d.kind, d.week, o.recipient, o.state, o.attempts, o.due, o.error, o.sent_at"
            " FROM outbox o JOIN digests d ON d.id = o.digest"
            " ORDER BY o.state <> 'waiting', coalesce(o.sent_at, o.due) DESC, o.rowid DESC LIMIT ?",
            [limit],
        )
    )


def mark_answer_read(db: Database, answer: int, now: datetime) -> None:
    """The coordinator has seen to an answer."""
    with db.atomic():
        db.execute("UPDATE feedback SET handled_at = coalesce(handled_at, ?) WHERE id = ?", [stamp(now), answer])
