"""Digests: the ledger of the mails built and of the facts told in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypedDict

from monitor.archive.candidates import numbered_dates
from monitor.archive.codec import stamp
from monitor.archive.connection import Database, escape_like, sql_values
from monitor.archive.outbox import MAIL
from monitor.archive.tellings import save_own
from monitor.calls import CallKey
from monitor.vocabulary import BUILT_MAILS, CALENDAR_CHANGES, WEEKS_MAILS


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Facts of a calendar entry besides the call itself."""

    first_seen: datetime
    last_changed: datetime
    vanished_at: datetime | None
    moves: tuple[tuple[str, str | None, str | None], ...]
    """Changes that raise the entry's SEQUENCE, oldest first: the type of each, its old and its new value."""
    numbered: tuple[str, ...]
    """Date keys last told in calendar entries whose UIDs were numbered by position."""


def calendar_facts(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, CalendarFacts]:
    """Return the facts of these calls for calendars, in a fixed number of queries for any number of calls."""
    wanted = json.dumps(keys)
    within = "WITH wanted AS (SELECT value ->> 0 AS source, value ->> 1 AS call_id FROM json_each(?))"
    moves: dict[CallKey, list[tuple[str, str | None, str | None]]] = {}
    for source, call_id, *move in db.execute(
        f"{within} SELECT e.source, e.call_id, e.type, e.old, e.new FROM wanted w"
        " CROSS JOIN events e ON e.source = w.source AND e.call_id = w.call_id"
        f" WHERE e.type IN {sql_values(CALENDAR_CHANGES)} ORDER BY e.id",
        [wanted],
    ):
        moves.setdefault(CallKey(source, call_id), []).append((move[0], move[1], move[2]))
    numbered = numbered_dates(db)
    rows = db.execute(
        f"{within} SELECT c.source, c.call_id, c.first_seen, c.last_changed, c.vanished_at FROM wanted w CROSS JOIN calls c"
        " ON c.source = w.source AND c.call_id = w.call_id",
        [wanted],
    )
    return {
        (key := CallKey(row[0], row[1])): CalendarFacts(
            datetime.fromisoformat(row[2]),
            datetime.fromisoformat(row[3]),
            datetime.fromisoformat(row[4]) if row[4] else None,
            tuple(moves.get(key, ())),
            numbered.get(key, ()),
        )
        for row in rows
    }


class LastReading(NamedTuple):
    """Last run of a source, for the proof of silence in a mail."""

    name: str
    state: str
    """State of the last run."""
    last_accepted: datetime | None
    """Time of the last accepted run."""


def source_health(db: Database) -> dict[str, LastReading]:
    """Return the last run of every source that was ever read, by the source's id."""
    rows = db.execute("SELECT id, name, state, last_accepted FROM sources")
    return {row[0]: LastReading(row[1], row[2], datetime.fromisoformat(row[3]) if row[3] else None) for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDigest:
    """Digest in the ledger. `state` follows its mails: waiting, sent, stopped, or silent when there is none."""

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
    """Fact that a mail tells a department about a call."""

    source: str
    call_id: str
    section: str
    fact: str
    """Text that stands for the fact in the ledger; a department is told each fact of a call once."""
    position: int
    """Place of the call in the mail, from 1."""
    shown: str
    """Form in which the mail shows the call: card, line or link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRendering:
    """Mail in one language, rendered once and sent so to every recipient."""

    language: str
    subject: str
    html: str
    text: str
    card: str = ""
    """The message for a channel of Microsoft Teams as JSON; "" where no channel gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutboxRow:
    """Row of the outbox to be stored: one recipient of a digest."""

    message_id: str
    recipient: str
    language: str
    follows: datetime | None = None
    """Time of the mail after which the recipient's goes on; None for mails that are no part of a department's series."""
    channel: str = MAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCalendar:
    """Calendar file of the mails of a digest in one language."""

    language: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDigest:
    """Digest to be stored with its facts, mails, calendar entries and recipients."""

    id: str
    department: str
    week: str
    kind: str
    created: datetime
    items: int
    sections: Mapping[str, int]
    facts: Sequence[ToldFact] = ()
    """Facts that count as told to the department."""
    shown: Sequence[ToldFact] = ()
    """Facts of a mail of some recipients, whose department has been told them in its own mail."""
    alone: bool = False
    """True where `shown` counts for the recipients of this mail alone: the department is told in a mail to come."""
    renderings: Sequence[StoredRendering] = ()
    calendars: Sequence[StoredCalendar] = ()
    addresses: Sequence[NewOutboxRow] = ()
    edits: Sequence[int] = ()
    """Numbers of the coordinator's changes that the mail uses up (`overrides.MailEdit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """Content of a mail: the rendering in the recipient's language, and the calendar entries as (file name, content)."""

    rendering: StoredRendering
    calendars: tuple[tuple[str, bytes], ...] = field(default=())


def find_digest(db: Database, department: str, week: str) -> StoredDigest | None:
    """Return the department's regular mail of a week, of any kind in WEEKS_MAILS; None when there is none."""
    rows = _digests(db, f"department = ? AND week = ? AND kind IN {sql_values(WEEKS_MAILS)}", [department, week])
    return rows[0] if rows else None


def last_digest(db: Database, department: str) -> StoredDigest | None:
    """Return the department's last regular mail; None when it never had one."""
    rows = _digests(db, f"department = ? AND kind IN {sql_values(WEEKS_MAILS)}", [department])
    return max(rows, key=lambda row: (row.week, row.created)) if rows else None


def departments_with_digest(db: Database, week: str) -> set[str]:
    """Return the departments whose regular mail of a week is built."""
    return {digest.department for digest in _digests(db, f"week = ? AND kind IN {sql_values(WEEKS_MAILS)}", [week])}


def next_number(db: Database, prefix: str) -> int:
    """Return the next free number for the id of a digest that begins with `prefix`."""
    (count,) = db.execute("SELECT count(*) FROM digests WHERE id LIKE ? ESCAPE '!'", [escape_like(prefix) + "%"]).fetchone()
    return int(count) + 1


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
    """Store a digest, its facts, mails and recipients in one transaction.

    Raises:
        sqlite3.IntegrityError: The department has a regular digest of the week, or has been told one of the facts, already.
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
        if digest.kind in BUILT_MAILS:
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
            "INSERT INTO renderings (digest, language, subject, html, text, card) VALUES (?, ?, ?, ?, ?, ?)",
            [(digest.id, mail.language, mail.subject, mail.html, mail.text, mail.card) for mail in digest.renderings],
        )
        db.executemany(
            "INSERT INTO calendars (digest, number, language, name, content) VALUES (?, ?, ?, ?, ?)",
            [
                (digest.id, number, file.language, file.name, file.content.decode())
                for number, file in enumerate(digest.calendars, 1)
            ],
        )
        db.executemany(
            "INSERT INTO outbox (message_id, digest, recipient, language, state, due, follows, channel)"
            " VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?)",
            [_outbox_values(digest, row) for row in digest.addresses],
        )
        db.executemany(
            "UPDATE recipients SET known = ? WHERE department = ? AND folded = ?",
            [(created, digest.department, row.recipient.casefold()) for row in digest.addresses if row.follows],
        )
        db.executemany(
            "UPDATE mail_edits SET digest = ? WHERE id = ? AND digest IS NULL", [(digest.id, edit) for edit in digest.edits]
        )
        save_own(db, digest)


def _outbox_values(digest: NewDigest, row: NewOutboxRow) -> tuple[str | None, ...]:
    created, follows = stamp(digest.created), stamp(row.follows) if row.follows else None
    return (row.message_id, digest.id, row.recipient, row.language, created, follows, row.channel)


def last_told(db: Database, department: str) -> datetime | None:
    """Return when the department was last told a fact; None before the first."""
    (told,) = db.execute("SELECT max(told) FROM digest_items WHERE department = ?", [department]).fetchone()
    return datetime.fromisoformat(told) if told else None


def store_failure(db: Database, department: str, week: str, reason: str, now: datetime) -> None:
    """Store that a department's mail of a week could not be built, and why. `save_digest` deletes the row."""
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


def count_told_facts(db: Database) -> int:
    """Return how many facts departments have been told."""
    return int(db.execute("SELECT count(*) FROM digest_items").fetchone()[0])


def mark_subjects(db: Database, mark: str) -> str | None:
    """Put a mark before the subject of every stored mail; return one of the subjects, None when there is no mail."""
    with db.atomic():
        db.execute("UPDATE renderings SET subject = ? || subject", [mark])
    row = db.execute("SELECT subject FROM renderings LIMIT 1").fetchone()
    return str(row[0]) if row else None


def mail_card(db: Database, digest: str, language: str) -> str:
    """Return the stored card of a digest in one language, as JSON."""
    row = db.execute("SELECT card FROM renderings WHERE digest = ? AND language = ?", [digest, language]).fetchone()
    return str(row[0])


def mail_body(db: Database, digest: str, language: str) -> MailBody:
    """Return the stored mail of a digest in one language."""
    row = db.execute(
        "SELECT language, subject, html, text FROM renderings WHERE digest = ? AND language = ?", [digest, language]
    ).fetchone()
    calendars = db.execute(
        "SELECT name, content FROM calendars WHERE digest = ? AND language IN ('', ?) ORDER BY number", [digest, language]
    ).fetchall()
    return MailBody(
        rendering=StoredRendering(language=row[0], subject=row[1], html=row[2], text=row[3]),
        calendars=tuple((name, content.encode()) for name, content in calendars),
    )


class DigestSummary(TypedDict):
    """Digest with the subject of its mail, None for one without a mail; times as stored."""

    id: str
    week: str
    kind: str
    state: str
    created: str
    items: int
    subject: str | None


class DigestMail(DigestSummary):
    """Digest with its mail; `department` is "" for a letter to the coordinator."""

    department: str
    html: str | None


class RecentDigest(TypedDict):
    """Regular mail with the keys of the calls it told of; times as stored."""

    id: str
    week: str
    created: str
    items: int
    keys: set[CallKey]


def list_department_digests(db: Database, department: str, limit: int = 60) -> list[DigestSummary]:
    """Return a department's mails as they were built, newest first, without previews and mails of single recipients."""
    return list(
        db.query_as(
            DigestSummary,
            "SELECT d.id, d.week, d.kind, d.state, d.created, d.items, r.subject FROM digests d"
            " LEFT JOIN renderings r ON r.digest = d.id AND r.language = (SELECT max(language) FROM renderings"
            " WHERE digest = d.id)"
            " WHERE d.department = ? AND d.kind NOT IN ('preview', 'own', 'receipt') ORDER BY d.created DESC, d.id LIMIT ?",
            [department, limit],
        )
    )


def find_digest_by_id(db: Database, digest: str) -> DigestMail | None:
    """Return a digest with its mail, or None."""
    rows = db.query_as(
        DigestMail,
        "SELECT d.id, d.department, d.week, d.kind, d.state, d.created, d.items, r.subject, r.html FROM digests d"
        " LEFT JOIN renderings r ON r.digest = d.id AND r.language = (SELECT max(language) FROM renderings WHERE digest = d.id)"
        " WHERE d.id = ?",
        [digest],
    )
    return next(iter(rows), None)


def digest_items(
    db: Database, digest: str, source: str = "", section: str = "", *, linked: bool = False
) -> list[tuple[str, CallKey]]:
    """Return section and key of each call that a digest tells of, in its order.

    The calls may be narrowed to a source, to a section, or with `linked` to those that the mail only links to.
    """
    rows = db.execute(
        "WITH items AS (SELECT digest, section, source, call_id, position, shown FROM digest_items"
        " UNION ALL SELECT digest, section, source, call_id, position, shown FROM own_items)"
        " SELECT section, source, call_id FROM items WHERE digest = :digest AND (:source = '' OR source = :source)"
        " AND (:section = '' OR section = :section) AND (NOT :linked OR shown = 'link')"
        " GROUP BY source, call_id ORDER BY min(position)",
        {"digest": digest, "source": source, "section": section, "linked": linked},
    ).fetchall()
    return [(row[0], CallKey(row[1], row[2])) for row in rows]


def first_told_times(db: Database, source: str, call_id: str) -> dict[str, datetime]:
    """Return the time when each department was first told of a call, by department."""
    rows = db.execute(
        "SELECT department, MIN(told) FROM digest_items WHERE source = ? AND call_id = ? GROUP BY department", [source, call_id]
    )
    return {department: datetime.fromisoformat(told) for department, told in rows}


def list_recent_digests(db: Database, department: str, limit: int) -> list[RecentDigest]:
    """Return the department's last mails with the keys of the calls they told of, newest first."""
    digests = list(
        db.query_as(
            RecentDigest,
            f"SELECT id, week, created, items FROM digests WHERE department = ? AND kind IN {sql_values(WEEKS_MAILS)}"
            " ORDER BY created DESC LIMIT ?",
            [department, limit],
        )
    )
    for digest in digests:
        rows = db.execute("SELECT DISTINCT source, call_id FROM digest_items WHERE digest = ?", [digest["id"]])
        digest["keys"] = {CallKey(row[0], row[1]) for row in rows}
    return digests
