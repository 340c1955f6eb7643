"""Mails that told of a call: where its answer links come from, and what each recipient has been told."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.archive.connection import Database
from monitor.calls import CallKey


class TellingMail(NamedTuple):
    """Mail of a department that told of a call."""

    digest: str
    department: str
    created: datetime


def mails_about(db: Database, key: CallKey) -> list[TellingMail]:
    """Return the mails that told of a call, oldest first, with the previews, whose items are not stored."""
    rows = db.execute(
        "WITH telling AS (SELECT digest FROM digest_items WHERE source = :source AND call_id = :call_id"
        " UNION SELECT digest FROM own_items WHERE source = :source AND call_id = :call_id"
        " UNION SELECT id FROM digests WHERE kind = 'preview')"
        " SELECT d.id, d.department, d.created FROM telling JOIN digests d ON d.id = telling.digest ORDER BY d.created, d.id",
        {"source": key.source, "call_id": key.call_id},
    )
    return [TellingMail(row[0], row[1], datetime.fromisoformat(row[2])) for row in rows]
