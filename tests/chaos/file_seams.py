"""Seams in Python's own files: the functions of `os` that change the disk, and `open`, whose files ask the counter at each write."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.chaos.faults import ERRNO, Counters, Kind
from tests.chaos.unsynced import Unsynced

_FUNCTIONS = {
    "open": "file.open",
    "replace": "file.rename",
    "rename": "file.rename",
    "unlink": "file.remove",
    "remove": "file.remove",
    "rmdir": "file.remove",
    "mkdir": "file.folder",
    "link": "file.link",
    "chmod": "file.mode",
    "listdir": "file.list",
    "scandir": "file.list",
    "fsync": "file.sync",
    "sendfile": "file.write",
}
_NAMES = ("encoding", "errors", "newline", "closefd", "opener")
"""Further arguments of `open`, in order."""


def lay_file_seams(counters: Counters, unsynced: Unsynced) -> None:
    """Lay the seams into this process, for the files of the installation alone."""
    for name, seam in _FUNCTIONS.items():
        setattr(os, name, _watched(getattr(os, name), name, seam, counters, unsynced))
    opening = _Opening(counters, unsynced)
    io.open = builtins.open = opening.open


def path_of(file: Any, folder: int | None = None) -> str:
    """Return the path of a file that is given as a path or by its number, absolute."""
    if isinstance(file, int):
        return str(Path(f"/proc/self/fd/{file}").readlink())
    return str(Path(path_of(folder) if folder is not None else Path.cwd(), os.fsdecode(file)))


def _watched(original: Callable[..., Any], name: str, seam: str, counters: Counters, unsynced: Unsynced) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        file = values[0] if values else named.get("path", ".")
        path = path_of(file, named.get("dir_fd"))
        if not counters.watches(path):
            return original(*values, **named)
        fail(counters, seam, path)
        result = original(*values, **named)
        if name in ("replace", "rename"):
            unsynced.renamed(path, path_of(values[1]))
        elif name == "fsync":
            unsynced.synced(path)
        elif name in ("unlink", "remove"):
            unsynced.removed(path)
        if counters.ends_after:
            counters.end()
        return result

    return call


def fail(counters: Counters, seam: str, path: str) -> None:
    """Let the fault of this crossing happen, if there is one.

    Raises:
        OSError: The fault is an error.
    """
    kind = counters.cross(seam)
    if kind in (Kind.KILL, Kind.POWER):
        counters.end()
    if kind in ERRNO:
        raise OSError(ERRNO[kind], os.strerror(ERRNO[kind]), path)


class _WatchedFile(io.FileIO):
    """Open file that asks the counter at each write; a kill comes in the middle."""

    def watch(self, counters: Counters, unsynced: Unsynced, path: str) -> None:
        self._counters, self._unsynced, self._path = counters, unsynced, path

    def write(self, content: Any) -> int:
        self._unsynced.written(self._path)
        kind = self._counters.cross("file.write")
        if kind is Kind.KILL:
            super().write(bytes(content)[: len(content) // 2])
            self._counters.end()
        if kind in ERRNO:
            raise OSError(ERRNO[kind], os.strerror(ERRNO[kind]), self._path)
        return super().write(content)


class _Opening:
    """`open` that gives watched files."""

    def __init__(self, counters: Counters, unsynced: Unsynced) -> None:
        self._counters, self._unsynced, self._original = counters, unsynced, io.open

    def open(self, file: Any, mode: str = "r", buffering: int = -1, *values: Any, **named: Any) -> Any:
        """Open a file as Python's `open` does: then encoding, errors, newline, closefd and opener."""
        path = path_of(file)
        if not self._counters.watches(path):
            return self._original(file, mode, buffering, *values, **named)
        if not isinstance(file, int):
            fail(self._counters, "file.open", path)
        if not set(mode) & set("wax+"):
            result = self._original(file, mode, buffering, *values, **named)
        else:
            if "w" in mode:
                self._unsynced.written(path)
            given = dict(zip(_NAMES, values, strict=False)) | named
            raw = _WatchedFile(file, mode.replace("b", "").replace("t", ""), given.get("closefd", True), given.get("opener"))
            raw.watch(self._counters, self._unsynced, path)
            result = self._layered(raw, mode, buffering, tuple(given.get(name) for name in _NAMES[:3]))
        if self._counters.ends_after:
            self._counters.end()
        return result

    def _layered(self, raw: _WatchedFile, mode: str, buffering: int, text: tuple[Any, ...]) -> Any:
        """Return the file with its buffer and, for text, its encoding, as `_pyio.open` lays them."""
        if buffering == 0:
            return raw
        buffer: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return buffer
        wrapped = io.TextIOWrapper(buffer, io.text_encoding(text[0]), text[1], text[2], buffering == 1)
        wrapped.mode = mode
        return wrapped
