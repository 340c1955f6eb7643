"""Limit of posts per visitor: a broken script, or somebody who tries to fill the archive, is asked to wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

PERIOD_SECONDS = 60.0
COORDINATOR_POSTS = 300
"""Posts of a coordinator per period: the rule lab posts at every pause of typing."""
VISITOR_POSTS = 60
"""Posts of an address that is not logged in, per period. A whole municipality may answer mails from one address."""
_MAX_BUCKETS = 10_000


class PostLimit:
    """Counts of posts of the last period by visitor."""

    def __init__(
        self,
        coordinator: int = COORDINATOR_POSTS,
        visitor: int = VISITOR_POSTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = {True: coordinator, False: visitor}
        self._clock = clock
        self._posts: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, visitor: str, *, coordinator: bool) -> bool:
        """Count a post of a visitor; return False, without counting it, when the period has its fill.

        Args:
            visitor: Name of the coordinator, or the address of another visitor.
            coordinator: True for a logged-in coordinator.
        """
        now, limit = self._clock(), self._limits[coordinator]
        with self._lock:
            posts = self._posts.setdefault(f"{coordinator} {visitor}", deque())
            self._posts.move_to_end(f"{coordinator} {visitor}")
            if len(self._posts) > _MAX_BUCKETS:
                self._posts.popitem(last=False)
            while posts and now - posts[0] >= PERIOD_SECONDS:
                posts.popleft()
            if len(posts) >= limit:
                return False
            posts.append(now)
            return True
