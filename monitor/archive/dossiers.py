"""Numbers that the archive's policy items name, kept as they are read, and the dossiers that they form and how those move."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from monitor.archive.calls import add_event, newest_run
from monitor.archive.changes import CallChange
from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.calls import CallKey
from monitor.language.dossiers import DossierStep, find_phase, find_references, join_dossiers, order_steps, other_steps
from monitor.vocabulary import ChangeType, Kind

_MAX_TEXT_CHARS = 4_000
_MOVES = (
    "SELECT e.source, e.call_id, e.at, n.source AS new_source, n.call_id AS new_id, n.first_seen FROM events e"
    " JOIN calls n ON n.source = e.new ->> 'source' AND n.call_id = e.new ->> 'call_id'"
    f" WHERE e.type = '{ChangeType.DOSSIER_MOVED}' AND e.baseline = 0"
)
"""SQL of the moves of dossiers: the earlier document, when the new one joined it, and the new document."""
MOVED_TO = (
    f"SELECT m.new_source AS source, m.new_id AS call_id, m.source AS old_source, m.call_id AS old_id, m.first_seen"
    f" FROM ({_MOVES}) m"
    " WHERE (SELECT min(i.told) FROM digest_items i WHERE i.department = :department AND i.source = m.source"
    " AND i.call_id = m.call_id) < m.at"
)
"""SQL of the documents that moved a dossier after the department `:department` was told of an earlier document of it."""


def read_references(db: Database, now: datetime) -> int:
    """Read the numbers in the policy items that are new or changed since they were last read; return how many items were read.

    A document that joins a dossier of earlier ones is a change of each of them.
    """
    rows = db.execute(
        "SELECT c.source, c.call_id, c.hash, c.title, c.summary, substr(c.body, 1, ?) FROM calls c WHERE c.kind = ?"
        " AND NOT EXISTS (SELECT 1 FROM call_references r"
        " WHERE r.source = c.source AND r.call_id = c.call_id AND r.hash = c.hash)",
        [_MAX_TEXT_CHARS, Kind.POLICY.value],
    ).fetchall()
    if not rows:
        return 0
    with db.atomic():
        before = _all_dossiers(db)
        for source, call_id, state, title, summary, body in rows:
            db.execute("DELETE FROM call_references WHERE source = ? AND call_id = ?", [source, call_id])
            # An item without numbers has the empty one, so that it is not read again.
            numbers = find_references(title, f"{summary}\n{body}") or ("",)
            db.executemany(
                "INSERT INTO call_references (number, source, call_id, hash) VALUES (?, ?, ?, ?)",
                [[number, source, call_id, state] for number in numbers],
            )
        _add_moves(db, before, [CallKey(row[0], row[1]) for row in rows], now)
    return len(rows)


def _all_dossiers(db: Database) -> dict[CallKey, frozenset[CallKey]]:
    rows = db.execute("SELECT number, source, call_id FROM call_references WHERE number <> ''").fetchall()
    return join_dossiers((number, CallKey(source, call_id)) for number, source, call_id in rows)


def _add_moves(db: Database, before: Mapping[CallKey, frozenset[CallKey]], read: Iterable[CallKey], now: datetime) -> None:
    """Store a change of each document that documents seen after it have joined now."""
    after = _all_dossiers(db)
    steps: dict[CallKey, DossierStep | None] = {}
    for dossier in {after[key] for key in read if key in after}:
        times = _first_seen(db, dossier)
        for key in sorted(dossier):
            for other in sorted(dossier - before.get(key, frozenset((key,)))):
                seen, is_baseline = times[other]
                if is_baseline or seen <= times[key][0]:
                    continue
                for one in (key, other):
                    if one not in steps:
                        steps[one] = _step(db, one)
                _add_move(db, steps[key], steps[other], now)


def _first_seen(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, tuple[str, bool]]:
    """Return when each item was first seen, and whether its source's first accepted run had it."""
    query = "SELECT first_seen, baseline FROM calls WHERE source = ? AND call_id = ?"
    return {key: (row[0], bool(row[1])) for key in keys if (row := db.execute(query, key).fetchone()) is not None}


def _add_move(db: Database, earlier: DossierStep | None, later: DossierStep | None, now: datetime) -> None:
    """Store that the dossier of a document has moved on by another, once; an older document that is found late moves nothing."""
    if earlier is None or later is None or later.day < earlier.day:
        return
    known = db.execute(
        "SELECT 1 FROM events WHERE source = ? AND call_id = ? AND type = ? AND new ->> 'source' = ? AND new ->> 'call_id' = ?",
        [*earlier.key, ChangeType.DOSSIER_MOVED.value, *later.key],
    ).fetchone()
    if known is None:
        document = {**later.key._asdict(), "phase": later.phase.value, "day": later.day.isoformat(), "title": later.title}
        change = CallChange(ChangeType.DOSSIER_MOVED, None, json.dumps(document, ensure_ascii=False))
        add_event(db, newest_run(db, earlier.key.source), earlier.key, change, now, baseline=False)


def read_followed(db: Database, department: str, until: datetime) -> dict[CallKey, tuple[tuple[CallKey, datetime], ...]]:
    """Return for each document that joined a dossier until a time its earlier documents that the department was told of.

    With each of them is the time at which the document joined it.
    """
    rows = db.execute(
        f"SELECT new_source, new_id, source, call_id, at FROM ({_MOVES}) m WHERE at <= ? AND EXISTS (SELECT 1 FROM digest_items i"
        " WHERE i.department = ? AND i.source = m.source AND i.call_id = m.call_id) ORDER BY source, call_id",
        [stamp(until), department],
    )
    followed: dict[CallKey, list[tuple[CallKey, datetime]]] = defaultdict(list)
    for new_source, new_id, source, call_id, at in rows:
        followed[CallKey(new_source, new_id)].append((CallKey(source, call_id), datetime.fromisoformat(at)))
    return {key: tuple(earlier) for key, earlier in followed.items()}


def list_dossiers(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, list[DossierStep]]:
    """Return for each of these items the other documents about the same matter, the oldest first; none for items without any."""
    dossiers = _all_dossiers(db)
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
