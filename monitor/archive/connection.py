"""The archive's file: its connection with transactions that nest, its lock, damage found in it, and opening it with migrations."""

from __future__ import annotations

import errno
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.archive.codec import call_hash
from monitor.archive.files import make_private, refuse_lost, refuse_missing
from monitor.archive.schema import MIGRATIONS, migrations
from monitor.errors import ArchiveError, LockedError, in_words

if TYPE_CHECKING:
    from sqlite_utils import Database as Tables


def sql_values(values: Iterable[str]) -> str:
    """Return constants of the program as a list for IN: `('a', 'b')`. Values that anybody else wrote are bound instead."""
    quoted = (f"'{value}'" for value in values)
    return f"({', '.join(quoted)})"


class Database(sqlite3.Connection):
    """A connection on which each statement is kept at once unless it stands in `atomic`.

    Opened by `sqlite3.connect(..., factory=Database, isolation_level=None)`. sqlite-utils is loaded by what makes or changes tables
    alone: it takes a quarter of the time of a command that only reads.
    """

    def query(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[dict[str, Any]]:
        """The rows, each by the names of its columns."""
        cursor = self.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All of it or nothing. Within another, what went wrong inside undoes the inner one alone.

        Waits for whoever writes before it reads: SQLite lets nobody wait who has read and then wants to write, but refuses at once
        (https://www.sqlite.org/lang_transaction.html).
        """
        begin, keep = "BEGIN IMMEDIATE", "COMMIT"
        undo: tuple[str, ...] = ("ROLLBACK",)
        if self.in_transaction:
            begin, keep, undo = "SAVEPOINT inner", "RELEASE inner", ("ROLLBACK TO inner", "RELEASE inner")
        self.execute(begin)
        try:
            yield
            self.execute(keep)
        except BaseException:
            if self.in_transaction:  # an error such as a full disk has ended it already
                for statement in undo:
                    self.execute(statement)
            raise

    @contextmanager
    def relaxed_durability(self) -> Iterator[None]:
        """What is kept in here can be made again: it does not wait for the disk, which takes longer than writing it.

        A power failure may take it back, and nothing that was kept after it outlives it; a crash of the program takes nothing.
        """
        self.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self.execute("PRAGMA synchronous = FULL")

    def table(self, name: str) -> Any:
        """A table, as sqlite-utils has it."""
        return self.tables().table(name)

    def tables(self) -> Tables:
        """This connection, as sqlite-utils has it."""
        from sqlite_utils import Database as Tables

        return Tables(self, execute_plugins=False)


@contextmanager
def lock(data_dir: Path, name: str = "archive", *, wait: float = 0) -> Iterator[None]:
    """Hold the lock `name` of this installation; LockedError when another process still has it after `wait` seconds."""
    from filelock import FileLock, Timeout

    path = data_dir / f"{name}.lock"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        guard = FileLock(path, timeout=wait)
        guard.acquire()
    except Timeout as error:
        raise LockedError(str(path), "ett annat arbete pågår; försök igen när det är klart") from error
    except OSError as error:
        raise ArchiveError(str(data_dir), f"går inte att skriva i: {in_words(error)}") from error
    try:
        yield
    finally:
        guard.release()


_JSON = {"matches": ("themes", "evidence", "fit_card"), "runs": ("stats",), "digests": ("sections",)}
_TIMES = {
    "sources": ("last_run", "last_accepted", "health_since", "health_seen"),
    "runs": ("started", "finished"),
    "calls": ("first_seen", "last_seen", "last_changed", "vanished_at", "closed_at", "next_deadline", "last_deadline"),
    "digests": ("created",),
    "digest_items": ("told",),
    "outbox": ("due", "sent_at"),
    "jobs": ("due", "started", "finished"),
    "feedback": ("at", "handled_at"),
}
READING_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError, zlib.error, sqlite3.Error)
"""Exceptions that reading damaged bytes may raise. In an archive that is whole, each is a mistake of the program."""


def is_damaged(db: Database, error: Exception) -> bool:
    """Return whether `error`, met while working with the archive, comes from damaged bytes. Reads the whole file."""
    if isinstance(error, zlib.error) or (isinstance(error, sqlite3.Error) and "decode to UTF-8" in str(error)):
        return True
    try:
        verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        return bool(verdict != "ok") or count_broken(db) > 0
    except (sqlite3.DatabaseError, ValueError):
        return True


def count_broken(db: Database) -> int:
    """Return how many rows hold what cannot have been written: calls that differ from their hash, broken JSON, times that are none."""
    broken = sum(1 for data, digest in db.execute("SELECT data, hash FROM calls") if call_hash(data) != digest)
    # SQLite's json_valid lets control characters in strings pass, which Python's reader refuses.
    broken += sum(1 for (files,) in db.execute("SELECT files FROM rule_versions") if not _is_json(files))
    for table, columns in _JSON.items():
        broken += _count(db, table, " OR ".join(f"NOT json_valid({column})" for column in columns))
    for table, columns in _TIMES.items():
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


_MACHINE = {
    "SQLITE_BUSY": "ett annat program håller filen låst",
    "SQLITE_LOCKED": "ett annat program håller filen låst",
    "SQLITE_FULL": "disken är full",
    "SQLITE_READONLY": "filen får inte skrivas",
    "SQLITE_IOERR": "disken svarar fel",
    "SQLITE_CORRUPT": "filen är skadad; stoppa run och serve och återställ med monitor restore",
    "SQLITE_NOTADB": "filen är inget arkiv; stoppa run och serve och återställ med monitor restore",
    "SQLITE_CANTOPEN": "filen går inte att öppna",
}
"""What the machine does to the file, in words; the names are SQLite's."""

_STRANGE = (
    "SELECT 1 FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE '!_sqlite!_%' ESCAPE '!' LIMIT 1"
)
"""Description of a file with tables but without the record of migrations that each archive has: a foreign or a damaged file."""
_UPGRADE_SECONDS = 600
"""How long one waits for another that makes the file ready: a million calls are copied and rewritten in minutes."""


@dataclass(frozen=True)
class Archive:
    """An open archive. `db` holds the connection; functions of this package take it as their first argument. `shared`: what the
    sources said is another installation's, for reading only."""

    path: Path
    db: Database
    shared: bool = False


SHARED_TABLES = (
    "sources", "runs", "calls", "versions", "deadlines", "events", "documents", "fetches", "corrections", "story_decisions", "texts",
    "indexed", "words", "left_out",
)  # fmt: skip
MATCH_TABLES = ("matches", "rule_versions")
"""What a member takes from the archive of the installation that reads the sources, and what of it when it has no rules of its own."""


@contextmanager
def open_archive(path: Path, shared: Path | None = None, *, own_matches: bool = False, anew: bool = False) -> Iterator[Archive]:
    """Open the archive at `path`, made or migrated where needed, and close it afterwards.

    An archive that is gone or empty in an installation that has been in use is refused; `anew` makes a new one there all the same.

    With `shared`, what the sources said is taken from that archive, for reading only; what was matched as well, unless this
    one has rules of its own. Raises ArchiveError when the file is gone, is no archive, is damaged, cannot be written, or comes from a
    newer version; LockedError when another has been making it ready for too long.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not anew:
            refuse_missing(path)
        make_private(path)
        db = _connect(path.absolute().as_uri(), timeout=30)
    except (OSError, sqlite3.Error) as error:
        reason = in_words(error) if isinstance(error, OSError) else describe_sqlite_error(error)
        raise ArchiveError(str(path), f"går inte att öppna: {reason}") from error
    try:
        try:
            db.execute("PRAGMA busy_timeout = 30000")
            db.execute("PRAGMA foreign_keys = ON")
            if not _is_ready(db, path):
                # Who writes and who shows pages are started again together: one makes the file ready, the others wait for it.
                with lock(path.parent, "upgrade", wait=_UPGRADE_SECONDS):
                    db.execute("PRAGMA journal_mode = WAL")
                    if not _is_ready(db, path):
                        if not anew and not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                            refuse_lost(path, "är tomt")
                        if not _applied(db) and db.execute(_STRANGE).fetchone():
                            raise ArchiveError(str(path), f"går inte att använda: {_MACHINE['SQLITE_NOTADB']}")
                        _migrate(db, path)
            if shared is not None:
                _share(db, shared, SHARED_TABLES if own_matches else (*SHARED_TABLES, *MATCH_TABLES))
        except sqlite3.Error as error:
            raise ArchiveError(str(path), f"går inte att använda: {describe_sqlite_error(error)}") from error
        except UnicodeDecodeError as error:
            # SQLite names what is wrong with the schema, and the name itself is damaged.
            raise ArchiveError(str(path), f"går inte att använda: {_MACHINE['SQLITE_CORRUPT']}") from error
        try:
            yield Archive(path=path, db=db, shared=shared is not None)
        except READING_ERRORS as error:
            # What the machine does to the file is said in words; anything else is a mistake of ours and stays loud.
            if isinstance(error, sqlite3.Error) and _is_machine(error):
                raise ArchiveError(str(path), f"går inte att använda: {describe_sqlite_error(error)}") from error
            if not is_damaged(db, error):
                raise
            raise ArchiveError(str(path), f"går inte att använda: {_MACHINE['SQLITE_CORRUPT']} ({error})") from error
    finally:
        db.close()


def connect_for_reading(path: Path, shared: Path | None = None, *, own_matches: bool = False) -> Database:
    """A connection that cannot write, for one thread at a time, to an archive that has been opened before.

    With `shared`, that archive is the connection's own, so that full-text search and row ids work, and the tables of the one at `path`
    that are not shared are laid over it.
    """
    main = shared or path
    db = _connect(f"{main.absolute().as_uri()}?mode=ro", timeout=10, check_same_thread=False)
    if shared is not None:
        db.execute("ATTACH DATABASE ? AS own", [f"{path.absolute().as_uri()}?mode=ro"])
        taken = {*SHARED_TABLES, "search", *(() if own_matches else MATCH_TABLES)}
        rows = db.execute("SELECT name FROM own.sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in rows:
            if table not in taken and not table.startswith(("search_", "sqlite_", "_")):
                db.execute(f"CREATE TEMP VIEW {table} AS SELECT rowid AS rowid, * FROM own.{table}")
    db.execute("PRAGMA query_only = 1")
    return db


def _connect(address: str, *, timeout: int, check_same_thread: bool = True) -> Database:
    return sqlite3.connect(
        address, timeout=timeout, uri=True, isolation_level=None, check_same_thread=check_same_thread, factory=Database
    )


def describe_sqlite_error(error: sqlite3.Error) -> str:
    """What went wrong in Swedish where it is the machine's doing, and in SQLite's words."""
    name = _machine_name(error)
    return f"{_MACHINE[name]} ({error})" if name else str(error)


_KINDS = {
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "rights",
    "SQLITE_CANTOPEN": "rights",
    "SQLITE_CORRUPT": "damage",
    "SQLITE_NOTADB": "damage",
}
_NUMBERS = {
    errno.EACCES: "rights",
    errno.EPERM: "rights",
    errno.EROFS: "rights",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.ENOENT: "missing",
}


def error_kind(error: BaseException | None) -> str:
    """Return what kind of refusal lies behind an error: rights, full, busy, missing or damage; "" when nothing tells."""
    while error is not None:
        if isinstance(error, sqlite3.Error) and (name := _machine_name(error)):
            return _KINDS.get(name, "damage")
        if isinstance(error, OSError) and error.errno in _NUMBERS:
            return _NUMBERS[error.errno]
        error = error.__cause__
    return ""


def _is_machine(error: sqlite3.Error) -> bool:
    return bool(_machine_name(error))


def _machine_name(error: sqlite3.Error) -> str:
    given = str(getattr(error, "sqlite_errorname", ""))
    return next((name for name in _MACHINE if given.startswith(name)), "")


def _share(db: Database, shared: Path, names: tuple[str, ...]) -> None:
    """Let names of shared tables mean those of the other archive: views of the connection stand before tables of the file."""
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
    """Whether the file is as this version wants it; ArchiveError for one of a newer version."""
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
    if applied:
        first = next(name for name in MIGRATIONS if name not in applied)
        copy_archive(db, path.with_name(f"{path.stem}.before-{first}.db"))
    migrations().apply(db.tables())


def _applied(db: Database) -> set[str]:
    """The migrations that the file has had; asked in one query, since every command and page that writes asks."""
    try:
        return {row[0] for row in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'monitor'")}
    except sqlite3.OperationalError as error:
        if _is_machine(error):
            raise
        return set()  # a new file has no such table


def copy_archive(db: Database, target: Path) -> None:
    """Write a consistent copy of the archive to `target`, also while another process writes; an older copy is replaced."""
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    copy = sqlite3.connect(partial)
    try:
        make_private(partial)
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    partial.replace(target)
