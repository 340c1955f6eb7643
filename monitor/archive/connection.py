"""Connections to the archive's file: open and migrate it, nested transactions, locks, detection of damage, and error texts."""

from __future__ import annotations

import errno
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from monitor.archive.codec import call_hash
from monitor.archive.files import make_private, refuse_lost, refuse_missing
from monitor.archive.schema import MIGRATIONS, migrations
from monitor.errors import ArchiveError, LockedError, describe_os_error
from monitor.files import replacing

if TYPE_CHECKING:
    from sqlite_utils import Database as UtilsDatabase

Row = TypeVar("Row")


def sql_values(values: Iterable[str]) -> str:
    """Return constants of the program as a list for IN: `('a', 'b')`. Values from outside the program are bound instead."""
    quoted = (f"'{value}'" for value in values)
    return f"({', '.join(quoted)})"


def escape_like(text: str) -> str:
    """Return a text as a literal part of a pattern for `LIKE ? ESCAPE '!'`."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


class Database(sqlite3.Connection):
    """Connection that commits each statement at once unless it is inside `atomic`.

    Opened by `sqlite3.connect(..., factory=Database, isolation_level=None)`.
    """

    def query(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[dict[str, Any]]:
        """Yield the rows as dictionaries by column name."""
        cursor = self.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    def query_as(self, row_type: type[Row], sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Return the rows as dictionaries of `row_type`, a TypedDict with the names of the columns."""
        return cast("list[Row]", list(self.query(sql, values)))

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Run the block as one transaction, rolled back on any exception. A nested block is rolled back alone.

        Waits for other writers before the first read: a transaction that has read and then wants to write is refused at once
        instead of waiting (https://www.sqlite.org/lang_transaction.html).
        """
        begin, commit = "BEGIN IMMEDIATE", "COMMIT"
        undo: tuple[str, ...] = ("ROLLBACK",)
        if self.in_transaction:
            begin, commit, undo = "SAVEPOINT inner", "RELEASE inner", ("ROLLBACK TO inner", "RELEASE inner")
        self.execute(begin)
        try:
            yield
            self.execute(commit)
        except BaseException:
            if self.in_transaction:  # an error such as a full disk has ended it already
                for statement in undo:
                    self.execute(statement)
            raise

    @contextmanager
    def relaxed_durability(self) -> Iterator[None]:
        """Commit without waiting for the disk (PRAGMA synchronous = NORMAL). Use only for data that can be rebuilt.

        A power failure may undo commits made inside, and with them all later ones; a crash of the program undoes nothing
        (https://www.sqlite.org/pragma.html#pragma_synchronous).
        """
        self.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self.execute("PRAGMA synchronous = FULL")

    def table(self, name: str) -> Any:
        """Return a table as sqlite-utils' Table, to insert or upsert rows given as dictionaries."""
        return self.sqlite_utils().table(name)

    def sqlite_utils(self) -> UtilsDatabase:
        """Return this connection as sqlite-utils' Database, to which migrations apply."""
        # Imported here: sqlite-utils takes a quarter of the time of a command that only reads.
        from sqlite_utils import Database as UtilsDatabase

        return UtilsDatabase(self, execute_plugins=False)


@contextmanager
def lock(data_dir: Path, name: str = "archive", *, wait: float = 0) -> Iterator[None]:
    """Hold the lock `name` of this installation.

    Raises:
        LockedError: Another process still has the lock after `wait` seconds.
        ArchiveError: The folder cannot be written.
    """
    from filelock import FileLock, Timeout

    path = data_dir / f"{name}.lock"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        guard = FileLock(path, timeout=wait)
        guard.acquire()
    except Timeout as error:
        raise LockedError(str(path), "ett annat arbete pågår; försök igen när det är klart") from error
    except OSError as error:
        raise ArchiveError(str(data_dir), f"går inte att skriva i: {describe_os_error(error)}") from error
    try:
        yield
    finally:
        guard.release()


_JSON_COLUMNS = {
    "matches": ("themes", "evidence", "fit_card"),
    "runs": ("stats",),
    "digests": ("sections",),
    "readings": ("reading",),
    "left_out": ("data",),
    "call_documents": ("notes", "statements"),
    "source_findings": ("row", "sample"),
    "recipients": ("left_out",),
    "handed_over": ("report",),
}
_TIME_COLUMNS = {
    "sources": ("last_run", "last_accepted", "health_since", "health_seen"),
    "runs": ("started", "finished"),
    "calls": ("first_seen", "last_seen", "last_changed", "vanished_at", "closed_at", "next_deadline", "last_deadline"),
    "digests": ("created",),
    "digest_items": ("told",),
    "outbox": ("due", "sent_at", "follows", "in_hand"),
    "jobs": ("due", "started", "finished"),
    "feedback": ("at", "handled_at", "told_at"),
    "left_out": ("first_seen", "last_seen", "taken_back", "put_back"),
    "digest_failures": ("at",),
    "call_documents": ("read_at",),
    "call_document_addresses": ("checked",),
    "call_document_versions": ("since",),
    "source_findings": ("at", "taken"),
    "source_checks": ("at",),
    "recipients": ("paused_until", "added", "removed", "known"),
    "recipient_events": ("at", "answered_at", "reported_at"),
    "handed_over": ("at",),
}
READING_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError, zlib.error, sqlite3.Error)
"""Exceptions that reading damaged bytes may raise. In an undamaged archive, each is a bug of the program."""


def is_damaged(db: Database, error: Exception) -> bool:
    """Return whether `error`, raised while working with the archive, comes from damaged bytes. Reads the whole file."""
    if isinstance(error, zlib.error) or (isinstance(error, sqlite3.Error) and "decode to UTF-8" in str(error)):
        return True
    try:
        verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        return bool(verdict != "ok") or count_broken(db) > 0
    except (sqlite3.DatabaseError, ValueError):
        return True


def count_broken(db: Database) -> int:
    """Return the number of damaged rows: calls that differ from their hash, invalid JSON, invalid times."""
    broken = sum(1 for data, digest in db.execute("SELECT data, hash FROM calls") if call_hash(data) != digest)
    # SQLite's json_valid accepts control characters in strings, which Python's reader refuses.
    broken += sum(1 for (files,) in db.execute("SELECT files FROM rule_versions") if not _is_json(files))
    for table, columns in _JSON_COLUMNS.items():
        broken += _count(db, table, " OR ".join(f"NOT json_valid({column})" for column in columns))
    for table, columns in _TIME_COLUMNS.items():
        broken += _count(db, table, " OR ".join(f"({column} IS NOT NULL AND julianday({column}) IS NULL)" for column in columns))
    return broken


def _count(db: Database, table: str, condition: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


_SQLITE_PROBLEMS = {
    "SQLITE_BUSY": "ett annat program håller filen låst",
    "SQLITE_LOCKED": "ett annat program håller filen låst",
    "SQLITE_FULL": "disken är full",
    "SQLITE_READONLY": "filen får inte skrivas",
    "SQLITE_IOERR": "disken svarar fel",
    "SQLITE_CORRUPT": "filen är skadad; stoppa run och serve och återställ med monitor restore",
    "SQLITE_NOTADB": "filen är inget arkiv; stoppa run och serve och återställ med monitor restore",
    "SQLITE_CANTOPEN": "filen går inte att öppna",
}
"""Swedish message of each problem of the file or its disk, by SQLite's error name (https://www.sqlite.org/rescode.html)."""

_FOREIGN_TABLE = (
    "SELECT 1 FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE '!_sqlite!_%' ESCAPE '!' LIMIT 1"
)
"""Finds a table in a file without the record of migrations that each archive has: then it is a foreign or a damaged file."""
_COPIED_LOG_PAGES = 50_000
"""Pages (200 MB) of the log of an archive that is copied, at which SQLite moves it into the file although Litestream has not."""
_UPGRADE_WAIT_SECONDS = 600
"""Wait for another process that migrates the file: a million calls are copied and rewritten in minutes."""


@dataclass(frozen=True)
class Archive:
    """Open archive of an installation."""

    path: Path
    db: Database
    """Connection, the first argument of the functions of this package."""
    shared: bool = False
    """True for a member installation, which reads the tables of sources and calls from another installation's archive."""

    @property
    def is_copy(self) -> bool:
        """Return whether this is a copy of an archive on another machine, which may be read and not written."""
        return is_copy(self.path)


SHARED_TABLES = (
    "sources", "runs", "calls", "versions", "deadlines", "events", "documents", "fetches", "corrections", "story_decisions",
    "texts", "indexed", "words", "left_out", "readings", "call_documents", "call_document_pages", "call_document_addresses",
    "call_document_versions", "call_document_links", "call_references", "call_changes",
    "takeover_epoch",
)  # fmt: skip
"""Tables that a member installation reads from the archive of the installation that crawls; views without writing there."""
_FULL_TEXT = ("search", "page_search")
"""Tables of full-text search, which no view can stand for; their own tables begin with their names."""
MATCH_TABLES = ("matches", "unmatched", "probation_matches", "rule_versions")
"""Tables that a member installation without rules of its own reads from there as well."""


@contextmanager
def open_archive(path: Path, shared: Path | None = None, *, own_matches: bool = False, anew: bool = False) -> Iterator[Archive]:
    """Open the archive at `path`, created or migrated where needed, and close it afterwards.

    A missing or empty archive in an installation that has been in use is refused, unless `anew`: a new archive there would
    send every mail again. With `shared`, the tables SHARED_TABLES are read from that archive, and MATCH_TABLES as well
    unless `own_matches`.

    Raises:
        ArchiveError: The file is missing, is no archive, is damaged, cannot be written, or comes from a newer version.
        LockedError: Another process is still migrating the file after ten minutes.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not anew:
            refuse_missing(path)
        make_private(path)
        db = _connect(path.absolute().as_uri(), timeout=30)
    except (OSError, sqlite3.Error) as error:
        reason = describe_os_error(error) if isinstance(error, OSError) else describe_sqlite_error(error)
        raise ArchiveError(str(path), f"går inte att öppna: {reason}") from error
    try:
        try:
            _prepare(db, path, anew=anew)
            if shared is not None:
                _share(db, shared, SHARED_TABLES if own_matches else (*SHARED_TABLES, *MATCH_TABLES))
        except sqlite3.Error as error:
            raise _unusable(path, describe_sqlite_error(error)) from error
        except OSError as error:
            # The copy that is made before an upgrade.
            raise ArchiveError(str(path), f"går inte att uppgradera: {describe_os_error(error)}") from error
        except UnicodeDecodeError as error:
            # SQLite's message names the damaged part of the schema, and the name itself is damaged.
            raise _unusable(path, _SQLITE_PROBLEMS["SQLITE_CORRUPT"]) from error
        try:
            yield Archive(path=path, db=db, shared=shared is not None)
        except READING_ERRORS as error:
            # Problems of the file or its disk become an ArchiveError; any other exception is a bug and passes through.
            if isinstance(error, sqlite3.Error) and _problem_name(error):
                raise _unusable(path, describe_sqlite_error(error)) from error
            if not is_damaged(db, error):
                raise
            raise _unusable(path, f"{_SQLITE_PROBLEMS['SQLITE_CORRUPT']} ({error})") from error
    finally:
        db.close()


def follower_mark(path: Path) -> Path:
    """Return the file beside a copy that says how far it has come. An archive has none."""
    return path.with_name(f"{path.name}-txid")


def is_copy(path: Path) -> bool:
    """Return whether a database is a copy that follows another machine's."""
    return follower_mark(path).exists()


def _prepare(db: Database, path: Path, *, anew: bool) -> None:
    """Configure the connection, and create or migrate the file where needed."""
    db.execute("PRAGMA busy_timeout = 30000")
    db.execute("PRAGMA foreign_keys = ON")
    if is_copy(path):
        # `monitor copy follow` alone writes to a copy.
        db.execute("PRAGMA query_only = 1")
    elif path.with_name(f".{path.name}-litestream").is_dir():
        # Litestream moves the log into the file itself (https://litestream.io/tips/#disable-autocheckpoints-for-high-write-load-servers):
        # a log that is begun anew between two of its looks would cost it a whole new copy.
        db.execute(f"PRAGMA wal_autocheckpoint = {_COPIED_LOG_PAGES}")
    if _is_ready(db, path):
        return
    # Scheduler and web server are restarted together after an upgrade: one migrates the file, the other waits for it.
    with lock(path.parent, "upgrade", wait=_UPGRADE_WAIT_SECONDS):
        db.execute("PRAGMA journal_mode = WAL")
        if _is_ready(db, path):
            return
        if not anew and not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            refuse_lost(path, "är tomt")
        if not _applied(db) and db.execute(_FOREIGN_TABLE).fetchone():
            raise _unusable(path, _SQLITE_PROBLEMS["SQLITE_NOTADB"])
        _migrate(db, path)


def _unusable(path: Path, reason: str) -> ArchiveError:
    return ArchiveError(str(path), f"går inte att använda: {reason}")


def connect_for_reading(path: Path, shared: Path | None = None, *, own_matches: bool = False) -> Database:
    """Return a connection that cannot write to an archive that `open_archive` has opened before. Not for concurrent threads.

    With `shared`, that archive is the main database of the connection, so that full-text search and row ids work, and the
    tables of the archive at `path` that are not shared are views over it.
    """
    main = shared or path
    db = _connect(f"{main.absolute().as_uri()}?mode=ro", timeout=10, check_same_thread=False)
    if shared is not None:
        db.execute("ATTACH DATABASE ? AS own", [f"{path.absolute().as_uri()}?mode=ro"])
        shared_names = {*SHARED_TABLES, *_FULL_TEXT, *(() if own_matches else MATCH_TABLES)}
        rows = db.execute("SELECT name FROM own.sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in rows:
            if table not in shared_names and not table.startswith((*(f"{name}_" for name in _FULL_TEXT), "sqlite_", "_")):
                db.execute(f"CREATE TEMP VIEW {table} AS SELECT rowid AS rowid, * FROM own.{table}")
    db.execute("PRAGMA query_only = 1")
    return db


def _connect(address: str, *, timeout: int, check_same_thread: bool = True) -> Database:
    return sqlite3.connect(
        address, timeout=timeout, uri=True, isolation_level=None, check_same_thread=check_same_thread, factory=Database
    )


def describe_sqlite_error(error: sqlite3.Error) -> str:
    """Return the Swedish message of a problem of the file or its disk, with SQLite's own; only SQLite's for other errors."""
    name = _problem_name(error)
    return f"{_SQLITE_PROBLEMS[name]} ({error})" if name else str(error)


_SQLITE_KINDS = {
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "rights",
    "SQLITE_CANTOPEN": "rights",
    "SQLITE_CORRUPT": "damage",
    "SQLITE_NOTADB": "damage",
}
_ERRNO_KINDS = {
    errno.EACCES: "rights",
    errno.EPERM: "rights",
    errno.EROFS: "rights",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.ENOENT: "missing",
}


def error_kind(error: BaseException | None) -> str:
    """Return the cause of an error: "rights", "full", "busy", "missing" or "damage"; "" when unknown."""
    while error is not None:
        if isinstance(error, sqlite3.Error) and (name := _problem_name(error)):
            return _SQLITE_KINDS.get(name, "damage")
        if isinstance(error, OSError) and error.errno in _ERRNO_KINDS:
            return _ERRNO_KINDS[error.errno]
        error = error.__cause__
    return ""


def _problem_name(error: sqlite3.Error) -> str:
    extended = str(getattr(error, "sqlite_errorname", ""))
    return next((name for name in _SQLITE_PROBLEMS if extended.startswith(name)), "")


def _share(db: Database, shared: Path, names: tuple[str, ...]) -> None:
    """Create temporary views on the other archive's tables: SQLite resolves a name to a temporary view before a table."""
    if not shared.is_file():
        raise ArchiveError(str(shared), "finns inte än; den installation som läser källorna ska köra först")
    db.execute("ATTACH DATABASE ? AS shared", [f"{shared.resolve().as_uri()}?mode=ro"])
    applied = {row[0] for row in db.execute("SELECT name FROM shared._sqlite_migrations WHERE migration_set = 'monitor'")}
    known = set(MIGRATIONS)
    if applied != known:
        age = "nyare" if applied - known else "äldre"
        raise ArchiveError(
            str(shared), f"är skrivet av en {age} version; kör samma version i den installation som läser källorna"
        )
    for table in names:
        db.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM shared.{table}")


def _is_ready(db: Database, path: Path) -> bool:
    """Return whether the file has exactly this version's migrations; raise ArchiveError for a file of a newer version."""
    known = set(MIGRATIONS)
    applied = _applied(db)
    if applied - known:
        newer = ", ".join(sorted(applied - known))
        raise ArchiveError(
            str(path), f"är skrivet av en nyare version (det har {newer}); installera den, eller återställ en säkerhetskopia"
        )
    return applied == known and db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def _migrate(db: Database, path: Path) -> None:
    applied = _applied(db)
    first = next((name for name in MIGRATIONS if name not in applied), None)
    if first is None:
        # The disk refused WAL mode alone, this time or always: the rollback journal is as safe, and slower.
        return
    if applied:
        copy_archive(db, path.with_name(f"{path.stem}.before-{first}.db"))
    migrations().apply(db.sqlite_utils())


def _applied(db: Database) -> set[str]:
    """Return the names of the migrations applied to the file, by one query, since every command that writes asks."""
    try:
        return {row[0] for row in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'monitor'")}
    except sqlite3.OperationalError as error:
        if _problem_name(error):
            raise
        return set()  # a new file has no such table


def copy_archive(db: Database, target: Path) -> None:
    """Write a consistent copy of the archive to `target`, also while another process writes; an older copy is replaced."""
    with replacing(target) as partial, closing(sqlite3.connect(partial)) as copy:
        make_private(partial)
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
