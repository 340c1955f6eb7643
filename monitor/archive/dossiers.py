"""Numbers that the archive's policy items name, kept as they are read, and the dossiers that they form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from monitor.archive.connection import Database
from monitor.calls import CallKey
from monitor.language.dossiers import DossierStep, find_phase, find_references, join_dossiers, order_steps, other_steps
from monitor.vocabulary import Kind

_MAX_TEXT_CHARS = 4_000


def read_references(db: Database) -> int:
    """Read the numbers in the policy items that are new or changed since they were last read; return how many items were read."""
    rows = db.execute(
        "SELECT c.source, c.call_id, c.hash, c.title, c.summary, substr(c.body, 1, ?) FROM calls c WHERE c.kind = ?"
        " AND NOT EXISTS (SELECT 1 FROM call_references r"
        " WHERE r.source = c.source AND r.call_id = c.call_id AND r.hash = c.hash)",
        [_MAX_TEXT_CHARS, Kind.POLICY.value],
    ).fetchall()
    with db.atomic():
        for source, call_id, state, title, summary, body in rows:
            db.execute("DELETE FROM call_references WHERE source = ? AND call_id = ?", [source, call_id])
            # An item without numbers has the empty one, so that it is not read again.
            numbers = find_references(title, f"{summary}\n{body}") or ("",)
            db.executemany(
                "INSERT INTO call_references (number, source, call_id, hash) VALUES (?, ?, ?, ?)",
                [[number, source, call_id, state] for number in numbers],
            )
    return len(rows)


def list_dossiers(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, list[DossierStep]]:
    """Return for each of these items the other documents about the same matter, the oldest first; none for items without any."""
    rows = db.execute("SELECT number, source, call_id FROM call_references WHERE number <> ''").fetchall()
    dossiers = join_dossiers((number, CallKey(source, call_id)) for number, source, call_id in rows)
    others = {key: found for key in keys if (found := other_steps(dossiers, key))}
    steps = {key: step for key in set().union(*others.values()) if (step := _step(db, key)) is not None} if others else {}
    ordered = {key: order_steps(steps[other] for other in members if other in steps) for key, members in others.items()}
    return {key: members for key, members in ordered.items() if members}


def _step(db: Database, key: CallKey) -> DossierStep | None:
    row = db.execute(
        "SELECT title, url, coalesce(published, first_seen), last_deadline FROM calls WHERE source = ? AND call_id = ?", key
    ).fetchone()
    if row is None:
        return None
    title, url, published, deadline = row
    last = date.fromisoformat(deadline[:10]) if deadline else None
    return DossierStep(key=key, title=title, phase=find_phase(title, url), day=date.fromisoformat(published[:10]), deadline=last)
