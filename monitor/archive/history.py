"""A call's past in the archive: its versions as they were read, and the raw documents that it came from."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from monitor.archive.codec import decode_call
from monitor.archive.database import Database
from monitor.calls import Call

_NEWEST = 40


def read_versions(db: Database, source: str, call_id: str) -> list[tuple[datetime, Call]]:
    """The newest versions of a call as they were read, oldest first."""
    rows = db.execute(
        "SELECT at, data FROM (SELECT id, at, data FROM versions WHERE source = ? AND call_id = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
        [source, call_id, _NEWEST],
    ).fetchall()
    return [(datetime.fromisoformat(at), decode_call(zlib.decompress(data))) for at, data in rows]


def call_documents(db: Database, source: str, url: str, limit: int = 12) -> list[dict[str, Any]]:
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
