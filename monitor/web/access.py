"""Reading and writing the archive from the pages: in threads, each with a read-only connection of its own; writes are short."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from monitor.archive import connect_for_reading, open_archive
from monitor.archive.archive import machine_words
from monitor.archive.database import Database
from monitor.errors import ArchiveError

_Result = TypeVar("_Result")
_THREADS = 4
_CACHE_KIB = 32_000
_MAPPED = 1 << 30


class Access:
    """The way to one archive, and for a member to the one it shares. A page runs in a worker thread and never blocks the event loop.

    `path` is where the calls lie.
    """

    def __init__(self, path: Path, shared: Path | None = None, *, own_matches: bool = False) -> None:
        self.path = shared or path
        self._own = path
        self._shared = shared
        self._own_matches = own_matches
        self._pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="sida")
        self._local = threading.local()
        self._opened: list[Database] = []

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def start(self, work: Callable[[], object]) -> None:
        """Let a worker thread do `work` when it has time."""
        self._pool.submit(work)

    @property
    def db(self) -> Database:
        """This thread's read-only connection."""
        found: Database | None = getattr(self._local, "db", None)
        if found is None:
            found = self._local.db = connect_for_reading(self._own, self._shared, own_matches=self._own_matches)
            found.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            found.execute(f"PRAGMA mmap_size = {_MAPPED}")
            self._opened.append(found)
        return found

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """A connection that may write, for one short transaction. ArchiveError when others write for too long."""
        try:
            with open_archive(self._own, self._shared, own_matches=self._own_matches) as archive:
                yield archive.db
        except sqlite3.OperationalError as error:
            raise ArchiveError(str(self._own), f"går inte att skriva just nu: {machine_words(error)}") from error

    def close(self) -> None:
        """Let the threads end and close their connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for connection in self._opened:
            connection.close()
