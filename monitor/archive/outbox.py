"""Outbox: one row per recipient and digest, marked sent only after the server accepted the mail; recipients that get no mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.errors import describe_delivery

_MAIL_COLUMNS = (
    "outbox.message_id, outbox.digest, digests.department, digests.kind, outbox.recipient, outbox.language, outbox.attempts,"
    " outbox.error, digests.created"
)

MAIL, TEAMS = "mail", "teams"
"""Channels of the outbox: mail, and cards for Microsoft Teams."""

# Reasons of a stopped mail that the recipient's server did not refuse.
NOT_RECIPIENT = "står inte längre som mottagare"
ADDRESS_STOPPED = "adressen är avstängd"
EXAMPLE = "adressen är ett exempel"
PAUSED = "mottagaren har paus"
UNWRITABLE = "mejlet kunde inte skrivas"
HELD = "kan ha kommit fram innan datorn gick sönder; hålls tills någon har sett efter"
"""Reason of a mail that was in hand when its machine was lost."""
UNWANTED_REASONS = (NOT_RECIPIENT, ADDRESS_STOPPED, EXAMPLE, PAUSED, "no longer a recipient", "the address has been stopped")
"""Reasons of mails that were stopped because nobody wants them any more; the English ones are of earlier versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Address that gets no mails."""

    department: str
    """Department whose mails the recipient has stopped; "" where the recipient's server refuses mails of any department."""
    recipient: str
    """Address in lower case."""
    since: datetime
    error: str
    """Reply of the server, or the reason of the stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedMail:
    """Mail that was given up although its recipient still wants it."""

    digest: str
    department: str
    error: str
    """Reply of the server, or a reason that begins with UNWRITABLE."""

    @property
    def held(self) -> bool:
        """Return whether the mail may have arrived, and waits for a person."""
        return self.error == HELD

    @property
    def unwritable(self) -> bool:
        """Return whether the program could not write the mail."""
        return self.error.startswith(UNWRITABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    """Mail to one recipient that waits to be sent."""

    message_id: str
    digest: str
    department: str
    kind: str
    recipient: str
    language: str
    attempts: int
    error: str
    created: datetime


def waiting_mails(db: Database, now: datetime | None = None, channel: str = MAIL) -> list[OutboxMail]:
    """Return what waits in a channel, with the fewest attempts first, then the oldest; with `now`, only what is due by then."""
    due = "AND outbox.due <= ?" if now is not None else ""
    rows = db.execute(
        f"SELECT {_MAIL_COLUMNS} FROM outbox JOIN digests ON digests.id = outbox.digest WHERE outbox.state = 'waiting'"
        f" AND outbox.channel = ? {due} ORDER BY outbox.attempts, digests.created, outbox.rowid",
        [channel, *([stamp(now)] if now is not None else [])],
    ).fetchall()
    return [
        OutboxMail(
            message_id=row[0],
            digest=row[1],
            department=row[2],
            kind=row[3],
            recipient=row[4],
            language=row[5],
            attempts=row[6],
            error=row[7],
            created=datetime.fromisoformat(row[8]),
        )
        for row in rows
    ]


def mark_sent(db: Database, mail: OutboxMail, now: datetime) -> None:
    """Store that the server accepted the mail, and reset the recipient's count of refusals."""
    with db.atomic():
        db.execute(
            "UPDATE outbox SET state = 'sent', sent_at = ?, attempts = attempts + 1, error = '', in_hand = NULL"
            " WHERE message_id = ?",
            [stamp(now), mail.message_id],
        )
        db.execute("DELETE FROM suppressed WHERE department = '' AND recipient = ? AND stopped = 0", [_folded(mail.recipient)])
        update_digest_state(db, mail.digest)


def mark_failed(db: Database, mail: OutboxMail, error: str, due: datetime) -> None:
    """Store that the mail could not be delivered now; it waits for the next attempt at `due`."""
    with db.atomic():
        db.execute(
            "UPDATE outbox SET attempts = attempts + 1, error = ?, due = ?, in_hand = NULL WHERE message_id = ?",
            [error, stamp(due), mail.message_id],
        )


def mark_stopped(db: Database, mail: OutboxMail, error: str) -> None:
    """Store that the mail is given up; `error` is the server's reply or another reason.

    A recipient who does not want the mail now has not been told what it holds, and may come back.
    """
    with db.atomic():
        if error in UNWANTED_REASONS:
            db.execute(
                "UPDATE recipients SET known = min(known, o.follows) FROM outbox o WHERE o.message_id = ?"
                " AND o.follows IS NOT NULL AND recipients.folded = ? AND recipients.department = ?",
                [mail.message_id, _folded(mail.recipient), mail.department],
            )
        db.execute(
            "UPDATE outbox SET state = 'stopped', attempts = attempts + 1, error = ?, in_hand = NULL WHERE message_id = ?",
            [error, mail.message_id],
        )
        update_digest_state(db, mail.digest)


def count_refusal(db: Database, recipient: str, error: str, now: datetime, limit: int) -> bool:
    """Count a permanent refusal of a recipient; return whether the count has reached `limit`, which stops all mails to it."""
    folded = _folded(recipient)
    with db.atomic():
        db.execute(
            "INSERT INTO suppressed (department, recipient, since, failures, error, stopped) VALUES ('', ?, ?, 1, ?, 0)"
            " ON CONFLICT (department, recipient) DO UPDATE SET failures = failures + 1, error = excluded.error",
            [folded, stamp(now), error],
        )
        cursor = db.execute(
            "UPDATE suppressed SET stopped = 1, since = ? WHERE department = '' AND recipient = ? AND failures >= ?"
            " AND stopped = 0",
            [stamp(now), folded, limit],
        )
        return bool(cursor.rowcount)


def stop_recipient(db: Database, department: str, recipient: str, reason: str, now: datetime) -> None:
    """Stop a department's mails to a recipient, also those that wait already; `reason` is kept in Swedish."""
    with db.atomic():
        db.execute(
            "INSERT INTO suppressed (department, recipient, since, failures, error, stopped) VALUES (?, ?, ?, 0, ?, 1)"
            " ON CONFLICT (department, recipient) DO UPDATE SET stopped = 1, error = excluded.error",
            [department, _folded(recipient), stamp(now), reason],
        )


def resume_recipient(db: Database, department: str, recipient: str) -> None:
    """Send a department's mails to a recipient again, also one whose server refused mails."""
    with db.atomic():
        db.execute("DELETE FROM suppressed WHERE department IN ('', ?) AND recipient = ?", [department, _folded(recipient)])


def stopped_recipients(db: Database) -> set[tuple[str, str]]:
    """Return the recipients that get no mails as (department, address in lower case); department "" stands for all."""
    return {(row[0], row[1]) for row in db.execute("SELECT department, recipient FROM suppressed WHERE stopped = 1")}


def list_suppressions(db: Database) -> list[Suppression]:
    """Return the addresses that get no mails, sorted by address and department."""
    rows = db.execute(
        "SELECT department, recipient, since, error FROM suppressed WHERE stopped = 1 ORDER BY recipient, department"
    )
    return [Suppression(department=row[0], recipient=row[1], since=datetime.fromisoformat(row[2]), error=row[3]) for row in rows]


def stopped_mails(db: Database, since: datetime) -> list[StoppedMail]:
    """Return the mails built after a time that were given up although their recipients want them, oldest first."""
    marks = ", ".join("?" * len(UNWANTED_REASONS))
    rows = db.execute(
        "SELECT o.digest, d.department, o.error FROM outbox o JOIN digests d ON d.id = o.digest"
        f" WHERE o.state = 'stopped' AND d.created > ? AND o.error NOT IN ({marks}) ORDER BY d.created, o.rowid",
        [stamp(since), *UNWANTED_REASONS],
    )
    return [StoppedMail(digest=row[0], department=row[1], error=row[2]) for row in rows]


def last_failures(db: Database) -> dict[str, str]:
    """Return the server's reply to the newest mail of each address, in lower case, where that mail has not arrived."""
    rows = db.execute(
        "SELECT recipient, error FROM outbox WHERE rowid IN (SELECT max(rowid) FROM outbox GROUP BY lower(recipient))"
        " AND state <> 'sent' AND error <> ''"
    )
    return {_folded(row[0]): describe_delivery(row[1]) for row in rows if row[1] not in UNWANTED_REASONS}


def refused_recipients(db: Database) -> list[tuple[str, str]]:
    """Return the addresses that get no mails because their server refuses them, each with the server's reply.

    Channels, whose names have no @, are left out: a letter of their own tells of each.
    """
    rows = db.execute(
        "SELECT recipient, error FROM suppressed WHERE department = '' AND stopped = 1 AND recipient LIKE '%@%'"
        " ORDER BY recipient"
    )
    return [(row[0], row[1]) for row in rows]


def is_stopped(stopped: Iterable[tuple[str, str]], department: str, recipient: str) -> bool:
    """Return whether a recipient gets no mails of a department; `stopped` as `stopped_recipients` returns it."""
    folded = _folded(recipient)
    return ("", folded) in stopped or (department, folded) in stopped


def has_digest(db: Database, digest: str) -> bool:
    """Return whether there is a digest, or a letter to the coordinator, with this id."""
    return db.execute("SELECT 1 FROM digests WHERE id = ?", [digest]).fetchone() is not None


def count_sent(db: Database, moment: datetime) -> int:
    """Return the number of mails sent after a time, without cards."""
    (count,) = db.execute("SELECT count(*) FROM outbox WHERE sent_at > ? AND channel = ?", [stamp(moment), MAIL]).fetchone()
    return int(count)


def count_waiting(db: Database) -> tuple[int, int]:
    """Return the number of waiting mails, and of those that have failed before."""
    row = db.execute("SELECT count(*), coalesce(sum(attempts > 0), 0) FROM outbox WHERE state = 'waiting'").fetchone()
    return int(row[0]), int(row[1])


def oldest_waiting(db: Database) -> datetime | None:
    """Return when the oldest waiting mail was built; None when no mail waits."""
    row = db.execute(
        "SELECT min(digests.created) FROM outbox JOIN digests ON digests.id = outbox.digest WHERE outbox.state = 'waiting'"
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def update_digest_state(db: Database, digest: str) -> None:
    """Store the state of a digest that follows from those of its mails. The caller holds the transaction."""
    db.execute(
        "UPDATE digests SET state = CASE"
        " WHEN EXISTS (SELECT 1 FROM outbox WHERE digest = digests.id AND state = 'waiting') THEN 'waiting'"
        " WHEN EXISTS (SELECT 1 FROM outbox WHERE digest = digests.id AND state = 'stopped') THEN 'stopped'"
        " ELSE 'sent' END WHERE id = ?",
        [digest],
    )


def _folded(recipient: str) -> str:
    return recipient.casefold()


class OutboxRow(TypedDict):
    """Row of the outbox with facts of its digest; times as stored."""

    message_id: str
    digest: str
    department: str
    kind: str
    week: str
    recipient: str
    state: str
    attempts: int
    due: str
    error: str
    sent_at: str | None


def list_outbox(db: Database, limit: int = 200) -> list[OutboxRow]:
    """Return the mails to recipients, waiting ones first, then the latest first."""
    return list(
        db.query_as(
            OutboxRow,
            "SELECT o.message_id, o.digest, d.department, d.kind, d.week, o.recipient, o.state, o.attempts, o.due, o.error,"
            " o.sent_at"
            " FROM outbox o JOIN digests d ON d.id = o.digest"
            " ORDER BY o.state <> 'waiting', coalesce(o.sent_at, o.due) DESC, o.rowid DESC LIMIT ?",
            [limit],
        )
    )
