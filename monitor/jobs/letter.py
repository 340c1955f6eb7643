"""Letters to the coordinator: paragraphs of plain text, put into the outbox once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from jinja2.utils import urlize

from monitor.archive.connection import Database
from monitor.archive.digests import NewDigest, NewOutboxRow, StoredRendering, save_digest
from monitor.archive.outbox import has_digest
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.language.one_line import clean
from monitor.mail.message import message_id
from monitor.vocabulary import MailKind

# Not among the templates of digests, which the municipality edits: alarms must not depend on them.
_PAGE = """<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
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
    subject, lines = clean(subject), [clean(line) for line in paragraphs]
    html = _PAGE.format(subject=escape(subject), paragraphs="\n".join(f"<p>{urlize(line)}</p>" for line in lines))
    contact = config.municipality.contact
    save_digest(
        db,
        NewDigest(
            id=letter_id,
            department="",
            week=iso_week(now.astimezone(config.zone).date()),
            kind=MailKind.NOTICE.value,
            created=now,
            items=0,
            sections={},
            renderings=[StoredRendering(language="sv", subject=subject, html=html, text="\n\n".join(lines) + "\n")],
            addresses=[
                NewOutboxRow(message_id=message_id(letter_id, contact, config.mail.sender), recipient=contact, language="sv")
            ],
        ),
    )
    return True
