"""An archive's file as a whole: whether a copy is sound and how much it holds, and putting a copy in place of it in one step."""

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
    "digest_items", "outbox", "feedback", "followup",
)  # fmt: skip
_ALONE_SECONDS = 2.0
"""Seconds to wait for other processes to close the archive before it is replaced."""


def check_archive(path: Path) -> dict[str, int]:
    """Return the number of rows of each table, after SQLite's own check of the whole file. ArchiveError when anything is wrong."""
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
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in COUNTED_TABLES
                if table in tables
            }
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise ArchiveError(str(path), f"är skadad: {error}") from error


def replace_archive(path: Path, copy: Path, kept: Path) -> bool:
    """Put `copy`, a checked archive on the same disk, in place of the archive at `path`; returns whether there was one to keep.

    The archive that is replaced stays in the folder `kept`, which is made. The replacement is one step: a kill at any point leaves
    either the old archive whole or the new one. Raises LockedError while another program has the archive open.
    """
    with _held_alone(path):
        found = [file for file in (path, *_companions(path)) if file.exists()]
        if found:
            kept.mkdir(parents=True)
        for file in found:
            _link(file, kept / file.name)
        _sync(copy)
        # Beside a whole archive there is no log any more. That of a damaged one must not meet the new file: SQLite would replay it.
        for file in _companions(path):
            file.unlink(missing_ok=True)
        os.replace(copy, path)  # noqa: PTH105 - the name of the system call that this rests on
        _sync(path.parent)
    return bool(found)


@contextmanager
def _held_alone(path: Path) -> Iterator[None]:
    """Hold an archive that nobody else has open, with its log written into the file. One that is missing or damaged is let be."""
    if not path.is_file() or path.stat().st_size == 0:
        yield
        return
    with closing(sqlite3.connect(path, timeout=_ALONE_SECONDS, isolation_level=None)) as connection:
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
    """Give the file a second name; a copy where the disk has no such thing."""
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copy2(file, target)


def _sync(path: Path) -> None:
    """Wait until the disk has what was written to a file or folder; Windows knows no such wait for folders."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
