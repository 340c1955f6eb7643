"""Mail composition: one recipient, a text and an HTML part, calendar files, and headers of mailing lists (RFC 2369, RFC 8058)."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.contentmanager import ContentManager, raw_data_manager
from email.header import Header
from email.message import EmailMessage, MIMEPart
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from monitor.language.one_line import clean, shorten

_MAX_LINE = 76
"""Characters of a line at most, in headers (RFC 2047, section 2) and in an encoded body (RFC 2045, section 6.7)."""
_MAX_HEADER_TEXT = 300
"""Characters of free text in a header at most: longer than any subject that the templates make, shorter than the line of 998
characters that servers take (RFC 5322, section 2.1.1)."""
_ENCODED_WORD = "=?"
# What a header that programs read may hold: printable ASCII, and nothing that a mail program would decode as an encoded word.
_STRUCTURED = re.compile(r"(?:(?!=\?)[\x20-\x7e])*")
# An address without blanks, controls, and the marks that part addresses from each other: RFC 5321, section 4.1.2, without quoted
# local parts.
_ADDRESS = re.compile(r"[^\x00-\x20\x7f<>()\[\]\\,;:\"@]+@[^\x00-\x20\x7f<>()\\,;:\"@]+")
# Characters that XML 1.0 and mail programs have no use for in a body, save tab, CR and LF; and halves of pairs, which no encoding
# writes.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class _Policy(Compat32):
    """Policy under which the text of a header is never parsed.

    The newer policies decode encoded words in whatever text they are given and, in older Pythons, write the result with its line
    breaks (CVE-2024-6923): a publisher's title could end the headers and begin a mail of its own.
    """

    content_manager = raw_data_manager


# Everything in seven bits: no server on the way has a reason to rewrite the mail.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=_MAX_LINE, mangle_from_=False)


def _set_text(part: MIMEPart, text: str, subtype: str, *, filename: str = "", method: str = "") -> None:
    """Set the content of a part to text as quoted-printable, which Python's own handler of text writes several times slower.

    With a file name the part is an attachment; `method` is that of a calendar (RFC 6047, section 2.4).
    """
    lines = b"\n".join((*_UNWRITABLE.sub("", text).encode().splitlines(), b""))
    # Lines of the text that end with a space go on in the next one: RFC 3676.
    flowed = "; format=flowed" if subtype == "plain" else ""
    called = f'; method="{method}"' if method else ""
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"{flowed}{called}'
    if filename:
        part["Content-Disposition"] = f'attachment; filename="{filename}"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(binascii.b2a_qp(lines, istext=True).decode("ascii"))


_TEXT = ContentManager()
_TEXT.add_set_handler(str, _set_text)


def header_text(text: str) -> str:
    """Return free text as one line for a header: no controls, line breaks or halves of pairs, at most 300 characters."""
    return shorten(clean(text), _MAX_HEADER_TEXT)


def text_header(name: str, text: str) -> Header:
    """Return text as the value of the header `name`: as it is where it is plain ASCII, else as encoded words (RFC 2047).

    Text that looks like an encoded word is encoded itself, so that it arrives as those characters. So is text whose first word
    does not fit beside the name: folded before it, it would arrive with a blank in front (RFC 5322, section 2.2.3). All of the
    text is one run of encoded words: blanks between runs are lost before Python 3.13.
    """
    line = header_text(text)
    fits = len(name) + len(": ") + len(line.split(" ", 1)[0]) <= _MAX_LINE
    plain = fits and line.isascii() and _ENCODED_WORD not in line
    return Header(line, charset="us-ascii" if plain else "utf-8", header_name=name, maxlinelen=_MAX_LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Contents of one mail, the recipient's own link already in `html` and `text`."""

    message_id: str
    """Message-ID with its angle brackets, see `message_id`."""
    sender: str
    """Sender as the settings have it: "Namn <a@example.se>" or an address."""
    recipient: str
    """Address of the one recipient."""
    reply_to: str
    """Address that gets answers and requests to leave."""
    department: str
    """Id of the department; empty for a mail to the coordinator."""
    created: datetime
    """Date of the mail, aware."""
    language: str
    """Language of the text: sv, en."""
    subject: str
    """Subject as plain text, whatever it holds."""
    html: str
    text: str
    leave_url: str
    """Address of the page where the recipient leaves the list."""
    calendars: Sequence[tuple[str, bytes]] = ()
    """Attached iCalendar files: name and content."""


def message_id(digest: str, recipient: str, sender: str) -> str:
    """Return the Message-ID of a digest for a recipient: always the same, so that a mail that arrives twice is known as one."""
    key = hashlib.sha256(f"{digest}\n{recipient.casefold()}".encode()).hexdigest()[:16]
    return f"<{digest}.{key}@{_domain(sender)}>"


def split_sender(sender: str) -> tuple[str, str]:
    """Return name and address of a sender as the settings have it.

    The forms are `Namn <a@example.se>`, with quotes around the name or without, and the address alone, which gives an empty name.
    """
    parts = re.fullmatch(r"\s*(.*?)\s*<([^<>]*)>\s*", sender, re.DOTALL)
    if parts is None:
        return "", sender.strip()
    name = parts[1]
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, parts[2]


def ascii_address(address: str) -> str | None:
    """Return the address as mail servers take it, its domain in the form of the name service; None when no server takes it."""
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return plain if _ADDRESS.fullmatch(plain) else None


def compose(letter: Letter) -> EmailMessage:
    """Return the mail of a letter, byte for byte the same whenever it is composed.

    Raises:
        ValueError: An address that mail servers do not take, or a header that cannot be written.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _mailbox(letter.sender)
    message["Subject"] = text_header("Subject", letter.subject)
    for name, value in _structured_headers(letter).items():
        message[name] = _structured(name, value)
    message.set_content(letter.text, "plain", content_manager=_TEXT)
    message.add_alternative(letter.html, "html", content_manager=_TEXT)
    for name, content in letter.calendars:
        file_name = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        # The parameter must be the method of the calendar itself: RFC 6047, section 2.4.
        method = "PUBLISH" if b"\r\nMETHOD:PUBLISH\r\n" in content else ""
        # Not as a file of bytes: in Base64 it would be a third larger.
        message.add_attachment(content.decode("utf-8"), "calendar", filename=file_name, method=method, content_manager=_TEXT)
    # Only now: headers whose names begin with "Content-" move into the first part when others are added.
    message["Content-Language"] = _structured("Content-Language", letter.language)
    # Boundaries follow from the Message-ID instead of chance.
    boundary = f"=_{hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]}"
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"{boundary}_{number}")
    return message


def _structured(name: str, value: str) -> str:
    """Return the value of a header that programs read.

    Raises:
        ValueError: The header cannot hold the value.
    """
    if not _STRUCTURED.fullmatch(value):
        raise ValueError(f"{name}: {value!r} cannot be written in a header")
    return value


def _structured_headers(letter: Letter) -> dict[str, str]:
    """Return the headers that programs read, by name."""
    reply_to = _ascii_address(letter.reply_to)
    leave_mail = f"mailto:{reply_to}?subject={quote('Avsluta ' + letter.department)}"
    return {
        "To": _ascii_address(letter.recipient),
        "Date": format_datetime(letter.created),
        "Message-ID": letter.message_id,
        "Reply-To": reply_to,
        "List-Id": f"<{letter.department or 'notis'}.eu-bevakningen.{_domain(letter.sender)}>",
        "List-Unsubscribe": f"<{leave_mail}>, <{_ascii_url(letter.leave_url)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _mailbox(sender: str) -> Header | str:
    """Return a sender such as "Namn <a@example.se>" as the value of From: RFC 5322, section 3.4.

    Raises:
        ValueError: The sender has no address that mail servers take.
    """
    name, written = split_sender(sender)
    name, address = header_text(name), ascii_address(written)
    if address is None:
        raise ValueError(f"From: {sender!r} holds no address that mail servers take")
    if name.isascii() and _ENCODED_WORD not in name:
        return formataddr((name, address))
    mailbox = text_header("From", name)
    mailbox.append(f"<{address}>", "us-ascii")
    return mailbox


def _ascii_address(address: str) -> str:
    written = ascii_address(address)
    if written is None:
        raise ValueError(f"{address!r} is no address that mail servers take")
    return written


def _ascii_url(url: str) -> str:
    """Return a web address in ASCII: the host as the name service has it (IDNA), everything else percent-encoded."""
    parts = urlsplit(url)
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    return quote(urlunsplit(parts._replace(netloc=host)), safe="/:?#[]@!$&'()*+,;=%~")


@lru_cache(maxsize=8)
def _domain(sender: str) -> str:
    """Return the domain of the sender's address, for Message-ID and List-Id."""
    return (ascii_address(split_sender(sender)[1]) or "").rpartition("@")[2] or "localhost"
