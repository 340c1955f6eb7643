"""Commands in processes of their own that begin with the program loaded: each is forked from one process that has loaded it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from multiprocessing import forkserver, get_context, util
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "monitor.jobs.crawl",
        "monitor.cli",
        "monitor.collect.article",
        "monitor.collect.feeds",
        "icalendar",
        "trafilatura",
        "tests.forked",
        "tests.preloaded",
    ]
)
_spawn = util.spawnv_passfds


def start(arguments: list[str], out: Path, err: Path, before: Callable[[], None] | None = None) -> ForkServerProcess:
    """Start a command with its output in two files, after `before` was called in its process.

    It may be waited for (`join`, `exitcode`) and killed (`kill`) like any process.
    """
    process = _CONTEXT.Process(target=_run, args=(arguments, out, err, before))
    process.start()
    return process


def run_function(function: Callable[..., None], *arguments: object) -> None:
    """Run a function of a test module in such a process, and wait for it: for work whose reactor starts only once."""
    process = _CONTEXT.Process(target=_call, args=(function, *arguments))
    process.start()
    process.join(300)
    assert process.exitcode == 0, f"{function.__name__} ended with {process.exitcode}"


def _call(function: Callable[..., None], *arguments: object) -> None:
    warnings.simplefilter("default")
    _start_parsing_server()
    function(*arguments)


def _run(arguments: list[str], out: Path, err: Path, before: Callable[[], None] | None) -> None:
    for path, number in ((out, 1), (err, 2)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    warnings.simplefilter("default")
    _start_parsing_server()
    if before is not None:
        before()
    from monitor.cli import main

    main(arguments)


def _start_parsing_server() -> None:
    """Start the process that a crawl forks its readers of answers from: it, too, begins with the program loaded.

    Otherwise each command that reads a feed or a page imports the whole program a second time, which takes longer than all the rest.
    What `before` changes does not reach it, as it does not reach a new process.
    """
    util.spawnv_passfds = _fork_server
    try:
        forkserver.ensure_running()
    finally:
        util.spawnv_passfds = _spawn


def _fork_server(path: bytes, arguments: Sequence[str], passed: Sequence[int]) -> int:
    """Do in a fork what `python -c` would do in a new process, with the same open files; return the fork's process id.

    https://github.com/python/cpython/blob/3.11/Lib/multiprocessing/forkserver.py (ForkServer.ensure_running)
    """
    if "multiprocessing.forkserver" not in arguments[-1]:
        return _spawn(path, arguments, passed)
    number = os.fork()
    if number == 0:
        try:
            kept = [2, *sorted(passed), os.sysconf("SC_OPEN_MAX")]
            for low, high in pairwise(kept):
                os.closerange(low + 1, high)
            exec(arguments[-1], {})  # the line of the standard library
        finally:
            os._exit(0)
    return number
