"""Letters to the coordinator and receipts to recipients: paragraphs of plain text, put into the outbox once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from jinja2.utils import urlize

from monitor.archive.connection import Database
from monitor.archive.digests import NewDigest, NewOutboxRow, StoredRendering, save_digest
from monitor.archive.outbox import has_digest
from monitor.config import Config
from monitor.digest.flowed import flow
from monitor.digest.wording import iso_week
from monitor.language.one_line import clean
from monitor.mail.message import message_id
from monitor.vocabulary import MailKind

# Not among the templates of digests, which the municipality edits: alarms must not depend on them.
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{subject}</title></head>
<body style="font-family: Segoe UI, Helvetica, Arial, sans-serif; font-size: 16px; line-height: 1.5;\
 margin: 0 auto; padding: 16px; max-width: 40em">
<h1 style="font-size: 22px; line-height: 1.3">{subject}</h1>
{paragraphs}
</body></html>
"""


def store_letter(config: Config, db: Database, letter_id: str, subject: str, paragraphs: Sequence[str], now: datetime) -> bool:
    """Put a letter to the coordinator into the outbox, once.

    Args:
        config: The installation.
        db: Its archive.
        letter_id: Id of the letter, which tells whether it is in the outbox already.
        subject: Subject in Swedish.
        paragraphs: Plain text; web addresses become links.
        now: Time of the letter.

    Returns:
        Whether the letter was not in the outbox before.
    """
    if has_digest(db, letter_id):
        return False
    digest = _letter(config, letter_id, subject, paragraphs, now, (config.municipality.contact, "sv"))
    save_digest(db, digest)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Mail to a recipient about what was done on a page."""

    id: str
    subject: str
    paragraphs: Sequence[str]
    """Plain text; RECIPIENT_TOKEN becomes the recipient's own token for the department when the mail is sent."""
    recipient: str
    language: str
    department: str
    """Id of the department that the token is for; "" for none."""


def store_receipt(config: Config, db: Database, receipt: Receipt, now: datetime) -> None:
    """Put a receipt into the outbox."""
    digest = _letter(config, receipt.id, receipt.subject, receipt.paragraphs, now, (receipt.recipient, receipt.language))
    save_digest(db, replace(digest, kind=MailKind.RECEIPT.value, department=receipt.department))


def _letter(
    config: Config, letter_id: str, subject: str, paragraphs: Sequence[str], now: datetime, reader: tuple[str, str]
) -> NewDigest:
    address, language = reader
    subject, lines = clean(subject), [clean(line) for line in paragraphs]
    html = _PAGE.format(
        language=language, subject=escape(subject), paragraphs="\n".join(f"<p>{urlize(line)}</p>" for line in lines)
    )
    return NewDigest(
        id=letter_id,
        department="",
        week=iso_week(now.astimezone(config.zone).date()),
        kind=MailKind.NOTICE.value,
        created=now,
        items=0,
        sections={},
        renderings=[StoredRendering(language=language, subject=subject, html=html, text=flow("\n\n".join(lines)))],
        addresses=[
            NewOutboxRow(message_id=message_id(letter_id, address, config.mail.sender), recipient=address, language=language)
        ],
    )
