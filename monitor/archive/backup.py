"""Backup and restore of the archive's file: check a copy, and replace the archive by a copy in one step."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from monitor.archive.files import COMPANIONS
from monitor.archive.schema import MIGRATIONS
from monitor.errors import ArchiveError, LockedError

COUNTED_TABLES = (
    "sources", "runs", "calls", "versions", "deadlines", "events", "documents", "corrections", "matches", "digests",
    "digest_items", "outbox", "feedback", "followup", "projects",
)  # fmt: skip
"""Tables whose rows `check_archive` counts."""
_EXCLUSIVE_WAIT_SECONDS = 2.0
"""Wait for other processes to close the archive before it is replaced."""


def check_archive(path: Path) -> dict[str, int]:
    """Check the whole file with SQLite's integrity check and return the number of rows of each table.

    Raises:
        ArchiveError: The file is damaged, is no archive of this program, or comes from a newer version.
    """
    try:
        # immutable: the file is a copy that nobody writes, and SQLite shall leave no companion file beside it.
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
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in COUNTED_TABLES
                if table in tables
            }
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise ArchiveError(str(path), f"är skadad: {error}") from error


def replace_archive(path: Path, copy: Path, kept: Path) -> bool:
    """Replace the archive at `path` by `copy`, a checked archive on the same disk, and return whether there was one to keep.

    The old archive is kept in the new folder `kept`. The replacement is one step: a kill at any point leaves either the old
    archive whole or the new one.

    Raises:
        LockedError: Another program has the archive open.
    """
    with _hold_exclusively(path):
        old_files = [file for file in (path, *_companions(path)) if file.exists()]
        if old_files:
            kept.mkdir(parents=True)
        for file in old_files:
            _link(file, kept / file.name)
        sync(copy)
        # The log of a damaged archive must go before the new file is in place: SQLite would replay it into that.
        for file in _companions(path):
            file.unlink(missing_ok=True)
        os.replace(copy, path)  # noqa: PTH105 - the name of the system call that this rests on
        sync(path.parent)
    return bool(old_files)


@contextmanager
def _hold_exclusively(path: Path) -> Iterator[None]:
    """Hold an archive that no other process has open, after writing its log into the file. Ignores a missing or damaged file."""
    if not path.is_file() or path.stat().st_size == 0:
        yield
        return
    with closing(sqlite3.connect(path, timeout=_EXCLUSIVE_WAIT_SECONDS, isolation_level=None)) as connection:
        try:
            # SQLite leaves WAL mode only when no other connection is open (https://www.sqlite.org/wal.html, section 4).
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise LockedError(
                    str(path), "arkivet är öppet i ett annat program (monitor serve?); stoppa det och försök igen"
                ) from error
        yield


def _companions(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in COMPANIONS]


def _link(file: Path, target: Path) -> None:
    """Hard-link the file to `target`; copy it where the disk has no hard links."""
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copy2(file, target)


def sync(path: Path) -> None:
    """Write a file or folder through to the disk. Windows cannot flush folders."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
