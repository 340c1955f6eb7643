"""Composing a mail: one recipient, a text and an HTML part, calendar files, and the headers that make it well-behaved."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import quote


class _Policy(EmailPolicy):
    """The standard policy, but that a list of links is broken between them only: it would encode a long one as if it were words.

    A header of plain characters is taken as it stands, when it is put in and when the mail is written: the standard policy would take it
    apart each time, which is half of the time of writing a mail.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if isinstance(value, str) and value.isascii() and value.isprintable():
            return name, value
        return super().header_store_parse(name, value)

    def header_max_count(self, name: str) -> int:
        return 1

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        return value

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


class _Mail(EmailMessage):
    """A mail whose body stands as it goes out: it is not taken apart into lines to be written. What is written once is kept."""

    _content = b""

    def as_bytes(self, unixfrom: bool = False, policy: Policy | None = None) -> bytes:
        if not self._content:
            headers = "".join(self.policy.fold(name, value) for name, value in self.raw_items())
            self._content = f"{headers}{_POLICY.linesep}{self.get_payload()}".encode("ascii")
        return self._content


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
    message = _Mail(policy=_POLICY)
    message["From"] = _sender(letter.sender)
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
    message["MIME-Version"] = "1.0"
    message["Content-Language"] = letter.language
    # Boundaries follow from the Message-ID instead of chance.
    boundary = f"=_{hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]}"
    kind, parts = f'multipart/alternative; boundary="{boundary}_0"', [_words("plain", letter.text), _words("html", letter.html)]
    if letter.calendars:
        body = _joined(parts, f"{boundary}_1")
        parts = [
            f'Content-Type: multipart/alternative; boundary="{boundary}_1"\r\n\r\n{body}',
            *map(_attachment, letter.calendars),
        ]
        kind = f'multipart/mixed; boundary="{boundary}_0"'
    message["Content-Type"] = kind
    message.set_payload(_joined(parts, f"{boundary}_0"))
    return message


# Parts are written by hand, with \r\n and in seven bits: `set_content` and `add_attachment` read the same few headers anew for each
# parameter, and a page is then encoded, and written, line by line in Python.
def _words(subtype: str, text: str) -> str:
    lines = b"\r\n".join((*text.encode().splitlines(), b""))
    encoded = binascii.b2a_qp(lines, istext=True).decode("ascii")
    return f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}'


def _attachment(file: tuple[str, bytes]) -> str:
    name, content = file
    encoded = base64.encodebytes(content).decode("ascii").replace("\n", "\r\n")
    return (
        'Content-Type: text/calendar; charset="utf-8"; method="PUBLISH"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{encoded}'
    )


def _joined(parts: Sequence[str], boundary: str) -> str:
    """Parts as the body of a multipart: RFC 2046, section 5.1."""
    return "".join([*(f"--{boundary}\r\n{part}\r\n" for part in parts), f"--{boundary}--\r\n"])


# The same for every mail of a night, and slow to take apart.
@lru_cache(maxsize=8)
def _sender(sender: str) -> Any:
    name, address = parseaddr(sender)
    return _POLICY.header_factory("From", Address(display_name=name, addr_spec=address) if name else address)


@lru_cache(maxsize=8)
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
