"""What happened between two moments, counted and listed: for short accounts to people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.codec import stamp
from monitor.archive.database import Database


@dataclass(frozen=True, slots=True)
class Happening:
    """One typed change of one call, with the call's name as it is now. `old` and `new` are the JSON texts of the event."""

    type: str
    source: str
    call_id: str
    identifier: str
    title: str
    old: str
    new: str


def happenings(db: Database, after: datetime, until: datetime) -> Iterator[Happening]:
    """Every change after `after` and not after `until`, in the order in which it was found. A source's baseline is no change."""
    rows = db.query(
        "SELECT e.type, e.source, e.call_id, c.identifier, c.title, coalesce(e.old, '') AS old, coalesce(e.new, '') AS new "
        "FROM events e JOIN calls c ON c.source = e.source AND c.call_id = e.call_id "
        "WHERE e.baseline = 0 AND e.at > :after AND e.at <= :until ORDER BY e.id",
        {"after": stamp(after), "until": stamp(until)},
    )
    for row in rows:
        yield Happening(**row)
