"""Copies of an archive: which file is one, which line of archives a file belongs to, and mails in hand when a machine was lost.

A mail is in hand from the moment before it goes to the mail server until the answer is stored. Copied before the mail goes, that
mark tells the machine that takes over which mails may have arrived: those are held for a person, and all others were never sent.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.outbox import HELD, update_digest_state
from monitor.errors import ArchiveError


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """Mail that may have arrived before the machine that sent it was lost."""

    message_id: str
    digest: str
    department: str
    recipient: str


def read_lineage(path: Path) -> str:
    """Return the mark of the line of archives that a file belongs to; a restored or promoted archive begins a new one.

    Raises:
        ArchiveError: The file is no archive of this version.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (epoch,) = connection.execute("SELECT epoch FROM takeover_epoch").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise ArchiveError(str(path), f"är inget arkiv av den här versionen: {error}") from error
    return str(epoch)


def take_in_hand(db: Database, message_id: str, now: datetime) -> None:
    """Store that a mail is about to go to the mail server."""
    with db.atomic():
        db.execute("UPDATE outbox SET in_hand = ? WHERE message_id = ?", [stamp(now), message_id])


def put_down(db: Database, message_id: str) -> None:
    """Store that a mail was not handed to the mail server after all."""
    with db.atomic():
        db.execute("UPDATE outbox SET in_hand = NULL WHERE message_id = ?", [message_id])


def hold_in_hand(db: Database) -> int:
    """Hold the mails that were in hand for a person; return their number."""
    with db.atomic():
        digests = db.execute("SELECT DISTINCT digest FROM outbox WHERE state = 'waiting' AND in_hand IS NOT NULL").fetchall()
        held = db.execute(
            "UPDATE outbox SET state = 'stopped', error = ?, in_hand = NULL WHERE state = 'waiting' AND in_hand IS NOT NULL",
            [HELD],
        ).rowcount
        for (digest,) in digests:
            update_digest_state(db, digest)
    return int(held)


def list_held(db: Database) -> list[HeldMail]:
    """Return the mails that are held for a person, the oldest first."""
    rows = db.execute(
        "SELECT o.message_id, o.digest, d.department, o.recipient FROM outbox o JOIN digests d ON d.id = o.digest"
        " WHERE o.state = 'stopped' AND o.error = ? ORDER BY d.created, o.rowid",
        [HELD],
    )
    return [HeldMail(message_id=row[0], digest=row[1], department=row[2], recipient=row[3]) for row in rows]


def settle_held(db: Database, now: datetime, *, arrived: bool) -> int:
    """Store a person's word on all mails that are held: they have arrived, or are to go again; return their number."""
    mails = list_held(db)
    with db.atomic():
        for mail in mails:
            state = ("sent", stamp(now)) if arrived else ("waiting", None)
            db.execute(
                "UPDATE outbox SET state = ?, sent_at = ?, due = ?, error = '' WHERE message_id = ?",
                [*state, stamp(now), mail.message_id],
            )
            update_digest_state(db, mail.digest)
    return len(mails)
