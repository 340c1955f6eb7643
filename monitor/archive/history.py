"""The past of the archive: versions of a call, its raw documents, and the archive as it was when a mail was built. Reads only."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.archive.codec import decode_call, overlay_call, stamp
from monitor.archive.connection import Database, sql_values
from monitor.archive.digests import CandidateRow
from monitor.calls import Call, CallKey
from monitor.vocabulary import ACCEPTED_RUNS, TOLD_CHANGES, WEEKS_MAILS

_NEWEST = 40


def read_versions(db: Database, source: str, call_id: str) -> list[tuple[datetime, Call]]:
    """The newest versions of a call as they were read, oldest first."""
    rows = db.execute(
        "SELECT at, data FROM (SELECT id, at, data FROM versions WHERE source = ? AND call_id = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
        [source, call_id, _NEWEST],
    ).fetchall()
    return [(datetime.fromisoformat(at), decode_call(zlib.decompress(data))) for at, data in rows]


def list_call_documents(db: Database, source: str, url: str, limit: int = 12) -> list[dict[str, Any]]:
    """The documents fetched from the call's own address, the newest first; else those of the source's newest run that kept any."""
    columns = "f.id, f.at, f.url, f.status, d.content_type, d.size FROM fetches f JOIN documents d ON d.hash = f.document"
    own = list(db.query(f"SELECT {columns} WHERE f.url = ? AND f.source = ? ORDER BY f.id DESC LIMIT ?", [url, source, limit]))
    if own:
        return own
    newest = (
        f"SELECT {columns} WHERE f.source = ? AND f.at = (SELECT max(at) FROM fetches WHERE source = ?) ORDER BY f.id LIMIT ?"
    )
    return list(db.query(newest, [source, source, limit]))


def read_document(db: Database, fetch: int) -> tuple[str, bytes] | None:
    """The content type and the bytes of one fetched document, as they came."""
    row = db.execute(
        "SELECT d.content_type, d.body FROM fetches f JOIN documents d ON d.hash = f.document WHERE f.id = ?", [fetch]
    ).fetchone()
    return (row[0], zlib.decompress(row[1])) if row else None


_REGULAR = f"kind IN {sql_values(WEEKS_MAILS)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDigest:
    """A department's regular mail, what it told, and when the one before it was built (None for the first)."""

    id: str
    department: str
    week: str
    created: datetime
    told: frozenset[CallKey]
    previous: datetime | None
    previous_week: str


def read_past_digest(db: Database, digest: str) -> PastDigest | None:
    """A regular mail that was built, or None."""
    row = db.execute(f"SELECT department, week, created FROM digests WHERE id = ? AND {_REGULAR}", [digest]).fetchone()
    if row is None:
        return None
    before = db.execute(
        f"SELECT created, week FROM digests WHERE department = ? AND {_REGULAR} AND week < ? ORDER BY week DESC LIMIT 1", row[:2]
    ).fetchone()
    told = db.execute("SELECT DISTINCT source, call_id FROM digest_items WHERE digest = ?", [digest]).fetchall()
    return PastDigest(
        id=digest,
        department=row[0],
        week=row[1],
        created=datetime.fromisoformat(row[2]),
        told=frozenset(CallKey(source, call_id) for source, call_id in told),
        previous=datetime.fromisoformat(before[0]) if before else None,
        previous_week=before[1] if before else "",
    )


def read_candidates_at(db: Database, digest: PastDigest, others: Iterable[CallKey], news: timedelta) -> list[CandidateRow]:
    """What could have been due to the department when the mail was built, without any match: what it told, what had been told before,
    and those of `others` that were in the archive, not over, and not older than `news` where they have no date."""
    values = {
        "department": digest.department,
        "at": stamp(digest.created),
        "since": stamp(digest.previous or digest.created),
        "news": stamp(digest.created - news),
        "others": json.dumps([f"{source}/{call_id}" for source, call_id in others]),
    }
    rows = db.execute(
        "WITH wanted AS (SELECT c.source || '/' || c.call_id AS key FROM calls c JOIN json_each(:others) o"
        " ON o.value = c.source || '/' || c.call_id WHERE (c.kind IN ('call', 'event') OR c.first_seen >= :news)"
        " AND (c.last_deadline IS NULL OR c.last_deadline >= :since)"
        " UNION SELECT source || '/' || call_id FROM digest_items WHERE department = :department AND told <= :at)"
        " SELECT c.source, c.call_id, c.data, c.first_seen, c.baseline, c.vanished_at,"
        " CASE WHEN c.story = '' AND EXISTS (SELECT 1 FROM calls f WHERE f.story <> '' AND f.story = c.source || '/' || c.call_id)"
        " THEN c.source || '/' || c.call_id ELSE c.story END"
        " FROM calls c WHERE (c.source || '/' || c.call_id IN (SELECT key FROM wanted)"
        " OR (c.story <> '' AND c.story IN (SELECT key FROM wanted))) AND c.first_seen <= :at ORDER BY c.source, c.call_id",
        values,
    ).fetchall()
    return [
        CandidateRow(
            call=_call_then(db, CallKey(row[0], row[1]), row[2], values["at"]),
            first_seen=datetime.fromisoformat(row[3]),
            baseline=bool(row[4]),
            vanished_at=datetime.fromisoformat(row[5]) if row[5] and row[5] <= values["at"] else None,
            story=row[6],
            match=None,
            told=_told_before(db, digest, CallKey(row[0], row[1])),
            events=_events_then(db, CallKey(row[0], row[1]), values["at"]),
            answer=_answer_then(db, digest.department, CallKey(row[0], row[1]), values["at"]),
        )
        for row in rows
    ]


def source_health_at(db: Database, at: datetime) -> dict[str, tuple[str, str, datetime | None]]:
    """Name, state of the last run and moment of the last accepted run of every source that had been read by then."""
    rows = db.execute(
        "SELECT s.id, s.name, r.state, (SELECT max(g.finished) FROM runs g WHERE g.source = s.id AND g.finished <= :at"
        f" AND g.state IN {sql_values(ACCEPTED_RUNS)}) FROM sources s"
        " JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE source = s.id AND finished <= :at)",
        {"at": stamp(at)},
    )
    return {row[0]: (row[1], row[2], datetime.fromisoformat(row[3]) if row[3] else None) for row in rows}


def _call_then(db: Database, key: CallKey, data: str, at: str) -> Call:
    version = db.execute(
        "SELECT data FROM versions WHERE source = ? AND call_id = ? AND at <= ? ORDER BY id DESC LIMIT 1", [*key, at]
    ).fetchone()
    call = decode_call(zlib.decompress(version[0]) if version else data)
    fields = db.execute(
        "SELECT field, value FROM corrections WHERE source = ? AND call_id = ? AND at <= ?", [*key, at]
    ).fetchall()
    return overlay_call(call, {name: json.loads(value) for name, value in fields}) if fields else call


def _told_before(db: Database, digest: PastDigest, key: CallKey) -> tuple[tuple[str, datetime], ...]:
    rows = db.execute(
        "SELECT fact, told FROM digest_items WHERE department = ? AND source = ? AND call_id = ? AND digest <> ? AND told <= ?"
        " ORDER BY told, rowid",
        [digest.department, *key, digest.id, stamp(digest.created)],
    )
    return tuple((fact, datetime.fromisoformat(told)) for fact, told in rows)


def _events_then(db: Database, key: CallKey, at: str) -> tuple[tuple[int, str, str | None, str | None], ...]:
    marks = ", ".join("?" * len(TOLD_CHANGES))
    rows = db.execute(
        f"SELECT id, type, old, new FROM events WHERE source = ? AND call_id = ? AND at <= ? AND baseline = 0 AND type IN ({marks})"
        " ORDER BY id",
        [*key, at, *TOLD_CHANGES],
    )
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def _answer_then(db: Database, department: str, key: CallKey, at: str) -> str:
    row = db.execute(
        "SELECT answer FROM feedback WHERE department = ? AND source = ? AND call_id = ? AND at <= ?"
        " AND answer IN ('intressant', 'inte-for-oss') ORDER BY at DESC, id DESC LIMIT 1",
        [department, *key, at],
    ).fetchone()
    return str(row[0]) if row else ""
