"""Composing a mail: one recipient, a text and an HTML part, calendar files, and the headers that make it well-behaved."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import quote


class _Policy(EmailPolicy):
    """The standard policy, but that a list of links is broken between them only: it would encode a long one as if it were words."""

    def fold(self, name: str, value: Any) -> str:
        if name.casefold() == "list-unsubscribe":
            return f"{name}: {str(value).replace('>, <', f'>,{self.linesep} <')}{self.linesep}"
        plain = str(value)
        if len(name) + 2 + len(plain) <= _WIDTH and plain.isascii():
            # What folding would give, without taking the header apart: most of a mail's headers are such.
            return f"{name}: {plain}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


# Everything in seven bits: no server on the way has a reason to rewrite the mail.
_WIDTH = 76
_POLICY = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=_WIDTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes into one mail, the recipient's own link already in `html` and `text`."""

    message_id: str
    sender: str
    recipient: str
    reply_to: str
    department: str
    created: datetime
    language: str
    subject: str
    html: str
    text: str
    leave_url: str
    calendars: Sequence[tuple[str, bytes]] = ()


def message_id(digest: str, recipient: str, sender: str) -> str:
    """The Message-ID of a digest for a recipient: always the same, so that a mail that arrives twice is known as one."""
    key = hashlib.sha256(f"{digest}\n{recipient.casefold()}".encode()).hexdigest()[:16]
    return f"<{digest}.{key}@{_domain(sender)}>"


def ascii_address(address: str) -> str | None:
    """The address as mail servers take it, its domain in the form of the name service; None when no server takes it."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None


def compose(letter: Letter) -> EmailMessage:
    """The mail, byte for byte the same whenever it is composed."""
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(letter.sender)
    message["From"] = Address(display_name=name, addr_spec=address) if name else address
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.created)
    message["Message-ID"] = letter.message_id
    message["Reply-To"] = letter.reply_to
    message["List-Id"] = f"<{letter.department or 'notis'}.eu-bevakningen.{_domain(letter.sender)}>"
    leave_mail = f"mailto:{letter.reply_to}?subject={quote('Avsluta ' + letter.department)}"
    message["List-Unsubscribe"] = f"<{leave_mail}>, <{letter.leave_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for filename, content in letter.calendars:
        if message.get_content_maintype() != "multipart" or message.get_content_subtype() != "mixed":
            message.make_mixed()
        message.attach(_attachment(filename, content))
    # Set last: a message that becomes multipart hands its Content- headers down to its first part.
    message["Content-Language"] = letter.language
    _set_boundaries(message)
    return message


def _attachment(filename: str, content: bytes) -> EmailMessage:
    # By hand: `add_attachment` reads the same few headers anew for each of their parameters.
    part = EmailMessage(policy=_POLICY)
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = f'attachment; filename="{filename}"'
    part["Content-Type"] = 'text/calendar; charset="utf-8"; method="PUBLISH"'
    part["MIME-Version"] = "1.0"
    part.set_payload(base64.encodebytes(content).decode("ascii").replace("\n", "\r\n"))
    return part


def _set_boundaries(message: EmailMessage) -> None:
    """Boundaries that follow from the Message-ID instead of chance."""
    key = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{key}_{number}")


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
