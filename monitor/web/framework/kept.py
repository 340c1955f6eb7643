"""Facts of the archive that pages keep: read again after changes, behind the page when that takes long."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

_Facts = TypeVar("_Facts")
FAST_SECONDS = 0.15
"""CPU seconds up to which facts are read anew while the visitor waits; above, the previous ones serve meanwhile."""
PAUSE_SECONDS = 30.0
"""Seconds between two readings behind the pages: an archive that is written to all the time is not read all the time."""
_REST = 24
"""Times as long as a reading behind the pages took before which none is begun that a previous one can stand in for: a reading
and the pages share one interpreter, and beside it a page takes several times as long."""
_MOST_REST_SECONDS = 60.0
_MOST_NAMES = 100
"""Names whose facts are kept, the latest asked for: a name may have a period in it that a visitor types."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[_Facts]):
    """Facts, when they were read, and whether something was written since."""

    facts: _Facts
    made: datetime
    is_old: bool = False


class _Entry:
    """Facts of one name and basis with the stamp and the cost of their reading."""

    def __init__(self, basis: object) -> None:
        self.basis = basis
        self.lock = threading.Lock()
        self.kept: Kept[Any] | None = None
        self.stamp: object = None
        self.seconds = 0.0
        self.read_at = 0.0
        self.is_reading = False


class KeptFacts:
    """Facts by name. Safe to use from several threads: facts are read once however many visitors ask for them."""

    def __init__(self, clock: Callable[[], datetime], start: Callable[[Callable[[], object]], None]) -> None:
        """Keep nothing yet.

        Args:
            clock: Returns the present time.
            start: Begins a work in another thread and returns at once.
        """
        self._clock = clock
        self._start = start
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._rests_until = 0.0

    def get(self, name: str, stamp: Callable[[], object], read: Callable[[], _Facts], *, basis: object = None) -> Kept[_Facts]:
        """Return facts.

        Args:
            name: Name of the facts, with all that they depend on besides the archive.
            stamp: Returns a value that changes when the facts may have changed.
            read: Reads the facts, in any thread.
            basis: Settings and rules that the facts are read by; facts of another basis are never returned, because whoever
                saved a setting looks for its effect on the next page.
        """
        entry = self._entry(name, basis)
        if entry.kept is not None and stamp() == entry.stamp:
            return entry.kept
        if entry.kept is None or entry.seconds <= FAST_SECONDS:
            with entry.lock:
                # Another visitor may have had them read meanwhile.
                if entry.kept is not None and (stamp() == entry.stamp or entry.seconds > FAST_SECONDS):
                    return Kept(entry.kept.facts, entry.kept.made, is_old=stamp() != entry.stamp)
                return self._read(entry, stamp, read)
        self._begin(entry, stamp, read)
        return Kept(entry.kept.facts, entry.kept.made, is_old=True)

    def get_soon(
        self, name: str, stamp: Callable[[], object], read: Callable[[], _Facts], *, basis: object = None
    ) -> Kept[_Facts] | None:
        """Return facts as `get` does; None for facts never read by this basis, which are then read behind the page."""
        entry = self._entry(name, basis)
        if entry.kept is not None:
            return self.get(name, stamp, read, basis=basis)
        self._begin(entry, stamp, read)
        return None

    def _begin(self, entry: _Entry, stamp: Callable[[], object], read: Callable[[], object]) -> None:
        """Begin to read facts behind the page, unless that is going on or was just done."""
        now = time.monotonic()
        with self._lock:
            is_pausing = entry.kept is not None and (now - entry.read_at <= PAUSE_SECONDS or now < self._rests_until)
            if entry.is_reading or is_pausing:
                return
            entry.is_reading = True
        self._start(lambda: self._read_behind(entry, stamp, read))

    def _entry(self, name: str, basis: object) -> _Entry:
        with self._lock:
            entry = self._entries.get(name)
            if entry is None or entry.basis != basis:
                entry = self._entries[name] = _Entry(basis)
            self._entries.move_to_end(name)
            while len(self._entries) > _MOST_NAMES:
                self._entries.popitem(last=False)
        return entry

    def _read(self, entry: _Entry, stamp: Callable[[], object], read: Callable[[], _Facts]) -> Kept[_Facts]:
        before, began = stamp(), time.thread_time()
        kept = Kept(read(), self._clock())
        entry.kept, entry.stamp = kept, before
        entry.seconds, entry.read_at = time.thread_time() - began, time.monotonic()
        return kept

    def _read_behind(self, entry: _Entry, stamp: Callable[[], object], read: Callable[[], object]) -> None:
        begun = time.monotonic()
        try:
            with entry.lock:
                self._read(entry, stamp, read)
        finally:
            entry.is_reading = False
            ended = time.monotonic()
            self._rests_until = ended + min(_REST * (ended - begun), _MOST_REST_SECONDS)
