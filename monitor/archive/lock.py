"""One writer at a time: a lock beside the archive that the system itself releases when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import ArchiveError, LockedError, in_words


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
