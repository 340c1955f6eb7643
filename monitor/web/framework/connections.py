"""Connections of visitors: one whose request is not complete in time is closed.

Without that limit, silent connections could use up all files that the process may open (a slow-loris attack, CWE-400).
"""

from __future__ import annotations

import asyncio
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 20.0
"""Seconds from the opening of a connection, or the first byte of a further request on it, to the request's last byte."""
_MAX_OPEN_FILES = 16_384


class PromptConnection(H11Protocol):
    """Connection of uvicorn that waits at most REQUEST_SECONDS for a whole request.

    uvicorn itself limits only the pause between two requests (`timeout_keep_alive`). Its `limit_concurrency` counts silent
    connections too, so that an attacker's would make it refuse everybody else.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time limit of the first request."""
        super().connection_made(transport)
        self._update_deadline()

    def data_received(self, data: bytes) -> None:
        """Stop the time limit once the request is complete; more data does not extend it."""
        super().data_received(data)
        self._update_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time limit."""
        self._cancel_deadline()
        super().connection_lost(exc)

    def _update_deadline(self) -> None:
        if not self._is_waiting():
            self._cancel_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._close_incomplete)

    def _is_waiting(self) -> bool:
        """Return True if the request is not complete."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _close_incomplete(self) -> None:
        self._deadline = None
        # uvicorn resumes a paused body outside data_received, so that the request may be complete by now.
        if self._is_waiting():
            self.transport.close()

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def allow_many_files() -> None:
    """Raise the limit of open files and connections to what the system allows, at most _MAX_OPEN_FILES; it is often 1,024."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
