"""What one source of a publisher has and another lacks."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.archive.database import Database


@dataclass(frozen=True, slots=True)
class Missed:
    """A living call that the checked source does not have."""

    call_id: str
    identifier: str
    title: str


def find_missed(db: Database, source: str, checked: str) -> list[Missed]:
    """The living calls of `source` that `checked` has never had under the same key, in order of identifier."""
    rows = db.execute(
        "SELECT call_id, identifier, title FROM calls b WHERE source = ? AND status <> 'closed' AND vanished_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM calls s WHERE s.source = ? AND s.call_id = b.call_id) ORDER BY identifier",
        [source, checked],
    ).fetchall()
    return [Missed(*row) for row in rows]
