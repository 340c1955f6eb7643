"""Raw documents as publishers sent them: compressed, each content kept once, so that a run can be read again offline."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.codec import pack, stamp
from monitor.archive.database import Database


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
