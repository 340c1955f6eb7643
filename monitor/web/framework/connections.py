"""Connections of visitors: one that does not get its request said in time is closed, so that silent ones cannot use up what a process may open."""

from __future__ import annotations

import asyncio
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 20.0
"""Seconds from a connection's beginning, or from the first byte of a further request on it, to the request's last byte."""
_MOST_FILES = 16_384


class PromptConnection(H11Protocol):
    """One connection of uvicorn's that waits no longer than REQUEST_SECONDS for a whole request.

    uvicorn itself bounds only the pause between two requests (`timeout_keep_alive`), and `limit_concurrency` counts silent connections as
    well, so that they would have everybody else refused.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Go on waiting, without more time, until the request is whole."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if not self._is_waiting():
            self._forget()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._close_unsaid)

    def _is_waiting(self) -> bool:
        """Tell whether the visitor still has something of a request to say."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _close_unsaid(self) -> None:
        self._deadline = None
        # A body can also be read to its end while an answer is worked out, and then nobody is waited for.
        if self._is_waiting():
            self.transport.close()

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def allow_many_files() -> None:
    """Let this process open as many files and connections as its user may; most systems begin with 1,024 and allow far more."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
