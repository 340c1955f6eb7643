"""Retention: erase old rows, personal data, and an address on request."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from monitor.archive.codec import stamp
from monitor.archive.connection import MATCH_TABLES, SHARED_TABLES, Database, escape_like
from monitor.subscription import AddressMask

ERASED = "raderad"
"""Replacement of an erased address, followed by a number, since a digest has each address once."""


def erase_old(
    db: Database, *, addresses: datetime, notes: datetime, documents: datetime | None, jobs: datetime
) -> dict[str, int]:
    """Erase rows older than the time given for each kind of data; return the number of rows by kind.

    `documents` is None for a member installation, whose documents are in another archive.
    """
    counts = {"documents": 0}
    with db.atomic():
        counts["addresses"] = _count(
            db,
            "UPDATE outbox SET recipient = ? || '-' || rowid, error = '' WHERE state <> 'waiting'"
            " AND recipient NOT LIKE ? || '-%'"
            " AND digest IN (SELECT id FROM digests WHERE created < ?)",
            [ERASED, ERASED, stamp(addresses)],
        )
        counts["events"] = _count(db, "DELETE FROM recipient_events WHERE at < ?", [stamp(addresses)])
        counts["notes"] = _count(db, "UPDATE feedback SET note = '' WHERE note <> '' AND at < ?", [stamp(notes)]) + _count(
            db,
            "UPDATE followup SET note = '', who = '' WHERE (note <> '' OR who <> '') AND at < ?",
            [stamp(notes)],
        )
        _count(db, "UPDATE projects SET who = '' WHERE who <> '' AND saved < ?", [stamp(notes)])
        _count(db, "UPDATE plan_steps SET who = '' WHERE who <> '' AND at < ?", [stamp(notes)])
        # The newest documents of a source stay, however old: `monitor replay` reads them.
        if documents is not None:
            counts["documents"] = _count(
                db,
                "DELETE FROM fetches WHERE at < ? AND at < (SELECT max(at)"
                " FROM fetches newest WHERE newest.source = fetches.source)",
                [stamp(documents)],
            )
            _count(db, "DELETE FROM documents WHERE hash NOT IN (SELECT document FROM fetches)", [])
        counts["jobs"] = _count(
            db,
            "DELETE FROM jobs WHERE due < ? AND name <> 'run'"
            " AND due < (SELECT max(due) FROM jobs newest WHERE newest.name = jobs.name)",
            [stamp(jobs)],
        )
    return counts


_SIGNED_TABLES = {
    "corrections",
    "desk_choices",
    "desk_lines",
    "theme_versions",
    "story_decisions",
    "projects",
    "plan_steps",
    "theme_drafts",
}
"""Tables whose column `who` names the person who wrote a row."""


_WRITTEN_HERE = {"sources", "runs", "corrections", "story_decisions", "rule_versions"}
_PUBLISHED = ({*SHARED_TABLES, *MATCH_TABLES} - _WRITTEN_HERE) | {
    "planned_documents",
    "planned_calls",
    "translations",
    "translation_batches",
    "source_findings",
    "handed_over",
}
"""Tables of what publishers publish, which is not ours to change and would be read again (`count_published`)."""


def forget_address(db: Database, address: str) -> dict[str, int]:
    """Erase an address from all tables, stop its waiting mails, and delete its stops; return the number of rows by table."""
    folded = address.casefold()
    like = [f"%{escape_like(address)}%"]
    counts = {}
    with db.atomic():
        rows = [row[0] for row in db.execute("SELECT rowid, recipient FROM outbox") if _folded(row[1]) == folded]
        for row in rows:
            db.execute(
                "UPDATE outbox SET recipient = ? || '-' || rowid, error = '',"
                " state = CASE state WHEN 'waiting' THEN 'stopped' ELSE state END WHERE rowid = ?",
                [ERASED, row],
            )
        counts["outbox"] = len(rows)
        counts["suppressed"] = _count(db, "DELETE FROM suppressed WHERE recipient = ?", [folded])
        counts["recipients"] = _count(db, "DELETE FROM recipients WHERE folded = ?", [folded])
        counts["recipient_events"] = _count(db, "DELETE FROM recipient_events WHERE folded = ?", [folded])
        counts["feedback"] = _count(db, "UPDATE feedback SET note = '' WHERE note LIKE ? ESCAPE '!'", like)
        counts["followup"] = _count(
            db, "UPDATE followup SET note = '', who = '' WHERE note LIKE ? ESCAPE '!' OR who LIKE ? ESCAPE '!'", like * 2
        )
        counts["mail_edits"] = _count(
            db,
            "UPDATE mail_edits SET comment = '', who = '' WHERE comment LIKE ? ESCAPE '!' OR who LIKE ? ESCAPE '!'",
            like * 2,
        )
        shared = {row[0] for row in db.execute("SELECT name FROM temp.sqlite_master WHERE type = 'view'")}
        for table in sorted(_SIGNED_TABLES - shared):
            counts[table] = _count(db, f"UPDATE {table} SET who = '' WHERE who LIKE ? ESCAPE '!'", like)
        counts["texts"] = _mask_texts(db, AddressMask(address), shared)
    return counts


def _mask_texts(db: Database, mask: AddressMask, shared: set[str]) -> int:
    """Mask an address in what is left of it, such as a letter to others that names it; return the number of changed values."""
    db.create_function("masked", 1, lambda value: mask.apply(value) if isinstance(value, str) else value, deterministic=True)
    tables = db.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").fetchall()
    changed = 0
    for (table,) in tables:
        if table in _PUBLISHED or table in shared or table.startswith("sqlite_"):
            continue
        columns = [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?, 'main')", [table])]
        for column in columns:
            changed += _count(
                db,
                f'UPDATE "{table}" SET "{column}" = masked("{column}")'
                f""" WHERE "{column}" LIKE ? ESCAPE '!' AND masked("{column}") <> "{column}\"""",
                [f"%{escape_like(mask.domain)}%"],
            )
    return changed


def count_published(db: Database, address: str) -> int:
    """Return the number of calls and pages of documents in which publishers themselves name an address."""
    mask = AddressMask(address)
    like = f"%{escape_like(mask.domain)}%"
    texts = (
        *db.execute("SELECT data FROM calls WHERE data LIKE ? ESCAPE '!'", [like]),
        *db.execute("SELECT text FROM call_document_pages WHERE text LIKE ? ESCAPE '!'", [like]),
    )
    return sum(mask.is_in(str(text)) for (text,) in texts)


def compact(path: Path) -> None:
    """Rewrite the file without its erased pages, so that erased data cannot be recovered from it."""
    # A connection of its own: VACUUM fails on one with a member's views of shared tables.
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _count(db: Database, sql: str, values: list[str]) -> int:
    return int(db.execute(sql, values).rowcount)


def _folded(text: str) -> str:
    return text.casefold()
