"""Stopping between two mails: a mail under way is finished and marked, the next one is not begun."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import EmailMessage
from typing import Self

from monitor.config import Config
from monitor.errors import MailError
from monitor.jobs.send import open_transport
from monitor.mail.delivery import Meanwhile, Outcome, Transport, nothing


class _Stoppable:
    """A transport that hands over nothing more once it has been told to stop."""

    def __init__(self, inner: AbstractContextManager[Transport], stop: threading.Event) -> None:
        self._inner = inner
        self._stop = stop

    def __enter__(self) -> Self:
        self._way = self._inner.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._inner.__exit__(*exception)  # type: ignore[arg-type]

    def deliver(self, message: EmailMessage, recipient: str, meanwhile: Meanwhile = nothing) -> Outcome:
        """Deliver one mail; MailError instead once it is time to stop, so that nothing is counted against the mail."""
        if self._stop.is_set():
            raise MailError("send", "utskicket avbröts; resten av mejlen väntar i utkorgen")
        return self._way.deliver(message, recipient, meanwhile)


def stoppable_transport() -> Callable[[Config], AbstractContextManager[Transport]]:
    """The transport of the settings, made to stop between two mails on SIGTERM. For the main thread of a command."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return lambda config: _Stoppable(open_transport(config), stop)
