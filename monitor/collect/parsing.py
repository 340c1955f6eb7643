"""Answers are read in processes of their own, each within a limit of time and memory: a hostile one holds up nobody but itself.

Regular expressions and parsers written in C cannot be interrupted from within, so a limit must be able to end the process that works.
"""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

_Result = TypeVar("_Result")
WORKERS = 3
MEMORY = 256 * 1024 * 1024
"""Bytes that a process may take beyond those that it begins with. A page of three megabytes takes forty times its size at the most."""
# A process whose parent was killed ends itself this many seconds after its limit.
_GRACE = 5
# What reading loads is loaded once, by the process that the others are forked from.
_LOADED = [
    "monitor.collect.article",
    "monitor.collect.feeds",
    "monitor.collect.spider",
    "monitor.collect.extraction",
    "icalendar",
]


class UnreadableResponseError(Exception):
    """An answer that could not be read within its limits. Its text says why, in Swedish, and has no full stop."""


class SlowResponseError(UnreadableResponseError):
    """An answer that took too long to read."""


async def parse_in_child(function: Callable[..., _Result], *values: Any, seconds: int) -> _Result:
    """Return the result of `function(*values)`, worked out in another process. Function, values and result must be picklable.

    Raises SlowResponseError after `seconds`, UnreadableResponseError when the process runs out of memory or dies, and what the function raises.
    """
    pool = _processes.pool
    if pool is None:
        pool = await asyncio.to_thread(_processes.start)
    try:
        waiting: asyncio.Future[_Result] = asyncio.wrap_future(
            pool.schedule(_limited, args=(function, seconds, *values), timeout=seconds)
        )
        _processes.waiting.add(waiting)
        waiting.add_done_callback(_processes.waiting.discard)
        return await waiting
    except TimeoutError as error:
        raise SlowResponseError(f"svaret tog längre än {seconds} sekunder att läsa") from error
    except MemoryError as error:
        raise UnreadableResponseError("svaret kräver för mycket minne för att läsas") from error
    except (ProcessExpired, CancelledError, asyncio.CancelledError) as error:
        raise UnreadableResponseError("läsningen av svaret avbröts") from error


def stop_parsing() -> None:
    """End the processes that read, whatever they are at; what waits for them is told that it was interrupted."""
    _processes.stop()


class _Processes:
    """The one pool of this process, made when the first answer is to be read."""

    def __init__(self) -> None:
        self.pool: ProcessPool | None = None
        self.waiting: set[asyncio.Future[Any]] = set()
        self._lock = threading.Lock()

    def start(self) -> ProcessPool:
        """The pool with its processes running. Waits until they have loaded what they need, so never for an event loop to call."""
        with self._lock:
            if self.pool is None:
                pool = ProcessPool(max_workers=WORKERS, initializer=_limit_memory, context=_context())
                if not pool.active:
                    raise UnreadableResponseError("de processer som läser svar går inte att starta")
                self.pool = pool
            return self.pool

    def stop(self) -> None:
        """End them at once. A pool that is stopped never answers for what it was at, so that is ended here."""
        for waiting in list(self.waiting):
            waiting.get_loop().call_soon_threadsafe(waiting.cancel)
        self.waiting.clear()
        with self._lock:
            pool, self.pool = self.pool, None
            if pool is not None:
                pool.stop()  # type: ignore[no-untyped-call]
                pool.join()


_processes = _Processes()
atexit.register(stop_parsing)


def _context() -> BaseContext:
    """Never a plain fork: this process runs an event loop and threads, which a copy of it would inherit half way."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def _limit_memory() -> None:
    """Bound the address space of this process, where the system can (https://man7.org/linux/man-pages/man2/setrlimit.2.html)."""
    sizes = Path("/proc/self/statm")
    if sys.platform != "linux" or not sizes.is_file():
        return
    import resource

    used = int(sizes.read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


def _limited(function: Callable[..., _Result], seconds: int, *values: Any) -> _Result:
    """Run in the child. The alarm, which nothing handles, ends a child that nobody is left to end."""
    if sys.platform == "win32":
        return function(*values)
    signal.alarm(seconds + _GRACE)
    try:
        return function(*values)
    finally:
        signal.alarm(0)
