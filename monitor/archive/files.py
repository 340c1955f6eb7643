"""Files of an installation: private file modes, the secret that signs links, and detection of a lost archive."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from monitor.errors import ArchiveError, describe_os_error

COMPANIONS = ("-wal", "-shm")
"""Endings of the files that SQLite keeps beside a database in WAL mode (https://www.sqlite.org/wal.html)."""
BACKUPS = "backups"
"""Folder of the backups, in the data folder."""
BACKUP_PATTERN = "monitor-*.tar.gz"
REPLACED_PATTERN = "replaced-*"
"""Folders with archives that `monitor restore` has replaced."""
PRIVATE = 0o600
"""File mode: only the owner reads and writes."""


def make_private(path: Path) -> None:
    """Create the file where there is none, and let only its owner read and write it and its SQLite companions.

    A file of another user, or on a disk without file modes, is left as it is.

    Raises:
        OSError: The file cannot be created.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    if os.name != "posix":
        return
    for file in (path, *(path.with_name(path.name + end) for end in COMPANIONS)):
        with suppress(OSError):
            if file.stat().st_mode & 0o077:
                file.chmod(PRIVATE)


def traces_of_use(data_dir: Path) -> list[str]:
    """Return the names of the files and folders that only an installation in use has; empty for a new installation."""
    found = []
    if _has_content(data_dir / "secret"):
        found.append("secret")
    for folder, pattern in (("outbox", "*.eml"), (BACKUPS, BACKUP_PATTERN)):
        if any((data_dir / folder).glob(pattern)):
            found.append(f"{folder}/")
    found += sorted(path.name for path in data_dir.glob(REPLACED_PATTERN))[-1:]
    return found


def refuse_missing(path: Path) -> None:
    """Refuse an archive that is missing or has no byte in an installation that has been in use.

    Call it before SQLite opens the file: SQLite would create a new one, and delete the log beside an empty one.

    Raises:
        ArchiveError: The archive is missing or empty, and the installation has been in use.
    """
    if _has_content(path):
        return
    traces = traces_of_use(path.parent)
    # Checked again, as another process may just have created the first archive, which comes before all other files.
    if traces and not _has_content(path):
        _refuse(path, traces, "är tomt (0 byte)" if path.exists() else "är borta")


def refuse_lost(path: Path, state: str) -> None:
    """Refuse an archive without any table in an installation that has been in use. `state` says in Swedish what is wrong.

    Raises:
        ArchiveError: The installation has been in use.
    """
    _refuse(path, traces_of_use(path.parent), state)


def _refuse(path: Path, traces: list[str], state: str) -> None:
    # With an empty archive, all calls would count as new, and every mail of the week would be sent again.
    if not traces:
        return
    backups = sorted((path.parent / BACKUPS).glob(BACKUP_PATTERN))
    copy = str(backups[-1]) if backups else "FIL (en säkerhetskopia)"
    raise ArchiveError(
        str(path),
        f"arkivet {state}, men installationen har använts ({', '.join(traces)} finns). Inget görs, så att ingen får samma"
        " mejl igen."
        f" Stoppa run och serve och återställ: monitor restore {copy}. Vill du i stället börja om från början, med flit:"
        " monitor init --new-archive",
    )


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


_SECRET_BYTES = 48
_MIN_SECRET_CHARACTERS = 32


def load_secret(data_dir: Path) -> bytes:
    """Return the secret of this installation; create it on the first call, also when two processes call at once.

    Raises:
        ArchiveError: The file cannot be read or created, or is too short.
    """
    path = data_dir / "secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            partial = data_dir / f"secret.{os.getpid()}"
            partial.unlink(missing_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(_SECRET_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                # A link never replaces a file that another process made meanwhile.
                path.hardlink_to(partial)
            except FileExistsError:
                pass
            finally:
                partial.unlink()
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ArchiveError(str(path), f"hemligheten går inte att läsa eller skapa: {describe_os_error(error)}") from error
    if len(secret) < _MIN_SECRET_CHARACTERS:
        raise ArchiveError(
            str(path), "hemligheten är trasig; ta bort filen så görs en ny (länkarna i gamla mejl slutar då gälla)"
        )
    return secret
