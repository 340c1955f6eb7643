"""Results of delivering a mail, whoever delivers it, and the time of the next try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import Enum
from typing import Protocol, Self

_RETRY_DELAYS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
_LONGEST_RETRY_DELAY = timedelta(days=1)


class Result(Enum):
    """Kinds of results of delivering a mail."""

    SENT = "sent"
    """The mail has been taken over for good."""
    LATER = "later"
    """The server takes the mail later."""
    LOST = "lost"
    """The connection broke."""
    REFUSED = "refused"
    """The server never takes this mail."""
    REFUSED_ADDRESS = "refused_address"
    """The server never takes mails for this address."""
    DOWN = "down"
    """No mail gets through at all."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """Result of one delivery."""

    result: Result
    server_reply: str = ""
    """The server's answer with its code, or what went wrong in Swedish; after SENT empty, or the file of the mail."""
    wait: timedelta = timedelta(0)
    """Time before which the server wants no further try."""


class Transport(Protocol):
    """Carrier of mails, one by one, each to one recipient."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...

    def deliver(self, message: EmailMessage, recipient: str) -> DeliveryResult:
        """Deliver one mail; SENT only when it has been taken over for good.

        Raises:
            Exception: The mail cannot be written. Whatever a server or a disk may do is a result instead.
        """
        ...


def next_try(attempts: int, now: datetime) -> datetime:
    """Return the time of the next try after so many failed attempts: soon at first, at last once a day."""
    return now + (_RETRY_DELAYS[attempts - 1] if 0 < attempts <= len(_RETRY_DELAYS) else _LONGEST_RETRY_DELAY)
