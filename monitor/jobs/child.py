"""One job as a process of its own: the command that a person would type, watched until it ends."""

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
from monitor.vocabulary import DONE_JOBS

_GLANCE = 0.2
_WORDS = 600
_STATES = {0: "done", 1: "attention", 3: "locked"}
_ADDRESS = re.compile(r"[^\s<>:;,\"'(]+@[^\s<>:;,\"')]+")


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """How a job ended: done, attention, locked, failed, hung or interrupted; `words` is the end of what it said, without addresses."""

    state: str
    code: int | None = None
    words: str = ""


def run_child(
    config: Config, command: Sequence[str], *, limit: float, stop: Event, grace: float = 7.0, moment: datetime | None = None
) -> ProcessResult:
    """Run one command; end it when it takes longer than `limit` seconds or when `stop` is set. `moment` replaces its clock."""
    settings = ["--config", str(config.path)] if config.path else []
    clock = ["--now", moment.isoformat()] if moment else []
    arguments = [sys.executable, "-m", "monitor", *settings, *clock, *command, "--json"]
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - our own program
            arguments, stdin=subprocess.DEVNULL, stdout=answer, stderr=said, env=_environment(), **_own_group()
        )
        end = time.monotonic() + limit
        while True:
            try:
                code = process.wait(timeout=_GLANCE)
                break
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    _end(process, grace)
                    return ProcessResult("interrupted")
                if time.monotonic() > end:
                    _end(process, grace)
                    return ProcessResult("hung", None, _tail(said) or f"ended after {limit / 60:.0f} minutes")
        state = _STATES.get(code, "failed")
        if state in DONE_JOBS and not _is_answer(answer):
            # Only a command that has done its work answers; an error ends with 1 as well.
            state = "failed"
        return ProcessResult(state, code, "" if state == "done" else _tail(said))


def without_addresses(text: str) -> str:
    """The text with every mail address made unreadable."""
    return _ADDRESS.sub("…@…", text)


def _is_answer(file: IO[bytes]) -> bool:
    file.seek(0)
    try:
        json.load(file)
    except ValueError:
        return False
    return True


def _tail(file: IO[bytes]) -> str:
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - 4 * _WORDS))
    return without_addresses(file.read().decode("utf-8", "replace").strip())[-_WORDS:]


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
