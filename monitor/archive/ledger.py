"""The ledger of digests: what each department has been told, and the mails as they were rendered once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.archive.codec import stamp
from monitor.archive.database import Database

_BUILT = ("weekly", "welcome", "quiet", "correction")
"""The kinds of mails to departments: when one is built, those that could not be built before are no trouble any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDigest:
    """A digest as the ledger has it. `state` follows its mails: waiting, sent, stopped, or silent when there is none."""

    id: str
    department: str
    week: str
    kind: str
    state: str
    created: datetime
    items: int
    sections: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFact:
    """One fact that a mail tells a department about a call."""

    source: str
    call_id: str
    section: str
    fact: str
    position: int
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRendering:
    """A mail in one language, as it was rendered once and is sent ever after."""

    language: str
    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One row of the outbox to be made."""

    message_id: str
    recipient: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDigest:
    """All that is stored when a digest is built: in one transaction, or not at all."""

    id: str
    department: str
    week: str
    kind: str
    created: datetime
    items: int
    sections: Mapping[str, int]
    facts: Sequence[ToldFact] = ()
    renderings: Sequence[StoredRendering] = ()
    calendars: Sequence[tuple[str, bytes]] = ()
    addresses: Sequence[Address] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """What a mail holds: the rendering of its digest in the recipient's language, and the calendar entries."""

    rendering: StoredRendering
    calendars: tuple[tuple[str, bytes], ...] = field(default=())


def find_digest(db: Database, department: str, week: str) -> StoredDigest | None:
    """The department's regular mail of a week, whatever its kind."""
    rows = _digests(db, "department = ? AND week = ? AND kind IN ('weekly', 'welcome', 'quiet')", [department, week])
    return rows[0] if rows else None


def last_digest(db: Database, department: str) -> StoredDigest | None:
    """The department's last regular mail; None when it never had one."""
    rows = _digests(db, "department = ? AND kind IN ('weekly', 'welcome', 'quiet')", [department])
    return max(rows, key=lambda row: (row.week, row.created)) if rows else None


def list_digests(db: Database, week: str, kind: str) -> list[StoredDigest]:
    """The digests of one kind in a week."""
    return _digests(db, "week = ? AND kind = ?", [week, kind])


def digested_departments(db: Database, week: str) -> set[str]:
    """The departments whose regular mail of a week is there."""
    return {one.department for one in _digests(db, "week = ? AND kind IN ('weekly', 'welcome', 'quiet')", [week])}


def next_number(db: Database, prefix: str) -> int:
    """The next free number for the id of an irregular digest."""
    (count,) = db.execute("SELECT count(*) FROM digests WHERE id LIKE ? ESCAPE '!'", [_like(prefix) + "%"]).fetchone()
    return int(count) + 1


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _digests(db: Database, where: str, values: Sequence[object]) -> list[StoredDigest]:
    rows = db.execute(
        f"SELECT id, department, week, kind, state, created, items, sections FROM digests WHERE {where} ORDER BY created, id",
        list(values),
    ).fetchall()
    return [
        StoredDigest(
            id=row[0],
            department=row[1],
            week=row[2],
            kind=row[3],
            state=row[4],
            created=datetime.fromisoformat(row[5]),
            items=row[6],
            sections=json.loads(row[7]),
        )
        for row in rows
    ]


def save_digest(db: Database, digest: NewDigest) -> None:
    """Store a digest, what it tells, its mails and their recipients in one transaction.

    sqlite3.IntegrityError when the department has one for the week, or has been told one of the facts, already.
    """
    created = stamp(digest.created)
    with db.atomic():
        db.execute(
            "INSERT INTO digests (id, department, week, kind, state, created, items, sections) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                digest.id,
                digest.department,
                digest.week,
                digest.kind,
                "waiting" if digest.addresses else "silent",
                created,
                digest.items,
                json.dumps(digest.sections),
            ],
        )
        if digest.kind in _BUILT:
            db.execute("DELETE FROM digest_failures WHERE department = ?", [digest.department])
        db.executemany(
            "INSERT INTO digest_items (digest, department, source, call_id, section, fact, position, shown, told)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    digest.id,
                    digest.department,
                    fact.source,
                    fact.call_id,
                    fact.section,
                    fact.fact,
                    fact.position,
                    fact.shown,
                    created,
                )
                for fact in digest.facts
            ],
        )
        db.executemany(
            "INSERT INTO renderings (digest, language, subject, html, text) VALUES (?, ?, ?, ?, ?)",
            [(digest.id, one.language, one.subject, one.html, one.text) for one in digest.renderings],
        )
        db.executemany(
            "INSERT INTO calendars (digest, number, name, content) VALUES (?, ?, ?, ?)",
            [(digest.id, number, name, content.decode()) for number, (name, content) in enumerate(digest.calendars, 1)],
        )
        db.executemany(
            "INSERT INTO outbox (message_id, digest, recipient, language, state, due) VALUES (?, ?, ?, ?, 'waiting', ?)",
            [(one.message_id, digest.id, one.recipient, one.language, created) for one in digest.addresses],
        )


def note_failure(db: Database, department: str, week: str, reason: str, now: datetime) -> None:
    """Note that a department's mail could not be built in a week, and why. `save_digest` takes the note away."""
    with db.atomic():
        db.execute(
            "INSERT OR REPLACE INTO digest_failures (department, week, at, reason) VALUES (?, ?, ?, ?)",
            [department, week, stamp(now), reason],
        )


def list_failures(db: Database, since: datetime) -> list[tuple[str, str, str]]:
    """Return department, week and reason of the mails that could not be built since a moment."""
    rows = db.execute(
        "SELECT department, week, reason FROM digest_failures WHERE at > ? ORDER BY week, department", [stamp(since)]
    )
    return [(row[0], row[1], row[2]) for row in rows]


def count_told(db: Database) -> int:
    """How many facts departments have been told."""
    return int(db.execute("SELECT count(*) FROM digest_items").fetchone()[0])


def mark_subjects(db: Database, mark: str) -> str | None:
    """Put a mark before the subject of every stored mail; gives one of the subjects, None when there is no mail."""
    with db.atomic():
        db.execute("UPDATE renderings SET subject = ? || subject", [mark])
    row = db.execute("SELECT subject FROM renderings LIMIT 1").fetchone()
    return str(row[0]) if row else None


def mail_body(db: Database, digest: str, language: str) -> MailBody:
    """The stored mail of a digest in one language."""
    row = db.execute(
        "SELECT language, subject, html, text FROM renderings WHERE digest = ? AND language = ?", [digest, language]
    ).fetchone()
    calendars = db.execute("SELECT name, content FROM calendars WHERE digest = ? ORDER BY number", [digest]).fetchall()
    return MailBody(
        rendering=StoredRendering(language=row[0], subject=row[1], html=row[2], text=row[3]),
        calendars=tuple((name, content.encode()) for name, content in calendars),
    )
