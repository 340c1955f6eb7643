"""Process that forks a job per round: with the program loaded and its rules read, a round takes a tenth of a second."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.chaos.child import Seams
from tests.commands import Installation, Outcome
from tests.forked import _CONTEXT, _start_parsing_server

_PARSING = "crawl"
"""Command that reads answers in processes of its own."""


@dataclass(frozen=True)
class Task:
    """Command to run in a process of its own, with its output in the files `out` and `err` of the folder."""

    folder: Path
    arguments: tuple[str, ...]
    seams: Seams | None
    is_warming: bool = False
    """Run it in the helper itself, so that later ones find loaded what it loads."""


class Helper:
    """Helper process, and the pipe to it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(
        self, place: Installation, *arguments: str, now: str, seams: Seams | None = None, is_warming: bool = False
    ) -> Outcome:
        """Run a command of an installation after the seams were laid."""
        command = tuple(place.command(*arguments, now=now)[3:])
        self._connection.send(Task(place.folder, command, seams, is_warming))
        assert self._connection.poll(300), f"{arguments} does not end"
        code = self._connection.recv()
        out, err = ((place.folder / name).read_text("utf-8") for name in ("out", "err"))
        return Outcome(code, out, err)


@contextmanager
def start_helper() -> Iterator[Helper]:
    """Start the helper process, and end it afterwards."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(theirs,))
    process.start()
    theirs.close()
    try:
        yield Helper(ours)
    finally:
        ours.close()
        process.join(30)


def _serve(connection: Connection) -> None:
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        if task.is_warming:
            connection.send(_warm(task))
            continue
        number = os.fork()
        if number == 0:
            connection.close()
            _run(task)
        _, status = os.waitpid(number, 0)
        connection.send(os.waitstatus_to_exitcode(status))


def _warm(task: Task) -> int:
    from monitor.cli import main

    for name in ("out", "err"):
        (task.folder / name).touch()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            main(list(task.arguments))
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            root = logging.getLogger()
            for handler in list(root.handlers):
                root.removeHandler(handler)
                handler.close()
    return 0


def _run(task: Task) -> None:
    """Run the command in this fork, and end it as Python ends: with the exit code, or with the traceback of an error and 1."""
    from monitor.cli import main

    code = 1
    try:
        for name, number in (("out", 1), ("err", 2)):
            handle = os.open(task.folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(handle, number)
            os.close(handle)
        if _PARSING in task.arguments:
            _start_parsing_server()
        if task.seams is not None:
            task.seams()
        main(list(task.arguments))
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - the end of a process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
