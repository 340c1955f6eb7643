"""Next mails of the departments for the coordinator's first page, planned anew after changes.

A plan reads every call that a department was told of. In a large archive that takes seconds, so the last plans are shown
meanwhile; a department whose choices the coordinator has changed since is planned at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.archive.overrides import Overrides, read_overrides
from monitor.web.framework.request import PlannedMail, Site

_FAST_SECONDS = 0.5
"""CPU seconds up to which the plans are made while the coordinator waits; above, the previous ones serve meanwhile."""
_MAX_AGE = timedelta(minutes=15)
"""Age at which plans are made anew though nothing was written, since days and hours pass."""


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans of all departments with a recipient."""

    mails: tuple[PlannedMail, ...]
    choices: tuple[Overrides, ...]
    """Choices that each plan was made with, in the order of `mails`."""
    made: datetime
    is_old: bool = False
    """True when something has changed since, and the plans are being made anew."""


class PlannedMails:
    """Plans of one site. Safe to use from several threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._plans: Plans | None = None
        self._stamp: tuple[object, ...] = ()
        self._seconds = 0.0
        self._planning = False

    def read(self, now: datetime) -> Plans:
        """Return the plans; old ones, for which new ones are begun, when making them takes long."""
        with self._lock:
            plans, stamp = self._plans, self._site.stamp()
            if plans is not None and stamp == self._stamp and abs(now - plans.made) < _MAX_AGE:
                return plans
            if plans is None or self._seconds <= _FAST_SECONDS:
                return self._make(now)
            if not self._planning:
                self._planning = True
                self._site.archive.start(self._make_behind)
        return self._with_own_changes(plans, now)

    def _make(self, now: datetime) -> Plans:
        _ = self._site.archive.db  # open before the stamp: the last connection to close removes the log, which looks like a write
        stamp, started = self._site.stamp(), time.thread_time()
        mails = self._plan(now)
        self._plans, self._stamp = Plans(mails, self._choices(mails), now), stamp
        self._seconds = time.thread_time() - started
        return self._plans

    def _make_behind(self) -> None:
        try:
            self._make(self._site.clock())
        finally:
            self._planning = False

    def _with_own_changes(self, old: Plans, now: datetime) -> Plans:
        """Return old plans, anew those of the departments whose choices are others than they were made with."""
        choices = self._choices(old.mails)
        changed = {mail.department for mail, was, is_ in zip(old.mails, old.choices, choices, strict=True) if was != is_}
        anew = {mail.department: mail for mail in self._plan(now, changed)} if changed else {}
        mails = tuple(anew.get(mail.department, mail) for mail in old.mails)
        return Plans(mails, choices, old.made, is_old=True)

    def _plan(self, now: datetime, departments: Collection[str] = ()) -> tuple[PlannedMail, ...]:
        return tuple(self._site.jobs.planned(self._site.rules, now, departments))

    def _choices(self, mails: Collection[PlannedMail]) -> tuple[Overrides, ...]:
        return tuple(read_overrides(self._site.archive.db, mail.department, mail.week) for mail in mails)


def planned_mails_of(site: Site) -> PlannedMails:
    """Return the plans of the site, made when they are first asked for."""
    kept: PlannedMails = site.caches.setdefault("planned-mails", PlannedMails(site))
    return kept
