"""Faults, the places where they can happen, and the counter that makes one happen at the n-th crossing of its place.

A seam is a place where the program meets the disk or the network: `sqlite.write`, `file.rename`, `net.connect`. The counter is
asked at each crossing, and answers with the kind of fault that is to happen there, once, as SQLite's own tests do
(https://www.sqlite.org/testing.html, section 3: fail the first call, then the second, until the run meets no fault).
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

KILLED = 99
"""Exit code of a process that a fault has ended."""


class Kind(StrEnum):
    """Kind of fault."""

    FULL = "full"
    """The disk is full at this call, and has room again at the next."""
    FULL_ON = "full-on"
    """The disk is full from this call to the end of the process."""
    IO = "io"
    RIGHTS = "rights"
    KILL = "kill"
    """The process ends at this call, half of a write done."""
    KILL_AFTER = "kill-after"
    """The process ends when the call is done."""
    POWER = "power"
    """The process ends, and all files are as they were at their last sync."""
    BUSY = "busy"
    """Another process holds a lock of the database for a moment."""
    REFUSED = "refused"
    RESET = "reset"
    CUT = "cut"
    """The other side ends in the middle of an answer."""
    YEAR_AHEAD = "year-ahead"
    """The clock is a year ahead while the job runs, and right again afterwards."""
    WEEK_AHEAD = "week-ahead"
    HOUR_BACK = "hour-back"
    WEEK_BACK = "week-back"
    YEAR_BACK = "year-back"
    EPOCH = "1970"
    """The clock begins at its first second, as after a flat battery."""


ENDINGS = (Kind.KILL, Kind.KILL_AFTER, Kind.POWER)
ERRNO = {
    Kind.FULL: errno.ENOSPC,
    Kind.FULL_ON: errno.ENOSPC,
    Kind.IO: errno.EIO,
    Kind.RIGHTS: errno.EACCES,
    Kind.REFUSED: errno.ECONNREFUSED,
    Kind.RESET: errno.ECONNRESET,
}
SHIFTS = {
    Kind.YEAR_AHEAD: timedelta(days=365),
    Kind.WEEK_AHEAD: timedelta(days=7),
    Kind.HOUR_BACK: -timedelta(hours=1),
    Kind.WEEK_BACK: -timedelta(days=7),
    Kind.YEAR_BACK: -timedelta(days=365),
}
"""Jumps of the clock; `Kind.EPOCH` is no shift but a time."""
CLOCK = "clock"
"""Seam that each job crosses once: the clock, read at its start."""
SEAMS: dict[str, tuple[Kind, ...]] = {
    CLOCK: (*SHIFTS, Kind.EPOCH),
    "sqlite.open": (Kind.RIGHTS, Kind.KILL_AFTER),
    "sqlite.read": (Kind.IO,),
    "sqlite.write": (Kind.FULL, Kind.KILL, Kind.IO, Kind.FULL_ON),
    "sqlite.sync": (Kind.POWER, Kind.IO, Kind.KILL_AFTER),
    "sqlite.truncate": (Kind.IO, Kind.KILL),
    "sqlite.delete": (Kind.IO, Kind.KILL),
    "sqlite.lock": (Kind.BUSY, Kind.IO),
    "sqlite.map": (Kind.IO, Kind.KILL),
    "file.open": (Kind.RIGHTS, Kind.FULL, Kind.KILL_AFTER),
    "file.write": (Kind.FULL, Kind.KILL, Kind.IO, Kind.FULL_ON),
    "file.sync": (Kind.POWER, Kind.IO),
    "file.rename": (Kind.RIGHTS, Kind.KILL, Kind.KILL_AFTER, Kind.POWER),
    "file.remove": (Kind.RIGHTS, Kind.KILL),
    "file.folder": (Kind.FULL, Kind.RIGHTS, Kind.KILL_AFTER),
    "file.link": (Kind.RIGHTS, Kind.KILL, Kind.KILL_AFTER),
    "file.mode": (Kind.RIGHTS, Kind.KILL),
    "file.list": (Kind.RIGHTS, Kind.IO),
    "net.connect": (Kind.REFUSED, Kind.KILL),
    "net.send": (Kind.RESET, Kind.KILL),
    "net.receive": (Kind.RESET, Kind.CUT, Kind.KILL),
}
"""Seams, each with the kinds of faults that happen there in the world."""
_NEED_ROOM = ("sqlite.write", "file.write", "file.folder")


@dataclass(frozen=True, slots=True)
class Fault:
    """Fault at the n-th crossing of a seam."""

    seam: str
    number: int
    kind: Kind

    def __str__(self) -> str:
        return f"{self.seam} {self.number} {self.kind}"


class Counters:
    """Counter of the crossings in one process; it writes each to a file of its own, outside the folder that is watched."""

    def __init__(self, folder: Path, fault: Fault | None, report: Path) -> None:
        self._folder = f"{folder}{os.sep}"
        self._fault = fault
        self._report = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._write, self._exit = os.write, os._exit
        self._counts: Counter[str] = Counter()
        self._is_full = False
        self.ends_after = False
        """True when the process is to end after the call that is being made."""
        self.undo: Callable[[], None] = lambda: None
        """Gives all files back their contents of the last sync."""

    @property
    def cuts_power(self) -> bool:
        return self._fault is not None and self._fault.kind is Kind.POWER

    def watches(self, path: str) -> bool:
        """Return whether a file belongs to the installation."""
        return path.startswith(self._folder)

    def cross(self, seam: str) -> Kind | None:
        """Count a crossing of a seam and return the fault that is to happen there."""
        if self._is_full and seam in _NEED_ROOM:
            return Kind.FULL_ON
        self._counts[seam] += 1
        if self._fault is None:
            self._write(self._report, f"{seam}\n".encode())
            return None
        if (seam, self._counts[seam]) != (self._fault.seam, self._fault.number):
            return None
        self._write(self._report, b"hit\n")
        self._is_full = self._fault.kind is Kind.FULL_ON
        self.ends_after = self._fault.kind is Kind.KILL_AFTER
        return self._fault.kind

    def end(self) -> None:
        """End the process as a kill does: nothing is flushed, closed or tidied."""
        if self.cuts_power:
            self.undo()
        self._exit(KILLED)
