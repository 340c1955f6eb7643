"""Commands in processes of their own that begin with the program loaded: each is forked from one process that has loaded it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["monitor.jobs.crawl", "monitor.cli", "trafilatura", "tests.forked"])


def start(arguments: list[str], out: Path, err: Path, before: Callable[[], None] | None = None) -> ForkServerProcess:
    """Start a command with its output in two files, after `before` was called in its process.

    It may be waited for (`join`, `exitcode`) and killed (`kill`) like any process.
    """
    process = _CONTEXT.Process(target=_run, args=(arguments, out, err, before))
    process.start()
    return process


def _run(arguments: list[str], out: Path, err: Path, before: Callable[[], None] | None) -> None:
    for path, number in ((out, 1), (err, 2)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    warnings.simplefilter("default")
    if before is not None:
        before()
    from monitor.cli import main

    main(arguments)
