"""Memory of a mail's candidates, for mails that are chosen several times before they are built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.digest.choose import due_item
from monitor.digest.model import Candidate, Choice, DigestItem


class CandidateMemory:
    """Candidates of departments at one time, each read once, with the items that they give, each worked out once.

    A mail that is only shown is chosen several times: for the coordinator, without her choices, for each group of recipients.
    Her choices change few candidates. Safe to use from several threads.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._read: dict[tuple[str, datetime], list[Candidate]] = {}
        self._ids: set[int] = set()
        self._items: dict[tuple[int, bool, datetime | None], DigestItem | None] = {}

    def candidates(self, department: str, since: datetime, read: Callable[[], list[Candidate]]) -> list[Candidate]:
        """Return the candidates of a department since a time, without the coordinator's choices; `read` reads them."""
        found = self._read.get((department, since))
        if found is None:
            found = self._read.setdefault((department, since), read())
            self._ids.update(map(id, found))
        return found

    def due_item(
        self,
        candidate: Candidate,
        also: tuple[Candidate, ...] = (),
        *,
        first: bool,
        previous: datetime | None,
        choice: Choice,
        now: datetime,
    ) -> DigestItem | None:
        """Return `choose.due_item`; of a candidate as it was read, alone, the item that was worked out before."""
        if also or id(candidate) not in self._ids:
            return due_item(candidate, also, first=first, previous=previous, choice=choice, now=now)
        key = id(candidate), first, previous
        if key not in self._items:
            self._items[key] = due_item(candidate, first=first, previous=previous, choice=choice, now=now)
        return self._items[key]
