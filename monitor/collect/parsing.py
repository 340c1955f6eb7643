"""Parse responses in child processes with limits of time and memory, so that a hostile one delays no other source.

Regular expressions and parsers written in C cannot be interrupted from within, so a limit ends their process.
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
"""Number of child processes."""
MEMORY = 256 * 1024 * 1024
"""Bytes that a child may take beyond those that it starts with. A page of three megabytes takes at most forty times its size."""
_GRACE = 5
"""Seconds after its limit at which a child ends itself, for the case that its parent was killed."""
# Modules that parsing needs, loaded once by the process that the children are forked from.
_PRELOADED = [
    "monitor.collect.article",
    "monitor.collect.feeds",
    "monitor.collect.spider",
    "monitor.collect.extraction",
    "icalendar",
]


class UnreadableResponseError(Exception):
    """Response that could not be parsed within its limits; `str()` is the reason, in Swedish without a full stop."""


class SlowResponseError(UnreadableResponseError):
    """Response that took too long to parse."""


async def parse_in_child(function: Callable[..., _Result], *values: Any, seconds: int) -> _Result:
    """Return the result of `function(*values)`, run in a child process. Function, values and result must be picklable.

    Raises:
        SlowResponseError: The function took more than `seconds`.
        UnreadableResponseError: The child ran out of memory or died.
        Exception: Any error that the function raises.
    """
    pool = _processes.pool
    if pool is None:
        pool = await asyncio.to_thread(_processes.start)
    try:
        waiting: asyncio.Future[_Result] = asyncio.wrap_future(
            pool.schedule(_call_with_alarm, args=(function, seconds, *values), timeout=seconds)
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
    """End all child processes at once; callers that wait for them get UnreadableResponseError."""
    _processes.stop()


class _Processes:
    """Pool of child processes, one per process, started when the first response is parsed."""

    def __init__(self) -> None:
        self.pool: ProcessPool | None = None
        self.waiting: set[asyncio.Future[Any]] = set()
        self._lock = threading.Lock()

    def start(self) -> ProcessPool:
        """Return the pool with its processes running. Blocks until they are loaded: not for an event loop."""
        with self._lock:
            if self.pool is None:
                pool = ProcessPool(max_workers=WORKERS, initializer=_limit_memory, context=_context())
                if not pool.active:
                    raise UnreadableResponseError("de processer som läser svar går inte att starta")
                self.pool = pool
            return self.pool

    def stop(self) -> None:
        """End the processes at once, and cancel the futures that wait for them: a stopped pool never resolves them."""
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
    """Return the start method: never a plain fork, since this process runs an event loop and threads."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _limit_memory() -> None:
    """Bound the address space of this process, where the system can (https://man7.org/linux/man-pages/man2/setrlimit.2.html)."""
    statm = Path("/proc/self/statm")
    if sys.platform != "linux" or not statm.is_file():
        return
    import resource

    used = int(statm.read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


def _call_with_alarm(function: Callable[..., _Result], seconds: int, *values: Any) -> _Result:
    """Call the function in the child. The alarm, which nothing handles, ends a child whose parent is gone."""
    if sys.platform == "win32":
        return function(*values)
    signal.alarm(seconds + _GRACE)
    try:
        return function(*values)
    finally:
        signal.alarm(0)
