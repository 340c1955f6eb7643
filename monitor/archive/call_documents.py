"""Call documents in the archive: their pages as text, the addresses they came from, the calls that link to them, and search.

A document is known by its content, so that two addresses with the same file are one document. A page is never changed: a new
file is a new document, and the address remembers the earlier ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from monitor.archive.calls import add_event
from monitor.archive.changes import CallChange
from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.search.index import LONGEST_WORD, index_text, match_expression
from monitor.archive.search.query import make_snippet
from monitor.calls import CallKey
from monitor.language.analyser import Analyser
from monitor.language.queries import parse_query
from monitor.language.terms import Term
from monitor.language.termset import TermSet
from monitor.vocabulary import ChangeType

PROGRAMMES = CallKey("", "arbetsprogram")
"""Key under which the work programmes themselves are linked: those that belong to no one call."""
PLACED = "fil:"
"""Beginning of the address of a file that a person placed in the folder of documents."""
_TOO_LONG = re.compile(rf"(?<![^\W_])([^\W_]{{{LONGEST_WORD}}})[^\W_]++")
_COLUMNS = "d.hash, d.name, d.format, d.size, d.pages, d.title, d.version, d.language, d.notes, d.problem, d.read_at"


class StoredDocument(TypedDict):
    """Document as stored; times are ISO 8601."""

    hash: str
    name: str
    """Name of the file at its first address."""
    format: str
    """pdf, docx or xlsx; empty for a file that could not be read."""
    size: int
    """Bytes."""
    pages: int
    """Pages, sections or sheets that the file has."""
    title: str
    version: str
    language: str
    notes: list[str]
    problem: str
    """Why the file could not be read, in Swedish; empty for one that was."""
    read_at: str


class LinkedDocument(TypedDict):
    """Link of a call with the state of its document; without a document the columns of one are None."""

    url: str
    link: str
    """Words of the link."""
    role: str
    checked: str | None
    """Time of the last fetch; None before the first."""
    fetch_problem: str
    hash: str | None
    format: str | None
    pages: int | None
    title: str | None
    version: str | None
    notes: list[str]
    problem: str | None


class StoredPage(TypedDict):
    """Page of a document."""

    number: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class PageHit:
    """Page that a search found."""

    document: str
    """Hash of the document."""
    title: str
    format: str
    number: int
    label: str
    snippet: str
    """Passage with marks around the words found, as in `monitor.archive.search.query`."""
    calls: tuple[CallKey, ...]
    """Calls that link to the document."""
    url: str
    """Address of the document; one that begins with PLACED is no web address."""


def store_document(
    db: Database, document: StoredDocument, pages: Iterable[StoredPage], statements: str, reader: str, analyser: Analyser
) -> None:
    """Store a document with its pages and index them; nothing happens for a document that is stored already.

    Args:
        db: The archive.
        document: The document.
        pages: Its pages, in order.
        statements: What it says of the facts of a call, as JSON.
        reader: Version of the code that read the statements.
        analyser: Analyser of the index.
    """
    kept = list(pages)
    indexed = [index_text(lemma_text_of_page(analyser, page["text"], document["language"])) for page in kept]
    with db.atomic():
        if is_stored(db, document["hash"]):
            return
        values = {**document, "notes": json.dumps(document["notes"])}
        names = [*values, "statements", "reader"]
        db.execute(
            f"INSERT INTO call_documents ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [*values.values(), statements, reader],
        )
        for page, words in zip(kept, indexed, strict=True):
            row = db.execute(
                "INSERT INTO call_document_pages (document, number, label, text) VALUES (?, ?, ?, ?)",
                [document["hash"], page["number"], page["label"], page["text"]],
            ).lastrowid
            db.execute("INSERT INTO page_search (rowid, text) VALUES (?, ?)", [row, words])
        _note_analyser(db, document["hash"], analyser.version)


def _note_analyser(db: Database, digest: str, version: str) -> None:
    db.execute(
        "INSERT INTO page_index (document, analyser) VALUES (?, ?) ON CONFLICT DO UPDATE SET analyser = excluded.analyser",
        [digest, version],
    )


def reindex_pages(db: Database, analyser: Analyser) -> int:
    """Index the pages of documents anew that another version of the analyser has indexed; return the number of documents.

    It may be killed and repeated: a document's pages stand in the index with its version, or not at all. An entry of a
    contentless index cannot be replaced without its text (https://sqlite.org/fts5.html, 4.4.3), so all are.
    """
    others = (
        "SELECT 1 FROM call_documents d LEFT JOIN page_index i ON i.document = d.hash"
        " WHERE coalesce(i.analyser, 'none') NOT IN ('', ?)"
    )
    with db.atomic():
        if db.execute(others, [analyser.version]).fetchone():
            db.execute("INSERT INTO page_search (page_search) VALUES ('delete-all')")
            db.execute("DELETE FROM page_index")
            db.execute("INSERT INTO page_index (document, analyser) SELECT hash, '' FROM call_documents")
    waiting = db.execute(
        "SELECT d.hash, d.language FROM call_documents d JOIN page_index i ON i.document = d.hash WHERE i.analyser = ''"
    ).fetchall()
    for digest, language in waiting:
        pages = db.execute("SELECT id, text FROM call_document_pages WHERE document = ? ORDER BY number", [digest]).fetchall()
        indexed = [(row, index_text(lemma_text_of_page(analyser, text, language))) for row, text in pages]
        with db.atomic():
            db.executemany("INSERT INTO page_search (rowid, text) VALUES (?, ?)", indexed)
            _note_analyser(db, digest, analyser.version)
    return len(waiting)


def is_stored(db: Database, digest: str) -> bool:
    """Return whether a document with this hash is stored."""
    return db.execute("SELECT 1 FROM call_documents WHERE hash = ?", [digest]).fetchone() is not None


def read_stored_document(db: Database, digest: str) -> StoredDocument | None:
    """Return the document whose hash begins with `digest`; None for none."""
    rows = list(db.query(f"SELECT {_COLUMNS} FROM call_documents d WHERE d.hash >= ?1 AND d.hash < ?1 || 'g' LIMIT 1", [digest]))
    return _with_notes(rows[0]) if rows else None


def list_documents(db: Database) -> list[StoredDocument]:
    """Return every document, the newest first."""
    return [_with_notes(row) for row in db.query(f"SELECT {_COLUMNS} FROM call_documents d ORDER BY d.read_at DESC, d.hash")]


def read_pages(db: Database, digest: str) -> list[StoredPage]:
    """Return the pages of a document, in order."""
    return db.query_as(
        StoredPage, "SELECT number, label, text FROM call_document_pages WHERE document = ? ORDER BY number", [digest]
    )


def read_page(db: Database, digest: str, number: int) -> StoredPage | None:
    """Return one page of a document; None where it has no such page."""
    rows = db.query_as(
        StoredPage, "SELECT number, label, text FROM call_document_pages WHERE document = ? AND number = ?", [digest, number]
    )
    return rows[0] if rows else None


def read_statements_of(db: Database, digest: str) -> str:
    """Return what a document says of the facts of its call, as JSON; "[]" for an unknown one."""
    row = db.execute("SELECT statements FROM call_documents WHERE hash = ?", [digest]).fetchone()
    return str(row[0]) if row else "[]"


def list_outdated(db: Database, reader: str) -> list[str]:
    """Return the hashes of the readable documents whose statements another version of the code read."""
    rows = db.execute("SELECT hash FROM call_documents WHERE problem = '' AND reader <> ? ORDER BY hash", [reader])
    return [row[0] for row in rows]


def update_statements(db: Database, digest: str, statements: str, reader: str) -> None:
    """Store the statements of a document as another version of the code reads them."""
    db.execute("UPDATE call_documents SET statements = ?, reader = ? WHERE hash = ?", [statements, reader, digest])


def set_links(db: Database, key: CallKey, links: Sequence[tuple[str, str, str]]) -> None:
    """Store the documents that a call links to: (address, words, role), in order. Files placed by hand stay."""
    with db.atomic():
        db.execute(
            "DELETE FROM call_document_links WHERE source = ? AND call_id = ? AND url NOT LIKE 'fil:%'"
            " AND url NOT IN (SELECT value FROM json_each(?))",
            [*key, json.dumps([url for url, _, _ in links])],
        )
        for position, (url, title, role) in enumerate(links):
            add_link(db, key, url, title, role, position)


def add_link(db: Database, key: CallKey, url: str, title: str, role: str, position: int = 0) -> None:
    """Store one document of a call, in place of the same address before."""
    db.execute("INSERT OR IGNORE INTO call_document_addresses (url) VALUES (?)", [url])
    db.execute("INSERT OR REPLACE INTO call_document_links VALUES (?, ?, ?, ?, ?, ?)", [*key, url, position, title, role])


def set_address(db: Database, url: str, document: str, now: datetime) -> str:
    """Store which document an address has now, and return the one that it had before, "" for none."""
    row = db.execute("SELECT document FROM call_document_addresses WHERE url = ?", [url]).fetchone()
    with db.atomic():
        db.execute(
            "INSERT INTO call_document_addresses (url, document, checked) VALUES (?1, ?2, ?3)"
            " ON CONFLICT (url) DO UPDATE SET document = ?2, checked = ?3, problem = ''",
            [url, document, stamp(now)],
        )
        db.execute("INSERT OR IGNORE INTO call_document_versions VALUES (?, ?, ?)", [url, document, stamp(now)])
    return str(row[0]) if row and row[0] else ""


def note_address(db: Database, url: str, problem: str, now: datetime) -> None:
    """Store that an address was asked, and why nothing new was read from it; "" where it has not changed."""
    db.execute("UPDATE call_document_addresses SET checked = ?, problem = ? WHERE url = ?", [stamp(now), problem, url])


def list_due_addresses(db: Database, roles: Sequence[str], before: datetime, *, matched: bool) -> list[str]:
    """Return the addresses with one of the roles that were not asked since `before`, never asked and call documents first.

    Only those of calls that can still be applied for count; with `matched`, only of calls that a department is matched with.
    """
    rows = db.execute(
        "SELECT a.url FROM call_document_addresses a JOIN call_document_links l ON l.url = a.url"
        " JOIN calls c ON c.source = l.source AND c.call_id = l.call_id"
        " WHERE l.role IN (SELECT value FROM json_each(?1)) AND c.closed_at IS NULL AND c.vanished_at IS NULL"
        " AND a.url NOT LIKE 'fil:%' AND (a.checked IS NULL OR a.checked < ?2)"
        " AND (?3 = 0 OR EXISTS (SELECT 1 FROM matches m WHERE m.source = l.source AND m.call_id = l.call_id))"
        " GROUP BY a.url ORDER BY min(a.checked IS NOT NULL), min(l.role <> 'call'), a.checked, a.url",
        [json.dumps(list(roles)), stamp(before), int(matched)],
    )
    return [row[0] for row in rows]


def list_due_programmes(db: Database, before: datetime) -> list[str]:
    """Return the addresses of the work programmes of the settings that were not asked since `before`, never asked first."""
    rows = db.execute(
        "SELECT a.url FROM call_document_addresses a JOIN call_document_links l ON l.url = a.url"
        " WHERE l.source = ? AND l.call_id = ? AND a.url NOT LIKE 'fil:%' AND (a.checked IS NULL OR a.checked < ?)"
        " ORDER BY a.checked IS NOT NULL, a.checked, a.url",
        [*PROGRAMMES, stamp(before)],
    )
    return [row[0] for row in rows]


def list_open_calls(db: Database) -> list[CallKey]:
    """Return the keys of the calls of which documents may still be wanted."""
    rows = db.execute("SELECT source, call_id FROM calls WHERE kind = 'call' AND closed_at IS NULL AND vanished_at IS NULL")
    return [CallKey(*row) for row in rows]


def documents_of(db: Database, key: CallKey) -> list[LinkedDocument]:
    """Return the documents of a call: its own first, then by the order of the links."""
    rows = db.query(
        "SELECT l.url, l.title AS link, l.role, a.checked, coalesce(a.problem, '') AS fetch_problem, d.hash, d.format, d.pages,"
        " d.title, d.version, coalesce(d.notes, '[]') AS notes, d.problem FROM call_document_links l"
        " LEFT JOIN call_document_addresses a ON a.url = l.url LEFT JOIN call_documents d ON d.hash = a.document"
        " WHERE l.source = ? AND l.call_id = ?"
        " ORDER BY CASE l.role WHEN 'call' THEN 0 WHEN 'programme' THEN 1 WHEN 'other' THEN 2 ELSE 3 END, l.position, l.url",
        key,
    )
    return [LinkedDocument(**{**row, "notes": json.loads(row["notes"])}) for row in rows]  # type: ignore[typeddict-item]


def calls_of_address(db: Database, url: str) -> list[CallKey]:
    """Return the calls that link to an address."""
    rows = db.execute(
        "SELECT source, call_id FROM call_document_links WHERE url = ? AND source <> '' ORDER BY source, call_id", [url]
    )
    return [CallKey(*row) for row in rows]


def calls_of_document(db: Database, digest: str) -> list[CallKey]:
    """Return the calls that link to an address with this document."""
    rows = db.execute(
        "SELECT DISTINCT l.source, l.call_id FROM call_document_links l JOIN call_document_addresses a ON a.url = l.url"
        " WHERE a.document = ? AND l.source <> '' ORDER BY l.source, l.call_id",
        [digest],
    )
    return [CallKey(*row) for row in rows]


def address_of_document(db: Database, digest: str) -> str:
    """Return an address that has or had this document, one on the web first; "" for none."""
    row = db.execute(
        "SELECT url FROM call_document_versions WHERE document = ? ORDER BY url LIKE 'fil:%', since DESC LIMIT 1", [digest]
    ).fetchone()
    return str(row[0]) if row else ""


def add_fact_change(db: Database, key: CallKey, old: str, new: str, now: datetime) -> None:
    """Store that a new version of a document has changed a fact of a call; both values are JSON."""
    run = db.execute("SELECT max(id) FROM runs WHERE source = ?", [key.source]).fetchone()[0]
    if run is not None:
        add_event(db, run, key, CallChange(ChangeType.FACT_CHANGED, old, new), now, baseline=False)


def search_pages(db: Database, query: str, analyser: Analyser, *, limit: int = 10) -> list[PageHit]:
    """Return the best pages that have every word of a query, in any inflection, with their places; none without words."""
    parsed = parse_query(query)
    if not parsed.terms:
        return []
    wanted = " AND ".join(match_expression(term) for term in parsed.terms)
    expression = " NOT ".join([f"({wanted})", *(match_expression(term) for term in parsed.without)])
    return read_page_hits(db, rank_pages(db, expression)[:limit], parsed.terms, analyser)


def rank_pages(db: Database, expression: str) -> list[int]:
    """Return the ids of the pages of present documents that an FTS5 expression finds, the best first."""
    rows = db.execute(
        "SELECT s.rowid FROM page_search s JOIN call_document_pages p ON p.id = s.rowid"
        " WHERE page_search MATCH ? AND p.document IN (SELECT document FROM call_document_addresses) ORDER BY s.rank",
        [expression],
    )
    return [row[0] for row in rows]


def read_page_hits(db: Database, pages: Sequence[int], terms: TermSet | Sequence[Term], analyser: Analyser) -> list[PageHit]:
    """Return the pages with these ids, in this order, each with the passage that has most of the terms."""
    rows = db.execute(
        "SELECT p.document, d.title, d.name, d.format, d.language, p.number, p.label, p.text FROM json_each(?) wanted"
        " JOIN call_document_pages p ON p.id = wanted.value JOIN call_documents d ON d.hash = p.document ORDER BY wanted.key",
        [json.dumps(list(pages))],
    ).fetchall()
    return [
        PageHit(
            document=digest,
            title=title or name,
            format=file_format,
            number=number,
            label=label,
            snippet=make_snippet({"body": text}, {"body": lemma_text_of_page(analyser, text, language)}, terms),
            calls=tuple(calls_of_document(db, digest)),
            url=address_of_document(db, digest),
        )
        for digest, title, name, file_format, language, number, label, text in rows
    ]


def lemma_text_of_page(analyser: Analyser, text: str, language: str) -> str:
    """Return the lemma text of a page as it is indexed: words longer than LONGEST_WORD are cut."""
    return analyser.lemma_text(_TOO_LONG.sub(r"\1", text), around=language)


def _with_notes(row: dict[str, object]) -> StoredDocument:
    return StoredDocument(**{**row, "notes": json.loads(str(row["notes"]))})  # type: ignore[typeddict-item]
