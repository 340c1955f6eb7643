"""Memory of a mail's candidates, for mails that are chosen several times before they are built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.digest.model import Candidate, DigestItem

Decide = Callable[[Candidate, tuple[Candidate, ...]], DigestItem | None]
"""Function that returns the item of a candidate with the other sources of its story, None when there is nothing to tell."""


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
        self, mail: tuple[bool, datetime | None], decide: Decide, candidate: Candidate, also: tuple[Candidate, ...]
    ) -> DigestItem | None:
        """Return the item that `decide` makes; of a candidate as it was read, alone, the one that it made before.

        `mail` tells two kinds of mails apart: whether it is the department's first, and when the last one was built.
        """
        if also or id(candidate) not in self._ids:
            return decide(candidate, also)
        key = id(candidate), *mail
        if key not in self._items:
            self._items[key] = decide(candidate, also)
        return self._items[key]
