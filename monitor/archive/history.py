"""History: versions of a call, its raw documents, and the state of the archive when a mail was built. Reads only."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from monitor.archive.candidates import CandidateRow
from monitor.archive.codec import correct_call, decode_call, stamp
from monitor.archive.connection import Database, sql_values
from monitor.archive.digests import LastReading
from monitor.archive.dossiers import read_followed
from monitor.archive.left_out import IS_LEFT_OUT
from monitor.archive.stories import STORY_KEY
from monitor.calls import Call, CallKey
from monitor.vocabulary import ACCEPTED_RUNS, TOLD_CHANGES, WEEKS_MAILS

_MAX_VERSIONS = 40


def read_versions(db: Database, source: str, call_id: str) -> list[tuple[datetime, Call]]:
    """Return the newest 40 versions of a call as they were read, oldest first, each with the time of reading."""
    rows = db.execute(
        "SELECT at, data FROM (SELECT id, at, data FROM versions WHERE source = ? AND call_id = ? ORDER BY id DESC LIMIT ?)"
        " ORDER BY id",
        [source, call_id, _MAX_VERSIONS],
    ).fetchall()
    return [(datetime.fromisoformat(at), decode_call(zlib.decompress(data))) for at, data in rows]


class CallDocument(TypedDict):
    """Fetched document: id, time and address of the fetch, status of the response, type and size in bytes of the body."""

    id: int
    at: str
    url: str
    status: int
    content_type: str
    size: int


def list_call_documents(db: Database, source: str, url: str, limit: int = 12) -> list[CallDocument]:
    """Return the documents fetched from the call's own address, newest first; without any, those of the source's newest run."""
    columns = "f.id, f.at, f.url, f.status, d.content_type, d.size FROM fetches f JOIN documents d ON d.hash = f.document"
    own = db.query_as(
        CallDocument, f"SELECT {columns} WHERE f.url = ? AND f.source = ? ORDER BY f.id DESC LIMIT ?", [url, source, limit]
    )
    if own:
        return own
    newest = (
        f"SELECT {columns} WHERE f.source = ? AND f.at = (SELECT max(at) FROM fetches WHERE source = ?) ORDER BY f.id LIMIT ?"
    )
    return db.query_as(CallDocument, newest, [source, source, limit])


def read_document(db: Database, fetch: int) -> tuple[str, bytes] | None:
    """Return the content type and the bytes of a fetched document; None for an unknown id."""
    row = db.execute(
        "SELECT d.content_type, d.body FROM fetches f JOIN documents d ON d.hash = f.document WHERE f.id = ?", [fetch]
    ).fetchone()
    return (row[0], zlib.decompress(row[1])) if row else None


_IS_WEEKS_MAIL = f"kind IN {sql_values(WEEKS_MAILS)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDigest:
    """Regular mail of a department, with the calls it told of and the mail before it."""

    id: str
    department: str
    week: str
    created: datetime
    told: frozenset[CallKey]
    previous: datetime | None
    """Time at which the mail before was built; None for the first."""
    previous_week: str
    """ISO week of the mail before, "" for the first."""


def read_past_digest(db: Database, digest: str) -> PastDigest | None:
    """Return a regular mail that was built; None for an unknown id or another kind of mail."""
    row = db.execute(f"SELECT department, week, created FROM digests WHERE id = ? AND {_IS_WEEKS_MAIL}", [digest]).fetchone()
    if row is None:
        return None
    before = db.execute(
        f"SELECT created, week FROM digests WHERE department = ? AND {_IS_WEEKS_MAIL} AND week < ? ORDER BY week DESC LIMIT 1",
        row[:2],
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
    """Return the candidates of a past mail as they were when it was built, without matches, in the order of their keys.

    These are the calls told in or before the mail, and those of `others` that were in the archive, had not closed before
    the previous mail, and of kinds without a date were first seen at most `news` earlier.
    """
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
        f" {IS_LEFT_OUT}, {STORY_KEY}"
        " FROM calls c WHERE (c.source || '/' || c.call_id IN (SELECT key FROM wanted)"
        " OR (c.story <> '' AND c.story IN (SELECT key FROM wanted))) AND c.first_seen <= :at ORDER BY c.source, c.call_id",
        values,
    ).fetchall()
    joined = read_followed(db, digest.department, digest.created)
    return [
        CandidateRow(
            call=_call_at(db, CallKey(row[0], row[1]), row[2], values["at"]),
            first_seen=datetime.fromisoformat(row[3]),
            baseline=bool(row[4]),
            vanished_at=datetime.fromisoformat(row[5]) if row[5] and row[5] <= values["at"] else None,
            left_out=bool(row[6]),
            story=row[7],
            match=None,
            told=_told_before(db, digest, CallKey(row[0], row[1])),
            events=_events_at(db, CallKey(row[0], row[1]), values["at"]),
            answer=_answer_at(db, digest.department, CallKey(row[0], row[1]), values["at"]),
            joined=joined.get(CallKey(row[0], row[1]), ()),
        )
        for row in rows
    ]


def source_health_at(db: Database, at: datetime) -> dict[str, LastReading]:
    """Return the last run, as of a time, of every source that had been read by then, by the source's id."""
    rows = db.execute(
        "SELECT s.id, s.name, r.state, (SELECT max(g.finished) FROM runs g WHERE g.source = s.id AND g.finished <= :at"
        f" AND g.state IN {sql_values(ACCEPTED_RUNS)}) FROM sources s"
        " JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE source = s.id AND finished <= :at)",
        {"at": stamp(at)},
    )
    return {row[0]: LastReading(row[1], row[2], datetime.fromisoformat(row[3]) if row[3] else None) for row in rows}


def _call_at(db: Database, key: CallKey, data: str, at: str) -> Call:
    version = db.execute(
        "SELECT data FROM versions WHERE source = ? AND call_id = ? AND at <= ? ORDER BY id DESC LIMIT 1", [*key, at]
    ).fetchone()
    call = decode_call(zlib.decompress(version[0]) if version else data)
    fields = db.execute(
        "SELECT field, value, at FROM corrections WHERE source = ? AND call_id = ? AND at <= ?", [*key, at]
    ).fetchall()
    return correct_call(call, fields)


def _told_before(db: Database, digest: PastDigest, key: CallKey) -> tuple[tuple[str, datetime], ...]:
    rows = db.execute(
        "SELECT fact, told FROM digest_items WHERE department = ? AND source = ? AND call_id = ? AND digest <> ? AND told <= ?"
        " ORDER BY told, rowid",
        [digest.department, *key, digest.id, stamp(digest.created)],
    )
    return tuple((fact, datetime.fromisoformat(told)) for fact, told in rows)


def _events_at(db: Database, key: CallKey, at: str) -> tuple[tuple[int, str, str | None, str | None], ...]:
    marks = ", ".join("?" * len(TOLD_CHANGES))
    rows = db.execute(
        "SELECT id, type, old, new FROM events WHERE source = ? AND call_id = ? AND at <= ? AND baseline = 0"
        f" AND type IN ({marks}) ORDER BY id",
        [*key, at, *TOLD_CHANGES],
    )
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def _answer_at(db: Database, department: str, key: CallKey, at: str) -> str:
    row = db.execute(
        "SELECT answer FROM feedback WHERE department = ? AND source = ? AND call_id = ? AND at <= ?"
        " AND answer IN ('intressant', 'inte-for-oss') ORDER BY at DESC, id DESC LIMIT 1",
        [department, *key, at],
    ).fetchone()
    return str(row[0]) if row else ""
