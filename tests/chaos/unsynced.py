"""Contents that a power cut would undo: files that were written and not synced since."""

from __future__ import annotations

import os

# Bound before any seam is laid: what is done here is no crossing.
_open, _read, _write, _close, _size = os.open, os.pread, os.pwrite, os.close, os.fstat
_truncate = os.ftruncate


def _contents(path: str) -> bytes:
    try:
        handle = _open(path, os.O_RDONLY)
    except FileNotFoundError:
        return b""
    try:
        return _read(handle, _size(handle).st_size, 0)
    finally:
        _close(handle)


def _restore(path: str, content: bytes) -> None:
    try:
        handle = _open(path, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        _truncate(handle, 0)
        _write(handle, content, 0)
    finally:
        _close(handle)


class Unsynced:
    """Contents of files at their last sync, of those that were written since. Renaming and removing count as done at once."""

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._kept: dict[str, bytes] = {}

    def written(self, path: str) -> None:
        """Note that a file is about to be written."""
        if self._keeps and path not in self._kept:
            self._kept[path] = _contents(path)

    def synced(self, path: str) -> None:
        """Note that what a file holds is on the disk."""
        self._kept.pop(path, None)

    def renamed(self, old: str, new: str) -> None:
        """Note that a file has another name: its contents are as safe as before."""
        self._kept.pop(new, None)
        if old in self._kept:
            self._kept[new] = self._kept.pop(old)

    def removed(self, path: str) -> None:
        """Note that a file is gone."""
        self._kept.pop(path, None)

    def undo(self) -> None:
        """Give each file back its contents of the last sync; a file that was never synced is empty."""
        for path, content in self._kept.items():
            _restore(path, content)
