"""Work of a page that may take a minute, such as reading an address: done in a thread while a page shows how long it has run.

Results are kept in memory, the latest `_MAX_KEPT` of them: after a restart of the program the coordinator asks again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

_MAX_KEPT = 20


class LongWork:
    """Work that was begun for a page; `result` or `error` is set when it has ended."""

    def __init__(self, about: str, work: Callable[[], Any]) -> None:
        """Begin `work`, which is about what the text `about` names."""
        self.about = about
        self.result: Any = None
        self.error: Exception | None = None
        self._began = time.monotonic()
        self._work = work
        self._thread = threading.Thread(target=self._run, name="long-work", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.result = self._work()
        except Exception as error:  # noqa: BLE001 - handed to the page that asks for the result
            self.error = error

    def ends_within(self, seconds: float) -> bool:
        """Wait for the end for at most some seconds; return whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def seconds(self) -> int:
        """Return the whole seconds since the beginning."""
        return int(time.monotonic() - self._began)

    def outcome(self) -> Any:
        """Return the result of work that has ended, or raise its error."""
        if self.error is not None:
            raise self.error
        return self.result


class LongWorks:
    """Works of a site by the name that their pages have in addresses."""

    def __init__(self) -> None:
        self._works: OrderedDict[str, LongWork] = OrderedDict()

    def keep(self, work: LongWork) -> str:
        """Keep a work and return its name."""
        name = secrets.token_hex(12)
        self._works[name] = work
        while len(self._works) > _MAX_KEPT:
            self._works.popitem(last=False)
        return name

    def find(self, name: str) -> LongWork | None:
        """Return the work of a name; None when it is unknown or no longer kept."""
        return self._works.get(name)
