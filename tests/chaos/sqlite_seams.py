"""Seams in SQLite: a virtual file system over its own, in the very library that the program uses.

PyPI's `apsw` brings a SQLite of its own, which the program does not use; its file systems would see nothing. The library behind
the module `sqlite3` takes a file system through its C interface just as well (https://www.sqlite.org/vfs.html): its structure is
copied, and the functions that open, read, write, sync, truncate, lock and delete ask the counter first. No LD_PRELOAD, no FUSE.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from functools import partial
from typing import Any

from tests.chaos.faults import ENDINGS, Counters, Kind
from tests.chaos.unsynced import Unsynced

_OK, _BUSY, _CANTOPEN, _FULL, _READONLY = 0, 5, 14, 13, 8
_IOERR = 10
# Extended codes of SQLITE_IOERR by seam (https://www.sqlite.org/rescode.html).
_IO = {"read": 1, "write": 3, "sync": 4, "truncate": 6, "delete": 10, "lock": 15, "map": 21, "open": 0}
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_CLOSE = CFUNCTYPE(c_int, c_void_p)
_TRANSFER = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_FLAG = CFUNCTYPE(c_int, c_void_p, c_int)
_SHARED_LOCK = CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_int)
_TO_LOCK = 2
"""Flag of a shared lock that is taken, not released (https://www.sqlite.org/c3ref/c_shm_exclusive.html)."""
_MAP = CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_int, c_void_p)


class _FileSystem(Structure):
    """`sqlite3_vfs` (https://www.sqlite.org/c3ref/vfs.html)."""

    _fields_ = (
        ("version", c_int),
        ("file_bytes", c_int),
        ("longest_name", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 14),
    )


class _Methods(Structure):
    """`sqlite3_io_methods` (https://www.sqlite.org/c3ref/io_methods.html)."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("size", c_void_p),
        ("lock", c_void_p),
        ("unlock", c_void_p),
        ("reserved", c_void_p),
        ("control", c_void_p),
        ("sector", c_void_p),
        ("device", c_void_p),
        ("map", c_void_p),
        ("shared_lock", c_void_p),
        ("barrier", c_void_p),
        ("unmap", c_void_p),
        ("fetch", c_void_p),
        ("unfetch", c_void_p),
    )


def has_sqlite_seams() -> bool:
    """Return whether this Python's SQLite can be given a file system: not where the library hides its C interface."""
    try:
        return bool(ctypes.CDLL(_sqlite3.__file__).sqlite3_vfs_find)
    except (OSError, AttributeError):
        return False


class SqliteSeams:
    """File system that asks the counter. It must outlive every connection: keep it as long as the process lives."""

    def __init__(self, counters: Counters, unsynced: Unsynced) -> None:
        self._counters, self._unsynced = counters, unsynced
        self._paths: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, list[Any]]] = {}
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = POINTER(_FileSystem)
        library.sqlite3_vfs_find.argtypes = [c_char_p]
        self._original = library.sqlite3_vfs_find(None)
        self._system = _FileSystem.from_buffer_copy(self._original.contents)
        self._system.name, self._system.next = b"chaos", None
        self._open_original = _OPEN(self._original.contents.open)
        self._delete_original = _DELETE(self._original.contents.delete)
        self._kept = [_OPEN(self._open), _DELETE(self._delete)]
        self._system.open, self._system.delete = (cast(function, c_void_p).value for function in self._kept)
        assert library.sqlite3_vfs_register(byref(self._system), 1) == _OK

    def _failure(self, seam: str) -> tuple[int, Kind | None]:
        """Return SQLite's code of the fault at this crossing, 0 for none, and an ending that is to come after the call."""
        kind = self._counters.cross(f"sqlite.{seam}")
        if kind in (Kind.KILL, Kind.POWER):
            self._counters.end()
        if kind in (None, Kind.KILL_AFTER):
            return _OK, kind
        if kind is Kind.IO:
            return _IOERR | _IO[seam] << 8, kind
        return {Kind.FULL: _FULL, Kind.FULL_ON: _FULL, Kind.RIGHTS: _CANTOPEN, Kind.BUSY: _BUSY}[kind], kind

    def _around(self, seam: str, call: Callable[[], int]) -> int:
        code, kind = self._failure(seam)
        code = code or call()
        if kind is Kind.KILL_AFTER:
            self._counters.end()
        return code

    def _open(self, _system: int, name: int | None, file: int, flags: int, out: Any) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        call = lambda: self._open_original(cast(self._original, c_void_p), name, file, flags, out)  # noqa: E731
        if not self._counters.watches(path):
            return int(call())
        code = self._around("open", call)
        pointer = c_void_p.from_address(file)
        if code == _OK and pointer.value:
            self._paths[file] = path
            pointer.value = ctypes.addressof(self._watched(pointer.value))
        elif code != _OK:
            pointer.value = None
        return code

    def _delete(self, _system: int, name: bytes, sync: int) -> int:
        path = os.fsdecode(name)
        call = lambda: self._delete_original(cast(self._original, c_void_p), name, sync)  # noqa: E731
        if not self._counters.watches(path):
            return int(call())
        self._unsynced.removed(path)
        return self._around("delete", call)

    def _watched(self, address: int) -> _Methods:
        """Return the methods at an address with those that ask the counter in place of theirs."""
        if address not in self._methods:
            original = _Methods.from_address(address)
            watched = _Methods.from_buffer_copy(original)
            kept: list[Any] = []
            for name, kind, make in (
                ("close", _CLOSE, self._close),
                ("read", _TRANSFER, partial(self._plain, "read")),
                ("write", _TRANSFER, self._write),
                ("truncate", _TRUNCATE, partial(self._plain, "truncate")),
                ("sync", _FLAG, self._sync),
                ("lock", _FLAG, partial(self._plain, "lock")),
                ("shared_lock", _SHARED_LOCK, self._shared_lock),
                ("map", _MAP, partial(self._plain, "map")),
            ):
                function = getattr(original, name)
                if function:
                    kept.append(kind(make(kind(function))))
                    setattr(watched, name, cast(kept[-1], c_void_p).value)
            self._methods[address] = (watched, kept)
        return self._methods[address][0]

    def _plain(self, seam: str, original: Callable[..., int]) -> Callable[..., int]:
        return lambda *values: self._around(seam, lambda: original(*values))

    def _shared_lock(self, original: Callable[..., int]) -> Callable[[int, int, int, int], int]:
        def lock(file: int, offset: int, number: int, flags: int) -> int:
            if not flags & _TO_LOCK:
                return int(original(file, offset, number, flags))
            return self._around("lock", lambda: original(file, offset, number, flags))

        return lock

    def _close(self, original: Callable[..., int]) -> Callable[[int], int]:
        def close(file: int) -> int:
            self._paths.pop(file, None)
            return int(original(file))

        return close

    def _write(self, original: Callable[..., int]) -> Callable[[int, int, int, int], int]:
        def write(file: int, content: int, size: int, offset: int) -> int:
            self._unsynced.written(self._paths[file])
            kind = self._counters.cross("sqlite.write")
            if kind is Kind.KILL:
                original(file, content, size // 2, offset)
                self._counters.end()
            if kind in (Kind.FULL, Kind.FULL_ON):
                return _FULL
            if kind is Kind.IO:
                return _IOERR | _IO["write"] << 8
            return int(original(file, content, size, offset))

        return write

    def _sync(self, original: Callable[..., int]) -> Callable[[int, int], int]:
        def sync(file: int, flags: int) -> int:
            code, kind = self._failure("sync")
            code = code or original(file, flags)
            if code == _OK:
                self._unsynced.synced(self._paths[file])
            if kind in ENDINGS:
                self._counters.end()
            return int(code)

        return sync
