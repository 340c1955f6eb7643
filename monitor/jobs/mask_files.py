"""Masking of an address in files of the data folder: mails to others that name it, trial mails as pages, and logs."""

from __future__ import annotations

import base64
import quopri
from email.message import Message
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

from monitor.files import write_atomically
from monitor.subscription import AddressMask

_TEXTS = ("monitor.log*", "preview/*.html")


def mask_files(data_dir: Path, address: str) -> int:
    """Replace an address in mails and other texts of the data folder by its masked form; return the number of changed files."""
    mask = AddressMask(address)
    changed = sum(_mask_mail(path, mask) for path in sorted((data_dir / "outbox").rglob("*.eml")))
    texts = sorted(path for pattern in _TEXTS for path in data_dir.glob(pattern) if path.is_file())
    return changed + sum(_mask_text(path, mask) for path in texts)


def _mask_text(path: Path, mask: AddressMask) -> bool:
    # Bytes that are no UTF-8 stay as they are.
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    masked = mask.apply(text)
    if masked == text:
        return False
    # In place, not beside: another process may have the log open and goes on writing at its end.
    with path.open("r+b") as file:
        file.write(masked.encode("utf-8", "surrogateescape"))
        file.truncate()
    return True


def _mask_mail(path: Path, mask: AddressMask) -> bool:
    """Mask the address in the headers and the texts of a mail, however they are encoded."""
    message = BytesParser(policy=SMTP).parsebytes(path.read_bytes())
    changed = False
    for part in message.walk():
        changed = _mask_headers(part, mask) or changed
        if part.get_content_maintype() == "text":
            changed = _mask_part(part, mask) or changed
    if changed:
        write_atomically(path, message.as_bytes())
    return changed


def _mask_headers(part: Message, mask: AddressMask) -> bool:
    found = [(name, str(value)) for name, value in part.items() if mask.is_in(str(value))]
    for name, value in found:
        part.replace_header(name, mask.apply(value))
    return bool(found)


def _mask_part(part: Message, mask: AddressMask) -> bool:
    charset = part.get_content_charset("utf-8")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    text = content.decode(charset, "replace")
    if not mask.is_in(text):
        return False
    # A masked address has a sign that is not in ASCII.
    part.set_param("charset", "utf-8")
    masked = mask.apply(text).encode("utf-8")
    if str(part.get("Content-Transfer-Encoding", "")).casefold() == "base64":
        part.set_payload(base64.encodebytes(masked).decode("ascii"))
        return True
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quopri.encodestring(masked).decode("ascii"))
    return True
