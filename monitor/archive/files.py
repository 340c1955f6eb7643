"""Files of an installation: private to their owner, the secret that signs links, and traces that tell a used installation from a new one."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from monitor.errors import ArchiveError, describe_os_error

COMPANIONS = ("-wal", "-shm")
"""Endings of the files that SQLite keeps beside a database in WAL mode (https://www.sqlite.org/wal.html)."""
BACKUPS = "backups"
BACKUP_PATTERN = "monitor-*.tar.gz"
REPLACED_PATTERN = "replaced-*"
PRIVATE = 0o600


def make_private(path: Path) -> None:
    """Make a file where there is none, and let only its owner read and write it and what SQLite keeps beside it.

    A file of another user, or a disk without rights, is left as it is. Raises OSError when the file cannot be made.
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
    """Return what in the folder shows that an archive has been in use there: names as a person sees them, none for a new installation."""
    found = []
    if _has_content(data_dir / "secret"):
        found.append("secret")
    for folder, pattern in (("outbox", "*.eml"), (BACKUPS, BACKUP_PATTERN)):
        if any((data_dir / folder).glob(pattern)):
            found.append(f"{folder}/")
    found += sorted(path.name for path in data_dir.glob(REPLACED_PATTERN))[-1:]
    return found


def refuse_missing(path: Path) -> None:
    """Raise ArchiveError for an archive that is not there, or has no byte, in an installation that has been in use.

    To be asked before SQLite opens the file: it would make a new one, and delete the log beside an empty one.
    """
    if _has_content(path):
        return
    traces = traces_of_use(path.parent)
    # Looked at again: whoever makes the first archive here makes it before anything that leaves traces.
    if traces and not _has_content(path):
        _refuse(path, traces, "är tomt (0 byte)" if path.exists() else "är borta")


def refuse_lost(path: Path, state: str) -> None:
    """Raise ArchiveError for an archive that has lost everything (`state`, in Swedish) in an installation that has been in use."""
    _refuse(path, traces_of_use(path.parent), state)


def _refuse(path: Path, traces: list[str], state: str) -> None:
    # To begin with an empty archive would take all calls for new, and send every mail of the week again.
    if not traces:
        return
    backups = sorted((path.parent / BACKUPS).glob(BACKUP_PATTERN))
    copy = str(backups[-1]) if backups else "FIL (en säkerhetskopia)"
    raise ArchiveError(
        str(path),
        f"arkivet {state}, men installationen har använts ({', '.join(traces)} finns). Inget görs, så att ingen får samma mejl igen."
        f" Stoppa run och serve och återställ: monitor restore {copy}. Vill du i stället börja om från början, med flit:"
        " monitor init --new-archive",
    )


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


_LENGTH = 48


def load_secret(data_dir: Path) -> bytes:
    """The secret of this installation; made on the first call, also when two processes call at once."""
    path = data_dir / "secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            partial = data_dir / f"secret.{os.getpid()}"
            partial.unlink(missing_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(_LENGTH))
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
    if len(secret) < 32:
        raise ArchiveError(
            str(path), "hemligheten är trasig; ta bort filen så görs en ny (länkarna i gamla mejl slutar då gälla)"
        )
    return secret
