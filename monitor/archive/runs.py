"""Runs of a source: a run stored all or nothing, its raw documents, the source's health, and items that only one of two sources has."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from monitor.archive.calls import add_event, add_version, apply_corrections, insert_call, update_call, write_deadlines
from monitor.archive.changes import CallChange, compare_calls
from monitor.archive.codec import call_hash, call_row, decode_call, encode_call, pack, stamp
from monitor.archive.connection import Database, sql_values
from monitor.archive.left_out import LeftOutItem, apply_decisions, read_decisions, store_left_out
from monitor.calls import Call, call_status, next_deadline
from monitor.errors import name_some, row_trouble
from monitor.vocabulary import ACCEPTED_RUNS, ChangeType, Status

# A call that is missing with a deadline ahead may be the publisher's slip: believed when two accepted runs agree.
MISSED_RUNS_TO_VANISH = 2
UNSTORED = "unstored"
"""The class of trouble of a run none of whose calls could be stored; health knows it by this name."""
# What one call's own values may raise. Other errors of SQLite are the archive's: a full disk, a damaged file.
_CALL_ERRORS = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    ArithmeticError,
    ValueError,
    TypeError,
    RecursionError,
)
_Outcome = Literal["new", "changed", "unchanged"]
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
    left_out: Mapping[str, LeftOutItem] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    stats: dict[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether the completeness check held."""
        return self.state in ACCEPTED_RUNS


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
        f"SELECT current FROM runs WHERE source = ? AND state IN {sql_values(ACCEPTED_RUNS)} ORDER BY id DESC LIMIT 1", [source]
    ).fetchone()
    return int(row[0]) if row else None


def refused_keys(db: Database, source: str) -> frozenset[str]:
    """The keys of the newest run since the last accepted one that was whole but showed too few items; empty when there is none."""
    row = db.execute(
        "SELECT json_extract(stats, '$.refused') FROM runs WHERE source = ?1 AND id > coalesce((SELECT max(id) FROM runs"
        f" WHERE source = ?1 AND state IN {sql_values(ACCEPTED_RUNS)}), 0) AND json_extract(stats, '$.refused') IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        [source],
    ).fetchone()
    return frozenset(json.loads(row[0])) if row else frozenset()


def last_validators(db: Database, source: str) -> dict[str, str]:
    """What the source's last accepted run said to ask with (conditional requests); empty before the first one."""
    row = db.execute(
        f"SELECT stats FROM runs WHERE source = ? AND state IN {sql_values(ACCEPTED_RUNS)} ORDER BY id DESC LIMIT 1", [source]
    ).fetchone()
    return dict(json.loads(row[0]).get("validators") or {}) if row else {}


def known_rows(db: Database, source: str) -> dict[str, tuple[str, str]]:
    """The hash of the row that each of the source's calls was last read from, and the call as JSON, by its key."""
    rows = db.execute("SELECT call_id, raw_hash, data FROM calls WHERE source = ? AND raw_hash <> ''", [source]).fetchall()
    return {call_id: (raw_hash, data) for call_id, raw_hash, data in rows}


def store_run(db: Database, run: SourceRun, now: datetime) -> RunReport:
    """Store one run of one source in a single transaction and say what it changed.

    A run that is not accepted adds what it saw for the first time and leaves every stored call as it was. A call that cannot be
    stored is skipped and named in the reason; a run none of whose calls can be stored has failed. Raises sqlite3.Error when the
    archive itself cannot be written.
    """
    previous = last_accepted_size(db, run.source)
    calls, aside = apply_decisions(read_decisions(db, run.source), {call.call_id: call for call in run.calls}, run.left_out)
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
        refused = {}
        for call in calls.values():
            try:
                with db.atomic():
                    outcome = _store_call(db, run, run_id, call, now, baseline=report.baseline)
            except _CALL_ERRORS as error:
                refused[call.call_id] = row_trouble(error)
            else:
                setattr(report, outcome, getattr(report, outcome) + 1)
        store_left_out(db, run.source, calls, aside, now)
        if refused:
            run = _without(run, refused)
            report.state, report.reason = run.state, run.reason
            report.current -= len(refused)
            report.skipped = len(run.unread)
        if run.accepted and run.complete_list:
            _settle_missing(db, run, run_id, report, now)
        if run.accepted:
            _close_passed(db, run, run_id, report, now)
        store_documents(db, run.source, run.documents)
        _finish_run(db, run, run_id, report)
    return report


def _without(run: SourceRun, refused: Mapping[str, str]) -> SourceRun:
    """The run without the calls that could not be stored: by key, with what is wrong with each."""
    told = f"{len(refused)} av {len(run.calls)} poster gick inte att spara: {name_some(refused)}."
    stats = dict(run.stats)
    failed = len(refused) == len(run.calls)
    if failed:
        stats["problems"] = [*stats.get("problems", []), [UNSTORED, told]]
    return replace(
        run,
        calls=tuple(call for call in run.calls if call.call_id not in refused),
        unread=run.unread | refused.keys(),
        state="failed" if failed else run.state,
        reason=f"{run.reason} {told}".strip(),
        stats=stats,
    )


def refresh_dates(db: Database, now: datetime) -> None:
    """Bring `next_deadline` up to `now` for every call whose date has passed, and close what is over, without any event.

    A call that opens is left to the run that reads it: that tells of it.
    """
    rows = db.execute(
        "SELECT source, call_id, data FROM calls WHERE next_deadline < ? OR (kind = 'event' AND status <> 'closed')", [stamp(now)]
    ).fetchall()
    values = []
    for source, call_id, data in rows:
        call = apply_corrections(db, decode_call(data))
        upcoming = next_deadline(call, now)
        values.append([call_status(call, now) is Status.CLOSED, stamp(upcoming.at) if upcoming else None, source, call_id])
    with db.atomic():
        db.executemany(
            "UPDATE calls SET status = CASE WHEN ? THEN 'closed' ELSE status END, next_deadline = ? WHERE source = ? AND call_id = ?",
            values,
        )


def _insert_run(db: Database, run: SourceRun, report: RunReport) -> int:
    cursor = db.execute(
        "INSERT INTO runs (source, started, finished, state, reason, baseline, seen, current, new, changed, unchanged, vanished,"
        " skipped, stats) VALUES (?, ?, ?, ?, '', ?, ?, 0, 0, 0, 0, 0, 0, '{}')",
        [run.source, stamp(run.started), stamp(run.finished), run.state, int(report.baseline), run.seen],
    )
    return int(cursor.lastrowid or 0)


def _finish_run(db: Database, run: SourceRun, run_id: int, report: RunReport) -> None:
    db.execute(
        "UPDATE runs SET state = ?, reason = ?, current = ?, skipped = ?, stats = ?,"
        " new = ?, changed = ?, unchanged = ?, vanished = ? WHERE id = ?",
        [
            run.state,
            run.reason,
            report.current,
            report.skipped,
            json.dumps(run.stats, default=str),
            report.new,
            report.changed,
            report.unchanged,
            report.vanished,
            run_id,
        ],
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


def _store_call(db: Database, run: SourceRun, run_id: int, call: Call, now: datetime, *, baseline: bool) -> _Outcome:
    """Write one call and its events; whether it is new, changed or unchanged."""
    key = (run.source, call.call_id)
    row = db.execute(
        "SELECT hash, raw_hash, status, missed, closed_at, vanished_at FROM calls WHERE source = ? AND call_id = ?", key
    ).fetchone()
    raw_hash = run.hashes.get(call.call_id, "")
    if row is not None and not run.accepted:
        return "unchanged"
    effective = apply_corrections(db, call)
    data = encode_call(call)
    digest = call_hash(data)
    alive = {"last_seen": stamp(now), "missed": 0, "vanished_at": None, "closed_at": None}
    if row is None:
        first = {"first_seen": stamp(now), "last_changed": stamp(now), "baseline": int(baseline)}
        insert_call(db, {**call_row(effective, now), **alive, **first, "data": data, "hash": digest, "raw_hash": raw_hash})
        write_deadlines(db, effective)
        add_version(db, run_id, call, data, digest, now)
        add_event(db, run_id, key, CallChange(ChangeType.NEW, None, call.title), now, baseline=baseline)
        return "new"
    old_hash, old_raw_hash, old_status, missed, closed_at, vanished_at = row
    status = call_status(effective, now)
    events = []
    if (closed_at or vanished_at) and status is not Status.CLOSED:
        events.append(CallChange(ChangeType.REVIVED, closed_at or vanished_at, None))
    elif old_status == Status.FORTHCOMING and status is Status.OPEN:
        events.append(CallChange(ChangeType.OPENED, old_status, status.value))
    if digest == old_hash and not events:
        # A row that is as it was is not written: it was last seen when its source was, which is noted once it is missing.
        if not raw_hash or (raw_hash, status.value, 0) != (old_raw_hash, old_status, missed):
            update_call(db, *key, {"last_seen": stamp(now), "missed": 0, "status": status.value, "raw_hash": raw_hash})
        return "unchanged"
    before = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", key).fetchone()[0]
    events += compare_calls(apply_corrections(db, decode_call(before)), effective)
    update_call(db, *key, {**call_row(effective, now), **alive, "data": data, "hash": digest, "raw_hash": raw_hash})
    write_deadlines(db, effective)
    if not events:
        return "unchanged"
    update_call(db, *key, {"last_changed": stamp(now)})
    add_version(db, run_id, call, data, digest, now)
    for event in events:
        add_event(db, run_id, key, event, now, baseline=False)
    return "changed"


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
        if missed + 1 < MISSED_RUNS_TO_VANISH:
            db.execute(
                f"UPDATE calls SET {_LAST_SEEN}, missed = missed + 1 WHERE source = ? AND call_id = ?", [run.source, call_id]
            )
            continue
        report.vanished += 1
        db.execute(
            "UPDATE calls SET missed = missed + 1, vanished_at = ? WHERE source = ? AND call_id = ?",
            [moment, run.source, call_id],
        )
        add_event(db, run_id, (run.source, call_id), CallChange(ChangeType.VANISHED, None, moment), now, baseline=False)


def _close_passed(db: Database, run: SourceRun, run_id: int, report: RunReport, now: datetime) -> None:
    """Calls whose last chance has passed are closed, once."""
    present = {call.call_id for call in run.calls} | run.unread if run.complete_list else set()
    rows = db.execute(
        "SELECT call_id, data FROM calls WHERE source = ? AND closed_at IS NULL AND vanished_at IS NULL"
        " AND (last_deadline < ? OR kind = 'event' OR deadline_model = 'two-stage')",
        [run.source, stamp(now)],
    ).fetchall()
    for call_id, data in rows:
        call = apply_corrections(db, decode_call(data))
        if call_id in present or call_status(call, now) is not Status.CLOSED:
            continue
        db.execute(
            f"UPDATE calls SET {_LAST_SEEN}, closed_at = ?, status = 'closed', next_deadline = NULL WHERE source = ? AND call_id = ?",
            [stamp(now), run.source, call_id],
        )
        last = max((d.at for d in call.deadlines), default=None)
        event = CallChange(ChangeType.CLOSED, None, last.isoformat() if last else None)
        add_event(db, run_id, (run.source, call_id), event, now, baseline=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One answer of a publisher as it came, for reading it again offline."""

    url: str
    request: str
    status: int
    headers: str
    content_type: str
    body: bytes
    fetched: datetime


def store_documents(db: Database, source: str, documents: Iterable[Document]) -> None:
    """Keep answers, each content once; the caller holds the transaction."""
    for document in documents:
        digest = hashlib.sha256(document.body).hexdigest()
        if not db.execute("SELECT 1 FROM documents WHERE hash = ?", [digest]).fetchone():
            db.execute(
                "INSERT INTO documents (hash, content_type, size, body) VALUES (?, ?, ?, ?)",
                [digest, document.content_type, len(document.body), pack(document.body)],
            )
        db.execute(
            "INSERT INTO fetches (source, at, url, request, status, headers, document) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                source,
                stamp(document.fetched),
                document.url,
                document.request,
                document.status,
                document.headers,
                digest,
            ],
        )


def load_documents(db: Database, source: str) -> list[Document]:
    """The answers of the source's newest run that kept any, as they came."""
    rows = db.execute(
        "SELECT f.url, f.request, f.status, f.headers, d.content_type, d.body, f.at FROM fetches f JOIN documents d ON d.hash = f.document"
        " WHERE f.source = ? AND f.at = (SELECT max(at) FROM fetches WHERE source = ?) ORDER BY f.id",
        [source, source],
    ).fetchall()
    return [
        Document(
            url=url,
            request=request,
            status=status,
            headers=headers,
            content_type=kind,
            body=zlib.decompress(body),
            fetched=datetime.fromisoformat(at),
        )
        for url, request, status, headers, kind, body, at in rows
    ]


_REMEMBERED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHealth:
    """What the archive knows of a source. `health` is "" for a healthy one; `since` and `seen` are when its trouble was first and last seen."""

    id: str
    state: str
    health: str
    text: str
    since: str | None
    seen: str | None
    last_run: str | None
    last_accepted: str | None
    items: int


def list_runs(db: Database, source: str) -> list[dict[str, Any]]:
    """The newest runs of a source, oldest first, with their stats read."""
    rows = db.execute(
        "SELECT finished, state, current, seen, skipped, new, changed, stats FROM"
        " (SELECT * FROM runs WHERE source = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
        [source, _REMEMBERED],
    ).fetchall()
    names = ("finished", "state", "current", "seen", "skipped", "new", "changed", "stats")
    return [{**dict(zip(names, row, strict=True)), "stats": json.loads(row[-1])} for row in rows]


def write_health(db: Database, source: str, health: str, text: str, now: datetime) -> None:
    """Note how a source is doing; the first sight of a trouble stays as long as its class does."""
    moment = stamp(now)
    with db.atomic():
        db.execute(
            "UPDATE sources SET health_since = CASE WHEN ? = '' THEN NULL WHEN health = ? THEN health_since ELSE ? END,"
            " health_seen = CASE WHEN ? = '' THEN NULL ELSE ? END, health = ?, health_text = ? WHERE id = ?",
            [health, health, moment, health, moment, health, text, source],
        )


def stored_health(db: Database) -> dict[str, StoredHealth]:
    """What is known of every source that has been read, by id."""
    rows = db.execute(
        "SELECT id, state, health, health_text, health_since, health_seen, last_run, last_accepted,"
        " (SELECT count(*) FROM calls WHERE calls.source = sources.id AND vanished_at IS NULL AND closed_at IS NULL) FROM sources"
    ).fetchall()
    return {
        row[0]: StoredHealth(
            id=row[0],
            state=row[1],
            health=row[2],
            text=row[3],
            since=row[4],
            seen=row[5],
            last_run=row[6],
            last_accepted=row[7],
            items=row[8],
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class MissingCall:
    """A living call that the checked source does not have."""

    call_id: str
    identifier: str
    title: str


def find_missing_calls(db: Database, source: str, checked: str) -> list[MissingCall]:
    """The living calls of `source` that `checked` has never had under the same key, in order of identifier."""
    rows = db.execute(
        "SELECT call_id, identifier, title FROM calls b WHERE source = ? AND status <> 'closed' AND vanished_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM calls s WHERE s.source = ? AND s.call_id = b.call_id) ORDER BY identifier",
        [source, checked],
    ).fetchall()
    return [MissingCall(*row) for row in rows]
