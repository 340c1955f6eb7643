"""Runs of a source: store a run all or nothing, its raw documents, the source's health, and calls that only one source has."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypedDict

from monitor.archive.calls import add_event, add_version, apply_corrections, insert_call, update_call, write_deadlines
from monitor.archive.changes import CallChange, compare_calls
from monitor.archive.codec import call_hash, call_row, decode_call, encode_call, pack, stamp
from monitor.archive.connection import Database, sql_values
from monitor.archive.left_out import LeftOutItem, apply_decisions, read_decisions, store_left_out
from monitor.archive.schema import IS_ITEM
from monitor.archive.takeover import TakenPage, take_over, taken_cursor
from monitor.calls import Call, CallKey, call_status, next_deadline
from monitor.errors import describe_row_error, list_reasons
from monitor.vocabulary import ACCEPTED_RUNS, ChangeType, Status

MISSED_RUNS_TO_VANISH = 2
"""Accepted runs in a row without a call, after which it has vanished: one may be the publisher's mistake."""
UNSTORED = "unstored"
"""Health class of a run none of whose calls could be stored (see `monitor.collect.health`)."""
# Errors that the values of a single call may raise. Other SQLite errors concern the whole archive, such as a full disk.
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
# The last time a call was seen: unchanged calls are not written, so for them it is their source's last accepted run.
_LAST_SEEN = (
    "last_seen = CASE WHEN raw_hash <> '' AND missed = 0"
    " THEN coalesce((SELECT last_accepted FROM sources WHERE id = calls.source),"
    " last_seen) ELSE last_seen END"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """Result of one run of a source, with the judgement whether it was complete. Only accepted runs close or vanish calls."""

    source: str
    name: str
    publisher: str
    kind: str
    url: str
    language: str
    started: datetime
    finished: datetime
    state: str
    """Value of RunState."""
    reason: str
    """Reason of the state, in Swedish; "" for an accepted run without remarks."""
    complete_list: bool
    """True for a source that lists everything it has, so that a call missing from the run may have vanished."""
    seen: int
    """Number of rows that the run saw."""
    not_modified: bool = False
    """True where the publisher answered that nothing has changed."""
    unread: frozenset[str] = frozenset()
    """call_ids of rows that could not be read."""
    calls: tuple[Call, ...] = ()
    left_out: Mapping[str, LeftOutItem] = field(default_factory=dict)
    """Items that are not relevant, by call_id."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Hashes of the rows that calls were read from, by call_id."""
    documents: tuple[Document, ...] = ()
    stats: dict[str, Any] = field(default_factory=dict)
    """Statistics to store as JSON."""
    takes_over: bool = False
    """True for another archive, whose own readings say what has closed or vanished."""
    taken: tuple[TakenPage, ...] = ()
    """Pages of another archive, in order, each whole: they count also where the run was not accepted."""

    @property
    def accepted(self) -> bool:
        """Return whether the run was found complete."""
        return self.state in ACCEPTED_RUNS


@dataclass(slots=True, kw_only=True)
class RunReport:
    """Changes that a run made in the archive: the numbers of `crawl --json`."""

    id: str
    """Id of the source."""
    state: str
    reason: str
    seen: int
    current: int
    """Number of items that the source has now."""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    skipped: int = 0
    baseline: bool = False
    """True for the source's first accepted run."""
    health: str = ""
    """Health class, judged after the run; "" for a healthy source."""
    health_text: str = ""


def last_accepted_size(db: Database, source: str) -> int | None:
    """Return the number of current items of the source's last accepted run; None before the first one."""
    row = db.execute(
        f"SELECT current FROM runs WHERE source = ? AND state IN {sql_values(ACCEPTED_RUNS)} ORDER BY id DESC LIMIT 1", [source]
    ).fetchone()
    return int(row[0]) if row else None


def refused_keys(db: Database, source: str) -> frozenset[str]:
    """Return the call_ids of the newest run after the last accepted one that was refused for too few items; empty for none."""
    row = db.execute(
        "SELECT json_extract(stats, '$.refused') FROM runs WHERE source = ?1 AND id > coalesce((SELECT max(id) FROM runs"
        f" WHERE source = ?1 AND state IN {sql_values(ACCEPTED_RUNS)}), 0) AND json_extract(stats, '$.refused') IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        [source],
    ).fetchone()
    return frozenset(json.loads(row[0])) if row else frozenset()


def last_validators(db: Database, source: str) -> dict[str, str]:
    """Return the validators of the source's last accepted run for conditional requests (RFC 9110, section 8.8).

    For another archive, `cursor` is that of the last page taken over, whatever became of the run.
    """
    row = db.execute(
        f"SELECT stats FROM runs WHERE source = ? AND state IN {sql_values(ACCEPTED_RUNS)} ORDER BY id DESC LIMIT 1", [source]
    ).fetchone()
    cursor = taken_cursor(db, source)
    stored = dict(json.loads(row[0]).get("validators") or {}) if row else {}
    return {**stored, **({"cursor": cursor} if cursor else {})}


def known_rows(db: Database, source: str) -> dict[str, tuple[str, str]]:
    """Return, by call_id, the hash of the row that each call of the source was last read from, and the call as JSON."""
    rows = db.execute("SELECT call_id, raw_hash, data FROM calls WHERE source = ? AND raw_hash <> ''", [source]).fetchall()
    return {call_id: (raw_hash, data) for call_id, raw_hash, data in rows}


def store_run(db: Database, run: SourceRun, now: datetime) -> RunReport:
    """Store one run of one source in a single transaction and return the changes it made.

    A run that is not accepted adds new calls only and changes no stored call. A call that cannot be stored is skipped and
    named in the reason; a run none of whose calls can be stored has failed.

    Raises:
        sqlite3.Error: The archive cannot be written.
    """
    previous = last_accepted_size(db, run.source)
    calls, left_out = apply_decisions(read_decisions(db, run.source), {call.call_id: call for call in run.calls}, run.left_out)
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
                refused[call.call_id] = describe_row_error(error)
            else:
                setattr(report, outcome, getattr(report, outcome) + 1)
        _take_over(db, run, run_id, report, now)
        store_left_out(db, run.source, calls, left_out, now)
        if refused:
            run = _without_refused(run, refused)
            report.state, report.reason = run.state, run.reason
            report.current -= len(refused)
            report.skipped = len(run.unread)
        if run.accepted and run.complete_list:
            _mark_vanished(db, run, run_id, report, now)
        if run.accepted and not run.takes_over:
            _close_passed(db, run, run_id, report, now)
        store_documents(db, run.source, run.documents)
        _finish_run(db, run, run_id, report)
    return report


def _take_over(db: Database, run: SourceRun, run_id: int, report: RunReport, now: datetime) -> None:
    """Store the pages of another archive; the calls of a source of that kind are those that have not vanished here."""
    if not run.takes_over:
        return
    for page in run.taken:
        for outcome, number in take_over(db, run_id, run.source, page, now, baseline=report.baseline).items():
            setattr(report, outcome, getattr(report, outcome) + number)
    row = db.execute("SELECT count(*) FROM calls WHERE source = ? AND vanished_at IS NULL AND closed_at IS NULL", [run.source])
    report.current = int(row.fetchone()[0])


def _without_refused(run: SourceRun, refused: Mapping[str, str]) -> SourceRun:
    """Return the run without the calls that could not be stored; `refused` has the reason of each, by call_id."""
    summary = f"{len(refused)} av {len(run.calls)} poster gick inte att spara: {list_reasons(refused)}."
    stats = dict(run.stats)
    failed = len(refused) == len(run.calls)
    if failed:
        stats["problems"] = [*stats.get("problems", []), [UNSTORED, summary]]
    return replace(
        run,
        calls=tuple(call for call in run.calls if call.call_id not in refused),
        unread=run.unread | refused.keys(),
        state="failed" if failed else run.state,
        reason=f"{run.reason} {summary}".strip(),
        stats=stats,
    )


def refresh_dates(db: Database, now: datetime) -> None:
    """Update `next_deadline` of every call whose date has passed, and the status of closed calls, without storing changes.

    Calls that open are left to the next run of their source, which stores the change. What a clock that was ahead took for
    passed gets its date back.
    """
    rows = db.execute(
        "SELECT source, call_id, data FROM calls WHERE next_deadline < ?1 OR (kind = 'event' AND status <> 'closed')"
        " OR (next_deadline IS NULL AND last_deadline >= ?1 AND closed_at IS NULL AND vanished_at IS NULL)",
        [stamp(now)],
    ).fetchall()
    values = []
    for source, call_id, data in rows:
        call = apply_corrections(db, decode_call(data))
        upcoming = next_deadline(call, now)
        status = call_status(call, now)
        is_closed, deadline = status is Status.CLOSED, stamp(upcoming.at) if upcoming else None
        values.append([is_closed, status.value, deadline, source, call_id])
    with db.atomic():
        db.executemany(
            "UPDATE calls SET status = CASE WHEN ? THEN 'closed' WHEN status = 'closed' AND closed_at IS NULL THEN ? ELSE status"
            " END, next_deadline = ?"
            " WHERE source = ? AND call_id = ?",
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
    """Store one call and its changes; return whether it is new, changed or unchanged."""
    key = CallKey(run.source, call.call_id)
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
        # An unchanged row is not written: `_LAST_SEEN` sets the time it was last seen once it is missing.
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


def _mark_vanished(db: Database, run: SourceRun, run_id: int, report: RunReport, now: datetime) -> None:
    """Mark the calls as vanished that MISSED_RUNS_TO_VANISH accepted runs did not have before their deadline."""
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
        add_event(db, run_id, CallKey(run.source, call_id), CallChange(ChangeType.VANISHED, None, moment), now, baseline=False)


def _close_passed(db: Database, run: SourceRun, run_id: int, report: RunReport, now: datetime) -> None:
    """Close the calls whose last deadline has passed, each once."""
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
            f"UPDATE calls SET {_LAST_SEEN}, closed_at = ?, status = 'closed', next_deadline = NULL"
            " WHERE source = ? AND call_id = ?",
            [stamp(now), run.source, call_id],
        )
        last = max((d.at for d in call.deadlines), default=None)
        event = CallChange(ChangeType.CLOSED, None, last.isoformat() if last else None)
        add_event(db, run_id, CallKey(run.source, call_id), event, now, baseline=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Response of a publisher as received, from which `monitor replay` reads again offline."""

    url: str
    request: str
    status: int
    headers: str
    content_type: str
    body: bytes
    fetched: datetime


def store_documents(db: Database, source: str, documents: Iterable[Document]) -> None:
    """Store responses, each content once. The caller holds the transaction."""
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
    """Return the responses of the source's newest run that stored any, in the order of fetching."""
    rows = db.execute(
        "SELECT f.url, f.request, f.status, f.headers, d.content_type, d.body, f.at"
        " FROM fetches f JOIN documents d ON d.hash = f.document WHERE f.source = ?"
        " AND f.at = (SELECT max(at) FROM fetches WHERE source = ?) ORDER BY f.id",
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


_MAX_RUNS = 200
"""Number of a source's newest runs from which its health is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHealth:
    """Health of a source as stored; times as stored."""

    id: str
    state: str
    """State of the last run."""
    health: str
    """Health class, "" for a healthy source."""
    text: str
    """Swedish sentences about the trouble."""
    since: str | None
    """Time when the trouble was first seen."""
    seen: str | None
    """Time when the trouble was last seen."""
    last_run: str | None
    last_accepted: str | None
    items: int
    """Number of its calls that have neither vanished nor closed."""


class RunRow(TypedDict):
    """Row of `runs` by which a source's health is judged; `stats` is what the run stored."""

    finished: str
    state: str
    reason: str
    current: int
    seen: int
    skipped: int
    new: int
    changed: int
    stats: dict[str, Any]


def list_runs(db: Database, source: str) -> list[RunRow]:
    """Return the newest runs of a source, oldest first, with their stats decoded."""
    rows = db.query_as(
        RunRow,
        "SELECT finished, state, reason, current, seen, skipped, new, changed, stats FROM"
        " (SELECT * FROM runs WHERE source = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
        [source, _MAX_RUNS],
    )
    for row in rows:
        row["stats"] = json.loads(str(row["stats"]))
    return rows


def write_health(db: Database, source: str, health: str, text: str, now: datetime) -> None:
    """Store the health of a source. The time at which a trouble began is kept as long as its class stays the same."""
    moment = stamp(now)
    with db.atomic():
        db.execute(
            "UPDATE sources SET health_since = CASE WHEN ? = '' THEN NULL WHEN health = ? THEN health_since ELSE ? END,"
            " health_seen = CASE WHEN ? = '' THEN NULL ELSE ? END, health = ?, health_text = ? WHERE id = ?",
            [health, health, moment, health, moment, health, text, source],
        )


def stored_health(db: Database) -> dict[str, StoredHealth]:
    """Return the health of every source that has been read, by id."""
    rows = db.execute(
        "SELECT id, state, health, health_text, health_since, health_seen, last_run, last_accepted,"
        f" (SELECT count(*) FROM calls WHERE calls.source = sources.id AND {IS_ITEM}) FROM sources"
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
    """Current call of one source that another source does not have."""

    call_id: str
    identifier: str
    title: str


def find_missing_calls(db: Database, source: str, checked: str) -> list[MissingCall]:
    """Return the current calls of `source` that source `checked` never had under the same call_id, by identifier."""
    rows = db.execute(
        "SELECT call_id, identifier, title FROM calls b WHERE source = ? AND status <> 'closed' AND vanished_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM calls s WHERE s.source = ? AND s.call_id = b.call_id) ORDER BY identifier",
        [source, checked],
    ).fetchall()
    return [MissingCall(*row) for row in rows]
