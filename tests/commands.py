"""The commands as a person types them, each a process of its own."""

from __future__ import annotations

import io
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.forked import start

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerProcess


@dataclass
class Outcome:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Installation:
    """Installation in a folder of its own, with settings."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "data" / "archive.db"

    def configure(self, text: str) -> None:
        (self.folder / "monitor.toml").write_text(text, "utf-8")

    def command(self, *arguments: str, now: str = "") -> list[str]:
        moment = ["--now", now] if now else []
        return [sys.executable, "-m", "monitor", "--config", str(self.folder / "monitor.toml"), *moment, *arguments]

    def run(self, *arguments: str, now: str = "", timeout: float = 120, **environment: str) -> Outcome:
        return self.execute(self.command(*arguments, now=now), timeout, **environment)

    def fork(self, *arguments: str, now: str = "", timeout: float = 120, before: Callable[[], None] | None = None) -> Outcome:
        """Run a command in a forked process that has the program loaded (see `tests.forked`); `before` is called in it."""
        process = self.start(*arguments, now=now, before=before)
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
        return Outcome(int(process.exitcode or 0), *((self.folder / name).read_text("utf-8") for name in ("out", "err")))

    def start(self, *arguments: str, now: str = "", before: Callable[[], None] | None = None) -> ForkServerProcess:
        """Start such a process and return at once; its output is in the files `out` and `err`."""
        return start(self.command(*arguments, now=now)[3:], self.folder / "out", self.folder / "err", before)

    def ask(self, *arguments: str, now: str = "") -> Outcome:
        """Run a command in this process, the cheapest way; not for reading sources, whose reactor starts only once."""
        from monitor.cli import main

        root = logging.getLogger()
        before, level = list(root.handlers), root.level
        umask = os.umask(0)
        os.umask(umask)
        out, err = io.StringIO(), io.StringIO()
        try:
            with redirect_stdout(out), redirect_stderr(err):
                main(self.command(*arguments, now=now)[3:])
        except SystemExit as ended:
            return Outcome(int(ended.code or 0), out.getvalue(), err.getvalue())
        finally:
            os.umask(umask)
            for handler in [one for one in root.handlers if one not in before]:
                root.removeHandler(handler)
                handler.close()
            root.setLevel(level)
        raise AssertionError("a command always ends with an exit code")

    def execute(self, command: list[str], timeout: float = 120, **environment: str) -> Outcome:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "default", **environment},
        )
        return Outcome(done.returncode, done.stdout, done.stderr)


def breathe() -> None:
    """Wait a moment for another process, where no event tells that it is done."""
    threading.Event().wait(0.02)


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def loopback_settings(url: str, *, source: str = "funding-tenders", more: str = "") -> str:
    """Return settings that read one shipped source from a publisher on loopback."""
    return f'[network]\nallow_loopback = true\ndelay = 0\nretries = 1\ntimeout = 20\n[sources.{source}]\nurl = "{url}"\n{more}'
