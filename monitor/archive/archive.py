"""Opening the archive: one SQLite file in WAL mode, migrated on opening, after a backup when something would change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from monitor.archive.schema import migrations
from monitor.errors import ArchiveError

_MACHINE = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_READONLY",
    "SQLITE_IOERR",
    "SQLITE_CORRUPT",
    "SQLITE_NOTADB",
    "SQLITE_CANTOPEN",
)


@dataclass(frozen=True)
class Archive:
    """An open archive. `db` holds the connection; functions of this package take it as their first argument."""

    path: Path
    db: Database


SHARED_TABLES = (
    "sources", "runs", "calls", "versions", "deadlines", "events", "documents", "fetches", "corrections", "story_decisions", "texts",
)  # fmt: skip
MATCH_TABLES = ("matches", "rule_versions")
"""What a member takes from the archive of the installation that reads the sources, and what of it when it has no rules of its own."""


@contextmanager
def open_archive(path: Path, shared: Path | None = None, *, own_matches: bool = False) -> Iterator[Archive]:
    """Open the archive at `path`, made or migrated where needed, and close it afterwards.

    With `shared`, what the sources said is taken from that archive, for reading only; what was matched as well, unless this
    one has rules of its own. Raises ArchiveError when the file is no archive, is damaged, cannot be written, or comes from a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path.absolute().as_uri(), timeout=30, uri=True)
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(str(path), f"cannot be opened: {error}") from error
    try:
        try:
            connection.execute("PRAGMA busy_timeout = 30000")
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            db = Database(connection)
            _migrate(db, path)
            if shared is not None:
                _share(connection, shared, SHARED_TABLES if own_matches else (*SHARED_TABLES, *MATCH_TABLES))
        except sqlite3.Error as error:
            raise ArchiveError(str(path), f"cannot be used: {error}") from error
        try:
            yield Archive(path=path, db=db)
        except sqlite3.Error as error:
            # What the machine does to the file is said in words; anything else is a mistake of ours and stays loud.
            if not str(getattr(error, "sqlite_errorname", "")).startswith(_MACHINE):
                raise
            raise ArchiveError(str(path), f"cannot be used: {error}") from error
    finally:
        connection.close()


def _share(connection: sqlite3.Connection, shared: Path, names: tuple[str, ...]) -> None:
    """Let names of shared tables mean those of the other archive: views of the connection stand before tables of the file."""
    if not shared.is_file():
        raise ArchiveError(str(shared), "does not exist; the installation that reads the sources has to run first")
    connection.execute("ATTACH DATABASE ? AS shared", [f"{shared.resolve().as_uri()}?mode=ro"])
    for table in names:
        if connection.execute("SELECT 1 FROM shared.sqlite_master WHERE type = 'table' AND name = ?", [table]).fetchone():
            connection.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM shared.{table}")


def _migrate(db: Database, path: Path) -> None:
    known = {migration.name for migration in migrations._migrations}
    applied = {migration.name for migration in migrations.applied(db)}
    if applied - known:
        newer = ", ".join(sorted(applied - known))
        raise ArchiveError(
            str(path), f"was written by a newer version (it has {newer}); install that version or restore a backup"
        )
    pending = migrations.pending(db)
    if not pending:
        return
    if applied:
        copy_archive(db, path.with_name(f"{path.stem}.before-{pending[0].name}.db"))
    migrations.apply(db)


def copy_archive(db: Database, target: Path) -> None:
    """Write a consistent copy of the archive to `target`, also while another process writes; an older copy is replaced."""
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    copy = sqlite3.connect(partial)
    try:
        db.conn.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    partial.replace(target)
