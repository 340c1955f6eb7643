"""Storing what a run of a source found: all or nothing, in one transaction. It is told what was read; it never fetches or matches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from monitor.archive.callrows import add_event, add_version, insert_call, update_call, write_deadlines
from monitor.archive.changes import Change, Event, compare_calls
from monitor.archive.codec import call_hash, call_row, decode_call, encode_call, stamp
from monitor.archive.corrections import corrected
from monitor.archive.database import Database
from monitor.archive.documents import Document, store_documents
from monitor.archive.left_out import Aside, decide, keep_left_out
from monitor.calls import Call, Status, call_status, next_deadline

# A call that is missing with a deadline ahead may be the publisher's slip: believed when two accepted runs agree.
BELIEVED_AFTER = 2
_LAST_SEEN = (
    "last_seen = CASE WHEN raw_hash <> '' AND missed = 0 THEN coalesce((SELECT last_accepted FROM sources WHERE id = calls.source),"
    " last_seen) ELSE last_seen END"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """All that one run of one source read, judged. `accepted` runs alone may close or vanish calls.

    `complete_list` says that the source lists everything it has, so that a missing call means something; `unread` holds
    the keys of rows that were there but could not be read; `left_out` the items that are nothing to pass on, by key; `hashes` are those of the rows that calls were read from. `not_modified`: the publisher said that nothing has changed.
    """

    source: str
    name: str
    publisher: str
    kind: str
    url: str
    language: str
    started: datetime
    finished: datetime
    state: str
    reason: str
    complete_list: bool
    seen: int
    not_modified: bool = False
    unread: frozenset[str] = frozenset()
    calls: tuple[Call, ...] = ()
    left_out: Mapping[str, Aside] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    stats: dict[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether the completeness check held."""
        return self.state in ("accepted", "unchanged")


@dataclass(slots=True, kw_only=True)
class RunReport:
    """What a run changed in the archive: the numbers of `crawl --json`. `health` is judged after the run, "" for a healthy source."""

    id: str
    state: str
    reason: str
    seen: int
    current: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    skipped: int = 0
    baseline: bool = False
    health: str = ""
    health_text: str = ""


def last_accepted_size(db: Database, source: str) -> int | None:
    """How many current items the source's last accepted run had; None before the first one."""
    row = db.execute(
        "SELECT current FROM runs WHERE source = ? AND state IN ('accepted', 'unchanged') ORDER BY id DESC LIMIT 1", [source]
    ).fetchone()
    return int(row[0]) if row else None


def last_validators(db: Database, source: str) -> dict[str, str]:
    """What the source's last accepted run said to ask with (conditional requests); empty before the first one."""
    row = db.execute(
        "SELECT stats FROM runs WHERE source = ? AND state IN ('accepted', 'unchanged') ORDER BY id DESC LIMIT 1", [source]
    ).fetchone()
    return dict(json.loads(row[0]).get("validators") or {}) if row else {}


def known_rows(db: Database, source: str) -> dict[str, tuple[str, str]]:
    """The hash of the row that each of the source's calls was last read from, and the call as JSON, by its key."""
    rows = db.execute("SELECT call_id, raw_hash, data FROM calls WHERE source = ? AND raw_hash <> ''", [source]).fetchall()
    return {call_id: (raw_hash, data) for call_id, raw_hash, data in rows}


def store_run(db: Database, run: SourceRun, now: datetime) -> RunReport:
    """Store one run of one source in a single transaction and say what it changed.

    A run that is not accepted adds what it saw for the first time and leaves every stored call as it was.
    """
    previous = last_accepted_size(db, run.source)
    calls, aside = decide(db, run.source, {call.call_id: call for call in run.calls}, run.left_out)
    run = replace(run, calls=tuple(calls.values()))
    report = RunReport(
        id=run.source,
        state=run.state,
        reason=run.reason,
        seen=run.seen,
        current=previous or 0 if run.not_modified else len(calls),
        skipped=len(run.unread),
        baseline=previous is None,
    )
    with db.atomic():
        run_id = _insert_run(db, run, report)
        for call in calls.values():
            _store_call(db, run, run_id, call, report, now)
        keep_left_out(db, run.source, calls, aside, now)
        if run.accepted and run.complete_list:
            _settle_missing(db, run, run_id, report, now)
        if run.accepted:
            _close_passed(db, run, run_id, report, now)
        store_documents(db, run.source, run.documents)
        _finish_run(db, run, run_id, report)
    return report


def refresh_dates(db: Database, now: datetime) -> None:
    """Bring `status` and `next_deadline` up to `now` for every call whose dates have passed, without any event."""
    rows = db.execute(
        "SELECT source, call_id, data FROM calls WHERE status <> 'closed' AND (next_deadline < ? OR kind = 'event')", [stamp(now)]
    ).fetchall()
    with db.atomic():
        for source, call_id, data in rows:
            call = corrected(db, decode_call(data))
            upcoming = next_deadline(call, now)
            db.execute(
                "UPDATE calls SET status = ?, next_deadline = ? WHERE source = ? AND call_id = ?",
                [call_status(call, now).value, stamp(upcoming.at) if upcoming else None, source, call_id],
            )


def _insert_run(db: Database, run: SourceRun, report: RunReport) -> int:
    cursor = db.execute(
        "INSERT INTO runs (source, started, finished, state, reason, baseline, seen, current, new, changed, unchanged, vanished,"
        " skipped, stats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?)",
        [
            run.source,
            stamp(run.started),
            stamp(run.finished),
            run.state,
            run.reason,
            int(report.baseline),
            run.seen,
            report.current,
            len(run.unread),
            json.dumps(run.stats, default=str),
        ],
    )
    return int(cursor.lastrowid or 0)


def _finish_run(db: Database, run: SourceRun, run_id: int, report: RunReport) -> None:
    db.execute(
        "UPDATE runs SET new = ?, changed = ?, unchanged = ?, vanished = ? WHERE id = ?",
        [report.new, report.changed, report.unchanged, report.vanished, run_id],
    )
    finished = stamp(run.finished)
    db.table("sources").upsert(
        {
            "id": run.source,
            "name": run.name,
            "publisher": run.publisher,
            "kind": run.kind,
            "url": run.url,
            "language": run.language,
            "state": run.state,
            "reason": run.reason,
            "last_run": finished,
            **({"last_accepted": finished} if run.accepted else {}),
        },
        pk="id",
    )


def _store_call(db: Database, run: SourceRun, run_id: int, call: Call, report: RunReport, now: datetime) -> None:
    key = (run.source, call.call_id)
    row = db.execute(
        "SELECT hash, raw_hash, status, missed, closed_at, vanished_at FROM calls WHERE source = ? AND call_id = ?", key
    ).fetchone()
    raw_hash = run.hashes.get(call.call_id, "")
    if row is not None and not run.accepted:
        report.unchanged += 1
        return
    effective = corrected(db, call)
    data = encode_call(call)
    digest = call_hash(data)
    alive = {"last_seen": stamp(now), "missed": 0, "vanished_at": None, "closed_at": None}
    if row is None:
        report.new += 1
        first = {"first_seen": stamp(now), "last_changed": stamp(now), "baseline": int(report.baseline)}
        insert_call(db, {**call_row(effective, now), **alive, **first, "data": data, "hash": digest, "raw_hash": raw_hash})
        write_deadlines(db, effective)
        add_version(db, run_id, call, data, digest, now)
        add_event(db, run_id, key, Event(Change.NEW, None, call.title), now, baseline=report.baseline)
        return
    old_hash, old_raw_hash, old_status, missed, closed_at, vanished_at = row
    status = call_status(effective, now)
    events = []
    if (closed_at or vanished_at) and status is not Status.CLOSED:
        events.append(Event(Change.REVIVED, closed_at or vanished_at, None))
    elif old_status == Status.FORTHCOMING and status is Status.OPEN:
        events.append(Event(Change.OPENED, old_status, status.value))
    if digest == old_hash and not events:
        report.unchanged += 1
        # A row that is as it was is not written: it was last seen when its source was, which is noted once it is missing.
        if not raw_hash or (raw_hash, status.value, 0) != (old_raw_hash, old_status, missed):
            update_call(db, *key, {"last_seen": stamp(now), "missed": 0, "status": status.value, "raw_hash": raw_hash})
        return
    before = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", key).fetchone()[0]
    events += compare_calls(corrected(db, decode_call(before)), effective)
    update_call(db, *key, {**call_row(effective, now), **alive, "data": data, "hash": digest, "raw_hash": raw_hash})
    write_deadlines(db, effective)
    if not events:
        report.unchanged += 1
        return
    report.changed += 1
    update_call(db, *key, {"last_changed": stamp(now)})
    add_version(db, run_id, call, data, digest, now)
    for event in events:
        add_event(db, run_id, key, event, now, baseline=False)


def _settle_missing(db: Database, run: SourceRun, run_id: int, report: RunReport, now: datetime) -> None:
    """A missing call with a deadline ahead is believed gone when it is missing from two accepted runs."""
    moment = stamp(now)
    present = {call.call_id for call in run.calls} | run.unread
    rows = db.execute(
        "SELECT call_id, missed, last_deadline FROM calls WHERE source = ? AND closed_at IS NULL AND vanished_at IS NULL",
        [run.source],
    ).fetchall()
    for call_id, missed, last_deadline in rows:
        if call_id in present or (last_deadline and last_deadline < stamp(now)):
            continue
        if missed + 1 < BELIEVED_AFTER:
            db.execute(
                f"UPDATE calls SET {_LAST_SEEN}, missed = missed + 1 WHERE source = ? AND call_id = ?", [run.source, call_id]
            )
            continue
        report.vanished += 1
        db.execute(
            "UPDATE calls SET missed = missed + 1, vanished_at = ? WHERE source = ? AND call_id = ?",
            [moment, run.source, call_id],
        )
        add_event(db, run_id, (run.source, call_id), Event(Change.VANISHED, None, moment), now, baseline=False)


def _close_passed(db: Database, run: SourceRun, run_id: int, report: RunReport, now: datetime) -> None:
    """Calls whose last chance has passed are closed, once."""
    present = {call.call_id for call in run.calls} | run.unread if run.complete_list else set()
    rows = db.execute(
        "SELECT call_id, data FROM calls WHERE source = ? AND closed_at IS NULL AND vanished_at IS NULL"
        " AND (last_deadline < ? OR kind = 'event' OR deadline_model = 'two-stage')",
        [run.source, stamp(now)],
    ).fetchall()
    for call_id, data in rows:
        call = corrected(db, decode_call(data))
        if call_id in present or call_status(call, now) is not Status.CLOSED:
            continue
        db.execute(
            f"UPDATE calls SET {_LAST_SEEN}, closed_at = ?, status = 'closed', next_deadline = NULL WHERE source = ? AND call_id = ?",
            [stamp(now), run.source, call_id],
        )
        last = max((d.at for d in call.deadlines), default=None)
        event = Event(Change.CLOSED, None, last.isoformat() if last else None)
        add_event(db, run_id, (run.source, call_id), event, now, baseline=False)
