"""What delivering a mail can end in, whoever delivers it, and when to try again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import Enum
from typing import Protocol, Self

_WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
_LONGEST_WAIT = timedelta(days=1)


class Result(Enum):
    """SENT: taken over. LATER: not now. LOST: the connection broke. DOWN: nothing gets through at all.

    REFUSED: never this mail. REFUSED_ADDRESS: never this address.
    """

    SENT = "sent"
    LATER = "later"
    LOST = "lost"
    REFUSED = "refused"
    REFUSED_ADDRESS = "refused_address"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of one delivery: `words` is the server's answer with its code, or what went wrong in Swedish."""

    result: Result
    words: str = ""


Meanwhile = Callable[[], bool]
"""What is done while the server reads a mail; True when another one follows."""


def nothing() -> bool:
    """Do nothing while the server reads a mail that none follows."""
    return False


class Transport(Protocol):
    """Delivers mails one by one, each to one recipient."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...

    def deliver(self, message: EmailMessage, recipient: str, meanwhile: Meanwhile = nothing) -> Outcome:
        """Deliver one mail; SENT only when it has been taken over for good. Raises nothing for what a server may do.

        `meanwhile` is called while the server reads the mail, if there is a wait; it must not raise.
        """
        ...


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after so many failed attempts: soon at first, at last once a day."""
    return now + (_WAITS[attempts - 1] if 0 < attempts <= len(_WAITS) else _LONGEST_WAIT)
