"""Opening the archive: one SQLite file in WAL mode, migrated on opening, after a backup when something would change."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.archive.damage import READING_ERRORS, is_damaged
from monitor.archive.database import Database
from monitor.archive.files import make_private, refuse_lost, refuse_missing
from monitor.archive.lock import lock
from monitor.archive.schema import MIGRATIONS, migrations
from monitor.errors import ArchiveError, in_words

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
        reason = in_words(error) if isinstance(error, OSError) else machine_words(error)
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
            raise ArchiveError(str(path), f"går inte att använda: {machine_words(error)}") from error
        except UnicodeDecodeError as error:
            # SQLite names what is wrong with the schema, and the name itself is damaged.
            raise ArchiveError(str(path), f"går inte att använda: {_MACHINE['SQLITE_CORRUPT']}") from error
        try:
            yield Archive(path=path, db=db, shared=shared is not None)
        except READING_ERRORS as error:
            # What the machine does to the file is said in words; anything else is a mistake of ours and stays loud.
            if isinstance(error, sqlite3.Error) and _is_machine(error):
                raise ArchiveError(str(path), f"går inte att använda: {machine_words(error)}") from error
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


def machine_words(error: sqlite3.Error) -> str:
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
