"""Composing a mail: one recipient, a text and an HTML part, calendar files, and the headers that make it well-behaved."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from monitor.language.one_line import clean, shorten

_WIDTH = 76
# Longer than any subject that the templates make, shorter than any line that a server refuses: RFC 5322, section 2.1.1.
_TEXT_LIMIT = 300
_ENCODED_WORD = "=?"
# What a header that programs read may hold: printable ASCII, and nothing that a mail program would decode as an encoded word.
_STRUCTURED = re.compile(r"(?:(?!=\?)[\x20-\x7e])*")
_PLAIN_NAME = re.compile(r"(?:(?!=\?)[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-])*")
# An address without blanks, controls, and the marks that part addresses from each other: RFC 5321, section 4.1.2, without quoted local parts.
_ADDRESS = re.compile(r"[^\x00-\x20\x7f<>()\[\]\\,;:\"@]+@[^\x00-\x20\x7f<>()\\,;:\"@]+")
# Characters that XML 1.0 and mail programs have no use for in a body, save tab, CR and LF; and halves of pairs, which no encoding writes.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class _HeaderPolicy(EmailPolicy):
    """A policy under which a header's text is never parsed, neither when it is set nor when it is written.

    The standard policies decode encoded words in whatever text they are given and, in older Pythons, write what comes out with its
    line breaks (CVE-2024-6923): a publisher's title could end the headers and begin a mail of its own.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        return name, str(value)

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        return value

    def header_max_count(self, name: str) -> int:
        return 1

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {_folded(name, str(value))}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


# Everything in seven bits: no server on the way has a reason to rewrite the mail.
_POLICY = _HeaderPolicy(linesep="\r\n", cte_type="7bit", max_line_length=_WIDTH)


def header_text(text: str) -> str:
    """Return free text as one line for a header: no controls, line breaks or halves of pairs, and not endless."""
    return shorten(clean(text), _TEXT_LIMIT)


def _folded(name: str, value: str) -> str:
    """Return a header's value as it is written: free text encoded, everything else as it is.

    Raises ValueError for a value that its header cannot hold.
    """
    if name.casefold() == "subject":
        return encode_words(name, value)
    if name.casefold() == "from":
        return _mailbox(value)
    if not _STRUCTURED.fullmatch(value):
        raise ValueError(f"{name}: {value!r} cannot be written in a header")
    if name.casefold() == "list-unsubscribe":
        # Broken between links only: RFC 2369, section 2.
        return value.replace(">, <", f">,{_POLICY.linesep} <")
    return value


def encode_words(name: str, text: str) -> str:
    """Return text as the value of the header `name`, folded: as it is where it is plain ASCII, else as encoded words (RFC 2047).

    Text that looks like an encoded word is encoded itself, so that it arrives as those characters. So is text whose first word does
    not fit beside the name: folded before it, it would arrive with a blank in front. All of the text is one run of encoded words:
    blanks between runs are lost before Python 3.13.
    """
    line = header_text(text)
    fits = len(name) + len(": ") + len(line.split(" ", 1)[0]) <= _WIDTH
    plain = fits and line.isascii() and _ENCODED_WORD not in line
    header = Header(line, charset="us-ascii" if plain else "utf-8", header_name=name, maxlinelen=_WIDTH)
    return header.encode(linesep=_POLICY.linesep)


class _Mail(EmailMessage):
    """A mail whose body is stored as it is sent: it is not parsed into lines to be written. The written mail is kept."""

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


def split_sender(sender: str) -> tuple[str, str]:
    """Return name and address of a sender as the settings have it: "Namn <a@example.se>", quotes around the name or not, or the address."""
    found = re.fullmatch(r"\s*(.*?)\s*<([^<>]*)>\s*", sender, re.DOTALL)
    if found is None:
        return "", sender.strip()
    name = found[1]
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, found[2]


def ascii_address(address: str) -> str | None:
    """Return the address as mail servers take it, its domain in the form of the name service; None when no server takes it."""
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return plain if _ADDRESS.fullmatch(plain) else None


def compose(letter: Letter) -> EmailMessage:
    """Return the mail, byte for byte the same whenever it is composed. Raises ValueError for a header that cannot be written."""
    message = _Mail(policy=_POLICY)
    message["From"] = letter.sender
    message["To"] = _ascii_address(letter.recipient)
    message["Subject"] = header_text(letter.subject)
    message["Date"] = format_datetime(letter.created)
    message["Message-ID"] = letter.message_id
    reply_to = _ascii_address(letter.reply_to)
    message["Reply-To"] = reply_to
    message["List-Id"] = f"<{letter.department or 'notis'}.eu-bevakningen.{_domain(letter.sender)}>"
    leave_mail = f"mailto:{reply_to}?subject={quote('Avsluta ' + letter.department)}"
    message["List-Unsubscribe"] = f"<{leave_mail}>, <{_ascii_url(letter.leave_url)}>"
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


# Parts are written by hand, with \r\n and in seven bits: `set_content` and `add_attachment` take four times as long, since a page is
# encoded, and written, line by line in Python.
def _words(subtype: str, text: str) -> str:
    lines = b"\r\n".join((*_UNWRITABLE.sub("", text).encode().splitlines(), b""))
    encoded = binascii.b2a_qp(lines, istext=True).decode("ascii")
    return f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}'


def _attachment(file: tuple[str, bytes]) -> str:
    name, content = re.sub(r"[^A-Za-z0-9._-]", "_", file[0]), file[1]
    encoded = base64.encodebytes(content).decode("ascii").replace("\n", "\r\n")
    return (
        'Content-Type: text/calendar; charset="utf-8"; method="PUBLISH"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{encoded}'
    )


def _joined(parts: Sequence[str], boundary: str) -> str:
    """Parts as the body of a multipart: RFC 2046, section 5.1."""
    return "".join([*(f"--{boundary}\r\n{part}\r\n" for part in parts), f"--{boundary}--\r\n"])


def _mailbox(sender: str) -> str:
    """Return a sender such as "Namn <a@example.se>" as the value of From: RFC 5322, section 3.4. Raises ValueError for no address."""
    name, written = split_sender(sender)
    name, address = header_text(name), ascii_address(written)
    if address is None:
        raise ValueError(f"From: {sender!r} holds no address that mail servers take")
    if not name:
        return address
    if _PLAIN_NAME.fullmatch(name):
        return f"{name} <{address}>"
    if name.isascii() and _ENCODED_WORD not in name:
        escaped = re.sub(r'(["\\])', r"\\\1", name)
        return f'"{escaped}" <{address}>'
    return f"{encode_words('From', name)} <{address}>"


def _ascii_address(address: str) -> str:
    found = ascii_address(address)
    if found is None:
        raise ValueError(f"{address!r} is no address that mail servers take")
    return found


def _ascii_url(url: str) -> str:
    """Return an address of the web in ASCII: the host as the name service has it, everything else percent-encoded."""
    parts = urlsplit(url)
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    return quote(urlunsplit(parts._replace(netloc=host)), safe="/:?#[]@!$&'()*+,;=%~")


@lru_cache(maxsize=8)
def _domain(sender: str) -> str:
    """Return the domain of the sender's address, for Message-ID and List-Id."""
    return (ascii_address(split_sender(sender)[1]) or "").rpartition("@")[2] or "localhost"
