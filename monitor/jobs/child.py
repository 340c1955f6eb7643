"""Job processes: the command that a person would type, in a process of its own, watched until it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import IO, Any

from monitor.config import Config
from monitor.vocabulary import DONE_JOBS, JobState

_POLL_SECONDS = 0.2
_TAIL_CHARS = 600
"""Characters kept of the end of the standard error of a process."""
_STATES = {0: JobState.DONE, 1: JobState.ATTENTION, 3: JobState.LOCKED}
"""States by exit code; any other is a failure."""
_ADDRESS = re.compile(r"[^\s<>:;,\"'(]+@[^\s<>:;,\"')]+")


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """Result of a job's process."""

    state: JobState
    """State at the end of the job; never RUNNING."""
    code: int | None = None
    """Exit code; None for a process that was ended."""
    stderr_tail: str = ""
    """End of the standard error, without mail addresses; empty for a job that is done."""
    answer: Any = None
    """Document that the command answered with; None for a command that has not done its work."""


def run_child(
    config: Config, command: Sequence[str], *, limit: float, stop: Event, grace: float = 7.0, moment: datetime | None = None
) -> ProcessResult:
    """Run a command of `monitor` and return how it ended.

    Args:
        config: The installation, whose settings file is passed on.
        command: Name and arguments of the command, without `--json`.
        limit: Seconds after which the process is ended as hung.
        stop: Ends the process, as interrupted, when it is set.
        grace: Seconds between SIGTERM and SIGKILL.
        moment: Time that replaces the clock of the process.
    """
    settings = ["--config", str(config.path)] if config.path else []
    clock = ["--now", moment.isoformat()] if moment else []
    arguments = [sys.executable, "-m", "monitor", *settings, *clock, *command, "--json"]
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program
            arguments, stdin=subprocess.DEVNULL, stdout=answer, stderr=errors, env=_environment(), **_own_group()
        )
        end = time.monotonic() + limit
        while True:
            try:
                code = process.wait(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    _end(process, grace)
                    return ProcessResult(JobState.INTERRUPTED)
                if time.monotonic() > end:
                    _end(process, grace)
                    return ProcessResult(JobState.HUNG, None, _tail(errors) or f"ended after {limit / 60:.0f} minutes")
        state, document = _STATES.get(code, JobState.FAILED), _read_answer(answer)
        if state in DONE_JOBS and document is None:
            # Only a command that has done its work answers; an error ends with 1 as well.
            state = JobState.FAILED
        return ProcessResult(state, code, "" if state is JobState.DONE else _tail(errors), document)


def without_addresses(text: str) -> str:
    """Return a text with every mail address made unreadable."""
    return _ADDRESS.sub("…@…", text)


def _read_answer(file: IO[bytes]) -> Any:
    file.seek(0)
    try:
        return json.load(file)
    except ValueError:
        return None


def _tail(file: IO[bytes]) -> str:
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - 4 * _TAIL_CHARS))
    return without_addresses(file.read().decode("utf-8", "replace").strip())[-_TAIL_CHARS:]


def _end(process: subprocess.Popen[bytes], grace: float) -> None:
    """Ask the job, and what it has started, to end; then make it."""
    _signal(process, signal.SIGTERM)
    try:
        process.wait(timeout=grace)
    except subprocess.TimeoutExpired:
        pass
    else:
        return
    _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()


def _own_group() -> dict[str, Any]:
    # CREATE_NEW_PROCESS_GROUP of Windows; a session of its own elsewhere, so that what the job starts ends with it.
    return {"creationflags": 0x00000200} if sys.platform == "win32" else {"start_new_session": True}


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    if sys.platform == "win32":
        process.terminate()
        return
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _environment() -> dict[str, str]:
    # No proxy stands between a job and this machine.
    direct = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), "127.0.0.1,localhost")))
    return {**os.environ, "NO_PROXY": direct, "no_proxy": direct, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}
