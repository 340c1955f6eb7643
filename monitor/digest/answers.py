"""Tokens of the links by which a department answers or leaves: signed, with an end. A link opens a page; only a button acts."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TypeVar

from itsdangerous import BadSignature, URLSafeSerializer

ANSWER_DAYS = 365
CONFIRM_DAYS = 7
_ANSWER, _LEAVE, _CONFIRM = "svar", "avsluta", "anmal"
_MARK_BYTES = 8
"""Length of the mark of a short address: as many values as nobody can try at a web server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLink:
    """Content of an answer link: a department, a call, and the digest that named the call."""

    department: str
    source: str
    call_id: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveLink:
    """Content of the link to stop or change mails: a department and one recipient of it."""

    department: str
    recipient: str


_Link = TypeVar("_Link", AnswerLink, LeaveLink)


class Signer:
    """Writer and reader of the tokens of links, with the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._answers = URLSafeSerializer(secret, salt=_ANSWER)
        self._leaving = URLSafeSerializer(secret, salt=_LEAVE)
        self._confirming = URLSafeSerializer(secret, salt=_CONFIRM)

    def confirm_token(self, event: int, today: date) -> str:
        """Return the token of a link that confirms a sign-up, given by the id of its event; it holds no address."""
        return self._confirming.dumps([event, today.isoformat()])

    def read_confirm(self, token: str, today: date) -> int | None:
        """Return the id of a token's event; None when the token is forged, broken or older than CONFIRM_DAYS."""
        try:
            event, written = self._confirming.loads(token)
            age = today - date.fromisoformat(written)
        except (BadSignature, TypeError, ValueError):
            return None
        return int(event) if timedelta(0) <= age <= timedelta(days=CONFIRM_DAYS) else None

    def answer_token(self, link: AnswerLink, today: date) -> str:
        """Return the token of an answer link that is written `today`."""
        return self._answers.dumps([link.department, link.source, link.call_id, link.digest, today.isoformat()])

    def read_answer(self, token: str, today: date) -> AnswerLink | None:
        """Return the content of a token; None when it is forged, broken or older than ANSWER_DAYS."""
        try:
            department, source, call_id, digest, written = self._answers.loads(token)
            age = today - date.fromisoformat(written)
        except (BadSignature, TypeError, ValueError):
            return None
        if age > timedelta(days=ANSWER_DAYS):
            return None
        return AnswerLink(department=department, source=source, call_id=call_id, digest=digest)

    def mark(self, link: AnswerLink | LeaveLink) -> str:
        """Return the mark by which a short address is known as that of a link: 16 hexadecimal digits."""
        words = json.dumps([type(link).__name__, *asdict(link).values()])
        return hmac.digest(self._secret, words.encode(), "sha256")[:_MARK_BYTES].hex()

    def find(self, mark: str, links: Iterable[_Link]) -> _Link | None:
        """Return the link with this mark among those that a short address may stand for; None when it is none of them."""
        return next((link for link in links if hmac.compare_digest(self.mark(link).encode(), mark.encode())), None)

    def leave_token(self, link: LeaveLink) -> str:
        """Return the token of a recipient's link to stop or change. It never ends: an old mail must still let people out."""
        return self._leaving.dumps([link.department, link.recipient])

    def read_leave(self, token: str) -> LeaveLink | None:
        """Return the content of a token; None when it is forged or broken."""
        try:
            department, recipient = self._leaving.loads(token)
        except (BadSignature, TypeError, ValueError):
            return None
        return LeaveLink(department=department, recipient=recipient)
