"""Whether an archive's file is whole, and how much it holds: what proves a back-up."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.archive.schema import MIGRATIONS
from monitor.errors import ArchiveError

COUNTED = (
    "sources", "runs", "calls", "versions", "deadlines", "events", "documents", "corrections", "matches", "digests",
    "digest_items", "outbox", "feedback", "followup",
)  # fmt: skip


def check_archive(path: Path) -> dict[str, int]:
    """The number of rows of each table, after SQLite's own check of the whole file. ArchiveError when anything is wrong."""
    try:
        # immutable: the file is a copy that nobody writes, and no companion file is to be left beside it.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            verdict = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            if verdict != ["ok"]:
                raise ArchiveError(str(path), f"är skadad: {'; '.join(verdict)}")
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "calls" not in tables or "_sqlite_migrations" not in tables:
                raise ArchiveError(str(path), "är inget arkiv från det här programmet")
            applied = {
                row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'monitor'")
            }
            newer = applied - set(MIGRATIONS)
            if newer:
                raise ArchiveError(str(path), f"är skriven av en nyare version (den har {', '.join(sorted(newer))})")
            return {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED if table in tables
            }
    except sqlite3.Error as error:
        raise ArchiveError(str(path), f"är skadad: {error}") from error
