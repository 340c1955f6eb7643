"""Writing of files in one step: a reader, or a start after a kill, finds the old file or the new one, never half a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTIAL_SUFFIX = ".partial"
"""Ending of a file that is being written. One that is left was left by a kill."""
_PRIVATE, _ORDINARY = 0o600, 0o666


def partial_path(path: Path) -> Path:
    """Return the path of the file that takes the place of `path` when it is whole."""
    return path.with_name(path.name + PARTIAL_SUFFIX)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; that file takes the place of `path` when the block ends well, else it is removed.

    The block makes the file, and syncs it where it must survive a power cut.
    """
    partial = partial_path(path)
    partial.unlink(missing_ok=True)
    try:
        yield partial
        partial.replace(path)
    except BaseException:
        # Whatever keeps it from being removed is no news beside the error itself; the next writing removes it.
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def write_atomically(
    path: Path, content: str | bytes, *, private: bool = False, before_replacing: Callable[[], None] = lambda: None
) -> None:
    """Write a file in one step and sync it to the disk; text is UTF-8. A file that is replaced keeps its mode.

    Args:
        path: File to write or replace, in a folder that exists.
        content: Everything that the file will hold.
        private: Let only the owner read and write the file, whatever the umask.
        before_replacing: Called when the new file is whole beside the old one; a kill from then on leaves it there.

    Raises:
        OSError: The file cannot be written; an older one is as it was.
    """
    mode = _PRIVATE if private else _mode_of(path)
    with replacing(path) as partial:
        # O_EXCL: never through a link that somebody else put there.
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ORDINARY if mode is None else mode)
        if mode is not None:
            partial.chmod(mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        before_replacing()


def _mode_of(path: Path) -> int | None:
    """Return the mode of a file, None where there is none."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return None
